//! What comes from other systems: each event is kept once under the source and id its sender gave it, applied or parked
//! until what it names is known, and its effect is one transaction with it.

use serde_json::Value;
use sqlx::types::Json;

use crate::{
    domain::ids::{CaseId, InboundEventId},
    service::{Context, Error, FieldError, Result, cases as use_cases, community, xconnector},
    store::{
        Conn,
        bonds::{self, InboundEvent},
        cases, dialect,
    },
};

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
pub(in crate::service) enum Outcome {
    Applied(CaseId),
    /// It is kept, and no case has to do with it.
    Kept,
    Parked {
        waits_for: Option<String>,
        reason: String,
    },
}

impl Outcome {
    pub(in crate::service) fn parked(waits_for: Option<String>, reason: impl Into<String>) -> Self {
        Self::Parked { waits_for, reason: reason.into() }
    }

    /// It waits for a case of theirs that nobody has heard of.
    pub(in crate::service) fn waits_for_case(external: &str) -> Self {
        Self::parked(Some(case_key(external)), format!("No case {external} was opened yet. The event is applied when it is."))
    }

    /// It waits for a partner whose code nobody knows.
    pub(in crate::service) fn waits_for_partner(code: &str) -> Self {
        let reason = format!("No partner has the code {code}. The event is applied when one does.");
        Self::parked(Some(format!("partner:{code}")), reason)
    }

    /// It was applied before and says what is wrong with it, so it stays for the operator.
    pub(in crate::service) fn unusable(errors: &[FieldError]) -> Self {
        Self::parked(None, words(errors))
    }

    /// The case it was applied to.
    pub(in crate::service) const fn case(&self) -> Option<CaseId> {
        match self {
            Self::Applied(case) => Some(*case),
            Self::Kept | Self::Parked { .. } => None,
        }
    }

    fn parts(&self) -> (&'static str, Option<&str>, &str) {
        match self {
            Self::Applied(_) | Self::Kept => ("applied", None, ""),
            Self::Parked { waits_for, reason } => ("parked", waits_for.as_deref(), reason),
        }
    }
}

/// An event as it came.
pub(in crate::service) struct Came<'a> {
    /// The system that sent it.
    pub system: &'static str,
    /// Its source.
    pub source: &'a str,
    /// Its id there.
    pub id: &'a str,
    /// Its type.
    pub kind: &'a str,
    /// The event.
    pub body: Value,
    /// Hash of the event as it came.
    pub sha256: Vec<u8>,
}

/// The event that was taken before under the same source and id. From here on nobody else takes it until the transaction
/// ends.
pub(in crate::service) async fn known(conn: &mut Conn, came: &Came<'_>) -> Result<Option<InboundEvent>> {
    dialect::lock(conn, &format!("event {} {}", came.source, came.id)).await?;
    Ok(bonds::event(conn, came.source, came.id).await?)
}

/// Keeps an event with what it came to.
pub(in crate::service) async fn keep(context: &Context, conn: &mut Conn, came: Came<'_>, outcome: &Outcome) -> Result<Taken> {
    let (state, waits_for, reason) = outcome.parts();
    let row = InboundEvent {
        id: context.id(),
        source: came.source.to_owned(),
        event_id: came.id.to_owned(),
        system: came.system.to_owned(),
        kind: came.kind.to_owned(),
        sha256: came.sha256,
        body: Json(came.body),
        state: state.to_owned(),
        waits_for: waits_for.map(str::to_owned),
        reason: reason.to_owned(),
        case_id: outcome.case(),
        at: context.now(),
    };
    bonds::insert_event(conn, &row).await?;
    Ok(Taken { id: row.id, again: false, parked: row.state == "parked" })
}

/// Applies what waited for a case of theirs that is known now, in the order it came.
pub(in crate::service) async fn release(context: &Context, conn: &mut Conn, system: &str, external: &str, case: CaseId) -> Result<()> {
    for parked in bonds::waiting(conn, system, &case_key(external)).await? {
        let outcome = again(context, conn, &parked).await?.1;
        settle(conn, &parked, &outcome, outcome.case().or(Some(case))).await?;
    }
    Ok(())
}

/// Applies what waited for a partner that there is now, of whatever system, in the order it came, and what waited for the
/// cases it opens.
pub async fn partner_appeared(context: &Context, conn: &mut Conn, code: &str) -> Result<()> {
    for system in [xconnector::SYSTEM, community::SYSTEM] {
        for parked in bonds::waiting(conn, system, &format!("partner:{code}")).await? {
            apply_parked(context, conn, &parked).await?;
        }
    }
    Ok(())
}

/// Applies a parked event, and what waited for the case it opens.
pub(super) async fn apply_parked(context: &Context, conn: &mut Conn, parked: &InboundEvent) -> Result<Outcome> {
    let (external, outcome) = again(context, conn, parked).await?;
    settle(conn, parked, &outcome, outcome.case()).await?;
    if let (Some(external), Some(case)) = (external, outcome.case()) {
        release(context, conn, &parked.system, &external, case).await?;
    }
    Ok(outcome)
}

/// Notes what became of a parked event. Of two who apply it at once the second is turned back, with all it did.
async fn settle(conn: &mut Conn, parked: &InboundEvent, outcome: &Outcome, case: Option<CaseId>) -> Result<()> {
    let (state, waits_for, reason) = outcome.parts();
    if bonds::settle_event(conn, parked.id, state, waits_for, reason, case).await? {
        return Ok(());
    }
    Err(Error::Conflict("This event was applied by somebody else in the meantime. Look at what became of it.".to_owned()))
}

/// Applies an event that was parked; says which case of theirs it names. One that turns out to be unusable stays, with
/// the reason.
async fn again(context: &Context, conn: &mut Conn, parked: &InboundEvent) -> Result<(Option<String>, Outcome)> {
    let body = parked.body.0.clone();
    let applied = if parked.system == community::SYSTEM {
        Box::pin(community::apply_again(context, conn, body)).await
    } else {
        Box::pin(xconnector::apply_again(context, conn, body)).await
    };
    match applied {
        Err(Error::Invalid(errors)) => Ok((None, Outcome::unusable(&errors))),
        other => other,
    }
}

/// What is wrong, in a sentence for the operator.
pub(in crate::service) fn words(errors: &[FieldError]) -> String {
    errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>().join(" ")
}

/// What an event waits for that names a case of theirs; also what those that decide about it take turns by.
pub(in crate::service) fn case_key(external: &str) -> String {
    format!("case:{external}")
}

/// Tells the open pages of everybody who takes part in a case, and those of the hub.
pub(in crate::service) async fn publish(context: &Context, case: Option<CaseId>) -> Result<()> {
    context.live.publish(None);
    if let Some(case) = case {
        let parties = cases::parties(&mut context.db.read().await?, case).await?;
        use_cases::publish(context, &parties);
    }
    Ok(())
}
