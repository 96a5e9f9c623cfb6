//! Events that came and wait, and those that were set aside.

use leptos::prelude::*;

use crate::{
    islands::Live,
    pages::{PageContext, cursor, listing, page, query},
    service::systems::parked::{self, ParkedList},
    store::bonds::ParkedRow,
    text,
    ui::{Column, Crumb, Empty, Heat, Icon, PageHead, Tab, Table, Tabs},
};

/// Where the list is.
pub const PATH: &str = "/endpoints/parked";

fn address(tab: &str, after: Option<&str>) -> String {
    listing::address(PATH, &[("tab", Some(tab)), ("after", after)])
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let aside = query("tab").as_deref() == Some("aside");
    let after = query("after");
    page("Events that wait", async move |cx: PageContext| {
        let list = parked::list(&cx.context, &cx.reader.actor, aside, after.as_deref().and_then(cursor::decode)).await?;
        let tab = if aside { "aside" } else { "" };
        let tabs = tabs(&list, tab);
        let foot = foot(&list, tab, after.as_ref());
        let nothing = list.rows.is_empty().then(|| view! { <div class="panel">{empty(aside)}</div> });
        let rows: Vec<_> = list.rows.into_iter().map(|event| row(event, &cx)).collect();
        Ok(view! {
            <PageHead
                title="Events that wait"
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![Crumb::link("/endpoints", "Endpoints"), Crumb::here("Events that wait")]
            >
                "Each is applied by itself when what it names is known. Open one to read it, to apply it again or to set it aside."
            </PageHead>
            <div data-live="tabs"><Tabs label="Events by whether they wait" tabs=tabs/></div>
            <Table caption="Events that came, newest first" columns=columns() live="parked">{rows}</Table>
            <div data-live="nothing">{nothing}</div>
            <div data-live="pager">{foot}</div>
            <Live address="/live"/>
        })
    })
}

fn tabs(list: &ParkedList, current: &str) -> Vec<Tab> {
    let tab = |(tab, label, count, heat): (&str, &str, i64, Heat)| Tab {
        href: address(tab, None),
        label: label.to_owned(),
        count: Some(text::number(count.unsigned_abs())),
        heat,
        current: tab == current,
    };
    let heat = if list.counts.waiting > 0 { Heat::Hot } else { Heat::Calm };
    [("", "Waiting", list.counts.waiting, heat), ("aside", "Set aside", list.counts.aside, Heat::Calm)].into_iter().map(tab).collect()
}

fn foot(list: &ParkedList, tab: &str, after: Option<&String>) -> Option<AnyView> {
    let older = list.next.map(|(at, id)| address(tab, Some(&cursor::encode(at, id.0))));
    let newest = after.map(|_| address(tab, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "event", "events");
    (!list.rows.is_empty()).then(|| listing::pager(newest, older, shown))
}

/// What a table of waiting events has.
pub fn columns() -> Vec<Column> {
    vec![Column::new("Event"), Column::new("Why it waits"), Column::num("Came")]
}

/// A waiting event.
pub fn row(event: ParkedRow, cx: &PageContext) -> impl IntoView + use<> {
    view! {
        <tr role="row" data-key=event.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go mono break" href=format!("{PATH}/{}", event.id)>{event.kind}</a>
                <span class="sub break">{format!("{} from {}", event.event_id, event.source)}</span>
            </th>
            <td role="cell" class="full wrap">{event.reason}</td>
            <td role="cell" class="num" data-label="Came">{text::moment_short(event.at, cx.now, &cx.zone)}</td>
        </tr>
    }
}

/// Where there is none.
pub fn empty(aside: bool) -> impl IntoView {
    let (title, words) = if aside {
        ("No event was set aside", "An event about which nothing is to be done is kept here, and can be brought back.")
    } else {
        ("Nothing waits", "An event that names a case or a partner nobody knows yet waits here until it is known.")
    };
    view! { <Empty icon=Icon::Okay title=title text=words/> }
}
