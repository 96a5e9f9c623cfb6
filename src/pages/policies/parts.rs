//! How policies are told.

use crate::{
    domain::{
        policy::{Action, Step},
        sla::When,
    },
    service::policies::Choices,
    store::policies::PolicyRow,
    text,
};

/// The cases a policy is for: "Invoice · High · Ostermann Forge".
pub(super) fn aim(row: &PolicyRow, choices: &Choices) -> String {
    let partner = row.counterparty_id.and_then(|id| choices.partners.iter().find(|partner| partner.id == id));
    let parts = [
        row.kind.map(|kind| text::case_kind(kind).to_owned()),
        row.priority.map(|priority| format!("{} priority", text::case_priority(priority))),
        partner.map(|partner| partner.name.clone()),
    ];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if words.is_empty() { "Every case".to_owned() } else { words }
}

/// Working time in minutes, in words; a dash where nothing is promised.
pub(super) fn time(minutes: Option<i64>) -> String {
    minutes.map_or_else(|| "–".to_owned(), |minutes| hours(minutes * 60))
}

/// Working time in hours and minutes: days would leave open how long one is.
pub(super) fn hours(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// What a step of a ladder does: "75% of the first reply: tell whoever works on it".
pub(super) fn step(step: &Step, choices: &Choices) -> String {
    let of = step.promise.map_or("any promise", text::promise);
    let when = match step.when {
        When::Percent(percent) => format!("At {percent}% of {of}"),
        When::MinutesLate(0) => format!("When {of} is broken"),
        When::MinutesLate(minutes) => format!("{} after {of} is broken", hours(i64::from(minutes) * 60)),
    };
    let what = match step.action {
        Action::Notify => "tell whoever works on it".to_owned(),
        Action::RaiseTier(tier) => format!("go to tier {tier}"),
        Action::Event => "tell the systems behind the portal".to_owned(),
        Action::Reassign(person) => {
            let name = choices.people.iter().find(|known| known.id == person).map_or("somebody who left", |known| known.name.as_str());
            format!("give it to {name}")
        }
    };
    format!("{when}, {what}")
}
