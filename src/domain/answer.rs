//! Answering an order line by line: what a seller may say, what it makes of the line's quantities, and which status
//! codes of element 668 say the same on the wire.

use serde::{Deserialize, Serialize};

use super::{
    message,
    number::{Quantity, UnitPrice},
    order::{Line, LineStatus, Part},
    time::Date,
};

codes! {
    /// Why a seller changes or rejects a line. Sent as a reference after the status, with the words beside it.
    pub enum Reason {
        /// Not enough stock.
        OutOfStock = "out_of_stock",
        /// The item is no longer made.
        Discontinued = "discontinued",
        /// Production is behind.
        Capacity = "capacity",
        /// The price is not the agreed one.
        Price = "price",
        /// The quantity does not fit the package.
        PackSize = "pack_size",
        /// The date cannot be met.
        LeadTime = "lead_time",
        /// The item is not known to the seller.
        UnknownItem = "unknown_item",
        /// Something else, said in words.
        Other = "other",
    }
}

/// What the seller says about one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum LineAnswer {
    /// As ordered.
    Accept,
    /// With differences.
    Change(Change),
    /// Not at all.
    Reject {
        /// Why.
        reason: Reason,
        /// Why, in words.
        note: String,
    },
}

/// An acceptance with differences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What will come, by date. At least one part.
    pub parts: Vec<Part>,
    /// What will come later, date unknown.
    pub backordered: Quantity,
    /// Another price, where it differs.
    pub unit_price: Option<UnitPrice>,
    /// Why.
    pub reason: Reason,
    /// Why, in words.
    pub note: String,
}

/// Why an answer is not possible. The display is what a person reads beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerError {
    /// Goods have left already.
    AlreadyShipped,
    /// More promised than ordered.
    MoreThanOrdered,
    /// Nothing promised: that is a rejection.
    NothingConfirmed,
    /// A part with no quantity.
    EmptyPart,
    /// A part without its date where there are several.
    DateMissing,
    /// A date before the order.
    DateTooEarly,
    /// A change that changes nothing.
    NothingChanged,
    /// A reason "other" needs words.
    NoteMissing,
    /// A price below zero.
    PriceNegative,
}

impl std::fmt::Display for AnswerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AlreadyShipped => "Goods have left for this line, so its answer is fixed. Open a case to agree on a change.",
            Self::MoreThanOrdered => "This is more than was ordered. Lower the quantity.",
            Self::NothingConfirmed => "Nothing would be delivered. Reject the line instead, or enter a quantity.",
            Self::EmptyPart => "A part needs a quantity above zero. Enter one, or remove the part.",
            Self::DateMissing => "Each part of a split delivery needs its date.",
            Self::DateTooEarly => "This date is before the order was placed. Enter a later one.",
            Self::NothingChanged => "Nothing differs from the order. Accept the line, or change quantity, date or price.",
            Self::NoteMissing => "Say in a few words why.",
            Self::PriceNegative => "A price cannot be below zero.",
        })
    }
}

impl Line {
    /// The line after the seller's answer, or why it cannot be. `ordered_on` is the order's date.
    pub fn answered(&self, answer: &LineAnswer, ordered_on: Option<Date>) -> Result<Self, AnswerError> {
        if !self.can_be_answered() {
            return Err(AnswerError::AlreadyShipped);
        }
        let mut line = self.clone();
        let ordered = self.quantities.ordered;
        line.reason_code = None;
        line.reason_text = None;
        line.confirmed_price = None;
        match answer {
            LineAnswer::Accept => {
                line.status = LineStatus::Accepted;
                line.set_answer(ordered, Quantity::ZERO, Quantity::ZERO);
                line.promised_on = self.requested_on;
                line.promised.clone_from(&self.requested);
            }
            LineAnswer::Change(change) => {
                change.check(self, ordered_on)?;
                let confirmed = change.confirmed();
                line.status = LineStatus::Changed;
                line.set_answer(confirmed, change.backordered, ordered - confirmed - change.backordered);
                line.promised_on = change.parts.iter().filter_map(|part| part.on).max();
                line.promised = if change.parts.len() > 1 { change.parts.clone() } else { Vec::new() };
                line.confirmed_price = change.unit_price.filter(|price| *price != self.unit_price);
                line.set_reason(change.reason, &change.note);
            }
            LineAnswer::Reject { reason, note } => {
                if *reason == Reason::Other && note.trim().is_empty() {
                    return Err(AnswerError::NoteMissing);
                }
                line.status = LineStatus::Rejected;
                line.set_answer(Quantity::ZERO, Quantity::ZERO, ordered);
                line.promised_on = None;
                line.promised.clear();
                line.set_reason(*reason, note);
            }
        }
        Ok(line)
    }

