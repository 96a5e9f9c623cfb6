//! Documents (transaction sets), and the status history of each. What they travelled in is in [`super::transmissions`].

use sqlx::{FromRow, types::Json};

use super::{
    Conn, Result, Scope, StoreError, all, execute,
    filter::{Arg, Filter},
    optional,
};
use crate::domain::{
    document::{Direction, DocumentKind, DocumentStatus, Verdict},
    ids::{DocumentId, EventId, GroupId, InterchangeId, InvoiceId, OrderId, OrganisationId, ShipmentId, TransmissionId},
    message::Origins,
    time::Timestamp,
};

/// One document.
#[derive(Clone, Debug, FromRow)]
pub struct Document {
    /// Id.
    pub id: DocumentId,
    /// Towards us or away.
    pub direction: Direction,
    /// The group it stands in, once it has one.
    pub group_id: Option<GroupId>,
    /// The bytes it stands in, once there are some.
    pub transmission_id: Option<TransmissionId>,
    /// The party besides the hub: its scope.
    pub counterparty_id: Option<OrganisationId>,
    /// Transaction set code, such as `850`.
    pub code: String,
    /// What it is about.
    pub kind: DocumentKind,
    /// Control number (ST02), once it has one.
    pub control_number: Option<String>,
    /// The number people know: of the order, shipment or invoice.
    pub number: String,
    /// Who sent it.
    pub sender_id: Option<OrganisationId>,
    /// To whom.
    pub receiver_id: Option<OrganisationId>,
    /// Where it stands.
    pub status: DocumentStatus,
    /// Whether it could be read and used.
    pub is_accepted: bool,
    /// What was found in it.
    pub findings: Json<serde_json::Value>,
    /// What it says.
    pub content: Option<Json<crate::domain::message::Document>>,
    /// Where each value stood.
    pub origins: Json<Origins>,
    /// The encoded set of an outgoing document, before it has control numbers.
    pub body: Option<String>,
    /// First segment, from 1 at ISA.
    pub first_segment: i64,
    /// Last segment.
    pub last_segment: i64,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// The shipment it is about.
    pub shipment_id: Option<ShipmentId>,
    /// The invoice it is about.
    pub invoice_id: Option<InvoiceId>,
    /// When it may leave; until then it can be taken back.
    pub release_at: Option<Timestamp>,
    /// First acknowledgment: delivered.
    pub delivered_at: Option<Timestamp>,
    /// Second acknowledgment: read.
    pub acknowledged_at: Option<Timestamp>,
    /// With which verdict.
    pub acknowledgment: Option<Verdict>,
    /// Third acknowledgment: answered.
    pub answered_at: Option<Timestamp>,
    /// With which answer: `accepted`, `changed`, `rejected`.
    pub answer: Option<String>,
    /// The person or system it came from.
    pub author: String,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it came, or was made.
    pub created_at: Timestamp,
}

/// A step in a document's life.
#[derive(Clone, Debug, FromRow)]
pub struct DocumentEvent {
    /// Id.
    pub id: EventId,
    /// The document.
    pub document_id: DocumentId,
    /// The status reached.
    pub status: DocumentStatus,
    /// When.
    pub at: Timestamp,
    /// The person or system.
    pub actor: String,
    /// More, in words.
    pub note: String,
}

/// A row of the document list.
#[derive(Clone, Debug, FromRow)]
pub struct DocumentRow {
    /// Id.
    pub id: DocumentId,
    /// Towards us or away.
    pub direction: Direction,
    /// Transaction set code.
    pub code: String,
    /// What it is about.
    pub kind: DocumentKind,
    /// The number people know.
    pub number: String,
    /// Where it stands.
    pub status: DocumentStatus,
    /// The party besides the hub.
    pub counterparty: Option<String>,
    /// First acknowledgment.
    pub delivered_at: Option<Timestamp>,
    /// Second acknowledgment.
    pub acknowledged_at: Option<Timestamp>,
    /// Its verdict.
    pub acknowledgment: Option<Verdict>,
    /// Third acknowledgment.
    pub answered_at: Option<Timestamp>,
    /// Its answer.
    pub answer: Option<String>,
    /// When it came, or was made.
    pub created_at: Timestamp,
}

