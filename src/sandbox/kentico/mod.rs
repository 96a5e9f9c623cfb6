//! A stand-in for a Kentico server: one site with one headless channel, behaving as the vendor documents it and, where
//! the documentation is silent, as its GraphQL library (Hot Chocolate 14) does. It shares no code with the connector
//! that reads it. What is a guess is listed in docs/kentico.md.

mod content;
mod execute;
mod fault;
mod files;
mod http;
mod lex;
mod parse;
mod schema;
mod seed;
#[cfg(test)]
mod tests;
mod validate;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value as Json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::domain::time::{SharedClock, Timestamp};
use content::{Content, File, Item, Variant};

pub use content::Access;
pub use http::router;
pub use schema::{ContentType, FieldKind};

/// The channel's guid, the last part of the endpoint's address.
pub const CHANNEL: Uuid = Uuid::from_u128(0x6f0c_1a52_94de_4c37_8a53_2d1b_07e4_90aa);
/// A key of access type "Headless content - Published".
pub const PUBLISHED_KEY: &str = "sandbox-published-key";
/// A key of access type "Headless content - Draft".
pub const DRAFT_KEY: &str = "sandbox-draft-key";

/// Serves the demonstration company's content until the listener fails.
pub async fn serve(listener: TcpListener, clock: SharedClock) -> io::Result<()> {
    axum::serve(listener, router(Kentico::seeded(clock))).await
}

/// What goes wrong with the next requests to the GraphQL endpoint.
#[derive(Clone, Debug)]
pub enum Failure {
    /// This status, no body.
    Status(u16),
    /// 429 or 503, with or without a `Retry-After`.
    Busy {
        /// The status.
        status: u16,
        /// The header's text.
        retry_after: Option<String>,
    },
    /// No answer, ever.
    Silence,
    /// A refused key as an error inside a reply of status 200.
    KeyRefusedInBody,
    /// A web page in place of an answer, as behind a wrong address.
    Page,
}

/// One request as it was received.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The document.
    pub query: String,
    /// Its variables.
    pub variables: Json,
}

type Hook = Box<dyn FnOnce(&Kentico) + Send>;

struct State {
    clock: SharedClock,
    content: Content,
    keys: HashMap<String, Access>,
    failures: VecDeque<Failure>,
    always: Option<Failure>,
    recorded: Vec<Recorded>,
    after_next: Option<Hook>,
}

impl State {
    fn next_failure(&mut self) -> Option<Failure> {
        self.failures.pop_front().or_else(|| self.always.clone())
    }
}

/// The stand-in: give a clone to [`router`] and keep one to act as its editor and its operator.
#[derive(Clone)]
pub struct Kentico(Arc<Mutex<State>>);

impl Kentico {
    /// A channel with these content types and nothing in it. Its server stands in Utrecht.
    pub fn empty(clock: SharedClock, types: Vec<ContentType>) -> Self {
        let zone = jiff::tz::TimeZone::get("Europe/Amsterdam").unwrap_or(jiff::tz::TimeZone::fixed(jiff::tz::offset(1)));
        let keys = [(PUBLISHED_KEY, Access::Published), (DRAFT_KEY, Access::Draft)].map(|(key, access)| (key.to_owned(), access));
        Self(Arc::new(Mutex::new(State {
            clock,
            content: Content::new(types, zone),
            keys: HashMap::from(keys),
            failures: VecDeque::new(),
            always: None,
            recorded: Vec::new(),
            after_next: None,
        })))
    }

    /// The content of the demonstration company.
    pub fn seeded(clock: SharedClock) -> Self {
        seed::seeded(clock)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Allows one more content type for the channel.
    pub fn add_type(&self, content_type: ContentType) {
        self.lock().content.types.push(content_type);
    }

    /// Names a tag of the audience taxonomy.
    pub fn add_tag(&self, name: &str, title: &str) {
        self.lock().content.tags.push((name.to_owned(), title.to_owned()));
    }

    /// Uploads a file. Returns its id, which is the value of an asset field, and its path.
    pub fn add_asset(&self, name: &str, bytes: Vec<u8>) -> (Uuid, String) {
        let content = &mut self.lock().content;
        let id = content.next_id();
        content.assets.insert(id, File { name: name.to_owned(), bytes });
        (id, content::asset_path(id, name))
    }

    /// Creates an item as a draft in one language. Values are by field: text, number, list of tag names, asset id, list
    /// of item ids. In rich text, `{origin}` stands for the address through which it is read.
    pub fn add(&self, content_type: &str, language: &str, values: Json) -> Uuid {
        let content = &mut self.lock().content;
        let id = content.next_id();
        let variants = BTreeMap::from([(language.to_owned(), new_variant(content, values))]);
        content.items.insert(id, Item { content_type: content_type.to_owned(), id, secured: false, variants });
        id
    }

    /// Adds another language to an item, as a draft.
    pub fn translate(&self, id: Uuid, language: &str, values: Json) {
        let content = &mut self.lock().content;
        let variant = new_variant(content, values);
        if let Some(item) = content.items.get_mut(&id) {
            item.variants.insert(language.to_owned(), variant);
        }
    }

    /// Changes one field of the draft; readers see it once it is published.
    pub fn edit(&self, id: Uuid, language: &str, field: &str, value: Json) {
        if let Some(variant) = self.lock().content.variant(id, language) {
            variant.draft.insert(field.to_owned(), value);
        }
    }

    /// Publishes the draft, now.
    pub fn publish(&self, id: Uuid, language: &str) {
        let now = self.lock().clock.now();
        self.publish_at(id, language, now);
    }

    /// Publishes the draft as of a given time, as a seed does.
    pub fn publish_at(&self, id: Uuid, language: &str, now: Timestamp) {
        let mut held = self.lock();
        if let Some(variant) = held.content.variant(id, language) {
            variant.published = Some(variant.draft.clone());
            variant.first_published.get_or_insert(now);
            variant.last_published = Some(now);
        }
    }

    /// Takes an item back; the draft stays.
    pub fn unpublish(&self, id: Uuid, language: &str) {
        if let Some(variant) = self.lock().content.variant(id, language) {
            variant.published = None;
        }
    }

    /// Deletes an item in all languages.
    pub fn delete(&self, id: Uuid) {
        self.lock().content.items.remove(&id);
    }

    /// Sets "Requires authentication".
    pub fn secure(&self, id: Uuid, secured: bool) {
        if let Some(item) = self.lock().content.items.get_mut(&id) {
            item.secured = secured;
        }
    }

    /// Disables a key, at once.
    pub fn disable_key(&self, key: &str) {
        self.lock().keys.remove(key);
    }

    /// The next request fails so; several calls queue up.
    pub fn fail_next(&self, failure: Failure) {
        self.lock().failures.push_back(failure);
    }

    /// All requests fail so, until told otherwise.
    pub fn fail_always(&self, failure: Option<Failure>) {
        self.lock().always = failure;
    }

    /// Runs something right after the next answer, as when an editor publishes between two pages.
    pub fn after_next_answer(&self, act: impl FnOnce(&Self) + Send + 'static) {
        self.lock().after_next = Some(Box::new(act));
    }

    /// Every query received since the last call.
    pub fn take_recorded(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.lock().recorded)
    }
}

fn new_variant(content: &mut Content, values: Json) -> Variant {
    let draft = values.as_object().cloned().unwrap_or_else(Map::new);
    Variant { id: content.next_id(), draft, published: None, first_published: None, last_published: None }
}
