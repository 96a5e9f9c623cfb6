//! What can go wrong on a route. Each text says what happened and what to do next, fit for the connections page.

use std::{io, path::PathBuf};

/// A transport could not do what it was asked. No text carries a key.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// No answer, an answer from something else, or a counterpart that is down.
    #[error(
        "{place} cannot be reached: {cause}. It is tried again by itself; if this lasts, check the address and that the other side is up."
    )]
    Unreachable { place: String, cause: String },
    /// The counterpart does not accept our credentials.
    #[error("{place} did not accept the key of this connection: {cause}. Enter a valid key in the connection's settings.")]
    Refused { place: String, cause: String },
    /// The counterpart, or a rule of the route, turned this request down; the same request would fare the same.
    #[error("{place} turned this down: {reason}. Correct the cause, then send again.")]
    Rejected { place: String, reason: String },
    /// What was to be sent is over the counterpart's limit.
    #[error("{name} is too large for {place}. Ask the other side to raise its limit, or send in smaller parts.")]
    TooLarge { place: String, name: String },
    /// The file system said no.
    #[error("{} could not be used: {source}. Check that the folder exists, has space, and that Portico may read and write it.", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl TransportError {
    /// Whether the same request may work later without anyone changing something.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { .. } | Self::Rejected { .. } | Self::TooLarge { .. } => false,
            Self::Io { source, .. } => !matches!(
                source.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::ReadOnlyFilesystem
                    | io::ErrorKind::NotADirectory
                    | io::ErrorKind::IsADirectory
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::InvalidFilename
            ),
        }
    }

    /// An IO error with the path it happened on.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.into(), source }
    }
}
