//! How the rules that find exceptions are set, where that differs from the built-in settings.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, Result, all, execute};
use crate::domain::{
    document::DocumentKind,
    exception::{Kind, Rule, Setting},
    ids::{CalendarId, OrganisationId},
    time::Timestamp,
};

/// A row of the table.
#[derive(Clone, Debug, FromRow)]
pub struct RuleRow {
    /// Id.
    pub id: Uuid,
    /// Which rule.
    pub kind: Kind,
    /// For this partner alone.
    pub partner_id: Option<OrganisationId>,
    /// For this document type alone.
    pub document: Option<DocumentKind>,
    /// Whether it finds anything.
    pub is_on: bool,
    /// How much is allowed.
    pub threshold: i64,
    /// How often it is said at most.
    pub repeats: i64,
    /// The calendar whose hours it counts.
    pub calendar_id: Option<CalendarId>,
    /// Who set it.
    pub author: String,
    /// When.
    pub updated_at: Timestamp,
}

impl RuleRow {
    /// The rule it sets.
    pub fn rule(&self) -> Rule {
        let setting = Setting { is_on: self.is_on, threshold: self.threshold, repeats: self.repeats, calendar: self.calendar_id };
        Rule { kind: self.kind, partner: self.partner_id, document: self.document, setting }
    }
}

/// All rows, by kind.
pub async fn list(conn: &mut Conn) -> Result<Vec<RuleRow>> {
    all!(conn, RuleRow, "SELECT * FROM exception_rules ORDER BY kind, id")
}

/// Puts a row in the place of the one for the same kind, partner and document type.
pub async fn save(conn: &mut Conn, row: &RuleRow) -> Result<()> {
    super::dialect::lock(conn, "exception rules").await?;
    for old in list(conn).await?.iter().filter(|old| (old.kind, old.partner_id, old.document) == (row.kind, row.partner_id, row.document)) {
        delete(conn, old.id).await?;
    }
    execute!(
        conn,
        "INSERT INTO exception_rules (id, kind, partner_id, document, is_on, threshold, repeats, calendar_id, author, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row.id,
        row.kind,
        row.partner_id,
        row.document,
        row.is_on,
        row.threshold,
        row.repeats,
        row.calendar_id,
        &row.author,
        row.updated_at
    )?;
    Ok(())
}

/// Takes a row away, so that the next closest one counts again.
pub async fn delete(conn: &mut Conn, id: Uuid) -> Result<()> {
    execute!(conn, "DELETE FROM exception_rules WHERE id = $1", id)?;
    Ok(())
}
