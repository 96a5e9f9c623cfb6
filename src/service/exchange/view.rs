//! Documents as their pages show them: the list, and one document with its raw segments beside what they say.

use bytes::Bytes;

use crate::{
    domain::{
        access::{Actor, Permission},
        document::{Direction, DocumentKind, DocumentStatus},
        ids::{DocumentId, TransmissionId},
        message::Document as Content,
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        exchange::{
            correction::{self, Correction},
            segments::{self, Segments},
        },
        outbox,
        paging::{PAGE, cut},
    },
    store::{
        Conn,
        advices::{self, Advice, Of},
        documents::{self, Document, DocumentEvent, DocumentFilter, DocumentRow},
        organisations::{self, Organisation},
        routes,
        transmissions::{self, Group, Interchange, Transmission},
    },
};

/// The number people know a document by.
pub fn number(content: &Content) -> String {
    match content {
        Content::PurchaseOrder(order) => order.number.clone(),
        Content::OrderResponse(response) => response.order_number.clone(),
        Content::ShipNotice(notice) => notice.number.clone(),
        Content::Invoice(invoice) => invoice.number.clone(),
        Content::FunctionalAcknowledgment(answer) => answer.group_control_number.clone(),
        Content::ShipmentStatus(status) => status.tracking.clone().or_else(|| status.shipment_number.clone()).unwrap_or_default(),
        Content::ReceivingAdvice(advice) => advice.number.clone(),
        Content::RemittanceAdvice(advice) => advice.number.clone(),
        Content::ApplicationAdvice(advice) => advice.number.clone(),
    }
}

/// A page of the list.
pub struct DocumentList {
    /// The rows.
    pub rows: Vec<DocumentRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, DocumentId)>,
    /// How many documents are in each state: `direction:status`.
    pub counts: Vec<(String, i64)>,
}

/// Loads a page of documents.
pub async fn list(context: &Context, actor: &Actor, filter: &DocumentFilter) -> Result<DocumentList> {
    let mut conn = context.db.read().await?;
    let mut rows = documents::list(&mut conn, actor.scope(), filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.created_at, row.id));
    let counts = documents::count(&mut conn, actor.scope()).await?;
    Ok(DocumentList { rows, next, counts })
}

/// A document and everything around it.
pub struct DocumentView {
    /// The document.
    pub document: Document,
    /// Who sent it.
    pub sender: Option<Organisation>,
    /// To whom.
    pub receiver: Option<Organisation>,
    /// The bytes it stands in.
    pub transmission: Option<Transmission>,
    /// The actor may have those bytes.
    pub has_file: bool,
    /// The envelope it stands in.
    pub interchange: Option<Interchange>,
    /// The group it stands in.
    pub group: Option<Group>,
    /// Where the actor corrects it and sends it anew, where its receiver did not take it.
    pub correction: Option<Correction>,
    /// Its own segments, from `document.first_segment` on.
    pub segments: Vec<String>,
    /// The characters that separate its elements.
    pub separator: char,
    /// Its life, oldest first.
    pub events: Vec<DocumentEvent>,
    /// The name of the route it travelled.
    pub route: Option<String>,
    /// What its receiver's application said of it, oldest first.
    pub advices: Vec<Advice>,
    /// What it says of other documents itself.
    pub advises: Vec<Advice>,
}

