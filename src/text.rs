//! Wording and formats, in one place: how a date, a time, a deadline, a quantity, an amount and a count are written for
//! a person. It reads no clock and knows no page; the reader's zone and "now" are passed in.

mod exceptions;
mod guides;
mod mail;
mod questions;
mod refusals;
mod words;

pub use exceptions::{
    Asked, exception_owner, exception_subject, family as exception_family, request as exception_request, setting as exception_setting,
    severity, value as exception_value,
};
pub use guides::{Step as ExceptionStep, exception, exception_guide};
pub use mail::{mail_reason, mail_sender, mail_subject};
pub use questions::{Question as ExceptionQuestion, exception_questions};
pub use refusals::{refusal, refusal_step};
pub use words::{
    advice_error, application_verdict, broken, case_kind, case_priority, case_status, deduction, dispute_action, dispute_outcome,
    dispute_reason, document_kind, document_status, escalation, invoice_state, line_status, list, media, order_state, payment_method,
    promise, reason, shipment_state, topic, way,
};

use jiff::tz::TimeZone;

use crate::{
    domain::{
        number::{Amount, Currency, Quantity, UnitPrice, format_scaled},
        time::{Date, Timestamp},
    },
    islands::figures::grouped,
};

/// The zone a person reads times in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated Universal Time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// A zone by its IANA name: "Europe/Amsterdam". None where there is no such zone.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The calendar date of an instant in this zone.
    pub fn date(&self, at: Timestamp) -> Date {
        Date(at.to_jiff().to_zoned(self.0.clone()).date())
    }

    /// What the zone is called at an instant: "CET", "CEST"; "UTC+05" where a zone has no letters of its own.
    pub fn label(&self, at: Timestamp) -> String {
        let name = self.format(at, "%Z");
        if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
    }

    fn format(&self, at: Timestamp, pattern: &str) -> String {
        at.to_jiff().to_zoned(self.0.clone()).strftime(pattern).to_string()
    }
}

// ---- Dates and times -------------------------------------------------------------------------------------------------

/// "12 Nov 2026".
pub fn date(date: Date) -> String {
    date.0.strftime("%-d %b %Y").to_string()
}

/// "Thu 12 Nov 2026", where one plans by the weekday.
pub fn date_with_weekday(date: Date) -> String {
    date.0.strftime("%a %-d %b %Y").to_string()
}

/// "12 Nov" in the present year, "12 Nov 2025" in another. For lists.
pub fn date_short(date: Date, today: Date) -> String {
    date.0.strftime(if date.0.year() == today.0.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// "14:05 CET".
pub fn time(at: Timestamp, zone: &Zone) -> String {
    format!("{} {}", zone.format(at, "%H:%M"), zone.label(at))
}

/// "12 Nov 2026, 14:05 CET".
pub fn moment(at: Timestamp, zone: &Zone) -> String {
    format!("{} {}", zone.format(at, "%-d %b %Y, %H:%M"), zone.label(at))
}

/// "Thu 12 Nov 2026, 14:05:09 CET", for acknowledgments and the life of a document.
pub fn moment_exact(at: Timestamp, zone: &Zone) -> String {
    format!("{} {}", zone.format(at, "%a %-d %b %Y, %H:%M:%S"), zone.label(at))
}

/// "today 14:05", "yesterday 09:12", "Mon 14:05" within six days, then "12 Nov 14:05" or "12 Nov 2025". For lists whose
/// head names the zone.
pub fn moment_short(at: Timestamp, now: Timestamp, zone: &Zone) -> String {
    let (day, today) = (zone.date(at), zone.date(now));
    let pattern = match today.days_since(day) {
        0 => "today %H:%M",
        1 => "yesterday %H:%M",
        2..=6 => "%a %H:%M",
        _ if day.0.year() == today.0.year() => "%-d %b %H:%M",
        _ => "%-d %b %Y",
    };
    zone.format(at, pattern)
}

/// "As of 14:05 CET".
pub fn as_of(at: Timestamp, zone: &Zone) -> String {
    format!("As of {}", time(at, zone))
}

/// A length of time in the two largest units that say enough: "40 s", "12 min", "6 h 48 min", "3 days".
pub fn duration(seconds: i64) -> String {
    match seconds / 3600 {
        hours @ 48.. => format!("{} days", hours / 24),
        _ => working_time(seconds),
    }
}

/// A length of working time: in hours, however many, because a day of work has fewer than a day.
pub fn working_time(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min"),
        (_, 0) => format!("{hours} h"),
        _ => format!("{hours} h {minutes} min"),
    }
}

/// How much a deadline presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Later than tomorrow.
    Calm,
    /// Today or tomorrow.
    Soon,
    /// Passed.
    Late,
}

