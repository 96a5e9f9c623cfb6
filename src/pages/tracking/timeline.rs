//! What happened to an order and what is to come: oldest on top, the future hollow.

use crate::{
    domain::{
        order::OrderState,
        time::{Date, Timestamp},
    },
    pages::{PageContext, brand, shipments::parts},
    service::orders::view::OrderView,
    store::events::Event,
    text,
    ui::{Entry, Icon, Role},
};

/// The entries.
pub fn entries(cx: &PageContext, view: &OrderView, today: Date) -> Vec<Entry> {
    // What is billed is told at the invoices; here one follows the goods.
    let about_goods = view.events.iter().filter(|event| !event.kind.starts_with("invoice_"));
    let mut past: Vec<_> = about_goods.map(|event| (event.at, past(cx, view, event))).collect();
    past.extend(confirmed(cx, view));
    past.sort_by_key(|(at, _)| *at);
    past.into_iter().map(|(_, entry)| entry).chain(future(view, today)).collect()
}

/// The confirmation, where the order was confirmed without an answer of its own.
fn confirmed(cx: &PageContext, view: &OrderView) -> Option<(Timestamp, Entry)> {
    let at = view.order.answered_at.filter(|_| view.events.iter().all(|event| event.kind != "order_answered"))?;
    let entry = Entry::new("confirmed", Icon::Check, Role::Success, "Confirmed", parts::moment(at, cx));
    Some((at, Entry { when_iso: Some(at.to_string()), who: Some(brand().name), ..entry }))
}

/// The place of a shipment in the order's own count, from 1.
fn place(view: &OrderView, event: &Event) -> Option<usize> {
    let id = event.shipment_id?;
    view.shipments.iter().position(|(shipment, _)| shipment.id == id).map(|place| place + 1)
}

fn past(cx: &PageContext, view: &OrderView, event: &Event) -> Entry {
    let place = place(view, event);
    let shipment = place.and_then(|place| view.shipments.get(place - 1)).map(|(shipment, _)| shipment);
    let mut entry = parts::entry(event, cx, shipment.and_then(|shipment| shipment.carrier_name.as_deref()));
    match (event.kind.as_str(), place) {
        ("order_received", _) => entry.what = "Ordered".to_owned(),
        ("order_promised", _) => {
            entry.what = event.changes.first().map_or_else(|| "New date".to_owned(), |change| change.what.clone());
        }
        ("shipment_announced", Some(place)) => {
            entry.what = format!("Shipment {place} is on its way");
            entry.detail = shipment.and_then(|shipment| shipment.carrier_name.clone()).map(|carrier| format!("With {carrier}"));
        }
        ("shipment_reported", Some(place)) => entry.what = format!("Shipment {place}: {}", lower_first(parts::report_to_customer(event))),
        _ => {}
    }
    entry
}

/// "Held at customs" within a sentence.
fn lower_first(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// What is to come.
fn future(view: &OrderView, today: Date) -> Vec<Entry> {
    let hollow = |key: &str, icon, what: String, when: String| Entry { future: true, ..Entry::new(key, icon, Role::Plain, what, when) };
    let mut entries = Vec::new();
    if view.order.state == OrderState::Received {
        entries.push(hollow("to-confirm", Icon::Check, "Confirmation with dates".to_owned(), String::new()));
    }
    let to_leave = view.lines.iter().filter(|line| line.to_ship().is_positive());
    let left_over = to_leave.clone().count();
    if left_over > 0 {
        let when = to_leave.filter_map(|line| line.promised_on).max().map(|day| format!("promised {}", text::date_short(day, today)));
        let what = if view.shipments.is_empty() { "Shipping".to_owned() } else { "The rest leaves".to_owned() };
        entries.push(hollow("to-ship", Icon::Truck, what, when.unwrap_or_else(|| "no date yet".to_owned())));
    }
    let mut coming: Vec<_> = (1..).zip(&view.shipments).filter(|(_, (shipment, _))| shipment.state.is_open()).collect();
    coming.sort_by_key(|(_, (shipment, _))| (shipment.estimated_on.is_none(), shipment.estimated_on));
    for (place, (shipment, _)) in coming {
        let when = match shipment.estimated_on {
            Some(day) if day < today => format!("was expected {}", text::date_short(day, today)),
            Some(day) => text::date_short(day, today),
            None => "no date yet".to_owned(),
        };
        entries.push(hollow(&format!("to-arrive-{}", shipment.id), Icon::Home, format!("Shipment {place} arrives"), when));
    }
    entries
}
