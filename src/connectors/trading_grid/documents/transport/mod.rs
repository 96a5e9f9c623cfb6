//! Transports: how raw bytes come in from a counterpart and go out to it. The contract is the same for all of them:
//! what is fetched stays with the counterpart until it is confirmed, so a crash delivers it again (callers are
//! idempotent), and sending the same name with the same bytes twice sends once. Nothing here looks into the bytes.

mod error;
mod folder;
mod mailbox;

use std::{fmt, path::PathBuf};

use bytes::Bytes;
use serde::Deserialize;

use crate::domain::{
    ids::Ids,
    time::{SharedClock, Timestamp},
};

pub use error::TransportError;
pub use folder::{Folder, FolderConfig};
pub use mailbox::{Mailbox, MailboxConfig};

/// Largest file taken where a route sets no limit of its own, in bytes.
pub const DEFAULT_LIMIT: u64 = 64 * 1024 * 1024;

/// How one route travels, as stored with it: `{"transport": "folder", …}`. Unknown keys are errors.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "transport", rename_all = "snake_case")]
pub enum RouteConfig {
    /// A pair of folders that the counterpart writes to and reads from.
    Folder(FolderConfig),
    /// A mailbox reached over HTTP, as `docs/mailbox-profile.md` describes it.
    Mailbox(MailboxConfig),
}

/// What a transport needs from the program around it.
#[derive(Clone)]
pub struct Surroundings {
    /// Tells when a file has settled.
    pub clock: SharedClock,
    /// Names claims.
    pub ids: Ids,
    /// Makes the requests of HTTP transports.
    pub http: reqwest::Client,
    /// Where downloads are kept until they are confirmed. Created when first needed.
    pub spool: PathBuf,
}

/// A way to exchange files with one counterpart. Keep it between polls: a folder remembers its last look.
#[derive(Debug)]
pub enum Transport {
    /// See [`Folder`].
    Folder(Folder),
    /// See [`Mailbox`].
    Mailbox(Mailbox),
}

/// A file a counterpart has for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// What `confirm` and `refuse` take; the same each time this file is delivered again.
    pub handle: String,
    /// The file's name as the counterpart gave it. For showing, never for building a path.
    pub name: String,
    /// Length in bytes; where the file is too large, its whole length as far as known.
    pub size: u64,
    /// Where the bytes are.
    pub body: Body,
}

/// The bytes of an incoming file, on disk until it is confirmed or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// All of them.
    Whole(PathBuf),
    /// The file is over the route's limit. What was kept is for a person to look at: it may be only the beginning.
    TooLarge {
        /// What was kept.
        kept: PathBuf,
        /// The route's limit in bytes.
        limit: u64,
    },
}

/// What `send` left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What `delivered` takes.
    pub handle: String,
    /// Whether the counterpart's side will tell when it has the file.
    pub receipt: Receipt,
}

/// Whether a route tells that a file has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It never does; Sent is the last thing known.
    None,
    /// Ask `delivered`.
    Pending,
}

/// What became of a file that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The counterpart has not taken it yet.
    Waiting,
    /// The counterpart has it; the time is the counterpart's, where it tells one.
    Delivered { at: Option<Timestamp> },
    /// It will not arrive, with the counterpart's reason.
    Failed { reason: String },
    /// This route cannot tell.
    NoReceipt,
}

/// What a check of a working connection found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Files that wait to be fetched, where the route tells.
    pub incoming: Option<u64>,
    /// Files that the counterpart has not taken yet, where the route tells.
    pub outgoing: Option<u64>,
}

impl Transport {
    /// A transport for a route. Opens nothing yet; `check` tells whether it works.
    pub fn new(config: RouteConfig, around: Surroundings) -> Self {
        match config {
            RouteConfig::Folder(config) => Self::Folder(Folder::new(config, around.clock, around.ids)),
            RouteConfig::Mailbox(config) => Self::Mailbox(Mailbox::new(config, around.http, around.spool)),
        }
    }

    /// Whether test interchanges that come this way are refused.
    pub fn refuses_test(&self) -> bool {
        match self {
            Self::Folder(folder) => folder.refuses_test(),
            Self::Mailbox(mailbox) => mailbox.refuses_test(),
        }
    }

