//! One exception: both numbers with where they stand, the steps that settle it, and who did what.

use std::sync::Arc;

use leptos::prelude::*;

use super::{desk, parts, steps};
use crate::{
    domain::{
        access::Permission,
        exception::{Difference, Said, State},
        ids::ExceptionId,
    },
    islands::Live,
    pages::{Form, PageContext, page, param, query},
    service::{
        self,
        cases::open::LONGEST_TITLE,
        exceptions::{act::LONGEST_NOTE, view::ExceptionView},
    },
    text::{self, Asked, Zone},
    ui::{Button, Column, Columns, Crumb, Fact, FactStrip, Icon, Notice, PageHead, Panel, Role, Table, TextArea, TextField},
};

/// The exception named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<ExceptionId>("id");
    let asked = match query("ask").as_deref() {
        Some("document") => Asked::Document,
        Some("value") => Asked::Value,
        _ => Asked::Reason,
    };
    page("Exception", async move |cx: PageContext| {
        let view = Arc::new(service::exceptions::view::load(&cx.context, &cx.reader.actor, id?).await?);
        let (case, settle) = (Form::of("exception-case"), Form::of("settle-exception"));
        let (given, me) = (Form::of(desk::ASSIGN), cx.reader.actor.user());
        let main = (numbers(&view, &cx), steps::panel(&view, &cx));
        let side = {
            let is_hub = cx.reader.actor.may(Permission::Operate);
            let (view, given, settle, case, zone) = (view.clone(), given.clone(), settle.clone(), case.clone(), cx.zone.clone());
            move || (desk::panel(&view, &given, me), settle_panel(&view, &settle), case_panel(&view, &case, asked, is_hub, &zone))
        };
        Ok(view! {
            {head(&view, &cx)}
            {case.summary()}
            {settle.summary()}
            {given.summary()}
            <div data-live="over">{over(&view, &cx)}</div>
            {facts(&view, &cx)}
            <div class="gap-top"><Columns side=side>{main}</Columns></div>
            <Live address="/live"/>
        })
    })
}

fn head(view: &ExceptionView, cx: &PageContext) -> impl IntoView + use<> {
    let row = &view.exception;
    let subject = parts::subject(row.subject_kind, &row.subject_number);
    let words = match parts::address(row.subject_kind, row.subject_id, cx) {
        Some(href) => view! { <a href=href>{subject}</a> }.into_any(),
        None => subject.into_any(),
    };
    let partner = view.counterparty.as_ref().filter(|_| cx.reader.actor.may(Permission::Operate));
    let partner = partner.map(|partner| format!(" with {}", partner.name));
    view! {
        <PageHead
            title=text::exception(row.kind)
            chip=parts::chip(row.severity, row.state)
            as_of=text::as_of(cx.now, &cx.zone)
            crumbs=vec![Crumb::link("/exceptions", "Exceptions"), Crumb::here(row.subject_number.clone())]
        >
            {words}
            {partner}
        </PageHead>
    }
}

/// That it is over, since when and how.
fn over(view: &ExceptionView, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let row = &view.exception;
    let ended = row.ended_at.filter(|_| row.state == State::Closed)?;
    let at = text::moment(ended, &cx.zone);
    let (title, words) = match &row.settled_by {
        Some(person) => (format!("Settled by {person} on {at}"), row.settled_note.clone()),
        None => (format!("It closed itself on {at}"), "What was missing or wrong was put right.".to_owned()),
    };
    Some(view! { <div class="mb-4"><Notice role=Role::Success title=title><p>{words}</p></Notice></div> })
}

fn facts(view: &ExceptionView, cx: &PageContext) -> impl IntoView + use<> {
    let row = &view.exception;
    let is_hub = cx.reader.actor.may(Permission::Operate);
    let due = text::due(row.due_at, cx.now, &cx.zone).text;
    let mut facts = vec![
        Fact::new("Money at stake", parts::money(row.money, row.currency).unwrap_or_else(|| "none".to_owned())),
        Fact::new("Settles it", text::exception_owner(row.owner, is_hub)),
        Fact::new("Since", text::moment(row.began_at, &cx.zone)),
    ];
    if row.state == State::Open {
        facts.push(Fact::new("By when", due));
    }
    if row.times > 1 {
        facts.push(Fact::new("Found", format!("{} times", row.times)));
    }
    view! { <FactStrip facts=facts live="facts"/> }
}

