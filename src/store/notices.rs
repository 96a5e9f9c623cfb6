//! Short notices between the processes of one installation, over PostgreSQL's `NOTIFY` and `LISTEN`. SQLite belongs to
//! one process, which needs none.

use sqlx::postgres::PgListener;

use super::{Db, Result};

const CHANNEL: &str = "portico_changes";

/// Whether there may be other processes to speak to.
pub fn is_shared(db: &Db) -> bool {
    matches!(db, Db::Postgres(_))
}

/// Sends a notice to everybody who listens, this process included. At most 8,000 bytes, says PostgreSQL.
pub async fn send(db: &Db, text: &str) -> Result<()> {
    if let Db::Postgres(pool) = db {
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(pool).await?;
    }
    Ok(())
}

/// Hears notices.
pub struct Listener(PgListener);

/// Listens from now on; none where there is nobody to listen to. Takes a connection of the pool for itself.
pub async fn listen(db: &Db) -> Result<Option<Listener>> {
    let Db::Postgres(pool) = db else { return Ok(None) };
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(Some(Listener(listener)))
}

impl Listener {
    /// The next notice; none where the connection was lost and made again, so that some may have been missed.
    pub async fn next(&mut self) -> Result<Option<String>> {
        Ok(self.0.try_recv().await?.map(|notice| notice.payload().to_owned()))
    }
}
