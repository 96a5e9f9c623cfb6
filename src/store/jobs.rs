//! The queue of work to be done later. Jobs are written in the transaction that causes them and run at least once.

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Conn, Result, all, dialect, execute, on};
use crate::domain::{ids::JobId, time::Timestamp};

/// A job that was claimed.
#[derive(Clone, Debug, FromRow)]
pub struct Claimed {
    /// Id.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// What it is about.
    pub payload: Json<serde_json::Value>,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A job that was given up.
#[derive(Clone, Debug, FromRow)]
pub struct Dead {
    /// Id.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed, in words.
    pub failure: Option<String>,
    /// When it was given up.
    pub dead_at: Timestamp,
}

/// Asks for work at a time. With a key, the same work asked for twice is done once; if it is being done at this moment,
/// it is done again afterwards, so that nothing asked for is missed.
pub async fn enqueue(
    conn: &mut Conn,
    id: JobId,
    kind: &str,
    key: Option<&str>,
    payload: &serde_json::Value,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO jobs (id, kind, payload, dedup_key, run_at, attempts, created_at) VALUES ($1, $2, $3, $4, $5, 0, $6)
         ON CONFLICT (kind, dedup_key) WHERE dedup_key IS NOT NULL AND dead_at IS NULL DO UPDATE SET
           run_at = CASE WHEN excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END, lease = NULL",
        id,
        kind,
        Json(payload),
        key,
        run_at,
        now
    )?;
    Ok(())
}

/// Claims the next due job until `until`.
pub async fn claim(conn: &mut Conn, lease: Uuid, until: Timestamp, now: Timestamp) -> Result<Option<Claimed>> {
    let sql = dialect::claim_job(conn);
    Ok(on!(conn, |c| sqlx::query_as::<_, Claimed>(sql).bind(lease).bind(until).bind(now).fetch_optional(&mut *c).await)?)
}

/// Ends a job that went well, unless it was asked for again meanwhile.
pub async fn finish(conn: &mut Conn, id: JobId, lease: Uuid, now: Timestamp) -> Result<()> {
    if execute!(conn, "DELETE FROM jobs WHERE id = $1 AND lease = $2", id, lease)? == 0 {
        execute!(conn, "UPDATE jobs SET lease_until = NULL, attempts = 0, run_at = $2 WHERE id = $1 AND lease IS NULL", id, now)?;
    }
    Ok(())
}

/// Puts a job off.
pub async fn postpone(conn: &mut Conn, id: JobId, failure: &str, run_at: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE jobs SET lease = NULL, lease_until = NULL, failure = $2, run_at = $3 WHERE id = $1", id, failure, run_at)?;
    Ok(())
}

/// Gives a job up; it is kept for an operator.
pub async fn bury(conn: &mut Conn, id: JobId, failure: &str, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE jobs SET lease = NULL, lease_until = NULL, failure = $2, dead_at = $3 WHERE id = $1", id, failure, now)?;
    Ok(())
}

/// Jobs that were given up, newest first.
pub async fn dead(conn: &mut Conn) -> Result<Vec<Dead>> {
    all!(conn, Dead, "SELECT id, kind, attempts, failure, dead_at FROM jobs WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT 100")
}

/// Tries a job that was given up once more; `false` where there is none.
pub async fn revive(conn: &mut Conn, id: JobId, now: Timestamp) -> Result<bool> {
    Ok(execute!(conn, "UPDATE jobs SET dead_at = NULL, attempts = 0, run_at = $2 WHERE id = $1 AND dead_at IS NOT NULL", id, now)? == 1)
}

#[derive(FromRow)]
struct Next {
    run_at: Option<Timestamp>,
}

/// When the next job is due.
pub async fn next_due(conn: &mut Conn) -> Result<Option<Timestamp>> {
    let row = super::optional!(conn, Next, "SELECT min(run_at) AS run_at FROM jobs WHERE dead_at IS NULL AND lease_until IS NULL")?;
    Ok(row.and_then(|row| row.run_at))
}
