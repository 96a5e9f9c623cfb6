//! Files of the site: the style sheet, the islands, pictures. They are the same for everyone and need no session.

use std::path::Path;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get_service,
};
use tower_http::services::{ServeDir, ServeFile};

use super::state::AppState;

/// Public files at the top of the site folder.
const PUBLIC: [&str; 2] = ["favicon.svg", "robots.txt"];

/// The routes of the site's files.
pub fn router(site: &Path) -> Router<AppState> {
    let pkg = ServeDir::new(site.join("pkg")).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let mut files = Router::new().nest_service("/pkg", pkg);
    for name in PUBLIC {
        files = files.route(&format!("/{name}"), get_service(ServeFile::new(site.join(name))));
    }
    files.layer(from_fn(cache))
}

/// Names with a hash never change what they hold; other files are asked about again each time and answer 304.
async fn cache(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    }
    let value = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    response
}

/// Whether a file name carries a hash: `portico.3a9fQ0c1Zk.css`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.split('.');
    let (Some(_), Some(hash), Some(_)) = (parts.next(), parts.next(), parts.next()) else { return false };
    hash.len() >= 8 && hash.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_a_hash_makes_a_name_immutable() {
        assert!(is_hashed("/pkg/portico.rT3kQ9-x_A.wasm"));
        assert!(!is_hashed("/pkg/portico.css"));
        assert!(!is_hashed("/pkg/portico.min.js"));
    }
}