/// Which documents a list shows.
#[derive(Clone, Debug, Default)]
pub struct DocumentFilter {
    /// Only this direction.
    pub direction: Option<Direction>,
    /// Only these states.
    pub statuses: Vec<DocumentStatus>,
    /// Only this kind.
    pub kind: Option<DocumentKind>,
    /// Number contains.
    pub search: Option<String>,
    /// Begins after this row.
    pub after: Option<(Timestamp, DocumentId)>,
}

/// A page of documents, newest first; one row more than `limit` is fetched to tell whether there are more.
pub async fn list(conn: &mut Conn, scope: Scope, filter: &DocumentFilter, limit: i64) -> Result<Vec<DocumentRow>> {
    let mut query = Filter::new(
        "SELECT documents.id, documents.direction, documents.code, documents.kind, documents.number, documents.status,
                organisations.name AS counterparty, documents.delivered_at, documents.acknowledged_at, documents.acknowledgment,
                documents.answered_at, documents.answer, documents.created_at
         FROM documents LEFT JOIN organisations ON organisations.id = documents.counterparty_id",
        scope,
        "documents.counterparty_id",
    );
    if let Some(direction) = filter.direction {
        query.and("documents.direction", " = ", Arg::Text(direction.as_str().to_owned()), "");
    }
    if !filter.statuses.is_empty() {
        query.and_in("documents.status", filter.statuses.iter().map(|status| Arg::Text(status.as_str().to_owned())));
    }
    if let Some(kind) = filter.kind {
        query.and("documents.kind", " = ", Arg::Text(kind.as_str().to_owned()), "");
    }
    if let Some(search) = &filter.search {
        query.and_contains(&["documents.number"], search);
    }
    if let Some((at, id)) = filter.after {
        query.older_than("documents.created_at", "documents.id", at, id.0);
    }
    query.ending("ORDER BY documents.created_at DESC, documents.id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

#[derive(FromRow)]
struct Count {
    name: String,
    n: i64,
}

/// How many documents are in each state, by direction: `(direction:status, count)`.
pub async fn count(conn: &mut Conn, scope: Scope) -> Result<Vec<(String, i64)>> {
    let mut query =
        Filter::new("SELECT direction || ':' || status AS name, count(*) AS n FROM documents", scope, "documents.counterparty_id");
    query.ending("GROUP BY 1");
    Ok(query.fetch::<Count>(conn).await?.into_iter().map(|row| (row.name, row.n)).collect())
}

/// Adds a document.
pub async fn insert(conn: &mut Conn, row: &Document) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO documents (id, direction, group_id, transmission_id, counterparty_id, code, kind, control_number, number, sender_id,
           receiver_id, status, is_accepted, findings, content, origins, body, first_segment, last_segment, order_id, shipment_id,
           invoice_id, release_at, delivered_at, acknowledged_at, acknowledgment, answered_at, answer, author, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
           $27, $28, $29, $30, $31)",
        row.id,
        row.direction,
        row.group_id,
        row.transmission_id,
        row.counterparty_id,
        &row.code,
        row.kind,
        &row.control_number,
        &row.number,
        row.sender_id,
        row.receiver_id,
        row.status,
        row.is_accepted,
        &row.findings,
        &row.content,
        &row.origins,
        &row.body,
        row.first_segment,
        row.last_segment,
        row.order_id,
        row.shipment_id,
        row.invoice_id,
        row.release_at,
        row.delivered_at,
        row.acknowledged_at,
        row.acknowledgment,
        row.answered_at,
        &row.answer,
        &row.author,
        row.updated_at,
        row.created_at
    )?;
    Ok(())
}

/// A document within the scope.
pub async fn find(conn: &mut Conn, scope: Scope, id: DocumentId) -> Result<Option<Document>> {
    let found = optional!(conn, Document, "SELECT * FROM documents WHERE id = $1", id)?;
    Ok(found.filter(|document| match (scope.party(), document.counterparty_id) {
        (None, _) => true,
        (Some(party), counterparty) => counterparty == Some(party),
    }))
}

