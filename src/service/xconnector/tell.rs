//! Events that go out, once for each endpoint that wants them: what happens to cases, and to documents, orders, shipments
//! and invoices. Nothing goes back to the system it came from.

use serde_json::{Map, Value, json};

use super::PREFIX_OUT;
use crate::{
    connectors::xconnector::Event,
    domain::{
        advice::ApplicationVerdict,
        document::{DocumentKind, DocumentStatus},
        ids::{CaseId, DeliveryId, DocumentId, OrganisationId},
    },
    service::{
        Context, Error, Result,
        cases::{PORTICO, refer, withdraw},
        community,
        systems::tell::{self, Since, Step, Subject},
    },
    store::{
        Conn, Scope,
        attachments::Attachment,
        bonds,
        cases::{Case, CaseEvent},
        documents::{self, Document},
        endpoints::{self, Endpoint},
        files::hex,
        organisations,
        references::{self, Reference},
    },
};

/// The type of the event that begins a case.
const OPENED: &str = "case.opened";

/// What of an event says what a case is about; filled in where the rows are at hand.
const REFERENCES: &str = "references";

/// Where our events happen.
const SOURCE: &str = "/portico";

/// An event to be told.
struct News {
    /// Its type, without the prefix.
    kind: &'static str,
    data: Map<String, Value>,
    /// The system that said so.
    origin: String,
}

impl News {
    fn new(kind: &'static str, origin: &str, data: Value) -> Self {
        let data = if let Value::Object(data) = data { data } else { Map::new() };
        Self { kind, data, origin: origin.to_owned() }
    }
}

/// Tells an endpoint what was written in a case and what happened to it.
pub(in crate::service) async fn case(context: &Context, conn: &mut Conn, endpoint: &Endpoint, case: &Case, since: &Since) -> Result<()> {
    let told = since.steps.iter().flat_map(|step| news(step, case)).chain(since.files.iter().map(file));
    let mut told: Vec<News> = told.filter(|news| wants(endpoint, news)).collect();
    let Some(begins) = told.first().map(|first| first.kind == OPENED) else { return Ok(()) };
    let subject = Subject::of_case(case.id);
    let bond = since.bonds.iter().find(|bond| bond.system == endpoint.system);
    // Who hears of a case for the first time hears first that there is one.
    if bond.is_none() && !begins && endpoints::last_sequence(conn, endpoint.id, &subject.name).await? == 0 {
        told.splice(0..0, Some(opened(case, PORTICO, "")).filter(|news| wants(endpoint, news)));
    }
    let mut head = head(conn, case).await?;
    let peer = match bond {
        Some(bond) => Some(bond.external_id.clone()),
        None => bonds::claims(conn, case.id).await?.into_iter().find(|(system, _)| *system == endpoint.system).map(|(_, id)| id),
    };
    if let Some(peer) = peer {
        head.insert("peer_case".to_owned(), peer.into());
    }
    for mut news in told {
        // Of what a case is about, all is said, as it is now.
        if news.data.contains_key(REFERENCES) {
            news.data.insert(REFERENCES.to_owned(), all_references(conn, case.id).await?);
        }
        put(context, conn, endpoint, &subject, &news, &head).await?;
    }
    Ok(())
}

/// What every event about a case says first.
async fn head(conn: &mut Conn, case: &Case) -> Result<Map<String, Value>> {
    let partner = code(conn, case.counterparty_id).await?;
    let head = json!({ "partner": partner, "case": case.id, "number": case.number });
    Ok(if let Value::Object(head) = head { head } else { Map::new() })
}

async fn code(conn: &mut Conn, id: OrganisationId) -> Result<String> {
    Ok(organisations::find(conn, id).await?.map(|found| found.code).unwrap_or_default())
}

async fn all_references(conn: &mut Conn, case: CaseId) -> Result<Value> {
    let rows = references::of_case(conn, case).await?;
    let named = |row: Reference| {
        let mut named = json!({ "type": row.kind, "number": row.number });
        if !row.line.is_empty() {
            named["line"] = row.line.into();
        }
        named
    };
    Ok(rows.into_iter().map(named).collect())
}

fn opened(case: &Case, origin: &str, detail: &str) -> News {
    let data = json!({ "kind": case.kind, "priority": case.priority, "status": case.status, "title": case.title, "detail": detail,
        REFERENCES: null });
    News::new(OPENED, origin, data)
}

