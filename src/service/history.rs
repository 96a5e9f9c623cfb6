//! Writes down what happened, so that histories and timelines can tell it, and tells people what they want to know at
//! once. One call per thing that happened.

use sqlx::types::Json;

use super::{Context, Result, notify::causes};
use crate::{
    domain::{
        access::Actor,
        ids::{DocumentId, InvoiceId, OrderId, OrganisationId, ShipmentId},
    },
    store::{
        Conn,
        events::{self, Difference, Event},
    },
};

/// What an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject {
    /// The order.
    pub order: Option<OrderId>,
    /// The shipment.
    pub shipment: Option<ShipmentId>,
    /// The invoice.
    pub invoice: Option<InvoiceId>,
    /// The document that said so.
    pub document: Option<DocumentId>,
}

/// An event to be written down.
pub struct Entry<'a> {
    /// The party that may see it, besides the hub.
    pub counterparty: OrganisationId,
    /// What it is about.
    pub subject: Subject,
    /// What kind, as a code.
    pub kind: &'static str,
    /// In words.
    pub words: String,
    /// What changed.
    pub changes: Vec<Difference>,
    /// The person or system.
    pub actor: &'a str,
}

/// Writes an event down, and tells those who wait for it.
pub async fn note(context: &Context, conn: &mut Conn, entry: Entry<'_>) -> Result<()> {
    causes::order_changed(context, conn, &entry).await?;
    let event = Event {
        id: context.id(),
        counterparty_id: Some(entry.counterparty),
        order_id: entry.subject.order,
        shipment_id: entry.subject.shipment,
        invoice_id: entry.subject.invoice,
        document_id: entry.subject.document,
        kind: entry.kind.to_owned(),
        words: entry.words,
        changes: Json(entry.changes),
        actor: entry.actor.to_owned(),
        at: context.now(),
    };
    Ok(events::insert(conn, &event).await?)
}

/// How an actor is called in histories: the person and whom they act for.
pub fn signature(actor: &Actor) -> String {
    format!("{}, {}", actor.name, actor.organisation_name)
}
