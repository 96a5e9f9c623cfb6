//! What happened to an order and what is to come: oldest on top, the future hollow.

use crate::{
    domain::{order::OrderState, time::Date},
    pages::{PageContext, shipments::parts},
    service::orders::view::OrderView,
    store::events::Event,
    text,
    ui::{Entry, Icon, Role},
};

/// The entries.
pub fn entries(cx: &PageContext, view: &OrderView, today: Date) -> Vec<Entry> {
    let mut entries: Vec<Entry> = view.events.iter().map(|event| past(cx, view, event)).collect();
    entries.extend(future(view, today));
    entries
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
        ("shipment_reported", Some(place)) => entry.what = format!("Shipment {place}: {}", lower_first(parts::report(event))),
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
        let when = shipment.estimated_on.map_or_else(|| "no date yet".to_owned(), |day| text::date_short(day, today));
        entries.push(hollow(&format!("to-arrive-{}", shipment.id), Icon::Home, format!("Shipment {place} arrives"), when));
    }
    entries
}
