//! A place with nothing in it: says why, and what to do.

use leptos::prelude::*;

use super::icon::Icon;

/// Nothing here, and why.
#[component]
pub fn Empty(
    icon: Icon,
    #[prop(into)] title: String,
    /// Why, or what will come.
    #[prop(optional, into)]
    text: Option<String>,
    /// A link or button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.svg()}
            <h3>{title}</h3>
            {text.map(|text| view! { <p>{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
