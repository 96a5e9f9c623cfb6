//! Where events go, and every event on its way to one of them. Of one subject no event leaves before an earlier one.

use sqlx::{FromRow, types::Json};

use super::{
    Conn, Result, Scope, all, execute,
    filter::{Arg, Filter},
    optional,
};
use crate::domain::{
    ids::{CaseId, DeliveryId, EndpointId},
    time::Timestamp,
};

/// Where events go.
#[derive(Clone, Debug, FromRow)]
pub struct Endpoint {
    /// Id.
    pub id: EndpointId,
    /// How people call it.
    pub name: String,
    /// Its address.
    pub url: String,
    /// What signs: `whsec_…`, several with a blank between while one is replaced.
    pub secrets: String,
    /// The types it wants; none means all.
    pub types: Json<Vec<String>>,
    /// Which system it is, whose own changes are not sent back to it: `xconnector`, `community`; `other` is none that we
    /// hear from.
    pub system: String,
    /// It may be on this machine or in this network.
    pub is_local: bool,
    /// Events leave.
    pub is_active: bool,
    /// Failures in a row.
    pub failures: i64,
    /// It is left alone until then.
    pub retry_at: Option<Timestamp>,
    /// What went wrong last, until something goes well.
    pub failure: Option<String>,
    /// When it last failed.
    pub failed_at: Option<Timestamp>,
    /// When it last took something.
    pub succeeded_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// An event on its way to one endpoint.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    /// Id, and the event's own.
    pub id: DeliveryId,
    /// Where it goes.
    pub endpoint_id: EndpointId,
    /// Its type.
    pub kind: String,
    /// What it is about, such as `case/ID`.
    pub subject: String,
    /// Its place among the events about that for this endpoint, from 1.
    pub sequence: i64,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// The event, as it is sent.
    pub body: String,
    /// `waiting`, `delivered`, `dead`, `left_out`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// Why it did not arrive.
    pub failure: Option<String>,
    /// When it arrived or was given up.
    pub settled_at: Option<Timestamp>,
    /// When it happened.
    pub at: Timestamp,
}

/// How many events of an endpoint are in one state.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    /// Where they go.
    pub endpoint_id: EndpointId,
    /// `waiting` or `dead`.
    pub state: String,
    /// How many.
    pub events: i64,
}

/// Adds an endpoint.
pub async fn insert(conn: &mut Conn, row: &Endpoint) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO endpoints (id, name, url, secrets, types, system, is_local, is_active, failures, retry_at, failure, failed_at,
           succeeded_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        row.id,
        &row.name,
        &row.url,
        &row.secrets,
        &row.types,
        &row.system,
        row.is_local,
        row.is_active,
        row.failures,
        row.retry_at,
        &row.failure,
        row.failed_at,
        row.succeeded_at,
        row.created_at
    )?;
    Ok(())
}

/// Saves what people set of an endpoint.
pub async fn update(conn: &mut Conn, row: &Endpoint) -> Result<()> {
    execute!(
        conn,
        "UPDATE endpoints SET url = $2, secrets = $3, types = $4, system = $5, is_local = $6, is_active = $7 WHERE id = $1",
        row.id,
        &row.url,
        &row.secrets,
        &row.types,
        &row.system,
        row.is_local,
        row.is_active
    )?;
    Ok(())
}

/// Switches an endpoint off and leaves what people set of it as it is.
pub async fn switch_off(conn: &mut Conn, id: EndpointId) -> Result<()> {
    execute!(conn, "UPDATE endpoints SET is_active = FALSE WHERE id = $1", id)?;
    Ok(())
}

/// Every endpoint, by name.
pub async fn list(conn: &mut Conn) -> Result<Vec<Endpoint>> {
    all!(conn, Endpoint, "SELECT * FROM endpoints ORDER BY name")
}

/// An endpoint.
pub async fn find(conn: &mut Conn, id: EndpointId) -> Result<Option<Endpoint>> {
    optional!(conn, Endpoint, "SELECT * FROM endpoints WHERE id = $1", id)
}

/// The endpoint with a name.
pub async fn find_by_name(conn: &mut Conn, name: &str) -> Result<Option<Endpoint>> {
    optional!(conn, Endpoint, "SELECT * FROM endpoints WHERE name = $1", name)
}

