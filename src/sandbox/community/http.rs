//! The community profile over HTTP, and the faults it can be told to show.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Community, Fault, desk::Refusal};

/// Largest file, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;
/// Most changes on a page.
const MOST: usize = 500;

pub(super) fn router(community: Community) -> Router {
    Router::new()
        .route("/cases/{id}", put(put_case))
        .route("/cases/{id}/comments", post(post_comment))
        .route("/cases/{id}/attachments", post(post_file))
        .route("/attachments/{sha256}", put(put_content).get(get_content))
        .route("/reference/{kind}/{key}", put(put_known))
        .route("/changes", get(list))
        .layer(middleware::from_fn_with_state(community.clone(), door))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(community)
}

fn problem(status: u16, detail: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = status.canonical_reason().unwrap_or("Refused");
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// 201 where something is new, 200 where it was there.
const fn status(is_new: bool) -> u16 {
    if is_new { 201 } else { 200 }
}

/// Looks at the key, and lets go wrong what is to go wrong.
async fn door(State(community): State<Community>, request: Request, next: Next) -> Response {
    let key = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if key != Some(community.0.key.as_str()) {
        return problem(401, "Send the key as a bearer token.");
    }
    let reads = request.uri().path() == "/changes";
    let knows = request.uri().query().is_some_and(|query| query.contains("after="));
    let fault = {
        let mut inside = community.inside();
        let fits = |fault: &Fault| match fault {
            Fault::CursorLost => reads && knows,
            Fault::Disorder => reads,
            Fault::Damaged => request.method() == "GET" && !reads,
            _ => true,
        };
        let place = inside.faults.iter().position(fits);
        place.map(|place| inside.faults.remove(place))
    };
    match fault {
        Some(Fault::Unavailable) => return problem(503, "Active Community is being maintained."),
        Some(Fault::Broken) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::Unauthorized) => return problem(401, "The key was withdrawn."),
        Some(Fault::CursorLost) => return problem(410, "This cursor is not known any more. Read from the beginning."),
        Some(Fault::Slow(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
        _ => {}
    }
    let answered = next.run(request).await;
    match fault {
        Some(Fault::AnswerLost) => StatusCode::BAD_GATEWAY.into_response(),
        Some(Fault::Garbage) => (StatusCode::OK, "<!doctype html><title>Sign in to continue</title>").into_response(),
        Some(Fault::Disorder) => disordered(answered).await,
        Some(Fault::Damaged) => (StatusCode::OK, "these are not the bytes").into_response(),
        _ => answered,
    }
}

/// The page backwards, and its last change once more.
async fn disordered(answered: Response) -> Response {
    let body = axum::body::to_bytes(answered.into_body(), LARGEST).await.unwrap_or_default();
    let mut page: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(changes) = page["changes"].as_array_mut() {
        changes.reverse();
        changes.extend(changes.first().cloned());
    }
    answer(200, &page)
}

fn read(body: &Bytes) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|error| (400, format!("The body is not JSON: {error}.")))
}

fn done(outcome: Result<(u16, Value), Refusal>) -> Response {
    match outcome {
        Ok((status, body)) => answer(status, &body),
        Err((status, detail)) => problem(status, &detail),
    }
}

async fn put_case(State(community): State<Community>, Path(id): Path<String>, body: Bytes) -> Response {
    let outcome = read(&body).and_then(|body| community.inside().desk.put_case(&id, &body));
    done(outcome.map(|(case, is_new)| (status(is_new), case)))
}

async fn post_comment(State(community): State<Community>, Path(id): Path<String>, body: Bytes) -> Response {
    let outcome = read(&body).and_then(|body| {
        let mut inside = community.inside();
        let (case, is_new) = inside.desk.post_comment(&id, &body)?;
        // The hub's people wrote: whoever is to answer begins to.
        if is_new && body["side"] == "internal" {
            community.plan(&mut inside, &case);
        }
        Ok((status(is_new), json!({ "case": case })))
    });
    done(outcome)
}

async fn post_file(State(community): State<Community>, Path(id): Path<String>, body: Bytes) -> Response {
    let outcome = read(&body).and_then(|body| community.inside().desk.post_file(&id, &body));
    done(outcome.map(|is_new| (status(is_new), json!({}))))
}

async fn put_content(State(community): State<Community>, Path(sha256): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/octet-stream");
    let outcome = community.inside().desk.put_content(&sha256, media_type, &body);
    done(outcome.map(|is_new| (status(is_new), json!({}))))
}

async fn get_content(State(community): State<Community>, Path(sha256): Path<String>) -> Response {
    match community.inside().desk.content(&sha256) {
        Ok((media_type, bytes)) => ([(header::CONTENT_TYPE, media_type)], Body::from(bytes)).into_response(),
        Err((status, detail)) => problem(status, &detail),
    }
}

async fn put_known(State(community): State<Community>, Path((kind, key)): Path<(String, String)>, body: Bytes) -> Response {
    let outcome = read(&body).and_then(|body| community.inside().desk.put_known(&kind, &key, &body));
    done(outcome.map(|(version, is_new)| (status(is_new), json!({ "version": version }))))
}

async fn list(State(community): State<Community>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let after = query.get("after").map(String::as_str).unwrap_or_default();
    let take = query.get("take").map_or(Some(100), |take| take.parse::<usize>().ok());
    let Some(take) = take.filter(|take| (1..=MOST).contains(take)) else { return problem(400, "take is a number from 1 to 500.") };
    done(community.inside().desk.list(after, take).map(|page| (200, page)))
}
