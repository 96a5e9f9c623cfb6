//! Outgoing documents. [`put`] encodes and validates a document in the transaction that causes it; [`seal`] gives what
//! was released its control numbers and fixes the final bytes; [`mark_sent`] and its siblings note what the transport
//! reports. Between `put` and `seal` a document can be taken back. Every retry sends the same bytes, in order per route.

use bytes::Bytes;
use sqlx::types::Json;

use super::{Context, Error, FieldError, Result, exchange::parties};
use crate::{
    domain::{
        access::Actor,
        document::{Direction, DocumentKind, DocumentStatus, Verdict},
        ids::{DocumentId, GroupId, InterchangeId, InvoiceId, OrderId, OrganisationId, ShipmentId, TransmissionId},
        message,
        time::Timestamp,
    },
    edi::x12::{
        ack::Ta1,
        envelope::{self, Envelope, GroupOut},
        event::InterchangeHeader,
        write,
    },
    store::{
        Conn,
        documents::{self, Document, DocumentEvent},
        files, jobs, organisations,
        routes::{self, Route},
        transmissions::{self, Group, Interchange, Transmission},
    },
};

/// The kind of job that seals and sends what waits for one receiver.
pub const DISPATCH: &str = "dispatch";

/// A document to be sent.
pub struct Outgoing<'a> {
    /// What it says.
    pub content: message::Document,
    /// In whose name.
    pub sender: OrganisationId,
    /// To whom.
    pub receiver: OrganisationId,
    /// The number people know it by.
    pub number: &'a str,
    /// What it is about.
    pub order: Option<OrderId>,
    /// The shipment.
    pub shipment: Option<ShipmentId>,
    /// The invoice.
    pub invoice: Option<InvoiceId>,
    /// The person or system.
    pub author: &'a str,
    /// When it may leave.
    pub release_at: Timestamp,
}

/// Encodes a document and puts it into the outbox. What the wire cannot carry is a form error that names the value.
pub async fn put(context: &Context, conn: &mut Conn, outgoing: Outgoing<'_>) -> Result<DocumentId> {
    let set = write::set(&outgoing.content, &write::Dialect::default()).map_err(|errors| {
        Error::Invalid(errors.into_iter().map(|error| FieldError { field: error.path, message: error.message }).collect())
    })?;
    let (id, now) = (context.id(), context.now());
    let document = Document {
        id,
        direction: Direction::Out,
        group_id: None,
        transmission_id: None,
        counterparty_id: Some(parties::counterparty(conn, outgoing.sender, outgoing.receiver).await?),
        code: set.code.to_owned(),
        kind: DocumentKind::of_x12(set.code),
        control_number: None,
        number: outgoing.number.to_owned(),
        sender_id: Some(outgoing.sender),
        receiver_id: Some(outgoing.receiver),
        status: DocumentStatus::Validated,
        is_accepted: true,
        findings: Json(serde_json::json!([])),
        content: Some(Json(outgoing.content)),
        origins: Json(message::Origins::new()),
        body: None,
        first_segment: 0,
        last_segment: 0,
        order_id: outgoing.order,
        shipment_id: outgoing.shipment,
        invoice_id: outgoing.invoice,
        release_at: Some(outgoing.release_at),
        delivered_at: None,
        acknowledged_at: None,
        acknowledgment: None,
        answered_at: None,
        answer: None,
        author: outgoing.author.to_owned(),
        updated_at: now,
        created_at: now,
    };
    documents::insert(conn, &document).await?;
    note(context, conn, id, DocumentStatus::Validated, outgoing.author, "").await?;
    let key = outgoing.receiver.to_string();
    jobs::enqueue(conn, context.id(), DISPATCH, Some(&key), &serde_json::json!({ "receiver": key }), outgoing.release_at, now).await?;
    Ok(id)
}

/// Adds a step to a document's life.
pub async fn note(
    context: &Context,
    conn: &mut Conn,
    document: DocumentId,
    status: DocumentStatus,
    actor: &str,
    words: &str,
) -> Result<()> {
    let event = DocumentEvent {
        id: context.id(),
        document_id: document,
        status,
        at: context.now(),
        actor: actor.to_owned(),
        note: words.to_owned(),
    };
    Ok(documents::insert_event(conn, &event).await?)
}

