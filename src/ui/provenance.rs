//! The small mark behind a value that says what set it: a document, segment and element, or a person.

use leptos::prelude::*;

use super::icon::Icon;

/// Where a value comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The value, for the label of the mark.
    pub value: String,
    /// What set it: "Line 10, quantity ordered. Set by the purchase order you received on Mon 23 Nov, 08:02."
    pub text: String,
    /// The segment that carries it, in three pieces: before the element, the element, after it.
    pub segment: Option<(String, String, String)>,
    /// Where the document opens at this segment.
    pub href: Option<String>,
}

/// The mark. Opens on press, without script.
#[component]
pub fn Provenance(origin: Origin) -> impl IntoView {
    let segment = origin.segment.map(|(before, element, after)| view! { <code>{before}<mark>{element}</mark>{after}</code> });
    let link = origin.href.map(|href| view! { <a href=href>"Open the document at this segment"</a> });
    view! {
        <details class="prov">
            <summary aria-label=format!("Where does {} come from?", origin.value)>{Icon::Source.svg()}</summary>
            <div>{origin.text}{segment}{link}</div>
        </details>
    }
    .into_any()
}
