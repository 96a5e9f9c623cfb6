//! Attaching files to a case. The bytes go into the file store as they come and are hashed on the way; what the file is
//! follows from them. It is in the case once both were found right, with who and when in the case's history.

use bytes::Bytes;
use futures::Stream;

use super::{Change, PORTICO, note, participants, publish, relate, save, side, write};
use crate::{
    domain::{
        access::{Actor, Permission},
        attachment::{self, Glance, Media, Refusal},
        case::{Addressee, Readers},
        ids::{AttachmentId, CaseId, OrganisationId},
        sla::Side,
    },
    service::{Context, Error, Result, history::signature},
    store::{
        self, Conn,
        attachments::{self, Attachment},
        cases::{self, Case},
        files::{Incoming, hex},
    },
    text,
};

/// The field of the form that takes files.
pub const FIELD: &str = "file";

/// What is taken, as people are told.
pub const ALLOWED: &str = "PDF, PNG, JPEG, plain text, CSV, XLSX or DOCX";

/// How many files a case may have.
pub const FILES: i64 = 500;

/// What became of a file.
pub struct Attached {
    /// The file, or the one with the same contents that was there before.
    pub attachment: Attachment,
    /// It was there before; nothing was changed.
    pub again: bool,
}

/// Who may see what an actor attaches: partners share all of theirs with the hub, the hub decides.
pub(super) async fn readers(conn: &mut Conn, actor: &Actor, case: &Case, wanted: Addressee) -> Result<Readers> {
    let wanted = if actor.may(Permission::Operate) { wanted } else { Addressee::Partner };
    participants::readers(conn, actor, case, wanted).await
}

/// A file that is being received.
pub struct Receiving {
    name: String,
    file: String,
    readers: Readers,
    room: u64,
    glance: Glance,
    incoming: Incoming,
}

/// Begins to receive a file into a case that the actor takes part in.
pub async fn begin(context: &Context, actor: &Actor, id: CaseId, name: &str, wanted: impl Into<Addressee>) -> Result<Receiving> {
    let mut conn = context.db.read().await?;
    let case = cases::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    relate::refuse_part(&mut conn, id).await?;
    let readers = readers(&mut conn, actor, &case, wanted.into()).await?;
    let room = room(context, &mut conn, id).await?;
    drop(conn);
    let file = format!("attachments/{}", context.id::<AttachmentId>());
    let incoming = context.files.begin(&file).await?;
    Ok(Receiving { name: attachment::clean_name(name), file, readers, room, glance: Glance::default(), incoming })
}

/// How many bytes a case can still take.
pub(in crate::service) async fn room(context: &Context, conn: &mut Conn, id: CaseId) -> Result<u64> {
    let held = u64::try_from(attachments::bytes_of_case(conn, id).await?).unwrap_or_default();
    Ok(context.settings.case_bytes.saturating_sub(held))
}

/// Whether a file of so many bytes fits; the refusal says what would.
pub fn check_size(context: &Context, name: &str, size: u64, room: u64) -> Result<()> {
    let most = context.settings.attachment_bytes;
    if size > most {
        let message =
            format!("{name} is larger than {}, the most one file may have. Make it smaller, or send it in parts.", text::file_size(most));
        return Err(Error::field(FIELD, message));
    }
    if size > room {
        let all = text::file_size(context.settings.case_bytes);
        let message = format!("{name} does not fit: this case may hold {all}, and {} are left.", text::file_size(room));
        return Err(Error::field(FIELD, message));
    }
    Ok(())
}

/// Whether a case that has so many files takes another one.
pub fn check_count(name: &str, files: i64) -> Result<()> {
    if files < FILES {
        return Ok(());
    }
    let message = format!(
        "{name} was not taken: this case has {FILES} files with those that were withdrawn, the most there may be. Open another case for what is new."
    );
    Err(Error::field(FIELD, message))
}

impl Receiving {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the next piece; refused where the file becomes too large.
    pub async fn write(&mut self, context: &Context, piece: Bytes) -> Result<()> {
        check_size(context, &self.name, self.incoming.size() + piece.len() as u64, self.room)?;
        self.glance.look(&piece);
        Ok(self.incoming.write(piece).await?)
    }

