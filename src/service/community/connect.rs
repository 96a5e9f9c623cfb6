//! Where Active Community is, how reading its changes is going, and what an operator sees of both. The configuration says
//! where; its key is never kept. Taken out of the configuration, it is not connected, and what happens waits for it.

use sqlx::types::Json;

use super::{SYSTEM, reference};
use crate::{
    connectors::community::Fault,
    domain::{
        delivery,
        ids::{EndpointId, JobId},
        time::Timestamp,
    },
    service::{Context, Error, Result, systems::deliver},
    store::{
        Conn, dialect,
        endpoints::{self, Endpoint},
        feeds::{self, Feed},
        jobs,
    },
};

/// The name of its endpoint.
pub const NAME: &str = "Active Community";

/// The kind of job that reads its changes.
pub const READ: &str = "community";

/// The longest that its changes are left alone after failures, in seconds: an outage is over as soon as it answers again.
const LONGEST_PAUSE: i64 = 300;

/// How often a file that comes damaged is asked for again before its change is parked, so that those behind it go on.
const TRIES: i64 = 4;

/// How the connection is doing.
pub struct Connection {
    /// What it is told.
    pub endpoint: Endpoint,
    /// What comes from it.
    pub feed: Feed,
    /// How much waits to be told.
    pub waiting: i64,
    /// How much was given up.
    pub dead: i64,
}

/// Whether an endpoint of Active Community leads anywhere.
pub fn is_connected(endpoint: &Endpoint) -> bool {
    !endpoint.url.is_empty()
}

/// Notes where the configuration says it is, or that it does not say so.
pub async fn configure(context: &Context, url: Option<&str>) -> Result<()> {
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "endpoints").await?;
    let known = endpoints::find_by_name(&mut tx, NAME).await?;
    if known.as_ref().is_some_and(|known| known.system != SYSTEM) {
        return Err(Error::Conflict(format!("An endpoint of another system is called {NAME}. It must have another name.")));
    }
    match (known, url) {
        (None, None) => {}
        (Some(known), None) => endpoints::update(&mut tx, &Endpoint { url: String::new(), is_active: false, ..known }).await?,
        (Some(known), Some(url)) => {
            let is_new = known.url != url;
            let is_active = known.is_active || !is_connected(&known);
            let row = Endpoint { url: url.to_owned(), is_active, ..known };
            endpoints::update(&mut tx, &row).await?;
            if is_new {
                endpoints::hasten(&mut tx, row.id, context.now()).await?;
            }
            begin(context, &mut tx, row.id).await?;
        }
        (None, Some(url)) => {
            let row = endpoint(context, url);
            endpoints::insert(&mut tx, &row).await?;
            reference::all(context, &mut tx, &row).await?;
            begin(context, &mut tx, row.id).await?;
        }
    }
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}

fn endpoint(context: &Context, url: &str) -> Endpoint {
    Endpoint {
        id: context.id(),
        name: NAME.to_owned(),
        url: url.to_owned(),
        secrets: String::new(),
        types: Json(Vec::new()),
        system: SYSTEM.to_owned(),
        is_local: true,
        is_active: true,
        failures: 0,
        retry_at: None,
        failure: None,
        failed_at: None,
        succeeded_at: None,
        created_at: context.now(),
    }
}

/// Lets what waits leave and its changes be read.
async fn begin(context: &Context, conn: &mut Conn, endpoint: EndpointId) -> Result<()> {
    feeds::begin(conn, SYSTEM, context.now()).await?;
    deliver::wake(context, conn, endpoint, context.now()).await?;
    look(context, conn).await
}

/// Asks that its changes be read now.
async fn look(context: &Context, conn: &mut Conn) -> Result<()> {
    let now = context.now();
    Ok(jobs::enqueue(conn, context.id::<JobId>(), READ, Some(READ), &serde_json::json!({}), now, now).await?)
}

