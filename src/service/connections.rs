//! Connections: how each route, each content feed, Active Community and the queue of work are doing, and what an operator
//! can do about it.
//! Only the hub sees them; for everybody else there are none. No view of a route carries its key.

use super::{
    Context, Error, Result,
    community::connect::{self, Connection},
    outbox,
};
use crate::{
    connectors::trading_grid::documents::transport::{RouteConfig, Surroundings, Transport},
    domain::{
        access::{Actor, Permission},
        ids::{JobId, RouteId},
    },
    store::{
        connections,
        content::{self, ContentFeed},
        jobs::{self, Dead},
        organisations,
        routes::{self, Route},
    },
};

/// Where a route leads, in words. Never a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// "Drop folder", "Mailbox".
    pub transport: String,
    /// What it is and where: "Takes from", "/srv/in".
    pub places: Vec<(&'static str, String)>,
}

/// A route and what waits on it.
pub struct RouteView {
    /// The route.
    pub route: Route,
    /// Whose systems it leads to.
    pub organisation: String,
    /// Where it leads.
    pub address: Address,
    /// Outgoing files that have not left.
    pub waiting: i64,
    /// Files that left and are not known to have arrived.
    pub undelivered: i64,
}

/// Everything an operator looks at.
pub struct Overview {
    /// Routes, those that fail first, then by name.
    pub routes: Vec<RouteView>,
    /// The mirrors of content.
    pub feeds: Vec<ContentFeed>,
    /// Active Community; none where it was never connected.
    pub community: Option<Connection>,
    /// Work that was given up.
    pub dead: Vec<Dead>,
}

/// How everything is doing.
pub async fn overview(context: &Context, actor: &Actor) -> Result<Overview> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let names = organisations::list(&mut conn).await?;
    let waiting = connections::waiting(&mut conn).await?;
    let files = |id: RouteId, has_left: bool| {
        let of_route = waiting.iter().filter(|row| row.route_id == id && (row.status == "sent") == has_left);
        of_route.map(|row| row.files).sum()
    };
    let view = |route: Route| RouteView {
        organisation: names.iter().find(|org| org.id == route.organisation_id).map(|org| org.name.clone()).unwrap_or_default(),
        address: address(&route.config.0),
        waiting: files(route.id, false),
        undelivered: files(route.id, true),
        route,
    };
    let mut routes: Vec<_> = routes::list(&mut conn).await?.into_iter().map(view).collect();
    routes.sort_by_key(|view| (!view.route.is_active, view.route.failure.is_none()));
    let community = connect::connection(&mut conn).await?;
    Ok(Overview { routes, feeds: content::feeds(&mut conn).await?, community, dead: jobs::dead(&mut conn).await? })
}

/// Where a stored configuration leads. Only members that are known to be no secret are shown.
pub fn address(config: &serde_json::Value) -> Address {
    let text = |name: &str| config.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    match config.get("transport").and_then(serde_json::Value::as_str) {
        Some("folder") => {
            Address { transport: "Drop folder".to_owned(), places: vec![("Takes from", text("inbound")), ("Puts into", text("outbound"))] }
        }
        Some("mailbox") => {
            Address { transport: "Mailbox over HTTP".to_owned(), places: vec![("Service", text("address")), ("Mailbox", text("mailbox"))] }
        }
        other => Address { transport: other.unwrap_or("No transport").to_owned(), places: Vec::new() },
    }
}

/// Looks whether a route works now, and notes it. Says what is wrong in words, or nothing where it works.
pub async fn check(context: &Context, actor: &Actor, id: RouteId) -> Result<(Route, Option<String>)> {
    hub_only(actor)?;
    let route = routes::find(&mut context.db.read().await?, id).await?.ok_or(Error::NotFound)?;
    let failure = match transport(context, &route) {
        Ok(transport) => transport.check().await.err().map(|error| error.to_string()),
        Err(reason) => Some(reason),
    };
    let mut tx = context.db.begin().await?;
    match &failure {
        Some(failure) => routes::failed(&mut tx, id, failure, context.now()).await?,
        None => routes::succeeded(&mut tx, id, context.now()).await?,
    }
    tx.commit().await?;
    context.live.publish(None);
    Ok((route, failure))
}

/// A transport to check a route with; it fetches nothing, so it needs no spool of its own.
fn transport(context: &Context, route: &Route) -> std::result::Result<Transport, String> {
    let config: RouteConfig = serde_json::from_value(route.config.0.clone())
        .map_err(|error| format!("The settings of this connection cannot be read: {error}. Correct them."))?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| format!("No request can be made from this machine: {error}."))?;
    let around = Surroundings { clock: context.clock.clone(), ids: context.ids.clone(), http, spool: std::env::temp_dir() };
    Ok(Transport::new(config, around))
}

/// Switches a route on or off. What waits stays and leaves when it is on again.
pub async fn switch(context: &Context, actor: &Actor, id: RouteId, active: bool) -> Result<Route> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    let route = routes::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    routes::set_active(&mut tx, id, active).await?;
    if active {
        outbox::hasten(context, &mut tx, route.organisation_id).await?;
    }
    tx.commit().await?;
    tracing::info!(route = route.name, active, by = actor.name, "route switched");
    context.live.publish(None);
    Ok(route)
}

/// Tries work that was given up once more.
pub async fn revive(context: &Context, actor: &Actor, id: JobId) -> Result<()> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    if !jobs::revive(&mut tx, id, context.now()).await? {
        return Err(Error::Conflict("This work is not waiting for you any more. Reload the page to see what is.".to_owned()));
    }
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}

/// For everybody but the hub there are no connections.
fn hub_only(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_never_shows_the_key() {
        let mailbox =
            serde_json::json!({ "transport": "mailbox", "address": "https://grid.example", "mailbox": "CASTELLAN", "key": "k-4711" });
        let shown = address(&mailbox);
        assert_eq!(shown.places, [("Service", "https://grid.example".to_owned()), ("Mailbox", "CASTELLAN".to_owned())]);
        assert!(!format!("{shown:?}").contains("4711"));
    }
}
