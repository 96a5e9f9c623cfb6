//! What the hub's administrators see and do about the systems that events go to and come from: register an endpoint,
//! switch it, replace its secret, send an event again. For everybody else there are none.

use sqlx::types::Json;

use super::{SYSTEM, refused};
use crate::{
    connectors::xconnector::{Secret, guard},
    domain::{
        access::{Actor, Permission},
        ids::{BondId, DeliveryId, EndpointId},
        time::Timestamp,
    },
    service::{
        Context, Error, FieldError, Result,
        community::{self, connect},
        paging::{PAGE, cut},
        systems::deliver,
    },
    store::{
        Conn,
        bonds::{self, BondCounts, BondRow, ParkedRow},
        dialect,
        endpoints::{self, Delivery, Endpoint},
        parked,
        refused::{self as stored, Count},
    },
};

/// The types of events about cases that go out, without their prefix.
pub const CASES: &[&str] = &[
    "case.opened",
    "case.updated",
    "case.status_changed",
    "case.commented",
    "case.attachment.added",
    "case.escalated",
    "case.resolved",
    "case.reopened",
    "sla.breached",
];

/// Those about documents, orders, shipments and invoices.
pub const TRADE: &[&str] = &[
    "document.received",
    "document.rejected",
    "document.acknowledged",
    "order.status_changed",
    "shipment.status_changed",
    "invoice.status_changed",
];

/// A system that is told of things and from which nothing comes.
pub const OTHER: &str = "other";

/// The name of the endpoint that the configuration registers.
pub const CONFIGURED: &str = "xConnector";

/// How many bonds and parked events the page of all endpoints shows; each has a list of its own.
const SHOWN: i64 = 10;
/// How many events that were given up the page of an endpoint shows: those behind them come after.
pub const DEAD_SHOWN: i64 = 50;

/// An endpoint with what waits for it.
pub struct Listed {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Events that wait.
    pub waiting: i64,
    /// Events that were given up.
    pub dead: i64,
}

/// What the page of all endpoints shows.
pub struct Overview {
    /// Where events go.
    pub endpoints: Vec<Listed>,
    /// Some of the cases that are kept in step, those that are not in step first.
    pub bonds: Vec<BondRow>,
    /// How many cases are kept in step.
    pub shared: BondCounts,
    /// The newest events that came and wait.
    pub parked: Vec<ParkedRow>,
    /// How many wait.
    pub waiting: i64,
    /// How many were refused in the last days, by reason.
    pub refused: Vec<Count>,
}

/// A page of the cases that are kept in step.
pub struct BondList {
    /// Those whose case changed last come first.
    pub rows: Vec<BondRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, BondId)>,
    /// How many there are.
    pub counts: BondCounts,
}

/// An endpoint and its log.
pub struct EndpointView {
    /// The endpoint with what waits for it.
    pub listed: Listed,
    /// Events that were given up, newest first.
    pub dead: Vec<Delivery>,
    /// A page of all events, newest first.
    pub log: Vec<Delivery>,
    /// Where the next page of it begins.
    pub next: Option<(Timestamp, DeliveryId)>,
}

/// Everything about events to and from other systems.
pub async fn overview(context: &Context, actor: &Actor) -> Result<Overview> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let rows = endpoints::list(&mut conn).await?;
    let mut listed = Vec::with_capacity(rows.len());
    let waiting = endpoints::waiting(&mut conn).await?;
    for endpoint in rows {
        listed.push(counted(endpoint, &waiting));
    }
    Ok(Overview {
        endpoints: listed,
        bonds: bonds::list(&mut conn, SHOWN).await?,
        shared: bonds::counts(&mut conn).await?,
        parked: bonds::parked(&mut conn, SHOWN).await?,
        waiting: parked::counts(&mut conn).await?.waiting,
        refused: stored::counts(&mut conn, refused::since(context)).await?,
    })
}

/// The cases that are kept in step, all of them or those that are not in step.
pub async fn shared(context: &Context, actor: &Actor, apart: bool, after: Option<(Timestamp, BondId)>) -> Result<BondList> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let mut rows = bonds::page(&mut conn, apart, after, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.updated_at, row.bond.id));
    Ok(BondList { rows, next, counts: bonds::counts(&mut conn).await? })
}

fn counted(endpoint: Endpoint, waiting: &[endpoints::Waiting]) -> Listed {
    let of = |state: &str| {
        let rows = waiting.iter().filter(|row| row.endpoint_id == endpoint.id && row.state == state);
        rows.map(|row| row.events).sum()
    };
    Listed { waiting: of("waiting"), dead: of("dead"), endpoint }
}

