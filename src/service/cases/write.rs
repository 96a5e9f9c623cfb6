//! Writing in a case, and moving it on.

use super::{Change, PORTICO, needed, note, publish, save, side};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::{Status, Visibility},
        ids::CaseId,
        sla::Side,
    },
    service::{Context, Error, Result, history::signature},
    store::{
        Conn,
        cases::{self, Case, Message},
    },
};

/// Longest message, in characters.
pub const LONGEST: usize = 10_000;

/// Writes a message. A partner's message brings a case back that waited for it or was settled. Only the hub writes
/// notes that partners cannot see.
pub async fn write(context: &Context, actor: &Actor, id: CaseId, visibility: Visibility, text: &str) -> Result<()> {
    if visibility == Visibility::Internal && !actor.may(Permission::Operate) {
        return Err(Error::Forbidden("Only the buyer's own people write internal notes.".to_owned()));
    }
    let text = needed("text", text, LONGEST, "Write something first.")?;
    let mut tx = context.db.begin().await?;
    let mut case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    insert(context, &mut tx, actor, &case, visibility, &text).await?;
    let next = match side(actor) {
        Side::Partner => case.status.after_partner_message(),
        Side::Internal => case.status,
    };
    become_status(context, &mut tx, &mut case, next, &signature(actor)).await?;
    save(context, &mut tx, &mut case).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(())
}

/// Where an actor may move a case: the hub anywhere the status leads, a partner may say that it is settled.
pub fn moves(actor: &Actor, case: &Case) -> Vec<Status> {
    let is_hub = actor.may(Permission::Operate);
    let allowed = |next: &Status| is_hub || (*next == Status::Resolved && !case.status.is_settled());
    case.status.next().iter().copied().filter(allowed).collect()
}

/// Moves a case on. `version` is the one that was looked at: who was slower sees the newer state first.
pub async fn move_to(context: &Context, actor: &Actor, id: CaseId, version: i64, next: Status) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let mut case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if case.version != version {
        return Err(Error::Conflict("Somebody else changed this case in the meantime. Look at the new state and decide again.".to_owned()));
    }
    if !moves(actor, &case).contains(&next) {
        return Err(Error::Forbidden("The buyer moves this case on. Write a message to say what you need.".to_owned()));
    }
    become_status(context, &mut tx, &mut case, next, &signature(actor)).await?;
    save(context, &mut tx, &mut case).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(())
}

/// Notes a change of status; nothing where it stays.
async fn become_status(context: &Context, conn: &mut Conn, case: &mut Case, next: Status, actor: &str) -> Result<()> {
    if next == case.status {
        return Ok(());
    }
    let change = Change {
        kind: "status",
        old: Some(case.status.as_str()),
        new: Some(next.as_str()),
        visibility: Visibility::Partner,
        actor,
        ..Change::default()
    };
    note(context, conn, case, change).await?;
    case.status = next;
    Ok(())
}

/// Adds a message of a person.
pub(super) async fn insert(
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    case: &Case,
    visibility: Visibility,
    text: &str,
) -> Result<()> {
    let message = Message {
        id: context.id(),
        case_id: case.id,
        visibility,
        side: side(actor),
        author: signature(actor),
        organisation_id: Some(actor.organisation),
        body: text.to_owned(),
        origin: PORTICO.to_owned(),
        origin_id: None,
        at: context.now(),
    };
    cases::insert_message(conn, &message).await?;
    Ok(())
}
