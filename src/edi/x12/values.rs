//! Dates, times and implied decimals as X12 writes them. Pure functions over one element's text.

use crate::domain::{
    number::{Decimal, NumberError, PLACES, parse_scaled},
    time::Date,
};

/// A date: CCYYMMDD, or YYMMDD as the ISA and old releases have it (00 to 69 means 2000 to 2069).
pub fn date(text: &str) -> Option<Date> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i16>().ok());
    let (year, rest) = match text.len() {
        8 => (part(0, 4)?, 4),
        6 => (part(0, 2).map(|y| if y < 70 { 2000 + y } else { 1900 + y })?, 2),
        _ => return None,
    };
    let small = |n: i16| i8::try_from(n).ok();
    Date::new(year, small(part(rest, rest + 2)?)?, small(part(rest + 2, rest + 4)?)?)
}

/// Whether a text is a time: HHMM, HHMMSS, HHMMSSD or HHMMSSDD.
pub fn is_time(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<u8>().ok());
    text.bytes().all(|b| b.is_ascii_digit())
        && matches!(text.len(), 4 | 6 | 7 | 8)
        && part(0, 2).is_some_and(|hour| hour < 24)
        && part(2, 4).is_some_and(|minute| minute < 60)
        && (text.len() == 4 || part(4, 6).is_some_and(|second| second < 60))
}

/// CCYYMMDD.
pub fn write_date(date: Date) -> String {
    let day = date.0;
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// YYMMDD, for the ISA.
pub fn write_short_date(date: Date) -> String {
    write_date(date).split_off(2)
}

/// A whole number with implied decimal places (`TDS01`: two).
pub fn implied(text: &str, places: u32) -> Result<Decimal, NumberError> {
    let whole = parse_scaled(text, 0)?;
    whole.checked_mul(10i64.pow(PLACES - places)).map(Decimal::from_micros).ok_or(NumberError::TooLarge)
}

/// The other way round; `None` where the amount has more places than are implied.
pub fn write_implied(amount: Decimal, places: u32) -> Option<String> {
    let step = 10i64.pow(PLACES - places);
    (amount.micros() % step == 0).then(|| (amount.micros() / step).to_string())
}

/// How many units a price buys, by its basis code (639); 1 for all that say nothing else.
pub fn price_units(basis: &str) -> i64 {
    match basis {
        "HP" | "HU" => 100,
        "TP" | "TE" => 1000,
        _ => 1,
    }
}

/// The release a version code names, such as 4010 for `004010VICS`; `None` where it names none.
pub fn release(version: &str) -> Option<u32> {
    let digits = version.get(..6)?;
    let number: u32 = digits.parse().ok()?;
    (digits.bytes().all(|b| b.is_ascii_digit()) && (2000..=9999).contains(&number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times() {
        assert_eq!(date("20260131"), Date::new(2026, 1, 31));
        assert_eq!(date("260131"), Date::new(2026, 1, 31));
        assert_eq!(date("991231"), Date::new(1999, 12, 31));
        for bad in ["20260230", "2026013", "2026-1-1", "", "20261301", "２０２６"] {
            assert_eq!(date(bad), None, "{bad}");
        }
        assert_eq!(date("20260131").map(write_date).as_deref(), Some("20260131"));
        for good in ["0000", "2359", "235959", "23595999"] {
            assert!(is_time(good), "{good}");
        }
        for bad in ["2400", "1260", "12", "235960", "12:30", ""] {
            assert!(!is_time(bad), "{bad}");
        }
    }

    #[test]
    fn implied_decimals_both_ways() {
        assert_eq!(implied("12500", 2), "125.00".parse());
        assert_eq!(implied("-5", 2), "-0.05".parse());
        assert_eq!(implied("1.5", 2), Err(NumberError::TooPrecise { places: 0 }));
        assert_eq!("125.07".parse().ok().and_then(|d| write_implied(d, 2)).as_deref(), Some("12507"));
        assert_eq!("0.001".parse().ok().and_then(|d| write_implied(d, 2)), None);
    }
}
