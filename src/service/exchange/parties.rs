//! Who is who on the wire: which organisation an identifier belongs to, which seat it has, and which of two parties is
//! the one besides the hub.

use crate::{
    domain::{
        ids::{OrganisationId, TransmissionId},
        message::Party,
        time::Timestamp,
    },
    service::{Error, Result},
    store::{
        Conn,
        organisations::{self, Identifier},
    },
};

/// The party besides the hub.
pub async fn counterparty(conn: &mut Conn, one: OrganisationId, other: OrganisationId) -> Result<OrganisationId> {
    let hub = crate::service::outbox::hub(conn).await?.id;
    Ok(if one == hub { other } else { one })
}

/// The identifier under which an organisation writes and is written to.
pub async fn address(conn: &mut Conn, organisation: OrganisationId) -> Result<Identifier> {
    organisations::identifiers(conn, organisation).await?.into_iter().next().ok_or_else(|| {
        Error::Conflict("This partner has no identifier for documents yet. An administrator adds one under Partners.".to_owned())
    })
}

/// Whether the portal reads, writes and acknowledges in the organisation's name.
pub async fn has_portal_seat(conn: &mut Conn, organisation: OrganisationId) -> Result<bool> {
    Ok(organisations::identifiers(conn, organisation).await?.iter().any(Identifier::is_portal))
}

/// The organisation a document's party is, by its id on the wire or by its code here.
pub async fn resolve(conn: &mut Conn, party: &Party) -> Result<Option<OrganisationId>> {
    let Some(id) = party.id.as_deref() else { return Ok(None) };
    if let Some(found) = organisations::find_by_value(conn, id).await? {
        return Ok(Some(found.organisation_id));
    }
    Ok(organisations::find_by_code(conn, id).await?.map(|organisation| organisation.id))
}

/// The party with a role.
pub fn with_role<'a>(parties: &'a [Party], role: &str) -> Option<&'a Party> {
    parties.iter().find(|party| party.role == role)
}

/// Where a transmission's bytes are kept: by month, so that a folder stays readable.
pub fn file_name(id: TransmissionId, at: Timestamp) -> String {
    let date = at.date_utc().0;
    format!("transmissions/{:04}-{:02}/{id}.edi", date.year(), date.month())
}
