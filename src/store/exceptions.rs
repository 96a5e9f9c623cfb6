//! Exceptions as they are kept, and the steps done about them. The hub reaches all; a partner reaches those that are its
//! own to settle, and no others.

use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{
    Conn, Result, Scope, all, execute, expect_current,
    filter::{Arg, Filter},
};
use crate::domain::{
    exception::{Difference, Kind, Owner, Severity, State, SubjectKind},
    ids::{CaseId, DocumentId, ExceptionId, OrganisationId, UserId},
    number::{Amount, Currency},
    time::Timestamp,
};

/// An exception.
#[derive(Clone, Debug, FromRow)]
pub struct Exception {
    /// Id.
    pub id: ExceptionId,
    /// What went wrong.
    pub kind: Kind,
    /// What was examined, such as `order:ID`.
    pub root: String,
    /// What it is about.
    pub subject_kind: SubjectKind,
    /// Its id.
    pub subject_id: Uuid,
    /// The number people know it by.
    pub subject_number: String,
    /// The partner concerned; none where it is not known.
    pub counterparty_id: Option<OrganisationId>,
    /// Who can settle it.
    pub owner: Owner,
    /// How bad it is.
    pub severity: Severity,
    /// Whether there is something to do.
    pub state: State,
    /// Both numbers.
    pub differences: Json<Vec<Difference>>,
    /// The document that showed it.
    pub document_id: Option<DocumentId>,
    /// Money at stake; zero is none.
    pub money: Amount,
    /// In this currency.
    pub currency: Option<Currency>,
    /// Since when.
    pub began_at: Timestamp,
    /// By when it should be settled.
    pub due_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Who said that it is over; none where it closed itself.
    pub settled_by: Option<String>,
    /// What they said about it.
    pub settled_note: String,
    /// The step that was done last before it was over, from 1.
    pub settled_step: Option<i64>,
    /// How often it was to be said.
    pub times: i64,
    /// How often before it opened this time.
    pub earlier: i64,
    /// How often it has opened.
    pub round: i64,
    /// The case about it.
    pub case_id: Option<CaseId>,
    /// Who of the side that settles it has it in hand.
    pub assignee_id: Option<UserId>,
    /// Counts changes, for compare-and-set.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was found first.
    pub created_at: Timestamp,
}

/// A row of the list.
#[derive(Clone, Debug, FromRow)]
pub struct ExceptionRow {
    /// Id.
    pub id: ExceptionId,
    /// What went wrong.
    pub kind: Kind,
    /// What it is about.
    pub subject_kind: SubjectKind,
    /// The number people know it by.
    pub subject_number: String,
    /// The partner concerned.
    pub counterparty: Option<String>,
    /// Who can settle it.
    pub owner: Owner,
    /// How bad it is.
    pub severity: Severity,
    /// Whether there is something to do.
    pub state: State,
    /// Money at stake; zero is none.
    pub money: Amount,
    /// In this currency.
    pub currency: Option<Currency>,
    /// By when it should be settled.
    pub due_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// How often it was to be said.
    pub times: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// Who has it in hand.
    pub assignee: Option<String>,
}

/// In which order a list stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sorted {
    /// What is due first.
    #[default]
    Due,
    /// Currency by currency, the most money first in each; what is about no money stands last. Amounts of different
    /// currencies are never compared.
    Money,
    /// What changed last.
    Changed,
}

/// Which exceptions a list shows.
#[derive(Clone, Debug, Default)]
pub struct ExceptionFilter {
    /// Only these.
    pub state: Option<State>,
    /// Only those that this side settles.
    pub owner: Option<Owner>,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only those that this person has in hand.
    pub assignee: Option<UserId>,
    /// Number or partner contains.
    pub search: Option<String>,
    /// In which order.
    pub sorted: Sorted,
    /// Begins after this row: what it is sorted by, and its id. Times are microseconds.
    pub after: Option<(i64, ExceptionId)>,
    /// The currency of that row, where the list is sorted by money.
    pub after_currency: Option<Currency>,
}

fn scoped(select: &'static str, scope: Scope) -> Filter {
    let mut query = Filter::new(select, scope, "exceptions.counterparty_id");
    if scope.party().is_some() {
        query.and("exceptions.owner", " = ", Arg::Text(Owner::Partner.as_str().to_owned()), "");
    }
    query
}

