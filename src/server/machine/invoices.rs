//! Invoices: a list, and one invoice with its lines.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    parts::{Link, Partner, text},
    query::{Id, List, Paging, Query, limit, read_cursor},
};
use crate::{
    auth::machine::Machine,
    domain::{ids::InvoiceId, number::Currency},
    server::problem::Problem,
    service::{
        Context, Error,
        invoices::view::{self, InvoiceView},
    },
    store::invoices::{self, InvoiceFilter, InvoiceLine as StoredLine, InvoiceRow},
};

/// An invoice in a list.
#[derive(Serialize, ToSchema)]
pub struct InvoiceInList {
    /// Id.
    id: Uuid,
    /// purchase: from a supplier; sales: to a customer.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// The issuer's number.
    number: String,
    /// `sent`, `received`, `in_process`, `under_query`, `conditionally_accepted`, `rejected`, `approved`, `part_paid` or `paid`.
    #[schema(example = "received")]
    status: &'static str,
    /// Why, in words.
    status_reason: Option<String>,
    /// The supplier or customer.
    counterparty: Partner,
    /// The order's number.
    order_number: Option<String>,
    /// Currency.
    #[schema(format = "currency", example = "EUR")]
    currency: String,
    /// What is to be paid.
    #[schema(format = "decimal", example = "750.45")]
    total: String,
    /// What was paid.
    #[schema(format = "decimal", example = "0.00")]
    paid: String,
    /// Invoice date.
    #[schema(format = Date)]
    date: Option<String>,
    /// Due.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// Last change.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it was sent.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<InvoiceRow> for InvoiceInList {
    fn from(row: InvoiceRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind.as_str(),
            number: row.number,
            status: row.state.as_str(),
            status_reason: row.state_reason,
            counterparty: Partner::named(row.counterparty),
            order_number: row.order_number,
            currency: row.currency.to_string(),
            total: row.total.plain(row.currency),
            paid: row.paid.plain(row.currency),
            date: text(row.invoiced_on),
            due_on: text(row.due_on),
            updated_at: row.updated_at.to_string(),
            created_at: row.created_at.to_string(),
        }
    }
}

/// Lists invoices.
#[utoipa::path(get, path = "/api/v1/invoices", operation_id = "list_invoices", tag = "Invoices",
    params(Paging),
    responses((status = 200, description = "A page of invoices, newest first", body = List<InvoiceInList>)))]
pub async fn list(
    Machine(actor): Machine,
    State(context): State<Context>,
    Query(query): Query<Paging>,
) -> Result<Json<List<InvoiceInList>>, Problem> {
    let limit = limit(query.limit)?;
    let filter =
        InvoiceFilter { number: query.number, after: read_cursor("invoices", query.cursor.as_deref())?, ..InvoiceFilter::default() };
    let mut conn = context.db.read().await.map_err(Error::from)?;
    let rows = invoices::list(&mut conn, actor.scope(), &filter, limit).await.map_err(Error::from)?;
    Ok(Json(List::of("invoices", rows, limit, |row| (row.created_at, row.id.0), InvoiceInList::from)))
}

/// An invoice.
#[derive(Serialize, ToSchema)]
pub struct Invoice {
    /// Id.
    id: Uuid,
    /// purchase: from a supplier; sales: to a customer.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// The issuer's number.
    number: String,
    /// `sent`, `received`, `in_process`, `under_query`, `conditionally_accepted`, `rejected`, `approved`, `part_paid` or `paid`.
    #[schema(example = "received")]
    status: &'static str,
    /// Why, in words.
    status_reason: Option<String>,
    /// The supplier or customer.
    counterparty: Partner,
    /// The order.
    order: Option<Link>,
    /// The shipment.
    shipment: Option<Link>,
    /// Currency.
    #[schema(format = "currency", example = "EUR")]
    currency: String,
    /// What is to be paid.
    #[schema(format = "decimal", example = "750.45")]
    total: String,
    /// What was paid.
    #[schema(format = "decimal", example = "0.00")]
    paid: String,
    /// Invoice date.
    #[schema(format = Date)]
    date: Option<String>,
    /// Due.
    #[schema(format = Date)]
    due_on: Option<String>,
    /// The lines, in order.
    lines: Vec<InvoiceLine>,
    /// Last change.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it was sent.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A line of an invoice.
#[derive(Serialize, ToSchema)]
pub struct InvoiceLine {
    /// Id.
    id: Uuid,
    /// Id of the order line.
    order_line_id: Option<Uuid>,
    /// Line number, as sent.
    line: String,
    /// The item in words.
    description: String,
    /// Quantity.
    #[schema(format = "decimal", example = "60")]
    quantity: String,
    /// Unit of measure.
    unit: String,
    /// Price.
    #[schema(format = "decimal", example = "12.5075")]
    unit_price: String,
    /// How many units the price buys.
    #[schema(format = "decimal", example = "1")]
    price_per: String,
    /// Amount.
    #[schema(format = "decimal", example = "750.45")]
    amount: String,
}

impl InvoiceLine {
    fn new(line: StoredLine, currency: Currency) -> Self {
        Self {
            id: line.id.0,
            order_line_id: line.order_line_id.map(|id| id.0),
            line: line.line,
            description: line.description,
            quantity: line.quantity.to_string(),
            unit: line.unit,
            unit_price: line.unit_price.to_string(),
            price_per: line.price_per.to_string(),
            amount: line.amount.plain(currency),
        }
    }
}

impl From<InvoiceView> for Invoice {
    fn from(view: InvoiceView) -> Self {
        let invoice = view.invoice;
        let currency = invoice.currency;
        Self {
            id: invoice.id.0,
            kind: invoice.kind.as_str(),
            number: invoice.number,
            status: invoice.state.as_str(),
            status_reason: invoice.state_reason,
            counterparty: view.counterparty.into(),
            order: view.order.map(|order| Link { id: order.id.0, number: order.number, status: order.state.to_string() }),
            shipment: view.shipment.map(|row| Link { id: row.id.0, number: row.number, status: row.state.to_string() }),
            currency: currency.to_string(),
            total: invoice.total.plain(currency),
            paid: invoice.paid.plain(currency),
            date: text(invoice.invoiced_on),
            due_on: text(invoice.due_on),
            lines: view.lines.into_iter().map(|line| InvoiceLine::new(line, currency)).collect(),
            updated_at: invoice.updated_at.to_string(),
            created_at: invoice.created_at.to_string(),
        }
    }
}

/// Shows an invoice with its lines.
#[utoipa::path(get, path = "/api/v1/invoices/{id}", operation_id = "show_invoice", tag = "Invoices",
    params(("id" = Uuid, Path, description = "Id of the invoice")),
    responses((status = 200, description = "The invoice", body = Invoice)))]
pub async fn show(Machine(actor): Machine, State(context): State<Context>, Id(id): Id<InvoiceId>) -> Result<Json<Invoice>, Problem> {
    Ok(Json(view::load(&context, &actor, id).await?.into()))
}
