//! People and the organisations they belong to.

use sqlx::FromRow;

use super::{Conn, Result, execute, optional};
use crate::domain::{
    access::{Actor, Audience, Role, Who},
    ids::{MembershipId, OrganisationId, UserId},
    time::Timestamp,
};

/// A person.
#[derive(Clone, Debug, FromRow)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Address, in lower case; what they sign in with.
    pub email: String,
    /// Name.
    pub name: String,
    /// Password, as an argon2id PHC string.
    pub password_hash: String,
    /// Time zone name in which they read times.
    pub zone: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Failed sign-ins since the last good one.
    pub failures: i64,
    /// No sign-in before this.
    pub locked_until: Option<Timestamp>,
    /// No sign-in at all since this.
    pub disabled_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// What one page needs to know about its reader: the actor and how they like to read.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who acts.
    pub actor: Actor,
    /// Their address.
    pub email: String,
    /// Time zone name.
    pub zone: String,
    /// Theme.
    pub theme: String,
    /// How many organisations they can act for.
    pub organisations: i64,
    /// How many notifications they have not read, of the organisation they act for.
    pub unread: i64,
    /// How many lists open with a view of their choice there.
    pub starts: i64,
}

#[derive(FromRow)]
struct ReaderRow {
    user_id: UserId,
    email: String,
    name: String,
    zone: String,
    theme: String,
    role: Role,
    organisation_id: OrganisationId,
    organisation_name: String,
    is_hub: bool,
    is_supplier: bool,
    is_customer: bool,
    organisations: i64,
    unread: i64,
    starts: i64,
}

/// Adds a person.
pub async fn insert(conn: &mut Conn, row: &User) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO users (id, email, name, password_hash, zone, theme, failures, locked_until, disabled_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row.id,
        &row.email,
        &row.name,
        &row.password_hash,
        &row.zone,
        &row.theme,
        row.failures,
        row.locked_until,
        row.disabled_at,
        row.created_at
    )?;
    Ok(())
}

/// Makes a person a member of an organisation.
pub async fn insert_membership(
    conn: &mut Conn,
    id: MembershipId,
    user: UserId,
    organisation: OrganisationId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO memberships (id, user_id, organisation_id, role, created_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        user,
        organisation,
        role,
        now
    )?;
    Ok(())
}

/// The person with an address; the address must be in lower case.
pub async fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<User>> {
    optional!(conn, User, "SELECT * FROM users WHERE email = $1", email)
}

/// The person with an id.
pub async fn find(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    optional!(conn, User, "SELECT * FROM users WHERE id = $1", id)
}

#[derive(FromRow)]
struct Failures {
    failures: i64,
}

/// Counts a failed sign-in and says how many there are now; none where the person is locked out at that moment. The
/// person's row stays locked until the transaction ends, so that attempts made at once are counted one by one.
pub async fn count_failure(conn: &mut Conn, id: UserId, now: Timestamp) -> Result<Option<i64>> {
    let counted = optional!(
        conn,
        Failures,
        "UPDATE users SET failures = failures + 1 WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2) RETURNING failures",
        id,
        now
    )?;
    Ok(counted.map(|row| row.failures))
}

/// Locks a person out until a moment.
pub async fn lock(conn: &mut Conn, id: UserId, until: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE users SET locked_until = $2 WHERE id = $1", id, until)?;
    Ok(())
}

/// Opens an account that is locked.
pub async fn unlock(conn: &mut Conn, id: UserId) -> Result<()> {
    execute!(conn, "UPDATE users SET failures = 0, locked_until = NULL WHERE id = $1", id)?;
    Ok(())
}

/// Forgets the failures of a person who is not locked out at a moment; says whether they are not.
pub async fn forget_failures(conn: &mut Conn, id: UserId, now: Timestamp) -> Result<bool> {
    let touched = execute!(
        conn,
        "UPDATE users SET failures = 0, locked_until = NULL WHERE id = $1 AND (locked_until IS NULL OR locked_until <= $2)",
        id,
        now
    )?;
    Ok(touched > 0)
}

/// Sets a new password.
pub async fn set_password(conn: &mut Conn, id: UserId, password_hash: &str) -> Result<()> {
    execute!(conn, "UPDATE users SET password_hash = $2, failures = 0, locked_until = NULL WHERE id = $1", id, password_hash)?;
    Ok(())
}

/// Keeps a person out since a moment, or lets them in again.
pub async fn set_disabled(conn: &mut Conn, id: UserId, since: Option<Timestamp>) -> Result<()> {
    execute!(conn, "UPDATE users SET disabled_at = $2 WHERE id = $1", id, since)?;
    Ok(())
}

/// Changes how a person is called and reads.
pub async fn set_profile(conn: &mut Conn, id: UserId, name: &str, zone: &str) -> Result<()> {
    execute!(conn, "UPDATE users SET name = $2, zone = $3 WHERE id = $1", id, name, zone)?;
    Ok(())
}

/// Changes the theme.
pub async fn set_theme(conn: &mut Conn, id: UserId, theme: &str) -> Result<()> {
    execute!(conn, "UPDATE users SET theme = $2 WHERE id = $1", id, theme)?;
    Ok(())
}

/// The reader of a page: a person, acting for `organisation`, or for their first one where none is named. `None` where
/// the person may not sign in, or does not belong there.
pub async fn reader(conn: &mut Conn, user: UserId, organisation: Option<OrganisationId>) -> Result<Option<Reader>> {
    let row = optional!(
        conn,
        ReaderRow,
        "SELECT users.id AS user_id, users.email, users.name, users.zone, users.theme, memberships.role,
                organisations.id AS organisation_id, organisations.name AS organisation_name,
                organisations.is_hub, organisations.is_supplier, organisations.is_customer,
                (SELECT count(*) FROM memberships AS others WHERE others.user_id = users.id) AS organisations,
                (SELECT count(*) FROM notifications WHERE notifications.user_id = users.id
                   AND notifications.organisation_id = organisations.id AND notifications.read_at IS NULL) AS unread,
                (SELECT count(*) FROM list_starts WHERE list_starts.user_id = users.id
                   AND list_starts.organisation_id = organisations.id) AS starts
         FROM users
         JOIN memberships ON memberships.user_id = users.id
         JOIN organisations ON organisations.id = memberships.organisation_id
         WHERE users.id = $1 AND users.disabled_at IS NULL AND ($2 IS NULL OR organisations.id = $2)
         ORDER BY memberships.created_at, memberships.id LIMIT 1",
        user,
        organisation
    )?;
    Ok(row.map(|row| Reader {
        actor: Actor {
            who: Who::User(row.user_id),
            name: row.name,
            organisation: row.organisation_id,
            organisation_name: row.organisation_name,
            audience: match (row.is_hub, row.is_supplier, row.is_customer) {
                (true, _, _) => Audience::Hub,
                (_, true, _) => Audience::Supplier,
                (_, _, true) => Audience::Customer,
                _ => Audience::Carrier,
            },
            sells: row.is_supplier,
            buys: row.is_customer,
            role: row.role,
        },
        email: row.email,
        zone: row.zone,
        theme: row.theme,
        organisations: row.organisations,
        unread: row.unread,
        starts: row.starts,
    }))
}
