//! Sessions of people who signed in, and of visitors who are about to.

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, all, execute, optional};
use crate::domain::{ids::UserId, time::Timestamp};

/// What a session carries beside its id, as JSON.
pub type Data = std::collections::HashMap<String, serde_json::Value>;

/// A session as kept. Only a hash of the cookie's id is stored, so that a stolen database opens no session.
#[derive(Clone, Debug, FromRow)]
pub struct Session {
    /// SHA-256 of the session id, in hex.
    pub id: String,
    /// The person, once signed in.
    pub user_id: Option<UserId>,
    /// What the session carries.
    pub data: Json<Data>,
    /// The browser, as it calls itself.
    pub user_agent: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Last use, to the minute.
    pub seen_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Adds a session; `false` where the id is taken.
pub async fn insert(conn: &mut Conn, row: &Session) -> Result<bool> {
    let touched = execute!(
        conn,
        "INSERT INTO sessions (id, user_id, data, user_agent, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO NOTHING",
        &row.id,
        row.user_id,
        &row.data,
        &row.user_agent,
        row.created_at,
        row.seen_at,
        row.expires_at
    )?;
    Ok(touched == 1)
}

/// Saves what a session carries.
pub async fn save(conn: &mut Conn, row: &Session) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO sessions (id, user_id, data, user_agent, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, data = excluded.data, seen_at = excluded.seen_at, expires_at = excluded.expires_at",
        &row.id,
        row.user_id,
        &row.data,
        &row.user_agent,
        row.created_at,
        row.seen_at,
        row.expires_at
    )?;
    Ok(())
}

/// The session with an id that has not ended.
pub async fn find(conn: &mut Conn, id: &str, now: Timestamp) -> Result<Option<Session>> {
    optional!(conn, Session, "SELECT * FROM sessions WHERE id = $1 AND expires_at > $2", id, now)
}

/// A person's sessions that have not ended, last used first.
pub async fn of_user(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
    all!(conn, Session, "SELECT * FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC", user, now)
}

/// Ends a session.
pub async fn delete(conn: &mut Conn, id: &str) -> Result<()> {
    execute!(conn, "DELETE FROM sessions WHERE id = $1", id)?;
    Ok(())
}

/// Ends one of a person's sessions; `false` where it is not theirs.
pub async fn delete_of_user(conn: &mut Conn, user: UserId, id: &str) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM sessions WHERE user_id = $1 AND id = $2", user, id)? == 1)
}

/// Ends all of a person's sessions but one.
pub async fn delete_others(conn: &mut Conn, user: UserId, keep: &str) -> Result<u64> {
    execute!(conn, "DELETE FROM sessions WHERE user_id = $1 AND id <> $2", user, keep)
}

/// Ends all of a person's sessions.
pub async fn delete_all(conn: &mut Conn, user: UserId) -> Result<u64> {
    execute!(conn, "DELETE FROM sessions WHERE user_id = $1", user)
}

/// Forgets sessions that have ended.
pub async fn delete_ended(conn: &mut Conn, now: Timestamp) -> Result<u64> {
    execute!(conn, "DELETE FROM sessions WHERE expires_at <= $1", now)
}
