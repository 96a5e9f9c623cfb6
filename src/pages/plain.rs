//! Error pages: what happened, then what to do, then a reference where it is ours to fix.

use axum::http::StatusCode;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::error::ApiError,
    ui::{Brand, ButtonLink, PageHead, PlainPage},
};

/// Title and text of a status.
const fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "There is no such page",
            "The address may be mistyped, or what it led to belongs to a company you do not act for. Check the address, or start from home.",
        ),
        StatusCode::FORBIDDEN => (
            "This was not sent from the portal",
            "Nothing was changed. Go back to the page in the portal, reload it, and send it from there.",
        ),
        StatusCode::BAD_REQUEST => ("This could not be read", "Nothing was changed. Go back, remove unusual characters, and try again."),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("Nothing can be sent to this address", "Go back to the page in the portal and start again from there.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("This is too large", "Nothing was changed. Go back, send less at once, and try again."),
        StatusCode::TOO_MANY_REQUESTS => ("Too many attempts", "Wait some minutes, then try again."),
        _ => (
            "Something went wrong on our side",
            "Nothing was changed. Try again in a minute. If it happens again, send us the reference below.",
        ),
    }
}

/// A page of its own about a status.
pub fn view(brand: &Brand, status: StatusCode, reference: Option<String>) -> AnyView {
    let (title, text) = words(status);
    whole(brand, title, text.to_owned(), reference)
}

fn whole(brand: &Brand, title: &'static str, text: String, reference: Option<String>) -> AnyView {
    view! {
        <PlainPage brand=brand.clone() title=title text=text reference=reference>
            <ButtonLink href="/" label="Go home"/>
        </PlainPage>
    }
    .into_any()
}

/// Title, text and reference of an error.
fn words_about(error: &ApiError) -> (&'static str, String, Option<String>) {
    let of_status = |status| {
        let (title, text) = words(status);
        (title, text.to_owned())
    };
    let (title, text) = match error {
        ApiError::NotFound => of_status(StatusCode::NOT_FOUND),
        ApiError::Forbidden { message } => ("You may not do this", message.clone()),
        ApiError::Internal { .. } => of_status(StatusCode::INTERNAL_SERVER_ERROR),
        other => ("This could not be done", other.to_string()),
    };
    let reference = match error {
        ApiError::Internal { reference } => Some(reference.clone()),
        _ => None,
    };
    (title, text, reference)
}

/// A page's body in the frame about an error.
pub fn body(error: &ApiError) -> AnyView {
    let (title, text, reference) = words_about(error);
    view! {
        <Title text=title/>
        <PageHead title=title>{text}</PageHead>
        {reference.map(|reference| view! { <p class="small muted">"Reference "<code>{reference}</code></p> })}
        <p class="actions gap-top"><ButtonLink href="/" label="Go home"/></p>
    }
    .into_any()
}

/// A whole document about a status, for requests that are answered before there is a page.
pub fn document(status: StatusCode, reference: Option<String>) -> String {
    let (title, text) = words(status);
    html(title, text.to_owned(), reference)
}

/// A whole document about an error, for files, which have no page around them.
pub fn document_about(error: &ApiError) -> String {
    let (title, text, reference) = words_about(error);
    html(title, text, reference)
}

fn html(title: &'static str, text: String, reference: Option<String>) -> String {
    let owner = Owner::new();
    owner.with(|| {
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                    <link rel="stylesheet" href="/pkg/portico.css"/>
                    <title>{title}</title>
                </head>
                <body>{whole(&Brand { name: "Portico".to_owned(), tagline: String::new() }, title, text, reference)}</body>
            </html>
        }
        .to_html()
    })
}
