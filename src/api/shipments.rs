//! Saying that goods arrived.

use leptos::prelude::*;

use super::error::ApiError;

/// The customer says that a shipment arrived; the person comes back to the page where they said it.
#[server(prefix = "/do", endpoint = "confirm-receipt")]
pub async fn confirm_receipt(shipment: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = shipment.parse().map_err(|_| ApiError::NotFound)?;
    crate::service::shipments::confirm_receipt(&context, &reader.actor, id).await?;
    super::say("Noted: the goods are with you. The shipper sees it too.");
    Ok(())
}
