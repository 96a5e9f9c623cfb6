//! Invoices with their lines.

use sqlx::FromRow;

use super::{
    Conn, Result, Scope, all, execute, expect_current,
    filter::{Arg, Filter, each, newest},
    optional,
};
use crate::domain::{
    ids::{DocumentId, InvoiceId, InvoiceLineId, OrderId, OrderLineId, OrganisationId, ShipmentId},
    invoice::InvoiceState,
    number::{Amount, Currency, Quantity, UnitPrice},
    order::OrderKind,
    time::{Date, Timestamp},
};

/// An invoice.
#[derive(Clone, Debug, FromRow)]
pub struct Invoice {
    /// Id.
    pub id: InvoiceId,
    /// Purchase: from a supplier; sales: to a customer.
    pub kind: OrderKind,
    /// The party besides the hub.
    pub counterparty_id: OrganisationId,
    /// The issuer's number.
    pub number: String,
    /// The order.
    pub order_id: Option<OrderId>,
    /// The shipment.
    pub shipment_id: Option<ShipmentId>,
    /// Where it stands at the buyer.
    pub state: InvoiceState,
    /// Why, in words.
    pub state_reason: Option<String>,
    /// Currency.
    pub currency: Currency,
    /// What is to be paid.
    pub total: Amount,
    /// What was paid.
    pub paid: Amount,
    /// What credit notes gave back.
    pub credited: Amount,
    /// Invoice date.
    pub invoiced_on: Option<Date>,
    /// Due.
    pub due_on: Option<Date>,
    /// The document.
    pub document_id: Option<DocumentId>,
    /// Counts changes.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was sent.
    pub created_at: Timestamp,
}

impl Invoice {
    /// What is still to be paid.
    pub fn open(&self) -> Amount {
        self.total - self.paid - self.credited
    }
}

/// A line of an invoice.
#[derive(Clone, Debug, FromRow)]
pub struct InvoiceLine {
    /// Id.
    pub id: InvoiceLineId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The order line.
    pub order_line_id: Option<OrderLineId>,
    /// Place.
    pub position: i64,
    /// Line number, as sent.
    pub line: String,
    /// The item in words.
    pub description: String,
    /// Quantity.
    pub quantity: Quantity,
    /// Unit.
    pub unit: String,
    /// Price.
    pub unit_price: UnitPrice,
    /// How many units the price buys.
    pub price_per: Quantity,
    /// Amount.
    pub amount: Amount,
}

/// A row of the invoice list.
#[derive(Clone, Debug, FromRow)]
pub struct InvoiceRow {
    /// Id.
    pub id: InvoiceId,
    /// Purchase or sales.
    pub kind: OrderKind,
    /// The issuer's number.
    pub number: String,
    /// State.
    pub state: InvoiceState,
    /// Why.
    pub state_reason: Option<String>,
    /// The party besides the hub.
    pub counterparty: String,
    /// The order's number.
    pub order_number: Option<String>,
    /// Currency.
    pub currency: Currency,
    /// Total.
    pub total: Amount,
    /// Paid.
    pub paid: Amount,
    /// Invoice date.
    pub invoiced_on: Option<Date>,
    /// Due.
    pub due_on: Option<Date>,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was sent.
    pub created_at: Timestamp,
}

/// Which invoices a list shows.
#[derive(Clone, Debug, Default)]
pub struct InvoiceFilter {
    /// Only these states.
    pub states: Vec<InvoiceState>,
    /// Number, order number or partner contains.
    pub search: Option<String>,
    /// Exactly this number.
    pub number: Option<String>,
    /// Begins after this row.
    pub after: Option<(Timestamp, InvoiceId)>,
}

/// A page of invoices, newest first; one row more than `limit` is fetched.
pub async fn list(conn: &mut Conn, scope: Scope, filter: &InvoiceFilter, limit: i64) -> Result<Vec<InvoiceRow>> {
    let mut rows = Vec::new();
    for state in each(&filter.states) {
        rows.extend(list_of(conn, scope, filter, state, limit).await?);
    }
    Ok(newest(rows, limit + 1, |row| (row.created_at, row.id)))
}

