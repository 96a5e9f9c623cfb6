//! Reference data on its way to Active Community: of each thing what holds today or later, told again only where that has
//! changed.

use super::{SYSTEM, connect::NAME};
use crate::{
    connectors::community::{Push, Reference, Version},
    domain::reference::Subject as Kind,
    service::{
        Context, Error, Result,
        systems::tell::{self, Subject},
    },
    store::{
        Conn,
        endpoints::{self, Endpoint},
        organisations::{self, Organisation},
        reference as store,
    },
};

/// Tells what is known of one thing, where Active Community is connected.
pub(in crate::service) async fn tell(context: &Context, conn: &mut Conn, owner: &Organisation, kind: Kind, code: &str) -> Result<()> {
    match endpoints::find_by_name(conn, NAME).await?.filter(|endpoint| endpoint.system == SYSTEM) {
        Some(endpoint) => thing(context, conn, &endpoint, owner, kind, code).await,
        None => Ok(()),
    }
}

/// Tells all that is known, where it is connected for the first time.
pub(super) async fn all(context: &Context, conn: &mut Conn, endpoint: &Endpoint) -> Result<()> {
    let owners = organisations::list(conn).await?;
    for (owner, kind, code) in store::things(conn).await? {
        if let Some(owner) = owners.iter().find(|known| known.id == owner) {
            thing(context, conn, endpoint, owner, kind, &code).await?;
        }
    }
    Ok(())
}

async fn thing(context: &Context, conn: &mut Conn, endpoint: &Endpoint, owner: &Organisation, kind: Kind, code: &str) -> Result<()> {
    let today = context.now().date_utc();
    let known = store::versions(conn, owner.id, kind, code).await?;
    let versions: Vec<_> = known
        .into_iter()
        .filter(|version| version.valid_until.is_none_or(|until| until >= today))
        .map(|version| Version {
            sequence: version.sequence,
            valid_from: version.valid_from,
            valid_until: version.valid_until,
            removed: version.is_removed,
            fields: version.fields.0,
        })
        .collect();
    let key = if kind == Kind::Partner { owner.code.clone() } else { format!("{}:{code}", owner.code) };
    let subject = Subject { name: format!("{kind}/{key}"), case: None };
    let told_as = format!("portico.{kind}.upserted");
    if let Some(last) = endpoints::last_told(conn, endpoint.id, &subject.name, &told_as).await?
        && let Ok(Push::Reference { body, .. }) = serde_json::from_str(&last.body)
        && body.versions == versions
    {
        return Ok(());
    }
    let (partner, code) = (owner.code.clone(), code.to_owned());
    tell::put(context, conn, endpoint, &subject, told_as, move |_, version| {
        let body = Reference { version, partner, code, versions };
        let push = Push::Reference { kind: kind.to_string(), key, body };
        serde_json::to_string(&push).map_err(|error| Error::Internal(error.to_string()))
    })
    .await
}
