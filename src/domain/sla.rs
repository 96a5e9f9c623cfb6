//! The clocks of a case, computed from its history: what the hub promised, how much of it is used, and when it is due.
//! Nothing is kept while a clock runs, so a changed policy or calendar applies at once, and a check that came late
//! changes nothing.

use super::{calendar::Calendar, case::Status, time::Timestamp};

codes! {
    /// What a clock measures.
    pub enum Promise {
        /// From opening to the hub's first reply.
        FirstResponse = "first_response",
        /// From the oldest unanswered message of a partner to the hub's reply.
        NextResponse = "next_response",
        /// From opening to the solution.
        Resolution = "resolution",
    }

    /// Who wrote or opened something.
    pub enum Side {
        /// The hub and the systems behind it.
        Internal = "internal",
        /// A partner.
        Partner = "partner",
    }
}

/// Something in the history of a case that a clock heeds. Notes that partners cannot see are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The case was opened.
    Opened(Side),
    /// Somebody wrote what both sides can read, wherever they wrote it.
    Written(Side),
    /// The case came to another status.
    Became(Status),
}

/// A moment and when it was.
pub type Happened = (Timestamp, Moment);

/// What the hub promises for a case: working time in microseconds for each promise, where there is one.
#[derive(Clone, Debug)]
pub struct Terms {
    /// First response.
    pub first_response: Option<i64>,
    /// Next response.
    pub next_response: Option<i64>,
    /// Resolution.
    pub resolution: Option<i64>,
    /// When the hub works.
    pub calendar: Calendar,
}

impl Terms {
    /// What is promised, where something is.
    pub fn of(&self, promise: Promise) -> Option<i64> {
        match promise {
            Promise::FirstResponse => self.first_response,
            Promise::NextResponse => self.next_response,
            Promise::Resolution => self.resolution,
        }
    }
}

/// One run of a clock: the spans in which it counted, the last one open while it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What it measures.
    pub promise: Promise,
    /// When it counted, in order.
    pub spans: Vec<(Timestamp, Option<Timestamp>)>,
    /// When the promise was kept, or nothing was left to keep.
    pub ended: Option<Timestamp>,
    /// It ended with the case, without the reply that was promised.
    pub dropped: bool,
}

impl Run {
    fn new(promise: Promise, at: Timestamp) -> Self {
        Self { promise, spans: vec![(at, None)], ended: None, dropped: false }
    }

    fn counts(&self) -> bool {
        self.spans.last().is_some_and(|(_, end)| end.is_none())
    }

    fn pause(&mut self, at: Timestamp) {
        if let Some((_, end @ None)) = self.spans.last_mut() {
            *end = Some(at);
        }
    }

    fn resume(&mut self, at: Timestamp) {
        if !self.counts() {
            self.spans.push((at, None));
        }
    }

    fn end(&mut self, at: Timestamp) {
        self.pause(at);
        (self.ended, self.dropped) = (Some(at), false);
    }
}

/// The runs of every clock of a case, in the order they began. `history` is in order.
pub fn runs(history: &[Happened]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut status = Status::Open;
    // Whether a partner wrote after the case was settled, and nobody answered.
    let mut unanswered = false;
    for (at, moment) in history.iter().copied() {
        match moment {
            Moment::Opened(side) => {
                if side == Side::Partner {
                    runs.push(Run::new(Promise::FirstResponse, at));
                }
                runs.push(Run::new(Promise::Resolution, at));
            }
            Moment::Written(Side::Internal) => {
                unanswered = false;
                let awaited = |run: &&mut Run| run.promise != Promise::Resolution && (run.ended.is_none() || run.dropped);
                runs.iter_mut().filter(awaited).for_each(|run| run.end(at));
            }
            Moment::Written(Side::Partner) if status.is_settled() => unanswered = true,
            Moment::Written(Side::Partner) => await_reply(&mut runs, at),
            Moment::Became(next) => {
                become_status(&mut runs, next, at);
                // What was written after the end is to be answered once the case is taken up again.
                if unanswered && matches!(next, Status::Open | Status::InProgress) {
                    await_reply(&mut runs, at);
                    unanswered = false;
                }
                status = next;
            }
        }
    }
    runs
}

