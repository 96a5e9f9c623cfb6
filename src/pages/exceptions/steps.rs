//! The numbered steps of an exception: each with the action beside it, who did it and when, and how often it settled
//! others.

use leptos::prelude::*;

use crate::{
    domain::{
        access::{Audience, Permission},
        exception::{Action, State, SubjectKind},
    },
    pages::{PageContext, documents, help},
    service::exceptions::{
        Root,
        guide::{Step, Words},
        view::ExceptionView,
    },
    text,
    ui::{Button, ButtonLink, ChipData, Icon, Panel, Role, Size, Weight},
};

use super::parts;

/// The panel with the steps.
pub(super) fn panel(view: &ExceptionView, cx: &PageContext) -> impl IntoView + use<> {
    let settled: i64 = view.settled.iter().map(|step| step.n).sum();
    let numbered = || (1_i64..).zip(&view.guide.steps);
    let leads = |number: i64, step: &Step| {
        let acts = step.action.filter(|action| !matches!(action, Action::Look | Action::Document));
        view.done.iter().all(|done| done.step != number) && acts.is_some_and(|action| link(action, view, cx).is_some())
    };
    // The next step that changes something is what the page is for; looking is not.
    let next = numbered().find(|(number, step)| leads(*number, step)).map(|(number, _)| number);
    let steps: Vec<_> = numbered().map(|(number, step)| entry(number, step, next == Some(number), settled, view, cx)).collect();
    let why = view.guide.why.clone();
    let questions: Vec<_> = view
        .guide
        .questions
        .iter()
        .map(|(question, answer)| {
            view! {
                <details class="question">
                    <summary>{Icon::Right.svg_with_class("turn")}<b>{*question}</b></summary>
                    <div class="prose"><p>{*answer}</p></div>
                </details>
            }
        })
        .collect();
    let questions = (!questions.is_empty()).then(|| view! { <h3 class="gap-top">"Questions"</h3><div class="questions">{questions}</div> });
    let more = (!view.guide.more.is_empty()).then(|| view! { <div class="prose gap-top" inner_html=view.guide.more.clone()></div> });
    let article = view.guide.article.as_ref().map(|item| {
        view! { <p class="small gap-top">"From: "<a href=help::address(item)>{item.title.clone()}</a></p> }
    });
    view! {
        <Panel id="steps" title="What to do" live="steps">
            <p class="muted">{why}</p>
            <ol class="guide gap-top">{steps}</ol>
            {questions}
            {more}
            {article}
        </Panel>
    }
}

fn entry(number: i64, step: &Step, is_next: bool, settled: i64, view: &ExceptionView, cx: &PageContext) -> impl IntoView + use<> {
    let words = match &step.words {
        Words::Plain(words) => view! { <p>{*words}</p> }.into_any(),
        Words::Html(html) => view! { <div class="prose" inner_html=html.clone()></div> }.into_any(),
    };
    let done = view.done.iter().find(|done| done.step == number);
    let by = done.map(|done| {
        let words = format!("{}, {}", done.done_by, text::moment_short(done.done_at, cx.now, &cx.zone));
        view! { <p class="small muted">{ChipData::new(Role::Success, Icon::Check, "Done").view()}" "{words}</p> }
    });
    let n = view.settled.iter().find(|step| step.settled_step == number).map_or(0, |step| step.n);
    let often = (n > 0).then(|| view! { <p class="small muted">{format!("This step settled it {n} of {settled} times.")}</p> });
    let link = step.action.and_then(|action| link(action, view, cx));
    let weight = if is_next && view.exception.state == State::Open { Weight::Main } else { Weight::Other };
    let link = link.map(|(label, href, icon)| view! { <ButtonLink href=href label=label icon=icon size=Size::Small weight=weight/> });
    let class = done.map(|_| "done");
    let mark = if done.is_some() { Icon::Check.svg().into_any() } else { number.to_string().into_any() };
    let form = (view.exception.state == State::Open).then(|| tick(number, done.is_some(), view));
    view! {
        <li class=class data-key=number.to_string()>
            <span class="mark" aria-hidden="true">{mark}</span>
            <div class="stack-s">
                {words}
                {by}
                {often}
                <div class="row-flex">{link}{form}</div>
            </div>
        </li>
    }
}

