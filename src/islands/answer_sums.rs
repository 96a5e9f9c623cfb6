//! The sums of an order answer: what each line comes to and what the whole does. Pure, the same numbers as the server
//! computes when the form arrives; what the server says is what counts.

use super::figures::grouped;
use crate::domain::number::{Amount, Currency, Quantity, UnitPrice, typed};

/// What the supplier decides about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// As ordered.
    Accept,
    /// Other quantities, dates or price.
    Change,
    /// Nothing.
    Reject,
}

/// A line as the page states it: what was ordered, and what stands in its fields.
pub(super) struct Line {
    pub(super) decision: Decision,
    pub(super) ordered: Quantity,
    pub(super) price: UnitPrice,
    pub(super) per: Quantity,
    /// Date asked for, as days since 1970; none where the order named none.
    pub(super) requested: Option<i64>,
    /// Quantity and date of each delivery offered; a field that cannot be read is none.
    pub(super) offered: Vec<(Option<Quantity>, Option<i64>)>,
    /// Price offered, where the page asks for one.
    pub(super) offered_price: Option<UnitPrice>,
}

/// What a line comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineSum {
    pub(super) quantity: Quantity,
    pub(super) ordered_amount: Amount,
    pub(super) amount: Amount,
    /// Difference of the quantity in tenths of a percent, where there is one.
    pub(super) permille: Option<i64>,
    /// Days by which the last delivery is later than asked for; negative where it is earlier.
    pub(super) days_later: i64,
    /// The price differs.
    pub(super) other_price: bool,
}

impl Line {
    /// Adds the line up. None where a field cannot be read or the numbers are too large.
    pub(super) fn sum(&self, currency: Currency) -> Option<LineSum> {
        let ordered_amount = self.price.line_amount(self.ordered, self.per, currency)?;
        let (quantity, price) = match self.decision {
            Decision::Accept => (self.ordered, self.price),
            Decision::Reject => (Quantity::ZERO, self.price),
            Decision::Change => {
                let offered = self.offered.iter().map(|(quantity, _)| *quantity).collect::<Option<Vec<_>>>()?;
                (offered.into_iter().sum(), self.offered_price.unwrap_or(self.price))
            }
        };
        let last = if self.decision == Decision::Change { self.offered.iter().filter_map(|(_, date)| *date).max() } else { None };
        let change = quantity - self.ordered;
        let permille = (!change.is_zero() && self.ordered.is_positive())
            .then(|| i64::try_from(i128::from(change.micros()) * 1000 / i128::from(self.ordered.micros())).unwrap_or(i64::MAX));
        Some(LineSum {
            quantity,
            ordered_amount,
            amount: price.line_amount(quantity, self.per, currency)?,
            permille,
            days_later: last.zip(self.requested).map_or(0, |(last, requested)| last - requested),
            other_price: price != self.price,
        })
    }
}

impl LineSum {
    /// What differs, for the line under the fields: "Quantity 400 → 390 (−2.5 %) · 7 days later than ordered".
    pub(super) fn outcome(&self, line: &Line) -> String {
        let mut parts = Vec::new();
        if let Some(permille) = self.permille {
            let sign = if permille < 0 { "\u{2212}" } else { "+" };
            let size = permille.unsigned_abs();
            parts.push(format!(
                "Quantity {} → {} ({sign}{}.{} %)",
                grouped(&line.ordered.to_string()),
                grouped(&self.quantity.to_string()),
                size / 10,
                size % 10
            ));
        }
        let days = self.days_later.unsigned_abs();
        let unit = if days == 1 { "day" } else { "days" };
        match self.days_later {
            1.. => parts.push(format!("{days} {unit} later than ordered")),
            ..0 => parts.push(format!("{days} {unit} earlier than ordered")),
            0 => {}
        }
        if self.other_price {
            parts.push("another price".to_owned());
        }
        parts.join(" · ")
    }
}

/// The whole answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) ordered: Amount,
    pub(super) confirmed: Amount,
    accepted: usize,
    changed: usize,
    rejected: usize,
}

impl Total {
    /// Takes a line in.
    pub(super) fn add(&mut self, decision: Decision, sum: &LineSum) {
        self.ordered = self.ordered + sum.ordered_amount;
        self.confirmed = self.confirmed + sum.amount;
        match decision {
            Decision::Accept => self.accepted += 1,
            Decision::Change => self.changed += 1,
            Decision::Reject => self.rejected += 1,
        }
    }

    /// "2 accepted · 1 changed".
    pub(super) fn summary(&self) -> String {
        let parts = [(self.accepted, "accepted"), (self.changed, "changed"), (self.rejected, "rejected")];
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(" · ")
    }

    /// Confirmed less ordered, with its sign.
    pub(super) fn difference(&self, currency: Currency) -> String {
        let difference = self.confirmed - self.ordered;
        let sign = if difference > Amount::ZERO { "+" } else { "" };
        format!("{sign}{}", grouped(&difference.plain(currency)))
    }
}

