//! One order for its supplier and for the hub: what is next, its money and dates, its three acknowledgments, its lines,
//! and what belongs to it. A customer's order is a tracking page.

use leptos::prelude::*;

use super::{
    history, lines,
    parts::{self, Sight, Standing},
    side,
};
use crate::{
    domain::{
        access::Audience,
        document::{Direction, DocumentStatus, Verdict},
        order::{OrderKind, OrderState},
        time::Timestamp,
    },
    islands::Live,
    pages::{
        Form, PageContext,
        documents::{advised, parts as documents},
        exceptions, page, param, tracking,
    },
    service::{
        cases::refer,
        exceptions::view::about,
        exchange::{parties::with_role, view::advices},
        orders::view::{self, OrderView},
    },
    store::{
        advices::{Advice, Of},
        documents::Document,
        exceptions::{About, ExceptionRow},
        references::{CaseAbout, Thing},
    },
    text,
    ui::{Ack, AckState, AckStrip, Button, ButtonLink, Columns, Crumb, Fact, FactStrip, Icon, Notice, PageHead, Role, Size, Weight},
};

/// The page of one order.
#[component]
pub fn Page() -> impl IntoView {
    let id = param("id");
    page("Order", async move |cx: PageContext| {
        let refused = [Form::of("take-back"), Form::of("accept-order")];
        let order = view::load(&cx.context, &cx.reader.actor, id?).await?;
        let open = about(&cx.context, &cx.reader.actor, About::Order, order.order.id.0).await?;
        let about = refer::about(&cx.context, &cx.reader.actor, Thing::Order(order.order.id)).await?;
        if cx.reader.actor.audience == Audience::Customer {
            return Ok(tracking::order(&cx, &order, &open, &about));
        }
        let advices = advices(&cx.context, &cx.reader.actor, Of::Order(order.order.id.0)).await?;
        let said = Said { open: &open, advices: &advices, about: &about };
        Ok(order_view(&cx, &order, &said, &refused).into_any())
    })
}

/// What is said about an order elsewhere.
struct Said<'a> {
    /// Exceptions that stand.
    open: &'a [ExceptionRow],
    /// What its receiver's application said.
    advices: &'a [Advice],
    /// Cases.
    about: &'a [CaseAbout],
}

fn order_view(cx: &PageContext, view: &OrderView, said: &Said<'_>, refused: &[Form]) -> impl IntoView + use<> {
    let Said { open, advices, about } = *said;
    let audience = cx.reader.actor.audience;
    let sight = Sight { audience, now: cx.now, zone: &cx.zone };
    let standing = Standing::from(&view.order);
    let next = parts::next_step(&standing, &sight);
    let next_class = next.role.text_class();
    let chip = parts::chip(&standing, &sight);
    let actions = actions(view, audience);
    let title = format!("Order {}", view.order.number);
    let detail = (!next.detail.is_empty()).then(|| view! { ". " <span class=next_class data-quiet="">{next.detail.clone()}</span> });
    let with = (audience == Audience::Hub).then(|| {
        let role = if view.order.kind == OrderKind::Purchase { "Supplier: " } else { "Customer: " };
        view! { ". "{role}<b>{view.counterparty.name.clone()}</b> }
    });
    let side_column = side::column(cx, view, about);
    let as_of = text::as_of(cx.now, &cx.zone);
    let crumbs = vec![Crumb::link("/orders", "Orders"), Crumb::here(view.order.number.clone())];
    let work = (side::shipments(cx, view), side::invoices(cx, view), side::documents(cx, view), history::panel(cx, view));
    view! {
        <leptos_meta::Title text=title.clone()/>
        {refused.iter().map(Form::summary).collect::<Vec<_>>()}
        <div data-live="head">
            <PageHead
                title=title.clone()
                chip=chip
                as_of=as_of
                crumbs=crumbs
                actions=actions
            >
                <strong>{next.what}</strong>
                {detail}
                {with}
            </PageHead>
        </div>
        <div data-live="undo">{undo(cx, view)}</div>
        <div data-live="exceptions">{exceptions::parts::standing(open, cx)}</div>
        <div data-live="facts">{facts(cx, view)}</div>
        {acknowledgments(cx, view)}
        <div data-live="advices">{advised::panel(advices, advised::Names::Document, cx)}</div>
        <div class="gap-top">{lines::panel(cx, view)}</div>
        <div class="gap-top">
            <Columns side=move || side_column.run()>
                {work}
            </Columns>
        </div>
        <Live address="/live"/>
    }
}

