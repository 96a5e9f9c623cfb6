//! Placing orders: purchase orders with suppliers, and customers' sales orders with what covers them. The names are those
//! of the canonical purchase order in `docs/edi-inspect.md`. Only the company that runs the portal may.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    body,
    orders::{self, Order},
    parts::{Item, Party},
};
use crate::{
    auth::machine::Machine,
    domain::{
        access::{Actor, Permission},
        message::{self, PurchaseOrder, PurchaseOrderLine, Schedule},
        number::{Currency, Decimal, Quantity, UnitPrice},
        time::Date,
    },
    server::{problem::Problem, state::AppState},
    service::{Context, Error, FieldError, exchange::parties, orders::place},
    store::organisations,
};

/// A purchase order to be placed with a supplier.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "supplier": "OSTERMANN", "number": "4500000042", "date": "2026-11-22", "currency": "EUR", "requested_on": "2026-12-10",
    "ship_to": "NORTHWATER", "terms": "Net 30 days", "notes": ["Deliver before noon"],
    "lines": [{
        "line": "1", "quantity": "120", "unit": "EA", "unit_price": "12.5075", "item": { "buyer": "PV-100", "seller": "OF-7781" },
        "description": "Pump housing DN100",
        "schedule": [{ "quantity": "60", "date": "2026-12-10" }, { "quantity": "60", "date": "2027-01-10" }]
    }]
}))]
pub struct NewPurchaseOrder {
    /// The supplier's code.
    #[schema(min_length = 1)]
    supplier: String,
    #[serde(flatten)]
    order: NewOrder,
}

/// A customer's order to be entered.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "customer": "NORTHWATER", "number": "NW-2026-118", "currency": "EUR",
    "lines": [{
        "quantity": "40", "unit": "EA", "unit_price": "19.90", "requested_on": "2026-12-15", "item": { "seller": "PV-100" },
        "description": "Pump housing DN100"
    }],
    "allocations": [{ "line": "1", "supplier": "OSTERMANN", "order": "4500000042", "order_line": "1", "quantity": "40" }]
}))]
pub struct NewSalesOrder {
    /// The customer's code.
    #[schema(min_length = 1)]
    customer: String,
    #[serde(flatten)]
    order: NewOrder,
    /// Which purchase order lines cover it.
    #[serde(default)]
    allocations: Vec<Allocation>,
}

/// What orders of both kinds say.
#[derive(Deserialize, ToSchema)]
pub struct NewOrder {
    /// The buyer's number.
    #[schema(min_length = 1, max_length = 22)]
    number: String,
    /// Order date; today where absent.
    #[schema(value_type = Option<String>, format = Date)]
    date: Option<Date>,
    /// Currency of all prices; the partner's own where absent.
    #[schema(value_type = Option<String>, format = "currency")]
    currency: Option<Currency>,
    /// Wanted on, for lines that name no date.
    #[schema(value_type = Option<String>, format = Date)]
    requested_on: Option<Date>,
    /// Where the goods go: the code of an organisation, or a place.
    ship_to: Option<ShipTo>,
    /// Other parties.
    #[serde(default)]
    parties: Vec<Party>,
    /// Payment terms: in words, or in parts.
    terms: Option<Terms>,
    /// Free text.
    #[serde(default)]
    notes: Vec<String>,
    /// The lines.
    lines: Vec<NewLine>,
}

/// Where goods go.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ShipTo {
    /// The code of an organisation.
    Code(String),
    /// A place.
    Place(Place),
}

/// A place.
#[derive(Deserialize, ToSchema)]
pub struct Place {
    /// The code of an organisation that is known here.
    code: Option<String>,
    /// Name.
    #[schema(max_length = 60)]
    name: Option<String>,
    /// Street lines.
    #[serde(default)]
    address: Vec<String>,
    /// City.
    city: Option<String>,
    /// State or province.
    region: Option<String>,
    /// Postal code.
    postal_code: Option<String>,
    /// Country code.
    country: Option<String>,
}

/// Payment terms.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Terms {
    /// In words.
    Words(String),
    /// In parts.
    Parts(TermParts),
}

/// Payment terms in parts.
#[derive(Deserialize, ToSchema)]
pub struct TermParts {
    /// Discount in percent.
    #[schema(value_type = Option<String>, format = "decimal")]
    discount_percent: Option<Decimal>,
    /// Days in which the discount can be taken.
    discount_days: Option<u32>,
    /// Days to the net date.
    net_days: Option<u32>,
    /// Net date.
    #[schema(value_type = Option<String>, format = Date)]
    net_on: Option<Date>,
    /// In words.
    description: Option<String>,
}

