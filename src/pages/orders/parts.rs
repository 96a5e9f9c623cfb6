//! What the order pages share: the chip of an order and the next step it asks of its reader.

use crate::{
    domain::{
        access::Audience,
        number::Quantity,
        order::{OrderKind, OrderState},
        time::{Date, Timestamp},
    },
    pages::documents::parts as documents,
    store::orders::{Order, OrderRow},
    text::{self, Due, Urgency, Zone},
    ui::{AckState, ChipData, Icon, Role},
};

/// What the next step of an order depends on; a row of the list and a header both have it.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Who buys.
    pub kind: OrderKind,
    /// State.
    pub state: OrderState,
    /// Until when the answer is expected.
    pub answer_due_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// Latest date promised, else earliest wanted.
    pub due_on: Option<Date>,
}

impl From<&OrderRow> for Standing {
    fn from(row: &OrderRow) -> Self {
        Self {
            kind: row.kind,
            state: row.state,
            answer_due_at: row.answer_due_at,
            answered_at: row.answered_at,
            due_on: row.promised_on.or(row.requested_on),
        }
    }
}

impl From<&Order> for Standing {
    fn from(order: &Order) -> Self {
        Self {
            kind: order.kind,
            state: order.state,
            answer_due_at: order.answer_due_at,
            answered_at: order.answered_at,
            due_on: order.promised_on.or(order.requested_on),
        }
    }
}

/// Who reads, and when.
#[derive(Clone, Debug)]
pub struct Sight<'a> {
    /// What the reader's organisation is to the hub.
    pub audience: Audience,
    /// When the page is made.
    pub now: Timestamp,
    /// The zone they read times in.
    pub zone: &'a Zone,
}

/// What comes next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextStep {
    /// "Answer the order".
    pub what: String,
    /// "Due today, 17:00 CET · 6 h 48 min left".
    pub detail: String,
    /// How much it presses; plain where it does not.
    pub role: Role,
}

impl NextStep {
    fn new(what: &str, detail: impl Into<String>) -> Self {
        Self { what: what.to_owned(), detail: detail.into(), role: Role::Plain }
    }

    fn due(what: &str, due: Option<Due>) -> Self {
        let Some(due) = due else { return Self::new(what, "") };
        let role = match due.urgency {
            Urgency::Calm => Role::Plain,
            Urgency::Soon => Role::Warning,
            Urgency::Late => Role::Danger,
        };
        Self { what: what.to_owned(), detail: due.text, role }
    }
}

/// Whether the reader is on the side that sells.
pub fn is_seller(kind: OrderKind, audience: Audience) -> bool {
    match kind {
        OrderKind::Purchase => audience == Audience::Supplier,
        OrderKind::Sales => audience == Audience::Hub,
    }
}

/// What an order asks of its reader next.
pub fn next_step(standing: &Standing, sight: &Sight<'_>) -> NextStep {
    let answer_due = standing.answer_due_at.map(|at| text::due(at, sight.now, sight.zone));
    let goods_due = standing.due_on.map(|on| text::due_on(on, sight.zone.date(sight.now)));
    let answered = standing.answered_at.map(|at| format!("Answered {}", text::moment_short(at, sight.now, sight.zone))).unwrap_or_default();
    match (is_seller(standing.kind, sight.audience), sight.audience, standing.state) {
        (true, Audience::Hub, OrderState::Received) => NextStep::due("Answer it in your own system", answer_due),
        (true, _, OrderState::Received) => NextStep::due("Answer the order", answer_due),
        (true, _, OrderState::ConfirmedWithChanges) => NextStep::new("Buyer decides on your changes", answered),
        (true, _, OrderState::Confirmed) => NextStep::due("Ship it", goods_due),
        (true, _, OrderState::OnHold) => NextStep::new("Answer what you hold", answered),
        (true, _, OrderState::PartShipped) => NextStep::due("Ship the rest", goods_due),
        (true, _, OrderState::Shipped) => NextStep::new("Invoice what left", "All of it is on its way"),
        (true, _, OrderState::Delivered) => NextStep::new("Invoice what left", "All of it has arrived"),
        (true, _, OrderState::Invoiced) => NextStep::new("Nothing to do", "Invoiced in full"),
        (true, _, OrderState::Rejected) => NextStep::new("Nothing to do", "You rejected it"),
        (_, _, OrderState::Cancelled) => NextStep::new("Nothing to do", "The buyer withdrew it"),
        (false, Audience::Hub, OrderState::Received) => NextStep::due("Supplier answers", answer_due),
        (false, Audience::Hub, OrderState::ConfirmedWithChanges) => {
            NextStep { role: Role::Warning, ..NextStep::new("Decide on the supplier's changes", answered) }
        }
        (false, Audience::Hub, OrderState::Rejected) => {
            NextStep { role: Role::Danger, ..NextStep::new("Find another source", "The supplier rejected it") }
        }
        (false, Audience::Hub, OrderState::OnHold) => NextStep::new("Supplier holds it", answered),
        (false, Audience::Hub, OrderState::Confirmed) => NextStep::due("Supplier ships", goods_due),
        (false, Audience::Hub, OrderState::PartShipped) => NextStep::due("Supplier ships the rest", goods_due),
        (false, _, OrderState::Received) => NextStep::new("Being checked", "You see here when it is confirmed"),
        (false, _, OrderState::Confirmed | OrderState::ConfirmedWithChanges) => NextStep::due("Being prepared", goods_due),
        (false, _, OrderState::OnHold) => NextStep::new("On hold", ""),
        (false, _, OrderState::PartShipped) => NextStep::due("Part of it is on the way", goods_due),
        (false, _, OrderState::Shipped) => NextStep::due("On the way", goods_due),
        (false, _, OrderState::Delivered) => NextStep::new("Arrived", ""),
        (false, _, OrderState::Invoiced) => NextStep::new("Nothing to do", "Invoiced in full"),
        (false, _, OrderState::Rejected) => NextStep::new("Nothing to do", "It will not be delivered"),
    }
}

