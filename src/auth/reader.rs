//! Who reads: loads the session and its person once per request, for pages, server functions and live updates.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tower_sessions::Session;

use super::session::{self, Use};
use crate::{
    server::{errors, state::AppState},
    service::{self, Context},
    store::users::{self, Reader},
};

/// The reader of a request, as found in its extensions: none where nobody is signed in.
#[derive(Clone, Debug)]
pub struct MaybeReader(pub Option<Reader>);

/// Middleware that puts a [`MaybeReader`] into the request. Without a session cookie nothing is asked of the database.
pub async fn load(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let by = if is_background(&request) { Use::ByPage } else { Use::ByPerson };
    let reader = match request.extensions().get::<Session>() {
        Some(session) if session.id().is_some() => match find(&state.context, session, by).await {
            Ok(reader) => reader,
            Err(error) => return errors::response(&error),
        },
        _ => None,
    };
    request.extensions_mut().insert(MaybeReader(reader));
    next.run(request).await
}

/// Whether an open page asks by itself, with nobody having done anything: its event stream, itself again after an event,
/// whether its session lasts.
pub fn is_background(request: &Request) -> bool {
    matches!(request.uri().path(), "/live" | "/session") || request.headers().contains_key("x-live")
}

/// The reader of a session.
async fn find(context: &Context, session: &Session, by: Use) -> service::Result<Option<Reader>> {
    let now = context.now();
    let signed_in = session::signed_in(session, by, now).await.map_err(|error| service::Error::Internal(error.to_string()))?;
    let Some(signed_in) = signed_in else { return Ok(None) };
    let mut conn = context.db.read().await?;
    Ok(users::reader(&mut conn, signed_in.user, signed_in.organisation).await?)
}
