//! What became of a document: its three acknowledgments with their times, and every step since it came or was made.

use leptos::prelude::*;

use super::{advised, parts};
use crate::{
    domain::{
        advice,
        document::{Direction, DocumentKind, DocumentStatus, Verdict},
        ids::DocumentId,
    },
    pages::PageContext,
    service::exchange::view::DocumentView,
    store::{advices::Advice, documents::DocumentEvent},
    text,
    ui::{Ack, AckState, AckStrip, Entry, Timeline},
};

/// The three acknowledgments in the long form.
pub(super) fn acknowledgments(view: &DocumentView, cx: &PageContext) -> impl IntoView + use<> {
    let document = &view.document;
    let [delivered, read, answered] = parts::acknowledgments(parts::Facts {
        direction: document.direction,
        status: document.status,
        delivered_at: document.delivered_at,
        verdict: document.acknowledgment,
        answer: document.answer.as_deref(),
    });
    let outgoing = document.direction == Direction::Out;
    let at = |at: Option<_>| at.map(|at| text::moment_exact(at, &cx.zone));
    let delivered_note = at(document.delivered_at).unwrap_or_else(|| not_delivered(view, cx));
    let read_title = match document.acknowledgment {
        Some(Verdict::Accepted) => "Read without errors",
        Some(Verdict::AcceptedWithErrors | Verdict::Partial) => "Read, errors noted",
        Some(Verdict::Rejected) => "Read and refused",
        None => "Not read yet",
    };
    let no_receipt = if outgoing { "The functional acknowledgment has not come" } else { "Acknowledged by the receiver's own system" };
    let answered_title = match document.answer.as_deref() {
        Some("accepted") => "Answered: accepted",
        Some("changed") => "Answered with changes",
        Some("rejected") => "Answered: rejected",
        Some(_) => "Answered",
        None => "Not answered",
    };
    let unanswered = match document.kind {
        DocumentKind::PurchaseOrder => "No order response has come so far",
        DocumentKind::Invoice => "Nothing was said to it so far",
        _ => "No business document answers this kind",
    };
    let delivered_title = if delivered == AckState::Yes { "Delivered" } else { "Not delivered yet" };
    let ack = |state, title: &str, note: String| Ack { state, title: title.to_owned(), note, href: None };
    view! {
        <AckStrip
            delivered=ack(delivered, delivered_title, delivered_note)
            read=Ack {
                href: acknowledged_by(view).map(|id| format!("/documents/{id}")),
                ..ack(read, read_title, at(document.acknowledged_at).unwrap_or_else(|| no_receipt.to_owned()))
            }
            answered=Ack {
                href: answered_by(view).map(|id| format!("/documents/{id}")),
                ..ack(answered, answered_title, at(document.answered_at).unwrap_or_else(|| unanswered.to_owned()))
            }
            live="document-acknowledgments"
        />
    }
}

/// Why a document is not known to have arrived.
fn not_delivered(view: &DocumentView, cx: &PageContext) -> String {
    let failure = view.transmission.as_ref().and_then(|transmission| transmission.failure.clone());
    match (view.document.status, view.document.release_at) {
        (DocumentStatus::SendFailed, _) => failure.unwrap_or_else(|| "Sending failed; it is tried again by itself".to_owned()),
        (DocumentStatus::Validated, Some(release)) => format!("Leaves at {}", text::time(release, &cx.zone)),
        (DocumentStatus::Sent, _) => {
            let words = view.events.iter().rev().find(|event| event.status == DocumentStatus::Sent).map(|event| event.note.clone());
            words.filter(|words| !words.is_empty()).unwrap_or_else(|| "It left; the other side has not taken it yet".to_owned())
        }
        (DocumentStatus::Withdrawn, _) => "Taken back before it left".to_owned(),
        _ => "It is being sent".to_owned(),
    }
}

/// The acknowledgment that set the second mark, where a step names it.
fn acknowledged_by(view: &DocumentView) -> Option<DocumentId> {
    view.events.iter().rev().find_map(|event| named(&event.note).map(|(id, _)| id))
}

/// The advice that set the third mark, where one did.
fn answered_by(view: &DocumentView) -> Option<DocumentId> {
    let last = view.advices.last().filter(|_| view.document.answer.is_some() && !advice::has_own_answer(view.document.kind))?;
    Some(last.advice_id)
}

/// A step may name the document that caused it: "Functional acknowledgment ID".
fn named(note: &str) -> Option<(DocumentId, &str)> {
    let (words, id) = note.rsplit_once(' ')?;
    Some((id.parse().ok()?, words))
}

/// Every step, oldest first.
pub(super) fn steps(view: &DocumentView, cx: &PageContext) -> impl IntoView + use<> {
    let mut events: Vec<_> = view.events.iter().collect();
    // Steps of one moment are told in the order a document can take them.
    events.sort_by_key(|event| (event.at, DocumentStatus::ALL.iter().position(|status| *status == event.status)));
    let mut told: Vec<_> = events.into_iter().map(|event| (event.at, entry(event, cx))).collect();
    told.extend(view.advices.iter().map(|advice| (advice.at, advised(advice, cx))));
    told.sort_by_key(|(at, _)| *at);
    let mut entries: Vec<_> = told.into_iter().map(|(_, entry)| entry).collect();
    if let (DocumentStatus::Validated, Some(release)) = (view.document.status, view.document.release_at) {
        let chip = parts::of_status(DocumentStatus::Sent);
        let mut next = Entry::new("release", chip.icon, chip.role, "Leaves", text::moment_exact(release, &cx.zone));
        next.future = true;
        entries.push(next);
    }
    view! { <Timeline entries=entries live="document-life"/> }
}

fn entry(event: &DocumentEvent, cx: &PageContext) -> Entry {
    let chip = parts::of_status(event.status);
    let mut entry = Entry::new(event.id.to_string(), chip.icon, chip.role, chip.word, text::moment_exact(event.at, &cx.zone));
    entry.when_iso = Some(event.at.to_string());
    entry.who = Some(event.actor.clone());
    match named(&event.note) {
        Some((id, words)) => {
            entry.href = Some(format!("/documents/{id}"));
            entry.detail = Some(words.to_owned());
        }
        None => entry.detail = Some(event.note.clone()).filter(|note| !note.is_empty()),
    }
    entry
}

/// What the receiver's application said: no status of the document, and a step of its life all the same.
fn advised(advice: &Advice, cx: &PageContext) -> Entry {
    let chip = advised::chip(advice.verdict);
    let mut entry = Entry::new(advice.advice_id.to_string(), chip.icon, chip.role, chip.word, text::moment_exact(advice.at, &cx.zone));
    entry.when_iso = Some(advice.at.to_string());
    entry.who.clone_from(&advice.by_name);
    entry.href = Some(format!("/documents/{}", advice.advice_id));
    entry.detail = Some(format!("Application advice {}", advice.advice_number));
    entry
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_step_names_the_document_behind_it() {
        let (id, words) = named("Functional acknowledgment 0198c1de-0000-7000-8000-000000000001").unwrap();
        assert_eq!((id.to_string().as_str(), words), ("0198c1de-0000-7000-8000-000000000001", "Functional acknowledgment"));
        assert!(named("Interchange 000000007").is_none());
    }
}
