//! Orders: headers, lines, revisions, allocations, and the lists made of them.

use std::collections::BTreeMap;

use sqlx::{FromRow, types::Json};

use super::{
    Conn, Result, Scope, all, execute, expect_current,
    filter::{Arg, Filter, each, newest},
    optional,
};
use crate::domain::{
    document::Verdict,
    ids::{DocumentId, EventId, OrderId, OrderLineId, OrganisationId},
    message::Party,
    number::{Amount, Currency, Quantity, UnitPrice},
    order::{Line, LineStatus, OrderKind, OrderState, Part, Provenance, Quantities, Turn},
    time::{Date, Timestamp},
};

/// An order's header.
#[derive(Clone, Debug, FromRow)]
pub struct Order {
    /// Id.
    pub id: OrderId,
    /// Who buys.
    pub kind: OrderKind,
    /// The party besides the hub.
    pub counterparty_id: OrganisationId,
    /// The buyer's number, as sent.
    pub number: String,
    /// The seller's own number.
    pub seller_number: Option<String>,
    /// Newest revision.
    pub revision: i64,
    /// Derived from the lines.
    pub state: OrderState,
    /// Whose move it is, derived from the state.
    pub turn: Turn,
    /// Currency of all its prices.
    pub currency: Currency,
    /// Order date.
    pub ordered_on: Option<Date>,
    /// Earliest date wanted.
    pub requested_on: Option<Date>,
    /// Latest date promised.
    pub promised_on: Option<Date>,
    /// Until when the answer is expected.
    pub answer_due_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Parties as the order names them.
    pub parties: Json<Vec<Party>>,
    /// Payment terms in words.
    pub terms: String,
    /// Free text.
    pub notes: String,
    /// Total at the prices that count.
    pub total: Amount,
    /// How many lines.
    pub line_count: i64,
    /// The document it came as.
    pub document_id: Option<DocumentId>,
    /// The newest answer to it.
    pub answer_document_id: Option<DocumentId>,
    /// Counts changes, for compare-and-set.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it came.
    pub created_at: Timestamp,
}

#[derive(FromRow)]
struct LineRow {
    id: OrderLineId,
    position: i64,
    line: String,
    buyer_item: Option<String>,
    seller_item: Option<String>,
    gtin: Option<String>,
    description: String,
    unit: String,
    unit_price: UnitPrice,
    price_per: Quantity,
    confirmed_price: Option<UnitPrice>,
    requested_on: Option<Date>,
    promised_on: Option<Date>,
    status: LineStatus,
    reason_code: Option<String>,
    reason_text: Option<String>,
    ordered: Quantity,
    confirmed: Quantity,
    backordered: Quantity,
    rejected: Quantity,
    shipped: Quantity,
    received: Quantity,
    invoiced: Quantity,
    paid: Quantity,
    provenance: Json<Provenance>,
}

#[derive(FromRow)]
struct ScheduleRow {
    order_line_id: OrderLineId,
    kind: String,
    quantity: Quantity,
    on_date: Option<Date>,
}

/// A row of the order list.
#[derive(Clone, Debug, FromRow)]
pub struct OrderRow {
    /// Id.
    pub id: OrderId,
    /// Who buys.
    pub kind: OrderKind,
    /// The buyer's number.
    pub number: String,
    /// State.
    pub state: OrderState,
    /// The party besides the hub.
    pub counterparty: String,
    /// Its code.
    pub counterparty_code: String,
    /// Currency.
    pub currency: Currency,
    /// Total.
    pub total: Amount,
    /// How many lines.
    pub line_count: i64,
    /// Order date.
    pub ordered_on: Option<Date>,
    /// Earliest date wanted.
    pub requested_on: Option<Date>,
    /// Latest date promised.
    pub promised_on: Option<Date>,
    /// Until when the answer is expected.
    pub answer_due_at: Option<Timestamp>,
    /// First acknowledgment of the answer: delivered.
    pub answer_delivered_at: Option<Timestamp>,
    /// Second: read.
    pub answer_acknowledged_at: Option<Timestamp>,
    /// Its verdict.
    pub answer_acknowledgment: Option<Verdict>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Counts changes, for compare-and-set.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it came.
    pub created_at: Timestamp,
}

/// Which orders a list shows.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Only this kind.
    pub kind: Option<OrderKind>,
    /// Only these states.
    pub states: Vec<OrderState>,
    /// Number or partner contains.
    pub search: Option<String>,
    /// Exactly this number.
    pub number: Option<String>,
    /// Begins after this row.
    pub after: Option<(Timestamp, OrderId)>,
}

