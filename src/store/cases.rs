//! Cases: headers, parties, what was written, what happened. A partner reaches the cases it takes
//! part in and, of those, what partners may see; the hub reaches all.

use sqlx::{FromRow, types::Json};

use super::{
    Conn, Result, Scope, all, execute, expect_current,
    filter::{Arg, Filter, each, newest},
    optional,
};
use crate::domain::{
    case::{Kind, Priority, Readers, Status, Visibility},
    dispute::Proposed,
    ids::{CaseEventId, CaseId, CaseMessageId, OrganisationId, UserId},
    sla::Side,
    time::Timestamp,
    words,
};

/// A case's header.
#[derive(Clone, Debug, FromRow)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// The number people say.
    pub number: String,
    /// What it is about.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// In a few words.
    pub title: String,
    /// Why, in the codes of Peppol's `OPStatusReason`.
    pub reason: Option<String>,
    /// What is asked for, in the codes of Peppol's `OPStatusAction`.
    pub action: Option<String>,
    /// Values that should be others.
    pub proposed: Json<Vec<Proposed>>,
    /// The partner it is with.
    pub counterparty_id: OrganisationId,
    /// Which side opened it.
    pub opened_by: Side,
    /// The person or system that opened it.
    pub author: String,
    /// Who at the hub works on it.
    pub assignee_id: Option<UserId>,
    /// Level of support, from 1.
    pub tier: i64,
    /// When the next promise is due; computed from the history whenever that changes.
    pub due_at: Option<Timestamp>,
    /// Counts changes, for compare-and-set.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// A row of the case list.
