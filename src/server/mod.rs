//! The HTTP server: which address is answered by what, and through which layers a request goes. Nothing here knows an
//! order from an invoice.

pub mod access;
pub mod assets;
pub mod attachments;
pub mod commands;
pub mod config;
pub mod demo;
pub mod errors;
pub mod forms;
pub mod health;
pub mod live;
pub mod machine;
pub mod problem;
pub mod said;
pub mod security;
pub mod setup;
pub mod site;
pub mod start;
pub mod state;
pub mod system;
pub mod telemetry;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, head, post},
};
use leptos_axum::{generate_route_list, render_app_async_with_context};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
};

use crate::{
    app::{App, shell},
    auth::{reader, session},
};
use state::AppState;

/// The whole server as one router, with every layer.
pub fn router(state: AppState) -> Router {
    let context = &state.context;
    let sessions = session::layer(context.db.clone(), context.clock.clone(), state.config.server.is_secure());

    // Pages and what they post: these have a reader.
    let mut people = Router::new();
    for (path, methods) in doors(&state) {
        people = people.route(path, methods);
    }
    // Archives hardly become smaller.
    let compressed = DefaultPredicate::new().and(NotForContentType::const_new("application/zip"));
    // A page with a form of its own has its route above.
    for listing in generate_route_list(App).into_iter().filter(|listing| listing.path() != "/cases/{id}/attachments") {
        people = people.route(listing.path(), get(page));
    }
    let people = people
        .fallback(page)
        .method_not_allowed_fallback(async || errors::page(http::StatusCode::METHOD_NOT_ALLOWED))
        .layer(from_fn_with_state(state.clone(), said::show))
        .layer(from_fn_with_state(state.clone(), reader::load))
        .layer(sessions)
        .layer(security::csrf(state.config.server.public_url.as_deref()))
        .layer(DefaultBodyLimit::max(security::FORM_LIMIT));

    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .nest("/api", machine::router())
        .merge(site::router(&state.config.server.site))
        .merge(people)
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Precise(4)).compress_when(compressed))
        .layer(from_fn_with_state(state.clone(), security::headers))
        .layer(CatchPanicLayer::custom(|_| errors::page(http::StatusCode::INTERNAL_SERVER_ERROR)))
        .layer(from_fn_with_state(state.clone(), telemetry::observe))
        .with_state(state)
}

/// What people reach beside the pages: forms, streams, files. A list, so that a test can try every one.
pub(crate) fn doors(state: &AppState) -> Vec<(&'static str, MethodRouter<AppState>)> {
    let form_limit = DefaultBodyLimit::max(attachments::form_limit(state));
    vec![
        ("/do/{function}", get(page).post(forms::run)),
        ("/live", get(live::changes)),
        ("/session", get(live::lasts)),
        ("/content/{file}", get(assets::of_content)),
        ("/documents/{id}/file", get(assets::of_document)),
        ("/cases/{id}/attachments", get(page).post(attachments::add).layer(form_limit)),
        ("/cases/{id}/attachments/{attachment}", get(attachments::get)),
        ("/cases/{id}/evidence.zip", get(attachments::evidence)),
        ("/cases/{id}/uploads", post(attachments::begin).options(attachments::speaks).layer(from_fn(attachments::check_version))),
        (
            "/cases/{id}/uploads/{upload}",
            head(attachments::stands)
                .patch(attachments::piece)
                .delete(attachments::give_up)
                .layer(DefaultBodyLimit::disable())
                .layer(from_fn(attachments::check_version)),
        ),
    ]
}

/// Renders a page. An address that no page has is a page too: it says so, with 404.
async fn page(State(state): State<AppState>, request: Request) -> Response {
    let options = state.leptos.clone();
    render_app_async_with_context(move || state.provide(), move || shell(&options))(request).await.into_response()
}