/// One endpoint, and a page of its log.
pub async fn load(context: &Context, actor: &Actor, id: EndpointId, after: Option<(Timestamp, DeliveryId)>) -> Result<EndpointView> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let endpoint = endpoints::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    let waiting = endpoints::waiting(&mut conn).await?;
    let mut log = endpoints::log(&mut conn, id, after, PAGE).await?;
    let next = cut(&mut log, PAGE, |row| (row.at, row.id));
    Ok(EndpointView { listed: counted(endpoint, &waiting), dead: endpoints::dead(&mut conn, id, DEAD_SHOWN).await?, log, next })
}

/// An endpoint as it is entered. Everything is text as typed.
#[derive(Clone, Debug, Default)]
pub struct NewEndpoint {
    /// How people call it.
    pub name: String,
    /// Its address.
    pub url: String,
    /// What signs; made here where it is empty.
    pub secret: String,
    /// What it is told of: `cases`, `trade`, or everything where it is empty.
    pub what: String,
    /// It is the system from which cases and their changes come.
    pub is_peer: bool,
    /// It may be on this machine or in this network.
    pub is_local: bool,
}

/// Registers an endpoint.
pub async fn add(context: &Context, actor: &Actor, new: &NewEndpoint) -> Result<EndpointId> {
    hub_only(actor)?;
    let endpoint = read(context, new)?;
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "endpoints").await?;
    if endpoints::find_by_name(&mut tx, &endpoint.name).await?.is_some() {
        return Err(Error::field("name", "Another endpoint has this name. Choose one that tells them apart."));
    }
    endpoints::insert(&mut tx, &endpoint).await?;
    tx.commit().await?;
    tracing::info!(endpoint = endpoint.name, by = actor.name, "endpoint registered");
    context.live.publish(None);
    Ok(endpoint.id)
}

fn read(context: &Context, new: &NewEndpoint) -> Result<Endpoint> {
    let mut wrong: Vec<FieldError> = Vec::new();
    let mut refuse = |field: &str, message: String| wrong.push(FieldError { field: field.to_owned(), message });
    let (name, url, secret) = (new.name.trim(), new.url.trim(), new.secret.trim());
    if name.is_empty() || name.chars().count() > 60 {
        refuse("name", "Enter a name of at most 60 characters, such as ERP.".to_owned());
    }
    if name == connect::NAME {
        refuse("name", "This name is for the connection that the configuration names under community. Choose another.".to_owned());
    }
    if let Err(fault) = guard::check(url, new.is_local) {
        refuse("url", fault.to_string());
    }
    if !secret.is_empty() && Secret::parse(secret).is_none() {
        refuse("secret", "A secret is whsec_ and the base64 of 24 to 64 bytes. Leave it empty to have one made.".to_owned());
    }
    let types = match new.what.as_str() {
        "" => Vec::new(),
        "cases" => CASES.to_vec(),
        "trade" => TRADE.to_vec(),
        _ => {
            refuse("what", "Choose what this endpoint is told of.".to_owned());
            Vec::new()
        }
    };
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    Ok(Endpoint {
        id: context.id(),
        name: name.to_owned(),
        url: url.to_owned(),
        secrets: if secret.is_empty() { new_secret(context) } else { secret.to_owned() },
        types: Json(types.into_iter().map(str::to_owned).collect()),
        system: if new.is_peer { SYSTEM } else { OTHER }.to_owned(),
        is_local: new.is_local,
        is_active: true,
        failures: 0,
        retry_at: None,
        failure: None,
        failed_at: None,
        succeeded_at: None,
        created_at: context.now(),
    })
}

fn new_secret(context: &Context) -> String {
    let secret: [u8; 32] = context.ids.secret();
    Secret::written(&secret)
}

