//! Home of a customer: what is on its way, when it comes, and what is late.

use leptos::prelude::*;

use super::parts::{cases, changes, exceptions, note, tile, urgent};
use crate::{
    domain::{
        order::{OrderKind, OrderState},
        shipment::ShipmentState,
    },
    pages::{
        PageContext,
        invoices::parts::{Group, sums},
    },
    service::home::Home,
    ui::{Icon, Role, Tile},
};

/// Everything a customer watches.
pub fn tiles(cx: &PageContext, home: &Home) -> Vec<Tile> {
    let today = cx.zone.date(cx.now);
    let orders = |states: &[OrderState]| home.orders(OrderKind::Sales, states);
    let unpaid = home.invoices(&[Group::Waiting.states(), Group::Questions.states(), Group::Accepted.states()].concat());
    let overdue = home.overdue(today).n;
    let to_leave = orders(&[OrderState::Confirmed, OrderState::PartShipped]);
    let late_to_ship = home.late_to_ship(OrderKind::Sales, today);
    let mut tiles = way_tiles(cx, home);
    tiles.extend([
        exceptions(cx, home),
        cases(cx, home),
        note(
            tile("Not confirmed yet", Icon::Inbox, "/orders?tab=to-answer", orders(&[OrderState::Received])),
            "being looked at",
            "every order is confirmed",
        ),
        note(
            urgent(
                tile("Not wholly shipped", Icon::Orders, "/orders?tab=to-ship", to_leave),
                Role::Danger,
                (late_to_ship > 0).then(|| format!("{late_to_ship} should have left")),
            ),
            if late_to_ship > 0 { "" } else { "confirmed, with dates" },
            "everything confirmed has left",
        ),
        note(
            urgent(
                tile("Invoices to pay", Icon::Invoice, "/invoices", unpaid.n),
                Role::Danger,
                (overdue > 0).then(|| format!("{overdue} past the due date")),
            ),
            sums(unpaid.open.values().copied()).unwrap_or_default(),
            "nothing is open",
        ),
    ]);
    tiles
}

/// What is on its way; also all that a carrier watches.
pub fn way_tiles(cx: &PageContext, home: &Home) -> Vec<Tile> {
    let today = cx.zone.date(cx.now);
    let (late, held) = (home.late(today), home.shipments(ShipmentState::Held));
    vec![
        note(
            tile("On their way", Icon::Truck, "/shipments?tab=in-transit", home.shipments(ShipmentState::InTransit)),
            "shipments in transit",
            "nothing is on its way",
        ),
        note(
            tile("Arriving in 7 days", Icon::Calendar, "/shipments?tab=week", home.within_a_week(today)),
            "expected from today on",
            "nothing is expected",
        ),
        note(
            urgent(tile("Late", Icon::Alert, "/shipments?tab=late", late), Role::Danger, (late > 0).then(|| "see why".to_owned())),
            "",
            "nothing is late",
        ),
        note(
            urgent(
                tile("Held on the way", Icon::Pause, "/shipments?tab=held", held),
                Role::Warning,
                (held > 0).then(|| "see why".to_owned()),
            ),
            "",
            "nothing stands still",
        ),
    ]
}

/// What changed.
pub fn below(cx: &PageContext, home: &Home) -> AnyView {
    changes(cx, home).into_any()
}
