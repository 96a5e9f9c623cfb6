//! Documents on the wire: handing in a file of them, and what became of a file.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{parts::text, query::Id};
use crate::{
    auth::machine::Machine,
    domain::{access::Actor, ids::TransmissionId},
    edi::x12::{self, event::InterchangeHeader},
    server::{problem::Problem, state::AppState},
    service::{
        Context, Error,
        exchange::{
            self, Source,
            view::{self, TransmissionView},
        },
    },
    store::{documents, files::hex, organisations, transmissions},
};

/// The header with the name of the file.
const FILE_NAME: &str = "x-file-name";
/// The name of a file that was given none.
const UNNAMED: &str = "upload.edi";

/// What became of a file.
#[derive(Serialize, ToSchema)]
pub struct Receipt {
    /// Id of the transmission: the file with all that is in it.
    document_id: Uuid,
    /// received: something in it was taken; refused: nothing was.
    #[schema(example = "received")]
    status: &'static str,
    /// Why nothing was taken, in words.
    failure: Option<String>,
}

/// Hands in a file of documents, as it is. Sending the same file again has no second effect.
#[utoipa::path(post, path = "/api/v1/documents", operation_id = "send_documents", tag = "Documents",
    params(("X-File-Name" = Option<String>, Header, description = "Name of the file, as shown; upload.edi where absent")),
    request_body(content = String, content_type = "application/octet-stream", description = "X12 interchanges, at most 64 MB"),
    responses((status = 202, description = "The file is kept and was read; Location is its address", body = Receipt)))]
pub async fn send(
    Machine(actor): Machine,
    State(state): State<AppState>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let context = &state.context;
    let bytes = sent_by(context, &actor, bytes).await?;
    let source =
        Source { route: None, owner: actor.organisation, name: file_name(&headers), handle: None, is_copy: false, refuses_test: false };
    let receipt = exchange::receive(context, source, bytes).await?;
    let receipt = Receipt { document_id: receipt.transmission.0, status: receipt.status, failure: receipt.failure };
    Ok((StatusCode::ACCEPTED, Json(receipt)))
}

/// The name of the file without the folders it came from.
fn file_name(headers: &HeaderMap) -> String {
    let given = headers.get(FILE_NAME).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let name: String =
        given.as_deref().and_then(|name| name.rsplit(['/', '\\']).next()).unwrap_or_default().trim().chars().take(255).collect();
    if name.is_empty() { UNNAMED.to_owned() } else { name }
}

/// A partner's key hands in that partner's documents only: nobody speaks in another's name. The hub passes on what it got.
async fn sent_by(context: &Context, actor: &Actor, bytes: Bytes) -> Result<Bytes, Problem> {
    if actor.scope().party().is_none() {
        return Ok(bytes);
    }
    let reading = tokio::task::spawn_blocking(move || (headers_of(&bytes), bytes));
    let (headers, bytes) = reading.await.map_err(|error| Error::Internal(error.to_string()))?;
    let mut conn = context.db.read().await.map_err(Error::from)?;
    for header in headers {
        // Whoever is not known here is refused when the file is read.
        let found = organisations::identify(&mut conn, &header.sender_qualifier, &header.sender).await.map_err(Error::from)?;
        if found.is_some_and(|sender| sender.organisation_id != actor.organisation) {
            let words = format!(
                "Interchange {} comes from {} ({}), which is not {}. This key hands in documents of its own organisation only.",
                header.control_number, header.sender, header.sender_qualifier, actor.organisation_name
            );
            return Err(Error::Forbidden(words).into());
        }
    }
    Ok(bytes)
}

fn headers_of(bytes: &[u8]) -> Vec<InterchangeHeader> {
    let mut headers = Vec::new();
    let options = x12::Options { depth: x12::Depth::Envelope, origins: false };
    // Reading from memory cannot fail, and what is no document holds no interchange.
    let _ = x12::read(bytes, options, &mut |event| {
        if let x12::Event::InterchangeBegin(header) = event {
            headers.push(header);
        }
    });
    headers
}

