//! Content mirrored from Kentico, so that pages never wait for it.

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, all, execute, optional};
use crate::domain::{ids::ContentId, time::Timestamp};

/// A piece of content in one language, sanitised.
#[derive(Clone, Debug, FromRow)]
pub struct ContentItem {
    /// Kentico's id of the item.
    pub id: ContentId,
    /// Language.
    pub language: String,
    /// `policy`, `faq`, `supplier_notice`, ...
    pub kind: String,
    /// Part of the address.
    pub slug: String,
    /// Title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Sanitised HTML.
    pub body: String,
    /// For whom: `supplier`, `customer`; empty for all.
    pub audiences: Json<Vec<String>>,
    /// Address of a file that belongs to it, in our own store.
    pub attachment: Option<String>,
    /// First published.
    pub first_published: Option<Timestamp>,
    /// Last published.
    pub last_published: Timestamp,
    /// When we fetched it.
    pub fetched_at: Timestamp,
}

/// A copied asset.
#[derive(Clone, Debug, FromRow)]
pub struct ContentAsset {
    /// Its path at Kentico, which is its key here.
    pub path: String,
    /// File name.
    pub name: String,
    /// Media type, by content.
    pub media_type: String,
    /// Where the bytes are in the file store.
    pub file: String,
    /// How many bytes.
    pub size: i64,
    /// When we fetched it.
    pub fetched_at: Timestamp,
}

/// How far the mirror of one kind is.
#[derive(Clone, Debug, FromRow)]
pub struct ContentFeed {
    /// Kind of content.
    pub kind: String,
    /// Everything published until then is here: the connector's text form of a time in Kentico's own zone.
    pub watermark: Option<String>,
    /// When all ids were last compared.
    pub swept_at: Option<Timestamp>,
    /// Last success.
    pub succeeded_at: Option<Timestamp>,
    /// Last failure.
    pub failed_at: Option<Timestamp>,
    /// In words.
    pub failure: Option<String>,
}

/// Saves an item in place of its earlier version.
pub async fn save(conn: &mut Conn, row: &ContentItem) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO content_items (id, language, kind, slug, title, summary, body, audiences, attachment, first_published, last_published, fetched_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id, language) DO UPDATE SET kind = excluded.kind, slug = excluded.slug, title = excluded.title,
           summary = excluded.summary, body = excluded.body, audiences = excluded.audiences, attachment = excluded.attachment,
           first_published = excluded.first_published, last_published = excluded.last_published, fetched_at = excluded.fetched_at",
        row.id,
        &row.language,
        &row.kind,
        &row.slug,
        &row.title,
        &row.summary,
        &row.body,
        &row.audiences,
        &row.attachment,
        row.first_published,
        row.last_published,
        row.fetched_at
    )?;
    Ok(())
}

/// What tells one version of an item from another.
#[derive(Clone, Debug, FromRow)]
pub struct ContentKey {
    /// Kentico's id of the item.
    pub id: ContentId,
    /// Language.
    pub language: String,
    /// Its version.
    pub last_published: Timestamp,
}

/// The versions that are here of a kind.
pub async fn keys(conn: &mut Conn, kind: &str) -> Result<Vec<ContentKey>> {
    all!(conn, ContentKey, "SELECT id, language, last_published FROM content_items WHERE kind = $1", kind)
}

/// An item in every language it has.
pub async fn find(conn: &mut Conn, id: ContentId) -> Result<Vec<ContentItem>> {
    all!(conn, ContentItem, "SELECT * FROM content_items WHERE id = $1 ORDER BY language", id)
}

/// Items of a kind, newest first.
pub async fn list(conn: &mut Conn, kind: &str) -> Result<Vec<ContentItem>> {
    all!(conn, ContentItem, "SELECT * FROM content_items WHERE kind = $1 ORDER BY last_published DESC, id LIMIT 200", kind)
}

/// Every item, by kind and newest first.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<ContentItem>> {
    all!(conn, ContentItem, "SELECT * FROM content_items ORDER BY kind, last_published DESC, id LIMIT 500")
}

/// Forgets an item that was taken offline.
pub async fn delete(conn: &mut Conn, id: ContentId, language: &str) -> Result<()> {
    execute!(conn, "DELETE FROM content_items WHERE id = $1 AND language = $2", id, language)?;
    Ok(())
}

/// Saves a copied asset.
pub async fn save_asset(conn: &mut Conn, row: &ContentAsset) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO content_assets (path, name, media_type, file, size, fetched_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (path) DO UPDATE SET name = excluded.name, media_type = excluded.media_type, file = excluded.file,
           size = excluded.size, fetched_at = excluded.fetched_at",
        &row.path,
        &row.name,
        &row.media_type,
        &row.file,
        row.size,
        row.fetched_at
    )?;
    Ok(())
}

/// A copied asset, by the name of its file in our store.
pub async fn find_asset(conn: &mut Conn, file: &str) -> Result<Option<ContentAsset>> {
    optional!(conn, ContentAsset, "SELECT * FROM content_assets WHERE file = $1 LIMIT 1", file)
}

/// The items that name a copied asset.
pub async fn naming(conn: &mut Conn, file: &str) -> Result<Vec<ContentItem>> {
    // As below: an underscore in a name stands for any character, which at worst finds one item more.
    all!(conn, ContentItem, "SELECT * FROM content_items WHERE attachment = '/' || $1 OR body LIKE '%/' || $1 || '%'", file)
}

/// Stops giving out copied assets that no item names any more.
pub async fn delete_unnamed_assets(conn: &mut Conn) -> Result<u64> {
    // An underscore in a name stands for any character here, which at worst keeps an asset.
    execute!(
        conn,
        "DELETE FROM content_assets WHERE NOT EXISTS (
           SELECT 1 FROM content_items
           WHERE attachment = '/' || content_assets.file OR body LIKE '%/' || content_assets.file || '%')"
    )
}

/// How far the mirrors are.
pub async fn feeds(conn: &mut Conn) -> Result<Vec<ContentFeed>> {
    all!(conn, ContentFeed, "SELECT * FROM content_feeds ORDER BY kind")
}

/// Notes how far a mirror is.
pub async fn save_feed(conn: &mut Conn, row: &ContentFeed) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO content_feeds (kind, watermark, swept_at, succeeded_at, failed_at, failure) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (kind) DO UPDATE SET watermark = excluded.watermark, swept_at = excluded.swept_at,
           succeeded_at = excluded.succeeded_at, failed_at = excluded.failed_at, failure = excluded.failure",
        &row.kind,
        &row.watermark,
        row.swept_at,
        row.succeeded_at,
        row.failed_at,
        &row.failure
    )?;
    Ok(())
}
