//! Versions of reference data. Nothing is ever changed or deleted: a newer version stands beside the older ones.

use sqlx::{FromRow, types::Json};

use super::{
    Conn, Result, Scope, all, execute,
    filter::{Arg, Filter},
};
use crate::domain::{
    ids::{OrganisationId, ReferenceVersionId},
    reference::{Fields, Span, Subject},
    time::{Date, Timestamp},
};

/// One version of one thing.
#[derive(Clone, Debug, FromRow)]
pub struct Version {
    /// Id.
    pub id: ReferenceVersionId,
    /// What it is about.
    pub subject: Subject,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// What its source calls it.
    pub code: String,
    /// The source's number.
    pub sequence: i64,
    /// First day.
    pub valid_from: Date,
    /// First day on which it no longer holds.
    pub valid_until: Option<Date>,
    /// The thing is gone while this version holds.
    pub is_removed: bool,
    /// What it says.
    pub fields: Json<Fields>,
    /// The source of the event that told it.
    pub source: String,
    /// That event.
    pub event_id: String,
    /// When it came.
    pub recorded_at: Timestamp,
}

impl Version {
    /// When it holds.
    pub fn span(&self) -> Span {
        Span { sequence: self.sequence, from: self.valid_from, until: self.valid_until }
    }
}

/// Adds a version.
pub async fn insert(conn: &mut Conn, row: &Version) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO reference_versions (id, subject, organisation_id, code, sequence, valid_from, valid_until, is_removed, fields, source,
           event_id, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.id,
        row.subject,
        row.organisation_id,
        &row.code,
        row.sequence,
        row.valid_from,
        row.valid_until,
        row.is_removed,
        &row.fields,
        &row.source,
        &row.event_id,
        row.recorded_at
    )?;
    Ok(())
}

/// Every version of one thing, oldest sequence first.
pub async fn versions(conn: &mut Conn, organisation: OrganisationId, subject: Subject, code: &str) -> Result<Vec<Version>> {
    all!(
        conn,
        Version,
        "SELECT * FROM reference_versions WHERE organisation_id = $1 AND subject = $2 AND code = $3 ORDER BY sequence",
        organisation,
        subject,
        code
    )
}

#[derive(FromRow)]
struct Key {
    organisation_id: OrganisationId,
    subject: Subject,
    code: String,
}

/// Every thing that is known: whose it is, what it is, and what its source calls it.
pub async fn things(conn: &mut Conn) -> Result<Vec<(OrganisationId, Subject, String)>> {
    let text = "SELECT DISTINCT organisation_id, subject, code FROM reference_versions ORDER BY organisation_id, subject, code";
    Ok(all!(conn, Key, text)?.into_iter().map(|key| (key.organisation_id, key.subject, key.code)).collect())
}

/// Every version about partners themselves, by partner.
pub async fn of_partners(conn: &mut Conn) -> Result<Vec<Version>> {
    all!(conn, Version, "SELECT * FROM reference_versions WHERE subject = 'partner' ORDER BY organisation_id, sequence")
}

/// What is known of an organisation, as far as the scope may see it, with the places and contacts of the hub, by subject
/// and code: at most `limit` versions of each subject, and of the last thing that is begun every one, since what holds of a
/// thing follows from all of its versions.
pub async fn of(conn: &mut Conn, scope: Scope, organisation: OrganisationId, limit: i64) -> Result<Vec<Version>> {
    if !scope.holds(organisation) {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for subject in Subject::ALL.iter().copied() {
        let of_hub = matches!(subject, Subject::Location | Subject::Contact);
        let mut found = all!(
            conn,
            Version,
            "SELECT * FROM reference_versions WHERE subject = $2
               AND (organisation_id = $1 OR ($3 AND organisation_id IN (SELECT id FROM organisations WHERE is_hub)))
             ORDER BY code, organisation_id, sequence LIMIT $4",
            organisation,
            subject,
            of_hub,
            limit
        )?;
        if i64::try_from(found.len()).is_ok_and(|many| many == limit)
            && let Some(last) = found.pop()
        {
            found.retain(|version| (version.organisation_id, &version.code) != (last.organisation_id, &last.code));
            found.extend(versions(conn, last.organisation_id, subject, &last.code).await?);
        }
        rows.append(&mut found);
    }
    Ok(rows)
}

/// Every version of the contacts of a partner, or of the hub where none is named, by code. The caller decides who may see them.
pub async fn contacts(conn: &mut Conn, partner: Option<OrganisationId>) -> Result<Vec<Version>> {
    all!(
        conn,
        Version,
        "SELECT * FROM reference_versions
         WHERE organisation_id = coalesce($1, (SELECT id FROM organisations WHERE is_hub LIMIT 1)) AND subject = 'contact'
         ORDER BY code, sequence",
        partner
    )
}

/// Every version of the things that an organisation, or the hub, has under some codes.
pub async fn under(
    conn: &mut Conn,
    organisation: OrganisationId,
    subject: Subject,
    codes: impl IntoIterator<Item = String>,
) -> Result<Vec<Version>> {
    let mut query = Filter::new("SELECT * FROM reference_versions", Scope::Hub, "organisation_id");
    let or_the_hub = " OR organisation_id IN (SELECT id FROM organisations WHERE is_hub))";
    query.and("(organisation_id", " = ", Arg::Id(organisation.0), or_the_hub);
    query.and("subject", " = ", Arg::Text(subject.as_str().to_owned()), "");
    query.and_in("code", codes.into_iter().map(Arg::Text));
    query.fetch(conn).await
}
