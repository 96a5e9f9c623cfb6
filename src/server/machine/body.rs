//! JSON bodies: 415 for another media type, 400 for what is no JSON, 422 with every wrong field named for the rest.

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::{check::check, openapi};
use crate::{
    server::{problem::Problem, state::AppState},
    service::Error,
};

/// A body that fits its description.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + ToSchema> FromRequest<AppState> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send JSON, with Content-Type: application/json."));
        }
        let body = Bytes::from_request(request, state).await.map_err(|error| Problem::new(error.status(), error.body_text()))?;
        read(&body).map(Self)
    }
}

/// Reads a body as what its description says.
pub fn read<T: DeserializeOwned + ToSchema>(body: &[u8]) -> Result<T, Problem> {
    let value: Value =
        serde_json::from_slice(body).map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("The body is not JSON: {error}.")))?;
    let errors = check(&value, &T::name(), openapi::description());
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    serde_json::from_value(value).map_err(|error| Error::field("", format!("The body cannot be used: {error}.")).into())
}
