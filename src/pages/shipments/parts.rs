//! What every place that shows a shipment says the same way: its chip, its name, its carrier, its events. A customer
//! gets what crosses the hub and no more: shippers' own numbers and names stay where they were written.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::carrier::tracking_page;
use crate::{
    domain::{
        access::Audience,
        number::Quantity,
        shipment::{ShipmentState, is_late},
        time::{Date, Timestamp},
    },
    pages::{Form, PageContext},
    store::{
        events::Event,
        shipments::{Shipment, ShipmentItem},
    },
    text,
    ui::{Button, ChipData, Entry, Icon, Notice, Panel, Role, Timeline, Weight},
};

/// How the other side of the hub is called where a customer reads.
pub const SHIPPER: &str = "Reported by the shipper";

/// A shipment's state for a reader on a day.
pub fn chip(state: ShipmentState, estimated_on: Option<Date>, today: Date) -> ChipData {
    let word = text::shipment_state(state);
    match state {
        ShipmentState::Held => ChipData::new(Role::Warning, Icon::Pause, word),
        _ if is_late(state, estimated_on, today) => ChipData::new(Role::Danger, Icon::Alert, "Late"),
        ShipmentState::InTransit => ChipData::new(Role::Info, Icon::Truck, word),
        ShipmentState::Delivered | ShipmentState::Received => ChipData::new(Role::Plain, Icon::Okay, word),
    }
}

/// What a reader calls a shipment. The shipper's number may hold an order number that is not the customer's, so a
/// customer reads the carrier's number.
pub fn key(audience: Audience, number: &str, tracking: Option<&str>, announced_on: Date) -> String {
    match (audience, tracking) {
        (Audience::Customer, Some(tracking)) => tracking.to_owned(),
        (Audience::Customer, None) => format!("announced {}", text::date(announced_on)),
        _ => number.to_owned(),
    }
}

/// Carrier and tracking number, the number leading to the carrier's own page where that is known.
pub fn carrier(scac: Option<&str>, name: Option<&str>, tracking: Option<&str>) -> AnyView {
    let carrier = name.or(scac).map(ToOwned::to_owned);
    let Some(number) = tracking.map(ToOwned::to_owned) else {
        return carrier.unwrap_or_else(|| "Carrier not named".to_owned()).into_any();
    };
    let lead = carrier.clone().map(|carrier| format!("{carrier} · "));
    match tracking_page(scac, name, &number) {
        Some(href) => {
            let said = format!(", tracking at {}", carrier.unwrap_or_else(|| "the carrier".to_owned()));
            view! { {lead}<a href=href rel="noreferrer">{number}<span class="sr">{said}</span></a> }.into_any()
        }
        None => view! { {lead}{number} }.into_any(),
    }
}

/// "16 pcs, 2 sets": what is in a shipment, by unit.
pub fn contents(items: &[ShipmentItem]) -> String {
    let mut by_unit: BTreeMap<&str, Quantity> = BTreeMap::new();
    for item in items {
        let sum = by_unit.entry(&item.unit).or_default();
        *sum = *sum + item.quantity;
    }
    by_unit.into_iter().map(|(unit, quantity)| text::quantity(quantity, unit)).collect::<Vec<_>>().join(", ")
}

/// When a shipment is expected or arrived: label, value, note.
pub struct Arrival {
    /// "Expected", "Arrived".
    pub label: &'static str,
    /// The day or moment.
    pub value: String,
    /// How it compares with what was said.
    pub note: String,
    /// It should have been here.
    pub late: bool,
}

/// When a shipment is expected or arrived, as a reader on a day says it.
pub fn arrival(shipment: &Shipment, cx: &PageContext, today: Date) -> Arrival {
    if let Some(at) = shipment.delivered_at {
        let (day, expected) = (cx.zone.date(at), shipment.estimated_on);
        let note = match expected.map(|expected| day.days_since(expected)) {
            Some(..0) => "earlier than expected".to_owned(),
            Some(0) => "on the expected day".to_owned(),
            Some(late) => format!("{} later than expected", text::count(late.unsigned_abs().into(), "day", "days")),
            None => String::new(),
        };
        return Arrival { label: "Arrived", value: text::moment(at, &cx.zone), note, late: false };
    }
    match shipment.estimated_on {
        Some(day) => {
            let late = is_late(shipment.state, Some(day), today);
            let note = match day.days_since(today) {
                days @ ..0 => format!("{} late, no arrival reported", text::count(days.unsigned_abs().into(), "day", "days")),
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                days => format!("in {days} days"),
            };
            Arrival { label: "Expected", value: text::date_with_weekday(day), note, late }
        }
        None => Arrival { label: "Expected", value: "No date yet".to_owned(), note: "the shipper named none".to_owned(), late: false },
    }
}

