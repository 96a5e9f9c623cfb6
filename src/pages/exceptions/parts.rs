//! What every place that shows an exception says the same way.

use crate::{
    domain::{
        exception::{Severity, State, SubjectKind},
        number::{Amount, Currency},
    },
    pages::PageContext,
    text,
    ui::{ChipData, Icon, Role},
};

/// How bad it is, or that it is over.
pub(super) fn chip(severity: Severity, state: State) -> ChipData {
    match (state, severity) {
        (State::Closed, _) => ChipData::new(Role::Plain, Icon::Okay, "Settled"),
        (State::Open, Severity::Info) => ChipData::new(Role::Info, Icon::Note, text::severity(severity)),
        (State::Open, Severity::Warning) => ChipData::new(Role::Warning, Icon::Alert, text::severity(severity)),
        (State::Open, Severity::Critical) => ChipData::new(Role::Danger, Icon::No, text::severity(severity)),
    }
}

/// Money at stake in words; nothing where none is.
pub(super) fn money(money: Amount, currency: Option<Currency>) -> Option<String> {
    currency.filter(|_| money != Amount::ZERO).map(|currency| text::money(money, currency))
}

/// "Order 4500071702".
pub(super) fn subject(kind: SubjectKind, number: &str) -> String {
    format!("{} {number}", text::exception_subject(kind))
}

/// Where the reader looks at something; nothing where there is no page for them.
pub(super) fn address(kind: SubjectKind, id: uuid::Uuid, cx: &PageContext) -> Option<String> {
    use crate::domain::access::{Audience, Permission};
    let is_hub = cx.reader.actor.may(Permission::Operate);
    match kind {
        SubjectKind::Order => Some(format!("/orders/{id}")),
        SubjectKind::Shipment => Some(format!("/shipments/{id}")),
        SubjectKind::Invoice => Some(format!("/invoices/{id}")),
        SubjectKind::Document => (is_hub || cx.reader.actor.audience == Audience::Supplier).then(|| format!("/documents/{id}")),
        SubjectKind::Partner => is_hub.then(|| format!("/partners/{id}")),
        SubjectKind::Transmission => None,
    }
}
