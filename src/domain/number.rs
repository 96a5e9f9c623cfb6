//! Exact numbers. Quantities and unit prices are integers scaled by a million, amounts are integer minor units of
//! their currency. Nothing here rounds, except a line amount, once, half up. No floating point anywhere.

use std::{fmt, iter::Sum, ops::Add, ops::Neg, ops::Sub, str::FromStr};

use serde::{Deserialize, Serialize};

/// Decimal places of [`Quantity`] and [`UnitPrice`].
pub const PLACES: u32 = 6;
const SCALE: i64 = 1_000_000;

/// Why a text is not a number we can keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Nothing there.
    Empty,
    /// A character that does not belong in a decimal number.
    NotANumber,
    /// More decimal places than can be kept exactly; never rounded.
    TooPrecise {
        /// How many places can be kept.
        places: u32,
    },
    /// Beyond what 64 bits hold.
    TooLarge,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a number is missing"),
            Self::NotANumber => f.write_str("this is not a decimal number"),
            Self::TooPrecise { places } => write!(f, "at most {places} decimal places can be kept"),
            Self::TooLarge => f.write_str("this number is too large"),
        }
    }
}

impl std::error::Error for NumberError {}

/// Reads a plain decimal (`-12.50`, `.5`, `7.`) as an integer scaled by ten to the `places`. Trailing zeros beyond
/// the places are allowed, other digits there are not.
pub fn parse_scaled(text: &str, places: u32) -> Result<i64, NumberError> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes() {
        [] => return Err(NumberError::Empty),
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(NumberError::NotANumber);
    }
    let mut value: i64 = 0;
    let mut push = |digit: u8| -> Result<(), NumberError> {
        if !digit.is_ascii_digit() {
            return Err(NumberError::NotANumber);
        }
        value = value.checked_mul(10).and_then(|v| v.checked_add(i64::from(digit - b'0'))).ok_or(NumberError::TooLarge)?;
        Ok(())
    };
    for digit in whole.bytes() {
        push(digit)?;
    }
    for (place, digit) in (0u32..).zip(fraction.bytes()) {
        if place < places {
            push(digit)?;
        } else if digit != b'0' {
            return Err(if digit.is_ascii_digit() { NumberError::TooPrecise { places } } else { NumberError::NotANumber });
        }
    }
    let given = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
    for _ in given..places {
        push(b'0')?;
    }
    Ok(if negative { -value } else { value })
}

/// Reads a number as a person types it: a decimal whose whole part may be set in groups of three by commas ("1,200.50"),
/// which is how it is shown to them. Anything else with a comma ("12,5") may mean two things and is not read. For the
/// server and the browser alike, so that what is summed up while one types is what is sent.
pub fn typed<T: FromStr<Err = NumberError>>(text: &str) -> Result<T, NumberError> {
    let text = text.trim();
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    if !whole.contains(',') {
        return text.parse();
    }
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let starts = groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && is_digits(first));
    if !starts || !groups.all(|group| group.len() == 3 && is_digits(group)) || fraction.contains(',') {
        return Err(NumberError::NotANumber);
    }
    format!("{}{fraction}", whole.replace(',', "")).parse()
}

/// Writes a scaled integer as a plain decimal with at least `least` decimal places and no further trailing zeros.
pub fn format_scaled(value: i64, places: u32, least: u32) -> String {
    let scale = 10u64.pow(places);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let whole = magnitude / scale;
    let mut fraction = if places == 0 { String::new() } else { format!("{:0width$}", magnitude % scale, width = places as usize) };
    while fraction.len() > least as usize && fraction.ends_with('0') {
        fraction.pop();
    }
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

macro_rules! scaled {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// From millionths.
            pub const fn from_micros(micros: i64) -> Self {
                Self(micros)
            }

            /// From a whole number.
            pub const fn whole(value: i64) -> Self {
                Self(value * SCALE)
            }

            /// In millionths.
            pub const fn micros(self) -> i64 {
                self.0
            }

            /// Whether this is above zero.
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }

            /// Whether this is zero.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }

        impl FromStr for $name {
            type Err = NumberError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_scaled(text, PLACES).map(Self)
            }
        }

        /// A plain decimal without trailing zeros.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&format_scaled(self.0, PLACES, 0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

