//! The same request again gets the same answer. A client names its request with `Idempotency-Key`; the first answer,
//! refusals included, is kept and given again byte for byte, and the request has no second effect. Not kept are answers
//! that say nothing about the request: faults of ours, a body beyond the limit, an unknown key.
//!
//! [`once`] wraps every handler that writes. The effect and the kept answer are two transactions: should the process end
//! between them, the repeated request runs again and meets the rules that forbid a second effect (an interchange is
//! taken once, an order number exists once).

use std::{
    collections::HashSet,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request},
    handler::Handler,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use serde_json::Value;
use tracing::Instrument;

use crate::{
    auth::machine::Machine,
    domain::{access::Who, ids::MachineKeyId},
    server::{problem::Problem, state::AppState, telemetry},
    service::{self, Context},
    store::{
        files::sha256,
        machine::{self, Answer},
    },
};

/// The header with which a client names its request.
const KEY: &str = "idempotency-key";
/// The header that says an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Longest name of a request, in characters.
const KEY_LENGTH: usize = 255;

/// Runs a handler at most once for each named request; a body beyond `limit` bytes is refused.
pub fn once<H>(handler: H, limit: usize) -> Once<H> {
    Once { handler, limit }
}

/// A handler wrapped by [`once`].
#[derive(Clone)]
pub struct Once<H> {
    handler: H,
    limit: usize,
}

impl<H: Handler<T, AppState>, T: 'static> Handler<T, AppState> for Once<H> {
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: AppState) -> Self::Future {
        Box::pin(async move {
            let answer = self.answer(request, state).await;
            answer.map_or_else(Problem::into_response, with_location)
        })
    }
}

impl<H> Once<H> {
    async fn answer<T: 'static>(self, request: Request, state: AppState) -> Result<Given, Problem>
    where
        H: Handler<T, AppState>,
    {
        let (mut parts, body) = request.into_parts();
        let Machine(actor) = Machine::from_request_parts(&mut parts, &state).await?;
        let body = read(&parts, body, self.limit).await?;
        let (Some(name), Who::Machine(key)) = (name(&parts)?, actor.who) else {
            return Given::by(self.handler.call(Request::from_parts(parts, Body::from(body)), state).await).await;
        };
        let hash = request_hash(&parts, &body);
        if let Some(answer) = given_before(&state.context, key, &name, &hash).await? {
            return Ok(answer);
        }
        let Extension(running) =
            Extension::<Running>::from_request_parts(&mut parts, &state).await.map_err(|_| internal("no list of running requests"))?;
        let Some(place) = running.enter(key, &name) else {
            let words = "A request with this Idempotency-Key is still running. Ask again in a moment.";
            return Err(Problem::new(StatusCode::CONFLICT, words));
        };
        // It may have ended between the look and the entry.
        if let Some(answer) = given_before(&state.context, key, &name, &hash).await? {
            return Ok(answer);
        }
        let reference = telemetry::reference();
        let work = async move {
            let context = state.context.clone();
            let response = self.handler.call(Request::from_parts(parts, Body::from(body)), state).await;
            let given = Given::by(response).await?.with_reference(&reference);
            let kept = keep(&context, key, name, hash, given).await;
            drop(place);
            kept
        };
        // In a task of its own: a client that hangs up before the answer still finds it when it asks again.
        tokio::spawn(work.in_current_span()).await.map_err(internal)?
    }
}

/// The requests being answered by this process.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<HashSet<(MachineKeyId, String)>>>);

impl Running {
    /// Enters a request; none where it is running already. It leaves when the place is dropped.
    fn enter(&self, key: MachineKeyId, name: &str) -> Option<Place> {
        let entry = (key, name.to_owned());
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(entry.clone()).then(|| Place { running: self.clone(), entry })
    }
}

/// A running request's entry.
struct Place {
    running: Running,
    entry: (MachineKeyId, String),
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.entry);
    }
}

/// An answer as it is kept and given.
struct Given {
    status: StatusCode,
    content_type: String,
    body: Vec<u8>,
    replayed: bool,
}

impl Given {
    async fn by(response: Response) -> Result<Self, Problem> {
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        // Answers to writes are made by us, in memory.
        let body = to_bytes(body, usize::MAX).await.map_err(internal)?.to_vec();
        Ok(Self { status: parts.status, content_type, body, replayed: false })
    }

