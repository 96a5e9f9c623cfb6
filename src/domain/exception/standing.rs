//! One exception over time: what is kept of it, and what a new look at the facts makes of it. It opens, is said again,
//! closes itself when what was missing came, and opens again. Looks that did not take place change nothing: everything
//! follows from the facts and the times in them.

use super::{Difference, Finding, State};
use crate::domain::{ids::DocumentId, time::Timestamp};

/// What is kept of an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether there is something to do.
    pub state: State,
    /// Since when, this time.
    pub began: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// Who said that it is over; none where it closed itself.
    pub settled_by: Option<String>,
    /// How often it was to be said, all in all.
    pub times: i64,
    /// How often before this time.
    pub earlier: i64,
    /// How often it has opened.
    pub round: i64,
    /// Both numbers.
    pub differences: Vec<Difference>,
    /// The document that showed it last.
    pub document: Option<DocumentId>,
}

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It is there.
    Opened,
    /// It is still there, or there again.
    Repeated,
    /// It is over.
    Closed,
    /// What is known of it changed.
    Changed,
}

/// What becomes of an exception: its new standing and what there is to tell; none where nothing changes. `most` is how
/// often its rule lets it be said each time it stands.
pub fn next(known: Option<&Standing>, found: Option<&Finding>, most: i64, now: Timestamp) -> Option<(Standing, News)> {
    match (known, found) {
        (None, None) => None,
        (None, Some(finding)) => {
            let opened = start(finding, most, 0, 1);
            let news = if finding.is_open() { News::Opened } else { News::Closed };
            Some((opened, news))
        }
        (Some(known), None) if known.state == State::Open => {
            Some((Standing { state: State::Closed, ended: Some(now.max(known.began)), ..known.clone() }, News::Closed))
        }
        (Some(_), None) => None,
        (Some(known), Some(finding)) if known.state == State::Open => go_on(known, finding, most),
        (Some(known), Some(finding)) => come_again(known, finding, most),
    }
}

fn start(finding: &Finding, most: i64, earlier: i64, round: i64) -> Standing {
    Standing {
        state: if finding.is_open() { State::Open } else { State::Closed },
        began: finding.began,
        ended: finding.ended,
        settled_by: None,
        times: earlier + finding.times.clamp(1, most.max(1)),
        earlier,
        round,
        differences: finding.differences.clone(),
        document: finding.document,
    }
}

/// It stood and is found again. Another document that shows it counts as said again, up to what its rule allows.
fn go_on(known: &Standing, finding: &Finding, most: i64) -> Option<(Standing, News)> {
    let shown_again = finding.is_open() && known.document.is_some() && finding.document.is_some() && known.document != finding.document;
    let said = known.times - known.earlier;
    let said = match shown_again {
        true => said + 1,
        false if finding.began == known.began => said,
        false => 1,
    };
    let times = known.earlier + said.max(finding.times).clamp(1, most.max(1));
    let after = Standing { times, ..start(finding, most, known.earlier, known.round) };
    let news = match after.state {
        State::Closed => News::Closed,
        State::Open if after.times > known.times => News::Repeated,
        State::Open => News::Changed,
    };
    (after != *known).then_some((after, news))
}

/// It was over and is found again. What a person has settled stays settled while nothing about it changes.
fn come_again(known: &Standing, finding: &Finding, most: i64) -> Option<(Standing, News)> {
    let is_new = known.ended.is_none_or(|ended| finding.began > ended);
    let again = match finding.ended {
        Some(_) => is_new,
        None => known.settled_by.is_none() || known.differences != finding.differences,
    };
    let news = if finding.is_open() { News::Repeated } else { News::Closed };
    again.then(|| (start(finding, most, known.times, known.round + 1), news))
}
