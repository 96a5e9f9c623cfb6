//! Events from and to `xConnector`. In: [`take`] applies each once, or parks it. Out: [`tell`] writes them, and
//! [`super::systems::deliver`] is their outbox; [`endpoints`] is where they go.

mod apply;
mod attachment;
mod bond;
mod data;
pub mod endpoints;
mod opening;
pub mod refused;
pub mod tell;

use serde_json::Value;

use super::{
    Context, Error, Result,
    systems::inbound::{self, Came, Outcome},
};
use crate::{
    connectors::xconnector::Event,
    store::{Conn, files::sha256},
};

pub use super::systems::inbound::Taken;

/// How the other system is called.
pub const SYSTEM: &str = "xconnector";
/// How people read it.
pub const NAME: &str = "xConnector";

/// Before every type of event that comes in.
pub(super) const PREFIX: &str = "xconnector.";

/// Before every type of event that goes out.
const PREFIX_OUT: &str = "portico.";

/// Takes an event. The same event again has no effect; another one under its source and id is a conflict.
pub async fn take(context: &Context, event: &Event) -> Result<Taken> {
    let body = serde_json::to_value(event).map_err(|error| Error::Internal(error.to_string()))?;
    let hash = sha256(body.to_string().as_bytes());
    let came = Came { system: SYSTEM, source: &event.source, id: &event.id, kind: &event.kind, body, sha256: hash };
    apply::prepare(context, event).await?;
    let mut tx = context.db.begin().await?;
    if let Some(known) = inbound::known(&mut tx, &came).await? {
        if known.sha256 != came.sha256 {
            return Err(Error::Conflict(format!(
                "Event {} of {} was taken before with other contents. Give every event an id of its own.",
                event.id, event.source
            )));
        }
        return Ok(Taken { id: known.id, again: true, parked: known.state == "parked" });
    }
    let outcome = apply::apply(context, &mut tx, event).await?;
    let taken = inbound::keep(context, &mut tx, came, &outcome).await?;
    if let (Some(case), Some(external)) = (outcome.case(), external(event)) {
        inbound::release(context, &mut tx, SYSTEM, external, case).await?;
    }
    tx.commit().await?;
    inbound::publish(context, outcome.case()).await?;
    Ok(taken)
}

/// Which case of theirs an event names.
fn external(event: &Event) -> Option<&str> {
    event.data.get("case").and_then(Value::as_str)
}

/// Applies an event that was parked; says which case of theirs it names.
pub(super) async fn apply_again(context: &Context, conn: &mut Conn, body: Value) -> Result<(Option<String>, Outcome)> {
    let event = match serde_json::from_value::<Event>(body) {
        Ok(event) => event,
        Err(error) => return Ok((None, Outcome::parked(None, format!("It cannot be read any more: {error}.")))),
    };
    let outcome = apply::apply(context, conn, &event).await?;
    Ok((external(&event).map(str::to_owned), outcome))
}
