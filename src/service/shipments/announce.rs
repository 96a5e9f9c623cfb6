//! A supplier announces a shipment for an order in the portal: the ship notice (856) and what it means for the order
//! are one transaction. What cannot be sent is kept as a draft.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::record;
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::{OrderId, OrganisationId, ShipmentId, ShipmentLineId},
        message::{Carrier, Document as Content, ItemIds, ShipNotice, ShipNoticeLine, ShipNoticeOrder},
        number::{self, Quantity},
        order::{Line, OrderKind, Source},
        shipment::ShipmentState,
        time::Date,
    },
    service::{
        Context, Error, FieldError, Result, draft, exceptions,
        exchange::parties,
        history::signature,
        outbox::{self, Outgoing},
        wire_fields,
    },
    store::{
        Conn, drafts,
        orders::{self, Order},
        shipments::{self, Shipment, ShipmentLine},
    },
};

/// Kind of the draft that keeps a refused ship notice.
pub const DRAFT: &str = "ship_notice";

/// A ship notice as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShipForm {
    /// The shipper's number for the shipment.
    pub number: String,
    /// When it leaves, ISO 8601.
    pub shipped_on: String,
    /// When it should arrive, ISO 8601.
    pub estimated_on: String,
    /// Carrier code.
    pub scac: String,
    /// Carrier name.
    pub carrier: String,
    /// Tracking number.
    pub tracking: String,
    /// Bill of lading.
    pub bill_of_lading: String,
    /// Number of packages.
    pub packages: String,
    /// What is in it.
    pub lines: Vec<ShipLine>,
}

/// One line of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShipLine {
    /// Place of the line in the order.
    pub position: String,
    /// How much; empty or zero where the line is not in it.
    pub quantity: String,
}

/// Announces a shipment. Refused entries are kept as a draft.
pub async fn announce(context: &Context, actor: &Actor, order: OrderId, form: &ShipForm) -> Result<ShipmentId> {
    let sent = try_announce(context, actor, order, form).await;
    draft::keep_if_invalid(context, actor, DRAFT, order.0, form, sent).await
}

/// Whether the actor enters the ship notices of an order here; the refusal says who does.
pub(super) async fn may_enter(conn: &mut Conn, actor: &Actor, order: &Order) -> Result<()> {
    if order.kind != OrderKind::Purchase || !actor.may(Permission::Sell) {
        return Err(Error::Forbidden("The supplier announces shipments for this order.".to_owned()));
    }
    if !parties::has_portal_seat(conn, order.counterparty_id).await? {
        return Err(Error::Forbidden("Your own system sends ship notices over EDI, so they cannot be made here.".to_owned()));
    }
    Ok(())
}

/// Whether the actor may ship this order now; the refusal says who may, or what is missing.
pub async fn may_announce(conn: &mut Conn, actor: &Actor, order: &Order) -> Result<()> {
    may_enter(conn, actor, order).await?;
    if !order.state.can_be_shipped() {
        return Err(Error::Conflict(match order.state {
            crate::domain::order::OrderState::Received => "Answer the order first; then announce its shipments.".to_owned(),
            _ => format!("Nothing is left to ship on order {}.", order.number),
        }));
    }
    Ok(())
}

