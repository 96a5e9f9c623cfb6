//! What is said of a dispute elsewhere: on the page of its case, and on that of the invoice, order or shipment.

use leptos::prelude::*;

use crate::{
    domain::{
        dispute::{Action, Outcome, Proposed, Reason, Value},
        number::Currency,
    },
    pages::{Form, PageContext},
    service::cases::{dispute::DisputeView, view::CaseView},
    store::disputes::DisputeRow,
    text,
    ui::{Button, ButtonLink, ChipData, Choice, Icon, Panel, Radios, Role, TextField, Weight},
};

/// How a dispute stands.
pub fn chip(outcome: Option<Outcome>) -> ChipData {
    match outcome {
        None => ChipData::new(Role::Warning, Icon::Flag, "In dispute"),
        Some(outcome) => ChipData::new(Role::Plain, Icon::Okay, text::dispute_outcome(outcome)),
    }
}

/// On the page of an invoice, an order or a shipment: its disputes, or the way to one. `what` is its name in the address.
pub fn about(what: &'static str, id: &str, disputes: &[DisputeRow]) -> impl IntoView + use<> {
    let is_open = disputes.iter().any(|row| row.outcome.is_none());
    let rows: Vec<_> = disputes
        .iter()
        .map(|row| {
            let reason = row.reason.as_deref().and_then(|code| code.parse::<Reason>().ok()).map(text::dispute_reason);
            let claimed = row.claimed.map(|claimed| format!(" · {} claimed", text::money(claimed, row.currency)));
            view! {
                <li data-key=row.case_id.to_string()>
                    <p>{chip(row.outcome).view()}" "<a href=format!("/cases/{}", row.case_id)>"Case "{row.number.clone()}</a></p>
                    <p class="small muted">{reason}{claimed}</p>
                </li>
            }
        })
        .collect();
    let href = format!("/cases/dispute?{what}={id}");
    let label = format!("Dispute this {what}");
    view! {
        <Panel id="dispute" title="Disputes" live="dispute">
            {(!rows.is_empty()).then(|| view! { <ul class="stack-s">{rows}</ul> })}
            {(!is_open).then(|| {
                view! {
                    <p class="small muted">"Not as agreed? Say what should be otherwise; the documents of the trade go with it."</p>
                    <p class="gap-top"><ButtonLink href=href label=label icon=Icon::Flag/></p>
                }
            })}
        </Panel>
    }
}

/// On the page of its case: why, what is asked for, which values should be others, and what ends it.
pub fn panel(view: &CaseView, dispute: &DisputeView, form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let found = &dispute.dispute;
    let reason = view.case.reason.as_deref().and_then(|code| code.parse::<Reason>().ok()).map(text::dispute_reason);
    let action = view.case.action.as_deref().and_then(|code| code.parse::<Action>().ok()).map(text::dispute_action);
    let values: Vec<_> = view.case.proposed.0.iter().map(|said| proposed(said, found.currency)).collect();
    let claimed = found.claimed.map(|claimed| view! { <dt>"Claimed"</dt><dd>{text::money(claimed, found.currency)}</dd> });
    let ended = found.settled_at.map(|at| view! { <dt>"Ended"</dt><dd>{text::moment_short(at, cx.now, &cx.zone)}</dd> });
    let credit = dispute.credit_note.as_ref().map(|credit| {
        let words = format!("{} over {}", credit.number, text::money(credit.total, credit.currency));
        let number = match credit.document_id {
            Some(id) => view! { <a href=format!("/documents/{id}")>{words}</a> }.into_any(),
            None => words.into_any(),
        };
        view! { <dt>"Credit note"</dt><dd>{number}</dd> }
    });
    let facts = view! {
        <Panel id="dispute" title="Dispute" chip=chip(found.outcome) live="dispute">
            <dl class="facts">
                <dt>"Not right"</dt>
                <dd>{reason}</dd>
                <dt>"Asked for"</dt>
                <dd>{action}</dd>
                {values}
                {claimed}
                {credit}
                {ended}
            </dl>
        </Panel>
    };
    (facts, ends(view, dispute, form))
}

fn proposed(said: &Proposed, currency: Currency) -> impl IntoView + use<> {
    let price = |value: &str| {
        value.parse().map_or_else(|_| value.to_owned(), |price| format!("{} {}", currency.code(), text::price(price, currency)))
    };
    let (what, is, should_be) = match said.value {
        Value::Quantity => ("quantity", said.is.clone(), said.should_be.clone()),
        Value::Price => ("price", price(&said.is), price(&said.should_be)),
    };
    view! {
        <dt>{format!("Line {}, {what}", said.line)}</dt>
        <dd><span class="was">{is}</span>" → "<span class="now-value">{should_be}</span></dd>
    }
}

/// What ends the dispute, for its reader.
fn ends(view: &CaseView, dispute: &DisputeView, form: &Form) -> Option<impl IntoView + use<>> {
    let id = view.case.id.to_string();
    let accept = dispute.may_accept.then(|| {
        view! {
            <form method="post" action="/do/accept-as-is">
                <input type="hidden" name="case" value=id.clone()/>
                <Button label="Accept it as it is" icon=Icon::Check/>
            </form>
        }
    });
    let credit = dispute.may_credit.as_ref().map(|invoice| {
        let follows = dispute.dispute.claimed.map(|claimed| text::money(claimed, dispute.dispute.currency));
        let mut choices = Vec::new();
        if let Some(claimed) = &follows {
            choices.push(Choice::new("claimed", format!("What is claimed: {claimed}")));
        }
        choices.push(Choice::new("all", format!("All of invoice {invoice}")));
        let chosen = form.value_or("extent", if follows.is_some() { "claimed" } else { "all" });
        view! {
            <form class="stack-s" method="post" action="/do/send-credit">
                <input type="hidden" name="case" value=id.clone()/>
                <TextField name="number" label="Number of your credit note" value=form.value("number") error=form.field_error("number") required=true/>
                <Radios name="extent" legend="What do you give back?" choices=choices value=chosen error=form.field_error("extent")/>
                <p class="actions"><Button label="Send the credit note" icon=Icon::Send weight=Weight::Main/></p>
            </form>
        }
    });
    (accept.is_some() || credit.is_some())
        .then(|| view! { <Panel id="ends" title="To end it"><div class="stack">{credit}{accept}</div></Panel> })
}
