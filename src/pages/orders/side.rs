//! What belongs to an order: its shipments, invoices and documents, and at the side what can be done and by whom.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{access::Audience, document::Direction},
    pages::{PageContext, cases, documents::parts as documents, invoices, shipments},
    service::orders::view::{Can, OrderView},
    store::{
        documents::Document,
        invoices::Invoice,
        references::CaseAbout,
        shipments::{Shipment, ShipmentItem},
    },
    text,
    ui::{Acks, ButtonLink, Column, DisabledAction, Fact, Facts, Icon, Panel, Table},
};

/// Shipments, each with what is in it. Nothing where there are none.
pub fn shipments(cx: &PageContext, view: &OrderView) -> impl IntoView + use<> {
    let rows: Vec<_> = view.shipments.iter().map(|(shipment, items)| shipment_row(cx, shipment, items)).collect();
    let note = text::count(rows.len() as u64, "shipment", "shipments");
    let body = if rows.is_empty() {
        view! { <p class="panel-body muted small">"Nothing has left yet. A shipment appears here when it is announced."</p> }.into_any()
    } else {
        let columns =
            vec![Column::new("Shipment"), Column::new("Status"), Column::new("Carrier"), Column::num("Left"), Column::num("Expected")];
        view! { <Table caption="Shipments of the order" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="shipments" title="Shipments" note=note flush=true><div data-live="shipments">{body}</div></Panel> }
}

fn shipment_row(cx: &PageContext, shipment: &Shipment, items: &[ShipmentItem]) -> impl IntoView + use<> {
    let today = cx.zone.date(cx.now);
    let contents: Vec<_> = items.iter().map(|item| format!("line {}: {}", item.line, text::quantity(item.quantity, &item.unit))).collect();
    let carrier = shipment.carrier_name.clone().or_else(|| shipment.carrier_scac.clone()).unwrap_or_else(|| "–".to_owned());
    let tracking = shipment.tracking.clone().map(|tracking| view! { <span class="sub">{tracking}</span> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/shipments/{}", shipment.id)>{shipment.number.clone()}</a>
                <span class="sub">{contents.join(" · ")}</span>
            </th>
            <td role="cell" class="end">{shipments::parts::chip(shipment.state, shipment.estimated_on, today).view()}</td>
            <td role="cell" data-label="Carrier">{carrier}{tracking}</td>
            <td role="cell" class="num" data-label="Left">{parts::date_cell(shipment.shipped_on, today)}</td>
            <td role="cell" class="num" data-label="Expected">{parts::date_cell(shipment.estimated_on, today)}</td>
        </tr>
    }
}

/// Invoices with what they come to.
pub fn invoices(cx: &PageContext, view: &OrderView) -> impl IntoView + use<> {
    let rows: Vec<_> = view.invoices.iter().map(|invoice| invoice_row(cx, invoice)).collect();
    let note = text::count(rows.len() as u64, "invoice", "invoices");
    let body = if rows.is_empty() {
        view! { <p class="panel-body muted small">"Nothing is invoiced yet. What has left can be invoiced."</p> }.into_any()
    } else {
        let columns = vec![Column::new("Invoice"), Column::new("Status"), Column::num("Date"), Column::num("Due"), Column::num("Total")];
        view! { <Table caption="Invoices of the order" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="invoices" title="Invoices" note=note flush=true><div data-live="invoices">{body}</div></Panel> }
}

fn invoice_row(cx: &PageContext, invoice: &Invoice) -> impl IntoView + use<> {
    let today = cx.zone.date(cx.now);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><a class="go" href=format!("/invoices/{}", invoice.id)>{invoice.number.clone()}</a></th>
            <td role="cell" class="end">{invoices::parts::chip(invoice.state, invoice.kind, cx.reader.actor.audience).view()}</td>
            <td role="cell" class="num" data-label="Date">{parts::date_cell(invoice.invoiced_on, today)}</td>
            <td role="cell" class="num" data-label="Due">{parts::date_cell(invoice.due_on, today)}</td>
            <td role="cell" class="num" data-label="Total">{text::money(invoice.total, invoice.currency)}</td>
        </tr>
    }
}

/// Documents, newest on top, each with its three acknowledgments.
pub fn documents(cx: &PageContext, view: &OrderView) -> impl IntoView + use<> {
    let rows: Vec<_> = view.documents.iter().rev().map(|document| document_row(cx, document)).collect();
    let body = if rows.is_empty() {
        view! { <p class="panel-body muted small">"No document has been exchanged about this order."</p> }.into_any()
    } else {
        let columns = vec![Column::new("Document"), Column::new("Status"), Column::num("When"), Column::new("Receipts").class("hide-mid")];
        view! { <Table caption="Documents about the order" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="documents" title="Documents" flush=true><div data-live="documents">{body}</div></Panel> }
}

fn document_row(cx: &PageContext, document: &Document) -> impl IntoView + use<> {
    let way = match document.direction {
        Direction::In => "received",
        Direction::Out => "sent",
    };
    let [delivered, read, answered] = documents::acknowledgments(documents::Facts {
        direction: document.direction,
        status: document.status,
        delivered_at: document.delivered_at,
        verdict: document.acknowledgment,
        answer: document.answer.as_deref(),
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/documents/{}", document.id)>{text::document_kind(document.kind)}</a>
                <span class="sub">{format!("{} · {way} · {}", document.code, document.number)}</span>
            </th>
            <td role="cell" class="end">{documents::chip(document.kind, document.status).view()}</td>
            <td role="cell" class="num" data-label="When">{text::moment_short(document.created_at, cx.now, &cx.zone)}</td>
            <td role="cell" class="hide-phone hide-mid"><Acks delivered=delivered read=read answered=answered/></td>
        </tr>
    }
}

/// The side column: what can be done with the order, and who is on the other side.
pub fn column(cx: &PageContext, view: &OrderView, about: &[CaseAbout]) -> ViewFn {
    let (about, reader) = (about.to_vec(), cx.clone());
    // The hub's own answers, shipments and invoices come from its own systems.
    let acts_here = cx.reader.actor.audience == Audience::Supplier;
    let actions: Vec<_> = [
        ("answer", if view.order.answered_at.is_some() { "Change the answer" } else { "Answer" }, Icon::Reply, &view.can_answer),
        ("ship", "Announce shipment", Icon::Truck, &view.can_ship),
        ("invoice", "Send invoice", Icon::Invoice, &view.can_invoice),
    ]
    .map(|(name, label, icon, can)| (name, label, icon, can.clone()))
    .into_iter()
    .collect();
    let order = view.order.id.to_string();
    let notes = Some(view.order.notes.clone()).filter(|notes| !notes.trim().is_empty());
    let mut facts = vec![Fact::new("Buyer's number", view.order.number.clone())];
    if let Some(number) = &view.order.seller_number {
        facts.push(Fact::new("Seller's number", number.clone()));
    }
    facts.push(Fact::new("Currency", view.order.currency.code()));
    if cx.reader.actor.scope().party().is_none() {
        facts.push(Fact::new("Partner", view.counterparty.name.clone()).note(view.counterparty.place.clone()));
    }
    ViewFn::from(move || {
        let facts = facts.clone();
        let possible = acts_here.then(|| {
            let items: Vec<_> = actions.iter().map(|(name, label, icon, can)| action(&order, name, label, *icon, can)).collect();
            view! { <Panel id="actions" title="What you can do"><div class="stack-s" data-live="actions">{items}</div></Panel> }
        });
        let notes = notes.clone().map(|notes| view! { <Panel id="notes" title="From the buyer"><p class="small">{notes}</p></Panel> });
        view! {
            {possible}
            {notes}
            <Panel id="about" title="About this order"><Facts facts=facts/></Panel>
            {cases::about::cases(&about, &reader)}
            {cases::parts::ask("order", order.clone())}
        }
    })
}

/// One action: a link where it is possible, else what is missing.
fn action(order: &str, name: &str, label: &str, icon: Icon, can: &Can) -> AnyView {
    match can {
        Ok(()) => view! { <p><ButtonLink href=format!("/orders/{order}/{name}") label=label.to_owned() icon=icon/></p> }.into_any(),
        Err(why) => view! { <DisabledAction id=format!("blocked-{name}") label=label.to_owned() icon=icon why=why.clone()/> }.into_any(),
    }
}