/// Orders of an item, by any of its numbers as it is written.
const WITH_ITEM: [&str; 4] = [
    "orders.id IN (SELECT order_id FROM order_lines WHERE buyer_item = ",
    " UNION ALL SELECT order_id FROM order_lines WHERE seller_item = ",
    " UNION ALL SELECT order_id FROM order_lines WHERE gtin = ",
    ")",
];

impl OrderFilter {
    fn apply(&self, query: &mut Filter) {
        if let Some(kind) = self.kind {
            query.and("orders.kind", " = ", Arg::Text(kind.as_str().to_owned()), "");
        }
        if let Some(number) = &self.number {
            query.and("orders.number", " = ", Arg::Text(number.clone()), "");
        }
        if let Some(search) = &self.search {
            query.and_contains_or(&["orders.number", "organisations.name"], Some(&WITH_ITEM), search);
        }
    }
}

/// A page of orders, newest first; one row more than `limit` is fetched to tell whether there are more.
pub async fn list(conn: &mut Conn, scope: Scope, filter: &OrderFilter, limit: i64) -> Result<Vec<OrderRow>> {
    let mut rows = Vec::new();
    for state in each(&filter.states) {
        rows.extend(list_of(conn, scope, filter, state, limit).await?);
    }
    Ok(newest(rows, limit + 1, |row| (row.created_at, row.id)))
}

