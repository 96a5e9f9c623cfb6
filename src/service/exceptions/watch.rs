//! What time alone makes wrong: a job looks every few minutes at what should have happened by now. Looks that are missed
//! change nothing but the moment at which it is told.

use std::collections::BTreeSet;

use super::{Root, look, tell};
use crate::{
    domain::time::Timestamp,
    service::{Context, Result},
    store::{examined, jobs},
};

/// Kind of the job.
pub const WATCH: &str = "watch_exceptions";
/// Seconds between two looks.
const PAUSE: i64 = 300;

/// Asks for the job; it goes on by itself from then on.
pub async fn schedule(context: &Context) -> Result<()> {
    let now = context.now();
    let mut tx = context.db.begin().await?;
    jobs::enqueue(&mut tx, context.id(), WATCH, Some(WATCH), &serde_json::json!({}), now, now).await?;
    Ok(tx.commit().await?)
}

/// Looks at everything that may have become late, and at everything that stands. Each in a transaction of its own, so
/// that nobody waits for long; what fails is said and does not keep the others from being looked at. Says when to look
/// again.
pub async fn watch(context: &Context) -> Result<Timestamp> {
    look_at_each(context, candidates(context).await?).await;
    Ok(context.now().plus_seconds(PAUSE))
}

/// Looks at each in a transaction of its own.
pub(super) async fn look_at_each(context: &Context, roots: BTreeSet<Root>) {
    for root in roots {
        if let Err(error) = one(context, root).await {
            tracing::warn!(%root, %error, "{root} could not be examined");
        }
    }
}

async fn one(context: &Context, root: Root) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let told = look(context, &mut tx, [root]).await?;
    if told.is_empty() {
        return Ok(());
    }
    tx.commit().await?;
    tell(context, &told);
    Ok(())
}

async fn candidates(context: &Context) -> Result<BTreeSet<Root>> {
    let mut conn = context.db.read().await?;
    let (now, today) = (context.now(), context.clock.today());
    let mut roots: BTreeSet<Root> = examined::late_orders(&mut conn, now, today).await?.into_iter().map(Root::Order).collect();
    roots.extend(examined::late_invoices(&mut conn, today).await?.into_iter().map(Root::Invoice));
    roots.extend(examined::unheard_documents(&mut conn).await?.into_iter().map(Root::Document));
    roots.extend(examined::connected_partners(&mut conn).await?.into_iter().map(Root::Partner));
    roots.extend(examined::open_roots(&mut conn).await?.iter().filter_map(|root| root.parse::<Root>().ok()));
    Ok(roots)
}
