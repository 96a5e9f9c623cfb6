//! What time alone makes wrong: a job looks every few minutes at what should have happened by now. Looks that are missed
//! change nothing but the moment at which it is told.

use std::collections::BTreeSet;

use super::{Root, look, tell, would_change};
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

/// Looks at everything that may have become late, and at everything that stands.
pub async fn watch(context: &Context) -> Result<()> {
    look_at_each(context, &candidates(context).await?).await;
    Ok(())
}

/// When to look again.
pub fn next(context: &Context) -> Timestamp {
    context.now().plus_seconds(PAUSE)
}

/// Looks at each on its own: what fails is said and does not keep the others from being looked at.
pub async fn look_at_each(context: &Context, roots: &[Root]) {
    for root in roots.iter().copied() {
        if let Err(error) = one(context, root).await {
            tracing::warn!(%root, %error, "{root} could not be examined");
        }
    }
}

/// Most look as they did before, which is found out without a transaction: nobody who writes waits for it.
async fn one(context: &Context, root: Root) -> Result<()> {
    if !would_change(context, &mut context.db.read().await?, root).await? {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    let told = look(context, &mut tx, [root]).await?;
    if told.is_empty() {
        return Ok(());
    }
    tx.commit().await?;
    tell(context, &told);
    Ok(())
}

/// What may have become late, and what stands.
pub async fn candidates(context: &Context) -> Result<Vec<Root>> {
    let mut conn = context.db.read().await?;
    let (now, today) = (context.now(), context.clock.today());
    let mut roots: BTreeSet<Root> = examined::late_orders(&mut conn, now, today, None).await?.into_iter().map(Root::Order).collect();
    roots.extend(examined::late_invoices(&mut conn, today, None).await?.into_iter().map(Root::Invoice));
    roots.extend(examined::unheard_documents(&mut conn).await?.into_iter().map(Root::Document));
    roots.extend(examined::connected_partners(&mut conn).await?.into_iter().map(Root::Partner));
    roots.extend(examined::open_roots(&mut conn).await?.iter().filter_map(|root| root.parse::<Root>().ok()));
    Ok(roots.into_iter().collect())
}
