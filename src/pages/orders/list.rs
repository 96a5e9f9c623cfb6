//! The list of orders: what each asks of its reader, in tabs that count them.

use leptos::prelude::*;

use super::parts::{self, Sight, Standing};
use crate::{
    domain::{
        access::Audience,
        order::{OrderKind, OrderState},
        time::Date,
        view::List,
    },
    islands::Live,
    pages::{Form, PageContext, cursor, exceptions, page, query, views},
    server::forms::url_encoded,
    service::{
        exceptions::view::{Marks, marks},
        orders::list::{self, OrderList, Query, Tab},
    },
    store::{exceptions::About, orders::OrderRow},
    text,
    ui::{self, Acks, BulkForm, Button, Column, Empty, Filters, Heat, Icon, PageHead, Pager, Table, Tabs, Tick, Weight},
};

/// The view of the list, as its address says it.
#[derive(Clone, Debug, Default)]
struct Address {
    tab: Tab,
    search: String,
    /// As given, readable or not.
    after: Option<String>,
}

impl Address {
    fn read() -> Self {
        Self { tab: Tab::from_code(&query("tab").unwrap_or_default()), search: query("q").unwrap_or_default(), after: query("after") }
    }

    /// The address of the same view with another tab or page.
    fn href(&self, tab: Tab, after: Option<&str>) -> String {
        let parts: Vec<_> = [("tab", tab.code()), ("q", self.search.trim()), ("after", after.unwrap_or_default())]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", url_encoded(value)))
            .collect();
        if parts.is_empty() { "/orders".to_owned() } else { format!("/orders?{}", parts.join("&")) }
    }
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let address = Address::read();
    page("Orders", async move |cx: PageContext| {
        let form = Form::of("accept-orders");
        let asked = Query { tab: address.tab, search: address.search.clone(), after: address.after.as_deref().and_then(cursor::decode) };
        let found = list::load(&cx.context, &cx.reader.actor, &asked).await?;
        let marks = marks(&cx.context, &cx.reader.actor, About::Order, found.rows.iter().map(|row| row.id.0)).await?;
        let views = views::menu::menu(&cx, List::Orders).await?;
        Ok(view(&cx, &address, &asked, found, marks, &form, views))
    })
}

fn view(
    cx: &PageContext,
    address: &Address,
    asked: &Query,
    found: OrderList,
    marks: Marks,
    form: &Form,
    views: AnyView,
) -> impl IntoView + use<> {
    let audience = cx.reader.actor.audience;
    let pager = pager(address, asked, &found);
    let nothing = found.rows.is_empty().then(|| nothing(address, audience));
    let as_of = format!("{}, new orders appear by themselves", text::as_of(cx.now, &cx.zone));
    let keep = vec![("tab".to_owned(), address.tab.code().to_owned())].into_iter().filter(|(_, code)| !code.is_empty()).collect();
    let placeholder = if audience == Audience::Hub { "Order number, item or partner" } else { "Order number or item" };
    let clear = (!asked.search.trim().is_empty())
        .then(|| view! { <a class="btn quiet" href=Address::default().href(address.tab, None)>{Icon::X.svg()}"Clear the search"</a> });
    view! {
        <div data-live="head"><PageHead title="Orders" as_of=as_of/></div>
        {form.summary()}
        <div data-live="tabs"><Tabs label="Orders by what they need" tabs=tabs(address, &found.counts, audience)/></div>
        <Filters action="/orders" label="Search in orders" query=asked.search.clone() placeholder=placeholder keep=keep beside=views>
            {clear}
        </Filters>
        {table(cx, address.tab, found.answers_here, found.rows, marks)}
        <div data-live="nothing">{nothing}</div>
        <div data-live="pager">{pager}</div>
        <Live address="/live"/>
    }
}