fn running(runs: &mut [Run]) -> impl Iterator<Item = &mut Run> {
    runs.iter_mut().filter(|run| run.ended.is_none())
}

/// A partner waits for a reply, where it does not already.
fn await_reply(runs: &mut Vec<Run>, at: Timestamp) {
    if !running(runs).any(|run| run.promise != Promise::Resolution) {
        runs.push(Run::new(Promise::NextResponse, at));
    }
}

fn become_status(runs: &mut [Run], next: Status, at: Timestamp) {
    match next {
        // Who waits for a reply goes on waiting for it: the partner was asked nothing yet.
        Status::WaitingOnPartner => running(runs).filter(|run| run.promise == Promise::Resolution).for_each(|run| run.pause(at)),
        Status::Resolved | Status::Closed => running(runs).for_each(|run| {
            run.end(at);
            run.dropped = run.promise != Promise::Resolution;
        }),
        Status::Open | Status::InProgress => {
            // A case that is taken up again goes on with the time it had used, and owes the reply that it owed.
            for run in runs.iter_mut().filter(|run| run.promise == Promise::Resolution || run.dropped) {
                (run.ended, run.dropped) = (None, false);
            }
            running(runs).for_each(|run| run.resume(at));
        }
    }
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts; due at this instant, which may have passed. None where the calendar never reaches it.
    Running(Option<Timestamp>),
    /// It waits for the other side with this much working time left, in microseconds.
    Paused(i64),
    /// The promise was kept at this instant.
    Kept(Timestamp),
    /// The case was settled at this instant without the reply that was promised.
    Dropped(Timestamp),
}

/// A clock as it stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What it measures.
    pub promise: Promise,
    /// Since when.
    pub started: Timestamp,
    /// Working time used, in microseconds.
    pub used: i64,
    /// Working time promised, in microseconds.
    pub promised: i64,
    /// How it stands.
    pub standing: Standing,
    /// When the promised time was used up, where it was.
    pub breached: Option<Timestamp>,
}

/// Every clock of a case for which something is promised, in the order they began.
pub fn clocks(history: &[Happened], terms: &Terms, now: Timestamp) -> Vec<Clock> {
    let promised = |run: Run| terms.of(run.promise).map(|promised| clock(&run, promised, &terms.calendar, now));
    runs(history).into_iter().filter_map(promised).collect()
}

fn clock(run: &Run, promised: i64, calendar: &Calendar, now: Timestamp) -> Clock {
    let reached = reaches(run, promised, calendar);
    let used: i64 = run.spans.iter().map(|(from, to)| calendar.working(*from, to.unwrap_or(now))).sum();
    let standing = match run.ended {
        Some(at) if run.dropped => Standing::Dropped(at),
        Some(at) => Standing::Kept(at),
        None if run.counts() => Standing::Running(reached),
        None => Standing::Paused((promised - used).max(0)),
    };
    let breached = reached.filter(|at| *at <= now && run.ended != Some(*at));
    Clock { promise: run.promise, started: run.spans[0].0, used, promised, standing, breached }
}

/// When a run has counted this much working time; none where it was stopped before, or the calendar never gets there.
pub fn reaches(run: &Run, work: i64, calendar: &Calendar) -> Option<Timestamp> {
    let mut left = work;
    for (from, to) in &run.spans {
        let Some(to) = to else { return calendar.after(*from, left) };
        let counted = calendar.working(*from, *to);
        if counted >= left {
            return calendar.after(*from, left);
        }
        left -= counted;
    }
    None
}

/// When a step of an escalation ladder is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At this percentage of the promised time.
    Percent(u8),
    /// This many minutes of working time after it is used up.
    MinutesLate(u32),
}

