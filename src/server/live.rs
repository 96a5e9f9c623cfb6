//! `GET /live`: tells an open page that something its reader may see has changed. The event says only that; the page
//! fetches itself again. The stream ends when the session does.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tower_sessions::Session;

use super::state::AppState;
use crate::{
    auth::{reader::MaybeReader, session},
    domain::access::Scope,
    service::live::Change,
    store::sessions,
};

/// How often an idle stream asks whether its session still lasts.
const CHECK_EVERY: Duration = Duration::from_secs(30);

/// The stream of changes.
pub async fn changes(State(state): State<AppState>, Extension(MaybeReader(reader)): Extension<MaybeReader>, session: Session) -> Response {
    let (Some(reader), Some(session)) = (reader, session::stored_id(&session)) else { return StatusCode::UNAUTHORIZED.into_response() };
    let listener = Listener { changes: state.context.live.subscribe(), scope: reader.actor.scope(), state, session };
    // A first line at once, so that the browser knows the stream is open.
    let opened = stream::iter([Ok(Event::default().comment("open"))]);
    let mut response =
        Sse::new(opened.chain(events(listener))).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // Proxies must not collect the events.
    response.headers_mut().insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    response
}

struct Listener {
    changes: Receiver<Change>,
    scope: Scope,
    state: AppState,
    session: String,
}

impl Listener {
    /// Whether the session that opened the stream still lasts.
    async fn lasts(&self) -> bool {
        let found = async {
            let mut conn = self.state.context.db.read().await?;
            sessions::find(&mut conn, &self.session, self.state.context.now()).await
        };
        matches!(found.await, Ok(Some(_)))
    }

    /// Waits for the next change its reader may see; false at the end.
    async fn next(&mut self) -> bool {
        loop {
            let concerned = match tokio::time::timeout(CHECK_EVERY, self.changes.recv()).await {
                Ok(Ok(change)) if change.concerns(self.scope) => true,
                Ok(Ok(_of_others)) => continue,
                // Some were missed: the page had better look.
                Ok(Err(RecvError::Lagged(_))) => true,
                Ok(Err(RecvError::Closed)) => return false,
                Err(_idle) => false,
            };
            if concerned {
                // Several changes of one commit make one event.
                while let Ok(_more) = self.changes.try_recv() {}
            }
            if !self.lasts().await {
                return false;
            }
            if concerned {
                return true;
            }
        }
    }
}

fn events(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, |mut listener| async move { listener.next().await.then(|| (Ok(Event::default().data("changed")), listener)) })
}
