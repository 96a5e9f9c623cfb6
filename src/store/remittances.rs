//! Remittances: what a payer said it paid, and for which invoices.

use sqlx::{FromRow, types::Json};

use super::{
    Conn, Result, Scope, all, execute,
    filter::{Arg, Filter},
    optional,
};
use crate::domain::{
    ids::{DocumentId, InvoiceId, OrganisationId, RemittanceId},
    number::{Amount, Currency},
    order::OrderKind,
    remittance::Adjustment,
    time::{Date, Timestamp},
};

/// A remittance.
#[derive(Clone, Debug, FromRow)]
pub struct Remittance {
    /// Id.
    pub id: RemittanceId,
    /// Purchase: the hub pays a supplier; sales: a customer pays the hub.
    pub kind: OrderKind,
    /// The party besides the hub.
    pub counterparty_id: OrganisationId,
    /// The trace number of the payment.
    pub number: String,
    /// Currency.
    pub currency: Currency,
    /// What was paid, all together.
    pub total: Amount,
    /// How, as a code (element 591).
    pub method: Option<String>,
    /// When.
    pub paid_on: Option<Date>,
    /// What was added or taken off for no single invoice.
    pub adjustments: Json<Vec<Adjustment>>,
    /// What it came as.
    pub document_id: Option<DocumentId>,
    /// When it came.
    pub created_at: Timestamp,
}

/// What was paid for one thing.
#[derive(Clone, Debug, FromRow)]
pub struct Item {
    /// The remittance.
    pub remittance_id: RemittanceId,
    /// Place in it.
    pub position: i64,
    /// The number that the payer named.
    pub number: String,
    /// It is named as an invoice.
    pub is_invoice: bool,
    /// The invoice, where it is known.
    pub invoice_id: Option<InvoiceId>,
    /// It counts on the invoice.
    pub is_applied: bool,
    /// What was paid.
    pub paid: Amount,
    /// What the payer says was asked for.
    pub gross: Option<Amount>,
    /// Discount.
    pub discount: Amount,
    /// What was added or taken off.
    pub adjustments: Json<Vec<Adjustment>>,
}

/// Adds a remittance with its items.
pub async fn insert(conn: &mut Conn, row: &Remittance, items: &[Item]) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO remittances (id, kind, counterparty_id, number, currency, total, method, paid_on, adjustments, document_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.id,
        row.kind,
        row.counterparty_id,
        &row.number,
        row.currency,
        row.total,
        &row.method,
        row.paid_on,
        &row.adjustments,
        row.document_id,
        row.created_at
    )?;
    for item in items {
        execute!(
            conn,
            "INSERT INTO remittance_items (remittance_id, position, number, is_invoice, invoice_id, is_applied, paid, gross, discount, adjustments)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            item.remittance_id,
            item.position,
            &item.number,
            item.is_invoice,
            item.invoice_id,
            item.is_applied,
            item.paid,
            item.gross,
            item.discount,
            &item.adjustments
        )?;
    }
    Ok(())
}

/// Says which invoice an item is for, and whether it counts on it.
pub async fn set_invoice(conn: &mut Conn, item: &Item) -> Result<()> {
    execute!(
        conn,
        "UPDATE remittance_items SET invoice_id = $3, is_applied = $4 WHERE remittance_id = $1 AND position = $2",
        item.remittance_id,
        item.position,
        item.invoice_id,
        item.is_applied
    )?;
    Ok(())
}

/// A remittance within the scope.
pub async fn find(conn: &mut Conn, scope: Scope, id: RemittanceId) -> Result<Option<Remittance>> {
    let found = optional!(conn, Remittance, "SELECT * FROM remittances WHERE id = $1", id)?;
    Ok(found.filter(|row| scope.holds(row.counterparty_id)))
}

/// The remittance with a trace number between the hub and a party.
pub async fn find_by_number(conn: &mut Conn, kind: OrderKind, counterparty: OrganisationId, number: &str) -> Result<Option<Remittance>> {
    optional!(
        conn,
        Remittance,
        "SELECT * FROM remittances WHERE kind = $1 AND counterparty_id = $2 AND number = $3",
        kind,
        counterparty,
        number
    )
}

#[derive(FromRow)]
struct Row {
    id: RemittanceId,
}

/// The remittance that a document brought.
pub async fn of_document(conn: &mut Conn, document: DocumentId) -> Result<Option<RemittanceId>> {
    Ok(optional!(conn, Row, "SELECT id FROM remittances WHERE document_id = $1", document)?.map(|row| row.id))
}

/// What a remittance pays, in its order. The caller has loaded it within its scope.
pub async fn items(conn: &mut Conn, remittance: RemittanceId) -> Result<Vec<Item>> {
    all!(conn, Item, "SELECT * FROM remittance_items WHERE remittance_id = $1 ORDER BY position", remittance)
}

