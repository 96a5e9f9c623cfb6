//! Asks every route for news: files that came, and receipts for files that left. A file is confirmed to its route only
//! after what it says is committed; a crash in between delivers it again, and taking it in twice has no second effect.

use bytes::Bytes;

use super::Worker;
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
            if let Err(error) = self.poll_route(&route).await {
                tracing::warn!(route = route.name, %error, "route {} could not be polled", route.name);
            }
        }
    }

    async fn active_routes(&self) -> service::Result<Vec<Route>> {
        let mut conn = self.context.db.read().await?;
        Ok(store::routes::list(&mut conn).await?.into_iter().filter(|route| route.is_active).collect())
    }

    async fn poll_route(&self, route: &Route) -> service::Result<()> {
        let transport = self.transport(route).await?;
        match self.exchange(route, &transport).await {
            Ok(()) => self.note_success(route).await,
            Err(Trouble::Transport(error)) => self.note_failure(route, &error).await,
            Err(Trouble::Service(error)) => Err(error),
        }
    }

    async fn exchange(&self, route: &Route, transport: &Transport) -> Result<(), Trouble> {
        for incoming in transport.fetch(AT_MOST).await? {
            self.take(route, transport, incoming).await?;
        }
        self.check_deliveries(route, transport).await
    }

    async fn take(&self, route: &Route, transport: &Transport, incoming: Incoming) -> Result<(), Trouble> {
        let source = Source {
            route: Some(route.id),
            owner: route.organisation_id,
            name: incoming.name.clone(),
            handle: Some(incoming.handle.clone()),
            is_copy: route.is_copy,
        };
        let receipt = match &incoming.body {
            Body::Whole(path) => {
                let bytes = tokio::fs::read(path).await.map_err(|error| Error::Internal(format!("{}: {error}", incoming.name)))?;
                exchange::receive(&self.context, source, Bytes::from(bytes)).await?
            }
            Body::TooLarge { kept, limit } => {
                let why = format!("It has {} bytes; this route takes at most {limit}. Split it and send the parts.", incoming.size);
                let beginning = tokio::fs::read(kept).await.unwrap_or_default();
                exchange::refuse(&self.context, source, Bytes::from(beginning), &why).await?
            }
        };
        match receipt.failure {
            Some(reason) => transport.refuse(&incoming.handle, &reason).await?,
            None => transport.confirm(&incoming.handle).await?,
        }
        Ok(())
    }

    async fn check_deliveries(&self, route: &Route, transport: &Transport) -> Result<(), Trouble> {
        let waiting = {
            let mut conn = self.context.db.read().await.map_err(Error::from)?;
            transmissions::undelivered(&mut conn, route.id).await.map_err(Error::from)?
        };
        for transmission in waiting {
            let Some(handle) = &transmission.handle else { continue };
            match transport.delivered(handle).await? {
                Delivery::Delivered { .. } => outbox::mark_delivered(&self.context, transmission.id).await?,
                Delivery::Failed { reason } => outbox::mark_failed(&self.context, transmission.id, &reason).await?,
                Delivery::Waiting | Delivery::NoReceipt => {}
            }
        }
        Ok(())
    }
}

/// What can go wrong while a route is polled: the route's trouble is noted there, ours is logged.
enum Trouble {
    Transport(TransportError),
    Service(Error),
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
