//! Events from other systems: `POST /api/v1/events` takes `CloudEvents` signed as Standard Webhooks. The signature stands
//! in place of a key, and is checked on the bytes as they came. What is refused is counted and kept for the operator.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    connectors::xconnector::{Claims, Event, EventFault, Headers, SignatureFault, event, signature},
    domain::refusal::Reason,
    server::{problem::Problem, state::AppState},
    service::{
        Error, FieldError,
        xconnector::{
            self, Taken,
            refused::{self, Refusal},
        },
    },
};

/// Largest request, in bytes: an attachment of 256 kB in base64, and room around it.
const LIMIT: usize = 1024 * 1024;

/// What became of an event.
#[derive(Serialize, ToSchema)]
pub struct EventReceipt {
    /// Under which it is kept here.
    id: Option<Uuid>,
    /// Its id, as it was sent.
    event: String,
    /// `taken`; `parked`, until what it names is known; `known`, as it was taken before; `refused`.
    #[schema(example = "taken")]
    status: &'static str,
    /// The fields that are wrong, where it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WrongField>,
}

/// A field that cannot be used.
#[derive(Serialize, ToSchema)]
pub struct WrongField {
    /// As a JSON pointer, such as /data/partner.
    field: String,
    /// What is wrong, then what to do.
    message: String,
}

/// Takes events. Each is taken once under its source and id; the same again has no effect.
#[utoipa::path(post, path = "/api/v1/events", operation_id = "send_events", tag = "Events",
    params(
        ("webhook-id" = String, Header, description = "The same on every retry"),
        ("webhook-timestamp" = i64, Header, description = "Seconds since 1970, at most five minutes from now"),
        ("webhook-signature" = String, Header, description = "v1, and the base64 of HMAC-SHA256 over id.timestamp.body; several with blanks between them"),
    ),
    request_body(content = String, content_type = "application/cloudevents+json", description = "A CloudEvent, or a batch; at most 1 MB"),
    responses(
        (status = 202, description = "Taken, or parked until what it names is known; of a batch, what became of each", body = EventReceipt),
        (status = 200, description = "It was taken before", body = EventReceipt),
    ))]
pub async fn take(State(state): State<AppState>, headers: HeaderMap, body: Body) -> Response {
    let (body, read) = match to_bytes(body, LIMIT).await {
        Ok(body) => {
            let read = events(&state, &headers, &body);
            (body, read)
        }
        Err(_) => (Bytes::new(), Err(Unusable::TooLarge)),
    };
    match read {
        Ok(events) => match answer(&state, &headers, &events).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        },
        Err(unusable) => {
            refused(&state, unusable.reason(), || unusable.refusal(&headers, &body)).await;
            Problem::from(unusable).into_response()
        }
    }
}

/// The events of a request that is signed as it should be.
fn events(state: &AppState, headers: &HeaderMap, body: &[u8]) -> Result<Vec<Event>, Unusable> {
    let signed = Headers {
        id: header(headers, "webhook-id"),
        timestamp: header(headers, "webhook-timestamp"),
        signature: header(headers, "webhook-signature"),
    };
    signature::verify(&state.config.xconnector.secrets(), signed, body, state.context.now()).map_err(Unusable::Signature)?;
    event::read(headers, body).map_err(Unusable::Event)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn answer(state: &AppState, headers: &HeaderMap, events: &[Event]) -> Result<Response, Problem> {
    let is_batch = header(headers, "content-type").contains("batch");
    let mut receipts = Vec::with_capacity(events.len());
    for event in events {
        let outcome = xconnector::take(&state.context, event).await;
        if let Err(error) = &outcome {
            note(state, event, error).await;
        }
        receipts.push(taken(event, outcome, is_batch)?);
    }
    refused::catch_up(&state.context, &state.refusals).await;
    if is_batch {
        return Ok((StatusCode::ACCEPTED, Json(receipts)).into_response());
    }
    let status = if receipts.iter().all(|receipt| receipt.status == "known") { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(receipts.pop())).into_response())
}