async fn list_of(conn: &mut Conn, scope: Scope, filter: &OrderFilter, state: Option<OrderState>, limit: i64) -> Result<Vec<OrderRow>> {
    let mut query = Filter::new(
        "SELECT orders.id, orders.kind, orders.number, orders.state, organisations.name AS counterparty, organisations.code AS counterparty_code,
                orders.currency, orders.total, orders.line_count, orders.ordered_on, orders.requested_on, orders.promised_on,
                orders.answer_due_at, answers.delivered_at AS answer_delivered_at, answers.acknowledged_at AS answer_acknowledged_at,
                answers.acknowledgment AS answer_acknowledgment, orders.answered_at, orders.version, orders.updated_at,
                orders.created_at
         FROM orders JOIN organisations ON organisations.id = orders.counterparty_id
         LEFT JOIN documents AS answers ON answers.id = orders.answer_document_id",
        scope,
        "orders.counterparty_id",
    );
    filter.apply(&mut query);
    if let Some(state) = state {
        query.and("orders.state", " = ", Arg::Text(state.as_str().to_owned()), "");
    }
    if let Some((at, id)) = filter.after {
        query.older_than("orders.created_at", "orders.id", at, id.0);
    }
    query.ending("ORDER BY orders.created_at DESC, orders.id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

#[derive(FromRow)]
struct StateCount {
    state: OrderState,
    n: i64,
}

/// How many orders are in each state.
pub async fn count(conn: &mut Conn, scope: Scope) -> Result<Vec<(OrderState, i64)>> {
    let mut query = Filter::new("SELECT orders.state, count(*) AS n FROM orders", scope, "orders.counterparty_id");
    query.ending("GROUP BY orders.state");
    Ok(query.fetch::<StateCount>(conn).await?.into_iter().map(|row| (row.state, row.n)).collect())
}

/// An order within the scope.
pub async fn find(conn: &mut Conn, scope: Scope, id: OrderId) -> Result<Option<Order>> {
    let found = optional!(conn, Order, "SELECT * FROM orders WHERE id = $1", id)?;
    Ok(found.filter(|order| scope.holds(order.counterparty_id)))
}

/// An order within the scope, kept from changing until the transaction ends.
pub async fn find_for_update(conn: &mut Conn, scope: Scope, id: OrderId) -> Result<Option<Order>> {
    super::dialect::lock(conn, &id.to_string()).await?;
    find(conn, scope, id).await
}

/// The order with a number between the hub and a party.
pub async fn find_by_number(conn: &mut Conn, kind: OrderKind, counterparty: OrganisationId, number: &str) -> Result<Option<Order>> {
    optional!(conn, Order, "SELECT * FROM orders WHERE kind = $1 AND counterparty_id = $2 AND number = $3", kind, counterparty, number)
}

/// The lines of an order, in order. The caller has shown, by loading the header, that the order is within its scope.
pub async fn lines(conn: &mut Conn, order: OrderId) -> Result<Vec<Line>> {
    let rows = all!(conn, LineRow, "SELECT * FROM order_lines WHERE order_id = $1 ORDER BY position", order)?;
    let schedules = all!(
        conn,
        ScheduleRow,
        "SELECT schedule_lines.order_line_id, schedule_lines.kind, schedule_lines.quantity, schedule_lines.on_date FROM schedule_lines
         JOIN order_lines ON order_lines.id = schedule_lines.order_line_id WHERE order_lines.order_id = $1
         ORDER BY schedule_lines.order_line_id, schedule_lines.kind, schedule_lines.position",
        order
    )?;
    let parts = |line: OrderLineId, kind: &str| -> Vec<Part> {
        schedules
            .iter()
            .filter(|row| row.order_line_id == line && row.kind == kind)
            .map(|row| Part { quantity: row.quantity, on: row.on_date })
            .collect()
    };
    Ok(rows
        .into_iter()
        .map(|row| Line {
            requested: parts(row.id, "requested"),
            promised: parts(row.id, "promised"),
            id: row.id,
            position: row.position,
            line: row.line,
            buyer_item: row.buyer_item,
            seller_item: row.seller_item,
            gtin: row.gtin,
            description: row.description,
            unit: row.unit,
            unit_price: row.unit_price,
            price_per: row.price_per,
            confirmed_price: row.confirmed_price,
            requested_on: row.requested_on,
            promised_on: row.promised_on,
            status: row.status,
            reason_code: row.reason_code,
            reason_text: row.reason_text,
            quantities: Quantities {
                ordered: row.ordered,
                confirmed: row.confirmed,
                backordered: row.backordered,
                rejected: row.rejected,
                shipped: row.shipped,
                received: row.received,
                invoiced: row.invoiced,
                paid: row.paid,
            },
            provenance: row.provenance.0,
        })
        .collect())
}

/// Adds an order with its lines.
pub async fn insert(conn: &mut Conn, order: &Order, lines: &[Line]) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO orders (id, kind, counterparty_id, number, seller_number, revision, state, turn, currency, ordered_on, requested_on,
           promised_on, answer_due_at, answered_at, parties, terms, notes, total, line_count, document_id, answer_document_id, version,
           updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
        order.id,
        order.kind,
        order.counterparty_id,
        &order.number,
        &order.seller_number,
        order.revision,
        order.state,
        order.turn,
        order.currency,
        order.ordered_on,
        order.requested_on,
        order.promised_on,
        order.answer_due_at,
        order.answered_at,
        &order.parties,
        &order.terms,
        &order.notes,
        order.total,
        order.line_count,
        order.document_id,
        order.answer_document_id,
        order.version,
        order.updated_at,
        order.created_at
    )?;
    for line in lines {
        insert_line(conn, order.id, line).await?;
    }
    Ok(())
}

async fn insert_line(conn: &mut Conn, order: OrderId, line: &Line) -> Result<()> {
    let q = &line.quantities;
    execute!(
        conn,
        "INSERT INTO order_lines (id, order_id, position, line, buyer_item, seller_item, gtin, description, unit, unit_price, price_per,
           confirmed_price, requested_on, promised_on, status, reason_code, reason_text, ordered, confirmed, backordered, rejected,
           shipped, received, invoiced, paid, provenance)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)",
        line.id,
        order,
        line.position,
        &line.line,
        &line.buyer_item,
        &line.seller_item,
        &line.gtin,
        &line.description,
        &line.unit,
        line.unit_price,
        line.price_per,
        line.confirmed_price,
        line.requested_on,
        line.promised_on,
        line.status,
        &line.reason_code,
        &line.reason_text,
        q.ordered,
        q.confirmed,
        q.backordered,
        q.rejected,
        q.shipped,
        q.received,
        q.invoiced,
        q.paid,
        Json(&line.provenance)
    )?;
    insert_schedule(conn, line).await
}

async fn insert_schedule(conn: &mut Conn, line: &Line) -> Result<()> {
    for (kind, parts) in [("requested", &line.requested), ("promised", &line.promised)] {
        for (position, part) in (0i64..).zip(parts) {
            execute!(
                conn,
                "INSERT INTO schedule_lines (order_line_id, kind, position, quantity, on_date) VALUES ($1, $2, $3, $4, $5)",
                line.id,
                kind,
                position,
                part.quantity,
                part.on
            )?;
        }
    }
    Ok(())
}

/// Saves a header that was read at `order.version`.
pub async fn update(conn: &mut Conn, order: &Order) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE orders SET seller_number = $3, revision = $4, state = $5, turn = $6, requested_on = $7, promised_on = $8, answer_due_at = $9,
           answered_at = $10, total = $11, line_count = $12, answer_document_id = $13, updated_at = $14, version = version + 1,
           document_id = $15, terms = $16, notes = $17, currency = $18, ordered_on = $19, parties = $20
         WHERE id = $1 AND version = $2",
        order.id,
        order.version,
        &order.seller_number,
        order.revision,
        order.state,
        order.turn,
        order.requested_on,
        order.promised_on,
        order.answer_due_at,
        order.answered_at,
        order.total,
        order.line_count,
        order.answer_document_id,
        order.updated_at,
        order.document_id,
        &order.terms,
        &order.notes,
        order.currency,
        order.ordered_on,
        &order.parties
    )?)
}

