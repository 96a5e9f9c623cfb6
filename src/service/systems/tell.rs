//! What other systems are told: written in the transaction that changes what it tells of, once for each that wants it, in
//! the order of its subject. They are told what the partner that a case is with can see, and nothing else: what is for the
//! hub alone, or for others who take part, is taken out here, before any system is looked at.

use super::deliver;
use crate::{
    domain::ids::{AttachmentId, CaseId, DeliveryId, OrganisationId},
    service::{Context, Result, community, xconnector},
    store::{
        Conn, Scope,
        attachments::{self, Attachment},
        bonds::{self, Bond},
        cases::{self, Case, CaseEvent, Message},
        dialect,
        endpoints::{self, Delivery, Endpoint},
    },
};

/// What is told is about something.
pub(in crate::service) struct Subject {
    /// Such as `case/ID`.
    pub name: String,
    /// The case, where it is one.
    pub case: Option<CaseId>,
}

impl Subject {
    /// A case.
    pub(in crate::service) fn of_case(id: CaseId) -> Self {
        Self { name: format!("case/{id}"), case: Some(id) }
    }
}

/// Something to be told of, in the order it happened.
pub(in crate::service) enum Step {
    /// Opened, with the first message where both sides may read it.
    Opened(CaseEvent, Option<Message>),
    Written(Message),
    Happened(CaseEvent),
}

/// What there is to tell of a case since the last time.
pub(in crate::service) struct Since {
    /// What was written and what happened.
    pub steps: Vec<Step>,
    /// The files that were attached.
    pub files: Vec<Attachment>,
    /// What the case is called elsewhere.
    pub bonds: Vec<Bond>,
}

/// Tells what was written in a case and what happened to it since the last time. Called wherever a case is saved.
pub(in crate::service) async fn case(context: &Context, conn: &mut Conn, case: &Case) -> Result<()> {
    let (messages, events) = cases::take_untold(conn, case.id).await?;
    let endpoints = endpoints::list(conn).await?;
    if endpoints.is_empty() {
        return Ok(());
    }
    let steps = steps(case.counterparty_id, messages, events);
    let since = Since { files: files(conn, case, &steps).await?, bonds: bonds::of_case(conn, case.id).await?, steps };
    for endpoint in &endpoints {
        if endpoint.system == community::SYSTEM {
            community::tell::case(context, conn, endpoint, case, &since).await?;
        } else {
            xconnector::tell::case(context, conn, endpoint, case, &since).await?;
        }
    }
    Ok(())
}

/// The files that steps tell of, oldest first.
async fn files(conn: &mut Conn, case: &Case, steps: &[Step]) -> Result<Vec<Attachment>> {
    let attached = steps.iter().filter_map(|step| match step {
        Step::Happened(event) if event.kind == "attached" => event.old.as_deref()?.parse().ok(),
        _ => None,
    });
    let attached: Vec<AttachmentId> = attached.collect();
    if attached.is_empty() {
        return Ok(Vec::new());
    }
    let mut files = shared_files(conn, case).await?;
    files.retain(|file| attached.contains(&file.id));
    Ok(files)
}

/// Every file of a case that the partner it is with may see, oldest first, without those that were withdrawn.
pub(in crate::service) async fn shared_files(conn: &mut Conn, case: &Case) -> Result<Vec<Attachment>> {
    let mut files = attachments::of_case(conn, Scope::Hub, case.id).await?;
    files.retain(|file| file.withdrawn_at.is_none() && file.readers().hold(case.counterparty_id));
    files.reverse();
    Ok(files)
}

/// What the partner that a case is with can see, in order; what happened in one transaction happened at one time: first the
/// opening, then what was written, then what follows from it.
fn steps(partner: OrganisationId, messages: Vec<Message>, events: Vec<CaseEvent>) -> Vec<Step> {
    let (opened, events): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.kind == "opened");
    let mut messages = messages.into_iter().filter(|message| message.readers().hold(partner)).peekable();
    let mut steps = Vec::new();
    for event in opened {
        let first = messages.next_if(|message| message.at >= event.at);
        steps.push((event.at, 0, Step::Opened(event, first)));
    }
    steps.extend(messages.map(|message| (message.at, 1, Step::Written(message))));
    let events = events.into_iter().filter(|event| event.readers().hold(partner));
    steps.extend(events.map(|event| (event.at, 2, Step::Happened(event))));
    steps.sort_by_key(|(at, rank, _)| (*at, *rank));
    steps.into_iter().map(|(.., step)| step).collect()
}

/// Puts something into the outbox of an endpoint, behind what it is told about the same subject. `body` is asked for it
/// with the id and the place it gets.
pub(in crate::service) async fn put(
    context: &Context,
    conn: &mut Conn,
    endpoint: &Endpoint,
    subject: &Subject,
    kind: String,
    body: impl FnOnce(DeliveryId, i64) -> Result<String>,
) -> Result<()> {
    dialect::lock(conn, &format!("events {} {}", endpoint.id, subject.name)).await?;
    let sequence = endpoints::last_sequence(conn, endpoint.id, &subject.name).await? + 1;
    let id = context.id();
    let row = Delivery {
        id,
        endpoint_id: endpoint.id,
        kind,
        subject: subject.name.clone(),
        sequence,
        case_id: subject.case,
        body: body(id, sequence)?,
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
