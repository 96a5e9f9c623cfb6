//! What can be done with a document.

use leptos::prelude::*;

use super::error::ApiError;

/// Sends a document again as it is.
#[server(prefix = "/do", endpoint = "send-again")]
pub async fn send_again(document: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = document.parse().map_err(|_| ApiError::NotFound)?;
    crate::service::resend::again(&context, &reader.actor, id).await?;
    super::say("The document is in line to be sent again.");
    super::go(&format!("/documents/{id}"));
    Ok(())
}
