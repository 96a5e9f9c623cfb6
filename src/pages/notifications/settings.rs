//! How a person wants to be told: each topic, quiet hours, the mail of the day.

use leptos::prelude::*;

use super::tabs;
use crate::{
    domain::{
        calendar::clock,
        notification::{Topic, Way},
    },
    pages::{Form, PageContext, page},
    service::notify::inbox::{self, Settings},
    text,
    ui::{Button, Choice, Icon, Notice, PageHead, Panel, Role, SelectField, TextField, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("How you are told", async |cx: PageContext| {
        let settings = inbox::settings(&cx.context, &cx.reader.actor).await?;
        let form = Form::of("notification-settings");
        let unread = u64::try_from(cx.reader.unread).unwrap_or_default();
        let off = (!settings.sends_mail).then(|| {
            let words = "This portal sends no mail yet, so everything stays in the portal. Your choice counts as soon as it does.";
            view! { <div class="mb-4"><Notice role=Role::Info title="Mail is off">{words}</Notice></div> }
        });
        let topics: Vec<_> = settings.ways.iter().map(|(topic, way)| field(*topic, *way, &form)).collect();
        let hours = hours(&settings, &form, &cx);
        let summary = form.summary();
        Ok(view! {
            <PageHead title="How you are told">
                "What stands in the portal can come by mail too, at once or once a day."
            </PageHead>
            {tabs("/notifications/settings", unread)}
            {off}
            {summary}
            <form class="stack" method="post" action="/do/notification-settings">
                <Panel id="topics" title="What you are told of"><div class="halves max-w-4xl">{topics}</div></Panel>
                <Panel id="hours" title="When mail comes">{hours}</Panel>
                <p class="actions"><Button label="Save" icon=Icon::Check weight=Weight::Main/></p>
            </form>
        })
    })
}

fn field(topic: Topic, way: Way, form: &Form) -> impl IntoView + use<> {
    let choices: Vec<_> = Way::ALL.iter().map(|way| Choice::new(way.as_str(), text::way(*way))).collect();
    let name = topic.as_str();
    view! {
        <SelectField name=name label=text::topic(topic) choices=choices value=form.value_or(name, way.as_str()) error=form.field_error(name)/>
    }
}

fn hours(settings: &Settings, form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let (from, to) = settings.hours.quiet.map(|(from, to)| (clock(from), clock(to))).unwrap_or_default();
    let zone = format!("Times of day in your zone, {}", cx.zone.name().replace('_', " "));
    view! {
        <p class="small muted">{zone}</p>
        <div class="field-row gap-top max-w-4xl">
            <TextField
                name="quiet_from"
                label="No mail from"
                value=form.value_or("quiet_from", &from)
                hint="Such as 18:00; empty for no quiet hours. What happens meanwhile comes when they end."
                error=form.field_error("quiet_from")
                maxlength=5u32
                narrow=true
            />
            <TextField
                name="quiet_to"
                label="Until"
                value=form.value_or("quiet_to", &to)
                hint="Such as 07:00"
                error=form.field_error("quiet_to")
                maxlength=5u32
                narrow=true
            />
            <TextField
                name="digest_at"
                label="The mail of the day comes at"
                value=form.value_or("digest_at", &clock(settings.hours.digest_at))
                error=form.field_error("digest_at")
                maxlength=5u32
                narrow=true
            />
        </div>
    }
}
