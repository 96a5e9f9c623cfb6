//! Remittances: a list, and one with what it pays.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    parts::{Partner, text},
    query::{Id, List, Paging, Query, limit, read_cursor},
};
use crate::{
    auth::machine::Machine,
    domain::{ids::RemittanceId, number::Currency, remittance::Adjustment as StoredAdjustment},
    server::problem::Problem,
    service::{
        Context, Error,
        remittances::view::{self, RemittanceView},
    },
    store::remittances::{self, Item, RemittanceFilter, RemittanceRow},
};

/// A remittance in a list.
#[derive(Serialize, ToSchema)]
pub struct RemittanceInList {
    /// Id.
    id: Uuid,
    /// purchase: a supplier was paid; sales: a customer paid.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// Trace number of the payment.
    number: String,
    /// The supplier or customer.
    counterparty: Partner,
    /// Currency.
    #[schema(format = "currency", example = "EUR")]
    currency: String,
    /// What was paid, all together.
    #[schema(format = "decimal", example = "4408.75")]
    total: String,
    /// How, as a code of element 591, such as ACH.
    method: Option<String>,
    /// When it was paid.
    #[schema(format = Date)]
    paid_on: Option<String>,
    /// When that was said.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<RemittanceRow> for RemittanceInList {
    fn from(row: RemittanceRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind.as_str(),
            number: row.number,
            counterparty: Partner::named(row.counterparty),
            currency: row.currency.to_string(),
            total: row.total.plain(row.currency),
            method: row.method,
            paid_on: text(row.paid_on),
            created_at: row.created_at.to_string(),
        }
    }
}

/// Lists remittances.
#[utoipa::path(get, path = "/api/v1/remittances", operation_id = "list_remittances", tag = "Remittances",
    params(Paging),
    responses((status = 200, description = "A page of remittances, newest first", body = List<RemittanceInList>)))]
pub async fn list(
    Machine(actor): Machine,
    State(context): State<Context>,
    Query(query): Query<Paging>,
) -> Result<Json<List<RemittanceInList>>, Problem> {
    let limit = limit(query.limit)?;
    let after = read_cursor("remittances", query.cursor.as_deref())?;
    let filter = RemittanceFilter { number: query.number, after, ..RemittanceFilter::default() };
    let mut conn = context.db.read().await.map_err(Error::from)?;
    let rows = remittances::list(&mut conn, actor.scope(), &filter, limit).await.map_err(Error::from)?;
    Ok(Json(List::of("remittances", rows, limit, |row| (row.created_at, row.id.0), RemittanceInList::from)))
}

/// A remittance.
#[derive(Serialize, ToSchema)]
pub struct Remittance {
    /// Id.
    id: Uuid,
    /// purchase: a supplier was paid; sales: a customer paid.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// Trace number of the payment.
    number: String,
    /// The supplier or customer.
    counterparty: Partner,
    /// Currency.
    #[schema(format = "currency", example = "EUR")]
    currency: String,
    /// What was paid, all together.
    #[schema(format = "decimal", example = "4408.75")]
    total: String,
    /// How, as a code of element 591, such as ACH.
    method: Option<String>,
    /// When it was paid.
    #[schema(format = Date)]
    paid_on: Option<String>,
    /// What it pays, in its order.
    items: Vec<RemittanceItem>,
    /// What was added or taken off for no single invoice.
    adjustments: Vec<Adjustment>,
    /// When that was said.
    #[schema(format = DateTime)]
    created_at: String,
}

/// What was paid for one invoice.
#[derive(Serialize, ToSchema)]
pub struct RemittanceItem {
    /// The number that the payer named.
    number: String,
    /// Id of the invoice; null where it is not known here.
    invoice_id: Option<Uuid>,
    /// Whether it counts on the invoice.
    applied: bool,
    /// What the payer says was asked for.
    #[schema(format = "decimal", example = "1102.10")]
    gross: Option<String>,
    /// Discount.
    #[schema(format = "decimal", example = "0.00")]
    discount: String,
    /// What was paid.
    #[schema(format = "decimal", example = "958.34")]
    paid: String,
    /// What was added or taken off.
    adjustments: Vec<Adjustment>,
}

/// Money added (positive) or taken off (negative).
#[derive(Serialize, ToSchema)]
pub struct Adjustment {
    /// How much.
    #[schema(format = "decimal", example = "-143.76")]
    amount: String,
    /// Why, as a code of element 426.
    #[schema(example = "06")]
    code: String,
    /// What it refers to.
    reference: Option<String>,
}

impl Adjustment {
    fn new(row: StoredAdjustment, currency: Currency) -> Self {
        Self { amount: row.amount().plain(currency), code: row.code, reference: row.reference }
    }
}

impl RemittanceItem {
    fn new(item: Item, currency: Currency) -> Self {
        Self {
            number: item.number,
            invoice_id: item.invoice_id.map(|id| id.0),
            applied: item.is_applied,
            gross: item.gross.map(|gross| gross.plain(currency)),
            discount: item.discount.plain(currency),
            paid: item.paid.plain(currency),
            adjustments: item.adjustments.0.into_iter().map(|row| Adjustment::new(row, currency)).collect(),
        }
    }
}

impl From<RemittanceView> for Remittance {
    fn from(view: RemittanceView) -> Self {
        let row = view.remittance;
        let currency = row.currency;
        Self {
            id: row.id.0,
            kind: row.kind.as_str(),
            number: row.number,
            counterparty: view.counterparty.into(),
            currency: currency.to_string(),
            total: row.total.plain(currency),
            method: row.method,
            paid_on: text(row.paid_on),
            items: view.items.into_iter().map(|item| RemittanceItem::new(item, currency)).collect(),
            adjustments: row.adjustments.0.into_iter().map(|adjustment| Adjustment::new(adjustment, currency)).collect(),
            created_at: row.created_at.to_string(),
        }
    }
}

/// Shows a remittance with what it pays.
#[utoipa::path(get, path = "/api/v1/remittances/{id}", operation_id = "show_remittance", tag = "Remittances",
    params(("id" = Uuid, Path, description = "Id of the remittance")),
    responses((status = 200, description = "The remittance", body = Remittance)))]
pub async fn show(Machine(actor): Machine, State(context): State<Context>, Id(id): Id<RemittanceId>) -> Result<Json<Remittance>, Problem> {
    Ok(Json(view::load(&context, &actor, id).await?.into()))
}
