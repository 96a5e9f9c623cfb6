//! The clocks of cases: takes the steps of escalation that are due, and computes deadlines anew where what is promised
//! has changed.

use super::{
    Worker,
    runner::{Claim, Setback, guarded},
};
use crate::{
    domain::ids::CaseId,
    service::cases::{clocks, escalate},
};

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
