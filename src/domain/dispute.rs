//! Disputes: why something is not as it should be and what is asked for, in the codes of Peppol's invoice response, the
//! values that should be others, and what a credit note has to give back for them.

use super::number::{Amount, Currency, Quantity, UnitPrice};

codes! {
    /// Why (Peppol `OPStatusReason`).
    pub enum Reason {
        /// Prices are not as agreed.
        Price = "PRI",
        /// Quantities are not what was delivered.
        Quantity = "QTY",
        /// The quality is not as agreed.
        Quality = "QUA",
        /// The delivery was late, damaged or to the wrong place.
        Delivery = "DEL",
        /// Other items than ordered.
        Item = "ITM",
        /// References are missing or wrong.
        Reference = "REF",
        /// Terms of payment are not as agreed.
        Payment = "PAY",
        /// Bank details or the like are wrong.
        Finance = "FIN",
        /// What the law asks for is missing or wrong.
        Legal = "LEG",
        /// Nobody knows of this trade.
        Unrecognised = "UNR",
        /// Anything else.
        Other = "OTH",
    }

    /// What is asked for (Peppol `OPStatusAction`).
    pub enum Action {
        /// Credit a part.
        CreditPart = "CNP",
        /// Credit all of it.
        CreditAll = "CNF",
        /// A new invoice.
        NewInvoice = "NIN",
        /// Information.
        Inform = "PIN",
        /// Anything else.
        Other = "OTH",
    }

    /// How a dispute ended.
    pub enum Outcome {
        /// With a credit note.
        Credited = "credited",
        /// Who opened it takes it as it is.
        Accepted = "accepted",
    }

    /// Which value of a line should be another.
    pub enum Value {
        /// How many.
        Quantity = "quantity",
        /// For how much each.
        Price = "price",
    }
}

/// A value that somebody says is not right.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Proposed {
    /// The line's number.
    pub line: String,
    /// Which value of it.
    pub value: Value,
    /// As it is.
    pub is: String,
    /// As it should be.
    pub should_be: String,
}

/// A line of what is in dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub line: String,
    /// Quantity.
    pub quantity: Quantity,
    /// Unit.
    pub unit: String,
    /// Price, where it has one.
    pub price: Option<UnitPrice>,
    /// How many units the price buys.
    pub per: Quantity,
}

/// Lines that share a number, as those of two orders in one shipment do, with their place among these: "10 (2)". So each
/// has a name that nothing else has.
#[must_use]
pub fn told_apart(mut lines: Vec<Line>) -> Vec<Line> {
    let numbers: Vec<String> = lines.iter().map(|line| line.line.clone()).collect();
    for (place, line) in lines.iter_mut().enumerate() {
        if numbers.iter().filter(|number| **number == line.line).count() > 1 {
            let before = numbers[..place].iter().filter(|number| **number == numbers[place]).count();
            line.line = format!("{} ({})", numbers[place], before + 1);
        }
    }
    lines
}

/// The lines of an invoice as a dispute calls them: told apart, or by their bare numbers where it was opened when those were
/// all there was.
#[must_use]
pub fn as_proposed(lines: Vec<Line>, proposed: &[Proposed]) -> Vec<Line> {
    let apart = told_apart(lines.clone());
    let is_known = |proposed: &Proposed| apart.iter().any(|line| line.line == proposed.line);
    if proposed.iter().all(is_known) { apart } else { lines }
}

/// A part of a credit note: so many of a line, for so much each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Place of the line among those in dispute.
    pub place: usize,
    /// How many.
    pub quantity: Quantity,
    /// For how much each.
    pub price: UnitPrice,
    /// What it comes to.
    pub amount: Amount,
}

/// What has to be given back so that the lines come to what they should: the difference in price on what stays, and the
/// whole price of what does not. Nothing where the values should be higher. `None` where an amount does not fit.
pub fn credits(lines: &[Line], proposed: &[Proposed], currency: Currency) -> Option<Vec<Credit>> {
    let mut credits = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let Some(price) = line.price else { continue };
        let said = |value: Value| proposed.iter().find(|said| said.line == line.line && said.value == value);
        let right_quantity = said(Value::Quantity).and_then(|said| said.should_be.parse().ok()).unwrap_or(line.quantity);
        let right_price = said(Value::Price).and_then(|said| said.should_be.parse().ok()).unwrap_or(price);
        let mut add = |quantity: Quantity, price: UnitPrice| {
            if quantity.is_positive() && price.is_positive() {
                credits.push(Credit { place, quantity, price, amount: price.line_amount(quantity, line.per, currency)? });
            }
            Some(())
        };
        add(right_quantity.min(line.quantity), UnitPrice::from_micros(price.micros() - right_price.micros()))?;
        add(line.quantity - right_quantity.min(line.quantity), price)?;
    }
    Some(credits)
}