/// What was paid for an invoice before anybody knew it.
pub async fn waiting(conn: &mut Conn, kind: OrderKind, counterparty: OrganisationId, number: &str) -> Result<Vec<Item>> {
    all!(
        conn,
        Item,
        "SELECT remittance_items.* FROM remittance_items JOIN remittances ON remittances.id = remittance_items.remittance_id
         WHERE remittance_items.number = $3 AND remittance_items.is_invoice = TRUE AND remittance_items.invoice_id IS NULL
           AND remittances.kind = $1 AND remittances.counterparty_id = $2
         ORDER BY remittances.created_at, remittances.id, remittance_items.position",
        kind,
        counterparty,
        number
    )
}

/// What was paid for an invoice, with the remittance that said so.
#[derive(Clone, Debug, FromRow)]
pub struct Payment {
    /// The remittance.
    pub remittance_id: RemittanceId,
    /// Its trace number.
    pub number: String,
    /// When it was paid.
    pub paid_on: Option<Date>,
    /// When that was said.
    pub created_at: Timestamp,
    /// Currency.
    pub currency: Currency,
    /// Place in the remittance.
    pub position: i64,
    /// It counts on the invoice.
    pub is_applied: bool,
    /// What was paid.
    pub paid: Amount,
    /// What the payer says was asked for.
    pub gross: Option<Amount>,
    /// Discount.
    pub discount: Amount,
    /// What was added or taken off.
    pub adjustments: Json<Vec<Adjustment>>,
}

/// What was paid for an invoice, oldest first. The caller has loaded it within its scope.
pub async fn of_invoice(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<Payment>> {
    all!(
        conn,
        Payment,
        "SELECT remittances.id AS remittance_id, remittances.number, remittances.paid_on, remittances.created_at, remittances.currency,
                remittance_items.position, remittance_items.is_applied, remittance_items.paid, remittance_items.gross,
                remittance_items.discount, remittance_items.adjustments
         FROM remittance_items JOIN remittances ON remittances.id = remittance_items.remittance_id
         WHERE remittance_items.invoice_id = $1 ORDER BY remittances.created_at, remittances.id, remittance_items.position",
        invoice
    )
}

/// Remittances that came since, newest first: what a rule is tried against.
pub async fn since(conn: &mut Conn, since: Timestamp, party: Option<OrganisationId>, limit: i64) -> Result<Vec<RemittanceId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM remittances WHERE created_at >= $1 AND ($2 IS NULL OR counterparty_id = $2) ORDER BY created_at DESC, id DESC LIMIT $3",
        since,
        party,
        limit
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A row of the list.
#[derive(Clone, Debug, FromRow)]
pub struct RemittanceRow {
    /// Id.
    pub id: RemittanceId,
    /// Purchase or sales.
    pub kind: OrderKind,
    /// Its trace number.
    pub number: String,
    /// The party besides the hub.
    pub counterparty: String,
    /// Currency.
    pub currency: Currency,
    /// What was paid, all together.
    pub total: Amount,
    /// How, as a code.
    pub method: Option<String>,
    /// When.
    pub paid_on: Option<Date>,
    /// How many invoices and other things it pays.
    pub items: i64,
    /// When it came.
    pub created_at: Timestamp,
}

/// Which remittances a list shows.
#[derive(Clone, Debug, Default)]
pub struct RemittanceFilter {
    /// Trace number or partner contains.
    pub search: Option<String>,
    /// Exactly this trace number.
    pub number: Option<String>,
    /// Begins after this row.
    pub after: Option<(Timestamp, RemittanceId)>,
}

/// A page of remittances, newest first; one row more than `limit` is fetched.
pub async fn list(conn: &mut Conn, scope: Scope, filter: &RemittanceFilter, limit: i64) -> Result<Vec<RemittanceRow>> {
    let mut query = Filter::new(
        "SELECT remittances.id, remittances.kind, remittances.number, organisations.name AS counterparty, remittances.currency,
                remittances.total, remittances.method, remittances.paid_on, remittances.created_at,
                (SELECT count(*) FROM remittance_items WHERE remittance_items.remittance_id = remittances.id) AS items
         FROM remittances JOIN organisations ON organisations.id = remittances.counterparty_id",
        scope,
        "remittances.counterparty_id",
    );
    if let Some(number) = &filter.number {
        query.and("remittances.number", " = ", Arg::Text(number.clone()), "");
    }
    if let Some(search) = &filter.search {
        query.and_contains(&["remittances.number", "organisations.name"], search);
    }
    if let Some((at, id)) = filter.after {
        query.older_than("remittances.created_at", "remittances.id", at, id.0);
    }
    query.ending("ORDER BY remittances.created_at DESC, remittances.id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}
