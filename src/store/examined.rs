//! What an examination for exceptions asks for besides the rows themselves: what bears the same number, when a partner was
//! heard, and which orders, documents and partners time alone may have made wrong.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, Result, all};
use crate::domain::{
    document::{Direction, DocumentKind, DocumentStatus},
    ids::{DocumentId, InvoiceId, OrderId, OrganisationId, TransmissionId},
    time::{Date, Timestamp},
};

/// A document with the same number as another.
#[derive(Clone, Debug, FromRow)]
pub struct Namesake {
    /// Its id.
    pub id: DocumentId,
    /// Where it stands.
    pub status: DocumentStatus,
    /// Whether it could be read.
    pub is_accepted: bool,
    /// Whether it did something.
    pub is_applied: bool,
    /// When it came, or was made.
    pub created_at: Timestamp,
}

/// Documents of a sender with a number, oldest first.
pub async fn namesakes(
    conn: &mut Conn,
    sender: OrganisationId,
    direction: Direction,
    kind: DocumentKind,
    number: &str,
) -> Result<Vec<Namesake>> {
    all!(
        conn,
        Namesake,
        "SELECT id, status, is_accepted, (order_id IS NOT NULL OR shipment_id IS NOT NULL OR invoice_id IS NOT NULL) AS is_applied, created_at
         FROM documents WHERE number = $1 AND kind = $2 AND direction = $3 AND sender_id = $4 ORDER BY created_at, id",
        number,
        kind,
        direction,
        sender
    )
}

/// A file that came.
#[derive(Clone, Debug, FromRow)]
pub struct Heard {
    /// When.
    pub created_at: Timestamp,
    /// What became of it.
    pub status: String,
    /// Its name.
    pub name: String,
}

/// The newest files of an organisation's connections, newest first.
pub async fn heard(conn: &mut Conn, owner: OrganisationId, limit: i64) -> Result<Vec<Heard>> {
    all!(
        conn,
        Heard,
        "SELECT created_at, status, name FROM transmissions WHERE direction = 'in' AND owner_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
        owner,
        limit
    )
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
}

fn ids<T: From<Uuid>>(rows: Vec<Row>) -> Vec<T> {
    rows.into_iter().map(|row| T::from(row.id)).collect()
}

/// Orders that time alone may have made wrong: not answered, not shipped or not invoiced, with goods on their way, or with
/// invoices that wait. All, or those with one party.
pub async fn late_orders(conn: &mut Conn, now: Timestamp, today: Date, party: Option<OrganisationId>) -> Result<Vec<OrderId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT orders.id FROM orders JOIN (SELECT id FROM orders WHERE state = 'received' AND answer_due_at <= $1
         UNION SELECT id FROM orders WHERE state IN ('confirmed', 'confirmed_with_changes', 'part_shipped') AND promised_on < $2
         UNION SELECT id FROM orders WHERE state = 'delivered'
         UNION SELECT shipment_lines.order_id AS id FROM shipments JOIN shipment_lines ON shipment_lines.shipment_id = shipments.id
           WHERE shipments.state IN ('in_transit', 'held') AND shipments.source_id IS NULL
             AND (shipments.estimated_on IS NULL OR shipments.estimated_on < $2 OR shipments.tracking IS NULL
               OR (shipments.carrier_name IS NULL AND shipments.carrier_scac IS NULL))
         UNION SELECT order_id AS id FROM invoices WHERE order_id IS NOT NULL
           AND (state IN ('sent', 'received') OR (state IN ('approved', 'part_paid', 'conditionally_accepted') AND due_on < $2))) late
           ON late.id = orders.id
         WHERE $3 IS NULL OR orders.counterparty_id = $3",
        now,
        today,
        party
    )?;
    Ok(ids(rows))
}

/// The same of invoices without an order.
pub async fn late_invoices(conn: &mut Conn, today: Date, party: Option<OrganisationId>) -> Result<Vec<InvoiceId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM invoices WHERE order_id IS NULL AND ($2 IS NULL OR counterparty_id = $2)
           AND (state IN ('sent', 'received') OR (state IN ('approved', 'part_paid', 'conditionally_accepted') AND due_on < $1))",
        today,
        party
    )?;
    Ok(ids(rows))
}

