//! Cases shared with Active Community. Out: [`tell`] writes what it is told, [`super::systems::deliver`] is the outbox.
//! In: [`take`] applies each of its changes once, or parks it, and moves the cursor of its list in the same transaction.
//! [`connect`] says where it is and how it is doing, [`reference`] passes reference data on to it.

mod apply;
pub mod connect;
mod file;
pub mod reference;
pub mod tell;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Context, Error, FieldError, Result,
    cases::PORTICO,
    systems::inbound::{self, Came, Outcome, words},
};
use crate::{
    connectors::community::{Change, Listed},
    store::{Conn, bonds, feeds, files::sha256},
};

pub use file::{Fetched, wanted};

/// How the other system is called.
pub const SYSTEM: &str = "community";

/// Before every type of change in the list of what came.
const PREFIX: &str = "community.";

/// A change as it is kept: as it came, with what was found of its file.
#[derive(Serialize, Deserialize)]
struct Kept {
    change: Value,
    #[serde(default)]
    file: Fetched,
}

/// Reads a change; the words say why it cannot be used.
pub fn read(listed: &Listed) -> Result<Change, String> {
    serde_json::from_value(listed.whole()).map_err(|error| format!("It cannot be used: {error}."))
}

/// Whether a change was taken before: nothing of it is needed any more.
pub async fn is_known(context: &Context, listed: &Listed) -> Result<bool> {
    Ok(bonds::event(&mut context.db.read().await?, SYSTEM, &listed.id).await?.is_some())
}

/// Takes a change of the page behind a cursor, with its effect in one transaction. One that cannot be used is parked with the
/// reason, so that those behind it go on. `false` where somebody else has read on since. The cursor moves when all of the page
/// was taken ([`connect::heard`]): where one fails, those that stood before it in a page without order are read again.
pub async fn take(context: &Context, listed: &Listed, file: Fetched, from: &str) -> Result<bool> {
    let kept = Kept { change: listed.whole(), file };
    match try_take(context, listed, &kept, from, None).await {
        // What was begun of it is undone; the reason stays.
        Err(Error::Invalid(errors)) => Box::pin(try_take(context, listed, &kept, from, Some(words(&errors)))).await,
        Err(Error::Conflict(why) | Error::Forbidden(why)) => Box::pin(try_take(context, listed, &kept, from, Some(why))).await,
        other => other,
    }
}

async fn try_take(context: &Context, listed: &Listed, kept: &Kept, from: &str, unusable: Option<String>) -> Result<bool> {
    let body = serde_json::to_value(kept).map_err(|error| Error::Internal(error.to_string()))?;
    let hash = sha256(kept.change.to_string().as_bytes());
    let kind = format!("{PREFIX}{}", listed.kind);
    let came = Came { system: SYSTEM, source: SYSTEM, id: &listed.id, kind: &kind, body, sha256: hash };
    let mut tx = context.db.begin().await?;
    if !feeds::advance(&mut tx, SYSTEM, from, from).await? {
        return Ok(false);
    }
    let read = read(listed);
    // What was told from here comes back in the list; it is none of its news.
    let is_ours = read.as_ref().is_ok_and(|change| change.what.origin() == Some(PORTICO));
    if is_ours || inbound::known(&mut tx, &came).await?.is_some() {
        tx.commit().await?;
        return Ok(true);
    }
    let outcome = match (unusable, &read) {
        (Some(why), _) => Outcome::parked(None, why),
        (None, Err(why)) => Outcome::parked(None, why.clone()),
        (None, Ok(change)) => apply::apply(context, &mut tx, change, &kept.file).await?,
    };
    inbound::keep(context, &mut tx, came, &outcome).await?;
    if let (Some(case), Ok(change)) = (outcome.case(), &read) {
        inbound::release(context, &mut tx, SYSTEM, &change.case, case).await?;
    }
    tx.commit().await?;
    inbound::publish(context, outcome.case()).await?;
    Ok(true)
}

/// Applies a change that was parked; says which case of theirs it names.
pub(super) async fn apply_again(context: &Context, conn: &mut Conn, body: Value) -> Result<(Option<String>, Outcome)> {
    let read = serde_json::from_value::<Kept>(body).and_then(|kept| Ok((serde_json::from_value::<Change>(kept.change)?, kept.file)));
    let (change, file) = match read {
        Ok(read) => read,
        Err(error) => return Ok((None, Outcome::parked(None, format!("It cannot be read any more: {error}.")))),
    };
    let outcome = apply::apply(context, conn, &change, &file).await?;
    Ok((Some(change.case), outcome))
}

/// What is wrong with a member of a change.
fn wrong(member: &str, message: impl Into<String>) -> Error {
    Error::Invalid(vec![FieldError { field: format!("/{member}"), message: message.into() }])
}