/// A line to be ordered.
#[derive(Deserialize, ToSchema)]
pub struct NewLine {
    /// Line number; its place from 1 where absent.
    #[schema(min_length = 1, max_length = 20)]
    line: Option<String>,
    /// How much.
    #[schema(value_type = String, format = "decimal")]
    quantity: Quantity,
    /// Unit of measure.
    #[schema(min_length = 1)]
    unit: String,
    /// Price.
    #[schema(value_type = String, format = "decimal")]
    unit_price: UnitPrice,
    /// How many units the price buys: 1, 100 or 1000; 1 where absent.
    #[schema(value_type = Option<String>, format = "decimal")]
    price_per: Option<Quantity>,
    /// What the item is called.
    #[serde(default)]
    item: Item,
    /// The item in words.
    #[schema(max_length = 80)]
    description: Option<String>,
    /// Wanted on.
    #[schema(value_type = Option<String>, format = Date)]
    requested_on: Option<Date>,
    /// Parts wanted on different dates; together they are the quantity.
    #[serde(default)]
    schedule: Vec<NewPart>,
}

/// A part of a line wanted on a date.
#[derive(Deserialize, ToSchema)]
pub struct NewPart {
    /// How much.
    #[schema(value_type = String, format = "decimal")]
    quantity: Quantity,
    /// When.
    #[schema(value_type = String, format = Date)]
    date: Date,
}

/// A part of a sales line that a purchase order line covers.
#[derive(Deserialize, ToSchema)]
pub struct Allocation {
    /// Line of this order.
    line: String,
    /// The supplier's code.
    supplier: String,
    /// The purchase order's number.
    order: String,
    /// Its line.
    order_line: String,
    /// How much.
    #[schema(value_type = String, format = "decimal")]
    quantity: Quantity,
}

/// Places a purchase order with a supplier; one with a system of its own gets it as a document.
#[utoipa::path(post, path = "/api/v1/purchase-orders", operation_id = "place_purchase_order", tag = "Orders",
    request_body = NewPurchaseOrder,
    responses((status = 201, description = "The order as placed; Location is its address", body = Order)))]
pub async fn purchase(
    Machine(actor): Machine,
    State(state): State<AppState>,
    body::Json(new): body::Json<NewPurchaseOrder>,
) -> Result<(StatusCode, Json<Order>), Problem> {
    let context = &state.context;
    hub_only(&actor)?;
    let id = place::purchase(context, &actor, &new.supplier, message(context, new.order).await?).await?;
    Ok((StatusCode::CREATED, Json(orders::load(context, &actor, id).await?)))
}

/// Enters a customer's order, confirmed as ordered, with the purchase order lines that cover it.
#[utoipa::path(post, path = "/api/v1/sales-orders", operation_id = "place_sales_order", tag = "Orders",
    request_body = NewSalesOrder,
    responses((status = 201, description = "The order as entered; Location is its address", body = Order)))]
pub async fn sales(
    Machine(actor): Machine,
    State(state): State<AppState>,
    body::Json(new): body::Json<NewSalesOrder>,
) -> Result<(StatusCode, Json<Order>), Problem> {
    let context = &state.context;
    hub_only(&actor)?;
    let covers: Vec<place::Cover> = new.allocations.into_iter().map(place::Cover::from).collect();
    let id = place::sales(context, &actor, &new.customer, message(context, new.order).await?, &covers).await?;
    Ok((StatusCode::CREATED, Json(orders::load(context, &actor, id).await?)))
}

/// Asked before anything is looked up, so that nobody learns from an answer which codes there are.
fn hub_only(actor: &Actor) -> Result<(), Error> {
    let words = "Only a key of the company that runs the portal places orders.";
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::Forbidden(words.to_owned())) }
}

impl From<Allocation> for place::Cover {
    fn from(allocation: Allocation) -> Self {
        let Allocation { line, supplier, order, order_line, quantity } = allocation;
        Self { line, supplier, order, order_line, quantity }
    }
}

/// The order as the canonical message, which use cases take.
async fn message(context: &Context, new: NewOrder) -> Result<PurchaseOrder, Problem> {
    check_lines(&new.lines)?;
    let mut parties: Vec<message::Party> = new.parties.into_iter().map(message::Party::from).collect();
    if let Some(ship_to) = new.ship_to {
        if parties::with_role(&parties, SHIP_TO).is_some() {
            return Err(
                Error::field("ship_to", "A party with the role ST says where the goods go already. Leave out one of the two.").into()
            );
        }
        parties.push(place_of(context, ship_to).await?);
    }
    Ok(PurchaseOrder {
        number: new.number,
        purpose: "00".to_owned(),
        order_type: Some("SA".to_owned()),
        release: None,
        date: Some(new.date.unwrap_or_else(|| context.clock.today())),
        currency: new.currency,
        references: Vec::new(),
        parties,
        terms: new.terms.map(message::Terms::from),
        requested_on: new.requested_on,
        carrier: None,
        notes: new.notes,
        lines: (1..).zip(new.lines).map(|(place, line)| line.into_message(place)).collect(),
    })
}

