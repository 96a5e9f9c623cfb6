//! Who takes part in a case, as the hub decides.

use leptos::prelude::*;

use super::error::ApiError;
use crate::service::cases::participants;

/// Asks a company in.
#[server(prefix = "/do", endpoint = "add-participant")]
pub async fn add_participant(case: String, #[server(default)] partner: String, #[server(default)] words: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let name = participants::add(&context, &reader.actor, id, &partner, &words).await?;
    super::say(format!("{name} takes part from now on."));
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Ends that a company takes part.
#[server(prefix = "/do", endpoint = "remove-participant")]
pub async fn remove_participant(case: String, #[server(default)] party: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let party = party.parse().map_err(|_| ApiError::NotFound)?;
    let name = participants::remove(&context, &reader.actor, id, party).await?;
    super::say(format!("{name} takes no part any more. The case does not exist for them."));
    super::go(&format!("/cases/{id}"));
    Ok(())
}
