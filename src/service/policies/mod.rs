//! What the hub promises, as its people set it: policies for some cases, and the calendars they count by. A change
//! asks for the deadlines of open cases to be computed anew; what happened stays as it was.

pub mod calendars;

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::{
    Context, Error, FieldError, Result,
    cases::{assign, clocks},
};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::{Kind, Priority},
        ids::{CalendarId, OrganisationId, PolicyId, UserId},
        policy::{Action, Aim, HIGHEST_TIER, Step},
        sla::{Promise, When},
    },
    store::{
        Conn, dialect,
        organisations::{self, Organisation},
        partners::Person,
        policies::{self, CalendarRow, PolicyRow},
    },
};

/// Longest name, in characters.
pub const LONGEST_NAME: usize = 80;
/// Most steps of a ladder.
pub const MOST_STEPS: usize = 6;
/// Longest promise, and latest step, in hours of working time.
const LONGEST_HOURS: f64 = 5_000.0;

/// For everybody but the hub there are no policies.
fn hub_only(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}

/// A name that is there and not too long.
fn read_name(name: &str, wrong: &mut Vec<FieldError>) -> String {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        wrong.push(field("name", format!("Enter a name with at most {LONGEST_NAME} characters.")));
    }
    name.to_owned()
}

fn field(name: impl Into<String>, message: impl Into<String>) -> FieldError {
    FieldError { field: name.into(), message: message.into() }
}

/// What a form of a policy offers.
pub struct Choices {
    /// Every partner.
    pub partners: Vec<Organisation>,
    /// Every calendar.
    pub calendars: Vec<CalendarRow>,
    /// The people of the hub.
    pub people: Vec<Person>,
}

/// The list of policies, with what their ids stand for.
pub async fn list(context: &Context, actor: &Actor) -> Result<(Vec<PolicyRow>, Choices)> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    Ok((policies::list(&mut conn).await?, choices(&mut conn).await?))
}

/// One policy, or none for a new one, with what its form offers.
pub async fn load(context: &Context, actor: &Actor, id: Option<PolicyId>) -> Result<(Option<PolicyRow>, Choices)> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let row = match id {
        Some(id) => Some(policies::find(&mut conn, id).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    Ok((row, choices(&mut conn).await?))
}

async fn choices(conn: &mut Conn) -> Result<Choices> {
    let partners = organisations::list(conn).await?.into_iter().filter(|found| !found.is_hub).collect();
    Ok(Choices { partners, calendars: policies::calendars(conn).await?, people: assign::people(conn).await? })
}

/// A step of a ladder as it is entered. One without an action is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepForm {
    /// A code of [`Promise`]; every promise where it is empty.
    pub promise: String,
    /// A number.
    pub at: String,
    /// What the number counts: `percent` of the promise, or `late`, minutes after it.
    pub unit: String,
    /// `notify`, `event`, `tier:2`, or `to:` and a person.
    pub action: String,
}

/// A policy as it is entered. Everything is text as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyForm {
    /// What it is called.
    pub name: String,
    /// A code of [`Kind`]; every kind where it is empty.
    pub kind: String,
    /// A code of [`Priority`]; every priority where it is empty.
    pub priority: String,
    /// A partner's id; every partner where it is empty.
    pub partner: String,
    /// First reply, in hours; nothing is promised where it is empty.
    pub first: String,
    /// Next reply.
    pub next: String,
    /// Solution.
    pub resolution: String,
    /// A calendar's id; the usual week where it is empty.
    pub calendar: String,
    /// The ladder.
    pub steps: Vec<StepForm>,
}

/// What a form comes to.
struct Entered {
    name: String,
    aim: Aim,
    first: Option<i64>,
    next: Option<i64>,
    resolution: Option<i64>,
    calendar: Option<CalendarId>,
    ladder: Vec<Step>,
}

impl PolicyForm {
    fn read(&self, choices: &Choices) -> Result<Entered> {
        let mut wrong = Vec::new();
        let name = read_name(&self.name, &mut wrong);
        let kind: Option<Kind> = chosen("kind", &self.kind, &mut wrong, |code| code.parse().ok());
        let priority: Option<Priority> = chosen("priority", &self.priority, &mut wrong, |code| code.parse().ok());
        let partner: Option<OrganisationId> = chosen("partner", &self.partner, &mut wrong, |id| {
            choices.partners.iter().map(|row| row.id).find(|known| known.to_string() == id)
        });
        let calendar: Option<CalendarId> = chosen("calendar", &self.calendar, &mut wrong, |id| {
            choices.calendars.iter().map(|row| row.id).find(|known| known.to_string() == id)
        });
        let first = hours("first", &self.first, &mut wrong);
        let next = hours("next", &self.next, &mut wrong);
        let resolution = hours("resolution", &self.resolution, &mut wrong);
        if wrong.is_empty() && first.is_none() && next.is_none() && resolution.is_none() {
            wrong.push(field("first", "Promise something: enter hours for at least one of the three."));
        }
        let mut ladder = Vec::new();
        for (position, step) in self.steps.iter().enumerate().filter(|(_, step)| !step.action.is_empty()) {
            ladder.extend(step.read(position, choices, &mut wrong));
        }
        if ladder.len() > MOST_STEPS {
            wrong.push(field("", format!("A ladder has at most {MOST_STEPS} steps.")));
        }
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        Ok(Entered { name, aim: Aim { kind, priority, partner }, first, next, resolution, calendar, ladder })
    }
}

