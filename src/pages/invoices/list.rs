//! The list of invoices: where each stands, when it is due, and how much is open.

use leptos::prelude::*;

use super::parts::{self, Group};
use crate::{
    domain::{access::Audience, time::Date, view::List},
    islands::Live,
    pages::{PageContext, cursor, exceptions, listing, page, query, views},
    service::{
        self,
        exceptions::view::{Marks, marks},
        invoices::view::InvoiceList,
    },
    store::{
        exceptions::About,
        invoices::{InvoiceFilter, InvoiceRow},
    },
    text::{self, Urgency},
    ui::{ButtonLink, Column, Empty, Filters, Heat, Icon, PageHead, Tab, Table, Tabs},
};

/// What a reader asked for.
struct Asked {
    group: Group,
    search: Option<String>,
    after: Option<String>,
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let asked = Asked { group: Group::from_code(&query("tab").unwrap_or_default()), search: query("q"), after: query("after") };
    page("Invoices", async move |cx: PageContext| {
        let filter = InvoiceFilter {
            states: asked.group.states().to_vec(),
            search: asked.search.clone(),
            after: asked.after.as_deref().and_then(cursor::decode),
            ..InvoiceFilter::default()
        };
        let list = service::invoices::view::list(&cx.context, &cx.reader.actor, &filter).await?;
        let marks = marks(&cx.context, &cx.reader.actor, About::Invoice, list.rows.iter().map(|row| row.id.0)).await?;
        let audience = cx.reader.actor.audience;
        let placeholder = match audience {
            Audience::Hub => "Invoice, order, partner",
            _ => "Invoice or order number",
        };
        let views = views::menu::menu(&cx, List::Invoices).await?;
        Ok(view! {
            <div data-live="head"><PageHead title="Invoices" as_of=text::as_of(cx.now, &cx.zone)>{sentence(audience)}</PageHead></div>
            <div data-live="tabs"><Tabs label="Invoices by where they stand" tabs=tabs(&list, asked.group)/></div>
            <Filters
                action="/invoices"
                label="Search in invoices"
                placeholder=placeholder
                query=asked.search.clone().unwrap_or_default()
                keep=vec![("tab".to_owned(), asked.group.code().to_owned())]
                beside=views
            />
            {body(&list, &marks, &asked, &cx)}
            <Live address="/live"/>
        })
    })
}

const fn sentence(audience: Audience) -> &'static str {
    match audience {
        Audience::Supplier => "What you billed: whether it arrived, what was said to it, and when it is paid.",
        Audience::Customer => "What was billed to you, and what is still to be paid.",
        Audience::Hub | Audience::Carrier => "What partners billed. Questions and rejections carry a reason that their sender reads.",
    }
}

fn address(group: Group, search: Option<&str>, after: Option<&str>) -> String {
    listing::address("/invoices", &[("tab", Some(group.code())), ("q", search), ("after", after)])
}

/// The tabs. What is open on "All" is the sum of what is open on the others: a refused or a paid invoice has nothing open.
fn tabs(list: &InvoiceList, current: Group) -> Vec<Tab> {
    Group::ALL
        .into_iter()
        .map(|group| {
            let of_group = || list.counts.iter().filter(|(state, ..)| group.holds(*state));
            let n: i64 = of_group().map(|(_, _, n, _)| n).sum();
            let open = parts::sums(of_group().filter(|(state, ..)| !state.is_final()).map(|(_, currency, _, open)| (*currency, *open)));
            let count = text::number(n.unsigned_abs());
            let count = open.map_or_else(|| count.clone(), |open| format!("{count} · {open} open"));
            let heat = match group {
                Group::Questions if n > 0 => Heat::Hot,
                Group::Rejected if n > 0 => Heat::Bad,
                _ => Heat::Calm,
            };
            Tab { href: address(group, None, None), label: group.label().to_owned(), count: Some(count), heat, current: group == current }
        })
        .collect()
}

