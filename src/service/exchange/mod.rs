//! Taking documents in. The raw bytes are kept first; then the file is read, and in one transaction every interchange,
//! group and document is written down, accepted documents are applied, and the acknowledgments they cause are put into
//! the outbox. Accepted sets are applied whole, rejected ones not at all, and nothing is taken twice.

pub mod acknowledge;
mod advise;
mod apply;
pub mod correction;
pub mod forward;
pub mod parties;
pub mod segments;
pub mod view;

pub use apply::{Applied, Incoming};

use bytes::Bytes;
use serde::Serialize;
use sqlx::types::Json;

use super::{
    Context, Error, Result,
    exceptions::{self, Root},
    notify::causes,
    outbox,
};
use crate::{
    domain::{
        document::{Direction, DocumentKind, DocumentStatus, Verdict},
        ids::{DocumentId, GroupId, InterchangeId, OrganisationId, RouteId, TransmissionId},
    },
    edi::{
        Finding, Severity,
        x12::{self, ack::Ta1, event},
    },
    store::{
        Conn,
        documents::{self, Document},
        files,
        organisations::{self, Organisation},
        transmissions::{self, Group, Interchange, Transmission},
    },
};

/// Where bytes came from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The route; none for the machine API.
    pub route: Option<RouteId>,
    /// Whose route or key it is: where an answer goes when the bytes do not say.
    pub owner: OrganisationId,
    /// File name, as given.
    pub name: String,
    /// What the transport calls it.
    pub handle: Option<String>,
    /// Nothing that comes this way is acknowledged.
    pub is_copy: bool,
    /// Test interchanges (ISA15 `T`) are refused; otherwise they are taken like real ones.
    pub refuses_test: bool,
}

impl Source {
    /// The row of a file that came this way.
    fn transmission(&self, context: &Context, bytes: &Bytes) -> Transmission {
        let (id, now) = (context.id(), context.now());
        Transmission {
            id,
            direction: Direction::In,
            route_id: self.route,
            owner_id: Some(self.owner),
            // PostgreSQL keeps no text with a NUL.
            name: self.name.replace('\0', "\u{fffd}"),
            handle: self.handle.clone(),
            sha256: files::sha256(bytes),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            file: parties::file_name(id, now),
            status: RECEIVED.to_owned(),
            failure: None,
            delivered_at: None,
            created_at: now,
        }
    }

    /// What became of this file when it was delivered before: a route that was not told delivers it again.
    async fn earlier(&self, context: &Context) -> Result<Option<Receipt>> {
        let (Some(route), Some(handle)) = (self.route, &self.handle) else { return Ok(None) };
        let earlier = transmissions::received_as(&mut context.db.read().await?, route, handle).await?;
        Ok(earlier.map(|row| Receipt {
            transmission: row.id,
            status: if row.status == REFUSED { REFUSED } else { RECEIVED },
            failure: row.failure,
        }))
    }
}

/// Something in a file was taken.
const RECEIVED: &str = "received";
/// Nothing was.
const REFUSED: &str = "refused";

/// What became of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// The transmission.
    pub transmission: TransmissionId,
    /// `received`: something in it was taken; `refused`: nothing was.
    pub status: &'static str,
    /// Why nothing was taken, in words.
    pub failure: Option<String>,
}

/// Both sides of an interchange.
struct Sides {
    sender: Organisation,
    receiver: Organisation,
    /// The side besides the hub.
    counterparty: OrganisationId,
    /// Whether Portico acknowledges in the receiver's name.
    acknowledges: bool,
}

/// What happened in a file, gathered while it is taken in.
#[derive(Default)]
struct Outcome {
    taken: bool,
    failures: Vec<String>,
    concerned: Vec<OrganisationId>,
}

