//! Why a use case did not happen. Each case says what the person asking will see.

use crate::store::StoreError;

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A field of a form that cannot be used, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldError {
    /// The field's name in the form, such as `lines[0][quantity]`.
    pub field: String,
    /// What is wrong, then what to do.
    pub message: String,
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it belongs to somebody else: both look the same from outside (404).
    #[error("not found")]
    NotFound,
    /// The actor may see it but not do that (403); the words say who may.
    #[error("{0}")]
    Forbidden(String),
    /// What was entered cannot be used (422); every field that is wrong is named.
    #[error("some entries need attention")]
    Invalid(Vec<FieldError>),
    /// It is past the point where this is possible (409); the words say what to do.
    #[error("{0}")]
    Conflict(String),
    /// It changed since it was looked at (409): the same again, on the new state, may be possible.
    #[error("{0}")]
    Stale(String),
    /// Tried too often (429); the words say when to try again.
    #[error("{0}")]
    TooMany(String),
    /// Ours to fix (500): logged in full, shown as a reference only.
    #[error(transparent)]
    Store(StoreError),
    /// Ours to fix (500).
    #[error("{0}")]
    Internal(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale("Somebody else changed this in the meantime. Look at the new state and try again.".to_owned()),
            other => Self::Store(other),
        }
    }
}

impl Error {
    /// One field that cannot be used.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_under_our_hands_is_no_rule_that_says_no() {
        assert!(matches!(Error::from(StoreError::Stale), Error::Stale(_)));
    }
}
