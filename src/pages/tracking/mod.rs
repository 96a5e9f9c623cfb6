//! What a customer sees at the address of an order: how far it is, why something is late and what comes next, each
//! shipment, and what happened. It says no more than crosses the hub: no supplier's name, no purchase order number, no
//! price paid to a supplier, none of their documents.

mod lines;
mod shipment;
mod stages;
#[cfg(test)]
mod tests;
mod timeline;

use leptos::prelude::*;

use crate::{
    domain::{
        order::{Line, OrderState},
        shipment::is_late,
        time::Date,
    },
    islands::Live,
    pages::{
        PageContext, brand, cases, exceptions,
        orders::parts::state_chip,
        shipments::{carrier::tracking_page, parts},
    },
    service::{exchange::parties, orders::view::OrderView},
    store::{events::Event, exceptions::ExceptionRow, references::CaseAbout, shipments::Shipment},
    text,
    ui::{ChipData, Columns, Crumb, Fact, FactStrip, Icon, Notice, PageHead, Role, Steps},
};

/// What is late about an order on a day.
struct Late<'a> {
    /// Shipments whose expected day has passed.
    shipments: Vec<&'a Shipment>,
    /// Lines whose promised day has passed and of which something has not left.
    lines: Vec<&'a Line>,
}

impl<'a> Late<'a> {
    fn of(view: &'a OrderView, today: Date) -> Self {
        let late_line = |line: &&Line| line.to_ship().is_positive() && line.promised_on.is_some_and(|promised| promised < today);
        Self {
            shipments: shipments(view).filter(|shipment| is_late(shipment.state, shipment.estimated_on, today)).collect(),
            lines: view.lines.iter().filter(late_line).collect(),
        }
    }

    fn any(&self) -> bool {
        !self.shipments.is_empty() || !self.lines.is_empty()
    }
}

fn shipments(view: &OrderView) -> impl Iterator<Item = &Shipment> {
    view.shipments.iter().map(|(shipment, _)| shipment)
}

/// The day by which everything that is still to come is expected.
fn expected_on(view: &OrderView) -> Option<Date> {
    let on_the_way = shipments(view).filter(|shipment| shipment.state.is_open()).filter_map(|shipment| shipment.estimated_on);
    let to_leave = view.lines.iter().filter(|line| line.to_ship().is_positive()).filter_map(|line| line.promised_on);
    on_the_way.chain(to_leave).max()
}

/// The tracking page of an order.
pub fn order(cx: &PageContext, view: &OrderView, standing: &[ExceptionRow], about: &[CaseAbout]) -> AnyView {
    let today = cx.zone.date(cx.now);
    let late = Late::of(view, today);
    // What is still to come stands first; the numbers stay those of the order in which shipments were announced.
    let mut numbered: Vec<_> = (1..).zip(&view.shipments).collect();
    numbered.sort_by_key(|(_, (shipment, _))| !shipment.state.is_open());
    let cards: Vec<_> = numbered.into_iter().map(|(number, (shipment, items))| shipment::card(cx, view, number, shipment, items)).collect();
    let entries = timeline::entries(cx, view, today);
    let (why, lines) = (why(cx, view, &late, today), lines::panel(cx, view, today));
    let reader = cx.clone();
    let id = view.order.id;
    let about = about.to_vec();
    let side = move || {
        (
            parts::timeline("happened", "What happened", entries.clone(), &reader),
            cases::about::cases(&about, &reader),
            cases::parts::ask("order", id.to_string()),
        )
    };
    view! {
        {parts::refusal("confirm-receipt")}
        <div data-live="head">{head(cx, view, &late, today)}</div>
        <section class="panel panel-body" aria-label="Where the order is" data-live="stages">{where_it_is(cx, view, today)}</section>
        <div class="gap-top" data-live="facts"><FactStrip facts=facts(cx, view, today)/></div>
        <div data-live="exceptions">{exceptions::parts::standing(standing, cx)}</div>
        <div data-live="why">{why}</div>
        <Columns side=side>
            <div class="stack" data-live="shipments">{cards}<div data-key="lines">{lines}</div></div>
        </Columns>
        <Live address="/live"/>
    }
    .into_any()
}