/// The table, which CSS hides while it is empty, and what stands in its place: both are always there, so that the first row
/// that arrives by itself, and the last one that leaves, find their place.
fn body(list: &InvoiceList, marks: &Marks, asked: &Asked, cx: &PageContext) -> AnyView {
    let audience = cx.reader.actor.audience;
    let is_hub = audience == Audience::Hub;
    let today = cx.zone.date(cx.now);
    let mut columns = vec![Column::new("Invoice"), Column::new("Status")];
    if is_hub {
        columns.push(Column::new("Partner"));
    }
    columns.extend([
        Column::new("Order").class("hide-mid"),
        Column::num("Invoiced").class("num hide-mid"),
        Column::num("Due"),
        Column::num("Total"),
        Column::num("Paid"),
    ]);
    let rows: Vec<_> = list.rows.iter().map(|row| invoice_row(row, marks, audience, today)).collect();
    let search = asked.search.as_deref();
    let older = list.next.map(|(at, id)| address(asked.group, search, Some(&cursor::encode(at, id.0))));
    let newest = asked.after.as_ref().map(|_| address(asked.group, search, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "invoice", "invoices");
    let (is_empty, nothing) = (list.rows.is_empty(), list.rows.is_empty().then(|| empty(asked, audience)));
    view! {
        <Table caption="Invoices, the newest first" columns=columns live="invoices">{rows}</Table>
        <div data-live="nothing">{nothing.map(|nothing| view! { <div class="panel">{nothing}</div> })}</div>
        <div data-live="pager">{(!is_empty).then(|| listing::pager(newest, older, shown))}</div>
    }
    .into_any()
}

fn invoice_row(row: &InvoiceRow, marks: &Marks, audience: Audience, today: Date) -> impl IntoView + use<> {
    let href = format!("/invoices/{}", row.id);
    let day = |on: Option<Date>| on.map_or_else(|| "—".to_owned(), |on| text::date_short(on, today));
    let reason = row.state_reason.clone().map(|reason| view! { <span class="sub">{reason}</span> });
    let late = parts::due(row.state, row.due_on, today).filter(|due| due.urgency == Urgency::Late);
    let late = late.map(|due| view! { <span class="sub danger-text">{due.text}</span> });
    let partner = (audience == Audience::Hub).then(|| view! { <td role="cell" class="full">{row.counterparty.clone()}</td> });
    view! {
        <tr role="row" data-key=row.id.to_string()>
            <th role="rowheader" scope="row" class="nowrap">
                <a class="go" href=href>{row.number.clone()}</a>
                {exceptions::parts::mark(marks, row.id.0)}
            </th>
            <td role="cell">{parts::chip(row.state, row.kind, audience).view()}{reason}</td>
            {partner}
            <td role="cell" class="hide-mid" data-label="Order">{row.order_number.clone().unwrap_or_else(|| "—".to_owned())}</td>
            <td role="cell" class="num hide-mid" data-label="Invoiced">{day(row.invoiced_on)}</td>
            <td role="cell" class="num" data-label="Due">{day(row.due_on)}{late}</td>
            <td role="cell" class="num" data-label="Total">{text::money(row.total, row.currency)}</td>
            <td role="cell" class="num" data-label="Paid">{text::money(row.paid, row.currency)}</td>
        </tr>
    }
}

fn empty(asked: &Asked, audience: Audience) -> AnyView {
    if let Some(search) = &asked.search {
        let title = format!("No invoice here has “{search}” in its number");
        return view! {
            <Empty icon=Icon::Filter title=title text="Check the number, or look through all invoices.">
                <ButtonLink href="/invoices" label="All invoices"/>
            </Empty>
        }
        .into_any();
    }
    let (title, what) = match (asked.group, audience) {
        (Group::Questions, _) => {
            ("Nothing is asked", "An invoice stands here while a question about it is open, or it is accepted under conditions.")
        }
        (Group::Rejected, _) => ("Nothing is rejected", "A rejected invoice stands here with the reason and what to do."),
        (Group::Accepted, _) => ("Nothing waits to be paid", "An approved invoice stands here until it is paid."),
        (Group::Paid, _) => ("Nothing is paid yet", "An invoice comes here when it is paid in full."),
        (_, Audience::Supplier) => ("No invoices yet", "Open an order of which something has left, and make its invoice there."),
        (_, Audience::Customer) => ("No invoices yet", "An invoice appears here when one is sent to you."),
        _ => ("No invoices yet", "An invoice appears here when a partner sends one."),
    };
    view! { <Empty icon=Icon::Invoice title=title text=what><ButtonLink href="/orders" label="Open the orders"/></Empty> }.into_any()
}
