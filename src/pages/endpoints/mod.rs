//! The systems that events go to and come from: where they go, how each is doing, which cases are kept in step, and
//! what came and waits.

pub mod add;
pub mod parts;
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
                {bonds(found.bonds, &cx)}
                {parked(found.parked, &cx)}
            </div>
        })
    })
}

/// What needs somebody, in one sentence.
fn sentence(found: &Overview) -> String {
    let dead: i64 = found.endpoints.iter().map(|listed| listed.dead).sum();
    let failing = found.endpoints.iter().filter(|listed| listed.endpoint.is_active && listed.endpoint.failure.is_some()).count();
    let apart = found.bonds.iter().filter(|row| row.bond.health != "in_step").count();
    let counted = [
        (failing, "endpoint fails", "endpoints fail"),
        (usize::try_from(dead).unwrap_or_default(), "event was given up", "events were given up"),
        (apart, "case is not in step", "cases are not in step"),
        (found.parked.len(), "event that came waits", "events that came wait"),
    ];
    let parts: Vec<_> = counted
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| text::count(u64::try_from(n).unwrap_or_default(), one, many))
        .collect();
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

fn bonds(rows: Vec<BondRow>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if rows.is_empty() {
        view! { <Empty icon=Icon::Link title="No case is shared yet" text="A case that another system opens or takes over stands here, with how well the two agree."/> }
            .into_any()
    } else {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let synced = row.bond.synced_at.map_or_else(|| "never".to_owned(), |at| text::moment_short(at, cx.now, &cx.zone));
                let owner = if row.bond.is_ours { "opened here" } else { "opened there" };
                let failure = row.bond.failure.clone();
                view! {
                    <tr role="row" data-key=row.bond.id.to_string()>
                        <th role="rowheader" scope="row">
                            <a class="go" href=format!("/cases/{}", row.bond.case_id)>{row.title.clone()}</a>
                            <span class="sub">{row.number.clone()}</span>
                        </th>
                        <td role="cell" data-label="There">
                            <span class="mono">{row.bond.external_id.clone()}</span>
                            <span class="sub">{format!("{}, {owner}", parts::system(&row.bond.system))}</span>
                        </td>
                        <td role="cell" class="full">
                            {parts::health(&row.bond).view()}
                            {failure.map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> })}
                        </td>
                        <td role="cell" class="num" data-label="Last agreed">{synced}</td>
                    </tr>
                }
            })
            .collect();
        let columns = vec![Column::new("Case"), Column::new("There"), Column::new("In step"), Column::num("Last agreed")];
        view! { <Table caption="Shared cases, those that are not in step first" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="bonds" title="Cases shared with other systems" flush=true><div data-live="bonds">{body}</div></Panel> }
}

fn parked(rows: Vec<ParkedRow>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if rows.is_empty() {
        view! { <Empty icon=Icon::Okay title="Nothing waits" text="An event that names a case or a partner nobody knows yet waits here until it is known."/> }
            .into_any()
    } else {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|event| {
                view! {
                    <tr role="row" data-key=event.id.to_string()>
                        <th role="rowheader" scope="row">
                            <span class="mono break">{event.kind}</span>
                            <span class="sub break">{format!("{} from {}", event.event_id, event.source)}</span>
                        </th>
                        <td role="cell" class="full wrap">{event.reason}</td>
                        <td role="cell" class="num" data-label="Came">{text::moment_short(event.at, cx.now, &cx.zone)}</td>
                    </tr>
                }
            })
            .collect();
        let columns = vec![Column::new("Event"), Column::new("Why it waits"), Column::num("Came")];
        view! { <Table caption="Events that came and wait, newest first" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="parked" title="Events that came and wait" flush=true><div data-live="parked">{body}</div></Panel> }
}
