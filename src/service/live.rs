//! Tells open pages that something changed, after the change is committed. A notice says only whose rows changed;
//! the page fetches itself again and so sees exactly what its reader may see.

use tokio::sync::broadcast;

use crate::domain::{access::Scope, ids::OrganisationId};

/// Something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The counterparty of the changed rows; none where only the hub sees them.
    pub counterparty: Option<OrganisationId>,
}

/// The notices of one process.
#[derive(Clone)]
pub struct Live(broadcast::Sender<Change>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::channel(256).0)
    }
}

impl Live {
    /// Announces a change. Called after the commit.
    pub fn publish(&self, counterparty: Option<OrganisationId>) {
        // No open page is not an error.
        let _ = self.0.send(Change { counterparty });
    }

    /// Notices from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}

impl Change {
    /// Whether a reader with this scope can see what changed.
    pub fn concerns(self, scope: Scope) -> bool {
        match scope {
            Scope::Hub => true,
            Scope::Party(party) => self.counterparty == Some(party),
        }
    }
}
