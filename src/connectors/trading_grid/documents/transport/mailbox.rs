//! The HTTP mailbox, as `docs/mailbox-profile.md` describes it: list what is ready, fetch, confirm; upload, ask for
//! the status. A download is streamed to the spool and handed on only when it is whole. This module trusts nothing an
//! answer says: ids are checked before they enter an address, names never become paths, error texts are cut short.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url, header};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tokio::{fs, io::AsyncWriteExt};

use super::{Body, DEFAULT_LIMIT, Delivery, Health, Incoming, Receipt, Secret, Sent, TransportError, folder::hex};
use crate::domain::time::Timestamp;

/// Longest wait for an answer, or for the next piece of a download.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait for an upload to be taken in.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(5);
/// Most bytes of a listing or an error that are read.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Where the mailbox is and how it is opened.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxConfig {
    /// The service's address, before `/v1`.
    pub address: String,
    /// The bearer key.
    pub key: Secret,
    /// The name of our mailbox there.
    pub mailbox: String,
    /// Parcels above this many bytes are reported as too large.
    #[serde(default = "default_limit")]
    pub largest_bytes: u64,
    /// Whether interchanges marked as tests (ISA15) are refused; otherwise they are taken like real ones.
    #[serde(default)]
    pub refuse_test: bool,
    /// Whether what partners' own systems send to the hub is passed on over this route, as it came. For the hub's routes.
    #[serde(default)]
    pub pass_on: bool,
}

const fn default_limit() -> u64 {
    DEFAULT_LIMIT
}

/// A route over a mailbox.
#[derive(Clone, Debug)]
pub struct Mailbox {
    config: MailboxConfig,
    http: reqwest::Client,
    spool: PathBuf,
    patience: Duration,
}

/// A parcel as the profile writes it; members we do not use are left out, unknown ones are ignored.
#[derive(Debug, Deserialize)]
struct Parcel {
    id: String,
    file_name: String,
    bytes: u64,
    sha256: Option<String>,
    status: Status,
    reason: Option<String>,
    delivered_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Ready,
    Transferred,
    Delivered,
    Failed,
}

#[derive(Deserialize)]
struct Listing {
    parcels: Vec<Parcel>,
    ready: u64,
}

/// RFC 9457, as far as it is shown.
#[derive(Default, Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

impl Mailbox {
    /// A mailbox route; connects to nothing yet.
    pub fn new(config: MailboxConfig, http: reqwest::Client, spool: PathBuf) -> Self {
        Self { config, http, spool, patience: PATIENCE }
    }

    /// See [`super::Transport::refuses_test`].
    pub fn refuses_test(&self) -> bool {
        self.config.refuse_test
    }

    /// See [`super::Transport::fetch`]. One parcel that cannot be fetched does not hold up those behind it; a second
    /// failure ends the attempt, since the mailbox is then likely down.
    pub async fn fetch(&self, at_most: usize) -> Result<Vec<Incoming>, TransportError> {
        let listing = self.list(at_most).await?;
        let mut fetched = Vec::new();
        let mut failure = None;
        for parcel in listing.parcels.into_iter().take(at_most) {
            match self.download(&parcel).await {
                Ok(incoming) => fetched.push(incoming),
                Err(error) => {
                    tracing::warn!(parcel = parcel.id, %error, "a parcel could not be fetched");
                    if failure.replace(error).is_some() {
                        break;
                    }
                }
            }
        }
        match failure {
            Some(error) if fetched.is_empty() => Err(error),
            _ => Ok(fetched),
        }
    }

    /// See [`super::Transport::confirm`].
    pub async fn confirm(&self, handle: &str) -> Result<(), TransportError> {
        self.settle(handle, serde_json::json!({ "outcome": "taken" })).await
    }

    /// See [`super::Transport::refuse`]: the parcel is confirmed with a note that its sender sees.
    pub async fn refuse(&self, handle: &str, reason: &str) -> Result<(), TransportError> {
        self.settle(handle, serde_json::json!({ "outcome": "refused", "reason": reason })).await
    }

    /// See [`super::Transport::send`]; the name has been checked, and is the idempotency key as well.
    pub(super) async fn send(&self, name: &str, bytes: Bytes) -> Result<Sent, TransportError> {
        let request = self
            .request(Method::POST, &["mailboxes", &self.config.mailbox, "parcels"])?
            .timeout(UPLOAD_PATIENCE)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("idempotency-key", name)
            .header("file-name", name)
            .body(bytes);
        let answer = self.answer(request).await.map_err(|error| match error {
            Failure::TooLarge => TransportError::TooLarge { place: self.place(), name: name.to_owned() },
            other => self.explain(other),
        })?;
        let parcel: Parcel = self.read(answer).await?;
        Ok(Sent { handle: parcel.id, receipt: Receipt::Pending })
    }

