//! Events of other systems that came and wait, or were set aside, and what people did about them. They belong to the hub
//! alone.

use sqlx::FromRow;

use super::{
    Conn, Result, Scope, all,
    bonds::{InboundEvent, ParkedRow},
    execute,
    filter::Filter,
    optional,
};
use crate::domain::{
    ids::{InboundEventId, InboundStepId},
    time::Timestamp,
};

/// Something a person did about an event.
#[derive(Clone, Debug, FromRow)]
pub struct Step {
    /// Id.
    pub id: InboundStepId,
    /// The event.
    pub event_id: InboundEventId,
    /// `again`: it was applied again; `aside`: it was set aside; `back`: it waits again.
    pub step: String,
    /// What came of it, in words.
    pub outcome: String,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// How many wait, and how many were set aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Counts {
    /// These wait.
    pub waiting: i64,
    /// About these nothing is to be done.
    pub aside: i64,
}

/// An event that is parked, with whether it was set aside.
#[derive(Clone, Debug, FromRow)]
pub struct Found {
    /// The event.
    #[sqlx(flatten)]
    pub event: InboundEvent,
    /// When it was set aside; none where it was not.
    pub set_aside_at: Option<Timestamp>,
}

/// How many there are.
pub async fn counts(conn: &mut Conn) -> Result<Counts> {
    let found = optional!(
        conn,
        Counts,
        "SELECT count(*) - count(set_aside_at) AS waiting, count(set_aside_at) AS aside FROM inbound_events WHERE state = 'parked'"
    )?;
    Ok(found.unwrap_or_default())
}

/// Those that wait, or those that were set aside, newest first; one more than `limit` where there are more.
pub async fn list(conn: &mut Conn, aside: bool, after: Option<(Timestamp, InboundEventId)>, limit: i64) -> Result<Vec<ParkedRow>> {
    let mut query = Filter::new("SELECT id, source, event_id, kind, reason, at FROM inbound_events", Scope::Hub, "id");
    query.and_text("state = 'parked'");
    query.and_text(if aside { "set_aside_at IS NOT NULL" } else { "set_aside_at IS NULL" });
    if let Some((at, id)) = after {
        query.older_than("at", "id", at, id.0);
    }
    query.ending("ORDER BY at DESC, id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

/// An event that came, whatever became of it.
pub async fn find(conn: &mut Conn, id: InboundEventId) -> Result<Option<Found>> {
    optional!(conn, Found, "SELECT * FROM inbound_events WHERE id = $1", id)
}

/// Sets a parked event aside, or brings it back (`None`); `false` where it is not parked, or stands there already.
pub async fn set_aside(conn: &mut Conn, id: InboundEventId, at: Option<Timestamp>) -> Result<bool> {
    let touched = execute!(
        conn,
        "UPDATE inbound_events SET set_aside_at = $2 WHERE id = $1 AND state = 'parked' AND (set_aside_at IS NULL) = ($3 = 1)",
        id,
        at,
        i64::from(at.is_some())
    )?;
    Ok(touched == 1)
}

/// Notes what somebody did.
pub async fn insert_step(conn: &mut Conn, row: &Step) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO inbound_event_steps (id, event_id, step, outcome, actor, at) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id,
        row.event_id,
        &row.step,
        &row.outcome,
        &row.actor,
        row.at
    )?;
    Ok(())
}

/// What was done about an event, newest first.
pub async fn steps(conn: &mut Conn, event: InboundEventId) -> Result<Vec<Step>> {
    all!(conn, Step, "SELECT * FROM inbound_event_steps WHERE event_id = $1 ORDER BY at DESC, id DESC", event)
}
