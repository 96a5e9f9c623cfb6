//! The list of remittances, and one with everything its page shows.

use crate::{
    domain::{access::Actor, ids::RemittanceId, time::Timestamp},
    service::{
        Context, Error, Result,
        paging::{PAGE, cut},
    },
    store::{
        organisations::{self, Organisation},
        remittances::{self, Item, Remittance, RemittanceFilter, RemittanceRow},
    },
};

/// A page of the list.
pub struct RemittanceList {
    /// The rows.
    pub rows: Vec<RemittanceRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, RemittanceId)>,
}

/// Loads a page of remittances.
pub async fn list(context: &Context, actor: &Actor, filter: &RemittanceFilter) -> Result<RemittanceList> {
    let mut conn = context.db.read().await?;
    let mut rows = remittances::list(&mut conn, actor.scope(), filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.created_at, row.id));
    Ok(RemittanceList { rows, next })
}

/// A remittance and what it pays.
pub struct RemittanceView {
    /// The remittance.
    pub remittance: Remittance,
    /// The party besides the hub.
    pub counterparty: Organisation,
    /// What it pays, in its order.
    pub items: Vec<Item>,
}

/// Loads a remittance.
pub async fn load(context: &Context, actor: &Actor, id: RemittanceId) -> Result<RemittanceView> {
    let mut conn = context.db.read().await?;
    let remittance = remittances::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let counterparty = organisations::find(&mut conn, remittance.counterparty_id).await?.ok_or(Error::NotFound)?;
    let items = remittances::items(&mut conn, id).await?;
    Ok(RemittanceView { remittance, counterparty, items })
}
