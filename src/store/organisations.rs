//! Organisations and the identifiers they are known by on the wire.

use sqlx::FromRow;

use super::{Conn, Result, all, execute, optional};
use crate::domain::{
    access::Audience,
    ids::{CaseId, OrganisationId},
    number::Currency,
    time::Timestamp,
};

/// A company.
#[derive(Clone, Debug, FromRow)]
pub struct Organisation {
    /// Id.
    pub id: OrganisationId,
    /// Short code, unique, such as `KESTREL`.
    pub code: String,
    /// Name.
    pub name: String,
    /// It runs the portal.
    pub is_hub: bool,
    /// It sells to the hub.
    pub is_supplier: bool,
    /// It buys from the hub.
    pub is_customer: bool,
    /// It moves goods.
    pub is_carrier: bool,
    /// Time zone name.
    pub zone: String,
    /// Currency of its orders where a document names none.
    pub currency: Currency,
    /// City and country, as shown.
    pub place: String,
    /// Since when it is known.
    pub created_at: Timestamp,
}

impl Organisation {
    /// Which screens its people see.
    pub fn audience(&self) -> Audience {
        if self.is_hub {
            Audience::Hub
        } else if self.is_supplier {
            Audience::Supplier
        } else if self.is_customer {
            Audience::Customer
        } else {
            Audience::Carrier
        }
    }
}

/// An identifier on the wire.
#[derive(Clone, Debug, FromRow)]
pub struct Identifier {
    /// Qualifier (ISA05, ISA07), such as `ZZ` or `01`.
    pub qualifier: String,
    /// The id itself.
    pub value: String,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// `portal` or `wire`.
    pub seat: String,
}

impl Identifier {
    /// Whether Portico reads, writes and acknowledges in this name.
    pub fn is_portal(&self) -> bool {
        self.seat == "portal"
    }
}

/// Adds an organisation.
pub async fn insert(conn: &mut Conn, row: &Organisation) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO organisations (id, code, name, is_hub, is_supplier, is_customer, is_carrier, zone, currency, place, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row.id,
        &row.code,
        &row.name,
        row.is_hub,
        row.is_supplier,
        row.is_customer,
        row.is_carrier,
        &row.zone,
        row.currency,
        &row.place,
        row.created_at
    )?;
    Ok(())
}

/// Gives an organisation another name and place.
pub async fn rename(conn: &mut Conn, id: OrganisationId, name: &str, place: &str) -> Result<()> {
    execute!(conn, "UPDATE organisations SET name = $2, place = $3 WHERE id = $1", id, name, place)?;
    Ok(())
}

/// Adds an identifier.
pub async fn insert_identifier(conn: &mut Conn, row: &Identifier) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO identifiers (qualifier, value, organisation_id, seat) VALUES ($1, $2, $3, $4)",
        &row.qualifier,
        &row.value,
        row.organisation_id,
        &row.seat
    )?;
    Ok(())
}

/// The organisation with an id.
pub async fn find(conn: &mut Conn, id: OrganisationId) -> Result<Option<Organisation>> {
    optional!(conn, Organisation, "SELECT * FROM organisations WHERE id = $1", id)
}

/// The organisation with a code.
pub async fn find_by_code(conn: &mut Conn, code: &str) -> Result<Option<Organisation>> {
    optional!(conn, Organisation, "SELECT * FROM organisations WHERE code = $1", code)
}

/// The company that runs the portal.
pub async fn hub(conn: &mut Conn) -> Result<Option<Organisation>> {
    optional!(conn, Organisation, "SELECT * FROM organisations WHERE is_hub LIMIT 1")
}

/// The partners that take part in a case.
pub async fn in_case(conn: &mut Conn, case: CaseId) -> Result<Vec<Organisation>> {
    all!(
        conn,
        Organisation,
        "SELECT organisations.* FROM organisations JOIN case_parties ON case_parties.organisation_id = organisations.id
         WHERE case_parties.case_id = $1",
        case
    )
}

/// Every organisation, by name.
pub async fn list(conn: &mut Conn) -> Result<Vec<Organisation>> {
    all!(conn, Organisation, "SELECT * FROM organisations ORDER BY name")
}

/// The organisations a person belongs to, with their role there, by name.
pub async fn of_user(conn: &mut Conn, user: crate::domain::ids::UserId) -> Result<Vec<Organisation>> {
    all!(
        conn,
        Organisation,
        "SELECT organisations.* FROM memberships JOIN organisations ON organisations.id = memberships.organisation_id
         WHERE memberships.user_id = $1 ORDER BY organisations.name",
        user
    )
}

/// Whose identifier this is.
pub async fn identify(conn: &mut Conn, qualifier: &str, value: &str) -> Result<Option<Identifier>> {
    optional!(conn, Identifier, "SELECT * FROM identifiers WHERE qualifier = $1 AND value = $2", qualifier, value)
}

/// The first identifier with this value under any qualifier: for parties inside documents, whose qualifiers differ.
pub async fn find_by_value(conn: &mut Conn, value: &str) -> Result<Option<Identifier>> {
    optional!(conn, Identifier, "SELECT * FROM identifiers WHERE value = $1 ORDER BY qualifier LIMIT 1", value)
}

/// The identifiers of an organisation, portal seats first.
pub async fn identifiers(conn: &mut Conn, organisation: OrganisationId) -> Result<Vec<Identifier>> {
    all!(conn, Identifier, "SELECT * FROM identifiers WHERE organisation_id = $1 ORDER BY seat, qualifier, value", organisation)
}
