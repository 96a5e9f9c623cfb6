//! Cases: opening one, writing in it, moving it on. Every change is one transaction with what it causes, and each is
//! written into the history from which the clocks are computed.

pub mod open;
pub mod view;
pub mod write;

use super::{Context, Error, Result};
use crate::{
    domain::{
        access::{Actor, Audience},
        calendar::{Calendar, Hours},
        case::{Priority, Status, Visibility},
        ids::OrganisationId,
        sla::{self, Clock, Happened, Moment, Side, Standing, Terms},
        time::Timestamp,
    },
    store::{
        Conn, Scope,
        cases::{self, Case, CaseEvent, Message},
        organisations,
    },
};

/// How this program is called as an origin.
pub const PORTICO: &str = "portico";

/// On whose side an actor stands.
pub fn side(actor: &Actor) -> Side {
    if actor.audience == Audience::Hub { Side::Internal } else { Side::Partner }
}

/// What the clocks heed of a case: when it was opened, what both sides could read, where it stood.
pub fn history(case: &Case, messages: &[Message], events: &[CaseEvent]) -> Vec<Happened> {
    let opened = [(case.created_at, Moment::Opened(case.opened_by))];
    let written = messages.iter().filter(|message| message.visibility == Visibility::Partner);
    let written = written.map(|message| (message.at, Moment::Written(message.side)));
    let became = events.iter().filter(|event| event.kind == "status").filter_map(|event| {
        let status: Status = event.new.as_deref()?.parse().ok()?;
        Some((event.at, Moment::Became(status)))
    });
    // The first message is what the case was opened with, not an answer to it.
    let mut history: Vec<Happened> = opened.into_iter().chain(written.skip(1)).chain(became).collect();
    history.sort_by_key(|(at, _)| *at);
    history
}

/// What the hub promises: hours of its working week by priority, on weekdays from eight to six in its own zone.
pub fn terms(priority: Priority, zone: &str) -> Terms {
    const HOUR: i64 = 3_600_000_000;
    let (first, next, resolution) = match priority {
        Priority::Urgent => (1, 2, 8),
        Priority::High => (4, 4, 20),
        Priority::Normal => (8, 8, 50),
        Priority::Low => (20, 20, 100),
    };
    let day = |works: bool| if works { vec![Hours { from: 8 * 60, to: 18 * 60 }] } else { Vec::new() };
    let week = std::array::from_fn(|weekday| day(weekday < 5));
    let calendar = Calendar::new(zone, week, std::collections::BTreeSet::new()).unwrap_or_else(|_| Calendar::always());
    Terms { first_response: Some(first * HOUR), next_response: Some(next * HOUR), resolution: Some(resolution * HOUR), calendar }
}

/// When the next promise is due, of all clocks that run.
pub fn next_due(clocks: &[Clock]) -> Option<Timestamp> {
    let due = clocks.iter().filter_map(|clock| match clock.standing {
        Standing::Running(due) => due,
        Standing::Paused(_) | Standing::Kept(_) => None,
    });
    due.min()
}

/// The zone the hub works in.
async fn hub_zone(conn: &mut Conn) -> Result<String> {
    Ok(organisations::hub(conn).await?.map_or_else(|| "UTC".to_owned(), |hub| hub.zone))
}

/// Saves a header after a change of its history, with the deadline that follows from it.
pub(super) async fn save(context: &Context, conn: &mut Conn, case: &mut Case) -> Result<()> {
    let messages = cases::messages(conn, Scope::Hub, case.id).await?;
    let events = cases::events(conn, Scope::Hub, case.id).await?;
    let terms = terms(case.priority, &hub_zone(conn).await?);
    case.due_at = next_due(&sla::clocks(&history(case, &messages, &events), &terms, context.now()));
    case.updated_at = context.now();
    cases::update(conn, case).await?;
    case.version += 1;
    Ok(())
}

/// A change of a case, as its history tells it.
pub(super) struct Change<'a> {
    /// What kind.
    pub kind: &'static str,
    /// Before.
    pub old: Option<&'a str>,
    /// Now.
    pub new: Option<&'a str>,
    /// More, in words.
    pub note: &'a str,
    /// Who may see it.
    pub visibility: Visibility,
    /// The person or system.
    pub actor: &'a str,
    /// Through which system.
    pub system: &'a str,
    /// The event that said so.
    pub event: Option<&'a str>,
}

impl Default for Change<'_> {
    /// Nothing yet, and for the hub alone.
    fn default() -> Self {
        Self { kind: "", old: None, new: None, note: "", visibility: Visibility::Internal, actor: "", system: PORTICO, event: None }
    }
}

/// Writes a change into the history of a case.
pub(super) async fn note(context: &Context, conn: &mut Conn, case: &Case, change: Change<'_>) -> Result<()> {
    let event = CaseEvent {
        id: context.id(),
        case_id: case.id,
        kind: change.kind.to_owned(),
        old: change.old.map(str::to_owned),
        new: change.new.map(str::to_owned),
        note: change.note.to_owned(),
        visibility: change.visibility,
        actor: change.actor.to_owned(),
        system: change.system.to_owned(),
        event_id: change.event.map(str::to_owned),
        at: context.now(),
    };
    Ok(cases::insert_event(conn, &event).await?)
}

/// Tells the open pages of everybody who takes part.
pub(super) fn publish(context: &Context, parties: &[OrganisationId]) {
    for party in parties {
        context.live.publish(Some(*party));
    }
}

/// A text that must be there, trimmed, and not too long.
fn needed(field: &'static str, text: &str, longest: usize, empty: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field(field, empty));
    }
    if text.chars().count() > longest {
        return Err(Error::field(field, format!("Use at most {longest} characters.")));
    }
    Ok(text.to_owned())
}