/// Takes a document back before it leaves. The caller undoes what it did to orders, in the same transaction.
pub async fn withdraw(context: &Context, conn: &mut Conn, actor: &Actor, document: &Document) -> Result<()> {
    if !document.status.can_be_withdrawn() {
        return Err(Error::Conflict("It has left already and cannot be taken back. Send a corrected document instead.".to_owned()));
    }
    documents::set_status(conn, document.id, DocumentStatus::Validated, DocumentStatus::Withdrawn, context.now()).await?;
    note(context, conn, document.id, DocumentStatus::Withdrawn, &super::history::signature(actor), "Taken back before it left").await
}

/// What is ready to be handed to a transport.
pub struct Sealed {
    /// The transmission.
    pub id: TransmissionId,
    /// File name.
    pub name: String,
    /// The final bytes.
    pub bytes: Bytes,
}

/// Where documents for a receiver go.
pub enum Way {
    /// Over a route.
    Route(Box<Route>),
    /// Both seats are in the portal: the bytes are written and both sides' states are set.
    Internal,
    /// The route is switched off: what waits stays until it is on again.
    Closed,
}

/// The way to a receiver.
pub async fn way(conn: &mut Conn, receiver: OrganisationId) -> Result<Way> {
    Ok(match routes::to_organisation(conn, receiver).await? {
        None => Way::Internal,
        Some(route) if route.is_active => Way::Route(Box::new(route)),
        Some(_) => Way::Closed,
    })
}

/// Seals everything released for a receiver: control numbers, final bytes in the file store, one transmission each.
pub async fn seal(context: &Context, receiver: OrganisationId) -> Result<()> {
    loop {
        let next = {
            let mut conn = context.db.read().await?;
            if matches!(way(&mut conn, receiver).await?, Way::Closed) {
                return Ok(());
            }
            documents::released(&mut conn, receiver, context.now()).await?.into_iter().next()
        };
        let Some(document) = next else { return Ok(()) };
        seal_one(context, receiver, &document).await?;
    }
}

async fn seal_one(context: &Context, receiver: OrganisationId, document: &Document) -> Result<()> {
    let sender = document.sender_id.ok_or_else(|| Error::Internal(format!("document {} has no sender", document.id)))?;
    // Numbers first, in a transaction of their own: a crash leaves a gap, never a number used twice.
    let mut tx = context.db.begin().await?;
    let from = parties::address(&mut tx, sender).await?;
    let to = parties::address(&mut tx, receiver).await?;
    let pair = format!("{}:{}>{}:{}", from.qualifier, from.value, to.qualifier, to.value);
    let interchange_number = transmissions::next_control_number(&mut tx, &format!("interchange {pair}")).await?;
    let group_number = transmissions::next_control_number(&mut tx, &format!("group {pair}")).await?;
    let route = match way(&mut tx, receiver).await? {
        Way::Route(route) => Some(route.id),
        Way::Internal => None,
        Way::Closed => return Ok(()),
    };
    tx.commit().await?;

    let now = context.now();
    let envelope = Envelope {
        sender_qualifier: from.qualifier.clone(),
        sender: from.value.clone(),
        receiver_qualifier: to.qualifier.clone(),
        receiver: to.value.clone(),
        control_number: wire_number(interchange_number),
        date: now.date_utc(),
        time: hours_and_minutes(now),
        ack_requested: false,
        test: false,
    };
    let written = write_bytes(document, &envelope, wire_number(group_number))?;
    let bytes = Bytes::from(written.bytes);
    let transmission: TransmissionId = context.id();
    let file = parties::file_name(transmission, now);
    context.files.put(&file, bytes.clone()).await?;

    let mut tx = context.db.begin().await?;
    let code = &document.code;
    let row = Transmission {
        id: transmission,
        direction: Direction::Out,
        route_id: route,
        name: format!("{code}_{}_{interchange_number:09}.edi", from.value.replace(|c: char| !c.is_ascii_alphanumeric(), "-")),
        handle: None,
        sha256: files::sha256(&bytes),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        file,
        status: "submitted".to_owned(),
        failure: None,
        delivered_at: None,
        created_at: now,
    };
    transmissions::insert_transmission(&mut tx, &row).await?;
    let interchange = Interchange {
        id: context.id::<InterchangeId>(),
        transmission_id: transmission,
        direction: Direction::Out,
        position: 0,
        standard: "X12".to_owned(),
        sender_qualifier: from.qualifier,
        sender_value: from.value,
        receiver_qualifier: to.qualifier,
        receiver_value: to.value,
        control_number: format!("{interchange_number:09}"),
        sha256: row.sha256.clone(),
        is_taken: true,
        ta1: None,
        findings: Json(serde_json::json!([])),
        created_at: now,
    };
    transmissions::insert_interchange(&mut tx, &interchange).await?;
    let group = Group {
        id: context.id::<GroupId>(),
        interchange_id: interchange.id,
        position: 0,
        functional_id: written.functional_id.to_owned(),
        control_number: group_number.to_string(),
        verdict: None,
        acknowledged_at: None,
    };
    transmissions::insert_group(&mut tx, &group).await?;
    documents::set_sent_as(&mut tx, document.id, group.id, transmission, FIRST_SET, written.segments, now).await?;
    note(context, &mut tx, document.id, DocumentStatus::Submitted, "Portico", &format!("Interchange {interchange_number:09}")).await?;
    if route.is_none() {
        deliver_internally(context, &mut tx, transmission).await?;
    }
    tx.commit().await?;
    context.live.publish(document.counterparty_id);
    Ok(())
}

