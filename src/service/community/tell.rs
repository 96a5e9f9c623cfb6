//! What Active Community is told of a case: how it stands, whenever that differs from what was told last, and what was
//! written and attached, each once and never back to where it came from. The first time it is told all of it.

use super::SYSTEM;
use crate::{
    connectors::community::{By, CaseState, Comment, Link, Named, Push},
    service::{
        Context, Error, Result,
        cases::PORTICO,
        systems::{
            self, deliver,
            tell::{Since, Step, Subject},
        },
    },
    store::{
        Conn, Scope,
        attachments::{self, Attachment},
        bonds,
        cases::{self, Case, CaseEvent, Message},
        endpoints::{self, Delivery, Endpoint},
        files::hex,
        organisations,
        references::{self, Reference},
    },
};

/// How the state of a case is called in the log of the endpoint.
const STATE: &str = "portico.case.upserted";

/// How a file is called in it.
const ATTACHED: &str = "portico.case.attachment.added";

/// Where it does not know a case right after it was told of it, it is not told anew again for so many seconds.
const ANEW_AFTER: i64 = 60;

/// Tells what was written in a case and what happened to it.
pub(in crate::service) async fn case(context: &Context, conn: &mut Conn, endpoint: &Endpoint, case: &Case, since: &Since) -> Result<()> {
    let is_first = endpoints::last_sequence(conn, endpoint.id, &Subject::of_case(case.id).name).await? == 0;
    tell(context, conn, endpoint, case, since, is_first).await
}

/// Tells all of a case anew, because it does not know the case any more, as after a restore: what was on its way is left out,
/// and part of it. `false` where that was done just now.
pub async fn anew(context: &Context, delivery: &Delivery) -> Result<bool> {
    let Some(id) = delivery.case_id else { return Ok(false) };
    let mut tx = context.db.begin().await?;
    let Some(case) = cases::find_for_update(&mut tx, Scope::Hub, id).await? else { return Ok(false) };
    let Some(endpoint) = endpoints::find(&mut tx, delivery.endpoint_id).await? else { return Ok(false) };
    let last = endpoints::last_told(&mut tx, endpoint.id, &delivery.subject, STATE).await?;
    let told_at = last.and_then(|last| last.settled_at);
    if delivery.kind == STATE || told_at.is_some_and(|at| at.plus_seconds(ANEW_AFTER) > context.now()) {
        return Ok(false);
    }
    endpoints::supersede(&mut tx, endpoint.id, &delivery.subject, context.now()).await?;
    let since = Since { steps: Vec::new(), files: Vec::new(), bonds: bonds::of_case(&mut tx, id).await? };
    tell(context, &mut tx, &endpoint, &case, &since, true).await?;
    tx.commit().await?;
    Ok(true)
}

async fn tell(context: &Context, conn: &mut Conn, endpoint: &Endpoint, case: &Case, since: &Since, is_all: bool) -> Result<()> {
    let subject = Subject::of_case(case.id);
    let state = state(conn, case, since).await?;
    let last = endpoints::last_told(conn, endpoint.id, &subject.name, STATE).await?;
    let last: Option<Push> = last.and_then(|last| serde_json::from_str(&last.body).ok());
    let is_known = matches!(&last, Some(Push::Case { body, .. }) if body.says_the_same(&state));
    let mut pushes = Vec::new();
    if is_all || !is_known {
        pushes.push((STATE, Push::Case { id: case.id.to_string(), body: Box::new(state) }));
    }
    for message in written(conn, case, since, is_all).await? {
        pushes.push(("portico.case.commented", Push::Comment { case: case.id.to_string(), body: comment(message) }));
    }
    let files = if is_all { systems::tell::shared_files(conn, case).await? } else { since.files.clone() };
    // What came from there is there.
    for attachment in files.into_iter().filter(|file| file.origin != SYSTEM) {
        let file = attachment.file.clone();
        pushes.push((ATTACHED, Push::Attachment { case: case.id.to_string(), file, body: link(attachment) }));
    }
    for (kind, push) in pushes {
        let body = serde_json::to_string(&push).map_err(|error| Error::Internal(error.to_string()))?;
        systems::tell::put(context, conn, endpoint, &subject, kind.to_owned(), |_, _| Ok(body)).await?;
    }
    Ok(())
}