/// Whether a report's words say that the goods stand still. The words are those of `domain::shipment::carrier_event`.
fn is_stop(words: &str) -> bool {
    ["Delayed", "Delivery attempt failed", "Held at customs"].iter().any(|stop| words.starts_with(stop))
}

/// What an event says to a reader. A shipper's number and name do not reach a customer.
pub fn words(event: &Event, audience: Audience) -> String {
    match (audience, event.kind.as_str()) {
        (Audience::Customer, "shipment_announced") => "Shipment on its way".to_owned(),
        (Audience::Customer, "shipment_reported") => report_to_customer(event).to_owned(),
        _ => event.words.clone(),
    }
}

/// What was reported, without the number of the shipment before it.
pub fn report(event: &Event) -> &str {
    event.words.rsplit_once(": ").map_or("Report from the carrier", |(_, words)| words)
}

/// The same for a customer, who said some of it.
pub fn report_to_customer(event: &Event) -> &str {
    match report(event) {
        "Received, says the customer" => "Received, as you said",
        words => words,
    }
}

/// Who an event names, for a reader: to a customer only their own company, the hub and the carrier.
pub fn who(event: &Event, cx: &PageContext, carrier: Option<&str>) -> String {
    let is_about_shipment = event.kind.starts_with("shipment_");
    let may_be_named = event.actor == cx.reader.actor.organisation_name || carrier == Some(event.actor.as_str());
    if cx.reader.actor.audience == Audience::Customer && is_about_shipment && !may_be_named {
        SHIPPER.to_owned()
    } else {
        event.actor.clone()
    }
}

/// The drawing of an event and its colour.
pub fn look(event: &Event) -> (Icon, Role) {
    match event.kind.as_str() {
        "order_received" => (Icon::Orders, Role::Plain),
        "order_answered" => (Icon::Check, Role::Success),
        "order_restated" | "answer_taken_back" => (Icon::Swap, Role::Warning),
        "order_cancelled" => (Icon::Minus, Role::Plain),
        "order_promised" => (Icon::Calendar, Role::Info),
        "shipment_announced" => (Icon::Truck, Role::Info),
        "shipment_reported" => match report(event) {
            stop if is_stop(stop) => (Icon::Pause, Role::Warning),
            end if end.starts_with("Delivered") || end.starts_with("Received") => (Icon::Okay, Role::Success),
            _ => (Icon::Truck, Role::Plain),
        },
        "invoice_sent" => (Icon::Invoice, Role::Plain),
        "invoice_state" => (Icon::Coins, Role::Info),
        _ => (Icon::Note, Role::Plain),
    }
}

/// An event as an entry of a timeline.
pub fn entry(event: &Event, cx: &PageContext, carrier: Option<&str>) -> Entry {
    let (icon, role) = look(event);
    let change = match event.changes.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let several: Vec<_> = event.changes.iter().map(|change| format!("{}: {} → {}", change.what, change.old, change.new)).collect();
    Entry {
        when_iso: Some(event.at.to_string()),
        was: change.map(|change| change.old.clone()).filter(|old| !old.is_empty()),
        now: change.map(|change| change.new.clone()),
        detail: (several.len() > 1).then(|| several.join("; ")),
        who: Some(who(event, cx, carrier)),
        ..Entry::new(event.id.to_string(), icon, role, words(event, cx.reader.actor.audience), moment(event.at, cx))
    }
}

/// A panel that tells what happened, oldest first.
pub fn timeline(id: &str, title: &str, entries: Vec<Entry>, cx: &PageContext) -> AnyView {
    let note = format!("oldest first, {}", cx.zone.label(cx.now));
    view! { <Panel id=id title=title note=note><Timeline live="timeline" entries=entries/></Panel> }.into_any()
}

/// A moment in a timeline.
pub fn moment(at: Timestamp, cx: &PageContext) -> String {
    text::moment_short(at, cx.now, &cx.zone)
}

/// Why the last attempt at a form was refused, to stand above the page. Nothing where it was not.
pub fn refusal(endpoint: &str) -> Option<impl IntoView + use<>> {
    let text = Form::of(endpoint).general()?;
    Some(view! { <div class="just-said"><Notice role=Role::Danger title=text announce=true/></div> })
}

/// The button with which a customer says that a shipment arrived.
pub fn receive_form(shipment: &Shipment, cx: &PageContext) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/do/confirm-receipt">
            <input type="hidden" name="shipment" value=shipment.id.to_string()/>
            <input type="hidden" name="back" value=cx.path.clone()/>
            <Button label="I received it" icon=Icon::Check weight=Weight::Main/>
        </form>
    }
}
