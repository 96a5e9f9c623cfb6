//! Reading a whole channel in steps: what changed since the last time, everything that exists, one item again, one file.
//! Changes come from a poll on `lastPublished`; what was taken back or deleted shows only in a sweep, because a filter
//! cannot find what is no longer there.

use std::{collections::HashSet, fmt, str::FromStr, sync::Arc, time::Duration};

use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, Secret};
use super::html::{self, Addresses};
use super::items::{Page, RawItem, RawListed, SYSTEM, found, slug_of};
use super::{Asset, AssetRef, File, Item, KenticoError, Kind, TypeMapping};
use crate::domain::time::Timestamp;

/// Most items Kentico gives at once.
const PAGE: usize = 100;

/// Gives the portal's own address for a file, from its path on the Kentico server.
pub type AssetAddress = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// How to read one headless channel.
#[derive(Clone)]
pub struct SourceConfig {
    /// `https://<server>/graphql/<channel guid>`.
    pub endpoint: String,
    /// Key of access type "Headless content - Published".
    pub key: Secret,
    /// The website as readers know it; links into it are rewritten to this.
    pub origin: String,
    /// Languages to mirror, by code name. Each is read without fallback, so what is shown is what was written.
    pub languages: Vec<String>,
    /// What the channel holds.
    pub types: Vec<TypeMapping>,
    /// The portal's address for a copied file.
    pub asset_address: AssetAddress,
    /// How far behind the watermark a poll looks back. A publication becomes visible a little after its own time.
    pub overlap: Duration,
    /// Time allowed for one request, body included.
    pub timeout: Duration,
    /// Largest page of content in bytes.
    pub page_limit: usize,
    /// Largest file in bytes.
    pub asset_limit: usize,
}

impl SourceConfig {
    /// The recommended settings: all kinds under their recommended names, English, five minutes of overlap, thirty
    /// seconds a request, pages to 16 MiB and files to 25 MiB.
    pub fn new(endpoint: &str, key: Secret, origin: &str, asset_address: AssetAddress) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            key,
            origin: origin.to_owned(),
            languages: vec!["en".to_owned()],
            types: Kind::ALL.into_iter().map(TypeMapping::recommended).collect(),
            asset_address,
            overlap: Duration::from_mins(5),
            timeout: Duration::from_secs(30),
            page_limit: 16 << 20,
            asset_limit: 25 << 20,
        }
    }
}

/// How far a kind has been read: the newest `lastPublished` seen, with the offset in which the server wrote it. The
/// server's filter works in its own zone, so the offset is sent back as it came. Its text form is what to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// The instant.
    pub at: Timestamp,
    /// Seconds east of UTC.
    pub offset: i32,
}

impl Watermark {
    fn back(self, by: Duration) -> Self {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(0);
        Self { at: self.at.plus_seconds(-seconds), ..self }
    }
}

impl fmt::Display for Watermark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = jiff::tz::Offset::from_seconds(self.offset).unwrap_or(jiff::tz::Offset::UTC);
        self.at.to_jiff().display_with_offset(offset).fmt(f)
    }
}

impl FromStr for Watermark {
    type Err = KenticoError;
    /// An ISO 8601 date and time with an offset or `Z`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || KenticoError::Unreadable(format!("\"{text}\" is not a time with an offset"));
        let pieces = jiff::fmt::temporal::Pieces::parse(text).map_err(|_| unreadable())?;
        let offset = pieces.to_numeric_offset().ok_or_else(unreadable)?;
        Ok(Self { at: text.parse().map_err(|_| unreadable())?, offset: offset.seconds() })
    }
}

/// What a poll brought.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Changed items, oldest first. Because polls overlap, most were seen before: compare `last_published`.
    pub items: Vec<Item>,
    /// Pass this to the next poll, once the items are stored.
    pub watermark: Option<Watermark>,
}

/// One line of a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listed {
    /// Item.
    pub id: Uuid,
    /// Language.
    pub language: String,
    /// Its version: one that is newer than the stored one was missed by the polls, so read it with [`Source::item`].
    pub last_published: Option<Timestamp>,
}

