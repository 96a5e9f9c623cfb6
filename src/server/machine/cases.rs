//! Cases: a list, one case, and what was written in it. A partner's key sees what partners see.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    parts::{Partner, text},
    query::{Id, List, Query, codes, limit, read_cursor},
};
use crate::{
    auth::machine::Machine,
    domain::{
        case::Status,
        ids::{CaseId, CaseMessageId},
        time::Timestamp,
    },
    server::problem::Problem,
    service::{
        Context, Error,
        cases::view::{self, CaseView},
        reference::contacts,
    },
    store::{
        bonds::{self, Bond},
        cases::{self, CaseFilter, CaseRow, Message},
        references,
    },
};

/// Which cases a list shows.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CasesQuery {
    /// The id another system gave the case.
    external: Option<String>,
    /// One or several of `open`, `in_progress`, `waiting_on_partner`, `resolved`, `closed`, with commas between them.
    state: Option<String>,
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many items, from 1 to 100; 50 where absent.
    limit: Option<i64>,
}

/// A case in a list.
#[derive(Serialize, ToSchema)]
pub struct CaseInList {
    /// Id.
    id: Uuid,
    /// The number people say.
    #[schema(example = "C-00017")]
    number: String,
    /// `open`, `in_progress`, `waiting_on_partner`, `resolved` or `closed`.
    #[schema(example = "open")]
    status: &'static str,
    /// `low`, `normal`, `high` or `urgent`.
    #[schema(example = "normal")]
    priority: &'static str,
    /// `order`, `shipment`, `invoice`, `payment`, `document` or `question`.
    #[schema(example = "invoice")]
    kind: &'static str,
    /// In a few words.
    title: String,
    /// The supplier, customer or carrier.
    counterparty: Partner,
    /// When the next promise is due.
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// Last change.
    #[schema(format = DateTime)]
    updated_at: String,
    /// When it was opened.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<CaseRow> for CaseInList {
    fn from(row: CaseRow) -> Self {
        Self {
            id: row.id.0,
            number: row.number,
            status: row.status.as_str(),
            priority: row.priority.as_str(),
            kind: row.kind.as_str(),
            title: row.title,
            counterparty: Partner { code: Some(row.counterparty_code), name: row.counterparty },
            due_at: text(row.due_at),
            updated_at: row.updated_at.to_string(),
            created_at: row.created_at.to_string(),
        }
    }
}

/// Lists cases.
#[utoipa::path(get, path = "/api/v1/cases", operation_id = "list_cases", tag = "Cases",
    params(CasesQuery),
    responses((status = 200, description = "A page of cases, the last changed first", body = List<CaseInList>)))]
pub async fn list(
    Machine(actor): Machine,
    State(context): State<Context>,
    Query(query): Query<CasesQuery>,
) -> Result<Json<List<CaseInList>>, Problem> {
    let limit = limit(query.limit)?;
    if query.external.as_deref().is_some_and(|external| external.trim().is_empty()) {
        return Err(Error::field("external", "external is empty. Name the id that the other system gave the case, or leave it out.").into());
    }
    let filter = CaseFilter {
        statuses: codes("state", query.state.as_deref(), Status::ALL, Status::as_str)?,
        external: query.external,
        after: read_cursor("cases", query.cursor.as_deref())?,
        ..CaseFilter::default()
    };
    let mut conn = context.db.read().await.map_err(Error::from)?;
    let rows = cases::list(&mut conn, actor.scope(), &filter, limit).await.map_err(Error::from)?;
    Ok(Json(List::of("cases", rows, limit, |row| (row.updated_at, row.id.0), CaseInList::from)))
}

/// The same case in another system.
#[derive(Serialize, ToSchema)]
pub struct External {
    /// The system.
    #[schema(example = "xconnector")]
    system: String,
    /// What it calls the case.
    id: String,
    /// `in_step`, `behind` or `broken`.
    status: String,
}

impl From<Bond> for External {
    fn from(bond: Bond) -> Self {
        Self { system: bond.system, id: bond.external_id, status: bond.health }
    }
}

/// Something a case is about.
#[derive(Serialize, ToSchema)]
pub struct Reference {
    /// `order`, `shipment`, `invoice`, `payment` or `document`.
    #[serde(rename = "type")]
    kind: String,
    /// Its number, as somebody gave it.
    number: String,
    /// The line of the order or invoice that is meant; null where all of it is.
    line: Option<String>,
    /// Its id, once it is known here; of a payment, that of its remittance.
    id: Option<Uuid>,
}