    /// See [`super::Transport::delivered`].
    pub async fn delivered(&self, handle: &str) -> Result<Delivery, TransportError> {
        let request = self.request(Method::GET, &["parcels", checked(handle).ok_or_else(|| self.bad_id(handle))?])?;
        let parcel: Parcel = self.read(self.ask(request).await?).await?;
        Ok(match parcel.status {
            Status::Ready | Status::Transferred => Delivery::Waiting,
            Status::Delivered => Delivery::Delivered { at: parcel.delivered_at },
            Status::Failed => Delivery::Failed {
                reason: parcel.reason.map_or_else(|| "the mailbox gave no reason".to_owned(), |reason| readable(&reason)),
            },
        })
    }

    /// See [`super::Transport::check`].
    pub async fn check(&self) -> Result<Health, TransportError> {
        let listing = self.list(1).await?;
        Ok(Health { incoming: Some(listing.ready), outgoing: None })
    }

    async fn list(&self, at_most: usize) -> Result<Listing, TransportError> {
        let mut url = self.address(&["mailboxes", &self.config.mailbox, "parcels"])?;
        url.query_pairs_mut().append_pair("status", "ready").append_pair("limit", &at_most.clamp(1, 100).to_string());
        self.read(self.ask(self.request_to(Method::GET, url)).await?).await
    }

    /// Fetches one parcel into the spool: first into a file of its own for this attempt, which gets its lasting name
    /// when every byte is there and matches the announced SHA-256.
    async fn download(&self, parcel: &Parcel) -> Result<Incoming, TransportError> {
        let id = checked(&parcel.id).ok_or_else(|| self.bad_id(&parcel.id))?;
        fs::create_dir_all(&self.spool).await.map_err(TransportError::io(&self.spool))?;
        let whole = self.spooled(id);
        let partial = whole.with_extension("part");
        let received = async {
            let response = self.ask(self.request(Method::GET, &["parcels", id, "content"])?.timeout(Duration::from_hours(1))).await?;
            self.store(parcel, response, &partial).await
        }
        .await;
        let too_large = match received {
            Ok(too_large) => too_large,
            Err(error) => {
                drop(fs::remove_file(&partial).await);
                return Err(error);
            }
        };
        fs::rename(&partial, &whole).await.map_err(TransportError::io(&whole))?;
        let body = if too_large { Body::TooLarge { kept: whole, limit: self.config.largest_bytes } } else { Body::Whole(whole) };
        Ok(Incoming { handle: parcel.id.clone(), name: readable(&parcel.file_name), size: parcel.bytes, body })
    }

    /// Streams a body to disk; true where it was cut off at the route's limit.
    async fn store(&self, parcel: &Parcel, mut response: Response, path: &Path) -> Result<bool, TransportError> {
        let mut file = fs::File::create(path).await.map_err(TransportError::io(path))?;
        let (mut digest, mut left) = (Sha256::new(), self.config.largest_bytes);
        let mut too_large = parcel.bytes > left;
        while let Some(mut chunk) = self.next_chunk(&mut response).await? {
            let fits = usize::try_from(left).unwrap_or(usize::MAX);
            too_large |= chunk.len() > fits;
            chunk.truncate(fits);
            left -= chunk.len() as u64;
            digest.update(&chunk);
            file.write_all(&chunk).await.map_err(TransportError::io(path))?;
            if too_large && left == 0 {
                break;
            }
        }
        file.sync_all().await.map_err(TransportError::io(path))?;
        let received = self.config.largest_bytes - left;
        let intact = parcel.sha256.as_ref().is_none_or(|announced| announced.eq_ignore_ascii_case(&hex(&digest.finalize())));
        if !too_large && (received != parcel.bytes || !intact) {
            return Err(self.unreachable(format!("parcel {} arrived damaged ({received} of {} bytes)", parcel.id, parcel.bytes)));
        }
        Ok(too_large)
    }

    async fn next_chunk(&self, response: &mut Response) -> Result<Option<Bytes>, TransportError> {
        match tokio::time::timeout(self.patience, response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(self.unreachable(format!("the connection broke while it was answering ({})", causes(&error)))),
            Err(_) => Err(self.unreachable(format!("it stopped answering for {} seconds", self.patience.as_secs()))),
        }
    }

