//! What several sets share when written.

use crate::{
    domain::{
        message::{Carrier, ItemIds, Party, Reference, Terms},
        number::{Currency, Quantity},
        time::Date,
    },
    edi::x12::schema,
};

use super::{Out, Value, date, empty, fixed, maybe, shown, value};

/// CUR, where the document names a currency.
pub fn currency(whose: &'static str, currency: Option<Currency>, out: &mut Out<'_>) {
    if let Some(currency) = currency {
        out.segment(&schema::CUR, &[fixed(whose), value("currency", currency.to_string())]);
    }
}

/// One REF from a field of its own.
pub fn named_reference(qualifier: &'static str, path: &'static str, text: Option<&str>, out: &mut Out<'_>) {
    if let Some(text) = text {
        out.segment(&schema::REF, &[fixed(qualifier), value(path, text)]);
    }
}

/// REF for each. The first of those in `empty_fields` would be read into a field of its own, which is still empty.
pub fn references(list: &[Reference], empty_fields: &[&str], out: &mut Out<'_>) {
    for (i, reference) in list.iter().enumerate() {
        let at = format!("references.{i}");
        if empty_fields.contains(&reference.qualifier.as_str())
            && reference.description.as_deref().unwrap_or_default().trim_end_matches(' ').is_empty()
        {
            out.error(&format!("{at}.qualifier"), "has a field of its own; put the number there");
        }
        out.segment(
            &schema::REF,
            &[
                value(format!("{at}.qualifier"), reference.qualifier.as_str()),
                value(format!("{at}.value"), reference.value.as_str()),
                maybe(format!("{at}.description"), reference.description.as_deref()),
            ],
        );
    }
}

/// N1 with N3 and N4 for each party.
pub fn parties(parties: &[Party], out: &mut Out<'_>) {
    for (i, party) in parties.iter().enumerate() {
        let at = |field: &str| format!("parties.{i}.{field}");
        out.segment(
            &schema::N1,
            &[
                value(at("role"), party.role.as_str()),
                maybe(at("name"), party.name.as_deref()),
                maybe(at("id_qualifier"), party.id_qualifier.as_deref()),
                maybe(at("id"), party.id.as_deref()),
            ],
        );
        if party.address.len() > 4 {
            out.error(&at("address"), "has more than four lines");
        }
        for (n, lines) in party.address.chunks(2).enumerate() {
            let line = |k: usize| maybe(format!("parties.{i}.address.{}", 2 * n + k), lines.get(k).map(String::as_str));
            out.segment(&schema::N3, &[line(0), line(1)]);
        }
        if party.city.is_some() || party.region.is_some() || party.postal_code.is_some() || party.country.is_some() {
            out.segment(
                &schema::N4,
                &[
                    maybe(at("city"), party.city.as_deref()),
                    maybe(at("region"), party.region.as_deref()),
                    maybe(at("postal_code"), party.postal_code.as_deref()),
                    maybe(at("country"), party.country.as_deref()),
                ],
            );
        }
    }
}

/// DTM, where there is a date.
pub fn dated(qualifier: &'static str, path: String, day: Option<Date>, out: &mut Out<'_>) {
    if day.is_some() {
        out.segment(&schema::DTM, &[fixed(qualifier), date(path, day)]);
    }
}

/// ITD, where there are terms. Type 08 offers a discount, 01 does not; days count from the invoice date.
pub fn terms(terms: Option<&Terms>, out: &mut Out<'_>) {
    let Some(terms) = terms else { return };
    let kind = if terms.discount_percent.is_some() { "08" } else { "01" };
    out.segment(
        &schema::ITD,
        &[
            fixed(kind),
            fixed("3"),
            shown("terms.discount_percent", terms.discount_percent),
            empty(),
            shown("terms.discount_days", terms.discount_days),
            date("terms.net_on", terms.net_on),
            shown("terms.net_days", terms.net_days),
            empty(),
            empty(),
            empty(),
            empty(),
            maybe("terms.description", terms.description.as_deref()),
        ],
    );
}

