//! Cases: opening one, writing in it, moving it on. Every change is one transaction with what it causes, and each is
//! written into the history from which the clocks are computed.

pub mod assign;
pub mod attach;
pub mod clocks;
pub mod credit;
pub mod dispute;
pub mod escalate;
pub mod evidence;
pub mod files;
pub mod open;
pub mod participants;
pub mod rate;
pub mod refer;
pub mod relate;
pub mod search;
pub mod terms;
pub mod upload;
pub mod view;
pub mod withdraw;
pub mod write;

use super::{Context, Error, Result, systems::tell};
use crate::{
    domain::{
        access::{Actor, Audience},
        case::{Status, Visibility},
        ids::OrganisationId,
        sla::{Clock, Happened, Moment, Side, Standing},
        time::Timestamp,
    },
    store::{
        Conn,
        cases::{self, Case, CaseEvent, Written},
    },
};

/// How this program is called as an origin.
pub const PORTICO: &str = "portico";

/// On whose side an actor stands.
pub fn side(actor: &Actor) -> Side {
    if actor.audience == Audience::Hub { Side::Internal } else { Side::Partner }
}

/// What the clocks heed of a case: when it was opened, what the hub and the partner it is with could both read, where it
/// stood.
pub fn history(case: &Case, written: impl IntoIterator<Item = Written>, events: &[CaseEvent]) -> Vec<Happened> {
    let opened = [(case.created_at, Moment::Opened(case.opened_by))];
    let written = written.into_iter().map(|written| (written.at, Moment::Written(written.side)));
    let became = events.iter().filter(|event| event.kind == "status").filter_map(|event| {
        let status: Status = event.new.as_deref()?.parse().ok()?;
        Some((event.at, Moment::Became(status)))
    });
    // The first message is what the case was opened with, not an answer to it.
    let mut history: Vec<Happened> = opened.into_iter().chain(written.skip(1)).chain(became).chain(relate::moments(events)).collect();
    history.sort_by_key(|(at, _)| *at);
    history
}

/// When the next promise is due, of all clocks that run.
pub fn next_due(clocks: &[Clock]) -> Option<Timestamp> {
    let due = clocks.iter().filter_map(|clock| match clock.standing {
        Standing::Running(due) => due,
        Standing::Paused(_) | Standing::Kept(_) | Standing::Dropped(_) => None,
    });
    due.min()
}

/// Saves a header after a change of its history, with the deadlines that follow from it, and tells other systems.
pub(in crate::service) async fn save(context: &Context, conn: &mut Conn, case: &mut Case) -> Result<()> {
    let course = clocks::of(conn, case).await?;
    case.due_at = next_due(&course.clocks(context.now()));
    case.updated_at = context.now();
    cases::update(conn, case, course.next_step()).await?;
    case.version += 1;
    // Apart, so that it makes no future of a use case large.
    Box::pin(tell::case(context, conn, case)).await
}

/// A change of a case, as its history tells it.
pub(in crate::service) struct Change<'a> {
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
    /// The one partner that may; everybody who takes part where none is named.
    pub reader: Option<OrganisationId>,
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
        Self {
            kind: "",
            old: None,
            new: None,
            note: "",
            visibility: Visibility::Internal,
            reader: None,
            actor: "",
            system: PORTICO,
            event: None,
        }
    }
}

/// Writes a change into the history of a case.
pub(in crate::service) async fn note(context: &Context, conn: &mut Conn, case: &Case, change: Change<'_>) -> Result<()> {
    let event = CaseEvent {
        id: context.id(),
        case_id: case.id,
        kind: change.kind.to_owned(),
        old: change.old.map(str::to_owned),
        new: change.new.map(str::to_owned),
        note: change.note.to_owned(),
        visibility: change.visibility,
        reader_id: change.reader,
        actor: change.actor.to_owned(),
        system: change.system.to_owned(),
        event_id: change.event.map(str::to_owned),
        at: context.now(),
    };
    Ok(cases::insert_event(conn, &event).await?)
}

/// Tells the open pages of everybody who takes part.
pub(in crate::service) fn publish(context: &Context, parties: &[OrganisationId]) {
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