/// Notes that an endpoint took something.
pub async fn succeeded(conn: &mut Conn, id: EndpointId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE endpoints SET failures = 0, retry_at = NULL, failure = NULL, succeeded_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

/// Notes that an endpoint failed, and until when it is left alone.
pub async fn failed(conn: &mut Conn, id: EndpointId, failures: i64, retry_at: Option<Timestamp>, why: &str, now: Timestamp) -> Result<()> {
    execute!(
        conn,
        "UPDATE endpoints SET failures = $2, retry_at = $3, failure = $4, failed_at = $5 WHERE id = $1",
        id,
        failures,
        retry_at,
        why,
        now
    )?;
    Ok(())
}

/// An endpoint need not be left alone any more, and what waits for it does not wait for its next attempt.
pub async fn hasten(conn: &mut Conn, id: EndpointId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE endpoints SET failures = 0, retry_at = NULL WHERE id = $1", id)?;
    execute!(conn, "UPDATE deliveries SET due_at = $2 WHERE endpoint_id = $1 AND state = 'waiting' AND due_at > $2", id, now)?;
    Ok(())
}

/// The place of the newest event about a subject for an endpoint; 0 where there is none.
pub async fn last_sequence(conn: &mut Conn, endpoint: EndpointId, subject: &str) -> Result<i64> {
    #[derive(FromRow)]
    struct Last {
        last: i64,
    }
    let last = optional!(
        conn,
        Last,
        "SELECT coalesce(max(sequence), 0) AS last FROM deliveries WHERE endpoint_id = $1 AND subject = $2",
        endpoint,
        subject
    )?;
    Ok(last.map_or(0, |row| row.last))
}

/// The newest event of one type about a subject for an endpoint; those that were left out were never told.
pub async fn last_told(conn: &mut Conn, endpoint: EndpointId, subject: &str, kind: &str) -> Result<Option<Delivery>> {
    optional!(
        conn,
        Delivery,
        "SELECT * FROM deliveries WHERE endpoint_id = $1 AND subject = $2 AND kind = $3 AND state <> 'left_out'
         ORDER BY sequence DESC LIMIT 1",
        endpoint,
        subject,
        kind
    )
}

/// Adds an event on its way.
pub async fn insert_delivery(conn: &mut Conn, row: &Delivery) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO deliveries (id, endpoint_id, kind, subject, sequence, case_id, body, state, attempts, due_at, failure, settled_at, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.id,
        row.endpoint_id,
        &row.kind,
        &row.subject,
        row.sequence,
        row.case_id,
        &row.body,
        &row.state,
        row.attempts,
        row.due_at,
        &row.failure,
        row.settled_at,
        row.at
    )?;
    Ok(())
}

/// The event that may leave next for an endpoint: the one that is due first and has none before it about its subject. What is
/// due about a case goes before all else, so that nobody's answer waits behind the reference data of a new connection.
pub async fn next(conn: &mut Conn, endpoint: EndpointId, now: Timestamp) -> Result<Option<Delivery>> {
    let of_case = optional!(
        conn,
        Delivery,
        "SELECT * FROM deliveries AS due WHERE endpoint_id = $1 AND state = 'waiting' AND case_id IS NOT NULL AND due_at <= $2
           AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier WHERE earlier.endpoint_id = due.endpoint_id
             AND earlier.subject = due.subject AND earlier.sequence < due.sequence AND earlier.state IN ('waiting', 'dead'))
         ORDER BY due_at, at, id LIMIT 1",
        endpoint,
        now
    )?;
    if of_case.is_some() {
        return Ok(of_case);
    }
    optional!(
        conn,
        Delivery,
        "SELECT * FROM deliveries AS due WHERE endpoint_id = $1 AND state = 'waiting'
           AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier WHERE earlier.endpoint_id = due.endpoint_id
             AND earlier.subject = due.subject AND earlier.sequence < due.sequence AND earlier.state IN ('waiting', 'dead'))
         ORDER BY due_at, at, id LIMIT 1",
        endpoint
    )
}

/// An event on its way.
pub async fn find_delivery(conn: &mut Conn, id: DeliveryId) -> Result<Option<Delivery>> {
    optional!(conn, Delivery, "SELECT * FROM deliveries WHERE id = $1", id)
}

/// Notes what became of an attempt; `false` where the event is not on its way any more.
pub async fn set_outcome(
    conn: &mut Conn,
    id: DeliveryId,
    state: &str,
    due_at: Timestamp,
    failure: Option<&str>,
    settled_at: Option<Timestamp>,
) -> Result<bool> {
    let touched = execute!(
        conn,
        "UPDATE deliveries SET state = $2, attempts = attempts + 1, due_at = $3, failure = $4, settled_at = $5
         WHERE id = $1 AND state = 'waiting'",
        id,
        state,
        due_at,
        failure,
        settled_at
    )?;
    Ok(touched == 1)
}