/// A deadline in words, and how much it presses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// "Due today, 17:00 CET · 6 h 48 min left", "2 days late, was due 10 Nov 2026".
    pub text: String,
    /// For the colour, which never stands alone.
    pub urgency: Urgency,
}

/// A deadline that is an instant.
pub fn due(deadline: Timestamp, now: Timestamp, zone: &Zone) -> Due {
    let left = (deadline.micros() - now.micros()).div_euclid(1_000_000);
    let day = zone.date(deadline);
    if left < 0 {
        // The hour counts where it is about hours.
        let (late, was) = match -left {
            seconds @ ..86_400 => (duration(seconds), moment_short(deadline, now, zone)),
            seconds => (count(u64::try_from(seconds / 86_400).unwrap_or(0), "day", "days"), date(day)),
        };
        return Due { text: format!("{late} late, was due {was}"), urgency: Urgency::Late };
    }
    let hour = time(deadline, zone);
    let days = day.days_since(zone.date(now));
    let text = match days {
        0 => format!("Due today, {hour} · {} left", duration(left)),
        1 => format!("Due tomorrow, {hour}"),
        _ => format!("Due {}, {hour}", date_with_weekday(day)),
    };
    Due { text, urgency: if days <= 1 { Urgency::Soon } else { Urgency::Calm } }
}

/// A deadline that is a calendar date; it passes when the date is over.
pub fn due_on(deadline: Date, today: Date) -> Due {
    let days = deadline.days_since(today);
    let (text, urgency) = match days {
        ..0 => {
            let late = count(days.unsigned_abs().into(), "day", "days");
            (format!("{late} late, was due {}", date(deadline)), Urgency::Late)
        }
        0 => ("Due today".to_owned(), Urgency::Soon),
        1 => ("Due tomorrow".to_owned(), Urgency::Soon),
        _ => (format!("Due {} · in {days} days", date_with_weekday(deadline)), Urgency::Calm),
    };
    Due { text, urgency }
}

// ---- Numbers ---------------------------------------------------------------------------------------------------------

/// "1,408".
pub fn number(value: u64) -> String {
    grouped(&value.to_string())
}

/// "1 order", "1,408 orders", "no orders".
pub fn count(value: u64, one: &str, many: &str) -> String {
    match value {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{} {many}", number(value)),
    }
}

/// "1,240.00" without the currency, for a column whose head names it.
pub fn amount(amount: Amount, currency: Currency) -> String {
    grouped(&amount.plain(currency))
}

/// "USD 1,240.00".
pub fn money(value: Amount, currency: Currency) -> String {
    format!("{} {}", currency.code(), amount(value, currency))
}

/// "+120.00" or "−5,724.50" without the currency; a difference always shows its sign. Zero shows none.
pub fn difference(value: Amount, currency: Currency) -> String {
    let plus = if value > Amount::ZERO { "+" } else { "" };
    format!("{plus}{}", amount(value, currency))
}

/// "0.4120" without the currency: at least the currency's own places.
pub fn price(price: UnitPrice, currency: Currency) -> String {
    grouped(&format_scaled(price.micros(), 6, currency.exponent()))
}

/// "USD 4.95 per 100 pcs"; the basis is left out where it is one.
pub fn unit_price(value: UnitPrice, currency: Currency, per: Quantity, unit: &str) -> String {
    let text = format!("{} {}", currency.code(), price(value, currency));
    price_basis(per, unit).map_or_else(|| text.clone(), |basis| format!("{text} {basis}"))
}

/// "per 100 pcs"; nothing where a price is for one.
pub fn price_basis(per: Quantity, unit: &str) -> Option<String> {
    (per != Quantity::whole(1)).then(|| format!("per {}", quantity(per, unit)))
}

/// "1,200" or "0.5": a quantity without its unit, for a column whose head names it.
pub fn decimal(value: Quantity) -> String {
    grouped(&value.to_string())
}

/// "1,200 pcs", "1 case", "12.5 kg".
pub fn quantity(value: Quantity, unit: &str) -> String {
    format!("{} {}", decimal(value), unit_word(unit, value == Quantity::whole(1)))
}

