//! Keys of machine users, and the answers they were given, kept to be given again.

use sqlx::FromRow;

use super::{Conn, Result, all, execute, optional};
use crate::domain::{
    ids::{MachineKeyId, OrganisationId},
    time::Timestamp,
};

/// A key of a machine user. The key itself is shown once and never kept.
#[derive(Clone, Debug, FromRow)]
pub struct MachineKey {
    /// Id.
    pub id: MachineKeyId,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Name, as shown.
    pub name: String,
    /// SHA-256 of the key.
    pub key_hash: Vec<u8>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub revoked_at: Option<Timestamp>,
}

/// Adds a key.
pub async fn insert(conn: &mut Conn, row: &MachineKey) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO machine_keys (id, organisation_id, name, key_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
        row.id,
        row.organisation_id,
        &row.name,
        &row.key_hash,
        row.created_at
    )?;
    Ok(())
}

/// The key with a hash that was not revoked.
pub async fn find(conn: &mut Conn, key_hash: &[u8]) -> Result<Option<MachineKey>> {
    optional!(conn, MachineKey, "SELECT * FROM machine_keys WHERE key_hash = $1 AND revoked_at IS NULL", key_hash)
}

/// A key and whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    /// Code of the organisation it acts for.
    pub organisation: String,
    /// What it is for.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub revoked_at: Option<Timestamp>,
}

/// Every key, by organisation and name, the newest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<Listed>> {
    all!(
        conn,
        Listed,
        "SELECT organisations.code AS organisation, machine_keys.name, machine_keys.created_at, machine_keys.revoked_at
         FROM machine_keys JOIN organisations ON organisations.id = machine_keys.organisation_id
         ORDER BY organisations.code, machine_keys.name, machine_keys.created_at DESC, machine_keys.id",
    )
}

/// Ends every key of a name.
pub async fn revoke(conn: &mut Conn, organisation: OrganisationId, name: &str, now: Timestamp) -> Result<u64> {
    execute!(
        conn,
        "UPDATE machine_keys SET revoked_at = $3 WHERE organisation_id = $1 AND name = $2 AND revoked_at IS NULL",
        organisation,
        name,
        now
    )
}

/// Makes a revoked key of an organisation valid again; `false` where there is none with this hash.
pub async fn restore(conn: &mut Conn, organisation: OrganisationId, key_hash: &[u8]) -> Result<bool> {
    let touched =
        execute!(conn, "UPDATE machine_keys SET revoked_at = NULL WHERE organisation_id = $1 AND key_hash = $2", organisation, key_hash)?;
    Ok(touched == 1)
}

/// A named request: running, or with the answer that was given.
#[derive(Clone, Debug, FromRow)]
pub struct Answer {
    /// The key.
    pub machine_key_id: MachineKeyId,
    /// What the client called the request.
    pub idempotency_key: String,
    /// SHA-256 of method, address and body.
    pub request_hash: Vec<u8>,
    /// HTTP status; [`RUNNING`] while there is none.
    pub status: i64,
    /// Media type.
    pub content_type: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// When the request came.
    pub created_at: Timestamp,
}

/// The status of a request that has no answer yet.
const RUNNING: i64 = 0;

impl Answer {
    /// There is no answer yet.
    pub fn is_running(&self) -> bool {
        self.status == RUNNING
    }
}

/// The named request, where there was one.
pub async fn find_answer(conn: &mut Conn, key: MachineKeyId, idempotency_key: &str) -> Result<Option<Answer>> {
    optional!(conn, Answer, "SELECT * FROM idempotent_answers WHERE machine_key_id = $1 AND idempotency_key = $2", key, idempotency_key)
}

/// Enters a named request as running; `false` where there is one of this name.
pub async fn enter_request(conn: &mut Conn, key: MachineKeyId, idempotency_key: &str, hash: &[u8], now: Timestamp) -> Result<bool> {
    let touched = execute!(
        conn,
        "INSERT INTO idempotent_answers (machine_key_id, idempotency_key, request_hash, status, content_type, body, created_at)
         VALUES ($1, $2, $3, $4, '', $5, $6) ON CONFLICT (machine_key_id, idempotency_key) DO NOTHING",
        key,
        idempotency_key,
        hash,
        RUNNING,
        b"".as_slice(),
        now
    )?;
    Ok(touched == 1)
}

/// Takes over a request that broke off; `false` where somebody else did meanwhile.
pub async fn take_over(conn: &mut Conn, broken_off: &Answer, now: Timestamp) -> Result<bool> {
    let touched = execute!(
        conn,
        "UPDATE idempotent_answers SET created_at = $5
         WHERE machine_key_id = $1 AND idempotency_key = $2 AND status = $3 AND created_at = $4",
        broken_off.machine_key_id,
        &broken_off.idempotency_key,
        RUNNING,
        broken_off.created_at,
        now
    )?;
    Ok(touched == 1)
}

/// Keeps the answer to a running request.
pub async fn answer_request(
    conn: &mut Conn,
    key: MachineKeyId,
    idempotency_key: &str,
    status: i64,
    content_type: &str,
    body: &[u8],
) -> Result<()> {
    execute!(
        conn,
        "UPDATE idempotent_answers SET status = $4, content_type = $5, body = $6
         WHERE machine_key_id = $1 AND idempotency_key = $2 AND status = $3",
        key,
        idempotency_key,
        RUNNING,
        status,
        content_type,
        body
    )?;
    Ok(())
}

/// Forgets a running request, so that its name is free again.
pub async fn leave_request(conn: &mut Conn, key: MachineKeyId, idempotency_key: &str) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM idempotent_answers WHERE machine_key_id = $1 AND idempotency_key = $2 AND status = $3",
        key,
        idempotency_key,
        RUNNING
    )?;
    Ok(())
}

/// How long answers are kept, in seconds: thirty days.
pub const ANSWER_SECONDS: i64 = 30 * 86_400;

/// Forgets named requests that came too long ago to be repeated. Says how many.
pub async fn forget_answers(conn: &mut Conn, now: Timestamp) -> Result<u64> {
    execute!(conn, "DELETE FROM idempotent_answers WHERE created_at < $1", now.plus_seconds(-ANSWER_SECONDS))
}