/// Counts a refusal, and keeps it for the operator.
async fn refused(state: &AppState, reason: Reason, refusal: impl FnOnce() -> Refusal + Send) {
    state.metrics.refused_event(reason.as_str());
    refused::record(&state.context, &state.refusals, reason, refusal).await;
}

/// The same of an event that could be read, where it was refused for what it says. A fault of ours is none.
async fn note(state: &AppState, event: &Event, error: &Error) {
    let (reason, field, message) = match error {
        Error::Invalid(errors) => {
            let field = errors.first().map(|error| error.field.clone()).unwrap_or_default();
            (Reason::Data, field, errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" "))
        }
        Error::Conflict(message) => (Reason::Conflict, "/id".to_owned(), message.clone()),
        _ => return,
    };
    let refusal = || {
        let body = serde_json::to_vec(event).unwrap_or_default();
        Refusal { reason, field, message, claims: event.into(), size: body.len(), body }
    };
    refused(state, reason, refusal).await;
}

/// Why a request as a whole is refused.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("Send at most {LIMIT} bytes; give large files as a url.")]
    TooLarge,
    #[error("{0}")]
    Signature(SignatureFault),
    #[error("{0}")]
    Event(EventFault),
}

impl Unusable {
    const fn reason(&self) -> Reason {
        match self {
            Self::TooLarge => Reason::Size,
            Self::Signature(SignatureFault::Missing | SignatureFault::Timestamp) => Reason::Unsigned,
            Self::Signature(SignatureFault::Stale) => Reason::Stale,
            Self::Signature(SignatureFault::Wrong) => Reason::Signature,
            Self::Event(EventFault::MediaType) => Reason::MediaType,
            Self::Event(EventFault::Invalid { .. }) => Reason::Unreadable,
        }
    }

    fn refusal(&self, headers: &HeaderMap, body: &[u8]) -> Refusal {
        let field = match self {
            Self::Event(EventFault::Invalid { field, .. }) => field.clone(),
            Self::Event(EventFault::MediaType) => "content-type".to_owned(),
            Self::Signature(SignatureFault::Stale | SignatureFault::Timestamp) => "webhook-timestamp".to_owned(),
            Self::Signature(_) => "webhook-signature".to_owned(),
            Self::TooLarge => String::new(),
        };
        // What is too large was not read to its end; its sender says how long it is.
        let said = header(headers, "content-length").parse().unwrap_or(LIMIT + 1);
        let size = if matches!(self, Self::TooLarge) { said } else { body.len() };
        let claims = Claims::of_message(headers, body);
        Refusal { reason: self.reason(), field, message: self.to_string(), claims, size, body: body.to_vec() }
    }
}

impl From<Unusable> for Problem {
    fn from(unusable: Unusable) -> Self {
        let words = unusable.to_string();
        match unusable {
            Unusable::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, words),
            Unusable::Signature(_) => Self::unauthorized(words),
            Unusable::Event(EventFault::MediaType) => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, words),
            Unusable::Event(EventFault::Invalid { field, message }) => Error::field(field, message).into(),
        }
    }
}

/// The receipt of an event. In a batch each event stands for itself, so a refused one is said beside the others.
fn taken(event: &Event, outcome: Result<Taken, Error>, is_batch: bool) -> Result<EventReceipt, Problem> {
    let receipt = |id, status, errors| EventReceipt { id, event: event.id.clone(), status, errors };
    let status = |taken: &Taken| match (taken.again, taken.parked) {
        (true, _) => "known",
        (false, true) => "parked",
        (false, false) => "taken",
    };
    match outcome {
        Ok(taken) => Ok(receipt(Some(taken.id.0), status(&taken), Vec::new())),
        Err(Error::Invalid(errors)) if is_batch => {
            let wrong = |error: FieldError| WrongField { field: error.field, message: error.message };
            Ok(receipt(None, "refused", errors.into_iter().map(wrong).collect()))
        }
        Err(Error::Conflict(message)) if is_batch => Ok(receipt(None, "refused", vec![WrongField { field: "/id".to_owned(), message }])),
        Err(error) => Err(error.into()),
    }
}
