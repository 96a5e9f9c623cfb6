//! The answer to an order, line by line: accept, change or reject. Plain fields that work without script; the island
//! adds the sums up while one writes.

use leptos::prelude::*;

use super::{
    detail::accept_form,
    forms,
    lines::item_numbers,
    parts::{self, Sight, Standing},
};
use crate::{
    domain::{
        answer::Reason,
        number::{Amount, Currency, Quantity},
        order::{Line, LineStatus},
    },
    islands::AnswerForm as LiveSums,
    pages::{Form, PageContext, page, param},
    service::{
        FieldError,
        draft::Kept,
        orders::{
            answer::{AnswerForm, LineForm, PartForm},
            view::{self, OrderView},
        },
    },
    text,
    ui::{
        Button, Choice, Column, Columns, Fact, FactStrip, FieldError as FieldErrorText, Icon, Notice, PageHead, Panel, Role, Segment,
        Table, Weight, options,
    },
};

/// How many deliveries one line can be split into.
const PARTS: usize = 3;

/// The form.
#[component]
pub fn Page() -> impl IntoView {
    let id = param("id");
    page("Answer an order", async move |cx: PageContext| {
        let refused = [Form::of("answer-order"), Form::of("accept-order")];
        let order = view::load(&cx.context, &cx.reader.actor, id?).await?;
        let title = format!("Answer order {}", order.order.number);
        if let Err(why) = &order.can_answer {
            return Ok(forms::blocked(&order, title, "Answer", why).into_any());
        }
        let kept = view::answer_form(&cx.context, &cx.reader.actor, &order).await?;
        Ok(form_view(&cx, &order, &kept, &refused, title).into_any())
    })
}

/// The words of a refusal that is not about single fields: those stand at the fields.
fn refusal(refused: &[Form]) -> Option<impl IntoView + use<>> {
    let words = refused.iter().find_map(Form::general)?;
    Some(view! { <div class="just-said"><Notice role=Role::Danger title=words announce=true/></div> })
}

fn form_view(cx: &PageContext, view: &OrderView, kept: &Kept<AnswerForm>, refused: &[Form], title: String) -> impl IntoView + use<> {
    let sight = Sight { audience: cx.reader.actor.audience, now: cx.now, zone: &cx.zone };
    let standing = Standing::from(&view.order);
    let next = parts::next_step(&standing, &sight);
    let order = view.order.id.to_string();
    let lines: Vec<&Line> = view.lines.iter().filter(|line| line.status != LineStatus::Cancelled).collect();
    let was_typed = kept.form != AnswerForm::as_it_stands(&view.order, &view.lines);
    let currency = view.order.currency;
    let sentence = if next.detail.is_empty() { "Nothing leaves before you send it.".to_owned() } else { next.detail.clone() };
    let sentence_class = next.role.text_class();
    let actions = {
        let order = order.clone();
        move || {
            view! {
                {accept_form(&order)}
                <Button label="Send the answer" weight=Weight::Main icon=Icon::Send form="answer"/>
            }
        }
    };
    let facts = vec![
        Fact::new("Total as ordered", text::money(ordered_total(&lines, currency), currency)),
        Fact::new("Wanted", view.order.requested_on.map_or_else(|| "–".to_owned(), text::date_with_weekday)),
        Fact::new("Ordered", view.order.ordered_on.map_or_else(|| "–".to_owned(), text::date)),
        Fact::new("Terms", if view.order.terms.is_empty() { "–".to_owned() } else { view.order.terms.clone() }),
    ];
    let grid = grid(view, kept, &lines);
    view! {
        <leptos_meta::Title text=title.clone()/>
        <PageHead title=title chip=parts::chip(&standing, &sight) crumbs=forms::crumbs(view, "Answer") actions=actions>
            <span class=sentence_class>{sentence}</span>
        </PageHead>
        {refusal(refused)}
        {forms::summary(&kept.errors, "this answer", &lines)}
        {was_typed.then(|| forms::kept(&order, "answer"))}
        <FactStrip facts=facts/>
        <Columns side=what_happens>{grid}</Columns>
    }
}

/// What sending means, in three steps.
fn what_happens() -> impl IntoView {
    view! {
        <Panel id="after" title="What happens when you send">
            <ol class="guide small">
                <li><span class="mark">"1"</span><span>"The answer waits a moment. Until it leaves you can take it back; nothing was sent."</span></li>
                <li><span class="mark">"2"</span><span>"It leaves as an order response (855). You see when the buyer has it and when its system has read it."</span></li>
                <li><span class="mark">"3"</span><span>"Lines accepted as ordered are settled. The buyer decides on lines you changed or rejected."</span></li>
            </ol>
        </Panel>
    }
}

