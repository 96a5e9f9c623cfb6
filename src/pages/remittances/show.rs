//! One remittance: what was paid for each invoice, what was taken off and why.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{
        access::Audience,
        ids::RemittanceId,
        number::{Amount, Currency},
        order::OrderKind,
        remittance::Adjustment,
    },
    islands::Live,
    pages::{PageContext, cases, exceptions, page, param},
    service::{self, exceptions::view::about, remittances::view::RemittanceView},
    store::{exceptions::About, references::Thing, remittances::Item},
    text,
    ui::{Column, Columns, Crumb, Fact, FactStrip, PageHead, Panel, Table},
};

/// The remittance named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<RemittanceId>("id");
    page("Remittance", async move |cx: PageContext| {
        let view = service::remittances::view::load(&cx.context, &cx.reader.actor, id?).await?;
        let standing = match view.remittance.document_id {
            Some(document) => about(&cx.context, &cx.reader.actor, About::Document, document.0).await?,
            None => Vec::new(),
        };
        let id = view.remittance.id;
        let about = service::cases::refer::about(&cx.context, &cx.reader.actor, Thing::Payment(id)).await?;
        let (work, reader) = (items(&view), cx.clone());
        let side = move || (cases::about::cases(&about, &reader), cases::parts::ask("payment", id.to_string()));
        Ok(view! {
            {head(&view, &cx)}
            <div data-live="exceptions">{exceptions::parts::standing(&standing, &cx)}</div>
            <FactStrip facts=facts(&view) live="facts"/>
            <div class="gap-top"><Columns side=side>{work}</Columns></div>
            <Live address="/live"/>
        })
    })
}

fn head(view: &RemittanceView, cx: &PageContext) -> impl IntoView + use<> {
    let row = &view.remittance;
    let audience = cx.reader.actor.audience;
    let words = match (audience, row.kind) {
        (Audience::Hub, OrderKind::Purchase) => format!("You paid {}.", view.counterparty.name),
        (Audience::Hub, OrderKind::Sales) => format!("{} paid you.", view.counterparty.name),
        (_, OrderKind::Purchase) => "It was paid to you.".to_owned(),
        (_, OrderKind::Sales) => "You paid it.".to_owned(),
    };
    let document = row.document_id.filter(|_| audience != Audience::Customer);
    let document = document.map(|id| view! { " "<a href=format!("/documents/{id}")>"See the document"</a>"." });
    view! {
        <PageHead
            title=format!("Remittance {}", row.number)
            as_of=text::as_of(cx.now, &cx.zone)
            crumbs=vec![Crumb::link("/remittances", "Remittances"), Crumb::here(row.number.clone())]
        >
            {words}
            {document}
        </PageHead>
    }
}

fn facts(view: &RemittanceView) -> Vec<Fact> {
    let row = &view.remittance;
    let taken: Amount = view.items.iter().flat_map(|item| &item.adjustments.0).chain(&row.adjustments.0).map(Adjustment::amount).sum();
    let discount: Amount = view.items.iter().map(|item| item.discount).sum();
    let mut facts = vec![Fact::new("Paid", text::money(row.total, row.currency))];
    facts.push(Fact::new("On", row.paid_on.map_or_else(|| "–".to_owned(), text::date_with_weekday)));
    if let Some(method) = &row.method {
        facts.push(Fact::new("How", text::payment_method(method)));
    }
    facts.push(Fact::new("Invoices", text::number(view.items.len() as u64)));
    if discount != Amount::ZERO {
        facts.push(Fact::new("Discount", text::money(discount, row.currency)));
    }
    if taken != Amount::ZERO {
        facts.push(Fact::new("Added or taken off", text::difference(taken, row.currency)));
    }
    facts
}

/// What was paid for each, and what it comes to.
fn items(view: &RemittanceView) -> impl IntoView + use<> {
    let row = &view.remittance;
    let currency = row.currency;
    let rows: Vec<_> = view.items.iter().map(|item| item_row(item, currency)).collect();
    let more = (!row.adjustments.0.is_empty()).then(|| {
        let sum = text::difference(row.adjustments.0.iter().map(Adjustment::amount).sum(), currency);
        let words = parts::adjustments(&row.adjustments.0, currency);
        view! {
            <tr role="row" data-key="more">
                <th role="rowheader" scope="row" class="full">"For no single invoice"{words}</th>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="num" data-label="Paid">{sum}</td>
            </tr>
        }
    });
    let total = text::amount(row.total, currency);
    let foot = move || {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="full">"Total"</th>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="num">{total.clone()}</td>
            </tr>
        }
    };
    let columns =
        vec![Column::new("Invoice"), Column::num("Asked for"), Column::num("Discount"), Column::num(format!("Paid, {}", currency.code()))];
    view! {
        <Panel id="items" title="What it pays" flush=true>
            <Table caption="What was paid for each invoice" columns=columns in_panel=true live="items" foot=foot>{rows}{more}</Table>
        </Panel>
    }
}

fn item_row(item: &Item, currency: Currency) -> impl IntoView + use<> {
    let name = match item.invoice_id {
        Some(id) => view! { <a class="go" href=format!("/invoices/{id}")>{item.number.clone()}</a> }.into_any(),
        None => item.number.clone().into_any(),
    };
    let note = match (item.is_invoice, item.invoice_id, item.is_applied) {
        (true, None, _) => Some("Not known here; the payment waits for it"),
        (true, Some(_), false) => Some("Noted and not counted on the invoice"),
        (false, ..) => Some("Not an invoice"),
        _ => None,
    };
    let note = note.map(|note| view! { <span class="sub warning-text">{note}</span> });
    let dash = |amount: Amount| if amount == Amount::ZERO { "–".to_owned() } else { text::amount(amount, currency) };
    view! {
        <tr role="row" data-key=item.position.to_string()>
            <th role="rowheader" scope="row" class="full">{name}{parts::adjustments(&item.adjustments.0, currency)}{note}</th>
            <td role="cell" class="num" data-label="Asked for">{item.gross.map_or_else(|| "–".to_owned(), |gross| text::amount(gross, currency))}</td>
            <td role="cell" class="num" data-label="Discount">{dash(item.discount)}</td>
            <td role="cell" class="num" data-label="Paid">{text::amount(item.paid, currency)}</td>
        </tr>
    }
}
