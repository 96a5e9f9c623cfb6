//! The chip: a state as icon and word. Filled is open work or trouble; plain is finished, so that open work stands out.

use leptos::prelude::*;

use super::icon::Icon;

/// What a state asks of the reader. Shared by chips, notices, timelines and tiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Finished; nothing is filled.
    #[default]
    Plain,
    /// Settled or waiting.
    Neutral,
    /// Moving, nothing to do.
    Info,
    /// Went well, and it is worth saying.
    Success,
    /// Your turn, or soon late.
    Warning,
    /// Refused, late, lost.
    Danger,
}

impl Role {
    /// The class that colours a chip, a notice or a timeline entry.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    /// The class that colours words in running text; empty where the words keep their colour.
    pub const fn text_class(self) -> &'static str {
        match self {
            Self::Success => "success-text",
            Self::Warning => "warning-text",
            Self::Danger => "danger-text",
            Self::Plain | Self::Neutral | Self::Info => "",
        }
    }
}

/// A chip as plain data, for tables and headers that take one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipData {
    /// What it asks of the reader.
    pub role: Role,
    /// The drawing before the word.
    pub icon: Icon,
    /// The word, an adjective: "Confirmed".
    pub word: String,
}

impl ChipData {
    /// A chip from its parts.
    pub fn new(role: Role, icon: Icon, word: impl Into<String>) -> Self {
        Self { role, icon, word: word.into() }
    }

    /// Drawn.
    pub fn view(self) -> impl IntoView {
        let class = match self.role {
            Role::Plain => "chip plain",
            Role::Neutral => "chip neutral",
            Role::Info => "chip info",
            Role::Success => "chip success",
            Role::Warning => "chip warning",
            Role::Danger => "chip danger",
        };
        view! { <span class=class>{self.icon.svg()}{self.word}</span> }
    }
}

/// A state as icon and word.
#[component]
pub fn Chip(role: Role, icon: Icon, #[prop(into)] word: String) -> impl IntoView {
    ChipData { role, icon, word }.view()
}