/// The button that notes a step as done, or takes that back.
fn tick(number: i64, is_done: bool, view: &ExceptionView) -> impl IntoView + use<> {
    let label = if is_done { "Not done after all" } else { "Done" };
    let icon = if is_done { Icon::X } else { Icon::Check };
    view! {
        <form method="post" action="/do/exception-step">
            <input type="hidden" name="exception" value=view.exception.id.to_string()/>
            <input type="hidden" name="step" value=number.to_string()/>
            <input type="hidden" name="done" value=if is_done { "no" } else { "yes" }/>
            <Button label=label icon=icon size=Size::Small aria_label=format!("{label}: step {number}")/>
        </form>
    }
}

/// What can be done beside a step, where the reader can do it.
fn link(action: Action, view: &ExceptionView, cx: &PageContext) -> Option<(String, String, Icon)> {
    let (row, actor) = (&view.exception, &cx.reader.actor);
    let (is_hub, is_open) = (actor.may(Permission::Operate), row.state == State::Open);
    let order = match row.root.parse() {
        Ok(Root::Order(id)) => Some(id),
        _ => None,
    };
    let of_order = |what: &str| order.filter(|_| actor.sells && is_open).map(|id| format!("/orders/{id}/{what}"));
    let document = row.document_id.filter(|_| is_hub || actor.audience == Audience::Supplier);
    let words = |label: &str, href: String, icon| (label.to_owned(), href, icon);
    let ask = |label: &str, what: &str| {
        let href = match row.case_id.filter(|_| view.case.is_some()) {
            Some(case) => return words("Write in its case", format!("/cases/{case}#text"), Icon::Case),
            None => format!("/exceptions/{}{what}#case", row.id),
        };
        words(label, href, Icon::Case)
    };
    match action {
        Action::Look => {
            let href = parts::address(row.subject_kind, row.subject_id, cx)?;
            Some(words(&format!("Open the {}", text::exception_subject(row.subject_kind).to_lowercase()), href, Icon::Note))
        }
        Action::Answer => Some(words("Answer the order", of_order("answer")?, Icon::Turn)),
        Action::Ship => Some(words("Announce a shipment", of_order("ship")?, Icon::Truck)),
        Action::Invoice => Some(words("Send an invoice", of_order("invoice")?, Icon::Invoice)),
        Action::Document => Some(words("Open the document", format!("/documents/{}", document?), Icon::Clip)),
        Action::Correct => {
            let correction = view.correction.filter(|_| is_open)?;
            Some(words("Correct and send", documents::parts::correction(correction), Icon::Send))
        }
        Action::SendAgain => {
            let id = row.document_id.filter(|_| is_open)?;
            match view.correction {
                _ if is_hub => Some(words("Send it again", format!("/documents/{id}/again"), Icon::Again)),
                // Who entered it sends what they entered anew, as it is.
                Some(form) => Some(words("Send it anew", documents::parts::correction(form), Icon::Again)),
                None => None,
            }
        }
        Action::Connections => is_hub.then(|| words("Connections", "/connections".to_owned(), Icon::Swap)),
        Action::Propose => {
            let what = match row.subject_kind {
                SubjectKind::Invoice => "invoice",
                SubjectKind::Order => "order",
                SubjectKind::Shipment => "shipment",
                _ => return None,
            };
            let href = format!("/cases/dispute?{what}={}&exception={}", row.subject_id, row.id);
            is_open.then(|| words("Propose the right value", href, Icon::Flag))
        }
        Action::AskDocument => is_open.then(|| ask("Ask for it", "?ask=document")),
        Action::AskValue => is_open.then(|| ask("Propose it", "?ask=value")),
        Action::OpenCase => is_open.then(|| ask("Open a case", "")),
        Action::Settle => is_open.then(|| words("Say that it is settled", "#settle".to_owned(), Icon::Okay)),
    }
}
