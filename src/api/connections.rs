//! What an operator does about connections.

use leptos::prelude::*;

use super::error::ApiError;

/// Where these forms come back to.
#[cfg(feature = "ssr")]
const PAGE: &str = "/connections";

/// Looks whether a route works now; where it does not, the reason is the error.
#[server(prefix = "/do", endpoint = "check-route")]
pub async fn check_route(route: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = route.parse().map_err(|_| ApiError::NotFound)?;
    let (route, failure) = crate::service::connections::check(&context, &reader.actor, id).await?;
    if let Some(failure) = failure {
        return Err(ApiError::Conflict { message: format!("{} does not work. {failure}", route.name) });
    }
    super::say(format!("{} works.", route.name));
    super::go(PAGE);
    Ok(())
}

/// Switches a route on or off.
#[server(prefix = "/do", endpoint = "switch-route")]
pub async fn switch_route(route: String, to: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = route.parse().map_err(|_| ApiError::NotFound)?;
    let active = to == "on";
    let route = crate::service::connections::switch(&context, &reader.actor, id, active).await?;
    super::say(if active {
        format!("{} is on.", route.name)
    } else {
        format!("{} is off. What waits for it leaves when it is on again.", route.name)
    });
    super::go(PAGE);
    Ok(())
}

/// Tries work that was given up once more.
#[server(prefix = "/do", endpoint = "revive-job")]
pub async fn revive_job(job: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = job.parse().map_err(|_| ApiError::NotFound)?;
    crate::service::connections::revive(&context, &reader.actor, id).await?;
    super::say("It is tried again now.");
    super::go(PAGE);
    Ok(())
}