/// Takes a file in.
pub async fn receive(context: &Context, source: Source, bytes: Bytes) -> Result<Receipt> {
    if let Some(earlier) = source.earlier(context).await? {
        return Ok(earlier);
    }
    let mut transmission = source.transmission(context, &bytes);
    context.files.put(&transmission.file, bytes.clone()).await?;
    let reading = {
        let bytes = bytes.clone();
        tokio::task::spawn_blocking(move || read(&bytes)).await.map_err(|error| Error::Internal(error.to_string()))?
    };

    let mut tx = context.db.begin().await?;
    transmissions::insert_transmission(&mut tx, &transmission).await?;
    let mut outcome = Outcome::default();
    for finding in &reading.stray {
        outcome.failures.push(finding.message.clone());
    }
    for (position, interchange) in (0i64..).zip(&reading.interchanges) {
        let row = interchange_row(context, transmission.id, position, interchange, &bytes);
        take_interchange(context, &mut tx, &source, row, interchange, &mut outcome).await?;
    }
    if !outcome.taken {
        let why = outcome.failures.first().cloned().unwrap_or_else(|| "There is no interchange in this file.".to_owned());
        transmission.failure = Some(why);
        transmissions::set_transmission(&mut tx, transmission.id, REFUSED, None, transmission.failure.as_deref()).await?;
    }
    let told = exceptions::taken::file(context, &mut tx, transmission.id, source.owner, &transmission.name).await?;
    outcome.concerned.extend(exceptions::concerned(&told));
    tx.commit().await?;
    outcome.concerned.sort_unstable();
    outcome.concerned.dedup();
    for party in outcome.concerned {
        context.live.publish(Some(party));
    }
    let status = if outcome.taken { RECEIVED } else { REFUSED };
    Ok(Receipt { transmission: transmission.id, status, failure: transmission.failure })
}

/// Keeps a file that is refused unread: what there is of it, and why.
pub async fn refuse(context: &Context, source: Source, bytes: Bytes, why: &str) -> Result<Receipt> {
    if let Some(earlier) = source.earlier(context).await? {
        return Ok(earlier);
    }
    let transmission = Transmission { status: REFUSED.to_owned(), failure: Some(why.to_owned()), ..source.transmission(context, &bytes) };
    context.files.put(&transmission.file, bytes).await?;
    let mut tx = context.db.begin().await?;
    transmissions::insert_transmission(&mut tx, &transmission).await?;
    let told = exceptions::taken::file(context, &mut tx, transmission.id, source.owner, &transmission.name).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    Ok(Receipt { transmission: transmission.id, status: REFUSED, failure: transmission.failure })
}

/// The row of an interchange that was read and not judged yet.
fn interchange_row(
    context: &Context,
    transmission: TransmissionId,
    position: i64,
    read: &event::Interchange,
    bytes: &Bytes,
) -> Interchange {
    let header = &read.header;
    Interchange {
        id: context.id::<InterchangeId>(),
        transmission_id: transmission,
        direction: Direction::In,
        position,
        standard: "X12".to_owned(),
        sender_qualifier: header.sender_qualifier.clone(),
        sender_value: header.sender.clone(),
        receiver_qualifier: header.receiver_qualifier.clone(),
        receiver_value: header.receiver.clone(),
        control_number: header.control_number.clone(),
        sha256: files::sha256(slice(bytes, read.verdict.bytes)),
        is_taken: false,
        ta1: None,
        findings: Json(serde_json::json!([])),
        created_at: context.now(),
    }
}

