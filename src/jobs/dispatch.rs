//! Sends what waits for one receiver: seals what was released, then hands it to the transport, oldest first. If one
//! cannot leave, those behind it wait, so that a counterpart never sees a later document before an earlier one.

use super::Worker;
use crate::{
    connectors::trading_grid::documents::transport::{Receipt, TransportError},
    domain::ids::OrganisationId,
    service::{self, Error, outbox},
    store,
};

impl Worker {
    /// Sends everything that waits for a receiver.
    pub async fn dispatch(&self, receiver: OrganisationId) -> service::Result<()> {
        let context = &self.context;
        outbox::seal(context, receiver).await?;
        let way = outbox::way(&mut context.db.read().await?, receiver).await?;
        let outbox::Way::Route(route) = way else { return Ok(()) };
        let transport = self.transport(&route).await?;
        while let Some(sealed) = outbox::next_sealed(context, &route).await? {
            match transport.send(&sealed.name, sealed.bytes).await {
                Ok(sent) => {
                    outbox::mark_sent(context, sealed.id, &sent.handle, sent.receipt == Receipt::Pending).await?;
                    self.note_success(&route).await?;
                }
                Err(error) => {
                    outbox::mark_failed(context, sealed.id, &error.to_string()).await?;
                    self.note_failure(&route, &error).await?;
                    return Err(Error::Conflict(format!("{}: {error}", sealed.name)));
                }
            }
        }
        Ok(())
    }

    /// Notes that a route went well.
    pub(super) async fn note_success(&self, route: &store::routes::Route) -> service::Result<()> {
        let mut tx = self.context.db.begin().await?;
        store::routes::succeeded(&mut tx, route.id, self.context.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Notes that a route failed.
    pub(super) async fn note_failure(&self, route: &store::routes::Route, error: &TransportError) -> service::Result<()> {
        // Said once; a route that keeps failing in the same way says it on its page only.
        if route.failure.as_deref() != Some(error.to_string().as_str()) {
            tracing::warn!(route = route.name, %error, "route {} failed", route.name);
        }
        let mut tx = self.context.db.begin().await?;
        store::routes::failed(&mut tx, route.id, &error.to_string(), self.context.now()).await?;
        Ok(tx.commit().await?)
    }
}
