//! A million cases: their list, and a thread of two hundred messages, beside the hand-written handler.

use portico::{
    domain::ids::CaseId,
    service::Context,
    store::{
        Db, Scope,
        cases::{self, Case, CaseEvent, CaseFilter, CaseRow, Message},
        organisations::{self, Organisation},
        references::Reference,
    },
};
use sqlx::FromRow;

use crate::{
    Line, beside,
    company::{self, Company},
    hand::Query,
    orders::ROWS,
};

/// How many cases there are.
pub const CASES: i64 = 1_000_000;
/// Messages of the thread that is measured.
pub const MESSAGES: i64 = 200;

/// What fills the tables: most cases are history. What stands in braces is
/// said by each engine in its own way.
const FILL: [&str; 5] = [
    "INSERT INTO cases (id, number, kind, status, priority, title, reason, action, proposed, counterparty_id, opened_by, author,
        assignee_id, tier, due_at, version, updated_at, created_at)
     SELECT {random}, 'C-' || (100000000 + n.i), 'order',
        CASE WHEN n.i % 100 < 90 THEN 'closed' WHEN n.i % 100 < 97 THEN 'resolved' WHEN n.i % 100 = 97 THEN 'waiting_on_partner'
             WHEN n.i % 100 = 98 THEN 'in_progress' ELSE 'open' END,
        'normal', 'Quantity differs on line ' || (n.i % 9 * 10 + 10), NULL, NULL, '[]', partners.id, 'partner', 'Jonas Reuter',
        NULL, 1, NULL, 1, {then}, {then}
     FROM {numbers} JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place FROM organisations WHERE is_supplier) AS partners
        ON partners.place = n.i % (SELECT count(*) FROM organisations WHERE is_supplier)",
    "INSERT INTO case_parties (case_id, organisation_id, status, updated_at) SELECT id, counterparty_id, status, updated_at FROM cases",
    "INSERT INTO case_messages (id, case_id, visibility, side, author, organisation_id, body, origin, origin_id, at)
     SELECT {random}, cases.id, 'partner', CASE WHEN n.i % 2 = 0 THEN 'internal' ELSE 'partner' END, 'Jonas Reuter', cases.counterparty_id,
        'The first half is packed and could leave tomorrow, the rest a week later. Is Utrecht able to take it? (' || n.i || ')',
        'portico', NULL, {later}
     FROM {numbers} JOIN cases ON cases.number = '{thread}' WHERE n.i <= {messages}",
    "INSERT INTO case_events (id, case_id, kind, old, new, note, visibility, actor, system, event_id, at)
     SELECT {random}, id, 'opened', NULL, NULL, '', 'partner', 'Jonas Reuter', 'portico', NULL, created_at FROM cases WHERE number = '{thread}'",
    "INSERT INTO case_references (case_id, kind, number, line) SELECT id, 'order', '4500000001', '' FROM cases WHERE number = '{thread}'",
];

const WHY_LIST: &str = "The hand-written handler renders nothing. The rest is the page being made of components, row by row, with two chips \
    and a due time each, and two queries more: who the reader may act for, and what is in the reader's own hands.";
const WHY_THREAD: &str = "The hand-written handler renders nothing and asks for the case, its words and its history alone. The page computes \
    every clock, and asks for policies, files, documents, linked cases, participants, quoted mails and the partner's rating besides.";

const COLUMNS: &str = "SELECT c.id, c.number, c.kind, c.status, c.priority, c.title, p.name AS counterparty, p.code AS counterparty_code, u.name AS assignee, c.tier, c.due_at, c.updated_at, c.created_at";
const COUNT: &str = "SELECT s.status, (SELECT count(*) FROM (SELECT 1 FROM {scope}.status = s.status LIMIT 1000) AS counted) AS n
    FROM (SELECT 'open' AS status UNION ALL SELECT 'in_progress' UNION ALL SELECT 'waiting_on_partner' UNION ALL SELECT 'resolved'
      UNION ALL SELECT 'closed') AS s";

#[derive(FromRow)]
#[expect(dead_code, reason = "decoded, as the page does")]
struct Count {
    status: String,
    n: i64,
}

#[derive(FromRow)]
#[expect(dead_code, reason = "decoded, as the page does")]
struct Zone {
    zone: String,
}

