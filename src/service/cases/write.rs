//! Writing in a case, and moving it on.

use serde::{Deserialize, Serialize};

use super::{Change, PORTICO, needed, note, participants, publish, relate, save, side};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::{Addressee, Readers, Status, Visibility},
        ids::{CaseId, CaseMessageId},
    },
    service::{Context, Error, Result, draft, history::signature, notify::causes},
    store::{
        Conn,
        cases::{self, Case, Message},
        drafts,
    },
};

/// Longest message, in characters.
pub const LONGEST: usize = 10_000;

/// Writes a message. A partner's message brings a case back that waited for it or was settled. Only the hub writes
/// notes that partners cannot see.
pub async fn write(context: &Context, actor: &Actor, id: CaseId, to: impl Into<Addressee>, text: &str) -> Result<()> {
    write_after(context, actor, id, to, text, None).await
}

/// Writes a message that answers what was read: `seen` is the newest message that was there. Where somebody else wrote
/// since, the writer sees that first; what was typed is kept as a draft.
pub async fn write_after(
    context: &Context,
    actor: &Actor,
    id: CaseId,
    to: impl Into<Addressee>,
    text: &str,
    seen: Option<CaseMessageId>,
) -> Result<()> {
    let to = to.into();
    let typed = Typed { visibility: to.code(), text: text.to_owned() };
    let written = try_write(context, actor, id, to, text, seen).await;
    draft::keep_if_invalid(context, actor, DRAFT, id.0, &typed, written).await
}

/// A message as it was typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Typed {
    /// Who is to read it.
    pub visibility: String,
    /// The words.
    pub text: String,
}

/// Kind of the draft that keeps a message.
const DRAFT: &str = "case_message";

/// The message that a person typed into a case and that was not taken.
pub async fn typed(context: &Context, actor: &Actor, id: CaseId) -> Result<Option<Typed>> {
    let mut conn = context.db.read().await?;
    Ok(draft::find(&mut conn, actor, DRAFT, id.0).await?.map(|kept| kept.form))
}

async fn try_write(context: &Context, actor: &Actor, id: CaseId, to: Addressee, text: &str, seen: Option<CaseMessageId>) -> Result<()> {
    let text = needed("text", text, LONGEST, "Write something first.")?;
    let mut tx = context.db.begin().await?;
    let mut case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    relate::refuse_part(&mut tx, id).await?;
    let readers = participants::readers(&mut tx, actor, &case, to).await?;
    refuse_unread(&mut tx, actor, id, seen).await?;
    insert(context, &mut tx, actor, &case, readers, &text).await?;
    drafts::delete(&mut tx, actor, DRAFT, id.0).await?;
    let moves = participants::is_partner(&case, side(actor), actor.organisation);
    let next = if moves { case.status.after_partner_message() } else { case.status };
    become_status(context, &mut tx, &mut case, next, &signature(actor)).await?;
    save(context, &mut tx, &mut case).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(())
}

/// Refuses where somebody else wrote after the message that was seen last.
async fn refuse_unread(conn: &mut Conn, actor: &Actor, id: CaseId, seen: Option<CaseMessageId>) -> Result<()> {
    let Some(seen) = seen else { return Ok(()) };
    let messages = cases::messages(conn, actor.scope(), id).await?;
    let newer = messages.iter().rev().take_while(|message| message.id != seen);
    match newer.filter(|message| message.author != signature(actor)).last() {
        Some(message) if messages.iter().any(|known| known.id == seen) => Err(Error::Stale(format!(
            "{} wrote while you did. Read it below; what you typed is still here. Send it again if it still says what you mean.",
            message.author
        ))),
        _ => Ok(()),
    }
}

/// Where an actor may move a case: the hub anywhere the status leads, a partner may say that it is settled.
pub fn moves(actor: &Actor, case: &Case) -> Vec<Status> {
    let is_hub = actor.may(Permission::Operate);
    let is_partner = participants::is_partner(case, side(actor), actor.organisation);
    let allowed = |next: &Status| is_hub || (is_partner && *next == Status::Resolved && !case.status.is_settled());
    case.status.next().iter().copied().filter(allowed).collect()
}

/// Moves a case on. `version` is the one that was looked at: who was slower sees the newer state first.
pub async fn move_to(context: &Context, actor: &Actor, id: CaseId, version: i64, next: Status) -> Result<()> {
    move_for(context, actor, id, version, next, "").await
}

/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// Moves a case on and says why; a settled case is taken up again only with a reason.
pub async fn move_for(context: &Context, actor: &Actor, id: CaseId, version: i64, next: Status, reason: &str) -> Result<()> {
    let reason = reason.trim();
    if reason.chars().count() > LONGEST_REASON {
        return Err(Error::field("reason", format!("Use at most {LONGEST_REASON} characters.")));
    }
    let mut tx = context.db.begin().await?;
    let mut case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if case.version != version {
        return Err(Error::Conflict("Somebody else changed this case in the meantime. Look at the new state and decide again.".to_owned()));
    }
    if !moves(actor, &case).contains(&next) {
        return Err(Error::Forbidden("The buyer moves this case on. Write a message to say what you need.".to_owned()));
    }
    relate::refuse_part(&mut tx, id).await?;
    if case.status.is_settled() && !next.is_settled() && reason.is_empty() {
        return Err(Error::field("reason", "Say why the case is taken up again; both sides read it."));
    }
    become_status_for(context, &mut tx, &mut case, next, &signature(actor), reason).await?;
    save(context, &mut tx, &mut case).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(())
}

/// Notes a change of status; nothing where it stays.
pub(in crate::service) async fn become_status(
    context: &Context,
    conn: &mut Conn,
    case: &mut Case,
    next: Status,
    actor: &str,
) -> Result<()> {
    become_status_for(context, conn, case, next, actor, "").await
}

async fn become_status_for(context: &Context, conn: &mut Conn, case: &mut Case, next: Status, actor: &str, reason: &str) -> Result<()> {
    if next == case.status {
        return Ok(());
    }
    let change = Change {
        kind: "status",
        old: Some(case.status.as_str()),
        new: Some(next.as_str()),
        note: reason,
        visibility: Visibility::Partner,
        actor,
        ..Change::default()
    };
    note(context, conn, case, change).await?;
    case.status = next;
    Ok(())
}

/// Adds a message of a person.
pub(super) async fn insert(context: &Context, conn: &mut Conn, actor: &Actor, case: &Case, readers: Readers, text: &str) -> Result<()> {
    let message = Message {
        id: context.id(),
        case_id: case.id,
        visibility: readers.visibility,
        reader_id: readers.only,
        side: side(actor),
        author: signature(actor),
        organisation_id: Some(actor.organisation),
        body: text.to_owned(),
        origin: PORTICO.to_owned(),
        origin_id: None,
        at: context.now(),
    };
    cases::insert_message(conn, &message).await?;
    causes::case_written(context, conn, case, &message, actor.user()).await
}
