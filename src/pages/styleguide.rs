//! Every component in every state, to look at.

use leptos::prelude::*;

use super::{PageContext, page};
use crate::ui::Gallery;

/// The gallery of the component set.
#[component]
pub fn Page() -> impl IntoView {
    page("Style guide", async |_: PageContext| Ok(view! { <Gallery/> }))
}