async fn try_announce(context: &Context, actor: &Actor, order_id: OrderId, form: &ShipForm) -> Result<ShipmentId> {
    let mut tx = context.db.begin().await?;
    let order = orders::find_for_update(&mut tx, actor.scope(), order_id).await?.ok_or(Error::NotFound)?;
    let order_lines = orders::lines(&mut tx, order_id).await?;
    let earlier = shipments::find_by_number(&mut tx, OrderKind::Purchase, order.counterparty_id, form.number.trim()).await?;
    if let Some(earlier) = &earlier
        && actor.may(Permission::Sell)
        && form.says_again(&order_lines, &shipments::lines(&mut tx, earlier.id).await?)
    {
        // The button was pressed twice.
        return Ok(earlier.id);
    }
    may_announce(&mut tx, actor, &order).await?;
    let entered = form.read(&order_lines)?;
    if earlier.is_some() {
        return Err(Error::field("number", format!("Shipment {} was announced before. Use another number.", entered.number)));
    }
    let id: ShipmentId = context.id();
    let author = signature(actor);
    let ship_to = parties::with_role(&order.parties, "ST").cloned();
    let ship_to_id: Option<OrganisationId> = match &ship_to {
        Some(party) => parties::resolve(&mut tx, party).await?,
        None => None,
    };
    let hub = outbox::hub(&mut tx).await?.id;
    let document = outbox::put(
        context,
        &mut tx,
        Outgoing {
            content: Content::ShipNotice(entered.message(context, &order, &order_lines)),
            sender: order.counterparty_id,
            receiver: hub,
            number: &entered.number,
            order: Some(order_id),
            shipment: Some(id),
            invoice: None,
            author: &author,
            release_at: context.now().plus_seconds(context.settings.undo_seconds),
        },
    )
    .await
    .map_err(|error| wire_fields::of_shipment(error, form, entered.lines.iter().map(|(place, _)| &order_lines[*place])))?;
    let shipment = Shipment {
        id,
        kind: OrderKind::Purchase,
        counterparty_id: order.counterparty_id,
        number: entered.number.clone(),
        source_id: None,
        ship_to_id,
        ship_to: ship_to.map(Json),
        state: ShipmentState::InTransit,
        carrier_scac: entered.scac.clone(),
        carrier_name: entered.carrier.clone(),
        tracking: entered.tracking.clone(),
        bill_of_lading: entered.bill_of_lading.clone(),
        shipped_on: Some(entered.shipped_on),
        estimated_on: entered.estimated_on,
        delivered_at: None,
        delivered_by: None,
        package_count: entered.packages.map(i64::from),
        document_id: Some(document),
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    };
    let lines = entered.parts(context, id, &order, &order_lines);
    let source = Source { document: Some(document), segment: None, element: None, actor: author };
    let (concerned, _) = record(context, &mut tx, &shipment, &lines, &[], &source).await?;
    drafts::delete(&mut tx, actor, DRAFT, order_id.0).await?;
    let told = exceptions::look_at_order(context, &mut tx, order_id).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    context.live.publish(Some(order.counterparty_id));
    for party in concerned {
        context.live.publish(Some(party));
    }
    Ok(id)
}

/// A form that could be read.
pub(super) struct Entered {
    pub(super) number: String,
    pub(super) shipped_on: Date,
    pub(super) estimated_on: Option<Date>,
    pub(super) scac: Option<String>,
    pub(super) carrier: Option<String>,
    pub(super) tracking: Option<String>,
    pub(super) bill_of_lading: Option<String>,
    pub(super) packages: Option<u32>,
    /// Place of the line in the order, and how much.
    pub(super) lines: Vec<(usize, Quantity)>,
}

impl ShipForm {
    /// A form with everything that is left to ship.
    pub fn prefilled(lines: &[Line], number: String, today: Date) -> Self {
        let lines = lines
            .iter()
            .filter(|line| line.to_ship().is_positive())
            .map(|line| ShipLine { position: line.position.to_string(), quantity: line.to_ship().to_string() })
            .collect();
        Self { number, shipped_on: today.to_string(), packages: "1".to_owned(), lines, ..Self::default() }
    }

    /// Whether a shipment that was announced carries exactly what is entered.
    pub(super) fn says_again(&self, order_lines: &[Line], announced: &[ShipmentLine]) -> bool {
        let entries = self.lines.iter().map(|line| (line.position.as_str(), line.quantity.as_str()));
        let announced = announced.iter().map(|line| (line.order_line_id, line.quantity));
        draft::quantities(order_lines, entries).is_some_and(|entered| entered == announced.collect())
    }

    pub(super) fn read(&self, order_lines: &[Line]) -> Result<Entered> {
        let mut errors = Vec::new();
        let optional = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let number = self.number.trim().to_owned();
        if number.is_empty() {
            errors.push(FieldError { field: "number".to_owned(), message: "Enter your number for this shipment.".to_owned() });
        }
        let shipped_on = draft::date("shipped_on", &self.shipped_on, &mut errors);
        if self.shipped_on.trim().is_empty() {
            errors.push(FieldError { field: "shipped_on".to_owned(), message: "Enter the day the goods leave.".to_owned() });
        }
        let estimated_on = draft::date("estimated_on", &self.estimated_on, &mut errors);
        if let (Some(left), Some(arrives)) = (shipped_on, estimated_on)
            && arrives < left
        {
            errors.push(FieldError {
                field: "estimated_on".to_owned(),
                message: "It cannot arrive before it leaves. Correct one of the dates.".to_owned(),
            });
        }
        let packages = match self.packages.trim() {
            "" => None,
            text => {
                let read = text.parse().ok();
                if read.is_none() {
                    errors.push(FieldError { field: "packages".to_owned(), message: "Enter a whole number of packages.".to_owned() });
                }
                read
            }
        };
        let lines = self.read_lines(order_lines, &mut errors);
        if lines.is_empty() && errors.is_empty() {
            errors
                .push(FieldError { field: "lines[0][quantity]".to_owned(), message: "Enter a quantity on at least one line.".to_owned() });
        }
        match (errors.is_empty(), shipped_on) {
            (true, Some(shipped_on)) => Ok(Entered {
                number,
                shipped_on,
                estimated_on,
                scac: optional(&self.scac).map(|scac| scac.to_uppercase()),
                carrier: optional(&self.carrier),
                tracking: optional(&self.tracking),
                bill_of_lading: optional(&self.bill_of_lading),
                packages,
                lines,
            }),
            _ => Err(Error::Invalid(errors)),
        }
    }

