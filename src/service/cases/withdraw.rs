//! Withdrawing a file that was attached by mistake. What stays says who did, when and why; the contents are given to nobody
//! any more, are in no archive, leave to no other system, are forgotten, and may be attached again.

use super::{Change, needed, note, publish, relate, save};
use crate::{
    domain::{
        access::{Actor, Permission, Scope},
        case::Visibility,
        ids::{AttachmentId, CaseId},
    },
    service::{Context, Error, Result, community, history::signature},
    store::{
        Conn,
        attachments::{self, Attachment},
        cases::{self, Case},
    },
};

/// What a history says where a file was withdrawn.
pub(in crate::service) const WITHDRAWN: &str = "withdrawn";

/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// Whether an actor may withdraw a file that it sees: its own company's, and the hub any.
pub fn may_withdraw(actor: &Actor, file: &Attachment) -> bool {
    file.withdrawn_at.is_none() && (actor.may(Permission::Operate) || file.organisation_id == Some(actor.organisation))
}

/// Withdraws a file; also in a case that has become part of another one, where its files are still seen. Says its name.
pub async fn withdraw(context: &Context, actor: &Actor, case: CaseId, id: AttachmentId, why: &str) -> Result<String> {
    let mut tx = context.db.begin().await?;
    let case = cases::find_for_update(&mut tx, actor.scope(), case).await?.ok_or(Error::NotFound)?;
    let file = attachments::find(&mut tx, actor.scope(), case.id, id).await?.ok_or(Error::NotFound)?;
    if let Some(by) = &file.withdrawn_by {
        return Err(Error::Conflict(format!("{} was withdrawn already, by {by}.", file.name)));
    }
    if !may_withdraw(actor, &file) {
        return Err(Error::Forbidden("Whoever attached a file withdraws it. Write why it should not be here.".to_owned()));
    }
    let why = needed("why", why, LONGEST_REASON, "Say why it is withdrawn; everybody who saw the file reads it.")?;
    let author = signature(actor);
    attachments::withdraw(&mut tx, id, context.now(), &author, &why).await?;
    community::tell::withhold(context, &mut tx, &file).await?;
    let whole = match relate::whole(&mut tx, case.id).await? {
        Some(whole) => cases::find_for_update(&mut tx, Scope::Hub, whole.case_id).await?,
        None => None,
    };
    let mut parties = cases::parties(&mut tx, case.id).await?;
    for mut told in [Some(case), whole].into_iter().flatten() {
        tell(context, &mut tx, &told, &file, (&author, &why)).await?;
        save(context, &mut tx, &mut told).await?;
        parties.extend(cases::parties(&mut tx, told.id).await?);
    }
    tx.commit().await?;
    publish(context, &parties);
    forget(context, &file).await;
    Ok(file.name)
}

/// Forgets the bytes of a file that has them for itself. Those kept under their hash may be another file's too.
async fn forget(context: &Context, file: &Attachment) {
    let Some(name) = file.file.as_deref() else { return };
    let is_its_own = name.rsplit('/').next().is_some_and(|last| uuid::Uuid::try_parse(last).is_ok());
    if is_its_own && let Err(error) = context.files.delete(name).await {
        // Nobody is given it all the same.
        tracing::warn!(%error, attachment = %file.id, "the bytes of a withdrawn file could not be deleted");
    }
}

/// Writes it into the history, for those who saw the file.
async fn tell(context: &Context, conn: &mut Conn, case: &Case, file: &Attachment, (author, why): (&str, &str)) -> Result<()> {
    let id = file.id.to_string();
    let change = Change {
        kind: WITHDRAWN,
        old: Some(&id),
        new: Some(&file.name),
        note: why,
        visibility: file.visibility,
        reader: file.reader_id.filter(|_| file.visibility == Visibility::Partner),
        actor: author,
        ..Change::default()
    };
    note(context, conn, case, change).await
}