fn chip(cx: &PageContext, view: &OrderView, is_late: bool) -> ChipData {
    let order = &view.order;
    if is_late { ChipData::new(Role::Danger, Icon::Alert, "Late") } else { state_chip(order.state, order.kind, cx.reader.actor.audience) }
}

fn head(cx: &PageContext, view: &OrderView, late: &Late<'_>, today: Date) -> impl IntoView + use<> {
    let sentence = sentence(view, late, today);
    view! {
        <PageHead
            title=format!("Order {}", view.order.number)
            chip=chip(cx, view, late.any())
            as_of=format!("{}, this page moves by itself", text::as_of(cx.now, &cx.zone))
            crumbs=vec![Crumb::link("/orders", "Orders"), Crumb::here(view.order.number.clone())]
        >
            {sentence}
        </PageHead>
    }
}

/// One sentence: how far it is and what comes next.
fn sentence(view: &OrderView, late: &Late<'_>, today: Date) -> String {
    let all = view.shipments.len();
    let arrived = shipments(view).filter(|shipment| !shipment.state.is_open()).count();
    let expected = expected_on(view).map(|day| (day, text::date_with_weekday(day)));
    match (view.order.state, expected) {
        (OrderState::Received, _) => {
            "It was received and is being looked at. The promised dates appear here when they are confirmed.".to_owned()
        }
        (OrderState::Rejected, _) => "It will not be delivered. The reason stands at each line.".to_owned(),
        (OrderState::Cancelled, _) => "It was cancelled.".to_owned(),
        (OrderState::Delivered | OrderState::Invoiced, _) if arrived == all => "Everything that was confirmed has arrived.".to_owned(),
        (_, _) if !late.shipments.is_empty() => {
            let n = text::count(late.shipments.len().try_into().unwrap_or_default(), "shipment", "shipments");
            format!("{n} of {all} should have been here by now. Below you read why, and what comes next.")
        }
        (_, _) if !late.lines.is_empty() => "Some of it should have left by now. Below you read what is missing.".to_owned(),
        (_, Some((day, words))) if all == 0 => {
            let when = if day == today { "today".to_owned() } else { format!("for {words}") };
            format!("It is confirmed and promised {when}. Nothing has left yet.")
        }
        (_, Some((_, words))) if arrived == 0 => format!("The goods are on their way. The last of them are expected {words}."),
        (_, Some((_, words))) => format!("{arrived} of {all} shipments arrived. The rest is expected {words}."),
        (_, None) if all == 0 => "It is confirmed. No date is promised yet.".to_owned(),
        (_, None) => format!("{arrived} of {all} shipments arrived."),
    }
}

fn where_it_is(cx: &PageContext, view: &OrderView, today: Date) -> AnyView {
    match view.order.state {
        OrderState::Rejected | OrderState::Cancelled => {
            view! { <p class="small muted">"Nothing is on its way for this order."</p> }.into_any()
        }
        _ => view! { <Steps steps=stages::steps(cx, view, today)/> }.into_any(),
    }
}

