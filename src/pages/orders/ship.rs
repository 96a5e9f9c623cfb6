//! The ship notice of an order, prefilled with everything that is left to ship; or the corrected one of a shipment
//! (`?corrects=`) whose first notice was not taken, prefilled with what that said.

use leptos::prelude::*;

use super::{forms, lines::item_numbers, parts};
use crate::{
    domain::{ids::ShipmentId, order::Line},
    islands::AnswerForm as LiveForm,
    pages::{Form, PageContext, page, param, query},
    service::{
        Error,
        draft::Kept,
        orders::view::{self, OrderView},
        shipments::{
            announce::ShipForm,
            correct::{self, Correctable},
        },
    },
    text,
    ui::{Button, ButtonLink, Column, FieldError as FieldErrorText, Icon, Input, Notice, PageHead, Panel, Role, Table, TextField, Weight},
};

/// The form.
#[component]
pub fn Page() -> impl IntoView {
    let id = param("id");
    let corrects = query("corrects").and_then(|id| id.parse::<ShipmentId>().ok());
    page("Announce a shipment", async move |cx: PageContext| {
        let refused = Form::of("announce-shipment");
        let mut order = view::load(&cx.context, &cx.reader.actor, id?).await?;
        if let Some(shipment) = corrects {
            let (found, kept) = match correct::form(&cx.context, &cx.reader.actor, shipment).await {
                Err(Error::Conflict(why) | Error::Forbidden(why)) => {
                    return Ok(forms::blocked(&order, "Correct a ship notice".to_owned(), "Shipment", &why).into_any());
                }
                found => found.and_then(|found| if found.0.order.id == order.order.id { Ok(found) } else { Err(Error::NotFound) })?,
            };
            order.lines.clone_from(&found.lines);
            let title = format!("Correct the ship notice of {}", found.shipment.number);
            return Ok(form_view(&order, &kept, &refused, title, Some(&found)).into_any());
        }
        let title = format!("Announce a shipment for order {}", order.order.number);
        if let Err(why) = &order.can_ship {
            return Ok(forms::blocked(&order, title, "Shipment", why).into_any());
        }
        let kept = view::ship_form(&cx.context, &cx.reader.actor, &order).await?;
        Ok(form_view(&order, &kept, &refused, title, None).into_any())
    })
}

fn form_view(
    view: &OrderView,
    kept: &Kept<ShipForm>,
    refused: &Form,
    title: String,
    correcting: Option<&Correctable>,
) -> impl IntoView + use<> {
    let order = view.order.id.to_string();
    let open: Vec<&Line> = view.lines.iter().filter(|line| line.to_ship().is_positive()).collect();
    let refusal =
        refused.general().map(|words| view! { <div class="just-said"><Notice role=Role::Danger title=words announce=true/></div> });
    let form = kept.form.clone();
    let errors = kept.errors.clone();
    let error = move |field: &str| forms::error_of(&errors, field);
    let rows: Vec<_> = open.iter().enumerate().map(|(index, line)| row(index, line, kept)).collect();
    let was_typed = !kept.errors.is_empty();
    let corrects = correcting.map(|found| found.shipment.id.to_string()).unwrap_or_default();
    let back = match correcting {
        Some(_) => format!("/orders/{order}/ship?corrects={corrects}"),
        None => format!("/orders/{order}/ship"),
    };
    let cancel = format!("/orders/{order}");
    let label = if correcting.is_some() { "Send the corrected notice" } else { "Announce the shipment" };
    let note = match correcting {
        Some(found) if found.is_fixed => "The goods arrived, or customers wait for them: how much is in it stays.",
        Some(_) => "As it was announced. Clear a quantity to take the line out.",
        None => "Everything that is left is filled in. Clear a quantity to leave the line for later.",
    };
    let why = correcting.map(|found| forms::refused(&format!("The ship notice of {}", found.shipment.number), &found.reasons));
    let keeps_number = correcting.is_some();
    let kept_notice = was_typed.then(|| forms::kept(&order, "ship", &corrects));
    let (carrier, contents) = (carrier_fields(kept), contents(rows, cancel, label, note));
    view! {
        <leptos_meta::Title text=title.clone()/>
        <PageHead
            title=title
            crumbs=forms::crumbs(view, "Shipment")
            actions=move || view! { <Button label=label weight=Weight::Main icon=Icon::Send form="ship"/> }
        >
            "It leaves as a ship notice (856). The receiver then sees it coming."
        </PageHead>
        {refusal}
        {forms::summary(&kept.errors, "this ship notice", &open)}
        {why}
        {kept_notice}
        <LiveForm><form class="stack" id="ship" method="post" action="/do/announce-shipment" data-answer="">
            <input type="hidden" name="order" value=order/>
            <input type="hidden" name="corrects" value=corrects/>
            <input type="hidden" name="back" value=back/>
            <div class="halves">
                <Panel id="shipment" title="Shipment">
                    <TextField
                        name="number"
                        label="Your number for it"
                        value=form.number.clone()
                        error=error("number")
                        maxlength=30u32
                        autocomplete="off"
                        readonly=keeps_number
                        hint=keeps_number.then(|| "It keeps its number.".to_owned())
                    />
                    <TextField name="shipped_on" label="Leaves on" kind=Input::Date value=form.shipped_on.clone() error=error("shipped_on") narrow=true/>
                    <TextField
                        name="estimated_on"
                        label="Arrives on (optional)"
                        kind=Input::Date
                        value=form.estimated_on.clone()
                        error=error("estimated_on")
                        narrow=true
                    />
                    <TextField
                        name="packages"
                        label="Packages (optional)"
                        kind=Input::Decimal
                        value=form.packages.clone()
                        error=error("packages")
                        narrow=true
                        autocomplete="off"
                    />
                </Panel>
                {carrier}
            </div>
            {contents}
        </form></LiveForm>
    }
}

