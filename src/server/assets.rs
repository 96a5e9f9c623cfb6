//! Files that only people who are signed in get: files of content, and the original file of a document.

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::Stream;

use super::{errors, forms::sign_in_address, state::AppState};
use crate::{
    api::error::ApiError,
    auth::reader::MaybeReader,
    domain::ids::DocumentId,
    service::{self, content, exchange::view},
    store,
};

/// `GET /content/{file}`: a file that belongs to an article. Pictures are shown, everything else is saved.
pub async fn of_content(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(name): Path<String>,
) -> Response {
    let Some(reader) = reader else { return errors::page(StatusCode::NOT_FOUND) };
    match content::asset(&state.context, &reader.actor, &name).await {
        Ok((asset, bytes)) => file(&asset.name, &asset.media_type, asset.media_type.starts_with("image/"), bytes),
        Err(error) => refused(error),
    }
}

/// `GET /documents/{id}/file`: the bytes as they came or left.
pub async fn of_document(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(id): Path<String>,
) -> Response {
    let Some(reader) = reader else {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, sign_in_address(&format!("/documents/{id}")))]).into_response();
    };
    let Ok(id) = id.parse::<DocumentId>() else { return errors::page(StatusCode::NOT_FOUND) };
    match view::raw(&state.context, &reader.actor, id).await {
        Ok((transmission, bytes)) => file(&transmission.name, "application/edi-x12", false, bytes),
        Err(error) => refused(error),
    }
}

fn refused(error: service::Error) -> Response {
    errors::page_about(&ApiError::from(error))
}

/// The bytes of a file as they come from the file store; `size` is how many.
pub(super) fn streamed(bytes: impl Stream<Item = store::Result<Bytes>> + Send + 'static, size: i64) -> Response {
    let mut response = Body::from_stream(bytes).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    response
}

/// A file that nobody else keeps, shown or saved under its own name.
pub(super) fn file(name: &str, media_type: &str, is_shown: bool, bytes: impl IntoResponse) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, media_type);
    set(header::CONTENT_DISPOSITION, &disposition(name, is_shown));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, if is_shown { "private, max-age=300" } else { "private, no-store" });
    response
}

/// Shown or saved, under a name that every system takes (RFC 6266).
fn disposition(name: &str, is_shown: bool) -> String {
    let kind = if is_shown { "inline" } else { "attachment" };
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-".contains(c) { c } else { '-' }).take(120).collect();
    format!("{kind}; filename=\"{name}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_saved_and_kept_by_nobody_else() {
        let response = file("label.pdf", "application/pdf", false, Bytes::from_static(b"%PDF-"));
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(header(header::CONTENT_DISPOSITION), "attachment; filename=\"label.pdf\"");
        assert_eq!(header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(header(header::CACHE_CONTROL), "private, no-store");
    }

    #[test]
    fn a_file_name_never_leaves_its_quotes() {
        assert_eq!(disposition("a\"; x=\"\r\nB.pdf", false), "attachment; filename=\"a-- x----B.pdf\"");
        assert_eq!(disposition("gate.png", true), "inline; filename=\"gate.png\"");
    }
}
