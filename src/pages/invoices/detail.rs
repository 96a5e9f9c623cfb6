//! One invoice: did it arrive, what is said to it, what it bills, and how far it is from payment. Whether it arrived
//! and what is said to it are two questions with two answers.

use leptos::prelude::*;

use super::{
    parts::{self, is_issuer},
    payment,
};
use crate::{
    domain::{
        access::Audience,
        document::{Direction, DocumentStatus, Verdict},
        ids::InvoiceId,
        invoice::InvoiceState,
        number::Amount,
        time::Date,
    },
    islands::Live,
    pages::{
        Form, PageContext, brand, cases,
        documents::{self, advised},
        exceptions, page, param, remittances,
        shipments::parts::{key as shipment_key, timeline},
    },
    service::{
        self,
        invoices::{REASON_LENGTH, view::InvoiceView},
    },
    store::{advices::Of, disputes::Subject, exceptions::About, invoices::InvoiceLine, references::Thing},
    text::{self, Urgency},
    ui::{
        Button, ChipData, Choice, Column, Columns, Crumb, Entry, Fact, FactStrip, Facts, Icon, PageHead, Panel, Role, SelectField, Table,
        TextArea, Timeline, Weight,
    },
};

/// The invoice named in the address.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<InvoiceId>("id");
    page("Invoice", async move |cx: PageContext| {
        let view = service::invoices::view::load(&cx.context, &cx.reader.actor, id?).await?;
        let disputes = service::cases::dispute::about(&cx.context, &cx.reader.actor, Subject::Invoice(view.invoice.id)).await?;
        let open = service::exceptions::view::about(&cx.context, &cx.reader.actor, About::Invoice, view.invoice.id.0).await?;
        let about = service::cases::refer::about(&cx.context, &cx.reader.actor, Thing::Invoice(view.invoice.id)).await?;
        let advices = service::exchange::view::advices(&cx.context, &cx.reader.actor, Of::Invoice(view.invoice.id.0)).await?;
        let today = cx.zone.date(cx.now);
        let payments = remittances::parts::of_invoice(&view);
        let entries = payment::entries(&view, &cx, today);
        let links = links(&view, &cx);
        let reader = cx.clone();
        let id = view.invoice.id;
        let side = move || {
            (
                timeline("payment", "Until it is paid", entries.clone(), &reader),
                links_panel(&links),
                cases::disputed::about("invoice", &id.to_string(), &disputes),
                cases::about::cases(&about, &reader),
                cases::parts::ask("invoice", id.to_string()),
            )
        };
        let (form, lines) = (state_form(&view), lines(&view));
        Ok(view! {
            <div data-live="head">{head(&view, &cx)}</div>
            <div data-live="exceptions">{exceptions::parts::standing(&open, &cx)}</div>
            <div data-live="facts"><FactStrip facts=strip(&view, today)/></div>
            <div class="halves" data-live="standing">{arrived(&view, &cx)}{standing(&view, &cx)}</div>
            <div data-live="advices">{advised::panel(&advices, advised::Names::Document, &cx)}</div>
            <div class="gap-top">
                <Columns side=side>
                    {form}
                    {payments}
                    {lines}
                </Columns>
            </div>
            <Live address="/live"/>
        })
    })
}

fn head(view: &InvoiceView, cx: &PageContext) -> impl IntoView + use<> {
    let (invoice, audience) = (&view.invoice, cx.reader.actor.audience);
    let partner = match audience {
        Audience::Hub => format!("{} {}. ", if is_issuer(invoice.kind, audience) { "To" } else { "From" }, view.counterparty.name),
        _ => String::new(),
    };
    let (next, correction) = (next_step(view, audience), view.correction);
    let actions = move || documents::parts::correct(correction);
    view! {
        <PageHead
            title=format!("Invoice {}", invoice.number)
            chip=parts::chip(invoice.state, invoice.kind, audience)
            as_of=text::as_of(cx.now, &cx.zone)
            crumbs=vec![Crumb::link("/invoices", "Invoices"), Crumb::here(invoice.number.clone())]
            actions=actions
        >
            {partner}
            {next}
        </PageHead>
    }
}

