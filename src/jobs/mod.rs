//! Work that nobody waits for: asking routes and Active Community for news, sending what waits in the outboxes, mail out
//! and in, escalating cases, mirroring content, tidying up.
//! Jobs are at least once and therefore idempotent; what keeps failing ends as a dead job that an operator sees. All of
//! it can be run by hand with a clock that stands still ([`Worker::run_due`], [`Worker::poll`]), which is how tests do it.

mod clocks;
mod community;
mod dispatch;
mod events;
mod mail;
mod mail_in;
mod poll;
pub mod relay;
mod runner;

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use futures::{FutureExt, future::join_all};
use tokio::sync::{Mutex, broadcast::error::RecvError};

use crate::{
    connectors::{
        community::Client,
        kentico::Source,
        mail::Mailer,
        maildir::Maildir,
        trading_grid::documents::transport::{RouteConfig, Surroundings, Transport},
        xconnector::Sender,
    },
    domain::{ids::RouteId, time::Timestamp},
    service::{self, Context, content, exceptions},
    store::{self, jobs, routes::Route},
};

/// Longest time that a content server is left alone because it asks for it.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// How often cases are looked through for steps that are due, and the mail box for mail.
const CLOCKS: Duration = Duration::from_secs(10);

/// What a worker needs besides the context.
pub struct Settings {
    /// Makes the requests of HTTP transports.
    pub http: reqwest::Client,
    /// Sends events.
    pub sender: Sender,
    /// Where downloads are kept until they are confirmed.
    pub spool: PathBuf,
    /// Where content comes from.
    pub content: Option<Source>,
    /// Speaks to Active Community; none where it is not connected.
    pub community: Option<Client>,
    /// Sends mail; none where no mail server is set.
    pub mail: Option<Mailer>,
    /// Where mail is delivered to; none where none is taken.
    pub incoming: Option<Maildir>,
    /// How often routes and Active Community are asked for news, in seconds.
    pub poll_seconds: u64,
    /// How often content is asked for, in seconds.
    pub content_seconds: i64,
}

/// Runs jobs for one installation. Any number of workers may run beside each other.
pub struct Worker {
    context: Context,
    settings: Settings,
    /// Transports are kept between polls: a folder remembers its last look. Rebuilt when their configuration changes.
    transports: Mutex<HashMap<RouteId, (serde_json::Value, Arc<Transport>)>>,
}

impl Worker {
    /// A worker; nothing runs until it is told to.
    pub fn new(context: Context, settings: Settings) -> Self {
        Self { context, settings, transports: Mutex::default() }
    }

