//! Live pages. The server says that something changed; the page asks for itself again and takes over what differs,
//! without losing focus, scroll or what someone is writing.
//!
//! A page marks what may change with `data-live="key"` (the key is unique on the page, and the element is always there,
//! even when it is empty). Children that come and go carry `data-key`. An element without such children is taken over
//! as a whole. `data-quiet` marks words that change by themselves, such as the time left: they are taken over without
//! the fade that greets news; `data-live-unless="textarea"` keeps an element as it is while that field of its form is not
//! empty; news fade in once (class `arrived`). Islands do not stand inside a live region.

use leptos::prelude::*;

/// Keeps the page up to date with the server-sent events at `address`.
#[cfg(feature = "ssr")]
#[component]
pub fn Live(
    /// Address of the event stream. What an event says does not matter, only that it came.
    #[prop(into)]
    address: String,
) -> impl IntoView {
    view! { <div data-live-address=address><LiveUpdates/></div> }
}

/// The part of [`Live`] that wakes in the browser.
#[island]
pub fn LiveUpdates() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    super::live_browser::start();
    view! { <span class="sr" role="status" data-live-status=""></span> }
}
