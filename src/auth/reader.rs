//! Who reads: loads the session and its person once per request, for pages, server functions and live updates.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tower_sessions::Session;

use super::session;
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
    let reader = match request.extensions().get::<Session>() {
        Some(session) if session.id().is_some() => match find(&state.context, session).await {
            Ok(reader) => reader,
            Err(error) => return errors::response(&error),
        },
        _ => None,
    };
    request.extensions_mut().insert(MaybeReader(reader));
    next.run(request).await
}

/// The reader of a session.
pub async fn find(context: &Context, session: &Session) -> service::Result<Option<Reader>> {
    let now = context.now();
    let signed_in = session::signed_in(session, now).await.map_err(|error| service::Error::Internal(error.to_string()))?;
    let Some(signed_in) = signed_in else { return Ok(None) };
    let mut conn = context.db.read().await?;
    Ok(users::reader(&mut conn, signed_in.user, signed_in.organisation).await?)
}
