//! One line in the form of an answer: what was ordered, the decision, and the fields that the decision needs. Its
//! `data-` attributes are those that `islands::AnswerForm` reads.

use leptos::prelude::*;

use super::{answer::answered, forms, lines::item_numbers};
use crate::{
    domain::{answer::Reason, number::Currency, order::Line},
    service::{
        FieldError,
        orders::answer::{LineForm, PartForm},
    },
    text,
    ui::{Choice, FieldError as FieldErrorText, Icon, Segment, options},
};

/// How many deliveries one line can be split into without script.
const PARTS: usize = 3;

/// One line: what was ordered, the decision, and the fields that the decision needs.
pub fn group(index: usize, line: &Line, typed: &LineForm, errors: &[FieldError], currency: Currency) -> impl IntoView + use<> {
    let name = |field: &str| format!("lines[{index}]{field}");
    let wrong = errors.iter().any(|error| error.field.starts_with(&name("[")));
    let (quantity, amount) = answered(line, typed, currency);
    let ordered = text::decimal(line.quantities.ordered);
    let quantity = if quantity == line.quantities.ordered {
        text::decimal(quantity).into_any()
    } else {
        view! { <span class="was">{ordered.clone()}</span>" "{text::decimal(quantity)} }.into_any()
    };
    let decisions = vec![
        Choice::new("accept", "Accept").icon(Icon::Check),
        Choice::new("change", "Change").icon(Icon::Pen),
        Choice::new("reject", "Reject").icon(Icon::X),
    ];
    let items = line.seller_item.clone().or_else(|| line.buyer_item.clone()).unwrap_or_else(|| item_numbers(line));
    let wanted = line.requested_on.map(|on| format!("wanted {}", text::date(on)));
    // Without words for the item its numbers are its name.
    let (item, detail) = match (line.description.as_str(), wanted) {
        ("", wanted) => (items, wanted.unwrap_or_default()),
        (name, Some(wanted)) => (name.to_owned(), format!("{items} · {wanted}")),
        (name, None) => (name.to_owned(), items),
    };
    view! {
        <tbody
            role="rowgroup"
            class:wrong=wrong
            data-line=line.line.clone()
            data-ordered=line.quantities.ordered.to_string()
            data-price=line.unit_price.to_string()
            data-per=line.price_per.to_string()
            data-requested=line.requested_on.map(|on| on.to_string())
        >
            <tr role="row">
                <td role="cell" class="num hide-phone">{line.line.clone()}</td>
                <th role="rowheader" scope="row" class="full">
                    <span class="only-phone muted">{format!("Line {} · ", line.line)}</span>
                    {item}
                    <span class="sub">{detail}</span>
                </th>
                <td role="cell" class="num" data-label="Ordered">{text::quantity(line.quantities.ordered, &line.unit)}</td>
                <td role="cell" class="num" data-label="Price">
                    {text::price(line.unit_price, currency)}
                    {text::price_basis(line.price_per, &line.unit).map(|basis| view! { <span class="sub">{basis}</span> })}
                </td>
                <td role="cell" class="num" data-label="Your answer">
                    <span data-out="quantity">{quantity}</span>
                    <span class="sub" data-out="amount">{text::amount(amount, currency)}</span>
                </td>
                <td role="cell" class="full">
                    <input type="hidden" name=name("[position]") value=line.position.to_string()/>
                    <Segment
                        name=name("[decision]")
                        legend=format!("Answer to line {}", line.line)
                        value=typed.decision.clone()
                        choices=decisions
                        error=forms::error_of(errors, &name("[decision]"))
                    />
                </td>
            </tr>
            {change(index, line, typed, errors, currency).into_any()}
            {why(index, line, typed, errors).into_any()}
        </tbody>
    }
}

/// A small labelled field of the grid. What is wrong with it stands below the whole row, where there is room.
fn cell(id: String, label: &'static str, value: String, errors: &[FieldError], kind: Cell) -> impl IntoView + use<> {
    let error = forms::error_of(errors, &id);
    let described = error.as_ref().map(|_| format!("{id}-error"));
    let (class, kind, inputmode, offer) = match kind {
        Cell::Quantity => ("input num wide", "text", Some("decimal"), Some("quantity")),
        Cell::Later => ("input num wide", "text", Some("decimal"), None),
        Cell::Price => ("input num wide", "text", Some("decimal"), Some("price")),
        Cell::Date => ("input wide", "date", None, Some("date")),
    };
    view! {
        <div>
            <label class="label" for=id.clone()>{label}</label>
            <input
                class=class
                type=kind
                inputmode=inputmode
                id=id.clone()
                name=id
                value=value
                data-offer=offer
                autocomplete="off"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
        </div>
    }
}

/// What is wrong with the fields of a row.
fn row_errors(ids: &[String], errors: &[FieldError]) -> impl IntoView + use<> {
    let found = |id: &String| Some((format!("{id}-error"), forms::error_of(errors, id)?));
    ids.iter()
        .filter_map(found)
        .map(|(id, text)| view! { <div class="col-span-full"><FieldErrorText id=id text=text/></div> })
        .collect::<Vec<_>>()
}