/// Documents that left and were not acknowledged, and those that cannot be sent.
pub async fn unheard_documents(conn: &mut Conn) -> Result<Vec<DocumentId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM documents WHERE direction = 'out' AND status IN ('sent', 'delivered', 'send_failed')
           AND kind NOT IN ('functional_acknowledgment', 'interchange_acknowledgment')"
    )?;
    Ok(ids(rows))
}

/// Roots of exceptions that stand.
pub async fn open_roots(conn: &mut Conn) -> Result<Vec<String>> {
    #[derive(FromRow)]
    struct Root {
        root: String,
    }
    let rows = all!(conn, Root, "SELECT DISTINCT root FROM exceptions WHERE state = 'open' ORDER BY root")?;
    Ok(rows.into_iter().map(|row| row.root).collect())
}

/// Roots of exceptions that stand about documents with a number of a partner.
pub async fn open_documents(conn: &mut Conn, counterparty: Option<OrganisationId>, number: &str) -> Result<Vec<DocumentId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT subject_id AS id FROM exceptions WHERE subject_kind = 'document' AND subject_number = $1 AND state = 'open' AND counterparty_id = $2",
        number,
        counterparty
    )?;
    Ok(ids(rows))
}

/// Refused files of an organisation's connection that stand open under a name.
pub async fn open_files(conn: &mut Conn, name: &str) -> Result<Vec<TransmissionId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT subject_id AS id FROM exceptions WHERE subject_kind = 'transmission' AND subject_number = $1 AND state = 'open'",
        name
    )?;
    Ok(ids(rows))
}

/// Partners with a connection of their own in use.
pub async fn connected_partners(conn: &mut Conn) -> Result<Vec<OrganisationId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT DISTINCT organisations.id FROM organisations JOIN routes ON routes.organisation_id = organisations.id
         WHERE organisations.is_hub = FALSE AND routes.is_active = TRUE"
    )?;
    Ok(ids(rows))
}

/// Orders about which something happened since, the newest first: what a rule is tried against. All, or those with one
/// party.
pub async fn orders_since(conn: &mut Conn, since: Timestamp, party: Option<OrganisationId>, limit: i64) -> Result<Vec<OrderId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM orders WHERE updated_at >= $1 AND ($2 IS NULL OR counterparty_id = $2) ORDER BY updated_at DESC, id DESC LIMIT $3",
        since,
        party,
        limit
    )?;
    Ok(ids(rows))
}

/// The same of invoices without an order.
pub async fn invoices_since(conn: &mut Conn, since: Timestamp, party: Option<OrganisationId>, limit: i64) -> Result<Vec<InvoiceId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM invoices WHERE order_id IS NULL AND updated_at >= $1 AND ($2 IS NULL OR counterparty_id = $2)
         ORDER BY updated_at DESC, id DESC LIMIT $3",
        since,
        party,
        limit
    )?;
    Ok(ids(rows))
}

/// The same of documents other than acknowledgments.
pub async fn documents_since(conn: &mut Conn, since: Timestamp, party: Option<OrganisationId>, limit: i64) -> Result<Vec<DocumentId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM documents WHERE created_at >= $1 AND kind NOT IN ('functional_acknowledgment', 'interchange_acknowledgment')
           AND ($2 IS NULL OR counterparty_id = $2)
         ORDER BY created_at DESC, id DESC LIMIT $3",
        since,
        party,
        limit
    )?;
    Ok(ids(rows))
}

/// The same of files of which nothing was taken.
pub async fn refused_files_since(
    conn: &mut Conn,
    since: Timestamp,
    party: Option<OrganisationId>,
    limit: i64,
) -> Result<Vec<TransmissionId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM transmissions WHERE direction = 'in' AND status = 'refused' AND created_at >= $1 AND ($2 IS NULL OR owner_id = $2)
         ORDER BY created_at DESC LIMIT $3",
        since,
        party,
        limit
    )?;
    Ok(ids(rows))
}
