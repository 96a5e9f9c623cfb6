//! One document: what it says beside its raw segments, what was found in it, and what became of it.

use std::collections::BTreeSet;

use leptos::prelude::*;
use serde_json::Value;

use super::{
    advised::{self, Names},
    life, parts, raw, understood,
};
use crate::{
    domain::{
        access::Audience,
        document::{DocumentKind, DocumentStatus},
        ids::DocumentId,
    },
    islands::Live,
    pages::{PageContext, exceptions, page, param},
    service::{
        exceptions::view::about,
        exchange::view::{self, DocumentView, can_send_again},
    },
    store::{
        exceptions::{About, ExceptionRow},
        files::hex,
    },
    text,
    ui::{ButtonLink, Columns, Crumb, Facts, Icon, Notice, PageHead, Panel, Role, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<DocumentId>("id");
    page("Document", move |cx: PageContext| async move {
        let view = view::load(&cx.context, &cx.reader.actor, id?).await?;
        let standing = about(&cx.context, &cx.reader.actor, About::Document, view.document.id.0).await?;
        Ok(body(&view, &standing, &cx))
    })
}

fn body(view: &DocumentView, standing: &[ExceptionRow], cx: &PageContext) -> impl IntoView + use<> {
    let document = &view.document;
    let title = parts::title(document.kind, &document.number);
    let page_title = title.clone();
    let acknowledgments = parts::is_acknowledged(document.kind).then(|| life::acknowledgments(view, cx));
    let life = life::steps(view, cx).into_any();
    view! {
        <leptos_meta::Title text=page_title/>
        <Live address="/live"/>
        {head(view, title, cx)}
        <div data-live="exceptions">{exceptions::parts::standing(standing, cx)}</div>
        <div data-live="document-leaves">{leaves(view, cx)}</div>
        {acknowledgments}
        <div data-live="document-advices">
            {advised::panel(&view.advices, Names::Advice, cx)}
            {advised::panel(&view.advises, Names::Document, cx)}
        </div>
        {findings(view)}
        {content(view)}
        <div class="gap-top">
            <Columns side=ViewFn::from(envelope_slot(view, cx))>
                <Panel id="life" title="Life of this document" note="Oldest first">{life}</Panel>
            </Columns>
        </div>
    }
}

fn head(view: &DocumentView, title: String, cx: &PageContext) -> impl IntoView + use<> {
    let document = &view.document;
    let name =
        |organisation: Option<&crate::store::organisations::Organisation>| organisation.map_or("not known", |org| &org.name).to_owned();
    let mut facts =
        vec![format!("From {} to {}", name(view.sender.as_ref()), name(view.receiver.as_ref())), format!("X12 {}", document.code)];
    facts.extend(document.control_number.as_ref().map(|number| format!("control number {number}")));
    facts.extend(view.route.clone());
    let id = document.id;
    let file = view.has_file;
    let again = can_send_again(document) && cx.reader.actor.audience == Audience::Hub;
    let (subjects, correct) = (subjects(view), view.correction);
    let actions = move || {
        let file =
            file.then(|| view! { <ButtonLink href=format!("/documents/{id}/file") label="Original file" icon=Icon::Down download=true/> });
        let subjects: Vec<_> =
            subjects.iter().cloned().map(|(href, label, icon)| view! { <ButtonLink href=href label=label icon=icon/> }).collect();
        let correct = parts::correct(correct);
        let again = again
            .then(|| view! { <ButtonLink href=format!("/documents/{id}/again") label="Send again" icon=Icon::Again weight=Weight::Main/> });
        view! { {file}{subjects}{again}{correct} }.into_any()
    };
    view! {
        <PageHead
            title=title.clone()
            chip=parts::chip(document.kind, document.status)
            as_of=text::as_of(cx.now, &cx.zone)
            crumbs=vec![Crumb::link("/documents", "Documents"), Crumb::here(title)]
            actions=ViewFn::from(actions)
        >
            {facts.join(" · ")}
        </PageHead>
    }
}

/// What the document is about: address, words, drawing.
fn subjects(view: &DocumentView) -> Vec<(String, &'static str, Icon)> {
    let document = &view.document;
    let mut found = Vec::new();
    if let Some(invoice) = document.invoice_id {
        found.push((format!("/invoices/{invoice}"), "Invoice", Icon::Invoice));
    } else if let Some(shipment) = document.shipment_id {
        found.push((format!("/shipments/{shipment}"), "Shipment", Icon::Truck));
    }
    if let Some(order) = document.order_id {
        found.push((format!("/orders/{order}"), "Order", Icon::Orders));
    }
    found
}

/// While it can still be taken back: until when, and where.
fn leaves(view: &DocumentView, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let document = &view.document;
    let release = document.release_at.filter(|_| document.status == DocumentStatus::Validated)?;
    let mine = document.sender_id == Some(cx.reader.actor.organisation);
    let order = document.order_id.filter(|_| mine && document.kind == DocumentKind::OrderResponse);
    let back = order
        .map(|order| view! { <p class="actions"><ButtonLink href=format!("/orders/{order}") label="Take it back" icon=Icon::Undo/></p> });
    let words = if back.is_some() {
        "Until then it can be taken back; after that only a corrected document helps."
    } else {
        "It has not left yet."
    };
    Some(view! {
        <div class="gap-below">
            <Notice role=Role::Info icon=Icon::Clock title=format!("Leaves at {}", text::moment_exact(release, &cx.zone))><p>{words}</p>{back}</Notice>
        </div>
    })
}

/// Raw beside understood; one of them where there is only one.
fn content(view: &DocumentView) -> impl IntoView + use<> {
    let document = &view.document;
    let value = document.content.as_ref().and_then(|content| serde_json::to_value(&content.0).ok());
    let places = value.as_ref().map(|value| understood::places(value, &document.origins.0)).unwrap_or_default();
    let has_segments = !view.segments.is_empty();
    let raw = has_segments.then(|| {
        let note = text::count(u64::try_from(view.segments.len()).unwrap_or_default(), "segment", "segments");
        view! {
            <div class="raw-side">
                <div class="panel-head"><h2>"As it stands in the file"</h2><p>{note}", untouched"</p></div>
                {raw::view(view, &places, &noted(view))}
            </div>
        }
    });
    let understood = value.map(|value| {
        let note = if places.is_empty() { "What it says" } else { "Each underlined value leads to its segment" };
        view! {
            <div>
                <div class="panel-head"><h2>"As understood"</h2><p>{note}</p></div>
                <div class="panel-body stack understood">{understood::view(&value, &document.origins.0)}</div>
            </div>
        }
    });
    if raw.is_none() && understood.is_none() {
        return view! {
            <section class="panel gap-top">
                <crate::ui::Empty icon=Icon::Doc title="Nothing to show yet" text="The bytes of this document are written when it leaves."/>
            </section>
        }
        .into_any();
    }
    let class = if raw.is_some() && understood.is_some() { "panel split gap-top" } else { "panel gap-top" };
    view! { <section class=class aria-label="Raw and understood">{raw}{understood}</section> }.into_any()
}

/// What was found, as far as it is readable here.
fn found(view: &DocumentView) -> Vec<Value> {
    view.document.findings.0.as_array().cloned().unwrap_or_default()
}

/// The segments that findings name.
fn noted(view: &DocumentView) -> BTreeSet<u64> {
    found(view).iter().filter_map(|finding| finding.get("segment")?.as_u64()).collect()
}

fn findings(view: &DocumentView) -> Option<impl IntoView + use<>> {
    let mut found = found(view);
    if found.is_empty() {
        return None;
    }
    let severity = |finding: &Value| finding.get("severity").and_then(Value::as_str).unwrap_or_default().to_owned();
    found.sort_by_key(|finding| match severity(finding).as_str() {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    });
    let number = text::count(u64::try_from(found.len()).unwrap_or_default(), "finding", "findings");
    let entries: Vec<_> = found.into_iter().map(|entry| finding(&severity(&entry), &entry)).collect();
    Some(
        view! { <div class="gap-top"><Panel id="findings" title="Findings" note=number><div class="stack-s">{entries}</div></Panel></div> },
    )
}

fn finding(severity: &str, finding: &Value) -> impl IntoView + use<> {
    let (role, word) = match severity {
        "error" => (Role::Danger, "Error"),
        "warning" => (Role::Warning, "Warning"),
        _ => (Role::Plain, "Note"),
    };
    let text = |name: &str| finding.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let number = |name: &str| finding.get(name).and_then(Value::as_u64);
    let place = number("segment").map(|segment| {
        let element = number("element").and_then(|element| u16::try_from(element).ok()).unwrap_or_default();
        let tag = text("tag").map(|tag| format!(" ({tag})")).unwrap_or_default();
        let words = if element == 0 { format!("Segment {segment}{tag}") } else { format!("Segment {segment}{tag}, element {element}") };
        let href = format!("#{}", understood::anchor(u32::try_from(segment).unwrap_or_default(), element));
        view! { <a href=href>{words}</a> }
    });
    let value = text("value").map(|value| view! { " · found " <code>{value}</code> });
    let advice = text("code").and_then(|code| advice(&code)).map(|advice| view! { <p>{advice}</p> });
    let code = text("code").map(|code| view! { <span class="mono">{code}</span> });
    view! {
        <Notice role=role title=format!("{word}: {}", text("message").unwrap_or_else(|| "Something is wrong here.".to_owned()))>
            {advice}
            <p class="small muted">{place}{value}" "{code}</p>
        </Notice>
    }
}

/// What to do about a finding whose message says only what is wrong: it is the other side's.
fn advice(code: &str) -> Option<&'static str> {
    match code {
        "noted_by_counterpart" => Some("Correct the value and send a corrected document, or ask them to take it as it is."),
        _ => None,
    }
}

