//! Orders of both kinds: lists, and one order with its lines.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    parts::{Item, Link, Part, Partner, Party, text},
    query::{Id, List, Paging, Query, codes, limit, read_cursor},
};
use crate::{
    auth::machine::Machine,
    domain::{
        access::Actor,
        ids::OrderId,
        order::{Line, OrderKind, OrderState},
    },
    server::problem::Problem,
    service::{
        Context,
        orders::view::{self, OrderView},
    },
    store::orders::{self, OrderFilter, OrderRow},
};

/// Which orders a list shows.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrdersQuery {
    /// Exactly this number.
    number: Option<String>,
    /// One or several of `received`, `confirmed`, `confirmed_with_changes`, `on_hold`, `rejected`, `part_shipped`,
    /// `shipped`, `delivered`, `invoiced`, `cancelled`, with commas between them.
    state: Option<String>,
    /// purchase or sales.
    kind: Option<String>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many items, from 1 to 100; 50 where absent.
    limit: Option<i64>,
}

/// An order in a list.
#[derive(Serialize, ToSchema)]
pub struct OrderItem {
    /// Id.
    id: Uuid,
    /// purchase: the company that runs the portal buys from a supplier; sales: a customer buys from it.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// The buyer's number.
    number: String,
    /// `received`, `confirmed`, `confirmed_with_changes`, `on_hold`, `rejected`, `part_shipped`, `shipped`,
    /// `delivered`, `invoiced` or `cancelled`.
    #[schema(example = "received")]
    status: &'static str,
    /// The supplier or customer.
    counterparty: Partner,
    /// Currency of all its prices.
    #[schema(format = "currency", example = "EUR")]
    currency: String,
    /// Total at the prices that count.
    #[schema(format = "decimal", example = "1500.90")]
    total: String,
    /// How many lines.
    line_count: i64,
    /// Order date.
    #[schema(format = Date)]
    date: Option<String>,
    /// Earliest date wanted.
    #[schema(format = Date)]
    requested_on: Option<String>,
    /// Latest date promised.
    #[schema(format = Date)]
    promised_on: Option<String>,
    /// Until when the answer is expected.
    #[schema(format = DateTime)]
    answer_due_at: Option<String>,
    /// When it was answered.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// Last change.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it came.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<OrderRow> for OrderItem {
    fn from(row: OrderRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind.as_str(),
            number: row.number,
            status: row.state.as_str(),
            counterparty: Partner { code: Some(row.counterparty_code), name: row.counterparty },
            currency: row.currency.to_string(),
            total: row.total.plain(row.currency),
            line_count: row.line_count,
            date: text(row.ordered_on),
            requested_on: text(row.requested_on),
            promised_on: text(row.promised_on),
            answer_due_at: text(row.answer_due_at),
            answered_at: text(row.answered_at),
            updated_at: row.updated_at.to_string(),
            created_at: row.created_at.to_string(),
        }
    }
}

/// Lists orders of both kinds.
#[utoipa::path(get, path = "/api/v1/orders", operation_id = "list_orders", tag = "Orders",
    params(OrdersQuery),
    responses((status = 200, description = "A page of orders, newest first", body = List<OrderItem>)))]
pub async fn list(
    Machine(actor): Machine,
    State(context): State<Context>,
    Query(query): Query<OrdersQuery>,
) -> Result<Json<List<OrderItem>>, Problem> {
    let kinds = codes("kind", query.kind.as_deref(), OrderKind::ALL, OrderKind::as_str)?;
    // Both kinds is the same as none in particular.
    let kind = kinds.first().copied().filter(|first| kinds.iter().all(|kind| kind == first));
    page(&context, &actor, query, kind).await
}

/// Lists the orders that the company running the portal placed with suppliers.
#[utoipa::path(get, path = "/api/v1/purchase-orders", operation_id = "list_purchase_orders", tag = "Orders",
    params(Paging),
    responses((status = 200, description = "A page of purchase orders, newest first", body = List<OrderItem>)))]
pub async fn list_purchase(machine: Machine, context: State<Context>, query: Query<Paging>) -> Result<Json<List<OrderItem>>, Problem> {
    list_kind(machine, context, query, OrderKind::Purchase).await
}

/// Lists the orders of customers.
#[utoipa::path(get, path = "/api/v1/sales-orders", operation_id = "list_sales_orders", tag = "Orders",
    params(Paging),
    responses((status = 200, description = "A page of sales orders, newest first", body = List<OrderItem>)))]
