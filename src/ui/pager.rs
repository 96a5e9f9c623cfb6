//! Paging through a long list, by key: newer and older, no page numbers that move while one reads.

use leptos::prelude::*;

use super::icon::Icon;

/// Links to the neighbouring pages, and a line that says what is shown.
#[component]
pub fn Pager(
    /// Address of the page before this one.
    #[prop(optional, into)]
    previous: Option<String>,
    /// Address of the page after this one.
    #[prop(optional, into)]
    next: Option<String>,
    /// "27 of 64 orders".
    #[prop(into)]
    shown: String,
    /// Words on the link backwards.
    #[prop(default = "Newer".to_owned(), into)]
    previous_label: String,
    /// Words on the link forwards.
    #[prop(default = "Older".to_owned(), into)]
    next_label: String,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            <span>{shown}</span>
            <span class="actions push">
                {previous.map(|href| view! { <a class="btn" rel="prev" href=href>{Icon::Left.svg()}{previous_label}</a> })}
                {next.map(|href| view! { <a class="btn" rel="next" href=href>{next_label}{Icon::Right.svg()}</a> })}
            </span>
        </nav>
    }
    .into_any()
}
