//! What stands above a form that came back: how many things are wrong, each a link to its field.

use leptos::prelude::*;

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct FormError {
    /// Id of the field, without `#`; none where the whole form is meant.
    pub field: Option<String>,
    /// What is wrong and what to do: "Line 40: choose why you reject it".
    pub text: String,
}

/// The list of what is wrong. Draws nothing when nothing is. It takes the focus when the page arrives, so that a
/// keyboard starts there.
#[component]
pub fn ErrorSummary(
    /// "One thing to fix before this answer can leave".
    #[prop(into)]
    title: String,
    errors: Vec<FormError>,
) -> impl IntoView {
    (!errors.is_empty()).then(|| {
        let items: Vec<_> = errors
            .into_iter()
            .map(|error| {
                let what = match error.field {
                    Some(field) => view! { <a href=format!("#{field}")>{error.text}</a> }.into_any(),
                    None => error.text.into_any(),
                };
                view! { <li>{what}</li> }
            })
            .collect();
        view! {
            <div class="error-summary" role="alert" tabindex="-1" id="errors" autofocus="">
                <h2>{title}</h2>
                <ul>{items}</ul>
            </div>
        }
    })
}
