//! Ship notices (856), carrier reports (214) and receiving advices (861) that came over the wire.

use std::collections::BTreeSet;

use sqlx::types::Json;

use super::{Counts, Report, record, report};
use crate::{
    domain::{
        ids::{OrganisationId, PackageId, ShipmentId, ShipmentLineId},
        message::{CarrierEvent, ReceivingAdvice, ReceivingLine, ShipNotice, ShipmentStatus},
        number::Quantity,
        order::{Line, OrderKind, Source, fill, same_line},
        shipment::{ShipmentState, carrier_event},
        time::Timestamp,
    },
    service::{
        Context, Error, Result, across,
        exchange::{Applied, Incoming, parties},
    },
    store::{
        Conn, Scope,
        orders::{self, Order},
        shipments::{self, Package, Reporter, Shipment, ShipmentLine},
    },
};

/// Applies an 856.
pub async fn notice(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &ShipNotice) -> Result<Applied> {
    let kind = incoming.kind_sold_by_sender();
    if shipments::find_by_number(conn, kind, incoming.counterparty(), &message.number).await?.is_some() {
        return Err(Error::Conflict(format!("Shipment {} was announced before; this notice changed nothing.", message.number)));
    }
    if let Some(line) = message.orders.iter().flat_map(|order| &order.lines).find(|line| !line.quantity.is_positive()) {
        return Err(Error::Conflict(format!("It ships a quantity of {}. Nothing was changed.", line.quantity)));
    }
    let id: ShipmentId = context.id();
    let mut remarks = Vec::new();
    let mut lines = Vec::new();
    for part in &message.orders {
        let Some(order) = orders::find_by_number(conn, kind, incoming.counterparty(), &part.order_number).await? else {
            remarks.push(format!("It ships goods for order {}, which is not known here.", part.order_number));
            continue;
        };
        let order_lines = orders::lines(conn, order.id).await?;
        for shipped in &part.lines {
            let Some(target) = order_lines.iter().find(|line| same_line(shipped.line.as_deref(), &shipped.item, line)) else {
                remarks.push(format!(
                    "It ships {} that order {} does not have.",
                    shipped.line.as_deref().unwrap_or("a line"),
                    order.number
                ));
                continue;
            };
            lines.push(ShipmentLine {
                id: context.id::<ShipmentLineId>(),
                shipment_id: id,
                order_id: order.id,
                order_line_id: target.id,
                position: i64::try_from(lines.len()).unwrap_or_default(),
                quantity: shipped.quantity,
                received: None,
                unit: shipped.unit.clone(),
                package: shipped.package.map(i64::from),
                source_line_id: None,
            });
        }
    }
    if lines.is_empty() {
        let why = remarks.first().cloned().unwrap_or_else(|| "It names no goods.".to_owned());
        return Err(Error::Conflict(format!("{why} Nothing was changed.")));
    }
    let shipment = header(context, conn, incoming, message, id).await?;
    let packages = packages(context, message, id);
    let source = Source {
        document: Some(incoming.document.id),
        segment: incoming.origin("number").map(|origin| origin.segment),
        element: incoming.origin("number").map(|origin| origin.element),
        actor: incoming.sender_name().to_owned(),
    };
    let (concerned, more) = record(context, conn, &shipment, &lines, &packages, &source).await?;
    remarks.extend(more);
    Ok(Applied { order: lines.first().map(|line| line.order_id), shipment: Some(id), concerned, remarks, ..Applied::default() })
}

async fn header(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &ShipNotice, id: ShipmentId) -> Result<Shipment> {
    let ship_to = parties::with_role(&message.parties, "ST").cloned();
    let ship_to_id: Option<OrganisationId> = match &ship_to {
        Some(party) => parties::resolve(conn, party).await?,
        None => None,
    };
    let carrier = message.carrier.clone().unwrap_or_default();
    Ok(Shipment {
        id,
        kind: incoming.kind_sold_by_sender(),
        counterparty_id: incoming.counterparty(),
        number: message.number.clone(),
        source_id: None,
        ship_to_id,
        ship_to: ship_to.map(Json),
        state: ShipmentState::InTransit,
        carrier_scac: carrier.scac,
        carrier_name: carrier.name,
        tracking: message.tracking.clone(),
        bill_of_lading: message.bill_of_lading.clone(),
        shipped_on: message.shipped_on.or(message.date),
        estimated_on: message.estimated_on,
        delivered_at: None,
        delivered_by: None,
        package_count: message.package_count.map(i64::from),
        document_id: Some(incoming.document.id),
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    })
}