/// The main action and at most one more; what cannot be done now stands in the side column with its reason.
fn actions(view: &OrderView, audience: Audience) -> ViewFn {
    let (id, version) = (view.order.id, view.order.version);
    let link = |name: &'static str, label: &'static str, icon: Icon| (format!("/orders/{id}/{name}"), label, icon);
    let answered = view.order.state != OrderState::Received;
    let mut possible = Vec::new();
    if parts::is_seller(view.order.kind, audience) {
        if view.can_answer.is_ok() && !answered {
            possible.push(link("answer", "Answer", Icon::Reply));
        }
        if view.can_ship.is_ok() {
            possible.push(link("ship", "Announce shipment", Icon::Truck));
        }
        if view.can_invoice.is_ok() {
            possible.push(link("invoice", "Send invoice", Icon::Invoice));
        }
        if view.can_answer.is_ok() && answered {
            possible.push(link("answer", "Change the answer", Icon::Pen));
        }
    }
    let accept = view.can_answer.is_ok() && !answered;
    // Goods that have left are billed before more is shipped only when nothing is left to ship.
    possible.truncate(2);
    ViewFn::from(move || {
        let buttons: Vec<_> = possible
            .iter()
            .enumerate()
            .rev()
            .map(|(place, (href, label, icon))| {
                let weight = if place == 0 { Weight::Main } else { Weight::Other };
                view! { <ButtonLink href=href.clone() label=*label icon=*icon weight=weight/> }
            })
            .collect();
        let accept = accept.then(|| accept_form(&id.to_string(), version));
        view! { {accept} {buttons} }
    })
}

/// The form that accepts an order as it was placed, in the version that is shown.
pub(super) fn accept_form(order: &str, version: i64) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/do/accept-order">
            <input type="hidden" name="order" value=order.to_owned()/>
            <input type="hidden" name="version" value=version.to_string()/>
            <input type="hidden" name="back" value=format!("/orders/{order}")/>
            <Button label="Accept all as ordered" icon=Icon::Check/>
        </form>
    }
}

/// An answer that has not left can be taken back.
fn undo(cx: &PageContext, view: &OrderView) -> Option<impl IntoView + use<>> {
    let answer = view.answer_document().filter(|answer| answer.status == DocumentStatus::Validated)?;
    if !parts::is_seller(view.order.kind, cx.reader.actor.audience) {
        return None;
    }
    let leaves = answer.release_at.unwrap_or(cx.now);
    let left = (leaves.micros() - cx.now.micros()) / 1_000_000;
    let title = if left > 0 {
        format!("Your answer leaves in {}, at {}", text::duration(left), text::time(leaves, &cx.zone))
    } else {
        "Your answer is about to leave".to_owned()
    };
    let document = answer.id.to_string();
    let back = format!("/orders/{}", view.order.id);
    Some(view! {
        <div class="just-said">
            <Notice role=Role::Info icon=Icon::Clock title=title>
                <p>"Until then nothing has left, and you can take it back."</p>
                <form class="actions" method="post" action="/do/take-back">
                    <input type="hidden" name="document" value=document/>
                    <input type="hidden" name="back" value=back/>
                    <Button label="Take back" icon=Icon::Undo size=Size::Small/>
                </form>
            </Notice>
        </div>
    })
}

