//! Server-side sessions: tower-sessions over our own table. The cookie carries a random id; the database knows only its
//! SHA-256, so a stolen database opens no session. The times are those of our own clock.

use std::{fmt, pin::Pin};

use sqlx::types::Json;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::{
        SameSite,
        time::{Duration, OffsetDateTime},
    },
    session::{Id, Record},
    session_store::{self, Error},
};

use crate::{
    domain::{
        ids::{OrganisationId, UserId},
        time::{SharedClock, Timestamp},
    },
    store::{
        Db, StoreError,
        files::{hex, sha256},
        sessions,
    },
};

/// A session ends after this many seconds without use: twelve hours, so that a working day needs one sign-in.
pub const INACTIVITY_SECONDS: i64 = 12 * 3600;
/// A session ends this many seconds after its sign-in, however much it is used: seven days.
pub const AGE_SECONDS: i64 = 7 * 86_400;

/// What a session carries.
mod key {
    pub const USER: &str = "user";
    pub const ORGANISATION: &str = "organisation";
    pub const BROWSER: &str = "browser";
    pub const SEEN: &str = "seen";
    pub const SINCE: &str = "since";
}

/// The session could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("session: {0}")]
pub struct SessionError(#[from] tower_sessions::session::Error);

/// Name of the session cookie. `__Host-` binds it to this host and to HTTPS, so it needs a secure address.
pub const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-portico" } else { "portico" }
}

/// The layer that gives every request its session.
pub fn layer(db: Db, clock: SharedClock, secure: bool) -> SessionManagerLayer<Store> {
    SessionManagerLayer::new(Store { db, clock })
        .with_name(cookie_name(secure))
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::seconds(INACTIVITY_SECONDS)))
}

/// Who is signed in, and for whom they act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub user: UserId,
    /// The organisation they chose; none until they switch.
    pub organisation: Option<OrganisationId>,
}

/// What a request says about the person behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Somebody opened a page or sent a form.
    ByPerson,
    /// An open page asks by itself.
    ByPage,
}

/// Who is signed in with this session. Notes a use by a person once a minute, which also moves the end of the session;
/// a page that is left open does not keep it alive.
pub async fn signed_in(session: &Session, by: Use, now: Timestamp) -> Result<Option<SignedIn>, SessionError> {
    let Some(user) = session.get(key::USER).await? else { return Ok(None) };
    let seen: Option<Timestamp> = session.get(key::SEEN).await?;
    if by == Use::ByPerson && seen.is_none_or(|seen| now >= seen.plus_seconds(60)) {
        session.insert(key::SEEN, now).await?;
    }
    Ok(Some(SignedIn { user, organisation: session.get(key::ORGANISATION).await? }))
}

/// Signs a person in: everything the session held before is dropped and its id changes, so that an id planted before
/// is worth nothing.
pub async fn sign_in(session: &Session, user: UserId, browser: &str, now: Timestamp) -> Result<(), SessionError> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(key::USER, user).await?;
    session.insert(key::BROWSER, browser.chars().take(400).collect::<String>()).await?;
    session.insert(key::SINCE, now).await?;
    session.insert(key::SEEN, now).await?;
    Ok(())
}

/// From now on the session acts for another organisation. Rights change, so the id does too.
pub async fn act_for(session: &Session, organisation: OrganisationId) -> Result<(), SessionError> {
    session.cycle_id().await?;
    session.insert(key::ORGANISATION, organisation).await?;
    Ok(())
}

/// Gives the session a new id after a change of password.
pub async fn renew(session: &Session) -> Result<(), SessionError> {
    session.cycle_id().await?;
    Ok(())
}

/// Ends the session.
pub async fn sign_out(session: &Session) -> Result<(), SessionError> {
    session.flush().await?;
    Ok(())
}

/// Under which id the database knows this session; none where it was never saved.
pub fn stored_id(session: &Session) -> Option<String> {
    session.id().map(|id| stored(&id))
}

/// The stored form of a cookie's id.
fn stored(id: &Id) -> String {
    hex(&sha256(id.to_string().as_bytes()))
}

/// Our sessions table, as tower-sessions wants it.
#[derive(Clone)]
pub struct Store {
    db: Db,
    clock: SharedClock,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

impl Store {
    fn row(&self, record: &Record) -> sessions::Session {
        let now = self.clock.now();
        let value = |key: &str| record.data.get(key).cloned().unwrap_or_default();
        let since: Timestamp = serde_json::from_value(value(key::SINCE)).unwrap_or(now);
        sessions::Session {
            id: stored(&record.id),
            user_id: serde_json::from_value(value(key::USER)).ok(),
            data: Json(record.data.clone()),
            user_agent: value(key::BROWSER).as_str().unwrap_or_default().to_owned(),
            created_at: since,
            seen_at: now,
            expires_at: now.plus_seconds(INACTIVITY_SECONDS).min(since.plus_seconds(AGE_SECONDS)),
        }
    }
}

/// What the methods of [`SessionStore`] return; written out, because the trait is made by a macro.
type Answer<'a, T> = Pin<Box<dyn Future<Output = session_store::Result<T>> + Send + 'a>>;

impl Store {
    /// Adds the session under an id that nobody has.
    async fn add(&self, record: &mut Record) -> session_store::Result<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        while !sessions::insert(&mut tx, &self.row(record)).await.map_err(backend)? {
            record.id = Id::default();
        }
        tx.commit().await.map_err(backend)
    }

    /// Saves a session that still exists. One that was ended meanwhile stays ended.
    async fn update(&self, record: &Record) -> session_store::Result<()> {
        let row = self.row(record);
        let mut tx = self.db.begin().await.map_err(backend)?;
        if sessions::find(&mut tx, &row.id, self.clock.now()).await.map_err(backend)?.is_some() {
            sessions::save(&mut tx, &row).await.map_err(backend)?;
        }
        tx.commit().await.map_err(backend)
    }

    async fn find(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let mut conn = self.db.read().await.map_err(backend)?;
        let Some(row) = sessions::find(&mut conn, &stored(id), self.clock.now()).await.map_err(backend)? else { return Ok(None) };
        let seconds = row.expires_at.micros() / 1_000_000;
        let expiry_date = OffsetDateTime::from_unix_timestamp(seconds).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data: row.data.0, expiry_date }))
    }

    async fn end(&self, id: &Id) -> session_store::Result<()> {
        let mut tx = self.db.begin().await.map_err(backend)?;
        sessions::delete(&mut tx, &stored(id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

impl SessionStore for Store {
    fn create<'s, 'r, 'a>(&'s self, record: &'r mut Record) -> Answer<'a, ()>
    where
        's: 'a,
        'r: 'a,
    {
        Box::pin(self.add(record))
    }

    fn save<'s, 'r, 'a>(&'s self, record: &'r Record) -> Answer<'a, ()>
    where
        's: 'a,
        'r: 'a,
    {
        Box::pin(self.update(record))
    }

    fn load<'s, 'i, 'a>(&'s self, id: &'i Id) -> Answer<'a, Option<Record>>
    where
        's: 'a,
        'i: 'a,
    {
        Box::pin(self.find(id))
    }

    fn delete<'s, 'i, 'a>(&'s self, id: &'i Id) -> Answer<'a, ()>
    where
        's: 'a,
        'i: 'a,
    {
        Box::pin(self.end(id))
    }
}