/// The documents of a group, by control number as sent.
pub async fn of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<Document>> {
    all!(conn, Document, "SELECT * FROM documents WHERE group_id = $1 ORDER BY first_segment, created_at, id", group)
}

/// The documents of a transmission, in file order.
pub async fn of_transmission(conn: &mut Conn, transmission: TransmissionId) -> Result<Vec<Document>> {
    all!(conn, Document, "SELECT * FROM documents WHERE transmission_id = $1 ORDER BY first_segment, created_at, id", transmission)
}

/// The documents about an order, oldest first.
pub async fn of_order(conn: &mut Conn, scope: Scope, order: OrderId) -> Result<Vec<Document>> {
    let found = all!(conn, Document, "SELECT * FROM documents WHERE order_id = $1 ORDER BY created_at, id", order)?;
    Ok(found.into_iter().filter(|document| scope.party().is_none_or(|party| document.counterparty_id == Some(party))).collect())
}

/// The outgoing document to an organisation that may leave first, of those that may leave by now.
pub async fn next_released(conn: &mut Conn, receiver: OrganisationId, now: Timestamp) -> Result<Option<Document>> {
    optional!(
        conn,
        Document,
        "SELECT * FROM documents WHERE direction = 'out' AND status = 'validated' AND receiver_id = $1 AND release_at <= $2
         ORDER BY release_at, created_at, id LIMIT 1",
        receiver,
        now
    )
}

#[derive(FromRow)]
struct Release {
    release_at: Option<Timestamp>,
}

/// When the next document to an organisation may leave that could not at `now`.
pub async fn next_release(conn: &mut Conn, receiver: OrganisationId, now: Timestamp) -> Result<Option<Timestamp>> {
    let row = optional!(
        conn,
        Release,
        "SELECT min(release_at) AS release_at FROM documents
         WHERE direction = 'out' AND status = 'validated' AND receiver_id = $1 AND release_at > $2",
        receiver,
        now
    )?;
    Ok(row.and_then(|row| row.release_at))
}

#[derive(FromRow)]
struct Found {
    found: bool,
}

/// Whether a transmission holds documents of anybody besides a party.
pub async fn holds_others(conn: &mut Conn, transmission: TransmissionId, party: OrganisationId) -> Result<bool> {
    let row = optional!(
        conn,
        Found,
        "SELECT EXISTS (SELECT 1 FROM documents WHERE transmission_id = $1 AND (counterparty_id IS NULL OR counterparty_id <> $2)) AS found",
        transmission,
        party
    )?;
    Ok(row.is_some_and(|row| row.found))
}

/// Notes which interchange an acknowledgment answers.
pub async fn set_answers(conn: &mut Conn, id: DocumentId, interchange: InterchangeId) -> Result<()> {
    execute!(conn, "UPDATE documents SET answers_id = $2 WHERE id = $1", id, interchange)?;
    Ok(())
}

/// Links a document to what it is about.
pub async fn set_subject(
    conn: &mut Conn,
    id: DocumentId,
    order: Option<OrderId>,
    shipment: Option<ShipmentId>,
    invoice: Option<InvoiceId>,
) -> Result<()> {
    execute!(
        conn,
        "UPDATE documents SET order_id = coalesce($2, order_id), shipment_id = coalesce($3, shipment_id), invoice_id = coalesce($4, invoice_id)
         WHERE id = $1",
        id,
        order,
        shipment,
        invoice
    )?;
    Ok(())
}

/// Sets the status of a document, if it still has the one that was read.
pub async fn set_status(conn: &mut Conn, id: DocumentId, from: DocumentStatus, to: DocumentStatus, now: Timestamp) -> Result<()> {
    super::expect_current(execute!(
        conn,
        "UPDATE documents SET status = $3, updated_at = $4 WHERE id = $1 AND status = $2",
        id,
        from,
        to,
        now
    )?)
}

