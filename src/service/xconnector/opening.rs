//! A case that `xConnector` opens here, or tells again.

use super::{
    NAME, SYSTEM,
    apply::again,
    bond::{find_or_join, is_news, join},
};
use crate::{
    connectors::xconnector::Event,
    domain::{
        case::{Kind, Priority},
        sla::Side,
    },
    service::{
        Context, Result,
        systems::{
            inbound::{self, Outcome},
            opening::{self, Named},
        },
    },
    store::{Conn, bonds, dialect, organisations},
};

/// A case that `xConnector` opens.
pub(super) struct New {
    pub partner: String,
    pub external: String,
    pub kind: Kind,
    pub priority: Priority,
    pub title: String,
    pub detail: String,
    pub references: Vec<Named>,
}

pub(super) async fn opened(context: &Context, conn: &mut Conn, event: &Event, new: New) -> Result<Outcome> {
    // Two events that open the same case make one.
    dialect::lock(conn, &inbound::case_key(&new.external)).await?;
    if let Some(bond) = find_or_join(context, conn, event, &new.external).await? {
        return again(context, conn, event, &bond, new).await;
    }
    let Some(partner) = organisations::find_by_code(conn, &new.partner).await?.filter(|found| !found.is_hub) else {
        return Ok(Outcome::waits_for_partner(&new.partner));
    };
    // Another system spoke of this case before.
    if let Some(case) = bonds::claimed(conn, SYSTEM, &new.external, partner.id).await? {
        let bond = join(context, conn, event, &new.external, case).await?;
        return again(context, conn, event, &bond, new).await;
    }
    let opens = opening::New {
        system: SYSTEM,
        external: &new.external,
        event: &event.id,
        partner: partner.id,
        kind: new.kind,
        priority: new.priority,
        title: new.title,
        text: new.detail,
        text_id: None,
        author: NAME,
        side: Side::Internal,
    };
    let (case, bond) = opening::open(context, conn, opens, &new.references, None).await?;
    for field in ["priority", "title", "status"] {
        is_news(conn, &bond, event, field).await?;
    }
    Ok(Outcome::Applied(case.id))
}
