//! Which case of ours an event is about: by their id, or by ours, which their side sends back once it knows it.

use super::SYSTEM;
use crate::{
    connectors::xconnector::Event,
    domain::{access::Scope, ids::CaseId},
    service::{
        Context, Error, Result,
        systems::{
            bond::{self, Word},
            inbound::{self, Outcome},
        },
    },
    store::{
        Conn,
        bonds::{self, Bond},
        cases::{self, Case},
        dialect, organisations,
    },
};

/// Whether an event is the newest word on a field. One without a place among the events of its case is taken as it comes.
pub(super) async fn is_news(conn: &mut Conn, bond: &Bond, event: &Event, field: &str) -> Result<bool> {
    match event.sequence.as_deref().and_then(|place| place.parse().ok()) {
        Some(place) => Ok(bonds::is_news(conn, bond.id, field, place).await?),
        None => Ok(true),
    }
}

/// The bond of the case that an event names: by their id, or by ours, which joins their case to one that was opened here.
pub(super) async fn find_or_join(context: &Context, conn: &mut Conn, event: &Event, external: &str) -> Result<Option<Bond>> {
    let peer = match event.data.get("peer_case") {
        None | Some(serde_json::Value::Null) => None,
        Some(peer) => {
            Some(peer.as_str().and_then(|peer| peer.parse::<CaseId>().ok()).ok_or_else(|| wrong_peer("is no id of a case here"))?)
        }
    };
    let bond = bonds::find(conn, SYSTEM, external).await?;
    match (bond, peer) {
        (Some(bond), Some(peer)) if bond.case_id != peer => Err(wrong_peer("is another case than the one that your case is bound to")),
        (Some(bond), _) => {
            let case = cases::find(conn, Scope::Hub, bond.case_id).await?;
            match case {
                Some(case) if !is_of_partner(conn, event, &case).await? => Err(Error::field(
                    "/data/partner",
                    format!("Your case {external} is with another partner here. Send that one's code, or open a case under another id."),
                )),
                _ => Ok(Some(bond)),
            }
        }
        (None, None) => Ok(None),
        (None, Some(peer)) => join(context, conn, event, external, peer).await.map(Some),
    }
}

/// Whether the partner that an event names, where it names one, is the one a case is with: what is said of one partner's case
/// reaches no other.
async fn is_of_partner(conn: &mut Conn, event: &Event, case: &Case) -> Result<bool> {
    let Some(code) = event.data.get("partner").and_then(serde_json::Value::as_str) else { return Ok(true) };
    Ok(organisations::find(conn, case.counterparty_id).await?.is_none_or(|partner| partner.code == code))
}

fn wrong_peer(what: &str) -> Error {
    Error::field("/data/peer_case", format!("It {what}. Leave it out, or send back what our events name as data.case."))
}

/// Joins their case to one of ours. Where the event names a partner, it is the one our case is with.
pub(super) async fn join(context: &Context, conn: &mut Conn, event: &Event, external: &str, id: CaseId) -> Result<Bond> {
    let case = cases::find_for_update(conn, Scope::Hub, id).await?.ok_or_else(|| wrong_peer("is no case here"))?;
    if !is_of_partner(conn, event, &case).await? {
        return Err(wrong_peer("is a case with another partner"));
    }
    if bonds::of_case(conn, id).await?.iter().any(|bond| bond.system == SYSTEM) {
        return Err(wrong_peer("is bound to another of your cases"));
    }
    bond::bind(context, conn, &case, Word { system: SYSTEM, external, event: Some(&event.id) }).await
}

/// The case of theirs that an event names; what it waits for where it is not known.
pub(super) async fn bonded(
    context: &Context,
    conn: &mut Conn,
    event: &Event,
    external: &str,
) -> Result<std::result::Result<(Bond, Case), Outcome>> {
    let unknown = || Outcome::waits_for_case(external);
    dialect::lock(conn, &inbound::case_key(external)).await?;
    let Some(bond) = find_or_join(context, conn, event, external).await? else { return Ok(Err(unknown())) };
    Ok(cases::find_for_update(conn, Scope::Hub, bond.case_id).await?.map(|case| (bond, case)).ok_or_else(unknown))
}
