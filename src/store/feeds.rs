//! How far the changes of other systems were read, and how reading them is going.

use sqlx::FromRow;

use super::{Conn, Result, execute, optional};
use crate::domain::time::Timestamp;

/// The changes of one system.
#[derive(Clone, Debug, FromRow)]
pub struct Feed {
    /// The system: `community`.
    pub system: String,
    /// Up to where they were read; empty at the beginning.
    pub cursor: String,
    /// Failures in a row.
    pub failures: i64,
    /// What went wrong last, until something goes well.
    pub failure: Option<String>,
    /// When it last failed.
    pub failed_at: Option<Timestamp>,
    /// When they were last read.
    pub succeeded_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// The changes of a system.
pub async fn find(conn: &mut Conn, system: &str) -> Result<Option<Feed>> {
    optional!(conn, Feed, "SELECT * FROM system_feeds WHERE system = $1", system)
}

/// Begins to read the changes of a system from the beginning, where nobody has begun yet.
pub async fn begin(conn: &mut Conn, system: &str, now: Timestamp) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO system_feeds (system, cursor, failures, created_at) VALUES ($1, '', 0, $2) ON CONFLICT (system) DO NOTHING",
        system,
        now
    )?;
    Ok(())
}

/// Moves the cursor; `false` where it is not (any more) where it was said to be.
pub async fn advance(conn: &mut Conn, system: &str, from: &str, to: &str) -> Result<bool> {
    Ok(execute!(conn, "UPDATE system_feeds SET cursor = $3 WHERE system = $1 AND cursor = $2", system, from, to)? == 1)
}

/// Notes that the changes were read.
pub async fn succeeded(conn: &mut Conn, system: &str, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE system_feeds SET failures = 0, failure = NULL, succeeded_at = $2 WHERE system = $1", system, now)?;
    Ok(())
}

/// Notes why they could not be read, and how often in a row.
pub async fn failed(conn: &mut Conn, system: &str, failures: i64, why: &str, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE system_feeds SET failures = $2, failure = $3, failed_at = $4 WHERE system = $1", system, failures, why, now)?;
    Ok(())
}
