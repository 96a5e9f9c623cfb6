//! What can be wrong with a shipment: it does not fit the order, nobody can follow it, it is late, it was counted
//! differently. Quantities count over all shipments of an order, in the order they were announced: what goes beyond is
//! found on the shipment that went beyond.

use super::{
    Difference, Finding, Kind, Owner, Said, Subject, SubjectKind, Value, View, beyond, end_of, of_line,
    orders::{OrderFacts, quantity},
    sum,
};
use crate::domain::{
    ids::{DocumentId, OrderLineId, ShipmentId},
    message::{ShipNotice, ShipNoticeLine},
    number::{Amount, Quantity},
    order::{Line, LineStatus, same_line},
    shipment::ShipmentState,
    time::{Date, Timestamp},
};

/// What left for a line.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// The order's line.
    pub line: OrderLineId,
    /// How much.
    pub quantity: Quantity,
    /// How much arrived.
    pub received: Option<Quantity>,
    /// Unit.
    pub unit: String,
}

/// What is known of a shipment.
#[derive(Clone, Debug)]
pub struct ShipmentFacts {
    /// Its id.
    pub id: ShipmentId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: ShipmentState,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it should arrive.
    pub estimated_on: Option<Date>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// The carrier's name or code.
    pub carrier: Option<String>,
    /// Its tracking number.
    pub tracking: Option<String>,
    /// The ship notice.
    pub document: Option<DocumentId>,
    /// What that says.
    pub notice: Option<ShipNotice>,
    /// A customer's view of a supplier's shipment: what is wrong with it is found there.
    pub is_view: bool,
    /// What is in it for the order.
    pub lines: Vec<Shipped>,
}

impl ShipmentFacts {
    fn said(&self, value: Value) -> Said {
        let by = format!("Shipment {}", self.number);
        Said { value, by, place: Some(SubjectKind::Shipment), id: Some(self.id.0), document: self.document }
    }

    fn finding(&self, kind: Kind, owner: Owner, differences: Vec<Difference>) -> Finding {
        Finding {
            kind,
            subject: Subject { kind: SubjectKind::Shipment, id: self.id.0, number: self.number.clone() },
            owner,
            money: None,
            differences,
            document: self.document,
            began: self.created_at,
            ended: None,
            times: 1,
        }
    }
}

/// Everything that is wrong with the shipments of an order.
pub fn examine(view: &View<'_>, order: &OrderFacts, shipments: &[ShipmentFacts]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, shipment) in shipments.iter().enumerate().filter(|(_, shipment)| !shipment.is_view) {
        found.extend(before_confirmed(order, shipment));
        found.extend(notice(order, shipment));
        found.extend(too_much(order, shipments, place));
        found.extend(received_differs(view, order, shipment));
        found.extend(data_missing(view, order, shipment));
        found.extend(late(view, order, shipment));
    }
    found.retain(|finding| view.on(finding.kind, None).is_some());
    found
}

fn before_confirmed(order: &OrderFacts, shipment: &ShipmentFacts) -> Option<Finding> {
    let is_over = order.answer.is_some() || !shipment.state.is_open();
    (!is_over).then(|| {
        let left = shipment.said(Value::Moment { at: shipment.created_at });
        let differences =
            vec![Difference { what: "Answer to the order".to_owned(), found: left, expected: order.answered(Value::Nothing) }];
        shipment.finding(Kind::ShippedBeforeConfirmed, order.seller(), differences)
    })
}

/// What the notice names that the order does not have, or has several times.
fn notice(order: &OrderFacts, shipment: &ShipmentFacts) -> Vec<Finding> {
    let parts = shipment.notice.iter().flat_map(|notice| &notice.orders).filter(|part| part.order_number == order.number);
    let (mut unknown, mut ambiguous) = (Vec::new(), Vec::new());
    for line in parts.flat_map(|part| &part.lines) {
        let candidates = order.lines.iter().filter(|known| same_line(line.line.as_deref(), &line.item, known)).count();
        let difference = |expected| Difference {
            what: in_words(line),
            found: shipment.said(Value::Quantity { quantity: line.quantity, unit: line.unit.clone() }),
            expected: order.said(expected),
        };
        match candidates {
            0 => unknown.push(difference(Value::Nothing)),
            1 => {}
            several => ambiguous.push(difference(Value::Words { words: format!("{several} lines with this item") })),
        }
    }
    let found = [(Kind::ShippedUnknownLine, unknown), (Kind::ShippedAmbiguousItem, ambiguous)];
    let found = found.into_iter().filter(|(_, differences)| !differences.is_empty());
    found.map(|(kind, differences)| shipment.finding(kind, order.seller(), differences)).collect()
}

fn in_words(line: &ShipNoticeLine) -> String {
    let item = line.item.buyer.as_ref().or(line.item.seller.as_ref()).or(line.item.gtin.as_ref());
    match (&line.line, item) {
        (Some(number), _) => format!("Line {number}"),
        (None, Some(item)) => format!("Item {item}"),
        (None, None) => "A line without a number".to_owned(),
    }
}

/// What went beyond a limit with one part: how much of it.
pub(super) fn excess(before: Quantity, part: Quantity, limit: Quantity) -> Option<Quantity> {
    let beyond = (before + part).less(limit);
    beyond.is_positive().then(|| beyond.min(part))
}

