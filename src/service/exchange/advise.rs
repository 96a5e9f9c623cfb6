//! What a receiver's application says of documents that it could read (824): kept beside them, told to their sender, and
//! an exception where it did not take one. What the acknowledgment of the syntax said (997) is another matter and stays.

use std::collections::BTreeMap;

use super::{Applied, Incoming, forward};
use crate::{
    domain::{
        advice::{self, ApplicationVerdict, Reach},
        document::DocumentKind,
        ids::DocumentId,
        message::{AdviceError, AdviceVerdict, ApplicationAdvice},
    },
    edi::x12::{envelope::same_number, sets},
    service::{
        Context, Result,
        exceptions::{self, Root},
        history::{self, Entry, Subject},
        notify::causes,
        xconnector,
    },
    store::{
        Conn, Scope,
        advices::{self, NewAdvice},
        documents::{self, Document},
        transmissions,
    },
    text,
};

/// What all of an advice says of one document.
struct Said {
    document: Document,
    code: String,
    verdict: ApplicationVerdict,
    errors: Vec<AdviceError>,
}

/// Applies an 824.
pub(super) async fn apply(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, content: &ApplicationAdvice) -> Result<Applied> {
    let mut remarks = Vec::new();
    let mut all: BTreeMap<DocumentId, Said> = BTreeMap::new();
    for item in &content.verdicts {
        // Other codes were refused with the set.
        let Some((reach, verdict)) = advice::read(&item.verdict) else { continue };
        let found = spoken_of(conn, incoming, item, reach).await?;
        if found.is_empty() {
            remarks.push(unknown(item));
        }
        for document in found {
            let said = all.entry(document.id).or_insert_with(|| Said { document, code: item.verdict.clone(), verdict, errors: Vec::new() });
            if verdict > said.verdict {
                (said.verdict, said.code) = (verdict, item.verdict.clone());
            }
            said.errors.extend(item.errors.iter().cloned());
        }
    }
    let mut applied = Applied { remarks, ..Applied::default() };
    for said in all.values() {
        keep(context, conn, incoming, said).await?;
        applied.concerned.extend(said.document.counterparty_id);
    }
    // What speaks of several things is about none of them alone.
    let subjects: Vec<_> = all.values().map(|said| (said.document.order_id, said.document.shipment_id, said.document.invoice_id)).collect();
    if let Some((first, rest)) = subjects.split_first()
        && rest.iter().all(|other| other == first)
    {
        (applied.order, applied.shipment, applied.invoice) = *first;
    }
    Ok(applied)
}

fn unknown(item: &AdviceVerdict) -> String {
    let place = match (&item.group_control_number, &item.control_number) {
        (Some(group), Some(set)) => format!(" (group {group}, set {set})"),
        (Some(group), None) => format!(" (group {group})"),
        _ => String::new(),
    };
    format!(
        "It speaks of {} {}{place}, which was never sent to this partner. Ask its sender which document is meant.",
        item.qualifier, item.number
    )
}

/// The documents that a verdict speaks of: by their place on the wire, or by their number where a network has put them into
/// another envelope on the way.
async fn spoken_of(conn: &mut Conn, incoming: &Incoming<'_>, item: &AdviceVerdict, reach: Reach) -> Result<Vec<Document>> {
    let found = by_place(conn, incoming, item, reach).await?;
    if found.is_empty() { by_number(conn, incoming, item).await } else { Ok(found) }
}

async fn by_place(conn: &mut Conn, incoming: &Incoming<'_>, item: &AdviceVerdict, reach: Reach) -> Result<Vec<Document>> {
    let Some(control) = &item.group_control_number else { return Ok(Vec::new()) };
    let envelope = incoming.interchange;
    let groups = transmissions::sent_groups(
        conn,
        (&envelope.receiver_qualifier, &envelope.receiver_value),
        (&envelope.sender_qualifier, &envelope.sender_value),
        // As we write it: senders quote it with zeros before it, too.
        control.trim_start_matches('0'),
    )
    .await?;
    let functional = item.code.as_deref().and_then(sets::find).map(|set| set.group);
    let is_meant = |document: &Document, alone: bool| match &item.control_number {
        Some(number) => same_number(document.control_number.as_deref().unwrap_or_default(), number),
        None => alone || document.number == item.number,
    };
    for group in groups.iter().filter(|group| functional.is_none_or(|functional| functional == group.functional_id)) {
        let (mut found, _) = forward::as_written(conn, group).await?;
        let alone = found.len() == 1;
        found.retain(|document| reach == Reach::Group || is_meant(document, alone));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

async fn by_number(conn: &mut Conn, incoming: &Incoming<'_>, item: &AdviceVerdict) -> Result<Vec<Document>> {
    let (writer, reader) = (incoming.sides.receiver.id, incoming.sides.sender.id);
    let wanted = item.code.as_deref().map(DocumentKind::of_x12);
    let kinds = advice::named_by(&item.qualifier);
    let fits = |kind: DocumentKind| wanted.map_or_else(|| kinds.is_empty() || kinds.contains(&kind), |wanted| wanted == kind);
    for id in advices::sent_under(conn, writer, reader, &item.number).await? {
        let found = documents::find(conn, Scope::Hub, id).await?.filter(|document| fits(document.kind));
        if let Some(document) = found {
            return Ok(vec![document]);
        }
    }
    Ok(Vec::new())
}

async fn keep(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, said: &Said) -> Result<()> {
    let document = &said.document;
    let row = NewAdvice {
        advice_id: incoming.document.id,
        document_id: document.id,
        code: said.code.clone(),
        verdict: said.verdict,
        errors: said.errors.clone(),
    };
    advices::insert(conn, &row, context.now()).await?;
    if !advice::has_own_answer(document.kind) {
        documents::set_answered(conn, document.id, said.verdict.answer(), context.now()).await?;
    }
    let reasons: Vec<String> = said.errors.iter().map(text::advice_error).collect();
    note(context, conn, incoming, said, &reasons).await?;
    if said.verdict.refuses() {
        causes::document_not_taken(context, conn, document, incoming.document.id, &reasons).await?;
        xconnector::tell::not_taken(context, conn, document, said.verdict, &reasons).await?;
    }
    exceptions::look(context, conn, [Root::Document(document.id)]).await?;
    Ok(())
}

/// Writes it down in the history of what the document is about.
async fn note(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, said: &Said, reasons: &[String]) -> Result<()> {
    let document = &said.document;
    let Some(counterparty) = document.counterparty_id else { return Ok(()) };
    let verdict = text::application_verdict(said.verdict).to_lowercase();
    let because = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(" ")) };
    let entry = Entry {
        counterparty,
        subject: Subject {
            order: document.order_id,
            shipment: document.shipment_id,
            invoice: document.invoice_id,
            document: Some(incoming.document.id),
        },
        kind: "document_advised",
        words: format!("{} {} {verdict} by the receiver's application{because}", text::document_kind(document.kind), document.number),
        changes: Vec::new(),
        actor: incoming.sender_name(),
    };
    history::note(context, conn, entry).await
}
