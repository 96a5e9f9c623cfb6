//! What went over routes: transmissions (bytes), the interchanges in them and their groups, and the counters that control
//! numbers come from. The documents in the groups are in [`super::documents`].

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, all, execute, optional};
use crate::domain::{
    document::{Direction, Verdict},
    ids::{DocumentId, GroupId, InterchangeId, OrganisationId, RouteId, TransmissionId},
    time::Timestamp,
};

/// Bytes that went over a route once.
#[derive(Clone, Debug, FromRow)]
pub struct Transmission {
    /// Id.
    pub id: TransmissionId,
    /// Towards us or away.
    pub direction: Direction,
    /// The route; none for what came over the machine API.
    pub route_id: Option<RouteId>,
    /// Whose route or key it came by; none on the way out.
    pub owner_id: Option<OrganisationId>,
    /// File name.
    pub name: String,
    /// What the transport calls it.
    pub handle: Option<String>,
    /// Hash of the bytes.
    pub sha256: Vec<u8>,
    /// How many bytes.
    pub size: i64,
    /// Where the bytes are in the file store.
    pub file: String,
    /// `received`, `refused`; `submitted`, `sent`, `send_failed`, `delivered`, and `refused` by its receiver.
    pub status: String,
    /// Why it was refused or could not be sent, or why nobody will say that it arrived.
    pub failure: Option<String>,
    /// When the counterpart had it.
    pub delivered_at: Option<Timestamp>,
    /// When it came, or was made.
    pub created_at: Timestamp,
}

/// One envelope.
#[derive(Clone, Debug, FromRow)]
pub struct Interchange {
    /// Id.
    pub id: InterchangeId,
    /// The bytes it stood in.
    pub transmission_id: TransmissionId,
    /// Towards us or away.
    pub direction: Direction,
    /// Place in the transmission, from 0.
    pub position: i64,
    /// `X12`.
    pub standard: String,
    /// Sender's qualifier.
    pub sender_qualifier: String,
    /// Sender's id.
    pub sender_value: String,
    /// Receiver's qualifier.
    pub receiver_qualifier: String,
    /// Receiver's id.
    pub receiver_value: String,
    /// Control number.
    pub control_number: String,
    /// Hash of its own bytes.
    pub sha256: Vec<u8>,
    /// Whether its contents were taken; a replay or a broken envelope is kept, not taken.
    pub is_taken: bool,
    /// Interchange acknowledgment code given or received.
    pub ta1: Option<String>,
    /// What is wrong with the envelope.
    pub findings: Json<serde_json::Value>,
    /// When it came, or was made.
    pub created_at: Timestamp,
}

/// One functional group.
#[derive(Clone, Debug, FromRow)]
pub struct Group {
    /// Id.
    pub id: GroupId,
    /// The envelope it stands in.
    pub interchange_id: InterchangeId,
    /// Place in the interchange, from 0.
    pub position: i64,
    /// Functional id (GS01).
    pub functional_id: String,
    /// Control number (GS06).
    pub control_number: String,
    /// Verdict of the functional acknowledgment, given or received.
    pub verdict: Option<Verdict>,
    /// When.
    pub acknowledged_at: Option<Timestamp>,
}

/// Adds a transmission.
pub async fn insert_transmission(conn: &mut Conn, row: &Transmission) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO transmissions (id, direction, route_id, owner_id, name, handle, sha256, size, file, status, failure, delivered_at,
           created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.id,
        row.direction,
        row.route_id,
        row.owner_id,
        &row.name,
        &row.handle,
        &row.sha256,
        row.size,
        &row.file,
        &row.status,
        &row.failure,
        row.delivered_at,
        row.created_at
    )?;
    Ok(())
}

/// The transmission with an id.
pub async fn find_transmission(conn: &mut Conn, id: TransmissionId) -> Result<Option<Transmission>> {
    optional!(conn, Transmission, "SELECT * FROM transmissions WHERE id = $1", id)
}

/// What a route delivered before under the same handle.
pub async fn received_as(conn: &mut Conn, route: RouteId, handle: &str) -> Result<Option<Transmission>> {
    optional!(
        conn,
        Transmission,
        "SELECT * FROM transmissions WHERE route_id = $1 AND handle = $2 AND direction = 'in' ORDER BY created_at, id LIMIT 1",
        route,
        handle
    )
}