/// A headless channel to read from.
pub struct Source {
    client: Client,
    addresses: Addresses,
    config: SourceConfig,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("client", &self.client).field("languages", &self.config.languages).finish_non_exhaustive()
    }
}

impl Source {
    /// Checks the settings; sends nothing. The client should follow no redirects: neither queries nor files need them.
    pub fn new(http: reqwest::Client, config: SourceConfig) -> Result<Self, KenticoError> {
        let server = address("endpoint", &config.endpoint)?;
        let public = address("origin", &config.origin)?;
        for mapping in &config.types {
            mapping.check()?;
        }
        if config.languages.is_empty() {
            return Err(KenticoError::Settings("no language is named".to_owned()));
        }
        let addresses = Addresses { server: server.clone(), public, asset: Arc::clone(&config.asset_address) };
        Ok(Self { client: Client::new(http, server, config.key.clone(), config.timeout), addresses, config })
    }

    /// How long Kentico asked to be left alone, where it did since this was last asked.
    pub fn take_wait(&self) -> Option<Duration> {
        self.client.take_wait()
    }

    /// The kinds that this channel is set to hold.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        self.config.types.iter().map(|mapping| mapping.kind)
    }

    /// Items of a kind published since the watermark, minus the overlap; all of them without a watermark.
    pub async fn changed_since(&self, kind: Kind, watermark: Option<Watermark>) -> Result<Changes, KenticoError> {
        let mapping = self.mapping(kind)?;
        let from = watermark.map(|w| w.back(self.config.overlap));
        let mut newest = watermark;
        let mut items = Vec::new();
        for language in &self.config.languages {
            for raw in self.collection::<RawItem>(mapping, &mapping.selection(), language, from).await? {
                let seen = raw.system.last_published.as_deref().map(str::parse::<Watermark>).transpose()?;
                newest = [newest, seen].into_iter().flatten().max_by_key(|w| w.at);
                items.push(self.item_from(kind, raw)?);
            }
        }
        items.sort_by_key(|item| item.last_published);
        Ok(Changes { items, watermark: newest })
    }

    /// Everything of a kind that is published now. An item that is stored and not in here was unpublished, deleted or
    /// secured: stop showing it.
    pub async fn all_ids(&self, kind: Kind) -> Result<Vec<Listed>, KenticoError> {
        let mapping = self.mapping(kind)?;
        let mut all = Vec::new();
        for language in &self.config.languages {
            for raw in self.collection::<RawListed>(mapping, SYSTEM, language, None).await? {
                let last_published = instant(raw.system.last_published.as_deref())?;
                all.push(Listed { id: raw.system.id, language: raw.system.language_name, last_published });
            }
        }
        Ok(all)
    }

    /// One item in one language, or none where it is not published.
    pub async fn item(&self, kind: Kind, id: Uuid, language: &str) -> Result<Option<Item>, KenticoError> {
        let mapping = self.mapping(kind)?;
        let query = format!(
            "query($id: UUID!, $language: String!) {{ found: {}(id: $id, languageName: $language, useLanguageFallbacks: false) {{ {} }} }}",
            mapping.content_type,
            mapping.selection()
        );
        let variables = json!({ "id": id, "language": language });
        let data = self.client.query(&query, variables, self.config.page_limit).await?;
        found::<Option<RawItem>>(data)?.map(|raw| self.item_from(kind, raw)).transpose()
    }

    /// A file of an item, by the path in its [`AssetRef`]. Only files on the Kentico server are fetched.
    pub async fn asset(&self, path: &str) -> Result<Asset, KenticoError> {
        let foreign = || KenticoError::ForeignFile(path.to_owned());
        let address = self.client.endpoint().join(path).map_err(|_| foreign())?;
        if address.origin() != self.client.endpoint().origin() {
            return Err(foreign());
        }
        let bytes = self.client.file(address, self.config.asset_limit).await?;
        Asset::read(path, bytes)
    }

    fn mapping(&self, kind: Kind) -> Result<&TypeMapping, KenticoError> {
        let none = || KenticoError::Settings(format!("no content type is named for {}", kind.code()));
        self.config.types.iter().find(|mapping| mapping.kind == kind).ok_or_else(none)
    }

    /// All pages of a collection in one language. An item published again while we page moves to the end and pulls
    /// another one over a page boundary, unseen; the count gives that away, and the reading starts over.
    async fn collection<T>(
        &self,
        mapping: &TypeMapping,
        selection: &str,
        language: &str,
        from: Option<Watermark>,
    ) -> Result<Vec<T>, KenticoError>
    where
        T: DeserializeOwned + Identified,
    {
        for _ in 0..3 {
            let (items, total) = self.pages::<T>(mapping, selection, language, from).await?;
            let distinct = items.iter().map(T::id).collect::<HashSet<_>>().len();
            if distinct == total && items.len() == total {
                return Ok(items);
            }
        }
        Err(KenticoError::Moving)
    }

    async fn pages<T>(
        &self,
        mapping: &TypeMapping,
        selection: &str,
        language: &str,
        from: Option<Watermark>,
    ) -> Result<(Vec<T>, usize), KenticoError>
    where
        T: DeserializeOwned,
    {
        let query = collection_query(mapping, selection, from.is_some());
        let mut items = Vec::new();
        loop {
            let mut variables = json!({ "skip": items.len(), "language": language });
            if let Some(from) = from {
                variables["from"] = Value::from(from.to_string());
            }
            let data = self.client.query(&query, variables, self.config.page_limit).await?;
            let page: Page<T> = found(data)?;
            let last = page.items.is_empty();
            items.extend(page.items);
            if last || items.len() >= page.total_count {
                return Ok((items, page.total_count));
            }
        }
    }

    /// Makes a reply's item safe and ours.
    fn item_from(&self, kind: Kind, raw: RawItem) -> Result<Item, KenticoError> {
        let cleaned = html::clean(raw.body.as_deref().unwrap_or_default(), &self.addresses);
        let title = html::plain(raw.title.as_deref().unwrap_or_default());
        let file = raw.file.and_then(|file| {
            let asset = self.addresses.asset_at(&file.path, Some(&html::plain(&file.name)))?;
            Some(File { asset, bytes: file.file_size })
        });
        let mut assets: Vec<AssetRef> = cleaned.assets;
        if let Some(file) = &file
            && assets.iter().all(|known| known.path != file.asset.path)
        {
            assets.push(file.asset.clone());
        }
        Ok(Item {
            id: raw.system.id,
            language: raw.system.language_name,
            kind,
            slug: slug_of(raw.slug.as_deref().filter(|slug| !slug.is_empty()).unwrap_or(&title)),
            title,
            summary: html::plain(raw.summary.as_deref().unwrap_or_default()),
            body_html: cleaned.html,
            audiences: raw.audience.into_iter().flatten().map(|tag| tag.name).collect(),
            file,
            first_published: instant(raw.system.first_published.as_deref())?,
            last_published: instant(raw.system.last_published.as_deref())?,
            assets,
        })
    }
}

