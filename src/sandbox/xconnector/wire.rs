//! Signing and events as this side writes them. Written again here, so that the portal is judged by somebody else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The longest that a message may have been on its way, in seconds.
const OLDEST: i64 = 300;

/// A message on the wire, in either direction.
#[derive(Clone, Debug)]
pub struct Message {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// What is signed.
    pub body: String,
}

fn tag(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).ok()?;
    for part in [id, ".", &timestamp.to_string(), ".", body] {
        mac.update(part.as_bytes());
    }
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

impl Message {
    /// Signs a body; unsigned where the secret is none.
    pub fn signed(secret: &str, id: &str, timestamp: i64, body: String) -> Self {
        let signature = tag(secret, id, timestamp, &body).unwrap_or_default();
        Self { id: id.to_owned(), timestamp, signature, body }
    }

    /// Whether it was signed with the secret lately.
    pub fn is_genuine(&self, secret: &str, now: i64) -> bool {
        let wanted = tag(secret, &self.id, self.timestamp, &self.body);
        (now - self.timestamp).abs() <= OLDEST && self.signature.split(' ').any(|given| Some(given) == wanted.as_deref())
    }
}
