//! Claims due jobs and runs them: retries with growing pauses and jitter, then a dead job that an operator sees.

use super::Worker;
use crate::{
    domain::{ids::OrganisationId, time::Timestamp},
    service::{self, Error, outbox},
    store::jobs::{self, Claimed},
};

/// How long a claim lasts; a worker that died loses its job after this.
const LEASE_SECONDS: i64 = 300;
/// Pauses between attempts, in seconds; after the last one the job is given up.
const PAUSES: [i64; 9] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800];

impl Worker {
    /// Runs every job that is due, one after the other, and says how many ran. A job that fails is put off, so this ends.
    pub async fn run_due(&self) -> usize {
        let mut done = 0;
        loop {
            match self.run_one().await {
                Ok(true) => done += 1,
                Ok(false) => return done,
                Err(error) => {
                    tracing::error!(%error, "jobs cannot be claimed");
                    return done;
                }
            }
        }
    }

    async fn run_one(&self) -> service::Result<bool> {
        let context = &self.context;
        let lease: crate::domain::ids::JobId = context.id();
        let mut tx = context.db.begin().await?;
        let claimed = jobs::claim(&mut tx, lease.0, context.now().plus_seconds(LEASE_SECONDS), context.now()).await?;
        tx.commit().await?;
        let Some(job) = claimed else { return Ok(false) };
        let outcome = self.perform(&job).await;
        let mut tx = context.db.begin().await?;
        match outcome {
            Ok(()) => jobs::finish(&mut tx, job.id, lease.0, context.now()).await?,
            Err(error) => match self.next_attempt(&job) {
                Some(at) => {
                    tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, %error, "job {} failed and will be tried again", job.id);
                    jobs::postpone(&mut tx, job.id, &error.to_string(), at).await?;
                }
                None => {
                    tracing::error!(job = %job.id, kind = job.kind, %error, "job {} was given up", job.id);
                    jobs::bury(&mut tx, job.id, &error.to_string(), context.now()).await?;
                }
            },
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn perform(&self, job: &Claimed) -> service::Result<()> {
        match job.kind.as_str() {
            outbox::DISPATCH => {
                let receiver: OrganisationId = job.payload["receiver"]
                    .as_str()
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(|| Error::Internal("a dispatch job without its receiver".to_owned()))?;
                self.dispatch(receiver).await
            }
            other => Err(Error::Internal(format!("nobody knows jobs of kind {other}"))),
        }
    }

    /// When a failed job is tried again: the pause of its attempt, up to a fifth longer, so that many do not return at once.
    fn next_attempt(&self, job: &Claimed) -> Option<Timestamp> {
        let place = usize::try_from(job.attempts - 1).ok()?;
        let pause = *PAUSES.get(place)?;
        let jitter = self.context.ids.below(u64::try_from(pause / 5 + 1).unwrap_or(1));
        Some(self.context.now().plus_seconds(pause + i64::try_from(jitter).unwrap_or_default()))
    }
}
