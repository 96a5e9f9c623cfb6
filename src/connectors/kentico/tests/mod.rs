//! The connector against a stand-in server on a real connection.

mod failures;
mod reading;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::{Secret, Source, SourceConfig};
use crate::domain::time::{ManualClock, Timestamp};
use crate::sandbox::kentico::{CHANNEL, Kentico, PUBLISHED_KEY, router};

/// A stand-in that is being served, and where.
struct Site {
    kentico: Kentico,
    clock: Arc<ManualClock>,
    origin: String,
}

impl Site {
    /// The demonstration company's content on 23 November 2026, 09:00 in Utrecht.
    async fn seeded() -> Self {
        let clock = ManualClock::at("2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap());
        let kentico = Kentico::seeded(clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let app = router(kentico.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { kentico, clock, origin }
    }

    fn config(&self) -> SourceConfig {
        let endpoint = format!("{}/graphql/{CHANNEL}", self.origin);
        let address = Arc::new(|path: &str| format!("/content/files{path}"));
        let mut config = SourceConfig::new(&endpoint, Secret::new(PUBLISHED_KEY), "https://www.castellan.example", address);
        config.timeout = Duration::from_secs(20);
        config
    }

    fn source(&self) -> Source {
        source(self.config())
    }
}

fn source(config: SourceConfig) -> Source {
    Source::new(http(), config).unwrap()
}

fn http() -> reqwest::Client {
    // Required before any client is made, though these tests speak plain HTTP; another test may have done it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