/// ST02 of the only set of its group.
const FIRST_SET: &str = "0001";

/// A sealed interchange.
struct Written {
    bytes: Vec<u8>,
    functional_id: &'static str,
    /// First and last segment of the set, counted from 1 at ISA.
    segments: (i64, i64),
}

fn write_bytes(document: &Document, envelope: &Envelope, group_number: u32) -> Result<Written> {
    let defect = |errors: Vec<write::FieldError>| Error::Internal(format!("document {} cannot be written: {errors:?}", document.id));
    let dialect = write::Dialect::default();
    if let Some(answer) = &document.body {
        let answer: Ta1 = serde_json::from_str(answer).map_err(|error| Error::Internal(error.to_string()))?;
        let bytes = envelope::interchange_acknowledgment(envelope, &dialect, &answer).map_err(defect)?;
        return Ok(Written { bytes, functional_id: "TA1", segments: (2, 2) });
    }
    let content = document.content.as_ref().ok_or_else(|| Error::Internal(format!("document {} has no content", document.id)))?;
    let set = write::set(&content.0, &dialect).map_err(defect)?;
    let group = GroupOut {
        sender: envelope.sender.clone(),
        receiver: envelope.receiver.clone(),
        control_number: group_number,
        sets: vec![(&set, FIRST_SET.to_owned())],
    };
    let bytes = envelope::interchange(envelope, &dialect, &[group]).map_err(defect)?;
    // ISA is segment 1, GS 2, ST 3.
    Ok(Written { bytes, functional_id: set.functional_id, segments: (3, 4 + i64::from(set.segments)) })
}

/// Control numbers have at most nine digits and then begin again at 1.
fn wire_number(counter: i64) -> u32 {
    u32::try_from((counter - 1).rem_euclid(999_999_999) + 1).unwrap_or(1)
}

fn hours_and_minutes(at: Timestamp) -> String {
    let time = at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
    format!("{:02}{:02}", time.hour(), time.minute())
}

/// Puts an interchange acknowledgment (TA1) into the outbox: it refuses an interchange whole. It goes to the owner of
/// the route the interchange came by.
pub async fn put_interchange_acknowledgment(
    context: &Context,
    conn: &mut Conn,
    owner: OrganisationId,
    counterparty: Option<OrganisationId>,
    header: &InterchangeHeader,
    note_code: &str,
) -> Result<()> {
    let hub = hub(conn).await?.id;
    let sender = if owner == hub { counterparty.unwrap_or(hub) } else { hub };
    let (id, now) = (context.id(), context.now());
    let document = Document {
        id,
        direction: Direction::Out,
        group_id: None,
        transmission_id: None,
        counterparty_id: counterparty,
        code: "TA1".to_owned(),
        kind: DocumentKind::InterchangeAcknowledgment,
        control_number: None,
        number: header.control_number.clone(),
        sender_id: Some(sender),
        receiver_id: Some(owner),
        status: DocumentStatus::Validated,
        is_accepted: true,
        findings: Json(serde_json::json!([])),
        content: None,
        origins: Json(message::Origins::new()),
        body: Some(serde_json::to_string(&Ta1::refusal(header, note_code)).map_err(|error| Error::Internal(error.to_string()))?),
        first_segment: 0,
        last_segment: 0,
        order_id: None,
        shipment_id: None,
        invoice_id: None,
        release_at: Some(now),
        delivered_at: None,
        acknowledged_at: None,
        acknowledgment: None,
        answered_at: None,
        answer: None,
        author: "Portico".to_owned(),
        updated_at: now,
        created_at: now,
    };
    documents::insert(conn, &document).await?;
    note(context, conn, id, DocumentStatus::Validated, "Portico", "").await?;
    let key = owner.to_string();
    jobs::enqueue(conn, context.id(), DISPATCH, Some(&key), &serde_json::json!({ "receiver": key }), now, now).await?;
    Ok(())
}

