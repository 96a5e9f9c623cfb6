//! What was refused, for whoever looks after the other side: counted by reason and day, and the newest kept with their
//! reason. What is refused need not be the other system's, so all of it is bounded: how much is kept, how much of each,
//! and how often a minute the database hears of it. What is refused beyond that is counted in memory and added with the
//! next that is written.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    connectors::xconnector::Claims,
    domain::{
        access::Actor,
        ids::RefusedEventId,
        refusal::Reason,
        time::{Date, Timestamp},
    },
    service::{
        Context, Error, Result,
        paging::{PAGE, cut},
        xconnector::endpoints::hub_only,
    },
    store::{
        files::sha256,
        refused::{self, Count, RefusedEvent},
    },
};

/// How many are kept: of those whose signature fitted, and of the others.
const KEPT: [(bool, i64); 2] = [(true, 800), (false, 200)];
/// How many of each are written in a minute.
const SIGNED_A_MINUTE: u32 = 120;
const UNSIGNED_A_MINUTE: u32 = 20;
/// For how many days they are counted.
const COUNTED_DAYS: i32 = 90;
/// Over how many days the page sums up.
pub const SUMMED_DAYS: i32 = 7;
/// Most bytes of a body that are kept.
const EXCERPT: usize = 2048;
/// Most characters of what an event claims, of a field and of a reason.
const LONGEST: usize = 400;
/// What a secret begins with.
const SECRET: &str = "whsec_";

type Counts = BTreeMap<(Date, Reason), i64>;

/// What one process has refused and not written yet. Cheap to clone; clones share it.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<Unwritten>>);

#[derive(Default)]
struct Unwritten {
    minute: i64,
    signed: u32,
    unsigned: u32,
    counts: Counts,
}

impl Refusals {
    /// Counts one. Gives all that was counted since the last was written, where this one may be written too.
    fn admit(&self, reason: Reason, now: Timestamp) -> Option<Counts> {
        let mut unwritten = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.micros().div_euclid(60_000_000);
        if unwritten.minute != minute {
            (unwritten.minute, unwritten.signed, unwritten.unsigned) = (minute, 0, 0);
        }
        *unwritten.counts.entry((now.date_utc(), reason)).or_default() += 1;
        let written = if reason.is_signed() { &mut unwritten.signed } else { &mut unwritten.unsigned };
        *written += 1;
        let most = if reason.is_signed() { SIGNED_A_MINUTE } else { UNSIGNED_A_MINUTE };
        (*written <= most).then(|| std::mem::take(&mut unwritten.counts))
    }

    /// What was counted and not written, to be written now that a minute has begun.
    fn rest(&self, now: Timestamp) -> Option<Counts> {
        let mut unwritten = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = unwritten.minute != now.micros().div_euclid(60_000_000) && !unwritten.counts.is_empty();
        due.then(|| std::mem::take(&mut unwritten.counts))
    }

    /// Takes back what could not be written.
    fn keep(&self, counts: Counts) {
        let mut unwritten = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, events) in counts {
            *unwritten.counts.entry(key).or_default() += events;
        }
    }
}

/// An event that is refused.
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The field that is wrong; empty where it is none in particular.
    pub field: String,
    /// What is wrong, as it is answered.
    pub message: String,
    /// What it says it is.
    pub claims: Claims,
    /// Bytes of its body.
    pub size: usize,
    /// Its body, or the beginning of it.
    pub body: Vec<u8>,
}

/// Counts a refusal, and keeps it unless too many came in this minute: only then `refusal` is asked for. The answer does
/// not depend on it: where it cannot be written, the log says so.
pub async fn record(context: &Context, refusals: &Refusals, reason: Reason, refusal: impl FnOnce() -> Refusal + Send) {
    let Some(counts) = refusals.admit(reason, context.now()) else { return };
    write(context, refusals, counts, Some(row(context, refusal()))).await;
}

/// Writes what was counted while too many came.
pub async fn catch_up(context: &Context, refusals: &Refusals) {
    if let Some(counts) = refusals.rest(context.now()) {
        write(context, refusals, counts, None).await;
    }
}

async fn write(context: &Context, refusals: &Refusals, counts: Counts, row: Option<RefusedEvent>) {
    let written = async {
        let mut tx = context.db.begin().await?;
        for ((day, reason), events) in &counts {
            refused::count(&mut tx, *day, *reason, *events).await?;
        }
        refused::forget_counts(&mut tx, context.now().date_utc().plus_days(-COUNTED_DAYS)).await?;
        if let Some(row) = &row {
            refused::keep(&mut tx, row).await?;
        }
        for (is_signed, most) in KEPT {
            refused::forget(&mut tx, is_signed, most).await?;
        }
        tx.commit().await
    };
    match written.await {
        Ok(()) => context.live.publish(None),
        Err(error) => {
            tracing::warn!(%error, "a refused event could not be kept");
            refusals.keep(counts);
        }
    }
}