#[derive(Clone, Debug, FromRow)]
pub struct CaseRow {
    /// Id.
    pub id: CaseId,
    /// The number people say.
    pub number: String,
    /// What it is about.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// In a few words.
    pub title: String,
    /// The partner it is with.
    pub counterparty: String,
    /// Its code.
    pub counterparty_code: String,
    /// Who at the hub works on it, by name.
    pub assignee: Option<String>,
    /// Level of support, from 1.
    pub tier: i64,
    /// When the next promise is due.
    pub due_at: Option<Timestamp>,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// Something that was written.
#[derive(Clone, Debug, FromRow)]
pub struct Message {
    /// Id.
    pub id: CaseMessageId,
    /// The case.
    pub case_id: CaseId,
    /// Who may read it.
    pub visibility: Visibility,
    /// Which side wrote it.
    pub side: Side,
    /// The person or system.
    pub author: String,
    /// The organisation they wrote for.
    pub organisation_id: Option<OrganisationId>,
    /// The words.
    pub body: String,
    /// The one partner that may read it; everybody who takes part where none is named.
    pub reader_id: Option<OrganisationId>,
    /// `portico`, or the system it came from.
    pub origin: String,
    /// What that system calls it.
    pub origin_id: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Message {
    /// Who may read it, besides the hub.
    pub fn readers(&self) -> Readers {
        Readers { visibility: self.visibility, only: self.reader_id }
    }
}

/// Something that happened to a case.
#[derive(Clone, Debug, FromRow)]
pub struct CaseEvent {
    /// Id.
    pub id: CaseEventId,
    /// The case.
    pub case_id: CaseId,
    /// `opened`, `status`, `priority`, `assigned`, `tier`, `linked`, `bonded`, `escalated`, `wished`, `referred`, `unreferred`, `withdrawn`.
    pub kind: String,
    /// Before.
    pub old: Option<String>,
    /// Now.
    pub new: Option<String>,
    /// More, in words.
    pub note: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// The one partner that may; everybody who takes part where none is named.
    pub reader_id: Option<OrganisationId>,
    /// The person or system.
    pub actor: String,
    /// Through which system: `portico`, `xconnector`, `community`.
    pub system: String,
    /// The event that said so.
    pub event_id: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl CaseEvent {
    /// Who may see it, besides the hub.
    pub fn readers(&self) -> Readers {
        Readers { visibility: self.visibility, only: self.reader_id }
    }
}

/// Which cases a list shows.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Only these states.
    pub statuses: Vec<Status>,
    /// Every one of these words begins one of the case: of its number, title or partner, of what it is about, or of what was
    /// written in it and the reader may read.
    pub search: Option<String>,
    /// The id another system gave it.
    pub external: Option<String>,
    /// Only what this person works on.
    pub assignee: Option<UserId>,
    /// Begins after this row.
    pub after: Option<(Timestamp, CaseId)>,
}

/// States in which something is left to do.
pub const UNSETTLED: &[Status] = &[Status::Open, Status::InProgress, Status::WaitingOnPartner];

/// What a partner sees: the cases it takes part in. Looked up for each case, never listed: a partner may have very many.
const OF_PARTY: &str = "EXISTS (SELECT 1 FROM case_parties WHERE case_id = cases.id AND organisation_id = ";

fn scoped(select: &'static str, scope: Scope) -> Filter {
    let mut query = Filter::new(select, Scope::Hub, "cases.counterparty_id");
    if let Some(party) = scope.party() {
        query.and(OF_PARTY, "", Arg::Id(party.0), ")");
    }
    query
}

/// A page of cases, last changed first; one row more than `limit` is fetched to tell whether there are more.
pub async fn list(conn: &mut Conn, scope: Scope, filter: &CaseFilter, limit: i64) -> Result<Vec<CaseRow>> {
    let mut rows = Vec::new();
    for state in each(&filter.statuses) {
        rows.extend(list_of(conn, scope, filter, state, limit).await?);
    }
    Ok(newest(rows, limit + 1, |row| (row.updated_at, row.id)))
}

/// What a list walks in order: every case, or the rows of one partner.
struct Walk {
    select: &'static str,
    status: &'static str,
    updated_at: &'static str,
    id: &'static str,
    ending: &'static str,
}

const EVERY: Walk = Walk {
    select: "SELECT cases.id, cases.number, cases.kind, cases.status, cases.priority, cases.title, organisations.name AS counterparty,
               organisations.code AS counterparty_code, users.name AS assignee, cases.tier, cases.due_at, cases.updated_at, cases.created_at
             FROM cases JOIN organisations ON organisations.id = cases.counterparty_id
               LEFT JOIN users ON users.id = cases.assignee_id",
    status: "cases.status",
    updated_at: "cases.updated_at",
    id: "cases.id",
    ending: "ORDER BY cases.updated_at DESC, cases.id DESC",
};

const OF_PARTNER: Walk = Walk {
    // Others who take part learn neither whom the case is with nor what that one is promised.
    select: "SELECT cases.id, cases.number, cases.kind, cases.status, cases.priority, cases.title, organisations.name AS counterparty,
               organisations.code AS counterparty_code, users.name AS assignee, cases.tier,
               CASE WHEN cases.counterparty_id = case_parties.organisation_id THEN cases.due_at END AS due_at,
               cases.updated_at, cases.created_at
             FROM case_parties JOIN cases ON cases.id = case_parties.case_id
               JOIN organisations ON organisations.id = case_parties.organisation_id
               LEFT JOIN users ON users.id = cases.assignee_id",
    status: "case_parties.status",
    updated_at: "case_parties.updated_at",
    id: "case_parties.case_id",
    ending: "ORDER BY case_parties.updated_at DESC, case_parties.case_id DESC",
};

async fn list_of(conn: &mut Conn, scope: Scope, filter: &CaseFilter, status: Option<Status>, limit: i64) -> Result<Vec<CaseRow>> {
    let walk = if scope == Scope::Hub { EVERY } else { OF_PARTNER };
    let mut query = Filter::new(walk.select, scope, "case_parties.organisation_id");
    if let Some(status) = status {
        query.and(walk.status, " = ", Arg::Text(status.as_str().to_owned()), "");
    }
    if let Some(search) = &filter.search {
        let terms = words::terms(search);
        if terms.is_empty() {
            query.and_text("1 = 0");
        }
        for term in terms {
            query.and_word("cases.id IN (SELECT case_id FROM case_words WHERE word", &term, scope);
        }
    }
    if let Some(external) = &filter.external {
        query.and("cases.id IN (SELECT case_id FROM bonds WHERE external_id", " = ", Arg::Text(external.clone()), ")");
    }
    if let Some(person) = filter.assignee {
        query.and("cases.assignee_id", " = ", Arg::Id(person.0), "");
    }
    if let Some((at, id)) = filter.after {
        query.older_than(walk.updated_at, walk.id, at, id.0);
    }
    query.ending(walk.ending);
    query.limit(limit + 1);
    query.fetch(conn).await
}

/// Cases in one state are counted up to here; a list says "more than" beyond.
pub const MOST_COUNTED: i64 = 1000;

#[derive(FromRow)]
struct StatusCount {
    status: Status,
    n: i64,
}

/// Counts a table's rows in each state with one index read each.
macro_rules! count_by_state {
    ($from:literal) => {
        concat!(
            "SELECT states.status, (SELECT count(*) FROM (SELECT 1 FROM ",
            $from,
            ".status = states.status LIMIT $1) AS counted) AS n
             FROM (SELECT 'open' AS status UNION ALL SELECT 'in_progress' UNION ALL SELECT 'waiting_on_partner'
               UNION ALL SELECT 'resolved' UNION ALL SELECT 'closed') AS states"
        )
    };
}

/// How many cases are in each state that has any, up to [`MOST_COUNTED`]: a count of all would read every one of them.
pub async fn count(conn: &mut Conn, scope: Scope) -> Result<Vec<(Status, i64)>> {
    let rows = match scope.party() {
        None => all!(conn, StatusCount, count_by_state!("cases WHERE cases"), MOST_COUNTED),
        Some(party) => {
            let text = count_by_state!("case_parties WHERE case_parties.organisation_id = $2 AND case_parties");
            all!(conn, StatusCount, text, MOST_COUNTED, party)
        }
    };
    Ok(rows?.into_iter().filter(|row| row.n > 0).map(|row| (row.status, row.n)).collect())
}

/// How many cases in some states a person works on.
pub async fn count_of(conn: &mut Conn, scope: Scope, person: UserId, statuses: &[Status]) -> Result<i64> {
    let mut query = scoped("SELECT cases.status, count(*) AS n FROM cases", scope);
    query.and("cases.assignee_id", " = ", Arg::Id(person.0), "");
    query.and_in("cases.status", statuses.iter().map(|status| Arg::Text(status.as_str().to_owned())));
    query.ending("GROUP BY cases.status");
    Ok(query.fetch::<StatusCount>(conn).await?.iter().map(|row| row.n).sum())
}

/// A case within the scope.
pub async fn find(conn: &mut Conn, scope: Scope, id: CaseId) -> Result<Option<Case>> {
    let mut query = scoped("SELECT cases.* FROM cases", scope);
    query.and("cases.id", " = ", Arg::Id(id.0), "");
    Ok(query.fetch(conn).await?.pop())
}

/// The case with a number, within the scope.
pub async fn find_by_number(conn: &mut Conn, scope: Scope, number: &str) -> Result<Option<Case>> {
    let mut query = scoped("SELECT cases.* FROM cases", scope);
    query.and("cases.number", " = ", Arg::Text(number.to_owned()), "");
    Ok(query.fetch(conn).await?.pop())
}

/// A case within the scope, kept from changing until the transaction ends.
pub async fn find_for_update(conn: &mut Conn, scope: Scope, id: CaseId) -> Result<Option<Case>> {
    super::dialect::lock(conn, &id.to_string()).await?;
    find(conn, scope, id).await
}

/// Adds a case with the partners that take part.
pub async fn insert(conn: &mut Conn, row: &Case, parties: &[OrganisationId]) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO cases (id, number, kind, status, priority, title, reason, action, proposed, counterparty_id, opened_by, author,
           assignee_id, tier, due_at, version, updated_at, created_at, is_indexed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, FALSE)",
        row.id,
        &row.number,
        row.kind,
        row.status,
        row.priority,
        &row.title,
        &row.reason,
        &row.action,
        &row.proposed,
        row.counterparty_id,
        row.opened_by,
        &row.author,
        row.assignee_id,
        row.tier,
        row.due_at,
        row.version,
        row.updated_at,
        row.created_at
    )?;
    for party in parties {
        execute!(
            conn,
            "INSERT INTO case_parties (case_id, organisation_id, status, updated_at) VALUES ($1, $2, $3, $4)",
            row.id,
            party,
            row.status,
            row.updated_at
        )?;
    }
    Ok(())
}

