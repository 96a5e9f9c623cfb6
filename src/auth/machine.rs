//! Keys of machine users: `pk_` and 32 random bytes in base64url, shown once, kept as SHA-256. A key acts for its
//! organisation.

use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    domain::{
        access::{Actor, Role, Who},
        ids::{Ids, MachineKeyId, OrganisationId},
    },
    server::{problem::Problem, state::AppState},
    service::{self, Context},
    store::{Conn, files::sha256, machine, organisations},
};

/// A new key.
pub fn new_key(ids: &Ids) -> String {
    let secret: [u8; 32] = ids.secret();
    format!("pk_{}", URL_SAFE_NO_PAD.encode(secret))
}

/// Keeps a key for an organisation. Run inside the caller's transaction.
pub async fn keep(
    context: &Context,
    conn: &mut Conn,
    organisation: OrganisationId,
    name: &str,
    key: &str,
) -> service::Result<MachineKeyId> {
    let id = context.id();
    let row = machine::MachineKey {
        id,
        organisation_id: organisation,
        name: name.to_owned(),
        key_hash: sha256(key.as_bytes()),
        created_at: context.now(),
        revoked_at: None,
    };
    machine::insert(conn, &row).await?;
    Ok(id)
}

/// Who acts with a key; none where the key is unknown or was revoked.
pub async fn actor(context: &Context, key: &str) -> service::Result<Option<Actor>> {
    let mut conn = context.db.read().await?;
    let Some(row) = machine::find(&mut conn, &sha256(key.as_bytes())).await? else { return Ok(None) };
    let Some(organisation) = organisations::find(&mut conn, row.organisation_id).await? else { return Ok(None) };
    Ok(Some(Actor {
        who: Who::Machine(row.id),
        name: row.name,
        organisation: organisation.id,
        audience: organisation.audience(),
        sells: organisation.is_supplier,
        buys: organisation.is_customer,
        organisation_name: organisation.name,
        role: Role::Member,
    }))
}

/// The machine user of a request; answers 401 where there is none.
pub struct Machine(pub Actor);

impl FromRequestParts<AppState> for Machine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, key)) = key else { return Err(Problem::unauthorized("Send a key: Authorization: Bearer pk_…")) };
        match actor(&state.context, key.trim()).await {
            Ok(Some(actor)) => Ok(Self(actor)),
            Ok(None) => Err(Problem::unauthorized("This key is unknown or was revoked.")),
            Err(error) => Err(Problem::from(error)),
        }
    }
}
