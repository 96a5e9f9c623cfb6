//! What the hub does with mail that needs review.

use leptos::prelude::*;

use super::error::ApiError;
use crate::service::mail_in::review;

/// Writes a mail into a case.
#[server(prefix = "/do", endpoint = "add-mail")]
pub async fn add_mail(mail: String, #[server(default)] number: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = mail.parse().map_err(|_| ApiError::NotFound)?;
    let case = review::add(&context, &reader.actor, id, &number).await?;
    super::say("The mail is in this case.");
    super::go(&format!("/cases/{case}"));
    Ok(())
}

/// Sets a mail aside.
#[server(prefix = "/do", endpoint = "set-mail-aside")]
pub async fn set_mail_aside(mail: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = mail.parse().map_err(|_| ApiError::NotFound)?;
    review::set_aside(&context, &reader.actor, id).await?;
    super::say("The mail is set aside. It is kept under that name.");
    super::go("/mail");
    Ok(())
}
