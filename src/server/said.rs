//! What the next page says about what the person just did: a notice, or a form that was refused. It travels in a cookie
//! for one page. Unlike a query string, no link from elsewhere can put words into it, and the address stays clean.
//! Passwords never go in. A form that was sent after the session had ended waits in a cookie of its own until the person
//! is signed in and back on its page ([`Kept`]).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::state::AppState;
use crate::{
    api::error::ApiError,
    auth::reader::{MaybeReader, is_background},
};

/// Browsers keep about 4 kB per cookie.
const LIMIT: usize = 3600;
/// What a refused form may hold in one field, in bytes; a longer value would push out all others.
pub const VALUE_LIMIT: usize = 2000;
/// How long what is said waits for its page, in seconds.
const SAID_SECONDS: u32 = 60;
/// How long a form waits for its person to sign in again, in seconds.
const KEPT_SECONDS: u32 = 15 * 60;

/// What the next page says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// What was not done, where no form can say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
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

impl Refused {
    /// A refused form. `typed` are its fields; those that may be secret or are too long are left out.
    fn new(endpoint: &str, error: ApiError, typed: Vec<(String, String)>) -> Self {
        let is_secret = |name: &str| name.contains("password") || name.contains("secret");
        let values = typed.into_iter().filter(|(name, value)| !is_secret(name) && value.len() <= VALUE_LIMIT).collect();
        Self { endpoint: endpoint.to_owned(), error, values }
    }

    /// Leaves out the largest value, then half of the errors; false where nothing is left to leave out.
    fn shorten(&mut self) -> bool {
        if let Some((largest, _)) = self.values.iter().enumerate().max_by_key(|(_, (_, value))| value.len()) {
            self.values.remove(largest);
            return true;
        }
        match &mut self.error {
            ApiError::Invalid { fields } if fields.len() > 1 => {
                fields.truncate(fields.len() / 2);
                true
            }
            _ => false,
        }
    }
}

/// A form that was sent after the session had ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The page it stands on.
    page: String,
    /// The form.
    refused: Refused,
}

/// A cookie's name, bound to this host where it can be.
fn name(secure: bool, kind: &str) -> String {
    if secure { format!("__Host-portico-{kind}") } else { format!("portico-{kind}") }
}

/// What a request's cookie holds.
fn read<T: DeserializeOwned>(headers: &HeaderMap, secure: bool, kind: &str) -> Option<T> {
    let name = name(secure, kind);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}

fn encoded(content: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(content).unwrap_or_default())
}

fn cookie(secure: bool, kind: &str, value: &str, seconds: u32) -> Option<HeaderValue> {
    let secure_flag = if secure { "; Secure" } else { "" };
    let name = name(secure, kind);
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure_flag}")).ok()
}

/// Leaves out the second half of words; false where there is hardly anything to leave out.
fn shorten(words: &mut Option<String>) -> bool {
    let Some(words) = words.as_mut().filter(|words| words.chars().count() > 100) else { return false };
    let half: String = words.chars().take(words.chars().count() / 2).collect();
    *words = half + "…";
    true
}

/// The kind of cookie that says something.
const SAID: &str = "said";
/// The kind of cookie that keeps a form.
const KEPT: &str = "kept";

impl Said {
    /// A notice.
    pub fn notice(text: impl Into<String>) -> Self {
        Self { notice: Some(text.into()), ..Self::default() }
    }

    /// What was not done.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { warning: Some(text.into()), ..Self::default() }
    }

    /// A refused form. `typed` are its fields; those that may be secret or are too long are left out.
    pub fn refused(endpoint: &str, error: ApiError, typed: Vec<(String, String)>) -> Self {
        Self { refused: Some(Refused::new(endpoint, error, typed)), ..Self::default() }
    }

    /// What a request's cookie says.
    pub fn read(headers: &HeaderMap, secure: bool) -> Option<Self> {
        read(headers, secure, SAID)
    }

    /// The cookie that says it. Where it would be too long, the longest typed values are left out, then the last errors, then
    /// the ends of the other words.
    pub fn cookie(mut self, secure: bool) -> Option<HeaderValue> {
        let mut value = encoded(&self);
        while value.len() > LIMIT {
            let is_shorter = self.refused.as_mut().is_some_and(Refused::shorten) || shorten(&mut self.notice) || shorten(&mut self.warning);
            if !is_shorter {
                return None;
            }
            value = encoded(&self);
        }
        cookie(secure, SAID, &value, SAID_SECONDS)
    }

    /// The cookie that takes it back, once it was shown.
    pub fn forget(secure: bool) -> Option<HeaderValue> {
        cookie(secure, SAID, "", 0)
    }
}

