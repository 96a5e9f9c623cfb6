//! The same case in another system, and the events that came from there. An event is kept once, under the source and id
//! its sender gave it.

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, Scope, all, execute, filter::Filter, optional};
use crate::domain::{
    ids::{BondId, CaseId, InboundEventId, OrganisationId},
    time::Timestamp,
};

/// A case of ours and the same case elsewhere.
#[derive(Clone, Debug, FromRow)]
pub struct Bond {
    /// Id.
    pub id: BondId,
    /// Our case.
    pub case_id: CaseId,
    /// The other system: `xconnector`, `community`.
    pub system: String,
    /// What the other system calls the case.
    pub external_id: String,
    /// Whether the case was opened here.
    pub is_ours: bool,
    /// `in_step`, `behind`, `broken`.
    pub health: String,
    /// Why it is not in step.
    pub failure: Option<String>,
    /// When the two last agreed.
    pub synced_at: Option<Timestamp>,
    /// Counts changes.
    pub version: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// The state of an event that waits, or was set aside.
pub const PARKED: &str = "parked";

/// An event that was taken.
#[derive(Clone, Debug, FromRow)]
pub struct InboundEvent {
    /// Id.
    pub id: InboundEventId,
    /// Its source.
    pub source: String,
    /// Its id there.
    pub event_id: String,
    /// The system that signed it.
    pub system: String,
    /// Its type.
    pub kind: String,
    /// Hash of the event as it came.
    pub sha256: Vec<u8>,
    /// The event.
    pub body: Json<serde_json::Value>,
    /// `applied`, or `parked` until what it waits for is known.
    pub state: String,
    /// `case:ID` or `partner:CODE`; none where nothing is waited for.
    pub waits_for: Option<String>,
    /// Why it is parked, in words.
    pub reason: String,
    /// The case it was about.
    pub case_id: Option<CaseId>,
    /// When it came.
    pub at: Timestamp,
}

/// Adds a bond.
pub async fn insert(conn: &mut Conn, row: &Bond) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO bonds (id, case_id, system, external_id, is_ours, health, failure, synced_at, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row.id,
        row.case_id,
        &row.system,
        &row.external_id,
        row.is_ours,
        &row.health,
        &row.failure,
        row.synced_at,
        row.version,
        row.created_at
    )?;
    Ok(())
}

/// The bond of a case of another system.
pub async fn find(conn: &mut Conn, system: &str, external_id: &str) -> Result<Option<Bond>> {
    optional!(conn, Bond, "SELECT * FROM bonds WHERE system = $1 AND external_id = $2", system, external_id)
}

/// The bonds of a case of ours.
pub async fn of_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Bond>> {
    all!(conn, Bond, "SELECT * FROM bonds WHERE case_id = $1 ORDER BY system", case)
}

/// Notes what another system is said to call a case of ours; what was said first counts.
pub async fn claim(conn: &mut Conn, case: CaseId, system: &str, external_id: &str) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO case_claims (case_id, system, external_id) VALUES ($1, $2, $3) ON CONFLICT (case_id, system) DO NOTHING",
        case,
        system,
        external_id
    )?;
    Ok(())
}

#[derive(FromRow)]
struct Claim {
    case_id: CaseId,
    system: String,
    external_id: String,
}

/// What other systems are said to call a case of ours, by system.
pub async fn claims(conn: &mut Conn, case: CaseId) -> Result<Vec<(String, String)>> {
    let rows = all!(conn, Claim, "SELECT * FROM case_claims WHERE case_id = $1 ORDER BY system", case)?;
    Ok(rows.into_iter().map(|claim| (claim.system, claim.external_id)).collect())
}

/// The case with a partner that another system is said to call so and that is not bound to it yet.
pub async fn claimed(conn: &mut Conn, system: &str, external_id: &str, partner: OrganisationId) -> Result<Option<CaseId>> {
    let found = optional!(
        conn,
        Claim,
        "SELECT case_claims.* FROM case_claims JOIN cases ON cases.id = case_claims.case_id
         WHERE case_claims.system = $1 AND case_claims.external_id = $2 AND cases.counterparty_id = $3
           AND NOT EXISTS (SELECT 1 FROM bonds WHERE bonds.case_id = cases.id AND bonds.system = $1)
         ORDER BY cases.created_at, cases.id LIMIT 1",
        system,
        external_id,
        partner
    )?;
    Ok(found.map(|claim| claim.case_id))
}

/// Notes that both systems agree. Not while something that the other one was to be told has failed: then they do not.
pub async fn in_step(conn: &mut Conn, id: BondId, now: Timestamp) -> Result<()> {
    execute!(
        conn,
        "UPDATE bonds SET health = 'in_step', failure = NULL, synced_at = $2, version = version + 1 WHERE id = $1
           AND NOT EXISTS (SELECT 1 FROM deliveries JOIN endpoints ON endpoints.id = deliveries.endpoint_id
             WHERE deliveries.case_id = bonds.case_id AND endpoints.system = bonds.system
               AND (deliveries.state = 'dead' OR deliveries.state = 'waiting' AND deliveries.failure IS NOT NULL))",
        id,
        now
    )?;
    Ok(())
}

/// Notes that the two are not in step: `behind` while it is tried again, `broken` where somebody has to act.
pub async fn out_of_step(conn: &mut Conn, case: CaseId, system: &str, health: &str, failure: &str) -> Result<()> {
    execute!(
        conn,
        "UPDATE bonds SET health = $3, failure = $4, version = version + 1 WHERE case_id = $1 AND system = $2",
        case,
        system,
        health,
        failure
    )?;
    Ok(())
}