impl From<references::Reference> for Reference {
    fn from(row: references::Reference) -> Self {
        Self { id: row.id(), kind: row.kind, number: row.number, line: Some(row.line).filter(|line| !line.is_empty()) }
    }
}

/// A person to turn to.
#[derive(Serialize, ToSchema)]
pub struct Contact {
    /// What the source of reference data calls them.
    code: String,
    /// Name.
    name: String,
    /// What for; empty where it is not known, here and below.
    role: String,
    /// Address of mail.
    email: String,
    /// Telephone number.
    phone: String,
}

impl From<contacts::Contact> for Contact {
    fn from(known: contacts::Contact) -> Self {
        let contacts::Contact { code, name, role, email, phone } = known;
        Self { code, name, role, email, phone }
    }
}

/// A case.
#[derive(Serialize, ToSchema)]
pub struct Case {
    /// What the list says of it.
    #[serde(flatten)]
    head: CaseInList,
    /// The person or system that opened it.
    author: String,
    /// Level of support, from 1.
    tier: i64,
    /// The same case in other systems; for the company that runs the portal alone.
    external: Vec<External>,
    /// What it is about.
    references: Vec<Reference>,
    /// Whom to turn to on the other side, as reference data names them today.
    contacts: Vec<Contact>,
    /// Counts its changes.
    version: i64,
}

impl Case {
    fn of(view: CaseView, bonds: Vec<Bond>) -> Self {
        let CaseView { case, counterparty, references, contacts, .. } = view;
        Self {
            head: CaseInList {
                id: case.id.0,
                number: case.number,
                status: case.status.as_str(),
                priority: case.priority.as_str(),
                kind: case.kind.as_str(),
                title: case.title,
                counterparty: counterparty.into(),
                due_at: text(case.due_at),
                updated_at: case.updated_at.to_string(),
                created_at: case.created_at.to_string(),
            },
            author: case.author,
            tier: case.tier,
            external: bonds.into_iter().map(External::from).collect(),
            references: references.into_iter().map(Reference::from).collect(),
            contacts: contacts.into_iter().map(Contact::from).collect(),
            version: case.version,
        }
    }
}

/// Shows a case.
#[utoipa::path(get, path = "/api/v1/cases/{id}", operation_id = "show_case", tag = "Cases",
    params(("id" = Uuid, Path, description = "Id of the case")),
    responses((status = 200, description = "The case", body = Case)))]
pub async fn show(Machine(actor): Machine, State(context): State<Context>, Id(id): Id<CaseId>) -> Result<Json<Case>, Problem> {
    let view = view::load(&context, &actor, id).await?;
    let bonds = match actor.scope().party() {
        None => bonds::of_case(&mut context.db.read().await.map_err(Error::from)?, id).await.map_err(Error::from)?,
        Some(_) => Vec::new(),
    };
    Ok(Json(Case::of(view, bonds)))
}

/// Something written in a case.
#[derive(Serialize, ToSchema)]
pub struct Comment {
    /// Id.
    id: Uuid,
    /// `partner`: both sides read it; `internal`: the company that runs the portal alone.
    #[schema(example = "partner")]
    status: &'static str,
    /// The person or system.
    author: String,
    /// The words.
    text: String,
    /// `portico`, or the system it came from.
    origin: String,
    /// What that system calls it.
    origin_id: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Message> for Comment {
    fn from(row: Message) -> Self {
        Self {
            id: row.id.0,
            status: row.visibility.as_str(),
            author: row.author,
            text: row.body,
            origin: row.origin,
            origin_id: row.origin_id,
            created_at: row.at.to_string(),
        }
    }
}

/// Which page of what was written is wanted.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentsQuery {
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many items, from 1 to 100; 50 where absent.
    limit: Option<i64>,
}

/// Lists what was written in a case, oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/comments", operation_id = "list_comments", tag = "Cases",
    params(("id" = Uuid, Path, description = "Id of the case"), CommentsQuery),
    responses((status = 200, description = "A page of what was written, as far as this key may read it", body = List<Comment>)))]
pub async fn comments(
    Machine(actor): Machine,
    State(context): State<Context>,
    Id(id): Id<CaseId>,
    Query(query): Query<CommentsQuery>,
) -> Result<Json<List<Comment>>, Problem> {
    let limit = limit(query.limit)?;
    let after: Option<(Timestamp, CaseMessageId)> = read_cursor("comments", query.cursor.as_deref())?;
    let mut messages = view::load(&context, &actor, id).await?.messages;
    messages.retain(|message| after.is_none_or(|after| (message.at, message.id) > after));
    Ok(Json(List::of("comments", messages, limit, |message| (message.at, message.id.0), Comment::from)))
}