/// Who moves it, and under which numbers.
fn carrier_fields(kept: &Kept<ShipForm>) -> impl IntoView + use<> {
    let form = kept.form.clone();
    let errors = kept.errors.clone();
    let error = move |field: &str| forms::error_of(&errors, field);
    view! {
        <Panel id="carrier-panel" title="Carrier">
            <TextField
                name="carrier"
                label="Name (optional)"
                value=form.carrier.clone()
                error=error("carrier")
                maxlength=35u32
                autocomplete="off"
            />
            <TextField
                name="scac"
                label="Carrier code, SCAC (optional)"
                value=form.scac.clone()
                hint="Two to four letters, such as UPSN"
                error=error("scac")
                maxlength=4u32
                narrow=true
                autocomplete="off"
            />
            <TextField
                name="tracking"
                label="Tracking number (optional)"
                value=form.tracking.clone()
                error=error("tracking")
                maxlength=30u32
                autocomplete="off"
            />
            <TextField
                name="bill_of_lading"
                label="Bill of lading (optional)"
                value=form.bill_of_lading.clone()
                error=error("bill_of_lading")
                maxlength=30u32
                autocomplete="off"
            />
        </Panel>
    }
}

/// The lines that can be shipped, and the button that sends.
fn contents(rows: Vec<impl IntoView + 'static>, cancel: String, label: &'static str, note: &'static str) -> impl IntoView {
    view! {
        <Panel
            id="contents"
            title="What is in it"
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
                caption="Lines that can be shipped"
                in_panel=true
                columns=vec![
                    Column::num("Line"),
                    Column::new("Item").class("w-full"),
                    Column::num("Confirmed"),
                    Column::num("Shipped before"),
                    Column::num("Left"),
                    Column::num("Quantity in this shipment"),
                ]
            >
                {rows}
            </Table>
        </Panel>
    }
}

fn row(index: usize, line: &Line, kept: &Kept<ShipForm>) -> impl IntoView + use<> {
    let field = format!("lines[{index}][quantity]");
    let typed = kept.form.lines.iter().find(|entry| entry.position == line.position.to_string());
    let value = typed.map(|entry| entry.quantity.clone()).unwrap_or_default();
    view! {
        <tr role="row">
            <td role="cell" class="num hide-phone">{line.line.clone()}</td>
            <th role="rowheader" scope="row" class="full">
                <span class="only-phone muted">{format!("Line {} · ", line.line)}</span>
                {if line.description.is_empty() { item_numbers(line) } else { line.description.clone() }}
                {(!line.description.is_empty()).then(|| view! { <span class="sub">{item_numbers(line)}</span> })}
            </th>
            <td role="cell" class="num" data-label="Confirmed">{text::quantity(line.due(), &line.unit)}</td>
            <td role="cell" class="num" data-label="Shipped before">{parts::cell(line.quantities.shipped)}</td>
            <td role="cell" class="num" data-label="Left">{text::decimal(line.to_ship())}</td>
            <td role="cell" class="num full">{quantity_cell(&field, index, line, value, &kept.errors)}</td>
        </tr>
    }
}

/// The quantity of a line in a form, with its hidden place and its error.
pub(super) fn quantity_cell(
    field: &str,
    index: usize,
    line: &Line,
    value: String,
    errors: &[crate::service::FieldError],
) -> impl IntoView + use<> {
    let error = forms::error_of(errors, field);
    let shown = error.clone().map(|text| view! { <FieldErrorText id=format!("{field}-error") text=text/> });
    let label = format!("Quantity of line {}, {}", line.line, text::unit_word(&line.unit, false));
    view! {
        <input type="hidden" name=format!("lines[{index}][position]") value=line.position.to_string()/>
        <input
            class="input num price"
            id=field.to_owned()
            name=field.to_owned()
            value=value
            inputmode="decimal"
            autocomplete="off"
            data-offer="quantity"
            aria-label=label
            aria-invalid=error.is_some().then_some("true")
            aria-describedby=error.is_some().then(|| format!("{field}-error"))
        />
        {shown}
    }
}
