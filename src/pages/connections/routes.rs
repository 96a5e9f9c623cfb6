//! The routes, each with its state, what waits on it, and what can be done.

use leptos::prelude::*;

use super::state;
use crate::{
    pages::PageContext,
    service::connections::RouteView,
    store::routes::Route,
    text,
    ui::{Button, Column, Empty, Icon, Panel, Size, Table, Weight},
};

/// The panel of all routes.
pub(super) fn panel(views: Vec<RouteView>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if views.is_empty() {
        view! {
            <Empty
                icon=Icon::Swap
                title="No routes yet"
                text="Documents between people who work in this portal need none. A route leads to the system of a partner or to your own."
            />
        }
        .into_any()
    } else {
        let rows: Vec<_> = views.into_iter().map(|view| row(view, cx)).collect();
        let columns = vec![
            Column::new("Route"),
            Column::new("State"),
            Column::new("Leads to").class("hide-mid"),
            Column::num("Last looked"),
            Column::num("Waiting"),
            Column::num("Not delivered"),
            Column::new("Actions").hidden(),
        ];
        view! { <Table caption="Routes, those that fail first" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="routes" title="Routes for documents" flush=true><div data-live="routes">{body}</div></Panel> }
}

fn row(view: RouteView, cx: &PageContext) -> impl IntoView + use<> {
    let RouteView { route, organisation, address, waiting, undelivered } = view;
    let state = state(&route, cx);
    let looked = route.looked_at.map_or_else(|| "never".to_owned(), |at| text::moment_short(at, cx.now, &cx.zone));
    let places: Vec<_> = address
        .places
        .into_iter()
        .map(|(what, place)| view! { <span class="value-line"><span class="muted">{what}" "</span><span class="mono break">{place}</span></span> })
        .collect();
    let failure = route.failure.clone().filter(|_| route.is_active);
    let copy = if route.is_copy { " · copies only, never acknowledged" } else { "" };
    view! {
        <tr role="row" data-key=route.id.to_string()>
            <th role="rowheader" scope="row">{route.name.clone()}<span class="sub">{organisation}{copy}</span></th>
            <td role="cell" class="full">
                {state.chip.view()}
                <span class="sub">{state.detail}</span>
                {failure.map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> })}
            </td>
            <td role="cell" class="hide-mid full small place"><span class="value-line">{address.transport}</span>{places}</td>
            <td role="cell" class="num" data-label="Last looked">{looked}</td>
            <td role="cell" class="num" data-label="Waiting">{waiting}</td>
            <td role="cell" class="num" data-label="Not delivered">{undelivered}</td>
            <td role="cell" class="num full">{actions(&route)}</td>
        </tr>
    }
}

fn actions(route: &Route) -> impl IntoView + use<> {
    let id = route.id.to_string();
    let (to, switch) = if route.is_active { ("off", "Switch off") } else { ("on", "Switch on") };
    view! {
        <span class="row-actions">
            <form method="post" action="/do/check-route">
                <input type="hidden" name="route" value=id.clone()/>
                <Button label="Check now" size=Size::Small aria_label=format!("Check now: {}", route.name)/>
            </form>
            <form method="post" action="/do/switch-route">
                <input type="hidden" name="route" value=id/>
                <Button label=switch name="to" value=to size=Size::Small weight=Weight::Quiet aria_label=format!("{switch} {}", route.name)/>
            </form>
        </span>
    }
}
