//! Claims due jobs and runs them: retries with growing pauses and jitter, then a dead job that an operator sees.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use uuid::Uuid;

use super::Worker;
use crate::{
    connectors::trading_grid::documents::transport::TransportError,
    domain::{
        ids::{EndpointId, JobId, OrganisationId},
        time::Timestamp,
    },
    service::{self, Error, cases::clocks, community::connect, exceptions, notify, outbox, systems::deliver},
    store::jobs::{self, Claimed},
};

/// How long a claim lasts; a worker that died loses its job after this. Longer than the longest single step of a job,
/// the upload of one file; a job that has many renews its claim before each.
const LEASE_SECONDS: i64 = 600;
/// Pauses between attempts, in seconds; after the last one the job is given up.
const PAUSES: [i64; 9] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800];

/// Why a job did not end well.
pub(super) enum Setback {
    /// It may go well later.
    Later(String),
    /// It fares the same until somebody changes something.
    Final(String),
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        Self::Later(error.to_string())
    }
}

impl Setback {
    /// What a transport could not do with a file.
    pub(super) fn of_transport(file: &str, error: &TransportError) -> Self {
        let words = format!("{file}: {error}");
        if error.is_temporary() { Self::Later(words) } else { Self::Final(words) }
    }
}

/// A claim on a job.
pub(super) struct Claim {
    job: JobId,
    lease: Uuid,
}

/// Runs one step of the work. A panic in it is an error of this step: what comes after it goes on.
pub(super) async fn guarded<T>(step: impl Future<Output = T>) -> service::Result<T> {
    AssertUnwindSafe(step).catch_unwind().await.map_err(|panic| {
        let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
        Error::Internal(format!("a defect stopped it: {}", words.unwrap_or_default()))
    })
}

impl Worker {
    /// Runs every job that is due, one after the other, and says how many ran. A job that fails is put off, so this ends.
    pub async fn run_due(&self) -> usize {
        let mut done = 0;
        loop {
            let mut ran = 0;
            for lane in jobs::LANES {
                ran += self.run_lane(lane).await;
            }
            done += ran;
            if ran == 0 {
                return done;
            }
        }
    }

    /// The same for the jobs of one lane.
    pub(super) async fn run_lane(&self, lane: &str) -> usize {
        let mut done = 0;
        loop {
            match self.run_one(lane).await {
                Ok(true) => done += 1,
                Ok(false) => return done,
                Err(error) => {
                    tracing::error!(%error, "jobs cannot be claimed");
                    return done;
                }
            }
        }
    }

    async fn run_one(&self, lane: &str) -> service::Result<bool> {
        let context = &self.context;
        let lease = context.id::<JobId>().0;
        let mut tx = context.db.begin().await?;
        let claimed = jobs::claim(&mut tx, lane, lease, context.now().plus_seconds(LEASE_SECONDS), context.now()).await?;
        tx.commit().await?;
        let Some(job) = claimed else { return Ok(false) };
        let claim = Claim { job: job.id, lease };
        let outcome = guarded(Box::pin(self.perform(&job, &claim))).await.unwrap_or_else(|error| Err(error.into()));
        let mut tx = context.db.begin().await?;
        match outcome {
            Ok(again) => jobs::finish(&mut tx, job.id, lease, again).await?,
            Err(setback) => {
                let (words, next) = match setback {
                    Setback::Later(words) => (words, self.next_attempt(&job)),
                    Setback::Final(words) => (words, None),
                };
                if let Some(at) = next {
                    let attempt = job.attempts;
                    tracing::warn!(job = %job.id, kind = job.kind, attempt, why = words, "job {} failed and will be tried again", job.id);
                    jobs::postpone(&mut tx, job.id, lease, &words, at).await?;
                } else {
                    tracing::error!(job = %job.id, kind = job.kind, why = words, "job {} was given up", job.id);
                    jobs::bury(&mut tx, job.id, lease, &words, context.now()).await?;
                }
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Does the work; says when there is more of it to do.
    async fn perform(&self, job: &Claimed, claim: &Claim) -> Result<Option<Timestamp>, Setback> {
        match job.kind.as_str() {
            outbox::DISPATCH => {
                let receiver: OrganisationId = job.payload["receiver"]
                    .as_str()
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(|| Setback::Final("a dispatch job without its receiver".to_owned()))?;
                self.dispatch(claim, receiver).await
            }
            exceptions::watch::WATCH => {
                self.look(claim, exceptions::watch::candidates(&self.context).await?).await?;
                Ok(Some(exceptions::watch::next(&self.context)))
            }
            exceptions::said::SAY => {
                let partner = serde_json::from_value(job.payload["partner"].clone());
                let partner = partner.map_err(|_| Setback::Final("a job about exceptions without its side".to_owned()))?;
                Ok(exceptions::said::say(&self.context, partner).await.map(|()| None)?)
            }
            exceptions::rules::APPLY => {
                let kind = job.payload["kind"].as_str().and_then(|kind| kind.parse().ok());
                let kind = kind.ok_or_else(|| Setback::Final("a job about a rule without its kind".to_owned()))?;
                self.look(claim, exceptions::rules::applies_to(&self.context, kind).await?).await.map(|()| None)
            }
            connect::READ => self.read_community(claim).await,
            clocks::REFRESH => self.refresh_clocks(claim).await.map(|()| None),
            notify::MAIL => self.send_mail(&job.payload).await.map(|()| None),
            notify::DIGEST => self.write_digest(&job.payload).await.map(|()| None),
            deliver::DELIVER => {
                let endpoint: EndpointId = job.payload["endpoint"]
                    .as_str()
                    .and_then(|id| id.parse().ok())
                    .ok_or_else(|| Setback::Final("a job for events without its endpoint".to_owned()))?;
                self.tell(claim, endpoint).await
            }
            other => Err(Setback::Final(format!("nobody knows jobs of kind {other}"))),
        }
    }

    /// Holds on to a job; `false` where another worker has taken it over, which then does all that is left of it.
    pub(super) async fn renew(&self, claim: &Claim) -> service::Result<bool> {
        let mut tx = self.context.db.begin().await?;
        let held = jobs::renew(&mut tx, claim.job, claim.lease, self.context.now().plus_seconds(LEASE_SECONDS)).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// When a failed job is tried again: the pause of its attempt, up to a fifth longer, so that many do not return at once.
    fn next_attempt(&self, job: &Claimed) -> Option<Timestamp> {
        let place = usize::try_from(job.attempts - 1).ok()?;
        let pause = *PAUSES.get(place)?;
        let jitter = self.context.ids.below(u64::try_from(pause / 5 + 1).unwrap_or(1));
        Some(self.context.now().plus_seconds(pause + i64::try_from(jitter).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_step() {
        let failed = guarded(async { assert_eq!(1 + 1, 3, "line {}", 7) }).await.unwrap_err();
        assert!(failed.to_string().contains("line 7"), "{failed}");
        assert_eq!(guarded(async { 8 }).await.unwrap(), 8);
    }
}
