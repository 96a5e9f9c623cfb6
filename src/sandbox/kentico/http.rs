//! The HTTP side of the stand-in: keys, media types, statuses, and the failures a test can order.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::content::Access;
use super::execute::Run;
use super::fault::Fault;
use super::parse::{Document, Operation, parse};
use super::schema::Schema;
use super::{Failure, Kentico, Recorded, State as Held, validate};

const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// The routes of a site with one headless channel.
pub fn router(kentico: Kentico) -> Router {
    Router::new().route("/graphql/{channel}", post(graphql)).route("/getContentAsset/{id}/{name}", get(asset)).with_state(kentico)
}

async fn graphql(State(kentico): State<Kentico>, Path(channel): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let failure = kentico.lock().next_failure();
    if let Some(failure) = failure {
        return fail(failure).await;
    }
    if Uuid::try_parse(&channel) != Ok(super::CHANNEL) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (response, after) = {
        let mut held = kentico.lock();
        (answer(&mut held, &headers, &body), held.after_next.take())
    };
    if let Some(after) = after {
        after(&kentico);
    }
    response
}

fn answer(held: &mut Held, headers: &HeaderMap, body: &[u8]) -> Response {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let key = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let Some(access) = key.and_then(|key| held.keys.get(key).copied()) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if text("content-type").is_none_or(|media| !media.starts_with("application/json")) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let wants = Wants::from_accept(text("accept"));
    let request = serde_json::from_slice::<Json>(body).unwrap_or_default();
    let Some(query) = request.get("query").and_then(Json::as_str) else {
        return wants.reply(StatusCode::BAD_REQUEST, &json!({ "errors": [{ "message": "The GraphQL request is missing a query." }] }));
    };
    let given = request.get("variables").and_then(Json::as_object).cloned().unwrap_or_default();
    held.recorded.push(Recorded { query: query.to_owned(), variables: Json::Object(given.clone()) });
    let origin = format!("{}://{}", text("x-forwarded-proto").unwrap_or("http"), text("host").unwrap_or("localhost"));
    match run(held, query, request.get("operationName").and_then(Json::as_str), &given, access, origin) {
        Ok(data) => wants.reply(StatusCode::OK, &json!({ "data": data })),
        Err(fault) if fault.before_execution => wants.reply(wants.refusal(), &json!({ "errors": [fault.json()] })),
        Err(fault) => wants.reply(StatusCode::OK, &json!({ "errors": [fault.json()], "data": null })),
    }
}

fn run(held: &Held, query: &str, name: Option<&str>, given: &Map<String, Json>, access: Access, origin: String) -> Result<Json, Fault> {
    let document = parse(query)?;
    let operation = choose(&document, name)?;
    let schema = Schema::of(&held.content.types);
    let variables = validate::variables(&schema, operation, given)?;
    validate::check(&schema, &document, operation, &variables)?;
    let run =
        Run { schema: &schema, content: &held.content, document: &document, variables: &variables, access, origin, now: held.clock.now() };
    run.query(&operation.selection)
}

fn choose<'a>(document: &'a Document, name: Option<&str>) -> Result<&'a Operation, Fault> {
    let found = match (name, document.operations.as_slice()) {
        (None, [only]) => only,
        (None, _) => return Err(Fault::operation("The operation name is missing, and the document holds several operations.")),
        (Some(name), all) => all
            .iter()
            .find(|o| o.name.as_deref() == Some(name))
            .ok_or_else(|| Fault::operation(&format!("The specified operation `{name}` cannot be found.")))?,
    };
    if found.kind == "query" { Ok(found) } else { Err(Fault::operation(&format!("This schema does not support {}s.", found.kind))) }
}

/// What the reader accepts. The GraphQL media type has statuses; plain JSON says 200 to everything.
#[derive(Clone, Copy)]
enum Wants {
    Graphql,
    Json,
}

impl Wants {
    fn from_accept(accept: Option<&str>) -> Self {
        let first = accept.unwrap_or("*/*").split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
        let known = first.filter_map(|media| match media {
            "application/json" => Some(Self::Json),
            "application/graphql-response+json" | "application/*" | "*/*" => Some(Self::Graphql),
            _ => None,
        });
        known.into_iter().next().unwrap_or(Self::Graphql)
    }

    const fn refusal(self) -> StatusCode {
        match self {
            Self::Graphql => StatusCode::BAD_REQUEST,
            Self::Json => StatusCode::OK,
        }
    }

    fn reply(self, status: StatusCode, body: &Json) -> Response {
        let media = match self {
            Self::Graphql => GRAPHQL,
            Self::Json => JSON,
        };
        (status, [(header::CONTENT_TYPE, media)], body.to_string()).into_response()
    }
}

async fn fail(failure: Failure) -> Response {
    match failure {
        Failure::Status(status) => StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
        Failure::Busy { status, retry_after } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            match retry_after {
                Some(wait) => (status, [(header::RETRY_AFTER, wait)]).into_response(),
                None => status.into_response(),
            }
        }
        Failure::Silence => std::future::pending().await,
        Failure::KeyRefusedInBody => {
            let message = "The current user is not authorized to access this resource.";
            let body = json!({ "errors": [{ "message": message, "extensions": { "code": "AUTH_NOT_AUTHORIZED" } }] });
            Wants::Graphql.reply(StatusCode::OK, &body)
        }
        Failure::Page => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<!doctype html><title>Site</title>").into_response(),
    }
}

/// A file: open to everyone once a published item uses it, otherwise only by an address that a draft key was given, for
/// ten minutes.
async fn asset(State(kentico): State<Kentico>, Path((id, name)): Path<(Uuid, String)>, RawQuery(query): RawQuery) -> Response {
    let held = kentico.lock();
    let expires = query.as_deref().and_then(|q| q.strip_prefix("expires=")).and_then(|seconds| seconds.parse::<i64>().ok());
    let open = match expires {
        Some(seconds) => seconds * 1_000_000 > held.clock.now().micros(),
        None => held.content.is_published_file(id),
    };
    match held.content.assets.get(&id).filter(|file| open && file.name == name) {
        Some(file) => {
            let media = match name.rsplit('.').next() {
                Some("png") => "image/png",
                Some("pdf") => "application/pdf",
                Some("svg") => "image/svg+xml",
                _ => "application/octet-stream",
            };
            ([(header::CONTENT_TYPE, media)], file.bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
