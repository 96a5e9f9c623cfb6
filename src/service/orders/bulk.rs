//! Several orders accepted at once. Each is a transaction of its own: one that cannot be accepted does not hold up the
//! others, and says why.

use super::answer;
use crate::{
    domain::{access::Actor, ids::OrderId},
    service::{Context, Error, Result},
    store::orders,
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

/// Accepts orders as they were placed. An order of somebody else is not found, and then nothing is accepted at all.
pub async fn accept(context: &Context, actor: &Actor, ids: &[OrderId]) -> Result<Outcome> {
    if ids.is_empty() {
        return Err(Error::Conflict("No order is ticked. Tick the orders to accept, then try again.".to_owned()));
    }
    if ids.len() > LIMIT {
        return Err(Error::Conflict(format!("At most {LIMIT} orders can be accepted at once. Tick fewer.")));
    }
    let mut numbers = Vec::with_capacity(ids.len());
    {
        let mut conn = context.db.read().await?;
        for id in ids {
            numbers.push(orders::find(&mut conn, actor.scope(), *id).await?.ok_or(Error::NotFound)?.number);
        }
    }
    let mut outcome = Outcome::default();
    for (id, number) in ids.iter().zip(numbers) {
        match answer::accept(context, actor, *id).await {
            Ok(_) => outcome.accepted.push(number),
            Err(Error::Forbidden(why) | Error::Conflict(why)) => outcome.refused.push((number, why)),
            Err(Error::Invalid(errors)) => {
                let why = errors.into_iter().map(|error| error.message).next().unwrap_or_default();
                outcome.refused.push((number, why));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(outcome)
}
