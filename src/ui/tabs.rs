//! Tabs with counts. They are links; the current one is in the address.

use leptos::prelude::*;

/// How a count looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heat {
    /// A number.
    #[default]
    Calm,
    /// Work for the reader.
    Hot,
    /// Trouble.
    Bad,
}

/// One tab.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Address of the view.
    pub href: String,
    /// Words.
    pub label: String,
    /// Rows in it, written out: "1,408". None where it is not counted.
    pub count: Option<String>,
    /// How the count looks.
    pub heat: Heat,
    /// The one being shown.
    pub current: bool,
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What they divide: "Orders by what they need".
    #[prop(into)]
    label: String,
    tabs: Vec<Tab>,
) -> impl IntoView {
    let items: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            let class = match tab.heat {
                Heat::Calm => "count",
                Heat::Hot => "count hot",
                Heat::Bad => "count bad",
            };
            let count = tab.count.map(|count| view! { <span class=class>{count}</span> });
            view! { <a href=tab.href aria-current=tab.current.then_some("page")>{tab.label}" "{count}</a> }
        })
        .collect();
    view! { <nav class="tabs" aria-label=label>{items}</nav> }.into_any()
}
