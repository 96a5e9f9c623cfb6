//! Cases shared with other systems: how well each agrees with the same case there.

use leptos::prelude::*;

use super::parts;
use crate::{
    islands::Live,
    pages::{PageContext, cursor, listing, page, query},
    service::xconnector::endpoints::{self, BondList},
    store::bonds::BondRow,
    text,
    ui::{Column, Crumb, Empty, Heat, Icon, PageHead, Tab, Table, Tabs},
};

/// Where the list is.
pub const PATH: &str = "/endpoints/cases";

fn address(tab: &str, after: Option<&str>) -> String {
    listing::address(PATH, &[("tab", Some(tab)), ("after", after)])
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let apart = query("tab").as_deref() == Some("apart");
    let after = query("after");
    page("Shared cases", async move |cx: PageContext| {
        let list = endpoints::shared(&cx.context, &cx.reader.actor, apart, after.as_deref().and_then(cursor::decode)).await?;
        let tab = if apart { "apart" } else { "" };
        let tabs = tabs(&list, tab);
        let foot = foot(&list, tab, after.as_ref());
        let nothing = list.rows.is_empty().then(|| view! { <div class="panel">{empty(apart)}</div> });
        let rows: Vec<_> = list.rows.into_iter().map(|bond| row(bond, &cx)).collect();
        Ok(view! {
            <PageHead
                title="Shared cases"
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![Crumb::link("/endpoints", "Endpoints"), Crumb::here("Shared cases")]
            >
                "A case that another system opened or took over, and how well the two agree."
            </PageHead>
            <div data-live="tabs"><Tabs label="Shared cases by whether they agree" tabs=tabs/></div>
            <Table caption="Shared cases, the last changed first" columns=columns() live="bonds">{rows}</Table>
            <div data-live="nothing">{nothing}</div>
            <div data-live="pager">{foot}</div>
            <Live address="/live"/>
        })
    })
}

fn tabs(list: &BondList, current: &str) -> Vec<Tab> {
    let tab = |(tab, label, count, heat): (&str, &str, i64, Heat)| Tab {
        href: address(tab, None),
        label: label.to_owned(),
        count: Some(text::number(count.unsigned_abs())),
        heat,
        current: tab == current,
    };
    let heat = if list.counts.apart > 0 { Heat::Bad } else { Heat::Calm };
    [("", "All", list.counts.shared, Heat::Calm), ("apart", "Not in step", list.counts.apart, heat)].into_iter().map(tab).collect()
}

fn foot(list: &BondList, tab: &str, after: Option<&String>) -> Option<AnyView> {
    let older = list.next.map(|(at, id)| address(tab, Some(&cursor::encode(at, id.0))));
    let newest = after.map(|_| address(tab, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "case", "cases");
    (!list.rows.is_empty()).then(|| listing::pager(newest, older, shown))
}

/// What a table of shared cases has.
pub fn columns() -> Vec<Column> {
    vec![Column::new("Case"), Column::new("There"), Column::new("In step"), Column::num("Last agreed")]
}

/// A shared case.
pub fn row(row: BondRow, cx: &PageContext) -> impl IntoView + use<> {
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
                <span class="mono break">{row.bond.external_id.clone()}</span>
                <span class="sub">{format!("{}, {owner}", parts::system(&row.bond.system))}</span>
            </td>
            <td role="cell" class="full">
                {parts::health(&row.bond).view()}
                {failure.map(|failure| view! { <span class="sub danger-text wrap">{failure}</span> })}
            </td>
            <td role="cell" class="num" data-label="Last agreed">{synced}</td>
        </tr>
    }
}

/// Where there is none.
pub fn empty(apart: bool) -> impl IntoView {
    let (title, words) = if apart {
        ("All shared cases are in step", "A case stands here while another system could not be told of it.")
    } else {
        ("No case is shared yet", "A case that another system opens or takes over stands here, with how well the two agree.")
    };
    view! { <Empty icon=Icon::Link title=title text=words/> }
}
