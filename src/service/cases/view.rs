//! The list of cases, and one case with everything its page shows, as far as its reader may see it.

use super::{assign, history, participants, refer, terms, write};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::{Link, Status},
        ids::CaseId,
        policy::Rules,
        sla::{self, Clock},
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        mail_in::MAIL,
        paging::{PAGE, cut},
        reference::contacts::{self, Contact},
    },
    store::{
        Conn,
        bonds::{self, Bond},
        cases::{self, Case, CaseEvent, CaseFilter, CaseRow, Message, UNSETTLED, Written},
        incoming_mails::{self, Quote},
        links::{self, Linked},
        organisations::{self, Organisation},
        references::{self, Reference},
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
    /// The reader sees all of it that partners may see: the hub, and the partner it is with.
    pub is_whole: bool,
    /// The partner it is with; for others who take part, they themselves.
    pub counterparty: Organisation,
    /// Who takes part, the partner it is with first; for the hub alone.
    pub participants: Vec<Organisation>,
    /// Whom the reader turns to on the other side.
    pub contacts: Vec<Contact>,
    /// What was written, oldest first.
    pub messages: Vec<Message>,
    /// What messages quote that came by mail, as far as the reader may see it.
    pub quotes: Vec<Quote>,
    /// What happened, oldest first.
    pub events: Vec<CaseEvent>,
    /// What it is about.
    pub references: Vec<Reference>,
    /// Its clocks; for the hub, whose promises they are, and for the partner they are given to.
    pub clocks: Vec<Clock>,
    /// What is promised, and what happens as it runs out.
    pub rules: Rules,
    /// The cases that belong to it, of those that the reader takes part in.
    pub linked: Vec<Linked>,
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
    let mut case = cases::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let is_whole = participants::sees_all(actor, &case);
    let counterparty = if is_whole { case.counterparty_id } else { actor.organisation };
    let counterparty = organisations::find(&mut conn, counterparty).await?.ok_or(Error::NotFound)?;
    let mut messages = cases::messages(&mut conn, actor.scope(), id).await?;
    // The clocks heed only what both sides can see, so that both see the same clocks.
    let mut events = cases::events(&mut conn, actor.scope(), id).await?;
    let mut references = references::of_case(&mut conn, id).await?;
    let rules = terms::of(&mut conn, &case).await?;
    let heeded = messages.iter().filter(|message| message.readers().hold(case.counterparty_id));
    let heeded = heeded.map(|message| Written { at: message.at, side: message.side });
    let mut clocks = sla::clocks(&history(&case, heeded, &events), &rules.terms, context.now());
    if !is_whole {
        cut_to_others(&mut case, &mut events);
        references = refer::within_reach(&mut conn, actor, references).await?;
        // The promises are to the partner that the case is with.
        clocks.clear();
    }
    let participants = participants::of_case(&mut conn, actor, &case).await?;
    let contacts = contacts::of_other_side(context, &mut conn, actor, case.counterparty_id).await?;
    let moves = write::moves(actor, &case);
    let desk = assign::desk(&mut conn, actor, &case).await?;
    let bonds = if actor.may(Permission::Operate) { bonds::of_case(&mut conn, id).await? } else { Vec::new() };
    // What came with other cases is read here, and moves no clock of this one.
    let linked = links::of_case(&mut conn, actor.scope(), id).await?;
    if linked.iter().any(|linked| linked.kind == Link::PartOf && !linked.is_from_here) {
        messages.extend(links::messages_of_parts(&mut conn, actor.scope(), id).await?);
        messages.sort_by_key(|message| (message.at, message.id));
    }
    let quotes = quotes(&mut conn, actor, id, &messages).await?;
    Ok(CaseView {
        case,
        is_whole,
        counterparty,
        participants,
        contacts,
        messages,
        quotes,
        events,
        references,
        clocks,
        rules,
        linked,
        moves,
        desk,
        bonds,
    })
}

/// Cuts a case to what others who take part may see besides what is written to them: what it is called and where it stands,
/// and not who on the other side did what, why, or what they claim.
fn cut_to_others(case: &mut Case, events: &mut [CaseEvent]) {
    case.author.clear();
    (case.reason, case.action) = (None, None);
    case.proposed.0.clear();
    case.due_at = None;
    for event in events.iter_mut().filter(|event| event.reader_id.is_none()) {
        event.actor.clear();
        event.note.clear();
    }
}

/// What messages quote. A mail may quote what its writer's colleagues wrote to each other, so partners see it on their own
/// messages alone.
async fn quotes(conn: &mut Conn, actor: &Actor, case: CaseId, messages: &[Message]) -> Result<Vec<Quote>> {
    let is_hub = actor.may(Permission::Operate);
    if !messages.iter().any(|message| message.origin == MAIL) {
        return Ok(Vec::new());
    }
    let shown = |quote: &Quote| {
        let message = messages.iter().find(|message| message.id == quote.message_id);
        message.is_some_and(|message| is_hub || message.organisation_id == Some(actor.organisation))
    };
    Ok(incoming_mails::quotes(conn, case).await?.into_iter().filter(shown).collect())
}
