//! Saying where an invoice stands.

use leptos::prelude::*;

use super::error::ApiError;

/// The hub says where an invoice stands, and why.
#[server(prefix = "/do", endpoint = "invoice-state")]
pub async fn invoice_state(invoice: String, #[server(default)] state: String, #[server(default)] reason: String) -> Result<(), ApiError> {
    use crate::{domain::invoice::InvoiceState, service, text};
    let (context, reader) = super::actor().await?;
    let id = invoice.parse().map_err(|_| ApiError::NotFound)?;
    let state: InvoiceState = state.parse().map_err(|()| service::Error::field("state", "Choose where the invoice stands now."))?;
    service::invoices::set_state(&context, &reader.actor, id, state, &reason).await?;
    super::say(format!("The invoice now stands at “{}”. Its sender sees it at once.", text::invoice_state(state)));
    super::go(&format!("/invoices/{id}"));
    Ok(())
}
