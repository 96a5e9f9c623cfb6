//! Entries of menus. A menu is a `details`, so that it opens without script.

use leptos::prelude::*;

use super::icon::Icon;

/// An entry of a menu.
#[component]
pub fn MenuLink(
    #[prop(into)] href: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] icon: Option<Icon>,
    /// The one in use.
    #[prop(optional)]
    current: bool,
    #[prop(optional)] download: bool,
) -> impl IntoView {
    view! {
        <a href=href aria-current=current.then_some("true") download=download.then_some("")>
            {icon.map(Icon::svg)}
            {label}
        </a>
    }
    .into_any()
}
