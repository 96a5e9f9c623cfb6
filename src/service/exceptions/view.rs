//! The list of exceptions, and one with everything its page shows.

use uuid::Uuid;

use super::{
    assign,
    guide::{self, Guide},
};
use crate::{
    domain::{
        access::{Actor, Permission},
        exception::{Owner, Severity, State, SubjectKind},
        ids::ExceptionId,
        number::Currency,
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        exchange::correction::{self, Correction},
        paging::{PAGE, cut},
    },
    store::{
        Conn, cases,
        exceptions::{self, About, Count, Exception, ExceptionFilter, ExceptionRow, Mark, Settled, Sorted, StepDone},
        organisations,
        partners::Person,
        users,
    },
};

/// A page of the list.
pub struct ExceptionList {
    /// The rows.
    pub rows: Vec<ExceptionRow>,
    /// Where the next page begins.
    pub next: Option<(i64, ExceptionId)>,
    /// The currency of the last row, in which the next page begins where the list is sorted by money.
    pub currency: Option<Currency>,
    /// How many there are.
    pub counts: Vec<Count>,
    /// How many open ones the reader has in hand.
    pub in_hand: i64,
}

/// What stands about one thing and is seen by an actor, what is due first on top: for the page of that thing.
pub async fn about(context: &Context, actor: &Actor, about: About, id: Uuid) -> Result<Vec<ExceptionRow>> {
    let mut conn = context.db.read().await?;
    Ok(exceptions::standing(&mut conn, actor.scope(), about, id).await?)
}

/// Which rows of a list have exceptions that stand.
pub struct Marks {
    about: About,
    rows: Vec<Mark>,
}

impl Marks {
    /// How many stand about a row, and how bad the worst is; none where nothing does.
    pub fn of(&self, id: Uuid) -> Option<(u64, Severity)> {
        let mut found = (0, Severity::Info);
        for mark in self.rows.iter().filter(|mark| mark.is_about(self.about, id)) {
            found = (found.0 + 1, found.1.max(mark.severity));
        }
        (found.0 > 0).then_some(found)
    }
}

/// What stands about the rows of a list and is seen by an actor.
pub async fn marks(context: &Context, actor: &Actor, about: About, ids: impl Iterator<Item = Uuid>) -> Result<Marks> {
    let mut conn = context.db.read().await?;
    Ok(Marks { about, rows: exceptions::marks(&mut conn, actor.scope(), about, ids).await? })
}

/// Loads a page of exceptions.
pub async fn list(context: &Context, actor: &Actor, filter: &ExceptionFilter) -> Result<ExceptionList> {
    let mut conn = context.db.read().await?;
    let mut rows = exceptions::list(&mut conn, actor.scope(), filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| {
        let key = match filter.sorted {
            Sorted::Due => row.due_at.micros(),
            Sorted::Money => row.money.minor(),
            Sorted::Changed => row.updated_at.micros(),
        };
        (key, row.id)
    });
    let counts = exceptions::count(&mut conn, actor.scope()).await?;
    let in_hand = match actor.user() {
        Some(person) => exceptions::in_hand(&mut conn, actor.scope(), person).await?,
        None => 0,
    };
    let currency = rows.last().and_then(|row| row.currency);
    Ok(ExceptionList { rows, next, currency, counts, in_hand })
}

/// Who settles what an actor is asked to.
pub fn own_side(actor: &Actor) -> Owner {
    if actor.may(Permission::Operate) { Owner::Hub } else { Owner::Partner }
}

/// What stands and is the actor's to settle: how many, and until when the first.
pub async fn to_settle(conn: &mut Conn, actor: &Actor) -> Result<(i64, Option<Timestamp>)> {
    let own = own_side(actor);
    let counts = exceptions::count(conn, actor.scope()).await?;
    let mine = counts.iter().find(|count| count.state == State::Open && count.owner == own);
    Ok(mine.map_or((0, None), |count| (count.n, count.due_at)))
}

/// An exception that an actor may see.
pub(super) async fn find(context: &Context, actor: &Actor, id: ExceptionId) -> Result<Exception> {
    exceptions::find(&mut context.db.read().await?, actor.scope(), id).await?.ok_or(Error::NotFound)
}

/// An exception and everything around it.
pub struct ExceptionView {
    /// The exception.
    pub exception: Exception,
    /// The partner concerned.
    pub counterparty: Option<organisations::Organisation>,
    /// What to do about it.
    pub guide: Guide,
    /// What was done since it opened.
    pub done: Vec<StepDone>,
    /// Which steps settled others of its kind.
    pub settled: Vec<Settled>,
    /// The number of the case about it.
    pub case: Option<String>,
    /// The name of who has it in hand.
    pub assignee: Option<String>,
    /// Who could have it in hand; nobody where the actor's side does not settle it, or it is over.
    pub people: Vec<Person>,
    /// Where the actor corrects the document that it is about and sends it anew.
    pub correction: Option<Correction>,
}

/// Loads an exception.
pub async fn load(context: &Context, actor: &Actor, id: ExceptionId) -> Result<ExceptionView> {
    let mut conn = context.db.read().await?;
    let exception = exceptions::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let counterparty = match exception.counterparty_id {
        Some(partner) => organisations::find(&mut conn, partner).await?,
        None => None,
    };
    let guide = guide::load(&mut conn, actor, exception.kind).await?;
    let done = exceptions::steps(&mut conn, id, exception.round).await?;
    let settled = exceptions::settled(&mut conn, actor.scope(), exception.kind).await?;
    let case = match exception.case_id {
        Some(case) => cases::find(&mut conn, actor.scope(), case).await?.map(|case| case.number),
        None => None,
    };
    let correction =
        match exception.document_id.filter(|_| exception.state == State::Open && exception.subject_kind == SubjectKind::Document) {
            Some(document) => correction::of(&mut conn, actor, document).await?,
            None => None,
        };
    let people = assign::people(&mut conn, actor, &exception).await?;
    let assignee = match exception.assignee_id {
        Some(person) => users::find(&mut conn, person).await?.map(|person| person.name),
        None => None,
    };
    Ok(ExceptionView { exception, counterparty, guide, done, settled, case, assignee, people, correction })
}
