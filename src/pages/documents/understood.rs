//! What a document says, in whatever shape it has: facts first, then parties, references and lines. Each value whose
//! place in the raw segments is known leads there, and is led to from there.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::meaning;
use crate::{
    domain::{message::Origins, time::Date},
    islands::figures::grouped,
    text,
};

/// Where a value stands, as an anchor in the raw view.
pub(super) fn anchor(segment: u32, element: u16) -> String {
    if element == 0 { format!("s{segment}") } else { format!("s{segment}e{element}") }
}

/// Values by the anchor of the element they stand in; the first one where several do.
pub(super) type Places = BTreeMap<String, String>;

/// The places of the values that are shown.
pub(super) fn places(content: &Value, origins: &Origins) -> Places {
    let mut shown = Vec::new();
    leaves(content, "", &mut shown);
    let mut places = Places::new();
    for path in shown {
        if let Some(origin) = origins.get(&path) {
            places.entry(anchor(origin.segment, origin.element)).or_insert(path);
        }
    }
    places
}

fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| name.as_str() != "type") {
                leaves(value, &join(path, name), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &join(path, &index.to_string()), found);
            }
        }
        _ if is_empty(value) || is_usual_basis(path, value) => {}
        _ => found.push(path.to_owned()),
    }
}

/// A price for one unit is the usual case, says nothing, and may not be shown.
fn is_usual_basis(path: &str, value: &Value) -> bool {
    path.ends_with(".price_per") && value.as_str() == Some("1")
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Whether there is anything to show.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The view of a whole document.
pub(super) fn view(content: &Value, origins: &Origins) -> impl IntoView + use<> {
    let Value::Object(fields) = content else { return ().into_any() };
    object(fields, "", origins, 3)
}

/// An object: its plain values as facts, then its lists.
fn object(fields: &Map<String, Value>, path: &str, origins: &Origins, level: u8) -> AnyView {
    let mut shown: Vec<_> = fields.iter().filter(|(name, value)| name.as_str() != "type" && !is_empty(value)).collect();
    shown.sort_by_key(|(name, _)| rank(name));
    let facts: Vec<_> = shown
        .iter()
        .filter(|(_, value)| !is_list(value))
        .map(|(name, value)| view! { <dt>{meaning::label(name)}</dt><dd>{cell(name, value, &join(path, name), origins)}</dd> })
        .collect();
    let facts = (!facts.is_empty()).then(|| view! { <dl class="facts">{facts}</dl> });
    let lists: Vec<_> = shown
        .iter()
        .filter(|(_, value)| is_list(value))
        .filter_map(|(name, value)| Some(list(name, value.as_array()?, &join(path, name), origins, level)))
        .collect();
    view! { {facts}{lists} }.into_any()
}

/// A list of objects has a heading and a table of its own; a list of plain values is a fact.
fn is_list(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().any(Value::is_object))
}

/// The lists that are too deep for a cell of a table.
const DEEP: [&str; 3] = ["lines", "notes", "errors"];

fn list(name: &str, items: &[Value], path: &str, origins: &Origins, level: u8) -> AnyView {
    let objects: Vec<(String, &Map<String, Value>)> =
        items.iter().enumerate().filter_map(|(index, item)| Some((join(path, &index.to_string()), item.as_object()?))).collect();
    let is_deep =
        objects.iter().any(|(_, item)| DEEP.iter().any(|name| item.get(*name).is_some_and(|value| is_list(value) && !is_empty(value))));
    let body = if let Some(key) = KEYED.iter().find(|(list, _)| *list == name).map(|(_, key)| *key) {
        keyed(key, &objects, origins)
    } else if is_deep {
        let parts: Vec<_> =
            objects.iter().map(|(path, item)| view! { <div class="stack-s">{object(item, path, origins, level + 1)}</div> }).collect();
        view! { {parts} }.into_any()
    } else {
        table(name, &objects, origins)
    };
    let title = meaning::label(name);
    let heading = if level == 3 { view! { <h3>{title}</h3> }.into_any() } else { view! { <h4>{title}</h4> }.into_any() };
    view! { <section class="stack-s">{heading}{body}</section> }.into_any()
}