scaled! {
    /// A quantity in millionths of its unit. The unit stands beside it; quantities of different units are never added.
    Quantity
}
scaled! {
    /// A price, in millionths of the currency's main unit.
    UnitPrice
}
scaled! {
    /// An amount as a document states it, before its currency is known, in millionths of the main unit.
    Decimal
}

impl Decimal {
    /// The amount in the currency's minor units; refused where the document gave more places than the currency has.
    pub fn to_amount(self, currency: Currency) -> Result<Amount, NumberError> {
        let step = 10i64.pow(PLACES - currency.exponent());
        if self.0 % step == 0 { Ok(Amount(self.0 / step)) } else { Err(NumberError::TooPrecise { places: currency.exponent() }) }
    }
}

impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl Quantity {
    /// This less the other, but never below zero.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }
}

impl UnitPrice {
    /// Quantity times price, rounded half up once to the currency's minor unit. `per` is how many units the price
    /// buys (1 where the document names no basis). `None` where it does not fit or `per` is not positive.
    pub fn line_amount(self, quantity: Quantity, per: Quantity, currency: Currency) -> Option<Amount> {
        if per.0 <= 0 {
            return None;
        }
        // (price/1e6) * (quantity/1e6) / (per/1e6) * 10^exponent, as one fraction.
        let product = i128::from(self.0) * i128::from(quantity.0);
        let numerator = product.checked_mul(10i128.pow(currency.exponent()))?;
        let denominator = i128::from(SCALE) * i128::from(per.0);
        let doubled = numerator.checked_mul(2)?.checked_add(if numerator < 0 { -denominator } else { denominator })?;
        i64::try_from(doubled / (denominator * 2)).ok().map(Amount)
    }

    /// Whether both say the same, each for as many units as it buys: 5 for 100 is 0.05 for 1.
    pub fn is_same(self, per: Quantity, other: Self, other_per: Quantity) -> bool {
        i128::from(self.0) * i128::from(other_per.0) == i128::from(other.0) * i128::from(per.0)
    }

    /// The same price for another number of units; `None` where it cannot be said exactly.
    pub fn rebased(self, per: Quantity, to: Quantity) -> Option<Self> {
        if per == to {
            return Some(self);
        }
        let numerator = i128::from(self.0) * i128::from(to.0);
        let divisor = i128::from(per.0);
        let exact = per.is_positive() && numerator % divisor == 0;
        exact.then(|| i64::try_from(numerator / divisor).ok().map(Self)).flatten()
    }
}

/// An amount of money in minor units (cents) of a currency that stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From minor units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// In minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal in the currency's main unit.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, NumberError> {
        parse_scaled(text, currency.exponent()).map(Self)
    }

    /// As a document states it.
    pub fn to_decimal(self, currency: Currency) -> Decimal {
        Decimal(self.0.saturating_mul(10i64.pow(PLACES - currency.exponent())))
    }

    /// A plain decimal with the currency's own number of places.
    pub fn plain(self, currency: Currency) -> String {
        format_scaled(self.0, currency.exponent(), currency.exponent())
    }
}

impl Add for Amount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Amount {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Amount {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// A currency by its ISO 4217 code, three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollar: what an X12 order means where it names no currency.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default() // they are capital letters: it is made of nothing else
    }

