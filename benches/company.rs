//! The database that is measured: the people of the demonstration company, and 100,000 orders.

use std::{path::PathBuf, sync::Arc};

use portico::{
    domain::{
        ids::{Ids, OrderId, OrderLineId, OrganisationId},
        message::Party,
        number::{Amount, Currency},
        order::{Line, LineStatus, OrderKind, OrderState, Part, Provenance, Quantities, Turn},
        time::SharedClock,
    },
    seed,
    server::{
        config::Config,
        system::{SystemClock, SystemRandom},
    },
    service::{Context, live::Live},
    store::{
        Db,
        files::Files,
        orders::{self, Order},
        organisations,
    },
};
use sqlx::{Connection, types::Json};
use tempfile::TempDir;

/// How many orders there are.
pub const ORDERS: usize = 100_000;

/// One engine with its company in it.
pub struct Company {
    /// For use cases.
    pub context: Context,
    /// The sign-ins.
    pub sign_ins: seed::SignIns,
    /// Its database.
    pub address: String,
    /// The server to drop the database from, where it is one.
    server: Option<String>,
}

/// The company in an SQLite file and in a PostgreSQL database.
pub async fn on_both_engines() -> (Vec<Company>, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sqlite = format!("sqlite:{}", folder.path().join("portico.db").display());
    let server = std::env::var("PORTICO_TEST_POSTGRES").expect("PORTICO_TEST_POSTGRES is set by .ci/with-postgres; run: make bench");
    let name = format!("portico_bench_{}", std::process::id());
    run_on(&server, format!("CREATE DATABASE {name}")).await;
    let (base, _) = server.rsplit_once('/').expect("the address names a database");
    let postgres = format!("{base}/{name}");
    let companies = vec![
        fill(sqlite, folder.path().join("files"), None).await,
        fill(postgres, folder.path().join("postgres-files"), Some(server)).await,
    ];
    (companies, folder)
}

async fn run_on(server: &str, statement: String) {
    let mut connection = sqlx::PgConnection::connect(server).await.expect("the PostgreSQL server answers");
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.expect("the statement is run");
}

impl Company {
    /// Closes the database, and drops it where it is on a server.
    pub async fn close(self) {
        self.context.db.close().await;
        if let (Some(server), Some((_, name))) = (self.server, self.address.rsplit_once('/')) {
            run_on(&server, format!("DROP DATABASE {name}")).await;
        }
    }
}

async fn fill(address: String, files: PathBuf, server: Option<String>) -> Company {
    let db = Db::open(&address).await.expect("the database opens");
    let clock: SharedClock = Arc::new(SystemClock);
    let context = Context {
        db,
        files: Files::folder(&files).expect("the file store opens"),
        clock,
        ids: Ids::new(SystemRandom),
        live: Live::default(),
        settings: Arc::new(Config::default().settings()),
    };
    let sign_ins = seed::people(&context).await.expect("the company is made");
    let mut tx = context.db.begin().await.expect("a transaction");
    let sellers: Vec<_> = organisations::list(&mut tx).await.expect("organisations").into_iter().filter(|org| org.is_supplier).collect();
    for number in 0..ORDERS {
        let (order, lines) = order(&context, number, sellers[number % sellers.len()].id);
        orders::insert(&mut tx, &order, &lines).await.expect("an order is stored");
    }
    tx.commit().await.expect("the orders are stored");
    settle(&context.db).await;
    Company { context, sign_ins, address, server }
}

/// What either engine does by itself after a while: statistics for its planner, and a map of rows everyone may see.
pub async fn settle(db: &Db) {
    match db {
        Db::Sqlite { write, .. } => sqlx::query("ANALYZE").execute(write).await.map(|_| ()),
        Db::Postgres(pool) => sqlx::query("VACUUM ANALYZE").execute(pool).await.map(|_| ()),
    }
    .expect("the database settles");
}

/// Where orders stand: most are history.
const STATES: [OrderState; 10] = [
    OrderState::Invoiced,
    OrderState::Invoiced,
    OrderState::Delivered,
    OrderState::Received,
    OrderState::Confirmed,
    OrderState::Invoiced,
    OrderState::PartShipped,
    OrderState::Shipped,
    OrderState::ConfirmedWithChanges,
    OrderState::Invoiced,
];

fn order(context: &Context, number: usize, seller: OrganisationId) -> (Order, Vec<Line>) {
    // Each a minute after the one before, up to now.
    let at = context.now().plus_seconds(-60 * i64::try_from(ORDERS - number).expect("fits"));
    let day = at.date_utc();
    let quantity = "40".parse().expect("a quantity");
    let state = STATES[number % STATES.len()];
    let order = Order {
        id: context.id::<OrderId>(),
        kind: OrderKind::Purchase,
        counterparty_id: seller,
        number: format!("45{number:08}"),
        seller_number: None,
        revision: 1,
        state,
        turn: if state == OrderState::Received { Turn::Seller } else { Turn::None },
        currency: Currency::EUR,
        ordered_on: Some(day),
        requested_on: Some(day.plus_days(21)),
        promised_on: (state != OrderState::Received).then(|| day.plus_days(23)),
        answer_due_at: Some(at.plus_seconds(48 * 3600)),
        answered_at: (state != OrderState::Received).then(|| at.plus_seconds(5 * 3600)),
        parties: Json(Vec::<Party>::new()),
        terms: "30 days net".to_owned(),
        notes: String::new(),
        total: Amount::from_minor(245_600),
        line_count: 1,
        document_id: None,
        answer_document_id: None,
        version: 1,
        updated_at: at,
        created_at: at,
    };
    let line = Line {
        id: context.id::<OrderLineId>(),
        position: 0,
        line: "10".to_owned(),
        buyer_item: Some("FLG-DN150-16".to_owned()),
        seller_item: Some("OF-70410".to_owned()),
        gtin: None,
        description: "Flange DN150 PN16".to_owned(),
        unit: "EA".to_owned(),
        unit_price: "61.40".parse().expect("a price"),
        price_per: "1".parse().expect("a quantity"),
        confirmed_price: None,
        requested_on: order.requested_on,
        promised_on: order.promised_on,
        status: LineStatus::Open,
        reason_code: None,
        reason_text: None,
        quantities: Quantities { ordered: quantity, ..Quantities::default() },
        requested: vec![Part { quantity, on: order.requested_on }],
        promised: Vec::new(),
        provenance: Provenance::default(),
    };
    (order, vec![line])
}
