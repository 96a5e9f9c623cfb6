//! The three acknowledgments: delivered (tray), read (eye), answered (arrow). Always in this order, never merged.

use std::fmt::Write;

use leptos::{prelude::*, tachys::html::InertElement};

use super::icon::Icon;

/// How one acknowledgment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AckState {
    /// Not yet, and nobody here must act.
    #[default]
    Waiting,
    /// Not yet, and it is the reader's turn; or it came with errors.
    Attention,
    /// It came.
    Yes,
    /// It came as a refusal, or sending failed.
    No,
}

/// One acknowledgment in the long form.
#[derive(Clone, Debug, Default)]
pub struct Ack {
    /// How it stands.
    pub state: AckState,
    /// "Delivered to you".
    pub title: String,
    /// Time, document, deadline: "Mon 23 Nov, 08:02:14 CET · receipt signed (MDN)".
    pub note: String,
    /// The document behind it.
    pub href: Option<String>,
}

/// The long form: one strip of three, each with its time and document.
#[component]
pub fn AckStrip(
    delivered: Ack,
    read: Ack,
    answered: Ack,
    /// Key under which live updates replace it.
    #[prop(optional, into)]
    live: Option<String>,
) -> impl IntoView {
    let items: Vec<_> = [(delivered, Icon::Inbox, "delivered"), (read, Icon::Eye, "read"), (answered, Icon::Reply, "answered")]
        .into_iter()
        .map(|(ack, icon, key)| {
            let class = match ack.state {
                AckState::Waiting => "",
                AckState::Attention => "now",
                AckState::Yes => "yes",
                AckState::No => "no",
            };
            let note = match ack.href {
                Some(href) => view! { <small><a href=href>{ack.note}</a></small> }.into_any(),
                None => view! { <small>{ack.note}</small> }.into_any(),
            };
            view! { <li class=class data-key=key>{icon.svg()}<b>{ack.title}</b>{note}</li> }
        })
        .collect();
    view! { <ol class="panel ack-strip" aria-label="Three acknowledgments" data-live=live>{items}</ol> }.into_any()
}

/// The short form for lists: three small marks with one label.
pub fn acks(delivered: AckState, read: AckState, answered: AckState) -> InertElement {
    const MARKS: [&str; 3] = [
        r#"<path d="M2 9.5 4 3h8l2 6.5v3.5H2zM2 9.5h3.5c0 1.4 1.1 2.2 2.5 2.2s2.5-.8 2.5-2.2H14"/>"#,
        r#"<path d="M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.9"/>"#,
        r#"<path d="M6.5 3.5 2.5 7.5l4 4M2.7 7.5H9a4.5 4.5 0 0 1 4.5 4.5v1"/>"#,
    ];
    let states = [delivered, read, answered];
    let words = |index: usize| match (index, states[index]) {
        (0, AckState::Yes) => "delivered",
        (0, AckState::No) => "not delivered: sending failed",
        (0, _) => "not delivered yet",
        (1, AckState::Yes) => "read",
        (1, AckState::Attention) => "read, with errors",
        (1, AckState::No) => "read and refused",
        (1, AckState::Waiting) => "not read yet",
        (_, AckState::Yes) => "answered",
        (_, AckState::No) => "answered: refused",
        (_, _) => "not answered yet",
    };
    let label = format!("Receipts: {}, {}, {}", words(0), words(1), words(2));
    let mut html = format!(r#"<svg class="acks" viewBox="0 0 58 18" role="img" aria-label="{label}"><title>{label}</title>"#);
    for ((state, mark), left) in states.into_iter().zip(MARKS).zip([4, 24, 44]) {
        let class = match state {
            AckState::Waiting => "ack-todo",
            AckState::Attention => "ack-now",
            AckState::Yes => "ack-yes",
            AckState::No => "ack-no",
        };
        let middle = left + 5;
        // Writing to a String cannot fail.
        let _ = write!(
            html,
            r#"<circle class="{class}" cx="{middle}" cy="9" r="8.3"/>
<g class="ack-mark" transform="translate({left} 4) scale(.625)">{mark}</g>"#
        );
    }
    html.push_str("</svg>");
    InertElement::new(html)
}

/// The short form as a component.
#[component]
pub fn Acks(delivered: AckState, read: AckState, answered: AckState) -> impl IntoView {
    acks(delivered, read, answered)
}