fn facts(cx: &PageContext, view: &OrderView, today: Date) -> Vec<Fact> {
    let order = &view.order;
    let mut facts = vec![Fact::new("Ordered", text::date(order.ordered_on.unwrap_or_else(|| cx.zone.date(order.created_at))))];
    if let Some(day) = order.requested_on {
        facts.push(Fact::new("You asked for", text::date(day)));
    }
    match expected_on(view) {
        Some(day) if day < today => {
            let days = text::count(today.days_since(day).unsigned_abs().into(), "day", "days");
            facts.push(Fact::new("Was expected", text::date(day)).note(format!("{days} ago, not all of it is here")));
        }
        Some(day) => {
            let after = order.requested_on.map(|asked| day.days_since(asked)).filter(|days| *days > 0);
            let note = after.map(|days| format!("{} after the day you asked for", text::count(days.unsigned_abs().into(), "day", "days")));
            facts.push(Fact { label: "Expected".to_owned(), value: text::date(day), note });
        }
        None if order.state == OrderState::Received => facts.push(Fact::new("Expected", "Not promised yet")),
        None => {}
    }
    if let Some(party) = parties::with_role(&order.parties, "ST") {
        let place = [party.city.clone(), party.country.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let name = party.name.clone().unwrap_or_else(|| place.clone());
        if !name.is_empty() {
            facts.push(Fact { label: "To".to_owned(), note: Some(place).filter(|place| !place.is_empty() && *place != name), value: name });
        }
    }
    facts.push(Fact::new("Total", text::money(order.total, order.currency)));
    facts
}

/// Why it is late and what comes next; nothing where nothing is late.
fn why(cx: &PageContext, view: &OrderView, late: &Late<'_>, today: Date) -> Option<impl IntoView + use<>> {
    if !late.any() {
        return None;
    }
    let reasons =
        late.shipments.iter().map(|shipment| overdue(cx, view, shipment, today)).chain(late.lines.iter().map(|line| not_left(line)));
    let reasons: Vec<_> = reasons.map(|reason| view! { <p>{reason}</p> }).collect();
    let steps: Vec<_> = (1..)
        .zip(next_steps(late, &brand().name))
        .map(|(number, (lead, rest))| view! { <li><span class="mark">{number}</span><span><b>{lead}</b>" "{rest}</span></li> })
        .collect();
    Some(view! {
        <div class="just-said">
            <Notice role=Role::Warning title="Why it is late">
                {reasons}
                <h3 class="gap-top">"What comes next"</h3>
                <ol class="guide">{steps}</ol>
            </Notice>
        </div>
    })
}

/// A shipment that should be here: since when, and what was heard of it last.
fn overdue(cx: &PageContext, view: &OrderView, shipment: &Shipment, today: Date) -> String {
    let carrier = shipment.carrier_name.clone().unwrap_or_else(|| "the carrier".to_owned());
    let expected = shipment.estimated_on.map(text::date_with_weekday).unwrap_or_default();
    let days = shipment.estimated_on.map_or(0, |on| today.days_since(on)).unsigned_abs();
    let days = text::count(days.into(), "day", "days");
    let reports = |event: &&Event| event.shipment_id == Some(shipment.id) && event.kind == "shipment_reported";
    let last = match view.events.iter().rev().find(reports) {
        Some(event) => format!("The last report, {}: {}.", parts::moment(event.at, cx), parts::report(event)),
        None => "The carrier has reported nothing since it left.".to_owned(),
    };
    format!("What {carrier} carries was expected {expected}, {days} ago, and nobody has said that it arrived. {last}")
}

/// A line that should have left.
fn not_left(line: &Line) -> String {
    let promised = line.promised_on.map(text::date_with_weekday).unwrap_or_default();
    format!(
        "Line {}: {} were promised for {promised}, and no shipment is announced for them.",
        line.line,
        text::quantity(line.to_ship(), &line.unit)
    )
}

/// What a customer can do and expect when something is late.
fn next_steps(late: &Late<'_>, hub: &str) -> Vec<(&'static str, String)> {
    let mut steps = Vec::new();
    let has_page = |shipment: &&Shipment| {
        let number = shipment.tracking.as_deref().unwrap_or_default();
        tracking_page(shipment.carrier_scac.as_deref(), shipment.carrier_name.as_deref(), number).is_some()
    };
    if late.shipments.iter().copied().any(|shipment| has_page(&shipment)) {
        steps.push((
            "Look at the carrier's own page.",
            "The tracking number at the shipment leads there; it is often ahead of what the carrier reports to us.".to_owned(),
        ));
    }
    if !late.shipments.is_empty() {
        steps.push(("It is here after all?", "Press “I received it” at the shipment. The shipper sees it at once.".to_owned()));
    }
    steps.push(("A new date appears here by itself", "as soon as the shipper or the carrier reports one.".to_owned()));
    steps.push(("You cannot wait?", format!("Ask {hub} and name this order's number; they see what you see.")));
    steps
}
