//! Outgoing documents. [`put`] encodes and validates a document in the transaction that causes it; [`seal`] gives what
//! was released its control numbers and fixes the final bytes; [`mark_sent`] and its siblings note what the transport
//! reports. Between `put` and `seal` a document can be taken back. Every retry sends the same bytes, in order per route.

use bytes::Bytes;
use sqlx::types::Json;

use super::{
    Context, Error, FieldError, Result,
    exceptions::{self, Root},
    exchange::parties,
    notify::causes,
    xconnector::tell,
};
use crate::{
    domain::{
        access::Actor,
        document::{Direction, DocumentKind, DocumentStatus, Verdict},
        ids::{DocumentId, GroupId, InterchangeId, InvoiceId, OrderId, OrganisationId, RouteId, ShipmentId, TransmissionId},
        message,
        time::Timestamp,
    },
    edi::x12::{
        ack::Ta1,
        envelope::{self, Envelope, GroupOut},
        write,
    },
    store::{
        Conn, StoreError,
        documents::{self, Document, DocumentEvent},
        files, jobs, organisations,
        routes::{self, Route},
        transmissions::{self, Group, Interchange, Transmission},
    },
};

/// The kind of job that seals and sends what waits for one receiver.
pub const DISPATCH: &str = "dispatch";
/// Who did what nobody did by hand.
const PORTICO: &str = "Portico";

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
    let ends = Ends {
        sender: outgoing.sender,
        receiver: outgoing.receiver,
        counterparty: Some(parties::counterparty(conn, outgoing.sender, outgoing.receiver).await?),
    };
    let document = Document {
        content: Some(Json(outgoing.content)),
        order_id: outgoing.order,
        shipment_id: outgoing.shipment,
        invoice_id: outgoing.invoice,
        author: outgoing.author.to_owned(),
        release_at: Some(outgoing.release_at),
        ..waiting(context, set.code, DocumentKind::of_x12(set.code), outgoing.number, ends)
    };
    keep(context, conn, &document, outgoing.release_at).await?;
    Ok(document.id)
}

/// Puts an interchange acknowledgment (TA1) into the outbox.
pub async fn put_interchange_acknowledgment(context: &Context, conn: &mut Conn, ends: Ends, answer: &Ta1) -> Result<DocumentId> {
    let body = serde_json::to_string(answer).map_err(|error| Error::Internal(error.to_string()))?;
    let document =
        Document { body: Some(body), ..waiting(context, "TA1", DocumentKind::InterchangeAcknowledgment, &answer.control_number, ends) };
    keep(context, conn, &document, context.now()).await?;
    Ok(document.id)
}

/// Between whom a document goes.
pub struct Ends {
    /// In whose name.
    pub sender: OrganisationId,
    /// To whom.
    pub receiver: OrganisationId,
    /// Which of them is the party besides the hub.
    pub counterparty: Option<OrganisationId>,
}

/// A document of ours that says nothing yet and may leave now.
fn waiting(context: &Context, code: &str, kind: DocumentKind, number: &str, ends: Ends) -> Document {
    let now = context.now();
    Document {
        id: context.id(),
        direction: Direction::Out,
        group_id: None,
        transmission_id: None,
        counterparty_id: ends.counterparty,
        code: code.to_owned(),
        kind,
        control_number: None,
        number: number.to_owned(),
        sender_id: Some(ends.sender),
        receiver_id: Some(ends.receiver),
        status: DocumentStatus::Validated,
        is_accepted: true,
        findings: Json(serde_json::json!([])),
        content: None,
        origins: Json(message::Origins::new()),
        body: None,
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
        author: PORTICO.to_owned(),
        updated_at: now,
        created_at: now,
    }
}

async fn keep(context: &Context, conn: &mut Conn, document: &Document, release_at: Timestamp) -> Result<()> {
    documents::insert(conn, document).await?;
    note(context, conn, document.id, DocumentStatus::Validated, &document.author, "").await?;
    match document.receiver_id {
        Some(receiver) => wake(context, conn, receiver, release_at).await,
        None => Ok(()),
    }
}

/// Asks that what waits for a receiver be sent at a time.
pub async fn wake(context: &Context, conn: &mut Conn, receiver: OrganisationId, at: Timestamp) -> Result<()> {
    let key = receiver.to_string();
    let payload = serde_json::json!({ "receiver": key });
    Ok(jobs::enqueue(conn, context.id(), DISPATCH, Some(&key), &payload, at, context.now()).await?)
}