/// Notes what became of a transmission, unless it is known to have arrived.
pub async fn set_transmission(
    conn: &mut Conn,
    id: TransmissionId,
    status: &str,
    handle: Option<&str>,
    failure: Option<&str>,
) -> Result<()> {
    execute!(
        conn,
        "UPDATE transmissions SET status = $2, handle = coalesce($3, handle), failure = $4 WHERE id = $1 AND delivered_at IS NULL",
        id,
        status,
        handle,
        failure
    )?;
    Ok(())
}

/// Notes that the counterpart has it; `false` where that was known.
pub async fn set_delivered(conn: &mut Conn, id: TransmissionId, now: Timestamp) -> Result<bool> {
    let touched =
        execute!(conn, "UPDATE transmissions SET status = 'delivered', delivered_at = $2 WHERE id = $1 AND delivered_at IS NULL", id, now)?;
    Ok(touched == 1)
}

/// Transmissions of a route that left and are not known to have arrived, oldest first; those left out of which nobody
/// will say so.
pub async fn undelivered(conn: &mut Conn, route: RouteId) -> Result<Vec<Transmission>> {
    all!(
        conn,
        Transmission,
        "SELECT * FROM transmissions WHERE route_id = $1 AND direction = 'out' AND delivered_at IS NULL AND status = 'sent'
           AND failure IS NULL
         ORDER BY created_at, id LIMIT 200",
        route
    )
}

/// The oldest transmission of a route whose bytes are fixed and that has not left. One that left has a handle.
pub async fn unsent(conn: &mut Conn, route: RouteId) -> Result<Option<Transmission>> {
    optional!(
        conn,
        Transmission,
        "SELECT * FROM transmissions WHERE route_id = $1 AND direction = 'out' AND delivered_at IS NULL AND handle IS NULL
           AND status IN ('submitted', 'send_failed')
         ORDER BY created_at, id LIMIT 1",
        route
    )
}

/// Adds an interchange.
pub async fn insert_interchange(conn: &mut Conn, row: &Interchange) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO interchanges (id, transmission_id, direction, position, standard, sender_qualifier, sender_value, receiver_qualifier,
           receiver_value, control_number, sha256, is_taken, ta1, findings, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        row.id,
        row.transmission_id,
        row.direction,
        row.position,
        &row.standard,
        &row.sender_qualifier,
        &row.sender_value,
        &row.receiver_qualifier,
        &row.receiver_value,
        &row.control_number,
        &row.sha256,
        row.is_taken,
        &row.ta1,
        &row.findings,
        row.created_at
    )?;
    Ok(())
}

/// The interchange that was taken under the same inbox key, if there is one.
pub async fn taken(conn: &mut Conn, key: &Interchange) -> Result<Option<Interchange>> {
    optional!(
        conn,
        Interchange,
        "SELECT * FROM interchanges WHERE direction = 'in' AND is_taken AND standard = $1 AND sender_qualifier = $2 AND sender_value = $3
           AND receiver_qualifier = $4 AND receiver_value = $5 AND control_number = $6",
        &key.standard,
        &key.sender_qualifier,
        &key.sender_value,
        &key.receiver_qualifier,
        &key.receiver_value,
        &key.control_number
    )
}

/// The interchange with an id.
pub async fn find_interchange(conn: &mut Conn, id: InterchangeId) -> Result<Option<Interchange>> {
    optional!(conn, Interchange, "SELECT * FROM interchanges WHERE id = $1", id)
}

/// The interchange that an acknowledgment answers, where it is kept with it.
pub async fn answered_by(conn: &mut Conn, acknowledgment: DocumentId) -> Result<Option<Interchange>> {
    optional!(
        conn,
        Interchange,
        "SELECT interchanges.* FROM interchanges JOIN documents ON documents.answers_id = interchanges.id WHERE documents.id = $1",
        acknowledgment
    )
}

/// The interchanges of a transmission.
pub async fn interchanges(conn: &mut Conn, transmission: TransmissionId) -> Result<Vec<Interchange>> {
    all!(conn, Interchange, "SELECT * FROM interchanges WHERE transmission_id = $1 ORDER BY position", transmission)
}

/// Adds a group.
pub async fn insert_group(conn: &mut Conn, row: &Group) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO groups (id, interchange_id, position, functional_id, control_number, verdict, acknowledged_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.id,
        row.interchange_id,
        row.position,
        &row.functional_id,
        &row.control_number,
        row.verdict,
        row.acknowledged_at
    )?;
    Ok(())
}