/// What a step in a case is to others.
fn news(step: &Step, case: &Case) -> Vec<News> {
    match step {
        Step::Opened(event, first) => {
            vec![opened(case, &event.system, first.as_ref().map(|message| message.body.as_str()).unwrap_or_default())]
        }
        Step::Written(message) => {
            let data = json!({
                "comment": message.id, "author": message.author, "text": message.body, "visibility": message.visibility,
                "side": message.side, "at": message.at,
            });
            vec![News::new("case.commented", &message.origin, data)]
        }
        Step::Happened(event) => happened(event, case.tier),
    }
}

/// A file of a case. Its bytes are read over the machine API, or where the system keeps them that attached it.
fn file(file: &Attachment) -> News {
    let here = || format!("/api/v1/cases/{}/attachments/{}/content", file.case_id, file.id);
    let data = json!({
        "attachment": file.id, "name": file.name, "media_type": file.media_type, "sha256": hex(&file.sha256), "size": file.size,
        "url": file.url.clone().unwrap_or_else(here), "author": file.author, "visibility": file.visibility, "side": file.side,
        "at": file.at,
    });
    News::new("case.attachment.added", &file.origin, data)
}

/// What an entry of a case's history is to others. `tier` is the level of support that has the case now.
fn happened(event: &CaseEvent, tier: i64) -> Vec<News> {
    let new = |kind, data| News::new(kind, &event.system, data);
    let status = json!({ "status": event.new, "before": event.old, "note": event.note, "actor": event.actor });
    let is_settled = |code: &Option<String>| code.as_deref().is_some_and(|code| matches!(code, "resolved" | "closed"));
    match event.kind.as_str() {
        "status" => {
            let mut told = vec![new("case.status_changed", status.clone())];
            if event.new.as_deref() == Some("resolved") {
                told.push(new("case.resolved", status));
            } else if is_settled(&event.old) && !is_settled(&event.new) {
                told.push(new("case.reopened", status));
            }
            told
        }
        "priority" => vec![new("case.updated", json!({ "priority": event.new, "actor": event.actor }))],
        refer::REFERRED | refer::UNREFERRED => vec![new("case.updated", json!({ REFERENCES: null, "actor": event.actor }))],
        // The contract has no event of its own for it.
        withdraw::WITHDRAWN => {
            let file = json!({ "attachment": event.old, "name": event.new, "reason": event.note });
            vec![new("case.updated", json!({ "withdrawn": file, "actor": event.actor }))]
        }
        // A reminder, and who has it now, are for the people here.
        "escalated" if matches!(event.new.as_deref(), Some("notify" | "reassign")) => Vec::new(),
        "escalated" => {
            let tier = event.new.as_deref().and_then(|tier| tier.parse().ok()).unwrap_or(tier);
            vec![new("case.escalated", json!({ "tier": tier, "note": event.note, "actor": event.actor }))]
        }
        // A person has given it to a higher tier; one that is lower is no escalation.
        "tier" => {
            let tier = |code: &Option<String>| code.as_deref().and_then(|tier| tier.parse::<i64>().ok());
            let raised = tier(&event.new).filter(|now| tier(&event.old).is_some_and(|before| before < *now));
            raised
                .map(|tier| new("case.escalated", json!({ "tier": tier, "note": event.note, "actor": event.actor })))
                .into_iter()
                .collect()
        }
        "breached" => vec![new("sla.breached", json!({ "promise": event.new, "note": event.note }))],
        _ => Vec::new(),
    }
}

/// What of the trade is told besides cases.
pub(in crate::service) struct Trade<'a> {
    /// `order`, `shipment`, `invoice` or `document`.
    pub kind: &'static str,
    /// Its id here.
    pub id: String,
    /// Its number.
    pub number: &'a str,
    /// The partner it is with.
    pub partner: OrganisationId,
}

/// Tells that an order, a shipment or an invoice came to another state.
pub(in crate::service) async fn status(context: &Context, conn: &mut Conn, of: Trade<'_>, before: Option<&str>, now: &str) -> Result<()> {
    let kind = match of.kind {
        "order" => "order.status_changed",
        "shipment" => "shipment.status_changed",
        _ => "invoice.status_changed",
    };
    if before == Some(now) {
        return Ok(());
    }
    Box::pin(trade(context, conn, of, kind, json!({ "status": now, "before": before }))).await
}

