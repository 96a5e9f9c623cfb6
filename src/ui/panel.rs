//! Panels and the grids that arrange them, and the head of a page.

use leptos::prelude::*;

use super::chip::ChipData;

/// What stands at the right of a panel's head or foot.
pub type Slot = ViewFn;

/// A panel with a heading.
#[component]
pub fn Panel(
    #[prop(into)] title: String,
    /// Id of the panel; the heading gets `{id}-t`. Unique on the page.
    #[prop(into)]
    id: String,
    /// A quiet line beside the heading.
    #[prop(optional, into)]
    note: Option<String>,
    /// Chip beside the heading.
    #[prop(optional, into)]
    chip: Option<ChipData>,
    /// At the right of the head: a link or a small button.
    #[prop(optional, into)]
    side: Option<Slot>,
    /// Below the body.
    #[prop(optional, into)]
    foot: Option<Slot>,
    /// The children bring their own padding: a table, a task list.
    #[prop(optional)]
    flush: bool,
    /// Key under which live updates take over the body; not where it is flush.
    #[prop(optional, into)]
    live: Option<String>,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-t");
    let body = if flush { children() } else { view! { <div class="panel-body" data-live=live>{children()}</div> }.into_any() };
    view! {
        <section class="panel" id=id aria-labelledby=heading>
            <div class="panel-head">
                <h2 id=heading.clone()>{title}</h2>
                {chip.map(ChipData::view)}
                {note.map(|note| view! { <p>{note}</p> })}
                {side.map(|side| view! { <div class="push panel-side">{side.run()}</div> })}
            </div>
            {body}
            {foot.map(|foot| view! { <div class="panel-foot">{foot.run()}</div> })}
        </section>
    }
    .into_any()
}

/// Work at the left, history and help at the right; one column where there is no room.
#[component]
pub fn Columns(
    children: Children,
    /// The narrow column.
    #[prop(into)]
    side: Slot,
) -> impl IntoView {
    view! { <div class="columns"><div class="stack">{children()}</div><div class="stack">{side.run()}</div></div> }.into_any()
}

/// Where the page stands: each step a link, the last one plain.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Address; none for the page itself.
    pub href: Option<String>,
    /// Words.
    pub label: String,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn link(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: Some(href.into()), label: label.into() }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { href: None, label: label.into() }
    }
}

/// The head of a page: where you are, key, chip, "as of", one sentence, actions. All but the actions is taken over by
/// live updates.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] chip: Option<ChipData>,
    /// "As of 10:12 CET".
    #[prop(optional, into)]
    as_of: Option<String>,
    #[prop(optional)] crumbs: Vec<Crumb>,
    /// Buttons at the right; the main action last.
    #[prop(optional, into)]
    actions: Option<Slot>,
    /// One sentence that says the next step: words and links only, it stands in a paragraph.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let crumbs = (!crumbs.is_empty()).then(|| {
        let items: Vec<_> = crumbs
            .into_iter()
            .map(|crumb| match crumb.href {
                Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
                None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
            })
            .collect();
        view! { <nav aria-label="You are here"><ol class="crumbs">{items}</ol></nav> }
    });
    view! {
        {crumbs}
        <header class="page-head">
            <div data-live="page-head">
                <div class="title">
                    <h1>{title}</h1>
                    {chip.map(ChipData::view)}
                    {as_of.map(|as_of| view! { <span class="as-of">{as_of}</span> })}
                </div>
                {children.map(|children| view! { <p>{children()}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="actions">{actions.run()}</div> })}
        </header>
    }
    .into_any()
}
