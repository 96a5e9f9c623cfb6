//! The documents that companies with their own systems write about an order: order, response, ship notice, invoice. Made
//! from the order as the portal knows it, so that both sides speak of the same lines.

use super::{
    calendar::later,
    companies::Company,
    story::{Answer, Deal},
};
use crate::{
    domain::{
        invoice::{Item, due_on},
        message::{
            Carrier, Document, Invoice, InvoiceLine, ItemIds, LineStatus, OrderResponse, OrderResponseLine, Party, PurchaseOrder,
            Reference, ShipNotice, ShipNoticeLine, ShipNoticeOrder, Terms,
        },
        number::{Amount, Quantity},
        order::Line,
        time::{Date, Timestamp},
    },
    service::shipments::announce::ShipForm,
    store::{orders::Order, shipments::Shipment},
};

/// A party of a document.
fn party(role: &str, company: &Company) -> Party {
    Party {
        role: role.to_owned(),
        name: Some(company.name.to_owned()),
        id_qualifier: Some("92".to_owned()),
        id: Some(company.code.to_owned()),
        ..Party::default()
    }
}

/// The order as its buyer writes it; `purpose` is element 353.
pub(super) fn order(deal: &Deal, purpose: &str) -> PurchaseOrder {
    let place = deal.ship_to;
    let ship_to = Party {
        role: "ST".to_owned(),
        name: Some(place.name.to_owned()),
        id_qualifier: Some("92".to_owned()),
        id: Some(place.code.to_owned()),
        address: vec![place.street.to_owned()],
        city: Some(place.city.to_owned()),
        region: None,
        postal_code: Some(place.postal_code.to_owned()),
        country: Some(place.country.to_owned()),
    };
    PurchaseOrder {
        number: deal.number.clone(),
        purpose: purpose.to_owned(),
        order_type: Some("SA".to_owned()),
        release: None,
        date: Some(deal.placed.date_utc()),
        currency: deal.partner.currency.parse().ok(),
        references: vec![Reference { qualifier: "CR".to_owned(), value: place.code.to_owned(), description: None }],
        parties: vec![party("BY", deal.buyer()), party("SE", deal.seller()), ship_to],
        terms: Some(Terms { net_days: u32::try_from(deal.seller().net_days).ok(), ..Terms::default() }),
        requested_on: Some(deal.requested),
        carrier: None,
        notes: deal.note.map(str::to_owned).into_iter().collect(),
        lines: deal.lines.clone(),
    }
}

fn item(line: &Line) -> ItemIds {
    ItemIds { buyer: line.buyer_item.clone(), seller: line.seller_item.clone(), gtin: line.gtin.clone(), other: Vec::new() }
}

/// The seller's answer (855).
pub(super) fn response(deal: &Deal, order: &Order, lines: &[Line], today: Date) -> Document {
    let kind = match deal.answer {
        Answer::RejectAll => "RD",
        Answer::Hold => "AH",
        Answer::Accept | Answer::Open => "AD",
        _ => "AC",
    };
    let last = lines.len().saturating_sub(1);
    Document::OrderResponse(OrderResponse {
        order_number: order.number.clone(),
        purpose: "00".to_owned(),
        acknowledgment_type: kind.to_owned(),
        order_date: order.ordered_on,
        release: None,
        seller_order_number: Some(format!("{}-{}", deal.seller().prefix.trim_end_matches('-'), &order.number[order.number.len() - 4..])),
        date: Some(today),
        currency: Some(order.currency),
        references: Vec::new(),
        parties: Vec::new(),
        lines: lines
            .iter()
            .enumerate()
            .map(|(nth, line)| OrderResponseLine {
                line: Some(line.line.clone()),
                quantity: Some(line.quantities.ordered),
                unit: Some(line.unit.clone()),
                unit_price: Some(line.unit_price),
                price_per: line.price_per,
                item: item(line),
                description: None,
                statuses: statuses(deal.answer, line, nth == 0, nth == last),
            })
            .collect(),
    })
}