/// What the reader does next, in one sentence.
fn next_step(view: &InvoiceView, audience: Audience) -> String {
    let state = view.invoice.state;
    let buyer = if audience == Audience::Hub { view.counterparty.name.clone() } else { brand().name };
    if !is_issuer(view.invoice.kind, audience) {
        return match state {
            InvoiceState::Paid => "It is paid.",
            InvoiceState::Rejected => "It was rejected and will not be paid.",
            InvoiceState::Approved | InvoiceState::PartPaid => "It is approved; the payment follows.",
            InvoiceState::UnderQuery => "Its sender was asked; an answer is awaited.",
            _ if audience == Audience::Hub => "Decide what to say to it.",
            _ => "It waits for approval.",
        }
        .to_owned();
    }
    if view.correction.is_some() {
        return format!("The system of {buyer} did not take it. Read why, correct it and send it anew.");
    }
    match state {
        InvoiceState::Sent => format!("It is on its way to {buyer}. Nothing for you to do."),
        InvoiceState::Received | InvoiceState::InProcess => format!("{buyer} has it and works on it. Nothing for you to do."),
        InvoiceState::UnderQuery => format!("{buyer} asks something before it is paid. Answer the question below."),
        InvoiceState::ConditionallyAccepted => "It will be paid if the condition below is met.".to_owned(),
        InvoiceState::Rejected => "It will not be paid. Read why, then send a corrected invoice under a new number.".to_owned(),
        InvoiceState::Approved | InvoiceState::PartPaid => "It is approved. The payment follows by the due date.".to_owned(),
        InvoiceState::Paid => "It is paid in full.".to_owned(),
    }
}

fn strip(view: &InvoiceView, today: Date) -> Vec<Fact> {
    let invoice = &view.invoice;
    let money = |amount| text::money(amount, invoice.currency);
    let mut facts = vec![Fact::new("Total", money(invoice.total)), Fact::new("Paid", money(invoice.paid))];
    if invoice.credited > Amount::ZERO {
        facts.push(Fact::new("Credited", money(invoice.credited)));
    }
    if !invoice.state.is_final() {
        facts.push(Fact::new("Open", money(invoice.open())));
    }
    if let Some(day) = invoice.invoiced_on {
        facts.push(Fact::new("Invoice date", text::date_with_weekday(day)));
    }
    match invoice.due_on {
        Some(day) => {
            let late = parts::due(invoice.state, Some(day), today).filter(|due| due.urgency != Urgency::Calm).map(|due| due.text);
            facts.push(Fact { label: "Due by the terms".to_owned(), value: text::date_with_weekday(day), note: late });
        }
        None => facts.push(Fact::new("Due", "No terms named")),
    }
    facts
}

/// The three acknowledgments of the document.
fn arrived(view: &InvoiceView, cx: &PageContext) -> impl IntoView + use<> {
    let entries = acknowledgments(view, cx);
    let failed = entries.iter().take(2).any(|entry| entry.role == Role::Danger);
    let chip = match (&entries[0], &entries[1]) {
        _ if failed => ChipData::new(Role::Danger, Icon::No, "There is a problem"),
        (delivered, read) if !delivered.future && !read.future => ChipData::new(Role::Plain, Icon::Okay, "Delivered and read"),
        (delivered, _) if !delivered.future => ChipData::new(Role::Info, Icon::Inbox, "Delivered, not read yet"),
        _ => ChipData::new(Role::Info, Icon::Send, "On its way"),
    };
    view! { <Panel id="arrived" title="Did it arrive?" chip=chip><Timeline entries=entries/></Panel> }
}

fn acknowledgments(view: &InvoiceView, cx: &PageContext) -> Vec<Entry> {
    let exact = |at| text::moment_exact(at, &cx.zone);
    let done = |key: &str, icon, role, what: &str, at| Entry::new(key, icon, role, what, exact(at));
    let open = |key: &str, icon, what: &str, detail: &str| Entry {
        future: true,
        detail: Some(detail.to_owned()),
        ..Entry::new(key, icon, Role::Plain, what, "")
    };
    let document = view.document.as_ref();
    let href = document.map(|document| format!("/documents/{}", document.id));
    let came =
        document.and_then(|document| if document.direction == Direction::In { Some(document.created_at) } else { document.delivered_at });
    let delivered = match (came, document.map(|document| document.status)) {
        (Some(at), _) => Entry {
            detail: Some("See the document".to_owned()),
            href: href.clone(),
            ..done("delivered", Icon::Inbox, Role::Success, "Delivered", at)
        },
        (None, Some(DocumentStatus::SendFailed)) => Entry {
            detail: Some("It is tried again by itself; nothing is lost. See the document".to_owned()),
            href: href.clone(),
            ..Entry::new("delivered", Icon::Inbox, Role::Danger, "Sending failed", "")
        },
        (None, Some(status)) => {
            Entry { href: href.clone(), ..open("delivered", Icon::Inbox, "Not delivered yet", text::document_status(status)) }
        }
        (None, None) => open("delivered", Icon::Inbox, "No document", "It was entered in the portal"),
    };
    let read = match document.and_then(|document| document.acknowledged_at.zip(document.acknowledgment)) {
        Some((at, Verdict::Accepted)) => {
            Entry { detail: Some("997 accepted, no errors in form".to_owned()), ..done("read", Icon::Eye, Role::Success, "Read", at) }
        }
        Some((at, Verdict::Rejected)) => Entry {
            detail: Some("997 rejected: it could not be read. Open the document to see where".to_owned()),
            href,
            ..done("read", Icon::Eye, Role::Danger, "Read and refused", at)
        },
        Some((at, _)) => Entry {
            detail: Some("997 noted errors. Open the document to see where".to_owned()),
            href,
            ..done("read", Icon::Eye, Role::Warning, "Read, with errors", at)
        },
        None => open("read", Icon::Eye, "Not read yet", "No 997 has come"),
    };
    let last = view.events.iter().rev().find_map(|event| payment::said(view, event).map(|(state, _)| (event.at, state)));
    let answered = match last {
        Some((at, state)) => {
            let role = match state {
                InvoiceState::Rejected => Role::Danger,
                InvoiceState::UnderQuery | InvoiceState::ConditionallyAccepted => Role::Warning,
                _ => Role::Success,
            };
            Entry { detail: Some(text::invoice_state(state).to_owned()), ..done("answered", Icon::Reply, role, "Answered", at) }
        }
        None => open("answered", Icon::Reply, "Not answered yet", "No word about paying it so far"),
    };
    vec![delivered, read, answered]
}