    /// Gives the file up.
    pub async fn discard(self) -> Result<()> {
        Ok(self.incoming.discard().await?)
    }

    /// Looks at what came and attaches it, or forgets it.
    pub async fn finish(self, context: &Context, actor: &Actor, id: CaseId) -> Result<Attached> {
        let (file, size) = (self.file, self.incoming.size());
        let sha256 = self.incoming.finish().await?;
        let outcome = async {
            let new = New {
                media: media(context, self.glance, &file, &self.name).await?,
                name: self.name,
                size,
                sha256,
                file: Some(file.clone()),
                url: None,
                readers: self.readers,
                side: side(actor),
                author: signature(actor),
                organisation: Some(actor.organisation),
                system: PORTICO,
                origin_id: None,
                event: None,
            };
            keep(context, actor, id, new).await
        }
        .await;
        if !matches!(outcome, Ok(Attached { again: false, .. })) {
            context.files.delete(&file).await?;
        }
        outcome
    }
}

/// What a file is that went by; of an archive, which lists its contents at its end, the whole is looked at.
async fn media(context: &Context, glance: Glance, file: &str, name: &str) -> Result<Media> {
    if !glance.is_archive() {
        return glance.recognise(b"", name).map_err(|refusal| refused(refusal, name));
    }
    let bytes = context.files.get(file).await?.unwrap_or_default();
    let called = name.to_owned();
    let looked = tokio::task::spawn_blocking(move || glance.recognise(&bytes, &called)).await;
    looked.map_err(|error| Error::Internal(error.to_string()))?.map_err(|refusal| refused(refusal, name))
}

/// What a file is; the refusal says why it is not taken and what is.
pub fn recognise(bytes: &[u8], name: &str) -> Result<Media> {
    attachment::recognise(bytes, name).map_err(|refusal| refused(refusal, name))
}

fn refused(refusal: Refusal, name: &str) -> Error {
    let why = match refusal {
        Refusal::Empty => "it is empty. Look at the file and send it again.".to_owned(),
        Refusal::Program => format!("it is a program. Send {ALLOWED}."),
        Refusal::Markup => format!("it is a web page or a drawing that can hold script. Send it as PDF or PNG; taken are {ALLOWED}."),
        Refusal::Macros => "it holds macros. Save it without them, as .xlsx or .docx.".to_owned(),
        Refusal::OldOffice => "it is an Office file of the old kind. Save it as .xlsx, .docx or PDF.".to_owned(),
        Refusal::Archive => format!("it is an archive, or an Office file that is broken. Send the files in it one by one: {ALLOWED}."),
        Refusal::Unknown => format!("what it is cannot be told from its contents. Send {ALLOWED}."),
        Refusal::Misnamed(media) => format!(
            "by its contents it is {}, and its name says otherwise. Give it the right ending, or export it again.",
            text::media(media)
        ),
    };
    Error::field(FIELD, format!("{name} was not taken: {why}"))
}

