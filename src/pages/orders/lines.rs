//! The lines of an order as a table: what was ordered, what was promised for it, how far it is, and what set each value.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        number::{Amount, Currency, Quantity},
        order::{Line, LineStatus, Source},
        time::Date,
    },
    pages::PageContext,
    service::orders::view::OrderView,
    text,
    ui::{ChipData, Column, Icon, Origin, Panel, Provenance, Role, Table},
};

/// The panel with the lines.
pub fn panel(cx: &PageContext, view: &OrderView) -> impl IntoView + use<> {
    let currency = view.order.currency;
    let rows: Vec<_> = view.lines.iter().map(|line| row(cx, view, line)).collect();
    let total = text::money(confirmed_total(&view.lines, currency), currency);
    view! {
        <Panel id="lines" title="Lines" note=text::count(view.lines.len() as u64, "line", "lines") flush=true>
            <Table
                caption="Lines of the order"
                in_panel=true
                live="lines"
                columns=vec![
                    Column::num("Line"),
                    Column::new("Item"),
                    Column::num("Ordered"),
                    Column::num("Confirmed"),
                    Column::num("Promised"),
                    Column::num(format!("Price, {}", currency.code())),
                    Column::num("Shipped"),
                    Column::num("Invoiced"),
                    Column::num(format!("Amount, {}", currency.code())).class("num hide-mid"),
                    Column::new("Status"),
                ]
                foot=move || {
                    view! {
                        <tr role="row">
                            <td role="cell" class="hide-phone"></td>
                            <th role="rowheader" scope="row" colspan="7">"Total"</th>
                            <td role="cell" class="num" colspan="2">{total.clone()}</td>
                        </tr>
                    }
                }
            >
                {rows}
            </Table>
        </Panel>
    }
}

/// What will come of a line at the price that counts: what was promised once it is answered, what was ordered before.
fn amount(line: &Line, currency: Currency) -> Amount {
    let quantity = match line.status {
        LineStatus::Open | LineStatus::Held => line.quantities.ordered,
        LineStatus::Accepted | LineStatus::Changed => line.due(),
        LineStatus::Rejected | LineStatus::Cancelled => Quantity::ZERO,
    };
    line.price().line_amount(quantity, line.price_per, currency).unwrap_or_default()
}

/// What will come of all lines.
pub fn confirmed_total(lines: &[Line], currency: Currency) -> Amount {
    lines.iter().map(|line| amount(line, currency)).sum()
}

fn row(cx: &PageContext, view: &OrderView, line: &Line) -> impl IntoView + use<> {
    let q = &line.quantities;
    let today = cx.zone.date(cx.now);
    let currency = view.order.currency;
    let mark = |field: &str, value: String, what: &str| mark(cx, view, line, field, value, what);
    let unit = text::unit_word(&line.unit, false).to_owned();
    let ordered = text::decimal(q.ordered);
    let items = item_numbers(line);
    let old_price = line.confirmed_price.map(|_| view! { <span class="was">{text::price(line.unit_price, currency)}</span>" " });
    let price = text::price(line.price(), currency);
    let per = text::price_basis(line.price_per, &line.unit).map(|basis| view! { <span class="sub">{basis}</span> });
    let backordered = q
        .backordered
        .is_positive()
        .then(|| view! { <span class="sub">{format!("{} later, no date yet", text::quantity(q.backordered, &line.unit))}</span> });
    view! {
        <tr role="row" data-key=line.id.to_string()>
            <td role="cell" class="num hide-phone">{line.line.clone()}</td>
            <th role="rowheader" scope="row" class="full">
                <span class="only-phone muted">{format!("Line {} · ", line.line)}</span>
                {if line.description.is_empty() { items.clone() } else { line.description.clone() }}
                {(!line.description.is_empty()).then(|| view! { <span class="sub">{items}</span> })}
            </th>
            <td role="cell" class="num" data-label="Ordered">
                {ordered.clone()}" "<span class="muted">{unit}</span>
                {mark("ordered", ordered, "quantity ordered")}
            </td>
            <td role="cell" class="num" data-label="Confirmed">
                {confirmed(line)}
                {mark("confirmed", text::decimal(q.confirmed), "quantity confirmed")}
                {backordered}
            </td>
            <td role="cell" class="num" data-label="Promised">{promised(line, today)}</td>
            <td role="cell" class="num" data-label="Price">
                {old_price}
                {price.clone()}
                {mark(if line.confirmed_price.is_some() { "confirmed_price" } else { "unit_price" }, price, "price")}
                {per}
            </td>
            <td role="cell" class="num" data-label="Shipped">{parts::cell(q.shipped)}</td>
            <td role="cell" class="num" data-label="Invoiced">{parts::cell(q.invoiced)}</td>
            <td role="cell" class="num hide-mid" data-label="Amount">{text::amount(amount(line, currency), currency)}</td>
            <td role="cell" class="full">{chip(line).view()}{reason(line)}</td>
        </tr>
    }
}