/// Asks that what waits for a receiver be sent now, without the pause that follows a failure: somebody wants it so.
pub async fn hasten(context: &Context, conn: &mut Conn, receiver: OrganisationId) -> Result<()> {
    if jobs::hasten(conn, DISPATCH, &receiver.to_string(), context.now()).await? {
        return Ok(());
    }
    wake(context, conn, receiver, context.now()).await
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
    documents::insert_event(conn, &event).await?;
    tell::document(context, conn, document, status).await
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
    /// The receiver has a system of its own, and no route leads there: what waits stays until one is added.
    Missing,
}

/// The way to a receiver.
pub async fn way(conn: &mut Conn, receiver: OrganisationId) -> Result<Way> {
    Ok(match routes::to_organisation(conn, receiver).await? {
        Some(route) if route.is_active => Way::Route(Box::new(route)),
        Some(_) => Way::Closed,
        None if receiver == hub(conn).await?.id || parties::has_portal_seat(conn, receiver).await? => Way::Internal,
        None => Way::Missing,
    })
}

/// Seals everything released for a receiver: control numbers, final bytes in the file store, one transmission each. Says
/// when the next document may leave that may not yet.
pub async fn seal(context: &Context, receiver: OrganisationId) -> Result<Option<Timestamp>> {
    super::exchange::forward::seal(context, receiver).await?;
    // One instant for all of it: a document that may leave a moment later is not overlooked between two looks.
    let now = context.now();
    loop {
        let mut conn = context.db.read().await?;
        let Some(document) = documents::next_released(&mut conn, receiver, now).await? else {
            return Ok(documents::next_release(&mut conn, receiver, now).await?);
        };
        match way(&mut conn, receiver).await? {
            Way::Route(_) | Way::Internal => {}
            Way::Closed => return Ok(None),
            Way::Missing => return Err(no_way(&mut conn, receiver).await?),
        }
        drop(conn);
        seal_one(context, receiver, &document).await?;
    }
}

/// Why documents for a receiver cannot leave.
pub async fn no_way(conn: &mut Conn, receiver: OrganisationId) -> Result<Error> {
    let name = organisations::find(conn, receiver).await?.map_or_else(|| "This partner".to_owned(), |found| found.name);
    Ok(Error::Conflict(format!(
        "{name} has a system of its own, and no connection leads there, so its documents wait. Add a connection, then try again."
    )))
}

async fn seal_one(context: &Context, receiver: OrganisationId, document: &Document) -> Result<()> {
    let Some(place) = allocate(context, receiver, document).await? else { return Ok(()) };
    let now = context.now();
    let envelope = Envelope {
        sender_qualifier: place.from.0.clone(),
        sender: place.from.1.clone(),
        receiver_qualifier: place.to.0.clone(),
        receiver: place.to.1.clone(),
        control_number: place.interchange,
        date: now.date_utc(),
        time: hours_and_minutes(now),
        ack_requested: false,
        test: false,
    };
    let written = match write_bytes(document, &envelope, place.group) {
        Ok(written) => written,
        // It would hold up everything behind it.
        Err(why) => return give_up(context, document, &why).await,
    };
    let transmission: TransmissionId = context.id();
    let file = parties::file_name(transmission, now);
    context.files.put(&file, written.bytes.clone()).await?;

    let row = Transmission {
        id: transmission,
        direction: Direction::Out,
        route_id: place.route,
        owner_id: None,
        name: file_name(&document.code, &place),
        handle: None,
        sha256: files::sha256(&written.bytes),
        size: i64::try_from(written.bytes.len()).unwrap_or(i64::MAX),
        file,
        status: "submitted".to_owned(),
        failure: None,
        delivered_at: None,
        created_at: now,
    };
    let mut tx = context.db.begin().await?;
    enclose(context, &mut tx, document, &row, place, &written).await?;
    tx.commit().await?;
    context.live.publish(document.counterparty_id);
    Ok(())
}

/// A qualifier and an id on the wire.
type Address = (String, String);

/// Where a document will stand on the wire.
struct Place {
    from: Address,
    to: Address,
    /// Control numbers.
    interchange: u32,
    group: u32,
    route: Option<RouteId>,
}

