//! What can be wrong with an invoice: it bills what has not left, was not ordered, was not agreed or does not add up; it
//! came again; nobody answers it; it is not paid. Quantities count over all invoices of an order, as with shipments.

use super::{
    Difference, Finding, Kind, Owner, Said, Subject, SubjectKind, Value, View, end_of, of_line,
    orders::{OrderFacts, quantity},
    shipments::excess,
    sum,
};
use crate::domain::{
    ids::{DocumentId, InvoiceId, OrderLineId},
    invoice::InvoiceState,
    message::Invoice,
    number::{Amount, Currency, Quantity, UnitPrice},
    order::{LineStatus, OrderKind},
    time::{Date, Timestamp},
};

/// What is billed for a line.
#[derive(Clone, Debug)]
pub struct Billed {
    /// The order's line, where it is known.
    pub line: Option<OrderLineId>,
    /// How much.
    pub quantity: Quantity,
    /// Unit.
    pub unit: String,
    /// Price.
    pub unit_price: UnitPrice,
    /// How many units the price buys.
    pub price_per: Quantity,
    /// Amount.
    pub amount: Amount,
}

/// What is known of an invoice.
#[derive(Clone, Debug)]
pub struct InvoiceFacts {
    /// Its id.
    pub id: InvoiceId,
    /// From a supplier, or to a customer.
    pub kind: OrderKind,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: InvoiceState,
    /// When it came.
    pub created_at: Timestamp,
    /// Currency.
    pub currency: Currency,
    /// What is to be paid.
    pub total: Amount,
    /// What was paid.
    pub paid: Amount,
    /// What was given back with credit notes.
    pub credited: Amount,
    /// Why it stands where it does.
    pub reason: Option<String>,
    /// When that was said.
    pub updated_at: Timestamp,
    /// When it is due.
    pub due_on: Option<Date>,
    /// What it came as.
    pub document: Option<DocumentId>,
    /// What that says.
    pub message: Option<Invoice>,
    /// Documents that tried to enter it again, the newest last, each with its time.
    pub repeats: Vec<(DocumentId, Timestamp)>,
    /// What it bills of the order.
    pub lines: Vec<Billed>,
}

impl InvoiceFacts {
    /// What is still to be paid.
    fn open(&self) -> Amount {
        self.total - self.paid - self.credited
    }

    fn said(&self, value: Value) -> Said {
        let by = format!("Invoice {}", self.number);
        Said { value, by, place: Some(SubjectKind::Invoice), id: Some(self.id.0), document: self.document }
    }

    fn issuer(&self) -> Owner {
        if self.kind == OrderKind::Purchase { Owner::Partner } else { Owner::Hub }
    }

    fn payer(&self) -> Owner {
        if self.kind == OrderKind::Purchase { Owner::Hub } else { Owner::Partner }
    }

    fn finding(&self, kind: Kind, owner: Owner, differences: Vec<Difference>) -> Finding {
        Finding {
            kind,
            subject: Subject { kind: SubjectKind::Invoice, id: self.id.0, number: self.number.clone() },
            owner,
            money: None,
            differences,
            document: self.document,
            began: self.created_at,
            ended: None,
            times: 1,
        }
    }

    fn money(&self, amount: Amount) -> Value {
        Value::Money { minor: amount.minor(), currency: self.currency }
    }
}

/// Everything that is wrong with the invoices of an order, or with those that name none.
pub fn examine(view: &View<'_>, order: Option<&OrderFacts>, invoices: &[InvoiceFacts]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, invoice) in invoices.iter().enumerate() {
        // Once the buyer has decided, what the lines say is settled.
        if !matches!(invoice.state, InvoiceState::Approved | InvoiceState::PartPaid | InvoiceState::Paid | InvoiceState::Rejected) {
            found.extend(order.map(|order| quantities(order, invoices, place)).unwrap_or_default());
            found.extend(order.and_then(|order| prices(view, order, invoice)));
            found.extend(total(invoice));
        }
        found.extend(repeated(invoice));
        found.extend(unanswered(view, invoice));
        found.extend(on_hold(invoice));
        found.extend(unpaid(view, invoice));
    }
    found.retain(|finding| view.on(finding.kind, None).is_some());
    found
}