/// Entity code of the place where goods go (element 98).
const SHIP_TO: &str = "ST";
/// Qualifier of ids that the buyer assigned (element 66), as our codes are.
const ASSIGNED_BY_BUYER: &str = "92";

/// The ship-to party; a code must be that of an organisation known here, so that a drop shipment finds its customer.
async fn place_of(context: &Context, ship_to: ShipTo) -> Result<message::Party, Problem> {
    let (field, place) = match ship_to {
        ShipTo::Code(code) => ("ship_to", Place::with_code(code)),
        ShipTo::Place(place) => ("ship_to.code", place),
    };
    let mut party = message::Party {
        role: SHIP_TO.to_owned(),
        name: place.name,
        id_qualifier: None,
        id: None,
        address: place.address,
        city: place.city,
        region: place.region,
        postal_code: place.postal_code,
        country: place.country,
    };
    let Some(code) = place.code else {
        let named = party.name.is_some();
        return if named { Ok(party) } else { Err(Error::field("ship_to", "Give a code or a name.").into()) };
    };
    party.id = Some(code.clone());
    party.id_qualifier = Some(ASSIGNED_BY_BUYER.to_owned());
    let mut conn = context.db.read().await.map_err(Error::from)?;
    let found = match parties::resolve(&mut conn, &party).await? {
        Some(id) => organisations::find(&mut conn, id).await.map_err(Error::from)?,
        None => None,
    };
    let unknown = || Error::field(field, format!("There is no organisation with the code {code}. Use the code shown under Partners."));
    let organisation = found.ok_or_else(unknown)?;
    party.name.get_or_insert(organisation.name);
    Ok(party)
}

impl Place {
    fn with_code(code: String) -> Self {
        Self { code: Some(code), name: None, address: Vec::new(), city: None, region: None, postal_code: None, country: None }
    }
}

/// The numbers of units a price may buy: those that element 639 has a code for.
const PRICE_BASES: [i64; 3] = [1, 100, 1000];

/// What the description of a line cannot say. The rest is the use case's.
fn check_lines(lines: &[NewLine]) -> Result<(), Problem> {
    let mut errors = Vec::new();
    let mut wrong = |field: String, message: String| errors.push(FieldError { field, message });
    for (index, line) in lines.iter().enumerate() {
        if line.price_per.is_some_and(|per| !PRICE_BASES.map(Quantity::whole).contains(&per)) {
            wrong(format!("lines.{index}.price_per"), "It must be 1, 100 or 1000; documents can say no other.".to_owned());
        }
        if line.unit_price < UnitPrice::ZERO {
            wrong(format!("lines.{index}.unit_price"), "A price cannot be below zero.".to_owned());
        }
        let parts: Quantity = line.schedule.iter().map(|part| part.quantity).sum();
        if !line.schedule.is_empty() && parts != line.quantity {
            wrong(format!("lines.{index}.schedule"), format!("The parts are {parts} together; the line orders {}.", line.quantity));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors).into()) }
}

impl NewLine {
    fn into_message(self, place: usize) -> PurchaseOrderLine {
        let unit = self.unit;
        let schedule =
            self.schedule.into_iter().map(|part| Schedule { quantity: part.quantity, unit: unit.clone(), date: Some(part.date) });
        PurchaseOrderLine {
            line: self.line.unwrap_or_else(|| place.to_string()),
            quantity: self.quantity,
            schedule: schedule.collect(),
            unit,
            unit_price: Some(self.unit_price),
            price_per: self.price_per.unwrap_or(Quantity::whole(1)),
            item: message::ItemIds { buyer: self.item.buyer, seller: self.item.seller, gtin: self.item.gtin, other: Vec::new() },
            description: self.description,
            requested_on: self.requested_on,
        }
    }
}

impl From<Terms> for message::Terms {
    fn from(terms: Terms) -> Self {
        match terms {
            Terms::Words(words) => Self { description: Some(words), ..Self::default() },
            Terms::Parts(TermParts { discount_percent, discount_days, net_days, net_on, description }) => {
                Self { discount_percent, discount_days, net_days, net_on, description }
            }
        }
    }
}
