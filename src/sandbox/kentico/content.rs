//! What the stand-in holds: content types, items with their language variants, tags and files. Plain data and the rules
//! of publishing; who may see what over the wire is decided in `execute` and `http`.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::schema::{ContentType, FieldKind};
use crate::domain::time::Timestamp;

/// What a key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Published versions.
    Published,
    /// The latest version of everything, drafts included.
    Draft,
}

/// Everything in one channel.
pub(super) struct Content {
    pub(super) types: Vec<ContentType>,
    pub(super) items: BTreeMap<Uuid, Item>,
    pub(super) assets: BTreeMap<Uuid, File>,
    /// Code name, title.
    pub(super) tags: Vec<(String, String)>,
    pub(super) primary_language: String,
    /// The server's own zone, in which it writes every time.
    pub(super) zone: TimeZone,
    made: u64,
}

/// A content item.
pub(super) struct Item {
    pub(super) content_type: String,
    pub(super) id: Uuid,
    /// "Requires authentication": never given to any key.
    pub(super) secured: bool,
    pub(super) variants: BTreeMap<String, Variant>,
}

/// An item in one language.
pub(super) struct Variant {
    pub(super) id: Uuid,
    pub(super) draft: Map<String, Json>,
    pub(super) published: Option<Map<String, Json>>,
    pub(super) first_published: Option<Timestamp>,
    pub(super) last_published: Option<Timestamp>,
}

/// An uploaded file.
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// How long a file's address from a draft key works, in seconds.
const DRAFT_ADDRESS_SECONDS: i64 = 600;

impl Content {
    pub(super) fn new(types: Vec<ContentType>, zone: TimeZone) -> Self {
        let primary_language = "en".to_owned();
        Self { types, items: BTreeMap::new(), assets: BTreeMap::new(), tags: Vec::new(), primary_language, zone, made: 0 }
    }

    pub(super) fn has_type(&self, name: &str) -> bool {
        self.types.iter().any(|t| t.name == name)
    }

    pub(super) fn field_kind(&self, content_type: &str, field: &str) -> Option<&FieldKind> {
        let fields = &self.types.iter().find(|t| t.name == content_type)?.fields;
        fields.iter().find(|(name, _)| name == field).map(|(_, kind)| kind)
    }

    /// The next id: always the same sequence, and in no order a reader could rely on.
    pub(super) fn next_id(&mut self) -> Uuid {
        self.made += 1;
        let digest = Sha256::digest(self.made.to_be_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    pub(super) fn variant(&mut self, id: Uuid, language: &str) -> Option<&mut Variant> {
        self.items.get_mut(&id)?.variants.get_mut(language)
    }

    /// A time as the server writes it: its own zone, milliseconds, numeric offset.
    pub(super) fn local(&self, at: Option<Timestamp>) -> Json {
        let text = |at: Timestamp| at.to_jiff().to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
        at.map_or(Json::Null, |at| text(at).into())
    }

    pub(super) fn tag(&self, name: &str) -> Json {
        let title = self.tags.iter().find(|(code, _)| code == name).map_or(name, |(_, title)| title);
        json!({ "name": name, "title": title, "description": null })
    }

    pub(super) fn asset_facts(&self, id: &str, access: Access, now: Timestamp) -> Option<Json> {
        let id = Uuid::try_parse(id).ok()?;
        let file = self.assets.get(&id)?;
        let expiry = match access {
            Access::Published => String::new(),
            Access::Draft => format!("?expires={}", now.plus_seconds(DRAFT_ADDRESS_SECONDS).micros() / 1_000_000),
        };
        let ending = file.name.rfind('.').map_or("", |dot| &file.name[dot..]);
        let path = format!("{}{expiry}", asset_path(id, &file.name));
        Some(json!({ "name": file.name, "path": path, "fileSize": file.bytes.len(), "fileType": ending, "width": null, "height": null }))
    }

    /// Whether a published, unsecured item uses the file, in a field or in its text.
    pub(super) fn is_published_file(&self, id: Uuid) -> bool {
        let id = id.to_string();
        let published =
            self.items.values().filter(|item| !item.secured).flat_map(|item| item.variants.values()).filter_map(|v| v.published.as_ref());
        published.flat_map(Map::values).any(|value| value.as_str().is_some_and(|text| text.contains(&id)))
    }
}

/// The route under which a file is served.
pub(super) fn asset_path(id: Uuid, name: &str) -> String {
    format!("/getContentAsset/{id}/{name}")
}
