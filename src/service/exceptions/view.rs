//! The list of exceptions, and one with everything its page shows.

use super::guide::{self, Guide};
use crate::{
    domain::{
        access::{Actor, Permission},
        exception::{Owner, State},
        ids::ExceptionId,
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        paging::{PAGE, cut},
    },
    store::{
        Conn, cases,
        exceptions::{self, Count, Exception, ExceptionFilter, ExceptionRow, Settled, Sorted, StepDone},
        organisations,
    },
};

/// A page of the list.
pub struct ExceptionList {
    /// The rows.
    pub rows: Vec<ExceptionRow>,
    /// Where the next page begins.
    pub next: Option<(i64, ExceptionId)>,
    /// How many there are.
    pub counts: Vec<Count>,
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
    Ok(ExceptionList { rows, next, counts })
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
    Ok(ExceptionView { exception, counterparty, guide, done, settled, case })
}