/// The tabs, in the words of their reader. What waits for the reader is hot.
fn tabs(address: &Address, counts: &[i64; 6], audience: Audience) -> Vec<ui::Tab> {
    Tab::ALL
        .into_iter()
        .zip(counts)
        .map(|(tab, count)| {
            let count = u64::try_from(*count).unwrap_or_default();
            let own_work = match audience {
                Audience::Supplier => tab == Tab::ToAnswer,
                Audience::Hub => tab == Tab::Waiting,
                Audience::Customer | Audience::Carrier => false,
            };
            ui::Tab {
                href: address.href(tab, None),
                label: label(tab, audience).to_owned(),
                count: Some(text::number(count)),
                heat: if own_work && count > 0 { Heat::Hot } else { Heat::Calm },
                current: tab == address.tab,
            }
        })
        .collect()
}

/// What the tab of a code is called by its reader.
pub fn tab_word(code: &str, audience: Audience) -> &'static str {
    label(Tab::from_code(code), audience)
}

/// What a tab is called by its reader.
fn label(tab: Tab, audience: Audience) -> &'static str {
    match (tab, audience) {
        (Tab::All, _) => "All",
        (Tab::ToAnswer, Audience::Supplier) => "To answer",
        (Tab::ToAnswer, Audience::Hub) => "Not answered",
        (Tab::ToAnswer, _) => "Being checked",
        (Tab::Waiting, Audience::Supplier) => "Waiting for buyer",
        (Tab::Waiting, _) => "Confirmed with changes",
        (Tab::ToShip, Audience::Supplier) => "To ship",
        (Tab::ToShip, Audience::Hub) => "Not shipped",
        (Tab::ToShip, _) => "Being prepared",
        (Tab::ToInvoice, Audience::Supplier) => "To invoice",
        (Tab::ToInvoice, Audience::Hub) => "Not invoiced",
        (Tab::ToInvoice, _) => "Shipped",
        (Tab::Done, _) => "Done",
    }
}

fn pager(address: &Address, asked: &Query, found: &OrderList) -> Option<impl IntoView + use<>> {
    let shown = u64::try_from(found.rows.len()).unwrap_or_default();
    let place = Tab::ALL.iter().position(|tab| *tab == asked.tab).unwrap_or_default();
    let all = u64::try_from(found.counts[place]).unwrap_or_default();
    let words = if asked.search.trim().is_empty() {
        format!("{} of {}", text::number(shown), text::count(all, "order", "orders"))
    } else {
        format!("{} found on this page", text::count(shown, "order", "orders"))
    };
    let next = found.next.map(|(at, id)| address.href(address.tab, Some(&cursor::encode(at, id.0)))).unwrap_or_default();
    let first = if asked.after.is_some() { address.href(address.tab, None) } else { String::new() };
    (shown > 0).then(|| {
        let (first, next) = (Some(first).filter(|href| !href.is_empty()), Some(next).filter(|href| !href.is_empty()));
        match (first, next) {
            (Some(first), Some(next)) => view! { <Pager previous=first next=next shown=words previous_label="Newest"/> }.into_any(),
            (Some(first), None) => view! { <Pager previous=first shown=words previous_label="Newest"/> }.into_any(),
            (None, Some(next)) => view! { <Pager next=next shown=words/> }.into_any(),
            (None, None) => view! { <Pager shown=words/> }.into_any(),
        }
    })
}

/// What stands where no order does.
fn nothing(address: &Address, audience: Audience) -> impl IntoView + use<> {
    let (title, words) = match (address.search.trim().is_empty(), address.tab, audience) {
        (false, ..) => ("No order matches", "Look for a part of the number, or in another tab."),
        (_, Tab::All, Audience::Supplier) => ("No orders yet", "An order appears here the moment the buyer sends it. Then you answer it."),
        (_, Tab::All, Audience::Customer) => {
            ("No orders yet", "Your orders appear here as soon as they are placed. Then you follow them until they arrive.")
        }
        (_, Tab::All, _) => ("No orders yet", "Orders appear here when they arrive over a connection or the machine API."),
        (_, Tab::ToAnswer, Audience::Supplier) => ("Every order is answered", "New orders appear here by themselves."),
        (_, Tab::ToInvoice, Audience::Supplier) => ("Nothing to invoice", "What you ship appears here until it is invoiced."),
        _ => ("Nothing here now", "Orders move here by themselves when their turn comes."),
    };
    let all = (address.tab != Tab::All || !address.search.trim().is_empty())
        .then(|| view! { <a class="btn" href="/orders">"Show all orders"</a> });
    view! { <div class="panel"><Empty icon=Icon::Orders title=title text=words>{all}</Empty></div> }
}