/// The word for a unit of measure. X12 element 355 and UN/ECE Recommendation 20 share most of these codes; a code that
/// stands in neither list here is shown as it was sent.
pub fn unit_word(code: &str, one: bool) -> &str {
    let (singular, plural) = match code {
        "EA" | "PC" | "PCE" | "C62" | "H87" => ("pc", "pcs"),
        "CA" | "CS" | "XCS" => ("case", "cases"),
        "CT" | "XCT" => ("carton", "cartons"),
        "BX" | "XBX" => ("box", "boxes"),
        "PK" | "XPK" | "PA" => ("pack", "packs"),
        "PL" | "PF" | "XPF" | "XPX" => ("pallet", "pallets"),
        "BG" | "XBG" => ("bag", "bags"),
        "DR" | "XDR" => ("drum", "drums"),
        "RL" | "RO" | "XRO" => ("roll", "rolls"),
        "SE" | "SET" | "ST" => ("set", "sets"),
        "KT" => ("kit", "kits"),
        "PR" | "NPR" => ("pair", "pairs"),
        "DZ" | "DZN" => ("dozen", "dozen"),
        "TH" | "MIL" => ("thousand", "thousand"),
        "CEN" | "HU" => ("hundred", "hundred"),
        "KG" | "KGM" => ("kg", "kg"),
        "GR" | "GRM" => ("g", "g"),
        "LB" | "LBR" => ("lb", "lb"),
        "OZ" | "ONZ" => ("oz", "oz"),
        "TN" | "STN" => ("short ton", "short tons"),
        "MP" | "TNE" => ("t", "t"),
        "FT" | "LF" | "FOT" => ("ft", "ft"),
        "IN" | "INH" => ("in", "in"),
        "YD" | "YRD" => ("yd", "yd"),
        "MR" | "MTR" => ("m", "m"),
        "MM" | "MMT" => ("mm", "mm"),
        "CM" | "CMT" => ("cm", "cm"),
        "SF" | "FTK" => ("sq ft", "sq ft"),
        "SM" | "MTK" => ("m²", "m²"),
        "GA" | "GLL" => ("gal", "gal"),
        "LT" | "LTR" => ("l", "l"),
        "HR" | "HUR" => ("hour", "hours"),
        "DA" | "DAY" => ("day", "days"),
        other => (other, other),
    };
    if one { singular } else { plural }
}

