//! The list of cases, and one case with everything its page shows, as far as its reader may see it.

use super::{assign, history, terms, write};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::Status,
        ids::CaseId,
        policy::Rules,
        sla::{self, Clock},
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        paging::{PAGE, cut},
    },
    store::{
        bonds::{self, Bond},
        cases::{self, Case, CaseEvent, CaseFilter, CaseRow, Message, Reference, UNSETTLED},
        links,
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
    /// How many of those with something left to do are in the reader's hands.
    pub mine: i64,
}

/// Loads a page of cases.
pub async fn list(context: &Context, actor: &Actor, filter: &CaseFilter) -> Result<CaseList> {
    let mut conn = context.db.read().await?;
    let mut rows = cases::list(&mut conn, actor.scope(), filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.updated_at, row.id));
    let counts = cases::count(&mut conn, actor.scope()).await?;
    let mine = match actor.user().filter(|_| actor.may(Permission::Operate)) {
        Some(person) => cases::count_of(&mut conn, actor.scope(), person, UNSETTLED).await?,
        None => 0,
    };
    Ok(CaseList { rows, next, counts, mine })
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
    /// What is promised, and what happens as it runs out.
    pub rules: Rules,
    /// Where the reader may move it.
    pub moves: Vec<Status>,
    /// Who works on it; for the hub alone.
    pub desk: Option<assign::Desk>,
    /// The same case in other systems; for the hub alone.
    pub bonds: Vec<Bond>,
}

/// Loads a case.
pub async fn load(context: &Context, actor: &Actor, id: CaseId) -> Result<CaseView> {
    let mut conn = context.db.read().await?;
    let case = cases::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let counterparty = organisations::find(&mut conn, case.counterparty_id).await?.ok_or(Error::NotFound)?;
    let mut messages = cases::messages(&mut conn, actor.scope(), id).await?;
    // The clocks heed only what both sides can see, so that both see the same clocks.
    let events = cases::events(&mut conn, actor.scope(), id).await?;
    let references = cases::references(&mut conn, id).await?;
    let rules = terms::of(&mut conn, &case).await?;
    let clocks = sla::clocks(&history(&case, &messages, &events), &rules.terms, context.now());
    let moves = write::moves(actor, &case);
    let desk = assign::desk(&mut conn, actor, &case).await?;
    let bonds = if actor.may(Permission::Operate) { bonds::of_case(&mut conn, id).await? } else { Vec::new() };
    // What came with other cases is read here, and moves no clock of this one.
    messages.extend(links::messages_of_parts(&mut conn, actor.scope(), id).await?);
    messages.sort_by_key(|message| (message.at, message.id));
    Ok(CaseView { case, counterparty, messages, events, references, clocks, rules, moves, desk, bonds })
}