/// Loads a document; a received one that its receiver opens becomes "read".
pub async fn load(context: &Context, actor: &Actor, id: DocumentId) -> Result<DocumentView> {
    let mut conn = context.db.read().await?;
    let mut document = documents::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let sender = match document.sender_id {
        Some(id) => organisations::find(&mut conn, id).await?,
        None => None,
    };
    let receiver = match document.receiver_id {
        Some(id) => organisations::find(&mut conn, id).await?,
        None => None,
    };
    let (mut transmission, mut interchange, mut group, mut route) = (None, None, None, None);
    let mut has_file = false;
    if let Some(id) = document.transmission_id {
        has_file = is_whole_file_of(&mut conn, actor, id).await?;
        transmission = transmissions::find_transmission(&mut conn, id).await?;
        if let Some(id) = document.group_id {
            group = transmissions::find_group(&mut conn, id).await?;
        }
        if let Some(group) = &group {
            interchange = transmissions::find_interchange(&mut conn, group.interchange_id).await?;
        }
        if let Some(id) = transmission.as_ref().and_then(|transmission| transmission.route_id) {
            route = routes::find(&mut conn, id).await?.map(|route| route.name);
        }
    }
    let events = documents::events(&mut conn, id).await?;
    let said = advices::list(&mut conn, actor.scope(), Of::Document(id)).await?;
    let says = match document.kind {
        DocumentKind::ApplicationAdvice => advices::list(&mut conn, actor.scope(), Of::Advice(id)).await?,
        _ => Vec::new(),
    };
    let correction = correction::of(&mut conn, actor, id).await?;
    drop(conn);
    if document.status == DocumentStatus::New && document.receiver_id == Some(actor.organisation) {
        document.status = open(context, actor, &document).await?;
    }
    let read = match &transmission {
        Some(transmission) => segments(context, transmission, interchange.as_ref().map_or(0, |row| row.position), &document).await?,
        None => Segments { separator: '*', ..Segments::default() },
    };
    if document.origins.0.is_empty() {
        document.origins.0 = read.origins;
    }
    let (segments, separator) = (read.lines, read.separator);
    Ok(DocumentView {
        document,
        sender,
        receiver,
        transmission,
        has_file,
        interchange,
        group,
        correction,
        segments,
        separator,
        events,
        route,
        advices: said,
        advises: says,
    })
}

/// What receivers' applications said last of each document about something, as far as the actor may see it.
pub async fn advices(context: &Context, actor: &Actor, of: Of) -> Result<Vec<Advice>> {
    let mut conn = context.db.read().await?;
    let all = advices::list(&mut conn, actor.scope(), of).await?;
    let is_last = |place: usize, row: &Advice| all[place + 1..].iter().all(|later| later.document_id != row.document_id);
    Ok(all.iter().enumerate().filter(|(place, row)| is_last(*place, row)).map(|(_, row)| row.clone()).collect())
}

async fn open(context: &Context, actor: &Actor, document: &Document) -> Result<DocumentStatus> {
    reach(context, actor, document, DocumentStatus::Read).await?;
    Ok(DocumentStatus::Read)
}

