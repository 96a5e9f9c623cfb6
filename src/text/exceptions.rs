//! The words around an exception: how bad it is, what it is about, who settles it, both numbers, and what one asks the
//! other side for. What is said of each kind is in `guides`.

use std::fmt::Write as _;

use crate::domain::exception::{Difference, Family, Kind, Owner, Said, Setting, Severity, SubjectKind, Value, rule::Measure};

/// How bad it is.
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Notice",
        Severity::Warning => "Warning",
        Severity::Critical => "Critical",
    }
}

/// What kinds that belong together are called.
pub const fn family(family: Family) -> &'static str {
    match family {
        Family::Answers => "Answers to orders",
        Family::Shipments => "Shipments",
        Family::Invoices => "Invoices",
        Family::Payments => "Payments",
        Family::Documents => "Documents and systems",
    }
}

/// What an exception is about.
pub const fn exception_subject(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Order => "Order",
        SubjectKind::Shipment => "Shipment",
        SubjectKind::Invoice => "Invoice",
        SubjectKind::Remittance => "Remittance",
        SubjectKind::Document => "Document",
        SubjectKind::Transmission => "File",
        SubjectKind::Partner => "Partner",
    }
}

/// Who can settle it, as the reader says it.
pub const fn exception_owner(owner: Owner, is_hub: bool) -> &'static str {
    match (owner, is_hub) {
        (Owner::Hub, true) | (Owner::Partner, false) => "You",
        (Owner::Hub, false) => "The buyer",
        (Owner::Partner, true) => "The partner",
    }
}

/// A rule's threshold with what it measures: "after 4 working hours"; nothing where there is none.
pub fn threshold(measure: Measure, value: i64) -> String {
    let value = value.unsigned_abs();
    match measure {
        Measure::WorkingHours if value == 0 => "at once".to_owned(),
        Measure::WorkingHours => format!("after {}", super::count(value, "working hour", "working hours")),
        Measure::Percent | Measure::Days if value == 0 => "any difference".to_owned(),
        Measure::Percent => format!("more than {value} percent"),
        Measure::Days => format!("more than {}", super::count(value, "day", "days")),
        Measure::Nothing => String::new(),
    }
}

/// A setting in a line: "On · after 4 working hours · said at most 4 times".
pub fn setting(kind: Kind, setting: Setting) -> String {
    if !setting.is_on {
        return "Off".to_owned();
    }
    let often = format!("said at most {}", super::count(setting.repeats.unsigned_abs(), "time", "times"));
    let parts = ["On".to_owned(), threshold(kind.measure(), setting.threshold), often];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// A value that two sides see differently.
pub fn value(value: &Value, zone: &super::Zone) -> String {
    use crate::domain::number::{Amount, Quantity};
    match value {
        Value::Quantity { quantity, unit } => super::quantity(*quantity, unit),
        Value::Price { price, per, currency } => {
            let basis = (*per != Quantity::whole(1)).then(|| format!(" for {}", super::decimal(*per)));
            format!("{} {}{}", currency.code(), super::price(*price, *currency), basis.unwrap_or_default())
        }
        Value::Money { minor, currency } => super::money(Amount::from_minor(*minor), *currency),
        Value::Date { on } => super::date(*on),
        Value::Moment { at } => super::moment(*at, zone),
        Value::Words { words } => words.clone(),
        Value::Nothing => "nothing".to_owned(),
    }
}

/// What one asks the other side for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// How it came about.
    Reason,
    /// Nothing: it is theirs to settle, and they say how it came about.
    Account,
    /// The document that shows which number is right.
    Document,
    /// Another value.
    Value,
}

/// The words with which a case about an exception begins: both numbers, line by line, and what is asked. Whoever sends them
/// changes them as they like.
pub fn request(kind: Kind, differences: &[Difference], asked: Asked, zone: &super::Zone) -> String {
    let side = |said: &Said| {
        let words = value(&said.value, zone);
        let words = words.trim_end_matches('.');
        if said.id.is_some() && said.value != Value::Nothing { format!("{words} ({})", said.by) } else { words.to_owned() }
    };
    let mut text = String::new();
    for difference in differences.iter().take(MOST_LINES) {
        let _ = match &difference.expected.value {
            // What is wrong in words says itself what it should be.
            Value::Words { .. } => writeln!(text, "{}: {}.", difference.what, side(&difference.found)),
            _ => writeln!(text, "{}: {}, expected {}.", difference.what, side(&difference.found), side(&difference.expected)),
        };
    }
    if differences.len() > MOST_LINES {
        let _ = writeln!(text, "And {} more.", differences.len() - MOST_LINES);
    }
    let ask = match asked {
        Asked::Reason => "Please tell us how this came about and what you suggest.",
        Asked::Account => "What happened:\n\nWhat we suggest:\n",
        Asked::Document => asked_document(kind),
        Asked::Value => "Please tell us whether you can agree to the expected value, or what you propose instead.",
    };
    format!("{text}\n{ask}")
}

/// Lines that a request names; the rest is counted.
const MOST_LINES: usize = 10;

const fn asked_document(kind: Kind) -> &'static str {
    match kind {
        Kind::AnswerPrice | Kind::PriceNotAgreed => {
            "Please send the document that names this price: the price list, the contract or the quotation."
        }
        Kind::Substituted => "Please send the data sheet of the substitute.",
        Kind::ShipmentDataMissing => "Please send the carrier, the tracking number and the expected day of arrival.",
        Kind::ShipmentLate => "Please send the proof of delivery, or the carrier's last report.",
        Kind::ReceivedDiffers => "Please send the signed delivery note.",
        Kind::TotalNotLines => "Please send the calculation of the total, or a corrected invoice.",
        Kind::RemittanceInvoiceUnknown => "Please send a copy of the invoice that is meant.",
        _ => "Please send the document that shows which one is right.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Zone;

    #[test]
    fn a_request_names_both_numbers_where_they_stand_and_what_is_asked() {
        let said = |pieces: &str, by: &str, id| Said {
            value: Value::Quantity { quantity: pieces.parse().unwrap(), unit: "EA".to_owned() },
            by: by.to_owned(),
            place: None,
            id,
            document: None,
        };
        let difference = Difference {
            what: "Line 10: quantity".to_owned(),
            found: said("120", "Invoice 9001", Some(uuid::Uuid::nil())),
            expected: said("100", "", None),
        };
        let text = request(Kind::PriceNotAgreed, &vec![difference; 12], Asked::Document, &Zone::utc());
        assert!(text.starts_with("Line 10: quantity: 120 pcs (Invoice 9001), expected 100 pcs.\n"), "{text}");
        assert!(text.contains("And 2 more.") && text.ends_with("the contract or the quotation."), "{text}");
    }
}
