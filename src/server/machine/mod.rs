//! The machine API under `/api/v1`: keys instead of sessions, JSON instead of pages, problems instead of error pages.

use axum::Router;

use super::{problem::Problem, state::AppState};
use crate::auth::machine::Machine;

/// Everything under `/api`.
pub fn router() -> Router<AppState> {
    // An unknown address answers 401 to whoever has no key, so that nobody can find out what exists.
    Router::new().fallback(async |_: Machine| Problem::not_found())
}
