//! What happened in the last ten weeks: every order with the way it goes. Laid out before anything is played; what lies
//! after the present simply has not happened yet.

use super::{
    calendar::{Calendar, HOUR, at, later},
    catalogue::{self, Item},
    companies::{self, Company, HUB, MAIN_CUSTOMER, MAIN_SUPPLIER, PLACES, Part, Place},
};
use crate::domain::{
    ids::{Ids, OrderId},
    message::{ItemIds, PurchaseOrderLine, Schedule},
    number::{Quantity, UnitPrice},
    order::OrderKind,
    time::{Date, Timestamp},
};

/// How the seller answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Accept,
    /// Less of the last line, the rest later or never.
    Short,
    /// The first line later.
    Later,
    /// The first line in two parts.
    Split,
    /// The last line not at all.
    RejectLine,
    RejectAll,
    /// Another price on the first line.
    Price,
    /// Held; only a seller with its own system says so.
    Hold,
    /// Answered, taken back before it left, and answered again.
    SecondThoughts,
    /// Not answered so far.
    Open,
}

/// What becomes of its invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payment {
    Paid,
    Approved,
    PartPaid,
    Question,
    Conditions,
    Rejected,
}

/// An order and its way.
#[derive(Clone, Debug)]
pub(super) struct Deal {
    pub(super) kind: OrderKind,
    /// The supplier or the customer.
    pub(super) partner: &'static Company,
    pub(super) number: String,
    pub(super) placed: Timestamp,
    pub(super) requested: Date,
    pub(super) lines: Vec<PurchaseOrderLine>,
    pub(super) ship_to: &'static Place,
    pub(super) note: Option<&'static str>,
    pub(super) answer: Answer,
    /// Minutes until the answer.
    pub(super) answer_after: i64,
    /// The buyer withdraws it, so many minutes after placing it.
    pub(super) cancelled_after: Option<i64>,
    /// The buyer sends it again with other contents before it was answered.
    pub(super) restated_after: Option<i64>,
    /// In how many shipments it leaves.
    pub(super) parts: usize,
    /// Working days that it leaves later than planned.
    pub(super) slip: i32,
    pub(super) carrier: &'static Company,
    /// Stopped by customs on its way.
    pub(super) held: bool,
    /// Invoiced only after it arrived.
    pub(super) invoice_late: bool,
    pub(super) payment: Payment,
    /// For a sales order: the purchase order that covers its last lines, sent straight to the customer.
    pub(super) covered_by: Option<usize>,
    /// Once it is placed.
    pub(super) id: Option<OrderId>,
}

impl Deal {
    /// Who sells.
    pub(super) fn seller(&self) -> &'static Company {
        if self.kind == OrderKind::Purchase { self.partner } else { companies::company(HUB) }
    }

    /// Who buys.
    pub(super) fn buyer(&self) -> &'static Company {
        if self.kind == OrderKind::Purchase { companies::company(HUB) } else { self.partner }
    }
}

const ANSWERS: &[Answer] = &[
    Answer::Accept,
    Answer::Short,
    Answer::Accept,
    Answer::Accept,
    Answer::Later,
    Answer::Accept,
    Answer::RejectLine,
    Answer::Accept,
    Answer::Split,
    Answer::Accept,
    Answer::Price,
    Answer::Accept,
    Answer::Accept,
    Answer::RejectAll,
    Answer::Accept,
    Answer::SecondThoughts,
    Answer::Accept,
    Answer::Short,
    Answer::Accept,
    Answer::Later,
];
const PAYMENTS: &[Payment] = &[
    Payment::Paid,
    Payment::Question,
    Payment::Paid,
    Payment::Approved,
    Payment::Question,
    Payment::Paid,
    Payment::Rejected,
    Payment::Paid,
    Payment::PartPaid,
    Payment::Conditions,
];
const SLIPS: &[i32] = &[0, -1, 0, 2, 0, 9, -2, 0, 1, 0, 14];
const PARTS: &[usize] = &[1, 2, 1, 1, 2, 1];
const NOTES: &[&str] = &[
    "Shafts first, the test bench waits for them.",
    "Pallets up to 1.6 m for gate 3.",
    "Material certificates 3.1 with the ship notice.",
    "Call Dan Whitlock one day before delivery.",
];