/// "20 MB", "1.4 kB", "612 bytes": sizes of files, in powers of ten.
pub fn file_size(bytes: u64) -> String {
    const UNITS: [&str; 3] = ["kB", "MB", "GB"];
    if bytes < 1000 {
        return count(bytes, "byte", "bytes");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", number(tenths / 10), UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utrecht() -> Zone {
        Zone::named("Europe/Amsterdam").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn dates_have_the_month_as_a_word() {
        assert_eq!(date(day("2026-11-12")), "12 Nov 2026");
        assert_eq!(date_with_weekday(day("2026-12-04")), "Fri 4 Dec 2026");
        assert_eq!(date_short(day("2026-12-04"), day("2026-11-24")), "4 Dec");
        assert_eq!(date_short(day("2027-01-04"), day("2026-11-24")), "4 Jan 2027");
    }

    #[test]
    fn times_are_in_the_readers_zone_with_the_zone_named() {
        assert_eq!(time(at("2026-11-24T13:05:00Z"), &utrecht()), "14:05 CET");
        assert_eq!(time(at("2026-07-24T13:05:00Z"), &utrecht()), "15:05 CEST");
        assert_eq!(moment(at("2026-11-24T23:30:00Z"), &utrecht()), "25 Nov 2026, 00:30 CET");
        assert_eq!(moment_exact(at("2026-11-23T07:02:14.9Z"), &utrecht()), "Mon 23 Nov 2026, 08:02:14 CET");
        assert_eq!(time(at("2026-11-24T13:05:00Z"), &Zone::named("Asia/Dubai").unwrap()), "17:05 UTC+04");
        assert_eq!(as_of(at("2026-11-24T13:05:00Z"), &Zone::utc()), "As of 13:05 UTC");
        assert_eq!(Zone::named("Atlantis/Capital"), None);
        assert_eq!(utrecht().name(), "Europe/Amsterdam");
    }

    #[test]
    fn a_short_moment_says_no_more_than_is_needed() {
        let now = at("2026-11-24T09:12:00Z");
        let short = |text: &str| moment_short(at(text), now, &utrecht());
        assert_eq!(short("2026-11-24T08:47:00Z"), "today 09:47");
        assert_eq!(short("2026-11-23T22:59:00Z"), "yesterday 23:59");
        assert_eq!(short("2026-11-23T23:01:00Z"), "today 00:01");
        assert_eq!(short("2026-11-20T08:26:00Z"), "Fri 09:26");
        assert_eq!(short("2026-11-09T10:32:00Z"), "9 Nov 11:32");
        assert_eq!(short("2025-11-09T10:32:00Z"), "9 Nov 2025");
    }

    #[test]
    fn durations_name_at_most_two_units() {
        assert_eq!(duration(-5), "0 s");
        assert_eq!(duration(40), "40 s");
        assert_eq!(duration(60), "1 min");
        assert_eq!(duration(24_480), "6 h 48 min");
        assert_eq!(duration(7200), "2 h");
        assert_eq!(duration(47 * 3600 + 59 * 60), "47 h 59 min");
        assert_eq!(duration(3 * 86_400 + 5), "3 days");
        assert_eq!(working_time(50 * 3600), "50 h");
    }

    #[test]
    fn a_deadline_says_how_much_is_left_or_how_late_it_is() {
        let now = at("2026-11-24T09:12:00Z");
        let said = |text: &str| due(at(text), now, &utrecht());
        assert_eq!(said("2026-11-24T16:00:00Z").text, "Due today, 17:00 CET · 6 h 48 min left");
        assert_eq!(said("2026-11-24T16:00:00Z").urgency, Urgency::Soon);
        assert_eq!(said("2026-11-25T11:00:00Z").text, "Due tomorrow, 12:00 CET");
        assert_eq!(said("2026-11-27T11:00:00Z"), Due { text: "Due Fri 27 Nov 2026, 12:00 CET".into(), urgency: Urgency::Calm });
        assert_eq!(said("2026-11-24T08:32:00Z").text, "40 min late, was due today 09:32");
        assert_eq!(said("2026-11-23T08:00:00Z").text, "1 day late, was due 23 Nov 2026");
        assert_eq!(said("2026-11-22T08:00:00Z"), Due { text: "2 days late, was due 22 Nov 2026".into(), urgency: Urgency::Late });
    }

    #[test]
    fn a_due_date_is_late_only_when_it_is_over() {
        let today = day("2026-11-24");
        assert_eq!(due_on(day("2026-11-24"), today).text, "Due today");
        assert_eq!(due_on(day("2026-11-25"), today), Due { text: "Due tomorrow".into(), urgency: Urgency::Soon });
        assert_eq!(due_on(day("2026-12-04"), today).text, "Due Fri 4 Dec 2026 · in 10 days");
        assert_eq!(due_on(day("2026-11-23"), today), Due { text: "1 day late, was due 23 Nov 2026".into(), urgency: Urgency::Late });
    }

    #[test]
    fn money_has_its_currency_and_its_own_places() {
        let yen: Currency = "JPY".parse().unwrap();
        assert_eq!(money(Amount::from_minor(124_000), Currency::USD), "USD 1,240.00");
        assert_eq!(money(Amount::from_minor(-572_450), Currency::EUR), "EUR −5,724.50");
        assert_eq!(money(Amount::from_minor(1_500_000), yen), "JPY 1,500,000");
        assert_eq!(difference(Amount::from_minor(12_000), Currency::EUR), "+120.00");
        assert_eq!(difference(Amount::ZERO, Currency::EUR), "0.00");
        assert_eq!(price("0.412".parse().unwrap(), Currency::USD), "0.412");
        assert_eq!(price("61.4".parse().unwrap(), Currency::USD), "61.40");
        assert_eq!(unit_price("4.95".parse().unwrap(), Currency::USD, Quantity::whole(100), "EA"), "USD 4.95 per 100 pcs");
        assert_eq!(unit_price("4.95".parse().unwrap(), Currency::USD, Quantity::whole(1), "EA"), "USD 4.95");
    }

    #[test]
    fn quantities_have_their_unit() {
        assert_eq!(quantity(Quantity::whole(1), "EA"), "1 pc");
        assert_eq!(quantity(Quantity::whole(24_000), "EA"), "24,000 pcs");
        assert_eq!(quantity("12.5".parse().unwrap(), "KG"), "12.5 kg");
        assert_eq!(quantity(Quantity::whole(1), "CA"), "1 case");
        assert_eq!(quantity(Quantity::whole(3), "ZZ"), "3 ZZ");
        assert_eq!(quantity(Quantity::whole(-1200), "BX"), "−1,200 boxes");
    }

    #[test]
    fn counts_and_sizes() {
        assert_eq!(count(0, "order", "orders"), "no orders");
        assert_eq!(count(1, "order", "orders"), "1 order");
        assert_eq!(count(1_408_000, "order", "orders"), "1,408,000 orders");
        assert_eq!(number(999), "999");
        assert_eq!(file_size(612), "612 bytes");
        assert_eq!(file_size(1450), "1.4 kB");
        assert_eq!(file_size(20_000_000), "20 MB");
        assert_eq!(file_size(999_999), "999 kB");
    }
}