/// A file that was withdrawn before it left stays here. The profile has no word for one that is there already.
pub(in crate::service) async fn withhold(context: &Context, conn: &mut Conn, attachment: &Attachment) -> Result<()> {
    let subject = Subject::of_case(attachment.case_id);
    let (_, id) = origin(&attachment.origin, attachment.origin_id.clone(), attachment.id);
    for endpoint in endpoints::list(conn).await?.into_iter().filter(|endpoint| endpoint.system == SYSTEM) {
        let mut is_withheld = false;
        for delivery in endpoints::untold(conn, endpoint.id, &subject.name, ATTACHED).await? {
            let push = serde_json::from_str(&delivery.body).ok();
            if matches!(push, Some(Push::Attachment { body, .. }) if body.external_id == id) {
                endpoints::withhold(conn, delivery.id, context.now()).await?;
                deliver::wake(context, conn, endpoint.id, context.now()).await?;
                is_withheld = true;
            }
        }
        // With what the other side does without, nothing may be left that is not in step.
        for bond in bonds::of_case(conn, attachment.case_id).await?.into_iter().filter(|bond| is_withheld && bond.system == SYSTEM) {
            bonds::in_step(conn, bond.id, context.now()).await?;
        }
    }
    Ok(())
}

/// Whether a delivery carries a file that was withdrawn since.
pub(in crate::service) async fn is_withdrawn(conn: &mut Conn, delivery: &Delivery) -> Result<bool> {
    let (Some(case), ATTACHED) = (delivery.case_id, delivery.kind.as_str()) else { return Ok(false) };
    let Ok(Push::Attachment { body, .. }) = serde_json::from_str(&delivery.body) else { return Ok(false) };
    let mut files = attachments::of_case(conn, Scope::Hub, case).await?.into_iter().filter(|file| file.withdrawn_at.is_some());
    Ok(files.any(|file| origin(&file.origin, file.origin_id, file.id).1 == body.external_id))
}

/// How a case stands.
async fn state(conn: &mut Conn, case: &Case, since: &Since) -> Result<CaseState> {
    let partner = organisations::find(conn, case.counterparty_id).await?.map(|found| found.code).unwrap_or_default();
    let references = references::of_case(conn, case.id).await?;
    let mut correlation: std::collections::BTreeMap<_, _> =
        since.bonds.iter().map(|bond| (bond.system.clone(), bond.external_id.clone())).collect();
    for (system, external) in bonds::claims(conn, case.id).await? {
        correlation.entry(system).or_insert(external);
    }
    correlation.insert(PORTICO.to_owned(), case.id.to_string());
    Ok(CaseState {
        number: case.number.clone(),
        partner,
        kind: case.kind,
        title: case.title.clone(),
        status: case.status,
        priority: case.priority,
        tier: case.tier,
        version: case.version,
        opened_at: case.created_at,
        correlation,
        references: references.into_iter().map(named).collect(),
        by: by(case, &since.steps),
    })
}

fn named(row: Reference) -> Named {
    Named { kind: row.kind, number: row.number, line: Some(row.line).filter(|line| !line.is_empty()) }
}

/// Who changed a case last, as far as its partner can see.
fn by(case: &Case, steps: &[Step]) -> By {
    let said = |event: &CaseEvent| By {
        actor: event.actor.clone(),
        system: event.system.clone(),
        event: event.event_id.clone(),
        note: event.note.clone(),
    };
    let last = steps.iter().rev().find_map(|step| match step {
        Step::Opened(event, _) | Step::Happened(event) => Some(said(event)),
        Step::Written(_) => None,
    });
    last.unwrap_or_else(|| By { actor: case.author.clone(), system: PORTICO.to_owned(), event: None, note: String::new() })
}

/// What was written and did not come from there.
async fn written(conn: &mut Conn, case: &Case, since: &Since, is_all: bool) -> Result<Vec<Message>> {
    let messages = if is_all {
        cases::messages(conn, Scope::Hub, case.id).await?
    } else {
        let of = |step: &Step| match step {
            Step::Opened(_, first) => first.clone(),
            Step::Written(message) => Some(message.clone()),
            Step::Happened(_) => None,
        };
        since.steps.iter().filter_map(of).collect()
    };
    let is_theirs = |message: &Message| message.readers().hold(case.counterparty_id) && message.origin != SYSTEM;
    Ok(messages.into_iter().filter(is_theirs).collect())
}

/// The system that something was written in, and what it calls it. What has no name of its own there has ours.
fn origin(origin: &str, origin_id: Option<String>, ours: impl ToString) -> (String, String) {
    match origin_id {
        Some(id) => (origin.to_owned(), id),
        None => (PORTICO.to_owned(), ours.to_string()),
    }
}

fn comment(message: Message) -> Comment {
    let (origin, external_id) = origin(&message.origin, message.origin_id, message.id);
    Comment { origin, external_id, author: message.author, side: message.side, text: message.body, at: message.at }
}

fn link(file: Attachment) -> Link {
    let (origin, external_id) = origin(&file.origin, file.origin_id, file.id);
    Link {
        origin,
        external_id,
        sha256: hex(&file.sha256),
        name: file.name,
        media_type: file.media_type,
        size: file.size,
        url: file.url,
        author: file.author,
        side: file.side,
        at: file.at,
    }
}
