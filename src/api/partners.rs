//! Partners and how they are known on the wire.

use leptos::prelude::*;

use super::error::ApiError;

/// Adds a partner.
#[server(prefix = "/do", endpoint = "add-partner")]
pub async fn add_partner(
    code: String,
    name: String,
    #[server(default)] is_supplier: String,
    #[server(default)] is_customer: String,
    #[server(default)] is_carrier: String,
    zone: String,
    currency: String,
    #[server(default)] place: String,
) -> Result<(), ApiError> {
    use crate::service::partners::{self, NewPartner};
    let (context, reader) = super::actor().await?;
    let ticked = |field: String| !field.is_empty();
    let new = NewPartner {
        code,
        name,
        is_supplier: ticked(is_supplier),
        is_customer: ticked(is_customer),
        is_carrier: ticked(is_carrier),
        zone,
        currency,
        place,
    };
    let added = partners::add(&context, &reader.actor, new).await?;
    super::say(format!("{} is added. Enter next how it is known on the wire.", added.name));
    super::go(&format!("/partners/{}", added.id));
    Ok(())
}

/// Adds an identifier to a partner.
#[server(prefix = "/do", endpoint = "add-identifier")]
pub async fn add_identifier(
    organisation: String,
    #[server(default)] qualifier: String,
    value: String,
    #[server(default)] seat: String,
) -> Result<(), ApiError> {
    use crate::service::partners::{self, NewIdentifier};
    let (context, reader) = super::actor().await?;
    let id = organisation.parse().map_err(|_| ApiError::NotFound)?;
    let said = format!("{} ({qualifier}) is added.", value.trim());
    partners::add_identifier(&context, &reader.actor, id, NewIdentifier { qualifier, value, seat }).await?;
    super::say(said);
    super::go(&format!("/partners/{id}"));
    Ok(())
}

/// Keeps a feed of reference data, to show what it would change.
#[server(prefix = "/do", endpoint = "preview-reference")]
pub async fn preview_reference(#[server(default)] events: String) -> Result<(), ApiError> {
    use crate::service::reference::preview;
    let (context, reader) = super::actor().await?;
    preview::keep(&context, &reader.actor, &events).await?;
    super::go("/reference/preview#result");
    Ok(())
}
