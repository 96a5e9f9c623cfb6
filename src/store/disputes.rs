//! Disputes with what they are about and how they ended, the documents attached to cases, and credit notes.

use sqlx::FromRow;

use super::{Conn, Result, Scope, all, documents::Document, execute, expect_current, optional};
use crate::domain::{
    case::Status,
    dispute::Outcome,
    ids::{CaseId, CreditNoteId, DocumentId, InvoiceId, OrderId, OrganisationId, ShipmentId},
    number::{Amount, Currency},
    order::OrderKind,
    time::Timestamp,
};

/// A dispute.
#[derive(Clone, Debug, FromRow)]
pub struct Dispute {
    /// The case it is settled in.
    pub case_id: CaseId,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// The shipment.
    pub shipment_id: Option<ShipmentId>,
    /// The invoice.
    pub invoice_id: Option<InvoiceId>,
    /// Currency of what is claimed.
    pub currency: Currency,
    /// What should be given back, where that follows from the values that should be others.
    pub claimed: Option<Amount>,
    /// How it ended; none while it is open.
    pub outcome: Option<Outcome>,
    /// The credit note it ended with.
    pub credit_note_id: Option<CreditNoteId>,
    /// When it ended.
    pub settled_at: Option<Timestamp>,
}

/// A dispute with the case it is settled in.
#[derive(Clone, Debug, FromRow)]
pub struct DisputeRow {
    /// The case.
    pub case_id: CaseId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub status: Status,
    /// Why, as a code.
    pub reason: Option<String>,
    /// Currency of what is claimed.
    pub currency: Currency,
    /// What should be given back.
    pub claimed: Option<Amount>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// What disputes are about.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// An order, without its shipments and invoices.
    Order(OrderId),
    /// A shipment.
    Shipment(ShipmentId),
    /// An invoice.
    Invoice(InvoiceId),
}

/// The disputes about something, the newest first, of those that the scope takes part in.
pub async fn about(conn: &mut Conn, scope: Scope, subject: Subject) -> Result<Vec<DisputeRow>> {
    let (order, shipment, invoice) = match subject {
        Subject::Order(id) => (Some(id), None, None),
        Subject::Shipment(id) => (None, Some(id), None),
        Subject::Invoice(id) => (None, None, Some(id)),
    };
    all!(
        conn,
        DisputeRow,
        "SELECT disputes.case_id, cases.number, cases.status, cases.reason, disputes.currency, disputes.claimed, disputes.outcome,
                cases.created_at
         FROM disputes JOIN cases ON cases.id = disputes.case_id
         WHERE (disputes.order_id = $1 AND disputes.shipment_id IS NULL AND disputes.invoice_id IS NULL
                OR disputes.shipment_id = $2 AND disputes.invoice_id IS NULL OR disputes.invoice_id = $3)
           AND ($4 OR EXISTS (SELECT 1 FROM case_parties WHERE case_id = cases.id AND organisation_id = $5))
         ORDER BY cases.created_at DESC, cases.id DESC",
        order,
        shipment,
        invoice,
        scope == Scope::Hub,
        scope.party()
    )
}

/// The dispute that is settled in a case. The caller has loaded the case.
pub async fn of_case(conn: &mut Conn, case: CaseId) -> Result<Option<Dispute>> {
    optional!(conn, Dispute, "SELECT * FROM disputes WHERE case_id = $1", case)
}

/// Adds a dispute.
pub async fn insert(conn: &mut Conn, row: &Dispute) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO disputes (case_id, order_id, shipment_id, invoice_id, currency, claimed, outcome, credit_note_id, settled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        row.case_id,
        row.order_id,
        row.shipment_id,
        row.invoice_id,
        row.currency,
        row.claimed,
        row.outcome,
        row.credit_note_id,
        row.settled_at
    )?;
    Ok(())
}

/// Notes how a dispute ended; stale where it has ended already.
pub async fn settle(conn: &mut Conn, case: CaseId, outcome: Outcome, credit: Option<CreditNoteId>, now: Timestamp) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE disputes SET outcome = $2, credit_note_id = $3, settled_at = $4 WHERE case_id = $1 AND outcome IS NULL",
        case,
        outcome,
        credit,
        now
    )?)
}

