//! A notice in the page: what happened, then what to do.

use leptos::prelude::*;

use super::{chip::Role, icon::Icon};

/// What happened, and in the children what to do about it.
#[component]
pub fn Notice(
    #[prop(optional)] role: Role,
    #[prop(optional, into)] icon: Option<Icon>,
    #[prop(into)] title: String,
    /// Anchor, where something links to this notice.
    #[prop(optional, into)]
    id: Option<String>,
    /// Said aloud when the page arrives: for the outcome of what the reader just did.
    #[prop(optional)]
    announce: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (class, drawing) = match role {
        Role::Plain | Role::Neutral => ("notice", Icon::Note),
        Role::Info => ("notice info", Icon::Again),
        Role::Success => ("notice success", Icon::Okay),
        Role::Warning => ("notice warning", Icon::Alert),
        Role::Danger => ("notice danger", Icon::No),
    };
    // A refusal interrupts, a success waits for its turn.
    let said = announce.then_some(if class == "notice danger" { "alert" } else { "status" });
    view! {
        <div class=class id=id role=said>
            {icon.unwrap_or(drawing).svg()}
            <div><h3>{title}</h3>{children.map(|children| children())}</div>
        </div>
    }
    .into_any()
}
