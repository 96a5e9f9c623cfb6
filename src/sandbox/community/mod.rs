//! A stand-in for Active Community, as the community profile describes it: cases that the hub's people and the partners'
//! discuss, with a list of everything that happened. Where a case stands is the hub's to say; people here write, attach and
//! wish. Everything lives in memory; time comes from the clock passed in, and people act only in [`Community::run_due`]. It
//! shares no code with the connector.

mod desk;
mod http;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;

use crate::domain::time::SharedClock;

pub use desk::{Case, Comment, Known, Report, Shared};

/// What goes wrong on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 503, nothing is done.
    Unavailable,
    /// 500 without a word.
    Broken,
    /// 401 although the key is right.
    Unauthorized,
    /// It is done, and the answer is lost: 502.
    AnswerLost,
    /// It is done, and the answer is a web page.
    Garbage,
    /// The answer takes so many milliseconds.
    Slow(u64),
    /// It does not know up to where its list was read: 410 where a cursor is given.
    CursorLost,
    /// The page of the list comes backwards, and some of it twice.
    Disorder,
    /// The file has other bytes than its name says.
    Damaged,
}

/// How the people of a partner work who are in Active Community and not in the portal. After so many seconds, where there is
/// one:
#[derive(Clone, Debug, Default)]
pub struct Manners {
    /// The codes of the partners whose people are here.
    pub partners: Vec<&'static str>,
    /// they answer what the hub wrote,
    pub answer_after: Option<i64>,
    /// and attach what was asked for.
    pub attach_after: Option<i64>,
}

/// Active Community. Clones are the same one.
#[derive(Clone)]
pub struct Community(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    key: String,
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
    Answer,
    Attach,
}

/// Who answers for a partner, and what, in turn.
const CLERK: &str = "Noor Haddad";
const ANSWERS: [&str; 3] = [
    "Seen. I ask our dispatch and come back to you today.",
    "It left with the second truck; the paper is below.",
    "Good, then it is settled for us.",
];
/// How often somebody answers in one case by themselves.
const MOST_ANSWERS: usize = 2;

impl Community {
    /// An empty one that a key opens.
    pub fn new(clock: SharedClock, key: &str, manners: Manners) -> Self {
        let mut inside = Inside::default();
        // A restarted one does not repeat the ids of the one before.
        inside.desk.run = format!("{:x}", clock.now().micros() / 1_000_000 % 0x0100_0000);
        Self(Arc::new(Inner { clock, key: key.to_owned(), manners, state: Mutex::new(inside) }))
    }

    /// The HTTP side, to be served on a listener of its own.
    pub fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Somebody opens a case. Returns its id.
    pub fn open(&self, report: Report<'_>) -> String {
        let now = self.now();
        self.inside().desk.open(report, &now)
    }

    /// Somebody writes in a case, on the side of the partner or of the hub.
    pub fn comment(&self, case: &str, is_partner: bool, text: &str, is_internal: bool) {
        let (now, who) = (self.now(), if is_partner { CLERK } else { "Mira Vos" });
        self.inside().desk.comment(case, who, is_partner, text, is_internal, &now);
    }

    /// Another system than the portal brings what was written in it.
    pub fn brought(&self, case: &str, origin: &str, id: &str, text: &str) {
        let now = self.now();
        self.inside().desk.brought(case, origin, id, text, &now);
    }

    /// Somebody of the partner attaches a file.
    pub fn attach(&self, case: &str, name: &str, media_type: &str, bytes: &[u8]) {
        let now = self.now();
        self.inside().desk.attach(case, CLERK, name, media_type, bytes, &now);
    }

    /// Somebody of the partner would like a case to stand elsewhere.
    pub fn wish(&self, case: &str, status: &str, note: &str) {
        let now = self.now();
        self.inside().desk.wish(case, CLERK, status, note, &now);
    }

    /// All cases, by id.
    pub fn cases(&self) -> Vec<Case> {
        self.inside().desk.cases().cloned().collect()
    }

    /// A case.
    pub fn case(&self, id: &str) -> Option<Case> {
        self.inside().desk.case(id).cloned()
    }

    /// What is known of partners, places, items and contacts, by kind and key.
    pub fn known(&self) -> Vec<Known> {
        self.inside().desk.known()
    }

    /// How much it was told so far: cases, comments, files, reference data, repeats included.
    pub fn told(&self) -> usize {
        self.inside().desk.told
    }

    /// The next requests meet this fault, that many times.
    pub fn fail_next(&self, fault: Fault, times: usize) {
        self.inside().faults.extend(std::iter::repeat_n(fault, times));
    }

    /// No request meets a fault any more.
    pub fn recover(&self) {
        self.inside().faults.clear();
    }

    /// It forgets how its list was numbered, as after a restore: every cursor it gave is lost.
    pub fn lose_cursors(&self) {
        self.inside().desk.lose_cursors();
    }

    /// It forgets all cases, as where an old state is restored.
    pub fn forget(&self) {
        self.inside().desk.forget();
    }

    /// People do what is due.
    pub fn run_due(&self) {
        let now = self.now();
        let mut inside = self.inside();
        let seconds = self.seconds();
        let (due, later) = std::mem::take(&mut inside.plans).into_iter().partition(|(at, ..)| *at <= seconds);
        inside.plans = later;
        let due: Vec<(i64, String, Act)> = due;
        for (_, case, act) in due {
            match act {
                Act::Answer => {
                    let text = ANSWERS[inside.answers % ANSWERS.len()];
                    inside.answers += 1;
                    inside.desk.comment(&case, CLERK, true, text, false, &now);
                }
                Act::Attach => inside.desk.attach(&case, CLERK, "Loading list.txt", "text/plain", LOADING_LIST, &now),
            }
        }
    }

    /// The hub wrote in a case: what the partner's people are going to do about it.
    fn plan(&self, inside: &mut Inside, case: &str) {
        let Some(found) = inside.desk.case(case) else { return };
        let written = found.comments.iter().filter(|comment| comment.origin == desk::HERE).count();
        if !self.0.manners.partners.contains(&found.partner.as_str()) || written >= MOST_ANSWERS {
            return;
        }
        let attaches = self.0.manners.attach_after.filter(|_| found.files.is_empty()).map(|after| (after, Act::Attach));
        let seconds = self.seconds();
        inside.plans.retain(|(_, of, _)| of != case);
        let acts = [self.0.manners.answer_after.map(|after| (after, Act::Answer)), attaches];
        inside.plans.extend(acts.into_iter().flatten().map(|(after, act)| (seconds + after, case.to_owned(), act)));
    }

    fn seconds(&self) -> i64 {
        self.0.clock.now().micros() / 1_000_000
    }

    fn now(&self) -> String {
        self.0.clock.now().to_string()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What somebody of a partner attaches by themselves.
const LOADING_LIST: &[u8] =
    b"LOADING LIST 2026/118\nTruck 2, dock 4\n 1  pallet  cast housings\n 2  pallets fasteners M12\nChecked: N. Haddad\n";