/// Fills the company's database and measures both pages.
pub async fn measure(company: &Company) -> Vec<Line> {
    let thread = fill(&company.context).await;
    let row = "<tr role=\"row\" data-key=";
    let mut lines = beside::measure(
        company,
        &beside::Page { what: "cases", path: "/cases?tab=all".to_owned(), rows: (row, ROWS), queries: list(), why: WHY_LIST },
    )
    .await;
    let messages = usize::try_from(MESSAGES).expect("fits");
    let page = beside::Page {
        what: "thread",
        path: format!("/cases/{thread}"),
        rows: ("<article ", messages),
        queries: one(thread),
        why: WHY_THREAD,
    };
    lines.extend(beside::measure(company, &page).await);
    lines
}

fn list() -> Vec<Query> {
    let joined = "JOIN organisations p ON p.id = c.counterparty_id LEFT JOIN users u ON u.id = c.assignee_id";
    let hub = format!("FROM cases c {joined} ORDER BY c.updated_at DESC, c.id DESC LIMIT 81");
    let partner = format!(
        "FROM case_parties m JOIN cases c ON c.id = m.case_id {joined} WHERE m.organisation_id = $1
         ORDER BY m.updated_at DESC, m.case_id DESC LIMIT 81"
    );
    vec![
        Query::new::<CaseRow>(&format!("{COLUMNS} {{scope}}"), &hub, &partner),
        Query::new::<Count>(COUNT, "cases WHERE cases", "case_parties WHERE case_parties.organisation_id = $1 AND case_parties"),
    ]
}

fn one(case: CaseId) -> Vec<Query> {
    let party = "AND EXISTS (SELECT 1 FROM case_parties WHERE case_id = $1 AND organisation_id = $2)";
    let visible = "AND visibility = 'partner'";
    let about = |query: Query| query.about(case.0);
    vec![
        about(Query::new::<Case>("SELECT cases.* FROM cases WHERE cases.id = $1 {scope}", "", party)),
        about(Query::new::<Organisation>(
            "SELECT organisations.* FROM organisations WHERE id = (SELECT counterparty_id FROM cases WHERE id = $1)",
            "",
            "",
        )),
        about(Query::new::<Message>("SELECT * FROM case_messages WHERE case_id = $1 {scope} ORDER BY at, id", "", visible)),
        about(Query::new::<CaseEvent>("SELECT * FROM case_events WHERE case_id = $1 {scope} ORDER BY at, id", "", visible)),
        about(Query::new::<Reference>("SELECT * FROM case_references WHERE case_id = $1 ORDER BY kind, number", "", "")),
        Query::new::<Zone>("SELECT zone FROM organisations WHERE is_hub", "", ""),
    ]
}

/// Fills the tables in the engine's own way and returns the case with the long thread: the newest of the supplier who signs in.
async fn fill(context: &Context) -> CaseId {
    let [cases, parties, messages, events, references] = FILL;
    run(context, cases, "").await;
    run(context, parties, "").await;
    let mut conn = context.db.read().await.expect("a connection");
    let supplier = organisations::find_by_code(&mut conn, "OSTERMANN").await.expect("organisations").expect("the supplier");
    let newest = cases::list(&mut conn, Scope::Party(supplier.id), &CaseFilter::default(), 1).await.expect("its cases");
    drop(conn);
    let newest = newest.first().expect("it has cases");
    for statement in [messages, events, references] {
        run(context, statement, &newest.number).await;
    }
    company::settle(&context.db).await;
    newest.id
}

async fn run(context: &Context, statement: &str, thread: &str) {
    // Id, numbers, a minute for each case before now, a second for each message after the case.
    let [random, numbers, then, later] = match context.db {
        Db::Sqlite { .. } => [
            "randomblob(16)",
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {cases}) SELECT i FROM n) AS n",
            "{now} - ({cases} - n.i) * 60000000",
            "cases.created_at + n.i * 1000000",
        ],
        Db::Postgres(_) => [
            "gen_random_uuid()",
            "(SELECT i FROM generate_series(1, {cases}) AS i) AS n",
            "now() - ({cases} - n.i) * interval '1 minute'",
            "cases.created_at + n.i * interval '1 second'",
        ],
    };
    let statement = statement.replace("{numbers}", numbers).replace("{random}", random).replace("{thread}", thread);
    let statement = statement.replace("{then}", then).replace("{later}", later);
    let statement = statement.replace("{cases}", &CASES.to_string()).replace("{messages}", &MESSAGES.to_string());
    let statement = sqlx::AssertSqlSafe(statement.replace("{now}", &context.now().micros().to_string()));
    match &context.db {
        Db::Sqlite { write, .. } => sqlx::query(statement).execute(write).await.map(|_| ()),
        Db::Postgres(pool) => sqlx::query(statement).execute(pool).await.map(|_| ()),
    }
    .expect("the statement is run");
}