/// TD5, where there is a carrier.
pub fn carrier(carrier: Option<&Carrier>, out: &mut Out<'_>) {
    let Some(carrier) = carrier else { return };
    let qualifier = if carrier.scac.is_some() { "2" } else { "" };
    out.segment(
        &schema::TD5,
        &[
            empty(),
            fixed(qualifier),
            maybe("carrier.scac", carrier.scac.as_deref()),
            maybe("carrier.method", carrier.method.as_deref()),
            maybe("carrier.name", carrier.name.as_deref()),
        ],
    );
}

/// The pairs that name an item, seller's number first.
pub fn item<'a>(item: &'a ItemIds, line: &str, out: &mut Out<'_>) -> Vec<Value<'a>> {
    let mut pairs: Vec<(Value<'a>, Value<'a>)> = Vec::new();
    let mut pair = |name: &str, qualifier: &'static str, text: Option<&'a str>| {
        if let Some(text) = text {
            pairs.push((fixed(qualifier), value(format!("{line}.item.{name}"), text)));
        }
    };
    pair("seller", "VP", item.seller.as_deref());
    pair("buyer", "BP", item.buyer.as_deref());
    pair("gtin", item.gtin.as_deref().map_or("UP", gtin_qualifier), item.gtin.as_deref());
    for (i, other) in item.other.iter().enumerate() {
        pairs.push((
            value(format!("{line}.item.other.{i}.qualifier"), other.qualifier.as_str()),
            value(format!("{line}.item.other.{i}.value"), other.value.as_str()),
        ));
    }
    if pairs.len() > 5 {
        out.error(&format!("{line}.item"), "has more than five numbers");
        pairs.truncate(5);
    }
    for (qualifier, number) in &pairs {
        if qualifier.text.is_empty() || number.text.trim_end().is_empty() {
            out.error(&number.path, "is empty");
        }
    }
    pairs.into_iter().flat_map(|(qualifier, number)| [qualifier, number]).collect()
}

/// UPC, EAN-13 or GTIN-14, by length.
fn gtin_qualifier(gtin: &str) -> &'static str {
    match gtin.len() {
        13 => "EN",
        14 => "UK",
        _ => "UP",
    }
}

/// Basis of a price that buys more than one unit.
pub fn basis<'a>(price_per: Quantity, line: &str, out: &mut Out<'_>) -> Value<'a> {
    let path = format!("{line}.price_per");
    for (units, code) in [(1, ""), (100, "HP"), (1000, "TP")] {
        if price_per == Quantity::whole(units) {
            return value(path, code);
        }
    }
    out.error(&path, "must be 1, 100 or 1000 in X12");
    value(path, "")
}

/// Most characters of one PID05.
const WIDTH: usize = 80;

/// PID: as many as the text needs, cut at single spaces, so that it reads as it was written.
pub fn description(text: Option<&str>, line: &str, out: &mut Out<'_>) {
    let Some(mut rest) = text else { return };
    let path = format!("{line}.description");
    loop {
        let fits = rest.char_indices().nth(WIDTH).is_none();
        // A cut may fall on the space right behind the longest piece.
        let within = rest.char_indices().nth(WIDTH + 1).map_or(rest, |(at, _)| &rest[..at]);
        let cut = if fits { None } else { within.match_indices(' ').map(|(at, _)| at).rfind(|&at| single(rest, at)) };
        let piece = cut.map_or(rest, |at| &rest[..at]);
        out.segment(&schema::PID, &[fixed("F"), empty(), empty(), empty(), value(path.clone(), piece)]);
        match cut {
            Some(at) => rest = &rest[at + 1..],
            None => break,
        }
    }
}

/// Whether the space at `at` stands alone between two words.
fn single(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    at > 0 && bytes[at - 1] != b' ' && bytes.get(at + 1).is_some_and(|&b| b != b' ')
}
