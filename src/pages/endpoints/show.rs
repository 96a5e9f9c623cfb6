//! One endpoint: how it is doing, its secret, what was given up, and its log.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        ids::{DeliveryId, EndpointId},
        time::Timestamp,
    },
    islands::Live,
    pages::{Form, PageContext, cursor, listing, page, param, query},
    service::{
        community,
        xconnector::{
            SYSTEM,
            endpoints::{self, CONFIGURED, DEAD_SHOWN, EndpointView},
        },
    },
    store::endpoints::{Delivery, Endpoint},
    text,
    ui::{Button, Column, Columns, Crumb, Empty, Fact, Facts, Icon, PageHead, Panel, Size, Table, Weight},
};

/// The endpoint named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<EndpointId>("id");
    let after = query("after");
    page("Endpoint", async move |cx: PageContext| {
        let found = endpoints::load(&cx.context, &cx.reader.actor, id?, after.as_deref().and_then(cursor::decode)).await?;
        let forms: Vec<_> = ["switch-endpoint", "endpoint-secret", "replay-event", "leave-out-event"]
            .map(|name| Form::of(name).summary())
            .into_iter()
            .collect();
        let endpoint = found.listed.endpoint.clone();
        let (chip, detail) = parts::state(&endpoint, &cx);
        let failure = endpoint.failure.clone().filter(|_| endpoint.is_active);
        Ok(view! {
            <Live address="/live"/>
            <leptos_meta::Title text=endpoint.name.clone()/>
            <PageHead
                title=endpoint.name.clone()
                chip=chip
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![Crumb::link("/endpoints", "Endpoints"), Crumb::here(endpoint.name.clone())]
            >
                {format!("{detail}. ")}
                {failure}
            </PageHead>
            {forms}
            {body(found, after.is_some(), &cx)}
        })
    })
}

fn body(found: EndpointView, is_later: bool, cx: &PageContext) -> impl IntoView + use<> {
    let EndpointView { listed, dead, log, next } = found;
    let given_up_in_all = listed.dead;
    let facts = facts(&listed.endpoint, listed.waiting, listed.dead);
    let endpoint = listed.endpoint;
    let title = if given_up_in_all > DEAD_SHOWN {
        format!("Events that were given up, the newest {DEAD_SHOWN} of {}", text::number(given_up_in_all.unsigned_abs()))
    } else {
        "Events that were given up".to_owned()
    };
    let given_up = (!dead.is_empty()).then(|| table("dead", title, dead, cx));
    let pager = pager(format!("/endpoints/{}", endpoint.id), log.len(), next, is_later);
    let log = table("log", "Log".to_owned(), log, cx);
    let side = ViewFn::from(move || {
        let secret = (endpoint.system != community::SYSTEM).then(|| secret(&endpoint));
        (actions(&endpoint, facts.clone()), secret).into_any()
    });
    view! {
        <Columns side=side>
            <div class="contents" data-live="given-up">{given_up}</div>
            {log}
            <div data-live="pager">{pager}</div>
        </Columns>
    }
}

/// The way through the log.
fn pager(page: String, rows: usize, next: Option<(Timestamp, DeliveryId)>, is_later: bool) -> Option<AnyView> {
    let older = next.map(|(at, id)| listing::address(&page, &[("after", Some(&cursor::encode(at, id.0)))]));
    let shown = text::count(u64::try_from(rows).unwrap_or_default(), "event", "events");
    (rows > 0).then(|| listing::pager(is_later.then_some(page), older, shown))
}

fn facts(endpoint: &Endpoint, waiting: i64, dead: i64) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("Address", endpoint.url.clone()),
        Fact::new("Is told of", parts::told_of(endpoint)),
        Fact::new("Waiting", waiting.to_string()),
        Fact::new("Given up", dead.to_string()),
    ];
    if [SYSTEM, community::SYSTEM].contains(&endpoint.system.as_str()) {
        facts.push(Fact::new("System", parts::system(&endpoint.system)).note("What came from there is not sent back"));
    }
    if endpoint.is_local && endpoint.system != community::SYSTEM {
        facts.push(Fact::new("Place", "This machine or network"));
    }
    facts
}

