//! What the history of a case says between its messages: where it stands, how urgent it is, who has it, what
//! escalated, what was attached, how a dispute ended.

use super::parts::chip;
use crate::{
    domain::{access::Audience, dispute::Outcome},
    service::cases::PORTICO,
    store::cases::CaseEvent,
    text,
    ui::Icon,
};

/// One thing that happened, in words.
pub struct Told {
    /// A drawing.
    pub icon: Icon,
    /// What it is.
    pub what: String,
    /// More; may be empty.
    pub note: String,
}

/// A word with a reason behind it, where there is one.
fn with_note(word: &str, note: &str) -> String {
    if note.is_empty() { word.to_owned() } else { format!("{word}: {note}") }
}

/// What to say of an event; none where it is not said.
pub fn told(event: &CaseEvent, audience: Audience) -> Option<Told> {
    let told = |icon, what: &str, note: String| Some(Told { icon, what: what.to_owned(), note });
    let new = event.new.as_deref();
    match event.kind.as_str() {
        "status" => {
            let status = new?.parse().ok()?;
            told(chip(status, audience).icon, text::case_status(status, audience), event.note.clone())
        }
        "priority" => told(Icon::Flag, "Priority", new?.parse().ok().map(text::case_priority)?.to_owned()),
        "title" => told(Icon::Pen, "Called", new?.to_owned()),
        "tier" => told(Icon::Up, "Support tier", new?.to_owned()),
        "assigned" => told(Icon::User, "In the hands of", new.unwrap_or("nobody").to_owned()),
        "escalated" if new == Some("notify") => told(Icon::Clock, "Reminder", event.note.clone()),
        // Another system names the tier that has it now.
        "escalated" if new?.parse::<u8>().is_ok() => told(Icon::Alert, &format!("Escalated to tier {}", new?), event.note.clone()),
        "escalated" => told(Icon::Alert, "Escalated", event.note.clone()),
        "breached" if event.system == PORTICO => told(Icon::Alert, "A promise was broken", event.note.clone()),
        "breached" => told(Icon::Alert, "A promise was broken in another system", event.note.clone()),
        // Said in another system, whose people may not move the case.
        "wished" => told(Icon::Flag, "Asks for", with_note(text::case_status(new?.parse().ok()?, audience), &event.note)),
        "file_refused" => told(Icon::Alert, "Not taken from the mail:", event.note.clone()),
        "joined" => told(Icon::User, "Asked in", new?.to_owned()),
        "left" => told(Icon::User, "Takes no part any more", new?.to_owned()),
        "referred" => told(Icon::Link, "Is also about", new?.to_owned()),
        "unreferred" => told(Icon::Link, "Not about", format!("{} any more", new?)),
        "withdrawn" => told(Icon::X, "Withdrew", with_note(new?, &event.note)),
        "attached" => told(Icon::Clip, "Attached", new?.to_owned()),
        "settled" => {
            let outcome = new?.parse::<Outcome>().ok().map(text::dispute_outcome)?;
            told(Icon::Flag, "Dispute ended.", with_note(outcome, &event.note))
        }
        "linked" => told(Icon::Link, "Linked with", new?.to_owned()),
        "merged" => told(Icon::Link, "Became part of", new?.to_owned()),
        "unlinked" => told(Icon::X, "Not linked any more with", new?.to_owned()),
        "separated" => told(Icon::X, "Not part any more of", new?.to_owned()),
        "released" => told(Icon::X, "A case of its own again:", new?.to_owned()),
        "absorbed" => told(Icon::Link, "Took in", new?.to_owned()),
        _ => None,
    }
}