/// Asks that its changes be read, where it is connected: again and again, so that it goes on where it was given up.
pub async fn schedule(context: &Context) -> Result<()> {
    if cursor(context).await?.is_none() {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    look(context, &mut tx).await?;
    Ok(tx.commit().await?)
}

/// How it is doing; nothing where it was never connected.
pub(in crate::service) async fn connection(conn: &mut Conn) -> Result<Option<Connection>> {
    let (Some(endpoint), Some(feed)) = (endpoints::find_by_name(conn, NAME).await?, feeds::find(conn, SYSTEM).await?) else {
        return Ok(None);
    };
    let counted = endpoints::waiting(conn).await?;
    let of = |state: &str| counted.iter().filter(|row| row.endpoint_id == endpoint.id && row.state == state).map(|row| row.events).sum();
    let (waiting, dead) = (of("waiting"), of("dead"));
    Ok(Some(Connection { endpoint, feed, waiting, dead }))
}

/// Up to where its changes were read; nothing where they are not to be read.
pub async fn cursor(context: &Context) -> Result<Option<String>> {
    let mut conn = context.db.read().await?;
    let active = endpoints::find_by_name(&mut conn, NAME).await?.is_some_and(|endpoint| endpoint.is_active);
    Ok(feeds::find(&mut conn, SYSTEM).await?.filter(|_| active).map(|feed| feed.cursor))
}

/// Begins anew, because it does not know any more where the reader was: what was taken before has no second effect.
pub async fn rewind(context: &Context, from: &str) -> Result<()> {
    let mut tx = context.db.begin().await?;
    feeds::advance(&mut tx, SYSTEM, from, "").await?;
    tx.commit().await?;
    tracing::warn!("Active Community has lost the cursor; its changes are read from the beginning");
    Ok(())
}

/// A page of its changes was taken: the cursor moves from where the reader was to the end of it. What waits because it was away
/// is told at once.
pub async fn heard(context: &Context, from: &str, to: &str) -> Result<()> {
    let mut tx = context.db.begin().await?;
    if !feeds::advance(&mut tx, SYSTEM, from, to).await? {
        return Ok(());
    }
    let Some(Connection { endpoint, feed, .. }) = connection(&mut tx).await? else { return Ok(()) };
    let is_news = feed.failure.is_some() || feed.succeeded_at.is_none();
    feeds::succeeded(&mut tx, SYSTEM, context.now()).await?;
    if feed.failure.is_some() {
        endpoints::hasten(&mut tx, endpoint.id, context.now()).await?;
        deliver::wake(context, &mut tx, endpoint.id, context.now()).await?;
    }
    tx.commit().await?;
    if is_news {
        context.live.publish(None);
    }
    Ok(())
}

/// It could not be read; says when to try again. A file that comes damaged has a count of its own, so that an outage before
/// it takes none of its tries.
pub async fn failed(context: &Context, fault: &Fault) -> Result<Timestamp> {
    let why = fault.to_string();
    let wait = if let Fault::Away { wait, .. } = fault { *wait } else { None };
    let mut tx = context.db.begin().await?;
    let feed = feeds::find(&mut tx, SYSTEM).await?;
    let goes_on = |feed: &Feed| !matches!(fault, Fault::Damaged { .. }) || is_again(feed, fault);
    let failures = feed.filter(goes_on).map_or(1, |feed| feed.failures + 1);
    feeds::failed(&mut tx, SYSTEM, failures, &why, context.now()).await?;
    tx.commit().await?;
    context.live.publish(None);
    let now = context.now();
    let longest = now.plus_seconds(LONGEST_PAUSE.max(wait.unwrap_or_default()));
    Ok(delivery::left_alone(failures, wait, now, |below| context.ids.below(below)).min(longest))
}

/// Whether a file came damaged so often in a row that it will not come otherwise.
pub async fn was_tried(context: &Context, fault: &Fault) -> Result<bool> {
    let feed = feeds::find(&mut context.db.read().await?, SYSTEM).await?;
    Ok(feed.is_some_and(|feed| feed.failures >= TRIES && is_again(&feed, fault)))
}

/// Whether what failed last was the same file, whatever came in its place.
fn is_again(feed: &Feed, fault: &Fault) -> bool {
    match (fault, &feed.failure) {
        (Fault::Damaged { wanted, .. }, Some(last)) => last.contains(wanted.as_str()),
        _ => false,
    }
}