fn numbers(view: &ExceptionView, cx: &PageContext) -> impl IntoView + use<> {
    let rows: Vec<_> = (0_u32..).zip(&view.exception.differences.0).map(|(place, difference)| row(place, difference, cx)).collect();
    let columns = vec![Column::new("What"), Column::new("Found"), Column::new("Expected")];
    view! {
        <Panel id="numbers" title="Both sides" note="and where each stands" flush=true>
            <Table caption="What was found and what was expected" columns=columns in_panel=true live="numbers">{rows}</Table>
        </Panel>
    }
}

fn row(place: u32, difference: &Difference, cx: &PageContext) -> impl IntoView + use<> {
    view! {
        <tr role="row" data-key=place.to_string()>
            <th role="rowheader" scope="row">{difference.what.clone()}</th>
            <td role="cell" class="full" data-label="Found">{said(&difference.found, cx)}</td>
            <td role="cell" class="full" data-label="Expected">{said(&difference.expected, cx)}</td>
        </tr>
    }
}

fn said(said: &Said, cx: &PageContext) -> impl IntoView + use<> {
    let value = text::exception_value(&said.value, &cx.zone);
    let href = said.place.zip(said.id).and_then(|(place, id)| parts::address(place, id, cx));
    // What is only expected stands in no document; rows from before call that "Expected".
    let by = Some(said.by.clone()).filter(|by| !by.is_empty() && (said.place.is_some() || by != "Expected"));
    let by = by.map(|by| match href {
        Some(href) => view! { <span class="sub"><a href=href>{by}</a></span> }.into_any(),
        None => view! { <span class="sub">{by}</span> }.into_any(),
    });
    view! { <b>{value}</b>{by} }
}

fn settle_panel(view: &ExceptionView, form: &Form) -> Option<impl IntoView + use<>> {
    let id = view.exception.id.to_string();
    let (note, error) = (form.value("note"), form.field_error("note"));
    (view.exception.state == State::Open).then(|| {
        view! {
            <Panel id="settle" title="Settled another way?">
                <p class="small muted">"It closes itself when it is put right. Where that cannot be seen here, say how it was settled."</p>
                <form class="stack-s gap-top" method="post" action="/do/settle-exception">
                    <input type="hidden" name="exception" value=id/>
                    <TextField
                        name="note"
                        label="How it was settled"
                        value=note
                        error=error
                        maxlength=u32::try_from(LONGEST_NOTE).unwrap_or_default()
                        required=true
                    />
                    <p class="actions"><Button label="It is settled" icon=Icon::Okay/></p>
                </form>
            </Panel>
        }
    })
}

fn case_panel(view: &ExceptionView, form: &Form, asked: Asked, is_hub: bool, zone: &Zone) -> Option<AnyView> {
    let row = &view.exception;
    if let (Some(id), Some(number)) = (row.case_id, &view.case) {
        let words = format!("Case {number}");
        let href = format!("/cases/{id}");
        return Some(view! { <Panel id="case" title="Case"><p><a href=href>{words}</a></p></Panel> }.into_any());
    }
    if row.state == State::Closed {
        return None;
    }
    let id = row.id.to_string();
    let title = format!("{}: {}", text::exception(row.kind), parts::subject(row.subject_kind, &row.subject_number));
    // Who settles it does not ask the other side how it came about.
    let asked = if asked == Asked::Reason && !is_hub { Asked::Account } else { asked };
    let (title, title_error) = (form.value_or("title", &title), form.field_error("title"));
    let request = text::exception_request(row.kind, &row.differences.0, asked, zone);
    let (text, text_error) = (form.value_or("text", &request), form.field_error("text"));
    let panel = view! {
        <Panel id="case" title="Open a case about it">
            <p class="small muted">"Both sides read it. The case is linked to this exception."</p>
            <form class="stack-s gap-top" method="post" action="/do/exception-case">
                <input type="hidden" name="exception" value=id/>
                <TextField
                    name="title"
                    label="In a few words"
                    value=title
                    error=title_error
                    maxlength=u32::try_from(LONGEST_TITLE).unwrap_or_default()
                    required=true
                />
                <TextArea name="text" label="Your message" value=text error=text_error rows=8 required=true/>
                <p class="actions"><Button label="Open the case" icon=Icon::Case/></p>
            </form>
        </Panel>
    };
    Some(panel.into_any())
}