fn statuses(answer: Answer, line: &Line, first: bool, last: bool) -> Vec<LineStatus> {
    let status = |code: &str, quantity, days| {
        let on = line.requested_on.map(|date| later(date, days));
        let dated = on.filter(|_| !matches!(code, "IR" | "IH" | "IB"));
        LineStatus {
            code: code.to_owned(),
            quantity: Some(quantity),
            unit: Some(line.unit.clone()),
            date_qualifier: dated.map(|_| "067".to_owned()),
            date: dated,
            reason: None,
        }
    };
    let because = |mut status: LineStatus, code: &str, words: &str| {
        status.reason = Some(Reference { qualifier: "ZZ".to_owned(), value: code.to_owned(), description: Some(words.to_owned()) });
        status
    };
    let ordered = line.quantities.ordered;
    match answer {
        Answer::Short if last && ordered > Quantity::whole(1) => {
            let confirmed = short(ordered);
            vec![because(status("IQ", confirmed, 0), "out_of_stock", "Rest in about four weeks"), status("IB", ordered - confirmed, 0)]
        }
        Answer::Later if first => vec![because(status("DR", ordered, 4), "lead_time", "Material arrives late")],
        Answer::Split if first && ordered > Quantity::whole(1) => {
            let part = short(ordered);
            vec![because(status("IQ", part, 0), "capacity", "Two deliveries"), status("IQ", ordered - part, 5)]
        }
        Answer::RejectLine if last && !first => vec![because(status("IR", ordered, 0), "discontinued", "No longer made")],
        Answer::RejectAll => vec![because(status("IR", ordered, 0), "capacity", "Mill is booked out until March")],
        Answer::Hold => vec![because(status("IH", ordered, 0), "other", "Waiting for the approved drawing")],
        _ => vec![status("IA", ordered, 0)],
    }
}

/// About four fifths, in whole units and never nothing.
pub(super) fn short(ordered: Quantity) -> Quantity {
    Quantity::whole((ordered.micros() * 4 / 5 / 1_000_000).max(1))
}

/// The seller's ship notice (856), from the same form that people fill in.
pub(super) fn notice(order: &Order, lines: &[Line], form: &ShipForm, now: Timestamp) -> Document {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let lines = form
        .lines
        .iter()
        .filter_map(|entry| {
            let line = lines.iter().find(|line| line.position.to_string() == entry.position)?;
            Some(ShipNoticeLine {
                line: Some(line.line.clone()),
                item: item(line),
                quantity: entry.quantity.parse().ok()?,
                unit: line.unit.clone(),
                description: Some(line.description.clone()),
                package: None,
            })
        })
        .collect();
    Document::ShipNotice(ShipNotice {
        number: form.number.clone(),
        purpose: "00".to_owned(),
        date: Some(now.date_utc()),
        time: Some(super::wire::hours_and_minutes(now)),
        structure: Some("0004".to_owned()),
        shipped_on: form.shipped_on.parse().ok(),
        estimated_on: form.estimated_on.parse().ok(),
        carrier: Some(Carrier { scac: text(&form.scac), name: text(&form.carrier), method: None }),
        tracking: text(&form.tracking),
        bill_of_lading: text(&form.bill_of_lading),
        references: Vec::new(),
        parties: order.parties.iter().filter(|party| party.role == "ST").cloned().collect(),
        package_count: form.packages.parse().ok(),
        weight: None,
        weight_unit: None,
        packages: Vec::new(),
        orders: vec![ShipNoticeOrder { order_number: order.number.clone(), order_date: order.ordered_on, lines }],
    })
}

/// The seller's invoice (810) for these quantities.
pub(super) fn invoice(number: &str, deal: &Deal, order: &Order, lines: &[(Line, Quantity)], shipment: &Shipment, today: Date) -> Document {
    let net_days = u32::try_from(deal.seller().net_days).unwrap_or(30);
    let amount = |(line, quantity): &(Line, Quantity)| {
        let item = Item { quantity: *quantity, unit_price: line.price(), price_per: line.price_per };
        item.amount(order.currency).unwrap_or(Amount::ZERO)
    };
    let total: Amount = lines.iter().map(amount).sum();
    Document::Invoice(Invoice {
        number: number.to_owned(),
        date: Some(today),
        order_date: order.ordered_on,
        order_number: Some(order.number.clone()),
        invoice_type: Some("DI".to_owned()),
        purpose: None,
        currency: Some(order.currency),
        bill_of_lading: shipment.bill_of_lading.clone(),
        shipment_number: Some(shipment.number.clone()),
        references: Vec::new(),
        parties: vec![party("BY", deal.buyer()), party("SE", deal.seller())],
        terms: Some(Terms { net_days: Some(net_days), net_on: Some(due_on(today, net_days)), ..Terms::default() }),
        shipped_on: shipment.shipped_on,
        lines: lines
            .iter()
            .map(|(line, quantity)| InvoiceLine {
                line: Some(line.line.clone()),
                quantity: *quantity,
                unit: line.unit.clone(),
                unit_price: line.price(),
                price_per: line.price_per,
                item: item(line),
                description: Some(line.description.clone()),
            })
            .collect(),
        adjustments: Vec::new(),
        taxes: Vec::new(),
        total: total.to_decimal(order.currency),
    })
}
