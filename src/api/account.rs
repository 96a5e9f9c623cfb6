//! A person's own account: profile, theme, password, sessions.

use leptos::prelude::*;

use super::error::ApiError;

/// Changes how a person is called and in which zone they read times.
#[server(prefix = "/do", endpoint = "profile")]
pub async fn profile(name: String, zone: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    crate::service::account::change_profile(&context, &reader.actor, &name, &zone).await?;
    super::say("Your profile is saved.");
    super::go("/account");
    Ok(())
}

/// Changes the theme; the form brings the person back to where they were.
#[server(prefix = "/do", endpoint = "theme")]
pub async fn theme(theme: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    crate::service::account::change_theme(&context, &reader.actor, &theme).await?;
    Ok(())
}

/// Changes the password and ends the person's other sessions.
#[server(prefix = "/do", endpoint = "password")]
pub async fn password(current_password: String, new_password: String) -> Result<(), ApiError> {
    use crate::{auth::session, service::account};
    let (context, reader) = super::actor().await?;
    let (session, _) = super::session()?;
    let keep = session::stored_id(&session).unwrap_or_default();
    account::change_password(&context, &reader, &current_password, &new_password, &keep).await?;
    session::renew(&session).await.map_err(crate::service::Error::from)?;
    super::say("Your password is changed. Everywhere else you are signed out.");
    super::go("/account/password");
    Ok(())
}

/// Ends one of the person's sessions.
#[server(prefix = "/do", endpoint = "end-session")]
pub async fn end_session(session: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    crate::service::account::end_session(&context, &reader.actor, &session).await?;
    super::say("That session is ended.");
    super::go("/account/sessions");
    Ok(())
}

/// Ends all of the person's sessions but this one.
#[server(prefix = "/do", endpoint = "end-other-sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let (session, _) = super::session()?;
    let keep = crate::auth::session::stored_id(&session).unwrap_or_default();
    crate::service::account::end_other_sessions(&context, &reader.actor, &keep).await?;
    super::say("You are signed out everywhere but here.");
    super::go("/account/sessions");
    Ok(())
}