/// What a field of the grid takes.
#[derive(Clone, Copy)]
enum Cell {
    Quantity,
    Date,
    Later,
    Price,
}

/// Quantity and date of each delivery, what comes later, another price.
fn change(index: usize, line: &Line, typed: &LineForm, errors: &[FieldError], currency: Currency) -> impl IntoView + use<> {
    let part_name = |place: usize, field: &str| format!("lines[{index}][parts][{place}][{field}]");
    let mut offered = typed.parts.clone();
    if offered.is_empty() {
        let on = line.requested_on.map(|on| on.to_string()).unwrap_or_default();
        offered.push(PartForm { quantity: line.quantities.ordered.to_string(), on });
    }
    let written = offered.len();
    offered.resize_with(written.max(PARTS), PartForm::default);
    let part = |place: usize| {
        let PartForm { quantity, on } = offered[place].clone();
        let quantity = cell(part_name(place, "quantity"), "Quantity", quantity, errors, Cell::Quantity);
        (quantity, cell(part_name(place, "on"), "Deliver on", on, errors, Cell::Date))
    };
    let part_errors = |place: usize| row_errors(&[part_name(place, "quantity"), part_name(place, "on")], errors);
    let more: Vec<_> = (1..offered.len())
        .map(|place| {
            let label = format!("Delivery {} of line {}", place + 1, line.line);
            view! { <div class="split-grid items-start" role="group" aria-label=label data-part="">{part(place)}{part_errors(place)}</div> }
        })
        .collect();
    let is_split = offered.iter().skip(1).any(|part| !part.quantity.trim().is_empty() || !part.on.trim().is_empty());
    let (later_name, price_name) = (format!("lines[{index}][backordered]"), format!("lines[{index}][price]"));
    let other_errors = row_errors(&[later_name.clone(), price_name.clone()], errors);
    let later = cell(later_name, "Later, no date yet", typed.backordered.clone(), errors, Cell::Later);
    let price = cell(price_name, "Another price", typed.price.clone(), errors, Cell::Price);
    let price_note = format!("Ordered at {}", text::unit_price(line.unit_price, currency, line.price_per, &line.unit));
    view! {
        <tr role="row" class="answer-detail for-change">
            <td role="cell" colspan="6">
                <div class="stack-s">
                    <div class="split-grid items-start" role="group" aria-label=format!("Change to line {}", line.line)>
                        {part(0)}
                        {later}
                        {price}
                        {part_errors(0)}
                        {other_errors}
                    </div>
                    <details class="more-parts" open=is_split>
                        <summary class="link small">"Deliver on several dates"</summary>
                        <div class="stack-s gap-top">{more}</div>
                        <button type="button" class="btn quiet small gap-top" hidden data-add-part="">{Icon::Plus.svg()}"Add a date"</button>
                    </details>
                    <p class="outcome"><span class="muted">{price_note}</span><span data-out="outcome"></span></p>
                </div>
            </td>
        </tr>
    }
}

/// Why a line differs: a reason and words for it.
fn why(index: usize, line: &Line, typed: &LineForm, errors: &[FieldError]) -> impl IntoView + use<> {
    let (reason, note) = (format!("lines[{index}][reason]"), format!("lines[{index}][note]"));
    let reasons = Reason::ALL.iter().map(|reason| Choice::new(reason.as_str(), text::reason(*reason))).collect();
    let at = |field: &str| forms::error_of(errors, field);
    let (reason_error, note_error) = (at(&reason), at(&note));
    let shown =
        |field: &str, error: &Option<String>| error.clone().map(|text| view! { <FieldErrorText id=format!("{field}-error") text=text/> });
    let (reason_shown, note_shown) = (shown(&reason, &reason_error), shown(&note, &note_error));
    view! {
        <tr role="row" class="answer-detail for-differs">
            <td role="cell" colspan="6">
                <div class="split-grid two" role="group" aria-label=format!("Reason for line {}", line.line)>
                    <div>
                        <label class="label" for=reason.clone()>"Why"</label>
                        <select
                            class="input wide"
                            id=reason.clone()
                            name=reason.clone()
                            aria-invalid=reason_error.is_some().then_some("true")
                            aria-describedby=reason_error.is_some().then(|| format!("{reason}-error"))
                        >
                            {options(reasons, Some(typed.reason.as_str()), Some("Choose a reason".into()))}
                        </select>
                        {reason_shown}
                    </div>
                    <div>
                        <label class="label" for=note.clone()>"Note to the buyer (optional)"</label>
                        <input
                            class="input wide"
                            id=note.clone()
                            name=note.clone()
                            value=typed.note.clone()
                            maxlength="80"
                            autocomplete="off"
                            aria-invalid=note_error.is_some().then_some("true")
                            aria-describedby=note_error.is_some().then(|| format!("{note}-error"))
                        />
                        {note_shown}
                    </div>
                </div>
            </td>
        </tr>
    }
}