/// Tells what became of a document on the wire: it came, either side refused it, its receiver has read it. What only
/// acknowledges another document is not told of.
pub(in crate::service) async fn document(context: &Context, conn: &mut Conn, id: DocumentId, reached: DocumentStatus) -> Result<()> {
    let kind = match reached {
        DocumentStatus::New => "document.received",
        DocumentStatus::Rejected | DocumentStatus::Refused => "document.rejected",
        DocumentStatus::Acknowledged | DocumentStatus::AcknowledgedWithErrors => "document.acknowledged",
        _ => return Ok(()),
    };
    if endpoints::list(conn).await?.is_empty() {
        return Ok(());
    }
    let Some(document) = documents::find(conn, Scope::Hub, id).await? else { return Ok(()) };
    let is_answer = matches!(document.kind, DocumentKind::FunctionalAcknowledgment | DocumentKind::InterchangeAcknowledgment);
    let Some(partner) = document.counterparty_id.filter(|_| !is_answer) else { return Ok(()) };
    let findings = document.findings.0.as_array().cloned().unwrap_or_default();
    let reasons: Vec<&str> =
        findings.iter().filter(|finding| finding["severity"] == "error").filter_map(|finding| finding["message"].as_str()).collect();
    let more = json!({
        "type": document.kind, "code": document.code, "direction": document.direction, "status": reached, "reasons": reasons,
    });
    Box::pin(trade(context, conn, Trade { kind: "document", id: id.to_string(), number: &document.number, partner }, kind, more)).await
}

/// Tells that the receiver's application did not take a document that it could read. What it said of the syntax stays.
pub(in crate::service) async fn not_taken(
    context: &Context,
    conn: &mut Conn,
    document: &Document,
    verdict: ApplicationVerdict,
    reasons: &[String],
) -> Result<()> {
    let Some(partner) = document.counterparty_id else { return Ok(()) };
    let more = json!({
        "type": document.kind, "code": document.code, "direction": document.direction, "status": document.status, "reasons": reasons,
        "verdict": verdict,
    });
    let of = Trade { kind: "document", id: document.id.to_string(), number: &document.number, partner };
    Box::pin(trade(context, conn, of, "document.rejected", more)).await
}

async fn trade(context: &Context, conn: &mut Conn, of: Trade<'_>, kind: &'static str, more: Value) -> Result<()> {
    let endpoints = endpoints::list(conn).await?;
    let news = News::new(kind, PORTICO, more);
    let endpoints: Vec<_> = endpoints.iter().filter(|endpoint| wants(endpoint, &news)).collect();
    if endpoints.is_empty() {
        return Ok(());
    }
    let subject = Subject { name: format!("{}/{}", of.kind, of.id), case: None };
    let head = json!({ "partner": code(conn, of.partner).await?, "id": of.id, "number": of.number });
    let head = if let Value::Object(head) = head { head } else { Map::new() };
    for endpoint in endpoints {
        put(context, conn, endpoint, &subject, &news, &head).await?;
    }
    Ok(())
}

/// Whether an endpoint takes events and wants this one. Active Community takes none: it is told in another way, and of
/// cases only.
fn wants(endpoint: &Endpoint, news: &News) -> bool {
    let types = &endpoint.types.0;
    endpoint.system != community::SYSTEM
        && endpoint.system != news.origin
        && (types.is_empty() || types.iter().any(|wanted| wanted == news.kind))
}

/// Puts an event into the outbox of an endpoint.
async fn put(
    context: &Context,
    conn: &mut Conn,
    endpoint: &Endpoint,
    subject: &Subject,
    news: &News,
    head: &Map<String, Value>,
) -> Result<()> {
    let mut data = head.clone();
    data.extend(news.data.clone());
    let (kind, time) = (format!("{PREFIX_OUT}{}", news.kind), context.now().to_string());
    let body = |id: DeliveryId, sequence: i64| {
        let event = Event {
            specversion: "1.0".to_owned(),
            id: id.to_string(),
            source: SOURCE.to_owned(),
            kind: kind.clone(),
            subject: Some(subject.name.clone()),
            time: Some(time),
            datacontenttype: Some("application/json".to_owned()),
            sequence: Some(sequence.to_string()),
            data: Value::Object(data),
        };
        serde_json::to_string(&event).map_err(|error| Error::Internal(error.to_string()))
    };
    tell::put(context, conn, endpoint, subject, kind.clone(), body).await
}
