//! Events that were refused: the newest ones, and how many on each day. They belong to the hub alone.

use sqlx::FromRow;

use super::{
    Conn, Result, Scope, all, execute,
    filter::{Arg, Filter},
    optional,
};
use crate::domain::{
    ids::RefusedEventId,
    refusal::Reason,
    time::{Date, Timestamp},
};

/// An event that was refused, once or several times within an hour.
#[derive(Clone, Debug, FromRow)]
pub struct RefusedEvent {
    /// Id.
    pub id: RefusedEventId,
    /// The same for the same refusal within an hour.
    pub fingerprint: Vec<u8>,
    /// Why.
    pub reason: Reason,
    /// Whether the signature fitted.
    pub is_signed: bool,
    /// The field that is wrong; empty where it is none in particular.
    pub field: String,
    /// What is wrong, as it was answered.
    pub message: String,
    /// The source it claims; empty where it says none, here and below.
    pub source: String,
    /// The id it claims.
    pub event_id: String,
    /// The type it claims.
    pub kind: String,
    /// Bytes of its body.
    pub size: i64,
    /// The beginning of its body.
    pub excerpt: String,
    /// How often it came.
    pub times: i64,
    /// When it first came.
    pub first_at: Timestamp,
    /// When it last came.
    pub last_at: Timestamp,
}

/// How many were refused for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Count {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub events: i64,
}

/// Keeps a refusal; the same one within the hour is counted up.
pub async fn keep(conn: &mut Conn, row: &RefusedEvent) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO refused_events (id, fingerprint, reason, is_signed, field, message, source, event_id, kind, size, excerpt, times,
           first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (fingerprint) DO UPDATE SET times = refused_events.times + excluded.times, last_at = excluded.last_at",
        row.id,
        &row.fingerprint,
        row.reason,
        row.is_signed,
        &row.field,
        &row.message,
        &row.source,
        &row.event_id,
        &row.kind,
        row.size,
        &row.excerpt,
        row.times,
        row.first_at,
        row.last_at
    )?;
    Ok(())
}

/// Forgets all but the newest of the signed or the unsigned ones.
pub async fn forget(conn: &mut Conn, is_signed: bool, most: i64) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM refused_events WHERE is_signed = $1 AND (last_at, id) <=
           (SELECT last_at, id FROM refused_events WHERE is_signed = $1 ORDER BY last_at DESC, id DESC LIMIT 1 OFFSET $2)",
        is_signed,
        most
    )?;
    Ok(())
}

/// Adds to how many were refused for a reason on a day.
pub async fn count(conn: &mut Conn, day: Date, reason: Reason, events: i64) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO refused_counts (day, reason, events) VALUES ($1, $2, $3)
         ON CONFLICT (day, reason) DO UPDATE SET events = refused_counts.events + excluded.events",
        day,
        reason,
        events
    )?;
    Ok(())
}

/// Forgets the counts of the days before one.
pub async fn forget_counts(conn: &mut Conn, before: Date) -> Result<()> {
    execute!(conn, "DELETE FROM refused_counts WHERE day < $1", before)?;
    Ok(())
}

/// How many were refused since a day, by reason.
pub async fn counts(conn: &mut Conn, since: Date) -> Result<Vec<Count>> {
    all!(
        conn,
        Count,
        "SELECT reason, CAST(sum(events) AS bigint) AS events FROM refused_counts WHERE day >= $1 GROUP BY reason ORDER BY reason",
        since
    )
}

/// Those that were refused, the last first: for one reason or for all, and one more than `limit` where there are more.
pub async fn list(
    conn: &mut Conn,
    reason: Option<Reason>,
    after: Option<(Timestamp, RefusedEventId)>,
    limit: i64,
) -> Result<Vec<RefusedEvent>> {
    let mut query = Filter::new("SELECT * FROM refused_events", Scope::Hub, "id");
    if let Some(reason) = reason {
        query.and("reason", " = ", Arg::Text(reason.as_str().to_owned()), "");
    }
    if let Some((at, id)) = after {
        query.older_than("last_at", "id", at, id.0);
    }
    query.ending("ORDER BY last_at DESC, id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

/// One that was refused.
pub async fn find(conn: &mut Conn, id: RefusedEventId) -> Result<Option<RefusedEvent>> {
    optional!(conn, RefusedEvent, "SELECT * FROM refused_events WHERE id = $1", id)
}
