//! Keys of machine users, and the answers they were given, kept to be given again.

use sqlx::FromRow;

use super::{Conn, Result, execute, optional};
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

/// An answer that was given.
#[derive(Clone, Debug, FromRow)]
pub struct Answer {
    /// The key.
    pub machine_key_id: MachineKeyId,
    /// What the client called the request.
    pub idempotency_key: String,
    /// SHA-256 of method, address and body.
    pub request_hash: Vec<u8>,
    /// HTTP status.
    pub status: i64,
    /// Media type.
    pub content_type: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// When.
    pub created_at: Timestamp,
}

/// The answer given to a request before.
pub async fn find_answer(conn: &mut Conn, key: MachineKeyId, idempotency_key: &str) -> Result<Option<Answer>> {
    optional!(conn, Answer, "SELECT * FROM idempotent_answers WHERE machine_key_id = $1 AND idempotency_key = $2", key, idempotency_key)
}

/// Keeps an answer; `false` where one was kept meanwhile.
pub async fn insert_answer(conn: &mut Conn, row: &Answer) -> Result<bool> {
    let touched = execute!(
        conn,
        "INSERT INTO idempotent_answers (machine_key_id, idempotency_key, request_hash, status, content_type, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (machine_key_id, idempotency_key) DO NOTHING",
        row.machine_key_id,
        &row.idempotency_key,
        &row.request_hash,
        row.status,
        &row.content_type,
        &row.body,
        row.created_at
    )?;
    Ok(touched == 1)
}
