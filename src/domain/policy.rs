//! Which promise counts for a case, and what happens as it runs out. Steps of a ladder are computed from the history like
//! the clocks: each has its own time and its own key, so that looking for them late, or twice, changes nothing.

use super::{
    case::{Kind, Priority},
    ids::{OrganisationId, UserId},
    sla::{self, Happened, Promise, Terms, When},
    time::Timestamp,
};

/// Highest tier of support.
pub const HIGHEST_TIER: i64 = 3;

/// What tells cases apart for a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it is about.
    pub kind: Kind,
    /// How urgent it is.
    pub priority: Priority,
    /// The partner it is with.
    pub partner: OrganisationId,
}

/// The cases a policy is for: what is not named is any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aim {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this priority.
    pub priority: Option<Priority>,
    /// Only this partner.
    pub partner: Option<OrganisationId>,
}

impl Aim {
    /// Whether a case is among them.
    pub fn fits(&self, case: &Subject) -> bool {
        self.kind.is_none_or(|kind| kind == case.kind)
            && self.priority.is_none_or(|priority| priority == case.priority)
            && self.partner.is_none_or(|partner| partner == case.partner)
    }

    /// How special it is: what was agreed with a partner before what holds for a kind, that before a priority.
    pub const fn rank(&self) -> (bool, bool, bool) {
        (self.partner.is_some(), self.kind.is_some(), self.priority.is_some())
    }
}

/// The most special of the policies that fit a case. No two policies have the same aim, so there is at most one.
pub fn most_special<T>(policies: impl IntoIterator<Item = (Aim, T)>, case: &Subject) -> Option<T> {
    policies.into_iter().filter(|(aim, _)| aim.fits(case)).max_by_key(|(aim, _)| aim.rank()).map(|(_, policy)| policy)
}

/// What a step of a ladder does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tells whoever works on the case.
    Notify,
    /// Brings it to at least this tier of support.
    RaiseTier(i64),
    /// Gives it to a person.
    Reassign(UserId),
    /// Tells the systems behind the portal.
    Event,
}

impl Action {
    /// The code under which a history keeps it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::RaiseTier(_) => "raise_tier",
            Self::Reassign(_) => "reassign",
            Self::Event => "event",
        }
    }
}

/// A step of an escalation ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    /// The promise it watches; every one where none is named.
    pub promise: Option<Promise>,
    /// When it is due.
    pub when: When,
    /// What it does.
    pub action: Action,
}

impl Step {
    /// Which step it is of which run: the same for as long as the step stays the same.
    fn key(&self, promise: Promise, started: Timestamp) -> String {
        let when = match self.when {
            When::Percent(percent) => format!("{percent}%"),
            When::MinutesLate(minutes) => format!("+{minutes}"),
        };
        let action = match self.action {
            Action::RaiseTier(tier) => format!("tier-{tier}"),
            Action::Reassign(person) => format!("to-{person}"),
            Action::Notify | Action::Event => self.action.code().to_owned(),
        };
        format!("{promise} {} {when} {action}", started.micros())
    }
}

/// What counts for one case: the terms, the ladder, and since when they are what they are.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The name of the policy; none where it is the built-in one.
    pub name: Option<String>,
    /// What is promised.
    pub terms: Terms,
    /// What happens as it runs out.
    pub ladder: Vec<Step>,
    /// Since when: what would have been due before is due then.
    pub since: Timestamp,
}

/// A step of one clock of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Names it for good.
    pub key: String,
    /// The promise.
    pub promise: Promise,
    /// The step; none where the promise is broken.
    pub step: Option<Step>,
    /// When it is due; may lie ahead.
    pub at: Timestamp,
}