pub async fn list_sales(machine: Machine, context: State<Context>, query: Query<Paging>) -> Result<Json<List<OrderItem>>, Problem> {
    list_kind(machine, context, query, OrderKind::Sales).await
}

async fn list_kind(
    Machine(actor): Machine,
    State(context): State<Context>,
    Query(paging): Query<Paging>,
    kind: OrderKind,
) -> Result<Json<List<OrderItem>>, Problem> {
    let query = OrdersQuery { number: paging.number, cursor: paging.cursor, limit: paging.limit, ..OrdersQuery::default() };
    page(&context, &actor, query, Some(kind)).await
}

async fn page(context: &Context, actor: &Actor, query: OrdersQuery, kind: Option<OrderKind>) -> Result<Json<List<OrderItem>>, Problem> {
    let limit = limit(query.limit)?;
    let filter = OrderFilter {
        kind,
        states: codes("state", query.state.as_deref(), OrderState::ALL, OrderState::as_str)?,
        number: query.number,
        after: read_cursor("orders", query.cursor.as_deref())?,
        search: None,
    };
    let mut conn = context.db.read().await.map_err(crate::service::Error::from)?;
    let rows = orders::list(&mut conn, actor.scope(), &filter, limit).await.map_err(crate::service::Error::from)?;
    Ok(Json(List::of("orders", rows, limit, |row| (row.created_at, row.id.0), OrderItem::from)))
}

