//! The demonstration: a small company with one sign-in for each audience.

use serde::Serialize;

use super::start::StartError;
use crate::{
    auth::machine,
    domain::{access::Role, number::Currency},
    service::{
        Context,
        account::{self, NewUser},
    },
    store::organisations::{self, Organisation},
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
    let people = [
        ("CASTELLAN", "Castellan Pumps & Valves", "hub", "Tom Achterberg", &sign_ins.admin),
        ("OSTERMANN", "Ostermann Forge", "supplier", "Ines Keller", &sign_ins.supplier),
        ("NORTHWATER", "Northwater Utilities", "customer", "Maya Lindqvist", &sign_ins.customer),
    ];
    for (code, name, role, _, _) in people {
        organisations::insert(&mut tx, &organisation(context, code, name, role)).await?;
    }
    tx.commit().await?;
    for (code, _, _, name, SignIn { email, password }) in people {
        account::add_user(context, NewUser { email, name, organisation: code, role: Role::Administrator, password }).await?;
    }
    Ok(sign_ins)
}

fn organisation(context: &Context, code: &str, name: &str, role: &str) -> Organisation {
    Organisation {
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
    }
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
