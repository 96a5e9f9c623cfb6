//! The log: to standard error, as text or JSON. Every request has a short reference, which its log lines and the error
//! page carry. Bodies, cookies, keys and query strings are never logged.

use std::{io::IsTerminal, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use super::{config::LogFormat, state::AppState};
use crate::domain::ids::Ids;

tokio::task_local! {
    static REFERENCE: String;
}

/// Starts the log. `filter` is a tracing filter such as `info,portico=debug`.
pub fn start(format: LogFormat, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    // A second start, as in tests, keeps the first.
    let _ = match format {
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init(),
        LogFormat::Text => registry
            .with(fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).with_target(false))
            .try_init(),
    };
}

/// The reference of the request being answered.
pub fn reference() -> String {
    REFERENCE.try_with(Clone::clone).unwrap_or_else(|_| "none".to_owned())
}

/// Eight letters and digits that are not mistaken for each other when read aloud (Crockford's base 32).
fn new_reference(ids: &Ids) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let random: [u8; 8] = ids.secret();
    random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// Middleware: gives the request its reference, logs how it went, and counts it.
pub async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reference = new_reference(&state.context.ids);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let pattern = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", reference, %method, path);
    let started = Instant::now();
    let mut response = REFERENCE.scope(reference.clone(), next.run(request).instrument(span.clone())).await;
    let elapsed = started.elapsed();
    state.metrics.request(&pattern, response.status(), elapsed);
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), micros = elapsed.as_micros(), "answered"));
    if let Ok(value) = HeaderValue::from_str(&reference) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
