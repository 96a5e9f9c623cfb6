//! The invoice of an order, prefilled with what a shipment carries, at the agreed prices; or the corrected one (`?corrects=`)
//! of an invoice that was not taken, prefilled with what that billed.

use leptos::prelude::*;

use super::{forms, lines::item_numbers, ship::quantity_cell};
use crate::{
    domain::{
        ids::{InvoiceId, ShipmentId},
        number::{Amount, Currency, Quantity, typed},
        order::Line,
    },
    islands::AnswerForm as LiveSums,
    pages::{Form, PageContext, page, param, query},
    service::{
        Error,
        draft::Kept,
        invoices::{
            correct::{self, Correctable},
            send::InvoiceForm,
        },
        orders::view::{self, OrderView},
    },
    text,
    ui::{Button, ButtonLink, Choice, Column, Icon, Input, Notice, PageHead, Panel, Role, SelectField, Table, TextField, Weight},
};

/// The form.
#[component]
pub fn Page() -> impl IntoView {
    let id = param("id");
    let shipment: Option<ShipmentId> = query("shipment").and_then(|id| id.parse().ok());
    let corrects = query("corrects").and_then(|id| id.parse::<InvoiceId>().ok());
    page("Send an invoice", async move |cx: PageContext| {
        let refused = Form::of("send-invoice");
        let mut order = view::load(&cx.context, &cx.reader.actor, id?).await?;
        if let Some(invoice) = corrects {
            let (found, kept) = match correct::form(&cx.context, &cx.reader.actor, invoice).await {
                Err(Error::Conflict(why) | Error::Forbidden(why)) => {
                    return Ok(forms::blocked(&order, "Correct an invoice".to_owned(), "Invoice", &why).into_any());
                }
                found => found.and_then(|found| if found.0.order.id == order.order.id { Ok(found) } else { Err(Error::NotFound) })?,
            };
            order.lines.clone_from(&found.lines);
            let title = format!("Correct invoice {}", found.invoice.number);
            return Ok(form_view(&order, &kept, &refused, title, Some(&found)).into_any());
        }
        let title = format!("Invoice order {}", order.order.number);
        if let Err(why) = &order.can_invoice {
            return Ok(forms::blocked(&order, title, "Invoice", why).into_any());
        }
        let kept = view::invoice_form(&cx.context, &cx.reader.actor, &order, shipment).await?;
        Ok(form_view(&order, &kept, &refused, title, None).into_any())
    })
}

/// What a line of the form comes to at the agreed price; nothing where the quantity cannot be read.
fn amount(line: &Line, quantity: &str, currency: Currency) -> Amount {
    let quantity = typed::<Quantity>(quantity).unwrap_or_default();
    line.price().line_amount(quantity, line.price_per, currency).unwrap_or_default()
}

fn form_view(
    view: &OrderView,
    kept: &Kept<InvoiceForm>,
    refused: &Form,
    title: String,
    correcting: Option<&Correctable>,
) -> impl IntoView + use<> {
    let order = view.order.id.to_string();
    let currency = view.order.currency;
    let open: Vec<&Line> = view.lines.iter().filter(|line| line.to_invoice().is_positive()).collect();
    let typed = |line: &Line| {
        let entry = kept.form.lines.iter().find(|entry| entry.position == line.position.to_string());
        entry.map(|entry| entry.quantity.clone()).unwrap_or_default()
    };
    let total: Amount = open.iter().map(|line| amount(line, &typed(line), currency)).sum();
    let rows: Vec<_> = open.iter().enumerate().map(|(index, line)| row(index, line, typed(line), kept, currency)).collect();
    let refusal =
        refused.general().map(|words| view! { <div class="just-said"><Notice role=Role::Danger title=words announce=true/></div> });
    let was_typed = !kept.errors.is_empty();
    let corrects = correcting.map(|found| found.invoice.id.to_string()).unwrap_or_default();
    let back = match correcting {
        Some(_) => format!("/orders/{order}/invoice?corrects={corrects}"),
        None => format!("/orders/{order}/invoice"),
    };
    let cancel = format!("/orders/{order}");
    let label = if correcting.is_some() { "Send the corrected invoice" } else { "Send the invoice" };
    let note = match correcting {
        Some(_) => "As it was billed. Clear a quantity to take the line out.",
        None => "What left and is not invoiced yet. Clear a quantity to leave the line for later.",
    };
    let why = correcting.map(|found| forms::refused(&format!("Invoice {}", found.invoice.number), &found.reasons));
    let head = head_fields(view, kept, correcting.is_some());
    let kept_notice = was_typed.then(|| forms::kept(&order, "invoice", &corrects));
    view! {
        <leptos_meta::Title text=title.clone()/>
        <PageHead
            title=title
            crumbs=forms::crumbs(view, "Invoice")
            actions=move || view! { <Button label=label weight=Weight::Main icon=Icon::Send form="invoice"/> }
        >
            "It leaves as an invoice (810). Prices are those of the order, or those you confirmed."
        </PageHead>
        {refusal}
        {forms::summary(&kept.errors, "this invoice", &open)}
        {why}
        {kept_notice}
        <LiveSums>
            <form class="stack" id="invoice" method="post" action="/do/send-invoice" data-answer="" data-currency=currency.code().to_owned()>
                <input type="hidden" name="order" value=order/>
                <input type="hidden" name="corrects" value=corrects/>
                <input type="hidden" name="back" value=back/>
                {head}
                <Panel
                    id="contents"
                    title="What is invoiced"
                    note=note
                    flush=true
                    foot=move || {
                        view! {
                            <ButtonLink href=cancel.clone() label="Back to the order"/>
                            <span class="push"><Button label=label weight=Weight::Main icon=Icon::Send/></span>
                        }
                    }
                >
                    <Table
                        caption="Lines that can be invoiced"
                        in_panel=true
                        columns=vec![
                            Column::num("Line"),
                            Column::new("Item").class("w-full"),
                            Column::num("Not invoiced"),
                            Column::num("Price"),
                            Column::num("Quantity"),
                            Column::num(format!("Amount, {}", currency.code())),
                        ]
                        foot=move || {
                            view! {
                                <tr role="row">
                                    <td role="cell" class="hide-phone"></td>
                                    <th role="rowheader" scope="row" colspan="4">{format!("Total, {}", currency.code())}</th>
                                    <td role="cell" class="num" data-total="confirmed">{text::amount(total, currency)}</td>
                                </tr>
                            }
                        }
                    >
                        {rows}
                    </Table>
                </Panel>
            </form>
        </LiveSums>
    }
}

