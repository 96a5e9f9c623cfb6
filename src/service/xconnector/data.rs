//! What the data of each event must hold. A fault names its field as a JSON pointer into the event.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    domain::{
        case::{Kind, Priority, Status, Visibility},
        sla::Promise,
    },
    service::{Error, FieldError, Result},
};

/// Something an event speaks of by its number.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// `order`, `shipment`, `invoice`, `document`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number.
    pub number: String,
}

/// `exception.raised`.
#[derive(Clone, Debug, Deserialize)]
pub struct Raised {
    /// The partner's code.
    pub partner: String,
    /// Their case.
    pub case: String,
    /// What it is about.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// In a few words.
    pub title: String,
    /// In more.
    #[serde(default)]
    pub detail: String,
    /// What it is about.
    #[serde(default)]
    pub references: Vec<Named>,
}

/// How bad an exception is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be known.
    Info,
    /// To be looked at.
    Warning,
    /// To be settled now.
    Critical,
}

impl Severity {
    /// The priority of the case it opens.
    pub const fn priority(self) -> Priority {
        match self {
            Self::Info => Priority::Low,
            Self::Warning => Priority::Normal,
            Self::Critical => Priority::Urgent,
        }
    }
}

/// `case.opened`.
#[derive(Clone, Debug, Deserialize)]
pub struct Opened {
    /// The partner's code.
    pub partner: String,
    /// Their case.
    pub case: String,
    /// What it is about; a question where it is not said.
    pub kind: Option<Kind>,
    /// How urgent; normal where it is not said.
    pub priority: Option<Priority>,
    /// In a few words.
    pub title: String,
    /// In more.
    #[serde(default)]
    pub detail: String,
    /// What it is about.
    #[serde(default)]
    pub references: Vec<Named>,
}

/// `case.commented`.
#[derive(Clone, Debug, Deserialize)]
pub struct Commented {
    /// Their case.
    pub case: String,
    /// Their id of the comment.
    pub comment: String,
    /// Who wrote it.
    pub author: String,
    /// What.
    pub text: String,
    /// Who may read it; the hub alone where it is not said.
    pub visibility: Option<Visibility>,
}

/// `case.status_changed`.
#[derive(Clone, Debug, Deserialize)]
pub struct StatusChanged {
    /// Their case.
    pub case: String,
    /// Where it stands there.
    pub status: Status,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// `case.attachment.added`.
#[derive(Clone, Debug, Deserialize)]
pub struct AttachmentAdded {
    /// Their case.
    pub case: String,
    /// Their id of the file.
    pub attachment: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
    /// Its bytes in base64.
    pub content: Option<String>,
    /// Where it can be had instead.
    pub url: Option<String>,
    /// Who attached it.
    pub author: Option<String>,
    /// Who may see it; the hub alone where it is not said.
    pub visibility: Option<Visibility>,
}

/// `case.updated`: what is not said stays.
#[derive(Clone, Debug, Deserialize)]
pub struct Updated {
    /// Their case.
    pub case: String,
    /// How urgent.
    pub priority: Option<Priority>,
    /// In a few words.
    pub title: Option<String>,
    /// What it is about besides.
    #[serde(default)]
    pub references: Vec<Named>,
}

/// `case.resolved` and `case.reopened`.
#[derive(Clone, Debug, Deserialize)]
pub struct Settled {
    /// Their case.
    pub case: String,
    /// How, or why.
    #[serde(default)]
    pub note: String,
}

/// `case.escalated`.
#[derive(Clone, Debug, Deserialize)]
pub struct Escalated {
    /// Their case.
    pub case: String,
    /// The level of support; the next one where it is not said.
    pub tier: Option<u8>,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// `sla.breached`.
#[derive(Clone, Debug, Deserialize)]
pub struct Breached {
    /// Their case.
    pub case: String,
    /// What was promised there.
    pub promise: Promise,
    /// More, in words.
    #[serde(default)]
    pub note: String,
}

/// `notification.requested`.
#[derive(Clone, Debug, Deserialize)]
pub struct Notified {
    /// The partner's code.
    pub partner: String,
    /// In a few words.
    pub title: String,
    /// All of it.
    pub text: String,
}

/// What each field may hold, for the words about one that does not.
const FIELDS: &[(&str, &str)] = &[
    ("partner", "the partner's code, a text"),
    ("case", "your id of the case, a text"),
    ("kind", "one of order, shipment, invoice, payment, document"),
    ("severity", "one of info, warning, critical"),
    ("title", "a text"),
    ("detail", "a text"),
    ("references", "a list of objects with type and number"),
    ("priority", "one of low, normal, high, urgent"),
    ("comment", "your id of the comment, a text"),
    ("author", "a text"),
    ("text", "a text"),
    ("visibility", "partner or internal"),
    ("status", "one of open, in_progress, waiting_on_partner, resolved, closed"),
    ("note", "a text"),
    ("attachment", "your id of the file, a text"),
    ("name", "the file's name, a text"),
    ("media_type", "what the file is, such as application/pdf"),
    ("sha256", "the SHA-256 of its bytes in hexadecimal"),
    ("content", "its bytes in base64"),
    ("url", "where it can be had, a text"),
    ("tier", "a number from 1 to 9"),
    ("promise", "one of first_response, next_response, resolution"),
    ("peer_case", "our id of the case, as our events give it"),
];

/// Longest text of a field, in bytes.
const LONGEST: usize = 64 * 1024;

/// Reads the data of an event; `needed` are the fields it must have, each a text that is not empty.
pub fn read<T: DeserializeOwned>(data: &Value, needed: &[&str]) -> Result<T> {
    let Value::Object(fields) = data else { return Err(Error::field("/data", "data must be an object.")) };
    let wrong = |field: &str, message: String| FieldError { field: format!("/data/{field}"), message };
    let mut errors = Vec::new();
    for name in needed {
        match fields.get(*name) {
            None | Some(Value::Null) => errors.push(wrong(name, format!("{name} is missing; it is {}.", may_be(name)))),
            Some(Value::String(text)) if text.trim().is_empty() => {
                errors.push(wrong(name, format!("{name} is empty; it is {}.", may_be(name))));
            }
            Some(_) => {}
        }
    }
    for (name, value) in fields {
        // Contents have a limit of their own.
        let longest = if name == "content" { usize::MAX } else { LONGEST };
        if value.as_str().is_some_and(|text| text.len() > longest || text.contains('\0')) {
            errors.push(wrong(name, format!("{name} is longer than {LONGEST} bytes, or holds a NUL character.")));
        }
    }
    if errors.is_empty() {
        match serde_json::from_value(data.clone()) {
            Ok(read) => return Ok(read),
            // The error names no field; the one that cannot be read is the one without which the rest can.
            Err(error) => errors.push(wrong(&culprit(fields, &error.to_string()), format!("It cannot be used: {error}."))),
        }
    }
    Err(Error::Invalid(errors))
}

fn may_be(name: &str) -> &'static str {
    FIELDS.iter().find(|(field, _)| *field == name).map_or("a text", |(_, words)| words)
}

/// The field whose value a message of serde quotes.
fn culprit(fields: &serde_json::Map<String, Value>, message: &str) -> String {
    let quoted = |value: &Value| match value {
        Value::String(text) => message.contains(&format!("`{text}`")) || message.contains(&format!("\"{text}\"")),
        other => message.contains(&format!("`{other}`")),
    };
    let found = fields.iter().find(|(_, value)| quoted(value)).or_else(|| fields.iter().find(|(_, value)| !value.is_string()));
    found.map(|(name, _)| name.clone()).unwrap_or_default()
}
