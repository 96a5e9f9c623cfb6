//! The list of shipments: what is on its way, what stands still, what is late, what arrived.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{access::Audience, shipment::ShipmentState, time::Date, view::List},
    islands::Live,
    pages::{PageContext, cursor, exceptions, listing, page, query, views},
    service::{
        self,
        exceptions::view::{Marks, marks},
        shipments::view::ShipmentList,
    },
    store::{
        exceptions::About,
        shipments::{ShipmentFilter, ShipmentRow},
    },
    text,
    ui::{ButtonLink, Column, Empty, Filters, Heat, Icon, PageHead, Tab, Table, Tabs},
};

/// What the list is narrowed to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    All,
    InTransit,
    Held,
    Late,
    Week,
    Delivered,
}

impl View {
    const ALL: [Self; 6] = [Self::All, Self::InTransit, Self::Week, Self::Held, Self::Late, Self::Delivered];

    const fn code(self) -> &'static str {
        match self {
            Self::All => "",
            Self::InTransit => "in-transit",
            Self::Held => "held",
            Self::Late => "late",
            Self::Week => "week",
            Self::Delivered => "delivered",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::InTransit => "In transit",
            Self::Held => "Held",
            Self::Late => "Late",
            Self::Week => "Next 7 days",
            Self::Delivered => "Delivered",
        }
    }

    const fn states(self) -> &'static [ShipmentState] {
        match self {
            Self::All => &[],
            Self::InTransit => &[ShipmentState::InTransit],
            Self::Held => &[ShipmentState::Held],
            Self::Late | Self::Week => &[ShipmentState::InTransit, ShipmentState::Held],
            Self::Delivered => &[ShipmentState::Delivered, ShipmentState::Received],
        }
    }

    fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.code() == code).unwrap_or(Self::All)
    }
}

/// What the tab of a code is called by its reader.
pub fn tab_word(code: &str) -> &'static str {
    View::from_code(code).label()
}

/// What a reader asked for.
struct Asked {
    view: View,
    search: Option<String>,
    after: Option<String>,
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let asked = Asked { view: View::from_code(&query("tab").unwrap_or_default()), search: query("q"), after: query("after") };
    page("Shipments", async move |cx: PageContext| {
        let today = cx.zone.date(cx.now);
        let (actor, audience) = (&cx.reader.actor, cx.reader.actor.audience);
        let filter = ShipmentFilter {
            states: asked.view.states().to_vec(),
            search: asked.search.clone(),
            expected_from: (asked.view == View::Week).then_some(today),
            expected_before: match asked.view {
                View::Late => Some(today),
                View::Week => Some(today.plus_days(service::home::WEEK)),
                _ => None,
            },
            after: asked.after.as_deref().and_then(cursor::decode),
            ..ShipmentFilter::default()
        };
        let list = service::shipments::view::list(&cx.context, actor, &filter).await?;
        let marks = marks(&cx.context, actor, About::Shipment, list.rows.iter().map(|row| row.id.0)).await?;
        let by_day = service::home::shipments_by_day(&cx.context, actor, today).await?;
        let views = views::menu::menu(&cx, List::Shipments).await?;
        Ok(view! {
            <div data-live="head"><PageHead title="Shipments" as_of=text::as_of(cx.now, &cx.zone)>{sentence(audience)}</PageHead></div>
            <div data-live="tabs"><Tabs label="Shipments by where they are" tabs=tabs(&list, by_day, asked.view)/></div>
            <Filters
                action="/shipments"
                label="Search in shipments"
                placeholder=if audience == Audience::Customer { "Tracking number" } else { "Number, tracking number, partner" }
                query=asked.search.clone().unwrap_or_default()
                keep=vec![("tab".to_owned(), asked.view.code().to_owned())]
                beside=views
            />
            {body(&list, &marks, &asked, &cx, today)}
            <Live address="/live"/>
        })
    })
}

const fn sentence(audience: Audience) -> &'static str {
    match audience {
        Audience::Customer => "What is on its way to you, as shippers and carriers report it.",
        Audience::Supplier => "What you sent, and where it is. Announce a shipment from its order.",
        Audience::Hub | Audience::Carrier => "Every shipment on its way between partners, as it is reported.",
    }
}

fn address(view: View, search: Option<&str>, after: Option<&str>) -> String {
    listing::address("/shipments", &[("tab", Some(view.code())), ("q", search), ("after", after)])
}

/// The tabs; `by_day` is how many are late and how many come within a week.
fn tabs(list: &ShipmentList, by_day: (i64, i64), current: View) -> Vec<Tab> {
    View::ALL
        .into_iter()
        .map(|view| {
            let counted = |states: &[ShipmentState]| -> i64 {
                list.counts.iter().filter(|(state, _)| states.is_empty() || states.contains(state)).map(|(_, n)| n).sum()
            };
            let n = match view {
                View::Late => by_day.0,
                View::Week => by_day.1,
                _ => counted(view.states()),
            };
            let heat = match view {
                View::Late if n > 0 => Heat::Bad,
                View::Held if n > 0 => Heat::Hot,
                _ => Heat::Calm,
            };
            let count = Some(text::number(n.unsigned_abs()));
            Tab { href: address(view, None, None), label: view.label().to_owned(), count, heat, current: view == current }
        })
        .collect()
}

