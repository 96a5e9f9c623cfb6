//! The description of the machine API, made from the handlers and their bodies. What is the same for every address (the
//! key, `Idempotency-Key`, problems) is added here once.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::{
        ContentBuilder, OpenApi as Description, Ref, RefOr,
        path::{Operation, ParameterBuilder, ParameterIn},
        response::ResponseBuilder,
        schema::{ObjectBuilder, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::{attachments, cases, documents, events, invoices, orders, placing, remittances, shipments};

#[derive(OpenApi)]
#[openapi(
    info(title = "Portico", description = "Orders, shipments, invoices and the documents that carry them.", version = "1"),
    paths(
        show,
        documents::send,
        documents::show,
        placing::purchase,
        orders::list_purchase,
        placing::sales,
        orders::list_sales,
        orders::list,
        orders::show,
        shipments::list,
        shipments::show,
        invoices::list,
        invoices::show,
        remittances::list,
        remittances::show,
        cases::list,
        cases::show,
        cases::comments,
        attachments::list,
        attachments::content,
        events::take,
    ),
    components(schemas(Problem, WrongField)),
    modifiers(&Common),
)]
struct Api;

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
struct Problem {
    /// about:blank: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// What happened, then what to do.
    detail: String,
    /// The fields that are wrong, where the body is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WrongField>,
    /// To be quoted when asking for help.
    reference: String,
}

/// A field that cannot be used.
#[derive(Serialize, ToSchema)]
struct WrongField {
    /// Its path, such as lines.0.quantity.
    field: String,
    /// What is wrong, then what to do.
    message: String,
}

/// What every address has in common.
struct Common;

/// Where events are sent.
const EVENTS: &str = "/api/v1/events";

/// The name of the security scheme.
const KEY: &str = "key";

impl Modify for Common {
    fn modify(&self, description: &mut Description) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A key: pk_…")).build();
        description.components.get_or_insert_default().add_security_scheme(KEY, SecurityScheme::Http(scheme));
        for (path, item) in &mut description.paths.paths {
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                if path != PATH {
                    add_problems(operation);
                }
                // Events are signed, and taken once by their own ids.
                if path != PATH && path != EVENTS {
                    operation.security = Some(vec![SecurityRequirement::new(KEY, [] as [&str; 0])]);
                }
            }
            if let Some(operation) = item.post.as_mut().filter(|_| path != EVENTS) {
                add_idempotency(operation);
            }
        }
    }
}

fn add_problems(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    let problem = ResponseBuilder::new().description("What went wrong").content("application/problem+json", content).build();
    for status in ["401", "default"] {
        operation.responses.responses.insert(status.to_owned(), RefOr::T(problem.clone()));
    }
}

fn add_idempotency(operation: &mut Operation) {
    let words = "Names the request: the same one again gets the first answer byte for byte and has no second effect";
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(255)).build();
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(words))
        .schema(Some(text))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

/// Where the description is.
const PATH: &str = "/api/openapi.json";

/// The description as JSON.
pub fn description() -> &'static Value {
    static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(Api::openapi()).unwrap_or_default());
    &DESCRIPTION
}

/// Shows this description; no key is asked for.
#[utoipa::path(get, path = PATH, operation_id = "show_description", tag = "Description",
    responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
pub async fn show() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], description().to_string()).into_response()
}