impl Kept {
    /// A form that nobody was signed in for. `page` is where it stands.
    pub fn new(page: &str, endpoint: &str, typed: Vec<(String, String)>) -> Self {
        let message = "You were signed out, so this was not sent. Look at it, then send it again.".to_owned();
        Self { page: page.to_owned(), refused: Refused::new(endpoint, ApiError::Conflict { message }, typed) }
    }

    /// The cookie that keeps it; none where it does not hold all `fields` that were typed.
    pub fn cookie(&self, fields: usize, secure: bool) -> Option<HeaderValue> {
        let value = encoded(self);
        (self.refused.values.len() == fields && value.len() <= LIMIT).then(|| cookie(secure, KEPT, &value, KEPT_SECONDS)).flatten()
    }
}

/// Middleware: puts what the cookies say into the request, and takes the cookies back once a page showed it.
pub async fn show(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let secure = state.config.server.is_secure();
    // A page that updates itself asks in the background; what is said waits for a person.
    let is_read = request.method() == Method::GET && !is_background(&request);
    let said = Said::read(request.headers(), secure).filter(|_| is_read);
    let signed_in = matches!(request.extensions().get(), Some(MaybeReader(Some(_))));
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let kept = read::<Kept>(request.headers(), secure, KEPT).filter(|kept| is_read && signed_in && kept.page == path);
    let taken_back = [said.as_ref().map(|_| Said::forget(secure)), kept.as_ref().map(|_| cookie(secure, KEPT, "", 0))];
    let mut said = said.unwrap_or_default();
    said.refused = said.refused.or(kept.map(|kept| kept.refused));
    request.extensions_mut().insert(said);
    let mut response = next.run(request).await;
    if response.status() != StatusCode::SEE_OTHER {
        for cookie in taken_back.into_iter().flatten().flatten() {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
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
    fn long_words_are_cut_before_nothing_is_said() {
        let said = back(&Said::notice(format!("Attached: {}.", "ß".repeat(3000))).cookie(false).unwrap()).unwrap();
        assert!(said.notice.unwrap().starts_with("Attached: ß"));
        let refused = Said::refused("attach-file", ApiError::Conflict { message: "It is closed.".to_owned() }, Vec::new());
        let both = Said { notice: Some("x".repeat(5000)), ..refused };
        let found = back(&both.cookie(false).unwrap()).unwrap();
        assert!(found.notice.unwrap().ends_with("x…") && found.refused.is_some());
    }

    #[test]
    fn the_longest_value_goes_first() {
        let typed = vec![
            ("state".to_owned(), "rejected".to_owned()),
            ("reason".to_owned(), "ü".repeat(500)),
            ("attachment".to_owned(), "x".repeat(1900)),
        ];
        let said = Said::refused("invoice-state", ApiError::NotFound, typed);
        let found = back(&said.cookie(false).unwrap()).unwrap().refused.unwrap();
        assert_eq!(found.values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["state", "reason"]);
    }

    #[test]
    fn a_form_is_kept_whole_or_not() {
        let fields = |length: usize| vec![("name".to_owned(), "Ines".to_owned()), ("note".to_owned(), "x".repeat(length))];
        assert!(Kept::new("/account", "profile", fields(1000)).cookie(2, false).is_some());
        assert!(Kept::new("/account", "profile", fields(2001)).cookie(2, false).is_none());
        let secret = vec![("new_password".to_owned(), "s3cret".to_owned())];
        assert!(Kept::new("/account/password", "password", secret).cookie(1, false).is_none());
    }

    #[test]
    fn nonsense_says_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("portico-said=AAAA"));
        assert_eq!(Said::read(&headers, false), None);
    }
}