async fn list_of(
    conn: &mut Conn,
    scope: Scope,
    filter: &InvoiceFilter,
    state: Option<InvoiceState>,
    limit: i64,
) -> Result<Vec<InvoiceRow>> {
    let mut query = Filter::new(
        "SELECT invoices.id, invoices.kind, invoices.number, invoices.state, invoices.state_reason, organisations.name AS counterparty,
                orders.number AS order_number, invoices.currency, invoices.total, invoices.paid, invoices.invoiced_on, invoices.due_on,
                invoices.updated_at, invoices.created_at
         FROM invoices JOIN organisations ON organisations.id = invoices.counterparty_id
         LEFT JOIN orders ON orders.id = invoices.order_id",
        scope,
        "invoices.counterparty_id",
    );
    if let Some(state) = state {
        query.and("invoices.state", " = ", Arg::Text(state.as_str().to_owned()), "");
    }
    if let Some(number) = &filter.number {
        query.and("invoices.number", " = ", Arg::Text(number.clone()), "");
    }
    if let Some(search) = &filter.search {
        query.and_contains(&["invoices.number", "coalesce(orders.number, '')", "organisations.name"], search);
    }
    if let Some((at, id)) = filter.after {
        query.older_than("invoices.created_at", "invoices.id", at, id.0);
    }
    query.ending("ORDER BY invoices.created_at DESC, invoices.id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

#[derive(FromRow)]
struct StateSum {
    state: InvoiceState,
    currency: Currency,
    n: i64,
    open: i64,
}

/// How many invoices are in each state and currency, and what is still to be paid on them: what was paid too much on one of them
/// pays no other.
pub async fn count(conn: &mut Conn, scope: Scope) -> Result<Vec<(InvoiceState, Currency, i64, Amount)>> {
    let mut query = Filter::new(
        "SELECT invoices.state, invoices.currency, count(*) AS n,
                CAST(sum(CASE WHEN invoices.total > invoices.paid + invoices.credited
                     THEN invoices.total - invoices.paid - invoices.credited ELSE 0 END) AS bigint) AS open
         FROM invoices",
        scope,
        "invoices.counterparty_id",
    );
    query.ending("GROUP BY invoices.state, invoices.currency");
    let rows = query.fetch::<StateSum>(conn).await?;
    Ok(rows.into_iter().map(|row| (row.state, row.currency, row.n, Amount::from_minor(row.open))).collect())
}

/// An invoice within the scope.
pub async fn find(conn: &mut Conn, scope: Scope, id: InvoiceId) -> Result<Option<Invoice>> {
    let found = optional!(conn, Invoice, "SELECT * FROM invoices WHERE id = $1", id)?;
    Ok(found.filter(|invoice| scope.holds(invoice.counterparty_id)))
}

/// The invoice with a number from or to a party.
pub async fn find_by_number(conn: &mut Conn, kind: OrderKind, counterparty: OrganisationId, number: &str) -> Result<Option<Invoice>> {
    optional!(conn, Invoice, "SELECT * FROM invoices WHERE kind = $1 AND counterparty_id = $2 AND number = $3", kind, counterparty, number)
}

/// The invoices for an order, oldest first. The caller has loaded the order within its scope.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Invoice>> {
    all!(conn, Invoice, "SELECT * FROM invoices WHERE order_id = $1 ORDER BY created_at, id", order)
}

/// The lines of an invoice.
pub async fn lines(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<InvoiceLine>> {
    all!(conn, InvoiceLine, "SELECT * FROM invoice_lines WHERE invoice_id = $1 ORDER BY position", invoice)
}

#[derive(FromRow)]
struct OrderLine {
    order_id: OrderId,
    id: OrderLineId,
}

/// The order lines that an invoice charges for, each once, with their orders.
pub async fn order_lines(conn: &mut Conn, invoice: InvoiceId) -> Result<Vec<(OrderId, OrderLineId)>> {
    let rows = all!(
        conn,
        OrderLine,
        "SELECT DISTINCT order_lines.order_id, order_lines.id FROM invoice_lines JOIN order_lines ON order_lines.id = invoice_lines.order_line_id
         WHERE invoice_lines.invoice_id = $1",
        invoice
    )?;
    Ok(rows.into_iter().map(|row| (row.order_id, row.id)).collect())
}

/// Adds an invoice with its lines.
pub async fn insert(conn: &mut Conn, row: &Invoice, lines: &[InvoiceLine]) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO invoices (id, kind, counterparty_id, number, order_id, shipment_id, state, state_reason, currency, total, paid,
           credited, invoiced_on, due_on, document_id, version, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        row.id,
        row.kind,
        row.counterparty_id,
        &row.number,
        row.order_id,
        row.shipment_id,
        row.state,
        &row.state_reason,
        row.currency,
        row.total,
        row.paid,
        row.credited,
        row.invoiced_on,
        row.due_on,
        row.document_id,
        row.version,
        row.updated_at,
        row.created_at
    )?;
    insert_lines(conn, lines).await
}

async fn insert_lines(conn: &mut Conn, lines: &[InvoiceLine]) -> Result<()> {
    for line in lines {
        execute!(
            conn,
            "INSERT INTO invoice_lines (id, invoice_id, order_line_id, position, line, description, quantity, unit, unit_price, price_per, amount)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            line.id,
            line.invoice_id,
            line.order_line_id,
            line.position,
            &line.line,
            &line.description,
            line.quantity,
            &line.unit,
            line.unit_price,
            line.price_per,
            line.amount
        )?;
    }
    Ok(())
}

/// Saves what a corrected invoice says, with its lines.
pub async fn restate(conn: &mut Conn, row: &Invoice, lines: &[InvoiceLine]) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE invoices SET shipment_id = $3, total = $4, invoiced_on = $5, due_on = $6, document_id = $7, updated_at = $8, version = version + 1
         WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        row.shipment_id,
        row.total,
        row.invoiced_on,
        row.due_on,
        row.document_id,
        row.updated_at
    )?)?;
    execute!(conn, "DELETE FROM invoice_lines WHERE invoice_id = $1", row.id)?;
    insert_lines(conn, lines).await
}

/// Saves a new state, what was paid and what was given back.
pub async fn update(conn: &mut Conn, row: &Invoice) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE invoices SET state = $3, state_reason = $4, paid = $5, credited = $6, updated_at = $7, version = version + 1
         WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        row.state,
        &row.state_reason,
        row.paid,
        row.credited,
        row.updated_at
    )?)
}
