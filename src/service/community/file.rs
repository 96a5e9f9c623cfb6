//! The files of changes: which are fetched, before there is a transaction, and what each turned out to be. A file is what
//! its contents say; what a change says of it must agree.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::wrong;
use crate::{
    connectors::community::{Change, File, What},
    domain::attachment::{self, Media},
    service::{Context, Error, Result, cases::PORTICO, cases::attach},
    store::files::sha256,
};

/// What became of the file of a change.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fetched {
    /// There is none.
    #[default]
    None,
    /// It is in the file store.
    Kept {
        /// What it is by its contents.
        media: Media,
        /// How many bytes.
        size: u64,
    },
    /// It is not taken, for this reason.
    Refused(String),
}

/// The file of a change that has to be fetched: its SHA-256. One that is too large is not, and one of ours is here.
pub fn wanted<'a>(context: &Context, change: &'a Change) -> Option<&'a str> {
    match &change.what {
        What::Attached(file) if file.origin != PORTICO && attach::digest(&file.sha256).is_some() => {
            (file.size <= context.settings.attachment_bytes).then_some(file.sha256.as_str())
        }
        _ => None,
    }
}

impl Fetched {
    /// Keeps the bytes of a file that were fetched under its hash, where they are what the change says and may be attached.
    pub async fn keep(context: &Context, change: &Change, bytes: Bytes) -> Result<Self> {
        let What::Attached(file) = &change.what else { return Ok(Self::None) };
        let media = match check(file, &bytes) {
            Ok(media) => media,
            Err(Error::Invalid(errors)) => return Ok(Self::Refused(super::words(&errors))),
            Err(other) => return Err(other),
        };
        let size = bytes.len() as u64;
        context.files.put(&attach::place(&sha256(&bytes)), bytes).await?;
        Ok(Self::Kept { media, size })
    }
}

fn check(file: &File, bytes: &[u8]) -> Result<Media> {
    let media = attach::recognise(bytes, &attachment::clean_name(&file.name))?;
    // A table as text is text.
    let is_text = media == Media::Csv && file.media_type == Media::Text.as_str();
    if file.media_type != media.as_str() && !is_text {
        return Err(wrong("media_type", format!("By its contents the file is {media}, and not {}.", file.media_type)));
    }
    Ok(media)
}
