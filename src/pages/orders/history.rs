//! What happened to an order, newest on top, each change with its old and new value.

use leptos::prelude::*;

use crate::{
    pages::PageContext,
    service::orders::view::OrderView,
    store::events::Event,
    text,
    ui::{Empty, Entry, Icon, Panel, Role, Timeline},
};

/// The panel with the history.
pub fn panel(cx: &PageContext, view: &OrderView) -> impl IntoView + use<> {
    let entries: Vec<_> = view.events.iter().rev().map(|event| entry(cx, view, event)).collect();
    let note = format!("newest first, {}", cx.zone.label(cx.now));
    view! {
        <Panel id="history" title="History" note=note>
            {if entries.is_empty() {
                view! { <Empty icon=Icon::Clock title="Nothing happened yet" text="Every step of the order is noted here."/> }.into_any()
            } else {
                view! { <Timeline live="history" entries=entries/> }.into_any()
            }}
        </Panel>
    }
}

fn entry(cx: &PageContext, view: &OrderView, event: &Event) -> Entry {
    let (icon, role) = match event.kind.as_str() {
        "order_received" => (Icon::Orders, Role::Plain),
        "order_answered" => (Icon::Reply, Role::Info),
        "answer_taken_back" => (Icon::Undo, Role::Warning),
        "order_cancelled" => (Icon::Minus, Role::Danger),
        "shipment_announced" => (Icon::Truck, Role::Info),
        "shipment_reported" => (Icon::Truck, Role::Plain),
        "invoice_sent" | "invoice_state" => (Icon::Invoice, Role::Info),
        _ => (Icon::Pen, Role::Plain),
    };
    let href = event.document_id.filter(|id| view.documents.iter().any(|document| document.id == *id));
    let changes = event.changes.0.iter().map(|change| (change.what.clone(), change.old.clone(), change.new.clone())).collect();
    Entry {
        changes,
        detail: href.map(|_| "Open the document".to_owned()),
        href: href.map(|id| format!("/documents/{id}")),
        who: Some(event.actor.clone()).filter(|actor| !actor.is_empty()),
        when_iso: Some(event.at.to_string()),
        ..Entry::new(event.id.to_string(), icon, role, event.words.clone(), text::moment_short(event.at, cx.now, &cx.zone))
    }
}
