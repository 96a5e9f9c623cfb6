//! "Ask first": a small form over the page, opened by a link to its id (`:target`), closed by a link away from it.

use leptos::prelude::*;

/// A question with its own form. Without script it opens by its address; Escape closes it where shortcuts run.
#[component]
pub fn Dialog(
    /// Id that links open: `href="#reject-all"`.
    #[prop(into)]
    id: String,
    /// The question: "Reject all 4 lines of 4500071832?"
    #[prop(into)]
    title: String,
    /// Where the form is sent.
    #[prop(into)]
    action: String,
    /// The way back: "Keep the order".
    #[prop(into)]
    keep: String,
    /// What closing goes to, normally the place the link was.
    #[prop(default = "#main".to_owned(), into)]
    back: String,
    /// The deciding button.
    #[prop(into)]
    decide: ViewFn,
    /// What happens then, and fields.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-t");
    view! {
        <div class="dialog" id=id role="dialog" aria-modal="true" aria-labelledby=heading>
            <form method="post" action=action>
                <h2 id=heading.clone()>{title}</h2>
                <div class="small stack-s">{children()}</div>
                <p class="actions"><a class="btn" href=back>{keep}</a>{decide.run()}</p>
            </form>
        </div>
    }
    .into_any()
}