/// Gives an outgoing document its place on the wire.
pub async fn set_sent_as(
    conn: &mut Conn,
    id: DocumentId,
    group: GroupId,
    transmission: TransmissionId,
    control_number: &str,
    segments: (i64, i64),
    now: Timestamp,
) -> Result<()> {
    super::expect_current(execute!(
        conn,
        "UPDATE documents SET group_id = $2, transmission_id = $3, control_number = $4, first_segment = $5, last_segment = $6,
           status = 'submitted', release_at = NULL, updated_at = $7 WHERE id = $1 AND status = 'validated'",
        id,
        group,
        transmission,
        control_number,
        segments.0,
        segments.1,
        now
    )?)
}

#[derive(FromRow)]
struct Current {
    status: DocumentStatus,
}

/// The status of a document at this moment; stale where the document is gone.
async fn status(conn: &mut Conn, id: DocumentId) -> Result<DocumentStatus> {
    optional!(conn, Current, "SELECT status FROM documents WHERE id = $1", id)?.map(|row| row.status).ok_or(StoreError::Stale)
}

/// Notes the first acknowledgment: delivered. What was learned since the document was loaded is not taken back.
pub async fn set_document_delivered(conn: &mut Conn, document: &Document, now: Timestamp) -> Result<()> {
    let mut from = document.status;
    loop {
        let touched = execute!(
            conn,
            "UPDATE documents SET delivered_at = coalesce(delivered_at, $2), status = $4, updated_at = $2 WHERE id = $1 AND status = $3",
            document.id,
            now,
            from,
            from.after_delivery()
        )?;
        if touched == 1 {
            return Ok(());
        }
        from = status(conn, document.id).await?;
    }
}

/// Notes the second acknowledgment: read. A rejection stays, with its verdict. Says the status reached.
pub async fn set_acknowledged(
    conn: &mut Conn,
    document: &Document,
    verdict: Verdict,
    findings: &serde_json::Value,
    now: Timestamp,
) -> Result<DocumentStatus> {
    let mut from = document.status;
    loop {
        let reached = from.after_acknowledgment(verdict);
        let touched = execute!(
            conn,
            "UPDATE documents SET acknowledged_at = coalesce(acknowledged_at, $2), acknowledgment = $3, status = $5, findings = $6,
               delivered_at = coalesce(delivered_at, $2), updated_at = $2 WHERE id = $1 AND status = $4",
            document.id,
            now,
            if reached == DocumentStatus::Rejected { Verdict::Rejected } else { verdict },
            from,
            reached,
            Json(findings)
        )?;
        if touched == 1 {
            return Ok(reached);
        }
        from = status(conn, document.id).await?;
    }
}

/// Replaces what was found in a document.
pub async fn set_findings(conn: &mut Conn, id: DocumentId, findings: &serde_json::Value) -> Result<()> {
    execute!(conn, "UPDATE documents SET findings = $2 WHERE id = $1", id, Json(findings))?;
    Ok(())
}

/// Notes the third acknowledgment: answered.
pub async fn set_answered(conn: &mut Conn, id: DocumentId, answer: &str, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE documents SET answered_at = $3, answer = $2, updated_at = $3 WHERE id = $1", id, answer, now)?;
    Ok(())
}

/// Notes that a document is not answered after all.
pub async fn clear_answered(conn: &mut Conn, id: DocumentId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE documents SET answered_at = NULL, answer = NULL, updated_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

/// Adds a step to a document's life.
pub async fn insert_event(conn: &mut Conn, row: &DocumentEvent) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO document_events (id, document_id, status, at, actor, note) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id,
        row.document_id,
        row.status,
        row.at,
        &row.actor,
        &row.note
    )?;
    Ok(())
}

/// A document's life, oldest first.
pub async fn events(conn: &mut Conn, document: DocumentId) -> Result<Vec<DocumentEvent>> {
    all!(conn, DocumentEvent, "SELECT * FROM document_events WHERE document_id = $1 ORDER BY at, id", document)
}
