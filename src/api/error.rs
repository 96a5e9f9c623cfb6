//! The one error that crosses the wire. A person sees what happened, what to do, and a reference; the log has the rest.

use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A field that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The field's name in the form.
    pub name: String,
    /// What is wrong, then what to do.
    pub message: String,
}

/// Why something did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ApiError {
    /// Nobody is signed in (401).
    SignIn,
    /// There is no such thing for this reader (404).
    NotFound,
    /// Not allowed (403).
    Forbidden {
        /// Who may, or what to do.
        message: String,
    },
    /// Entries need attention (422).
    Invalid {
        /// Each field that is wrong.
        fields: Vec<Field>,
    },
    /// Changed meanwhile, or too late (409).
    Conflict {
        /// What to do.
        message: String,
    },
    /// Too many attempts (429).
    TooMany {
        /// When to try again.
        message: String,
    },
    /// Ours to fix (500).
    Internal {
        /// To be quoted when asking for help.
        reference: String,
    },
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignIn => f.write_str("You are not signed in. Sign in and try again."),
            Self::NotFound => f.write_str("This does not exist, or it does not belong to the organisation you act for."),
            Self::Forbidden { message } | Self::Conflict { message } | Self::TooMany { message } => f.write_str(message),
            Self::Invalid { fields } => match fields.as_slice() {
                [only] => f.write_str(&only.message),
                many => write!(f, "{} entries need attention.", many.len()),
            },
            Self::Internal { reference } => {
                write!(f, "Something went wrong on our side. Nothing was changed. Try again; if it happens again, quote {reference}.")
            }
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(message) | ServerFnErrorErr::MissingArg(message) | ServerFnErrorErr::Deserialization(message) => {
                Self::Invalid {
                    fields: vec![Field {
                        name: String::new(),
                        message: format!("The form could not be read: {message}. Reload the page and try again."),
                    }],
                }
            }
            _ => Self::Internal { reference: "request".to_owned() },
        }
    }
}
