//! Pages without the shell: the door for people who sign in, and a plain page for errors.

use leptos::prelude::*;

use super::{
    layout::{Brand, mark},
    words::Words,
};

/// The door: one column, one decision; beside it what a stranger may know.
#[component]
pub fn Door(
    brand: Brand,
    /// What stands beside the form.
    #[prop(optional, into)]
    side: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="door">
            <main class="door-form" id="main">
                <p class="brand door-brand">{mark()}<span>{brand.name}<small>{brand.tagline}</small></span></p>
                {children()}
            </main>
            <aside class="door-side" aria-label="About this portal">
                <Colonnade/>
                {side.map(|side| side.run())}
            </aside>
        </div>
    }
    .into_any()
}

/// The drawing beside the door.
#[component]
pub fn Colonnade() -> impl IntoView {
    view! {
        <svg class="colonnade" viewBox="0 0 320 120" aria-hidden="true">
            <path d="M12 44 160 8l148 36zM12 52h296M8 112h304M16 106h288"></path>
            <path d="M34 56v46M42 56v46M30 56h16M30 102h16M83 56v46M91 56v46M79 56h16M79 102h16M132 56v46M140 56v46M128 56h16M128 102h16M180 56v46M188 56v46M176 56h16M176 102h16M229 56v46M237 56v46M225 56h16M225 102h16M278 56v46M286 56v46M274 56h16M274 102h16"></path>
        </svg>
    }
    .into_any()
}

/// A page of its own, for errors and for people who are not signed in: what happened, what to do, a reference.
#[component]
pub fn PlainPage(
    brand: Brand,
    #[prop(into)] title: String,
    /// What happened, then what to do.
    #[prop(into)]
    text: String,
    /// To quote when asking: "Reference 01J…".
    #[prop(optional, into)]
    reference: Words,
    /// Links or buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Words(reference) = reference;
    view! {
        <main class="plain-page" id="main">
            <a class="brand" href="/">{mark()}<span>{brand.name}<small>{brand.tagline}</small></span></a>
            <h1>{title}</h1>
            <p>{text}</p>
            {reference.map(|reference| view! { <p class="small muted">"Reference "<code>{reference}</code></p> })}
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </main>
    }
    .into_any()
}
