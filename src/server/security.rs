//! What every answer says to the browser about itself, and which requests are refused before anything looks at them.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::{errors, state::AppState};

/// Largest body of a form, in bytes. Uploads and the machine API set limits of their own.
pub const FORM_LIMIT: usize = 2 * 1024 * 1024;

/// The content security policy. Nothing is allowed but our own files, and scripts only where this answer's nonce is on
/// them. Of ours, only a PDF of a case lets itself be put into a page.
pub fn content_policy(nonce: Option<&str>) -> String {
    let scripts = nonce.map_or_else(|| "'none'".to_owned(), |nonce| format!("'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'"));
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         object-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Middleware: headers on every answer. A page has set its own content policy already.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&content_policy(None))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut fixed = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Same origin: a form that is refused is shown again where it was.
    fixed(header::REFERRER_POLICY, "same-origin");
    fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    fixed(
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    if state.config.server.is_secure() {
        fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Refuses writes that come from another site (Sec-Fetch-Site, then Origin against Host). The machine API is reached
/// with a key that no browser adds by itself, so it is left out.
pub fn csrf(public_url: Option<&str>) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let mut layer = CsrfLayer::new().with_insecure_bypass(|_: &Method, uri: &Uri| uri.path().starts_with("/api/"));
    if let Some(origin) = public_url.map(|url| url.trim_end_matches('/')) {
        layer = match layer.clone().add_trusted_origin(origin) {
            Ok(trusting) => trusting,
            Err(error) => {
                tracing::warn!(%error, "server.public_url is not an origin; only the Host header is trusted");
                layer
            }
        };
    }
    layer.with_rejection_response(|_| errors::page(StatusCode::FORBIDDEN))
}