/// Saves what changes on a line in its life: its answer and its quantities.
pub async fn update_line(conn: &mut Conn, line: &Line) -> Result<()> {
    let q = &line.quantities;
    execute!(
        conn,
        "UPDATE order_lines SET confirmed_price = $2, promised_on = $3, status = $4, reason_code = $5, reason_text = $6, confirmed = $7,
           backordered = $8, rejected = $9, shipped = $10, received = $11, invoiced = $12, paid = $13, provenance = $14
         WHERE id = $1",
        line.id,
        line.confirmed_price,
        line.promised_on,
        line.status,
        &line.reason_code,
        &line.reason_text,
        q.confirmed,
        q.backordered,
        q.rejected,
        q.shipped,
        q.received,
        q.invoiced,
        q.paid,
        Json(&line.provenance)
    )?;
    Ok(())
}

/// Saves the dated parts of a line in place of those it had.
pub async fn replace_schedule(conn: &mut Conn, line: &Line) -> Result<()> {
    execute!(conn, "DELETE FROM schedule_lines WHERE order_line_id = $1", line.id)?;
    insert_schedule(conn, line).await
}

/// Which lines of an order cannot go: goods, invoices or allocations refer to them.
pub async fn referred_lines(conn: &mut Conn, order: OrderId) -> Result<Vec<OrderLineId>> {
    let rows = all!(
        conn,
        LineId,
        "SELECT id FROM order_lines WHERE order_id = $1
           AND (id IN (SELECT order_line_id FROM shipment_lines) OR id IN (SELECT order_line_id FROM invoice_lines)
             OR id IN (SELECT purchase_line_id FROM allocations) OR id IN (SELECT sales_line_id FROM allocations))",
        order
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(FromRow)]
struct LineId {
    id: OrderLineId,
}

#[derive(FromRow)]
struct Allocated {
    line_id: OrderLineId,
    quantity: Quantity,
}

/// How much of each line of an order is allocated, on either side of the hub.
pub async fn allocated(conn: &mut Conn, order: OrderId) -> Result<BTreeMap<OrderLineId, Quantity>> {
    let rows = all!(
        conn,
        Allocated,
        "SELECT order_lines.id AS line_id, CAST(sum(allocations.quantity) AS bigint) AS quantity
         FROM order_lines JOIN allocations ON order_lines.id IN (allocations.purchase_line_id, allocations.sales_line_id)
         WHERE order_lines.order_id = $1 GROUP BY order_lines.id",
        order
    )?;
    Ok(rows.into_iter().map(|row| (row.line_id, row.quantity)).collect())
}

/// Gives an order the lines it has now, for one that was sent again: those it had keep their ids and are amended, others
/// are added, and what is not among them goes. Nothing may refer to a line that goes.
pub async fn amend_lines(conn: &mut Conn, order: OrderId, before: &[Line], after: &[Line]) -> Result<()> {
    for gone in before.iter().filter(|line| after.iter().all(|kept| kept.id != line.id)) {
        execute!(conn, "DELETE FROM schedule_lines WHERE order_line_id = $1", gone.id)?;
        execute!(conn, "DELETE FROM order_lines WHERE id = $1", gone.id)?;
    }
    // No two lines may have one place, also not while they are being moved.
    execute!(conn, "UPDATE order_lines SET position = -1 - position WHERE order_id = $1", order)?;
    for line in after {
        if before.iter().any(|known| known.id == line.id) {
            amend_line(conn, line).await?;
            update_line(conn, line).await?;
            replace_schedule(conn, line).await?;
        } else {
            insert_line(conn, order, line).await?;
        }
    }
    Ok(())
}

/// Saves what the buyer says of a line.
async fn amend_line(conn: &mut Conn, line: &Line) -> Result<()> {
    execute!(
        conn,
        "UPDATE order_lines SET position = $2, line = $3, buyer_item = $4, seller_item = $5, gtin = $6, description = $7, unit = $8,
           unit_price = $9, price_per = $10, requested_on = $11, ordered = $12
         WHERE id = $1",
        line.id,
        line.position,
        &line.line,
        &line.buyer_item,
        &line.seller_item,
        &line.gtin,
        &line.description,
        &line.unit,
        line.unit_price,
        line.price_per,
        line.requested_on,
        line.quantities.ordered
    )?;
    Ok(())
}

/// A revision of an order: its lines as they stood.
#[derive(Clone, Debug, FromRow)]
pub struct Revision {
    /// Id.
    pub id: EventId,
    /// The order.
    pub order_id: OrderId,
    /// From 1.
    pub revision: i64,
    /// `ordered`, `restated`, `answered`.
    pub kind: String,
    /// The person or system.
    pub actor: String,
    /// The document that made it.
    pub document_id: Option<DocumentId>,
    /// The lines as they stood.
    pub lines: Json<Vec<Line>>,
    /// When.
    pub at: Timestamp,
}

/// Adds a revision.
pub async fn insert_revision(conn: &mut Conn, row: &Revision) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO order_revisions (id, order_id, revision, kind, actor, document_id, lines, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.id,
        row.order_id,
        row.revision,
        &row.kind,
        &row.actor,
        row.document_id,
        &row.lines,
        row.at
    )?;
    Ok(())
}

