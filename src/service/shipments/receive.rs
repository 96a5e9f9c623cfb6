//! Ship notices (856), carrier reports (214) and receiving advices (861) that came over the wire.

use std::collections::BTreeMap;

use sqlx::types::Json;

use super::{Report, record, report};
use crate::{
    domain::{
        ids::{OrganisationId, PackageId, ShipmentId, ShipmentLineId},
        message::{CarrierEvent, ReceivingAdvice, ShipNotice, ShipmentStatus},
        number::Quantity,
        order::{Source, same_line},
        shipment::{ShipmentState, carrier_event},
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        exchange::{Applied, Incoming, parties},
    },
    store::{
        Conn, orders,
        shipments::{self, Package, Shipment, ShipmentLine},
    },
};

/// Applies an 856.
pub async fn notice(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &ShipNotice) -> Result<Applied> {
    let kind = incoming.kind_sold_by_sender();
    if shipments::find_by_number(conn, kind, incoming.counterparty(), &message.number).await?.is_some() {
        return Err(Error::Conflict(format!("Shipment {} was announced before; this notice changed nothing.", message.number)));
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

/// Applies a 214. A carrier may report only on shipments that name it; a seller on its own.
pub async fn status(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &ShipmentStatus) -> Result<Applied> {
    let found = shipments::find_by_tracking(conn, message.tracking.as_deref(), message.shipment_number.as_deref()).await?;
    let Some(shipment) = found.into_iter().find(|shipment| may_report(incoming, message, shipment)) else {
        let number = message.tracking.as_deref().or(message.shipment_number.as_deref()).unwrap_or("without a number");
        return Err(Error::Conflict(format!("It reports on shipment {number}, which is not known here.")));
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
            document: Some(incoming.document.id),
            estimated_on: event.date.filter(|_| event.status.as_deref() == Some("AG")),
            counted: None,
        };
        applied.concerned.extend(report(context, conn, shipment.id, &said).await?);
    }
    Ok(applied)
}

fn may_report(incoming: &Incoming<'_>, message: &ShipmentStatus, shipment: &Shipment) -> bool {
    let own = shipment.counterparty_id == incoming.sender_id() || shipment.counterparty_id == incoming.counterparty();
    let same_carrier = message.scac.is_some() && message.scac == shipment.carrier_scac;
    own || same_carrier
}

/// When an event happened. Times without a zone are taken as UTC; the page says so by showing the zone it reads in.
fn moment(event: &CarrierEvent) -> Option<Timestamp> {
    let date = event.date?;
    let time = event.time.as_deref().unwrap_or("0000");
    let part = |from: usize| time.get(from..from + 2).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    Some(date.start_utc().plus_seconds(part(0) * 3600 + part(2) * 60))
}

/// Applies an 861: what the receiver counted.
pub async fn receipt(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &ReceivingAdvice) -> Result<Applied> {
    let number = message.shipment_number.as_deref();
    let found = match number {
        Some(number) => shipments::find_by_tracking(conn, None, Some(number)).await?,
        None => Vec::new(),
    };
    let customer = incoming.sender_id();
    let mut chosen = None;
    for shipment in found {
        let views = shipments::views(conn, shipment.id).await?;
        if shipment.counterparty_id == incoming.counterparty() || views.iter().any(|view| view.counterparty_id == customer) {
            chosen = Some(shipment);
            break;
        }
    }
    let Some(shipment) = chosen else {
        return Err(Error::Conflict(format!("It is about shipment {}, which is not known here.", number.unwrap_or("without a number"))));
    };
    let mut counted: BTreeMap<_, Quantity> = BTreeMap::new();
    let mut remarks = Vec::new();
    for line in shipments::lines(conn, shipment.id).await? {
        let order_lines = orders::lines(conn, line.order_id).await?;
        let Some(target) = order_lines.iter().find(|candidate| candidate.id == line.order_line_id) else { continue };
        for advice in message.lines.iter().filter(|advice| same_line(advice.line.as_deref(), &advice.item, target)) {
            if let Some(received) = advice.received {
                counted.insert(target.id, received);
                if received != line.quantity {
                    remarks.push(format!("Line {}: {received} received of {} shipped.", target.line, line.quantity));
                }
            }
        }
    }
    let said = Report {
        state: Some(ShipmentState::Received),
        words: "Received and counted".to_owned(),
        at: message.received_on.or(message.date).map_or(context.now(), crate::domain::time::Date::start_utc),
        actor: incoming.sender_name(),
        document: Some(incoming.document.id),
        estimated_on: None,
        counted: Some(counted),
    };
    let concerned = report(context, conn, shipment.id, &said).await?;
    Ok(Applied { shipment: Some(shipment.id), concerned, remarks, ..Applied::default() })
}
