//! What the start pages share: a tile, and the list of recent changes.

use leptos::prelude::*;

use crate::{
    domain::access::Audience,
    pages::{PageContext, shipments::parts},
    service::home::Home,
    store::events::Event,
    text,
    ui::{Empty, Icon, Panel, Role, Tile},
};

/// A tile over a count; what is urgent is said in a colour, and nothing is said of nothing.
pub fn tile(name: &str, icon: Icon, href: &str, n: i64) -> Tile {
    Tile {
        href: href.to_owned(),
        name: name.to_owned(),
        icon,
        count: text::number(n.unsigned_abs()),
        urgent: None,
        role: Role::Plain,
        note: None,
    }
}

/// With what makes it urgent, where something does.
pub fn urgent(tile: Tile, role: Role, words: Option<String>) -> Tile {
    Tile { role, urgent: words, ..tile }
}

/// With the rest of the line: one for some, one for none.
pub fn note(tile: Tile, some: impl Into<String>, none: &str) -> Tile {
    let words = if tile.count == "0" { none.to_owned() } else { some.into() };
    Tile { note: Some(words).filter(|words| !words.is_empty()), ..tile }
}

/// What went wrong and is the reader's to settle.
pub fn exceptions(cx: &PageContext, home: &Home) -> Tile {
    let (n, first) = home.exceptions;
    let due = first.map(|at| text::due(at, cx.now, &cx.zone));
    let role = if due.as_ref().is_some_and(|due| due.urgency == text::Urgency::Late) { Role::Danger } else { Role::Warning };
    note(
        urgent(tile("Exceptions to settle", Icon::Alert, "/exceptions", n), role, due.map(|due| due.text)),
        "",
        "everything goes as agreed",
    )
}

/// Cases in which somebody waits for the reader.
pub fn cases(cx: &PageContext, home: &Home) -> Tile {
    let (name, href, some) = match cx.reader.actor.audience {
        Audience::Hub => ("Cases to work on", "/cases", "open or in progress"),
        _ => ("Cases waiting for you", "/cases?tab=waiting", "asked, not answered"),
    };
    note(tile(name, Icon::Case, href, home.cases), some, "nobody waits for you")
}

/// The newest changes, each leading to what it is about.
pub fn changes(cx: &PageContext, home: &Home) -> impl IntoView + use<> {
    let items: Vec<_> = home.events.iter().map(|event| change(cx, event, about(cx, home, event))).collect();
    let note = format!("newest first, {}", cx.zone.label(cx.now));
    let empty = items.is_empty().then(|| {
        view! { <Empty icon=Icon::Clock title="Nothing has happened yet" text="What partners, carriers and the portal report appears here."/> }
    });
    view! {
        <Panel id="changes" title="What changed" note=note flush=true>
            <ul class="changes" data-live="changes">{items}</ul>
            <div data-live="no-changes">{empty}</div>
        </Panel>
    }
}

/// Where an event leads: a customer follows an order, everybody else looks at what changed itself.
fn target(event: &Event, audience: Audience) -> Option<String> {
    let order = event.order_id.map(|id| format!("/orders/{id}"));
    let shipment = event.shipment_id.map(|id| format!("/shipments/{id}"));
    let invoice = event.invoice_id.map(|id| format!("/invoices/{id}"));
    if audience == Audience::Customer { invoice.or(order).or(shipment) } else { invoice.or(shipment).or(order) }
}

/// The quiet line of a change: to a customer, which of their orders it is about; to everybody else, who made it.
fn about(cx: &PageContext, home: &Home, event: &Event) -> Option<String> {
    if cx.reader.actor.audience != Audience::Customer {
        return Some(event.actor.clone());
    }
    let number = home.numbers.get(&event.order_id?)?;
    (!event.words.contains(number.as_str())).then(|| format!("Order {number}"))
}

fn change(cx: &PageContext, event: &Event, about: Option<String>) -> impl IntoView + use<> {
    let audience = cx.reader.actor.audience;
    let (icon, _) = parts::look(event);
    let words = parts::words(event, audience);
    let words = match target(event, audience) {
        Some(href) => view! { <a href=href>{words}</a> }.into_any(),
        None => words.into_any(),
    };
    let first = event.changes.first().map(|change| {
        let more = event.changes.len() - 1;
        let was = (!change.old.is_empty()).then(|| view! { <span class="was">{change.old.clone()}</span>" → " });
        let more = (more > 0).then(|| format!(" and {more} more"));
        view! { <p>{change.what.clone()}": "{was}<span class="now-value">{change.new.clone()}</span>{more}</p> }
    });
    view! {
        <li data-key=event.id.to_string()>
            {icon.svg()}
            <div>{words}{first}{about.map(|about| view! { <p>{about}</p> })}</div>
            <time datetime=event.at.to_string()>{parts::moment(event.at, cx)}</time>
        </li>
    }
}
