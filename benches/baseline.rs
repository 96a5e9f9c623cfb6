//! The hand-written handler the order list is compared with: it loads the same session and reader, runs the same scoped
//! queries, and sends the same bytes. It renders nothing and has no layers, so it is the least that the page can cost.

use std::sync::Arc;

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
        orders::OrderRow,
    },
};
use sqlx::{Pool, Postgres, Sqlite, types::Json};
use uuid::Uuid;

const SESSION: &str = "SELECT data FROM sessions WHERE id = $1 AND expires_at > $2";

const READER: &str = "SELECT organisations.id, organisations.is_hub, users.name, users.zone FROM users
    JOIN memberships ON memberships.user_id = users.id JOIN organisations ON organisations.id = memberships.organisation_id
    WHERE users.id = $1 AND users.disabled_at IS NULL ORDER BY memberships.created_at LIMIT 1";

/// The list, with `{scope}` where the condition goes.
const LIST: &str =
    "SELECT o.id, o.kind, o.number, o.state, p.name AS counterparty, p.code AS counterparty_code, o.currency, o.total, o.line_count,
      o.ordered_on, o.requested_on, o.promised_on, o.answer_due_at, a.delivered_at AS answer_delivered_at,
      a.acknowledged_at AS answer_acknowledged_at, a.acknowledgment AS answer_acknowledgment, o.answered_at, o.version, o.updated_at, o.created_at
    FROM orders o JOIN organisations p ON p.id = o.counterparty_id LEFT JOIN documents a ON a.id = o.answer_document_id
    {scope} ORDER BY o.created_at DESC, o.id DESC LIMIT 81";

const COUNT: &str = "SELECT o.state, count(*) FROM orders o {scope} GROUP BY o.state";

struct Baseline<D: sqlx::Database> {
    pool: Pool<D>,
    page: Bytes,
    /// List and count, for everything and for one counterparty.
    everything: [String; 2],
    of_one: [String; 2],
}

/// The handler at `/orders`.
pub fn router(db: &Db, page: Bytes) -> Router {
    match db {
        Db::Sqlite { read, .. } => Router::new().route("/orders", get(sqlite)).with_state(state(read.clone(), page)),
        Db::Postgres(pool) => Router::new().route("/orders", get(postgres)).with_state(state(pool.clone(), page)),
    }
}

fn state<D: sqlx::Database>(pool: Pool<D>, page: Bytes) -> Arc<Baseline<D>> {
    let with = |scope: &str| [LIST, COUNT].map(|text| text.replace("{scope}", scope));
    Arc::new(Baseline { pool, page, everything: with(""), of_one: with("WHERE o.counterparty_id = $1") })
}

/// One handler for each engine: sqlx's pools are types of their own.
macro_rules! handler {
    ($name:ident, $engine:ty) => {
        async fn $name(State(state): State<Arc<Baseline<$engine>>>, headers: HeaderMap) -> Response {
            let Some(session) = session_id(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
            let now: Timestamp = SystemClock.now();
            let found: Result<_, sqlx::Error> = async {
                let mut conn = state.pool.acquire().await?;
                let (data,): (Json<serde_json::Value>,) = sqlx::query_as(SESSION).bind(session).bind(now).fetch_one(&mut *conn).await?;
                let user = data.0["user"].as_str().and_then(|text| Uuid::try_parse(text).ok()).ok_or(sqlx::Error::RowNotFound)?;
                let (organisation, is_hub, ..): (Uuid, bool, String, String) =
                    sqlx::query_as(READER).bind(user).fetch_one(&mut *conn).await?;
                let [list, count] = if is_hub { &state.everything } else { &state.of_one };
                let mut rows = sqlx::query_as::<_, OrderRow>(sqlx::AssertSqlSafe(list.as_str()));
                let mut counts = sqlx::query_as::<_, (String, i64)>(sqlx::AssertSqlSafe(count.as_str()));
                if !is_hub {
                    (rows, counts) = (rows.bind(organisation), counts.bind(organisation));
                }
                Ok((rows.fetch_all(&mut *conn).await?, counts.fetch_all(&mut *conn).await?))
            }
            .await;
            match found {
                Ok((rows, counts)) if !rows.is_empty() && !counts.is_empty() => html(state.page.clone()),
                _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
    };
}

handler!(sqlite, Sqlite);
handler!(postgres, Postgres);

fn session_id(headers: &HeaderMap) -> Option<String> {
    let cookie = headers.get(header::COOKIE)?.to_str().ok()?.split("; ").find_map(|part| part.strip_prefix("portico="))?;
    Some(hex(&sha256(cookie.as_bytes())))
}

fn html(page: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], page).into_response()
}
