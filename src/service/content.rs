//! Content from Kentico: the mirror that fills our store, and what a reader may see of it. Kentico is asked outside of
//! any transaction, and a page never waits for it. What cannot be read is noted with its feed, in words for an operator.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use sqlx::types::Json;

use super::{Context, Error, Result};
use crate::{
    connectors::kentico::{AssetAddress, AssetRef, Item, KenticoError, Kind, Source, Watermark},
    domain::{
        access::{Actor, Audience},
        ids::ContentId,
        time::Timestamp,
    },
    store::{
        Conn,
        content::{self, ContentAsset, ContentFeed, ContentItem},
        files,
    },
};

/// Where copied files are, both in the file store and under the portal's own address.
const FOLDER: &str = "content";
/// The language pages are in; an item without it is shown in one that it has.
const LANGUAGE: &str = "en";

/// The portal's address for a file on the Kentico server; for `SourceConfig`.
pub fn asset_address() -> AssetAddress {
    Arc::new(|path| format!("/{}", asset_file(path)))
}

/// Under which name a file is kept: told from its path alone, so that a text can name it before it is copied.
fn asset_file(path: &str) -> String {
    let name = path.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).take(80).collect();
    format!("{FOLDER}/{}-{name}", &files::hex(&files::sha256(path.as_bytes()))[..16])
}

// ---- The mirror ------------------------------------------------------------------------------------------------------

/// Copies what was published since the last time, kind by kind. Says how many items are new or changed. A kind that
/// cannot be read is noted with its feed and does not keep the others from being read.
pub async fn pull(context: &Context, source: &Source) -> Result<usize> {
    let mut saved = 0;
    for kind in source.kinds() {
        saved += pull_kind(context, source, kind).await?;
    }
    context.live.publish(None);
    Ok(saved)
}

async fn pull_kind(context: &Context, source: &Source, kind: Kind) -> Result<usize> {
    let mut feed = feed(context, kind).await?;
    // A watermark that cannot be read means reading everything again, which is safe.
    let watermark: Option<Watermark> = feed.watermark.as_deref().and_then(|text| text.parse().ok());
    let changes = match source.changed_since(kind, watermark).await {
        Ok(changes) => changes,
        Err(error) => return failed(context, feed, &error).await,
    };
    let known = known(context, kind).await?;
    let is_known = |item: &Item| known.get(&key(item)).is_some_and(|at| item.last_published.is_none_or(|published| published <= *at));
    let fresh: Vec<_> = changes.items.into_iter().filter(|item| !is_known(item)).collect();
    let mut remarks = Vec::new();
    for item in &fresh {
        if let Err(error) = copy_assets(context, source, item, &mut remarks).await? {
            return failed(context, feed, &error).await;
        }
    }
    feed.watermark = changes.watermark.map(|watermark| watermark.to_string());
    save(context, fresh, feed, remarks).await
}

/// Compares everything that is published with what is here: removes what was taken back, reads what the polls missed.
/// Says how many items were removed, added or replaced.
pub async fn sweep(context: &Context, source: &Source) -> Result<usize> {
    let mut touched = 0;
    for kind in source.kinds() {
        touched += sweep_kind(context, source, kind).await?;
    }
    let mut tx = context.db.begin().await?;
    content::delete_unnamed_assets(&mut tx).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(touched)
}

async fn sweep_kind(context: &Context, source: &Source, kind: Kind) -> Result<usize> {
    let mut feed = feed(context, kind).await?;
    let listed = match source.all_ids(kind).await {
        Ok(listed) => listed,
        Err(error) => return failed(context, feed, &error).await,
    };
    let mut gone = known(context, kind).await?;
    let mut fresh = Vec::new();
    let mut remarks = Vec::new();
    for entry in listed {
        let here = gone.remove(&(ContentId(entry.id), entry.language.clone()));
        if here.is_some_and(|at| entry.last_published.is_none_or(|published| published <= at)) {
            continue;
        }
        let item = match source.item(kind, entry.id, &entry.language).await {
            Ok(item) => item,
            Err(error) => return failed(context, feed, &error).await,
        };
        // One that was taken back since it was listed is found missing by the next sweep.
        let Some(item) = item else { continue };
        if let Err(error) = copy_assets(context, source, &item, &mut remarks).await? {
            return failed(context, feed, &error).await;
        }
        fresh.push(item);
    }
    let mut tx = context.db.begin().await?;
    for (id, language) in gone.keys() {
        content::delete(&mut tx, *id, language).await?;
    }
    tx.commit().await?;
    feed.swept_at = Some(context.now());
    Ok(gone.len() + save(context, fresh, feed, remarks).await?)
}

