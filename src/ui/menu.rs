//! Menus: `details`, so that they open without script.

use leptos::prelude::*;

use super::{
    button::{Size, Weight, button_class},
    icon::Icon,
};

/// A button that opens a list of links and buttons (the children).
#[component]
pub fn Menu(
    #[prop(into)] label: String,
    #[prop(optional, into)] icon: Option<Icon>,
    #[prop(optional)] weight: Weight,
    #[prop(optional)] size: Size,
    /// Opens towards the end of the line; otherwise towards its start.
    #[prop(optional)]
    start: bool,
    /// A quiet line above the entries.
    #[prop(optional, into)]
    heading: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <details class=if start { "menu start" } else { "menu" }>
            <summary class=button_class(weight, size)>{icon.map(Icon::svg)}{label}{Icon::Caret.svg_with_class("caret")}</summary>
            <div class="menu-body">
                {heading.map(|heading| view! { <p class="heading">{heading}</p> })}
                {children()}
            </div>
        </details>
    }
    .into_any()
}

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
