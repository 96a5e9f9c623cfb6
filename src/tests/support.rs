//! A small trading world for tests: a hub, a web supplier, an EDI supplier, a customer and a carrier, a clock that is
//! moved by hand, and the sandbox grid behind real HTTP.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use portico::{
    connectors::{community::Client, xconnector::Sender},
    domain::{
        access::{Actor, Audience, Role, Who},
        ids::{Ids, OrderId, OrganisationId},
        number::Currency,
        order::OrderKind,
        time::ManualClock,
    },
    jobs::{Settings as WorkerSettings, Worker},
    sandbox::grid::{Behaviour, Grid, Party},
    service::{Context, Settings, live::Live},
    store::{
        Db, Scope,
        files::Files,
        orders::{self, Order},
        organisations::{self, Identifier, Organisation},
        routes::{self, Route},
    },
};
use sqlx::{Connection, types::Json};
use tempfile::TempDir;

/// A Monday morning.
pub const START: &str = "2026-11-23T08:00:00Z";

/// One engine under test, with a place for its files.
pub struct Engine {
    pub db: Db,
    pub dir: TempDir,
    postgres: Option<(String, String)>,
}

impl Engine {
    /// The server; the file otherwise.
    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }
}

/// Runs a story on every engine there is.
pub async fn on_each_engine<F: Future<Output = ()>>(story: impl Fn(Arc<Engine>) -> F) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("portico.db");
    let db = Db::open(&format!("sqlite:{}", file.display())).await.unwrap();
    run(Engine { db, dir, postgres: None }, &story).await;
    match std::env::var("PORTICO_TEST_POSTGRES") {
        Ok(server) => {
            let engine = postgres(&server).await;
            run(engine, &story).await;
        }
        Err(_) => assert!(std::env::var("CI").is_err(), "PORTICO_TEST_POSTGRES is not set: PostgreSQL would go untested"),
    }
}

async fn run<F: Future<Output = ()>>(engine: Engine, story: &impl Fn(Arc<Engine>) -> F) {
    let engine = Arc::new(engine);
    story(Arc::clone(&engine)).await;
    engine.db.close().await;
    if let Some((server, name)) = &engine.postgres {
        drop_postgres(server, name).await;
    }
}

/// Removes a database of a server.
pub async fn drop_postgres(server: &str, name: &str) {
    let mut server = sqlx::PgConnection::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("DROP DATABASE {name}"))).execute(&mut server).await.unwrap();
}

async fn postgres(server: &str) -> Engine {
    let (address, name) = empty_postgres(server).await;
    let db = Db::open(&address).await.unwrap();
    Engine { db, dir: tempfile::tempdir().unwrap(), postgres: Some((server.to_owned(), name)) }
}

/// A new database of a server, with nothing in it: its address and its name.
pub async fn empty_postgres(server: &str) -> (String, String) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("portico_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    (format!("{base}/{name}"), name)
}

/// The organisations of the test world.
#[derive(Clone, Copy)]
pub struct Cast {
    pub hub: OrganisationId,
    pub supplier: OrganisationId,
    pub other_supplier: OrganisationId,
    pub edi_supplier: OrganisationId,
    pub customer: OrganisationId,
    pub carrier: OrganisationId,
}

/// What a worker needs, with no content and no mail.
pub fn work(engine: &Engine, community: Option<Client>) -> WorkerSettings {
    WorkerSettings {
        http: reqwest::Client::new(),
        sender: Sender::new().unwrap(),
        spool: engine.dir.path().join("spool"),
        content: None,
        community,
        mail: None,
        incoming: None,
        poll_seconds: 1,
        content_seconds: 60,
    }
}

/// The test world.
pub struct World {
    pub context: Context,
    pub clock: Arc<ManualClock>,
    pub cast: Cast,
    pub grid: Grid,
    pub worker: Worker,
    /// Where the grid answers.
    pub address: String,
}

impl World {
    /// A world whose documents leave at once.
    pub async fn new(engine: &Engine) -> Self {
        Self::with(engine, Settings { undo_seconds: 0, ..Settings::default() }).await
    }

