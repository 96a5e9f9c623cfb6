//! How the connections to other systems are doing: routes for documents, Active Community, content from Kentico, and work
//! that was given up.

mod community;
mod jobs;
mod routes;
#[cfg(test)]
mod tests;

use leptos::prelude::*;

use crate::{
    islands::Live,
    pages::{Form, PageContext, page},
    service::connections::{self, Overview},
    store::{content::ContentFeed, routes::Route},
    text,
    ui::{Chip, ChipData, Column, Empty, Icon, PageHead, Panel, Role, Table},
};

/// A state as chip and one line of detail.
pub struct State {
    /// The word.
    pub chip: ChipData,
    /// Since when, or since when not.
    pub detail: String,
}

/// How a route is doing.
pub fn state(route: &Route, cx: &PageContext) -> State {
    let at = |at| text::moment_short(at, cx.now, &cx.zone);
    let (chip, detail) = if !route.is_active {
        (ChipData::new(Role::Neutral, Icon::Pause, "Switched off"), "Nothing is fetched and nothing leaves".to_owned())
    } else if route.failure.is_some() {
        let since = route.succeeded_at.map_or_else(|| "It never worked so far".to_owned(), |since| format!("It last worked {}", at(since)));
        (ChipData::new(Role::Danger, Icon::No, "Failing"), since)
    } else if let Some(succeeded) = route.succeeded_at {
        (ChipData::new(Role::Success, Icon::Check, "Working"), format!("Last success {}", at(succeeded)))
    } else {
        (ChipData::new(Role::Neutral, Icon::Dashed, "Never looked at"), "Check it now, or wait for the next look".to_owned())
    };
    State { chip, detail }
}

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Connections", async |cx: PageContext| {
        let found = connections::overview(&cx.context, &cx.reader.actor).await?;
        let forms = ["check-route", "switch-route", "revive-job"].map(|endpoint| Form::of(endpoint).summary());
        let sentence = sentence(&found);
        Ok(view! {
            <Live address="/live"/>
            <PageHead title="Connections" as_of=text::as_of(cx.now, &cx.zone)>{sentence}</PageHead>
            {forms.into_iter().collect::<Vec<_>>()}
            <div class="stack">
                {routes::panel(found.routes, &cx)}
                {community::panel(found.community, &cx)}
                {feeds(found.feeds, &cx)}
                {jobs::panel(found.dead, &cx)}
            </div>
        })
    })
}

/// What needs somebody, in one sentence.
fn sentence(found: &Overview) -> String {
    let failing = found.routes.iter().filter(|view| view.route.is_active && view.route.failure.is_some()).count();
    let feeds = found.feeds.iter().filter(|feed| feed.failure.is_some()).count();
    let apart = found.community.as_ref().is_some_and(community::needs_somebody);
    let mut parts = Vec::new();
    let mut say = |number: usize, one: &str, many: &str| {
        if number > 0 {
            parts.push(text::count(u64::try_from(number).unwrap_or_default(), one, many));
        }
    };
    say(failing, "route fails", "routes fail");
    say(usize::from(apart), "connection to Active Community fails", "connections to Active Community fail");
    say(feeds, "kind of content has a remark", "kinds of content have remarks");
    say(found.dead.len(), "piece of work was given up", "pieces of work were given up");
    if parts.is_empty() { "Nothing needs you here.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

fn feeds(feeds: Vec<ContentFeed>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if feeds.is_empty() {
        view! {
            <Empty
                icon=Icon::Globe
                title="No content is mirrored yet"
                text="Name a Kentico channel in the configuration; its policies, answers and notices then appear under Help."
            />
        }
        .into_any()
    } else {
        let rows: Vec<_> = feeds.into_iter().map(|feed| feed_row(feed, cx)).collect();
        let columns = vec![Column::new("Kind"), Column::new("State"), Column::num("Published until"), Column::num("Compared")];
        view! { <Table caption="Content from Kentico" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="feeds" title="Content from Kentico" note="Read-only" flush=true><div data-live="feeds">{body}</div></Panel> }
}

fn feed_row(feed: ContentFeed, cx: &PageContext) -> impl IntoView + use<> {
    let at = |at: Option<_>| at.map_or_else(|| "never".to_owned(), |at| text::moment_short(at, cx.now, &cx.zone));
    let (role, icon, word) = match (&feed.failure, feed.failed_at > feed.succeeded_at) {
        (Some(_), true) => (Role::Danger, Icon::No, "Failing"),
        (Some(_), false) => (Role::Warning, Icon::Alert, "Working, with a remark"),
        (None, _) => (Role::Success, Icon::Check, "Working"),
    };
    let detail = if role == Role::Danger {
        format!("It last worked {}", at(feed.succeeded_at))
    } else {
        format!("Last read {}", at(feed.succeeded_at))
    };
    // The watermark is a time with the offset of the Kentico server; people read it in their own zone.
    let until = at(feed.watermark.as_deref().and_then(|text| text.parse().ok()));
    view! {
        <tr role="row" data-key=feed.kind.clone()>
            <th role="rowheader" scope="row">{crate::pages::help::kind(&feed.kind)}</th>
            <td role="cell" class="full">
                <Chip role=role icon=icon word=word/>
                <span class="sub">{detail}</span>
                {feed.failure.map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> })}
            </td>
            <td role="cell" class="num" data-label="Published until">{until}</td>
            <td role="cell" class="num" data-label="Compared">{at(feed.swept_at)}</td>
        </tr>
    }
}
