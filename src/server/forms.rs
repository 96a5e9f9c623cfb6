//! `POST /do/{function}`: runs a server function. Called by script it answers as leptos does, with a status that fits
//! the error. Sent by a plain form it always answers 303: onwards where the function says so, otherwise back to where
//! the form was, and where it was refused the next page says why (see [`super::said`]).

use axum::{
    Form,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::server_fn::{error::FromServerFnError, redirect::REDIRECT_HEADER};

use super::{
    errors,
    said::{Kept, Said},
    security::FORM_LIMIT,
    state::AppState,
};
use crate::{api::error::ApiError, auth::reader::MaybeReader};

/// Where server functions are.
pub const PREFIX: &str = "/do/";

/// Runs the server function that the address names.
pub async fn run(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let known = leptos::server_fn::axum::server_fn_paths().any(|(found, _)| found == path);
    let Some(endpoint) = path.strip_prefix(PREFIX).filter(|_| known) else { return errors::page(StatusCode::NOT_FOUND) };
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, FORM_LIMIT).await else { return errors::page(StatusCode::PAYLOAD_TOO_LARGE) };
    // No text that a person types has a NUL, and PostgreSQL keeps none that has.
    if body.contains(&0) || body.windows(3).any(|bytes| bytes == b"%00") {
        return errors::page(StatusCode::BAD_REQUEST);
    }
    let by_form = accepts_html(&parts.headers);
    let signed_in = matches!(parts.extensions.get(), Some(MaybeReader(Some(_))));
    let typed = if by_form { typed(&parts.headers, &body).await } else { Vec::new() };
    let back = back(&parts.headers, &typed);
    // Without the header leptos leaves redirects and errors to us.
    parts.headers.remove(header::ACCEPT);
    let context = state.clone();
    let request = Request::from_parts(parts, Body::from(body));
    let answer = leptos_axum::handle_server_fns_with_context(move || context.provide(), request).await.into_response();
    let (mut head, body) = answer.into_parts();
    let failed = head.status.is_client_error() || head.status.is_server_error();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return errors::page(StatusCode::INTERNAL_SERVER_ERROR) };
    if failed {
        let error = ApiError::de(body.clone());
        if by_form {
            return refused(&state, endpoint, error, typed, &back, signed_in);
        }
        head.status = errors::status(&error);
    } else if by_form {
        head.headers.remove(HeaderName::from_static(REDIRECT_HEADER));
        head.headers.remove(header::CONTENT_TYPE);
        head.headers.remove(header::CONTENT_LENGTH);
        head.status = StatusCode::SEE_OTHER;
        if !head.headers.contains_key(header::LOCATION)
            && let Ok(location) = HeaderValue::from_str(&back)
        {
            head.headers.insert(header::LOCATION, location);
        }
        return (head.status, head.headers).into_response();
    }
    Response::from_parts(head, Body::from(body))
}

/// The answer to a plain form that was refused.
fn refused(state: &AppState, endpoint: &str, error: ApiError, typed: Vec<(String, String)>, back: &str, signed_in: bool) -> Response {
    match error {
        ApiError::NotFound => return errors::page(StatusCode::NOT_FOUND),
        ApiError::SignIn if !signed_in => return signed_out(state, endpoint, typed, back),
        _ => {}
    }
    let cookie = Said::refused(endpoint, error, typed).cookie(state.config.server.is_secure());
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, back.to_owned())]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Forms whose pages take what was typed from a draft in the store, which is a signed-in person's.
const FROM_DRAFTS: [&str; 3] = ["answer-order", "announce-shipment", "send-invoice"];

/// The answer to a plain form that was sent after its session had ended: to the door, which says that nothing was sent,
/// and whether what was typed is there again afterwards.
fn signed_out(state: &AppState, endpoint: &str, typed: Vec<(String, String)>, back: &str) -> Response {
    let secure = state.config.server.is_secure();
    let fields = typed.len();
    let kept = (!FROM_DRAFTS.contains(&endpoint)).then(|| Kept::new(back, endpoint, typed).cookie(fields, secure)).flatten();
    let words = if kept.is_some() {
        "You were signed out, and nothing was sent. Sign in and send it again; nothing that you typed is lost."
    } else {
        "You were signed out, and nothing was sent. Sign in and enter it again; it could not be kept."
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, sign_in_address(back))]).into_response();
    for cookie in [Said::warning(words).cookie(secure), kept].into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Where to sign in to come to a page of ours.
pub fn sign_in_address(next: &str) -> String {
    if next == "/" {
        return "/sign-in".to_owned();
    }
    let next: String = url_encoded(next);
    format!("/sign-in?next={next}")
}

/// A text as the value of a query.
pub fn url_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// Whether an address is a page of ours: a path, and nothing a browser would read as another host.
pub fn is_local(address: &str) -> bool {
    address.starts_with('/')
        && !address.starts_with("//")
        && !address.chars().any(|character| character == '\\' || character.is_control() || character.is_whitespace())
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|value| value.contains("text/html"))
}

/// The fields of a form as typed.
async fn typed(headers: &HeaderMap, body: &Bytes) -> Vec<(String, String)> {
    let mut request = Request::new(Body::from(body.clone()));
    *request.method_mut() = http::Method::POST;
    *request.headers_mut() = headers.clone();
    Form::from_request(request, &()).await.map(|Form(fields)| fields).unwrap_or_default()
}

/// Where the form was: what its field `back` says, else the page it was sent from, else home.
fn back(headers: &HeaderMap, typed: &[(String, String)]) -> String {
    let field = typed.iter().find(|(name, _)| name == "back").map(|(_, value)| value.clone());
    let referer = || {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let rest = headers.get(header::REFERER)?.to_str().ok()?.split_once("://")?.1;
        let path = rest.strip_prefix(host)?;
        Some(path.split('#').next().unwrap_or_default().to_owned())
    };
    field.or_else(referer).filter(|address| is_local(address)).unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_local() {
        for local in ["/", "/orders?tab=late", "/orders/0198#line-10"] {
            assert!(is_local(local), "{local}");
        }
        for foreign in [
            "",
            "orders",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\n/evil",
            "javascript:alert(1)",
            "/\t/evil.example",
        ] {
            assert!(!is_local(foreign), "{foreign}");
        }
    }

    #[test]
    fn the_way_back_is_a_field_or_the_referer_of_this_host() {
        let headers = |referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("portal.example"));
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
            headers
        };
        assert_eq!(back(&headers("https://portal.example/orders?page=2#x"), &[]), "/orders?page=2");
        assert_eq!(back(&headers("https://evil.example/orders"), &[]), "/");
        assert_eq!(back(&headers("https://portal.example.evil.example/"), &[]), "/");
        assert_eq!(back(&headers("https://portal.example/a"), &[("back".into(), "/b".into())]), "/b");
        assert_eq!(back(&headers("https://portal.example/a"), &[("back".into(), "//evil.example".into())]), "/");
    }

    #[test]
    fn the_next_page_survives_the_sign_in_address() {
        assert_eq!(sign_in_address("/"), "/sign-in");
        assert_eq!(sign_in_address("/orders?tab=late&page=2"), "/sign-in?next=/orders%3Ftab%3Dlate%26page%3D2");
    }
}