fn too_much(order: &OrderFacts, shipments: &[ShipmentFacts], place: usize) -> Vec<Finding> {
    let shipment = &shipments[place];
    let (mut ordered, mut confirmed) = (Vec::new(), Vec::new());
    for line in &order.lines {
        let of = |shipment: &ShipmentFacts| -> Quantity {
            shipment.lines.iter().filter(|part| part.line == line.id && line.is_in(&part.unit)).map(|part| part.quantity).sum()
        };
        let (before, part): (Quantity, Quantity) = (shipments[..place].iter().map(of).sum(), of(shipment));
        let dead = matches!(line.status, LineStatus::Cancelled | LineStatus::Rejected);
        let (asked, promised) = (line.quantities.ordered, if dead { Quantity::ZERO } else { line.due() });
        let entry = |by: Quantity, limit: Said| {
            let what = of_line(&line.line, "quantity");
            (Difference { what, found: shipment.said(quantity(before + part, line)), expected: limit }, order.worth(line, by))
        };
        if let Some(by) = excess(before, part, asked) {
            ordered.push(entry(by, order.said(quantity(asked, line))));
        } else if let Some(by) = excess(before, part, promised) {
            confirmed.push(entry(by, order.answered(quantity(promised, line))));
        }
    }
    let found = [(Kind::ShippedMoreThanOrdered, ordered), (Kind::ShippedMoreThanConfirmed, confirmed)];
    let found = found.into_iter().filter(|(_, entries)| !entries.is_empty());
    found.map(|(kind, entries)| of_lines(shipment, order, kind, entries)).collect()
}

fn of_lines(shipment: &ShipmentFacts, order: &OrderFacts, kind: Kind, entries: Vec<(Difference, Amount)>) -> Finding {
    let money = sum(entries.iter().map(|(_, money)| *money), order.currency);
    let differences = entries.into_iter().map(|(difference, _)| difference).collect();
    Finding { money, ..shipment.finding(kind, order.seller(), differences) }
}

fn received_differs(view: &View<'_>, order: &OrderFacts, shipment: &ShipmentFacts) -> Option<Finding> {
    let percent = view.on(Kind::ReceivedDiffers, None)?.threshold;
    let counted = |part: &Shipped| -> Option<(Difference, Amount)> {
        let (line, received): (&Line, Quantity) = (order.line(part.line)?, part.received?);
        // What is invoiced in full and not more was settled on the invoice.
        beyond(received.micros(), part.quantity.micros(), percent).then(|| {
            let what = of_line(&line.line, "received");
            let by = received.less(part.quantity) + part.quantity.less(received);
            let found = Said { by: "Receiving".to_owned(), ..shipment.said(quantity(received, line)) };
            (Difference { what, found, expected: shipment.said(quantity(part.quantity, line)) }, order.worth(line, by))
        })
    };
    let entries: Vec<_> = shipment.lines.iter().filter_map(counted).collect();
    let began = shipment.delivered_at.unwrap_or(shipment.created_at);
    (!entries.is_empty()).then(|| Finding { began, ..of_lines(shipment, order, Kind::ReceivedDiffers, entries) })
}

fn data_missing(view: &View<'_>, order: &OrderFacts, shipment: &ShipmentFacts) -> Option<Finding> {
    let missing = [
        ("Carrier", shipment.carrier.is_none()),
        ("Tracking number", shipment.tracking.is_none()),
        ("Estimated arrival", shipment.estimated_on.is_none()),
    ];
    if !shipment.state.is_open() || missing.iter().all(|(_, missing)| !missing) {
        return None;
    }
    let late = view.late(Kind::ShipmentDataMissing, None, shipment.created_at, None)?;
    let missing = missing.into_iter().filter(|(_, missing)| *missing);
    let difference = |what: &str| Difference {
        what: what.to_owned(),
        found: shipment.said(Value::Nothing),
        expected: order.said(Value::Words { words: "needed to follow it".to_owned() }),
    };
    let differences = missing.map(|(what, _)| difference(what)).collect();
    let finding = shipment.finding(Kind::ShipmentDataMissing, order.seller(), differences);
    Some(Finding { began: late.began, times: late.times, ..finding })
}

fn late(view: &View<'_>, order: &OrderFacts, shipment: &ShipmentFacts) -> Option<Finding> {
    let on = shipment.estimated_on?;
    let late = view.late(Kind::ShipmentLate, None, end_of(on), shipment.delivered_at)?;
    if late.ended.is_none() && !shipment.state.is_open() {
        return None;
    }
    let arrived = late.ended.map_or(Value::Nothing, |at| Value::Moment { at });
    let expected = shipment.said(Value::Date { on });
    let differences =
        vec![Difference { what: "Arrival".to_owned(), found: Said { by: "Reports".to_owned(), ..shipment.said(arrived) }, expected }];
    let worth = shipment.lines.iter().filter_map(|part| order.line(part.line).map(|line| order.worth(line, part.quantity)));
    let money = sum(worth, order.currency);
    let finding = shipment.finding(Kind::ShipmentLate, order.seller(), differences);
    Some(Finding { money, began: late.began, ended: late.ended, times: late.times, ..finding })
}