/// The item numbers of both sides; the GTIN where one of them has none.
pub fn item_numbers(line: &Line) -> String {
    let both = line.buyer_item.is_some() && line.seller_item.is_some();
    let numbers: Vec<_> = [
        line.buyer_item.as_ref().map(|item| format!("buyer's {item}")),
        line.seller_item.as_ref().map(|item| format!("seller's {item}")),
        line.gtin.as_ref().filter(|_| !both).map(|gtin| format!("GTIN {gtin}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if numbers.is_empty() { "No item number".to_owned() } else { numbers.join(" · ") }
}

/// The confirmed quantity; where it differs, the ordered one struck through before it.
fn confirmed(line: &Line) -> AnyView {
    let q = &line.quantities;
    match line.status {
        LineStatus::Open | LineStatus::Held | LineStatus::Cancelled => "–".into_any(),
        _ if q.confirmed == q.ordered => text::decimal(q.confirmed).into_any(),
        _ => view! {
            <span class="was">{text::decimal(q.ordered)}</span>
            " "
            <span class="now-value">{text::decimal(q.confirmed)}</span>
        }
        .into_any(),
    }
}

/// The promised date or dates; where it moved, the wanted one struck through before it.
fn promised(line: &Line, today: Date) -> AnyView {
    let short = |date: Date| text::date_short(date, today);
    if line.promised.len() > 1 {
        let parts: Vec<_> = line
            .promised
            .iter()
            .map(|part| {
                let on = part.on.map_or_else(|| "no date".to_owned(), short);
                view! { <span class="sub">{format!("{} on {on}", text::decimal(part.quantity))}</span> }
            })
            .collect();
        return view! { {short(line.promised_on.unwrap_or(today))}{parts} }.into_any();
    }
    match (line.requested_on, line.promised_on) {
        (Some(wanted), Some(promised)) if wanted != promised => {
            view! { <span class="was">{short(wanted)}</span>" "<span class="now-value">{short(promised)}</span> }.into_any()
        }
        (_, Some(promised)) => short(promised).into_any(),
        (Some(wanted), None) if line.status == LineStatus::Open => {
            view! { "–"<span class="sub">{format!("wanted {}", short(wanted))}</span> }.into_any()
        }
        _ => "–".into_any(),
    }
}

/// Where a line stands: its progress once goods move, its answer before.
fn chip(line: &Line) -> ChipData {
    let q = &line.quantities;
    let due = line.due();
    if line.is_live() && q.shipped.is_positive() {
        return match () {
            () if q.invoiced >= due => ChipData::new(Role::Plain, Icon::Okay, "Invoiced"),
            () if q.received >= due => ChipData::new(Role::Plain, Icon::Okay, "Delivered"),
            () if q.shipped >= due => ChipData::new(Role::Plain, Icon::Truck, "Shipped"),
            () => ChipData::new(Role::Info, Icon::Half, "Part shipped"),
        };
    }
    let (role, icon) = match line.status {
        LineStatus::Open => (Role::Warning, Icon::Turn),
        LineStatus::Accepted => (Role::Neutral, Icon::Check),
        LineStatus::Changed => (Role::Info, Icon::Swap),
        LineStatus::Held => (Role::Neutral, Icon::Pause),
        LineStatus::Rejected => (Role::Danger, Icon::No),
        LineStatus::Cancelled => (Role::Plain, Icon::Minus),
    };
    ChipData::new(role, icon, text::line_status(line.status))
}

/// Why a line was changed or rejected: the word for the code, then what the seller wrote.
fn reason(line: &Line) -> Option<impl IntoView + use<>> {
    let code = line.reason_code.as_deref()?;
    let word = code.parse().map_or_else(|()| code.to_owned(), |reason| text::reason(reason).to_owned());
    let words = match &line.reason_text {
        Some(note) if *note != word => format!("{word}: {note}"),
        _ => word,
    };
    Some(view! { <span class="sub">{words}</span> })
}

/// The mark that says what set a value; none where nothing is known.
fn mark(cx: &PageContext, view: &OrderView, line: &Line, field: &str, value: String, what: &str) -> Option<impl IntoView + use<>> {
    let source = line.provenance.get(field)?;
    Some(view! { <Provenance origin=origin(cx, view, line, source, value, what)/> })
}

fn origin(cx: &PageContext, view: &OrderView, line: &Line, source: &Source, value: String, what: &str) -> Origin {
    let lead = format!("Line {}, {what}.", line.line);
    // A document the reader may not see is not linked, and not spoken of.
    let document = view.documents.iter().find(|document| Some(document.id) == source.document);
    match document {
        Some(document) => {
            let kind = text::document_kind(document.kind).to_lowercase();
            let place = source.segment.map(|segment| format!(", segment {segment}")).unwrap_or_default();
            let when = text::moment(document.created_at, &cx.zone);
            let anchor = source.segment.map(|segment| format!("#s{segment}")).unwrap_or_default();
            Origin {
                value,
                text: format!("{lead} Set by the {kind} {} of {when}{place}.", document.number),
                segment: None,
                href: Some(format!("/documents/{}{anchor}", document.id)),
            }
        }
        None => Origin { value, text: format!("{lead} Set by {}.", source.actor), segment: None, href: None },
    }
}