/// What a row of a list is made of.
const ROW: &str =
    "SELECT exceptions.id, exceptions.kind, exceptions.subject_kind, exceptions.subject_number, organisations.name AS counterparty,
        exceptions.owner, exceptions.severity, exceptions.state, exceptions.money, exceptions.currency, exceptions.due_at,
        exceptions.ended_at, exceptions.times, exceptions.updated_at, users.name AS assignee
     FROM exceptions LEFT JOIN organisations ON organisations.id = exceptions.counterparty_id
     LEFT JOIN users ON users.id = exceptions.assignee_id";

/// Comes after every currency.
const NO_CURRENCY: &str = "zzz";

/// A page of exceptions; one row more than `limit` is fetched to tell whether there are more.
pub async fn list(conn: &mut Conn, scope: Scope, filter: &ExceptionFilter, limit: i64) -> Result<Vec<ExceptionRow>> {
    let mut query = scoped(ROW, scope);
    if let Some(state) = filter.state {
        query.and("exceptions.state", " = ", Arg::Text(state.as_str().to_owned()), "");
    }
    if let Some(owner) = filter.owner {
        query.and("exceptions.owner", " = ", Arg::Text(owner.as_str().to_owned()), "");
    }
    if let Some(kind) = filter.kind {
        query.and("exceptions.kind", " = ", Arg::Text(kind.as_str().to_owned()), "");
    }
    if let Some(assignee) = filter.assignee {
        query.and("exceptions.assignee_id", " = ", Arg::Id(assignee.0), "");
    }
    if let Some(search) = &filter.search {
        query.and_contains(&["exceptions.subject_number", "organisations.name"], search);
    }
    let time = |micros| Arg::Time(Timestamp::from_micros(micros));
    match (filter.sorted, filter.after) {
        (Sorted::Due, Some((at, id))) => query.beyond("(exceptions.due_at, exceptions.id)", " > ", time(at), id.0),
        (Sorted::Money, Some((money, id))) => {
            let currency = Arg::Text(filter.after_currency.as_ref().map_or(NO_CURRENCY, Currency::code).to_owned());
            query.and("(coalesce(exceptions.currency, 'zzz')", " > ", currency.clone(), "");
            query.or("coalesce(exceptions.currency, 'zzz')", " = ", currency);
            query.beyond("(exceptions.money, exceptions.id)", " < ", Arg::Int(money), id.0);
            query.close();
        }
        (Sorted::Changed, Some((at, id))) => query.beyond("(exceptions.updated_at, exceptions.id)", " < ", time(at), id.0),
        (_, None) => {}
    }
    query.ending(match filter.sorted {
        Sorted::Due => "ORDER BY exceptions.due_at, exceptions.id",
        Sorted::Money => "ORDER BY coalesce(exceptions.currency, 'zzz'), exceptions.money DESC, exceptions.id DESC",
        Sorted::Changed => "ORDER BY exceptions.updated_at DESC, exceptions.id DESC",
    });
    query.limit(limit + 1);
    query.fetch(conn).await
}

/// A thing that has a page, on which its exceptions stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An order, with its shipments and invoices.
    Order,
    /// A shipment.
    Shipment,
    /// An invoice.
    Invoice,
    /// A document: what is wrong with it, and what it showed.
    Document,
}

impl About {
    const fn column(self) -> &'static str {
        match self {
            Self::Order => "exceptions.root",
            Self::Shipment | Self::Invoice => "exceptions.subject_id",
            Self::Document => "exceptions.document_id",
        }
    }

    fn arg(self, id: Uuid) -> Arg {
        match self {
            Self::Order => Arg::Text(format!("order:{id}")),
            Self::Shipment | Self::Invoice | Self::Document => Arg::Id(id),
        }
    }
}

/// What stands about one thing, what is due first on top.
pub async fn standing(conn: &mut Conn, scope: Scope, about: About, id: Uuid) -> Result<Vec<ExceptionRow>> {
    let mut query = scoped(ROW, scope);
    query.and_text("exceptions.state = 'open'");
    query.and(about.column(), " = ", about.arg(id), "");
    query.ending("ORDER BY exceptions.due_at, exceptions.id");
    query.fetch(conn).await
}

