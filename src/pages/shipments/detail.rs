//! One shipment: where it is, what is in it, what was reported, and how its ship notice travelled.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        access::Audience,
        document::{DocumentStatus, Verdict},
        ids::ShipmentId,
    },
    islands::Live,
    pages::{
        PageContext, cases,
        documents::{self, advised},
        exceptions, page, param,
    },
    service::{self, shipments::view::ShipmentView},
    store::{
        advices::Of,
        documents::Document,
        events::Event,
        exceptions::About,
        references::{CaseAbout, Thing},
        shipments::ShipmentItem,
    },
    text,
    ui::{Ack, AckState, AckStrip, Column, Columns, Crumb, Entry, Fact, FactStrip, Facts, PageHead, Panel, Table},
};

/// The shipment named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<ShipmentId>("id");
    page("Shipment", async move |cx: PageContext| {
        let view = service::shipments::view::load(&cx.context, &cx.reader.actor, id?).await?;
        let standing = service::exceptions::view::about(&cx.context, &cx.reader.actor, About::Shipment, view.shipment.id.0).await?;
        let advices = service::exchange::view::advices(&cx.context, &cx.reader.actor, Of::Shipment(view.shipment.id.0)).await?;
        let about = service::cases::refer::about(&cx.context, &cx.reader.actor, Thing::Shipment(view.shipment.id)).await?;
        let audience = cx.reader.actor.audience;
        Ok(view! {
            {parts::refusal("confirm-receipt")}
            <div data-live="head">{head(&view, &cx)}</div>
            <div data-live="exceptions">{exceptions::parts::standing(&standing, &cx)}</div>
            <div data-live="facts">{strip(&view, &cx)}</div>
            <div data-live="acks">{view.document.as_ref().map(|document| acknowledgments(document, audience, &cx))}</div>
            <div data-live="advices">{advised::panel(&advices, advised::Names::Document, &cx)}</div>
            <div class="gap-top">{work(view, about, &cx)}</div>
            <Live address="/live"/>
        })
    })
}

fn head(view: &ShipmentView, cx: &PageContext) -> impl IntoView + use<> {
    let (shipment, audience) = (&view.shipment, cx.reader.actor.audience);
    let today = cx.zone.date(cx.now);
    let key = parts::key(audience, &shipment.number, shipment.tracking.as_deref(), cx.zone.date(shipment.created_at));
    let carrier = parts::carrier(shipment.carrier_scac.as_deref(), shipment.carrier_name.as_deref(), shipment.tracking.as_deref());
    let partner = match audience {
        Audience::Hub => format!("{} · ", view.counterparty.name),
        _ => String::new(),
    };
    let receive = view.can_receive.is_ok().then(|| (shipment.clone(), cx.clone()));
    let correction = view.correction;
    let actions = move || (receive.as_ref().map(|(shipment, cx)| parts::receive_form(shipment, cx)), documents::parts::correct(correction));
    view! {
        <PageHead
            title=format!("Shipment {key}")
            chip=parts::chip(shipment.state, shipment.estimated_on, today)
            as_of=text::as_of(cx.now, &cx.zone)
            crumbs=vec![Crumb::link("/shipments", "Shipments"), Crumb::here(key)]
            actions=actions
        >
            {partner}
            {carrier}
        </PageHead>
    }
}

fn strip(view: &ShipmentView, cx: &PageContext) -> impl IntoView + use<> {
    let shipment = &view.shipment;
    let arrival = parts::arrival(shipment, cx, cx.zone.date(cx.now));
    let mut facts =
        vec![Fact { label: arrival.label.to_owned(), value: arrival.value, note: Some(arrival.note).filter(|note| !note.is_empty()) }];
    if let Some(left) = shipment.shipped_on {
        facts.push(Fact::new("Left", text::date_with_weekday(left)));
    }
    facts.push(Fact::new("Inside", parts::contents(&view.items)));
    if let Some(count) = shipment.package_count {
        facts.push(Fact::new("Packages", text::count(count.unsigned_abs(), "package", "packages")));
    }
    if let Some(to) = shipment.ship_to.as_ref().and_then(|party| party.name.clone()) {
        facts.push(Fact::new("To", to));
    }
    view! { <FactStrip facts=facts/> }
}

/// The three acknowledgments of the ship notice, for those who may see it.
fn acknowledgments(document: &Document, audience: Audience, cx: &PageContext) -> AnyView {
    if audience == Audience::Customer {
        return ().into_any();
    }
    let href = Some(format!("/documents/{}", document.id));
    let exact = |at| text::moment_exact(at, &cx.zone);
    let delivered = match (document.delivered_at, document.status) {
        (Some(at), _) => Ack { state: AckState::Yes, title: "Delivered".to_owned(), note: exact(at), href: href.clone() },
        (None, DocumentStatus::SendFailed) => Ack {
            state: AckState::No,
            title: "Sending failed".to_owned(),
            note: "It is tried again by itself".to_owned(),
            href: href.clone(),
        },
        (None, status) => Ack {
            state: AckState::Waiting,
            title: "Not delivered yet".to_owned(),
            note: format!("Ship notice {}", text::document_status(status).to_lowercase()),
            href: href.clone(),
        },
    };
    let read = match (document.acknowledged_at, document.acknowledgment) {
        (Some(at), Some(Verdict::Accepted)) => {
            Ack { state: AckState::Yes, title: "Read".to_owned(), note: format!("{} · 997 accepted", exact(at)), href: None }
        }
        (Some(at), Some(Verdict::Rejected)) => {
            Ack { state: AckState::No, title: "Read and refused".to_owned(), note: format!("{} · 997 rejected", exact(at)), href }
        }
        (Some(at), _) => Ack {
            state: AckState::Attention,
            title: "Read, with errors".to_owned(),
            note: format!("{} · 997 noted errors", exact(at)),
            href,
        },
        (None, _) => Ack { title: "Not read yet".to_owned(), note: "No 997 has come".to_owned(), ..Ack::default() },
    };
    let answered = match document.answered_at {
        Some(at) => {
            let (state, title) = match document.answer.as_deref() {
                Some("rejected") => (AckState::No, "Answered: rejected"),
                Some("changed") => (AckState::Attention, "Answered with changes"),
                _ => (AckState::Yes, "Answered"),
            };
            Ack { state, title: title.to_owned(), note: exact(at), href: None }
        }
        None => Ack { title: "Not answered yet".to_owned(), note: "A receiving advice answers a ship notice".to_owned(), ..Ack::default() },
    };
    view! { <AckStrip delivered=delivered read=read answered=answered/> }.into_any()
}

