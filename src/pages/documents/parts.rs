//! What the list and the page of a document share: chip, acknowledgments, kind in words.

use leptos::prelude::*;

use crate::{
    domain::{
        document::{Direction, DocumentKind, DocumentStatus, Verdict},
        time::Timestamp,
    },
    service::exchange::correction::Correction,
    text,
    ui::{AckState, ButtonLink, ChipData, Icon, Role, Weight},
};

/// The chip of a document's status. An acknowledgment that arrived is finished: nothing follows it.
pub fn chip(kind: DocumentKind, status: DocumentStatus) -> ChipData {
    let chip = of_status(status);
    let is_finished = !is_acknowledged(kind) && matches!(status, DocumentStatus::New | DocumentStatus::Delivered);
    if is_finished { ChipData { role: Role::Plain, ..chip } } else { chip }
}

/// The chip of a step in a document's life.
pub(super) fn of_status(status: DocumentStatus) -> ChipData {
    use DocumentStatus as Status;
    let (role, icon) = match status {
        Status::New | Status::Delivered => (Role::Info, Icon::Inbox),
        Status::Read => (Role::Plain, Icon::Eye),
        Status::Downloaded => (Role::Plain, Icon::Down),
        Status::TurnedAround => (Role::Plain, Icon::Reply),
        Status::Refused | Status::SendFailed | Status::Rejected => (Role::Danger, Icon::No),
        Status::Validated => (Role::Neutral, Icon::Check),
        Status::Submitted => (Role::Info, Icon::Clock),
        Status::Sent => (Role::Info, Icon::Send),
        Status::Acknowledged => (Role::Plain, Icon::Okay),
        Status::AcknowledgedWithErrors => (Role::Warning, Icon::Alert),
        Status::Withdrawn => (Role::Plain, Icon::Undo),
    };
    ChipData::new(role, icon, text::document_status(status))
}

/// "Purchase order 4500071844"; an acknowledgment is named by what it answers.
pub fn title(kind: DocumentKind, number: &str) -> String {
    let word = text::document_kind(kind);
    match kind {
        DocumentKind::FunctionalAcknowledgment => format!("{word} of group {number}"),
        DocumentKind::InterchangeAcknowledgment => format!("{word} of {number}"),
        _ if number.is_empty() => word.to_owned(),
        _ => format!("{word} {number}"),
    }
}

/// Whether acknowledgments of it are waited for: an acknowledgment is never acknowledged itself.
pub fn is_acknowledged(kind: DocumentKind) -> bool {
    !matches!(kind, DocumentKind::FunctionalAcknowledgment | DocumentKind::InterchangeAcknowledgment)
}

/// What the three acknowledgments are told from.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Towards us or away.
    pub direction: Direction,
    /// Where it stands.
    pub status: DocumentStatus,
    /// First acknowledgment.
    pub delivered_at: Option<Timestamp>,
    /// Second: its verdict.
    pub verdict: Option<Verdict>,
    /// Third: its answer.
    pub answer: Option<&'a str>,
}

/// Delivered, read, answered.
pub fn acknowledgments(facts: Facts<'_>) -> [AckState; 3] {
    let delivered = match facts.status {
        DocumentStatus::SendFailed => AckState::No,
        _ if facts.delivered_at.is_some() || facts.direction == Direction::In => AckState::Yes,
        _ => AckState::Waiting,
    };
    let answered = match facts.answer {
        Some("rejected") => AckState::No,
        Some("changed") => AckState::Attention,
        Some(_) => AckState::Yes,
        None => AckState::Waiting,
    };
    [delivered, read(facts.verdict), answered]
}

/// The second acknowledgment by its verdict.
pub fn read(verdict: Option<Verdict>) -> AckState {
    match verdict {
        Some(Verdict::Accepted) => AckState::Yes,
        Some(Verdict::AcceptedWithErrors | Verdict::Partial) => AckState::Attention,
        Some(Verdict::Rejected) => AckState::No,
        None => AckState::Waiting,
    }
}

/// The button that leads there, the main one of its page.
pub fn correct(found: Option<Correction>) -> Option<impl IntoView + use<>> {
    found.map(|found| view! { <ButtonLink href=correction(found) label="Correct and send" icon=Icon::Send weight=Weight::Main/> })
}

/// Where a document is corrected and sent anew.
pub fn correction(correction: Correction) -> String {
    match correction {
        Correction::Answer(order) => format!("/orders/{order}/answer"),
        Correction::ShipNotice(order, shipment) => format!("/orders/{order}/ship?corrects={shipment}"),
        Correction::Invoice(order, invoice) => format!("/orders/{order}/invoice?corrects={invoice}"),
    }
}