/// The envelope facts, in the narrow column.
fn envelope_slot(view: &DocumentView, cx: &PageContext) -> impl Fn() -> AnyView + Send + Sync + 'static + use<> {
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    if let Some(interchange) = &view.interchange {
        facts.push(("Sender", format!("{} ({})", interchange.sender_value, interchange.sender_qualifier)));
        facts.push(("Receiver", format!("{} ({})", interchange.receiver_value, interchange.receiver_qualifier)));
        facts.push(("Interchange", interchange.control_number.clone()));
        facts.extend(interchange.ta1.clone().filter(|code| code != "000").map(|code| ("TA1", code)));
    }
    if let Some(group) = &view.group {
        facts.push(("Group", format!("{} {}", group.functional_id, group.control_number)));
    }
    facts.extend(view.document.control_number.clone().map(|number| ("Set", format!("{} {number}", view.document.code))));
    facts.push((
        "Route",
        view.route.clone().unwrap_or_else(|| if view.transmission.is_some() { "Inside the portal" } else { "None yet" }.to_owned()),
    ));
    if let Some(transmission) = &view.transmission {
        facts.push(("File", transmission.name.clone()));
        facts.push(("Size", text::file_size(u64::try_from(transmission.size).unwrap_or_default())));
        facts.push(("SHA-256", hex(&transmission.sha256)));
    }
    facts.push(("By", view.document.author.clone()));
    facts.push(("Made", text::moment_exact(view.document.created_at, &cx.zone)));
    move || {
        let rows: Vec<_> = facts.iter().cloned().map(|(name, value)| view! { <dt>{name}</dt><dd class="break">{value}</dd> }).collect();
        view! { <Panel id="envelope" title="Envelope"><Facts>{rows}</Facts></Panel> }.into_any()
    }
}