async fn take_interchange(
    context: &Context,
    conn: &mut Conn,
    source: &Source,
    mut row: Interchange,
    read: &event::Interchange,
    outcome: &mut Outcome,
) -> Result<()> {
    let sides = sides(conn, source, &read.header).await?;
    // Two files with the same envelope must not both see "not taken yet".
    let key =
        format!("{}:{}>{}:{}#{}", row.sender_qualifier, row.sender_value, row.receiver_qualifier, row.receiver_value, row.control_number);
    crate::store::dialect::lock(conn, &key).await?;
    let earlier = transmissions::taken(conn, &row).await?;
    let sides = match (sides, earlier) {
        (Err(refusal), _) => return refuse_interchange(context, conn, source, row, read, None, refusal, outcome).await,
        (Ok(_), Some(earlier)) if earlier.sha256 == row.sha256 => {
            // Delivered again: nothing to do, and nothing to complain about.
            let words = format!("Taken already on {}; nothing was done again", earlier.created_at);
            row.ta1 = Some(x12::ack::note::NONE.to_owned());
            row.findings = with(&read.verdict.findings, Finding::new(Severity::Info, "already_taken", read.header.offset, words));
            outcome.taken = true;
            return Ok(transmissions::insert_interchange(conn, &row).await?);
        }
        (Ok(sides), earlier) => match objection(source, read, &row, earlier.is_some()) {
            Some(refusal) => return refuse_interchange(context, conn, source, row, read, Some(&sides), refusal, outcome).await,
            None => sides,
        },
    };
    let mut findings = read.verdict.findings.clone();
    for answer in &read.acknowledgments {
        let remark = acknowledge::apply_interchange_acknowledgment(context, conn, &sides.sender, &read.header, answer).await?;
        findings.extend(remark.map(|words| Finding::new(Severity::Warning, "acknowledgment_unmatched", read.header.offset, words)));
    }
    row.is_taken = true;
    row.ta1 = Some(read.verdict.note.to_owned());
    row.findings = json(&findings);
    transmissions::insert_interchange(conn, &row).await?;
    outcome.taken = true;
    outcome.concerned.push(sides.counterparty);
    for (position, group) in (0i64..).zip(&read.groups) {
        take_group(context, conn, source, &row, &sides, position, group, outcome).await?;
    }
    forward::plan(context, conn, source, &sides, &row, read).await?;
    if read.header.ack_requested && !source.is_copy && sides.acknowledges && !is_answer(read) {
        let answer = Ta1::of(&read.header, &read.verdict);
        acknowledge::answer_interchange(context, conn, source.owner, Some(&sides), row.id, &answer).await?;
    }
    Ok(())
}

/// Keeps an interchange that is refused whole, with the reason, and tells whoever sent it.
#[allow(clippy::too_many_arguments)] // all that is known of the interchange by then
async fn refuse_interchange(
    context: &Context,
    conn: &mut Conn,
    source: &Source,
    mut row: Interchange,
    read: &event::Interchange,
    sides: Option<&Sides>,
    refusal: Refusal,
    outcome: &mut Outcome,
) -> Result<()> {
    let Refusal { code, message } = refusal;
    row.ta1 = Some(code.to_owned());
    row.findings = if read.verdict.findings.iter().any(Finding::is_error) {
        json(&read.verdict.findings)
    } else {
        with(&read.verdict.findings, Finding::new(Severity::Error, "interchange_refused", read.header.offset, message.clone()))
    };
    transmissions::insert_interchange(conn, &row).await?;
    if let Some(sides) = sides.filter(|_| !is_answer(read)) {
        causes::interchange_refused(context, conn, &sides.sender, &row, &message).await?;
        outcome.concerned.push(sides.counterparty);
    }
    outcome.failures.push(message);
    if !source.is_copy && !is_answer(read) {
        let answer = Ta1::refusal(&read.header, code);
        acknowledge::answer_interchange(context, conn, source.owner, sides, row.id, &answer).await?;
    }
    Ok(())
}

