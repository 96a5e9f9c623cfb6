//! Interchanges that are passed on: which, to whom, and in which transmission they left.

use sqlx::FromRow;

use super::{
    Conn, Result, all, execute, optional,
    transmissions::{self, Interchange, Transmission},
};
use crate::domain::{
    ids::{GroupId, InterchangeId, OrganisationId, TransmissionId},
    time::Timestamp,
};

/// Asks that an interchange be passed on to an organisation; once is enough.
pub async fn insert(conn: &mut Conn, interchange: InterchangeId, receiver: OrganisationId, now: Timestamp) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO forwards (interchange_id, receiver_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (interchange_id) DO NOTHING",
        interchange,
        receiver,
        now
    )?;
    Ok(())
}

/// The oldest interchange that waits to be passed on to an organisation.
pub async fn next(conn: &mut Conn, receiver: OrganisationId) -> Result<Option<Interchange>> {
    optional!(
        conn,
        Interchange,
        "SELECT interchanges.* FROM forwards JOIN interchanges ON interchanges.id = forwards.interchange_id
         WHERE forwards.receiver_id = $1 AND forwards.transmission_id IS NULL ORDER BY forwards.created_at, interchanges.id LIMIT 1",
        receiver
    )
}

/// Adds the transmission in which an interchange leaves; `false`, with nothing to keep, where another worker was faster.
pub async fn leave_in(conn: &mut Conn, interchange: InterchangeId, row: &Transmission) -> Result<bool> {
    transmissions::insert_transmission(conn, row).await?;
    let touched = execute!(
        conn,
        "UPDATE forwards SET transmission_id = $2 WHERE interchange_id = $1 AND transmission_id IS NULL",
        interchange,
        row.id
    )?;
    Ok(touched == 1)
}

/// The interchange as it came that a transmission passes on; none where the transmission is our own.
pub async fn original(conn: &mut Conn, transmission: TransmissionId) -> Result<Option<Interchange>> {
    optional!(
        conn,
        Interchange,
        "SELECT interchanges.* FROM forwards JOIN interchanges ON interchanges.id = forwards.interchange_id
         WHERE forwards.transmission_id = $1",
        transmission
    )
}

#[derive(FromRow)]
struct Rejected {
    group_id: GroupId,
    first_segment: i64,
    last_segment: i64,
}

/// The sets of an interchange that were not accepted: their group, first and last segment.
pub async fn rejected_sets(conn: &mut Conn, interchange: InterchangeId) -> Result<Vec<(GroupId, i64, i64)>> {
    let rows = all!(
        conn,
        Rejected,
        "SELECT documents.group_id, documents.first_segment, documents.last_segment FROM documents
         JOIN groups ON groups.id = documents.group_id WHERE groups.interchange_id = $1 AND NOT documents.is_accepted
         ORDER BY documents.first_segment",
        interchange
    )?;
    Ok(rows.into_iter().map(|row| (row.group_id, row.first_segment, row.last_segment)).collect())
}
