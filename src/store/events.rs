//! What happened, for histories and timelines. An event's scope is its counterparty, like that of any row.

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, Scope, all, execute, filter::Filter};
use crate::domain::{
    ids::{DocumentId, EventId, InvoiceId, OrderId, OrganisationId, ShipmentId},
    time::Timestamp,
};

/// An old and a new value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Difference {
    /// What changed, in words.
    pub what: String,
    /// Before; empty where there was nothing.
    pub old: String,
    /// Now.
    pub new: String,
}

/// Something that happened.
#[derive(Clone, Debug, FromRow)]
pub struct Event {
    /// Id.
    pub id: EventId,
    /// The party that may see it, besides the hub.
    pub counterparty_id: Option<OrganisationId>,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// The shipment.
    pub shipment_id: Option<ShipmentId>,
    /// The invoice.
    pub invoice_id: Option<InvoiceId>,
    /// The document that said so.
    pub document_id: Option<DocumentId>,
    /// What kind, such as `order_received`.
    pub kind: String,
    /// In words.
    pub words: String,
    /// What changed.
    pub changes: Json<Vec<Difference>>,
    /// The person or system.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Adds an event.
pub async fn insert(conn: &mut Conn, row: &Event) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO events (id, counterparty_id, order_id, shipment_id, invoice_id, document_id, kind, words, changes, actor, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.id,
        row.counterparty_id,
        row.order_id,
        row.shipment_id,
        row.invoice_id,
        row.document_id,
        &row.kind,
        &row.words,
        &row.changes,
        &row.actor,
        row.at
    )?;
    Ok(())
}

/// The newest events within the scope.
pub async fn newest(conn: &mut Conn, scope: Scope, limit: i64) -> Result<Vec<Event>> {
    let mut query = Filter::new("SELECT events.* FROM events", scope, "events.counterparty_id");
    query.ending("ORDER BY events.at DESC, events.id DESC");
    query.limit(limit);
    query.fetch(conn).await
}

/// The events of an order and of what belongs to it, oldest first. The caller has loaded the order within its scope.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Event>> {
    all!(
        conn,
        Event,
        "SELECT * FROM events WHERE order_id = $1
           OR shipment_id IN (SELECT shipment_id FROM shipment_lines WHERE order_id = $1)
         ORDER BY at, id",
        order
    )
}

/// The events of a shipment, oldest first.
pub async fn of_shipment(conn: &mut Conn, shipment: ShipmentId) -> Result<Vec<Event>> {
    all!(conn, Event, "SELECT * FROM events WHERE shipment_id = $1 ORDER BY at, id", shipment)
}

/// The events of an invoice, oldest first.
pub async fn of_invoice(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<Event>> {
    all!(conn, Event, "SELECT * FROM events WHERE invoice_id = $1 ORDER BY at, id", invoice)
}