/// The feed of a kind as it stands.
async fn feed(context: &Context, kind: Kind) -> Result<ContentFeed> {
    let found = content::feeds(&mut context.db.read().await?).await?.into_iter().find(|feed| feed.kind == kind.code());
    Ok(found.unwrap_or_else(|| ContentFeed {
        kind: kind.code().to_owned(),
        watermark: None,
        swept_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    }))
}

/// The versions that are here of a kind.
async fn known(context: &Context, kind: Kind) -> Result<HashMap<(ContentId, String), Timestamp>> {
    let keys = content::keys(&mut context.db.read().await?, kind.code()).await?;
    Ok(keys.into_iter().map(|key| ((key.id, key.language), key.last_published)).collect())
}

fn key(item: &Item) -> (ContentId, String) {
    (ContentId(item.id), item.language.clone())
}

/// Notes that a kind could not be read. What is here stays as it is.
async fn failed(context: &Context, mut feed: ContentFeed, error: &KenticoError) -> Result<usize> {
    tracing::warn!(kind = feed.kind, %error, "content could not be read");
    feed.failed_at = Some(context.now());
    feed.failure = Some(error.to_string());
    let mut tx = context.db.begin().await?;
    content::save_feed(&mut tx, &feed).await?;
    tx.commit().await?;
    Ok(0)
}

/// Saves what was read and notes that it went well. A file that Portico does not show is a remark: its text is shown all
/// the same, and the remark stays until something new of this kind is read without one.
async fn save(context: &Context, fresh: Vec<Item>, mut feed: ContentFeed, remarks: Vec<String>) -> Result<usize> {
    let now = context.now();
    let had_remark = feed.failure.is_some() && feed.failed_at == feed.succeeded_at;
    feed.succeeded_at = Some(now);
    if let Some(remark) = remarks.into_iter().next() {
        feed.failed_at = Some(now);
        feed.failure = Some(remark);
    } else if had_remark && fresh.is_empty() {
        feed.failed_at = Some(now);
    } else {
        feed.failure = None;
    }
    let mut saved = 0;
    let mut tx = context.db.begin().await?;
    for item in fresh {
        // Only a draft has no time of publication, and drafts are not for readers.
        let Some(published) = item.last_published else { continue };
        content::save(&mut tx, &row(item, published, now)).await?;
        saved += 1;
    }
    content::save_feed(&mut tx, &feed).await?;
    tx.commit().await?;
    Ok(saved)
}

fn row(item: Item, published: Timestamp, now: Timestamp) -> ContentItem {
    ContentItem {
        id: ContentId(item.id),
        language: item.language,
        kind: item.kind.code().to_owned(),
        slug: item.slug,
        title: item.title,
        summary: item.summary,
        body: item.body_html,
        audiences: Json(item.audiences),
        attachment: item.file.map(|file| file.asset.address),
        first_published: item.first_published,
        last_published: published,
        fetched_at: now,
    }
}

/// Copies the files of an item. A file that will never do is a remark; a server that is away fails the whole kind, so
/// that the item comes again with the next poll.
async fn copy_assets(context: &Context, source: &Source, item: &Item, remarks: &mut Vec<String>) -> Result<Result<(), KenticoError>> {
    for asset in &item.assets {
        match copy_asset(context, source, asset).await? {
            Ok(()) => {}
            Err(error) if error.is_temporary() => return Ok(Err(error)),
            Err(error) => remarks.push(format!("\"{}\" is shown without a file. {error}", item.title)),
        }
    }
    Ok(Ok(()))
}

