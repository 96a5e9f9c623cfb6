//! Files that come with events: their bytes in base64, or the place where the other system keeps them, which is shown and
//! never fetched. A file is what its contents say; what an event says of it must agree.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::{NAME, SYSTEM, data::AttachmentAdded};
use crate::{
    connectors::xconnector::Event,
    domain::{
        attachment::{self, Media},
        case::Visibility,
        sla::Side,
    },
    service::{
        Context, Error, Result,
        cases::attach::{self, New},
        systems::written,
    },
    store::{
        Conn, attachments,
        cases::Case,
        files::{hex, sha256},
    },
};

/// Most bytes that an event may carry.
const MOST: usize = 256 * 1024;

/// What an event says of a file, found right.
struct Checked {
    media: Media,
    sha256: Vec<u8>,
    bytes: Option<Bytes>,
}

fn wrong(field: &str, message: impl Into<String>) -> Error {
    Error::field(format!("/data/{field}"), message)
}

fn check(added: &AttachmentAdded) -> Result<Checked> {
    let media: Option<Media> = added.media_type.parse().ok();
    let media = media.ok_or_else(|| wrong("media_type", format!("Files of this kind are not taken. Send {}.", attach::ALLOWED)))?;
    let said = attach::digest(&added.sha256).ok_or_else(|| wrong("sha256", "sha256 must be 64 hexadecimal digits."))?;
    let Some(content) = &added.content else {
        let url = added.url.as_deref().unwrap_or_default();
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err(wrong("content", "Give the file's bytes as content in base64, or its address as url."));
        }
        return Ok(Checked { media, sha256: said, bytes: None });
    };
    let bytes = STANDARD.decode(content).map_err(|error| wrong("content", format!("content is not base64: {error}.")))?;
    if bytes.len() > MOST {
        return Err(wrong("content", format!("content may have {MOST} bytes. Give a larger file as url.")));
    }
    let found = sha256(&bytes);
    if found != said {
        return Err(wrong("sha256", format!("The bytes in content have the SHA-256 {}.", hex(&found))));
    }
    let recognised = attach::recognise(&bytes, &attachment::clean_name(&added.name)).map_err(|error| match error {
        Error::Invalid(errors) => wrong("content", errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ")),
        other => other,
    })?;
    if recognised != media {
        return Err(wrong("media_type", format!("By its contents the file is {recognised}.")));
    }
    Ok(Checked { media, sha256: said, bytes: Some(bytes.into()) })
}

/// Keeps the bytes that an event carries, before there is a transaction.
pub(super) async fn keep(context: &Context, added: &AttachmentAdded) -> Result<()> {
    let checked = check(added)?;
    if let Some(bytes) = checked.bytes {
        context.files.put(&attach::place(&checked.sha256), bytes).await?;
    }
    Ok(())
}

/// Attaches the file of an event to a case; one that was attached before changes nothing. Says whether it is new.
pub(super) async fn attach(context: &Context, conn: &mut Conn, event: &Event, case: &Case, added: AttachmentAdded) -> Result<bool> {
    let checked = check(&added)?;
    if attachments::find_of_origin(conn, case.id, SYSTEM, &added.attachment).await?.is_some() {
        return Ok(false);
    }
    let size = checked.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
    let name = attachment::clean_name(&added.name);
    attach::check_size(context, &name, size, attach::room(context, conn, case.id).await?)?;
    let new = New {
        name,
        media: checked.media,
        size,
        file: checked.bytes.map(|_| attach::place(&checked.sha256)),
        sha256: checked.sha256,
        url: added.url.filter(|_| added.content.is_none()),
        readers: written::readers(case, added.visibility.unwrap_or(Visibility::Internal)),
        side: Side::Internal,
        author: added.author.filter(|author| !author.trim().is_empty()).unwrap_or_else(|| NAME.to_owned()),
        organisation: None,
        system: SYSTEM,
        origin_id: Some(added.attachment),
        event: Some(event.id.clone()),
    };
    Ok(!attach::insert(context, conn, case, new).await?.again)
}
