//! What several sets share: parties, references, item numbers, terms, descriptions, carriers, and the check of CTT.

use std::fmt;

use crate::{
    domain::{
        message::{Carrier, ItemIds, Party, Reference, Terms},
        number::Quantity,
    },
    edi::x12::{token::Segment, values},
};

use super::Notes;

/// N1, N2, N3 and N4: a new party, or more about the last one. True where the segment was one of them.
pub fn party(parties: &mut Vec<Party>, segment: &Segment<'_>, notes: &mut Notes) -> bool {
    if segment.tag() == b"N1" {
        let i = parties.len();
        parties.push(Party {
            role: notes.text(segment, 1, format_args!("parties.{i}.role")).unwrap_or_default(),
            name: notes.text(segment, 2, format_args!("parties.{i}.name")),
            id_qualifier: notes.text(segment, 3, format_args!("parties.{i}.id_qualifier")),
            id: notes.text(segment, 4, format_args!("parties.{i}.id")),
            ..Party::default()
        });
        return true;
    }
    let Some(i) = parties.len().checked_sub(1) else { return matches!(segment.tag(), b"N2" | b"N3" | b"N4") };
    let party = &mut parties[i];
    match segment.tag() {
        b"N2" => {
            for text in [segment.get(1), segment.get(2)].into_iter().flatten() {
                match &mut party.name {
                    Some(name) => {
                        name.push(' ');
                        name.push_str(&text);
                    }
                    None => party.name = Some(text),
                }
            }
        }
        b"N3" => {
            for element in [1, 2] {
                let line = party.address.len();
                party.address.extend(notes.text(segment, element, format_args!("parties.{i}.address.{line}")));
            }
        }
        b"N4" => {
            party.city = notes.text(segment, 1, format_args!("parties.{i}.city"));
            party.region = notes.text(segment, 2, format_args!("parties.{i}.region"));
            party.postal_code = notes.text(segment, 3, format_args!("parties.{i}.postal_code"));
            party.country = notes.text(segment, 4, format_args!("parties.{i}.country"));
        }
        _ => return false,
    }
    true
}

/// A REF.
pub fn reference(list: &mut Vec<Reference>, segment: &Segment<'_>, notes: &mut Notes) {
    let i = list.len();
    list.push(Reference {
        qualifier: segment.get(1).unwrap_or_default(),
        value: notes.text(segment, 2, format_args!("references.{i}.value")).unwrap_or_default(),
        description: notes.text(segment, 3, format_args!("references.{i}.description")),
    });
}

/// The pairs of qualifier and number that name an item, from element `first` on.
pub fn item(segment: &Segment<'_>, first: usize, path: fmt::Arguments<'_>, notes: &mut Notes) -> ItemIds {
    let mut ids = ItemIds::default();
    let mut element = first;
    while element < segment.width() {
        let qualifier = segment.text(element);
        let field = match qualifier.as_ref() {
            "BP" | "IN" | "PI" => Some(("buyer", &mut ids.buyer)),
            "VP" | "VN" | "SK" => Some(("seller", &mut ids.seller)),
            "UP" | "UK" | "EN" | "UI" => Some(("gtin", &mut ids.gtin)),
            _ => None,
        };
        if let Some(value) = segment.get(element + 1) {
            match field {
                Some((name, slot)) if slot.is_none() => {
                    notes.at(format_args!("{path}.item.{name}"), segment, element + 1);
                    *slot = Some(value);
                }
                _ if qualifier.is_empty() => {}
                _ => {
                    let i = ids.other.len();
                    notes.at(format_args!("{path}.item.other.{i}.value"), segment, element + 1);
                    ids.other.push(Reference { qualifier: qualifier.into_owned(), value, description: None });
                }
            }
        }
        element += 2;
    }
    ids
}

/// PID: free text goes on from one PID to the next; other descriptions count only where there is no free text.
pub fn description(text: &mut Option<String>, segment: &Segment<'_>, path: fmt::Arguments<'_>, notes: &mut Notes) {
    let Some(more) = notes.text(segment, 5, format_args!("{path}.description")) else { return };
    match text {
        None => *text = Some(more),
        Some(text) if segment.bytes(1) == b"F" => {
            text.push(' ');
            text.push_str(&more);
        }
        Some(_) => {}
    }
}

/// Basis of a price: how many units it buys.
pub fn price_per(segment: &Segment<'_>, element: usize, path: fmt::Arguments<'_>, notes: &mut Notes) -> Quantity {
    if segment.has(element) {
        notes.at(format_args!("{path}.price_per"), segment, element);
    }
    Quantity::whole(values::price_units(&segment.text(element)))
}

/// ITD; the first one counts.
pub fn terms(terms: &mut Option<Terms>, segment: &Segment<'_>, notes: &mut Notes) {
    if terms.is_none() {
        *terms = Some(Terms {
            discount_percent: notes.parsed(segment, 3, format_args!("terms.discount_percent")),
            discount_days: notes.parsed(segment, 5, format_args!("terms.discount_days")),
            net_days: notes.parsed(segment, 7, format_args!("terms.net_days")),
            net_on: notes.date(segment, 6, format_args!("terms.net_on")),
            description: notes.text(segment, 12, format_args!("terms.description")),
        });
    }
}

/// TD5; the first one counts.
pub fn carrier(carrier: &mut Option<Carrier>, segment: &Segment<'_>, notes: &mut Notes) {
    if carrier.is_none() {
        // Qualifier 2 says that the code is the carrier's alpha code.
        let scac = if segment.bytes(2) == b"2" { notes.text(segment, 3, format_args!("carrier.scac")) } else { None };
        *carrier = Some(Carrier {
            scac,
            name: notes.text(segment, 5, format_args!("carrier.name")),
            method: notes.text(segment, 4, format_args!("carrier.method")),
        });
    }
}

/// CTT01 against what was counted.
pub fn count(segment: &Segment<'_>, counted: usize, of: &str, notes: &mut Notes) {
    let said: Option<usize> = segment.text(1).parse().ok();
    if said.is_some_and(|said| said != counted) {
        notes.remark(
            segment,
            1,
            "count_differs",
            format!("CTT01 counts {} {of}, the document has {counted}. Check that nothing was lost.", segment.text(1)),
        );
    }
}