    /// A world with other settings.
    pub async fn with(engine: &Engine, settings: Settings) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = ManualClock::at(START.parse().unwrap());
        let context = Context {
            db: engine.db.clone(),
            files: Files::folder(&engine.dir.path().join("files")).unwrap(),
            clock: clock.clone(),
            ids: Ids::seeded(7),
            live: Live::default(),
            settings: Arc::new(settings),
        };
        let cast = cast(&context).await;
        let grid = Grid::new(clock.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, grid.router()).into_future());
        // Its carrier code, by which shipments name it.
        let mut tx = context.db.begin().await.unwrap();
        let code =
            Identifier { qualifier: "02".to_owned(), value: "HHAU".to_owned(), organisation_id: cast.carrier, seat: "wire".to_owned() };
        organisations::insert_identifier(&mut tx, &code).await.unwrap();
        tx.commit().await.unwrap();
        for (organisation, code) in [(cast.hub, "ERP"), (cast.edi_supplier, "EDI"), (cast.carrier, "CARRIER")] {
            add_mailbox(&context, organisation, &address, &grid, code).await;
        }
        let worker = Worker::new(context.clone(), work(engine, None));
        Self { context, clock, cast, grid, worker, address }
    }

    /// The same world, which speaks to Active Community.
    pub fn with_community(self, engine: &Engine, client: Client) -> Self {
        Self { worker: Worker::new(self.context.clone(), work(engine, Some(client))), ..self }
    }

    /// Everybody does what is due, until nobody has anything left to do.
    pub async fn settle(&self) {
        loop {
            let sent = self.grid.run_due();
            self.worker.poll().await;
            let ran = self.worker.run_due().await;
            if sent == 0 && ran == 0 {
                // One more look, for receipts.
                self.worker.poll().await;
                return;
            }
        }
    }

    /// Moves the clock, and lets everybody act.
    pub async fn later(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
        self.settle().await;
    }

    /// A person of an organisation.
    pub async fn person(&self, organisation: OrganisationId) -> Actor {
        let mut conn = self.context.db.read().await.unwrap();
        let found = organisations::find(&mut conn, organisation).await.unwrap().unwrap();
        Actor {
            who: Who::User(self.context.id()),
            name: "Alex Example".to_owned(),
            organisation,
            organisation_name: found.name.clone(),
            audience: found.audience(),
            sells: found.is_supplier,
            buys: found.is_customer,
            role: Role::Member,
        }
    }

    /// The order with a number.
    pub async fn order(&self, kind: OrderKind, counterparty: OrganisationId, number: &str) -> Order {
        let mut conn = self.context.db.read().await.unwrap();
        orders::find_by_number(&mut conn, kind, counterparty, number).await.unwrap().unwrap_or_else(|| panic!("no order {number}"))
    }

    /// The order with an id.
    pub async fn order_by_id(&self, id: OrderId) -> Order {
        let mut conn = self.context.db.read().await.unwrap();
        orders::find(&mut conn, Scope::Hub, id).await.unwrap().unwrap()
    }
}

pub fn castellan() -> Party {
    Party::new("CASTELLAN", "Castellan Pumps & Valves")
}

pub fn kestrel() -> Party {
    Party::new("KESTREL", "Kestrel Fasteners")
}

pub fn ostermann() -> Party {
    Party::new("OSTERMANN", "Ostermann Forge")
}

async fn cast(context: &Context) -> Cast {
    Cast {
        hub: organisation(context, "CASTELLAN", "Castellan Pumps & Valves", Audience::Hub, "portal").await,
        supplier: organisation(context, "KESTREL", "Kestrel Fasteners", Audience::Supplier, "portal").await,
        other_supplier: organisation(context, "OSTERMANN", "Ostermann Forge", Audience::Supplier, "portal").await,
        edi_supplier: organisation(context, "VALMET", "Valmera Castings", Audience::Supplier, "wire").await,
        customer: organisation(context, "NORTHWATER", "Northwater Utilities", Audience::Customer, "portal").await,
        carrier: organisation(context, "HAULIER", "Hansa Haulage", Audience::Carrier, "wire").await,
    }
}

async fn organisation(context: &Context, code: &str, name: &str, audience: Audience, seat: &str) -> OrganisationId {
    let row = Organisation {
        id: context.id(),
        code: code.to_owned(),
        name: name.to_owned(),
        is_hub: audience == Audience::Hub,
        is_supplier: audience == Audience::Supplier,
        is_customer: audience == Audience::Customer,
        is_carrier: audience == Audience::Carrier,
        zone: "Europe/Amsterdam".to_owned(),
        currency: Currency::EUR,
        place: "Utrecht, Netherlands".to_owned(),
        created_at: context.now(),
    };
    let mut tx = context.db.begin().await.unwrap();
    organisations::insert(&mut tx, &row).await.unwrap();
    let identifier = Identifier { qualifier: "ZZ".to_owned(), value: code.to_owned(), organisation_id: row.id, seat: seat.to_owned() };
    organisations::insert_identifier(&mut tx, &identifier).await.unwrap();
    tx.commit().await.unwrap();
    row.id
}

/// Opens a mailbox for a partner and adds the route to it.
pub async fn add_mailbox(context: &Context, organisation: OrganisationId, address: &str, grid: &Grid, code: &str) {
    let access = grid.partner(code, Behaviour::default());
    let config = serde_json::json!({ "transport": "mailbox", "address": address, "key": access.key, "mailbox": access.mailbox });
    let route = Route {
        id: context.id(),
        organisation_id: organisation,
        name: format!("{code} mailbox"),
        config: Json(config),
        is_copy: false,
        is_active: true,
        looked_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    };
    let mut tx = context.db.begin().await.unwrap();
    routes::insert(&mut tx, &route).await.unwrap();
    tx.commit().await.unwrap();
}
