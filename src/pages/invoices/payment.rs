//! The path of an invoice to its payment: what was said so far, oldest first, and the steps to come.

use crate::{
    domain::{invoice::InvoiceState, time::Date},
    pages::{PageContext, shipments::parts::moment},
    service::invoices::view::InvoiceView,
    store::events::Event,
    text,
    ui::{Entry, Icon, Role},
};

/// The entries of the path.
pub fn entries(view: &InvoiceView, cx: &PageContext, today: Date) -> Vec<Entry> {
    let mut entries: Vec<Entry> = view.events.iter().map(|event| past(view, event, cx)).collect();
    entries.extend(future(view, today));
    entries
}

/// The state an event set, and why.
pub fn said<'a>(view: &InvoiceView, event: &'a Event) -> Option<(InvoiceState, Option<&'a str>)> {
    let change = event.changes.first().filter(|_| event.kind == "invoice_state")?;
    let state = InvoiceState::ALL.iter().copied().find(|state| text::invoice_state(*state) == change.new)?;
    let head = format!("Invoice {}: {}. ", view.invoice.number, change.new);
    Some((state, event.words.strip_prefix(head.as_str())))
}

fn past(view: &InvoiceView, event: &Event, cx: &PageContext) -> Entry {
    let (icon, role, what, detail) = match said(view, event) {
        Some((state, reason)) => {
            let (icon, role) = look(state);
            (icon, role, text::invoice_state(state).to_owned(), reason.map(ToOwned::to_owned))
        }
        None => (Icon::Send, Role::Plain, "Sent".to_owned(), Some(event.words.clone())),
    };
    Entry {
        when_iso: Some(event.at.to_string()),
        detail,
        who: Some(event.actor.clone()),
        ..Entry::new(event.id.to_string(), icon, role, what, moment(event.at, cx))
    }
}

const fn look(state: InvoiceState) -> (Icon, Role) {
    match state {
        InvoiceState::Sent => (Icon::Send, Role::Plain),
        InvoiceState::Received => (Icon::Inbox, Role::Success),
        InvoiceState::InProcess => (Icon::Half, Role::Info),
        InvoiceState::UnderQuery => (Icon::Ask, Role::Warning),
        InvoiceState::ConditionallyAccepted => (Icon::Split, Role::Warning),
        InvoiceState::Rejected => (Icon::No, Role::Danger),
        InvoiceState::Approved => (Icon::Check, Role::Success),
        InvoiceState::PartPaid => (Icon::Half, Role::Info),
        InvoiceState::Paid => (Icon::Okay, Role::Success),
    }
}

/// What is still to come. The due date is what the terms say, not a promise, and is called so.
fn future(view: &InvoiceView, today: Date) -> Vec<Entry> {
    let state = view.invoice.state;
    let hollow = |key: &str, icon, what: &str, when: String| Entry { future: true, ..Entry::new(key, icon, Role::Plain, what, when) };
    if state.is_final() {
        return Vec::new();
    }
    let mut entries = Vec::new();
    if state == InvoiceState::Sent {
        entries.push(hollow("to-receive", Icon::Inbox, "Taken in", String::new()));
    }
    if state < InvoiceState::Approved {
        entries.push(hollow("to-approve", Icon::Check, "Approval", String::new()));
    }
    let when = view.invoice.due_on.map_or_else(|| "no date agreed".to_owned(), |day| format!("due {}", text::date_short(day, today)));
    let basis = if view.invoice.due_on.is_some() { "The date is what the terms say" } else { "The invoice names no terms" };
    entries.push(Entry { detail: Some(basis.to_owned()), ..hollow("to-pay", Icon::Coins, "Payment", when) });
    entries
}