    fn set_answer(&mut self, confirmed: Quantity, backordered: Quantity, rejected: Quantity) {
        self.quantities.confirmed = confirmed;
        self.quantities.backordered = backordered;
        self.quantities.rejected = rejected;
    }

    fn set_reason(&mut self, reason: Reason, note: &str) {
        self.reason_code = Some(reason.as_str().to_owned());
        self.reason_text = Some(note.trim().to_owned()).filter(|note| !note.is_empty());
    }

    /// The line after an order response that came over the wire. What the seller sent is kept even where it goes
    /// beyond the order: that is a finding for the buyer, not a reason to lose it. Its quantities are in the line's unit;
    /// a price that cannot be said for as many units as the line's own is left out.
    #[must_use]
    pub fn answered_on_wire(&self, response: &message::OrderResponseLine) -> Self {
        let mut line = self.clone();
        let mut outcome = WireOutcome::default();
        for status in &response.statuses {
            outcome.take(status, self.quantities.ordered, response.statuses.len() == 1);
        }
        outcome.account_for_rest(self.quantities.ordered);
        line.set_answer(outcome.confirmed, outcome.backordered, outcome.rejected);
        line.promised = if outcome.parts.len() > 1 { outcome.parts.clone() } else { Vec::new() };
        line.promised_on =
            outcome.parts.iter().filter_map(|part| part.on).max().or(self.requested_on.filter(|_| outcome.confirmed.is_positive()));
        let price = response.unit_price.and_then(|price| price.rebased(response.price_per, self.price_per));
        line.confirmed_price = price.filter(|price| *price != self.unit_price);
        let reason = response.statuses.iter().find_map(|status| status.reason.as_ref());
        line.reason_code = reason.map(|reason| reason.value.clone());
        line.reason_text = reason.and_then(|reason| reason.description.clone());
        let moved = line.promised_on != self.requested_on && self.requested_on.is_some();
        let differs = outcome.changed || moved || line.confirmed_price.is_some() || outcome.confirmed != self.quantities.ordered;
        line.status = if outcome.held {
            LineStatus::Held
        } else if !(outcome.confirmed + outcome.backordered).is_positive() {
            LineStatus::Rejected
        } else if differs {
            LineStatus::Changed
        } else {
            LineStatus::Accepted
        };
        line
    }
}

impl Change {
    /// What will come, all dates together.
    pub fn confirmed(&self) -> Quantity {
        self.parts.iter().map(|part| part.quantity).sum()
    }

