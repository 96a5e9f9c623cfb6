//! Disputes what the address names (`?order=`, `?shipment=`, `?invoice=`): why, what is asked for, and the right values
//! line by line. Where it names the exception that leads here (`&exception=`), what that found is filled in.

use leptos::prelude::*;

use crate::{
    domain::{
        dispute::{Action, Line, Reason},
        ids::ExceptionId,
    },
    pages::{Form, PageContext, page, query},
    service::{
        self,
        cases::dispute::{DisputeEntry, DisputeForm, InDispute},
        exceptions::claim,
    },
    text,
    ui::{
        Button, ButtonLink, Choice, Column, Crumb, Icon, Input, Notice, PageHead, Panel, Role, SelectField, Table, TextArea, TextField,
        Weight,
    },
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let named = |name: &str| query(name).unwrap_or_default();
    let asked = DisputeForm { order: named("order"), shipment: named("shipment"), invoice: named("invoice"), ..DisputeForm::default() };
    let exception = query("exception").and_then(|id| id.parse::<ExceptionId>().ok());
    page("Dispute", async move |cx: PageContext| {
        let form = Form::of("open-dispute");
        // Words and lines may be more than a form gives back.
        let typed =
            if form.error().is_some() { service::cases::dispute::typed(&cx.context, &cx.reader.actor, &asked).await? } else { None };
        let mut conn = cx.context.db.read().await.map_err(service::Error::from)?;
        let found = service::cases::dispute::subject(&mut conn, &cx.reader.actor, &asked).await?;
        drop(conn);
        let filled = match exception.filter(|_| typed.is_none()) {
            Some(id) => Some(claim::claim(&cx.context, &cx.reader.actor, id, &found, &asked, &cx.zone).await?),
            None => typed,
        };
        let form = Entry { form, typed: filled };
        let what = format!("{} {}", text::case_kind(found.about.kind).to_lowercase(), found.about.number);
        let body = match &found.open {
            Some(open) => {
                let href = format!("/cases/{}", open.case_id);
                let label = format!("Go to case {}", open.number);
                view! {
                    <Notice role=Role::Info title="It is in dispute already">
                        <p>"One dispute at a time: say what else is not right in the case that is open."</p>
                        <p class="gap-top"><ButtonLink href=href label=label icon=Icon::Case/></p>
                    </Notice>
                }
                .into_any()
            }
            None => fields(&form, &asked, &found).into_any(),
        };
        Ok(view! {
            <PageHead title=format!("Dispute {what}") crumbs=vec![Crumb::link("/cases", "Cases"), Crumb::here("Dispute")]>
                "Say what is not right and what would settle it. The documents of this trade are attached by themselves, and both sides see the dispute until it ends."
            </PageHead>
            {form.form.summary()}
            {body}
        })
    })
}

/// The form as it came back, with what was typed as the draft has it, or what an exception fills in.
struct Entry {
    form: Form,
    typed: Option<DisputeForm>,
}

impl Entry {
    /// What was typed into one of the three questions.
    fn value(&self, name: &str) -> Option<String> {
        let kept = |typed: &DisputeForm| match name {
            "reason" => typed.reason.clone(),
            "action" => typed.action.clone(),
            _ => typed.text.clone(),
        };
        self.form.value(name).or_else(|| self.typed.as_ref().map(kept))
    }

    /// What the draft has for a line.
    fn line(&self, line: &str) -> DisputeEntry {
        let kept = self.typed.as_ref().and_then(|typed| typed.lines.iter().find(|entry| entry.line == line));
        kept.cloned().unwrap_or_default()
    }

    fn field_error(&self, name: &str) -> Option<String> {
        self.form.field_error(name)
    }
}