/// A file of documents and everything in it.
#[derive(Serialize, ToSchema)]
pub struct Transmission {
    /// Id.
    id: Uuid,
    /// in or out.
    #[schema(example = "in")]
    direction: &'static str,
    /// `received` or `refused`; on the way out `submitted`, `sent`, `send_failed`, `delivered`, or `refused` by its receiver.
    #[schema(example = "received")]
    status: String,
    /// Why it was refused or could not be sent.
    failure: Option<String>,
    /// File name.
    name: String,
    /// Bytes.
    size: i64,
    /// SHA-256 of the bytes, in hexadecimal digits.
    sha256: String,
    /// When the counterpart had it.
    #[schema(format = DateTime)]
    delivered_at: Option<String>,
    /// When it came, or was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// Its envelopes, in order.
    interchanges: Vec<Interchange>,
    /// Its functional groups, in order.
    groups: Vec<Group>,
    /// Its documents, in order.
    documents: Vec<Document>,
    /// Everything that was found: that of the interchanges, then that of the documents.
    findings: Vec<Finding>,
}

/// An envelope.
#[derive(Serialize, ToSchema)]
pub struct Interchange {
    /// Id.
    id: Uuid,
    /// `taken`: its contents were taken; `not_taken`: it was refused, or had been taken before.
    #[schema(example = "taken")]
    status: &'static str,
    /// X12.
    standard: String,
    /// What kind of id the sender has.
    sender_qualifier: String,
    /// Sender.
    sender: String,
    /// What kind of id the receiver has.
    receiver_qualifier: String,
    /// Receiver.
    receiver: String,
    /// Control number.
    control_number: String,
    /// Code of the interchange acknowledgment (TA1), given or received.
    acknowledgment: Option<String>,
    /// What was found in the envelope.
    findings: Vec<Finding>,
}

/// A functional group.
#[derive(Serialize, ToSchema)]
pub struct Group {
    /// Id.
    id: Uuid,
    /// The envelope it stands in.
    interchange_id: Uuid,
    /// Functional id, such as PO.
    functional_id: String,
    /// Control number.
    control_number: String,
    /// Verdict of the functional acknowledgment, given or received: A accepted, E accepted with errors, P in part, R rejected.
    status: Option<&'static str>,
    /// When.
    #[schema(format = DateTime)]
    acknowledged_at: Option<String>,
}

/// A document: one transaction set.
#[derive(Serialize, ToSchema)]
pub struct Document {
    /// Id.
    id: Uuid,
    /// The group it stands in.
    group_id: Option<Uuid>,
    /// Transaction set, such as 850.
    #[schema(example = "850")]
    code: String,
    /// `purchase_order`, `order_response`, `ship_notice`, `invoice`, `functional_acknowledgment`, `shipment_status`,
    /// `receiving_advice`, `remittance_advice`, `application_advice` or `unknown`.
    #[schema(example = "purchase_order")]
    kind: &'static str,
    /// Control number.
    control_number: Option<String>,
    /// The number of the order, shipment or invoice.
    number: String,
    /// Where it stands: `new`, `read`, `downloaded`, `turned_around` or `refused`; on the way out `validated`,
    /// `submitted`, `sent`, `send_failed`, `delivered`, `acknowledged`, `acknowledged_with_errors`, `rejected` or
    /// `withdrawn`.
    #[schema(example = "new")]
    status: &'static str,
    /// Whether it could be read and used.
    accepted: bool,
    /// The order it is about.
    order_id: Option<Uuid>,
    /// The shipment it is about.
    shipment_id: Option<Uuid>,
    /// The invoice it is about.
    invoice_id: Option<Uuid>,
    /// The three acknowledgments.
    acknowledgments: Acknowledgments,
    /// What was found in it.
    findings: Vec<Finding>,
}

/// The three acknowledgments of a document, never mixed.
#[derive(Serialize, ToSchema)]
pub struct Acknowledgments {
    /// The receiver's system has it, since when.
    #[schema(format = DateTime)]
    delivered_at: Option<String>,
    /// It was read, when.
    #[schema(format = DateTime)]
    read_at: Option<String>,
    /// With which verdict: A accepted, E accepted with errors, R rejected.
    read_verdict: Option<&'static str>,
    /// It was answered by a document, when.
    #[schema(format = DateTime)]
    answered_at: Option<String>,
    /// With which answer: accepted, changed, held or rejected.
    answer: Option<String>,
}

