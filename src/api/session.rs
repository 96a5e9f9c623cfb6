//! Signing in and out, and for whom one acts.

use leptos::prelude::*;

use super::error::ApiError;

/// Signs a person in and sends them to the page they wanted.
#[server(prefix = "/do", endpoint = "sign-in")]
pub async fn sign_in(email: String, password: String, #[server(default)] next: String) -> Result<(), ApiError> {
    use crate::{
        auth::session,
        server::forms::is_local,
        service::account::{self, Attempt},
    };
    let state = super::state()?;
    let (session, parts) = super::session()?;
    let attempt = Attempt { email: &email, password: &password, address: state.visitor(&parts) };
    let user = account::sign_in(&state.context, &state.throttle, attempt).await?;
    let browser = parts.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    session::sign_in(&session, user, browser, state.context.now()).await.map_err(crate::service::Error::from)?;
    super::go(if is_local(&next) { &next } else { "/" });
    Ok(())
}

/// Ends the session.
#[server(prefix = "/do", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), ApiError> {
    let (session, _) = super::session()?;
    crate::auth::session::sign_out(&session).await.map_err(crate::service::Error::from)?;
    super::say("You are signed out.");
    super::go("/sign-in");
    Ok(())
}

/// From now on the person acts for another of their organisations. Pages are those of an organisation, so this leads
/// home.
#[server(prefix = "/do", endpoint = "act-for")]
pub async fn act_for(organisation: String) -> Result<(), ApiError> {
    use crate::{auth::session, service::account};
    let (context, reader) = super::actor().await?;
    let (session, _) = super::session()?;
    let organisation = account::may_act_for(&context, &reader.actor, &organisation).await?;
    session::act_for(&session, organisation.id).await.map_err(crate::service::Error::from)?;
    super::say(format!("You now act for {}.", organisation.name));
    super::go("/");
    Ok(())
}