/// Saves a header that was read at `row.version`, and when the next step of its ladder is due.
pub async fn update(conn: &mut Conn, row: &Case, next_step_at: Option<Timestamp>) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE cases SET status = $3, priority = $4, title = $5, assignee_id = $6, tier = $7, due_at = $8, updated_at = $9,
           next_step_at = $10, version = version + 1, is_indexed = FALSE WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        row.status,
        row.priority,
        &row.title,
        row.assignee_id,
        row.tier,
        row.due_at,
        row.updated_at,
        next_step_at
    )?)?;
    let text = "UPDATE case_parties SET status = $2, updated_at = $3 WHERE case_id = $1";
    execute!(conn, text, row.id, row.status, row.updated_at)?;
    Ok(())
}

/// The partners that take part in a case.
pub async fn parties(conn: &mut Conn, case: CaseId) -> Result<Vec<OrganisationId>> {
    #[derive(FromRow)]
    struct Party {
        organisation_id: OrganisationId,
    }
    let rows = all!(conn, Party, "SELECT organisation_id FROM case_parties WHERE case_id = $1 ORDER BY organisation_id", case)?;
    Ok(rows.into_iter().map(|row| row.organisation_id).collect())
}

/// Lets a partner take part in a case; nothing where it does.
pub async fn insert_party(conn: &mut Conn, row: &Case, party: OrganisationId) -> Result<bool> {
    let touched = execute!(
        conn,
        "INSERT INTO case_parties (case_id, organisation_id, status, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organisation_id, case_id) DO NOTHING",
        row.id,
        party,
        row.status,
        row.updated_at
    )?;
    Ok(touched == 1)
}

