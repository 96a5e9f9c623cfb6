//! Events from other systems: `POST /api/v1/events` takes `CloudEvents` signed as Standard Webhooks. The signature stands
//! in place of a key, and is checked on the bytes as they came.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    connectors::xconnector::{Event, EventFault, Headers, event, signature},
    server::{problem::Problem, state::AppState},
    service::{
        Error, FieldError,
        xconnector::{self, Taken},
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
    match answer(&state, &headers, body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn answer(state: &AppState, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let too_large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("Send at most {LIMIT} bytes; give large files as a url."));
    let body = to_bytes(body, LIMIT).await.map_err(too_large)?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = Headers { id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature: header("webhook-signature") };
    let secrets = state.config.xconnector.secrets();
    signature::verify(&secrets, signed, &body, state.context.now()).map_err(|fault| Problem::unauthorized(fault.to_string()))?;
    let events = event::read(headers, &body).map_err(unreadable)?;
    let is_batch = header("content-type").contains("batch");
    let mut receipts = Vec::with_capacity(events.len());
    for event in &events {
        receipts.push(taken(event, xconnector::take(&state.context, event).await, is_batch)?);
    }
    if is_batch {
        return Ok((StatusCode::ACCEPTED, Json(receipts)).into_response());
    }
    let status = if receipts.iter().all(|receipt| receipt.status == "known") { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(receipts.pop())).into_response())
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

fn unreadable(fault: EventFault) -> Problem {
    match fault {
        EventFault::MediaType => Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault.to_string()),
        EventFault::Invalid { field, message } => Problem::from(Error::field(field, message)),
    }
}