/// Something that was found.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// error, warning or info.
    #[schema(example = "error")]
    severity: String,
    /// Its stable name; see docs/edi-inspect.md.
    #[schema(example = "not_a_number")]
    code: String,
    /// Segment, counted from 1 at ISA.
    segment: Option<u32>,
    /// The segment's tag.
    tag: Option<String>,
    /// Element, as the standard counts it.
    element: Option<u32>,
    /// What stood there.
    value: Option<String>,
    /// Byte offset in the file, from 0.
    offset: Option<u64>,
    /// What is wrong and what to do.
    message: String,
}

/// Findings as they are kept. One that is not of this form was not written by us; it is left out rather than guessed at.
fn findings(kept: &serde_json::Value) -> Vec<Finding> {
    kept.as_array().into_iter().flatten().filter_map(|finding| Finding::deserialize(finding).ok()).collect()
}

impl From<TransmissionView> for Transmission {
    fn from(view: TransmissionView) -> Self {
        let transmission = view.transmission;
        let interchanges: Vec<Interchange> = view.interchanges.into_iter().map(Interchange::from).collect();
        let documents: Vec<Document> = view.documents.into_iter().map(Document::from).collect();
        let findings = interchanges.iter().flat_map(|part| &part.findings).chain(documents.iter().flat_map(|part| &part.findings));
        Self {
            id: transmission.id.0,
            direction: transmission.direction.as_str(),
            status: transmission.status,
            failure: transmission.failure,
            name: transmission.name,
            size: transmission.size,
            sha256: hex(&transmission.sha256),
            delivered_at: text(transmission.delivered_at),
            created_at: transmission.created_at.to_string(),
            findings: findings.cloned().collect(),
            interchanges,
            groups: view.groups.into_iter().map(Group::from).collect(),
            documents,
        }
    }
}

impl From<transmissions::Interchange> for Interchange {
    fn from(row: transmissions::Interchange) -> Self {
        Self {
            id: row.id.0,
            status: if row.is_taken { "taken" } else { "not_taken" },
            standard: row.standard,
            sender_qualifier: row.sender_qualifier,
            sender: row.sender_value,
            receiver_qualifier: row.receiver_qualifier,
            receiver: row.receiver_value,
            control_number: row.control_number,
            acknowledgment: row.ta1,
            findings: findings(&row.findings),
        }
    }
}

impl From<transmissions::Group> for Group {
    fn from(row: transmissions::Group) -> Self {
        Self {
            id: row.id.0,
            interchange_id: row.interchange_id.0,
            functional_id: row.functional_id,
            control_number: row.control_number,
            status: row.verdict.map(crate::domain::document::Verdict::as_str),
            acknowledged_at: text(row.acknowledged_at),
        }
    }
}

impl From<documents::Document> for Document {
    fn from(row: documents::Document) -> Self {
        Self {
            id: row.id.0,
            group_id: row.group_id.map(|id| id.0),
            code: row.code,
            kind: row.kind.as_str(),
            control_number: row.control_number,
            number: row.number,
            status: row.status.as_str(),
            accepted: row.is_accepted,
            order_id: row.order_id.map(|id| id.0),
            shipment_id: row.shipment_id.map(|id| id.0),
            invoice_id: row.invoice_id.map(|id| id.0),
            acknowledgments: Acknowledgments {
                delivered_at: text(row.delivered_at),
                read_at: text(row.acknowledged_at),
                read_verdict: row.acknowledgment.map(crate::domain::document::Verdict::as_str),
                answered_at: text(row.answered_at),
                answer: row.answer,
            },
            findings: findings(&row.findings),
        }
    }
}

/// Shows what became of a file: its interchanges, groups, documents and findings.
#[utoipa::path(get, path = "/api/v1/documents/{id}", operation_id = "show_documents", tag = "Documents",
    params(("id" = Uuid, Path, description = "The document_id that was given when the file was handed in")),
    responses((status = 200, description = "The file and everything in it", body = Transmission)))]
pub async fn show(
    Machine(actor): Machine,
    State(context): State<Context>,
    Id(id): Id<TransmissionId>,
) -> Result<Json<Transmission>, Problem> {
    Ok(Json(view::transmission(&context, &actor, id).await?.into()))
}
