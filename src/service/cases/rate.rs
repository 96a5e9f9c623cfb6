//! What a partner says at the end: whether a case was settled well, with a word more where they like. The hub reads it.

use super::{participants, publish, relate};
use crate::{
    domain::{access::Actor, case::Score, ids::CaseId},
    service::{Context, Error, Result, history::signature},
    store::{
        cases::{self, Case},
        links::{self, Rating},
    },
};

/// Longest word more, in characters.
pub const LONGEST: usize = 500;

/// Says how well a case was settled; said again, it takes the place of what was said before.
pub async fn rate(context: &Context, actor: &Actor, id: CaseId, score: &str, word: &str) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let case = cases::find(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if actor.scope().party() != Some(case.counterparty_id) {
        return Err(Error::Forbidden("The partner says how well a case was settled.".to_owned()));
    }
    relate::refuse_part(&mut tx, id).await?;
    if !case.status.is_settled() {
        return Err(Error::Conflict("This case is not settled yet. Say it when it is.".to_owned()));
    }
    let score: Score = score.parse().map_err(|()| Error::field("score", "Choose one of the three."))?;
    let word = word.trim();
    if word.chars().count() > LONGEST {
        return Err(Error::field("word", format!("Use at most {LONGEST} characters.")));
    }
    let row = Rating {
        case_id: id,
        organisation_id: actor.organisation,
        score,
        word: word.to_owned(),
        author: signature(actor),
        at: context.now(),
    };
    links::rate(&mut tx, &row).await?;
    tx.commit().await?;
    publish(context, &[actor.organisation]);
    Ok(())
}

/// What the partner of a case says of it, for that partner and the hub.
pub async fn of_case(context: &Context, actor: &Actor, case: &Case) -> Result<Option<Rating>> {
    if !participants::sees_all(actor, case) {
        return Ok(None);
    }
    Ok(links::rating(&mut context.db.read().await?, case.id, case.counterparty_id).await?)
}