/// How many exceptions stand about one of several things.
#[derive(Clone, Debug, FromRow)]
pub struct Mark {
    /// Its root or id.
    root: String,
    subject_id: Uuid,
    document_id: Option<DocumentId>,
    /// How bad it is.
    pub severity: Severity,
}

impl Mark {
    /// Whether it is about a thing.
    pub fn is_about(&self, about: About, id: Uuid) -> bool {
        match about {
            About::Order => self.root.strip_prefix("order:").and_then(|root| Uuid::try_parse(root).ok()) == Some(id),
            About::Shipment | About::Invoice => self.subject_id == id,
            About::Document => self.document_id.is_some_and(|document| document.0 == id),
        }
    }
}

/// What stands about several things, one row for each exception: for the rows of a list.
pub async fn marks(conn: &mut Conn, scope: Scope, about: About, ids: impl Iterator<Item = Uuid>) -> Result<Vec<Mark>> {
    let mut query =
        scoped("SELECT exceptions.root, exceptions.subject_id, exceptions.document_id, exceptions.severity FROM exceptions", scope);
    query.and_text("exceptions.state = 'open'");
    query.and_in(about.column(), ids.map(|id| about.arg(id)));
    query.fetch(conn).await
}

/// Notes that people have to be told of an exception.
pub async fn mark_untold(conn: &mut Conn, id: ExceptionId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE exceptions SET untold_since = $2 WHERE id = $1", id, now)?;
    Ok(())
}

/// What a side has to be told of and still stands, the worst and what is due first on top.
pub async fn untold(conn: &mut Conn, owner: Owner, counterparty: Option<OrganisationId>) -> Result<Vec<Exception>> {
    all!(
        conn,
        Exception,
        "SELECT * FROM exceptions WHERE untold_since IS NOT NULL AND state = 'open' AND owner = $1 AND ($2 IS NULL OR counterparty_id = $2)
         ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, due_at, id",
        owner,
        counterparty
    )
}

/// Notes that people were told of an exception.
pub async fn mark_told(conn: &mut Conn, id: ExceptionId) -> Result<()> {
    execute!(conn, "UPDATE exceptions SET untold_since = NULL WHERE id = $1", id)?;
    Ok(())
}

/// How many exceptions there are of a state and an owner.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Count {
    /// Whether there is something to do.
    pub state: State,
    /// Who can settle them.
    pub owner: Owner,
    /// How many.
    pub n: i64,
    /// The earliest deadline among them.
    pub due_at: Option<Timestamp>,
}

/// How many exceptions there are.
pub async fn count(conn: &mut Conn, scope: Scope) -> Result<Vec<Count>> {
    let mut query =
        scoped("SELECT exceptions.state, exceptions.owner, count(*) AS n, min(exceptions.due_at) AS due_at FROM exceptions", scope);
    query.ending("GROUP BY exceptions.state, exceptions.owner");
    query.fetch(conn).await
}

/// How many open exceptions a person has in hand, of those in the scope.
pub async fn in_hand(conn: &mut Conn, scope: Scope, person: UserId) -> Result<i64> {
    let mut query = scoped("SELECT count(*) FROM exceptions", scope);
    query.and("exceptions.state = 'open' AND exceptions.assignee_id", " = ", Arg::Id(person.0), "");
    let counted: Vec<(i64,)> = query.fetch(conn).await?;
    Ok(counted.first().map_or(0, |(n,)| *n))
}

/// An exception within the scope.
pub async fn find(conn: &mut Conn, scope: Scope, id: ExceptionId) -> Result<Option<Exception>> {
    let mut query = scoped("SELECT exceptions.* FROM exceptions", scope);
    query.and("exceptions.id", " = ", Arg::Id(id.0), "");
    Ok(query.fetch(conn).await?.pop())
}

/// What is kept of a root.
pub async fn of_root(conn: &mut Conn, root: &str) -> Result<Vec<Exception>> {
    all!(conn, Exception, "SELECT * FROM exceptions WHERE root = $1 ORDER BY id", root)
}