/// Both sides are in the portal: what was written is delivered and read at once.
async fn deliver_internally(context: &Context, conn: &mut Conn, transmission: TransmissionId) -> Result<()> {
    let now = context.now();
    transmissions::set_delivered(conn, transmission, now).await?;
    for document in documents::of_transmission(conn, transmission).await? {
        documents::set_acknowledged(conn, &document, Verdict::Accepted, &document.findings.0, now).await?;
        note(context, conn, document.id, DocumentStatus::Acknowledged, "Portico", "Taken inside the portal").await?;
    }
    Ok(())
}

/// The oldest transmission of a route that is sealed and has not left, with its bytes.
pub async fn next_sealed(context: &Context, route: &Route) -> Result<Option<Sealed>> {
    let oldest = {
        let mut conn = context.db.read().await?;
        transmissions::unsent(&mut conn, route.id).await?
    };
    let Some(row) = oldest else { return Ok(None) };
    let bytes = context.files.get(&row.file).await?.ok_or_else(|| Error::Internal(format!("the bytes of {} are gone", row.name)))?;
    Ok(Some(Sealed { id: row.id, name: row.name, bytes }))
}

/// Notes that a transmission left.
pub async fn mark_sent(context: &Context, transmission: TransmissionId, handle: &str, receipt_follows: bool) -> Result<()> {
    let words = if receipt_follows { "" } else { "This route gives no receipt" };
    step(context, transmission, "sent", Some(handle), None, DocumentStatus::Sent, words).await
}

/// Notes that a transmission could not be sent; it will be tried again.
pub async fn mark_failed(context: &Context, transmission: TransmissionId, failure: &str) -> Result<()> {
    step(context, transmission, "send_failed", None, Some(failure), DocumentStatus::SendFailed, failure).await
}

async fn step(
    context: &Context,
    transmission: TransmissionId,
    status: &str,
    handle: Option<&str>,
    failure: Option<&str>,
    reached: DocumentStatus,
    words: &str,
) -> Result<()> {
    let now = context.now();
    let mut tx = context.db.begin().await?;
    transmissions::set_transmission(&mut tx, transmission, status, handle, failure).await?;
    let mut concerned = None;
    for document in documents::of_transmission(&mut tx, transmission).await? {
        concerned = document.counterparty_id;
        // A failure that repeats is one step, not many.
        if document.status != reached {
            documents::set_status(&mut tx, document.id, document.status, reached, now).await?;
            note(context, &mut tx, document.id, reached, "Portico", words).await?;
        }
    }
    tx.commit().await?;
    context.live.publish(concerned);
    Ok(())
}

/// Notes that the counterpart has a transmission.
pub async fn mark_delivered(context: &Context, transmission: TransmissionId) -> Result<()> {
    let now = context.now();
    let mut tx = context.db.begin().await?;
    let mut concerned = None;
    if transmissions::set_delivered(&mut tx, transmission, now).await? {
        for document in documents::of_transmission(&mut tx, transmission).await? {
            concerned = document.counterparty_id;
            documents::set_document_delivered(&mut tx, &document, now).await?;
            note(context, &mut tx, document.id, DocumentStatus::Delivered, "Counterpart", "").await?;
        }
    }
    tx.commit().await?;
    context.live.publish(concerned);
    Ok(())
}

/// The hub's organisation.
pub async fn hub(conn: &mut Conn) -> Result<organisations::Organisation> {
    organisations::hub(conn).await?.ok_or_else(|| Error::Internal("no hub is set up; run `portico seed` or add one".to_owned()))
}
