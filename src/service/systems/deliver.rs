//! The outbox of what other systems are told: what leaves next, and what became of it. The sending itself is the worker's,
//! outside of any transaction; every attempt sends the same bytes under the same id.

use super::bond::{self, Word};
use crate::{
    connectors::xconnector::Secret,
    domain::{
        delivery::{self, Outcome},
        ids::{CaseId, EndpointId, JobId},
        time::Timestamp,
    },
    service::{Context, Error, Result, community},
    store::{
        Conn, Scope, bonds, cases,
        endpoints::{self, Delivery, Endpoint},
        jobs,
    },
};

/// The kind of job that sends what waits for one endpoint.
pub const DELIVER: &str = "events";

/// What may be done for an endpoint now.
pub enum Next {
    /// This may leave.
    Send(Box<Delivery>),
    /// Nothing before this time.
    Later(Timestamp),
    /// Nothing waits.
    Nothing,
}

/// Asks that what waits for an endpoint be sent at a time.
pub(in crate::service) async fn wake(context: &Context, conn: &mut Conn, endpoint: EndpointId, at: Timestamp) -> Result<()> {
    let key = endpoint.to_string();
    let payload = serde_json::json!({ "endpoint": key });
    Ok(jobs::enqueue(conn, context.id::<JobId>(), DELIVER, Some(&key), &payload, at, context.now()).await?)
}

/// An endpoint.
pub async fn endpoint(context: &Context, id: EndpointId) -> Result<Endpoint> {
    endpoints::find(&mut context.db.read().await?, id).await?.ok_or(Error::NotFound)
}

/// The secrets of an endpoint that can be read.
pub fn secrets(endpoint: &Endpoint) -> Vec<Secret> {
    endpoint.secrets.split_whitespace().filter_map(Secret::parse).collect()
}

/// Whether a secret of an endpoint signs nothing, or there is none. Active Community is reached with a key instead.
pub fn lacks_secret(endpoint: &Endpoint) -> bool {
    let sound = secrets(endpoint).len();
    endpoint.system != community::SYSTEM && (sound == 0 || sound != endpoint.secrets.split_whitespace().count())
}

/// What may leave for an endpoint now.
pub async fn next(context: &Context, id: EndpointId) -> Result<Next> {
    let mut conn = context.db.read().await?;
    let Some(endpoint) = endpoints::find(&mut conn, id).await?.filter(|endpoint| endpoint.is_active) else { return Ok(Next::Nothing) };
    let Some(delivery) = endpoints::next(&mut conn, id, context.now()).await? else { return Ok(Next::Nothing) };
    let at = endpoint.retry_at.map_or(delivery.due_at, |at| at.max(delivery.due_at));
    Ok(if at > context.now() { Next::Later(at) } else { Next::Send(Box::new(delivery)) })
}

/// Binds a case to what Active Community calls it; the words say why it cannot be bound.
async fn learn(context: &Context, conn: &mut Conn, id: CaseId, peer: &str) -> Result<std::result::Result<(), String>> {
    let Some(case) = cases::find_for_update(conn, Scope::Hub, id).await? else { return Ok(Ok(())) };
    match bond::bind(context, conn, &case, Word { system: community::SYSTEM, external: peer, event: None }).await {
        Ok(_) => Ok(Ok(())),
        Err(Error::Conflict(why)) => Ok(Err(why)),
        Err(other) => Err(other),
    }
}

/// Notes what became of an attempt: of the event, of its endpoint, and of the bond of its case. `peer` is what the other
/// system calls the case, where its answer says so: from then on the two are bound.
pub async fn note(context: &Context, delivery: &Delivery, outcome: &Outcome, peer: Option<&str>) -> Result<()> {
    let now = context.now();
    let dice = |below| context.ids.below(below);
    let mut tx = context.db.begin().await?;
    let Some(endpoint) = endpoints::find(&mut tx, delivery.endpoint_id).await? else { return Ok(()) };
    let (id, tried) = (delivery.id, delivery.attempts + 1);
    let bound = match (outcome, delivery.case_id, peer) {
        (Outcome::Taken, Some(case), Some(peer)) => learn(context, &mut tx, case, peer).await?,
        _ => Ok(()),
    };
    let refused = bound.err().map(|why| Outcome::Refused { why });
    let outcome = refused.as_ref().unwrap_or(outcome);
    let health = match outcome {
        Outcome::Taken => {
            endpoints::set_outcome(&mut tx, id, "delivered", delivery.due_at, None, Some(now)).await?;
            endpoints::succeeded(&mut tx, endpoint.id, now).await?;
            None
        }
        Outcome::Gone => {
            let why = "The endpoint answered 410: it is gone. It is switched off; register its new address.";
            endpoints::set_outcome(&mut tx, id, "waiting", now, Some(why), None).await?;
            endpoints::failed(&mut tx, endpoint.id, endpoint.failures + 1, None, why, now).await?;
            endpoints::switch_off(&mut tx, endpoint.id).await?;
            Some(("broken", why))
        }
        Outcome::Refused { why } | Outcome::Away { why, .. } => {
            let again = delivery::next_attempt(tried, now, dice);
            let (state, settled) = if again.is_some() { ("waiting", None) } else { ("dead", Some(now)) };
            endpoints::set_outcome(&mut tx, id, state, again.unwrap_or(now), Some(why), settled).await?;
            let alone = match outcome {
                Outcome::Away { wait, .. } => Some(delivery::left_alone(endpoint.failures + 1, *wait, now, dice)),
                _ => None,
            };
            endpoints::failed(&mut tx, endpoint.id, endpoint.failures + i64::from(alone.is_some()), alone, why, now).await?;
            Some((if again.is_some() { "behind" } else { "broken" }, why.as_str()))
        }
    };
    if let Some(case) = delivery.case_id {
        match health {
            Some((health, why)) => bonds::out_of_step(&mut tx, case, &endpoint.system, health, why).await?,
            None if !endpoints::case_waits(&mut tx, endpoint.id, case).await? => {
                for bond in bonds::of_case(&mut tx, case).await?.into_iter().filter(|bond| bond.system == endpoint.system) {
                    bonds::in_step(&mut tx, bond.id, now).await?;
                }
            }
            None => {}
        }
    }
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}
