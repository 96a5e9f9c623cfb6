//! A stand-in for what is behind `xConnector`: the case system of the company, reached by signed events in both
//! directions. It owns where its cases stand, raises exceptions, answers, escalates. Everything lives in memory; time
//! comes from the clock passed in, and it acts only in [`CaseSystem::run_due`]. It shares no code with the connector.

mod desk;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::Value;

use crate::domain::time::SharedClock;

pub use desk::{Case, Comment, Outgoing, Report};
pub use wire::Message;

/// What goes wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 503, nothing is done.
    Unavailable,
    /// It is done, and the answer is lost: 502.
    AnswerLost,
    /// 302 to somewhere else.
    Elsewhere,
    /// 410: this address is given up.
    Gone,
}

/// How the people of the company work. After so many seconds, each where there is one:
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    /// they take up what a partner wrote,
    pub take_up_after: Option<i64>,
    /// answer it,
    pub answer_after: Option<i64>,
    /// and settle the case.
    pub resolve_after: Option<i64>,
}

/// The case system. Clones are the same one.
#[derive(Clone)]
pub struct CaseSystem(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    secret: String,
    manners: Manners,
    state: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    desk: desk::Desk,
    /// What somebody is going to do: when, in which case, what.
    plans: Vec<(i64, String, Act)>,
    faults: Vec<Fault>,
    answers: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    TakeUp,
    Answer,
    Resolve,
}

/// Who answers, and what, in turn.
const CLERK: &str = "Mira Vos, Accounts payable";
const ANSWERS: [&str; 3] = [
    "Thank you. I have it in front of me and check it with purchasing.",
    "Understood. I correct it on our side; you need not send anything again.",
    "That was the missing piece. It goes on from here.",
];

impl CaseSystem {
    /// An empty case system; the secret signs in both directions.
    pub fn new(clock: SharedClock, secret: &str, manners: Manners) -> Self {
        let mut inside = Inside::default();
        // A restarted one does not repeat the ids of the one before.
        inside.desk.run = format!("{:x}", clock.now().micros() / 1_000_000 % 0x0100_0000);
        Self(Arc::new(Inner { clock, secret: secret.to_owned(), manners, state: Mutex::new(inside) }))
    }

    /// The HTTP side, to be served on a listener of its own.
    pub fn router(&self) -> Router {
        Router::new().route("/events", post(receive)).with_state(self.clone())
    }

    /// Something went wrong somewhere: a new case. Returns its id.
    pub fn raise(&self, report: Report<'_>) -> String {
        let now = self.now();
        self.inside().desk.raise(report, now)
    }

    /// Somebody writes in a case.
    pub fn comment(&self, case: &str, text: &str, is_internal: bool) {
        let now = self.now();
        self.inside().desk.comment(case, CLERK, text, is_internal, now);
    }

    /// Somebody attaches a text.
    pub fn attach(&self, case: &str, name: &str, bytes: &[u8], is_internal: bool) {
        let now = self.now();
        self.inside().desk.attach(case, name, bytes, is_internal, now);
    }

    /// Somebody decides where a case stands.
    pub fn set_status(&self, case: &str, status: &str, note: &str) {
        let now = self.now();
        self.inside().desk.set_status(case, status, note, now);
    }

    /// Somebody decides how urgent a case is, and how it is called.
    pub fn update(&self, case: &str, priority: &str, title: &str) {
        let now = self.now();
        self.inside().desk.update(case, priority, title, now);
    }

    /// The next level of support takes a case over.
    pub fn escalate(&self, case: &str, note: &str) {
        let now = self.now();
        self.inside().desk.escalate(case, note, now);
    }

    /// All cases, by id.
    pub fn cases(&self) -> Vec<Case> {
        self.inside().desk.cases().cloned().collect()
    }

    /// The ids of all cases.
    pub fn ids(&self) -> Vec<String> {
        self.inside().desk.cases().map(|case| case.id.clone()).collect()
    }

    /// A case.
    pub fn case(&self, id: &str) -> Option<Case> {
        self.inside().desk.case(id).cloned()
    }

    /// Events about other things than cases, oldest first.
    pub fn heard(&self) -> Vec<Value> {
        self.inside().desk.heard().to_vec()
    }

    /// The next requests meet this fault, that many times.
    pub fn fail_next(&self, fault: Fault, times: usize) {
        self.inside().faults.extend(std::iter::repeat_n(fault, times));
    }

