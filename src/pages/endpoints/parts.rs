//! What every place that shows another system says the same way.

use crate::{
    pages::PageContext,
    service::{
        community::{self, connect},
        xconnector::{
            NAME, SYSTEM,
            endpoints::{CASES, TRADE},
        },
    },
    store::{
        bonds::Bond,
        endpoints::{Delivery, Endpoint},
    },
    text,
    ui::{ChipData, Icon, Role},
};

/// How a system is called.
pub fn system(code: &str) -> String {
    match code {
        SYSTEM => NAME.to_owned(),
        community::SYSTEM => connect::NAME.to_owned(),
        other => other.to_owned(),
    }
}

/// How an endpoint is doing, and since when.
pub fn state(endpoint: &Endpoint, cx: &PageContext) -> (ChipData, String) {
    let at = |at| text::moment_short(at, cx.now, &cx.zone);
    let last =
        endpoint.succeeded_at.map_or_else(|| "It has taken nothing yet".to_owned(), |since| format!("It last took an event {}", at(since)));
    if endpoint.system == community::SYSTEM && !connect::is_connected(endpoint) {
        let detail = "The configuration names none any more. What happens waits until it does".to_owned();
        return (ChipData::new(Role::Neutral, Icon::Dashed, "Not connected"), detail);
    }
    match (endpoint.is_active, &endpoint.failure, endpoint.succeeded_at) {
        (false, ..) => (ChipData::new(Role::Neutral, Icon::Pause, "Switched off"), "What happens waits until it is on again".to_owned()),
        (true, Some(_), _) => {
            let again = endpoint.retry_at.filter(|at| *at > cx.now).map(|next| format!(". Tried again {}", at(next)));
            (ChipData::new(Role::Danger, Icon::No, "Failing"), format!("{last}{}", again.unwrap_or_default()))
        }
        (true, None, Some(_)) => (ChipData::new(Role::Success, Icon::Check, "Working"), last),
        (true, None, None) => (ChipData::new(Role::Neutral, Icon::Dashed, "Not used yet"), "The next event goes there".to_owned()),
    }
}

/// What an endpoint is told of, in words.
pub fn told_of(endpoint: &Endpoint) -> &'static str {
    let types = &endpoint.types.0;
    if endpoint.system == community::SYSTEM {
        "cases and reference data"
    } else if types.is_empty() {
        "everything"
    } else if types == CASES {
        "cases"
    } else if types == TRADE {
        "documents, orders, shipments, invoices"
    } else {
        "some types of events"
    }
}

/// How well a case here and the same case there agree.
pub fn health(bond: &Bond) -> ChipData {
    match bond.health.as_str() {
        "in_step" => ChipData::new(Role::Success, Icon::Check, "In step"),
        "behind" => ChipData::new(Role::Warning, Icon::Clock, "Behind"),
        _ => ChipData::new(Role::Danger, Icon::No, "Broken"),
    }
}

/// Where an event is on its way.
pub fn delivery(delivery: &Delivery) -> ChipData {
    match delivery.state.as_str() {
        "delivered" => ChipData::new(Role::Success, Icon::Check, "Delivered"),
        "dead" => ChipData::new(Role::Danger, Icon::No, "Given up"),
        "left_out" => ChipData::new(Role::Neutral, Icon::Minus, "Left out"),
        _ if delivery.attempts > 0 => ChipData::new(Role::Warning, Icon::Again, "Tried again"),
        _ => ChipData::new(Role::Neutral, Icon::Clock, "Waiting"),
    }
}