/// What is billed beyond what was ordered, left, or stands at all: the worst of them for each line.
fn quantities(order: &OrderFacts, invoices: &[InvoiceFacts], place: usize) -> Vec<Finding> {
    let invoice = &invoices[place];
    let mut entries: Vec<(Kind, Difference, Amount)> = Vec::new();
    for line in &order.lines {
        let of = |invoice: &InvoiceFacts| -> Quantity {
            let parts = invoice.lines.iter().filter(|part| part.line == Some(line.id) && line.is_in(&part.unit));
            parts.map(|part| part.quantity).sum()
        };
        let earlier = invoices[..place].iter().filter(|earlier| earlier.state != InvoiceState::Rejected);
        let (before, part): (Quantity, Quantity) = (earlier.map(of).sum(), of(invoice));
        if !part.is_positive() {
            continue;
        }
        let (asked, left) = (line.quantities.ordered, line.quantities.shipped);
        let dead = matches!(line.status, LineStatus::Cancelled | LineStatus::Rejected);
        let (kind, by, limit) = if dead && !left.is_positive() {
            (Kind::BilledCancelled, Some(part), Value::Words { words: "not to be delivered".to_owned() })
        } else if let Some(by) = excess(before, part, asked) {
            (Kind::BilledMoreThanOrdered, Some(by), quantity(asked, line))
        } else if left.is_positive() {
            (Kind::BilledMoreThanShipped, excess(before, part, left), quantity(left, line))
        } else {
            (Kind::BilledBeforeShipped, Some(part), quantity(left, line))
        };
        let Some(by) = by else { continue };
        let what = of_line(&line.line, "quantity");
        let difference = Difference { what, found: invoice.said(quantity(before + part, line)), expected: order.said(limit) };
        entries.push((kind, difference, order.worth(line, by)));
    }
    let kinds = [Kind::BilledCancelled, Kind::BilledMoreThanOrdered, Kind::BilledMoreThanShipped, Kind::BilledBeforeShipped];
    let of_kind = |kind: Kind| {
        let of = || entries.iter().filter(move |(each, ..)| *each == kind);
        let differences: Vec<_> = of().map(|(_, difference, _)| difference.clone()).collect();
        let money = sum(of().map(|(_, _, money)| *money), invoice.currency);
        (!differences.is_empty()).then(|| Finding { money, ..invoice.finding(kind, invoice.issuer(), differences) })
    };
    kinds.into_iter().filter_map(of_kind).collect()
}

fn prices(view: &View<'_>, order: &OrderFacts, invoice: &InvoiceFacts) -> Option<Finding> {
    let percent = view.on(Kind::PriceNotAgreed, None)?.threshold;
    let mut entries = Vec::new();
    for part in &invoice.lines {
        let Some(line) = part.line.and_then(|id| order.line(id)).filter(|line| line.is_in(&part.unit)) else { continue };
        // What so many cost by each: prices for other numbers of units are compared exactly.
        let found = i128::from(part.unit_price.micros()) * i128::from(line.price_per.micros());
        let agreed = i128::from(line.price().micros()) * i128::from(part.price_per.micros());
        let difference = (found - agreed).abs();
        if difference == 0 || difference * 100 <= agreed.abs() * i128::from(percent.max(0)) {
            continue;
        }
        let by = part.amount - order.worth(line, part.quantity);
        let difference = Difference {
            what: of_line(&line.line, "price"),
            found: invoice.said(order.price(part.unit_price, part.price_per)),
            expected: order.said(order.price(line.price(), line.price_per)),
        };
        entries.push((difference, Amount::from_minor(by.minor().abs())));
    }
    let money = sum(entries.iter().map(|(_, money)| *money), invoice.currency);
    let differences: Vec<_> = entries.into_iter().map(|(difference, _)| difference).collect();
    (!differences.is_empty()).then(|| Finding { money, ..invoice.finding(Kind::PriceNotAgreed, invoice.issuer(), differences) })
}

