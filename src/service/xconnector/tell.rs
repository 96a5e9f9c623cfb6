//! Events that go out: written in the transaction that changes what they tell of, once for each endpoint that wants
//! them. Nothing goes back to the system it came from, and nothing that partners cannot see leaves at all.

use serde_json::{Map, Value, json};

use super::{PREFIX_OUT, deliver};
use crate::{
    connectors::xconnector::Event,
    domain::{
        case::Visibility,
        document::{DocumentKind, DocumentStatus},
        ids::{CaseId, DocumentId, OrganisationId},
    },
    service::{Context, Error, Result, cases::PORTICO},
    store::{
        Conn, Scope,
        attachments::{self, Attachment},
        bonds,
        cases::{self, Case, CaseEvent, Message},
        dialect, documents,
        endpoints::{self, Delivery, Endpoint},
        files::hex,
        organisations,
    },
};

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

/// What events are about.
struct Subject {
    /// Such as `case/ID`.
    name: String,
    case: Option<CaseId>,
}

/// Tells what was written in a case and what happened to it since the last time. Called wherever a case is saved.
pub(in crate::service) async fn case(context: &Context, conn: &mut Conn, case: &Case) -> Result<()> {
    let (messages, events) = cases::take_untold(conn, case.id).await?;
    let endpoints = endpoints::list(conn).await?;
    if endpoints.is_empty() {
        return Ok(());
    }
    let mut told: Vec<News> = steps(case.counterparty_id, messages, events).into_iter().flat_map(|step| step.news(case)).collect();
    for news in told.iter_mut().filter(|news| news.kind == OPENED) {
        news.data.insert("references".to_owned(), references(conn, case.id).await?);
    }
    if told.iter().any(|news| news.kind == ATTACHED) {
        let files = attachments::of_case(conn, Scope::Hub, case.id).await?;
        told.retain_mut(|news| news.kind != ATTACHED || describe(news, &files));
    }
    let subject = Subject { name: format!("case/{}", case.id), case: Some(case.id) };
    let bonds = bonds::of_case(conn, case.id).await?;
    for endpoint in &endpoints {
        let bond = bonds.iter().find(|bond| bond.system == endpoint.system);
        let mut head = head(conn, case).await?;
        if let Some(bond) = bond {
            head.insert("peer_case".to_owned(), bond.external_id.clone().into());
        }
        let wanted: Vec<&News> = told.iter().filter(|news| wants(endpoint, news)).collect();
        // Who hears of a case for the first time hears first that there is one.
        if bond.is_none()
            && wanted.first().is_some_and(|first| first.kind != OPENED)
            && endpoints::last_sequence(conn, endpoint.id, &subject.name).await? == 0
        {
            let opening = opening(conn, case).await?;
            put(context, conn, endpoint, &subject, &opening, &head).await?;
        }
        for news in wanted {
            put(context, conn, endpoint, &subject, news, &head).await?;
        }
    }
    Ok(())
}

/// The type of the event that begins a case.
const OPENED: &str = "case.opened";
/// The type of the event about a file.
const ATTACHED: &str = "case.attachment.added";

/// Says of which file news of an attachment is; `false` where it is not there any more.
fn describe(news: &mut News, files: &[Attachment]) -> bool {
    let Some(file) = files.iter().find(|file| news.data.get("attachment") == Some(&json!(file.id))) else { return false };
    let path = format!("/api/v1/cases/{}/attachments/{}/content", file.case_id, file.id);
    let more = json!({
        "name": file.name, "media_type": file.media_type, "size": file.size, "sha256": hex(&file.sha256), "url": path,
        "author": file.author, "side": file.side, "at": file.at,
    });
    news.data.extend(more.as_object().cloned().unwrap_or_default());
    true
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

async fn references(conn: &mut Conn, case: CaseId) -> Result<Value> {
    let rows = cases::references(conn, case).await?;
    Ok(rows.into_iter().map(|row| json!({ "type": row.kind, "number": row.number })).collect())
}

/// A case that was opened before there was anybody to tell.
async fn opening(conn: &mut Conn, case: &Case) -> Result<News> {
    let mut news = opened(case, PORTICO, "");
    news.data.insert("references".to_owned(), references(conn, case.id).await?);
    Ok(news)
}

fn opened(case: &Case, origin: &str, detail: &str) -> News {
    let data = json!({ "kind": case.kind, "priority": case.priority, "status": case.status, "title": case.title, "detail": detail });
    News::new(OPENED, origin, data)
}

/// Something to be told of, in the order it happened.
enum Step {
    /// Opened, with the first message where both sides may read it.
    Opened(CaseEvent, Option<Message>),
    Written(Message),
    Happened(CaseEvent),
}

/// What the partner that a case is with can see, in order; what happened in one transaction happened at one time: first the opening, then what
/// was written, then what follows from it.
fn steps(partner: OrganisationId, messages: Vec<Message>, events: Vec<CaseEvent>) -> Vec<Step> {
    let (opened, events): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.kind == "opened");
    let mut messages = messages.into_iter().filter(|message| message.readers().hold(partner)).peekable();
    let mut steps = Vec::new();
    for event in opened {
        let first = messages.next_if(|message| message.at == event.at);
        steps.push((event.at, 0, Step::Opened(event, first)));
    }
    steps.extend(messages.map(|message| (message.at, 1, Step::Written(message))));
    let events =
        events.into_iter().filter(|event| event.visibility == Visibility::Partner && event.reader_id.is_none_or(|only| only == partner));
    steps.extend(events.map(|event| (event.at, 2, Step::Happened(event))));
    steps.sort_by_key(|(at, rank, _)| (*at, *rank));
    steps.into_iter().map(|(.., step)| step).collect()
}

