//! Sends what waits for one endpoint, one event after the other, until nothing waits or the endpoint wants to be left
//! alone. A failure is noted with its event and is none of the job's.

use super::{
    Worker,
    runner::{Claim, Setback},
};
use crate::{
    connectors::xconnector::Envelope,
    domain::{ids::EndpointId, time::Timestamp},
    service::{
        Error,
        xconnector::deliver::{self, Next},
    },
};

/// Events of one endpoint that are sent before another one has its turn.
const AT_A_TIME: usize = 50;

impl Worker {
    /// Sends everything that may leave for an endpoint; says when there is more that may leave later.
    pub(super) async fn tell(&self, claim: &Claim, id: EndpointId) -> Result<Option<Timestamp>, Setback> {
        let context = &self.context;
        for _ in 0..AT_A_TIME {
            if !self.renew(claim).await? {
                return Ok(None);
            }
            let delivery = match deliver::next(context, id).await? {
                Next::Send(delivery) => delivery,
                Next::Later(at) => return Ok(Some(at)),
                Next::Nothing => return Ok(None),
            };
            let endpoint = match deliver::endpoint(context, id).await {
                Ok(endpoint) => endpoint,
                Err(Error::NotFound) => return Ok(None),
                Err(other) => return Err(other.into()),
            };
            let envelope = Envelope {
                address: &endpoint.url,
                is_local: endpoint.is_local,
                secrets: &deliver::secrets(&endpoint),
                id: delivery.id.to_string(),
                body: &delivery.body,
            };
            let outcome = self.settings.sender.send(envelope, context.now()).await;
            deliver::note(context, &delivery, &outcome).await?;
        }
        // The others have their turn first.
        Ok(Some(context.now()))
    }
}