/// One of a list; empty is none of them.
fn chosen<T>(name: &str, code: &str, wrong: &mut Vec<FieldError>, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    if code.is_empty() {
        return None;
    }
    let found = read(code);
    if found.is_none() {
        wrong.push(field(name, "Choose one from the list."));
    }
    found
}

/// Hours of working time as minutes; empty is no promise.
fn hours(name: &str, text: &str, wrong: &mut Vec<FieldError>) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let hours: Option<f64> = text.parse().ok().filter(|hours| (0.01..=LONGEST_HOURS).contains(hours));
    if hours.is_none() {
        wrong.push(field(name, format!("Enter hours such as 8 or 1.5, at most {LONGEST_HOURS}; leave it empty to promise nothing.")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most a few thousand hours")]
    hours.map(|hours| (hours * 60.0).round() as i64)
}

impl StepForm {
    fn read(&self, position: usize, choices: &Choices, wrong: &mut Vec<FieldError>) -> Option<Step> {
        let name = |part: &str| format!("steps[{position}][{part}]");
        let promise: Option<Promise> = chosen(&name("promise"), &self.promise, wrong, |code| code.parse().ok());
        let at = self.at.trim();
        let when = match self.unit.as_str() {
            "percent" => at.parse().ok().filter(|percent| (1..=100).contains(percent)).map(When::Percent),
            _ => at.parse().ok().filter(|minutes| f64::from(*minutes) <= LONGEST_HOURS * 60.0).map(When::MinutesLate),
        };
        if when.is_none() {
            let words = if self.unit == "percent" { "Enter a percentage from 1 to 100." } else { "Enter minutes, such as 0 or 60." };
            wrong.push(field(name("at"), words));
        }
        let action = self.action(choices);
        if action.is_none() {
            wrong.push(field(name("action"), "Choose what happens from the list."));
        }
        Some(Step { promise, when: when?, action: action? })
    }

    fn action(&self, choices: &Choices) -> Option<Action> {
        match self.action.split_once(':') {
            None if self.action == "notify" => Some(Action::Notify),
            None if self.action == "event" => Some(Action::Event),
            Some(("tier", tier)) => tier.parse().ok().filter(|tier| (2..=HIGHEST_TIER).contains(tier)).map(Action::RaiseTier),
            Some(("to", person)) => {
                let person: UserId = person.parse().ok()?;
                choices.people.iter().any(|known| known.id == person).then_some(Action::Reassign(person))
            }
            _ => None,
        }
    }
}

impl From<&Step> for StepForm {
    fn from(step: &Step) -> Self {
        let (at, unit) = match step.when {
            When::Percent(percent) => (percent.to_string(), "percent"),
            When::MinutesLate(minutes) => (minutes.to_string(), "late"),
        };
        let action = match step.action {
            Action::Notify => "notify".to_owned(),
            Action::Event => "event".to_owned(),
            Action::RaiseTier(tier) => format!("tier:{tier}"),
            Action::Reassign(person) => format!("to:{person}"),
        };
        Self { promise: step.promise.map(|promise| promise.as_str().to_owned()).unwrap_or_default(), at, unit: unit.to_owned(), action }
    }
}

/// Saves a policy: a new one where no id is given, else the one that was read at `version`.
pub async fn save(context: &Context, actor: &Actor, known: Option<(PolicyId, i64)>, form: &PolicyForm) -> Result<PolicyId> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "policies").await?;
    let entered = form.read(&choices(&mut tx).await?)?;
    let all = policies::list(&mut tx).await?;
    let others: Vec<_> = all.iter().filter(|row| known.is_none_or(|(id, _)| row.id != id)).collect();
    if others.iter().any(|row| row.name == entered.name) {
        return Err(Error::field("name", "Another policy has this name. Choose a different one."));
    }
    if let Some(same) = others.iter().find(|row| row.aim() == entered.aim) {
        return Err(Error::field("kind", format!("“{}” is for the same cases. Change that one, or choose other cases here.", same.name)));
    }
    let before = match known {
        Some((id, _)) => Some(all.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?),
        None => None,
    };
    let row = PolicyRow {
        id: known.map_or_else(|| context.id(), |(id, _)| id),
        name: entered.name,
        kind: entered.aim.kind,
        priority: entered.aim.priority,
        counterparty_id: entered.aim.partner,
        first_response: entered.first,
        next_response: entered.next,
        resolution: entered.resolution,
        calendar_id: entered.calendar,
        ladder: Json(entered.ladder),
        version: known.map_or(0, |(_, version)| version),
        updated_at: context.now(),
        created_at: before.map_or_else(|| context.now(), |row| row.created_at),
    };
    match known {
        Some(_) => policies::update(&mut tx, &row).await?,
        None => policies::insert(&mut tx, &row).await?,
    }
    clocks::ask_refresh(context, &mut tx).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(row.id)
}

/// Removes a policy; the cases it was for fall to the next one that fits.
pub async fn remove(context: &Context, actor: &Actor, id: PolicyId) -> Result<()> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    policies::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    policies::delete(&mut tx, id).await?;
    clocks::ask_refresh(context, &mut tx).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}