    /// Runs until `shutdown` ends and what has begun is done: jobs as soon as something changes or falls due, routes at
    /// their interval.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let shutdown = shutdown.shared();
        let [_, others @ ..] = jobs::LANES;
        let others = others.map(|lane| self.run_beside(lane, shutdown.clone()));
        tokio::join!(Box::pin(self.tend(shutdown.clone())), Box::pin(self.gather(shutdown)), join_all(others));
    }

    /// Runs the jobs of a lane beside the others.
    async fn run_beside(&self, lane: &str, mut shutdown: impl Future<Output = ()> + Unpin) {
        let mut changes = self.context.live.subscribe();
        let mut due = tokio::time::interval(Duration::from_secs(1));
        loop {
            tokio::select! {
                () = &mut shutdown => return,
                _ = due.tick() => {}
                change = changes.recv() => if let Err(RecvError::Closed) = change { return },
            }
            self.run_lane(lane).await;
        }
    }

    /// Runs the jobs of the first lane, and what is done at intervals.
    async fn tend(&self, mut shutdown: impl Future<Output = ()> + Unpin) {
        let mut changes = self.context.live.subscribe();
        let mut due = tokio::time::interval(Duration::from_secs(1));
        let mut poll = tokio::time::interval(Duration::from_secs(self.settings.poll_seconds.max(1)));
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut clocks = tokio::time::interval(CLOCKS);
        clocks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut content_due = Timestamp::from_micros(0);
        loop {
            tokio::select! {
                () = &mut shutdown => return,
                _ = due.tick() => {}
                change = changes.recv() => if let Err(RecvError::Closed) = change { return },
                _ = clocks.tick() => self.escalate().await,
                _ = poll.tick() => {
                    self.poll().await;
                    if self.context.now() >= content_due {
                        let wait = self.mirror().await.max(self.settings.content_seconds);
                        content_due = self.context.now().plus_seconds(wait);
                        self.tidy().await;
                    }
                }
            }
            self.run_lane(jobs::LANES[0]).await;
        }
    }

    /// Takes mail, and gathers the words by which cases are found, beside everything else: many of either keep no document
    /// waiting.
    async fn gather(&self, mut shutdown: impl Future<Output = ()> + Unpin) {
        let mut changes = self.context.live.subscribe();
        let mut due = tokio::time::interval(Duration::from_secs(1));
        let mut look = tokio::time::interval(CLOCKS);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut shutdown => return,
                _ = due.tick() => {}
                _ = look.tick() => self.take_mail().await,
                change = changes.recv() => if let Err(RecvError::Closed) = change { return },
            }
            self.index().await;
        }
    }

    /// Fetches new and changed content; every failure is noted with the feed it belongs to. Says for how many seconds
    /// Kentico then wants to be left alone.
    pub async fn mirror(&self) -> i64 {
        let Some(source) = &self.settings.content else { return 0 };
        if let Err(error) = runner::guarded(Box::pin(content::pull(&self.context, source))).await.and_then(|read| read) {
            tracing::warn!(%error, "content could not be mirrored");
        }
        let wait = source.take_wait();
        if wait.is_none()
            && let Err(error) = runner::guarded(Box::pin(content::sweep(&self.context, source))).await.and_then(|read| read)
        {
            tracing::warn!(%error, "content could not be compared");
        }
        let wait = wait.or_else(|| source.take_wait()).unwrap_or_default().min(LONGEST_WAIT);
        i64::try_from(wait.as_secs()).unwrap_or_default()
    }

    /// Forgets what is over: ended sessions, old answers, uploads that broke off; gives partners the names that hold today, and
    /// has exceptions watched. Every failure is logged and tried again the next time.
    pub async fn tidy(&self) {
        // Asked for again each time, so that it goes on where it was given up.
        if let Err(error) = exceptions::watch::schedule(&self.context).await {
            tracing::warn!(%error, "exceptions are not watched");
        }
        if let Err(error) = service::community::connect::schedule(&self.context).await {
            tracing::warn!(%error, "the changes of Active Community are not read");
        }
        if let Err(error) = service::cases::upload::forget_idle(&self.context).await {
            tracing::warn!(%error, "uploads that broke off could not be forgotten");
        }
        let outcome = async {
            let mut tx = self.context.db.begin().await?;
            store::sessions::delete_ended(&mut tx, self.context.now()).await?;
            store::machine::forget_answers(&mut tx, self.context.now()).await?;
            tx.commit().await
        };
        if let Err(error) = service::reference::turn(&self.context).await {
            tracing::warn!(%error, "partners could not be given the names that hold today");
        }
        if let Err(error) = outcome.await {
            tracing::warn!(%error, "ended sessions and old answers could not be forgotten");
        }
    }

    /// The transport of a route.
    async fn transport(&self, route: &Route) -> service::Result<Arc<Transport>> {
        let mut transports = self.transports.lock().await;
        if let Some((config, transport)) = transports.get(&route.id)
            && *config == route.config.0
        {
            return Ok(Arc::clone(transport));
        }
        let transport = Arc::new(transport(&self.context, route, &self.settings.http, &self.settings.spool)?);
        transports.insert(route.id, (route.config.0.clone(), Arc::clone(&transport)));
        Ok(transport)
    }
}

/// Builds the transport of a route from its configuration.
pub fn transport(context: &Context, route: &Route, http: &reqwest::Client, spool: &std::path::Path) -> service::Result<Transport> {
    let config: RouteConfig = serde_json::from_value(route.config.0.clone())
        .map_err(|error| service::Error::Conflict(format!("The configuration of route {} cannot be used: {error}.", route.name)))?;
    let surroundings = Surroundings {
        clock: Arc::clone(&context.clock),
        ids: context.ids.clone(),
        http: http.clone(),
        spool: spool.join(route.id.to_string()),
    };
    Ok(Transport::new(config, surroundings))
}