fn actions(endpoint: &Endpoint, facts: Vec<Fact>) -> impl IntoView + use<> {
    let (to, label, icon) = if endpoint.is_active { ("off", "Switch off", Icon::Pause) } else { ("on", "Switch on", Icon::Check) };
    let again = (endpoint.is_active && endpoint.failure.is_some())
        .then(|| view! { <Button label="Try now" icon=Icon::Again name="to" value="on" weight=Weight::Main/> });
    let id = endpoint.id.to_string();
    view! {
        <Panel id="facts" title="Endpoint" live="facts">
            <Facts facts=facts/>
            <form method="post" action="/do/switch-endpoint" class="row-flex gap-top">
                <input type="hidden" name="endpoint" value=id/>
                {again}
                <Button label=label icon=icon name="to" value=to/>
            </form>
        </Panel>
    }
}

fn secret(endpoint: &Endpoint) -> impl IntoView + use<> {
    if endpoint.name == CONFIGURED {
        let words = "It signs each event, as Standard Webhooks 1.0 says, and is set in the configuration (xconnector.endpoint_secret).";
        return view! { <Panel id="secret" title="Secret"><p class="small muted">{words}</p></Panel> }.into_any();
    }
    let secrets: Vec<_> = endpoint.secrets.split_whitespace().map(str::to_owned).collect();
    let several = secrets.len() > 1;
    let shown: Vec<_> = secrets.into_iter().map(|secret| view! { <p class="mono small break">{secret}</p> }).collect();
    let drop = several.then(|| view! { <Button label="Drop the old one" icon=Icon::X name="to" value="drop"/> });
    let words = if several {
        "Two secrets sign each event, the new one first, until you drop the old one."
    } else {
        "It signs each event, as Standard Webhooks 1.0 says."
    };
    let id = endpoint.id.to_string();
    view! {
        <Panel id="secret" title="Secret">
            <p class="small muted">{words}</p>
            <details class="gap-top"><summary class="link">"Show it"</summary>{shown}</details>
            <form method="post" action="/do/endpoint-secret" class="row-flex gap-top">
                <input type="hidden" name="endpoint" value=id/>
                <Button label="Make a new one" icon=Icon::Key name="to" value="new"/>
                {drop}
            </form>
        </Panel>
    }
    .into_any()
}

fn table(id: &'static str, title: String, rows: Vec<Delivery>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if rows.is_empty() {
        view! { <Empty icon=Icon::Send title="No event yet" text="What happens from now on stands here, with what became of it."/> }
            .into_any()
    } else {
        let rows: Vec<_> = rows.into_iter().map(|row| delivery(row, cx)).collect();
        let columns = vec![
            Column::new("Event"),
            Column::new("State"),
            Column::num("Tried"),
            Column::num("Happened"),
            Column::new("Actions").hidden(),
        ];
        view! { <Table caption=format!("{title}, newest first") in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id=id title=title flush=true><div data-live=id>{body}</div></Panel> }
}

fn delivery(row: Delivery, cx: &PageContext) -> impl IntoView + use<> {
    let id = row.id.to_string();
    let kind = row.kind.trim_start_matches("portico.").to_owned();
    let about = row.case_id.map(|case| view! { <a href=format!("/cases/{case}")>"Case"</a>" · " });
    let failure = row.failure.clone().filter(|_| row.state != "delivered");
    let again = (row.state != "waiting").then(|| {
        view! {
            <form method="post" action="/do/replay-event">
                <input type="hidden" name="delivery" value=id.clone()/>
                <Button label="Send again" icon=Icon::Again size=Size::Small aria_label=format!("Send again: {kind}, number {}", row.sequence)/>
            </form>
        }
    });
    let leave = (row.state == "dead").then(|| {
        view! {
            <form method="post" action="/do/leave-out-event">
                <input type="hidden" name="delivery" value=id.clone()/>
                <Button label="Leave out" size=Size::Small weight=Weight::Quiet aria_label=format!("Leave out: {kind}, number {}", row.sequence)/>
            </form>
        }
    });
    view! {
        <tr role="row" data-key=id.clone()>
            <th role="rowheader" scope="row">
                <span class="mono break">{kind.clone()}</span>
                <span class="sub">{about}{format!("number {}", row.sequence)}</span>
            </th>
            <td role="cell" class="full">
                {parts::delivery(&row).view()}
                {failure.map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> })}
            </td>
            <td role="cell" class="num" data-label="Tried">{row.attempts}</td>
            <td role="cell" class="num" data-label="Happened">{text::moment_short(row.at, cx.now, &cx.zone)}</td>
            <td role="cell" class="num full"><span class="row-actions">{again}{leave}</span></td>
        </tr>
    }
}
