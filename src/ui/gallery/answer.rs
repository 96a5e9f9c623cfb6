//! The line by line answer to an order, as the page that holds it writes it. `islands::AnswerForm` says what the
//! `data-` attributes mean.

use leptos::prelude::*;

use crate::{
    islands::AnswerForm,
    ui::{Button, Choice, Column, FieldError, Icon, Segment, Size, Table, Weight, options},
};

struct Line {
    number: &'static str,
    item: &'static str,
    name: &'static str,
    ordered: &'static str,
    price: &'static str,
    decision: &'static str,
    offered: &'static str,
    date: &'static str,
    wrong: bool,
}

const LINES: [Line; 3] = [
    Line {
        number: "10",
        item: "FLG-DN150-16",
        name: "Flange DN150 PN16",
        ordered: "200",
        price: "61.40",
        decision: "accept",
        offered: "200",
        date: "2026-12-04",
        wrong: false,
    },
    Line {
        number: "20",
        item: "CPL-HUB-65",
        name: "Coupling hub 65, rough",
        ordered: "400",
        price: "31.85",
        decision: "change",
        offered: "390",
        date: "2026-12-11",
        wrong: false,
    },
    Line {
        number: "30",
        item: "RNG-WR-210",
        name: "Wear ring 210, 1.4462",
        ordered: "60",
        price: "90.10",
        decision: "reject",
        offered: "60",
        date: "2026-12-04",
        wrong: true,
    },
];

pub(super) fn answer() -> impl IntoView {
    view! {
        <h2 class="section-title">"An answer, line by line"</h2>
        <AnswerForm>
            <form class="panel answers" id="answer" method="post" action="/styleguide" data-answer="" data-currency="EUR">
                <div class="panel-head">
                    <h3>"Your answer"</h3>
                    <div class="push panel-side">
                        <button class="btn small" name="do" value="accept-all" data-accept-all="">"Accept all as ordered"</button>
                        <button class="btn main-action small" name="do" value="check" data-send="">"Check and send"</button>
                    </div>
                </div>
                <Table
                    caption="Order lines and your answer to each"
                    in_panel=true
                    grouped=true
                    columns=vec![
                        Column::num("Line"),
                        Column::new("Item"),
                        Column::num("Ordered"),
                        Column::num("Price"),
                        Column::num("Your answer, EUR"),
                        Column::new("Decision"),
                    ]
                >
                    {LINES.map(line)}
                </Table>
                <div class="panel-foot">
                    <dl class="sum">
                        <div><dt>"As ordered"</dt><dd>"30,426.00"</dd></div>
                        <div><dt>"Your answer"</dt><dd data-total="confirmed">"24,701.50"</dd></div>
                        <div><dt>"Difference, EUR"</dt><dd class="danger-text" data-total="difference">"−5,724.50"</dd></div>
                    </dl>
                    <p class="muted push" data-total="summary">"1 accepted · 1 changed · 1 rejected"</p>
                </div>
            </form>
        </AnswerForm>
    }
}

fn line(line: Line) -> impl IntoView {
    let Line { number, item, name, ordered, price, decision, offered, date, wrong } = line;
    let decisions = vec![
        Choice::new("accept", "Accept").icon(Icon::Check),
        Choice::new("change", "Change").icon(Icon::Pen),
        Choice::new("reject", "Reject").icon(Icon::X),
    ];
    view! {
        <tbody
            role="rowgroup"
            class:wrong=wrong
            data-line=number
            data-ordered=ordered
            data-price=price
            data-per="1"
            data-requested="2026-12-04"
        >
            <tr role="row">
                <td role="cell" class="num hide-phone">{number}</td>
                <th role="rowheader" scope="row" class="full">
                    <span class="only-phone muted">"Line "{number}" · "</span>
                    {item}
                    <span class="sub">{name}</span>
                </th>
                <td role="cell" class="num" data-label="Ordered">{ordered}</td>
                <td role="cell" class="num" data-label="Price">{price}</td>
                <td role="cell" class="num" data-label="Your answer">
                    <span data-out="quantity">{ordered}</span>
                    <span class="sub" data-out="amount"></span>
                </td>
                <td role="cell" class="full">
                    <Segment name=format!("l{number}") legend=format!("Answer to line {number}") value=decision choices=decisions/>
                </td>
            </tr>
            {change(number, offered, date).into_any()}
            {reject(number, wrong).into_any()}
        </tbody>
    }
}

fn change(number: &'static str, offered: &'static str, date: &'static str) -> impl IntoView {
    let reasons = vec![Choice::new("batch", "Batch size"), Choice::new("material", "Material arrives late")];
    view! {
        <tr role="row" class="answer-detail for-change">
            <td role="cell" colspan="6">
                <div class="split-grid" role="group" aria-label=format!("Change to line {number}")>
                    <span class="label">"Quantity"</span>
                    <span class="label">"Ship on"</span>
                    <span class="label">"Why"</span>
                    <span></span>
                    <input
                        class="input num"
                        name=format!("l{number}-quantity")
                        value=offered
                        aria-label="Quantity"
                        inputmode="decimal"
                        data-offer="quantity"
                    />
                    <input class="input" type="date" name=format!("l{number}-date") value=date aria-label="Ship on" data-offer="date"/>
                    <select class="input" name=format!("l{number}-why") aria-label="Why it differs">
                        {options(reasons, Some("batch"), Some("Choose a reason".into()))}
                    </select>
                    <Button label="Split" weight=Weight::Quiet size=Size::Small name="do" value=format!("split-{number}")/>
                </div>
                <p class="outcome" data-out="outcome"></p>
            </td>
        </tr>
    }
}

fn reject(number: &'static str, wrong: bool) -> impl IntoView {
    let reasons = vec![Choice::new("gone", "Item no longer made"), Choice::new("price", "Price not agreed")];
    let id = format!("reason-{number}");
    let error = format!("{id}-error");
    let shown = wrong.then(|| view! { <FieldError id=error.clone() text="Castellan needs a reason to look for another source."/> });
    view! {
        <tr role="row" class="answer-detail for-reject">
            <td role="cell" colspan="6">
                <div class="split-grid two">
                    <div>
                        <label class="label" for=id.clone()>"Why do you reject it?"</label>
                        <select
                            class="input wide"
                            name=format!("l{number}-reject")
                            aria-invalid=wrong.then_some("true")
                            aria-describedby=wrong.then_some(error)
                            id=id
                        >
                            {options(reasons, None, Some("Choose a reason".into()))}
                        </select>
                        {shown}
                    </div>
                </div>
            </td>
        </tr>
    }
}
