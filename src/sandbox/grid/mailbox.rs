//! Mailboxes and the parcels in them. Each relation between the hub and a partner has two: what is uploaded through
//! one arrives in the other. No HTTP and no X12 here.

use std::collections::HashMap;

use bytes::Bytes;

use crate::domain::time::Timestamp;

/// How one side opens its mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The mailbox's name.
    pub mailbox: String,
    /// The bearer key that opens it and no other.
    pub key: String,
}

/// Where a parcel is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParcelStatus {
    /// The receiver has not fetched it.
    Ready,
    /// Fetched and not confirmed: it is listed again.
    Transferred,
    /// Confirmed.
    Delivered,
    /// Confirmed as unusable.
    Failed(String),
}

/// A file on its way between two mailboxes.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub id: String,
    /// Mailbox it was uploaded through.
    pub from: String,
    /// Mailbox it arrives in.
    pub to: String,
    pub file_name: String,
    pub content: Bytes,
    pub status: ParcelStatus,
    pub created_at: Timestamp,
    /// The receiver sees it from then on.
    pub visible_at: Timestamp,
    /// When the receiver confirmed it.
    pub confirmed_at: Option<Timestamp>,
}

impl Parcel {
    /// Whether its receiver still has to confirm it.
    pub fn is_open(&self) -> bool {
        matches!(self.status, ParcelStatus::Ready | ParcelStatus::Transferred)
    }
}

pub(super) struct Mailboxes {
    /// Key to mailbox.
    keys: HashMap<String, String>,
    parcels: Vec<Parcel>,
    /// (mailbox, idempotency key) to parcel id.
    uploads: HashMap<(String, String), String>,
    /// Makes ids differ between two runs of the sandbox.
    prefix: i64,
    pub(super) transit_seconds: i64,
    pub(super) duplicate_next: usize,
    pub(super) refuse_next: usize,
}

/// What an upload came to.
pub(super) enum Upload {
    New(Parcel),
    Known(Parcel),
    /// The idempotency key was used for other bytes.
    Conflict,
}

impl Mailboxes {
    pub(super) fn new(start: Timestamp) -> Self {
        Self {
            keys: HashMap::new(),
            parcels: Vec::new(),
            uploads: HashMap::new(),
            prefix: start.micros() / 1000,
            transit_seconds: 0,
            duplicate_next: 0,
            refuse_next: 0,
        }
    }

    pub(super) fn open(&mut self, partner: &str) -> Access {
        let (hub, theirs) = pair(partner);
        for mailbox in [&hub, &theirs] {
            self.keys.insert(key_of(mailbox), mailbox.clone());
        }
        Access { key: key_of(&hub), mailbox: hub }
    }

    /// The mailbox that a key opens.
    pub(super) fn opened_by(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(String::as_str)
    }

    pub(super) fn parcels(&self, mailbox: &str) -> Vec<Parcel> {
        self.parcels.iter().filter(|parcel| parcel.to == mailbox).cloned().collect()
    }

    /// Parcels that wait for their receiver's confirmation: fetched or not, they are listed until it comes.
    pub(super) fn open_parcels(&self, mailbox: &str, now: Timestamp) -> Vec<&Parcel> {
        self.parcels.iter().filter(|parcel| parcel.to == mailbox && parcel.is_open() && parcel.visible_at <= now).collect()
    }

    /// A parcel, where the mailbox is one of its two ends.
    pub(super) fn parcel(&self, id: &str, mailbox: &str) -> Option<&Parcel> {
        self.parcels.iter().find(|parcel| parcel.id == id && (parcel.to == mailbox || parcel.from == mailbox))
    }

    /// Hands the content to the receiver.
    pub(super) fn fetch(&mut self, id: &str, mailbox: &str, now: Timestamp) -> Option<Parcel> {
        let parcel = self.parcels.iter_mut().find(|parcel| parcel.id == id && parcel.to == mailbox && parcel.visible_at <= now)?;
        if parcel.status == ParcelStatus::Ready {
            parcel.status = ParcelStatus::Transferred;
        }
        Some(parcel.clone())
    }

    /// The receiver is done with a parcel; the first word counts.
    pub(super) fn confirm(&mut self, id: &str, mailbox: &str, refused: Option<String>, now: Timestamp) -> Option<Parcel> {
        let parcel = self.parcels.iter_mut().find(|parcel| parcel.id == id && parcel.to == mailbox)?;
        if parcel.is_open() {
            parcel.status = refused.map_or(ParcelStatus::Delivered, ParcelStatus::Failed);
            parcel.confirmed_at = Some(now);
        }
        Some(parcel.clone())
    }

    pub(super) fn upload(&mut self, from: &str, key: &str, file_name: &str, content: Bytes, now: Timestamp) -> Upload {
        let upload = (from.to_owned(), key.to_owned());
        if let Some(known) = self.uploads.get(&upload).and_then(|id| self.parcels.iter().find(|parcel| parcel.id == *id)) {
            return if known.content == content { Upload::Known(known.clone()) } else { Upload::Conflict };
        }
        let parcel = self.put(from, file_name, content, now);
        self.uploads.insert(upload, parcel.id.clone());
        Upload::New(parcel)
    }

    pub(super) fn put_for_hub(&mut self, partner: &str, file_name: &str, content: Bytes, now: Timestamp) -> String {
        self.put(&pair(partner).1, file_name, content, now).id
    }

    /// Takes what has arrived for a partner, confirmed in the same step. What it refuses, it has not taken.
    pub(super) fn take_for_partner(&mut self, partner: &str, now: Timestamp) -> Vec<Parcel> {
        let mailbox = pair(partner).1;
        let mut ids: Vec<_> = self.open_parcels(&mailbox, now).iter().map(|parcel| parcel.id.clone()).collect();
        let refused = self.refuse_next.min(ids.len());
        self.refuse_next -= refused;
        for id in ids.drain(..refused) {
            self.confirm(&id, &mailbox, Some("Its translator stopped.".to_owned()), now);
        }
        ids.iter().filter_map(|id| self.confirm(id, &mailbox, None, now)).collect()
    }

    fn put(&mut self, from: &str, file_name: &str, content: Bytes, now: Timestamp) -> Parcel {
        let copies = if self.duplicate_next > 0 { 2 } else { 1 };
        self.duplicate_next = self.duplicate_next.saturating_sub(1);
        let first = self.parcels.len();
        for _ in 0..copies {
            self.parcels.push(Parcel {
                id: format!("{}-{}", self.prefix, self.parcels.len() + 1),
                from: from.to_owned(),
                to: other_end(from),
                file_name: file_name.to_owned(),
                content: content.clone(),
                status: ParcelStatus::Ready,
                created_at: now,
                visible_at: now.plus_seconds(self.transit_seconds),
                confirmed_at: None,
            });
        }
        self.parcels[first].clone()
    }
}

/// The hub's mailbox and the partner's.
fn pair(partner: &str) -> (String, String) {
    (format!("hub.{partner}"), format!("{partner}.hub"))
}

fn other_end(mailbox: &str) -> String {
    match mailbox.strip_prefix("hub.") {
        Some(partner) => pair(partner).1,
        None => pair(mailbox.strip_suffix(".hub").unwrap_or(mailbox)).0,
    }
}

/// Keys of the sandbox are no secret: it holds nothing but its own play.
fn key_of(mailbox: &str) -> String {
    format!("sandbox-key-{mailbox}")
}