/// Lines that do not add up to the total, where neither taxes nor charges stand between them.
fn total(invoice: &InvoiceFacts) -> Option<Finding> {
    let extras = invoice
        .message
        .as_ref()
        .is_some_and(|message| message.adjustments.iter().any(|adjustment| adjustment.indicator != "N") || !message.taxes.is_empty());
    let lines: Amount = invoice.lines.iter().map(|line| line.amount).sum();
    (!extras && !invoice.lines.is_empty() && lines != invoice.total).then(|| {
        let by = Amount::from_minor((invoice.total - lines).minor().abs());
        let expected = Said { by: "Sum of its lines".to_owned(), ..invoice.said(invoice.money(lines)) };
        let differences = vec![Difference { what: "Total".to_owned(), found: invoice.said(invoice.money(invoice.total)), expected }];
        Finding { money: Some((by, invoice.currency)), ..invoice.finding(Kind::TotalNotLines, invoice.issuer(), differences) }
    })
}

fn repeated(invoice: &InvoiceFacts) -> Option<Finding> {
    let (newest, at) = *invoice.repeats.last()?;
    let again = Said {
        value: Value::Moment { at },
        by: "Sent again".to_owned(),
        place: Some(SubjectKind::Document),
        id: Some(newest.0),
        document: Some(newest),
    };
    let expected = invoice.said(Value::Moment { at: invoice.created_at });
    let differences = vec![Difference { what: "Entered".to_owned(), found: again, expected }];
    let times = i64::try_from(invoice.repeats.len()).unwrap_or(i64::MAX);
    let finding = invoice.finding(Kind::InvoiceRepeated, invoice.issuer(), differences);
    let began = invoice.repeats.first().map_or(at, |(_, first)| *first);
    Some(Finding { money: Some((invoice.total, invoice.currency)), began, times, ..finding })
}

/// The buyer says what becomes of an invoice within a few days. When it was said is known only when it happens.
fn unanswered(view: &View<'_>, invoice: &InvoiceFacts) -> Option<Finding> {
    if !matches!(invoice.state, InvoiceState::Sent | InvoiceState::Received) {
        return None;
    }
    let late = view.late(Kind::InvoiceUnanswered, None, invoice.created_at, None)?;
    let differences = vec![Difference {
        what: "First word on it".to_owned(),
        found: Said { by: "Buyer".to_owned(), ..invoice.said(Value::Nothing) },
        expected: invoice.said(Value::Moment { at: late.began }),
    }];
    let finding = invoice.finding(Kind::InvoiceUnanswered, invoice.payer(), differences);
    Some(Finding { money: Some((invoice.total, invoice.currency)), began: late.began, times: late.times, ..finding })
}

/// The buyer holds it until its issuer answers a question or meets a condition.
fn on_hold(invoice: &InvoiceFacts) -> Option<Finding> {
    let held = match invoice.state {
        InvoiceState::UnderQuery => "The buyer asks a question",
        InvoiceState::ConditionallyAccepted => "The buyer sets a condition",
        _ => return None,
    };
    let words = |text: &str| Value::Words { words: text.to_owned() };
    let differences = vec![Difference {
        what: "Standing".to_owned(),
        found: Said { by: "Buyer".to_owned(), ..invoice.said(words(invoice.reason.as_deref().unwrap_or(held))) },
        expected: invoice.said(words("Approved")),
    }];
    let finding = invoice.finding(Kind::OnHold, invoice.issuer(), differences);
    Some(Finding { money: Some((invoice.open(), invoice.currency)), began: invoice.updated_at, ..finding })
}

fn unpaid(view: &View<'_>, invoice: &InvoiceFacts) -> Option<Finding> {
    let on = invoice.due_on?;
    if !matches!(invoice.state, InvoiceState::Approved | InvoiceState::PartPaid | InvoiceState::ConditionallyAccepted) {
        return None;
    }
    if invoice.open() <= Amount::ZERO {
        return None;
    }
    let late = view.late(Kind::PaymentOverdue, None, end_of(on), None)?;
    let differences = vec![Difference {
        what: "Paid".to_owned(),
        found: invoice.said(invoice.money(invoice.paid)),
        expected: invoice.said(invoice.money(invoice.total - invoice.credited)),
    }];
    let finding = invoice.finding(Kind::PaymentOverdue, invoice.payer(), differences);
    Some(Finding { money: Some((invoice.open(), invoice.currency)), began: late.began, times: late.times, ..finding })
}
