//! Sends what waits for one receiver: seals what was released, then hands it to the transport, oldest first. If one
//! cannot leave, those behind it wait, so that a counterpart never sees a later document before an earlier one.

use super::{
    Worker,
    runner::{Claim, Setback},
};
use crate::{
    connectors::trading_grid::documents::transport::Receipt,
    domain::{ids::OrganisationId, time::Timestamp},
    service::{self, Error, outbox},
    store,
};

impl Worker {
    /// Sends everything that may leave for a receiver; says when there is more that may leave later.
    pub(super) async fn dispatch(&self, claim: &Claim, receiver: OrganisationId) -> Result<Option<Timestamp>, Setback> {
        let context = &self.context;
        let sealed = outbox::seal(context, receiver).await;
        let way = outbox::way(&mut context.db.read().await.map_err(Error::from)?, receiver).await?;
        let later = match (sealed, &way) {
            (Ok(later), _) => later,
            // Time alone brings no connection.
            (Err(error), outbox::Way::Missing) => return Err(Setback::Final(error.to_string())),
            (Err(error), _) => return Err(error.into()),
        };
        let outbox::Way::Route(route) = way else { return Ok(later) };
        let transport = self.transport(&route).await?;
        while self.renew(claim).await? {
            let Some(sealed) = outbox::next_sealed(context, &route).await? else { break };
            match transport.send(&sealed.name, sealed.bytes).await {
                Ok(sent) => {
                    outbox::mark_sent(context, sealed.id, &sent.handle, sent.receipt == Receipt::Pending).await?;
                    self.note_success(&route).await?;
                }
                Err(error) => {
                    outbox::mark_failed(context, sealed.id, &error.to_string()).await?;
                    self.note_failure(&route, &error.to_string()).await?;
                    return Err(Setback::of_transport(&sealed.name, &error));
                }
            }
        }
        Ok(later)
    }

    /// Notes that a route went well.
    pub(super) async fn note_success(&self, route: &store::routes::Route) -> service::Result<()> {
        let mut tx = self.context.db.begin().await?;
        store::routes::succeeded(&mut tx, route.id, self.context.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Notes that a route failed.
    pub(super) async fn note_failure(&self, route: &store::routes::Route, failure: &str) -> service::Result<()> {
        // Said once; a route that keeps failing in the same way says it on its page only.
        if route.failure.as_deref() != Some(failure) {
            tracing::warn!(route = route.name, failure, "route {} failed", route.name);
        }
        let mut tx = self.context.db.begin().await?;
        store::routes::failed(&mut tx, route.id, failure, self.context.now()).await?;
        Ok(tx.commit().await?)
    }
}