/// The name of a file is its own on its route, where a transport takes a name that it knows for a repeat.
fn file_name(code: &str, place: &Place) -> String {
    let plain = |(qualifier, id): &Address| format!("{qualifier}-{}", id.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    format!("{code}_{}_{}_{:09}.edi", plain(&place.from), plain(&place.to), place.interchange)
}

/// Takes control numbers for a document, in a transaction of their own: a crash leaves a gap, never a number used twice.
/// Nothing where its route was switched off or taken away meanwhile.
async fn allocate(context: &Context, receiver: OrganisationId, document: &Document) -> Result<Option<Place>> {
    let sender = document.sender_id.ok_or_else(|| Error::Internal(format!("document {} has no sender", document.id)))?;
    let mut tx = context.db.begin().await?;
    let route = match way(&mut tx, receiver).await? {
        Way::Route(route) => Some(route.id),
        Way::Internal => None,
        Way::Closed | Way::Missing => return Ok(None),
    };
    let (from, to) = match transmissions::answered_by(&mut tx, document.id).await? {
        // An answer goes back the way the question came: a company may be known by several ids.
        Some(asked) => ((asked.receiver_qualifier, asked.receiver_value), (asked.sender_qualifier, asked.sender_value)),
        None => {
            let (from, to) = (parties::address(&mut tx, sender).await?, parties::address(&mut tx, receiver).await?);
            ((from.qualifier, from.value), (to.qualifier, to.value))
        }
    };
    let pair = format!("{}:{}>{}:{}", from.0, from.1, to.0, to.1);
    let interchange = wire_number(transmissions::next_control_number(&mut tx, &format!("interchange {pair}")).await?);
    let group = wire_number(transmissions::next_control_number(&mut tx, &format!("group {pair}")).await?);
    tx.commit().await?;
    Ok(Some(Place { from, to, interchange, group, route }))
}

/// Writes down the envelope that a document got, and that it is on its way.
async fn enclose(
    context: &Context,
    conn: &mut Conn,
    document: &Document,
    transmission: &Transmission,
    place: Place,
    written: &Written,
) -> Result<()> {
    let now = transmission.created_at;
    transmissions::insert_transmission(conn, transmission).await?;
    let interchange = Interchange {
        id: context.id::<InterchangeId>(),
        transmission_id: transmission.id,
        direction: Direction::Out,
        position: 0,
        standard: "X12".to_owned(),
        sender_qualifier: place.from.0,
        sender_value: place.from.1,
        receiver_qualifier: place.to.0,
        receiver_value: place.to.1,
        control_number: format!("{:09}", place.interchange),
        sha256: transmission.sha256.clone(),
        is_taken: true,
        ta1: None,
        findings: Json(serde_json::json!([])),
        created_at: now,
    };
    transmissions::insert_interchange(conn, &interchange).await?;
    let group = Group {
        id: context.id::<GroupId>(),
        interchange_id: interchange.id,
        position: 0,
        functional_id: written.functional_id.to_owned(),
        control_number: place.group.to_string(),
        verdict: None,
        acknowledged_at: None,
    };
    transmissions::insert_group(conn, &group).await?;
    documents::set_sent_as(conn, document.id, group.id, transmission.id, FIRST_SET, written.segments, now).await?;
    let words = format!("Interchange {}", interchange.control_number);
    note(context, conn, document.id, DocumentStatus::Submitted, PORTICO, &words).await?;
    if place.route.is_none() {
        deliver_internally(context, conn, transmission.id).await?;
    }
    Ok(())
}

/// Notes that a document cannot be written at all.
async fn give_up(context: &Context, document: &Document, why: &str) -> Result<()> {
    let words = format!("It cannot be written: {why}. Correct that, then send a new document.");
    tracing::error!(document = %document.id, why, "document {} cannot be written", document.id);
    let mut findings = document.findings.0.as_array().cloned().unwrap_or_default();
    findings.push(serde_json::json!({ "severity": "error", "code": "cannot_be_written", "message": words }));
    let mut tx = context.db.begin().await?;
    documents::set_status(&mut tx, document.id, DocumentStatus::Validated, DocumentStatus::SendFailed, context.now()).await?;
    documents::set_findings(&mut tx, document.id, &findings.into()).await?;
    note(context, &mut tx, document.id, DocumentStatus::SendFailed, PORTICO, &words).await?;
    exceptions::look(context, &mut tx, [Root::Document(document.id)]).await?;
    tx.commit().await?;
    context.live.publish(document.counterparty_id);
    Ok(())
}

/// ST02 of the only set of its group.
const FIRST_SET: &str = "0001";

/// A sealed interchange.
struct Written {
    bytes: Bytes,
    functional_id: &'static str,
    /// First and last segment of the set, counted from 1 at ISA.
    segments: (i64, i64),
}

/// The final bytes, or what stands in their way.
fn write_bytes(document: &Document, envelope: &Envelope, group_number: u32) -> std::result::Result<Written, String> {
    let dialect = write::Dialect::default();
    if let Some(answer) = &document.body {
        let answer: Ta1 = serde_json::from_str(answer).map_err(|error| error.to_string())?;
        let bytes = envelope::interchange_acknowledgment(envelope, &dialect, &answer).map_err(|errors| in_words(&errors))?;
        return Ok(Written { bytes: bytes.into(), functional_id: "TA1", segments: (2, 2) });
    }
    let content = document.content.as_ref().ok_or("it has no content")?;
    let set = write::set(&content.0, &dialect).map_err(|errors| in_words(&errors))?;
    let group = GroupOut {
        sender: envelope.sender.clone(),
        receiver: envelope.receiver.clone(),
        control_number: group_number,
        sets: vec![(&set, FIRST_SET.to_owned())],
    };
    let bytes = envelope::interchange(envelope, &dialect, &[group]).map_err(|errors| in_words(&errors))?;
    // ISA is segment 1, GS 2, ST 3.
    Ok(Written { bytes: bytes.into(), functional_id: set.functional_id, segments: (3, 4 + i64::from(set.segments)) })
}

fn in_words(errors: &[write::FieldError]) -> String {
    errors.iter().map(|error| format!("{} {}", error.path, error.message)).collect::<Vec<_>>().join("; ")
}

/// Control numbers have at most nine digits and then begin again at 1.
fn wire_number(counter: i64) -> u32 {
    u32::try_from((counter - 1).rem_euclid(999_999_999) + 1).unwrap_or(1)
}

fn hours_and_minutes(at: Timestamp) -> String {
    let time = at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
    format!("{:02}{:02}", time.hour(), time.minute())
}

/// Both sides are in the portal: what was written is delivered and read at once.
async fn deliver_internally(context: &Context, conn: &mut Conn, transmission: TransmissionId) -> Result<()> {
    let now = context.now();
    transmissions::set_delivered(conn, transmission, now).await?;
    for document in documents::of_transmission(conn, transmission).await? {
        let reached = documents::set_acknowledged(conn, &document, Verdict::Accepted, &document.findings.0, now).await?;
        note(context, conn, document.id, reached, PORTICO, "Taken inside the portal").await?;
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

/// Notes that a transmission left and was not taken: the same bytes leave again only if somebody says so.
pub async fn mark_refused(context: &Context, transmission: TransmissionId, reason: &str) -> Result<()> {
    let words = format!("It left and was not taken: {reason}. Correct the cause, then send it again.");
    step(context, transmission, "refused", None, Some(&words), DocumentStatus::Rejected, &words).await
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
        // A failure that repeats is one step, not many; and what its receiver said of a document since is not taken back.
        if document.status == reached || !document.status.is_leaving() {
            continue;
        }
        match documents::set_status(&mut tx, document.id, document.status, reached, now).await {
            Ok(()) => {
                note(context, &mut tx, document.id, reached, PORTICO, words).await?;
                if reached == DocumentStatus::Rejected {
                    let said = serde_json::json!([{ "severity": "error", "message": words }]);
                    causes::document_refused(context, &mut tx, &document, &said).await?;
                }
            }
            Err(StoreError::Stale) => {}
            Err(other) => return Err(other.into()),
        }
        exceptions::look(context, &mut tx, [Root::Document(document.id)]).await?;
    }
    tx.commit().await?;
    context.live.publish(concerned);
    Ok(())
}

/// Notes that nobody will say whether a transmission that left has arrived.
pub async fn mark_unknown(context: &Context, transmission: TransmissionId, why: &str) -> Result<()> {
    let words = format!("Whether it arrived cannot be found out: {why}");
    let mut tx = context.db.begin().await?;
    transmissions::set_transmission(&mut tx, transmission, "sent", None, Some(&words)).await?;
    let mut concerned = None;
    for document in documents::of_transmission(&mut tx, transmission).await? {
        concerned = document.counterparty_id;
        note(context, &mut tx, document.id, document.status, PORTICO, &words).await?;
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
