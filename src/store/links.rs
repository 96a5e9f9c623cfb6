//! Cases that belong together, and what partners say of how cases were settled.

use sqlx::FromRow;

use super::{Conn, Result, Scope, all, cases::Message, execute, optional};
use crate::domain::{
    case::{Link, Score, Status},
    ids::{CaseId, OrganisationId},
    time::Timestamp,
};

/// A case that belongs to another one.
#[derive(Clone, Debug, FromRow)]
pub struct Linked {
    /// The other case.
    pub case_id: CaseId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// How the two belong together.
    pub kind: Link,
    /// The link was made from here: of two that are one, this one has become part of the other.
    pub is_from_here: bool,
}

/// The cases that belong to a case, of those that the scope takes part in. The caller has loaded the case.
pub async fn of_case(conn: &mut Conn, scope: Scope, case: CaseId) -> Result<Vec<Linked>> {
    all!(
        conn,
        Linked,
        "SELECT cases.id AS case_id, cases.number, cases.title, cases.status, case_links.kind, case_links.case_id = $1 AS is_from_here
         FROM case_links JOIN cases
           ON cases.id = CASE WHEN case_links.case_id = $1 THEN case_links.other_id ELSE case_links.case_id END
         WHERE (case_links.case_id = $1 OR case_links.other_id = $1)
           AND ($2 OR EXISTS (SELECT 1 FROM case_parties WHERE case_id = cases.id AND organisation_id = $3))
         ORDER BY cases.number",
        case,
        scope == Scope::Hub,
        scope.party()
    )
}

/// What was written in the cases that became part of a case, oldest first, as far as the scope takes part in them and may read
/// it. The caller has loaded the case.
pub async fn messages_of_parts(conn: &mut Conn, scope: Scope, case: CaseId) -> Result<Vec<Message>> {
    all!(
        conn,
        Message,
        "SELECT case_messages.* FROM case_messages JOIN case_links ON case_links.case_id = case_messages.case_id
         WHERE case_links.other_id = $1 AND case_links.kind = $2
           AND ($3 OR case_messages.visibility = 'partner' AND (case_messages.reader_id IS NULL OR case_messages.reader_id = $4)
             AND case_messages.case_id IN (SELECT case_id FROM case_parties WHERE organisation_id = $4))
         ORDER BY case_messages.at, case_messages.id",
        case,
        Link::PartOf,
        scope == Scope::Hub,
        scope.party()
    )
}

/// Ends that a partner takes part in what became part of a case.
pub async fn leave_parts(conn: &mut Conn, case: CaseId, party: OrganisationId) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM case_parties WHERE organisation_id = $2
           AND case_id IN (SELECT case_id FROM case_links WHERE other_id = $1 AND kind = $3)",
        case,
        party,
        Link::PartOf
    )?;
    Ok(())
}

/// Lets a partner take part in what became part of a case.
pub async fn join_parts(conn: &mut Conn, case: CaseId, party: OrganisationId) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO case_parties (case_id, organisation_id, status, updated_at)
           SELECT cases.id, $2, cases.status, cases.updated_at FROM cases
           JOIN case_links ON case_links.case_id = cases.id AND case_links.other_id = $1 AND case_links.kind = $3
           WHERE NOT EXISTS (SELECT 1 FROM case_parties WHERE case_id = cases.id AND organisation_id = $2)",
        case,
        party,
        Link::PartOf
    )?;
    Ok(())
}

/// Links two cases; a second link between them replaces the first.
pub async fn link(conn: &mut Conn, case: CaseId, other: CaseId, kind: Link, now: Timestamp) -> Result<()> {
    execute!(conn, "DELETE FROM case_links WHERE case_id = $2 AND other_id = $1", case, other)?;
    execute!(
        conn,
        "INSERT INTO case_links (case_id, other_id, kind, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (case_id, other_id) DO UPDATE SET kind = excluded.kind, at = excluded.at",
        case,
        other,
        kind,
        now
    )?;
    Ok(())
}

/// Takes the link between two cases away, whichever of them it was made from.
pub async fn unlink(conn: &mut Conn, case: CaseId, other: CaseId) -> Result<()> {
    execute!(conn, "DELETE FROM case_links WHERE (case_id = $1 AND other_id = $2) OR (case_id = $2 AND other_id = $1)", case, other)?;
    Ok(())
}

/// Makes one part of a case part of another.
pub async fn pass_part(conn: &mut Conn, part: CaseId, from: CaseId, to: CaseId) -> Result<()> {
    execute!(conn, "UPDATE case_links SET other_id = $3 WHERE case_id = $1 AND other_id = $2 AND kind = 'part_of'", part, from, to)?;
    Ok(())
}

/// Makes the parts of one case parts of another.
pub async fn pass_parts(conn: &mut Conn, from: CaseId, to: CaseId) -> Result<()> {
    // A link that one of them has with that case gives way.
    execute!(
        conn,
        "DELETE FROM case_links WHERE other_id = $2
           AND case_id IN (SELECT case_id FROM case_links WHERE other_id = $1 AND kind = 'part_of')",
        from,
        to
    )?;
    execute!(conn, "UPDATE case_links SET other_id = $2 WHERE other_id = $1 AND kind = 'part_of'", from, to)?;
    Ok(())
}

/// What a partner says of how a case was settled.
#[derive(Clone, Debug, FromRow)]
pub struct Rating {
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub organisation_id: OrganisationId,
    /// How well.
    pub score: Score,
    /// More, in words.
    pub word: String,
    /// The person.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// What a partner says of a case; the caller has loaded the case within its scope.
pub async fn rating(conn: &mut Conn, case: CaseId, organisation: OrganisationId) -> Result<Option<Rating>> {
    optional!(conn, Rating, "SELECT * FROM case_ratings WHERE case_id = $1 AND organisation_id = $2", case, organisation)
}

/// Keeps what a partner says of a case, in place of what it said before.
pub async fn rate(conn: &mut Conn, row: &Rating) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO case_ratings (case_id, organisation_id, score, word, author, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (case_id, organisation_id) DO UPDATE SET
           score = excluded.score, word = excluded.word, author = excluded.author, at = excluded.at",
        row.case_id,
        row.organisation_id,
        row.score,
        &row.word,
        &row.author,
        row.at
    )?;
    Ok(())
}
