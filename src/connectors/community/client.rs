//! Requests of the community profile. Every answer has a time limit and a size limit, and each thing that can go wrong is
//! a [`Fault`] of its own; no redirect is followed, so that the key goes nowhere else.

use std::{net::IpAddr, time::Duration};

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, Response, Url, header, redirect::Policy};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::profile::{Page, Push};
use crate::domain::delivery::Outcome;

/// How long an answer may take, all of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a file may take, all of it.
const FILE_PATIENCE: Duration = Duration::from_mins(5);
/// Largest answer that is no file, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// How much of what an answer says is told to people, in characters.
const QUOTED: usize = 200;

/// Speaks to one Active Community.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: Url,
    key: String,
    patience: Duration,
}

/// Why a request came to nothing. The words are for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The key is wrong or was withdrawn.
    #[error("Active Community does not accept the key ({0}). Set the new one as community.key.")]
    Key(String),
    /// It is there and does not want this.
    #[error("Active Community refused it ({0}).")]
    Refused(String),
    /// It does not know what this is about.
    #[error("Active Community does not know what this is about ({0}).")]
    Unknown(String),
    /// It cannot be reached, or not do anything now.
    #[error("{why}")]
    Away {
        /// In words.
        why: String,
        /// For how many seconds it wants to be left alone.
        wait: Option<i64>,
    },
    /// What it answered is not what the profile says.
    #[error("Active Community answered something that is not of the community profile ({0}).")]
    Garbage(String),
    /// A file has other bytes than its hash says: something in between changed them, or it did.
    #[error("Active Community sends other bytes than it says: for the file {wanted} they have the SHA-256 {found}.")]
    Damaged {
        /// The hash that was asked for.
        wanted: String,
        /// That of the bytes that came.
        found: String,
    },
    /// An answer is larger than is taken.
    #[error("An answer of Active Community is larger than {0} bytes.")]
    TooLarge(u64),
    /// It does not know where the reader was.
    #[error("Active Community does not know any more up to where its changes were read.")]
    CursorLost,
}

impl Fault {
    /// What it means for what was to be delivered.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Refused(_) | Self::Unknown(_) => Outcome::Refused { why: self.to_string() },
            Self::Away { why, wait } => Outcome::Away { why, wait },
            // A proxy in between, an update, a key that is being replaced: it may go well later.
            other => Outcome::Away { why: other.to_string(), wait: None },
        }
    }
}

/// The part of a problem document that people are told.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    title: String,
    detail: String,
}

/// What the upsert of a case answers.
#[derive(Deserialize)]
struct Upserted {
    /// What the case is called there.
    id: String,
}

impl Client {
    /// A client; the words of a failure say what to set.
    pub fn new(address: &str, key: &str) -> Result<Self, String> {
        let mut address = Url::parse(address).map_err(|_| "community.url must be an address that begins with https://.".to_owned())?;
        let host = address.host_str().unwrap_or_default();
        let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_inside = host == "localhost" || number.is_ok_and(|number| number.is_loopback());
        if address.scheme() != "https" && !(address.scheme() == "http" && is_inside) {
            return Err("community.url must begin with https://; only an address of this machine may do without.".to_owned());
        }
        if !address.path().ends_with('/') {
            address.set_path(&format!("{}/", address.path()));
        }
        let http = reqwest::Client::builder().redirect(Policy::none()).build();
        let http = http.map_err(|error| format!("No requests can be made from this machine: {error}."))?;
        Ok(Self { http, address, key: key.to_owned(), patience: PATIENCE })
    }

    /// The same with another time limit for answers.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Where it leads.
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    /// Makes a change there; says what a case is called there, where the answer does.
    pub async fn push(&self, push: &Push, bytes: Option<Bytes>) -> Result<Option<String>, Fault> {
        match push {
            Push::Case { id, body } => {
                let answer = self.ask(self.json(Method::PUT, &["cases", id], body)?).await?;
                Ok(Some(self.read::<Upserted>(answer).await?.id))
            }
            Push::Comment { case, body } => self.done(self.json(Method::POST, &["cases", case, "comments"], body)?).await,
            Push::Attachment { case, body, .. } => {
                if let Some(bytes) = bytes {
                    let request = self.request(Method::PUT, &["attachments", &body.sha256])?.timeout(FILE_PATIENCE);
                    self.done(request.header(header::CONTENT_TYPE, body.media_type.as_str()).body(bytes)).await?;
                }
                self.done(self.json(Method::POST, &["cases", case, "attachments"], body)?).await
            }
            Push::Reference { kind, key, body } => self.done(self.json(Method::PUT, &["reference", kind, key], body)?).await,
        }
    }

    /// What happened there after a cursor, at most so many changes; from the beginning where the cursor is empty.
    pub async fn changes(&self, after: &str, take: usize) -> Result<Page, Fault> {
        let mut url = self.url(&["changes"])?;
        url.query_pairs_mut().append_pair("take", &take.to_string());
        if !after.is_empty() {
            url.query_pairs_mut().append_pair("after", after);
        }
        let answer = self.ask(self.authorised(Method::GET, url)).await?;
        // No database keeps the character NUL; whoever wrote it meant nothing by it.
        let body = String::from_utf8_lossy(&self.bytes(answer, LARGEST).await?).replace("\\u0000", "\\ufffd");
        parsed(body.as_bytes())
    }

