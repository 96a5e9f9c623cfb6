//! The same request again gets the same answer. A client names its request with `Idempotency-Key`; the first answer,
//! refusals included, is kept and given again byte for byte, and the request has no second effect. Not kept are answers
//! that say nothing about the request: faults of ours, a body beyond the limit or of another type, an unknown key.
//!
//! [`once`] wraps every handler that writes. The effect and the kept answer are two transactions: should the process end
//! between them, the request can be repeated after [`BROKEN_OFF_SECONDS`] and meets the rules that forbid a second effect
//! (an interchange is taken once, an order number exists once).

use std::pin::Pin;

use axum::{
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
        let place = Place { context: state.context.clone(), key, name, hash: request_hash(&parts, &body) };
        if let Some(answer) = place.enter().await? {
            return Ok(answer);
        }
        let reference = telemetry::reference();
        let work = async move {
            // In a task of its own, so that a panic does not leave the place taken.
            let response = tokio::spawn(self.handler.call(Request::from_parts(parts, Body::from(body)), state).in_current_span()).await;
            let given = match response {
                Ok(response) => Given::by(response).await.map(|given| given.with_reference(&reference)),
                Err(error) => Err(internal(error)),
            };
            place.leave(&given).await;
            given
        };
        // In a task of its own: a client that hangs up before the answer still finds it when it asks again.
        tokio::spawn(work.in_current_span()).await.map_err(internal)?
    }
}

/// A running request that outlives this many seconds broke off with its process, and may be sent again.
const BROKEN_OFF_SECONDS: i64 = 600;

/// The place of a named request among the kept answers. It is taken in the database while the request runs, so that it
/// runs once however many processes answer.
struct Place {
    context: Context,
    key: MachineKeyId,
    name: String,
    hash: Vec<u8>,
}

impl Place {
    /// Takes the place, or gives the answer that stands in it; 409 while the request runs elsewhere, 422 where the name was
    /// used for another request.
    async fn enter(&self) -> Result<Option<Given>, Problem> {
        let now = self.context.now();
        let mut tx = self.context.db.begin().await.map_err(stored)?;
        if !machine::enter_request(&mut tx, self.key, &self.name, &self.hash, now).await.map_err(stored)? {
            let taken = machine::find_answer(&mut tx, self.key, &self.name).await.map_err(stored)?;
            // Left again between the two looks; it is free in a moment.
            let taken = taken.ok_or_else(still_running)?;
            if taken.request_hash != self.hash {
                let words = "This Idempotency-Key was used for another request. Send this one under a new key.";
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words));
            }
            if !taken.is_running() {
                return replay(taken).map(Some);
            }
            let broken_off = now >= taken.created_at.plus_seconds(BROKEN_OFF_SECONDS);
            if !broken_off || !machine::take_over(&mut tx, &taken, now).await.map_err(stored)? {
                return Err(still_running());
            }
        }
        tx.commit().await.map_err(stored)?;
        Ok(None)
    }

    /// Puts the answer into the place, or leaves it where the answer says nothing about the request. What was done is
    /// done, so the client gets its answer even where it cannot be kept.
    async fn leave(&self, given: &Result<Given, Problem>) {
        let kept = given.as_ref().ok().filter(|given| given.is_kept());
        let outcome = async {
            let mut tx = self.context.db.begin().await?;
            match kept {
                Some(given) => {
                    let status = given.status.as_u16().into();
                    machine::answer_request(&mut tx, self.key, &self.name, status, &given.content_type, &given.body).await?;
                }
                None => machine::leave_request(&mut tx, self.key, &self.name).await?,
            }
            tx.commit().await
        };
        if let Err(error) = outcome.await {
            tracing::error!(%error, "the answer to a named request could not be kept");
        }
    }
}

fn still_running() -> Problem {
    Problem::new(StatusCode::CONFLICT, "A request with this Idempotency-Key is still running. Ask again in a moment.")
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

    /// Whether it says something about the request: a fault of ours does not, nor does a body that was not looked at.
    fn is_kept(&self) -> bool {
        !self.status.is_server_error() && self.status != StatusCode::UNSUPPORTED_MEDIA_TYPE
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

fn replay(answer: Answer) -> Result<Given, Problem> {
    let status = u16::try_from(answer.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.ok_or_else(|| internal("a kept answer without a status"))?;
    Ok(Given { status, content_type: answer.content_type, body: answer.body, replayed: true })
}

fn stored(error: crate::store::StoreError) -> Problem {
    service::Error::from(error).into()
}

fn internal(error: impl ToString) -> Problem {
    service::Error::Internal(error.to_string()).into()
}
