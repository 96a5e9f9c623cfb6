//! Use cases: authorise, load, decide with `domain`, save, enqueue; one transaction each. Nothing here speaks HTTP or
//! renders anything, and nothing is sent from inside a transaction: what must leave is written to the outbox.

pub mod account;
pub mod across;
pub mod cases;
pub mod community;
pub mod connections;
pub mod content;
pub mod draft;
pub mod error;
pub mod exceptions;
pub mod exchange;
pub mod history;
pub mod home;
pub mod invoices;
pub mod live;
pub mod mail_in;
pub mod notify;
pub mod orders;
pub mod outbox;
pub mod paging;
pub mod partners;
pub mod policies;
pub mod reference;
pub mod remittances;
pub mod resend;
pub mod shipments;
pub mod systems;
pub mod views;
pub mod wire_fields;
pub mod xconnector;

use std::sync::Arc;

pub use error::{Error, FieldError, Result};

use crate::{
    domain::{
        ids::Ids,
        reply::Replies,
        time::{SharedClock, Timestamp},
    },
    store::{Db, files::Files},
};

/// Everything a use case needs from outside: passed in, so that a test can hold the clock and the dice.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The file store.
    pub files: Files,
    /// The time.
    pub clock: SharedClock,
    /// New ids and random bytes.
    pub ids: Ids,
    /// Tells open pages that something changed.
    pub live: live::Live,
    /// What the operator chose.
    pub settings: Arc<Settings>,
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long an outgoing document waits before it leaves, in seconds: the time to take it back.
    pub undo_seconds: i64,
    /// How long a supplier has to answer an order, in hours.
    pub answer_hours: i64,
    /// What links in mails begin with; none where no mail is sent.
    pub mail_links: Option<String>,
    /// Where answers to mails go; none where they are not taken.
    pub replies: Option<Replies>,
    /// Largest file that may be attached to a case, in bytes.
    pub attachment_bytes: u64,
    /// How many bytes all files of a case may have together.
    pub case_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { undo_seconds: 30, answer_hours: 24, mail_links: None, replies: None, attachment_bytes: 25_000_000, case_bytes: 250_000_000 }
    }
}

impl Context {
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new id.
    pub fn id<T: From<uuid::Uuid>>(&self) -> T {
        self.ids.next(&*self.clock)
    }
}
