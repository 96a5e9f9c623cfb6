//! The mailbox profile over HTTP, with its own wire types, and the faults it can be told to show.

use std::{collections::VecDeque, time::Duration};

use axum::{
    Extension, Json, Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Path, Query, Request, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Grid, Parcel, ParcelStatus, mailbox::Upload};
use crate::{domain::time::Timestamp, sandbox::fingerprint};

/// Largest parcel, in bytes.
const LARGEST: usize = 100 * 1024 * 1024;

/// Something that goes wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 503, nothing is done.
    Unavailable,
    /// 401 although the key is right.
    Unauthorized,
    /// The request is done, and its answer is lost: 502.
    AnswerLost,
    /// The answer takes this long.
    Slow(Duration),
    /// The next content that is fetched stops in the middle and the connection is cut.
    CutContent,
    /// The next content that is fetched has one byte changed.
    DamagedContent,
}

#[derive(Default)]
pub(super) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault, times: usize) {
        self.0.extend(std::iter::repeat_n(fault, times));
    }

    /// The fault this request meets.
    fn take(&mut self, fetches_content: bool) -> Option<Fault> {
        let fits = |fault: &Fault| fetches_content || !matches!(fault, Fault::CutContent | Fault::DamagedContent);
        self.0.pop_front_if(|fault| fits(fault))
    }
}

#[derive(Serialize)]
struct ParcelView {
    id: String,
    mailbox: String,
    file_name: String,
    bytes: usize,
    sha256: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
}

impl From<&Parcel> for ParcelView {
    fn from(parcel: &Parcel) -> Self {
        let (status, reason) = match &parcel.status {
            ParcelStatus::Ready => ("ready", None),
            ParcelStatus::Transferred => ("transferred", None),
            ParcelStatus::Delivered => ("delivered", None),
            ParcelStatus::Failed(reason) => ("failed", Some(reason.clone())),
        };
        Self {
            id: parcel.id.clone(),
            mailbox: parcel.to.clone(),
            file_name: parcel.file_name.clone(),
            bytes: parcel.content.len(),
            sha256: fingerprint(&parcel.content),
            status,
            reason,
            created_at: parcel.created_at,
            delivered_at: parcel.confirmed_at.filter(|_| parcel.status == ParcelStatus::Delivered),
        }
    }
}

#[derive(Serialize)]
struct Listing {
    parcels: Vec<ParcelView>,
    ready: usize,
}