async fn copy_asset(context: &Context, source: &Source, asset: &AssetRef) -> Result<Result<(), KenticoError>> {
    let copy = match source.asset(&asset.path).await {
        Ok(copy) => copy,
        Err(error) => return Ok(Err(error)),
    };
    let row = ContentAsset {
        path: asset.path.clone(),
        name: if asset.name.is_empty() { copy.name } else { asset.name.clone() },
        media_type: copy.media_type.to_owned(),
        file: asset_file(&asset.path),
        size: i64::try_from(copy.bytes.len()).unwrap_or(i64::MAX),
        fetched_at: context.now(),
    };
    context.files.put(&row.file, Bytes::from(copy.bytes)).await?;
    let mut tx = context.db.begin().await?;
    content::save_asset(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

// ---- What readers see ------------------------------------------------------------------------------------------------

/// A copied file that belongs to an article.
pub struct Attachment {
    /// Address in the portal.
    pub address: String,
    /// The file; none where it could not be copied.
    pub file: Option<ContentAsset>,
}

/// An article and its file.
pub struct Article {
    /// The text.
    pub item: ContentItem,
    /// The file that belongs to it.
    pub attachment: Option<Attachment>,
}

/// Everything that is meant for the reader, newest first within a kind, each item in one language.
pub async fn list(context: &Context, actor: &Actor) -> Result<Vec<ContentItem>> {
    let mut conn = context.db.read().await?;
    let mut items: Vec<_> = content::list_all(&mut conn).await?.into_iter().filter(|item| is_for(actor, item)).collect();
    let translated: Vec<_> = items.iter().filter(|item| item.language == LANGUAGE).map(|item| item.id).collect();
    items.retain(|item| item.language == LANGUAGE || !translated.contains(&item.id));
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(item.id));
    Ok(items)
}

/// One article.
pub async fn load(context: &Context, actor: &Actor, id: ContentId) -> Result<Article> {
    let mut conn = context.db.read().await?;
    let mut found: Vec<_> = content::find(&mut conn, id).await?.into_iter().filter(|item| is_for(actor, item)).collect();
    let wanted = found.iter().position(|item| item.language == LANGUAGE).unwrap_or(0);
    let item = if found.is_empty() { return Err(Error::NotFound) } else { found.swap_remove(wanted) };
    let attachment = match item.attachment.clone() {
        Some(address) => {
            let file = content::find_asset(&mut conn, address.trim_start_matches('/')).await?;
            Some(Attachment { address, file })
        }
        None => None,
    };
    Ok(Article { item, attachment })
}

/// The newest item of a kind with a slug that is meant for the reader, in the language of the pages where it has one.
pub async fn by_slug(conn: &mut Conn, actor: &Actor, kind: &str, slug: &str) -> Result<Option<ContentItem>> {
    let mut found: Vec<_> = content::list(conn, kind).await?.into_iter().filter(|item| item.slug == slug && is_for(actor, item)).collect();
    let wanted = found.iter().position(|item| item.language == LANGUAGE).unwrap_or(0);
    Ok((!found.is_empty()).then(|| found.swap_remove(wanted)))
}

/// A copied file and its bytes, where something that is meant for the reader names it.
pub async fn asset(context: &Context, actor: &Actor, name: &str) -> Result<(ContentAsset, Bytes)> {
    let asset = {
        let mut conn = context.db.read().await?;
        let asset = content::find_asset(&mut conn, &format!("{FOLDER}/{name}")).await?.ok_or(Error::NotFound)?;
        if !content::naming(&mut conn, &asset.file).await?.iter().any(|item| is_for(actor, item)) {
            return Err(Error::NotFound);
        }
        asset
    };
    let bytes = context.files.get(&asset.file).await?.ok_or(Error::NotFound)?;
    Ok((asset, bytes))
}

/// Whether an item is meant for the actor. The hub sees all of it, to know what partners see.
fn is_for(actor: &Actor, item: &ContentItem) -> bool {
    let audiences = &item.audiences.0;
    actor.audience == Audience::Hub || audiences.is_empty() || audiences.iter().any(|audience| audience == actor.audience.as_str())
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
