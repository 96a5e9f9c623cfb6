//! Events that were refused: how many for each reason, and the newest of them.

use leptos::prelude::*;

use crate::{
    domain::refusal::Reason,
    islands::Live,
    pages::{PageContext, cursor, listing, page, query},
    service::xconnector::refused::{self, RefusedList, SUMMED_DAYS},
    store::refused::{Count, RefusedEvent},
    text,
    ui::{Column, Crumb, Empty, Icon, PageHead, Panel, Tab, Table, Tabs},
};

/// Where the list is.
pub const PATH: &str = "/endpoints/refused";

fn address(reason: Option<Reason>, after: Option<&str>) -> String {
    listing::address(PATH, &[("reason", reason.map(Reason::as_str)), ("after", after)])
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let reason = query("reason").and_then(|code| code.parse().ok());
    let after = query("after");
    page("Refused events", async move |cx: PageContext| {
        let list = refused::list(&cx.context, &cx.reader.actor, reason, after.as_deref().and_then(cursor::decode)).await?;
        let columns = vec![Column::new("Reason"), Column::new("Event").class("hide-mid"), Column::num("Times"), Column::num("Last")];
        let rows: Vec<_> = list.rows.iter().map(|event| row(event, &cx)).collect();
        let nothing = list.rows.is_empty().then(|| view! { <div class="panel">{empty()}</div> });
        Ok(view! {
            <PageHead
                title="Refused events"
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![Crumb::link("/endpoints", "Endpoints"), Crumb::here("Refused events")]
            >
                {format!("What came and had no effect, with the reason its sender was given. The numbers are those of the last {SUMMED_DAYS} days.")}
            </PageHead>
            <div data-live="tabs"><Tabs label="Refused events by reason" tabs=tabs(&list, reason)/></div>
            <Table caption="Refused events, the last first" columns=columns live="refused">{rows}</Table>
            <div data-live="nothing">{nothing}</div>
            <div data-live="pager">{foot(&list, reason, after.as_ref())}</div>
            <Live address="/live"/>
        })
    })
}

/// A tab for every reason for which something was refused, and for the one that is looked at.
fn tabs(list: &RefusedList, current: Option<Reason>) -> Vec<Tab> {
    let events = |reason: Reason| list.counts.iter().find(|count| count.reason == reason).map_or(0, |count| count.events);
    let tab = |reason: Option<Reason>, label: &str, events: i64| Tab {
        href: address(reason, None),
        label: label.to_owned(),
        count: Some(text::number(events.unsigned_abs())),
        heat: crate::ui::Heat::Calm,
        current: reason == current,
    };
    let all = tab(None, "All", list.counts.iter().map(|count| count.events).sum());
    let reasons = Reason::ALL.iter().copied().filter(|reason| events(*reason) > 0 || current == Some(*reason));
    [all].into_iter().chain(reasons.map(|reason| tab(Some(reason), text::refusal(reason), events(reason)))).collect()
}

fn row(event: &RefusedEvent, cx: &PageContext) -> impl IntoView + use<> {
    let field = (!event.field.is_empty()).then(|| view! { <span class="mono break">{event.field.clone()}</span>" · " });
    view! {
        <tr role="row" data-key=event.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("{PATH}/{}", event.id)>{text::refusal(event.reason)}</a>
                <span class="sub wrap">{field}{event.message.clone()}</span>
            </th>
            <td role="cell" class="hide-mid">
                <span class="mono break">{claimed(&event.kind)}</span>
                <span class="sub break">{origin(event)}</span>
            </td>
            <td role="cell" class="num" data-label="Times">{text::number(event.times.unsigned_abs())}</td>
            <td role="cell" class="num" data-label="Last">{text::moment_short(event.last_at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

/// What an event says of itself.
pub fn claimed(text: &str) -> String {
    if text.is_empty() { "Not said".to_owned() } else { text.to_owned() }
}

fn origin(event: &RefusedEvent) -> String {
    match (event.event_id.is_empty(), event.source.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("from {}", event.source),
        (false, true) => event.event_id.clone(),
        (false, false) => format!("{} from {}", event.event_id, event.source),
    }
}

fn foot(list: &RefusedList, reason: Option<Reason>, after: Option<&String>) -> Option<AnyView> {
    let older = list.next.map(|(at, id)| address(reason, Some(&cursor::encode(at, id.0))));
    let newest = after.map(|_| address(reason, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "refusal", "refusals");
    (!list.rows.is_empty()).then(|| listing::pager(newest, older, shown))
}

fn empty() -> impl IntoView {
    view! {
        <Empty
            icon=Icon::Okay
            title="No event was refused"
            text="What comes unsigned, late, too large or with fields that cannot be used is refused, and stands here with the reason."
        />
    }
}

/// How many were refused for each reason, with the way to them.
pub fn panel(counts: Vec<Count>) -> impl IntoView {
    let body = if counts.is_empty() {
        empty().into_any()
    } else {
        let rows: Vec<_> = counts
            .into_iter()
            .map(|count| {
                view! {
                    <tr role="row" data-key=count.reason.as_str()>
                        <th role="rowheader" scope="row">
                            <a class="go" href=address(Some(count.reason), None)>{text::refusal(count.reason)}</a>
                        </th>
                        <td role="cell" class="full wrap">{text::refusal_step(count.reason)}</td>
                        <td role="cell" class="num" data-label="Refused">{text::number(count.events.unsigned_abs())}</td>
                    </tr>
                }
            })
            .collect();
        let columns = vec![Column::new("Reason"), Column::new("What to do"), Column::num("Refused")];
        view! { <Table caption="Refused events by reason" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    let all = || view! { <a href=PATH>"All refused events"</a> };
    view! {
        <Panel id="refused" title="Events that were refused" note=format!("the last {SUMMED_DAYS} days") side=all flush=true>
            <div data-live="refused">{body}</div>
        </Panel>
    }
}
