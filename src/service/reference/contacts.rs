//! Whom one turns to on the other side: the contacts that reference data names today.

use super::{Context, Result, thing, today};
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::OrganisationId,
    },
    store::{Conn, reference as store},
};

/// A person to turn to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// What the source calls them.
    pub code: String,
    /// Name.
    pub name: String,
    /// What for, as the source says it; empty where it does not, here and below.
    pub role: String,
    /// Address of mail.
    pub email: String,
    /// Telephone number.
    pub phone: String,
}

/// The contacts of the other side of what there is between the hub and a partner: the partner's for the hub, the hub's for
/// everybody else.
pub async fn of_other_side(context: &Context, conn: &mut Conn, actor: &Actor, partner: OrganisationId) -> Result<Vec<Contact>> {
    let versions = store::contacts(conn, actor.may(Permission::Operate).then_some(partner)).await?;
    let Some(whose) = versions.first().map(|version| version.organisation_id) else { return Ok(Vec::new()) };
    let day = today(context, conn).await?;
    let things = versions.chunk_by(|a, b| a.code == b.code).filter_map(|versions| thing(versions, whose, day));
    let contact = |thing: super::Thing| {
        let version = thing.versions.get(thing.now?)?;
        let field = |name: &str| version.fields.0.get(name).cloned().unwrap_or_default();
        Some(Contact { code: thing.code, name: field("name"), role: field("role"), email: field("email"), phone: field("phone") })
    };
    Ok(things.filter_map(contact).collect())
}
