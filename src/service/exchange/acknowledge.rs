//! The second acknowledgment, both ways: what we say about what we read (997, TA1), and what others say about what we
//! sent. Acknowledgments are never acknowledged.

use sqlx::types::Json;

use super::{Sides, forward};
use crate::{
    domain::{
        document::{DocumentStatus, Verdict},
        ids::{DocumentId, InterchangeId, OrganisationId, TransmissionId},
        message::{self, FunctionalAcknowledgment, SetAcknowledgment},
    },
    edi::x12::{
        ack::{self, Ta1},
        envelope::same_number,
        event::{GroupVerdict, InterchangeAcknowledgment, InterchangeHeader},
    },
    service::{
        Context, Result,
        exceptions::{self, Root},
        notify::causes,
        outbox::{self, Ends, Outgoing},
    },
    store::{
        Conn,
        documents::{self, Document},
        organisations::Organisation,
        resend, transmissions,
    },
};

/// Puts the functional acknowledgment of a group into the outbox.
pub(super) async fn send_functional(
    context: &Context,
    conn: &mut Conn,
    sides: &Sides,
    interchange: InterchangeId,
    verdict: &GroupVerdict,
) -> Result<()> {
    // A set outside any group cannot be answered by a functional acknowledgment; the envelope's verdict says it.
    let Some(content) = ack::functional(verdict) else { return Ok(()) };
    let number = content.group_control_number.clone();
    let outgoing = Outgoing {
        content: message::Document::FunctionalAcknowledgment(content),
        sender: sides.receiver.id,
        receiver: sides.sender.id,
        number: &number,
        order: None,
        shipment: None,
        invoice: None,
        author: "Portico",
        release_at: context.now(),
    };
    let id = outbox::put(context, conn, outgoing).await?;
    Ok(documents::set_answers(conn, id, interchange).await?)
}

/// Tells the sender of an interchange what became of its envelope (TA1). Where the two sides are not known to trade here,
/// the `owner` of the route it came by is told, in the hub's name.
pub(super) async fn answer_interchange(
    context: &Context,
    conn: &mut Conn,
    owner: OrganisationId,
    sides: Option<&Sides>,
    interchange: InterchangeId,
    answer: &Ta1,
) -> Result<()> {
    let Some(sides) = sides else {
        let hub = outbox::hub(conn).await?.id;
        let ends = Ends { sender: hub, receiver: owner, counterparty: (owner != hub).then_some(owner) };
        outbox::put_interchange_acknowledgment(context, conn, ends, answer).await?;
        return Ok(());
    };
    let ends = Ends { sender: sides.receiver.id, receiver: sides.sender.id, counterparty: Some(sides.counterparty) };
    let id = outbox::put_interchange_acknowledgment(context, conn, ends, answer).await?;
    Ok(documents::set_answers(conn, id, interchange).await?)
}

/// What a functional acknowledgment says of the group we sent: marks its documents. `sender` is who acknowledges.
pub(super) async fn apply_functional(
    context: &Context,
    conn: &mut Conn,
    incoming: &super::apply::Incoming<'_>,
    content: &FunctionalAcknowledgment,
) -> Result<Vec<OrganisationId>> {
    let (envelope, answer) = (incoming.interchange, incoming.document);
    let group = transmissions::sent_group(
        conn,
        (&envelope.receiver_qualifier, &envelope.receiver_value),
        (&envelope.sender_qualifier, &envelope.sender_value),
        &content.functional_id,
        // As we write it: senders quote it with zeros before it, too.
        content.group_control_number.trim_start_matches('0'),
    )
    .await?;
    let Some(group) = group else {
        let words = format!(
            "It acknowledges group {} of {}, which was never sent to this partner.",
            content.group_control_number, content.functional_id
        );
        outbox::note(context, conn, answer.id, answer.status, "Portico", &words).await?;
        return Ok(Vec::new());
    };
    let whole = verdict_of(&content.status);
    transmissions::set_group_verdict(conn, group.id, whole, context.now()).await?;
    let mut concerned = Vec::new();
    for document in forward::spoken_of(context, conn, &group, incoming).await? {
        let number = document.control_number.as_deref().unwrap_or_default();
        let set = content.sets.iter().find(|set| same_number(&set.control_number, number));
        // Without a verdict of its own a document shares the group's, where that speaks for all.
        let verdict = match set {
            Some(set) => verdict_of(&set.status),
            None if whole == Verdict::Partial => continue,
            None => whole,
        };
        mark(context, conn, &document, verdict, set, &incoming.sides.sender, answer.id).await?;
        concerned.extend(document.counterparty_id);
    }
    // Nobody has to open it.
    documents::set_status(conn, answer.id, answer.status, DocumentStatus::Read, context.now()).await?;
    outbox::note(context, conn, answer.id, DocumentStatus::Read, "Portico", "").await?;
    Ok(concerned)
}

/// The verdict that a code of an acknowledgment means (elements 715 and 717): besides our own there are three for
/// failures of security (M, W, X), which reject too.
fn verdict_of(code: &str) -> Verdict {
    code.parse().unwrap_or(Verdict::Rejected)
}