    fn check(&self, line: &Line, ordered_on: Option<Date>) -> Result<(), AnswerError> {
        let confirmed = self.confirmed();
        if self.parts.iter().any(|part| !part.quantity.is_positive()) || self.backordered < Quantity::ZERO {
            return Err(if confirmed.is_positive() { AnswerError::EmptyPart } else { AnswerError::NothingConfirmed });
        }
        if !(confirmed + self.backordered).is_positive() {
            return Err(AnswerError::NothingConfirmed);
        }
        if confirmed + self.backordered > line.quantities.ordered {
            return Err(AnswerError::MoreThanOrdered);
        }
        if self.parts.len() > 1 && self.parts.iter().any(|part| part.on.is_none()) {
            return Err(AnswerError::DateMissing);
        }
        if let Some(ordered_on) = ordered_on
            && self.parts.iter().filter_map(|part| part.on).any(|on| on < ordered_on)
        {
            return Err(AnswerError::DateTooEarly);
        }
        if self.unit_price.is_some_and(|price| price < UnitPrice::ZERO) {
            return Err(AnswerError::PriceNegative);
        }
        let same_date = self.parts.len() == 1 && self.parts[0].on.is_none_or(|on| Some(on) == line.requested_on);
        let same_price = self.unit_price.is_none_or(|price| price == line.unit_price);
        if confirmed == line.quantities.ordered && same_date && same_price {
            return Err(AnswerError::NothingChanged);
        }
        if self.reason == Reason::Other && self.note.trim().is_empty() {
            return Err(AnswerError::NoteMissing);
        }
        Ok(())
    }
}

/// What several statuses of one line add up to.
#[derive(Default)]
struct WireOutcome {
    confirmed: Quantity,
    backordered: Quantity,
    rejected: Quantity,
    parts: Vec<Part>,
    held: bool,
    changed: bool,
    waits: bool,
}

impl WireOutcome {
    /// What no status speaks of comes later where a backorder was announced, and not at all otherwise.
    fn account_for_rest(&mut self, ordered: Quantity) {
        let rest = ordered.less(self.confirmed + self.backordered + self.rejected);
        if self.waits {
            self.backordered = self.backordered + rest;
        } else if !self.held {
            self.rejected = self.rejected + rest;
        }
    }

    fn take(&mut self, status: &message::LineStatus, ordered: Quantity, alone: bool) {
        // A status without a quantity speaks for the whole line when it stands alone, and only colours it otherwise.
        let quantity = status.quantity.unwrap_or(if alone { ordered } else { Quantity::ZERO });
        match status.code.as_str() {
            "IA" | "AC" | "AR" | "AA" | "SP" | "IE" => self.confirm(quantity, status.date, ordered),
            "IC" | "IP" | "IQ" | "IS" | "DR" | "BP" => {
                self.changed = true;
                self.waits |= status.code == "BP";
                self.confirm(quantity, status.date, ordered);
            }
            "IB" => {
                self.waits = true;
                self.backordered = self.backordered + quantity;
            }
            "IH" | "IF" | "IW" => self.held = true,
            _ => self.rejected = self.rejected + quantity,
        }
    }

