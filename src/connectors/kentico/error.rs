//! What can go wrong between the portal and Kentico, in words an administrator can act on. No message ever carries the
//! key or the body of a reply.

use std::time::Duration;

/// A failed exchange with Kentico. Its text says what happened, then what to do.
#[derive(Debug, thiserror::Error)]
pub enum KenticoError {
    /// The settings cannot work; found before anything is sent.
    #[error("The Kentico settings cannot be used: {0}. Correct the setting and restart.")]
    Settings(String),
    /// No connection, or it broke.
    #[error("Kentico at {host} could not be reached ({detail}). Check the address and the network; the portal tries again by itself.")]
    Unreachable {
        /// Host and port that were tried.
        host: String,
        /// What the network said.
        detail: String,
    },
    /// No full answer in the time allowed.
    #[error(
        "Kentico at {host} did not answer within {seconds} seconds. The portal tries again by itself; if it persists, check the Kentico server."
    )]
    TimedOut {
        /// Host and port that were asked.
        host: String,
        /// The time allowed.
        seconds: u64,
    },
    /// The key was not accepted. A real installation may say so by status or by an error in a reply; both end here.
    #[error(
        "Kentico refused the key ({detail}). Create a key of access type \"Headless content - Published\" for this channel and enter it."
    )]
    Refused {
        /// The status or Kentico's own words.
        detail: String,
    },
    /// Kentico asks for patience (429 or 503).
    #[error("Kentico is busy (status {status}). The portal tries again by itself; if it persists, ask for a higher rate limit.")]
    Busy {
        /// 429 or 503.
        status: u16,
        /// How long to wait, where the reply said it.
        retry_after: Option<Duration>,
    },
    /// The query does not fit the channel's schema, as when a field was renamed.
    #[error("Kentico did not understand the query: {0} Compare the content type and field names in the settings with those in Kentico.")]
    Query(String),
    /// Any other failure status.
    #[error("Kentico answered with status {0}. Look at the event log of the Kentico server; the portal tries again by itself.")]
    Server(u16),
    /// A reply above the limit. Nothing of it was kept.
    #[error("Kentico sent more than {limit_bytes} bytes for {what}. Make it smaller in Kentico or raise the limit in the settings.")]
    TooLarge {
        /// What was asked for.
        what: String,
        /// The limit.
        limit_bytes: usize,
    },
    /// A reply that is not what the documentation promises.
    #[error("Kentico's reply could not be read: {0}. Check that the address is that of a headless channel.")]
    Unreadable(String),
    /// Content was published again and again while it was being read.
    #[error("Content kept changing in Kentico while it was being read. The portal reads it again at the next turn.")]
    Moving,
    /// A file that is gone.
    #[error("The file {0} is no longer in Kentico. Publish the item again, or take the file out of it.")]
    NoSuchFile(String),
    /// An address that does not belong to the installation.
    #[error("The file address {0} is not on the Kentico server, so it was not fetched. Upload the file to Kentico's content hub.")]
    ForeignFile(String),
    /// A file of a kind that the portal does not hand out.
    #[error("The file {0} is not a kind the portal shows. Use PDF, PNG, JPEG, GIF, WebP, DOCX or XLSX.")]
    FileKind(String),
}

impl KenticoError {
    /// Whether the same request may succeed later without anyone changing a setting.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Busy { .. } | Self::Server(_) | Self::Moving)
    }

    /// How long Kentico asked to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
