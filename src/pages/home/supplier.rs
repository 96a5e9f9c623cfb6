//! Home of a supplier: what to answer, ship and bill, and the money on its way.

use leptos::prelude::*;

use super::parts::{cases, changes, exceptions, note, tile, urgent};
use crate::{
    domain::{
        order::{OrderKind, OrderState},
        shipment::ShipmentState,
        time::Date,
    },
    pages::{
        PageContext, brand, help,
        invoices::parts::{Group, sums},
    },
    service::home::{Home, Money},
    text::{self, Urgency},
    ui::{Column, Columns, Empty, Icon, Panel, Role, Table, Tile},
};

/// The work to do.
pub fn tiles(cx: &PageContext, home: &Home) -> Vec<Tile> {
    let today = cx.zone.date(cx.now);
    let orders = |states: &[OrderState]| home.orders(OrderKind::Purchase, states);
    let due = home.answer_due_at(OrderKind::Purchase).map(|at| text::due(at, cx.now, &cx.zone));
    let due_role = if due.as_ref().is_some_and(|due| due.urgency == Urgency::Late) { Role::Danger } else { Role::Warning };
    let late_to_ship = home.late_to_ship(OrderKind::Purchase, today);
    let questions = home.invoices(Group::Questions.states());
    let payable = home.invoices(Group::Accepted.states());
    let late = home.late(today);
    vec![
        exceptions(cx, home),
        cases(cx, home),
        note(
            urgent(
                tile("Orders to answer", Icon::Turn, "/orders?tab=to-answer", orders(&[OrderState::Received])),
                due_role,
                due.map(|due| due.text),
            ),
            "",
            "everything is answered",
        ),
        note(
            urgent(
                tile("To ship", Icon::Truck, "/orders?tab=to-ship", orders(&[OrderState::Confirmed, OrderState::PartShipped])),
                Role::Danger,
                (late_to_ship > 0).then(|| format!("{late_to_ship} should have left")),
            ),
            if late_to_ship > 0 { "" } else { "all in time" },
            "nothing waits",
        ),
        note(
            tile("To invoice", Icon::Invoice, "/orders?tab=to-invoice", orders(&[OrderState::Shipped, OrderState::Delivered])),
            "shipped, not wholly billed",
            "everything shipped is billed",
        ),
        note(
            urgent(tile("Questions on invoices", Icon::Ask, "/invoices?tab=questions", questions.n), Role::Warning, open(&questions)),
            "",
            "nothing is asked",
        ),
        note(
            tile(
                "Waiting for the buyer",
                Icon::Clock,
                "/orders?tab=waiting",
                orders(&[OrderState::ConfirmedWithChanges, OrderState::OnHold]),
            ),
            "answered with changes",
            "nothing waits",
        ),
        note(
            tile("In transit", Icon::Box, "/shipments?tab=in-transit", home.shipments(ShipmentState::InTransit)),
            "on the way to the buyer",
            "nothing is on the way",
        ),
        note(
            urgent(
                tile("Late", Icon::Alert, "/shipments?tab=late", late),
                Role::Danger,
                (late > 0).then(|| "no arrival reported".to_owned()),
            ),
            "",
            "nothing is late",
        ),
        note(
            tile("To be paid", Icon::Coins, "/invoices?tab=accepted", payable.n),
            open(&payable).unwrap_or_default(),
            "nothing is approved",
        ),
    ]
}

/// What is open on some invoices.
fn open(money: &Money) -> Option<String> {
    sums(money.open.values().copied())
}

