//! One event that was refused: why, what to do, and how its body begins.

use leptos::prelude::*;

use super::refused::{PATH, claimed};
use crate::{
    domain::ids::RefusedEventId,
    pages::{PageContext, page, param},
    service::xconnector::refused,
    store::refused::RefusedEvent,
    text,
    ui::{ChipData, Columns, Crumb, Empty, Fact, Facts, Icon, Notice, PageHead, Panel, Role},
};

/// The event named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<RefusedEventId>("id");
    page("Refused event", async move |cx: PageContext| {
        let event = refused::load(&cx.context, &cx.reader.actor, id?).await?;
        let title = text::refusal(event.reason);
        let (message, step) = (event.message.clone(), text::refusal_step(event.reason));
        let facts = facts(&event, &cx);
        let side = move || {
            let facts = facts.clone();
            view! { <Panel id="facts" title="Facts"><Facts facts=facts/></Panel> }
        };
        Ok(view! {
            <leptos_meta::Title text=title/>
            <PageHead
                title=title
                chip=ChipData::new(Role::Danger, Icon::No, "Refused")
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![Crumb::link("/endpoints", "Endpoints"), Crumb::link(PATH, "Refused events"), Crumb::here(title)]
            >
                {step}
            </PageHead>
            <Columns side=side>
                <Notice role=Role::Danger title="What its sender was told"><p class="wrap">{message}</p></Notice>
                {body(&event)}
            </Columns>
        })
    })
}

fn facts(event: &RefusedEvent, cx: &PageContext) -> Vec<Fact> {
    let at = |at| text::moment_short(at, cx.now, &cx.zone);
    let own = if event.is_signed { "xConnector, by its signature" } else { "Not known: the signature was not confirmed" };
    let mut facts = vec![
        Fact::new("Answered with", event.reason.status().to_string()),
        Fact::new("From", own),
        Fact::new("Type", claimed(&event.kind)),
        Fact::new("Id", claimed(&event.event_id)),
        Fact::new("Source", claimed(&event.source)),
        Fact::new("Size", text::file_size(event.size.unsigned_abs())),
        Fact::new("Last came", at(event.last_at)),
    ];
    if !event.field.is_empty() {
        facts.insert(1, Fact::new("Field", event.field.clone()));
    }
    if event.times > 1 {
        facts.push(
            Fact::new("Times", text::number(event.times.unsigned_abs())).note(format!("First {}, all within an hour", at(event.first_at))),
        );
    }
    facts
}

fn body(event: &RefusedEvent) -> impl IntoView + use<> {
    let says = if event.excerpt.is_empty() {
        view! { <Empty icon=Icon::Doc title="No body was kept" text="It had none, or was too large to be read."/> }.into_any()
    } else {
        view! { <pre class="mono small whitespace-pre-wrap break">{event.excerpt.clone()}</pre> }.into_any()
    };
    view! { <Panel id="says" title="How its body begins" note="secrets are taken out">{says}</Panel> }
}
