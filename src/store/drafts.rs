//! Forms that were begun or refused, kept so that nothing typed is lost. One per person, kind and subject: what a colleague
//! types is theirs.

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Conn, Result, execute, optional};
use crate::domain::{
    access::Actor,
    ids::{DraftId, OrganisationId},
    time::Timestamp,
};

/// A draft.
#[derive(Clone, Debug, FromRow)]
pub struct Draft {
    /// Id.
    pub id: DraftId,
    /// For which organisation it was typed.
    pub organisation_id: OrganisationId,
    /// Whose: the id of the person, or of the key. Nobody's where it is from before drafts were personal.
    pub person_id: Option<Uuid>,
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
        "INSERT INTO drafts (id, organisation_id, person_id, kind, subject_id, body, errors, author, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (organisation_id, kind, subject_id, person_id) DO UPDATE SET
           body = excluded.body, errors = excluded.errors, author = excluded.author, updated_at = excluded.updated_at",
        row.id,
        row.organisation_id,
        row.person_id,
        &row.kind,
        row.subject_id,
        &row.body,
        &row.errors,
        &row.author,
        row.updated_at
    )?;
    Ok(())
}

/// A person's draft about a subject for the organisation they act for; else one from before, which is nobody's yet.
pub async fn find(conn: &mut Conn, actor: &Actor, kind: &str, subject: Uuid) -> Result<Option<Draft>> {
    optional!(
        conn,
        Draft,
        "SELECT * FROM drafts WHERE organisation_id = $1 AND kind = $2 AND subject_id = $3 AND (person_id = $4 OR person_id IS NULL)
         ORDER BY person_id IS NULL, updated_at DESC LIMIT 1",
        actor.organisation,
        kind,
        subject,
        actor.own_id()
    )
}

/// Forgets a person's draft, once it was sent or given up, and one that is nobody's.
pub async fn delete(conn: &mut Conn, actor: &Actor, kind: &str, subject: Uuid) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM drafts WHERE organisation_id = $1 AND kind = $2 AND subject_id = $3 AND (person_id = $4 OR person_id IS NULL)",
        actor.organisation,
        kind,
        subject,
        actor.own_id()
    )?;
    Ok(())
}