/// What can be told apart.
trait Identified {
    fn id(&self) -> Uuid;
}

impl Identified for RawItem {
    fn id(&self) -> Uuid {
        self.system.id
    }
}

impl Identified for RawListed {
    fn id(&self) -> Uuid {
        self.system.id
    }
}

fn collection_query(mapping: &TypeMapping, selection: &str, filtered: bool) -> String {
    let (variable, filter) =
        if filtered { (", $from: DateTime!", "where: { _system: { lastPublished: { gt: $from } } }, ") } else { ("", "") };
    format!(
        "query($skip: Int!, $language: String!{variable}) {{ found: {}Collection({filter}sort: {{ _system: {{ lastPublished: ASC }} }}, \
         skip: $skip, take: {PAGE}, languageName: $language, useLanguageFallbacks: false) {{ totalCount items {{ {selection} }} }} }}",
        mapping.content_type
    )
}

fn instant(text: Option<&str>) -> Result<Option<Timestamp>, KenticoError> {
    text.map(|text| text.parse::<Watermark>().map(|w| w.at)).transpose()
}

fn address(setting: &str, text: &str) -> Result<Url, KenticoError> {
    let wrong = || KenticoError::Settings(format!("{setting} is not an http or https address"));
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()).ok_or_else(wrong)
}