    /// Up to `at_most` files that wait, oldest first, those fetched before and not confirmed among them.
    pub async fn fetch(&self, at_most: usize) -> Result<Vec<Incoming>, TransportError> {
        match self {
            Self::Folder(folder) => folder.fetch(at_most).await,
            Self::Mailbox(mailbox) => mailbox.fetch(at_most).await,
        }
    }

    /// The file is safely ours: it is not delivered again and its body is gone from where it was. Confirming twice is
    /// the same as once.
    pub async fn confirm(&self, handle: &str) -> Result<(), TransportError> {
        match self {
            Self::Folder(folder) => folder.confirm(handle).await,
            Self::Mailbox(mailbox) => mailbox.confirm(handle).await,
        }
    }

    /// The file cannot be used: it is not delivered again, and the reason is left where the counterpart's people look.
    pub async fn refuse(&self, handle: &str, reason: &str) -> Result<(), TransportError> {
        match self {
            Self::Folder(folder) => folder.refuse(handle, reason).await,
            Self::Mailbox(mailbox) => mailbox.refuse(handle, reason).await,
        }
    }

    /// Sends bytes under a name that is this transmission's own. A retry with the same name and bytes sends once.
    pub async fn send(&self, name: &str, bytes: Bytes) -> Result<Sent, TransportError> {
        check_name(name)?;
        match self {
            Self::Folder(folder) => folder.send(name, bytes).await,
            Self::Mailbox(mailbox) => mailbox.send(name, bytes).await,
        }
    }

    /// What became of a file that `send` reported sent.
    pub async fn delivered(&self, handle: &str) -> Result<Delivery, TransportError> {
        match self {
            Self::Folder(folder) => folder.delivered(handle).await,
            Self::Mailbox(mailbox) => mailbox.delivered(handle).await,
        }
    }

    /// Whether the route works now: folders there and writable, mailbox reachable and the key accepted.
    pub async fn check(&self) -> Result<Health, TransportError> {
        match self {
            Self::Folder(folder) => folder.check().await,
            Self::Mailbox(mailbox) => mailbox.check().await,
        }
    }
}

/// A key or password: read from configuration, given to the wire, never printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The key itself, for the wire only.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Endings that senders use for files they are still writing, ours among them.
const UNFINISHED: [&str; 6] = [".tmp", ".part", ".filepart", ".writing", ".swp", ".processing"];

/// Whether a name says that its file is not for reading: hidden, or still being written by the common conventions.
fn is_unfinished(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with('.') || UNFINISHED.iter().any(|ending| lower.ends_with(ending))
}

/// Names we send under: safe on any file system and in a header, and never one that a counterpart would pass over.
fn check_name(name: &str) -> Result<(), TransportError> {
    let portable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || name.len() > 128 || !name.chars().all(portable) || is_unfinished(name) {
        return Err(TransportError::Rejected {
            place: "The outgoing route".to_owned(),
            reason: format!("{name:?} cannot be a file name (letters, digits, dot, dash and underscore, at most 128, no leading dot)"),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_read_from_its_stored_form_and_hides_its_key() {
        let text = r#"{"transport":"mailbox","address":"http://grid.example","key":"k-4711","mailbox":"HUB"}"#;
        let config: RouteConfig = serde_json::from_str(text).unwrap();
        let RouteConfig::Mailbox(mailbox) = &config else { panic!("{config:?}") };
        assert_eq!((mailbox.key.reveal(), mailbox.largest_bytes), ("k-4711", DEFAULT_LIMIT));
        assert!(!format!("{config:?}").contains("4711"));

        let folder = r#"{"transport":"folder","inbound":"/in","outbound":"/out"}"#;
        let RouteConfig::Folder(folder) = serde_json::from_str(folder).unwrap() else { panic!() };
        assert_eq!((folder.settle_seconds, folder.keep_archive), (5, true));

        let unknown = r#"{"transport":"folder","inbound":"/in","outbound":"/out","archiv":true}"#;
        assert!(serde_json::from_str::<RouteConfig>(unknown).is_err());
    }

    #[test]
    fn only_portable_names_are_sent() {
        for good in ["850-000000001.edi", "A_b.x12"] {
            check_name(good).unwrap();
        }
        for bad in ["", ".hidden", "..", "a/b", "a\\b", "../a", "x.tmp", "x.PART", "ä.edi", "a b", "a\0"] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }
}