/// The revisions of an order, oldest first.
pub async fn revisions(conn: &mut Conn, order: OrderId) -> Result<Vec<Revision>> {
    all!(conn, Revision, "SELECT * FROM order_revisions WHERE order_id = $1 ORDER BY revision", order)
}

/// A part of a sales line that a purchase line covers.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Allocation {
    /// The customer's line.
    pub sales_line_id: OrderLineId,
    /// The supplier's line.
    pub purchase_line_id: OrderLineId,
    /// How much.
    pub quantity: Quantity,
}

/// Adds an allocation.
pub async fn insert_allocation(conn: &mut Conn, row: &Allocation) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO allocations (sales_line_id, purchase_line_id, quantity) VALUES ($1, $2, $3)",
        row.sales_line_id,
        row.purchase_line_id,
        row.quantity
    )?;
    Ok(())
}

/// What a line of a purchase order covers of a customer's order.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Cover {
    /// The supplier's line.
    pub purchase_line_id: OrderLineId,
    /// The customer's line.
    pub sales_line_id: OrderLineId,
    /// The customer's order.
    pub sales_order_id: OrderId,
    /// The customer.
    pub customer_id: OrganisationId,
    /// How much.
    pub quantity: Quantity,
    /// How much of it has left the supplier.
    pub shipped: Quantity,
}

/// What the lines of a purchase order cover: what is wanted earliest first, then by place in the customer's order.
pub async fn covers(conn: &mut Conn, purchase_order: OrderId) -> Result<Vec<Cover>> {
    all!(
        conn,
        Cover,
        "SELECT allocations.purchase_line_id, allocations.sales_line_id, sales.order_id AS sales_order_id,
                orders.counterparty_id AS customer_id, allocations.quantity, allocations.shipped
         FROM order_lines AS purchase JOIN allocations ON allocations.purchase_line_id = purchase.id
         JOIN order_lines AS sales ON sales.id = allocations.sales_line_id
         JOIN orders ON orders.id = sales.order_id
         WHERE purchase.order_id = $1
         ORDER BY CASE WHEN sales.requested_on IS NULL THEN 1 ELSE 0 END, sales.requested_on, sales.position, sales.id",
        purchase_order
    )
}

/// Notes that more of what a purchase line covers has left the supplier.
pub async fn add_shipped(conn: &mut Conn, cover: &Cover, quantity: Quantity) -> Result<()> {
    execute!(
        conn,
        "UPDATE allocations SET shipped = shipped + $3 WHERE sales_line_id = $1 AND purchase_line_id = $2",
        cover.sales_line_id,
        cover.purchase_line_id,
        quantity
    )?;
    Ok(())
}

/// The date by which everything that covers a customer's line is promised.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct CoverDate {
    /// The customer's line.
    pub sales_line_id: OrderLineId,
    /// The latest date promised; none where no supplier promised one.
    pub promised_on: Option<Date>,
}

/// For each customer's line that a purchase order covers, the latest date promised by all orders that cover it.
pub async fn cover_dates(conn: &mut Conn, purchase_order: OrderId) -> Result<Vec<CoverDate>> {
    all!(
        conn,
        CoverDate,
        "SELECT allocations.sales_line_id, max(CASE WHEN purchase.status IN ('accepted', 'changed') THEN purchase.promised_on END) AS promised_on
         FROM allocations JOIN order_lines AS purchase ON purchase.id = allocations.purchase_line_id
         WHERE allocations.sales_line_id IN (
           SELECT touched.sales_line_id FROM allocations AS touched JOIN order_lines AS own ON own.id = touched.purchase_line_id
           WHERE own.order_id = $1)
         GROUP BY allocations.sales_line_id",
        purchase_order
    )
}
