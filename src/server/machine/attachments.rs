//! Files of cases: a list, and their bytes. A partner's key sees what partners see.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::query::{Id, List};
use crate::{
    auth::machine::Machine,
    domain::ids::{AttachmentId, CaseId},
    server::{assets, problem::Problem},
    service::{
        Context,
        cases::{attach, files},
    },
    store::{attachments, files::hex},
};

/// A file attached to a case.
#[derive(Serialize, ToSchema)]
pub struct Attachment {
    /// Id.
    id: Uuid,
    /// `partner`: both sides see it; `internal`: the company that runs the portal alone.
    #[schema(example = "partner")]
    status: &'static str,
    /// Its name.
    #[schema(example = "delivery-note.pdf")]
    name: String,
    /// What it is, by its contents.
    #[schema(example = "application/pdf")]
    media_type: &'static str,
    /// How many bytes; 0 where the other system keeps them.
    size: i64,
    /// Their SHA-256 in hexadecimal.
    sha256: String,
    /// Where the other system keeps it; null where its contents are here.
    url: Option<String>,
    /// The person or system.
    author: String,
    /// `portico`, or the system it came from.
    origin: String,
    /// What that system calls it.
    origin_id: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    created_at: String,
    /// That it was withdrawn; its contents cannot be had any more.
    withdrawn: Option<Withdrawn>,
}

/// How a file was withdrawn.
#[derive(Serialize, ToSchema)]
pub struct Withdrawn {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// The person.
    by: String,
    /// Why.
    reason: String,
}

impl From<attachments::Attachment> for Attachment {
    fn from(row: attachments::Attachment) -> Self {
        Self {
            id: row.id.0,
            status: row.visibility.as_str(),
            name: row.name,
            media_type: row.media_type.as_str(),
            size: row.size,
            sha256: hex(&row.sha256),
            url: row.url.filter(|_| row.withdrawn_at.is_none()),
            author: row.author,
            origin: row.origin,
            origin_id: row.origin_id,
            created_at: row.at.to_string(),
            withdrawn: row.withdrawn_at.map(|at| Withdrawn {
                at: at.to_string(),
                by: row.withdrawn_by.unwrap_or_default(),
                reason: row.withdrawn_why.unwrap_or_default(),
            }),
        }
    }
}

/// Lists the files of a case, the newest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/attachments", operation_id = "list_attachments", tag = "Cases",
    params(("id" = Uuid, Path, description = "Id of the case")),
    responses((status = 200, description = "Every file that this key may see", body = List<Attachment>)))]
pub async fn list(Machine(actor): Machine, State(context): State<Context>, Id(id): Id<CaseId>) -> Result<Json<List<Attachment>>, Problem> {
    let held = files::list(&context, &actor, id).await?;
    Ok(Json(List::whole(held.attachments, Attachment::from)))
}

/// The bytes of a file.
#[utoipa::path(get, path = "/api/v1/cases/{id}/attachments/{attachment}/content", operation_id = "show_attachment", tag = "Cases",
    params(("id" = Uuid, Path, description = "Id of the case"), ("attachment" = Uuid, Path, description = "Id of the file")),
    responses((status = 200, description = "The bytes, under their own media type", body = String, content_type = "application/octet-stream")))]
pub async fn content(
    Machine(actor): Machine,
    State(context): State<Context>,
    Path((case, attachment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id = |text: &str| Uuid::try_parse(text).map_err(|_| Problem::not_found());
    let (case, attachment) = (CaseId(id(&case)?), AttachmentId(id(&attachment)?));
    let (row, bytes) = attach::read(&context, &actor, case, attachment).await?;
    let mut response = assets::streamed(bytes, row.size);
    for (name, value) in [(header::CONTENT_TYPE, row.media_type.as_str()), (header::CONTENT_DISPOSITION, "attachment")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
