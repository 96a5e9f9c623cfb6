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
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Interval,
};
use tower_sessions::Session;

use super::state::AppState;
use crate::{
    auth::{reader::MaybeReader, session},
    domain::access::Scope,
    service::live::Change,
    store::sessions,
};

/// How often a stream asks whether its session still lasts.
const CHECK_EVERY: Duration = Duration::from_secs(30);

/// The stream of changes.
pub async fn changes(State(state): State<AppState>, Extension(MaybeReader(reader)): Extension<MaybeReader>, session: Session) -> Response {
    let (Some(reader), Some(session)) = (reader, session::stored_id(&session)) else { return StatusCode::UNAUTHORIZED.into_response() };
    let mut checks = tokio::time::interval(CHECK_EVERY);
    // The first tick of an interval is at once.
    checks.reset();
    let listener = Listener { changes: state.context.live.subscribe(), checks, scope: reader.actor.scope(), state, session };
    // A first line at once, so that the browser knows the stream is open.
    let opened = stream::iter([Ok(Event::default().comment("open"))]);
    let mut response =
        Sse::new(opened.chain(events(listener))).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // Proxies must not collect the events.
    response.headers_mut().insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    response
}

/// Whether a page that is open still has its session: 204, or 401. An island asks before it sends a form, so that what was
/// typed is not lost at the door.
pub async fn lasts(Extension(MaybeReader(reader)): Extension<MaybeReader>) -> StatusCode {
    if reader.is_some() { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED }
}

struct Listener {
    changes: Receiver<Change>,
    checks: Interval,
    scope: Scope,
    state: AppState,
    session: String,
}

/// What wakes a stream.
#[derive(Debug, PartialEq, Eq)]
enum Woken {
    /// A change its reader may see.
    Change,
    /// It is time to ask whether the session still lasts.
    Clock,
    /// The server stops.
    End,
}

/// Waits for what wakes a stream. The clock goes on beside the changes: however many others have, it is heard.
async fn woken(changes: &mut Receiver<Change>, checks: &mut Interval, scope: Scope) -> Woken {
    loop {
        tokio::select! {
            change = changes.recv() => match change {
                Ok(change) if change.concerns(scope) => return Woken::Change,
                Ok(_of_others) => {}
                // Some were missed: the page had better look.
                Err(RecvError::Lagged(_)) => return Woken::Change,
                Err(RecvError::Closed) => return Woken::End,
            },
            _ = checks.tick() => return Woken::Clock,
        }
    }
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
            let woken = woken(&mut self.changes, &mut self.checks, self.scope).await;
            if woken == Woken::Change {
                // Several changes of one commit make one event.
                while let Ok(_more) = self.changes.try_recv() {}
            }
            if woken == Woken::End || !self.lasts().await {
                return false;
            }
            if woken == Woken::Change {
                return true;
            }
        }
    }
}

fn events(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, |mut listener| async move { listener.next().await.then(|| (Ok(Event::default().data("changed")), listener)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::ids::OrganisationId, service::live::Live};

    #[tokio::test]
    async fn a_stream_looks_after_its_session_however_much_others_change() {
        let live = Live::default();
        let (own, other) = (OrganisationId(uuid::Uuid::from_u128(1)), OrganisationId(uuid::Uuid::from_u128(2)));
        let (mut changes, mut checks) = (live.subscribe(), tokio::time::interval(Duration::from_millis(40)));
        checks.reset();
        let busy = async {
            loop {
                live.publish(Some(other));
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(20), woken(&mut changes, &mut checks, Scope::Party(own)));
        let heard = tokio::select! { heard = heard => heard, () = busy => unreachable!() };
        assert_eq!(heard.unwrap(), Woken::Clock);
        live.publish(Some(own));
        checks.reset();
        assert_eq!(woken(&mut changes, &mut checks, Scope::Party(own)).await, Woken::Change);
    }
}
