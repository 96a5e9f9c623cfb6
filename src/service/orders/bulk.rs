//! Several orders accepted at once. Each is a transaction of its own: one that cannot be accepted does not hold up the
//! others, and says why.

use super::answer;
use crate::{
    domain::{access::Actor, ids::OrderId},
    service::{Context, Error, Result},
    store::home,
};

/// Most orders that are accepted in one go: what one page of the list shows.
pub const LIMIT: usize = 100;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Numbers of the orders that were accepted.
    pub accepted: Vec<String>,
    /// Numbers of those that were not, each with the reason.
    pub refused: Vec<(String, String)>,
}

/// An order with the version of it that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// The order.
    pub id: OrderId,
    /// Its version, as the page said it.
    pub version: String,
}

/// Accepts orders as they were placed. An order of somebody else is not found, and then nothing is accepted at all.
pub async fn accept(context: &Context, actor: &Actor, ticked: &[Ticked]) -> Result<Outcome> {
    if ticked.is_empty() {
        return Err(Error::Conflict("No order is ticked. Tick the orders to accept, then try again.".to_owned()));
    }
    if ticked.len() > LIMIT {
        return Err(Error::Conflict(format!("At most {LIMIT} orders can be accepted at once. Tick fewer.")));
    }
    let ids = ticked.iter().map(|ticked| ticked.id);
    let numbers = home::order_numbers(&mut context.db.read().await?, actor.scope(), ids).await?;
    let mut named = Vec::with_capacity(ticked.len());
    for order in ticked {
        let found = numbers.iter().find(|row| row.id == order.id).ok_or(Error::NotFound)?;
        named.push((order, found.number.clone()));
    }
    let mut outcome = Outcome::default();
    for (Ticked { id, version }, number) in named {
        match answer::accept(context, actor, *id, version).await {
            Ok(_) => outcome.accepted.push(number),
            Err(Error::Forbidden(why) | Error::Conflict(why) | Error::Stale(why)) => outcome.refused.push((number, why)),
            Err(Error::Invalid(errors)) => {
                let why = errors.into_iter().map(|error| error.message).next().unwrap_or_default();
                outcome.refused.push((number, why));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(outcome)
}