/// Ends that a partner takes part in a case; says whether it did.
pub async fn delete_party(conn: &mut Conn, case: CaseId, party: OrganisationId) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM case_parties WHERE case_id = $1 AND organisation_id = $2", case, party)? == 1)
}

/// What was written in a case, oldest first, as far as the scope may read it. The caller has loaded the case.
pub async fn messages(conn: &mut Conn, scope: Scope, case: CaseId) -> Result<Vec<Message>> {
    all!(
        conn,
        Message,
        "SELECT * FROM case_messages WHERE case_id = $1
           AND ($2 OR (visibility = 'partner' AND (reader_id IS NULL OR reader_id = $3))) ORDER BY at, id",
        case,
        scope == Scope::Hub,
        scope.party()
    )
}

/// That something was written in a case, and by which side.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Written {
    /// When.
    pub at: Timestamp,
    /// By which side.
    pub side: Side,
}

/// When the hub and a partner wrote to each other in a case, oldest first: what clocks heed of its messages.
pub async fn written(conn: &mut Conn, case: CaseId, partner: OrganisationId) -> Result<Vec<Written>> {
    all!(
        conn,
        Written,
        "SELECT at, side FROM case_messages WHERE case_id = $1 AND visibility = 'partner' AND (reader_id IS NULL OR reader_id = $2)
         ORDER BY at, id",
        case,
        partner
    )
}

/// A message of a case.
pub async fn message(conn: &mut Conn, id: CaseMessageId) -> Result<Option<Message>> {
    optional!(conn, Message, "SELECT * FROM case_messages WHERE id = $1", id)
}

/// What happened to a case, oldest first, as far as the scope may see it. The caller has loaded the case.
pub async fn events(conn: &mut Conn, scope: Scope, case: CaseId) -> Result<Vec<CaseEvent>> {
    all!(
        conn,
        CaseEvent,
        "SELECT * FROM case_events WHERE case_id = $1
           AND ($2 OR (visibility = 'partner' AND (reader_id IS NULL OR reader_id = $3))) ORDER BY at, id",
        case,
        scope == Scope::Hub,
        scope.party()
    )
}

/// Adds something written; `false` where it was taken before from the same system.
pub async fn insert_message(conn: &mut Conn, row: &Message) -> Result<bool> {
    let touched = execute!(
        conn,
        "INSERT INTO case_messages (id, case_id, visibility, side, author, organisation_id, body, reader_id, origin, origin_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (case_id, origin, origin_id) WHERE origin_id IS NOT NULL DO NOTHING",
        row.id,
        row.case_id,
        row.visibility,
        row.side,
        &row.author,
        row.organisation_id,
        &row.body,
        row.reader_id,
        &row.origin,
        &row.origin_id,
        row.at
    )?;
    Ok(touched == 1)
}

/// Adds something that happened.
pub async fn insert_event(conn: &mut Conn, row: &CaseEvent) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO case_events (id, case_id, kind, old, new, note, visibility, reader_id, actor, system, event_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.id,
        row.case_id,
        &row.kind,
        &row.old,
        &row.new,
        &row.note,
        row.visibility,
        row.reader_id,
        &row.actor,
        &row.system,
        &row.event_id,
        row.at
    )?;
    Ok(())
}

/// What was written in a case and what happened to it since other systems were told of it, oldest first; told from now on.
pub async fn take_untold(conn: &mut Conn, case: CaseId) -> Result<(Vec<Message>, Vec<CaseEvent>)> {
    let text = "UPDATE case_messages SET told = TRUE WHERE case_id = $1 AND NOT told RETURNING *";
    let mut messages: Vec<Message> = all!(conn, Message, text, case)?;
    messages.sort_by_key(|message| (message.at, message.id));
    let text = "UPDATE case_events SET told = TRUE WHERE case_id = $1 AND NOT told RETURNING *";
    let mut events: Vec<CaseEvent> = all!(conn, CaseEvent, text, case)?;
    events.sort_by_key(|event| (event.at, event.id));
    Ok((messages, events))
}
