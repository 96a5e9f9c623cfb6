//! The answer to an order, line by line: accept, change or reject. Plain fields that work without script; the island
//! adds the sums up while one writes.

use leptos::prelude::*;

use super::{
    answer_line,
    detail::accept_form,
    forms,
    parts::{self, Sight, Standing},
};
use crate::{
    domain::{
        number::{self, Amount, Currency, Quantity},
        order::Line,
    },
    islands::AnswerForm as LiveSums,
    pages::{Form, PageContext, page, param},
    service::{
        draft::Kept,
        exchange::correction,
        orders::{
            answer::{AnswerForm, LineForm},
            view::{self, OrderView},
        },
    },
    text,
    ui::{Button, Column, Fact, FactStrip, FieldError as FieldErrorText, Icon, Notice, PageHead, Panel, Role, Table, Weight},
};

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
        let reasons = correction::refusal_of_answer(&cx.context, &cx.reader.actor, &order.order).await?;
        Ok(form_view(&cx, &order, &kept, &refused, reasons, title).into_any())
    })
}

/// The words of a refusal that is not about single fields: those stand at the fields.
fn refusal(refused: &[Form]) -> Option<impl IntoView + use<>> {
    let words = refused.iter().find_map(Form::general)?;
    Some(view! { <div class="just-said"><Notice role=Role::Danger title=words announce=true/></div> })
}

fn form_view(
    cx: &PageContext,
    view: &OrderView,
    kept: &Kept<AnswerForm>,
    refused: &[Form],
    reasons: Option<Vec<String>>,
    title: String,
) -> impl IntoView + use<> {
    // Why what was answered before was not taken.
    let corrects = reasons.map(|reasons| forms::refused(&format!("The answer to {}", view.order.number), &reasons));
    let sight = Sight { audience: cx.reader.actor.audience, now: cx.now, zone: &cx.zone };
    let standing = Standing::from(&view.order);
    let next = parts::next_step(&standing, &sight);
    let order = view.order.id.to_string();
    let lines: Vec<&Line> = view.lines.iter().filter(|line| line.can_be_answered()).collect();
    let was_typed = kept.form != AnswerForm::as_it_stands(&view.order, &view.lines);
    let currency = view.order.currency;
    let sentence = if next.detail.is_empty() { "Nothing leaves before you send it.".to_owned() } else { next.detail.clone() };
    let sentence_class = next.role.text_class();
    let version = view.order.version;
    let actions = {
        let order = order.clone();
        move || {
            view! {
                {accept_form(&order, version)}
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
        {corrects}
        {forms::summary(&kept.errors, "this answer", &lines)}
        {was_typed.then(|| forms::kept(&order, "answer", ""))}
        <FactStrip facts=facts/>
        {grid}
        <div class="gap-top">{what_happens()}</div>
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
    let groups: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| answer_line::group(index, line, typed(line), &kept.errors, currency).into_any())
        .collect();
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
                <div class="panel-head" id="lines" tabindex="-1">
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
                        Column::new("Item").class("w-full"),
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
pub(super) fn answered(line: &Line, typed: &LineForm, currency: Currency) -> (Quantity, Amount) {
    let (quantity, price) = match typed.decision.as_str() {
        "change" => {
            let quantity = typed.parts.iter().filter_map(|part| number::typed::<Quantity>(&part.quantity).ok()).sum();
            (quantity, number::typed(&typed.price).unwrap_or(line.unit_price))
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
