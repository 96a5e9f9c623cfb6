//! Signatures as Standard Webhooks 1.0 has them: HMAC-SHA256 over `id.timestamp.body`, one for each secret in use, so
//! that a secret can be replaced while both sides run. Checked on the bytes as they came, before anything is read.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::time::Timestamp;

/// How far a timestamp may be from our clock, in seconds.
pub const TOLERANCE: i64 = 5 * 60;

/// What a secret begins with when it is written down.
const PREFIX: &str = "whsec_";

/// Lengths of a secret in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// Signatures of one message that are looked at: one for each secret, and a few to spare.
const MOST_SIGNATURES: usize = 10;

/// A shared secret. It is never shown.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads `whsec_` and base64 of 24 to 64 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().strip_prefix(PREFIX)?;
        let bytes = STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?;
        LENGTHS.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Writes a secret down, for the one who shall share it.
    pub fn written(bytes: &[u8]) -> String {
        format!("{PREFIX}{}", STANDARD.encode(bytes))
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Hmac<Sha256> {
        // Any length of key is taken.
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("any key");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac
    }

    /// The signature of a message, as the header carries it.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(id, timestamp, body).finalize().into_bytes()))
    }
}

/// The three headers of a signed message.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// `webhook-id`: the same on every retry.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: &'a str,
    /// `webhook-signature`: signatures with a blank between them.
    pub signature: &'a str,
}

/// Why a message is refused. The words are for whoever connects the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// A header is missing or empty.
    #[error("The headers webhook-id, webhook-timestamp and webhook-signature are needed. Sign each message as Standard Webhooks 1.0 says.")]
    Missing,
    /// The timestamp is no number.
    #[error("webhook-timestamp is not a number of seconds since 1970.")]
    Timestamp,
    /// Too old, or from the future.
    #[error("webhook-timestamp is more than five minutes from our clock. Check the clock, and sign anew when a message is sent again.")]
    Stale,
    /// No signature fits any secret in use.
    #[error("No signature fits. Sign the bytes of the body as they are sent, with the secret of this endpoint.")]
    Wrong,
}

/// Checks a message against the secrets in use.
pub fn verify(secrets: &[Secret], headers: Headers<'_>, body: &[u8], now: Timestamp) -> Result<(), SignatureFault> {
    if headers.id.is_empty() || headers.timestamp.is_empty() || headers.signature.is_empty() {
        return Err(SignatureFault::Missing);
    }
    let timestamp: i64 = headers.timestamp.parse().map_err(|_| SignatureFault::Timestamp)?;
    if (now.micros() / 1_000_000).abs_diff(timestamp) > TOLERANCE.unsigned_abs() {
        return Err(SignatureFault::Stale);
    }
    let given = headers.signature.split(' ').take(MOST_SIGNATURES).filter_map(|signature| signature.strip_prefix("v1,"));
    let given: Vec<Vec<u8>> = given.filter_map(|text| STANDARD.decode(text).ok()).collect();
    // The body is hashed once for each secret, however many signatures came; each compares in constant time.
    let fits = |secret: &Secret| {
        let mac = secret.mac(headers.id, timestamp, body);
        given.iter().any(|tag| mac.clone().verify_slice(tag).is_ok())
    };
    if secrets.iter().any(fits) { Ok(()) } else { Err(SignatureFault::Wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros((1_614_265_330 + seconds) * 1_000_000)
    }

    fn check(signature: &str, body: &[u8], now: Timestamp) -> Result<(), SignatureFault> {
        let secrets = [Secret::parse(&Secret::written(&[7; 32])).unwrap(), Secret::parse(SECRET).unwrap()];
        verify(&secrets, Headers { id: ID, timestamp: AT, signature }, body, now)
    }

    #[test]
    fn the_published_example_fits_also_while_the_secret_is_replaced() {
        assert_eq!(Secret::parse(SECRET).unwrap().sign(ID, 1_614_265_330, BODY), SIGNATURE);
        assert_eq!(check(SIGNATURE, BODY, at(0)), Ok(()));
        assert_eq!(check(&format!("v1,AAAA v1a,xyz {SIGNATURE}"), BODY, at(299)), Ok(()), "one of several is enough");
        let many = format!("{}{SIGNATURE}", "v1,AAAA ".repeat(MOST_SIGNATURES));
        assert_eq!(check(&many, BODY, at(0)), Err(SignatureFault::Wrong), "nobody has so many secrets");
    }

    #[test]
    fn what_was_changed_is_late_or_unsigned_is_refused() {
        assert_eq!(check(SIGNATURE, br#"{"test":2432232314}"#, at(0)), Err(SignatureFault::Wrong));
        assert_eq!(check(&SIGNATURE.replace("v1,", "v2,"), BODY, at(0)), Err(SignatureFault::Wrong));
        assert_eq!(check(SIGNATURE, BODY, at(301)), Err(SignatureFault::Stale));
        assert_eq!(check(SIGNATURE, BODY, at(-301)), Err(SignatureFault::Stale));
        assert_eq!(check("", BODY, at(0)), Err(SignatureFault::Missing));
        let headers = |timestamp| Headers { id: ID, timestamp, signature: SIGNATURE };
        assert_eq!(verify(&[], headers("soon"), BODY, at(0)), Err(SignatureFault::Timestamp));
        assert_eq!(verify(&[], headers("-9223372036854775808"), BODY, at(0)), Err(SignatureFault::Stale));
        assert_eq!(verify(&[], headers(AT), BODY, at(0)), Err(SignatureFault::Wrong));
    }

    #[test]
    fn only_secrets_of_a_safe_length_are_taken_and_none_is_shown() {
        for text in
            ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_!!!!", &Secret::written(&[1; 23]), &Secret::written(&[1; 65])]
        {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
        assert_eq!(format!("{:?}", Secret::parse(SECRET).unwrap()), "Secret(…)");
    }
}