/// Adds an exception.
pub async fn insert(conn: &mut Conn, row: &Exception) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO exceptions (id, kind, root, subject_kind, subject_id, subject_number, counterparty_id, owner, severity, state,
           differences, document_id, money, currency, began_at, due_at, ended_at, settled_by, settled_note, settled_step, times, earlier,
           round, case_id, assignee_id, version, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
           $28)",
        row.id,
        row.kind,
        &row.root,
        row.subject_kind,
        row.subject_id,
        &row.subject_number,
        row.counterparty_id,
        row.owner,
        row.severity,
        row.state,
        &row.differences,
        row.document_id,
        row.money,
        row.currency,
        row.began_at,
        row.due_at,
        row.ended_at,
        &row.settled_by,
        &row.settled_note,
        row.settled_step,
        row.times,
        row.earlier,
        row.round,
        row.case_id,
        row.assignee_id,
        row.version,
        row.updated_at,
        row.created_at
    )?;
    Ok(())
}

/// Says who has an exception in hand that was read at a version.
pub async fn assign(conn: &mut Conn, id: ExceptionId, version: i64, person: Option<UserId>, now: Timestamp) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE exceptions SET assignee_id = $3, updated_at = $4, version = version + 1 WHERE id = $1 AND version = $2",
        id,
        version,
        person,
        now
    )?)
}

/// Saves an exception that was read at `row.version`. Where another side settles it from now on, nobody there has it in hand.
pub async fn update(conn: &mut Conn, row: &Exception) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE exceptions SET owner = $3, severity = $4, state = $5, differences = $6, document_id = $7, money = $8, currency = $9,
           began_at = $10, due_at = $11, ended_at = $12, settled_by = $13, settled_note = $14, settled_step = $15, times = $16,
           earlier = $17, round = $18, case_id = $19, subject_number = $20, updated_at = $21, version = version + 1,
           assignee_id = CASE WHEN owner = $3 THEN assignee_id END
         WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        row.owner,
        row.severity,
        row.state,
        &row.differences,
        row.document_id,
        row.money,
        row.currency,
        row.began_at,
        row.due_at,
        row.ended_at,
        &row.settled_by,
        &row.settled_note,
        row.settled_step,
        row.times,
        row.earlier,
        row.round,
        row.case_id,
        &row.subject_number,
        row.updated_at
    )?)
}

/// A step that somebody did.
#[derive(Clone, Debug, FromRow)]
pub struct StepDone {
    /// Which, from 1.
    pub step: i64,
    /// Who.
    pub done_by: String,
    /// When.
    pub done_at: Timestamp,
}

/// The steps done since an exception opened the last time. The caller has loaded it within its scope.
pub async fn steps(conn: &mut Conn, exception: ExceptionId, round: i64) -> Result<Vec<StepDone>> {
    all!(
        conn,
        StepDone,
        "SELECT step, done_by, done_at FROM exception_steps WHERE exception_id = $1 AND round = $2 ORDER BY step",
        exception,
        round
    )
}

/// Notes that a step was done; who was first stays.
pub async fn insert_step(conn: &mut Conn, exception: ExceptionId, round: i64, done: &StepDone) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO exception_steps (exception_id, round, step, done_by, done_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (exception_id, round, step) DO NOTHING",
        exception,
        round,
        done.step,
        &done.done_by,
        done.done_at
    )?;
    Ok(())
}

/// Takes back that a step was done.
pub async fn delete_step(conn: &mut Conn, exception: ExceptionId, round: i64, step: i64) -> Result<()> {
    execute!(conn, "DELETE FROM exception_steps WHERE exception_id = $1 AND round = $2 AND step = $3", exception, round, step)?;
    Ok(())
}

/// How often a step settled exceptions of a kind.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Settled {
    /// Which, from 1.
    pub settled_step: i64,
    /// How often.
    pub n: i64,
}

/// Which steps settled exceptions of a kind, as far as the scope sees them.
pub async fn settled(conn: &mut Conn, scope: Scope, kind: Kind) -> Result<Vec<Settled>> {
    let mut query = scoped("SELECT exceptions.settled_step, count(*) AS n FROM exceptions", scope);
    query.and("exceptions.settled_step IS NOT NULL AND exceptions.kind", " = ", Arg::Text(kind.as_str().to_owned()), "");
    query.ending("GROUP BY exceptions.settled_step");
    query.fetch(conn).await
}
