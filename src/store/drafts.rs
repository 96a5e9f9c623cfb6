//! Forms that were begun or refused, kept so that nothing typed is lost. One per organisation, kind and subject.

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Conn, Result, execute, optional};
use crate::domain::{
    ids::{DraftId, OrganisationId},
    time::Timestamp,
};

/// A draft.
#[derive(Clone, Debug, FromRow)]
pub struct Draft {
    /// Id.
    pub id: DraftId,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// `answer`, `ship_notice`, `invoice`.
    pub kind: String,
    /// What it is about, such as the order's id.
    pub subject_id: Uuid,
    /// The form's fields as typed.
    pub body: Json<serde_json::Value>,
    /// What was wrong with them.
    pub errors: Json<serde_json::Value>,
    /// Who typed.
    pub author: String,
    /// When.
    pub updated_at: Timestamp,
}

/// Keeps a draft in place of the one before it.
pub async fn save(conn: &mut Conn, row: &Draft) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO drafts (id, organisation_id, kind, subject_id, body, errors, author, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (organisation_id, kind, subject_id) DO UPDATE SET
           body = excluded.body, errors = excluded.errors, author = excluded.author, updated_at = excluded.updated_at",
        row.id,
        row.organisation_id,
        &row.kind,
        row.subject_id,
        &row.body,
        &row.errors,
        &row.author,
        row.updated_at
    )?;
    Ok(())
}

/// An organisation's draft about a subject.
pub async fn find(conn: &mut Conn, organisation: OrganisationId, kind: &str, subject: Uuid) -> Result<Option<Draft>> {
    optional!(conn, Draft, "SELECT * FROM drafts WHERE organisation_id = $1 AND kind = $2 AND subject_id = $3", organisation, kind, subject)
}

/// Forgets a draft, once it was sent or given up.
pub async fn delete(conn: &mut Conn, organisation: OrganisationId, kind: &str, subject: Uuid) -> Result<()> {
    execute!(conn, "DELETE FROM drafts WHERE organisation_id = $1 AND kind = $2 AND subject_id = $3", organisation, kind, subject)?;
    Ok(())
}