/// Reads what a person typed into a quantity field; below zero is not a quantity.
pub(super) fn read_quantity(text: &str) -> Option<Quantity> {
    typed::<Quantity>(text).ok().filter(|quantity| quantity.micros() >= 0)
}

/// Days since 1970-01-01 of an ISO 8601 calendar date; none where it is not one. The usual count of days by 400-year
/// eras, with the year beginning in March so that the leap day comes last.
pub(super) fn day_number(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// The name of the same field one delivery later: `lines[0][parts][3][on]` after `lines[0][parts][2][on]`.
pub(super) fn next_part(name: &str) -> Option<String> {
    let (before, rest) = name.split_once("[parts][")?;
    let (number, after) = rest.split_once(']')?;
    let next = number.parse::<u32>().ok()?.checked_add(1)?;
    Some(format!("{before}[parts][{next}]{after}"))
}

/// What the delivery after the one with this label is called: "Delivery 3 of line 10" after "Delivery 2 of line 10".
pub(super) fn next_delivery(label: &str) -> Option<String> {
    let (number, line) = label.strip_prefix("Delivery ")?.split_once(' ')?;
    let next = number.parse::<u32>().ok()?.checked_add(1)?;
    Some(format!("Delivery {next} {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(decision: Decision, offered: &[(&str, &str)]) -> Line {
        Line {
            decision,
            ordered: Quantity::whole(400),
            price: "31.85".parse().unwrap(),
            per: Quantity::whole(1),
            requested: day_number("2026-12-04"),
            offered: offered.iter().map(|(quantity, date)| (read_quantity(quantity), day_number(date))).collect(),
            offered_price: None,
        }
    }

    #[test]
    fn deliveries_are_counted_on() {
        assert_eq!(next_part("lines[4][parts][9][quantity]").as_deref(), Some("lines[4][parts][10][quantity]"));
        assert_eq!(next_part("lines[4][price]"), None);
        assert_eq!(next_delivery("Delivery 9 of line 10").as_deref(), Some("Delivery 10 of line 10"));
        assert_eq!(next_delivery("Change to line 10"), None);
    }

    #[test]
    fn an_accepted_line_is_worth_what_was_ordered() {
        let sum = line(Decision::Accept, &[("1", "2030-01-01")]).sum(Currency::EUR).unwrap();
        assert_eq!(sum.amount, Amount::from_minor(1_274_000));
        assert_eq!((sum.permille, sum.days_later, sum.other_price), (None, 0, false));
        assert_eq!(sum.outcome(&line(Decision::Accept, &[])), "");
    }

    #[test]
    fn a_changed_line_adds_its_deliveries() {
        let changed = line(Decision::Change, &[("300", "2026-12-04"), ("90", "2026-12-11")]);
        let sum = changed.sum(Currency::EUR).unwrap();
        assert_eq!(sum.quantity, Quantity::whole(390));
        assert_eq!(sum.amount, Amount::from_minor(1_242_150));
        assert_eq!(sum.outcome(&changed), "Quantity 400 → 390 (−2.5 %) · 7 days later than ordered");
        let price = Line { offered_price: Some("30".parse().unwrap()), ..line(Decision::Change, &[("400", "2026-12-03")]) };
        let sum = price.sum(Currency::EUR).unwrap();
        assert_eq!(sum.amount, Amount::from_minor(1_200_000));
        assert_eq!(sum.outcome(&price), "1 day earlier than ordered · another price");
    }

    #[test]
    fn a_field_that_cannot_be_read_gives_no_sum() {
        assert_eq!(line(Decision::Change, &[("many", "2026-12-04")]).sum(Currency::EUR), None);
        assert_eq!(line(Decision::Change, &[("-3", "2026-12-04")]).sum(Currency::EUR), None);
        assert_eq!(line(Decision::Change, &[("12,5", "2026-12-04")]).sum(Currency::EUR), None);
        assert_eq!(line(Decision::Change, &[("1,200", "2026-12-04")]).sum(Currency::EUR).unwrap().quantity, Quantity::whole(1200));
    }

    #[test]
    fn the_total_says_the_difference() {
        let mut total = Total::default();
        for decision in [Decision::Accept, Decision::Accept, Decision::Reject] {
            let line = line(decision, &[]);
            total.add(decision, &line.sum(Currency::EUR).unwrap());
        }
        assert_eq!(total.summary(), "2 accepted · 1 rejected");
        assert_eq!(total.difference(Currency::EUR), "−12,740.00");
        assert_eq!(total.confirmed, Amount::from_minor(2_548_000));
    }

    #[test]
    fn dates_are_counted_like_the_server_counts_them() {
        use crate::domain::time::Date;
        for text in ["1970-01-01", "1969-12-31", "2000-02-29", "2026-11-24", "2100-03-01", "2400-12-31"] {
            assert_eq!(day_number(text), Some(text.parse::<Date>().unwrap().day_number().into()), "{text}");
        }
        assert_eq!(day_number(""), None);
        assert_eq!(day_number("2026-13-01"), None);
    }
}
