//! What every place that shows a payment says the same way.

use leptos::prelude::*;

use crate::{
    domain::{
        number::{Amount, Currency},
        remittance::Adjustment,
    },
    service::invoices::view::InvoiceView,
    store::remittances::Payment,
    text,
    ui::{ButtonLink, Icon, Panel},
};

/// What was added or taken off, each with its reason.
pub(super) fn adjustments(list: &[Adjustment], currency: Currency) -> Vec<AnyView> {
    let entry = |adjustment: &Adjustment| {
        let reference = adjustment.reference.clone().map(|reference| format!(", {reference}"));
        let words = format!("{} {}", text::difference(adjustment.amount(), currency), text::deduction(&adjustment.code));
        view! { <span class="sub">{words}{reference}</span> }.into_any()
    };
    list.iter().map(entry).collect()
}

/// What was paid for an invoice, with the way to each remittance, and to a dispute where something was taken off.
pub fn of_invoice(view: &InvoiceView) -> Option<AnyView> {
    if view.payments.is_empty() {
        return None;
    }
    let entries: Vec<_> = view.payments.iter().map(entry).collect();
    let is_short = view.payments.iter().any(|payment| payment.adjustments.0.iter().any(|off| off.minor < 0));
    let dispute = is_short.then(|| {
        let href = format!("/cases/dispute?invoice={}", view.invoice.id);
        view! { <p class="gap-top"><ButtonLink href=href label="Dispute what was taken off" icon=Icon::Flag/></p> }
    });
    let panel = view! {
        <Panel id="payments" title="Payments" live="payments">
            <ul class="stack-s">{entries}</ul>
            {dispute}
        </Panel>
    };
    Some(panel.into_any())
}

fn entry(payment: &Payment) -> impl IntoView + use<> {
    let when = payment.paid_on.map_or_else(|| "Paid".to_owned(), |day| format!("Paid on {}", text::date(day)));
    let href = format!("/remittances/{}", payment.remittance_id);
    let mut sums = Vec::new();
    sums.extend(payment.gross.map(|gross| format!("{} asked for", text::money(gross, payment.currency))));
    if payment.discount != Amount::ZERO {
        sums.push(format!("{} discount", text::money(payment.discount, payment.currency)));
    }
    let note = (!payment.is_applied).then(|| view! { <span class="sub warning-text">"Noted and not counted on this invoice"</span> });
    view! {
        <li data-key=format!("{}-{}", payment.remittance_id, payment.position)>
            <p><b>{text::money(payment.paid, payment.currency)}</b></p>
            <span class="sub">{when}", trace "<a href=href>{payment.number.clone()}</a></span>
            {(!sums.is_empty()).then(|| view! { <span class="sub">{sums.join(", ")}</span> })}
            {adjustments(&payment.adjustments.0, payment.currency)}
            {note}
        </li>
    }
}
