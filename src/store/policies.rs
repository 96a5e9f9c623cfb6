//! Calendars and what is promised by them. They are the hub's own; nobody else reads or writes them, except through the
//! clocks of its cases.

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, all, execute, expect_current, optional};
use crate::domain::{
    calendar::Hours,
    case::{Kind, Priority},
    ids::{CalendarId, OrganisationId, PolicyId},
    policy::{Aim, Step},
    time::{Date, Timestamp},
};

/// A day on which nobody works.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holiday {
    /// The day.
    pub on: Date,
    /// What it is called.
    pub name: String,
}

/// When a place works.
#[derive(Clone, Debug, FromRow)]
pub struct CalendarRow {
    /// Id.
    pub id: CalendarId,
    /// What it is called.
    pub name: String,
    /// Time zone name.
    pub zone: String,
    /// Hours of each weekday, Monday first.
    pub week: Json<[Vec<Hours>; 7]>,
    /// Days off, in order.
    pub holidays: Json<Vec<Holiday>>,
    /// Counts changes, for compare-and-set.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// Since when it is known.
    pub created_at: Timestamp,
}

/// What is promised for some cases.
#[derive(Clone, Debug, FromRow)]
pub struct PolicyRow {
    /// Id.
    pub id: PolicyId,
    /// What it is called.
    pub name: String,
    /// Only cases of this kind.
    pub kind: Option<Kind>,
    /// Only cases of this priority.
    pub priority: Option<Priority>,
    /// Only cases with this partner.
    pub counterparty_id: Option<OrganisationId>,
    /// First reply, in minutes of working time.
    pub first_response: Option<i64>,
    /// Next reply.
    pub next_response: Option<i64>,
    /// Solution.
    pub resolution: Option<i64>,
    /// When the hub works for it; the usual week where none is named.
    pub calendar_id: Option<CalendarId>,
    /// What happens as promises run out.
    pub ladder: Json<Vec<Step>>,
    /// Counts changes, for compare-and-set.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// Since when it is known.
    pub created_at: Timestamp,
}

impl PolicyRow {
    /// The cases it is for.
    pub fn aim(&self) -> Aim {
        Aim { kind: self.kind, priority: self.priority, partner: self.counterparty_id }
    }
}

/// Every calendar, by name.
pub async fn calendars(conn: &mut Conn) -> Result<Vec<CalendarRow>> {
    all!(conn, CalendarRow, "SELECT * FROM calendars ORDER BY lower(name), id")
}

/// The calendar with an id.
pub async fn calendar(conn: &mut Conn, id: CalendarId) -> Result<Option<CalendarRow>> {
    optional!(conn, CalendarRow, "SELECT * FROM calendars WHERE id = $1", id)
}

/// Adds a calendar.
pub async fn insert_calendar(conn: &mut Conn, row: &CalendarRow) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO calendars (id, name, zone, week, holidays, version, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.id,
        &row.name,
        &row.zone,
        &row.week,
        &row.holidays,
        row.version,
        row.updated_at,
        row.created_at
    )?;
    Ok(())
}

/// Saves a calendar that was read at `row.version`.
pub async fn update_calendar(conn: &mut Conn, row: &CalendarRow) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE calendars SET name = $3, zone = $4, week = $5, holidays = $6, updated_at = $7, version = version + 1
         WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        &row.name,
        &row.zone,
        &row.week,
        &row.holidays,
        row.updated_at
    )?)
}

/// Removes a calendar that no policy names.
pub async fn delete_calendar(conn: &mut Conn, id: CalendarId) -> Result<()> {
    execute!(conn, "DELETE FROM calendars WHERE id = $1", id)?;
    Ok(())
}

/// Every policy, by name.
pub async fn list(conn: &mut Conn) -> Result<Vec<PolicyRow>> {
    all!(conn, PolicyRow, "SELECT * FROM sla_policies ORDER BY lower(name), id")
}

/// The policy with an id.
pub async fn find(conn: &mut Conn, id: PolicyId) -> Result<Option<PolicyRow>> {
    optional!(conn, PolicyRow, "SELECT * FROM sla_policies WHERE id = $1", id)
}

/// Adds a policy.
pub async fn insert(conn: &mut Conn, row: &PolicyRow) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO sla_policies (id, name, kind, priority, counterparty_id, first_response, next_response, resolution, calendar_id,
           ladder, version, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        row.id,
        &row.name,
        row.kind,
        row.priority,
        row.counterparty_id,
        row.first_response,
        row.next_response,
        row.resolution,
        row.calendar_id,
        &row.ladder,
        row.version,
        row.updated_at,
        row.created_at
    )?;
    Ok(())
}

/// Saves a policy that was read at `row.version`.
pub async fn update(conn: &mut Conn, row: &PolicyRow) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE sla_policies SET name = $3, kind = $4, priority = $5, counterparty_id = $6, first_response = $7, next_response = $8,
           resolution = $9, calendar_id = $10, ladder = $11, updated_at = $12, version = version + 1 WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        &row.name,
        row.kind,
        row.priority,
        row.counterparty_id,
        row.first_response,
        row.next_response,
        row.resolution,
        row.calendar_id,
        &row.ladder,
        row.updated_at
    )?)
}

/// Removes a policy.
pub async fn delete(conn: &mut Conn, id: PolicyId) -> Result<()> {
    execute!(conn, "DELETE FROM sla_policies WHERE id = $1", id)?;
    Ok(())
}
