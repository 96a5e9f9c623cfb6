//! Facts: a key and its value, as a list in a panel or as a strip under the head of a page.

use leptos::prelude::*;

/// One fact whose value is plain text. Where a value holds links or marks, write `<dt>` and `<dd>` as children.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub value: String,
    /// A quiet line below the value.
    pub note: Option<String>,
}

impl Fact {
    /// A fact without a note.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), note: None }
    }

    /// With a quiet line below the value.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Key and value in two columns. Children are `dt` and `dd` pairs and come after the plain facts.
#[component]
pub fn Facts(#[prop(optional)] facts: Vec<Fact>, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let items: Vec<_> = facts
        .into_iter()
        .map(|fact| {
            let note = fact.note.map(|note| view! { <span class="hint">{note}</span> });
            view! { <dt>{fact.label}</dt><dd>{fact.value}{note}</dd> }
        })
        .collect();
    view! { <dl class="facts">{items}{children.map(|children| children())}</dl> }.into_any()
}

/// The key facts of a page, side by side. Children are `<div><dt/><dd/></div>` and come after the plain facts.
#[component]
pub fn FactStrip(
    #[prop(optional)] facts: Vec<Fact>,
    /// Key under which live updates take it over.
    #[prop(optional, into)]
    live: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let items: Vec<_> = facts
        .into_iter()
        .map(|fact| {
            let note = fact.note.map(|note| view! { <small>{note}</small> });
            view! { <div><dt>{fact.label}</dt><dd>{fact.value}{note}</dd></div> }
        })
        .collect();
    view! { <dl class="panel fact-strip" data-live=live>{items}{children.map(|children| children())}</dl> }.into_any()
}