fn fields(form: &Entry, asked: &DisputeForm, found: &InDispute) -> impl IntoView + use<> {
    let reasons: Vec<_> = Reason::ALL.iter().map(|reason| Choice::new(reason.as_str(), text::dispute_reason(*reason))).collect();
    let actions: Vec<_> = Action::ALL.iter().map(|action| Choice::new(action.as_str(), text::dispute_action(*action))).collect();
    let questions = view! {
        <div class="stack max-w-2xl">
            <SelectField
                name="reason"
                label="What is not right?"
                choices=reasons
                blank="Choose"
                value=form.value("reason")
                error=form.field_error("reason")
                required=true
            />
            <SelectField
                name="action"
                label="What do you ask for?"
                choices=actions
                blank="Choose"
                value=form.value("action")
                error=form.field_error("action")
                required=true
            />
            <TextArea name="text" label="In your own words" value=form.value("text") error=form.field_error("text") rows=6 required=true/>
        </div>
    };
    view! {
        <form class="stack" method="post" action="/do/open-dispute">
            <input type="hidden" name="order" value=asked.order.clone()/>
            <input type="hidden" name="shipment" value=asked.shipment.clone()/>
            <input type="hidden" name="invoice" value=asked.invoice.clone()/>
            <Panel id="why" title="What is not right">{questions}</Panel>
            {lines(form, found)}
            <p class="actions">
                <ButtonLink href=back(asked) label="Leave it"/>
                <Button label="Open the dispute" icon=Icon::Flag weight=Weight::Main/>
            </p>
        </form>
    }
}

fn back(asked: &DisputeForm) -> String {
    match (asked.invoice.as_str(), asked.shipment.as_str(), asked.order.as_str()) {
        ("", "", order) => format!("/orders/{order}"),
        ("", shipment, _) => format!("/shipments/{shipment}"),
        (invoice, ..) => format!("/invoices/{invoice}"),
    }
}

fn lines(form: &Entry, found: &InDispute) -> Option<impl IntoView + use<>> {
    let has_prices = found.lines.iter().any(|line| line.price.is_some());
    let rows: Vec<_> = found
        .lines
        .iter()
        .zip(&found.descriptions)
        .enumerate()
        .map(|(index, (line, words))| row(form, found, index, line, words))
        .collect();
    let mut columns = vec![Column::new("Line"), Column::num("Quantity"), Column::num("Should be")];
    if has_prices {
        columns.extend([Column::num("Price"), Column::num("Should be")]);
    }
    (!rows.is_empty()).then(|| {
        view! {
            <Panel id="lines" title="Which values should be others?" note="leave empty what is right" flush=true>
                <Table caption="Lines with their values as they are and as they should be" in_panel=true columns=columns>{rows}</Table>
            </Panel>
        }
    })
}

fn row(form: &Entry, found: &InDispute, index: usize, line: &Line, words: &str) -> impl IntoView + use<> {
    let name = |field: &str| format!("lines[{index}][{field}]");
    let kept = form.line(&line.line);
    let input = |field: &str, label: String, kept: &str| {
        let value = form.form.value_or(&name(field), kept);
        view! {
            <TextField
                name=name(field)
                label=label
                kind=Input::Decimal
                value=value
                error=form.field_error(&name(field))
                hide_label=true
                narrow=true
            />
        }
    };
    let quantity = input("quantity", format!("Right quantity of line {}", line.line), &kept.quantity);
    let price = line.price.map(|price| {
        let field = input("price", format!("Right price of line {}", line.line), &kept.price);
        view! {
            <td role="cell" class="num" data-label="Price">{text::unit_price(price, found.currency, line.per, &line.unit)}</td>
            <td role="cell" class="num" data-label="Price should be">{field}</td>
        }
    });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">
                <input type="hidden" name=name("line") value=line.line.clone()/>
                {line.line.clone()}
                <span class="sub">{words.to_owned()}</span>
            </th>
            <td role="cell" class="num" data-label="Quantity">{text::quantity(line.quantity, &line.unit)}</td>
            <td role="cell" class="num" data-label="Quantity should be">{quantity}</td>
            {price}
        </tr>
    }
}