fn grid(view: &OrderView, kept: &Kept<AnswerForm>, lines: &[&Line]) -> impl IntoView + use<> {
    let currency = view.order.currency;
    let order = view.order.id.to_string();
    let back = format!("/orders/{order}/answer");
    let blank = LineForm::default();
    let typed = |line: &Line| kept.form.lines.iter().find(|entry| entry.position == line.position.to_string()).unwrap_or(&blank);
    let groups: Vec<_> =
        lines.iter().enumerate().map(|(index, line)| group(index, line, typed(line), &kept.errors, currency).into_any()).collect();
    let ordered = ordered_total(lines, currency);
    let answered: Amount = lines.iter().map(|line| answered(line, typed(line), currency).1).sum();
    let version = kept.form.version.clone();
    let counted = counted(lines, &typed);
    let errors = forms::error_of(&kept.errors, "lines").map(|text| view! { <FieldErrorText id="lines-error" text=text/> });
    view! {
        <LiveSums>
            <form class="panel answers" id="answer" method="post" action="/do/answer-order" data-answer="" data-currency=currency.code().to_owned()>
                <input type="hidden" name="order" value=order/>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="back" value=back/>
                <div class="panel-head" id="lines">
                    <h2>"Your answer, line by line"</h2>
                    <p data-total="summary">{counted}</p>
                    {errors}
                </div>
                <Table
                    caption="Order lines and your answer to each"
                    in_panel=true
                    grouped=true
                    columns=vec![
                        Column::num("Line"),
                        Column::new("Item"),
                        Column::num("Ordered"),
                        Column::num(format!("Price, {}", currency.code())),
                        Column::num(format!("Your answer, {}", currency.code())),
                        Column::new("Decision"),
                    ]
                >
                    {groups}
                </Table>
                <div class="panel-foot">
                    <dl class="sum">
                        <div><dt>"As ordered"</dt><dd>{text::amount(ordered, currency)}</dd></div>
                        <div><dt>"Your answer"</dt><dd data-total="confirmed">{text::amount(answered, currency)}</dd></div>
                        <div>
                            <dt>{format!("Difference, {}", currency.code())}</dt>
                            <dd data-total="difference">{text::difference(answered - ordered, currency)}</dd>
                        </div>
                    </dl>
                    <div class="push actions"><button class="btn main-action" data-send="">{Icon::Send.svg()}"Send the answer"</button></div>
                </div>
            </form>
        </LiveSums>
    }
}

fn ordered_total(lines: &[&Line], currency: Currency) -> Amount {
    lines.iter().filter_map(|line| line.unit_price.line_amount(line.quantities.ordered, line.price_per, currency)).sum()
}

/// What the form says of a line at present: quantity and amount. What cannot be read counts as nothing.
fn answered(line: &Line, typed: &LineForm, currency: Currency) -> (Quantity, Amount) {
    let (quantity, price) = match typed.decision.as_str() {
        "change" => {
            let quantity = typed.parts.iter().filter_map(|part| part.quantity.parse::<Quantity>().ok()).sum();
            (quantity, typed.price.parse().unwrap_or(line.unit_price))
        }
        "reject" => (Quantity::ZERO, line.unit_price),
        _ => (line.quantities.ordered, line.unit_price),
    };
    (quantity, price.line_amount(quantity, line.price_per, currency).unwrap_or_default())
}

/// "2 accepted · 1 changed".
fn counted<'a>(lines: &[&'a Line], typed: &impl Fn(&'a Line) -> &'a LineForm) -> String {
    [("accept", "accepted"), ("change", "changed"), ("reject", "rejected")]
        .into_iter()
        .map(|(decision, word)| (lines.iter().filter(|line| typed(line).decision == decision).count(), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect::<Vec<_>>()
        .join(" · ")
}

/// One line: what was ordered, the decision, and the fields that the decision needs.
fn group(index: usize, line: &Line, typed: &LineForm, errors: &[FieldError], currency: Currency) -> impl IntoView + use<> {
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
    let decision_error = forms::error_of(errors, &name("[decision]"))
        .map(|text| view! { <FieldErrorText id=format!("{}-error", name("[decision]")) text=text/> });
    let items = item_numbers(line);
    let wanted = line.requested_on.map(|on| format!(" · wanted {}", text::date(on))).unwrap_or_default();
    view! {
        <tbody
            role="rowgroup"
            class:wrong=wrong
            id=name("[decision]")
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
                    {if line.description.is_empty() { items.clone() } else { line.description.clone() }}
                    <span class="sub">{if line.description.is_empty() { wanted.clone() } else { format!("{items}{wanted}") }}</span>
                </th>
                <td role="cell" class="num" data-label="Ordered">{text::quantity(line.quantities.ordered, &line.unit)}</td>
                <td role="cell" class="num" data-label="Price">{text::price(line.unit_price, currency)}</td>
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
                    />
                    {decision_error}
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
