//! The second acknowledgment, both ways: what we say about what we read (997, TA1), and what others say about what we
//! sent. Acknowledgments are never acknowledged.

use sqlx::types::Json;

use super::Sides;
use crate::{
    domain::{
        document::Verdict,
        ids::{DocumentId, OrganisationId},
        message::{self, FunctionalAcknowledgment, SetAcknowledgment},
    },
    edi::x12::{
        ack,
        event::{GroupVerdict, InterchangeAcknowledgment, InterchangeHeader},
    },
    service::{
        Context, Result,
        outbox::{self, Outgoing},
    },
    store::{
        Conn,
        documents::{self, Document},
        organisations::Organisation,
        transmissions,
    },
};

/// Puts the functional acknowledgment of a group into the outbox.
pub(super) async fn send_functional(context: &Context, conn: &mut Conn, sides: &Sides, verdict: &GroupVerdict) -> Result<()> {
    // A set outside any group cannot be answered by a functional acknowledgment; the envelope's verdict says it.
    let Some(content) = ack::functional(verdict) else { return Ok(()) };
    let number = content.group_control_number.clone();
    outbox::put(
        context,
        conn,
        Outgoing {
            content: message::Document::FunctionalAcknowledgment(content),
            sender: sides.receiver.id,
            receiver: sides.sender.id,
            number: &number,
            order: None,
            shipment: None,
            invoice: None,
            author: "Portico",
            release_at: context.now(),
        },
    )
    .await?;
    Ok(())
}

/// Tells the owner of a route that an interchange was refused whole (TA1).
pub(super) async fn refuse_interchange(
    context: &Context,
    conn: &mut Conn,
    owner: OrganisationId,
    counterparty: Option<OrganisationId>,
    header: &InterchangeHeader,
    code: &str,
) -> Result<()> {
    outbox::put_interchange_acknowledgment(context, conn, owner, counterparty, header, code).await
}

/// What a functional acknowledgment says of the group we sent: marks its documents. `sender` is who acknowledges.
pub(super) async fn apply_functional(
    context: &Context,
    conn: &mut Conn,
    incoming: &super::apply::Incoming<'_>,
    content: &FunctionalAcknowledgment,
) -> Result<Vec<OrganisationId>> {
    let envelope = incoming.interchange;
    let group = transmissions::sent_group(
        conn,
        (&envelope.receiver_qualifier, &envelope.receiver_value),
        (&envelope.sender_qualifier, &envelope.sender_value),
        &content.functional_id,
        &content.group_control_number,
    )
    .await?;
    let Some(group) = group else {
        let words = format!(
            "It acknowledges group {} of {}, which was never sent to this partner.",
            content.group_control_number, content.functional_id
        );
        outbox::note(context, conn, incoming.document.id, incoming.document.status, "Portico", &words).await?;
        return Ok(Vec::new());
    };
    let whole: Option<Verdict> = content.status.parse().ok();
    if let Some(verdict) = whole {
        transmissions::set_group_verdict(conn, group.id, verdict, context.now()).await?;
    }
    let mut concerned = Vec::new();
    for document in documents::of_group(conn, group.id).await? {
        let set = content.sets.iter().find(|set| Some(&set.control_number) == document.control_number.as_ref());
        // Without a verdict of its own a document shares the group's, where that speaks for all.
        let verdict = match set {
            Some(set) => set.status.parse().unwrap_or(Verdict::Rejected),
            None => match whole {
                Some(Verdict::Partial) | None => continue,
                Some(verdict) => verdict,
            },
        };
        mark(context, conn, &document, verdict, set, &incoming.sides.sender, incoming.document.id).await?;
        concerned.extend(document.counterparty_id);
    }
    Ok(concerned)
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
    documents::set_acknowledged(conn, document, verdict, &findings, context.now()).await?;
    let reached = document.status.after_acknowledgment(verdict);
    outbox::note(context, conn, document.id, reached, &by.name, &format!("Functional acknowledgment {source}")).await
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

/// What an interchange acknowledgment (TA1) says of an interchange we sent: a refusal refuses its documents.
pub(super) async fn apply_interchange_acknowledgment(
    context: &Context,
    conn: &mut Conn,
    by: &Organisation,
    header: &InterchangeHeader,
    answer: &InterchangeAcknowledgment,
) -> Result<()> {
    if answer.status != "R" {
        return Ok(());
    }
    let sent = transmissions::sent_interchange(
        conn,
        (&header.receiver_qualifier, &header.receiver),
        (&header.sender_qualifier, &header.sender),
        &answer.control_number,
    )
    .await?;
    let Some(sent) = sent else { return Ok(()) };
    let words = format!("Interchange refused by the counterpart with note {}. Correct it and send it again.", answer.note);
    for document in documents::of_transmission(conn, sent.transmission_id).await? {
        let mut findings = document.findings.0.as_array().cloned().unwrap_or_default();
        findings.push(serde_json::json!({ "severity": "error", "code": "interchange_refused_by_counterpart", "message": words }));
        documents::set_acknowledged(conn, &document, Verdict::Rejected, &findings.into(), context.now()).await?;
        outbox::note(context, conn, document.id, document.status.after_acknowledgment(Verdict::Rejected), &by.name, &words).await?;
    }
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
