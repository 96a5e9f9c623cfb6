//! Screens. One file per page with `pub fn Page() -> impl IntoView`, and one line in the route table of `app`. A page
//! loads through `service`, composes `ui`, and decides nothing.
//!
//! A page for people who are signed in:
//!
//! ```ignore
//! #[component]
//! pub fn Page() -> impl IntoView {
//!     page("Orders", async |cx: PageContext| {
//!         let rows = service::orders::list(&cx.context, &cx.reader.actor, &filter).await?;
//!         Ok(view! { <PageHead title="Orders"/> ... })
//!     })
//! }
//! ```
//!
//! [`page`] sends strangers to sign in, sets the status that an error has (404, 403, 500) and shows the error inside
//! the frame. Parameters of the address come from [`param`] and [`query`]. A page that should update itself places
//! `<Live address="/live"/>` and marks what may change (see `islands::live`).
//!
//! **Forms** are `<form method="post" action="/do/confirm-order">` and name a server function of `api`. Where it is
//! done, the function sends the person on (`api::go`), with a notice if there is something to say (`api::say`); the
//! frame shows it. Where it is refused, the person is back on the page of the form, and the page asks
//! [`Form::of`]`("confirm-order")` for the errors and for what was typed. This works without script. What was typed
//! travels in a cookie of at most 4 kB: a larger form keeps a draft in the store instead. Fields whose name contains
//! `password` or `secret` are never given back. A form may carry a hidden field `back`, the page to come back to.

pub mod account;
pub mod calendars;
pub mod cases;
pub mod connections;
pub mod cursor;
pub mod documents;
#[cfg(test)]
mod doors;
pub mod endpoints;
pub mod exceptions;
pub mod form;
pub mod help;
pub mod home;
pub mod invoices;
pub mod listing;
pub mod mail;
pub mod nav;
pub mod not_found;
pub mod notifications;
pub mod orders;
pub mod partners;
pub mod plain;
pub mod policies;
pub mod reference;
#[cfg(test)]
mod regions;
pub mod remittances;
#[cfg(test)]
mod shared_doors;
pub mod shipments;
pub mod styleguide;
#[cfg(test)]
mod testing;
pub mod tracking;
pub mod views;

use axum::http::{StatusCode, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

pub use form::Form;

use crate::{
    api::error::ApiError,
    auth::reader::MaybeReader,
    domain::time::Timestamp,
    islands::Shortcuts,
    server::{errors, forms::sign_in_address, said::Said, state::AppState},
    service::{self, Context},
    store::users::Reader,
    text::Zone,
    ui::{Brand, Notice, Role, Shell},
};

/// What a page of a signed-in person needs.
#[derive(Clone)]
pub struct PageContext {
    /// For use cases.
    pub context: Context,
    /// Who reads.
    pub reader: Reader,
    /// The zone they read times in.
    pub zone: Zone,
    /// When the page is made; everything on it is as of this moment.
    pub now: Timestamp,
    /// Path and query of this page, for forms that come back to it.
    pub path: String,
}

/// Whose portal this is.
pub fn brand() -> Brand {
    use_context::<AppState>().map(|state| state.brand).unwrap_or_default()
}

/// Who reads this page; none where nobody is signed in.
pub fn reader() -> Option<Reader> {
    use_context::<Parts>()?.extensions.get::<MaybeReader>()?.0.clone()
}

/// A parameter in the path: `param("id")`. One that cannot be read is the same as an unknown one.
pub fn param<T: std::str::FromStr>(name: &str) -> service::Result<T> {
    use_params_map().read_untracked().get(name).and_then(|text| text.parse().ok()).ok_or(service::Error::NotFound)
}

/// A parameter of the query, where there is one.
pub fn query(name: &str) -> Option<String> {
    use_query_map().read_untracked().get(name).filter(|value| !value.is_empty() && !value.contains('\0'))
}

/// The context of this page; none where nobody is signed in.
pub fn use_page() -> Option<PageContext> {
    let reader = reader()?;
    let context = use_context::<Context>()?;
    let zone = Zone::named(&reader.zone).unwrap_or_else(Zone::utc);
    let now = context.now();
    Some(PageContext { reader, zone, now, path: path(), context })
}

/// Path and query of this page.
fn path() -> String {
    use_context::<Parts>().and_then(|parts| parts.uri.path_and_query().map(ToString::to_string)).unwrap_or_else(|| "/".to_owned())
}

/// Sets the status of the page.
pub fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// Sends the browser to another page (303).
pub fn go(address: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if let Ok(location) = http::HeaderValue::from_str(address) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(http::header::LOCATION, location);
    }
}

/// A page in the frame, for people who are signed in. `load` gets the data and makes the view.
pub fn page<V, F>(title: impl Into<String>, load: impl FnOnce(PageContext) -> F) -> AnyView
where
    V: IntoView + 'static,
    F: Future<Output = service::Result<V>> + Send + 'static,
{
    let title = title.into();
    let Some(cx) = use_page() else {
        go(&sign_in_address(&path()));
        return ().into_any();
    };
    let view = load(cx.clone());
    view! {
        // First, so that a page that knows better can set a title of its own.
        <Title text=title/>
        {Suspend::new(async move {
            let body = view.await.map_or_else(error_view, IntoAny::into_any);
            framed(&cx, body).await
        })}
    }
    .into_any()
}

/// The frame with a body, and above it what was just done.
async fn framed(cx: &PageContext, body: AnyView) -> AnyView {
    match nav::shell(cx).await {
        Ok(data) => view! { <Shell data=data after=|| view! { <Shortcuts/> }>{just_said()}{body}</Shell> }.into_any(),
        Err(error) => {
            let error = ApiError::from(error);
            set_status(errors::status(&error));
            plain::view(&brand(), errors::status(&error), Some(crate::server::telemetry::reference()))
        }
    }
}

/// What the last form left to be said: what was done, or what was not.
pub fn use_said() -> Said {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Said>().cloned()).unwrap_or_default()
}

fn just_said() -> Option<impl IntoView> {
    use_said().notice.map(|notice| view! { <div class="mb-4"><Notice role=Role::Success title=notice announce=true/></div> })
}

/// An error inside the frame: what happened and what to do.
fn error_view(error: service::Error) -> AnyView {
    let error = ApiError::from(error);
    let status = errors::status(&error);
    set_status(status);
    plain::body(&error)
}
