//! Partners as the hub's pages show them: organisations with what can be counted about them.

use sqlx::FromRow;

use super::{
    Conn, Result, all,
    organisations::{Identifier, Organisation},
};
use crate::domain::{access::Role, ids::OrganisationId, ids::UserId, time::Timestamp};

/// A row of the partner list.
#[derive(Clone, Debug, FromRow)]
pub struct PartnerRow {
    /// The company.
    #[sqlx(flatten)]
    pub organisation: Organisation,
    /// People who can sign in for it.
    pub people: i64,
    /// Orders on which something is left to do.
    pub open_orders: i64,
    /// When its newest document came or was made.
    pub last_document_at: Option<Timestamp>,
}

/// A person of a partner.
#[derive(Clone, Debug, FromRow)]
pub struct Person {
    /// Id.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// What they may do there.
    pub role: Role,
    /// Since when they cannot sign in.
    pub disabled_at: Option<Timestamp>,
    /// Since when they belong to it.
    pub since: Timestamp,
}

// What is counted is gathered in one pass over an index; the newest document is one step into its index for each partner.
const ROWS: &str = "SELECT organisations.*, coalesce(members.n, 0) AS people, coalesce(waiting.n, 0) AS open_orders,
       (SELECT max(documents.created_at) FROM documents WHERE documents.counterparty_id = organisations.id) AS last_document_at
     FROM organisations
     LEFT JOIN (SELECT organisation_id, count(*) AS n FROM memberships GROUP BY organisation_id) AS members
       ON members.organisation_id = organisations.id
     LEFT JOIN (SELECT counterparty_id, count(*) AS n FROM orders WHERE state NOT IN ('invoiced', 'rejected', 'cancelled')
                GROUP BY counterparty_id) AS waiting
       ON waiting.counterparty_id = organisations.id
     ORDER BY is_hub DESC, lower(name), organisations.id";

/// Every organisation, the hub first, then by name.
pub async fn list(conn: &mut Conn) -> Result<Vec<PartnerRow>> {
    all!(conn, PartnerRow, ROWS)
}

/// Every identifier, portal seats first.
pub async fn identifiers(conn: &mut Conn) -> Result<Vec<Identifier>> {
    all!(conn, Identifier, "SELECT * FROM identifiers ORDER BY seat, qualifier, value")
}

/// The people of an organisation, by name.
pub async fn people(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<Person>> {
    all!(
        conn,
        Person,
        "SELECT users.id, users.name, users.email, memberships.role, users.disabled_at, memberships.created_at AS since
         FROM memberships JOIN users ON users.id = memberships.user_id
         WHERE memberships.organisation_id = $1 ORDER BY users.name, users.id",
        organisation
    )
}
