//! An answered order as an order response for the wire (855).

use crate::{
    domain::{
        answer::Reason,
        message::{ItemIds, LineStatus as Status, OrderResponse, OrderResponseLine, Reference},
        number::Quantity,
        order::{Line, LineStatus, OrderState},
        time::Date,
    },
    store::orders::Order,
    text,
};

/// Element 374: current schedule, delivery.
const CURRENT_DELIVERY: &str = "067";

/// The order response for an order whose lines carry their answers.
pub fn message(order: &Order, lines: &[Line], today: Date) -> OrderResponse {
    OrderResponse {
        order_number: order.number.clone(),
        purpose: "00".to_owned(),
        acknowledgment_type: acknowledgment_type(order.state).to_owned(),
        order_date: order.ordered_on,
        release: None,
        seller_order_number: order.seller_number.clone(),
        date: Some(today),
        currency: Some(order.currency),
        references: Vec::new(),
        parties: Vec::new(),
        lines: lines.iter().filter(|line| line.status != LineStatus::Cancelled).map(line_answer).collect(),
    }
}

/// Element 587: acknowledgment type.
fn acknowledgment_type(state: OrderState) -> &'static str {
    match state {
        OrderState::Rejected => "RD",
        OrderState::Confirmed => "AD",
        _ => "AC",
    }
}

fn line_answer(line: &Line) -> OrderResponseLine {
    OrderResponseLine {
        line: Some(line.line.clone()),
        quantity: Some(line.quantities.ordered),
        unit: Some(line.unit.clone()),
        unit_price: Some(line.price()),
        price_per: line.price_per,
        item: ItemIds { buyer: line.buyer_item.clone(), seller: line.seller_item.clone(), gtin: line.gtin.clone(), other: Vec::new() },
        description: None,
        statuses: statuses(line),
    }
}

fn statuses(line: &Line) -> Vec<Status> {
    let q = &line.quantities;
    let status = |code: &str, quantity: Quantity, date: Option<Date>| Status {
        code: code.to_owned(),
        quantity: Some(quantity),
        unit: Some(line.unit.clone()),
        date_qualifier: date.map(|_| CURRENT_DELIVERY.to_owned()),
        date,
        reason: reason(line),
    };
    if line.status == LineStatus::Accepted {
        return vec![Status { reason: None, ..status("IA", q.ordered, line.promised_on) }];
    }
    let mut statuses = Vec::new();
    // The code says what differs most: the quantity, then the price, then the date.
    let code = match () {
        () if q.confirmed != q.ordered || line.promised.len() > 1 => "IQ",
        () if line.confirmed_price.is_some() => "IP",
        () => "DR",
    };
    if line.promised.len() > 1 {
        statuses.extend(line.promised.iter().map(|part| status(code, part.quantity, part.on)));
    } else if q.confirmed.is_positive() {
        statuses.push(status(code, q.confirmed, line.promised_on.or(line.requested_on)));
    }
    if q.backordered.is_positive() {
        statuses.push(status("IB", q.backordered, None));
    }
    if q.rejected.is_positive() {
        statuses.push(status("IR", q.rejected, None));
    }
    // The reason stands once, with the first status of the line.
    for later in statuses.iter_mut().skip(1) {
        later.reason = None;
    }
    statuses
}

fn reason(line: &Line) -> Option<Reference> {
    let code = line.reason_code.as_deref()?;
    let words = line
        .reason_text
        .clone()
        .unwrap_or_else(|| code.parse::<Reason>().map_or_else(|()| code.to_owned(), |reason| text::reason(reason).to_owned()));
    Some(Reference { qualifier: "ZZ".to_owned(), value: code.to_owned(), description: Some(words) })
}
