//! The lines of a customer's order: how much was ordered, is on its way, has arrived, and when the rest comes.

use leptos::prelude::*;

use crate::{
    domain::{
        order::{Line, LineStatus},
        time::Date,
    },
    pages::PageContext,
    service::orders::view::OrderView,
    text,
    ui::{Column, Origin, Panel, Provenance, Table},
};

/// The panel of lines.
pub fn panel(cx: &PageContext, view: &OrderView, today: Date) -> impl IntoView + use<> {
    let rows: Vec<_> = view.lines.iter().map(|line| row(cx, view, line, today)).collect();
    let currency = view.order.currency;
    let total = text::amount(view.order.total, currency);
    let foot = move || {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="full">"Total"</th>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="num" data-label="Total">{total.clone()}</td>
            </tr>
        }
    };
    view! {
        <Panel id="lines" title="What you ordered" note=text::count(view.lines.len().try_into().unwrap_or_default(), "line", "lines") flush=true>
            <Table
                caption="Lines of the order"
                in_panel=true
                foot=foot
                columns=vec![
                    Column::new("Item"),
                    Column::num("Ordered"),
                    Column::num("On its way"),
                    Column::num("Arrived"),
                    Column::num("Expected"),
                    Column::num(format!("Value, {}", currency.code())),
                ]
            >
                {rows}
            </Table>
        </Panel>
    }
}

fn row(cx: &PageContext, view: &OrderView, line: &Line, today: Date) -> impl IntoView + use<> {
    let quantities = &line.quantities;
    let name = if line.description.is_empty() { line.buyer_item.clone().unwrap_or_default() } else { line.description.clone() };
    let code = line.buyer_item.clone().filter(|_| !line.description.is_empty()).map(|code| format!(" · {code}"));
    let in_words = |quantity| text::quantity(quantity, &line.unit);
    let on_the_way = quantities.shipped.less(quantities.received);
    let shown = |quantity: crate::domain::number::Quantity| if quantity.is_positive() { in_words(quantity) } else { "—".to_owned() };
    let late = line.due().less(quantities.received).is_positive() && line.promised_on.is_some_and(|promised| promised < today);
    let origin = shipped_from(cx, view, line).map(|origin| view! { " "<Provenance origin=origin/> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="full">{name}<span class="sub">"Line "{line.line.clone()}{code}</span>{outcome(line)}</th>
            <td role="cell" class="num" data-label="Ordered">{in_words(quantities.ordered)}</td>
            <td role="cell" class="num" data-label="On its way">{shown(on_the_way)}{origin}</td>
            <td role="cell" class="num" data-label="Arrived">{shown(quantities.received)}</td>
            <td role="cell" class="num" class:danger-text=late data-label="Expected">{expected(line, today)}</td>
            <td role="cell" class="num" data-label="Value">{text::amount(line.amount(view.order.currency), view.order.currency)}</td>
        </tr>
    }
}

/// When the rest of a line comes.
fn expected(line: &Line, today: Date) -> String {
    let missing = line.due().less(line.quantities.received).is_positive();
    match (line.status, line.promised_on) {
        (LineStatus::Rejected | LineStatus::Cancelled, _) => "—".to_owned(),
        _ if !missing && line.due().is_positive() => "all here".to_owned(),
        (_, Some(day)) => text::date_short(day, today),
        (_, None) => "no date yet".to_owned(),
    }
}

/// What differs from the order, in words; nothing where it comes as ordered.
fn outcome(line: &Line) -> Option<impl IntoView + use<>> {
    let words = match line.status {
        LineStatus::Rejected => "Will not be delivered".to_owned(),
        LineStatus::Cancelled => "Cancelled".to_owned(),
        LineStatus::Held => "On hold".to_owned(),
        LineStatus::Changed if line.due() < line.quantities.ordered => format!("{} will come", text::quantity(line.due(), &line.unit)),
        LineStatus::Changed => "On another day than you asked for".to_owned(),
        LineStatus::Open | LineStatus::Accepted => return None,
    };
    let reason = line.reason_text.clone().map(|reason| format!(": {reason}"));
    Some(view! { <span class="sub warning-text">{words}{reason}</span> })
}

/// What set the quantity shipped, as far as a customer may know: the day of the ship notice, not whose it is.
fn shipped_from(cx: &PageContext, view: &OrderView, line: &Line) -> Option<Origin> {
    let in_it = |(_, items): &&(_, Vec<crate::store::shipments::ShipmentItem>)| items.iter().any(|item| item.order_line_id == line.id);
    let (shipment, _) = view.shipments.iter().rev().find(in_it)?;
    Some(Origin {
        value: text::quantity(line.quantities.shipped, &line.unit),
        text: format!(
            "Line {}, {} shipped so far. Ship notice of {}, reported by the shipper.",
            line.line,
            text::quantity(line.quantities.shipped, &line.unit),
            text::moment(shipment.created_at, &cx.zone)
        ),
        segment: None,
        href: None,
    })
}