    /// Takes a message as it came: what is answered.
    pub fn take(&self, message: &Message) -> StatusCode {
        let now = self.now();
        if !message.is_genuine(&self.0.secret, now) {
            return StatusCode::UNAUTHORIZED;
        }
        let mut inside = self.inside();
        match inside.desk.take(&message.body, now) {
            Ok(written) => {
                if let Some(case) = written {
                    inside.plan(self.0.manners, &case, now);
                }
                StatusCode::ACCEPTED
            }
            Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The events that are due, signed; of each case the oldest only, so that none overtakes another.
    pub fn due(&self) -> Vec<(Outgoing, Message)> {
        let now = self.now();
        let mut inside = self.inside();
        inside.act(now);
        let mut held = std::collections::BTreeSet::new();
        let first = inside.desk.outbox().iter().filter(|event| held.insert(event.case.clone()) && event.due <= now);
        first.map(|event| (event.clone(), Message::signed(&self.0.secret, &event.id, now, event.body.clone()))).collect()
    }

    /// Every event that was not confirmed, whether it is due or not, unsigned: for a network that keeps no order.
    pub fn unconfirmed(&self) -> Vec<Outgoing> {
        self.inside().desk.outbox().clone()
    }

    /// Notes what became of an event that was sent.
    pub fn sent(&self, id: &str, arrived: bool) {
        let now = self.now();
        let mut inside = self.inside();
        let outbox = inside.desk.outbox();
        if arrived {
            outbox.retain(|event| event.id != id);
        } else if let Some(event) = outbox.iter_mut().find(|event| event.id == id) {
            event.failures += 1;
            event.due = now + i64::from(2_u32.pow(event.failures.min(8)));
        }
    }

    /// People do what is due, and events are sent to the portal at this address. Returns how many it took.
    pub async fn run_due(&self, http: &reqwest::Client, portal: &str) -> usize {
        let mut taken = 0;
        loop {
            let due = self.due();
            if due.is_empty() {
                return taken;
            }
            for (event, message) in due {
                let request = http
                    .post(format!("{portal}/api/v1/events"))
                    .header("content-type", "application/cloudevents+json")
                    .header("webhook-id", &message.id)
                    .header("webhook-timestamp", message.timestamp)
                    .header("webhook-signature", &message.signature)
                    .body(message.body);
                let arrived = request.send().await.is_ok_and(|answer| answer.status().is_success());
                self.sent(&event.id, arrived);
                taken += usize::from(arrived);
            }
        }
    }

    fn now(&self) -> i64 {
        self.0.clock.now().micros() / 1_000_000
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// A partner wrote: what the people here are going to do about it. What they planned before is replaced.
    fn plan(&mut self, manners: Manners, case: &str, now: i64) {
        self.plans.retain(|(_, of, _)| of != case);
        let acts = [(manners.take_up_after, Act::TakeUp), (manners.answer_after, Act::Answer), (manners.resolve_after, Act::Resolve)];
        self.plans.extend(acts.into_iter().filter_map(|(after, act)| Some((now + after?, case.to_owned(), act))));
    }

    fn act(&mut self, now: i64) {
        let (due, later) = std::mem::take(&mut self.plans).into_iter().partition(|(at, ..)| *at <= now);
        self.plans = later;
        let due: Vec<(i64, String, Act)> = due;
        for (_, case, act) in due {
            match act {
                Act::TakeUp => self.desk.set_status(&case, "in_progress", "", now),
                Act::Answer => {
                    let text = ANSWERS[self.answers % ANSWERS.len()];
                    self.answers += 1;
                    self.desk.comment(&case, CLERK, text, false, now);
                }
                Act::Resolve => self.desk.set_status(&case, "resolved", "Settled", now),
            }
        }
    }
}

async fn receive(State(system): State<CaseSystem>, headers: HeaderMap, body: String) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let fault = {
        let mut inside = system.inside();
        (!inside.faults.is_empty()).then(|| inside.faults.remove(0))
    };
    match fault {
        Some(Fault::Unavailable) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Fault::Gone) => return StatusCode::GONE.into_response(),
        Some(Fault::Elsewhere) => return (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        Some(Fault::AnswerLost) | None => {}
    }
    let timestamp = header("webhook-timestamp").parse().unwrap_or_default();
    let message = Message { id: header("webhook-id"), timestamp, signature: header("webhook-signature"), body };
    let status = system.take(&message);
    if fault.is_some() { StatusCode::BAD_GATEWAY.into_response() } else { status.into_response() }
}
