//! The database: SQLite or PostgreSQL behind one set of functions. One SQL text serves both engines; where they differ,
//! [`dialect`] says how. A function here runs one query (or a fixed few) on a [`Conn`]; use cases in `service` open the
//! transaction, decide, and commit. No function here decides anything, and none may wait for the network.
//!
//! Reads come from [`Db::read`], writes from [`Db::begin`]. SQLite has one writer, taken with `BEGIN IMMEDIATE`, so a
//! transaction never fails half way because another one wrote first.

pub mod advices;
pub mod attachments;
pub mod bonds;
pub mod cases;
pub mod connections;
pub mod content;
pub mod dialect;
pub mod disputes;
pub mod documents;
pub mod drafts;
pub mod endpoints;
pub mod escalations;
pub mod events;
pub mod examined;
pub mod exception_rules;
pub mod exceptions;
pub mod feeds;
pub mod files;
pub mod filter;
pub mod forwards;
pub mod home;
pub mod incoming_mails;
pub mod invoices;
pub mod jobs;
pub mod links;
pub mod machine;
pub mod notices;
pub mod notifications;
pub mod orders;
pub mod organisations;
pub mod parked;
pub mod partners;
pub mod policies;
pub mod reference;
pub mod references;
pub mod refused;
pub mod remittances;
pub mod resend;
pub mod routes;
pub mod search;
pub mod sessions;
pub mod shipments;
pub mod transmissions;
pub mod types;
pub mod users;
pub mod views;

use std::{path::Path, time::Duration};

use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use crate::domain::access::Scope;

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or is away.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// The migrations could not be brought up to date.
    #[error("migrations: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The file store refused or is away.
    #[error("file store: {0}")]
    Files(#[from] object_store::Error),
    /// Somebody else changed the row since it was read.
    #[error("changed by somebody else in the meantime")]
    Stale,
}

/// After so long without use a connection to a server may have been cut.
const IDLE: Duration = Duration::from_secs(20);

/// The most connections that read an SQLite file.
const MOST_READERS: u32 = 8;

/// Result of a store function.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The database of one installation. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// One file beside the program: one writer, several readers.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one writing connection.
        write: SqlitePool,
    },
    /// A server, shared by any number of Portico processes.
    Postgres(PgPool),
}

/// A connection to either engine, inside a transaction or not.
pub struct Conn(Inner);

enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// The engine's own connection, for the query macros.
pub enum Engine<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// A transaction. Dropped without [`Tx::commit`], it is rolled back.
pub struct Tx(Conn);

impl Db {
    /// Opens the database named by an address: `sqlite:FILE` or `postgres://...`, and brings its schema up to date.
    pub async fn open(address: &str) -> Result<Self> {
        let db = if address.starts_with("postgres") {
            Self::open_postgres(address).await?
        } else {
            Self::open_sqlite(address.strip_prefix("sqlite:").unwrap_or(address).as_ref()).await?
        };
        db.migrate().await?;
        Ok(db)
    }

    async fn open_postgres(address: &str) -> Result<Self> {
        // A connection is asked whether it still lives only where it was idle: asking each time is a round trip a page.
        let options = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10)).test_before_acquire(false);
        let options = options.before_acquire(|conn, meta| {
            Box::pin(async move {
                if meta.idle_for > IDLE {
                    conn.ping().await?;
                }
                Ok(true)
            })
        });
        Ok(Self::Postgres(options.connect(address).await?))
    }

    async fn open_sqlite(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was answered with "taken" is on the disk, whatever happens to the machine.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            // A page of a list in one piece, so that the engine's thread need not wait for the one that reads.
            .row_buffer_size(256)
            .pragma("temp_store", "memory");
        // A file cannot hang up, so its connections need not be asked whether they still live.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let write = pool().max_connections(1).connect_with(options.clone()).await?;
        let read = pool().max_connections(readers()).connect_with(options.pragma("query_only", "on")).await?;
        Ok(Self::Sqlite { read, write })
    }

    async fn migrate(&self) -> Result<()> {
        match self {
            Self::Sqlite { write, .. } => sqlx::migrate!("migrations/sqlite").run(write).await?,
            Self::Postgres(pool) => sqlx::migrate!("migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn> {
        Ok(Conn(match self {
            Self::Sqlite { read, .. } => Inner::Sqlite(read.acquire().await?),
            Self::Postgres(pool) => Inner::Postgres(pool.acquire().await?),
        }))
    }

    /// A transaction for writing.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(Conn(match self {
            Self::Sqlite { write, .. } => Inner::SqliteTx(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Inner::PostgresTx(pool.begin().await?),
        })))
    }

    /// Closes every connection; for tests and for a clean end of the program.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// The engine's name, for health pages.
    pub fn engine_name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// How many connections read an SQLite file: as many as there are cores. More would only wait for one, each with a cache
/// of its own; with fewer than two, one long read would stop everybody.
fn readers() -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    u32::try_from(cores).unwrap_or(MOST_READERS).clamp(2, MOST_READERS)
}

impl Conn {
    /// The engine's connection; used by the macros below.
    pub fn engine(&mut self) -> Engine<'_> {
        match &mut self.0 {
            Inner::Sqlite(c) => Engine::Sqlite(c),
            Inner::SqliteTx(c) => Engine::Sqlite(c),
            Inner::Postgres(c) => Engine::Postgres(c),
            Inner::PostgresTx(c) => Engine::Postgres(c),
        }
    }
}

impl Tx {
    /// Makes everything done in the transaction last.
    pub async fn commit(self) -> Result<()> {
        match self.0.0 {
            Inner::SqliteTx(tx) => tx.commit().await?,
            Inner::PostgresTx(tx) => tx.commit().await?,
            Inner::Sqlite(_) | Inner::Postgres(_) => {}
        }
        Ok(())
    }
}

impl std::ops::Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl std::ops::DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// Runs one expression on whichever engine the connection belongs to: `on!(conn, |c| query(...).execute(c).await)`.
macro_rules! on {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn.engine() {
            $crate::store::Engine::Sqlite($c) => $body,
            $crate::store::Engine::Postgres($c) => $body,
        }
    };
}

/// All rows of a query as `Row`s: `all!(conn, Row, "SELECT ...", bind, ...)`.
macro_rules! all {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::on!($conn, |c| sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut *c).await)
            .map_err($crate::store::StoreError::from)
    };
}

/// The one row of a query, or `None`.
macro_rules! optional {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::on!($conn, |c| sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut *c).await)
            .map_err($crate::store::StoreError::from)
    };
}

/// Runs a statement and says how many rows it touched.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::on!($conn, |c| sqlx::query($sql)$(.bind($bind))*.execute(&mut *c).await.map(|done| done.rows_affected()))
            .map_err($crate::store::StoreError::from)
    };
}

pub(crate) use {all, execute, on, optional};

/// Turns "no row was touched" into [`StoreError::Stale`]: for updates that name the version they read.
pub(crate) fn expect_current(touched: u64) -> Result<()> {
    if touched == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