/// Why an interchange between two companies that trade here is not taken all the same.
fn objection(source: &Source, read: &event::Interchange, row: &Interchange, is_number_used: bool) -> Option<Refusal> {
    if is_number_used {
        let message = format!(
            "Interchange control number {} was used before with other contents. Send it again under a new number.",
            row.control_number
        );
        return Some(Refusal { code: x12::ack::note::DUPLICATE, message });
    }
    if read.verdict.status == "R" {
        let fault = read.verdict.findings.iter().find(|finding| finding.is_error());
        let message = fault.map_or_else(|| "The envelope is broken.".to_owned(), |fault| fault.message.clone());
        return Some(Refusal { code: read.verdict.note, message });
    }
    if read.header.usage == "T" && source.refuses_test {
        let message = "This is a test interchange (ISA15 is T), and this connection takes real ones only. Send it as production (P), \
                       or take refuse_test out of the settings of the connection.";
        return Some(Refusal { code: x12::ack::note::TEST, message: message.to_owned() });
    }
    None
}

/// Whether an interchange holds nothing but acknowledgments. Those are never acknowledged themselves.
fn is_answer(read: &event::Interchange) -> bool {
    let holds_something = !read.groups.is_empty() || !read.acknowledgments.is_empty();
    holds_something && read.groups.iter().all(|group| group.header.functional_id == "FA")
}

async fn take_group(
    context: &Context,
    conn: &mut Conn,
    source: &Source,
    interchange: &Interchange,
    sides: &Sides,
    position: i64,
    read: &event::Group,
    outcome: &mut Outcome,
) -> Result<()> {
    let is_acknowledgment = read.header.functional_id == "FA";
    let verdict: Option<Verdict> = read.verdict.status.parse().ok();
    let group = Group {
        id: context.id::<GroupId>(),
        interchange_id: interchange.id,
        position,
        functional_id: read.header.functional_id.clone(),
        control_number: read.header.control_number.clone(),
        verdict: verdict.filter(|_| !is_acknowledgment),
        acknowledged_at: None,
    };
    transmissions::insert_group(conn, &group).await?;
    for set in &read.sets {
        let document = insert_set(context, conn, interchange.transmission_id, &group, sides, set).await?;
        if document.is_accepted {
            let concerned = apply::apply(context, conn, &Incoming { sides, document: &document, set, interchange }).await?;
            outcome.concerned.extend(concerned);
        } else {
            let told = exceptions::look(context, conn, [Root::Document(document.id)]).await?;
            outcome.concerned.extend(exceptions::concerned(&told));
        }
    }
    if !is_acknowledgment && !source.is_copy && sides.acknowledges {
        acknowledge::send_functional(context, conn, sides, interchange.id, &read.verdict).await?;
    }
    Ok(())
}

async fn insert_set(
    context: &Context,
    conn: &mut Conn,
    transmission: TransmissionId,
    group: &Group,
    sides: &Sides,
    set: &event::SetResult,
) -> Result<Document> {
    let now = context.now();
    let kind = DocumentKind::of_x12(&set.code);
    let accepted = set.accepted && set.document.is_some() && kind != DocumentKind::Unknown;
    let document = Document {
        id: context.id::<DocumentId>(),
        direction: Direction::In,
        group_id: Some(group.id),
        transmission_id: Some(transmission),
        counterparty_id: Some(sides.counterparty),
        code: set.code.clone(),
        kind,
        control_number: Some(set.control_number.clone()),
        number: set.document.as_ref().map_or_else(|| set.control_number.clone(), view::number),
        sender_id: Some(sides.sender.id),
        receiver_id: Some(sides.receiver.id),
        status: if accepted { DocumentStatus::New } else { DocumentStatus::Refused },
        is_accepted: accepted,
        findings: json(&set.findings),
        content: set.document.clone().map(Json),
        origins: Json(set.origins.clone()),
        body: None,
        first_segment: i64::from(set.segments.0),
        last_segment: i64::from(set.segments.1),
        order_id: None,
        shipment_id: None,
        invoice_id: None,
        release_at: None,
        delivered_at: Some(now),
        acknowledged_at: sides.acknowledges.then_some(now),
        acknowledgment: set.verdict.status.parse().ok().filter(|_| sides.acknowledges),
        answered_at: None,
        answer: None,
        author: sides.sender.name.clone(),
        updated_at: now,
        created_at: now,
    };
    documents::insert(conn, &document).await?;
    outbox::note(context, conn, document.id, document.status, &sides.sender.name, "").await?;
    if !accepted && kind != DocumentKind::FunctionalAcknowledgment {
        causes::document_refused(context, conn, &document, &document.findings).await?;
    }
    Ok(document)
}