    fn confirm(&mut self, quantity: Quantity, on: Option<Date>, ordered: Quantity) {
        // Several statuses may describe the same goods (price changed, and rescheduled): the same quantity again that
        // would go beyond the order is the same part, not another one.
        if self.confirmed + quantity > ordered
            && let Some(part) = self.parts.iter_mut().find(|part| part.quantity == quantity)
        {
            part.on = part.on.max(on);
            return;
        }
        self.confirmed = self.confirmed + quantity;
        if quantity.is_positive() {
            self.parts.push(Part { quantity, on });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        ids::{Ids, OrderLineId},
        number::Quantity,
        order::{OrderState, Quantities, can_be_answered, derive_state, fill},
        time::Timestamp,
    };

    fn line(ordered: i64) -> Line {
        Line {
            id: Ids::seeded(1).at::<OrderLineId>(Timestamp::from_micros(0)),
            position: 0,
            line: "1".into(),
            buyer_item: Some("A".into()),
            seller_item: None,
            gtin: None,
            description: "Valve".into(),
            unit: "EA".into(),
            unit_price: "12.5".parse().unwrap(),
            price_per: Quantity::whole(1),
            confirmed_price: None,
            requested_on: Date::new(2026, 11, 20),
            promised_on: None,
            status: LineStatus::Open,
            reason_code: None,
            reason_text: None,
            quantities: Quantities { ordered: Quantity::whole(ordered), ..Quantities::default() },
            requested: Vec::new(),
            promised: Vec::new(),
            provenance: BTreeMap::default(),
        }
    }

    fn change(parts: &[(i64, Option<Date>)], backordered: i64) -> LineAnswer {
        LineAnswer::Change(Change {
            parts: parts.iter().map(|(quantity, on)| Part { quantity: Quantity::whole(*quantity), on: *on }).collect(),
            backordered: Quantity::whole(backordered),
            unit_price: None,
            reason: Reason::OutOfStock,
            note: String::new(),
        })
    }

    #[test]
    fn accepting_promises_what_was_asked() {
        let accepted = line(10).answered(&LineAnswer::Accept, None).unwrap();
        assert_eq!(accepted.quantities.confirmed, Quantity::whole(10));
        assert_eq!(accepted.promised_on, accepted.requested_on);
        assert_eq!(derive_state(&[accepted]), OrderState::Confirmed);
    }

    #[test]
    fn what_cannot_be_answered_says_why() {
        let dated = |day| Date::new(2026, 11, day);
        let cases = [
            (change(&[(11, None)], 0), AnswerError::MoreThanOrdered),
            (change(&[(5, None)], 6), AnswerError::MoreThanOrdered),
            (change(&[(10, None)], 0), AnswerError::NothingChanged),
            (change(&[(10, dated(20))], 0), AnswerError::NothingChanged),
            (change(&[(0, None)], 0), AnswerError::NothingConfirmed),
            (change(&[], 0), AnswerError::NothingConfirmed),
            (change(&[(4, dated(20)), (4, None)], 0), AnswerError::DateMissing),
            (change(&[(4, dated(20)), (0, dated(21))], 0), AnswerError::EmptyPart),
            (change(&[(4, dated(1))], 0), AnswerError::DateTooEarly),
            (LineAnswer::Reject { reason: Reason::Other, note: " ".into() }, AnswerError::NoteMissing),
        ];
        for (answer, error) in cases {
            assert_eq!(line(10).answered(&answer, dated(5)), Err(error), "{answer:?}");
        }
        let mut shipped = line(10);
        shipped.quantities.shipped = Quantity::whole(1);
        assert_eq!(shipped.answered(&LineAnswer::Accept, None), Err(AnswerError::AlreadyShipped));
    }

    fn status(code: &str, quantity: Option<i64>, day: i8) -> message::LineStatus {
        message::LineStatus {
            code: code.into(),
            quantity: quantity.map(Quantity::whole),
            unit: Some("EA".into()),
            date_qualifier: None,
            date: Date::new(2026, 11, day),
            reason: None,
        }
    }

    fn response(statuses: Vec<message::LineStatus>) -> message::OrderResponseLine {
        message::OrderResponseLine {
            line: Some("1".into()),
            quantity: None,
            unit: None,
            unit_price: None,
            price_per: Quantity::whole(1),
            item: message::ItemIds::default(),
            description: None,
            statuses,
        }
    }

    #[test]
    fn several_statuses_of_one_line_are_added_up_once() {
        let answered = line(100).answered_on_wire(&response(vec![status("IP", Some(100), 21), status("DR", Some(100), 25)]));
        assert_eq!(answered.quantities.confirmed, Quantity::whole(100));
        assert_eq!(answered.promised_on, Date::new(2026, 11, 25));
        let split =
            line(100).answered_on_wire(&response(vec![status("IQ", Some(60), 21), status("IB", Some(30), 25), status("IR", Some(10), 1)]));
        assert_eq!(
            (split.quantities.confirmed, split.quantities.backordered, split.quantities.rejected),
            (Quantity::whole(60), Quantity::whole(30), Quantity::whole(10))
        );
        assert_eq!(split.status, LineStatus::Changed);
        let whole = line(100).answered_on_wire(&response(vec![status("IA", None, 20)]));
        assert_eq!((whole.status, whole.quantities.confirmed), (LineStatus::Accepted, Quantity::whole(100)));
        let refused = line(100).answered_on_wire(&response(vec![status("R1", None, 20)]));
        assert_eq!((refused.status, derive_state(std::slice::from_ref(&refused))), (LineStatus::Rejected, OrderState::Rejected));
        let unnamed = |code: &str| message::LineStatus { date: None, ..status(code, None, 20) };
        assert_eq!(line(100).answered_on_wire(&response(vec![unnamed("R1")])).promised_on, None, "what is refused has no date");
        assert_eq!(line(100).answered_on_wire(&response(vec![unnamed("IB")])).promised_on, None, "nor has what comes some day");
    }

    #[test]
    fn a_price_for_more_units_is_compared_on_the_lines_own_basis() {
        let priced = |price: &str, per: i64| message::OrderResponseLine {
            unit_price: price.parse().ok(),
            price_per: Quantity::whole(per),
            ..response(vec![status("IA", None, 20)])
        };
        let same = line(10).answered_on_wire(&priced("1250", 100));
        assert_eq!((same.status, same.confirmed_price), (LineStatus::Accepted, None));
        let other = line(10).answered_on_wire(&priced("1300", 100));
        assert_eq!((other.status, other.confirmed_price), (LineStatus::Changed, "13".parse().ok()));
    }

    #[test]
    fn who_ships_an_unanswered_line_accepts_it_and_the_others_can_still_be_answered() {
        let (mut gone, open) = (line(10), line(10));
        gone.ship(Quantity::whole(10));
        assert_eq!((gone.status, gone.quantities.confirmed), (LineStatus::Accepted, Quantity::whole(10)));
        assert_eq!(derive_state(std::slice::from_ref(&gone)), OrderState::Shipped);
        for status in [LineStatus::Open, LineStatus::Held] {
            let lines = [gone.clone(), Line { status, ..open.clone() }];
            let state = derive_state(&lines);
            assert_eq!(state, OrderState::PartShipped);
            assert!(can_be_answered(state, &lines), "the line that waits");
        }
        let answered = open.answered(&LineAnswer::Accept, None).unwrap();
        assert!(!can_be_answered(OrderState::PartShipped, &[gone, answered]));
    }

    proptest! {
        /// Whatever a seller enters, an answer that is taken never promises more than was ordered, and accounts for
        /// every unit; the header's state can always be derived.
        #[test]
        fn an_answer_that_is_taken_accounts_for_every_unit(
            ordered in 1i64..1000, parts in prop::collection::vec((-5i64..600, prop::option::of(6i8..28)), 0..4), later in -5i64..600,
        ) {
            let parts: Vec<_> = parts.into_iter().map(|(quantity, day)| (quantity, day.and_then(|day| Date::new(2026, 11, day)))).collect();
            if let Ok(answered) = line(ordered).answered(&change(&parts, later), Date::new(2026, 11, 5)) {
                let q = answered.quantities;
                prop_assert_eq!(q.confirmed + q.backordered + q.rejected, q.ordered);
                prop_assert!(q.confirmed >= Quantity::ZERO && q.backordered >= Quantity::ZERO && q.rejected >= Quantity::ZERO);
                prop_assert_ne!(derive_state(&[answered]), OrderState::Received);
            }
        }

        #[test]
        fn filling_allocations_never_exceeds_either_side(quantity in 0i64..500, wanted in prop::collection::vec(0i64..200, 0..6)) {
            let wanted: Vec<_> = wanted.into_iter().map(Quantity::whole).collect();
            let parts = fill(Quantity::whole(quantity), &wanted);
            prop_assert_eq!(parts.len(), wanted.len());
            prop_assert!(parts.iter().zip(&wanted).all(|(part, can_take)| part <= can_take && *part >= Quantity::ZERO));
            let all: Quantity = wanted.iter().copied().sum();
            prop_assert_eq!(parts.into_iter().sum::<Quantity>(), Quantity::whole(quantity).min(all));
        }
    }
}