    /// The bytes with a hash, at most so many.
    pub async fn content(&self, sha256: &str, most: u64) -> Result<Bytes, Fault> {
        let answer = self.ask(self.request(Method::GET, &["attachments", sha256])?.timeout(FILE_PATIENCE)).await?;
        let bytes = self.bytes(answer, usize::try_from(most).unwrap_or(usize::MAX)).await?;
        let digits = Sha256::digest(&bytes).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let found: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        if found.eq_ignore_ascii_case(sha256) { Ok(bytes) } else { Err(Fault::Damaged { wanted: sha256.to_owned(), found }) }
    }

    /// Makes a request of whose answer nothing counts but that it is one of the profile: a page of some proxy is none.
    async fn done(&self, request: RequestBuilder) -> Result<Option<String>, Fault> {
        let answer = self.ask(request).await?;
        self.read::<serde_json::Map<String, serde_json::Value>>(answer).await.map(|_| None)
    }

    fn json(&self, method: Method, path: &[&str], body: &impl Serialize) -> Result<RequestBuilder, Fault> {
        Ok(self.request(method, path)?.json(body))
    }

    fn request(&self, method: Method, path: &[&str]) -> Result<RequestBuilder, Fault> {
        Ok(self.authorised(method, self.url(path)?))
    }

    fn authorised(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).bearer_auth(&self.key).timeout(self.patience)
    }

    /// An address below that of the Community; every step is percent-encoded.
    fn url(&self, path: &[&str]) -> Result<Url, Fault> {
        let mut url = self.address.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => drop(segments.pop_if_empty().extend(path)),
            Err(()) => return Err(Fault::Refused("community.url has no host".to_owned())),
        }
        Ok(url)
    }

    /// Sends a request; everything but a success is a fault, in the other side's words where it has some.
    async fn ask(&self, request: RequestBuilder) -> Result<Response, Fault> {
        let answer = request.send().await.map_err(|error| self.away(&error))?;
        let status = answer.status().as_u16();
        if (200..300).contains(&status) {
            return Ok(answer);
        }
        let wait = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let problem: Problem = match self.bytes(answer, LARGEST).await {
            Ok(body) => serde_json::from_slice(&body).unwrap_or_default(),
            Err(_) => Problem::default(),
        };
        let words = [problem.detail, problem.title].into_iter().find(|words| !words.trim().is_empty());
        let said = words.map_or_else(|| format!("status {status}"), |words| format!("status {status}: {}", readable(&words)));
        Err(match status {
            401 | 403 => Fault::Key(said),
            404 => Fault::Unknown(said),
            410 => Fault::CursorLost,
            408 | 425 | 429 | 500..=599 => {
                Fault::Away { why: format!("Active Community cannot take or tell anything now ({said})."), wait }
            }
            _ => Fault::Refused(said),
        })
    }

    async fn read<T: DeserializeOwned>(&self, answer: Response) -> Result<T, Fault> {
        parsed(&self.bytes(answer, LARGEST).await?)
    }

    /// The whole of an answer, where it is not larger than that.
    async fn bytes(&self, mut answer: Response, most: usize) -> Result<Bytes, Fault> {
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| self.away(&error))? {
            if body.len() + piece.len() > most {
                return Err(Fault::TooLarge(most as u64));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.into())
    }

    fn away(&self, error: &reqwest::Error) -> Fault {
        let why = if error.is_timeout() {
            format!("Active Community did not answer within {} seconds.", self.patience.as_secs())
        } else if error.is_connect() {
            "Active Community cannot be reached. Check community.url, and whether it runs.".to_owned()
        } else {
            "Active Community broke off before it had answered.".to_owned()
        };
        Fault::Away { why, wait: None }
    }
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| Fault::Garbage(readable(&error.to_string())))
}

/// What another system says, fit for a page: one line, not long.
fn readable(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_encrypted_or_on_this_machine() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        for (address, usable) in [
            ("https://community.example.com/portico", true),
            ("http://127.0.0.1:9000", true),
            ("http://community.example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("ftp://127.0.0.1", false),
            ("somewhere", false),
        ] {
            assert_eq!(Client::new(address, "key").is_ok(), usable, "{address}");
        }
    }

    #[test]
    fn every_step_of_an_address_is_encoded() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::new("https://community.example.com/portico", "key").unwrap();
        let url = client.url(&["reference", "item", "KESTREL:M8/30 ?#"]).unwrap();
        assert_eq!(url.as_str(), "https://community.example.com/portico/reference/item/KESTREL:M8%2F30%20%3F%23");
    }

    #[test]
    fn only_a_plain_refusal_counts_against_what_was_sent() {
        assert!(matches!(Fault::Refused("422".to_owned()).outcome(), Outcome::Refused { .. }));
        for fault in [Fault::Key("401".to_owned()), Fault::Garbage("html".to_owned()), Fault::TooLarge(7), Fault::CursorLost] {
            assert!(matches!(fault.outcome(), Outcome::Away { .. }));
        }
        assert_eq!(readable("a\n b\u{7} "), "a b");
    }
}
