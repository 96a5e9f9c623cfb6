//! Events from and to `xConnector`. In: each is taken once, applied to a case, or parked until what it names is known; the
//! event and its effect are one transaction. Out: [`tell`] writes them, [`deliver`] is their outbox, [`endpoints`] is where
//! they go.

mod apply;
mod attachment;
mod bond;
mod data;
pub mod deliver;
pub mod endpoints;
mod opening;
pub mod tell;

use serde_json::Value;
use sqlx::types::Json;

use super::{Context, Error, FieldError, Result};
use crate::{
    connectors::xconnector::Event,
    domain::ids::{CaseId, InboundEventId},
    store::{
        Conn,
        bonds::{self, InboundEvent},
        dialect,
        files::sha256,
    },
};

/// How the other system is called.
pub const SYSTEM: &str = "xconnector";

/// Before every type of event that comes in.
pub(super) const PREFIX: &str = "xconnector.";

/// Before every type of event that goes out.
const PREFIX_OUT: &str = "portico.";

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Under which it is kept.
    pub id: InboundEventId,
    /// It was taken before; nothing happened now.
    pub again: bool,
    /// It waits for a case or a partner that is not known yet.
    pub parked: bool,
}

/// What applying an event came to.
enum Outcome {
    Applied(CaseId),
    /// It is kept, and no case has to do with it.
    Kept,
    Parked {
        waits_for: Option<String>,
        reason: String,
    },
}

impl Outcome {
    fn parked(waits_for: Option<String>, reason: impl Into<String>) -> Self {
        Self::Parked { waits_for, reason: reason.into() }
    }

    fn waits_for_partner(code: &str) -> Self {
        Self::parked(Some(waits_for_partner(code)), format!("No partner has the code {code}. The event is applied when one does."))
    }

    fn parts(&self) -> (&'static str, Option<&str>, &str, Option<CaseId>) {
        match self {
            Self::Applied(case) => ("applied", None, "", Some(*case)),
            Self::Kept => ("applied", None, "", None),
            Self::Parked { waits_for, reason } => ("parked", waits_for.as_deref(), reason, None),
        }
    }
}

/// Takes an event. The same event again has no effect; another one under its source and id is a conflict.
pub async fn take(context: &Context, event: &Event) -> Result<Taken> {
    let body = serde_json::to_value(event).map_err(|error| Error::Internal(error.to_string()))?;
    let hash = sha256(body.to_string().as_bytes());
    apply::prepare(context, event).await?;
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, &format!("event {} {}", event.source, event.id)).await?;
    if let Some(known) = bonds::event(&mut tx, &event.source, &event.id).await? {
        if known.sha256 != hash {
            return Err(Error::Conflict(format!(
                "Event {} of {} was taken before with other contents. Give every event an id of its own.",
                event.id, event.source
            )));
        }
        return Ok(Taken { id: known.id, again: true, parked: known.state == "parked" });
    }
    let outcome = apply::apply(context, &mut tx, event).await?;
    let (state, waits_for, reason, case_id) = outcome.parts();
    let row = InboundEvent {
        id: context.id(),
        source: event.source.clone(),
        event_id: event.id.clone(),
        system: SYSTEM.to_owned(),
        kind: event.kind.clone(),
        sha256: hash,
        body: Json(body),
        state: state.to_owned(),
        waits_for: waits_for.map(str::to_owned),
        reason: reason.to_owned(),
        case_id,
        at: context.now(),
    };
    bonds::insert_event(&mut tx, &row).await?;
    if let Outcome::Applied(case) = outcome {
        release(context, &mut tx, event, case).await?;
    }
    tx.commit().await?;
    context.live.publish(None);
    apply::publish(context, case_id).await?;
    Ok(Taken { id: row.id, again: false, parked: row.state == "parked" })
}

/// Applies what waited for the case that an event has just made known, in the order it came.
async fn release(context: &Context, conn: &mut Conn, event: &Event, case: CaseId) -> Result<()> {
    let Some(external) = event.data.get("case").and_then(Value::as_str) else { return Ok(()) };
    for parked in bonds::waiting(conn, SYSTEM, &waits_for_case(external)).await? {
        let (_, applied) = again(context, conn, parked.body.0).await?;
        let (state, waits_for, reason, found) = applied.parts();
        bonds::settle_event(conn, parked.id, state, waits_for, reason, found.or(Some(case))).await?;
    }
    Ok(())
}

/// Applies what waited for a partner that there is now, in the order it came, and what waited for the cases it opens.
pub async fn partner_appeared(context: &Context, conn: &mut Conn, code: &str) -> Result<()> {
    for parked in bonds::waiting(conn, SYSTEM, &waits_for_partner(code)).await? {
        let (event, applied) = again(context, conn, parked.body.0).await?;
        let (state, waits_for, reason, case) = applied.parts();
        bonds::settle_event(conn, parked.id, state, waits_for, reason, case).await?;
        if let (Some(event), Some(case)) = (event, case) {
            release(context, conn, &event, case).await?;
        }
    }
    Ok(())
}

/// Applies an event that was parked. One that turns out to be unusable stays, with the reason.
async fn again(context: &Context, conn: &mut Conn, body: Value) -> Result<(Option<Event>, Outcome)> {
    let event = match serde_json::from_value::<Event>(body) {
        Ok(event) => event,
        Err(error) => return Ok((None, Outcome::parked(None, format!("It cannot be read any more: {error}.")))),
    };
    match apply::apply(context, conn, &event).await {
        Ok(outcome) => Ok((Some(event), outcome)),
        Err(Error::Invalid(errors)) => Ok((Some(event), Outcome::parked(None, words(&errors)))),
        Err(other) => Err(other),
    }
}

fn words(errors: &[FieldError]) -> String {
    errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>().join(" ")
}

fn waits_for_case(external: &str) -> String {
    format!("case:{external}")
}

fn waits_for_partner(code: &str) -> String {
    format!("partner:{code}")
}
