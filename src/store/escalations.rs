//! When something is due in a case: kept beside it, so that who looks for due cases reads one index. Computed from the
//! history, and computed again whenever that or a policy changes.

use sqlx::FromRow;

use super::{Conn, Result, all, execute};
use crate::domain::{ids::CaseId, time::Timestamp};

#[derive(FromRow)]
struct Row {
    id: CaseId,
}

fn ids(rows: Vec<Row>) -> Vec<CaseId> {
    rows.into_iter().map(|row| row.id).collect()
}

/// Notes when the next promise and the next step of a case are due. It is no change of the case: its version stays.
pub async fn set_due(conn: &mut Conn, case: CaseId, due_at: Option<Timestamp>, next_step_at: Option<Timestamp>) -> Result<()> {
    execute!(conn, "UPDATE cases SET due_at = $2, next_step_at = $3 WHERE id = $1", case, due_at, next_step_at)?;
    Ok(())
}

/// Cases with a step that is due, the longest due first.
pub async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<CaseId>> {
    let rows = all!(conn, Row, "SELECT id FROM cases WHERE next_step_at <= $1 ORDER BY next_step_at, id LIMIT $2", now, limit)?;
    Ok(ids(rows))
}

/// Cases that are not settled, in the order of their ids, after one of them.
pub async fn unsettled(conn: &mut Conn, after: Option<CaseId>, limit: i64) -> Result<Vec<CaseId>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id FROM cases WHERE status NOT IN ('resolved', 'closed') AND ($1 IS NULL OR id > $1) ORDER BY id LIMIT $2",
        after,
        limit
    )?;
    Ok(ids(rows))
}
