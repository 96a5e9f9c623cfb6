//! What an administrator does about the endpoints that events go to.

use leptos::prelude::*;

use super::error::ApiError;

/// Where these forms come back to.
#[cfg(feature = "ssr")]
fn page(id: crate::domain::ids::EndpointId) -> String {
    format!("/endpoints/{id}")
}

/// Registers an endpoint.
#[server(prefix = "/do", endpoint = "add-endpoint")]
pub async fn add_endpoint(
    #[server(default)] name: String,
    #[server(default)] url: String,
    #[server(default)] secret: String,
    #[server(default)] what: String,
    #[server(default)] is_peer: String,
    #[server(default)] is_local: String,
) -> Result<(), ApiError> {
    use crate::service::xconnector::endpoints::{self, NewEndpoint};
    let (context, reader) = super::actor().await?;
    let new = NewEndpoint { name, url, secret, what, is_peer: !is_peer.is_empty(), is_local: !is_local.is_empty() };
    let id = endpoints::add(&context, &reader.actor, &new).await?;
    super::say("The endpoint is registered. Give its secret to whoever looks after the other side.");
    super::go(&page(id));
    Ok(())
}

/// Switches an endpoint on or off.
#[server(prefix = "/do", endpoint = "switch-endpoint")]
pub async fn switch_endpoint(endpoint: String, #[server(default)] to: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = endpoint.parse().map_err(|_| ApiError::NotFound)?;
    let active = to == "on";
    let endpoint = crate::service::xconnector::endpoints::switch(&context, &reader.actor, id, active).await?;
    super::say(if active {
        format!("{} is on.", endpoint.name)
    } else {
        format!("{} is off. What waits for it leaves when it is on again.", endpoint.name)
    });
    super::go(&page(id));
    Ok(())
}

/// Gives an endpoint a new secret, or drops the old one.
#[server(prefix = "/do", endpoint = "endpoint-secret")]
pub async fn endpoint_secret(endpoint: String, #[server(default)] to: String) -> Result<(), ApiError> {
    use crate::service::xconnector::endpoints;
    let (context, reader) = super::actor().await?;
    let id = endpoint.parse().map_err(|_| ApiError::NotFound)?;
    if to == "new" {
        endpoints::replace_secret(&context, &reader.actor, id).await?;
        super::say("A new secret signs beside the old one. Drop the old one when the other side has the new one.");
    } else {
        endpoints::drop_old_secret(&context, &reader.actor, id).await?;
        super::say("Only the new secret signs from now on.");
    }
    super::go(&page(id));
    Ok(())
}

/// Sends an event again.
#[server(prefix = "/do", endpoint = "replay-event")]
pub async fn replay_event(delivery: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = delivery.parse().map_err(|_| ApiError::NotFound)?;
    let delivery = crate::service::xconnector::endpoints::replay(&context, &reader.actor, id).await?;
    super::say("The event is sent again now, under the same id.");
    super::go(&page(delivery.endpoint_id));
    Ok(())
}

/// Leaves an event out that was given up.
#[server(prefix = "/do", endpoint = "leave-out-event")]
pub async fn leave_out_event(delivery: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = delivery.parse().map_err(|_| ApiError::NotFound)?;
    let delivery = crate::service::xconnector::endpoints::leave_out(&context, &reader.actor, id).await?;
    super::say("The event is left out. What waited behind it leaves now.");
    super::go(&page(delivery.endpoint_id));
    Ok(())
}

/// The page of an event that came.
#[cfg(feature = "ssr")]
fn event_page(id: crate::domain::ids::InboundEventId) -> String {
    format!("/endpoints/parked/{id}")
}

/// Applies an event again that came and waits.
#[server(prefix = "/do", endpoint = "apply-event")]
pub async fn apply_event(event: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = event.parse().map_err(|_| ApiError::NotFound)?;
    match crate::service::systems::parked::apply_again(&context, &reader.actor, id).await? {
        None => super::say("The event is applied."),
        Some(reason) => super::say(format!("The event still waits. {reason}")),
    }
    super::go(&event_page(id));
    Ok(())
}

/// Sets an event aside that came and waits.
#[server(prefix = "/do", endpoint = "set-event-aside")]
pub async fn set_event_aside(event: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = event.parse().map_err(|_| ApiError::NotFound)?;
    crate::service::systems::parked::set_aside(&context, &reader.actor, id).await?;
    super::say("The event is set aside. It can be brought back here.");
    super::go(&event_page(id));
    Ok(())
}

/// Has an event wait again that was set aside.
#[server(prefix = "/do", endpoint = "bring-event-back")]
pub async fn bring_event_back(event: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = event.parse().map_err(|_| ApiError::NotFound)?;
    crate::service::systems::parked::bring_back(&context, &reader.actor, id).await?;
    super::say("The event waits again. Apply it where what it names is known by now.");
    super::go(&event_page(id));
    Ok(())
}