/// A credit note over everything.
pub fn credit_all(lines: &[Line], currency: Currency) -> Option<Vec<Credit>> {
    let nothing: Vec<_> = lines.iter().map(|line| to_nothing(&line.line)).collect();
    credits(lines, &nothing, currency)
}

fn to_nothing(line: &str) -> Proposed {
    Proposed { line: line.to_owned(), value: Value::Quantity, is: String::new(), should_be: Quantity::ZERO.to_string() }
}

/// What credits come to.
pub fn total(credits: &[Credit]) -> Amount {
    credits.iter().map(|credit| credit.amount).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(number: &str, quantity: i64, price: &str) -> Line {
        Line {
            line: number.to_owned(),
            quantity: Quantity::whole(quantity),
            unit: "EA".to_owned(),
            price: price.parse().ok(),
            per: Quantity::whole(1),
        }
    }

    fn should_be(line: &str, value: Value, what: &str) -> Proposed {
        Proposed { line: line.to_owned(), value, is: String::new(), should_be: what.to_owned() }
    }

    #[test]
    fn a_credit_gives_back_the_difference_in_price_and_what_did_not_come() {
        let lines = [line("10", 40, "12.50"), line("20", 10, "3")];
        let proposed =
            [should_be("10", Value::Price, "12"), should_be("10", Value::Quantity, "38"), should_be("20", Value::Quantity, "12")];
        let credits = credits(&lines, &proposed, Currency::EUR).unwrap();
        let said: Vec<_> =
            credits.iter().map(|credit| (credit.quantity.to_string(), credit.price.to_string(), credit.amount.minor())).collect();
        // 38 at 0.50 and 2 at 12.50; that more of the other line should be invoiced is no credit.
        assert_eq!(said, [("38".to_owned(), "0.5".to_owned(), 1_900), ("2".to_owned(), "12.5".to_owned(), 2_500)]);
        assert_eq!(total(&credit_all(&lines, Currency::EUR).unwrap()).minor(), 53_000);
    }

    #[test]
    fn lines_that_share_a_number_are_told_apart() {
        let lines = told_apart(vec![line("10", 1, "1"), line("20", 1, "1"), line("10", 1, "1")]);
        assert_eq!(lines.iter().map(|line| line.line.as_str()).collect::<Vec<_>>(), ["10 (1)", "20", "10 (2)"]);
        let credits = credits(&lines, &[should_be("10 (2)", Value::Quantity, "0")], Currency::EUR).unwrap();
        assert_eq!(credits.iter().map(|credit| credit.place).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_dispute_from_before_lines_were_told_apart_keeps_its_names() {
        let lines = || vec![line("10", 1, "1"), line("20", 1, "1"), line("10", 1, "1")];
        let names = |proposed: &[Proposed]| as_proposed(lines(), proposed).into_iter().map(|line| line.line).collect::<Vec<_>>();
        assert_eq!(names(&[should_be("10", Value::Quantity, "0")]), ["10", "20", "10"]);
        assert_eq!(names(&[should_be("10 (2)", Value::Quantity, "0")]), ["10 (1)", "20", "10 (2)"]);
        assert_eq!(names(&[]), ["10 (1)", "20", "10 (2)"]);
    }

    proptest! {
        #[test]
        fn with_whole_prices_what_is_left_is_what_it_should_be(
            is in (0i64..1_000, 1i64..1_000), right in (0i64..1_000, 1i64..1_000),
        ) {
            let line = line("1", is.0, &is.1.to_string());
            let proposed = [should_be("1", Value::Quantity, &right.0.to_string()), should_be("1", Value::Price, &right.1.to_string())];
            let back = total(&credits(std::slice::from_ref(&line), &proposed, Currency::EUR).unwrap()).minor() / 100;
            prop_assert!(back >= 0 && back <= is.0 * is.1);
            if right.0 <= is.0 && right.1 <= is.1 {
                prop_assert_eq!(is.0 * is.1 - back, right.0 * right.1);
            }
        }
    }
}
