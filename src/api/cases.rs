//! Opening a case, writing in it, moving it on.

use leptos::prelude::*;

use super::error::ApiError;

/// Opens a case.
#[server(prefix = "/do", endpoint = "open-case")]
pub async fn open_case(
    #[server(default)] kind: String,
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] priority: String,
    #[server(default)] partner: String,
    #[server(default)] order: String,
    #[server(default)] shipment: String,
    #[server(default)] invoice: String,
) -> Result<(), ApiError> {
    use crate::service::cases::open::{self, CaseForm};
    let (context, reader) = super::actor().await?;
    let form = CaseForm { kind, title, text, priority, partner, order, shipment, invoice };
    let id = open::open(&context, &reader.actor, &form).await?;
    super::say("The case is open. You see here when it is answered.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Writes in a case.
#[server(prefix = "/do", endpoint = "write-case")]
pub async fn write_case(case: String, #[server(default)] visibility: String, #[server(default)] text: String) -> Result<(), ApiError> {
    use crate::{
        domain::{access::Permission, case::Visibility},
        service::cases::write,
    };
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    // What the hub writes is its own unless it says that the partner shall read it.
    let shared = !reader.actor.may(Permission::Operate) || visibility == Visibility::Partner.as_str();
    let visibility = if shared { Visibility::Partner } else { Visibility::Internal };
    write::write(&context, &reader.actor, id, visibility, &text).await?;
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Moves a case on.
#[server(prefix = "/do", endpoint = "move-case")]
pub async fn move_case(case: String, #[server(default)] version: String, #[server(default)] status: String) -> Result<(), ApiError> {
    use crate::{
        service::{self, cases::write},
        text,
    };
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let version = version.parse().map_err(|_| service::Error::field("", "Open the case again and decide there."))?;
    let next = status.parse().map_err(|()| service::Error::field("", "Choose what is next."))?;
    write::move_to(&context, &reader.actor, id, version, next).await?;
    super::say(format!("The case is now: {}.", text::case_status(next, reader.actor.audience).to_lowercase()));
    super::go(&format!("/cases/{id}"));
    Ok(())
}