fn row(context: &Context, refusal: Refusal) -> RefusedEvent {
    let Refusal { reason, field, message, claims, size, body } = refusal;
    let now = context.now();
    let (field, message) = (line(&field), line(&message));
    let [source, event_id, kind] = [claims.source, claims.id, claims.kind].map(|text| line(&text));
    let hour = now.micros().div_euclid(3_600_000_000).to_string();
    let same = [hour.as_str(), reason.as_str(), &field, &message, &source, &event_id, &kind].join("\0");
    RefusedEvent {
        id: context.id(),
        fingerprint: sha256(same.as_bytes()),
        reason,
        is_signed: reason.is_signed(),
        field,
        message,
        source,
        event_id,
        kind,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        excerpt: excerpt(&body),
        times: 1,
        first_at: now,
        last_at: now,
    }
}

/// A text of somebody else's as it can be kept and shown in a line.
fn line(text: &str) -> String {
    let text: String = text.chars().take(LONGEST).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    without_secrets(&text)
}

/// The beginning of a body as text, without what must not be kept.
fn excerpt(body: &[u8]) -> String {
    // Cut after secrets are taken out, so that none is cut in half and overlooked.
    let begins = String::from_utf8_lossy(body.get(..EXCERPT * 2).unwrap_or(body)).into_owned();
    let shown = |letter: char| if letter.is_control() && letter != '\n' && letter != '\t' { '\u{fffd}' } else { letter };
    let text = without_secrets(&begins);
    let end = text.floor_char_boundary(EXCERPT);
    text.get(..end).unwrap_or_default().chars().map(shown).collect()
}

/// Somebody may send a secret where it does not belong.
fn without_secrets(text: &str) -> String {
    let mut parts = text.split(SECRET);
    let mut safe = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        safe.push_str("whsec…");
        safe.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || "+/=-_".contains(letter)));
    }
    safe
}

/// The first of the days that are summed up.
pub(super) fn since(context: &Context) -> Date {
    context.now().date_utc().plus_days(1 - SUMMED_DAYS)
}

/// A page of what was refused.
pub struct RefusedList {
    /// The last first.
    pub rows: Vec<RefusedEvent>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, RefusedEventId)>,
    /// How many were refused in the last days, by reason.
    pub counts: Vec<Count>,
}

/// What was refused, for one reason or for all; for the hub.
pub async fn list(
    context: &Context,
    actor: &Actor,
    reason: Option<Reason>,
    after: Option<(Timestamp, RefusedEventId)>,
) -> Result<RefusedList> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let mut rows = refused::list(&mut conn, reason, after, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.last_at, row.id));
    Ok(RefusedList { rows, next, counts: refused::counts(&mut conn, since(context)).await? })
}

/// One that was refused; for the hub.
pub async fn load(context: &Context, actor: &Actor, id: RefusedEventId) -> Result<RefusedEvent> {
    hub_only(actor)?;
    refused::find(&mut context.db.read().await?, id).await?.ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    #[test]
    fn a_flood_is_counted_in_full_and_written_at_a_measured_pace() {
        let refusals = Refusals::default();
        let written: i64 = (0..5000).filter_map(|_| refusals.admit(Reason::Unsigned, START)).flat_map(Counts::into_values).sum();
        assert_eq!(written, i64::from(UNSIGNED_A_MINUTE));
        let news = refusals.admit(Reason::Data, START).expect("what is signed has a measure of its own");
        assert_eq!(news.into_values().sum::<i64>(), 5001 - written, "and brings along what was counted meanwhile");
        refusals.admit(Reason::Unsigned, START);
        assert!(refusals.rest(START.plus_seconds(1)).is_none());
        let rest = refusals.rest(START.plus_seconds(60)).expect("the next minute writes what is left");
        assert_eq!(rest.into_values().sum::<i64>(), 1);
        assert!(refusals.rest(START.plus_seconds(120)).is_none());
    }

    #[test]
    fn what_could_not_be_written_is_counted_again() {
        let refusals = Refusals::default();
        refusals.keep(refusals.admit(Reason::Size, START).expect("the first"));
        let both = refusals.admit(Reason::Size, START).expect("the second");
        assert_eq!(both.into_values().collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn an_excerpt_is_short_readable_and_holds_no_secret() {
        let body = format!("{{\"secret\":\"{SECRET}{}\",\"rest\":\"\0\u{1b}[31m\"}}", "Ab+/".repeat(8));
        assert_eq!(excerpt(body.as_bytes()), "{\"secret\":\"whsec…\",\"rest\":\"\u{fffd}\u{fffd}[31m\"}");
        assert!(excerpt("€".repeat(5000).as_bytes()).len() <= EXCERPT);
        let at_the_edge = format!("{}{SECRET}{}", " ".repeat(EXCERPT - 8), "A".repeat(40));
        assert!(!excerpt(at_the_edge.as_bytes()).contains('A'));
        assert_eq!(excerpt(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(line("a\nb\u{0}c"), "a b c");
    }
}