    /// Decimal places of the minor unit, from ISO 4217 (two unless listed).
    pub fn exponent(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV"
            | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_alphabetic()) => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase(), c.to_ascii_uppercase()]))
            }
            [] => Err(NumberError::Empty),
            _ => Err(NumberError::NotANumber),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_read_exactly_or_refused() {
        assert_eq!("12.5".parse(), Ok(Quantity::from_micros(12_500_000)));
        assert_eq!(".000001".parse(), Ok(Quantity::from_micros(1)));
        assert_eq!("7.".parse(), Ok(Quantity::whole(7)));
        assert_eq!("1.50000000".parse(), Ok(Quantity::from_micros(1_500_000)));
        assert_eq!("1.0000001".parse::<Quantity>(), Err(NumberError::TooPrecise { places: 6 }));
        for bad in ["", " "] {
            assert_eq!(bad.parse::<Quantity>(), Err(NumberError::Empty));
        }
        for bad in ["-", ".", "1,5", "1e3", "--1", "1.2.3", "١"] {
            assert_eq!(bad.parse::<Quantity>(), Err(NumberError::NotANumber), "{bad}");
        }
        assert_eq!("99999999999999999999".parse::<Quantity>(), Err(NumberError::TooLarge));
    }

    #[test]
    fn typed_numbers_may_be_grouped_and_are_never_guessed() {
        for (text, plain) in [("1,200", "1200"), (" 12,000,000.5 ", "12000000.5"), ("-1,000", "-1000"), ("1200", "1200"), (".5", "0.5")] {
            assert_eq!(typed::<Quantity>(text), plain.parse(), "{text}");
        }
        for bad in ["12,5", "1,20", "1,2000", ",200", "1200,000", "1,200,", "1.200,5", "1,,200", "1 200", "--1,000", "1,\u{661}00"] {
            assert_eq!(typed::<Quantity>(bad), Err(NumberError::NotANumber), "{bad}");
        }
        assert_eq!(typed::<Quantity>(" "), Err(NumberError::Empty));
    }

    #[test]
    fn a_line_amount_is_rounded_half_up_once() {
        let each = Quantity::whole(1);
        let price: UnitPrice = "0.1250".parse().unwrap();
        assert_eq!(price.line_amount(Quantity::whole(3), each, Currency::USD), Some(Amount::from_minor(38)));
        assert_eq!(price.line_amount(Quantity::whole(-3), each, Currency::USD), Some(Amount::from_minor(-38)));
        let per_hundred: UnitPrice = "4.95".parse().unwrap();
        assert_eq!(per_hundred.line_amount(Quantity::whole(250), Quantity::whole(100), Currency::USD), Some(Amount::from_minor(1238)));
        assert_eq!(per_hundred.line_amount(Quantity::whole(2), each, "JPY".parse().unwrap()), Some(Amount::from_minor(10)));
        assert_eq!(per_hundred.line_amount(Quantity::whole(2), Quantity::ZERO, Currency::USD), None);
        let most = UnitPrice::from_micros(i64::MAX);
        assert_eq!(most.line_amount(Quantity::from_micros(i64::MAX), each, Currency::USD), None, "too large, and no overflow");
    }

    #[test]
    fn a_price_is_compared_and_converted_exactly_between_bases() {
        let (one, hundred) = (Quantity::whole(1), Quantity::whole(100));
        let (each, per_hundred): (UnitPrice, UnitPrice) = ("0.05".parse().unwrap(), "5".parse().unwrap());
        assert!(each.is_same(one, per_hundred, hundred));
        assert!(!each.is_same(one, each, hundred));
        assert_eq!(per_hundred.rebased(hundred, one), Some(each));
        assert_eq!(each.rebased(one, hundred), Some(per_hundred));
        assert_eq!("0.000001".parse::<UnitPrice>().unwrap().rebased(hundred, one), None, "never rounded");
        assert_eq!(each.rebased(Quantity::ZERO, one), None);
    }

    #[test]
    fn amounts_carry_their_currency_places() {
        assert_eq!(Amount::parse("10.05", Currency::EUR).unwrap().plain(Currency::EUR), "10.05");
        assert_eq!(Amount::from_minor(-5).plain(Currency::EUR), "-0.05");
        assert_eq!(Amount::from_minor(1500).plain("JPY".parse().unwrap()), "1500");
        assert_eq!(Amount::parse("1.001", Currency::EUR), Err(NumberError::TooPrecise { places: 2 }));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in any::<i32>(), places in 0u32..7) {
            let text = format_scaled(i64::from(value), places, 0);
            prop_assert_eq!(parse_scaled(&text, places), Ok(i64::from(value)));
        }
    }
}
