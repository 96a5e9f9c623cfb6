//! The two sides of a case: what is written in it, and what it holds.

use leptos::prelude::*;

use crate::{
    service::cases::{files::Held, view::CaseView},
    text,
    ui::{Heat, Tab, Tabs},
};

/// Which side is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is written.
    Conversation,
    /// Files and documents.
    Files,
}

/// The tabs with their counts.
pub fn tabs(view: &CaseView, held: Held, current: Side) -> impl IntoView + use<> {
    let id = view.case.id;
    let tab = |href: String, label: &str, count: u64, side| Tab {
        href,
        label: label.to_owned(),
        count: Some(text::number(count)),
        heat: Heat::Calm,
        current: side == current,
    };
    let tabs = vec![
        tab(format!("/cases/{id}"), "Conversation", u64::try_from(view.messages.len()).unwrap_or_default(), Side::Conversation),
        tab(format!("/cases/{id}/attachments"), "Attachments", held.files + held.documents, Side::Files),
    ];
    view! { <div data-live="tabs"><Tabs label="What the case holds" tabs=tabs/></div> }
}
