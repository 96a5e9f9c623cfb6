//! Files that come in pieces, so that one that broke off goes on where it was: each piece is kept by itself, and with the
//! last one they become an attachment. What nobody goes on with is forgotten.

use bytes::Bytes;
use futures::{Stream, StreamExt};

use super::{
    attach::{self, Attached},
    relate,
};
use crate::{
    domain::{
        access::Actor,
        attachment,
        case::Addressee,
        ids::{AttachmentId, CaseId, UploadId},
    },
    service::{Context, Error, Result, history::signature},
    store::{
        Conn, StoreError,
        attachments::{self, Part, Upload},
        cases,
    },
    text,
};

/// How long an upload waits for its next piece, in seconds.
const PATIENCE: i64 = 24 * 3_600;
/// How many uploads are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 50;

/// A file that is to come.
pub struct Announced<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many bytes it has.
    pub size: u64,
    /// When it was last changed, as its sender says: tells it from another file of the same name.
    pub changed: &'a str,
    /// Who is to see it.
    pub addressee: Addressee,
}

/// Begins an upload; one of the same file by the same person that broke off is gone on with.
pub async fn begin(context: &Context, actor: &Actor, case: CaseId, announced: Announced<'_>) -> Result<Upload> {
    let name = attachment::clean_name(announced.name);
    let mut tx = context.db.begin().await?;
    let header = cases::find_for_update(&mut tx, actor.scope(), case).await?.ok_or(Error::NotFound)?;
    relate::refuse_part(&mut tx, case).await?;
    let readers = attach::readers(&mut tx, actor, &header, announced.addressee).await?;
    let size = i64::try_from(announced.size).unwrap_or(i64::MAX);
    let fingerprint: String = announced.changed.chars().take(40).collect();
    let same = |row: &Upload| row.name == name && row.fingerprint == fingerprint && row.size == size && row.readers() == readers;
    let begun = attachments::uploads(&mut tx, case, actor.organisation, &signature(actor)).await?.into_iter().find(same);
    if let Some(upload) = begun {
        return Ok(upload);
    }
    check(context, &mut tx, case, &name, announced.size).await?;
    let upload = Upload {
        id: context.id(),
        case_id: case,
        organisation_id: actor.organisation,
        author: signature(actor),
        name,
        fingerprint,
        visibility: readers.visibility,
        reader_id: readers.only,
        size,
        received: 0,
        updated_at: context.now(),
        created_at: context.now(),
    };
    attachments::insert_upload(&mut tx, &upload).await?;
    tx.commit().await?;
    Ok(upload)
}

/// Whether a case takes another file of so many bytes, beside those that are on their way into it.
async fn check(context: &Context, conn: &mut Conn, case: CaseId, name: &str, size: u64) -> Result<()> {
    let room = attach::room(context, conn, case).await?;
    attach::check_size(context, name, size, room)?;
    if size == 0 {
        attach::recognise(b"", name)?;
    }
    let coming = attachments::on_its_way(conn, case).await?;
    attach::check_count(name, attachments::files_of_case(conn, case).await? + coming.files)?;
    let left = room.saturating_sub(u64::try_from(coming.bytes).unwrap_or_default());
    if size > left {
        let message = format!(
            "{name} does not fit beside the files that are on their way into this case: {} are left. Send it when they are here; what broke off is forgotten after a day.",
            text::file_size(left)
        );
        return Err(Error::field(attach::FIELD, message));
    }
    Ok(())
}

/// An upload of the actor.
pub async fn find(context: &Context, actor: &Actor, case: CaseId, id: UploadId) -> Result<Upload> {
    let mut conn = context.db.read().await?;
    cases::find(&mut conn, actor.scope(), case).await?.ok_or(Error::NotFound)?;
    let own = attachments::uploads(&mut conn, case, actor.organisation, &signature(actor)).await?;
    own.into_iter().find(|upload| upload.id == id).ok_or(Error::NotFound)
}

/// What became of a piece.
pub enum Progress {
    /// So many bytes are here.
    Going(i64),
    /// It was the last one.
    Done(Box<Attached>),
}

/// Takes the piece of an upload that begins at `from`. Where it breaks off, what came of it is kept.
pub async fn add<E>(
    context: &Context,
    actor: &Actor,
    upload: &Upload,
    from: i64,
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Progress> {
    if from != upload.received {
        return Err(Error::Conflict(format!("{} bytes are here. Go on from there.", upload.received)));
    }
    let left = u64::try_from(upload.size - upload.received).unwrap_or_default();
    let file = format!("uploads/{}", context.id::<AttachmentId>());
    let mut incoming = context.files.begin(&file).await?;
    while let Some(Ok(piece)) = body.next().await {
        if incoming.size() + piece.len() as u64 > left {
            incoming.discard().await?;
            return Err(Error::field(attach::FIELD, format!("{} is longer than was announced. Send it anew.", upload.name)));
        }
        incoming.write(piece).await?;
    }
    let came = i64::try_from(incoming.size()).unwrap_or_default();
    if came == 0 {
        incoming.discard().await?;
    } else {
        incoming.finish().await?;
        let part = Part { upload_id: upload.id, position: from, file };
        if let Err(error) = keep_part(context, &part, came).await {
            context.files.delete(&part.file).await?;
            return Err(error);
        }
    }
    let received = from + came;
    if received < upload.size {
        return Ok(Progress::Going(received));
    }
    complete(context, actor, upload).await.map(|attached| Progress::Done(Box::new(attached)))
}

async fn keep_part(context: &Context, part: &Part, size: i64) -> Result<()> {
    let mut tx = context.db.begin().await?;
    attachments::insert_part(&mut tx, part, size, context.now()).await.map_err(|error| match error {
        StoreError::Stale => Error::Conflict("Another piece came first. Ask how many bytes are here and go on from there.".to_owned()),
        other => other.into(),
    })?;
    Ok(tx.commit().await?)
}

/// Puts the pieces together and attaches the file. The upload is over then, also where the file is refused; a fault of ours
/// passes, and an empty piece tries again.
async fn complete(context: &Context, actor: &Actor, upload: &Upload) -> Result<Attached> {
    let attached = assemble(context, actor, upload).await;
    if !matches!(attached, Err(Error::Store(_) | Error::Internal(_))) {
        forget(context, upload).await?;
    }
    attached
}

async fn assemble(context: &Context, actor: &Actor, upload: &Upload) -> Result<Attached> {
    let parts = attachments::parts(&mut context.db.read().await?, upload.id).await?;
    let mut receiving = attach::begin(context, actor, upload.case_id, &upload.name, upload.addressee()).await?;
    for part in parts {
        let mut stream = context.files.stream(&part.file).await?.ok_or(Error::NotFound)?;
        while let Some(piece) = stream.next().await {
            receiving.write(context, piece?).await?;
        }
    }
    receiving.finish(context, actor, upload.case_id).await
}

/// Gives an upload up.
pub async fn forget(context: &Context, upload: &Upload) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let parts = attachments::parts(&mut tx, upload.id).await?;
    attachments::delete_upload(&mut tx, upload.id).await?;
    tx.commit().await?;
    for part in parts {
        context.files.delete(&part.file).await?;
    }
    Ok(())
}

/// Forgets uploads that nothing came for in a day.
pub async fn forget_idle(context: &Context) -> Result<()> {
    let since = context.now().plus_seconds(-PATIENCE);
    let idle = attachments::idle_uploads(&mut context.db.read().await?, since, FORGOTTEN_AT_ONCE).await?;
    for upload in idle {
        forget(context, &upload).await?;
    }
    Ok(())
}