    async fn settle(&self, handle: &str, note: serde_json::Value) -> Result<(), TransportError> {
        let id = checked(handle).ok_or_else(|| self.bad_id(handle))?;
        self.ask(self.request(Method::POST, &["parcels", id, "confirm"])?.json(&note)).await?;
        let spooled = self.spooled(id);
        match fs::remove_file(&spooled).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(TransportError::Io { path: spooled, source: error }),
            _ => Ok(()),
        }
    }

    /// The file a parcel is kept in: named by a hash, so that no id can name a path.
    fn spooled(&self, id: &str) -> PathBuf {
        let name = hex(&Sha256::digest(format!("{}\n{}\n{id}", self.config.address, self.config.mailbox)));
        self.spool.join(name).with_extension("parcel")
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, TransportError> {
        Ok(self.request_to(method, self.address(path)?))
    }

    fn request_to(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).bearer_auth(self.config.key.reveal()).timeout(self.patience)
    }

    /// An address under `/v1`; every step is percent-encoded.
    fn address(&self, path: &[&str]) -> Result<Url, TransportError> {
        let mut url = Url::parse(&self.config.address).map_err(|error| self.bad_address(&error.to_string()))?;
        match url.path_segments_mut() {
            Ok(mut segments) => drop(segments.pop_if_empty().push("v1").extend(path)),
            Err(()) => return Err(self.bad_address("it has no host")),
        }
        Ok(url)
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, TransportError> {
        self.answer(request).await.map_err(|failure| self.explain(failure))
    }

    /// Sends a request; anything but a success becomes a [`Failure`] with the problem's own words.
    async fn answer(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let mut response = request.send().await.map_err(|error| Failure::Down(causes(&error)))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = self.read_some(&mut response).await.unwrap_or_default();
        let problem: Problem = serde_json::from_slice(&body).unwrap_or_default();
        let said = problem.detail.or(problem.title).unwrap_or_else(|| "no explanation".to_owned());
        let said = format!("status {}, {}", status.as_u16(), readable(&said));
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Key(said),
            StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => Failure::Down(said),
            status if status.is_client_error() => Failure::Request(said),
            _ => Failure::Down(said),
        })
    }

    async fn read<T: DeserializeOwned>(&self, mut response: Response) -> Result<T, TransportError> {
        let body = self.read_some(&mut response).await?;
        serde_json::from_slice(&body).map_err(|error| self.unreachable(format!("its answer is not one of a mailbox ({error})")))
    }

    /// The whole of a small answer; an error where it is not small.
    async fn read_some(&self, response: &mut Response) -> Result<Vec<u8>, TransportError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.next_chunk(response).await? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(self.unreachable("its answer is far too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn explain(&self, failure: Failure) -> TransportError {
        let place = self.place();
        match failure {
            Failure::Down(cause) => TransportError::Unreachable { place, cause },
            Failure::Key(cause) => TransportError::Refused { place, cause },
            Failure::Request(reason) => TransportError::Rejected { place, reason },
            Failure::TooLarge => TransportError::Rejected { place, reason: "it says that the request is too large".to_owned() },
        }
    }

    fn place(&self) -> String {
        format!("The mailbox {} at {}", self.config.mailbox, self.config.address)
    }

    fn unreachable(&self, cause: String) -> TransportError {
        TransportError::Unreachable { place: self.place(), cause }
    }

    fn bad_id(&self, id: &str) -> TransportError {
        TransportError::Rejected { place: self.place(), reason: format!("{id:?} is not the id of a parcel") }
    }

    fn bad_address(&self, why: &str) -> TransportError {
        TransportError::Rejected { place: self.place(), reason: format!("its address cannot be used: {why}") }
    }
}

/// Why a request did not succeed, before it is put into words.
enum Failure {
    Down(String),
    Key(String),
    Request(String),
    TooLarge,
}

/// A parcel id that is safe in an address: letters, digits, dot, dash, underscore, tilde; not a step up.
fn checked(id: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    (!id.is_empty() && id.len() <= 200 && id.chars().all(plain) && !matches!(id, "." | "..")).then_some(id)
}

/// The other side's words, cut short and without control characters, which a database may not keep.
fn readable(said: &str) -> String {
    let said: String = said.chars().take(300).map(|c| if c.is_control() { ' ' } else { c }).collect();
    said.trim_end_matches(['.', ' ']).to_owned()
}

/// An error with what lies under it, without the address (the message has it already).
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
#[path = "mailbox_tests.rs"]
mod tests;
