//! Telling people of exceptions: the side that can settle one, when it is there, got worse, or is late and said again
//! as often as its rule allows. What is found within a few seconds is told together, so that one bad file is one notification and not fifty.

use super::{Context, Result};
use crate::{
    domain::{
        exception::{Kind, Measure, Owner, State},
        ids::OrganisationId,
    },
    service::notify::causes,
    store::{
        Conn,
        exceptions::{self, Exception},
        jobs, organisations,
    },
};

/// Kind of the job that tells a side.
pub const SAY: &str = "say_exceptions";
/// Seconds for which what is found is gathered.
const GATHER: i64 = 10;

/// Notes that people have to be told of an exception, where it is there now, is said again, or is worse than it was.
pub(super) async fn note(context: &Context, conn: &mut Conn, before: Option<&Exception>, row: &Exception) -> Result<()> {
    if row.state != State::Open || !before.is_none_or(|before| is_worse(before, row)) || is_told_otherwise(row.kind) {
        return Ok(());
    }
    let now = context.now();
    exceptions::mark_untold(conn, row.id, now).await?;
    let partner = row.counterparty_id.filter(|_| row.owner == Owner::Partner);
    let key = partner.map_or_else(|| "hub".to_owned(), |partner| partner.to_string());
    let work = serde_json::json!({ "partner": partner });
    Ok(jobs::enqueue(conn, context.id(), SAY, Some(&key), &work, now.plus_seconds(GATHER), now).await?)
}

/// It opened again, is still late on another day, somebody else has to settle it, or more money is at stake.
fn is_worse(before: &Exception, row: &Exception) -> bool {
    let more = row.currency == before.currency && row.money > before.money;
    let still_late = row.kind.measure() == Measure::WorkingHours && row.times > before.times;
    still_late || row.round > before.round || row.owner != before.owner || row.severity > before.severity || more
}

/// A document that was refused is told as such, to the same people.
const fn is_told_otherwise(kind: Kind) -> bool {
    matches!(kind, Kind::DocumentRefused | Kind::DocumentRejected | Kind::ApplicationRejected)
}

/// Tells a side what it has to be told: a partner, or the hub where none is named.
pub async fn say(context: &Context, partner: Option<OrganisationId>) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let owner = if partner.is_some() { Owner::Partner } else { Owner::Hub };
    let rows = exceptions::untold(&mut tx, owner, partner).await?;
    let side = match partner {
        Some(partner) => organisations::find(&mut tx, partner).await?,
        None => organisations::hub(&mut tx).await?,
    };
    let Some(side) = side.filter(|_| !rows.is_empty()) else { return Ok(()) };
    for row in &rows {
        exceptions::mark_told(&mut tx, row.id).await?;
    }
    causes::exceptions_found(context, &mut tx, &side, &rows).await?;
    tx.commit().await?;
    context.live.publish(Some(side.id));
    Ok(())
}
