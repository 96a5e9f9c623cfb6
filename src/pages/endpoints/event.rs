//! One event that came and was parked: what it says, why it waits, and what can be done about it.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::ids::InboundEventId,
    pages::{Form, PageContext, page, param},
    service::systems::parked::{self, ParkedView},
    store::{bonds::PARKED, parked::Step},
    text,
    ui::{Button, ChipData, Columns, Crumb, Empty, Fact, Facts, Icon, Notice, PageHead, Panel, Role, Weight},
};

/// The event named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<InboundEventId>("id");
    page("Event", async move |cx: PageContext| {
        let view = parked::load(&cx.context, &cx.reader.actor, id?).await?;
        let event = &view.found.event;
        let title = event.kind.clone();
        let chip = chip(&view);
        let forms: Vec<_> =
            ["apply-event", "set-event-aside", "bring-event-back"].map(|name| Form::of(name).summary()).into_iter().collect();
        let why = (event.state == PARKED).then(|| {
            let reason = event.reason.clone();
            view! { <div class="mb-4"><Notice role=Role::Warning title="Why it waits"><p class="wrap">{reason}</p></Notice></div> }
        });
        let lead = format!("{} from {}, sent by {}", event.event_id, event.source, parts::system(&event.system));
        Ok(view! {
            <leptos_meta::Title text=title.clone()/>
            <PageHead
                title=title
                chip=chip
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![
                    Crumb::link("/endpoints", "Endpoints"),
                    Crumb::link(super::parked::PATH, "Events that wait"),
                    Crumb::here(event.event_id.clone()),
                ]
            >
                {lead}
            </PageHead>
            {forms}
            {why}
            {body(view, &cx)}
        })
    })
}

fn chip(view: &ParkedView) -> ChipData {
    match (view.found.event.state == PARKED, view.found.set_aside_at) {
        (true, None) => ChipData::new(Role::Warning, Icon::Clock, "Waiting"),
        (true, Some(_)) => ChipData::new(Role::Neutral, Icon::Minus, "Set aside"),
        (false, _) => ChipData::new(Role::Success, Icon::Check, "Applied"),
    }
}

fn body(view: ParkedView, cx: &PageContext) -> impl IntoView + use<> {
    let says = serde_json::to_string_pretty(&view.found.event.body.0).unwrap_or_default();
    let history = history(&view.steps, cx);
    let cx = cx.clone();
    let side = move || (actions(&view), facts(&view, &cx));
    view! {
        <Columns side=side>
            <Panel id="says" title="What it says"><pre class="mono small whitespace-pre-wrap break">{says}</pre></Panel>
            {history}
        </Columns>
    }
}

fn history(steps: &[Step], cx: &PageContext) -> impl IntoView + use<> {
    let items: Vec<_> = steps
        .iter()
        .map(|step| {
            let words = match step.step.as_str() {
                "again" => format!("Applied again. {}", step.outcome),
                "aside" => "Set aside".to_owned(),
                _ => "Brought back".to_owned(),
            };
            let who = format!("{}, {}", step.actor, text::moment_short(step.at, cx.now, &cx.zone));
            view! { <li><p class="wrap">{words}</p><p class="small muted">{who}</p></li> }
        })
        .collect();
    let body = if items.is_empty() {
        let words = "Who applies it again, sets it aside or brings it back stands here.";
        view! { <Empty icon=Icon::Clock title="Nobody has done anything about it" text=words/> }.into_any()
    } else {
        view! { <ul class="stack-s">{items}</ul> }.into_any()
    };
    view! { <Panel id="history" title="What was done about it">{body}</Panel> }
}

fn facts(view: &ParkedView, cx: &PageContext) -> impl IntoView + use<> {
    let event = &view.found.event;
    let facts = vec![
        Fact::new("Id", event.event_id.clone()),
        Fact::new("Source", event.source.clone()),
        Fact::new("From", parts::system(&event.system)),
        Fact::new("Came", text::moment_short(event.at, cx.now, &cx.zone)),
    ];
    let case = event.case_id.map(|case| view! { <dt>"Case"</dt><dd><a href=format!("/cases/{case}")>"Open it"</a></dd> });
    view! { <Panel id="facts" title="Facts"><Facts facts=facts>{case}</Facts></Panel> }
}

/// What can be done about an event while it is parked.
fn actions(view: &ParkedView) -> Option<AnyView> {
    let event = &view.found.event;
    if event.state != PARKED {
        return None;
    }
    let id = event.id.to_string();
    let forms = if view.found.set_aside_at.is_some() {
        view! {
            <form method="post" action="/do/bring-event-back">
                <input type="hidden" name="event" value=id/>
                <p class="actions"><Button label="Bring it back" icon=Icon::Again weight=Weight::Main/></p>
            </form>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action="/do/apply-event">
                <input type="hidden" name="event" value=id.clone()/>
                <p class="actions"><Button label="Apply again" icon=Icon::Again weight=Weight::Main/></p>
            </form>
            <form class="gap-top" method="post" action="/do/set-event-aside">
                <input type="hidden" name="event" value=id/>
                <p class="actions"><Button label="Set aside" icon=Icon::X/></p>
            </form>
        }
        .into_any()
    };
    let hint = if view.found.set_aside_at.is_some() {
        "Set aside, it stays as it is, also when what it names is known one day. Brought back, it waits again."
    } else {
        "Apply it again once what it names is known here. Set it aside where nothing is to be done about it; it can be brought back."
    };
    Some(
        view! { <Panel id="settle" title="What shall become of it?"><p class="small muted">{hint}</p><div class="gap-top">{forms}</div></Panel> }
            .into_any(),
    )
}
