//! The machine API under `/api/v1`: keys instead of sessions, JSON instead of pages, problems instead of error pages.
//! Every address stands once, in [`routes`]; [`openapi`] describes each of them. What a resource looks like is said in
//! its own module, by hand, so that neither the database nor a page can change it by accident. It decides nothing: that
//! is `service`.
#![expect(unused_qualifications, reason = "the macros of utoipa write out paths that are imported already")]

mod answers;
mod attachments;
mod body;
mod cases;
mod check;
mod documents;
mod events;
mod invoices;
mod openapi;
mod orders;
mod parts;
mod placing;
mod query;
mod remittances;
mod shipments;
#[cfg(test)]
mod tests;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

use super::{problem::Problem, state::AppState};
use crate::auth::machine::Machine;
use answers::once;

/// Largest file of documents, in bytes.
const FILE_LIMIT: usize = 64 * 1024 * 1024;
/// Largest JSON body, in bytes.
const JSON_LIMIT: usize = 4 * 1024 * 1024;

/// Every address and what answers there. The addresses are those of the description without `/api` in front.
fn routes() -> [(&'static str, MethodRouter<AppState>); 19] {
    [
        ("/openapi.json", get(openapi::show)),
        ("/v1/documents", post(once(documents::send, FILE_LIMIT))),
        ("/v1/documents/{id}", get(documents::show)),
        ("/v1/purchase-orders", get(orders::list_purchase).post(once(placing::purchase, JSON_LIMIT))),
        ("/v1/sales-orders", get(orders::list_sales).post(once(placing::sales, JSON_LIMIT))),
        ("/v1/orders", get(orders::list)),
        ("/v1/orders/{id}", get(orders::show)),
        ("/v1/shipments", get(shipments::list)),
        ("/v1/shipments/{id}", get(shipments::show)),
        ("/v1/invoices", get(invoices::list)),
        ("/v1/invoices/{id}", get(invoices::show)),
        ("/v1/remittances", get(remittances::list)),
        ("/v1/remittances/{id}", get(remittances::show)),
        ("/v1/cases", get(cases::list)),
        ("/v1/cases/{id}", get(cases::show)),
        ("/v1/cases/{id}/comments", get(cases::comments)),
        ("/v1/cases/{id}/attachments", get(attachments::list)),
        ("/v1/cases/{id}/attachments/{attachment}/content", get(attachments::content)),
        ("/v1/events", post(events::take)),
    ]
}

/// Everything under `/api`.
pub fn router() -> Router<AppState> {
    let mut router = Router::new();
    for (path, methods) in routes() {
        router = router.route(path, methods);
    }
    router
        .method_not_allowed_fallback(async |_: Machine| {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method; Allow lists those it takes.")
        })
        // An unknown address answers 401 to whoever has no key, so that nobody can find out what exists.
        .fallback(async |_: Machine| Problem::not_found())
        // Bodies are read, and limited, in `answers`.
        .layer(DefaultBodyLimit::disable())
        // What a key may see is for its holder alone.
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(CatchPanicLayer::custom(|_| fault()))
}

/// The answer to a fault of ours that nothing else caught.
fn fault() -> Response {
    let words = "Something went wrong on our side. Look whether it was done before sending it again.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
}