/// An order.
#[derive(Serialize, ToSchema)]
pub struct Order {
    /// Id.
    id: Uuid,
    /// purchase or sales.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// The buyer's number.
    #[schema(example = "4500000042")]
    number: String,
    /// `received`, `confirmed`, `confirmed_with_changes`, `on_hold`, `rejected`, `part_shipped`, `shipped`,
    /// `delivered`, `invoiced` or `cancelled`.
    #[schema(example = "received")]
    status: &'static str,
    /// Whose move it is: seller, buyer or none.
    #[schema(example = "seller")]
    turn: &'static str,
    /// The supplier or customer.
    counterparty: Partner,
    /// The seller's own number.
    seller_number: Option<String>,
    /// Counts its versions, from 1.
    revision: i64,
    /// Currency of all its prices.
    #[schema(format = "currency", example = "EUR")]
    currency: String,
    /// Total at the prices that count.
    #[schema(format = "decimal", example = "1500.90")]
    total: String,
    /// Order date.
    #[schema(format = Date)]
    date: Option<String>,
    /// Earliest date wanted.
    #[schema(format = Date)]
    requested_on: Option<String>,
    /// Latest date promised.
    #[schema(format = Date)]
    promised_on: Option<String>,
    /// Until when the answer is expected.
    #[schema(format = DateTime)]
    answer_due_at: Option<String>,
    /// When it was answered.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// Parties as the order names them.
    parties: Vec<Party>,
    /// Payment terms in words.
    terms: String,
    /// Free text.
    notes: Vec<String>,
    /// The lines, in order.
    lines: Vec<OrderLine>,
    /// Its shipments, oldest first.
    shipments: Vec<Link>,
    /// Its invoices, oldest first.
    invoices: Vec<Link>,
    /// Last change.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it came.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A line of an order. All quantities are in its unit.
#[derive(Serialize, ToSchema)]
pub struct OrderLine {
    /// Id.
    id: Uuid,
    /// Line number, as sent.
    #[schema(example = "1")]
    line: String,
    /// open, accepted, changed, held, rejected or cancelled.
    #[schema(example = "open")]
    status: &'static str,
    /// What the item is called.
    item: Item,
    /// The item in words.
    description: String,
    /// Unit of measure.
    #[schema(example = "EA")]
    unit: String,
    /// Ordered; the same as `ordered`, under the name it has when the order is placed.
    #[schema(format = "decimal", example = "120")]
    quantity: String,
    /// Ordered.
    #[schema(format = "decimal", example = "120")]
    ordered: String,
    /// Promised.
    #[schema(format = "decimal", example = "100")]
    confirmed: String,
    /// Promised for later, without a place in a shipment yet.
    #[schema(format = "decimal", example = "20")]
    backordered: String,
    /// Refused.
    #[schema(format = "decimal", example = "0")]
    rejected: String,
    /// Announced as shipped.
    #[schema(format = "decimal", example = "0")]
    shipped: String,
    /// Arrived.
    #[schema(format = "decimal", example = "0")]
    received: String,
    /// Invoiced.
    #[schema(format = "decimal", example = "0")]
    invoiced: String,
    /// Paid.
    #[schema(format = "decimal", example = "0")]
    paid: String,
    /// Price ordered.
    #[schema(format = "decimal", example = "12.5075")]
    unit_price: String,
    /// How many units the price buys.
    #[schema(format = "decimal", example = "1")]
    price_per: String,
    /// Price confirmed, where it differs.
    #[schema(format = "decimal")]
    confirmed_price: Option<String>,
    /// Wanted on.
    #[schema(format = Date)]
    requested_on: Option<String>,
    /// Promised for; the last of several dates.
    #[schema(format = Date)]
    promised_on: Option<String>,
    /// Parts wanted on different dates.
    requested: Vec<Part>,
    /// Parts promised for different dates.
    promised: Vec<Part>,
    /// Why it was changed or rejected, as code.
    reason_code: Option<String>,
    /// Why, in words.
    reason: Option<String>,
}

impl From<OrderView> for Order {
    fn from(view: OrderView) -> Self {
        let order = view.order;
        let shipments = view.shipments.into_iter().map(|(shipment, _)| Link {
            id: shipment.id.0,
            number: shipment.number,
            status: shipment.state.to_string(),
        });
        let invoices =
            view.invoices.into_iter().map(|invoice| Link { id: invoice.id.0, number: invoice.number, status: invoice.state.to_string() });
        Self {
            id: order.id.0,
            kind: order.kind.as_str(),
            number: order.number,
            status: order.state.as_str(),
            turn: order.turn.as_str(),
            counterparty: view.counterparty.into(),
            seller_number: order.seller_number,
            revision: order.revision,
            currency: order.currency.to_string(),
            total: order.total.plain(order.currency),
            date: text(order.ordered_on),
            requested_on: text(order.requested_on),
            promised_on: text(order.promised_on),
            answer_due_at: text(order.answer_due_at),
            answered_at: text(order.answered_at),
            parties: order.parties.0.into_iter().map(Party::from).collect(),
            terms: order.terms,
            notes: order.notes.lines().map(str::to_owned).collect(),
            lines: view.lines.into_iter().map(OrderLine::from).collect(),
            shipments: shipments.collect(),
            invoices: invoices.collect(),
            updated_at: order.updated_at.to_string(),
            created_at: order.created_at.to_string(),
        }
    }
}

impl From<Line> for OrderLine {
    fn from(line: Line) -> Self {
        let quantities = line.quantities;
        Self {
            id: line.id.0,
            line: line.line,
            status: line.status.as_str(),
            item: Item { buyer: line.buyer_item, seller: line.seller_item, gtin: line.gtin },
            description: line.description,
            unit: line.unit,
            quantity: quantities.ordered.to_string(),
            ordered: quantities.ordered.to_string(),
            confirmed: quantities.confirmed.to_string(),
            backordered: quantities.backordered.to_string(),
            rejected: quantities.rejected.to_string(),
            shipped: quantities.shipped.to_string(),
            received: quantities.received.to_string(),
            invoiced: quantities.invoiced.to_string(),
            paid: quantities.paid.to_string(),
            unit_price: line.unit_price.to_string(),
            price_per: line.price_per.to_string(),
            confirmed_price: text(line.confirmed_price),
            requested_on: text(line.requested_on),
            promised_on: text(line.promised_on),
            requested: line.requested.iter().map(Part::from).collect(),
            promised: line.promised.iter().map(Part::from).collect(),
            reason_code: line.reason_code,
            reason: line.reason_text,
        }
    }
}

/// Shows an order with its lines, shipments and invoices.
#[utoipa::path(get, path = "/api/v1/orders/{id}", operation_id = "show_order", tag = "Orders",
    params(("id" = Uuid, Path, description = "Id of the order")),
    responses((status = 200, description = "The order", body = Order)))]
pub async fn show(Machine(actor): Machine, State(context): State<Context>, Id(id): Id<OrderId>) -> Result<Json<Order>, Problem> {
    Ok(Json(load(&context, &actor, id).await?))
}

/// Loads an order as far as the actor may see it.
pub async fn load(context: &Context, actor: &Actor, id: OrderId) -> Result<Order, Problem> {
    Ok(view::load(context, actor, id).await?.into())
}