/// The table; CSS hides it while it is empty. Whether rows can be ticked depends on the view and the reader alone, so that a
/// row that arrives by itself fits the head.
fn table(cx: &PageContext, tab: Tab, answers_here: bool, rows: Vec<OrderRow>, marks: Marks) -> impl IntoView + use<> {
    let can_accept = answers_here && matches!(tab, Tab::All | Tab::ToAnswer);
    let shown = {
        let cx = cx.clone();
        move || {
            view! {
                <Table
                    caption="Orders, newest first, and what each needs next"
                    live="orders"
                    ticks=can_accept
                    columns=vec![
                        Column::new("Order"),
                        Column::new("Status"),
                        Column::new("Next step"),
                        Column::num("Requested").class("num hide-mid"),
                        Column::num("Promised"),
                        Column::num("Total"),
                        Column::new("Receipts").class("hide-mid"),
                    ]
                >
                    {rows.into_iter().map(|order| row(&cx, &order, &marks, can_accept)).collect::<Vec<_>>()}
                </Table>
            }
        }
    };
    if can_accept {
        let actions = || view! { <Button label="Accept as ordered" weight=Weight::Main icon=Icon::Check/> };
        view! { <BulkForm action="/do/accept-orders" counted="orders ticked" actions=actions>{shown()}</BulkForm> }.into_any()
    } else {
        shown().into_any()
    }
}

fn row(cx: &PageContext, order: &OrderRow, marks: &Marks, can_accept: bool) -> impl IntoView + use<> {
    let audience = cx.reader.actor.audience;
    let today = cx.zone.date(cx.now);
    let sight = Sight { audience, now: cx.now, zone: &cx.zone };
    let standing = Standing::from(order);
    let chip = parts::chip(&standing, &sight).view();
    let next = parts::next_step(&standing, &sight);
    let detail_class = format!("sub {}", next.role.text_class());
    let [delivered, read, answered] = parts::row_acks(order, audience);
    let id = order.id.to_string();
    let tick = can_accept.then(|| {
        if order.state == OrderState::Received {
            view! { <Tick name="orders[]" value=format!("{id}:{}", order.version) label=format!("Order {}", order.number)/> }.into_any()
        } else {
            view! { <td role="cell" class="tick"></td> }.into_any()
        }
    });
    view! {
        <tr role="row" data-key=id.clone()>
            {tick}
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/orders/{id}")>{order.number.clone()}</a>
                <span class="sub">{about(order, audience, today)}</span>
                {exceptions::parts::mark(marks, order.id.0)}
            </th>
            <td role="cell" class="end">{chip}</td>
            <td role="cell" class="full">{next.what}<span class=detail_class data-quiet="">{next.detail}</span></td>
            <td role="cell" class="num hide-phone hide-mid">{parts::date_cell(order.requested_on, today)}</td>
            <td role="cell" class="num" data-label="Promised">{parts::date_cell(order.promised_on, today)}</td>
            <td role="cell" class="num" data-label="Total">{text::money(order.total, order.currency)}</td>
            <td role="cell" class="hide-phone hide-mid"><Acks delivered=delivered read=read answered=answered/></td>
        </tr>
    }
}

/// The line of detail under the number.
fn about(order: &OrderRow, audience: Audience, today: Date) -> String {
    let lines = text::count(u64::try_from(order.line_count).unwrap_or_default(), "line", "lines");
    match audience {
        Audience::Hub => {
            let kind = match order.kind {
                OrderKind::Purchase => "you buy",
                OrderKind::Sales => "you sell",
            };
            format!("{} · {kind} · {lines}", order.counterparty)
        }
        _ => match order.ordered_on {
            Some(on) => format!("{lines} · ordered {}", text::date_short(on, today)),
            None => lines,
        },
    }
}
