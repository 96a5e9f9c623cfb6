//! The queue of work to be done later. Jobs are written in the transaction that causes them and run at least once.

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Conn, Result, all, dialect, execute, on, optional};
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

/// Asks for work at a time. With a key, the same work asked for twice is done once, at the earlier time; what has to be
/// done later than that is for the work itself to say when it ends ([`finish`]). Asked for while it is being done, it is
/// done again afterwards, so that nothing is missed. Work that failed keeps the pause it was given: what is asked for
/// meanwhile is done when it is tried again.
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
           run_at = CASE WHEN jobs.lease IS NULL AND jobs.failure IS NULL AND excluded.run_at < jobs.run_at
             THEN excluded.run_at ELSE jobs.run_at END,
           again_at = CASE WHEN jobs.lease IS NULL THEN NULL
             WHEN jobs.again_at < excluded.run_at THEN jobs.again_at ELSE excluded.run_at END",
        id,
        kind,
        Json(payload),
        key,
        run_at,
        now
    )?;
    Ok(())
}

/// Lets work begin now that waits for its time or for the pause after a failure, and gives it all its attempts again;
/// `false` where there is none. Work that is being done is done again at once, also where it fails.
pub async fn hasten(conn: &mut Conn, kind: &str, key: &str, now: Timestamp) -> Result<bool> {
    let touched = execute!(
        conn,
        "UPDATE jobs SET run_at = $3, attempts = 0, failure = NULL, again_at = CASE WHEN lease IS NULL THEN NULL ELSE $3 END
         WHERE kind = $1 AND dedup_key = $2 AND dead_at IS NULL",
        kind,
        key,
        now
    )?;
    Ok(touched > 0)
}

/// Jobs that wait for each other: kinds that talk to servers of others, which may be slow or silent, each have a lane of
/// their own, so that they hold up nothing else; everything besides shares the first one.
pub const LANES: [&str; 3] = ["", "mail", "events"];

/// Claims the next due job of a lane until `until`.
pub async fn claim(conn: &mut Conn, lane: &str, lease: Uuid, until: Timestamp, now: Timestamp) -> Result<Option<Claimed>> {
    let sql = dialect::claim_job(conn);
    Ok(on!(conn, |c| sqlx::query_as::<_, Claimed>(sql).bind(lease).bind(until).bind(now).bind(lane).fetch_optional(&mut *c).await)?)
}

/// Holds on to a claimed job until `until`; `false` where another worker has it by now.
pub async fn renew(conn: &mut Conn, id: JobId, lease: Uuid, until: Timestamp) -> Result<bool> {
    Ok(execute!(conn, "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND lease = $2", id, lease, until)? == 1)
}

/// Ends a job that went well: it begins anew where it has more to do at a later time (`again`) or was asked for
/// meanwhile, at the earlier of the two. The same work that was given up before is done now. A worker that has lost its
/// claim changes nothing, here and below.
pub async fn finish(conn: &mut Conn, id: JobId, lease: Uuid, again: Option<Timestamp>) -> Result<()> {
    let ended = execute!(
        conn,
        "UPDATE jobs SET lease = NULL, lease_until = NULL, attempts = 0, failure = NULL,
           again_at = CASE WHEN again_at < $3 OR $3 IS NULL THEN again_at ELSE $3 END
         WHERE id = $1 AND lease = $2",
        id,
        lease,
        again
    )?;
    if ended == 1 {
        forget_given_up(conn, id).await?;
        execute!(conn, "DELETE FROM jobs WHERE id = $1 AND again_at IS NULL", id)?;
        execute!(conn, "UPDATE jobs SET run_at = again_at, again_at = NULL WHERE id = $1", id)?;
    }
    Ok(())
}

/// Forgets jobs that were given up with the same work as this one.
async fn forget_given_up(conn: &mut Conn, id: JobId) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM jobs WHERE dead_at IS NOT NULL AND id <> $1
           AND (kind, dedup_key) = (SELECT same.kind, same.dedup_key FROM jobs AS same WHERE same.id = $1)",
        id
    )?;
    Ok(())
}

/// Puts a job off. Its attempts are back at none only where it was hastened while it ran; then it does not wait.
pub async fn postpone(conn: &mut Conn, id: JobId, lease: Uuid, failure: &str, run_at: Timestamp) -> Result<()> {
    execute!(
        conn,
        "UPDATE jobs SET lease = NULL, lease_until = NULL, failure = $3,
           run_at = CASE WHEN attempts = 0 AND again_at IS NOT NULL THEN again_at ELSE $4 END, again_at = NULL
         WHERE id = $1 AND lease = $2",
        id,
        lease,
        failure,
        run_at
    )?;
    Ok(())
}

/// Gives a job up; it is kept for an operator, in place of an earlier one that was given up with the same work.
pub async fn bury(conn: &mut Conn, id: JobId, lease: Uuid, failure: &str, now: Timestamp) -> Result<()> {
    let buried = execute!(
        conn,
        "UPDATE jobs SET lease = NULL, lease_until = NULL, again_at = NULL, failure = $3, dead_at = $4 WHERE id = $1 AND lease = $2",
        id,
        lease,
        failure,
        now
    )?;
    if buried == 1 {
        forget_given_up(conn, id).await?;
    }
    Ok(())
}

/// Jobs that were given up, newest first.
pub async fn dead(conn: &mut Conn) -> Result<Vec<Dead>> {
    all!(conn, Dead, "SELECT id, kind, attempts, failure, dead_at FROM jobs WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT 100")
}

#[derive(FromRow)]
struct Work {
    kind: String,
    dedup_key: Option<String>,
}

/// Tries a job that was given up once more; `false` where there is none. Where the same work was asked for since, that
/// one is done at once in its place.
pub async fn revive(conn: &mut Conn, id: JobId, now: Timestamp) -> Result<bool> {
    let Some(work) = optional!(conn, Work, "SELECT kind, dedup_key FROM jobs WHERE id = $1 AND dead_at IS NOT NULL", id)? else {
        return Ok(false);
    };
    if let Some(key) = &work.dedup_key
        && hasten(conn, &work.kind, key, now).await?
    {
        execute!(conn, "DELETE FROM jobs WHERE id = $1", id)?;
        return Ok(true);
    }
    execute!(conn, "UPDATE jobs SET dead_at = NULL, attempts = 0, failure = NULL, run_at = $2 WHERE id = $1", id, now)?;
    Ok(true)
}
