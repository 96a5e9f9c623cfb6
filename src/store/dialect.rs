//! Everything in which the two engines differ, in one place. If a query is not mentioned here, its text serves both.

use super::{Conn, Engine, Result, on};

/// Claims the next due job: PostgreSQL skips rows that other workers hold, SQLite has a single writer anyway.
/// Binds: lease, lease end, now, lane.
pub fn claim_job(conn: &mut Conn) -> &'static str {
    const SQLITE: &str = "UPDATE jobs SET lease = $1, lease_until = $2, again_at = NULL, attempts = attempts + 1 WHERE id = (
          SELECT id FROM jobs WHERE dead_at IS NULL AND run_at <= $3 AND (lease_until IS NULL OR lease_until < $3)
            AND CASE WHEN kind IN ('mail', 'events') THEN kind ELSE '' END = $4
          ORDER BY run_at, id LIMIT 1)
        RETURNING id, kind, payload, attempts, created_at";
    const POSTGRES: &str = "UPDATE jobs SET lease = $1, lease_until = $2, again_at = NULL, attempts = attempts + 1 WHERE id = (
          SELECT id FROM jobs WHERE dead_at IS NULL AND run_at <= $3 AND (lease_until IS NULL OR lease_until < $3)
            AND CASE WHEN kind IN ('mail', 'events') THEN kind ELSE '' END = $4
          ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, payload, attempts, created_at";
    match conn.engine() {
        Engine::Sqlite(_) => SQLITE,
        Engine::Postgres(_) => POSTGRES,
    }
}

/// Serialises transactions that decide about the same thing (a control number, an order) for as long as they last.
/// SQLite's writers are serial already.
pub async fn lock(conn: &mut Conn, what: &str) -> Result<()> {
    if let Engine::Postgres(c) = conn.engine() {
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(what).execute(c).await?;
    }
    Ok(())
}

/// Whether the engine answers.
pub async fn ping(conn: &mut Conn) -> Result<()> {
    on!(conn, |c| sqlx::query("SELECT 1").execute(&mut *c).await.map(|_| ()))?;
    Ok(())
}
