//! Sends an event to an endpoint: signed anew at each attempt, without following redirects, and never to an address
//! inside unless the endpoint is marked as local.

use std::{error::Error as _, sync::Arc, time::Duration};

use reqwest::dns::Resolve;

use super::{
    Secret,
    event::STRUCTURED,
    guard::{self, AddressFault, Machine, PublicOnly},
};
use crate::domain::{delivery::Outcome, time::Timestamp};

/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends events.
#[derive(Clone)]
pub struct Sender {
    /// For endpoints anywhere in the world.
    guarded: reqwest::Client,
    /// For endpoints that are marked as local.
    local: reqwest::Client,
}

/// An event and where it goes.
pub struct Envelope<'a> {
    /// The address of the endpoint.
    pub address: &'a str,
    /// It may be inside.
    pub is_local: bool,
    /// What signs, each with a signature of its own.
    pub secrets: &'a [Secret],
    /// The id of the event.
    pub id: String,
    /// The event, as it is sent.
    pub body: &'a str,
}

impl Sender {
    /// A sender; it fails where this machine cannot make requests at all.
    pub fn new() -> reqwest::Result<Self> {
        Self::with_names(Machine)
    }

    /// The same that asks somebody else what names mean.
    pub fn with_names(names: impl Resolve + 'static) -> reqwest::Result<Self> {
        let client = || reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(PATIENCE);
        Ok(Self { guarded: client().dns_resolver(Arc::new(PublicOnly(names))).build()?, local: client().build()? })
    }

    /// Sends an event and says what became of it.
    pub async fn send(&self, envelope: Envelope<'_>, now: Timestamp) -> Outcome {
        let url = match guard::check(envelope.address, envelope.is_local) {
            Ok(url) => url,
            Err(fault) => return Outcome::Away { why: fault.to_string(), wait: None },
        };
        if envelope.secrets.is_empty() {
            return Outcome::Away { why: "No secret of this endpoint can be read. Set a new one.".to_owned(), wait: None };
        }
        let seconds = now.micros() / 1_000_000;
        let sign = |secret: &Secret| secret.sign(&envelope.id, seconds, envelope.body.as_bytes());
        let signatures: Vec<_> = envelope.secrets.iter().map(sign).collect();
        let client = if envelope.is_local { &self.local } else { &self.guarded };
        let request = client
            .post(url)
            .header(http::header::CONTENT_TYPE, STRUCTURED)
            .header("webhook-id", &envelope.id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signatures.join(" "))
            .body(envelope.body.to_owned());
        match request.send().await {
            Ok(answer) => {
                let wait = answer.headers().get(http::header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                Outcome::of_status(answer.status().as_u16(), wait)
            }
            Err(error) => Outcome::Away { why: words(&error), wait: None },
        }
    }
}

/// Why a request did not arrive. The address itself is left out: it stands beside the words.
fn words(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(fault) = inner.downcast_ref::<AddressFault>() {
            return fault.to_string();
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        format!("The endpoint did not answer within {} seconds.", PATIENCE.as_secs())
    } else if error.is_connect() {
        "The endpoint cannot be reached. Check its address, and whether it runs.".to_owned()
    } else {
        "The endpoint broke off before it answered.".to_owned()
    }
}
