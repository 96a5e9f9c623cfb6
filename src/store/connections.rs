//! What waits on each route, counted.

use sqlx::FromRow;

use super::{Conn, Result, all};
use crate::domain::ids::RouteId;

/// Files of one route in one state.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    /// The route.
    pub route_id: RouteId,
    /// `submitted`, `send_failed`, `sent`.
    pub status: String,
    /// How many.
    pub files: i64,
}

/// Outgoing files that are not known to have arrived, by route and state.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<Waiting>> {
    all!(
        conn,
        Waiting,
        "SELECT route_id, status, count(*) AS files FROM transmissions
         WHERE direction = 'out' AND delivered_at IS NULL AND route_id IS NOT NULL AND status IN ('submitted', 'send_failed', 'sent')
         GROUP BY route_id, status"
    )
}
