//! One exchange with a Kentico server: a GraphQL query or a file, with key, time limit and size limit, and every failure
//! turned into a [`KenticoError`]. Knows nothing about content types.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderMap, StatusCode, header};
use reqwest::{Client as Http, RequestBuilder, Response, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::KenticoError;

/// A key. Shown to nobody: its debug form is a fixed word and it has no other text form.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key as it was read from a file or the environment; white space around it is dropped.
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// A connection to one headless channel.
#[derive(Debug)]
pub(super) struct Client {
    http: Http,
    endpoint: Url,
    host: String,
    key: Secret,
    timeout: Duration,
    /// How long the server asked to be left alone, until somebody has heard it.
    wait: Mutex<Option<Duration>>,
}

/// A GraphQL reply as the specification has it.
#[derive(Deserialize)]
struct Reply {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<ReplyError>,
}

/// One entry of `errors`.
#[derive(Deserialize)]
struct ReplyError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

/// The part of `extensions` that we look at.
#[derive(Default, Deserialize)]
struct Extensions {
    code: Option<String>,
}

impl Client {
    pub(super) fn new(http: Http, endpoint: Url, key: Secret, timeout: Duration) -> Self {
        let host = endpoint.authority().rsplit('@').next().unwrap_or_default().to_owned();
        Self { http, endpoint, host, key, timeout, wait: Mutex::default() }
    }

    pub(super) const fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Sends a query and returns its `data`. A reply with both data and errors counts as failed: half an answer must
    /// not be taken for the whole.
    pub(super) async fn query(&self, query: &str, variables: Value, limit: usize) -> Result<Value, KenticoError> {
        let request = self
            .http
            .post(self.endpoint.clone())
            .bearer_auth(&self.key.0)
            .header(header::ACCEPT, "application/graphql-response+json, application/json")
            .json(&json!({ "query": query, "variables": variables }));
        let response = self.send(request).await?;
        let status = response.status();
        let body = if status.is_success() || status == StatusCode::BAD_REQUEST {
            self.body(response, limit, "one page of content").await?
        } else {
            return Err(self.heard(failure(status, response.headers())));
        };
        match serde_json::from_slice::<Reply>(&body) {
            Ok(reply) if !reply.errors.is_empty() => Err(rejection(&reply.errors)),
            Ok(Reply { data: Some(data), .. }) if status.is_success() => Ok(data),
            Ok(_) => Err(KenticoError::Unreadable("it has neither data nor errors".to_owned())),
            Err(_) if !status.is_success() => Err(KenticoError::Server(status.as_u16())),
            Err(_) => Err(KenticoError::Unreadable("it is not GraphQL".to_owned())),
        }
    }

    /// Fetches a published file. The key is not sent: published files are open to everyone.
    pub(super) async fn file(&self, address: Url, limit: usize) -> Result<Vec<u8>, KenticoError> {
        let path = address.path().to_owned();
        let response = self.send(self.http.get(address)).await?;
        if response.url().origin() != self.endpoint.origin() {
            return Err(KenticoError::ForeignFile(path));
        }
        match response.status() {
            status if status.is_success() => self.body(response, limit, &path).await,
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(KenticoError::NoSuchFile(path)),
            status => Err(self.heard(failure(status, response.headers()))),
        }
    }

    /// How long the server asked to be left alone, where it did since this was last asked.
    pub(super) fn take_wait(&self) -> Option<Duration> {
        self.wait.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn heard(&self, error: KenticoError) -> KenticoError {
        if let Some(wait) = error.retry_after() {
            *self.wait.lock().unwrap_or_else(PoisonError::into_inner) = Some(wait);
        }
        error
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, KenticoError> {
        request.timeout(self.timeout).send().await.map_err(|e| self.network(e))
    }

    /// Reads a body piece by piece, so that a reply that never ends costs no more memory than the limit.
    async fn body(&self, mut response: Response, limit: usize, what: &str) -> Result<Vec<u8>, KenticoError> {
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|e| self.network(e))? {
            if body.len() + piece.len() > limit {
                return Err(KenticoError::TooLarge { what: what.to_owned(), limit_bytes: limit });
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    fn network(&self, error: reqwest::Error) -> KenticoError {
        if error.is_timeout() {
            return KenticoError::TimedOut { host: self.host.clone(), seconds: self.timeout.as_secs() };
        }
        KenticoError::Unreachable { host: self.host.clone(), detail: innermost(&error.without_url()) }
    }
}

/// The last cause in a chain: "connection refused" says more than "error sending request".
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// An answer that is no answer.
fn failure(status: StatusCode, headers: &HeaderMap) -> KenticoError {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => KenticoError::Refused { detail: format!("status {}", status.as_u16()) },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            KenticoError::Busy { status: status.as_u16(), retry_after: retry_after(headers) }
        }
        _ => KenticoError::Server(status.as_u16()),
    }
}

/// `errors[]` of a reply: about the key, or about the query. How a real installation words a refused key is not
/// documented, so both the server library's codes and the plain word are recognised.
fn rejection(errors: &[ReplyError]) -> KenticoError {
    let about_key = |e: &&ReplyError| {
        e.extensions.code.as_deref().is_some_and(|code| code.starts_with("AUTH_")) || e.message.to_ascii_lowercase().contains("authoriz")
    };
    let shown = |e: &ReplyError| e.message.chars().take(300).collect::<String>();
    match errors.iter().find(about_key) {
        Some(error) => KenticoError::Refused { detail: shown(error) },
        None => KenticoError::Query(errors.first().map(shown).unwrap_or_default()),
    }
}

/// `Retry-After` as seconds, or as a date measured against the reply's own `Date`, so that no clock is needed and a
/// wrong one does no harm (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let wanted = text(header::RETRY_AFTER)?;
    if let Ok(seconds) = wanted.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let instant = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|z| z.timestamp().as_second());
    let seconds = instant(wanted)?.checked_sub(instant(text(header::DATE)?)?)?;
    u64::try_from(seconds).ok().map(Duration::from_secs)
}
