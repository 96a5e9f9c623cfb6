//! The systems that events go to and come from: where they go, how each is doing, which cases are kept in step, and
//! what came and waits or was refused.

pub mod add;
pub mod event;
pub mod parked;
pub mod parts;
pub mod refusal;
pub mod refused;
pub mod shared;
pub mod show;
#[cfg(test)]
mod tests;

use leptos::prelude::*;

use crate::{
    islands::Live,
    pages::{PageContext, page},
    service::xconnector::endpoints::{self, Listed, Overview},
    store::bonds::{BondRow, ParkedRow},
    text,
    ui::{ButtonLink, Column, Empty, Icon, PageHead, Panel, Table, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Endpoints", async |cx: PageContext| {
        let found = endpoints::overview(&cx.context, &cx.reader.actor).await?;
        let sentence = sentence(&found);
        let add = || view! { <ButtonLink href="/endpoints/add" label="Register an endpoint" icon=Icon::Plus weight=Weight::Main/> };
        Ok(view! {
            <Live address="/live"/>
            <PageHead title="Endpoints" as_of=text::as_of(cx.now, &cx.zone) actions=add>{sentence}</PageHead>
            <div class="stack">
                {listed(found.endpoints, &cx)}
                {bonds(found.bonds, found.shared.shared, &cx)}
                {parked_events(found.parked, found.waiting, &cx)}
                {refused::panel(found.refused)}
            </div>
        })
    })
}

/// What needs somebody, in one sentence.
fn sentence(found: &Overview) -> String {
    let dead: i64 = found.endpoints.iter().map(|listed| listed.dead).sum();
    let failing = found.endpoints.iter().filter(|listed| listed.endpoint.is_active && listed.endpoint.failure.is_some()).count();
    let counted = [
        (i64::try_from(failing).unwrap_or(i64::MAX), "endpoint fails", "endpoints fail"),
        (dead, "event was given up", "events were given up"),
        (found.shared.apart, "case is not in step", "cases are not in step"),
        (found.waiting, "event that came waits", "events that came wait"),
    ];
    let parts: Vec<_> =
        counted.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| text::count(n.unsigned_abs(), one, many)).collect();
    if parts.is_empty() {
        "Other systems are told at once what happens here, with signed events. Nothing needs you here.".to_owned()
    } else {
        format!("{}.", parts.join(", "))
    }
}

fn listed(rows: Vec<Listed>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if rows.is_empty() {
        view! {
            <Empty icon=Icon::Send title="No system is told of anything" text="Register the address at which your integration layer takes events."/>
        }
        .into_any()
    } else {
        let rows: Vec<_> = rows.into_iter().map(|row| endpoint(row, cx)).collect();
        let columns = vec![
            Column::new("Endpoint"),
            Column::new("State"),
            Column::new("Is told of").class("hide-mid"),
            Column::num("Waiting"),
            Column::num("Given up"),
        ];
        view! { <Table caption="Endpoints by name" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="endpoints" title="Where events go" flush=true><div data-live="endpoints">{body}</div></Panel> }
}

fn endpoint(row: Listed, cx: &PageContext) -> impl IntoView + use<> {
    let Listed { endpoint, waiting, dead } = row;
    let (chip, detail) = parts::state(&endpoint, cx);
    let failure = endpoint.failure.clone().filter(|_| endpoint.is_active);
    view! {
        <tr role="row" data-key=endpoint.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/endpoints/{}", endpoint.id)>{endpoint.name.clone()}</a>
                <span class="sub mono break">{endpoint.url.clone()}</span>
            </th>
            <td role="cell" class="full">
                {chip.view()}
                <span class="sub">{detail}</span>
                {failure.map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> })}
            </td>
            <td role="cell" class="hide-mid">{parts::told_of(&endpoint)}</td>
            <td role="cell" class="num" data-label="Waiting">{waiting}</td>
            <td role="cell" class="num" data-label="Given up">{dead}</td>
        </tr>
    }
}

fn bonds(rows: Vec<BondRow>, all: i64, cx: &PageContext) -> impl IntoView + use<> {
    let body = if rows.is_empty() {
        shared::empty(false).into_any()
    } else {
        let rows: Vec<_> = rows.into_iter().map(|row| shared::row(row, cx)).collect();
        view! { <Table caption="Shared cases, those that are not in step first" in_panel=true columns=shared::columns()>{rows}</Table> }
            .into_any()
    };
    let count = text::number(all.unsigned_abs());
    let side = move || (all > 0).then(|| view! { <a href=shared::PATH>{format!("All shared cases ({count})")}</a> });
    view! { <Panel id="bonds" title="Cases shared with other systems" side=side flush=true><div data-live="bonds">{body}</div></Panel> }
}

fn parked_events(rows: Vec<ParkedRow>, all: i64, cx: &PageContext) -> impl IntoView + use<> {
    let body = if rows.is_empty() {
        parked::empty(false).into_any()
    } else {
        let rows: Vec<_> = rows.into_iter().map(|row| parked::row(row, cx)).collect();
        view! { <Table caption="Events that came and wait, newest first" in_panel=true columns=parked::columns()>{rows}</Table> }.into_any()
    };
    let count = text::number(all.unsigned_abs());
    let side = move || view! { <a href=parked::PATH>{format!("All that wait ({count}), and those set aside")}</a> };
    view! { <Panel id="parked" title="Events that came and wait" side=side flush=true><div data-live="parked">{body}</div></Panel> }
}
