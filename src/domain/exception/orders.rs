//! What can be wrong with an order and its answer, and what did not follow it in time.

use super::{
    Difference, Finding, Kind, Owner, Said, Subject, SubjectKind, Value, View, beyond, end_of, invoices::InvoiceFacts, of_line,
    shipments::ShipmentFacts, sum,
};
use crate::domain::{
    ids::{DocumentId, OrderId},
    message::OrderResponse,
    number::{Amount, Currency, Quantity, UnitPrice},
    order::{Line, LineStatus, OrderKind, OrderState, same_line},
    time::Timestamp,
};

/// What is known of an order.
#[derive(Clone, Debug)]
pub struct OrderFacts {
    /// Its id.
    pub id: OrderId,
    /// Who buys.
    pub kind: OrderKind,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: OrderState,
    /// Currency.
    pub currency: Currency,
    /// When it came.
    pub created_at: Timestamp,
    /// Until when the answer was expected.
    pub answer_due_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// What it came as.
    pub document: Option<DocumentId>,
    /// The newest answer.
    pub answer: Option<(DocumentId, Option<OrderResponse>)>,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl OrderFacts {
    /// Who owns what the seller can settle.
    pub fn seller(&self) -> Owner {
        if self.kind == OrderKind::Purchase { Owner::Partner } else { Owner::Hub }
    }

    /// Who owns what the buyer can settle.
    pub fn buyer(&self) -> Owner {
        if self.kind == OrderKind::Purchase { Owner::Hub } else { Owner::Partner }
    }

    /// The line with an id.
    pub fn line(&self, id: crate::domain::ids::OrderLineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// What the order says.
    pub fn said(&self, value: Value) -> Said {
        Said { value, by: format!("Order {}", self.number), place: Some(SubjectKind::Order), id: Some(self.id.0), document: self.document }
    }

    /// What its answer says.
    pub(super) fn answered(&self, value: Value) -> Said {
        let document = self.answer.as_ref().map(|(id, _)| *id);
        let (place, id) = match document {
            Some(document) => (SubjectKind::Document, document.0),
            None => (SubjectKind::Order, self.id.0),
        };
        Said { value, by: format!("Answer to {}", self.number), place: Some(place), id: Some(id), document }
    }

    /// What a quantity of a line costs.
    pub(super) fn worth(&self, line: &Line, quantity: Quantity) -> Amount {
        line.price().line_amount(quantity, line.price_per, self.currency).unwrap_or_default()
    }

    fn subject(&self) -> Subject {
        Subject { kind: SubjectKind::Order, id: self.id.0, number: self.number.clone() }
    }

    pub(super) fn price(&self, price: UnitPrice, per: Quantity) -> Value {
        Value::Price { price, per, currency: self.currency }
    }
}

/// A quantity of a line.
pub(super) fn quantity(quantity: Quantity, line: &Line) -> Value {
    Value::Quantity { quantity, unit: line.unit.clone() }
}

/// Everything that is wrong with an order, its answer, its shipments and its invoices.
pub fn examine(view: &View<'_>, order: &OrderFacts, shipments: &[ShipmentFacts], invoices: &[InvoiceFacts]) -> Vec<Finding> {
    let mut found = answer(view, order);
    found.extend(on_hold(view, order));
    found.extend(ship_notice_missing(view, order, shipments));
    found.extend(invoice_missing(view, order, shipments, invoices));
    found.extend(super::shipments::examine(view, order, shipments));
    found.extend(super::invoices::examine(view, Some(order), invoices));
    found
}

/// What a rule of the answer says about one line: the difference and the money.
type OfLine = (Difference, Amount);

fn answer(view: &View<'_>, order: &OrderFacts) -> Vec<Finding> {
    let mut found: Vec<Finding> = answer_overdue(view, order).into_iter().collect();
    let answered = order.answered_at.unwrap_or(order.created_at);
    let document = order.answer.as_ref().map(|(id, _)| *id);
    let mut collect = |kind: Kind, owner: Owner, of_lines: Vec<OfLine>| {
        if !of_lines.is_empty() && view.on(kind, None).is_some() {
            let money = sum(of_lines.iter().map(|(_, money)| *money), order.currency);
            let differences = of_lines.into_iter().map(|(difference, _)| difference).collect();
            let subject = order.subject();
            found.push(Finding { kind, subject, owner, money, differences, document, began: answered, ended: None, times: 1 });
        }
    };
    // Goods that leave say that the two went on: what the answer changed is decided then.
    let undecided = order.state == OrderState::ConfirmedWithChanges;
    let threshold = |kind| view.on(kind, None).map_or(0, |setting| setting.threshold);
    if order.state == OrderState::Rejected {
        collect(Kind::OrderRejected, order.buyer(), order.lines.iter().filter_map(|line| refused(order, line)).collect());
    }
    if undecided {
        let of = |rule: &dyn Fn(&Line) -> Option<OfLine>| {
            order.lines.iter().filter(|line| line.status != LineStatus::Cancelled).filter_map(rule).collect()
        };
        collect(Kind::ConfirmedLess, order.buyer(), of(&|line| less(order, line, threshold(Kind::ConfirmedLess))));
        collect(Kind::AnswerPrice, order.buyer(), of(&|line| price(order, line, threshold(Kind::AnswerPrice))));
        collect(Kind::PromisedLate, order.buyer(), of(&|line| later(order, line, threshold(Kind::PromisedLate))));
    }
    if !matches!(order.state, OrderState::Cancelled | OrderState::Invoiced | OrderState::Delivered | OrderState::Rejected) {
        collect(Kind::ConfirmedMore, order.seller(), order.lines.iter().filter_map(|line| more(order, line)).collect());
        collect(Kind::AnswerUnknownLine, order.seller(), unknown_lines(order));
        collect(Kind::Substituted, order.buyer(), substituted(order));
    }
    found
}

fn answer_overdue(view: &View<'_>, order: &OrderFacts) -> Option<Finding> {
    if order.state == OrderState::Cancelled && order.answered_at.is_none() {
        return None;
    }
    let due = order.answer_due_at?;
    let late = view.late(Kind::AnswerOverdue, None, due, order.answered_at)?;
    let came = order.answered_at.map_or(Value::Nothing, |at| Value::Moment { at });
    let expected = order.said(Value::Moment { at: due });
    let differences = vec![Difference { what: "Answer".to_owned(), found: order.answered(came), expected }];
    let money = sum(order.lines.iter().filter_map(|line| line.checked_amount(order.currency)), order.currency);
    Some(Finding {
        kind: Kind::AnswerOverdue,
        subject: order.subject(),
        owner: order.seller(),
        money,
        differences,
        document: order.document,
        began: late.began,
        ended: late.ended,
        times: late.times,
    })
}

fn difference(order: &OrderFacts, line: &Line, what: &str, found: Value, expected: Value) -> Difference {
    let what = of_line(&line.line, what);
    Difference { what, found: order.answered(found), expected: order.said(expected) }
}

fn refused(order: &OrderFacts, line: &Line) -> Option<OfLine> {
    let asked = line.quantities.ordered;
    (line.status == LineStatus::Rejected).then(|| {
        let confirmed = quantity(Quantity::ZERO, line);
        (difference(order, line, "quantity", confirmed, quantity(asked, line)), order.worth(line, asked))
    })
}

fn less(order: &OrderFacts, line: &Line, percent: i64) -> Option<OfLine> {
    let (promised, asked) = (line.due(), line.quantities.ordered);
    (promised < asked && beyond(promised.micros(), asked.micros(), percent)).then(|| {
        (difference(order, line, "quantity", quantity(promised, line), quantity(asked, line)), order.worth(line, asked - promised))
    })
}

fn more(order: &OrderFacts, line: &Line) -> Option<OfLine> {
    let (promised, asked) = (line.quantities.confirmed, line.quantities.ordered);
    (promised > asked && line.status != LineStatus::Cancelled).then(|| {
        (difference(order, line, "quantity", quantity(promised, line), quantity(asked, line)), order.worth(line, promised - asked))
    })
}

fn price(order: &OrderFacts, line: &Line, percent: i64) -> Option<OfLine> {
    let confirmed = line.confirmed_price?;
    if line.status == LineStatus::Rejected || !beyond(confirmed.micros(), line.unit_price.micros(), percent) {
        return None;
    }
    let cost = |price: UnitPrice| price.line_amount(line.due(), line.price_per, order.currency).unwrap_or_default();
    let money = cost(confirmed) - cost(line.unit_price);
    let (found, expected) = (order.price(confirmed, line.price_per), order.price(line.unit_price, line.price_per));
    Some((difference(order, line, "price", found, expected), Amount::from_minor(money.minor().abs())))
}

fn later(order: &OrderFacts, line: &Line, days: i64) -> Option<OfLine> {
    let (promised, asked) = (line.promised_on?, line.requested_on?);
    if !line.is_live() || i64::from(promised.days_since(asked)) <= days {
        return None;
    }
    let found = difference(order, line, "date", Value::Date { on: promised }, Value::Date { on: asked });
    Some((found, order.worth(line, line.due())))
}

/// The lines of the answer, where there is one that can be read.
fn answer_lines(order: &OrderFacts) -> &[crate::domain::message::OrderResponseLine] {
    order.answer.as_ref().and_then(|(_, answer)| answer.as_ref()).map_or(&[], |answer| &answer.lines)
}

fn unknown_lines(order: &OrderFacts) -> Vec<OfLine> {
    let is_known = |line: &crate::domain::message::OrderResponseLine| {
        order.lines.iter().any(|known| same_line(line.line.as_deref(), &line.item, known))
    };
    let unknown = answer_lines(order).iter().filter(|line| !is_known(line));
    let words = |line: &crate::domain::message::OrderResponseLine| {
        let item = line.item.buyer.clone().or_else(|| line.item.seller.clone()).or_else(|| line.item.gtin.clone());
        [line.line.as_ref().map(|line| format!("line {line}")), item].into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let difference = |line| Difference {
        what: "Line".to_owned(),
        found: order.answered(Value::Words { words: words(line) }),
        expected: order.said(Value::Nothing),
    };
    unknown.map(|line| (difference(line), Amount::ZERO)).collect()
}

/// A line whose item in the answer is another than was ordered, where no status says "substituted" (IS).
fn substituted(order: &OrderFacts) -> Vec<OfLine> {
    let mut found = Vec::new();
    for line in answer_lines(order).iter().filter(|line| line.statuses.iter().all(|status| status.code != "IS")) {
        let Some(known) = order.lines.iter().find(|known| same_line(line.line.as_deref(), &line.item, known)) else { continue };
        let pairs = [(&line.item.buyer, &known.buyer_item), (&line.item.gtin, &known.gtin)];
        let other =
            pairs.into_iter().find_map(|(said, asked)| Some((said.as_ref()?, asked.as_ref()?)).filter(|(said, asked)| said != asked));
        if let Some((said, asked)) = other {
            let words = |text: &String| Value::Words { words: text.clone() };
            found.push((difference(order, known, "item", words(said), words(asked)), order.worth(known, known.due())));
        }
    }
    found
}

/// Lines that the seller holds: they wait for something that the buyer has to say or to send.
fn on_hold(view: &View<'_>, order: &OrderFacts) -> Option<Finding> {
    view.on(Kind::OnHold, None)?;
    let held: Vec<_> = order.lines.iter().filter(|line| line.status == LineStatus::Held).collect();
    let because = |line: &Line| line.reason_text.clone().unwrap_or_else(|| "on hold".to_owned());
    let entry =
        |line: &&Line| difference(order, line, "answer", Value::Words { words: because(line) }, quantity(line.quantities.ordered, line));
    let differences: Vec<_> = held.iter().map(entry).collect();
    let money = sum(held.iter().map(|line| order.worth(line, line.quantities.ordered)), order.currency);
    (!differences.is_empty()).then(|| Finding {
        kind: Kind::OnHold,
        subject: order.subject(),
        owner: order.buyer(),
        money,
        differences,
        document: order.answer.as_ref().map(|(id, _)| *id),
        began: order.answered_at.unwrap_or(order.created_at),
        ended: None,
        times: 1,
    })
}

/// Lines that should have left by the day promised for them.
fn ship_notice_missing(view: &View<'_>, order: &OrderFacts, shipments: &[ShipmentFacts]) -> Option<Finding> {
    let mut late = Vec::new();
    for line in order.lines.iter().filter(|line| line.is_live()) {
        let Some(on) = line.promised_on else { continue };
        let left = shipments.iter().filter(|shipment| shipment.lines.iter().any(|part| part.line == line.id));
        let happened = if line.to_ship().is_positive() { None } else { left.map(|shipment| shipment.created_at).max() };
        if happened.is_none() && !line.to_ship().is_positive() {
            continue;
        }
        if let Some(when) = view.late(Kind::ShipNoticeMissing, None, end_of(on), happened) {
            late.push((line, on, when));
        }
    }
    let (_, _, first) = *late.iter().min_by_key(|(_, _, when)| when.began)?;
    let is_over = late.iter().all(|(_, _, when)| when.ended.is_some());
    let standing = late.iter().filter(|(_, _, when)| is_over || when.ended.is_none());
    let differences = standing.clone().map(|(line, on, when)| Difference {
        what: of_line(&line.line, "ship notice"),
        found: order.said(when.ended.map_or_else(|| quantity(line.quantities.shipped, line), |at| Value::Moment { at })),
        expected: order.answered(Value::Date { on: *on }),
    });
    let money = sum(standing.clone().map(|(line, ..)| order.worth(line, line.to_ship())), order.currency);
    Some(Finding {
        kind: Kind::ShipNoticeMissing,
        subject: order.subject(),
        owner: order.seller(),
        money,
        differences: differences.collect(),
        document: order.document,
        began: first.began,
        ended: if is_over { late.iter().filter_map(|(_, _, when)| when.ended).max() } else { None },
        times: late.iter().map(|(_, _, when)| when.times).max().unwrap_or(1),
    })
}

fn invoice_missing(view: &View<'_>, order: &OrderFacts, shipments: &[ShipmentFacts], invoices: &[InvoiceFacts]) -> Option<Finding> {
    let is_invoiced = order.state == OrderState::Invoiced;
    if order.state != OrderState::Delivered && !is_invoiced {
        return None;
    }
    let delivered = shipments.iter().filter_map(|shipment| shipment.delivered_at).max()?;
    let happened = invoices.iter().map(|invoice| invoice.created_at).max().filter(|_| is_invoiced);
    let late = view.late(Kind::InvoiceMissing, None, delivered, happened)?;
    let worth = order.lines.iter().filter(|line| line.is_live()).map(|line| order.worth(line, line.to_invoice()));
    let differences = vec![Difference {
        what: "Invoice".to_owned(),
        found: order.said(late.ended.map_or(Value::Nothing, |at| Value::Moment { at })),
        expected: Said { by: "Delivered".to_owned(), ..order.said(Value::Moment { at: delivered }) },
    }];
    Some(Finding {
        kind: Kind::InvoiceMissing,
        subject: order.subject(),
        owner: order.seller(),
        money: sum(worth, order.currency),
        differences,
        document: order.document,
        began: late.began,
        ended: late.ended,
        times: late.times,
    })
}
