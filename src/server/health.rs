//! How the process is: `/healthz` (it runs), `/readyz` (it can work), `/metrics` (numbers, as Prometheus reads them).

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::state::AppState;
use crate::{
    service::Context,
    store::{dialect, files::sha256},
};

/// Upper bounds of the duration buckets, in milliseconds.
const BUCKETS: [u128; 9] = [5, 10, 25, 50, 100, 250, 500, 1000, 5000];

/// Counters of one process. Cheap to clone; clones share the numbers.
#[derive(Clone, Default)]
pub struct Metrics(Arc<Mutex<Numbers>>);

#[derive(Default)]
struct Numbers {
    /// By route pattern and status class.
    requests: BTreeMap<(String, u16), u64>,
    /// Counts per bucket, the last one for everything longer.
    durations: [u64; BUCKETS.len() + 1],
    total_micros: u128,
    /// By kind and outcome.
    jobs: BTreeMap<(String, &'static str), u64>,
    /// By reason.
    refused_events: BTreeMap<&'static str, u64>,
}

impl Metrics {
    /// Counts an answer.
    pub fn request(&self, pattern: &str, status: StatusCode, elapsed: Duration) {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *numbers.requests.entry((pattern.to_owned(), status.as_u16() / 100)).or_default() += 1;
        let bucket = BUCKETS.iter().position(|bound| elapsed.as_millis() < *bound).unwrap_or(BUCKETS.len());
        numbers.durations[bucket] += 1;
        numbers.total_micros += elapsed.as_micros();
    }

    /// Counts a finished job; `outcome` is `done`, `again` or `dead`.
    pub fn job(&self, kind: &str, outcome: &'static str) {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *numbers.jobs.entry((kind.to_owned(), outcome)).or_default() += 1;
    }

    /// Counts an event of another system that was refused.
    pub fn refused_event(&self, reason: &'static str) {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *numbers.refused_events.entry(reason).or_default() += 1;
    }

    /// The numbers in Prometheus' text format.
    fn text(&self) -> String {
        let numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from("# TYPE portico_requests_total counter\n");
        for ((pattern, class), count) in &numbers.requests {
            let _ = writeln!(text, "portico_requests_total{{route=\"{pattern}\",status=\"{class}xx\"}} {count}");
        }
        text.push_str("# TYPE portico_request_seconds histogram\n");
        let mut sum = 0;
        for (bound, count) in BUCKETS.iter().zip(numbers.durations) {
            sum += count;
            let _ = writeln!(text, "portico_request_seconds_bucket{{le=\"{}.{:03}\"}} {sum}", bound / 1000, bound % 1000);
        }
        sum += numbers.durations[BUCKETS.len()];
        let _ = writeln!(text, "portico_request_seconds_bucket{{le=\"+Inf\"}} {sum}\nportico_request_seconds_count {sum}");
        let micros = numbers.total_micros;
        let _ = writeln!(text, "portico_request_seconds_sum {}.{:06}", micros / 1_000_000, micros % 1_000_000);
        text.push_str("# TYPE portico_jobs_total counter\n");
        for ((kind, outcome), count) in &numbers.jobs {
            let _ = writeln!(text, "portico_jobs_total{{kind=\"{kind}\",outcome=\"{outcome}\"}} {count}");
        }
        text.push_str("# TYPE portico_refused_events_total counter\n");
        for (reason, count) in &numbers.refused_events {
            let _ = writeln!(text, "portico_refused_events_total{{reason=\"{reason}\"}} {count}");
        }
        text
    }
}

/// The process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// One thing that must work.
#[derive(Debug, serde::Serialize)]
pub struct Check {
    /// What was tried.
    pub name: &'static str,
    /// Why it does not work; none where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Tries everything that a request needs. Migrations ran when the database was opened.
pub async fn checks(context: &Context) -> [Check; 2] {
    let database = async {
        let mut conn = context.db.read().await?;
        dialect::ping(&mut conn).await
    };
    [
        Check { name: "database", failure: database.await.err().map(|error| error.to_string()) },
        Check { name: "file store", failure: context.files.check().await.err().map(|error| error.to_string()) },
    ]
}

/// The process can work. Says which part does not; why is in the log only.
pub async fn ready(State(state): State<AppState>) -> Response {
    let mut checks = checks(&state.context).await;
    let failed = checks.iter().any(|check| check.failure.is_some());
    for check in &mut checks {
        if let Some(failure) = check.failure.replace("does not answer".to_owned()) {
            tracing::error!(check = check.name, failure, "not ready");
        } else {
            check.failure = None;
        }
    }
    let status = if failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(checks)).into_response()
}

/// The numbers, for this machine, and for whoever has the token where one is set.
pub async fn metrics(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // Hashes are compared, so that the time it takes says nothing about the token.
    let has_token = matches!((given, &state.config.server.metrics_token), (Some(given), Some(token))
        if !token.is_empty() && sha256(given.as_bytes()) == sha256(token.as_bytes()));
    if !has_token && !state.visitor(&parts).is_loopback() {
        return (StatusCode::FORBIDDEN, "Read the numbers on this machine, or send the token set as server.metrics_token.\n")
            .into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.text()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_add_up() {
        let metrics = Metrics::default();
        metrics.request("/orders/{id}", StatusCode::OK, Duration::from_millis(7));
        metrics.request("/orders/{id}", StatusCode::NOT_FOUND, Duration::from_secs(7));
        metrics.job("send", "done");
        metrics.refused_event("stale");
        let text = metrics.text();
        for line in [
            "portico_requests_total{route=\"/orders/{id}\",status=\"4xx\"} 1",
            "portico_request_seconds_bucket{le=\"0.005\"} 0",
            "portico_request_seconds_bucket{le=\"0.010\"} 1",
            "portico_request_seconds_bucket{le=\"+Inf\"} 2",
            "portico_request_seconds_sum 7.007000",
            "portico_jobs_total{kind=\"send\",outcome=\"done\"} 1",
            "portico_refused_events_total{reason=\"stale\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }
}
