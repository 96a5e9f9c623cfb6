//! The list of cases, and one case with everything its page shows, as far as its reader may see it.

use super::{history, hub_zone, terms, write};
use crate::{
    domain::{
        access::Actor,
        case::Status,
        ids::CaseId,
        sla::{self, Clock},
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        paging::{PAGE, cut},
    },
    store::{
        cases::{self, Case, CaseEvent, CaseFilter, CaseRow, Message, Reference},
        organisations::{self, Organisation},
    },
};

/// A page of the list.
pub struct CaseList {
    /// The rows.
    pub rows: Vec<CaseRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, CaseId)>,
    /// How many cases are in each state.
    pub counts: Vec<(Status, i64)>,
}

/// Loads a page of cases.
pub async fn list(context: &Context, actor: &Actor, filter: &CaseFilter) -> Result<CaseList> {
    let mut conn = context.db.read().await?;
    let mut rows = cases::list(&mut conn, actor.scope(), filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.updated_at, row.id));
    let counts = cases::count(&mut conn, actor.scope()).await?;
    Ok(CaseList { rows, next, counts })
}

/// A case and everything around it.
pub struct CaseView {
    /// The header.
    pub case: Case,
    /// The partner it is with.
    pub counterparty: Organisation,
    /// What was written, oldest first.
    pub messages: Vec<Message>,
    /// What happened, oldest first.
    pub events: Vec<CaseEvent>,
    /// What it is about.
    pub references: Vec<Reference>,
    /// Its clocks; for the hub, whose promises they are, and for partners too.
    pub clocks: Vec<Clock>,
    /// Where the reader may move it.
    pub moves: Vec<Status>,
}

/// Loads a case.
pub async fn load(context: &Context, actor: &Actor, id: CaseId) -> Result<CaseView> {
    let mut conn = context.db.read().await?;
    let case = cases::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let counterparty = organisations::find(&mut conn, case.counterparty_id).await?.ok_or(Error::NotFound)?;
    let messages = cases::messages(&mut conn, actor.scope(), id).await?;
    // The clocks heed only what both sides can see, so that both see the same clocks.
    let events = cases::events(&mut conn, actor.scope(), id).await?;
    let references = cases::references(&mut conn, id).await?;
    let terms = terms(case.priority, &hub_zone(&mut conn).await?);
    let clocks = sla::clocks(&history(&case, &messages, &events), &terms, context.now());
    let moves = write::moves(actor, &case);
    Ok(CaseView { case, counterparty, messages, events, references, clocks, moves })
}
