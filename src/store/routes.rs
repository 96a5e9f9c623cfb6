//! Routes: the ways bytes travel to and from an organisation, and how they have been doing.

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, all, execute, optional};
use crate::domain::{
    ids::{OrganisationId, RouteId},
    time::Timestamp,
};

/// A route. Its configuration names the transport and says where it leads (see `connectors`).
#[derive(Clone, Debug, FromRow)]
pub struct Route {
    /// Id.
    pub id: RouteId,
    /// Whose systems it leads to.
    pub organisation_id: OrganisationId,
    /// Name, as shown.
    pub name: String,
    /// Transport and its settings.
    pub config: Json<serde_json::Value>,
    /// Nothing that comes over it is acknowledged.
    pub is_copy: bool,
    /// Whether it is used.
    pub is_active: bool,
    /// When it was last asked for news.
    pub looked_at: Option<Timestamp>,
    /// When that last went well.
    pub succeeded_at: Option<Timestamp>,
    /// When it last failed.
    pub failed_at: Option<Timestamp>,
    /// How it failed, in words; empty once it goes well again.
    pub failure: Option<String>,
}

/// Adds a route.
pub async fn insert(conn: &mut Conn, row: &Route) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO routes (id, organisation_id, name, config, is_copy, is_active) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id,
        row.organisation_id,
        &row.name,
        &row.config,
        row.is_copy,
        row.is_active
    )?;
    Ok(())
}

/// Every route, by name.
pub async fn list(conn: &mut Conn) -> Result<Vec<Route>> {
    all!(conn, Route, "SELECT * FROM routes ORDER BY name")
}

/// The route with an id.
pub async fn find(conn: &mut Conn, id: RouteId) -> Result<Option<Route>> {
    optional!(conn, Route, "SELECT * FROM routes WHERE id = $1", id)
}

/// The route over which documents to an organisation leave: one that is switched on, where there is one.
pub async fn to_organisation(conn: &mut Conn, organisation: OrganisationId) -> Result<Option<Route>> {
    optional!(
        conn,
        Route,
        "SELECT * FROM routes WHERE organisation_id = $1 AND NOT is_copy ORDER BY CASE WHEN is_active THEN 0 ELSE 1 END, name LIMIT 1",
        organisation
    )
}

/// Notes that a route went well.
pub async fn succeeded(conn: &mut Conn, id: RouteId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE routes SET looked_at = $2, succeeded_at = $2, failure = NULL WHERE id = $1", id, now)?;
    Ok(())
}

/// Notes that a route failed.
pub async fn failed(conn: &mut Conn, id: RouteId, failure: &str, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE routes SET looked_at = $2, failed_at = $2, failure = $3 WHERE id = $1", id, now, failure)?;
    Ok(())
}

/// Switches a route on or off.
pub async fn set_active(conn: &mut Conn, id: RouteId, active: bool) -> Result<()> {
    execute!(conn, "UPDATE routes SET is_active = $2 WHERE id = $1", id, active)?;
    Ok(())
}

/// Changes where a route leads.
pub async fn set_config(conn: &mut Conn, id: RouteId, config: &serde_json::Value) -> Result<()> {
    execute!(conn, "UPDATE routes SET config = $2 WHERE id = $1", id, Json(config))?;
    Ok(())
}