fn packages(context: &Context, message: &ShipNotice, shipment: ShipmentId) -> Vec<Package> {
    (0i64..)
        .zip(&message.packages)
        .map(|(position, package)| Package {
            id: context.id::<PackageId>(),
            shipment_id: shipment,
            position,
            mark: package.marks.first().map(|mark| mark.value.clone()).unwrap_or_default(),
            inside: package.inside.map(i64::from),
        })
        .collect()
}

/// Applies a 214. A carrier may report only on shipments that name one of its own carrier codes; a seller on its own.
pub async fn status(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &ShipmentStatus) -> Result<Applied> {
    let reporter = Reporter {
        sender: incoming.sender_id(),
        own: (incoming.kind_sold_by_sender(), incoming.counterparty()),
        tracking: message.tracking.as_deref(),
        number: message.shipment_number.as_deref(),
    };
    let number = message.tracking.as_deref().or(message.shipment_number.as_deref()).unwrap_or("without a number");
    let found = shipments::reported(conn, reporter).await?;
    let is_tracked = |shipment: &Shipment| shipment.tracking.is_some() && shipment.tracking == message.tracking;
    let shipment = match found.as_slice() {
        [] => return Err(Error::Conflict(format!("It reports on shipment {number}, which is not known here."))),
        // Shippers number for themselves, so one number may be several shipments; a tracking number is one.
        [first, _] if !is_tracked(first) => {
            let words = format!("Shipment number {number} is used by several shippers, and no tracking number says which is meant.");
            return Err(Error::Conflict(words));
        }
        [first, ..] => first,
    };
    let mut applied = Applied { shipment: Some(shipment.id), ..Applied::default() };
    for event in &message.events {
        let (state, words) = carrier_event(event);
        let place = [event.city.as_deref(), event.region.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let said = Report {
            state,
            words: if place.is_empty() { words.to_owned() } else { format!("{words}, {place}") },
            at: moment(event).unwrap_or(context.now()),
            actor: shipment.carrier_name.as_deref().unwrap_or(incoming.sender_name()),
            actor_across: shipment.carrier_name.as_deref().unwrap_or(across::SHIPPER),
            document: Some(incoming.document.id),
            estimated_on: event.date.filter(|_| event.status.as_deref() == Some("AG")),
            counted: None,
        };
        applied.concerned.extend(report(context, conn, shipment.id, &said).await?);
    }
    Ok(applied)
}

/// When an event happened. Times without a zone are taken as UTC; the page says so by showing the zone it reads in.
fn moment(event: &CarrierEvent) -> Option<Timestamp> {
    let date = event.date?;
    let time = event.time.as_deref().unwrap_or("0000");
    let part = |from: usize| time.get(from..from + 2).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    Some(date.start_utc().plus_seconds(part(0) * 3600 + part(2) * 60))
}

/// Applies an 861: what the receiver counted. The hub counts what a supplier sent it, a customer what is on its own side,
/// under the number it knows.
pub async fn receipt(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &ReceivingAdvice) -> Result<Applied> {
    let number = message.shipment_number.as_deref().unwrap_or_default();
    let found = match incoming.kind_bought_by_sender() {
        OrderKind::Purchase => shipments::find_by_number(conn, OrderKind::Purchase, incoming.counterparty(), number).await?,
        OrderKind::Sales => shipments::find_at_customer(conn, incoming.sender_id(), number).await?,
    };
    let Some(found) = found else {
        let number = message.shipment_number.as_deref().unwrap_or("without a number");
        return Err(Error::Conflict(format!("It is about shipment {number}, which nobody sends to {}.", incoming.sender_name())));
    };
    let shipment = shipments::find_for_update(conn, Scope::Hub, found.id).await?.ok_or(Error::NotFound)?;
    let (counted, remarks) = count(conn, &shipment, message).await?;
    let said = Report {
        state: Some(ShipmentState::Received),
        words: "Received and counted".to_owned(),
        at: message.received_on.or(message.date).map_or(context.now(), crate::domain::time::Date::start_utc),
        actor: incoming.sender_name(),
        actor_across: incoming.sender_name(),
        document: Some(incoming.document.id),
        estimated_on: None,
        counted: Some(counted),
    };
    let concerned = report(context, conn, shipment.id, &said).await?;
    Ok(Applied { shipment: Some(shipment.id), concerned, remarks, ..Applied::default() })
}

/// What was counted of each line of a shipment, and what that says in words. A line in several cartons is counted once,
/// so its count is shared out over them. What a first count leaves out did not come; a later one speaks of its lines only.
async fn count(conn: &mut Conn, shipment: &Shipment, message: &ReceivingAdvice) -> Result<(Counts, Vec<String>)> {
    let (mut counts, mut remarks) = (Counts::new(), Vec::new());
    let lines = shipments::lines(conn, shipment.id).await?;
    for order_id in lines.iter().map(|line| line.order_id).collect::<BTreeSet<_>>() {
        let Some(order) = orders::find(conn, Scope::Hub, order_id).await? else { continue };
        for target in orders::lines(conn, order_id).await? {
            let parts: Vec<&ShipmentLine> = lines.iter().filter(|line| line.order_line_id == target.id).collect();
            if parts.is_empty() {
                continue;
            }
            let shipped: Quantity = parts.iter().map(|part| part.quantity).sum();
            let said: Vec<&ReceivingLine> = message.lines.iter().filter(|line| speaks_of(message, line, &order, &target)).collect();
            let total = match usable(&target, &said) {
                Err(words) => {
                    remarks.push(words);
                    continue;
                }
                Ok(None) if shipment.state == ShipmentState::Received => continue,
                Ok(None) => Quantity::ZERO,
                Ok(Some(total)) => total,
            };
            if total != shipped {
                remarks.push(format!("Line {}: {total} received of {shipped} shipped.", target.line));
            }
            counts.extend(shared(total, &parts));
        }
    }
    Ok((counts, remarks))
}

/// Whether a line of an advice speaks of an order's line.
fn speaks_of(message: &ReceivingAdvice, line: &ReceivingLine, order: &Order, target: &Line) -> bool {
    let number = line.order_number.as_deref().or(message.order_number.as_deref());
    number.is_none_or(|number| number.trim() == order.number) && same_line(line.line.as_deref(), &line.item, target)
}

/// What the lines of an advice count together of an order's line; none where they do not speak of it.
fn usable(target: &Line, said: &[&ReceivingLine]) -> std::result::Result<Option<Quantity>, String> {
    let mut total = None;
    for line in said {
        let Some(received) = line.received else { continue };
        if let Some(unit) = line.unit.as_deref().filter(|unit| !target.is_in(unit)) {
            return Err(format!("Line {}: counted in {unit}, ordered in {}. The count was not taken.", target.line, target.unit));
        }
        if received < Quantity::ZERO {
            return Err(format!("Line {}: a count of {received}. The count was not taken.", target.line));
        }
        total = Some(total.unwrap_or_default() + received);
    }
    Ok(total)
}

/// A count shared out over the parts of a line; what came beyond all of them is with the last.
fn shared(total: Quantity, parts: &[&ShipmentLine]) -> Vec<(ShipmentLineId, Quantity)> {
    let mut shares = fill(total, &parts.iter().map(|part| part.quantity).collect::<Vec<_>>());
    let more = total - shares.iter().copied().sum();
    if let Some(last) = shares.last_mut() {
        *last = *last + more;
    }
    parts.iter().map(|part| part.id).zip(shares).collect()
}