/// The instants at which the steps of a ladder are due for a run, as far as they can be told now: for the steps that a
/// clock has reached or will reach if nothing happens. A step that was due stays due, whenever it is looked for.
pub fn due_steps(run: &Run, promised: i64, calendar: &Calendar, ladder: &[When]) -> Vec<Option<Timestamp>> {
    let work = |when: &When| match when {
        When::Percent(percent) => promised / 100 * i64::from(*percent),
        When::MinutesLate(minutes) => promised + i64::from(*minutes) * 60_000_000,
    };
    ladder.iter().map(|when| reaches(run, work(when), calendar)).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::{super::calendar::tests::any_calendar, *};

    const MINUTE: i64 = 60_000_000;
    const HOUR: i64 = 60 * MINUTE;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-23T{text}:00Z").parse().unwrap()
    }

    fn terms() -> Terms {
        Terms { first_response: Some(HOUR), next_response: Some(2 * HOUR), resolution: Some(8 * HOUR), calendar: Calendar::always() }
    }

    fn of(history: &[Happened], promise: Promise, now: &str) -> Vec<Clock> {
        clocks(history, &terms(), at(now)).into_iter().filter(|clock| clock.promise == promise).collect()
    }

    use Moment::{Became, Opened, Written};
    use Side::{Internal, Partner};

    #[test]
    fn a_message_that_a_partner_writes_in_the_portal_starts_the_next_response() {
        let history = [(at("08:00"), Opened(Partner)), (at("08:30"), Written(Internal)), (at("09:00"), Written(Partner))];
        let next = of(&history, Promise::NextResponse, "09:10");
        assert_eq!(next[0].standing, Standing::Running(Some(at("11:00"))));
        // A second message does not push the deadline away.
        let history = [&history[..], &[(at("10:00"), Written(Partner))]].concat();
        assert_eq!(of(&history, Promise::NextResponse, "10:10"), [Clock { used: 70 * MINUTE, ..next[0] }]);
    }

    #[test]
    fn a_reply_of_the_hub_stops_every_response_clock_wherever_it_was_written() {
        let history = [(at("08:00"), Opened(Partner)), (at("08:30"), Written(Internal))];
        let first = of(&history, Promise::FirstResponse, "12:00");
        assert_eq!((first[0].standing, first[0].used, first[0].breached), (Standing::Kept(at("08:30")), 30 * MINUTE, None));
        let history = [&history[..], &[(at("09:00"), Written(Partner)), (at("11:30"), Written(Internal))]].concat();
        let next = of(&history, Promise::NextResponse, "12:00");
        assert_eq!((next[0].standing, next[0].breached), (Standing::Kept(at("11:30")), Some(at("11:00"))), "kept, but late");
    }

    #[test]
    fn every_running_clock_is_told_not_only_the_next_one() {
        let history = [(at("08:00"), Opened(Partner))];
        let due: Vec<_> = clocks(&history, &terms(), at("08:10")).into_iter().map(|clock| (clock.promise, clock.standing)).collect();
        let running = |text| Standing::Running(Some(at(text)));
        assert_eq!(due, [(Promise::FirstResponse, running("09:00")), (Promise::Resolution, running("16:00"))]);
    }

    #[test]
    fn clocks_pause_while_the_partner_is_asked_and_go_on_when_a_case_is_taken_up_again() {
        let history = [
            (at("08:00"), Opened(Internal)),
            (at("09:00"), Became(Status::WaitingOnPartner)),
            (at("12:00"), Became(Status::InProgress)),
            (at("13:00"), Became(Status::Resolved)),
            (at("15:00"), Became(Status::InProgress)),
        ];
        let of = |count: usize, now| of(&history[..count], Promise::Resolution, now)[0];
        assert_eq!(of(2, "11:00").standing, Standing::Paused(7 * HOUR));
        assert_eq!(of(3, "12:00").standing, Standing::Running(Some(at("19:00"))));
        assert_eq!(of(4, "14:00").standing, Standing::Kept(at("13:00")));
        assert_eq!((of(5, "15:00").standing, of(5, "15:00").used), (Standing::Running(Some(at("21:00"))), 2 * HOUR));
        assert!(
            clocks(&history[..1], &terms(), at("08:00")).iter().all(|clock| clock.promise == Promise::Resolution),
            "nobody waits for a first reply"
        );
    }

    #[test]
    fn a_reply_that_never_came_is_not_called_kept_and_is_owed_again_when_the_case_is_taken_up() {
        let history = [(at("08:00"), Opened(Partner)), (at("08:30"), Became(Status::Resolved)), (at("10:00"), Became(Status::InProgress))];
        let first = |count: usize, now| of(&history[..count], Promise::FirstResponse, now)[0];
        assert_eq!((first(2, "09:00").standing, first(2, "09:00").used), (Standing::Dropped(at("08:30")), 30 * MINUTE));
        assert_eq!(first(3, "10:00").standing, Standing::Running(Some(at("10:30"))));
        // Asked nothing, the partner still waits for the first word.
        let waiting = [history[0], (at("08:10"), Became(Status::WaitingOnPartner))];
        assert_eq!(of(&waiting, Promise::FirstResponse, "08:20")[0].standing, Standing::Running(Some(at("09:00"))));
    }

    #[test]
    fn what_a_partner_writes_after_the_end_is_to_be_answered_once_the_case_is_taken_up_again() {
        let settled = [(at("08:00"), Opened(Partner)), (at("08:30"), Written(Internal)), (at("09:00"), Became(Status::Resolved))];
        let again = [&settled[..], &[(at("10:00"), Written(Partner)), (at("10:00"), Became(Status::InProgress))]].concat();
        assert_eq!(of(&again[..4], Promise::NextResponse, "10:00"), [], "it is still settled");
        assert_eq!(of(&again, Promise::NextResponse, "10:05")[0].standing, Standing::Running(Some(at("12:00"))));
        // Answered before it was taken up, it is not.
        let answered = [&again[..4], &[(at("10:30"), Written(Internal)), (at("11:00"), Became(Status::InProgress))]].concat();
        assert_eq!(of(&answered, Promise::NextResponse, "11:05"), []);
    }

    #[test]
    fn a_step_of_the_ladder_is_due_at_its_own_time_however_late_it_is_looked_for() {
        let run = &runs(&[(at("08:00"), Opened(Partner))])[1];
        let ladder = [When::Percent(75), When::Percent(100), When::MinutesLate(60)];
        let due = due_steps(run, 8 * HOUR, &Calendar::always(), &ladder);
        assert_eq!(due, [Some(at("14:00")), Some(at("16:00")), Some(at("17:00"))]);
    }

    /// Random histories, to the minute.
    pub(crate) fn any_history() -> impl Strategy<Value = Vec<Happened>> {
        let moment = prop::sample::select(vec![
            Written(Internal),
            Written(Partner),
            Became(Status::InProgress),
            Became(Status::WaitingOnPartner),
            Became(Status::Resolved),
        ]);
        let steps = prop::collection::vec((0_i64..3_000, moment), 0..12);
        (0_i64..9_600, prop::bool::ANY, steps).prop_map(|(hour, by_partner, steps)| {
            let mut now = at("00:00").plus_seconds((hour - 5_000) * 3_600);
            let mut history = vec![(now, Opened(if by_partner { Partner } else { Internal }))];
            for (minutes, moment) in steps {
                now = now.plus_seconds(minutes * 60);
                history.push((now, moment));
            }
            history
        })
    }

    /// Clocks that run: each remembers only what it has used, and is moved on whenever somebody looks.
    #[derive(Default)]
    struct Ticking {
        clocks: Vec<Ticked>,
        last: Option<Timestamp>,
        settled: bool,
        unanswered: bool,
    }

    struct Ticked {
        promise: Promise,
        used: i64,
        runs: bool,
        over: bool,
        dropped: bool,
    }

    impl Ticked {
        fn is_response(&self) -> bool {
            self.promise != Promise::Resolution
        }
    }

    impl Ticking {
        fn tick(&mut self, calendar: &Calendar, now: Timestamp) {
            if let Some(last) = self.last {
                for clock in self.clocks.iter_mut().filter(|clock| clock.runs && !clock.over) {
                    clock.used += calendar.working(last, now);
                }
            }
            self.last = Some(now);
        }

        fn begin(&mut self, promise: Promise) {
            self.clocks.push(Ticked { promise, used: 0, runs: true, over: false, dropped: false });
        }

        fn begin_reply(&mut self) {
            if self.clocks.iter().all(|clock| !clock.is_response() || clock.over) {
                self.begin(Promise::NextResponse);
            }
        }

        fn take(&mut self, moment: Moment) {
            match moment {
                Opened(side) => {
                    if side == Partner {
                        self.begin(Promise::FirstResponse);
                    }
                    self.begin(Promise::Resolution);
                }
                Written(Internal) => {
                    self.unanswered = false;
                    self.clocks
                        .iter_mut()
                        .filter(|clock| clock.is_response())
                        .for_each(|clock| (clock.over, clock.dropped) = (true, false));
                }
                Written(Partner) if self.settled => self.unanswered = true,
                Written(Partner) => self.begin_reply(),
                Became(Status::WaitingOnPartner) => {
                    self.settled = false;
                    self.clocks.iter_mut().filter(|clock| !clock.is_response()).for_each(|clock| clock.runs = false);
                }
                Became(Status::Resolved | Status::Closed) => {
                    self.settled = true;
                    for clock in &mut self.clocks {
                        clock.dropped |= clock.is_response() && !clock.over;
                        (clock.runs, clock.over) = (false, true);
                    }
                }
                Became(_) => {
                    self.settled = false;
                    for clock in self.clocks.iter_mut().filter(|clock| !clock.is_response() || clock.dropped || !clock.over) {
                        (clock.runs, clock.over, clock.dropped) = (true, false, false);
                    }
                    if std::mem::take(&mut self.unanswered) {
                        self.begin_reply();
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn clocks_computed_from_history_equal_clocks_that_ran(
            calendar in any_calendar(),
            history in any_history(),
            ticks in prop::collection::vec(0_i64..40_000, 0..20),
            later in 0_i64..4_000,
        ) {
            let begin = history[0].0;
            let now = history.last().unwrap().0.plus_seconds(later * 60);
            let mut ticking = Ticking::default();
            let mut looks: Vec<(Timestamp, Option<Moment>)> = history.iter().map(|(at, moment)| (*at, Some(*moment))).collect();
            looks.extend(ticks.iter().map(|minute| (begin.plus_seconds(minute * 60), None)).filter(|(at, _)| *at < now));
            looks.sort_by_key(|(at, _)| *at);
            for (at, moment) in looks {
                ticking.tick(&calendar, at);
                if let Some(moment) = moment {
                    ticking.take(moment);
                }
            }
            ticking.tick(&calendar, now);
            let promised = 500 * MINUTE;
            let terms = Terms { first_response: Some(promised), next_response: Some(promised), resolution: Some(promised), calendar };
            let computed = clocks(&history, &terms, now);
            prop_assert_eq!(computed.len(), ticking.clocks.len());
            for (clock, ticked) in computed.iter().zip(&ticking.clocks) {
                prop_assert_eq!((clock.promise, clock.used), (ticked.promise, ticked.used));
                prop_assert_eq!(matches!(clock.standing, Standing::Dropped(_)), ticked.dropped);
                if ticked.used != promised {
                    prop_assert_eq!(clock.breached.is_some(), ticked.used > promised);
                }
            }
        }
    }
}
