//! Sending the bytes of a transmission once more: a new transmission that holds what the earlier one held.

use sqlx::FromRow;

use super::{Conn, Result, execute, optional, transmissions::Transmission};
use crate::domain::{ids::TransmissionId, time::Timestamp};

#[derive(FromRow)]
struct Count {
    n: i64,
}

/// How many transmissions were made of the same kept bytes.
pub async fn sendings(conn: &mut Conn, file: &str) -> Result<i64> {
    Ok(optional!(conn, Count, "SELECT count(*) AS n FROM transmissions WHERE file = $1", file)?.map_or(0, |row| row.n))
}

/// Moves what a transmission holds to the one that repeats it; its documents begin again as submitted.
pub async fn repeat(conn: &mut Conn, from: TransmissionId, to: &Transmission, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE interchanges SET transmission_id = $2 WHERE transmission_id = $1", from, to.id)?;
    execute!(
        conn,
        "UPDATE documents SET transmission_id = $2, status = 'submitted', delivered_at = NULL, acknowledged_at = NULL, acknowledgment = NULL,
           updated_at = $3 WHERE transmission_id = $1",
        from,
        to.id,
        now
    )?;
    Ok(())
}
