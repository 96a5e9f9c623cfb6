//! The hand-written handler a page is compared with: it loads the same session and reader, runs the same scoped queries,
//! and sends the same bytes. It renders nothing and has no layers, so it is the least that the page can cost.

use std::{hint::black_box, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use hyper::body::Bytes;
use portico::{
    domain::time::{Clock, Timestamp},
    server::system::SystemClock,
    store::{
        Db,
        files::{hex, sha256},
    },
};
use sqlx::{Database, FromRow, Pool, Postgres, Sqlite, postgres::PgRow, sqlite::SqliteRow, types::Json};
use uuid::Uuid;

const SESSION: &str = "SELECT data FROM sessions WHERE id = $1 AND expires_at > $2";

const READER: &str = "SELECT organisations.id, organisations.is_hub, users.name, users.zone FROM users
    JOIN memberships ON memberships.user_id = users.id JOIN organisations ON organisations.id = memberships.organisation_id
    WHERE users.id = $1 AND users.disabled_at IS NULL ORDER BY memberships.created_at LIMIT 1";

/// One query of a page, and what its rows become.
#[derive(Clone)]
pub struct Query {
    /// For the hub, and for a partner: the partner is bound as the last value.
    text: [String; 2],
    /// Bound before the partner: the row the page is about.
    about: Option<Uuid>,
    sqlite: fn(&SqliteRow) -> sqlx::Result<()>,
    postgres: fn(&PgRow) -> sqlx::Result<()>,
}

impl Query {
    /// A query whose `{scope}` becomes one text for the hub and another one for a partner.
    pub fn new<T>(text: &str, hub: &str, partner: &str) -> Self
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        Self {
            text: [hub, partner].map(|scope| text.replace("{scope}", scope)),
            about: None,
            sqlite: |row| T::from_row(row).map(|row| drop(black_box(row))),
            postgres: |row| T::from_row(row).map(|row| drop(black_box(row))),
        }
    }

    /// About one row.
    pub fn about(mut self, id: Uuid) -> Self {
        self.about = Some(id);
        self
    }
}

struct Page<D: Database> {
    pool: Pool<D>,
    queries: Vec<Query>,
    sent: Bytes,
}

/// The handler at a path: it runs the queries and sends `sent`.
pub fn router(db: &Db, path: &str, queries: Vec<Query>, sent: Bytes) -> Router {
    match db {
        Db::Sqlite { read, .. } => Router::new().route(path, get(sqlite)).with_state(Arc::new(Page { pool: read.clone(), queries, sent })),
        Db::Postgres(pool) => Router::new().route(path, get(postgres)).with_state(Arc::new(Page { pool: pool.clone(), queries, sent })),
    }
}

/// One handler for each engine: sqlx's pools are types of their own.
macro_rules! handler {
    ($name:ident, $engine:ty, $decode:ident) => {
        async fn $name(State(state): State<Arc<Page<$engine>>>, headers: HeaderMap) -> Response {
            let Some(session) = session_id(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
            let now: Timestamp = SystemClock.now();
            let found: sqlx::Result<bool> = async {
                let mut conn = state.pool.acquire().await?;
                let (data,): (Json<serde_json::Value>,) = sqlx::query_as(SESSION).bind(session).bind(now).fetch_one(&mut *conn).await?;
                let user = data.0["user"].as_str().and_then(|text| Uuid::try_parse(text).ok()).ok_or(sqlx::Error::RowNotFound)?;
                let (organisation, is_hub, ..): (Uuid, bool, String, String) =
                    sqlx::query_as(READER).bind(user).fetch_one(&mut *conn).await?;
                let mut full = true;
                for query in &state.queries {
                    let text = query.text[usize::from(!is_hub)].as_str();
                    let mut asked = sqlx::query(sqlx::AssertSqlSafe(text));
                    if let Some(about) = query.about {
                        asked = asked.bind(about);
                    }
                    if !is_hub && text.contains(if query.about.is_some() { "$2" } else { "$1" }) {
                        asked = asked.bind(organisation);
                    }
                    let rows = asked.fetch_all(&mut *conn).await?;
                    rows.iter().try_for_each(query.$decode)?;
                    full &= !rows.is_empty();
                }
                Ok(full)
            }
            .await;
            match found {
                Ok(true) => html(state.sent.clone()),
                _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
    };
}

handler!(sqlite, Sqlite, sqlite);
handler!(postgres, Postgres, postgres);

fn session_id(headers: &HeaderMap) -> Option<String> {
    let cookie = headers.get(header::COOKIE)?.to_str().ok()?.split("; ").find_map(|part| part.strip_prefix("portico="))?;
    Some(hex(&sha256(cookie.as_bytes())))
}

fn html(page: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], page).into_response()
}