/// Lists whose members are told apart by one of their codes: they read better as lines than as a table.
const KEYED: [(&str, &str); 3] = [("parties", "role"), ("references", "qualifier"), ("other", "qualifier")];

/// One line per object: what its code means, then its other values.
fn keyed(key: &str, objects: &[(String, &Map<String, Value>)], origins: &Origins) -> AnyView {
    let lines: Vec<_> = objects
        .iter()
        .map(|(path, object)| {
            let mut rest: Vec<_> = object.iter().filter(|(name, value)| name.as_str() != key && !is_empty(value)).collect();
            rest.sort_by_key(|(name, _)| rank(name));
            let values: Vec<_> = rest
                .into_iter()
                .map(|(name, value)| {
                    let label = (name == "id_qualifier").then(|| view! { <span class="muted">"id as "</span> });
                    view! { <span class="value-part">{label}{cell(name, value, &join(path, name), origins)}" "</span> }
                })
                .collect();
            let head = object.get(key).map(|value| cell(key, value, &join(path, key), origins));
            view! { <dt>{head}</dt><dd>{values}</dd> }
        })
        .collect();
    view! { <dl class="facts">{lines}</dl> }.into_any()
}

/// One row per object, one column per field that any of them has.
fn table(name: &str, objects: &[(String, &Map<String, Value>)], origins: &Origins) -> AnyView {
    let mut columns: Vec<&str> = Vec::new();
    for (_, object) in objects {
        columns.extend(object.iter().filter(|(_, value)| !is_empty(value)).map(|(name, _)| name.as_str()));
    }
    columns.sort_unstable_by_key(|name| (rank(name), *name));
    columns.dedup();
    let every_price_is_for_one =
        objects.iter().all(|(_, object)| object.get("price_per").is_none_or(|per| is_usual_basis(".price_per", per)));
    columns.retain(|name| !(every_price_is_for_one && *name == "price_per"));
    let class = |name: &str| if meaning::is_number(name) { "num" } else { "" };
    let heads: Vec<_> =
        columns.iter().map(|name| view! { <th role="columnheader" scope="col" class=class(name)>{meaning::label(name)}</th> }).collect();
    let rows: Vec<_> = objects
        .iter()
        .map(|(path, object)| {
            let cells: Vec<_> = columns
                .iter()
                .map(|name| {
                    let value = object.get(*name).unwrap_or(&Value::Null);
                    view! { <td role="cell" class=class(name) data-label=(!is_empty(value)).then(|| meaning::label(name))>{cell(name, value, &join(path, name), origins)}</td> }
                })
                .collect();
            view! { <tr role="row">{cells}</tr> }
        })
        .collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=meaning::label(name)>
            <table role="table" class="data-table in-panel">
                <caption class="sr">{meaning::label(name)}</caption>
                <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Fields in the order people read them; others come after these.
fn rank(field: &str) -> usize {
    const ORDER: &[&str] = &[
        "role",
        "qualifier",
        "number",
        "line",
        "order_number",
        "code",
        "functional_id",
        "group_control_number",
        "control_number",
        "status",
        "purpose",
        "acknowledgment_type",
        "order_type",
        "date",
        "time",
        "name",
        "value",
        "item",
        "description",
        "ordered",
        "quantity",
        "received",
        "unit",
        "unit_price",
        "price_per",
        "amount",
        "percent",
        "total",
        "currency",
        "requested_on",
        "shipped_on",
        "estimated_on",
        "received_on",
        "carrier",
        "tracking",
        "schedule",
        "statuses",
        "terms",
        "id",
        "id_qualifier",
        "address",
        "city",
        "region",
        "postal_code",
        "country",
        "marks",
        "inside",
        "parties",
        "references",
        "packages",
        "orders",
        "lines",
        "adjustments",
        "taxes",
        "sets",
    ];
    ORDER.iter().position(|known| *known == field).unwrap_or(ORDER.len())
}

/// One value, whatever its shape, in the room of a cell.
fn cell(name: &str, value: &Value, path: &str, origins: &Origins) -> AnyView {
    match value {
        Value::Null => ().into_any(),
        Value::Object(fields) => {
            let mut parts: Vec<_> = fields.iter().filter(|(name, value)| name.as_str() != "type" && !is_empty(value)).collect();
            parts.sort_by_key(|(name, _)| rank(name));
            let parts: Vec<_> = parts.into_iter().map(|(name, value)| part(name, value, &join(path, name), origins)).collect();
            parts.into_any()
        }
        Value::Array(items) => {
            let parts = items.iter().enumerate().filter(|(_, item)| !is_empty(item));
            let parts: Vec<_> = parts
                .map(|(index, item)| view! { <span class="value-line">{cell(name, item, &join(path, &index.to_string()), origins)}</span> })
                .collect();
            parts.into_any()
        }
        _ => plain(name, value, path, origins),
    }
}

/// A value inside a cell, with its name in front.
fn part(name: &str, value: &Value, path: &str, origins: &Origins) -> AnyView {
    view! { <span class="value-part"><span class="muted">{meaning::label(name)}" "</span>{cell(name, value, path, origins)}" "</span> }
        .into_any()
}

fn plain(name: &str, value: &Value, path: &str, origins: &Origins) -> AnyView {
    let sent = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let words = written(name, &sent);
    let id = format!("v-{path}");
    match origins.get(path) {
        Some(origin) => {
            let title = format!("Segment {}, element {}", origin.segment, origin.element);
            view! { <a class="value" id=id href=format!("#{}", anchor(origin.segment, origin.element)) title=title>{words}</a> }.into_any()
        }
        None => view! { <span class="value" id=id>{words}</span> }.into_any(),
    }
}

/// A value as people read it.
fn written(name: &str, sent: &str) -> String {
    if let Some(words) = meaning::code(name, sent) {
        return format!("{words} ({sent})");
    }
    if meaning::is_number(name) && sent.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte)) {
        return grouped(sent);
    }
    if name == "unit" {
        let word = text::unit_word(sent, false);
        return if word == sent { sent.to_owned() } else { format!("{word} ({sent})").replace(' ', "\u{a0}") };
    }
    match sent.parse::<Date>() {
        Ok(date) if name.ends_with("_on") || name.ends_with("date") => text::date(date),
        _ => sent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::message::Origin;

    #[test]
    fn only_values_that_are_shown_are_led_to() {
        let content =
            json!({ "type": "purchase_order", "number": "4500071844", "release": null, "lines": [{ "quantity": "12", "unit": "EA" }] });
        let at = |segment, element| Origin { segment, element };
        let origins = Origins::from([
            ("number".to_owned(), at(4, 3)),
            ("release".to_owned(), at(4, 4)),
            ("lines.0.quantity".to_owned(), at(5, 2)),
            ("lines.7.quantity".to_owned(), at(9, 2)),
        ]);
        let places = places(&content, &origins);
        let found: Vec<_> = places.iter().map(|(anchor, path)| (anchor.as_str(), path.as_str())).collect();
        assert_eq!(found, [("s4e3", "number"), ("s5e2", "lines.0.quantity")]);
    }

    #[test]
    fn values_are_written_for_people() {
        assert_eq!(written("quantity", "24000"), "24,000");
        assert_eq!(written("requested_on", "2026-12-14"), "14 Dec 2026");
        assert_eq!(written("number", "2026"), "2026");
        assert_eq!(written("role", "ST"), "Ship to (ST)");
        assert_eq!(written("unit", "EA"), "pcs\u{a0}(EA)");
    }
}