/// Working days of history.
const DAYS: u64 = 50;

/// Writes the story.
pub(super) struct Author<'a> {
    calendar: Calendar,
    dice: &'a Ids,
    deals: Vec<Deal>,
}

/// Everything that happens, in the order it was placed within each kind.
pub(super) fn write(calendar: Calendar, dice: &Ids) -> Vec<Deal> {
    let mut author = Author { calendar, dice, deals: Vec::new() };
    author.purchases();
    author.sales();
    author.unanswered();
    author.number();
    author.deals
}

impl Author<'_> {
    fn roll(&self, below: u64) -> u64 {
        self.dice.below(below)
    }

    fn pick<T>(&self, from: &'static [T]) -> &'static T {
        &from[usize::try_from(self.roll(from.len() as u64)).unwrap_or_default()]
    }

    /// A time on a working day, so many of them ago.
    fn moment(&self, days_ago: u64) -> Timestamp {
        let day = self.calendar.working_day(-i32::try_from(days_ago).unwrap_or_default());
        at(day, 7 * 60 + i64::try_from(self.roll(9 * 60)).unwrap_or_default())
    }

    fn purchases(&mut self) {
        for supplier in companies::all(Part::Supplier) {
            let count = match supplier.code {
                MAIN_SUPPLIER => 33,
                _ if supplier.in_portal => 7,
                _ => 9,
            };
            for index in 0..count {
                let placed = self.moment(days_ago(index, count));
                let ship_to = &PLACES[[0, 0, 1, 0, 2][self.choice(5)]];
                let lines = self.bought(supplier, self.line_count());
                let deal = self.deal(OrderKind::Purchase, supplier, placed, ship_to, lines, index);
                self.deals.push(deal);
            }
        }
        // One of each that a pattern would leave to chance.
        let wired = self.deals.iter().rposition(|deal| deal.partner.code == "NORDSTAHL").unwrap_or_default();
        self.deals[wired].answer = Answer::Hold;
        for (deal, after) in self.deals.iter_mut().filter(|deal| deal.answer == Answer::Accept).step_by(19).zip([1500, 2600, 300, 4000]) {
            deal.cancelled_after = Some(after);
        }
    }

    fn choice(&self, below: u64) -> usize {
        usize::try_from(self.roll(below)).unwrap_or_default()
    }

    fn line_count(&self) -> u64 {
        [1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 8, 12][self.choice(12)]
    }

    fn deal(
        &self,
        kind: OrderKind,
        partner: &'static Company,
        placed: Timestamp,
        ship_to: &'static Place,
        lines: Vec<PurchaseOrderLine>,
        index: u64,
    ) -> Deal {
        let nth = usize::try_from(index).unwrap_or_default() + partner.code.len();
        let date = placed.date_utc();
        let requested = later(date, 12 + i32::try_from(self.roll(10)).unwrap_or_default());
        let mut deal = Deal {
            kind,
            partner,
            number: String::new(),
            placed,
            requested,
            lines,
            ship_to,
            note: (index % 4 == 1).then(|| *self.pick(NOTES)),
            answer: ANSWERS[nth % ANSWERS.len()],
            answer_after: 40 + i64::try_from(self.roll(20 * 60)).unwrap_or_default(),
            cancelled_after: None,
            restated_after: None,
            parts: PARTS[nth % PARTS.len()],
            slip: SLIPS[nth % SLIPS.len()],
            carrier: companies::company(if index % 3 == 2 { "BALTRUM" } else { "HARROW" }),
            held: nth % 7 == 5,
            invoice_late: nth % 5 == 1 || nth % 5 == 3,
            payment: PAYMENTS[nth % PAYMENTS.len()],
            covered_by: None,
            id: None,
        };
        self.schedule(&mut deal.lines, requested);
        deal
    }

    /// Some lines have a date of their own, some are wanted in two parts.
    fn schedule(&self, lines: &mut [PurchaseOrderLine], requested: Date) {
        for line in lines.iter_mut().skip(1) {
            if self.roll(5) == 0 {
                line.requested_on = Some(later(requested, 5));
            }
        }
        if let Some(line) = lines.first_mut().filter(|line| line.quantity > Quantity::whole(19) && self.roll(4) == 0) {
            let first = Quantity::whole(line.quantity.micros() / 2_000_000);
            let part = |quantity, days| Schedule { quantity, unit: line.unit.clone(), date: Some(later(requested, days)) };
            line.schedule = vec![part(first, 0), part(line.quantity - first, 5)];
        }
    }

    fn bought(&self, supplier: &Company, count: u64) -> Vec<PurchaseOrderLine> {
        let items = catalogue::of_supplier(supplier.code);
        let start = self.roll(items.len() as u64);
        (0..count.min(items.len() as u64))
            .map(|nth| {
                let place = usize::try_from(start + nth).unwrap_or_default() % items.len();
                let seller = format!("{}-{:05}", supplier.prefix, 70_410 + place * 12);
                self.line(&items[place], nth, price(&items[place], 100), Some(seller))
            })
            .collect()
    }

    fn line(&self, item: &Item, nth: u64, unit_price: UnitPrice, seller: Option<String>) -> PurchaseOrderLine {
        let quantity = item.lot * (1 + self.roll(6));
        PurchaseOrderLine {
            line: ((nth + 1) * 10).to_string(),
            quantity: Quantity::whole(i64::try_from(quantity).unwrap_or(1)),
            unit: item.unit.to_owned(),
            unit_price: Some(unit_price),
            price_per: Quantity::whole(item.per),
            item: ItemIds { buyer: Some(item.number.to_owned()), seller, gtin: Some(catalogue::gtin(item)), other: Vec::new() },
            description: Some(item.words.to_owned()),
            requested_on: None,
            schedule: Vec::new(),
        }
    }

    fn sales(&mut self) {
        for customer in companies::all(Part::Customer) {
            let count = match customer.code {
                MAIN_CUSTOMER => 20,
                _ if customer.in_portal => 12,
                _ => 8,
            };
            for index in 0..count {
                let placed = self.moment(days_ago(index, count));
                self.sale(customer, placed, index);
            }
        }
        if let Some(deal) = self.deals.iter_mut().rfind(|deal| deal.partner.code == "HALDEN") {
            deal.cancelled_after = Some(400);
            deal.answer_after = 90;
        }
    }

    /// A customer's order. Of those of customers in the portal some are covered, in part or whole, by a purchase order
    /// that a supplier ships straight to the customer.
    fn sale(&mut self, customer: &'static Company, placed: Timestamp, index: u64) {
        let own = if index % 4 == 3 { 0 } else { 1 + self.roll(3) };
        let start = self.roll(catalogue::OWN.len() as u64);
        let mut lines: Vec<PurchaseOrderLine> = (0..own)
            .map(|nth| {
                let item = &catalogue::OWN[usize::try_from(start + nth).unwrap_or_default() % catalogue::OWN.len()];
                self.line(item, nth, price(item, 100), None)
            })
            .collect();
        let place = companies::place(customer.code);
        let mut covered_by = None;
        if own == 0 || (customer.in_portal && index % 4 == 1) {
            let supplier = companies::company([MAIN_SUPPLIER, "VALTORTA", MAIN_SUPPLIER, "MORAVIA"][self.choice(4)]);
            let bought = self.bought(supplier, 1 + self.roll(3));
            for line in &bought {
                let mut sold = line.clone();
                sold.line = ((lines.len() + 1) * 10).to_string();
                sold.unit_price = line.unit_price.map(|price| UnitPrice::from_micros(price.micros() * 145 / 100 / 10_000 * 10_000));
                sold.item.seller = None;
                lines.push(sold);
            }
            if customer.in_portal {
                let mut purchase = self.deal(OrderKind::Purchase, supplier, placed, place, bought, index);
                // What is sent on to a customer arrives as ordered, mostly.
                if matches!(purchase.answer, Answer::RejectAll | Answer::RejectLine) {
                    purchase.answer = Answer::Accept;
                }
                covered_by = Some(self.deals.len());
                self.deals.push(purchase);
            }
        }
        let mut deal = self.deal(OrderKind::Sales, customer, placed.plus_seconds(180), place, lines, index);
        deal.answer = if matches!(deal.answer, Answer::Later | Answer::Short) { deal.answer } else { Answer::Accept };
        if let Some(purchase) = covered_by {
            deal.requested = self.deals[purchase].requested;
        }
        deal.covered_by = covered_by;
        self.deals.push(deal);
    }

    /// What waits for an answer now: most due within a day, one of each kind too late.
    fn unanswered(&mut self) {
        let suppliers: Vec<&'static Company> = companies::all(Part::Supplier).filter(|supplier| supplier.in_portal).collect();
        let main = [31 * 60, 1395, 1240, 980, 475, 230, 55].map(|minutes| (companies::company(MAIN_SUPPLIER), minutes));
        let others = suppliers.iter().skip(1).zip([1300, 700, 320, 1700, 90]).map(|(supplier, minutes)| (*supplier, minutes));
        // Orders of customers with their own systems, a few hours old; the first is not answered by the hub either.
        for (customer, minutes) in [("HALDEN", 300), (companies::UNREACHABLE, 1150)] {
            let customer = companies::company(customer);
            let placed = self.calendar.now.plus_seconds(-minutes * 60);
            self.sale(customer, placed, 2);
            if let Some(deal) = self.deals.last_mut() {
                deal.answer = Answer::Open;
            }
        }
        for (index, (supplier, minutes)) in (0u64..).zip(main.into_iter().chain(others)) {
            let placed = self.calendar.now.plus_seconds(-minutes * 60);
            let lines = self.bought(supplier, [4, 2, 3, 1, 6, 2, 5][usize::try_from(index).unwrap_or_default() % 7]);
            let mut deal = self.deal(OrderKind::Purchase, supplier, placed, &PLACES[0], lines, index);
            deal.answer = Answer::Open;
            deal.restated_after = (index == 2).then_some(2 * HOUR / 60);
            self.deals.push(deal);
        }
    }

    /// Numbers, in the order in which the orders were placed.
    fn number(&mut self) {
        let mut order: Vec<usize> = (0..self.deals.len()).collect();
        order.sort_by_key(|&index| self.deals[index].placed);
        let mut next: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
        for index in order {
            let deal = &mut self.deals[index];
            let (key, prefix, start) = match deal.kind {
                OrderKind::Purchase => (HUB, "", 4_500_071_690),
                OrderKind::Sales => (deal.partner.code, deal.partner.prefix, 5_501),
            };
            let number = next.entry(key).or_insert(start);
            deal.number = format!("{prefix}{number}");
            *number += 1;
        }
    }
}

/// Working days ago of one of so many orders, oldest first: closer together the nearer they are.
fn days_ago(index: u64, count: u64) -> u64 {
    let left = count - index;
    1 + (DAYS - 2) * (left * count + left * left) / (2 * count * count)
}

/// A price in hundredths of the catalogue's.
fn price(item: &Item, hundredths: i64) -> UnitPrice {
    let price: UnitPrice = item.price.parse().unwrap_or(UnitPrice::ZERO);
    UnitPrice::from_micros(price.micros() * hundredths / 100)
}