    fn read_lines(&self, order_lines: &[Line], errors: &mut Vec<FieldError>) -> Vec<(usize, Quantity)> {
        let mut lines: Vec<(usize, Quantity)> = Vec::new();
        for (index, entry) in self.lines.iter().enumerate() {
            let field = format!("lines[{index}][quantity]");
            let Some(place) = order_lines.iter().position(|line| line.position.to_string() == entry.position) else { continue };
            let text = entry.quantity.trim();
            if text.is_empty() {
                continue;
            }
            match number::typed::<Quantity>(text) {
                Ok(quantity) if quantity.is_zero() => {}
                Ok(quantity) if quantity < Quantity::ZERO => {
                    errors.push(FieldError { field, message: "A quantity cannot be below zero.".to_owned() });
                }
                Ok(quantity) if quantity > order_lines[place].to_ship() => {
                    let message = format!(
                        "Only {} are left to ship on line {}. Lower the quantity.",
                        order_lines[place].to_ship(),
                        order_lines[place].line
                    );
                    errors.push(FieldError { field, message });
                }
                Ok(_) if lines.iter().any(|(known, _)| *known == place) => {
                    let message = format!("Line {} stands here twice. Enter it once.", order_lines[place].line);
                    errors.push(FieldError { field, message });
                }
                Ok(quantity) => lines.push((place, quantity)),
                Err(error) => errors.push(FieldError { field, message: format!("Enter a number such as 120 or 12.5: {error}.") }),
            }
        }
        lines
    }
}

impl Entered {
    /// The lines of the shipment.
    pub(super) fn parts(&self, context: &Context, shipment: ShipmentId, order: &Order, order_lines: &[Line]) -> Vec<ShipmentLine> {
        (0i64..)
            .zip(&self.lines)
            .map(|(position, (place, quantity))| ShipmentLine {
                id: context.id::<ShipmentLineId>(),
                shipment_id: shipment,
                order_id: order.id,
                order_line_id: order_lines[*place].id,
                position,
                quantity: *quantity,
                received: None,
                unit: order_lines[*place].unit.clone(),
                package: None,
                source_line_id: None,
            })
            .collect()
    }

    pub(super) fn message(&self, context: &Context, order: &Order, order_lines: &[Line]) -> ShipNotice {
        let now = context.now().to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
        let lines = self
            .lines
            .iter()
            .map(|(place, quantity)| {
                let line = &order_lines[*place];
                ShipNoticeLine {
                    line: Some(line.line.clone()),
                    item: ItemIds {
                        buyer: line.buyer_item.clone(),
                        seller: line.seller_item.clone(),
                        gtin: line.gtin.clone(),
                        other: Vec::new(),
                    },
                    quantity: *quantity,
                    unit: line.unit.clone(),
                    description: Some(line.description.clone()).filter(|words| !words.is_empty()),
                    package: None,
                }
            })
            .collect();
        ShipNotice {
            number: self.number.clone(),
            purpose: "00".to_owned(),
            date: Some(context.clock.today()),
            time: Some(format!("{:02}{:02}", now.hour(), now.minute())),
            structure: Some("0004".to_owned()),
            shipped_on: Some(self.shipped_on),
            estimated_on: self.estimated_on,
            carrier: Some(Carrier { scac: self.scac.clone(), name: self.carrier.clone(), method: None })
                .filter(|carrier| carrier.scac.is_some() || carrier.name.is_some()),
            tracking: self.tracking.clone(),
            bill_of_lading: self.bill_of_lading.clone(),
            references: Vec::new(),
            parties: parties::with_role(&order.parties, "ST").cloned().into_iter().collect(),
            package_count: self.packages,
            weight: None,
            weight_unit: None,
            packages: Vec::new(),
            orders: vec![ShipNoticeOrder { order_number: order.number.clone(), order_date: order.ordered_on, lines }],
        }
    }
}