/// Why an interchange cannot be taken before it is even opened.
struct Refusal {
    code: &'static str,
    message: String,
}

/// Who is who, or why it cannot be so: unknown, no partners, or one in another's name.
async fn sides(conn: &mut Conn, source: &Source, header: &event::InterchangeHeader) -> Result<std::result::Result<Sides, Refusal>> {
    let Some(from) = organisations::identify(conn, &header.sender_qualifier, &header.sender).await? else {
        let message = format!(
            "The sender {} ({}) is not known here. An administrator adds the identifier under Partners; then send it again.",
            header.sender, header.sender_qualifier
        );
        return Ok(Err(Refusal { code: x12::ack::note::UNKNOWN_SENDER, message }));
    };
    let Some(to) = organisations::identify(conn, &header.receiver_qualifier, &header.receiver).await? else {
        let message =
            format!("The receiver {} ({}) is not known here. Correct it and send it again.", header.receiver, header.receiver_qualifier);
        return Ok(Err(Refusal { code: x12::ack::note::UNKNOWN_RECEIVER, message }));
    };
    let missing = || Error::Internal("an identifier without its organisation".to_owned());
    let sender = organisations::find(conn, from.organisation_id).await?.ok_or_else(missing)?;
    let receiver = organisations::find(conn, to.organisation_id).await?.ok_or_else(missing)?;
    // The hub's own systems pass on what they got; everybody else speaks for themselves.
    if sender.id != source.owner && outbox::hub(conn).await?.id != source.owner {
        let message = format!(
            "Interchange {} comes from {} ({}), which is somebody else than the owner of this connection. A connection carries \
             documents of its own organisation only.",
            header.control_number, header.sender, header.sender_qualifier
        );
        return Ok(Err(Refusal { code: x12::ack::note::UNKNOWN_SENDER, message }));
    }
    let counterparty = match (sender.is_hub, receiver.is_hub) {
        (true, false) => receiver.id,
        (false, true) => sender.id,
        _ if sender.is_carrier => sender.id,
        _ => {
            let message = format!("{} and {} do not trade with each other here. Correct sender and receiver.", sender.name, receiver.name);
            return Ok(Err(Refusal { code: x12::ack::note::UNKNOWN_RECEIVER, message }));
        }
    };
    // The hub's routes end here; a partner's system acknowledges for itself.
    let acknowledges = receiver.is_hub || to.is_portal();
    Ok(Ok(Sides { sender, receiver, counterparty, acknowledges }))
}

/// Reads a file from memory into its interchanges; what belongs to none is kept beside them.
fn read(bytes: &[u8]) -> x12::Collector {
    let mut collector = x12::Collector::default();
    match x12::read(bytes, x12::Options::default(), &mut |event| collector.take(event)) {
        Ok(x12::Outcome::NotADocument(finding)) => collector.stray.push(finding),
        // Reading from memory cannot fail.
        Ok(x12::Outcome::Read { .. }) | Err(_) => {}
    }
    collector
}

fn slice(bytes: &Bytes, (from, to): (u64, u64)) -> &[u8] {
    let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    &bytes[bound(from)..bound(to).max(bound(from))]
}

/// The findings and one more.
fn with(findings: &[Finding], more: Finding) -> Json<serde_json::Value> {
    json(&findings.iter().cloned().chain([more]).collect::<Vec<_>>())
}

fn json(findings: &[Finding]) -> Json<serde_json::Value> {
    Json(serde_json::to_value(findings).unwrap_or_default())
}