/// Registers the endpoint that the configuration names, or brings it up to date.
pub async fn configure(context: &Context, url: &str, secret: &str, is_local: bool) -> Result<EndpointId> {
    let new = NewEndpoint {
        name: CONFIGURED.to_owned(),
        url: url.to_owned(),
        secret: String::new(),
        what: String::new(),
        is_peer: true,
        is_local,
    };
    if secret.split_whitespace().any(|secret| Secret::parse(secret).is_none()) {
        return Err(Error::Conflict("A secret is whsec_ and the base64 of 24 to 64 bytes. Set one that is.".to_owned()));
    }
    let wanted = Endpoint { secrets: secret.to_owned(), ..read(context, &new)? };
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "endpoints").await?;
    let id = if let Some(known) = endpoints::find_by_name(&mut tx, CONFIGURED).await? {
        let changed = known.url != wanted.url || known.secrets != wanted.secrets;
        // What the configuration does not say stays as people set it.
        let row = Endpoint { url: wanted.url, secrets: wanted.secrets, is_local, ..known };
        endpoints::update(&mut tx, &row).await?;
        if changed {
            endpoints::hasten(&mut tx, row.id, context.now()).await?;
        }
        row.id
    } else {
        endpoints::insert(&mut tx, &wanted).await?;
        wanted.id
    };
    deliver::wake(context, &mut tx, id, context.now()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Switches an endpoint on or off. What waits stays and leaves when it is on again.
pub async fn switch(context: &Context, actor: &Actor, id: EndpointId, active: bool) -> Result<Endpoint> {
    let switch = |endpoint: &mut Endpoint| {
        if active && endpoint.system == community::SYSTEM && !connect::is_connected(endpoint) {
            return Err(Error::Conflict("It is not connected. Set community.url and community.key in the configuration.".to_owned()));
        }
        endpoint.is_active = active;
        Ok(())
    };
    change(context, actor, id, switch).await
}

/// Gives an endpoint a new secret; the newest old one signs as well until it is dropped.
pub async fn replace_secret(context: &Context, actor: &Actor, id: EndpointId) -> Result<Endpoint> {
    let new = new_secret(context);
    change_secret(context, actor, id, move |secrets| {
        let old = secrets.split_whitespace().next().unwrap_or_default();
        format!("{new} {old}").trim().to_owned()
    })
    .await
}

/// Lets only the newest secret of an endpoint sign.
pub async fn drop_old_secret(context: &Context, actor: &Actor, id: EndpointId) -> Result<Endpoint> {
    change_secret(context, actor, id, |secrets| secrets.split_whitespace().next().unwrap_or_default().to_owned()).await
}

/// The secret of the endpoint that the configuration names is the configuration's alone: what was set here would be gone
/// at the next start, and what is set there may sign what comes in as well.
async fn change_secret(context: &Context, actor: &Actor, id: EndpointId, set: impl FnOnce(&str) -> String) -> Result<Endpoint> {
    change(context, actor, id, |endpoint| {
        takes_secrets(endpoint)?;
        if endpoint.name == CONFIGURED {
            return Err(Error::Conflict("This secret is set in the configuration. Set xconnector.endpoint_secret there.".to_owned()));
        }
        endpoint.secrets = set(&endpoint.secrets);
        Ok(())
    })
    .await
}

/// Nothing signs what Active Community is told.
fn takes_secrets(endpoint: &Endpoint) -> Result<()> {
    if endpoint.system == community::SYSTEM {
        return Err(Error::Conflict("It has a key in place of a secret. Set it as community.key in the configuration.".to_owned()));
    }
    Ok(())
}

async fn change(context: &Context, actor: &Actor, id: EndpointId, set: impl FnOnce(&mut Endpoint) -> Result<()>) -> Result<Endpoint> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "endpoints").await?;
    let mut endpoint = endpoints::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    set(&mut endpoint)?;
    endpoints::update(&mut tx, &endpoint).await?;
    hasten(context, &mut tx, &endpoint).await?;
    tx.commit().await?;
    tracing::info!(endpoint = endpoint.name, by = actor.name, "endpoint changed");
    context.live.publish(None);
    Ok(endpoint)
}

/// Somebody wants it now: an endpoint that is left alone is tried again.
async fn hasten(context: &Context, conn: &mut Conn, endpoint: &Endpoint) -> Result<()> {
    endpoints::hasten(conn, endpoint.id, context.now()).await?;
    deliver::wake(context, conn, endpoint.id, context.now()).await
}

/// Sends an event again that arrived or was given up: the same event under the same id.
pub async fn replay(context: &Context, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    let (delivery, endpoint) = found(&mut tx, id).await?;
    if community::tell::is_withdrawn(&mut tx, &delivery).await? {
        return Err(Error::Conflict("The file of this event was withdrawn, so it is not sent again.".to_owned()));
    }
    endpoints::replay(&mut tx, id, context.now()).await?;
    hasten(context, &mut tx, &endpoint).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(delivery)
}

/// Leaves an event out that was given up, so that those behind it go on.
pub async fn leave_out(context: &Context, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    let (delivery, endpoint) = found(&mut tx, id).await?;
    if !endpoints::leave_out(&mut tx, id, context.now()).await? {
        return Err(Error::Conflict("This event was not given up. Reload the page to see where it is.".to_owned()));
    }
    if let Some(case) = delivery.case_id {
        // With what the other side does without, nothing may be left that is not in step.
        for bond in bonds::of_case(&mut tx, case).await?.into_iter().filter(|bond| bond.system == endpoint.system) {
            bonds::in_step(&mut tx, bond.id, context.now()).await?;
        }
    }
    hasten(context, &mut tx, &endpoint).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(delivery)
}

async fn found(conn: &mut Conn, id: DeliveryId) -> Result<(Delivery, Endpoint)> {
    let delivery = endpoints::find_delivery(conn, id).await?.ok_or(Error::NotFound)?;
    let endpoint = endpoints::find(conn, delivery.endpoint_id).await?.ok_or(Error::NotFound)?;
    Ok((delivery, endpoint))
}

/// For everybody but the hub there are no endpoints.
pub(super) fn hub_only(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}
