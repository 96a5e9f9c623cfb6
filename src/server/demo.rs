//! The demonstration: a small company with one sign-in for each audience.

use serde::Serialize;

use super::start::StartError;
use crate::{
    auth::{machine, password},
    domain::{
        access::Role,
        ids::{OrganisationId, UserId},
        number::Currency,
    },
    service::{self, Context},
    store::{
        Conn,
        organisations::{self, Organisation},
        users::{self, User},
    },
};

/// Mail address and password of one person.
#[derive(Clone, Debug, Serialize)]
pub struct SignIn {
    /// Mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// One sign-in of each audience.
#[derive(Clone, Debug, Serialize)]
pub struct SignIns {
    /// Sells to the hub.
    pub supplier: SignIn,
    /// Buys from the hub.
    pub customer: SignIn,
    /// Runs the portal.
    pub admin: SignIn,
}

/// The password of everyone in the demonstration.
const PASSWORD: &str = "portico demo";

/// Seeds the company where the database is empty.
pub async fn company(context: &Context) -> Result<SignIns, StartError> {
    let mut tx = context.db.begin().await?;
    let sign_in = |email: &str| SignIn { email: email.to_owned(), password: PASSWORD.to_owned() };
    let sign_ins = SignIns {
        supplier: sign_in("ines.keller@ostermann-forge.example"),
        customer: sign_in("maya.lindqvist@northwater.example"),
        admin: sign_in("tom.achterberg@castellan.example"),
    };
    if organisations::hub(&mut tx).await?.is_some() {
        return Ok(sign_ins);
    }
    let hash = password::hash(&context.ids, PASSWORD).await.map_err(service::Error::from)?;
    let people = [
        ("CASTELLAN", "Castellan Pumps & Valves", "hub", "Tom Achterberg", &sign_ins.admin),
        ("OSTERMANN", "Ostermann Forge", "supplier", "Ines Keller", &sign_ins.supplier),
        ("NORTHWATER", "Northwater Utilities", "customer", "Maya Lindqvist", &sign_ins.customer),
    ];
    for (code, name, role, person, sign_in) in people {
        let organisation = organisation(context, &mut tx, code, name, role).await?;
        user(context, &mut tx, organisation, person, &sign_in.email, &hash).await?;
    }
    tx.commit().await?;
    Ok(sign_ins)
}

async fn organisation(context: &Context, conn: &mut Conn, code: &str, name: &str, role: &str) -> Result<OrganisationId, StartError> {
    let row = Organisation {
        id: context.id(),
        code: code.to_owned(),
        name: name.to_owned(),
        is_hub: role == "hub",
        is_supplier: role == "supplier",
        is_customer: role == "customer",
        is_carrier: false,
        zone: "Europe/Amsterdam".to_owned(),
        currency: Currency::EUR,
        place: String::new(),
        created_at: context.now(),
    };
    organisations::insert(conn, &row).await?;
    Ok(row.id)
}

async fn user(context: &Context, conn: &mut Conn, of: OrganisationId, name: &str, email: &str, hash: &str) -> Result<UserId, StartError> {
    let row = User {
        id: context.id(),
        email: email.to_owned(),
        name: name.to_owned(),
        password_hash: hash.to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
        theme: "system".to_owned(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: context.now(),
    };
    users::insert(conn, &row).await?;
    users::insert_membership(conn, context.id(), row.id, of, Role::Administrator, context.now()).await?;
    Ok(row.id)
}

/// The name of the demonstration's key.
const KEY_NAME: &str = "Demonstration";

/// Makes the administrator's key anew, so that it is known; `wanted` comes from the environment.
pub async fn api_key(context: &Context, wanted: Option<String>) -> Result<String, StartError> {
    let mut tx = context.db.begin().await?;
    let hub = organisations::hub(&mut tx).await?.ok_or_else(|| StartError::Other("the demonstration has no hub".to_owned()))?;
    let key = wanted.unwrap_or_else(|| machine::new_key(&context.ids));
    crate::store::machine::revoke(&mut tx, hub.id, KEY_NAME, context.now()).await?;
    machine::keep(context, &mut tx, hub.id, KEY_NAME, &key).await?;
    tx.commit().await?;
    Ok(key)
}