/// Notes what the receiver of a document did with it.
async fn reach(context: &Context, actor: &Actor, document: &Document, status: DocumentStatus) -> Result<()> {
    let mut tx = context.db.begin().await?;
    match documents::set_status(&mut tx, document.id, document.status, status, context.now()).await {
        Ok(()) => {
            outbox::note(context, &mut tx, document.id, status, &actor.name, "").await?;
            tx.commit().await?;
            context.live.publish(document.counterparty_id);
            Ok(())
        }
        // Somebody else did something with it at the same moment: just as well.
        Err(crate::store::StoreError::Stale) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// Whether an actor may have a file: it may hold documents of several partners, and a partner gets it only where all of it
/// is theirs.
async fn is_whole_file_of(conn: &mut Conn, actor: &Actor, id: TransmissionId) -> Result<bool> {
    let Some(party) = actor.scope().party() else { return Ok(true) };
    Ok(documents::of_transmission(conn, id).await?.iter().all(|document| document.counterparty_id == Some(party)))
}

/// The raw bytes of a transmission whose document the actor may see; a received one becomes "downloaded".
pub async fn raw(context: &Context, actor: &Actor, id: DocumentId) -> Result<(Transmission, Bytes)> {
    let mut conn = context.db.read().await?;
    let document = documents::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let id = document.transmission_id.ok_or(Error::NotFound)?;
    let transmission = transmissions::find_transmission(&mut conn, id).await?.ok_or(Error::NotFound)?;
    if !is_whole_file_of(&mut conn, actor, id).await? {
        return Err(Error::Forbidden(
            "This file also holds documents of other partners. Its operator can give you your part of it.".to_owned(),
        ));
    }
    drop(conn);
    let bytes = context.files.get(&transmission.file).await?.ok_or(Error::NotFound)?;
    if matches!(document.status, DocumentStatus::New | DocumentStatus::Read) && document.receiver_id == Some(actor.organisation) {
        reach(context, actor, &document, DocumentStatus::Downloaded).await?;
    }
    Ok((transmission, bytes))
}

/// A document as it was on the wire.
pub enum AsSent {
    /// The file it stood in.
    Whole(Bytes),
    /// Its own segments, a line each: the file also holds what belongs to others.
    Part(String),
    /// It was, and the file store does not have it any more.
    Missing,
    /// It has not left yet.
    NotYet,
}

/// A document of the actor's as it was on the wire, without noting that anybody read it.
pub async fn as_sent(context: &Context, actor: &Actor, document: &Document) -> Result<AsSent> {
    let Some(id) = document.transmission_id else { return Ok(AsSent::NotYet) };
    let mut conn = context.db.read().await?;
    let transmission = transmissions::find_transmission(&mut conn, id).await?.ok_or(Error::NotFound)?;
    let is_whole = is_whole_file_of(&mut conn, actor, id).await?;
    let group = match document.group_id {
        Some(group) => transmissions::find_group(&mut conn, group).await?,
        None => None,
    };
    let interchange = match group {
        Some(group) => transmissions::find_interchange(&mut conn, group.interchange_id).await?,
        None => None,
    };
    drop(conn);
    if is_whole {
        return Ok(context.files.get(&transmission.file).await?.map_or(AsSent::Missing, AsSent::Whole));
    }
    let read = segments(context, &transmission, interchange.map_or(0, |row| row.position), document).await?;
    Ok(if read.lines.is_empty() { AsSent::Missing } else { AsSent::Part(read.lines.join("\n")) })
}

/// A document's own segments; those of an outgoing one are understood as well, which tells where each value stands.
async fn segments(context: &Context, transmission: &Transmission, interchange: i64, document: &Document) -> Result<Segments> {
    let Some(bytes) = context.files.get(&transmission.file).await? else { return Ok(Segments { separator: '*', ..Segments::default() }) };
    let number = |counted: i64| usize::try_from(counted).unwrap_or_default();
    let range = (number(document.first_segment), number(document.last_segment));
    let (interchange, origins) = (number(interchange), document.origins.0.is_empty());
    tokio::task::spawn_blocking(move || segments::read(&bytes, interchange, range, origins))
        .await
        .map_err(|error| Error::Internal(error.to_string()))
}

/// What a transmission held, for the machine API.
pub struct TransmissionView {
    /// The bytes.
    pub transmission: Transmission,
    /// Its interchanges.
    pub interchanges: Vec<Interchange>,
    /// Its groups.
    pub groups: Vec<Group>,
    /// Its documents, as far as the actor may see them.
    pub documents: Vec<Document>,
}

/// Loads a transmission: for the hub, and for the partner whose documents it holds or who handed it in.
pub async fn transmission(context: &Context, actor: &Actor, id: TransmissionId) -> Result<TransmissionView> {
    let mut conn = context.db.read().await?;
    let transmission = transmissions::find_transmission(&mut conn, id).await?.ok_or(Error::NotFound)?;
    let documents = documents::of_transmission(&mut conn, id).await?;
    let visible = match actor.scope().party() {
        None => actor.may(Permission::Operate),
        Some(party) => {
            let handed_in = transmission.owner_id == Some(party);
            (handed_in || !documents.is_empty()) && documents.iter().all(|document| document.counterparty_id == Some(party))
        }
    };
    if !visible {
        return Err(Error::NotFound);
    }
    let interchanges = transmissions::interchanges(&mut conn, id).await?;
    let groups = transmissions::groups(&mut conn, id).await?;
    Ok(TransmissionView { transmission, interchanges, groups, documents })
}

/// Sends a document again as it is: same bytes, same control numbers, under a new file name.
pub fn can_send_again(document: &Document) -> bool {
    document.direction == Direction::Out
        && matches!(
            document.status,
            DocumentStatus::Sent | DocumentStatus::SendFailed | DocumentStatus::Delivered | DocumentStatus::Rejected
        )
}
