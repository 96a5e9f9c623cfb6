//! Tells open pages that something changed, after the change is committed. A notice says only whose rows changed;
//! the page fetches itself again and so sees exactly what its reader may see. `jobs::relay` carries the notices to the
//! other processes of the installation.

use tokio::sync::broadcast;

use crate::domain::{access::Scope, ids::OrganisationId};

/// Something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Rows of this counterparty; none where only the hub sees them.
    Rows(Option<OrganisationId>),
    /// Notices were missed, so anything may have changed.
    Anything,
}

/// The notices of one process.
#[derive(Clone)]
pub struct Live {
    all: broadcast::Sender<Change>,
    own: broadcast::Sender<Change>,
}

impl Default for Live {
    fn default() -> Self {
        Self { all: broadcast::channel(256).0, own: broadcast::channel(256).0 }
    }
}

impl Live {
    /// Announces a change made by this process. Called after the commit.
    pub fn publish(&self, counterparty: Option<OrganisationId>) {
        // No open page, and no other process, is not an error.
        let _ = self.all.send(Change::Rows(counterparty));
        let _ = self.own.send(Change::Rows(counterparty));
    }

    /// Announces a change that another process made.
    pub fn hear(&self, change: Change) {
        let _ = self.all.send(change);
    }

    /// Notices from now on, whoever made the change.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.all.subscribe()
    }

    /// Notices from now on of changes that this process made.
    pub fn own(&self) -> broadcast::Receiver<Change> {
        self.own.subscribe()
    }
}

impl Change {
    /// Whether a reader with this scope can see what changed.
    pub fn concerns(self, scope: Scope) -> bool {
        match (self, scope) {
            (Self::Anything, _) | (_, Scope::Hub) => true,
            (Self::Rows(counterparty), Scope::Party(party)) => counterparty == Some(party),
        }
    }
}