#[derive(Deserialize)]
struct ListQuery {
    status: Option<String>,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
enum Outcome {
    Taken {},
    Refused { reason: String },
}

/// The mailbox that the caller's key opens.
#[derive(Clone)]
struct Caller(String);

struct Problem(StatusCode, String);

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self(status, detail.into())
    }

    fn no_parcel(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no parcel {id} in your mailbox."))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.0.canonical_reason().unwrap_or("Problem");
        let body = serde_json::json!({ "type": "about:blank", "title": title, "status": self.0.as_u16(), "detail": self.1 });
        (self.0, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn router(grid: Grid) -> Router {
    Router::new()
        .route("/v1/mailboxes/{mailbox}/parcels", get(list).post(upload))
        .route("/v1/parcels/{id}", get(status))
        .route("/v1/parcels/{id}/content", get(content))
        .route("/v1/parcels/{id}/confirm", post(confirm))
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address.") })
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn_with_state(grid.clone(), authorise))
        .layer(middleware::from_fn_with_state(grid.clone(), misbehave))
        .with_state(grid)
}

/// Shows the next fault, if one is due.
async fn misbehave(State(grid): State<Grid>, request: Request, next: Next) -> Response {
    let fault = grid.state().faults.take(request.uri().path().ends_with("/content"));
    match fault {
        None => next.run(request).await,
        Some(Fault::Unavailable) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The grid is down for a moment.").into_response(),
        Some(Fault::Unauthorized) => Problem::new(StatusCode::UNAUTHORIZED, "This key has been withdrawn.").into_response(),
        Some(Fault::AnswerLost) => {
            next.run(request).await;
            Problem::new(StatusCode::BAD_GATEWAY, "The answer was lost.").into_response()
        }
        Some(Fault::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            next.run(request).await
        }
        Some(Fault::CutContent) => {
            spoil(next.run(request).await, |content| {
                let half = content.slice(..content.len() / 2);
                Body::from_stream(futures::stream::iter([Ok(half), Err(std::io::Error::other("cut"))]))
            })
            .await
        }
        Some(Fault::DamagedContent) => {
            spoil(next.run(request).await, |content| {
                let mut content = content.to_vec();
                if let Some(byte) = content.first_mut() {
                    *byte ^= 1;
                }
                Body::from(content)
            })
            .await
        }
    }
}

/// The same answer with another body; the headers, its length among them, stay.
async fn spoil(response: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (parts, body) = response.into_parts();
    let content = to_bytes(body, LARGEST).await.unwrap_or_default();
    Response::from_parts(parts, change(content))
}

async fn authorise(State(grid): State<Grid>, mut request: Request, next: Next) -> Response {
    let key = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let caller = key.and_then(|key| grid.state().mailboxes.opened_by(key).map(|mailbox| Caller(mailbox.to_owned())));
    match caller {
        Some(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        None => Problem::new(StatusCode::UNAUTHORIZED, "This key opens no mailbox.").into_response(),
    }
}

async fn list(
    State(grid): State<Grid>,
    Extension(Caller(own)): Extension<Caller>,
    Path(mailbox): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing>, Problem> {
    own_mailbox(&own, &mailbox)?;
    if query.status.as_deref() != Some("ready") {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "Only status=ready can be listed."));
    }
    let state = grid.state();
    let open = state.mailboxes.open_parcels(&mailbox, grid.0.clock.now());
    let parcels = open.iter().take(query.limit.unwrap_or(100).min(100)).map(|parcel| ParcelView::from(*parcel)).collect();
    Ok(Json(Listing { parcels, ready: open.len() }))
}

async fn upload(
    State(grid): State<Grid>,
    Extension(Caller(own)): Extension<Caller>,
    Path(mailbox): Path<String>,
    headers: HeaderMap,
    content: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<ParcelView>), Problem> {
    own_mailbox(&own, &mailbox)?;
    let content = content.map_err(|error| Problem::new(error.status(), error.body_text()))?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());
    let missing = |name: &str| Problem::new(StatusCode::BAD_REQUEST, format!("The header {name} is missing."));
    let key = text("idempotency-key").ok_or_else(|| missing("Idempotency-Key"))?;
    let file_name = text("file-name").ok_or_else(|| missing("File-Name"))?;
    match grid.state().mailboxes.upload(&own, key, file_name, content, grid.0.clock.now()) {
        Upload::New(parcel) => Ok((StatusCode::CREATED, Json((&parcel).into()))),
        Upload::Known(parcel) => Ok((StatusCode::OK, Json((&parcel).into()))),
        Upload::Conflict => Err(Problem::new(StatusCode::CONFLICT, format!("The idempotency key {key} was used for other bytes."))),
    }
}

async fn status(
    State(grid): State<Grid>,
    Extension(Caller(own)): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<ParcelView>, Problem> {
    grid.state().mailboxes.parcel(&id, &own).map(|parcel| Json(parcel.into())).ok_or_else(|| Problem::no_parcel(&id))
}

async fn content(State(grid): State<Grid>, Extension(Caller(own)): Extension<Caller>, Path(id): Path<String>) -> Result<Response, Problem> {
    let parcel = grid.state().mailboxes.fetch(&id, &own, grid.0.clock.now()).ok_or_else(|| Problem::no_parcel(&id))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], parcel.content).into_response())
}

async fn confirm(
    State(grid): State<Grid>,
    Extension(Caller(own)): Extension<Caller>,
    Path(id): Path<String>,
    Json(outcome): Json<Outcome>,
) -> Result<Json<ParcelView>, Problem> {
    let refused = match outcome {
        Outcome::Taken {} => None,
        Outcome::Refused { reason } => Some(reason),
    };
    let parcel = grid.state().mailboxes.confirm(&id, &own, refused, grid.0.clock.now());
    parcel.map(|parcel| Json((&parcel).into())).ok_or_else(|| Problem::no_parcel(&id))
}

fn own_mailbox(own: &str, asked: &str) -> Result<(), Problem> {
    if own == asked { Ok(()) } else { Err(Problem::new(StatusCode::NOT_FOUND, format!("There is no mailbox {asked} for your key."))) }
}