/// The documents of a trade, oldest first: those about an order, its shipments and its invoices, whoever sent them, and
/// the acknowledgments of what they travelled in. Any of the three may be unknown.
pub async fn papers(
    conn: &mut Conn,
    order: Option<OrderId>,
    shipment: Option<ShipmentId>,
    invoice: Option<InvoiceId>,
) -> Result<Vec<Document>> {
    all!(
        conn,
        Document,
        "WITH of_trade AS (
           SELECT id, group_id FROM documents WHERE order_id = $1 OR shipment_id = $2 OR invoice_id = $3
             OR shipment_id IN (SELECT shipment_id FROM shipment_lines WHERE order_id = $1)
             OR shipment_id IN (SELECT source_id FROM shipments WHERE id = $2
                  OR id IN (SELECT shipment_id FROM shipment_lines WHERE order_id = $1))
             OR id IN (SELECT document_id FROM shipments WHERE id = $2 OR id IN (SELECT shipment_id FROM shipment_lines WHERE order_id = $1))
             OR id IN (SELECT document_id FROM invoices WHERE id = $3 OR order_id = $1))
         SELECT documents.* FROM documents WHERE status NOT IN ('refused', 'withdrawn') AND (id IN (SELECT id FROM of_trade)
           OR answers_id IN (SELECT interchange_id FROM groups WHERE id IN (SELECT group_id FROM of_trade)))
         ORDER BY created_at, id",
        order,
        shipment,
        invoice
    )
}

/// Attaches a document to a case; the same one twice is once.
pub async fn attach(conn: &mut Conn, case: CaseId, document: DocumentId) -> Result<()> {
    execute!(conn, "INSERT INTO case_documents (case_id, document_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", case, document)?;
    Ok(())
}

/// The documents attached to a case, oldest first, of those that the scope holds. The caller has loaded the case.
pub async fn documents(conn: &mut Conn, scope: Scope, case: CaseId) -> Result<Vec<Document>> {
    let found = all!(
        conn,
        Document,
        "SELECT documents.* FROM documents JOIN case_documents ON case_documents.document_id = documents.id
         WHERE case_documents.case_id = $1 ORDER BY documents.created_at, documents.id",
        case
    )?;
    Ok(found.into_iter().filter(|document| document.counterparty_id.map_or(scope == Scope::Hub, |party| scope.holds(party))).collect())
}

/// Money given back for an invoice.
#[derive(Clone, Debug, FromRow)]
pub struct CreditNote {
    /// Id.
    pub id: CreditNoteId,
    /// Purchase: from a supplier; sales: to a customer.
    pub kind: OrderKind,
    /// The party besides the hub.
    pub counterparty_id: OrganisationId,
    /// The issuer's number.
    pub number: String,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Currency.
    pub currency: Currency,
    /// How much.
    pub total: Amount,
    /// The document.
    pub document_id: Option<DocumentId>,
    /// When it was sent or came.
    pub at: Timestamp,
}

/// The credit notes for an invoice, oldest first. The caller has loaded the invoice.
pub async fn credit_notes(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<CreditNote>> {
    all!(conn, CreditNote, "SELECT * FROM credit_notes WHERE invoice_id = $1 ORDER BY at, id", invoice)
}

/// The credit note with a number from or to a party.
pub async fn find_credit_note(conn: &mut Conn, kind: OrderKind, counterparty: OrganisationId, number: &str) -> Result<Option<CreditNote>> {
    optional!(
        conn,
        CreditNote,
        "SELECT * FROM credit_notes WHERE kind = $1 AND counterparty_id = $2 AND number = $3",
        kind,
        counterparty,
        number
    )
}

/// The credit note with an id. The caller has loaded what it belongs to.
pub async fn credit_note(conn: &mut Conn, id: CreditNoteId) -> Result<Option<CreditNote>> {
    optional!(conn, CreditNote, "SELECT * FROM credit_notes WHERE id = $1", id)
}

/// Adds a credit note.
pub async fn insert_credit_note(conn: &mut Conn, row: &CreditNote) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO credit_notes (id, kind, counterparty_id, number, invoice_id, currency, total, document_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        row.id,
        row.kind,
        row.counterparty_id,
        &row.number,
        row.invoice_id,
        row.currency,
        row.total,
        row.document_id,
        row.at
    )?;
    Ok(())
}
