//! Buttons and links that look like them. One filled main action on a page; a blocked action stays in place and lists
//! what is missing and who must act.

use leptos::prelude::*;

use super::icon::Icon;

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// The one main action of the page or form.
    Main,
    /// Any other action.
    #[default]
    Other,
    /// An action beside the work: no edge.
    Quiet,
    /// It destroys something.
    Destructive,
    /// Looks like a link, is a button.
    Link,
}

/// How tall a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// As tall as a field.
    #[default]
    Normal,
    /// For places inside a panel.
    Small,
    /// As wide as its form, for sign-in.
    Large,
}

/// The classes of a button. For the few places that write their own element.
pub const fn button_class(weight: Weight, size: Size) -> &'static str {
    match (weight, size) {
        (Weight::Link, _) => "link",
        (Weight::Main, Size::Normal) => "btn main-action",
        (Weight::Main, Size::Small) => "btn main-action small",
        (Weight::Main, Size::Large) => "btn main-action large",
        (Weight::Other, Size::Normal) => "btn",
        (Weight::Other, Size::Small) => "btn small",
        (Weight::Other, Size::Large) => "btn large",
        (Weight::Quiet, Size::Normal) => "btn quiet",
        (Weight::Quiet, Size::Small) => "btn quiet small",
        (Weight::Quiet, Size::Large) => "btn quiet large",
        (Weight::Destructive, Size::Normal) => "btn destructive",
        (Weight::Destructive, Size::Small) => "btn destructive small",
        (Weight::Destructive, Size::Large) => "btn destructive large",
    }
}

/// A button that sends the form it is in, or the form named by `form`.
#[component]
pub fn Button(
    /// What it does: "Accept as ordered".
    #[prop(into)]
    label: String,
    #[prop(optional)] weight: Weight,
    #[prop(optional)] size: Size,
    #[prop(optional, into)] icon: Option<Icon>,
    /// Field name sent with the form, where one form has several actions.
    #[prop(optional, into)]
    name: Option<String>,
    /// Value sent under that name.
    #[prop(optional, into)]
    value: Option<String>,
    /// Id of a form elsewhere on the page.
    #[prop(optional, into)]
    form: Option<String>,
    /// Address to send to instead of the form's own.
    #[prop(optional, into)]
    formaction: Option<String>,
    /// Words for assistive technology where several buttons say the same: "Remove line 20".
    #[prop(optional, into)]
    aria_label: Option<String>,
    /// Send without the browser's own checks, for drafts.
    #[prop(optional)]
    skip_checks: bool,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=button_class(weight, size)
            name=name
            value=value
            form=form
            formaction=formaction
            formnovalidate=skip_checks
            aria-label=aria_label
        >
            {icon.map(Icon::svg)}
            {label}
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(into)] label: String,
    #[prop(optional)] weight: Weight,
    #[prop(optional)] size: Size,
    #[prop(optional, into)] icon: Option<Icon>,
    /// The browser saves what it gets instead of showing it.
    #[prop(optional)]
    download: bool,
    /// Words for assistive technology where several links say the same.
    #[prop(optional, into)]
    aria_label: Option<String>,
) -> impl IntoView {
    view! {
        <a class=button_class(weight, size) href=href download=download.then_some("") aria-label=aria_label>
            {icon.map(Icon::svg)}
            {label}
        </a>
    }
    .into_any()
}

/// An action that is not possible, with the reason in words. It stays where it was and does nothing.
#[component]
pub fn DisabledAction(
    /// Unique on the page; ties the button to its reason.
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] icon: Option<Icon>,
    /// "Answer the order first; then announce its shipments."
    #[prop(into)]
    why: String,
) -> impl IntoView {
    view! {
        <div class="stack-s">
            <button type="button" class="btn" aria-disabled="true" aria-describedby=id.clone()>{icon.map(Icon::svg)}{label}</button>
            <p id=id class="small muted">{why}</p>
        </div>
    }
    .into_any()
}
