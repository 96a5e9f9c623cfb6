//! What keeps cases up to date: takes the steps of escalation that are due, computes deadlines anew where what is promised
//! has changed, and gathers the words by which cases are found.

use super::{
    Worker,
    runner::{Claim, Setback, guarded},
};
use crate::{
    domain::ids::CaseId,
    service::{
        cases::{clocks, escalate, search},
        exceptions::{Root, watch},
    },
};

/// Things that are looked at for exceptions between two renewals of the job.
const LOOKED_AT: usize = 200;
/// Batches of cases whose words are gathered before other work has its turn.
const MOST_BATCHES: usize = 20;

impl Worker {
    /// Takes every step that is due, case by case: one that fails does not keep the others waiting, and is looked at again
    /// with the next call.
    pub async fn escalate(&self) {
        let cases = match escalate::due(&self.context).await {
            Ok(cases) => cases,
            Err(error) => {
                tracing::error!(%error, "cases with a step that is due cannot be listed");
                return;
            }
        };
        for case in cases {
            if let Err(error) = guarded(Box::pin(escalate::run(&self.context, case))).await.and_then(|ran| ran) {
                tracing::warn!(%case, %error, "the steps of a case could not be taken");
            }
        }
    }

    /// Gathers the words by which cases are found, of those that changed; where many did, the rest comes with the next call.
    pub async fn index(&self) {
        let mut after: Option<CaseId> = None;
        for _ in 0..MOST_BATCHES {
            match guarded(Box::pin(search::index(&self.context, after))).await.and_then(|indexed| indexed) {
                Ok(None) => return,
                Ok(last) => after = last,
                Err(error) => {
                    tracing::warn!(%error, "cases that changed are not found by their new words yet");
                    return;
                }
            }
        }
    }

    /// Looks for exceptions in all of these, and holds on to the job meanwhile.
    pub(super) async fn look(&self, claim: &Claim, roots: Vec<Root>) -> Result<(), Setback> {
        for roots in roots.chunks(LOOKED_AT) {
            if !self.renew(claim).await? {
                break;
            }
            watch::look_at_each(&self.context, roots).await;
        }
        Ok(())
    }

    /// Computes the deadlines of all open cases anew.
    pub(super) async fn refresh_clocks(&self, claim: &Claim) -> Result<(), Setback> {
        let mut after: Option<CaseId> = None;
        while self.renew(claim).await? {
            after = clocks::refresh(&self.context, after).await?;
            if after.is_none() {
                break;
            }
        }
        Ok(())
    }
}