impl Step {
    fn news(self, case: &Case) -> Vec<News> {
        match self {
            Self::Opened(event, first) => vec![opened(case, &event.system, &first.map(|message| message.body).unwrap_or_default())],
            Self::Written(message) => {
                let data = json!({
                    "comment": message.id, "author": message.author, "text": message.body, "visibility": message.visibility,
                    "side": message.side, "at": message.at,
                });
                vec![News::new("case.commented", &message.origin, data)]
            }
            Self::Happened(event) => happened(&event, case.tier),
        }
    }
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
        "attached" => event.old.as_ref().map(|id| new(ATTACHED, json!({ "attachment": id }))).into_iter().collect(),
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

async fn trade(context: &Context, conn: &mut Conn, of: Trade<'_>, kind: &'static str, more: Value) -> Result<()> {
    let endpoints = endpoints::list(conn).await?;
    if endpoints.is_empty() {
        return Ok(());
    }
    let subject = Subject { name: format!("{}/{}", of.kind, of.id), case: None };
    let head = json!({ "partner": code(conn, of.partner).await?, "id": of.id, "number": of.number });
    let head = if let Value::Object(head) = head { head } else { Map::new() };
    let news = News::new(kind, PORTICO, more);
    for endpoint in &endpoints {
        put(context, conn, endpoint, &subject, &news, &head).await?;
    }
    Ok(())
}

fn wants(endpoint: &Endpoint, news: &News) -> bool {
    let types = &endpoint.types.0;
    endpoint.system != news.origin && (types.is_empty() || types.iter().any(|wanted| wanted == news.kind))
}

/// Puts an event into the outbox of an endpoint, where it wants it.
async fn put(
    context: &Context,
    conn: &mut Conn,
    endpoint: &Endpoint,
    subject: &Subject,
    news: &News,
    head: &Map<String, Value>,
) -> Result<()> {
    if !wants(endpoint, news) {
        return Ok(());
    }
    let mut data = head.clone();
    data.extend(news.data.clone());
    dialect::lock(conn, &format!("events {} {}", endpoint.id, subject.name)).await?;
    let sequence = endpoints::last_sequence(conn, endpoint.id, &subject.name).await? + 1;
    let id = context.id();
    let event = Event {
        specversion: "1.0".to_owned(),
        id: format!("{id}"),
        source: SOURCE.to_owned(),
        kind: format!("{PREFIX_OUT}{}", news.kind),
        subject: Some(subject.name.clone()),
        time: Some(context.now().to_string()),
        datacontenttype: Some("application/json".to_owned()),
        sequence: Some(sequence.to_string()),
        data: Value::Object(data),
    };
    let row = Delivery {
        id,
        endpoint_id: endpoint.id,
        kind: event.kind.clone(),
        subject: subject.name.clone(),
        sequence,
        case_id: subject.case,
        body: serde_json::to_string(&event).map_err(|error| Error::Internal(error.to_string()))?,
        state: "waiting".to_owned(),
        attempts: 0,
        due_at: context.now(),
        failure: None,
        settled_at: None,
        at: context.now(),
    };
    endpoints::insert_delivery(conn, &row).await?;
    deliver::wake(context, conn, endpoint.id, context.now()).await
}