async fn mark(
    context: &Context,
    conn: &mut Conn,
    document: &Document,
    verdict: Verdict,
    set: Option<&SetAcknowledgment>,
    by: &Organisation,
    source: DocumentId,
) -> Result<()> {
    let findings = set.map_or_else(|| document.findings.0.clone(), |set| in_words(set, &document.findings));
    let reached = documents::set_acknowledged(conn, document, verdict, &findings, context.now()).await?;
    if reached == DocumentStatus::Rejected {
        causes::document_refused(context, conn, document, &findings).await?;
    }
    outbox::note(context, conn, document.id, reached, &by.name, &format!("Functional acknowledgment {source}")).await?;
    exceptions::look(context, conn, [Root::Document(document.id)]).await?;
    Ok(())
}

/// The notes of an acknowledgment as findings of the document they speak of.
fn in_words(set: &SetAcknowledgment, before: &Json<serde_json::Value>) -> serde_json::Value {
    let mut findings = before.0.as_array().cloned().unwrap_or_default();
    for note in &set.notes {
        let place = note.element.map_or_else(|| note.segment.clone(), |element| format!("{}{element:02}", note.segment));
        let what =
            note.element_error.as_deref().map(element_error).or_else(|| note.error.as_deref().map(segment_error)).unwrap_or("has an error");
        findings.push(serde_json::json!({
            "severity": if set.status == "R" { "error" } else { "warning" },
            "code": "noted_by_counterpart",
            "segment": note.position + 2,
            "tag": note.segment,
            "element": note.element,
            "value": note.value,
            "message": format!("The counterpart says: {place} {what}."),
        }));
    }
    for code in &set.errors {
        findings.push(serde_json::json!({
            "severity": "error",
            "code": "noted_by_counterpart",
            "message": format!("The counterpart says: {}.", set_error(code)),
        }));
    }
    findings.into()
}

/// What an interchange acknowledgment (TA1) says of an interchange we sent: a refusal refuses its documents. Gives words
/// where we sent no such interchange.
pub(super) async fn apply_interchange_acknowledgment(
    context: &Context,
    conn: &mut Conn,
    by: &Organisation,
    header: &InterchangeHeader,
    answer: &InterchangeAcknowledgment,
) -> Result<Option<String>> {
    // As we write it: nine digits.
    let number = format!("{:0>9}", answer.control_number);
    let sent = transmissions::sent_interchange(
        conn,
        (&header.receiver_qualifier, &header.receiver),
        (&header.sender_qualifier, &header.sender),
        &number,
    )
    .await?;
    let Some(sent) = sent else {
        return Ok(Some(format!("Its TA1 speaks of interchange {number}, which was never sent to this partner.")));
    };
    if answer.status != "R" {
        return Ok(None);
    }
    // To bytes that were sent again, "used before" means that the first sending arrived.
    let is_repeat = answer.note == ack::note::DUPLICATE && was_sent_again(conn, sent.transmission_id).await?;
    for document in documents::of_transmission(conn, sent.transmission_id).await? {
        if is_repeat {
            documents::set_document_delivered(conn, &document, context.now()).await?;
            let words = "It was there already: the counterpart took this for a repeat (TA1 025).";
            outbox::note(context, conn, document.id, document.status.after_delivery(), &by.name, words).await?;
        } else {
            refused(context, conn, by, &document, &answer.note).await?;
        }
    }
    Ok(None)
}

async fn was_sent_again(conn: &mut Conn, transmission: TransmissionId) -> Result<bool> {
    let Some(row) = transmissions::find_transmission(conn, transmission).await? else { return Ok(false) };
    Ok(resend::sendings(conn, &row.file).await? > 1)
}

async fn refused(context: &Context, conn: &mut Conn, by: &Organisation, document: &Document, code: &str) -> Result<()> {
    let words = format!("Interchange refused by the counterpart with note {code}. Correct it and send it again.");
    let mut findings = document.findings.0.as_array().cloned().unwrap_or_default();
    findings.push(serde_json::json!({ "severity": "error", "code": "interchange_refused_by_counterpart", "message": words }));
    let findings = findings.into();
    let reached = documents::set_acknowledged(conn, document, Verdict::Rejected, &findings, context.now()).await?;
    causes::document_refused(context, conn, document, &findings).await?;
    outbox::note(context, conn, document.id, reached, &by.name, &words).await?;
    exceptions::look(context, conn, [Root::Document(document.id)]).await?;
    Ok(())
}

/// Element 720, our words.
fn segment_error(code: &str) -> &'static str {
    match code {
        "1" => "is a segment it does not know",
        "2" => "is not expected there",
        "3" => "is missing",
        "4" | "5" => "comes too often",
        "6" => "does not belong in this document",
        "7" => "stands in the wrong place",
        _ => "has errors",
    }
}

/// Element 723, our words.
fn element_error(code: &str) -> &'static str {
    match code {
        "1" => "is missing",
        "2" => "is missing beside the value it belongs to",
        "3" => "has too many values",
        "4" => "is too short",
        "5" => "is too long",
        "6" => "has a character that is not allowed",
        "7" => "has a code it does not know",
        "8" => "is not a date",
        "9" => "is not a time",
        "10" => "must not stand beside another value",
        _ => "has an error",
    }
}

/// Element 718, our words.
fn set_error(code: &str) -> &'static str {
    match code {
        "1" => "it does not support this document",
        "2" => "the document has no end",
        "3" => "control numbers of beginning and end differ",
        "4" => "the number of segments is wrong",
        "5" => "there are errors in segments",
        _ => "the document has errors",
    }
}