/// The group with an id.
pub async fn find_group(conn: &mut Conn, id: GroupId) -> Result<Option<Group>> {
    optional!(conn, Group, "SELECT * FROM groups WHERE id = $1", id)
}

/// The groups of a transmission.
pub async fn groups(conn: &mut Conn, transmission: TransmissionId) -> Result<Vec<Group>> {
    all!(
        conn,
        Group,
        "SELECT groups.* FROM groups JOIN interchanges ON interchanges.id = groups.interchange_id
         WHERE interchanges.transmission_id = $1 ORDER BY interchanges.position, groups.position",
        transmission
    )
}

/// The group we sent that an acknowledgment speaks of: from `sender` to `receiver`, with this functional id and number;
/// the newest where numbers came round again.
pub async fn sent_group(
    conn: &mut Conn,
    sender: (&str, &str),
    receiver: (&str, &str),
    functional_id: &str,
    control_number: &str,
) -> Result<Option<Group>> {
    optional!(
        conn,
        Group,
        "SELECT groups.* FROM groups JOIN interchanges ON interchanges.id = groups.interchange_id
         WHERE groups.control_number = $1 AND groups.functional_id = $2 AND interchanges.direction = 'out'
           AND interchanges.sender_qualifier = $3 AND interchanges.sender_value = $4
           AND interchanges.receiver_qualifier = $5 AND interchanges.receiver_value = $6
         ORDER BY interchanges.created_at DESC LIMIT 1",
        control_number,
        functional_id,
        sender.0,
        sender.1,
        receiver.0,
        receiver.1
    )
}

/// The groups from `sender` to `receiver` that left under a control number, whatever they hold besides acknowledgments,
/// newest first.
pub async fn sent_groups(conn: &mut Conn, sender: (&str, &str), receiver: (&str, &str), control_number: &str) -> Result<Vec<Group>> {
    all!(
        conn,
        Group,
        "SELECT groups.* FROM groups JOIN interchanges ON interchanges.id = groups.interchange_id
         WHERE groups.control_number = $1 AND groups.functional_id <> 'FA' AND interchanges.direction = 'out'
           AND interchanges.sender_qualifier = $2 AND interchanges.sender_value = $3
           AND interchanges.receiver_qualifier = $4 AND interchanges.receiver_value = $5
         ORDER BY interchanges.created_at DESC, interchanges.id DESC",
        control_number,
        sender.0,
        sender.1,
        receiver.0,
        receiver.1
    )
}

/// The interchange we sent that an acknowledgment speaks of; the newest where numbers came round again.
pub async fn sent_interchange(
    conn: &mut Conn,
    sender: (&str, &str),
    receiver: (&str, &str),
    control_number: &str,
) -> Result<Option<Interchange>> {
    optional!(
        conn,
        Interchange,
        "SELECT * FROM interchanges WHERE direction = 'out' AND control_number = $1 AND sender_qualifier = $2 AND sender_value = $3
           AND receiver_qualifier = $4 AND receiver_value = $5 ORDER BY created_at DESC LIMIT 1",
        control_number,
        sender.0,
        sender.1,
        receiver.0,
        receiver.1
    )
}

/// Notes the verdict on a group.
pub async fn set_group_verdict(conn: &mut Conn, id: GroupId, verdict: Verdict, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE groups SET verdict = $2, acknowledged_at = $3 WHERE id = $1", id, verdict, now)?;
    Ok(())
}

#[derive(FromRow)]
struct Last {
    last: i64,
}

/// Lets a counter go on behind a number, where it is not there yet.
pub async fn keep_clear(conn: &mut Conn, scope: &str, last: i64) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO control_numbers (scope, last) VALUES ($1, $2)
         ON CONFLICT (scope) DO UPDATE SET last = CASE WHEN control_numbers.last < $2 THEN $2 ELSE control_numbers.last END",
        scope,
        last
    )?;
    Ok(())
}

/// The next control number of a counter, from 1.
pub async fn next_control_number(conn: &mut Conn, scope: &str) -> Result<i64> {
    let row = optional!(
        conn,
        Last,
        "INSERT INTO control_numbers (scope, last) VALUES ($1, 1) ON CONFLICT (scope) DO UPDATE SET last = control_numbers.last + 1
         RETURNING last",
        scope
    )?;
    Ok(row.map_or(1, |row| row.last))
}