/// What is said to it, and what to do.
fn standing(view: &InvoiceView, cx: &PageContext) -> impl IntoView + use<> {
    let (invoice, audience) = (&view.invoice, cx.reader.actor.audience);
    let issuer = is_issuer(invoice.kind, audience);
    let title = match (audience, issuer) {
        (Audience::Supplier, _) => format!("What does {} say?", brand().name),
        (Audience::Hub, false) => "What do we say?".to_owned(),
        (Audience::Hub, true) => format!("What does {} say?", view.counterparty.name),
        _ => "Where does it stand?".to_owned(),
    };
    let last = view.events.iter().rev().find(|event| event.kind == "invoice_state");
    let who = last.map(|event| format!("{}, {}", event.actor, text::moment(event.at, &cx.zone)));
    let reason = invoice.state_reason.clone().map(|reason| view! { <p class="small"><b>{reason}</b></p> });
    let guide: Vec<_> = if issuer { to_do(invoice.state) } else { Vec::new() };
    let guide: Vec<_> =
        (1..).zip(guide).map(|(number, words)| view! { <li><span class="mark">{number}</span><span>{words}</span></li> }).collect();
    let plain = (reason.is_none() && guide.is_empty()).then(|| view! { <p class="small">{next_step(view, audience)}</p> });
    view! {
        <Panel id="standing" title=title chip=parts::chip(invoice.state, invoice.kind, audience)>
            {reason}
            {plain}
            {(!guide.is_empty()).then(|| view! { <ol class="guide">{guide}</ol> })}
            {who.map(|who| view! { <p class="small muted">{who}</p> })}
        </Panel>
    }
}

/// What the issuer does in a state that needs them; nothing where there is nothing to do.
fn to_do(state: InvoiceState) -> Vec<&'static str> {
    match state {
        InvoiceState::UnderQuery => vec![
            "Read the question above and compare the lines below with the order and what arrived.",
            "Answer the person named here. The invoice waits; its due date stays as it is.",
        ],
        InvoiceState::ConditionallyAccepted => {
            vec!["Meet the condition above.", "Tell the person named here. Then it is approved and paid by its terms."]
        }
        InvoiceState::Rejected => vec![
            "Compare the field named above with the order.",
            "Make a corrected invoice from the order, under a new number. This one stays rejected.",
        ],
        _ => Vec::new(),
    }
}

/// The form in which the hub says where it stands; nothing for anybody else, or where nothing can follow.
fn state_form(view: &InvoiceView) -> Option<impl IntoView + use<>> {
    if view.next_states.is_empty() {
        return None;
    }
    let form = Form::of("invoice-state");
    let choices: Vec<_> = view.next_states.iter().map(|state| Choice::new(state.as_str(), hub_word(*state))).collect();
    let (id, summary) = (view.invoice.id.to_string(), form.summary());
    Some(view! {
        <Panel id="set-state" title="Say where it stands">
            {summary}
            <form class="stack-s" method="post" action="/do/invoice-state">
                <input type="hidden" name="invoice" value=id/>
                <SelectField
                    name="state"
                    label="It is now"
                    blank="Choose"
                    choices=choices
                    value=form.value("state")
                    error=form.field_error("state")
                    narrow=true
                    required=true
                />
                <TextArea
                    name="reason"
                    label="Why, and what to do"
                    hint="Needed for a question, a condition and a rejection. Name the field and what it should say; the sender reads it at once."
                    value=form.value("reason")
                    error=form.field_error("reason")
                    maxlength=u32::try_from(REASON_LENGTH).unwrap_or(u32::MAX)
                    rows=2
                />
                <p><Button label="Say so" weight=Weight::Main/></p>
            </form>
        </Panel>
    })
}