/// A SHA-256 written in hexadecimal; none where it is not.
pub(in crate::service) fn digest(text: &str) -> Option<Vec<u8>> {
    let pair = |place: usize| text.get(place..place + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (text.len() == 64 && text.is_ascii()).then(|| (0..64).step_by(2).map(pair).collect()).flatten()
}

/// Where the bytes with a hash are kept that another system sends: the same file again takes no more room.
pub(in crate::service) fn place(sha256: &[u8]) -> String {
    format!("attachments/{}", hex(sha256))
}

/// A file that may be attached.
pub(in crate::service) struct New {
    pub name: String,
    pub media: Media,
    pub size: u64,
    pub sha256: Vec<u8>,
    pub file: Option<String>,
    pub url: Option<String>,
    pub readers: Readers,
    pub side: Side,
    pub author: String,
    pub organisation: Option<OrganisationId>,
    pub system: &'static str,
    pub origin_id: Option<String>,
    pub event: Option<String>,
}

async fn keep(context: &Context, actor: &Actor, id: CaseId, new: New) -> Result<Attached> {
    let mut tx = context.db.begin().await?;
    let mut case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    relate::refuse_part(&mut tx, id).await?;
    let room = room(context, &mut tx, id).await?;
    let (size, author) = (new.size, new.author.clone());
    let name = new.name.clone();
    let attached = insert(context, &mut tx, &case, new).await?;
    if attached.again {
        return Ok(attached);
    }
    check_size(context, &name, size, room)?;
    if participants::is_partner(&case, side(actor), actor.organisation) {
        let next = case.status.after_partner_message();
        write::become_status(context, &mut tx, &mut case, next, &author).await?;
    }
    save(context, &mut tx, &mut case).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(attached)
}

/// Adds a file to a case and to its history; the same contents for the same readers are there once. A place elsewhere, whose
/// contents nobody here has seen, does not keep the file itself out, nor is it shown to more readers than it is meant for.
pub(in crate::service) async fn insert(context: &Context, conn: &mut Conn, case: &Case, new: New) -> Result<Attached> {
    let same = attachments::find_same(conn, case.id, &new.sha256, new.readers).await?;
    let (author, system, event) = (new.author.clone(), new.system, new.event.clone());
    let row = match same {
        Some(attachment) if attachment.file.is_some() || new.file.is_none() => return Ok(Attached { attachment, again: true }),
        Some(place) if place.readers() == new.readers => fill(conn, place, new).await?,
        _ => add(context, conn, case, new).await?,
    };
    let id = row.id.to_string();
    let change = Change {
        kind: "attached",
        // Which file it is, for whoever is told of it.
        old: Some(&id),
        new: Some(&row.name),
        visibility: row.visibility,
        reader: row.reader_id,
        actor: &author,
        system,
        event: event.as_deref(),
        ..Change::default()
    };
    note(context, conn, case, change).await?;
    Ok(Attached { attachment: row, again: false })
}

/// Puts the bytes where so far only their place elsewhere stood.
async fn fill(conn: &mut Conn, place: Attachment, new: New) -> Result<Attachment> {
    let size = i64::try_from(new.size).unwrap_or(i64::MAX);
    let row = Attachment { name: new.name, media_type: new.media, size, file: new.file, url: None, ..place };
    attachments::fill(conn, &row).await?;
    Ok(row)
}

async fn add(context: &Context, conn: &mut Conn, case: &Case, new: New) -> Result<Attachment> {
    check_count(&new.name, attachments::files_of_case(conn, case.id).await?)?;
    let row = Attachment {
        id: context.id(),
        case_id: case.id,
        name: new.name,
        media_type: new.media,
        size: i64::try_from(new.size).unwrap_or(i64::MAX),
        sha256: new.sha256,
        file: new.file,
        url: new.url,
        visibility: new.readers.visibility,
        reader_id: new.readers.only,
        side: new.side,
        author: new.author,
        organisation_id: new.organisation,
        origin: new.system.to_owned(),
        origin_id: new.origin_id,
        at: context.now(),
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawn_why: None,
    };
    attachments::insert(conn, &row).await?;
    Ok(row)
}

/// A file of a case with its bytes, piece by piece; none of one that was withdrawn.
pub async fn read(
    context: &Context,
    actor: &Actor,
    case: CaseId,
    id: AttachmentId,
) -> Result<(Attachment, impl Stream<Item = store::Result<Bytes>> + Send + use<>)> {
    let mut conn = context.db.read().await?;
    cases::find(&mut conn, actor.scope(), case).await?.ok_or(Error::NotFound)?;
    let attachment = attachments::find(&mut conn, actor.scope(), case, id).await?.ok_or(Error::NotFound)?;
    drop(conn);
    if attachment.withdrawn_at.is_some() {
        return Err(Error::NotFound);
    }
    let file = attachment.file.as_deref().ok_or(Error::NotFound)?;
    let bytes = context.files.stream(file).await?.ok_or(Error::NotFound)?;
    Ok((attachment, bytes))
}