/// The table, which CSS hides while it is empty, and what stands in its place: both are always there, so that the first row
/// that arrives by itself, and the last one that leaves, find their place.
fn body(list: &ShipmentList, marks: &Marks, asked: &Asked, cx: &PageContext, today: Date) -> AnyView {
    let is_hub = cx.reader.actor.audience == Audience::Hub;
    let mut columns =
        vec![Column::new(if cx.reader.actor.audience == Audience::Customer { "Tracking" } else { "Shipment" }), Column::new("Status")];
    if is_hub {
        columns.push(Column::new("Partner"));
    }
    columns.extend([
        Column::new("Carrier").class("hide-mid"),
        Column::num("Left").class("num hide-mid"),
        Column::num("Expected"),
        Column::num("Arrived"),
    ]);
    let rows: Vec<_> = list.rows.iter().map(|row| shipment_row(row, marks, cx, today, is_hub)).collect();
    let search = asked.search.as_deref();
    let older = list.next.map(|(at, id)| address(asked.view, search, Some(&cursor::encode(at, id.0))));
    let newest = asked.after.as_ref().map(|_| address(asked.view, search, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "shipment", "shipments");
    let (is_empty, nothing) = (list.rows.is_empty(), list.rows.is_empty().then(|| empty(asked, cx.reader.actor.audience)));
    view! {
        <Table caption="Shipments, the newest first" columns=columns live="shipments">{rows}</Table>
        <div data-live="nothing">{nothing.map(|nothing| view! { <div class="panel">{nothing}</div> })}</div>
        <div data-live="pager">{(!is_empty).then(|| listing::pager(newest, older, shown))}</div>
    }
    .into_any()
}

fn shipment_row(row: &ShipmentRow, marks: &Marks, cx: &PageContext, today: Date, is_hub: bool) -> impl IntoView + use<> {
    let audience = cx.reader.actor.audience;
    let href = format!("/shipments/{}", row.id);
    let key = parts::key(audience, &row.number, row.tracking.as_deref(), cx.zone.date(row.created_at));
    let below = match (audience, &row.tracking) {
        (Audience::Customer, _) | (_, None) => None,
        (_, Some(tracking)) => Some(format!("Tracking {tracking}")),
    };
    let day = |on: Option<Date>| on.map_or_else(|| "—".to_owned(), |on| text::date_short(on, today));
    let late = crate::domain::shipment::is_late(row.state, row.estimated_on, today);
    let overdue = row.estimated_on.filter(|_| late).map(|on| {
        let days = text::count(today.days_since(on).unsigned_abs().into(), "day", "days");
        view! { <span class="sub danger-text">{format!("{days} late")}</span> }
    });
    let arrived = row.delivered_at.map(|at| parts::moment(at, cx));
    let partner = is_hub.then(|| view! { <td role="cell" class="full">{row.counterparty.clone()}</td> });
    view! {
        <tr role="row" data-key=row.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=href>{key}</a>
                {below.map(|below| view! { <span class="sub">{below}</span> })}
                {exceptions::parts::mark(marks, row.id.0)}
            </th>
            <td role="cell" class="end">{parts::chip(row.state, row.estimated_on, today).view()}</td>
            {partner}
            <td role="cell" class="hide-mid" data-label="Carrier">{row.carrier_name.clone().unwrap_or_else(|| "—".to_owned())}</td>
            <td role="cell" class="num hide-mid" data-label="Left">{day(row.shipped_on)}</td>
            <td role="cell" class="num" data-label="Expected">{day(row.estimated_on)}{overdue}</td>
            <td role="cell" class="num" data-label="Arrived">{arrived.unwrap_or_else(|| "—".to_owned())}</td>
        </tr>
    }
}

fn empty(asked: &Asked, audience: Audience) -> AnyView {
    if let Some(search) = &asked.search {
        let title = format!("No shipment here has “{search}” in its number");
        return view! {
            <Empty icon=Icon::Filter title=title text="Check the number, or look through all shipments.">
                <ButtonLink href="/shipments" label="All shipments"/>
            </Empty>
        }
        .into_any();
    }
    let (title, what) = match (asked.view, audience) {
        (View::Late, _) => {
            ("Nothing is late", "A shipment stands here when its expected day has passed and nobody reported that it arrived.")
        }
        (View::Week, _) => (
            "Nothing is expected in the next 7 days",
            "A shipment stands here when its expected day is near. Those without a date stand under “In transit”.",
        ),
        (View::Held, _) => ("Nothing stands still", "A shipment stands here while customs or a carrier holds it."),
        (View::Delivered, _) => ("Nothing has arrived yet", "A shipment comes here when the carrier or the receiver says that it arrived."),
        (_, Audience::Customer) => {
            ("Nothing is on its way", "A shipment appears here as soon as the shipper announces it. Your orders say when that is promised.")
        }
        (_, Audience::Supplier) => ("No shipments yet", "Open a confirmed order and announce what leaves."),
        _ => ("No shipments yet", "A shipment appears here with its ship notice."),
    };
    view! { <Empty icon=Icon::Truck title=title text=what><ButtonLink href="/orders" label="Open the orders"/></Empty> }.into_any()
}