/// What changed, and beside it the money and the notices.
pub fn below(cx: &PageContext, home: &Home) -> AnyView {
    let today = cx.zone.date(cx.now);
    let money = money_rows(home, today);
    let open_total = home.invoices(&[Group::Waiting.states(), Group::Questions.states(), Group::Accepted.states()].concat());
    let notices: Vec<_> = home
        .notices
        .iter()
        .map(|item| {
            let summary = Some(item.summary.clone()).filter(|summary| !summary.is_empty());
            (help::address(item), item.title.clone(), summary.unwrap_or_else(|| text::date(cx.zone.date(item.last_published))))
        })
        .collect();
    let side = move || (money_panel(&money, &open_total), notices_panel(&notices));
    let changes = changes(cx, home);
    view! { <Columns side=side>{changes}</Columns> }.into_any()
}

/// A row of the money table: when, why, how many, how much.
#[derive(Clone)]
struct MoneyRow {
    when: String,
    why: &'static str,
    n: i64,
    open: String,
}

/// How many due dates stand alone before the rest is put together.
const DAYS: usize = 4;

fn money_rows(home: &Home, today: Date) -> Vec<MoneyRow> {
    let row = |when: String, why, money: &Money| MoneyRow { when, why, n: money.n, open: open(money).unwrap_or_else(|| "0".to_owned()) };
    let approved = home.due(Group::Accepted.states());
    let mut rows: Vec<_> = approved
        .iter()
        .take(DAYS)
        .map(|(on, money)| match on {
            Some(day) if *day < today => row(text::date_short(*day, today), "approved, past its due date", money),
            Some(day) => row(text::date_short(*day, today), "approved", money),
            None => row("No date".to_owned(), "approved, no terms", money),
        })
        .collect();
    if approved.len() > DAYS {
        let rest = approved[DAYS..].iter().fold(Money::default(), |sum, (_, money)| sum.plus(money));
        rows.push(row("Later".to_owned(), "approved", &rest));
    }
    for (group, when, why) in
        [(Group::Waiting, "Not approved yet", "with the buyer"), (Group::Questions, "Held up", "a question or a condition is open")]
    {
        let money = home.invoices(group.states());
        if money.n > 0 {
            rows.push(row(when.to_owned(), why, &money));
        }
    }
    rows
}

fn money_panel(rows: &[MoneyRow], total: &Money) -> impl IntoView + use<> {
    let table = money_table(rows, total);
    view! { <Panel id="money" title="Money on its way" note="open invoices by due date" flush=true><div data-live="money">{table}</div></Panel> }
}

fn money_table(rows: &[MoneyRow], total: &Money) -> AnyView {
    if rows.is_empty() {
        return view! { <Empty icon=Icon::Coins title="No open invoices" text="What you bill appears here until it is paid."/> }.into_any();
    }
    let total_text = open(total).unwrap_or_else(|| "0".to_owned());
    let n = total.n;
    let rows: Vec<_> = rows
        .iter()
        .cloned()
        .map(|row| {
            view! {
                <tr role="row">
                    <td role="cell">{row.when}<span class="sub">{row.why}</span></td>
                    <td role="cell" class="num">{row.n}</td>
                    <td role="cell" class="num">{row.open}</td>
                </tr>
            }
        })
        .collect();
    let foot = move || {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">"Open"</th>
                <td role="cell" class="num">{n}</td>
                <td role="cell" class="num">{total_text.clone()}</td>
            </tr>
        }
    };
    view! {
        <Table
            caption="Open invoices by due date"
            in_panel=true
            keep=true
            foot=foot
            columns=vec![Column::new("Due"), Column::num("Invoices"), Column::num("Open")]
        >
            {rows}
        </Table>
    }
    .into_any()
}

fn notices_panel(notices: &[(String, String, String)]) -> Option<impl IntoView + use<>> {
    let items: Vec<_> = notices
        .iter()
        .map(
            |(href, title, summary)| view! { <li><a href=href.clone()>{title.clone()}</a><span class="hint">{summary.clone()}</span></li> },
        )
        .collect();
    let title = format!("From {}", brand().name);
    (!items.is_empty()).then(|| view! { <Panel id="notices" title=title><ul class="stack-s small">{items}</ul></Panel> })
}
