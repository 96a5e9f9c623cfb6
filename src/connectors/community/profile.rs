//! The messages of the community profile, as `docs/community-profile/openapi.json` describes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    attachment::Media,
    case::{Kind, Priority, Status, Visibility},
    reference::Fields,
    sla::Side,
    time::{Date, Timestamp},
};

/// What each system calls the same case.
pub type Correlation = BTreeMap<String, String>;

/// Something a case is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// `order`, `shipment`, `invoice`, `payment`, `document`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number.
    pub number: String,
    /// A line of it, where not all of it is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// Who made a change, through which system, by which event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The person or system.
    pub actor: String,
    /// Through which system.
    pub system: String,
    /// The event that said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A case as it stands, for `PUT /cases/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseState {
    /// The number people say.
    pub number: String,
    /// The partner's code.
    pub partner: String,
    /// What it is about.
    pub kind: Kind,
    /// In a few words.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// Level of support.
    pub tier: i64,
    /// Grows with every change; what has a lower one than was taken before changes nothing.
    pub version: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What each system calls it.
    pub correlation: Correlation,
    /// What it is about.
    pub references: Vec<Named>,
    /// Who changed it last.
    pub by: By,
}

impl CaseState {
    /// Whether another state says the same, whoever says it and when.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let bare = |state: &Self| Self { version: 0, by: other.by.clone(), ..state.clone() };
        bare(self) == bare(other)
    }
}

/// Something written, for `POST /cases/{id}/comments`. It has no visibility: what is internal is not sent at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The system it was written in.
    pub origin: String,
    /// What that system calls it.
    pub external_id: String,
    /// The person or system.
    pub author: String,
    /// On which side they stand.
    pub side: Side,
    /// The words.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A file of a case, for `POST /cases/{id}/attachments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The system it was attached in.
    pub origin: String,
    /// What that system calls it.
    pub external_id: String,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: Media,
    /// How many bytes; 0 where they stayed elsewhere.
    pub size: i64,
    /// Where it can be had, where it stayed elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The person or system.
    pub author: String,
    /// On which side they stand.
    pub side: Side,
    /// When.
    pub at: Timestamp,
}

/// One version of reference data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Of all that cover a day, the highest holds.
    pub sequence: i64,
    /// First day.
    pub valid_from: Date,
    /// First day on which it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The thing is gone while it holds.
    pub removed: bool,
    /// What it says.
    pub fields: Fields,
}

/// What is known of one thing, for `PUT /reference/{kind}/{key}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Grows with every change; what has a lower one than was taken before changes nothing.
    pub version: i64,
    /// Whose it is: the partner's code, or the hub's.
    pub partner: String,
    /// What its source calls it.
    pub code: String,
    /// What holds today or later.
    pub versions: Vec<Version>,
}

/// A request that changes something there, as it is kept until it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Push {
    /// `PUT /cases/{id}`.
    Case {
        /// Our id.
        id: String,
        /// The case.
        body: Box<CaseState>,
    },
    /// `POST /cases/{id}/comments`.
    Comment {
        /// Our id of the case.
        case: String,
        /// What was written.
        body: Comment,
    },
    /// `PUT /attachments/{sha256}`, then `POST /cases/{id}/attachments`.
    Attachment {
        /// Our id of the case.
        case: String,
        /// Where its bytes are in the file store; none where they stayed elsewhere.
        file: Option<String>,
        /// The file.
        body: Link,
    },
    /// `PUT /reference/{kind}/{key}`.
    Reference {
        /// `partner`, `location`, `item`, `contact`.
        kind: String,
        /// The partner's code, a colon, and the thing's; of a partner itself its code.
        key: String,
        /// What is known.
        body: Reference,
    },
}

/// A page of `GET /changes`. A change is read apart from the others, so that one that cannot be used stops none of them.
#[derive(Clone, Debug, Deserialize)]
pub struct Page {
    /// In the order they happened, each as it came.
    pub changes: Vec<Listed>,
    /// There are more behind them.
    pub more: bool,
}

/// A change as it is listed.
#[derive(Clone, Debug, Deserialize)]
pub struct Listed {
    /// Its id, the same whenever it is listed.
    pub id: String,
    /// Where the list goes on after it.
    pub cursor: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The rest.
    #[serde(flatten)]
    pub body: serde_json::Map<String, serde_json::Value>,
}

impl Listed {
    /// The change in full, as it came.
    pub fn whole(&self) -> serde_json::Value {
        let mut whole = self.body.clone();
        for (name, text) in [("id", &self.id), ("cursor", &self.cursor), ("type", &self.kind)] {
            whole.insert(name.to_owned(), text.clone().into());
        }
        serde_json::Value::Object(whole)
    }
}

/// Something that happened there.
#[derive(Clone, Debug, Deserialize)]
pub struct Change {
    /// Its id, the same whenever it is listed.
    pub id: String,
    /// What the case is called there.
    pub case: String,
    /// The code of the partner it is with.
    pub partner: String,
    /// What each system calls the case, as far as it is known there.
    #[serde(default)]
    pub correlation: Correlation,
    /// The person or system.
    pub author: String,
    /// On which side they stand.
    pub side: Side,
    /// When.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened there.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type")]
pub enum What {
    /// A case was opened.
    #[serde(rename = "case.opened")]
    Opened(Opened),
    /// Something was written.
    #[serde(rename = "case.commented")]
    Commented(Said),
    /// A file was attached.
    #[serde(rename = "case.attachment.added")]
    Attached(File),
    /// Somebody would like the case to stand elsewhere.
    #[serde(rename = "case.status_wished")]
    Wished(Wish),
    /// Something this program does not know.
    #[serde(other, rename = "unknown")]
    Other,
}

/// A case that was opened there.
#[derive(Clone, Debug, Deserialize)]
pub struct Opened {
    /// The system it was opened in.
    pub origin: String,
    /// What it is about.
    pub kind: Kind,
    /// In a few words.
    pub title: String,
    /// In more.
    #[serde(default)]
    pub detail: String,
    /// How urgent whoever opened it thinks it is.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// What it is about.
    #[serde(default)]
    pub references: Vec<Named>,
}

/// Something written there, or brought there from elsewhere.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    /// The system it was written in.
    pub origin: String,
    /// What that system calls it.
    pub external_id: String,
    /// Who may read it; the hub alone where it is not said.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// The words.
    pub text: String,
}

/// A file attached there.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    /// The system it was attached in.
    pub origin: String,
    /// What that system calls it.
    pub external_id: String,
    /// Who may see it; the hub alone where it is not said.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
    /// Its name.
    pub name: String,
    /// What it is said to be.
    pub media_type: String,
    /// How many bytes.
    pub size: u64,
}

/// Where somebody would like the case to stand.
#[derive(Clone, Debug, Deserialize)]
pub struct Wish {
    /// There.
    pub status: Status,
    /// Why.
    #[serde(default)]
    pub note: String,
}

impl What {
    /// The system it began in, where it says so.
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Opened(Opened { origin, .. }) | Self::Commented(Said { origin, .. }) | Self::Attached(File { origin, .. }) => {
                Some(origin)
            }
            Self::Wished(_) | Self::Other => None,
        }
    }
}
