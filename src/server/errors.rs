//! From what went wrong inside to what a person or a program sees. Faults of ours are logged in full here and nowhere
//! else; outside, only their reference is seen.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::telemetry;
use crate::{
    api::error::{ApiError, Field},
    pages::plain,
    service::Error,
};

/// Logs a fault of ours. The request's span carries the reference.
pub fn log(error: &Error) {
    tracing::error!(error = ?error, reference = telemetry::reference(), "{error}");
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Forbidden(message) => Self::Forbidden { message },
            Error::Conflict(message) | Error::Stale(message) => Self::Conflict { message },
            Error::TooMany(message) => Self::TooMany { message },
            Error::Invalid(fields) => {
                Self::Invalid { fields: fields.into_iter().map(|field| Field { name: field.field, message: field.message }).collect() }
            }
            Error::Store(_) | Error::Internal(_) => {
                log(&error);
                Self::Internal { reference: telemetry::reference() }
            }
        }
    }
}

impl From<crate::store::StoreError> for ApiError {
    fn from(error: crate::store::StoreError) -> Self {
        Error::from(error).into()
    }
}

/// The HTTP status of an error.
pub const fn status(error: &ApiError) -> StatusCode {
    match error {
        ApiError::SignIn => StatusCode::UNAUTHORIZED,
        ApiError::NotFound => StatusCode::NOT_FOUND,
        ApiError::Forbidden { .. } => StatusCode::FORBIDDEN,
        ApiError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ApiError::Conflict { .. } => StatusCode::CONFLICT,
        ApiError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        ApiError::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A whole page about a fault of ours, for where no page could be rendered.
pub fn response(error: &Error) -> Response {
    log(error);
    page(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A whole page about a status, for requests that never reach a page of their own.
pub fn page(status: StatusCode) -> Response {
    let reference = status.is_server_error().then(telemetry::reference);
    document(status, plain::document(status, reference))
}

/// A whole page about an error, for files, which have no page around them.
pub fn page_about(error: &ApiError) -> Response {
    document(status(error), plain::document_about(error))
}

fn document(status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
