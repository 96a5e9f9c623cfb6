//! Saved views of lists, and the one that the menu opens each list with. Every query names the person and the organisation
//! they act for; a view of somebody else is reached only where it is shared within that organisation.

use sqlx::FromRow;

use super::{Conn, Result, all, execute, optional};
use crate::domain::{
    ids::{OrganisationId, UserId, ViewId},
    time::Timestamp,
    view::List,
};

/// Who asks: a person, for the organisation they act for.
#[derive(Clone, Copy, Debug)]
pub struct Asker {
    /// The person.
    pub user: UserId,
    /// The organisation.
    pub organisation: OrganisationId,
}

/// A view as it is kept.
#[derive(Clone, Debug)]
pub struct ViewRow {
    /// Id.
    pub id: ViewId,
    /// The list.
    pub list: List,
    /// What it is called.
    pub name: String,
    /// The name as names are compared.
    pub folded: String,
    /// What the list is narrowed to (`domain::view`).
    pub query: String,
    /// Whether colleagues see it.
    pub is_shared: bool,
    /// Last change.
    pub updated_at: Timestamp,
}

/// A view as somebody sees it.
#[derive(Clone, Debug, FromRow)]
pub struct SavedView {
    /// Id.
    pub id: ViewId,
    /// The list.
    pub list: List,
    /// What it is called.
    pub name: String,
    /// What the list is narrowed to.
    pub query: String,
    /// Whether colleagues see it.
    pub is_shared: bool,
    /// Whose it is.
    pub user_id: UserId,
    /// Their name.
    pub owner: String,
    /// Whether the menu opens the list with it, for whoever asks.
    pub is_start: bool,
    /// Whether its owner is no longer here: signs in no more, or not for this organisation.
    pub is_left_behind: bool,
}

/// Where the menu leads.
#[derive(Clone, Debug, FromRow)]
pub struct Start {
    /// The list.
    pub list: List,
    /// What it is narrowed to.
    pub query: String,
}

/// The views that somebody sees, of one list or of all: by list, their own first, by name.
pub async fn seen(conn: &mut Conn, asker: Asker, list: Option<List>) -> Result<Vec<SavedView>> {
    all!(
        conn,
        SavedView,
        "SELECT saved_views.id, saved_views.list, saved_views.name, saved_views.query, saved_views.is_shared, saved_views.user_id,
                users.name AS owner, list_starts.view_id IS NOT NULL AS is_start,
                users.disabled_at IS NOT NULL OR memberships.id IS NULL AS is_left_behind
         FROM saved_views
         JOIN users ON users.id = saved_views.user_id
         LEFT JOIN memberships ON memberships.user_id = users.id AND memberships.organisation_id = saved_views.organisation_id
         LEFT JOIN list_starts ON list_starts.view_id = saved_views.id AND list_starts.user_id = $1 AND list_starts.organisation_id = $2
         WHERE saved_views.organisation_id = $2 AND (saved_views.user_id = $1 OR saved_views.is_shared)
           AND ($3 IS NULL OR saved_views.list = $3)
         ORDER BY saved_views.list, CASE WHEN saved_views.user_id = $1 THEN 0 ELSE 1 END, saved_views.folded, saved_views.id",
        asker.user,
        asker.organisation,
        list
    )
}

#[derive(FromRow)]
struct Found {
    id: ViewId,
    query: String,
}

/// Somebody's own view of a name: its id, and what it narrows the list to.
pub async fn named(conn: &mut Conn, asker: Asker, list: List, folded: &str) -> Result<Option<(ViewId, String)>> {
    let found = optional!(
        conn,
        Found,
        "SELECT id, query FROM saved_views WHERE user_id = $1 AND organisation_id = $2 AND list = $3 AND folded = $4",
        asker.user,
        asker.organisation,
        list,
        folded
    )?;
    Ok(found.map(|found| (found.id, found.query)))
}

/// Adds a view of somebody.
pub async fn insert(conn: &mut Conn, asker: Asker, row: &ViewRow) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO saved_views (id, user_id, organisation_id, list, name, folded, query, is_shared, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        row.id,
        asker.user,
        asker.organisation,
        row.list,
        &row.name,
        &row.folded,
        &row.query,
        row.is_shared,
        row.updated_at
    )?;
    Ok(())
}

/// Changes a view of somebody's own. One that is no longer shared opens nobody else's list.
pub async fn update(conn: &mut Conn, asker: Asker, row: &ViewRow) -> Result<()> {
    execute!(
        conn,
        "UPDATE saved_views SET name = $4, folded = $5, query = $6, is_shared = $7, updated_at = $8
         WHERE id = $1 AND user_id = $2 AND organisation_id = $3",
        row.id,
        asker.user,
        asker.organisation,
        &row.name,
        &row.folded,
        &row.query,
        row.is_shared,
        row.updated_at
    )?;
    if !row.is_shared {
        execute!(conn, "DELETE FROM list_starts WHERE view_id = $1 AND user_id <> $2", row.id, asker.user)?;
    }
    Ok(())
}

/// Removes a view of an organisation; lists that began with it begin whole again.
pub async fn delete(conn: &mut Conn, organisation: OrganisationId, id: ViewId) -> Result<()> {
    execute!(conn, "DELETE FROM list_starts WHERE view_id = $1 AND organisation_id = $2", id, organisation)?;
    execute!(conn, "DELETE FROM saved_views WHERE id = $1 AND organisation_id = $2", id, organisation)?;
    Ok(())
}

/// What the menu opens lists with, for somebody.
pub async fn starts(conn: &mut Conn, asker: Asker) -> Result<Vec<Start>> {
    all!(
        conn,
        Start,
        "SELECT saved_views.list, saved_views.query
         FROM list_starts JOIN saved_views ON saved_views.id = list_starts.view_id
         WHERE list_starts.user_id = $1 AND list_starts.organisation_id = $2
           AND saved_views.organisation_id = $2 AND (saved_views.user_id = $1 OR saved_views.is_shared)",
        asker.user,
        asker.organisation
    )
}

/// Has the menu open a list with a view.
pub async fn set_start(conn: &mut Conn, asker: Asker, list: List, id: ViewId) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO list_starts (user_id, organisation_id, list, view_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, organisation_id, list) DO UPDATE SET view_id = excluded.view_id",
        asker.user,
        asker.organisation,
        list,
        id
    )?;
    Ok(())
}

/// Has the menu open a list whole, where it opened it with this view.
pub async fn clear_start(conn: &mut Conn, asker: Asker, id: ViewId) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM list_starts WHERE user_id = $1 AND organisation_id = $2 AND view_id = $3",
        asker.user,
        asker.organisation,
        id
    )?;
    Ok(())
}
