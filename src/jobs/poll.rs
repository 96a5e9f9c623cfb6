//! Asks every route for news: files that came, and receipts for files that left. A file is confirmed to its route only
//! after what it says is committed; a crash in between delivers it again, and taking it in twice has no second effect.

use std::path::Path;

use bytes::Bytes;
use tokio::io::AsyncReadExt;

use super::{Worker, runner::guarded};
use crate::{
    connectors::trading_grid::documents::transport::{Body, Delivery, Incoming, Transport, TransportError},
    service::{
        self, Error,
        exchange::{self, Source},
        outbox,
    },
    store::{self, routes::Route, transmissions},
};

/// Files taken from a route in one go.
const AT_MOST: usize = 32;
/// How much is kept of a file that is too large to be read, for people to see what it is.
const BEGINNING: u64 = 64 * 1024;

impl Worker {
    /// Asks every active route once. What fails is noted on its route and does not keep the others waiting.
    pub async fn poll(&self) {
        let routes = match self.active_routes().await {
            Ok(routes) => routes,
            Err(error) => {
                tracing::error!(%error, "routes cannot be listed");
                return;
            }
        };
        for route in routes {
            if let Err(error) = guarded(Box::pin(self.poll_route(&route))).await.and_then(|polled| polled) {
                tracing::warn!(route = route.name, %error, "route {} could not be polled", route.name);
            }
        }
    }

    async fn active_routes(&self) -> service::Result<Vec<Route>> {
        let mut conn = self.context.db.read().await?;
        Ok(store::routes::list(&mut conn).await?.into_iter().filter(|route| route.is_active).collect())
    }

    async fn poll_route(&self, route: &Route) -> service::Result<()> {
        let transport = match self.transport(route).await {
            Ok(transport) => transport,
            Err(unusable) => return self.note_failure(route, &unusable.to_string()).await,
        };
        match self.exchange(route, &transport).await {
            Ok(()) => self.note_success(route).await,
            Err(failure) => self.note_failure(route, &failure).await,
        }
    }

    /// Takes what came and asks what became of what left. Neither keeps the other waiting, and no file those behind it;
    /// says the first thing that went wrong.
    async fn exchange(&self, route: &Route, transport: &Transport) -> Result<(), String> {
        let mut failure = None;
        for incoming in transport.fetch(AT_MOST).await.map_err(|error| error.to_string())? {
            let name = incoming.name.clone();
            let taken = guarded(Box::pin(self.take(route, transport, incoming))).await.unwrap_or_else(|error| Err(error.into()));
            if let Err(trouble) = taken {
                failure.get_or_insert(trouble.in_words(&format!("{name} could not be taken in")));
            }
        }
        if let Err(trouble) = self.check_deliveries(route, transport).await {
            failure.get_or_insert(trouble.in_words("What became of sent files could not be noted"));
        }
        failure.map_or(Ok(()), Err)
    }

    async fn take(&self, route: &Route, transport: &Transport, incoming: Incoming) -> Result<(), Trouble> {
        let source = Source {
            route: Some(route.id),
            owner: route.organisation_id,
            name: incoming.name.clone(),
            handle: Some(incoming.handle.clone()),
            is_copy: route.is_copy,
            refuses_test: transport.refuses_test(),
        };
        let receipt = match &incoming.body {
            Body::Whole(path) => {
                let bytes = tokio::fs::read(path).await.map_err(|error| Error::Internal(format!("{}: {error}", incoming.name)))?;
                exchange::receive(&self.context, source, Bytes::from(bytes)).await?
            }
            Body::TooLarge { kept, limit } => {
                let why = format!("It has {} bytes; this route takes at most {limit}. Split it and send the parts.", incoming.size);
                exchange::refuse(&self.context, source, beginning(kept).await, &why).await?
            }
        };
        match receipt.failure {
            Some(reason) => transport.refuse(&incoming.handle, &reason).await?,
            None => transport.confirm(&incoming.handle).await?,
        }
        Ok(())
    }

    /// Asks what became of files that left. One that its counterpart knows nothing of does not keep the others waiting.
    async fn check_deliveries(&self, route: &Route, transport: &Transport) -> Result<(), Trouble> {
        let waiting = {
            let mut conn = self.context.db.read().await.map_err(Error::from)?;
            transmissions::undelivered(&mut conn, route.id).await.map_err(Error::from)?
        };
        for transmission in waiting {
            let Some(handle) = &transmission.handle else { continue };
            match transport.delivered(handle).await {
                Ok(Delivery::Delivered { .. }) => outbox::mark_delivered(&self.context, transmission.id).await?,
                Ok(Delivery::Failed { reason }) => outbox::mark_refused(&self.context, transmission.id, &reason).await?,
                Ok(Delivery::Waiting | Delivery::NoReceipt) => {}
                Err(error @ TransportError::Rejected { .. }) => {
                    outbox::mark_unknown(&self.context, transmission.id, &error.to_string()).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }
}

/// The beginning of a file; empty where it cannot be read.
async fn beginning(path: &Path) -> Bytes {
    let mut bytes = Vec::new();
    let read = async { tokio::fs::File::open(path).await?.take(BEGINNING).read_to_end(&mut bytes).await };
    if let Err(error) = read.await {
        tracing::warn!(%error, path = %path.display(), "the beginning of a file that is too large cannot be kept");
    }
    Bytes::from(bytes)
}

/// What can go wrong with one file.
enum Trouble {
    Transport(TransportError),
    Service(Error),
}

impl Trouble {
    /// The route's trouble is told in full; ours is logged.
    fn in_words(self, what: &str) -> String {
        match self {
            Self::Transport(error) => error.to_string(),
            Self::Service(error) => {
                tracing::error!(%error, "{what}");
                format!("{what}; it is tried again by itself. The log says why.")
            }
        }
    }
}

impl From<TransportError> for Trouble {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}
