//! Every component in every state, to look at: for the people of the company that runs the portal, whose pages it is.

use leptos::prelude::*;

use super::{PageContext, page};
use crate::{domain::access::Permission, service::Error, ui::Gallery};

/// The gallery of the component set.
#[component]
pub fn Page() -> impl IntoView {
    page(
        "Style guide",
        async |cx: PageContext| {
            if cx.reader.actor.may(Permission::Operate) { Ok(view! { <Gallery/> }) } else { Err(Error::NotFound) }
        },
    )
}