    /// Puts the request's own reference into a problem, which was written in a task that has none.
    fn with_reference(mut self, reference: &str) -> Self {
        if self.content_type == "application/problem+json"
            && let Ok(Value::Object(mut problem)) = serde_json::from_slice(&self.body)
            && problem.insert("reference".to_owned(), reference.into()).is_some()
        {
            self.body = Value::Object(problem).to_string().into_bytes();
        }
        self
    }
}

/// The answer on the wire. Where the new resource is follows from the body, so that a repeated answer says it too.
fn with_location(given: Given) -> Response {
    let location = location(given.status, &given.body);
    let mut response = (given.status, given.body).into_response();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&given.content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    if let Some(value) = location.and_then(|address| HeaderValue::from_str(&address).ok()) {
        headers.insert(header::LOCATION, value);
    }
    if given.replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

fn location(status: StatusCode, body: &[u8]) -> Option<String> {
    let field = |name: &str| Some(serde_json::from_slice::<Value>(body).ok()?.get(name)?.as_str()?.to_owned());
    match status {
        StatusCode::CREATED => field("id").map(|id| format!("/api/v1/orders/{id}")),
        StatusCode::ACCEPTED => field("document_id").map(|id| format!("/api/v1/documents/{id}")),
        _ => None,
    }
}

/// The whole body, or 413.
async fn read(parts: &Parts, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body is larger than {limit} bytes. Send it in parts."));
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut whole = BytesMut::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "The body broke off. Send it again."))?;
        if whole.len() + chunk.len() > limit {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// The name of the request, where the client gave one.
fn name(parts: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get(KEY) else { return Ok(None) };
    let name = value.to_str().ok().map(str::trim).filter(|name| !name.is_empty() && name.chars().count() <= KEY_LENGTH);
    let words = format!("Idempotency-Key must be 1 to {KEY_LENGTH} ASCII characters; a UUID fits.");
    name.map(|name| Some(name.to_owned())).ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, words))
}

fn request_hash(parts: &Parts, body: &[u8]) -> Vec<u8> {
    let address = parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
    let mut text = format!("{} {address}\n", parts.method).into_bytes();
    text.extend_from_slice(&sha256(body));
    sha256(&text)
}

/// The answer this request was given before; 422 where the name was used for another request.
async fn given_before(context: &Context, key: MachineKeyId, name: &str, hash: &[u8]) -> Result<Option<Given>, Problem> {
    let mut conn = context.db.read().await.map_err(stored)?;
    let Some(answer) = machine::find_answer(&mut conn, key, name).await.map_err(stored)? else { return Ok(None) };
    replay(answer, hash).map(Some)
}

fn replay(answer: Answer, hash: &[u8]) -> Result<Given, Problem> {
    if answer.request_hash != hash {
        let words = "This Idempotency-Key was used for another request. Send this one under a new key.";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words));
    }
    let status = u16::try_from(answer.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.ok_or_else(|| internal("a kept answer without a status"))?;
    Ok(Given { status, content_type: answer.content_type, body: answer.body, replayed: true })
}

/// Keeps an answer; gives the one that another process kept meanwhile, where there is one.
async fn keep(context: &Context, key: MachineKeyId, name: String, hash: Vec<u8>, given: Given) -> Result<Given, Problem> {
    if given.status.is_server_error() {
        return Ok(given);
    }
    let row = Answer {
        machine_key_id: key,
        idempotency_key: name,
        request_hash: hash,
        status: given.status.as_u16().into(),
        content_type: given.content_type.clone(),
        body: given.body.clone(),
        created_at: context.now(),
    };
    let mut tx = context.db.begin().await.map_err(stored)?;
    let is_first = machine::insert_answer(&mut tx, &row).await.map_err(stored)?;
    tx.commit().await.map_err(stored)?;
    if is_first {
        return Ok(given);
    }
    let earlier = given_before(context, key, &row.idempotency_key, &row.request_hash).await?;
    Ok(earlier.unwrap_or(given))
}

fn stored(error: crate::store::StoreError) -> Problem {
    service::Error::from(error).into()
}

fn internal(error: impl ToString) -> Problem {
    service::Error::Internal(error.to_string()).into()
}
