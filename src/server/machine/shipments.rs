//! Shipments: a list, and one shipment with what is in it.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    parts::{Partner, Party, text},
    query::{Id, List, Paging, Query, limit, read_cursor},
};
use crate::{
    auth::machine::Machine,
    domain::ids::ShipmentId,
    server::problem::Problem,
    service::{
        Context, Error,
        shipments::view::{self, ShipmentView},
    },
    store::shipments::{self, ShipmentFilter, ShipmentItem, ShipmentRow},
};

/// A shipment in a list.
#[derive(Serialize, ToSchema)]
pub struct ShipmentInList {
    /// Id.
    id: Uuid,
    /// purchase: from a supplier; sales: to a customer.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// The shipper's number.
    number: String,
    /// `in_transit`, `held`, `delivered`, `received` or `cancelled`.
    #[schema(example = "in_transit")]
    status: &'static str,
    /// The supplier or customer.
    counterparty: Partner,
    /// Carrier.
    carrier: Option<String>,
    /// The carrier's tracking number.
    tracking: Option<String>,
    /// When it left.
    #[schema(format = Date)]
    shipped_on: Option<String>,
    /// When it should arrive.
    #[schema(format = Date)]
    estimated_on: Option<String>,
    /// When it arrived.
    #[schema(format = DateTime)]
    delivered_at: Option<String>,
    /// Last change.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it was announced.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<ShipmentRow> for ShipmentInList {
    fn from(row: ShipmentRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind.as_str(),
            number: row.number,
            status: row.state.as_str(),
            counterparty: Partner::named(row.counterparty),
            carrier: row.carrier_name,
            tracking: row.tracking,
            shipped_on: text(row.shipped_on),
            estimated_on: text(row.estimated_on),
            delivered_at: text(row.delivered_at),
            updated_at: row.updated_at.to_string(),
            created_at: row.created_at.to_string(),
        }
    }
}

/// Lists shipments.
#[utoipa::path(get, path = "/api/v1/shipments", operation_id = "list_shipments", tag = "Shipments",
    params(Paging),
    responses((status = 200, description = "A page of shipments, newest first", body = List<ShipmentInList>)))]
pub async fn list(
    Machine(actor): Machine,
    State(context): State<Context>,
    Query(query): Query<Paging>,
) -> Result<Json<List<ShipmentInList>>, Problem> {
    let limit = limit(query.limit)?;
    let filter =
        ShipmentFilter { number: query.number, after: read_cursor("shipments", query.cursor.as_deref())?, ..ShipmentFilter::default() };
    let mut conn = context.db.read().await.map_err(Error::from)?;
    let rows = shipments::list(&mut conn, actor.scope(), &filter, limit).await.map_err(Error::from)?;
    Ok(Json(List::of("shipments", rows, limit, |row| (row.created_at, row.id.0), ShipmentInList::from)))
}

/// A shipment.
#[derive(Serialize, ToSchema)]
pub struct Shipment {
    /// Id.
    id: Uuid,
    /// purchase: from a supplier; sales: to a customer.
    #[schema(example = "purchase")]
    kind: &'static str,
    /// The shipper's number.
    number: String,
    /// `in_transit`, `held`, `delivered`, `received` or `cancelled`.
    #[schema(example = "in_transit")]
    status: &'static str,
    /// The supplier or customer.
    counterparty: Partner,
    /// Where it goes.
    ship_to: Option<Party>,
    /// Standard carrier alpha code.
    carrier_scac: Option<String>,
    /// Carrier.
    carrier: Option<String>,
    /// The carrier's tracking number.
    tracking: Option<String>,
    /// Bill of lading.
    bill_of_lading: Option<String>,
    /// When it left.
    #[schema(format = Date)]
    shipped_on: Option<String>,
    /// When it should arrive.
    #[schema(format = Date)]
    estimated_on: Option<String>,
    /// When it arrived.
    #[schema(format = DateTime)]
    delivered_at: Option<String>,
    /// Who said so.
    delivered_by: Option<String>,
    /// How many packages.
    package_count: Option<i64>,
    /// What is in it.
    lines: Vec<ShipmentLine>,
    /// Cartons and pallets that are named one by one.
    packages: Vec<Package>,
    /// Last change.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it was announced.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A line of a shipment.
#[derive(Serialize, ToSchema)]
pub struct ShipmentLine {
    /// The order.
    order_id: Uuid,
    /// Its number.
    order_number: String,
    /// Id of the order line.
    order_line_id: Uuid,
    /// Its number.
    line: String,
    /// The item in words.
    description: String,
    /// How much is shipped.
    #[schema(format = "decimal", example = "60")]
    quantity: String,
    /// How much arrived.
    #[schema(format = "decimal")]
    received: Option<String>,
    /// Unit of measure.
    unit: String,
}

/// A carton or pallet.
#[derive(Serialize, ToSchema)]
pub struct Package {
    /// Id.
    id: Uuid,
    /// SSCC or the carrier's number.
    mark: String,
    /// The pallet it stands on, as a place in `packages` from 0.
    inside: Option<i64>,
}

impl From<ShipmentView> for Shipment {
    fn from(view: ShipmentView) -> Self {
        let shipment = view.shipment;
        Self {
            id: shipment.id.0,
            kind: shipment.kind.as_str(),
            number: shipment.number,
            status: shipment.state.as_str(),
            counterparty: view.counterparty.into(),
            ship_to: shipment.ship_to.map(|party| party.0.into()),
            carrier_scac: shipment.carrier_scac,
            carrier: shipment.carrier_name,
            tracking: shipment.tracking,
            bill_of_lading: shipment.bill_of_lading,
            shipped_on: text(shipment.shipped_on),
            estimated_on: text(shipment.estimated_on),
            delivered_at: text(shipment.delivered_at),
            delivered_by: shipment.delivered_by,
            package_count: shipment.package_count,
            lines: view.items.into_iter().map(ShipmentLine::from).collect(),
            packages: view.packages.into_iter().map(|row| Package { id: row.id.0, mark: row.mark, inside: row.inside }).collect(),
            updated_at: shipment.updated_at.to_string(),
            created_at: shipment.created_at.to_string(),
        }
    }
}

impl From<ShipmentItem> for ShipmentLine {
    fn from(item: ShipmentItem) -> Self {
        Self {
            order_id: item.order_id.0,
            order_number: item.order_number,
            order_line_id: item.order_line_id.0,
            line: item.line,
            description: item.description,
            quantity: item.quantity.to_string(),
            received: text(item.received),
            unit: item.unit,
        }
    }
}

/// Shows a shipment with what is in it.
#[utoipa::path(get, path = "/api/v1/shipments/{id}", operation_id = "show_shipment", tag = "Shipments",
    params(("id" = Uuid, Path, description = "Id of the shipment")),
    responses((status = 200, description = "The shipment", body = Shipment)))]
pub async fn show(Machine(actor): Machine, State(context): State<Context>, Id(id): Id<ShipmentId>) -> Result<Json<Shipment>, Problem> {
    Ok(Json(view::load(&context, &actor, id).await?.into()))
}