/// Number, date, terms and shipment.
fn head_fields(view: &OrderView, kept: &Kept<InvoiceForm>, corrects: bool) -> impl IntoView + use<> {
    let errors = kept.errors.clone();
    let error = move |field: &str| forms::error_of(&errors, field);
    let form = kept.form.clone();
    let shipments = view
        .shipments
        .iter()
        .map(|(shipment, _)| {
            let left = shipment.shipped_on.map(|on| format!(", left {}", text::date(on))).unwrap_or_default();
            Choice::new(shipment.id.to_string(), format!("{}{left}", shipment.number))
        })
        .collect();
    let others: Vec<_> = view
        .shipments
        .iter()
        .filter(|(shipment, _)| shipment.id.to_string() != form.shipment)
        .map(|(shipment, _)| {
            let href = format!("/orders/{}/invoice?shipment={}", view.order.id, shipment.id);
            view! { <a class="inline-block py-1" href=href>{format!("Fill in from {}", shipment.number)}</a>" " }
        })
        .collect();
    let fill = (!others.is_empty() && kept.errors.is_empty() && !corrects).then(|| view! { <p class="small">{others}</p> });
    view! {
        <Panel id="head" title="Invoice">
            <div class="halves">
                <div>
                    <TextField
                        name="number"
                        label="Your invoice number"
                        value=form.number.clone()
                        error=error("number")
                        maxlength=22u32
                        autocomplete="off"
                        readonly=corrects
                        hint=corrects.then(|| "It keeps its number.".to_owned())
                    />
                    <SelectField
                        name="shipment"
                        label="For the shipment"
                        choices=shipments
                        value=form.shipment.clone()
                        blank="All that left"
                        error=error("shipment")
                    />
                    {fill}
                </div>
                <div>
                    <TextField name="invoiced_on" label="Date" kind=Input::Date value=form.invoiced_on.clone() error=error("invoiced_on") narrow=true/>
                    <TextField
                        name="net_days"
                        label="Days to pay"
                        kind=Input::Decimal
                        value=form.net_days.clone()
                        hint="Counted from the invoice date"
                        error=error("net_days")
                        narrow=true
                        autocomplete="off"
                    />
                </div>
            </div>
        </Panel>
    }
}

fn row(index: usize, line: &Line, value: String, kept: &Kept<InvoiceForm>, currency: Currency) -> impl IntoView + use<> {
    let field = format!("lines[{index}][quantity]");
    let amount = amount(line, &value, currency);
    let price = text::unit_price(line.price(), currency, line.price_per, &line.unit);
    view! {
            <tr
                role="row"
                data-line=line.line.clone()
                data-ordered=line.to_invoice().to_string()
                data-price=line.price().to_string()
                data-per=line.price_per.to_string()
            >
                <td role="cell" class="num hide-phone">{line.line.clone()}</td>
                <th role="rowheader" scope="row" class="full">
                    <span class="only-phone muted">{format!("Line {} · ", line.line)}</span>
                    {if line.description.is_empty() { item_numbers(line) } else { line.description.clone() }}
                    {(!line.description.is_empty()).then(|| view! { <span class="sub">{item_numbers(line)}</span> })}
                </th>
                <td role="cell" class="num" data-label="Not invoiced">{text::quantity(line.to_invoice(), &line.unit)}</td>
                <td role="cell" class="num" data-label="Price">{price}</td>
                <td role="cell" class="num">{quantity_cell(&field, index, line, value, &kept.errors)}</td>
                <td role="cell" class="num" data-label="Amount" data-out="amount">{text::amount(amount, currency)}</td>
            </tr>
    }
}
