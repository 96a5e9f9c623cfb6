//! What the next page says about what the person just did: a notice, or a form that was refused. It travels in a cookie
//! for one page. Unlike a query string, no link from elsewhere can put words into it, and the address stays clean.
//! Passwords never go in.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::state::AppState;
use crate::api::error::ApiError;

/// Browsers keep about 4 kB per cookie.
const LIMIT: usize = 3600;
/// Longest single value that is given back.
const VALUE_LIMIT: usize = 500;

/// What the next page says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// A form that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// A form that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The server function, without its prefix: `sign-in`.
    pub endpoint: String,
    /// Why.
    pub error: ApiError,
    /// What was typed, except secrets.
    pub values: Vec<(String, String)>,
}

/// Name of the cookie.
fn name(secure: bool) -> &'static str {
    if secure { "__Host-portico-said" } else { "portico-said" }
}

impl Said {
    /// A notice.
    pub fn notice(text: impl Into<String>) -> Self {
        Self { notice: Some(text.into()), refused: None }
    }

    /// A refused form. `typed` are its fields; those that may be secret or are too long are left out.
    pub fn refused(endpoint: &str, error: ApiError, typed: Vec<(String, String)>) -> Self {
        let values = typed.into_iter().filter(|(name, value)| !name.contains("password") && value.len() <= VALUE_LIMIT).collect();
        Self { notice: None, refused: Some(Refused { endpoint: endpoint.to_owned(), error, values }) }
    }

    /// What a request's cookie says.
    pub fn read(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let value = cookies.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        let value = value.filter(|(key, _)| *key == name(secure)).map(|(_, value)| value).next()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
    }

    /// The cookie that says it. Where it would be too long, the typed values are left out, then all but the first errors.
    pub fn cookie(mut self, secure: bool) -> Option<HeaderValue> {
        let mut value = self.encoded();
        while value.len() > LIMIT {
            let refused = self.refused.as_mut()?;
            match &mut refused.error {
                _ if !refused.values.is_empty() => refused.values.clear(),
                ApiError::Invalid { fields } if fields.len() > 1 => fields.truncate(fields.len() / 2),
                _ => return None,
            }
            value = self.encoded();
        }
        let secure_flag = if secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!("{}={value}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax{secure_flag}", name(secure))).ok()
    }

    /// The cookie that takes it back, once it was shown.
    pub fn forget(secure: bool) -> Option<HeaderValue> {
        let secure_flag = if secure { "; Secure" } else { "" };
        HeaderValue::from_str(&format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure_flag}", name(secure))).ok()
    }

    fn encoded(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// Middleware: puts what the cookie says into the request, and takes the cookie back once a page showed it.
pub async fn show(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let secure = state.config.server.is_secure();
    let said = Said::read(request.headers(), secure);
    // A page that updates itself asks in the background; what is said waits for a person.
    let read = request.method() == Method::GET && request.uri().path() != "/live" && !request.headers().contains_key("x-live");
    let said = said.filter(|_| read);
    let shown = said.is_some();
    request.extensions_mut().insert(said.unwrap_or_default());
    let mut response = next.run(request).await;
    if shown
        && response.status() != StatusCode::SEE_OTHER
        && let Some(cookie) = Said::forget(secure)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::Field;

    fn back(cookie: &HeaderValue) -> Option<Said> {
        let mut headers = HeaderMap::new();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        headers.insert(header::COOKIE, HeaderValue::from_str(&format!("a=b; {pair}")).unwrap());
        Said::read(&headers, false)
    }

    #[test]
    fn a_refused_form_comes_back_without_secrets() {
        let typed = vec![("email".to_owned(), "ines@ostermann.example".to_owned()), ("new_password".to_owned(), "s3cret".to_owned())];
        let said = Said::refused("sign-in", ApiError::NotFound, typed);
        let found = back(&said.cookie(false).unwrap()).unwrap().refused.unwrap();
        assert_eq!(found.values, [("email".to_owned(), "ines@ostermann.example".to_owned())]);
        assert_eq!(found.error, ApiError::NotFound);
    }

    #[test]
    fn what_is_too_long_is_shortened_until_it_fits() {
        let field = |number: usize| Field { name: format!("line-{number}"), message: "Enter a whole number of pieces. ".repeat(3) };
        let typed = (0..40).map(|number| (format!("note-{number}"), "x".repeat(100))).collect();
        let said = Said::refused("confirm", ApiError::Invalid { fields: (0..100).map(field).collect() }, typed);
        let cookie = said.cookie(false).unwrap();
        assert!(cookie.len() < 4000);
        let found = back(&cookie).unwrap().refused.unwrap();
        assert!(matches!(found.error, ApiError::Invalid { fields } if fields[0].name == "line-0"));
    }

    #[test]
    fn nonsense_says_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("portico-said=AAAA"));
        assert_eq!(Said::read(&headers, false), None);
    }
}