fn facts(cx: &PageContext, view: &OrderView) -> impl IntoView + use<> {
    let order = &view.order;
    let date = |date: Option<crate::domain::time::Date>| date.map_or_else(|| "–".to_owned(), text::date_with_weekday);
    let total = Fact::new("Total as ordered", text::money(order.total, order.currency));
    let confirmed = lines::confirmed_total(&view.lines, order.currency);
    let differs = order.answered_at.is_some() && confirmed != order.total;
    let mut facts = vec![
        if differs { total.note(format!("{} confirmed", text::money(confirmed, order.currency))) } else { total },
        Fact::new("Ordered", order.ordered_on.map_or_else(|| "–".to_owned(), text::date)).note(revision_words(order.revision)),
        Fact::new("Wanted", date(order.requested_on)),
        Fact::new("Promised", date(order.promised_on)),
    ];
    facts.push(match (order.answered_at, order.answer_due_at) {
        (Some(at), _) => Fact::new("Answered", text::moment(at, &cx.zone)),
        (None, Some(due)) => {
            let due_in_words = text::due(due, cx.now, &cx.zone).text;
            Fact::new("Answer due", text::moment(due, &cx.zone)).note(due_in_words)
        }
        (None, None) => Fact::new("Answer", "No deadline"),
    });
    if !order.terms.is_empty() {
        facts.push(Fact::new("Terms", order.terms.clone()));
    }
    if let Some(party) = with_role(&order.parties, "ST") {
        let place = [party.city.clone(), party.country.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let name = party.name.clone().or_else(|| party.id.clone()).unwrap_or_else(|| "–".to_owned());
        let fact = Fact::new("Ship to", name);
        facts.push(if place.is_empty() { fact } else { fact.note(place) });
    }
    view! { <FactStrip facts=facts/> }
}

/// "Version 3 of the order" where it was changed since it came.
fn revision_words(revision: i64) -> String {
    if revision <= 1 { "as first placed".to_owned() } else { format!("revision {revision}") }
}

/// Delivered, read, answered: of the answer where there is one, else of the order itself.
fn acknowledgments(cx: &PageContext, view: &OrderView) -> impl IntoView + use<> {
    let answer = view.answer_document();
    let order = view.documents.iter().find(|document| Some(document.id) == view.order.document_id);
    let (delivered, read) = match (answer, order) {
        (Some(answer), _) => (delivered(cx, answer, "Answer delivered"), read(cx, answer, "Answer read")),
        (None, Some(order)) => (delivered(cx, order, "Order delivered"), read(cx, order, "Order read")),
        (None, None) => (
            Ack { title: "No document".to_owned(), note: "It was entered in the portal".to_owned(), ..Ack::default() },
            Ack { title: "Nothing to read".to_owned(), note: "The portal has it".to_owned(), ..Ack::default() },
        ),
    };
    view! { <AckStrip delivered=delivered read=read answered=answered(cx, view) live="acknowledgments"/> }
}

fn exact(at: Timestamp, cx: &PageContext) -> String {
    text::moment_exact(at, &cx.zone)
}

fn link(document: &Document) -> String {
    format!("/documents/{}", document.id)
}

/// The first acknowledgment: the other side's system has it.
fn delivered(cx: &PageContext, document: &Document, title: &str) -> Ack {
    let ack = |state, title: String, note: String| Ack { state, title, note, href: Some(link(document)) };
    let code = &document.code;
    if document.direction == Direction::In {
        return ack(AckState::Yes, title.to_owned(), format!("{} · {code}", exact(document.created_at, cx)));
    }
    match (document.delivered_at, document.status) {
        (Some(at), _) => ack(AckState::Yes, title.to_owned(), format!("{} · {code}", exact(at, cx))),
        (None, DocumentStatus::Validated) => {
            let later = document.release_at.filter(|at| *at > cx.now);
            let when = later.map_or_else(|| "It is about to leave".to_owned(), |at| format!("Leaves at {}", text::time(at, &cx.zone)));
            ack(AckState::Waiting, "Not sent yet".to_owned(), format!("{when} · {code}"))
        }
        (None, DocumentStatus::SendFailed) => {
            ack(AckState::No, "Sending failed".to_owned(), format!("It is tried again by itself · {code}"))
        }
        (None, status) => {
            let words = text::document_status(status);
            ack(AckState::Waiting, "Not delivered yet".to_owned(), format!("{words} {} · {code}", exact(document.updated_at, cx)))
        }
    }
}

/// The second acknowledgment: it was read, and with which verdict.
fn read(cx: &PageContext, document: &Document, title: &str) -> Ack {
    let state = documents::read(document.acknowledgment);
    let title = match document.acknowledgment {
        Some(Verdict::AcceptedWithErrors | Verdict::Partial) => format!("{title}, with errors"),
        Some(Verdict::Rejected) => "Could not be read".to_owned(),
        _ if state == AckState::Waiting => "Not read yet".to_owned(),
        _ => title.to_owned(),
    };
    let note = match document.acknowledged_at {
        Some(at) => format!("{} · functional acknowledgment (997)", exact(at, cx)),
        None => "A functional acknowledgment (997) will say so".to_owned(),
    };
    Ack { state, title, note, href: None }
}

/// The third: the order was answered, and how.
fn answered(cx: &PageContext, view: &OrderView) -> Ack {
    let order = &view.order;
    let seller = parts::is_seller(order.kind, cx.reader.actor.audience);
    let href = view.answer_document().map(link);
    match (order.answered_at, order.answer_due_at) {
        (Some(at), _) => {
            let (state, words) = match order.state {
                OrderState::Rejected => (AckState::No, "Answered: rejected"),
                OrderState::ConfirmedWithChanges => (AckState::Yes, "Answered with changes"),
                _ => (AckState::Yes, "Answered"),
            };
            Ack { state, title: words.to_owned(), note: exact(at, cx), href }
        }
        (None, due) => {
            let state = if seller { AckState::Attention } else { AckState::Waiting };
            let title = if seller { "Answer: waiting for you" } else { "Not answered yet" };
            let note = due.map_or_else(|| "No deadline".to_owned(), |due| text::due(due, cx.now, &cx.zone).text);
            Ack { state, title: title.to_owned(), note, href: None }
        }
    }
}
