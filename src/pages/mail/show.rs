//! One mail that came in: why it needs review, what it says, and what can be done with it.

use leptos::prelude::*;

use crate::{
    domain::{ids::IncomingMailId, reply::State},
    pages::{Form, PageContext, page, param},
    service::mail_in::review::{self, MailView},
    text,
    ui::{Button, ChipData, Columns, Crumb, Icon, Notice, PageHead, Panel, Role, TextField, Weight},
};

/// The mail named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<IncomingMailId>("id");
    page("Mail", async move |cx: PageContext| {
        let view = review::load(&cx.context, &cx.reader.actor, id?).await?;
        let form = Form::of("add-mail");
        let aside = Form::of("set-mail-aside").summary();
        let title = text::mail_subject(&view.mail.subject).to_owned();
        Ok(view! {
            <PageHead
                title=title.clone()
                chip=chip(view.mail.state)
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![Crumb::link("/mail", "Mail"), Crumb::here(title)]
            >
                {format!("From {}", text::mail_sender(&view.mail.sender))}
            </PageHead>
            {form.summary()}
            {aside}
            {why(&view)}
            {body(view, form, &cx)}
        })
    })
}

fn chip(state: State) -> ChipData {
    match state {
        State::Review => ChipData::new(Role::Warning, Icon::Turn, "Needs review"),
        State::Written => ChipData::new(Role::Plain, Icon::Okay, "In its case"),
        State::SetAside => ChipData::new(Role::Plain, Icon::Okay, "Set aside"),
    }
}

fn why(view: &MailView) -> Option<impl IntoView + use<>> {
    let reason = view.mail.reason.filter(|_| view.mail.state == State::Review)?;
    let detail = (!view.mail.detail.is_empty()).then(|| view! { <p class="small">{view.mail.detail.clone()}</p> });
    Some(
        view! { <div class="mb-4"><Notice role=Role::Warning title="Why it needs you"><p>{text::mail_reason(reason)}</p>{detail}</Notice></div> },
    )
}

fn body(view: MailView, form: Form, cx: &PageContext) -> impl IntoView + use<> {
    let waits = view.mail.state == State::Review;
    let words = if view.mail.body.is_empty() { "It has no words of its own.".to_owned() } else { view.mail.body.clone() };
    let quote = (!view.mail.quoted.is_empty()).then(|| {
        view! {
            <details class="gap-top">
                <summary class="small">"What the mail quotes"</summary>
                <p class="small muted whitespace-pre-line wrap">{view.mail.quoted.clone()}</p>
            </details>
        }
    });
    let cx = cx.clone();
    let side = move || (waits.then(|| actions(&view, &form)), facts(&view, &cx));
    view! {
        <Columns side=side>
            <Panel id="words" title="What it says">
                <p class="whitespace-pre-line wrap">{words}</p>
                {quote}
            </Panel>
        </Columns>
    }
}

fn facts(view: &MailView, cx: &PageContext) -> impl IntoView + use<> {
    let mail = &view.mail;
    let files: Vec<_> = mail.names.0.iter().map(|name| view! { <li>{name.clone()}</li> }).collect();
    let files = (!files.is_empty()).then(|| view! { <dt>"Files"</dt><dd><ul>{files}</ul></dd> });
    let case = view.case.as_ref().map(|case| {
        let label = if mail.state == State::Written { "In case" } else { "Seems to be about" };
        view! { <dt>{label}</dt><dd><a href=format!("/cases/{}", case.id)>{case.number.clone()}</a>" "{case.title.clone()}</dd> }
    });
    let settled = mail.settled_by.clone().zip(mail.settled_at).map(|(by, at)| {
        view! { <dt>"Looked at by"</dt><dd>{format!("{by}, {}", text::moment_short(at, cx.now, &cx.zone))}</dd> }
    });
    let (sender, size) = (text::mail_sender(&mail.sender).to_owned(), text::file_size(mail.size.unsigned_abs()));
    let came = text::moment_short(mail.at, cx.now, &cx.zone);
    let person = view.person.clone().unwrap_or_else(|| "Nobody who can sign in has this address".to_owned());
    view! {
        <Panel id="facts" title="Facts">
            <dl class="facts">
                <dt>"From"</dt>
                <dd class="wrap">{sender}</dd>
                <dt>"Known as"</dt>
                <dd>{person}</dd>
                <dt>"Came"</dt>
                <dd>{came}</dd>
                <dt>"Size"</dt>
                <dd>{size}</dd>
                {files}
                {case}
                {settled}
            </dl>
        </Panel>
    }
}

/// What can be done with a mail, once.
fn actions(view: &MailView, form: &Form) -> impl IntoView + use<> {
    let id = view.mail.id.to_string();
    let error = form.field_error("number");
    let guess = view.case.as_ref().map(|case| case.number.clone()).unwrap_or_default();
    let number = form.value_or("number", &guess);
    view! {
        <Panel id="settle" title="What shall become of it?">
            <form class="stack-s" method="post" action="/do/add-mail">
                <input type="hidden" name="mail" value=id.clone()/>
                <TextField
                    name="number"
                    label="Number of the case"
                    value=number
                    error=error
                    hint="As words of its sender where they belong to the partner of that case, as an internal note otherwise."
                    placeholder="C-00012"
                    required=true
                />
                <p class="actions"><Button label="Add to this case" icon=Icon::Case weight=Weight::Main/></p>
            </form>
            <form class="gap-top" method="post" action="/do/set-mail-aside">
                <input type="hidden" name="mail" value=id/>
                <p class="actions"><Button label="Set aside" icon=Icon::X/></p>
            </form>
        </Panel>
    }
}