/// Every step that was due in a case or will be if nothing happens, in the order of their times. That a promise is broken
/// belongs to every ladder.
pub fn steps(history: &[Happened], rules: &Rules) -> Vec<Due> {
    let mut all = Vec::new();
    for run in sla::runs(history) {
        let Some(promised) = rules.terms.of(run.promise) else { continue };
        let ladder = rules.ladder.iter().filter(|step| step.promise.is_none_or(|promise| promise == run.promise));
        let ladder: Vec<Option<&Step>> = [None].into_iter().chain(ladder.map(Some)).collect();
        let times: Vec<When> = ladder.iter().map(|step| step.map_or(When::MinutesLate(0), |step| step.when)).collect();
        let started = run.spans[0].0;
        for (step, at) in ladder.into_iter().zip(sla::due_steps(&run, promised, &rules.terms.calendar, &times)) {
            let at = at.map(|at| at.max(rules.since)).filter(|at| run.ended.is_none_or(|ended| *at <= ended));
            let key = step.map_or_else(|| format!("{} {} broken", run.promise, started.micros()), |step| step.key(run.promise, started));
            all.extend(at.map(|at| Due { key, promise: run.promise, step: step.copied(), at }));
        }
    }
    all.sort_by(|a, b| (a.at, a.step.is_some(), &a.key).cmp(&(b.at, b.step.is_some(), &b.key)));
    all.dedup_by(|a, b| a.key == b.key);
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{
        super::{
            calendar::{Calendar, tests::any_calendar},
            sla::{Moment, Side, tests::any_history},
        },
        *,
    };

    const HOUR: i64 = 3_600_000_000;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-23T{text}:00Z").parse().unwrap()
    }

    fn partner(number: u128) -> OrganisationId {
        uuid::Uuid::from_u128(number).into()
    }

    #[test]
    fn the_most_special_policy_counts() {
        let case = Subject { kind: Kind::Invoice, priority: Priority::High, partner: partner(1) };
        let aim = |kind, priority, partner| Aim { kind, priority, partner };
        let any = (aim(None, None, None), "any");
        let high = (aim(None, Some(Priority::High), None), "high");
        let invoices = (aim(Some(Kind::Invoice), None, None), "invoices");
        let high_invoices = (aim(Some(Kind::Invoice), Some(Priority::High), None), "high invoices");
        let theirs = (aim(None, None, Some(partner(1))), "theirs");
        let others = (aim(Some(Kind::Invoice), Some(Priority::High), Some(partner(2))), "others");
        let low = (aim(Some(Kind::Invoice), Some(Priority::Low), None), "low invoices");
        assert_eq!(most_special([any, high, others], &case), Some("high"));
        assert_eq!(most_special([high, invoices, any, low], &case), Some("invoices"));
        assert_eq!(most_special([invoices, high_invoices, any], &case), Some("high invoices"));
        assert_eq!(most_special([high_invoices, theirs, any], &case), Some("theirs"), "what was agreed with a partner comes first");
        assert_eq!(most_special([others, low], &case), None);
    }

    fn rules(calendar: Calendar) -> Rules {
        let step = |promise, when, action| Step { promise, when, action };
        let person = uuid::Uuid::from_u128(7).into();
        Rules {
            name: None,
            terms: Terms { first_response: Some(HOUR), next_response: Some(2 * HOUR), resolution: Some(8 * HOUR), calendar },
            ladder: vec![
                step(None, When::Percent(75), Action::Notify),
                step(None, When::MinutesLate(0), Action::RaiseTier(2)),
                step(Some(Promise::Resolution), When::MinutesLate(60), Action::Reassign(person)),
                step(Some(Promise::Resolution), When::MinutesLate(0), Action::Event),
            ],
            since: Timestamp::from_micros(0),
        }
    }

    #[test]
    fn each_step_has_its_time_and_one_of_a_kept_promise_has_none() {
        let history = [(at("08:00"), Moment::Opened(Side::Partner)), (at("08:50"), Moment::Written(Side::Internal))];
        let rules = rules(Calendar::always());
        let of = |rules: &Rules| {
            let what = |due: &Due| due.step.map_or("broken", |step| step.action.code());
            steps(&history, rules).into_iter().map(|due| (due.promise, what(&due), due.at)).collect::<Vec<_>>()
        };
        let resolution = [("notify", "14:00"), ("broken", "16:00"), ("event", "16:00"), ("raise_tier", "16:00"), ("reassign", "17:00")];
        let resolution = resolution.map(|(action, time)| (Promise::Resolution, action, at(time)));
        let first = [(Promise::FirstResponse, "notify", at("08:45"))];
        let mut found = of(&rules);
        found.sort_by_key(|(promise, action, time)| (*promise, *time, *action));
        assert_eq!(found, [&first[..], &resolution[..]].concat());
        // A policy that came later looks at what is open, and leaves alone what was over.
        let later = Rules { since: at("16:30"), ..rules };
        let times: Vec<_> = of(&later).into_iter().map(|(_, action, time)| (action, time)).collect();
        assert_eq!(times.len(), 5);
        assert!(times.iter().all(|(action, time)| *time == if *action == "reassign" { at("17:00") } else { at("16:30") }), "{times:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Whoever looks often, now and then or once at the end finds the same steps at the same times.
        #[test]
        fn how_often_one_looks_for_steps_changes_nothing(
            calendar in any_calendar(),
            history in any_history(),
            looks in prop::collection::vec(0_i64..40_000, 0..20),
        ) {
            let rules = rules(calendar);
            let end = history.last().unwrap().0.plus_seconds(40_000 * 60);
            let mut looks: Vec<Timestamp> = looks.into_iter().map(|minute| history[0].0.plus_seconds(minute * 60 + 30)).collect();
            looks.sort();
            looks.push(end);
            let mut taken = BTreeMap::new();
            for look in looks {
                let known: Vec<Happened> = history.iter().copied().filter(|(at, _)| *at <= look).collect();
                for due in steps(&known, &rules).into_iter().filter(|due| due.at <= look) {
                    taken.entry(due.key).or_insert(due.at);
                }
            }
            let once: BTreeMap<_, _> = steps(&history, &rules).into_iter().filter(|due| due.at <= end).map(|due| (due.key, due.at)).collect();
            prop_assert_eq!(taken, once);
        }
    }
}
