//! Writing a mail into a case: its words as a message, its files by the rules that hold for every file. A file that is
//! not taken is named in the case with the reason.

use bytes::Bytes;

use super::{Context, MAIL, Result, words};
use crate::{
    connectors::letter::Letter,
    domain::{
        access::{Actor, Scope},
        attachment::{self, Media},
        case::Readers,
        ids::{AttachmentId, CaseMessageId, OrganisationId, UserId},
        sla::Side,
    },
    service::{
        cases::{self as use_cases, Change, attach, note, participants, relate, save},
        history::signature,
        notify::causes,
    },
    store::{
        Conn, attachments,
        cases::{self, Case, Message},
        files::sha256,
        incoming_mails::Sent,
    },
};

/// In whose name a mail is written into a case.
pub(super) struct By {
    /// The person.
    pub author: String,
    /// Who knows of it already.
    pub user: Option<UserId>,
    /// The organisation they write for.
    pub organisation: OrganisationId,
    /// Its side.
    pub side: Side,
    /// Who may read it.
    pub readers: Readers,
    /// The cases they reach.
    pub scope: Scope,
}

impl By {
    /// A person who answers a mail: a partner answers the hub. What the hub's people answer is for whoever reads the message
    /// that the mail tells of; where it tells of none, it stays with them.
    pub(super) async fn answering(conn: &mut Conn, actor: &Actor, sent: &Sent) -> Result<Self> {
        let side = use_cases::side(actor);
        let told_of = match sent.message_id.filter(|_| side == Side::Internal) {
            Some(message) => cases::message(conn, message).await?.map(|message| message.readers()),
            None => None,
        };
        let readers = if side == Side::Partner { Readers::one(actor.organisation) } else { told_of.unwrap_or(Readers::HUB) };
        let (author, user, organisation, scope) = (signature(actor), actor.user(), actor.organisation, actor.scope());
        Ok(Self { author, user, organisation, side, readers, scope })
    }
}

/// A file of a mail, looked at and kept, or not taken for a reason.
pub(super) struct Prepared {
    name: String,
    sha256: Vec<u8>,
    size: u64,
    kept: Result<(Media, String), String>,
}

/// Looks at the files of a mail, and keeps those that may be attached, before any transaction begins.
pub(super) async fn prepare(context: &Context, letter: &Letter) -> Result<Vec<Prepared>> {
    let mut files = Vec::new();
    for file in &letter.files {
        let name = attachment::clean_name(&file.name);
        let kept = match attach::recognise(&file.bytes, &name) {
            Ok(media) => {
                let key = format!("attachments/{}", context.id::<AttachmentId>());
                context.files.put(&key, Bytes::copy_from_slice(&file.bytes)).await?;
                Ok((media, key))
            }
            Err(refused) => Err(words(&refused)),
        };
        files.push(Prepared { name, sha256: sha256(&file.bytes), size: file.bytes.len() as u64, kept });
    }
    Ok(files)
}

/// Forgets files that did not become attachments; `kept` are those that did.
pub(super) async fn clear(context: &Context, files: &[Prepared], kept: &[String]) -> Result<()> {
    for (_, key) in files.iter().filter_map(|file| file.kept.as_ref().ok()) {
        if !kept.contains(key) {
            context.files.delete(key).await?;
        }
    }
    Ok(())
}

/// What a mail became.
pub(super) struct Written {
    /// The message; none where it holds files alone.
    pub message: Option<CaseMessageId>,
    /// Where the files are that became attachments.
    pub kept: Vec<String>,
}

/// Writes a mail into a case; none where a mail with the same id was written into it before.
pub(super) async fn into(
    context: &Context,
    conn: &mut Conn,
    case: &mut Case,
    by: &By,
    (text, mail): (&str, Option<&str>),
    files: &[Prepared],
) -> Result<Option<Written>> {
    relate::refuse_part(conn, case.id).await?;
    let mut message = None;
    if !text.is_empty() {
        let row = Message {
            id: context.id(),
            case_id: case.id,
            visibility: by.readers.visibility,
            reader_id: by.readers.only,
            side: by.side,
            author: by.author.clone(),
            organisation_id: Some(by.organisation),
            body: text.to_owned(),
            origin: MAIL.to_owned(),
            origin_id: mail.map(str::to_owned),
            at: context.now(),
        };
        if !cases::insert_message(conn, &row).await? {
            return Ok(None);
        }
        causes::case_written(context, conn, case, &row, by.user).await?;
        message = Some(row.id);
    }
    let mut kept = Vec::new();
    for file in files {
        kept.extend(attach_file(context, conn, case, by, file).await?);
    }
    if participants::is_partner(case, by.side, by.organisation) {
        let next = case.status.after_partner_message();
        use_cases::write::become_status(context, conn, case, next, &by.author).await?;
    }
    save(context, conn, case).await?;
    Ok(Some(Written { message, kept }))
}

/// Attaches a file, or says in the case why not; gives where its bytes are where they are needed from now on.
async fn attach_file(context: &Context, conn: &mut Conn, case: &Case, by: &By, file: &Prepared) -> Result<Option<String>> {
    let room = attach::room(context, conn, case.id).await?;
    let count = attachments::files_of_case(conn, case.id).await?;
    let fits = attach::check_size(context, &file.name, file.size, room).and_then(|()| attach::check_count(&file.name, count));
    let fits = fits.map_err(|refused| words(&refused));
    let (media, key) = match (&file.kept, &fits) {
        (Ok(kept), Ok(())) => kept.clone(),
        (Err(why), _) | (Ok(_), Err(why)) => {
            let change = Change {
                kind: "file_refused",
                new: Some(&file.name),
                note: why,
                visibility: by.readers.visibility,
                reader: by.readers.only,
                actor: &by.author,
                system: MAIL,
                ..Change::default()
            };
            note(context, conn, case, change).await?;
            return Ok(None);
        }
    };
    let new = attach::New {
        name: file.name.clone(),
        media,
        size: file.size,
        sha256: file.sha256.clone(),
        file: Some(key.clone()),
        url: None,
        readers: by.readers,
        side: by.side,
        author: by.author.clone(),
        organisation: Some(by.organisation),
        system: MAIL,
        origin_id: None,
        event: None,
    };
    let attached = attach::insert(context, conn, case, new).await?;
    Ok((!attached.again).then_some(key))
}
