//! Attaching files to a case. The bytes go into the file store as they come and are hashed on the way; what the file is
//! follows from them. It is in the case once both were found right, with who and when in the case's history.

use bytes::Bytes;

use super::{Change, PORTICO, note, participants, publish, relate, save, side, write};
use crate::{
    domain::{
        access::{Actor, Permission},
        attachment::{self, Media, Refusal},
        case::{Addressee, Readers},
        ids::{AttachmentId, CaseId, OrganisationId},
        sla::Side,
    },
    service::{Context, Error, Result, history::signature},
    store::{
        Conn,
        attachments::{self, Attachment},
        cases::{self, Case},
        files::Incoming,
    },
    text,
};

/// The field of the form that takes files.
pub const FIELD: &str = "file";

/// What is taken, as people are told.
pub const ALLOWED: &str = "PDF, PNG, JPEG, plain text, CSV, XLSX or DOCX";

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
    incoming: Incoming,
}

/// Begins to receive a file into a case that the actor takes part in.
pub async fn begin(context: &Context, actor: &Actor, id: CaseId, name: &str, wanted: impl Into<Addressee>) -> Result<Receiving> {
    let mut conn = context.db.read().await?;
    let case = cases::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let readers = readers(&mut conn, actor, &case, wanted.into()).await?;
    let room = room(context, &mut conn, id).await?;
    drop(conn);
    let file = format!("attachments/{}", context.id::<AttachmentId>());
    let incoming = context.files.begin(&file).await?;
    Ok(Receiving { name: attachment::clean_name(name), file, readers, room, incoming })
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

impl Receiving {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the next piece; refused where the file becomes too large.
    pub async fn write(&mut self, context: &Context, piece: Bytes) -> Result<()> {
        check_size(context, &self.name, self.incoming.size() + piece.len() as u64, self.room)?;
        Ok(self.incoming.write(piece).await?)
    }

    /// Gives the file up.
    pub async fn discard(self) -> Result<()> {
        Ok(self.incoming.discard().await?)
    }

    /// Looks at what came and attaches it, or forgets it.
    pub async fn finish(self, context: &Context, actor: &Actor, id: CaseId) -> Result<Attached> {
        let size = self.incoming.size();
        let sha256 = self.incoming.finish().await?;
        let bytes = context.files.get(&self.file).await?.unwrap_or_default();
        let new = New {
            name: self.name,
            media: Media::Text,
            size,
            sha256,
            file: Some(self.file.clone()),
            url: None,
            readers: self.readers,
            side: side(actor),
            author: signature(actor),
            organisation: Some(actor.organisation),
            system: PORTICO,
            origin_id: None,
            event: None,
        };
        let outcome = match recognise(&bytes, &new.name) {
            Ok(media) => keep(context, actor, id, New { media, ..new }).await,
            Err(refused) => Err(refused),
        };
        if !matches!(outcome, Ok(Attached { again: false, .. })) {
            context.files.delete(&self.file).await?;
        }
        outcome
    }
}

/// What a file is; the refusal says why it is not taken and what is.
pub fn recognise(bytes: &[u8], name: &str) -> Result<Media> {
    let refused = |why: String| Error::field(FIELD, format!("{name} was not taken: {why}"));
    attachment::recognise(bytes, name).map_err(|refusal| {
        refused(match refusal {
            Refusal::Empty => "it is empty. Look at the file and send it again.".to_owned(),
            Refusal::Program => format!("it is a program. Send {ALLOWED}."),
            Refusal::Markup => format!("it is a web page or a drawing that can hold script. Send it as PDF or PNG; taken are {ALLOWED}."),
            Refusal::Macros => "it holds macros. Save it without them, as .xlsx or .docx.".to_owned(),
            Refusal::OldOffice => "it is an Office file of the old kind. Save it as .xlsx, .docx or PDF.".to_owned(),
            Refusal::Archive => format!("it is an archive, or an Office file that is broken. Send the files in it one by one: {ALLOWED}."),
            Refusal::Unknown => format!("what it is cannot be told from its contents. Send {ALLOWED}."),
            Refusal::Misnamed(media) => {
                format!(
                    "by its contents it is {}, and its name says otherwise. Give it the right ending, or export it again.",
                    text::media(media)
                )
            }
        })
    })
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

/// Adds a file to a case and to its history; the same contents for the same readers are there once.
pub(in crate::service) async fn insert(context: &Context, conn: &mut Conn, case: &Case, new: New) -> Result<Attached> {
    if let Some(attachment) = attachments::find_same(conn, case.id, &new.sha256, new.readers).await? {
        return Ok(Attached { attachment, again: true });
    }
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
    };
    attachments::insert(conn, &row).await?;
    let id = row.id.to_string();
    let change = Change {
        kind: "attached",
        // Which file it is, for whoever is told of it.
        old: Some(&id),
        new: Some(&row.name),
        visibility: row.visibility,
        reader: row.reader_id,
        actor: &row.author,
        system: new.system,
        event: new.event.as_deref(),
        ..Change::default()
    };
    note(context, conn, case, change).await?;
    Ok(Attached { attachment: row, again: false })
}

/// A file of a case with its bytes.
pub async fn read(context: &Context, actor: &Actor, case: CaseId, id: AttachmentId) -> Result<(Attachment, Bytes)> {
    let mut conn = context.db.read().await?;
    cases::find(&mut conn, actor.scope(), case).await?.ok_or(Error::NotFound)?;
    let attachment = attachments::find(&mut conn, actor.scope(), case, id).await?.ok_or(Error::NotFound)?;
    drop(conn);
    let file = attachment.file.as_deref().ok_or(Error::NotFound)?;
    let bytes = context.files.get(file).await?.ok_or(Error::NotFound)?;
    Ok((attachment, bytes))
}