fn work(view: ShipmentView, about: Vec<CaseAbout>, cx: &PageContext) -> AnyView {
    let audience = cx.reader.actor.audience;
    let carrier = view.shipment.carrier_name.clone();
    let entries: Vec<_> = view.events.iter().map(|event| entry(event, cx, carrier.as_deref())).collect();
    let facts = papers(&view, cx);
    let packages = view.packages.iter().map(|package| package.mark.clone()).filter(|mark| !mark.is_empty()).collect::<Vec<_>>();
    let cx = cx.clone();
    let id = view.shipment.id;
    let side = move || {
        (
            parts::timeline("happened", "What happened", entries.clone(), &cx),
            facts_panel(facts.clone()),
            cases::about::cases(&about, &cx),
            cases::parts::ask("shipment", id.to_string()),
        )
    };
    let inside = items(&view.items, audience);
    view! {
        <Columns side=side>
            <Panel id="inside" title="What is in it" flush=true>{inside}</Panel>
            {(!packages.is_empty()).then(|| {
                let marks: Vec<_> = packages.into_iter().map(|mark| view! { <li><code>{mark}</code></li> }).collect();
                view! { <Panel id="packages" title="Packages" note="numbers on their labels"><ul class="small stack-s">{marks}</ul></Panel> }
            })}
        </Columns>
    }
    .into_any()
}

/// An event on the shipment's own page, which need not say which shipment it is about.
fn entry(event: &Event, cx: &PageContext, carrier: Option<&str>) -> Entry {
    let what = match event.kind.as_str() {
        "shipment_announced" => "Announced".to_owned(),
        "shipment_reported" if cx.reader.actor.audience != Audience::Customer => parts::report(event).to_owned(),
        _ => parts::words(event, cx.reader.actor.audience),
    };
    Entry { what, ..parts::entry(event, cx, carrier) }
}

fn facts_panel(facts: Vec<Fact>) -> impl IntoView {
    view! { <Panel id="papers" title="Papers"><Facts facts=facts/></Panel> }
}

/// Numbers on paper, and who said that it arrived.
fn papers(view: &ShipmentView, cx: &PageContext) -> Vec<Fact> {
    let shipment = &view.shipment;
    let is_view = shipment.source_id.is_some();
    let announced = if cx.reader.actor.audience == Audience::Customer && is_view {
        Fact::new("Source", format!("Ship notice of {}", text::date(cx.zone.date(shipment.created_at)))).note(parts::SHIPPER)
    } else {
        Fact::new("Announced", text::moment(shipment.created_at, &cx.zone))
    };
    let mut facts = vec![announced];
    if let Some(number) = shipment.bill_of_lading.clone().filter(|_| cx.reader.actor.audience != Audience::Customer) {
        facts.push(Fact::new("Bill of lading", number));
    }
    if let Some(who) = &shipment.delivered_by {
        let own = *who == cx.reader.actor.organisation_name || shipment.carrier_name.as_ref() == Some(who);
        let who = if cx.reader.actor.audience == Audience::Customer && !own { "the shipper".to_owned() } else { who.clone() };
        facts.push(Fact::new("Arrived, says", who));
    }
    facts
}

/// The contents, order by order.
fn items(items: &[ShipmentItem], audience: Audience) -> AnyView {
    let rows: Vec<_> = items
        .iter()
        .map(|item| {
            let href = format!("/orders/{}", item.order_id);
            let short = item.received.is_some_and(|received| received < item.quantity);
            let received = item.received.map_or_else(|| "—".to_owned(), |received| text::quantity(received, &item.unit));
            let name = if item.description.is_empty() { item.buyer_item.clone().unwrap_or_default() } else { item.description.clone() };
            let below = item.buyer_item.clone().filter(|_| !item.description.is_empty());
            view! {
                <tr role="row" data-key=item.order_line_id.to_string()>
                    <th role="rowheader" scope="row" class="full">{name}{below.map(|below| view! { <span class="sub">{below}</span> })}</th>
                    <td role="cell" class="full"><a href=href>{item.order_number.clone()}</a><span class="sub">"Line "{item.line.clone()}</span></td>
                    <td role="cell" class="num" data-label="Shipped">{text::quantity(item.quantity, &item.unit)}</td>
                    <td role="cell" class="num" class:danger-text=short data-label="Arrived">{received}</td>
                </tr>
            }
        })
        .collect();
    let order = if audience == Audience::Customer { "Your order" } else { "Order" };
    view! {
        <Table
            caption="What is in the shipment"
            in_panel=true
            live="items"
            columns=vec![Column::new("Item"), Column::new(order), Column::num("Shipped"), Column::num("Arrived")]
        >
            {rows}
        </Table>
    }
    .into_any()
}