/// Whether the reader's own work, or work they wait for, is past its time.
pub fn is_late(standing: &Standing, sight: &Sight<'_>) -> bool {
    let waits = matches!(standing.state, OrderState::Received | OrderState::Confirmed | OrderState::PartShipped | OrderState::OnHold);
    waits && next_step(standing, sight).role == Role::Danger
}

/// The chip of an order's state, in the reader's words.
pub fn state_chip(state: OrderState, kind: OrderKind, audience: Audience) -> ChipData {
    let seller = is_seller(kind, audience);
    let (role, icon) = match state {
        OrderState::Received if seller => (Role::Warning, Icon::Turn),
        OrderState::Received if kind == OrderKind::Sales => (Role::Info, Icon::Inbox),
        OrderState::Received => (Role::Neutral, Icon::Pause),
        OrderState::Confirmed => (Role::Neutral, Icon::Check),
        OrderState::ConfirmedWithChanges if seller => (Role::Info, Icon::Clock),
        OrderState::ConfirmedWithChanges => (Role::Warning, Icon::Swap),
        OrderState::OnHold => (Role::Neutral, Icon::Pause),
        OrderState::Rejected => (Role::Danger, Icon::No),
        OrderState::PartShipped => (Role::Info, Icon::Half),
        OrderState::Shipped => (Role::Plain, Icon::Truck),
        OrderState::Delivered | OrderState::Invoiced => (Role::Plain, Icon::Okay),
        OrderState::Cancelled => (Role::Plain, Icon::Minus),
    };
    ChipData::new(role, icon, text::order_state(state, kind, audience))
}

/// The chip of an order: "Late" where its time has passed, its state otherwise.
pub fn chip(standing: &Standing, sight: &Sight<'_>) -> ChipData {
    if is_late(standing, sight) {
        return ChipData::new(Role::Danger, Icon::Alert, "Late");
    }
    state_chip(standing.state, standing.kind, sight.audience)
}

/// The three acknowledgments of a row: its answer delivered, its answer read, and the order answered.
pub fn row_acks(row: &OrderRow, audience: Audience) -> [AckState; 3] {
    let delivered = if row.answer_delivered_at.is_some() { AckState::Yes } else { AckState::Waiting };
    let read = documents::read(row.answer_acknowledgment);
    let answered = match (row.answered_at, row.state) {
        (Some(_), OrderState::Rejected) => AckState::No,
        (Some(_), _) => AckState::Yes,
        (None, OrderState::Received) if is_seller(row.kind, audience) => AckState::Attention,
        (None, _) => AckState::Waiting,
    };
    [delivered, read, answered]
}

/// A quantity for a cell whose row names the unit; a dash where there is nothing.
pub fn cell(quantity: Quantity) -> String {
    if quantity.is_zero() { "–".to_owned() } else { text::decimal(quantity) }
}

/// A date for a cell; a dash where there is none.
pub fn date_cell(date: Option<Date>, today: Date) -> String {
    date.map_or_else(|| "–".to_owned(), |date| text::date_short(date, today))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(state: OrderState, kind: OrderKind) -> Standing {
        Standing { kind, state, answer_due_at: "2026-11-24T16:00:00Z".parse().ok(), answered_at: None, due_on: Date::new(2026, 12, 4) }
    }

    #[test]
    fn every_state_says_what_is_next_to_every_reader() {
        let zone = Zone::utc();
        for &state in OrderState::ALL {
            for &kind in OrderKind::ALL {
                for &audience in Audience::ALL {
                    let sight = Sight { audience, now: "2026-11-24T09:12:00Z".parse().unwrap(), zone: &zone };
                    let next = next_step(&standing(state, kind), &sight);
                    assert!(!next.what.is_empty(), "{state} {kind} {audience}");
                }
            }
        }
    }

    #[test]
    fn an_order_is_late_when_its_answer_is() {
        let zone = Zone::utc();
        let sight = |now: &str| Sight { audience: Audience::Supplier, now: now.parse().unwrap(), zone: &zone };
        let open = standing(OrderState::Received, OrderKind::Purchase);
        assert_eq!(next_step(&open, &sight("2026-11-24T09:12:00Z")).detail, "Due today, 16:00 UTC · 6 h 48 min left");
        assert_eq!(chip(&open, &sight("2026-11-24T09:12:00Z")).word, "To answer");
        assert_eq!(chip(&open, &sight("2026-11-25T09:12:00Z")).word, "Late");
        let shipped = standing(OrderState::Shipped, OrderKind::Purchase);
        assert_eq!(chip(&shipped, &sight("2027-01-01T00:00:00Z")).word, "Shipped");
    }
}
