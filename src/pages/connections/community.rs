//! Active Community: whether it is connected, what was read from it last, and what waits to be told.

use leptos::prelude::*;

use super::State;
use crate::{
    pages::{PageContext, endpoints},
    service::community::connect::{self, Connection},
    text,
    ui::{ButtonLink, ChipData, Column, Empty, Icon, Panel, Role, Size, Table},
};

/// Whether it fails, or something was given up.
pub(super) fn needs_somebody(found: &Connection) -> bool {
    let fails = found.feed.failure.is_some() || found.endpoint.failure.is_some();
    (found.endpoint.is_active && fails) || found.dead > 0
}

fn state(found: &Connection, cx: &PageContext) -> State {
    let at = |at| text::moment_short(at, cx.now, &cx.zone);
    let last =
        || found.feed.succeeded_at.map_or_else(|| "It never worked so far".to_owned(), |since| format!("It last worked {}", at(since)));
    let (chip, detail) = if !connect::is_connected(&found.endpoint) {
        endpoints::parts::state(&found.endpoint, cx)
    } else if !found.endpoint.is_active {
        (ChipData::new(Role::Neutral, Icon::Pause, "Switched off"), "Nothing is read and nothing leaves".to_owned())
    } else if found.feed.failure.is_some() || found.endpoint.failure.is_some() {
        (ChipData::new(Role::Danger, Icon::No, "Failing"), last())
    } else if let Some(read) = found.feed.succeeded_at {
        (ChipData::new(Role::Success, Icon::Check, "Working"), format!("Last read {}", at(read)))
    } else {
        (ChipData::new(Role::Neutral, Icon::Dashed, "Never looked at"), "It is read while the portal runs".to_owned())
    };
    State { chip, detail }
}

/// The panel.
pub(super) fn panel(found: Option<Connection>, cx: &PageContext) -> impl IntoView + use<> {
    let body = match found {
        None => view! {
            <Empty
                icon=Icon::Case
                title="Active Community is not connected"
                text="Cases live in the portal alone. Name its address and key in the configuration, under community, to share them."
            />
        }
        .into_any(),
        Some(found) => {
            let columns = vec![
                Column::new("Where"),
                Column::new("State"),
                Column::num("Waiting"),
                Column::num("Given up"),
                Column::new("Actions").hidden(),
            ];
            let row = row(found, cx);
            view! { <Table caption="Active Community" in_panel=true columns=columns>{row}</Table> }.into_any()
        }
    };
    view! {
        <Panel id="community" title="Active Community" note="Shared cases and reference data" flush=true>
            <div data-live="community">{body}</div>
        </Panel>
    }
}

fn row(found: Connection, cx: &PageContext) -> impl IntoView + use<> {
    let State { chip, detail } = state(&found, cx);
    let Connection { endpoint, feed, waiting, dead } = found;
    let failures: Vec<_> = [feed.failure, endpoint.failure.clone()]
        .into_iter()
        .flatten()
        .filter(|_| endpoint.is_active)
        .map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> })
        .collect();
    let place = if endpoint.url.is_empty() { "nowhere".to_owned() } else { endpoint.url };
    view! {
        <tr role="row" data-key="community">
            <th role="rowheader" scope="row"><span class="mono break">{place}</span></th>
            <td role="cell" class="full">
                {chip.view()}
                <span class="sub">{detail}</span>
                {failures}
            </td>
            <td role="cell" class="num" data-label="Waiting">{waiting}</td>
            <td role="cell" class="num" data-label="Given up">{dead}</td>
            <td role="cell" class="num full">
                <ButtonLink href=format!("/endpoints/{}", endpoint.id) label="Look at its log" size=Size::Small/>
            </td>
        </tr>
    }
}
