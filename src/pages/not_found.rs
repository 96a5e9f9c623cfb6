//! Any address that no page has.

use axum::http::StatusCode;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{brand, page, plain, reader, set_status};
use crate::service;

/// Says that there is no such page: in the frame for people who are signed in, on a page of its own for others.
#[component]
pub fn Page() -> impl IntoView {
    if reader().is_some() {
        return page("There is no such page", |_| async { Err::<(), _>(service::Error::NotFound) });
    }
    set_status(StatusCode::NOT_FOUND);
    view! { <Title text="There is no such page"/> {plain::view(&brand(), StatusCode::NOT_FOUND, None)} }.into_any()
}