/// Whether what the other system says of a field is newer than all it said before of it, and from now on the newest.
pub async fn is_news(conn: &mut Conn, bond: BondId, field: &str, sequence: i64) -> Result<bool> {
    let touched = execute!(
        conn,
        "INSERT INTO bond_fields (bond_id, field, sequence) VALUES ($1, $2, $3)
         ON CONFLICT (bond_id, field) DO UPDATE SET sequence = excluded.sequence WHERE bond_fields.sequence < excluded.sequence",
        bond,
        field,
        sequence
    )?;
    Ok(touched == 1)
}

/// A bond that is not in step, with its case.
#[derive(Clone, Debug, FromRow)]
pub struct BondRow {
    /// The bond.
    #[sqlx(flatten)]
    pub bond: Bond,
    /// The number of the case.
    pub number: String,
    /// In a few words.
    pub title: String,
    /// When the case last changed.
    pub updated_at: Timestamp,
}

/// The bonds that are not in step, first; then those that moved last.
pub async fn list(conn: &mut Conn, limit: i64) -> Result<Vec<BondRow>> {
    all!(
        conn,
        BondRow,
        "SELECT bonds.*, cases.number, cases.title, cases.updated_at FROM bonds JOIN cases ON cases.id = bonds.case_id
         ORDER BY CASE bonds.health WHEN 'broken' THEN 0 WHEN 'behind' THEN 1 ELSE 2 END, cases.updated_at DESC, bonds.id LIMIT $1",
        limit
    )
}

/// How many bonds there are, and how many of them are not in step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct BondCounts {
    /// All.
    pub shared: i64,
    /// Not in step.
    pub apart: i64,
}

/// How many there are.
pub async fn counts(conn: &mut Conn) -> Result<BondCounts> {
    let found =
        optional!(conn, BondCounts, "SELECT count(*) AS shared, count(CASE WHEN health <> 'in_step' THEN 1 END) AS apart FROM bonds")?;
    Ok(found.unwrap_or_default())
}

/// All bonds, or those that are not in step, those first whose case changed last; one more than `limit` where there are more.
pub async fn page(conn: &mut Conn, apart: bool, after: Option<(Timestamp, BondId)>, limit: i64) -> Result<Vec<BondRow>> {
    let select = "SELECT bonds.*, cases.number, cases.title, cases.updated_at FROM bonds JOIN cases ON cases.id = bonds.case_id";
    let mut query = Filter::new(select, Scope::Hub, "cases.counterparty_id");
    if apart {
        query.and_text("bonds.health <> 'in_step'");
    }
    if let Some((at, id)) = after {
        query.older_than("cases.updated_at", "bonds.id", at, id.0);
    }
    query.ending("ORDER BY cases.updated_at DESC, bonds.id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

/// A parked event as lists show it: without what it says.
#[derive(Clone, Debug, FromRow)]
pub struct ParkedRow {
    /// Id.
    pub id: InboundEventId,
    /// Its source.
    pub source: String,
    /// Its id there.
    pub event_id: String,
    /// Its type.
    pub kind: String,
    /// Why it is parked, in words.
    pub reason: String,
    /// When it came.
    pub at: Timestamp,
}

/// The parked events, newest first.
pub async fn parked(conn: &mut Conn, limit: i64) -> Result<Vec<ParkedRow>> {
    all!(
        conn,
        ParkedRow,
        "SELECT id, source, event_id, kind, reason, at FROM inbound_events WHERE state = 'parked' AND set_aside_at IS NULL
         ORDER BY at DESC, id DESC LIMIT $1",
        limit
    )
}

/// The event that was taken under a source and id.
pub async fn event(conn: &mut Conn, source: &str, event_id: &str) -> Result<Option<InboundEvent>> {
    optional!(conn, InboundEvent, "SELECT * FROM inbound_events WHERE source = $1 AND event_id = $2", source, event_id)
}

/// Keeps an event.
pub async fn insert_event(conn: &mut Conn, row: &InboundEvent) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO inbound_events (id, source, event_id, system, kind, sha256, body, state, waits_for, reason, case_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.id,
        &row.source,
        &row.event_id,
        &row.system,
        &row.kind,
        &row.sha256,
        &row.body,
        &row.state,
        &row.waits_for,
        &row.reason,
        row.case_id,
        row.at
    )?;
    Ok(())
}

/// The parked events of a system that wait for something, in the order they came.
pub async fn waiting(conn: &mut Conn, system: &str, waits_for: &str) -> Result<Vec<InboundEvent>> {
    all!(
        conn,
        InboundEvent,
        "SELECT * FROM inbound_events WHERE state = 'parked' AND set_aside_at IS NULL AND waits_for = $1 AND system = $2
         ORDER BY at, id",
        waits_for,
        system
    )
}

/// Notes what became of a parked event; `false` where somebody else did meanwhile.
pub async fn settle_event(
    conn: &mut Conn,
    id: InboundEventId,
    state: &str,
    waits_for: Option<&str>,
    reason: &str,
    case: Option<CaseId>,
) -> Result<bool> {
    let touched = execute!(
        conn,
        "UPDATE inbound_events SET state = $2, waits_for = $3, reason = $4, case_id = $5 WHERE id = $1 AND state = 'parked'",
        id,
        state,
        waits_for,
        reason,
        case
    )?;
    Ok(touched == 1)
}