/// Sends an event again that arrived or was given up, with all its attempts.
pub async fn replay(conn: &mut Conn, id: DeliveryId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE deliveries SET state = 'waiting', attempts = 0, due_at = $2, settled_at = NULL WHERE id = $1", id, now)?;
    Ok(())
}

/// Leaves an event out that was given up; `false` where it was not.
pub async fn leave_out(conn: &mut Conn, id: DeliveryId, now: Timestamp) -> Result<bool> {
    Ok(execute!(conn, "UPDATE deliveries SET state = 'left_out', settled_at = $2 WHERE id = $1 AND state = 'dead'", id, now)? == 1)
}

/// Leaves everything about a subject out that is still on its way to an endpoint or was given up: it is told anew.
pub async fn supersede(conn: &mut Conn, endpoint: EndpointId, subject: &str, now: Timestamp) -> Result<()> {
    execute!(
        conn,
        "UPDATE deliveries SET state = 'left_out', settled_at = $3 WHERE endpoint_id = $1 AND subject = $2 AND state IN ('waiting', 'dead')",
        endpoint,
        subject,
        now
    )?;
    Ok(())
}

/// What an endpoint is still to be told of a kind about a subject.
pub async fn untold(conn: &mut Conn, endpoint: EndpointId, subject: &str, kind: &str) -> Result<Vec<Delivery>> {
    all!(
        conn,
        Delivery,
        "SELECT * FROM deliveries WHERE endpoint_id = $1 AND subject = $2 AND kind = $3 AND state IN ('waiting', 'dead') ORDER BY sequence",
        endpoint,
        subject,
        kind
    )
}

/// Leaves out what is not to be told any more.
pub async fn withhold(conn: &mut Conn, id: DeliveryId, now: Timestamp) -> Result<()> {
    let text = "UPDATE deliveries SET state = 'left_out', settled_at = $2 WHERE id = $1 AND state IN ('waiting', 'dead')";
    execute!(conn, text, id, now)?;
    Ok(())
}

/// The newest events of an endpoint.
pub async fn newest(conn: &mut Conn, endpoint: EndpointId, limit: i64) -> Result<Vec<Delivery>> {
    all!(conn, Delivery, "SELECT * FROM deliveries WHERE endpoint_id = $1 ORDER BY at DESC, id DESC LIMIT $2", endpoint, limit)
}

/// A page of the events of an endpoint, newest first; one more than `limit` where there are more.
pub async fn log(conn: &mut Conn, endpoint: EndpointId, after: Option<(Timestamp, DeliveryId)>, limit: i64) -> Result<Vec<Delivery>> {
    let mut query = Filter::new("SELECT * FROM deliveries", Scope::Hub, "id");
    query.and("endpoint_id", " = ", Arg::Id(endpoint.0), "");
    if let Some((at, id)) = after {
        query.older_than("at", "id", at, id.0);
    }
    query.ending("ORDER BY at DESC, id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

/// The events of an endpoint that were given up, newest first.
pub async fn dead(conn: &mut Conn, endpoint: EndpointId, limit: i64) -> Result<Vec<Delivery>> {
    all!(
        conn,
        Delivery,
        "SELECT * FROM deliveries WHERE endpoint_id = $1 AND state = 'dead' ORDER BY at DESC, id DESC LIMIT $2",
        endpoint,
        limit
    )
}

/// How many events wait or were given up, by endpoint.
pub async fn waiting(conn: &mut Conn) -> Result<Vec<Waiting>> {
    all!(
        conn,
        Waiting,
        "SELECT endpoint_id, state, count(*) AS events FROM deliveries WHERE state IN ('waiting', 'dead') GROUP BY endpoint_id, state"
    )
}

/// Whether events about a case wait for an endpoint, or were given up.
pub async fn case_waits(conn: &mut Conn, endpoint: EndpointId, case: CaseId) -> Result<bool> {
    #[derive(FromRow)]
    struct Count {
        n: i64,
    }
    let found = optional!(
        conn,
        Count,
        "SELECT count(*) AS n FROM deliveries WHERE case_id = $1 AND state IN ('waiting', 'dead') AND endpoint_id = $2",
        case,
        endpoint
    )?;
    Ok(found.is_some_and(|row| row.n > 0))
}
