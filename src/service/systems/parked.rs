//! What the hub's people do about events that came and wait: read them, apply them again, set them aside and bring them
//! back. Each of it stands in the history of the event.

use super::inbound::{self, Outcome};
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::InboundEventId,
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        history::signature,
        paging::{PAGE, cut},
    },
    store::{
        Conn,
        bonds::{self, ParkedRow},
        dialect,
        parked::{self, Counts, Found, Step},
    },
};

/// A page of events.
pub struct ParkedList {
    /// Newest first.
    pub rows: Vec<ParkedRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, InboundEventId)>,
    /// How many there are of each.
    pub counts: Counts,
}

/// An event and what was done about it.
pub struct ParkedView {
    /// The event.
    pub found: Found,
    /// What people did, newest first.
    pub steps: Vec<Step>,
}

/// Those that wait, or those that were set aside.
pub async fn list(context: &Context, actor: &Actor, aside: bool, after: Option<(Timestamp, InboundEventId)>) -> Result<ParkedList> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let mut rows = parked::list(&mut conn, aside, after, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.at, row.id));
    Ok(ParkedList { rows, next, counts: parked::counts(&mut conn).await? })
}

/// One event, also where it waits no longer.
pub async fn load(context: &Context, actor: &Actor, id: InboundEventId) -> Result<ParkedView> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let found = parked::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    Ok(ParkedView { found, steps: parked::steps(&mut conn, id).await? })
}

/// Applies an event again. Says why where it goes on waiting.
pub async fn apply_again(context: &Context, actor: &Actor, id: InboundEventId) -> Result<Option<String>> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    let found = waiting(&mut tx, id).await?;
    if found.set_aside_at.is_some() {
        return Err(Error::Conflict("This event was set aside. Bring it back before it is applied again.".to_owned()));
    }
    let outcome = inbound::apply_parked(context, &mut tx, &found.event).await?;
    let waits = match &outcome {
        Outcome::Parked { reason, .. } => Some(reason.clone()),
        Outcome::Applied(_) | Outcome::Kept => None,
    };
    step(context, &mut tx, actor, id, "again", waits.as_deref().unwrap_or("It was applied.")).await?;
    tx.commit().await?;
    inbound::publish(context, outcome.case()).await?;
    Ok(waits)
}

/// Sets an event aside: nothing is to be done about it, and what it waits for releases it no longer.
pub async fn set_aside(context: &Context, actor: &Actor, id: InboundEventId) -> Result<()> {
    put(context, actor, id, true).await
}

/// Has an event wait again that was set aside.
pub async fn bring_back(context: &Context, actor: &Actor, id: InboundEventId) -> Result<()> {
    put(context, actor, id, false).await
}

async fn put(context: &Context, actor: &Actor, id: InboundEventId, aside: bool) -> Result<()> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    waiting(&mut tx, id).await?;
    if !parked::set_aside(&mut tx, id, aside.then(|| context.now())).await? {
        return Err(Error::Conflict("Somebody has done so in the meantime. Its history says who.".to_owned()));
    }
    step(context, &mut tx, actor, id, if aside { "aside" } else { "back" }, "").await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}

/// An event that is parked, whether set aside or not. Nobody else decides about it until the transaction ends.
async fn waiting(conn: &mut Conn, id: InboundEventId) -> Result<Found> {
    let found = parked::find(conn, id).await?.ok_or(Error::NotFound)?;
    dialect::lock(conn, &format!("event {} {}", found.event.source, found.event.event_id)).await?;
    let found = parked::find(conn, id).await?.ok_or(Error::NotFound)?;
    if found.event.state == bonds::PARKED {
        Ok(found)
    } else {
        Err(Error::Conflict("This event waits no longer. Its page says what became of it.".to_owned()))
    }
}

async fn step(context: &Context, conn: &mut Conn, actor: &Actor, event_id: InboundEventId, step: &str, outcome: &str) -> Result<()> {
    let row =
        Step { id: context.id(), event_id, step: step.to_owned(), outcome: outcome.to_owned(), actor: signature(actor), at: context.now() };
    Ok(parked::insert_step(conn, &row).await?)
}

/// For everybody but the hub nothing waits.
fn hub_only(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}