/// A state as the hub chooses it.
const fn hub_word(state: InvoiceState) -> &'static str {
    match state {
        InvoiceState::Sent => "Sent",
        InvoiceState::Received => "Received",
        InvoiceState::InProcess => "In process",
        InvoiceState::UnderQuery => "A question to the sender",
        InvoiceState::ConditionallyAccepted => "Accepted with conditions",
        InvoiceState::Rejected => "Rejected",
        InvoiceState::Approved => "Approved",
        InvoiceState::PartPaid => "Part paid",
        InvoiceState::Paid => "Paid",
    }
}

/// The lines, and how they add up to the total.
fn lines(view: &InvoiceView) -> impl IntoView + use<> {
    let currency = view.invoice.currency;
    let sum: Amount = view.lines.iter().map(|line| line.amount).sum();
    let extra = view.invoice.total - sum;
    let rows: Vec<_> = view.lines.iter().map(|line| line_row(line, view)).collect();
    let total = text::amount(view.invoice.total, currency);
    let sums = (extra != Amount::ZERO).then(|| (text::amount(sum, currency), text::difference(extra, currency)));
    let foot_row = |label: &str, value: String| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="full">{label.to_owned()}</th>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="hide-phone"></td>
                <td role="cell" class="num">{value}</td>
            </tr>
        }
    };
    let foot = move || {
        view! {
            {sums.clone().map(|(sum, extra)| view! { {foot_row("Lines", sum)}{foot_row("Taxes, charges and allowances", extra)} })}
            {foot_row("Total", total.clone())}
        }
    };
    view! {
        <Panel id="lines" title="What it bills" flush=true>
            <Table
                caption="Lines of the invoice"
                in_panel=true
                live="lines"
                foot=foot
                columns=vec![Column::new("Item"), Column::num("Quantity"), Column::num("Price"), Column::num(format!("Amount, {}", currency.code()))]
            >
                {rows}
            </Table>
        </Panel>
    }
}

fn line_row(line: &InvoiceLine, view: &InvoiceView) -> impl IntoView + use<> {
    let currency = view.invoice.currency;
    let name = if line.description.is_empty() { format!("Line {}", line.line) } else { line.description.clone() };
    let below = (!line.description.is_empty() && !line.line.is_empty()).then(|| format!("Line {}", line.line));
    view! {
        <tr role="row" data-key=line.id.to_string()>
            <th role="rowheader" scope="row" class="full">{name}{below.map(|below| view! { <span class="sub">{below}</span> })}</th>
            <td role="cell" class="num" data-label="Quantity">{text::quantity(line.quantity, &line.unit)}</td>
            <td role="cell" class="num" data-label="Price">{text::unit_price(line.unit_price, currency, line.price_per, &line.unit)}</td>
            <td role="cell" class="num" data-label="Amount">{text::amount(line.amount, currency)}</td>
        </tr>
    }
}

/// What it belongs to: label, address, words.
fn links(view: &InvoiceView, cx: &PageContext) -> Vec<(&'static str, String, String)> {
    let order = view.order.as_ref().map(|order| ("Order", format!("/orders/{}", order.id), order.number.clone()));
    let shipment = view.shipment.as_ref().map(|shipment| {
        let announced_on = cx.zone.date(shipment.created_at);
        let key = shipment_key(cx.reader.actor.audience, &shipment.number, shipment.tracking.as_deref(), announced_on);
        ("Shipment", format!("/shipments/{}", shipment.id), key)
    });
    let document = view.document.as_ref().map(|document| ("Document", format!("/documents/{}", document.id), "As it was sent".to_owned()));
    [order, shipment, document].into_iter().flatten().collect()
}

fn links_panel(links: &[(&'static str, String, String)]) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> =
        links.iter().map(|(label, href, words)| view! { <dt>{*label}</dt><dd><a href=href.clone()>{words.clone()}</a></dd> }).collect();
    (!rows.is_empty()).then(|| view! { <Panel id="belongs" title="It belongs to"><Facts>{rows}</Facts></Panel> })
}
