//! The effect of each type of event on a case. Status and priority are the other system's to say; what was written is
//! only ever added, and a comment that came is never taken twice.

use super::{
    NAME, PREFIX, SYSTEM, attachment,
    bond::{bonded, is_news},
    data::{self, AttachmentAdded, Breached, Commented, Escalated, Notified, Opened, Raised, Settled, StatusChanged, Updated},
    opening::{New, opened},
};
use crate::{
    connectors::xconnector::Event,
    domain::{
        access::Scope,
        case::{Kind, Priority, Status, Visibility},
        reference::Subject,
        sla::Side,
    },
    service::{
        Context, Error, Result,
        cases::{self as use_cases, Change},
        notify::causes,
        reference::{self, Taken},
        systems::{
            inbound::{self, Outcome},
            opening::{self, Named, refer},
            written::{self, Said},
        },
    },
    store::{
        Conn,
        bonds::{self, Bond},
        cases::{self, Case},
        organisations,
    },
};

/// Applies an event, or says what it waits for. Data that cannot be used is refused, field by field.
pub(super) async fn apply(context: &Context, conn: &mut Conn, event: &Event) -> Result<Outcome> {
    match event.kind.strip_prefix(PREFIX) {
        Some("exception.raised") => {
            let raised: Raised = data::read(&event.data, &["partner", "case", "kind", "severity", "title"])?;
            // A question is asked by a person; what goes wrong is about something.
            if raised.kind == Kind::Question {
                return Err(Error::field("/data/kind", "kind must be one of order, shipment, invoice, payment, document."));
            }
            let new = New {
                partner: raised.partner,
                external: raised.case,
                kind: raised.kind,
                priority: raised.severity.priority(),
                title: raised.title,
                detail: raised.detail,
                references: raised.references,
            };
            opened(context, conn, event, new).await
        }
        Some("case.opened") => {
            let case: Opened = data::read(&event.data, &["partner", "case", "title"])?;
            let new = New {
                partner: case.partner,
                external: case.case,
                kind: case.kind.unwrap_or(Kind::Question),
                priority: case.priority.unwrap_or(Priority::Normal),
                title: case.title,
                detail: case.detail,
                references: case.references,
            };
            opened(context, conn, event, new).await
        }
        Some("case.commented") => {
            let comment: Commented = data::read(&event.data, &["case", "comment", "author", "text"])?;
            commented(context, conn, event, comment).await
        }
        Some("case.status_changed") => {
            let change: StatusChanged = data::read(&event.data, &["case", "status"])?;
            status_changed(context, conn, event, change).await
        }
        Some("case.attachment.added") => {
            let added: AttachmentAdded = data::read(&event.data, ATTACHMENT)?;
            attached(context, conn, event, added).await
        }
        Some("case.updated") => {
            let change: Updated = data::read(&event.data, &["case"])?;
            updated(context, conn, event, change).await
        }
        Some("case.resolved") => {
            let change: Settled = data::read(&event.data, &["case"])?;
            let change = StatusChanged { case: change.case, status: Status::Resolved, note: change.note };
            status_changed(context, conn, event, change).await
        }
        Some("case.reopened") => {
            let change: Settled = data::read(&event.data, &["case"])?;
            let change = StatusChanged { case: change.case, status: Status::InProgress, note: change.note };
            status_changed(context, conn, event, change).await
        }
        Some("case.escalated") => {
            let change: Escalated = data::read(&event.data, &["case"])?;
            escalated(context, conn, event, change).await
        }
        Some("sla.breached") => {
            let breach: Breached = data::read(&event.data, &["case", "promise"])?;
            breached(context, conn, event, breach).await
        }
        Some("notification.requested") => {
            let notice: Notified = data::read(&event.data, &["partner", "title", "text"])?;
            notified(context, conn, event, notice).await
        }
        Some(kind) if reference::subject_of(kind).is_some() => known(context, conn, event, kind).await,
        _ => Ok(Outcome::parked(None, format!("Events of type {} have no effect yet; it is kept for the operator.", event.kind))),
    }
}

/// Tells the people of a partner something.
async fn notified(context: &Context, conn: &mut Conn, event: &Event, notice: Notified) -> Result<Outcome> {
    let Some(partner) = organisations::find_by_code(conn, &notice.partner).await? else {
        return Ok(Outcome::waits_for_partner(&notice.partner));
    };
    causes::notice(context, conn, partner.id, &notice.title, &notice.text, &format!("event {} {}", event.source, event.id)).await?;
    Ok(Outcome::Kept)
}

/// Reference data. A partner that it adds releases what waited for it.
async fn known(context: &Context, conn: &mut Conn, event: &Event, kind: &str) -> Result<Outcome> {
    let Some(subject) = reference::subject_of(kind) else { return Ok(Outcome::Kept) };
    let told = reference::read(subject, &event.data)?;
    let (partner, sequence) = (told.partner.clone(), told.span.sequence);
    Ok(match reference::take(context, conn, subject, told, &event.source, &event.id).await? {
        Taken::Kept(_) => {
            if subject == Subject::Partner {
                Box::pin(inbound::partner_appeared(context, conn, &partner)).await?;
            }
            Outcome::Kept
        }
        Taken::UnknownPartner => Outcome::waits_for_partner(&partner),
        Taken::Conflict => {
            let reason = format!("Another version was taken under sequence {sequence}. Send what holds under a higher sequence.");
            Outcome::parked(None, reason)
        }
    })
}

/// What an attachment must say.
const ATTACHMENT: &[&str] = &["case", "attachment", "name", "media_type", "sha256"];

/// What has to be done before an event is applied, outside of any transaction.
pub(super) async fn prepare(context: &Context, event: &Event) -> Result<()> {
    if event.kind.strip_prefix(PREFIX) == Some("case.attachment.added") {
        attachment::keep(context, &data::read(&event.data, ATTACHMENT)?).await?;
    }
    Ok(())
}

/// The same case told again: what the other system owns is brought up to date.
pub(super) async fn again(context: &Context, conn: &mut Conn, event: &Event, bond: &Bond, new: New) -> Result<Outcome> {
    let Some(mut case) = cases::find_for_update(conn, Scope::Hub, bond.case_id).await? else {
        return Ok(Outcome::parked(None, "The case it is about is gone."));
    };
    let is_new = referred(context, conn, event, &case, &new.references).await?;
    bring_up_to_date(context, conn, event, bond, &mut case, (is_new, Some(new.priority), Some(new.title))).await?;
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

async fn updated(context: &Context, conn: &mut Conn, event: &Event, change: Updated) -> Result<Outcome> {
    let (bond, mut case) = match bonded(context, conn, event, &change.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    let is_new = referred(context, conn, event, &case, &change.references).await?;
    bring_up_to_date(context, conn, event, &bond, &mut case, (is_new, change.priority, change.title)).await?;
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

/// Links what the other system names besides; says whether any of it is new.
async fn referred(context: &Context, conn: &mut Conn, event: &Event, case: &Case, named: &[Named]) -> Result<bool> {
    let new = refer(conn, case, named).await?;
    for words in &new {
        let step = by_them(use_cases::refer::REFERRED, event, None, Some(words), "");
        use_cases::note(context, conn, case, Change { reader: Some(case.counterparty_id), ..step }).await?;
    }
    Ok(!new.is_empty())
}

/// Takes over priority and title, each where it is newer than what was said before, and saves where anything has changed.
async fn bring_up_to_date(
    context: &Context,
    conn: &mut Conn,
    event: &Event,
    bond: &Bond,
    case: &mut Case,
    (mut changed, priority, title): (bool, Option<Priority>, Option<String>),
) -> Result<()> {
    if let Some(priority) = priority
        && is_news(conn, bond, event, "priority").await?
        && priority != case.priority
    {
        let change = by_them("priority", event, Some(case.priority.as_str()), Some(priority.as_str()), "");
        use_cases::note(context, conn, case, change).await?;
        case.priority = priority;
        changed = true;
    }
    if let Some(title) = title.map(|title| opening::title(&title))
        && !title.is_empty()
        && is_news(conn, bond, event, "title").await?
        && title != case.title
    {
        use_cases::note(context, conn, case, by_them("title", event, Some(&case.title), Some(&title), "")).await?;
        case.title = title;
        changed = true;
    }
    if changed {
        use_cases::save(context, conn, case).await?;
    }
    Ok(())
}

/// A change that the other system made, as the history of the case tells it.
fn by_them<'a>(kind: &'static str, event: &'a Event, old: Option<&'a str>, new: Option<&'a str>, note: &'a str) -> Change<'a> {
    Change { kind, old, new, note, visibility: Visibility::Partner, reader: None, actor: NAME, system: SYSTEM, event: Some(&event.id) }
}

async fn commented(context: &Context, conn: &mut Conn, event: &Event, comment: Commented) -> Result<Outcome> {
    let (bond, mut case) = match bonded(context, conn, event, &comment.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    let visibility = comment.visibility.unwrap_or(Visibility::Internal);
    let said = Said {
        origin: SYSTEM,
        origin_id: Some(comment.comment),
        author: &comment.author,
        side: Side::Internal,
        visibility,
        text: comment.text,
    };
    let message = written::message(context, &case, said);
    if cases::insert_message(conn, &message).await? {
        causes::case_written(context, conn, &case, &message, None).await?;
        use_cases::save(context, conn, &mut case).await?;
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

async fn attached(context: &Context, conn: &mut Conn, event: &Event, added: AttachmentAdded) -> Result<Outcome> {
    let (bond, mut case) = match bonded(context, conn, event, &added.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    if attachment::attach(context, conn, event, &case, added).await? {
        use_cases::save(context, conn, &mut case).await?;
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

async fn status_changed(context: &Context, conn: &mut Conn, event: &Event, change: StatusChanged) -> Result<Outcome> {
    let (bond, mut case) = match bonded(context, conn, event, &change.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    if !change.status.is_settled()
        && let Some(whole) = use_cases::relate::whole(conn, case.id).await?
    {
        return Ok(Outcome::parked(
            None,
            format!("{} has become part of {} and stays closed. Go on in that one.", case.number, whole.number),
        ));
    }
    if is_news(conn, &bond, event, "status").await? && change.status != case.status {
        let step = by_them("status", event, Some(case.status.as_str()), Some(change.status.as_str()), &change.note);
        use_cases::note(context, conn, &case, step).await?;
        case.status = change.status;
        use_cases::save(context, conn, &mut case).await?;
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

/// A higher level of support has it now. A level is only ever raised, so that the order of two such events does not matter.
async fn escalated(context: &Context, conn: &mut Conn, event: &Event, change: Escalated) -> Result<Outcome> {
    let (bond, mut case) = match bonded(context, conn, event, &change.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    let tier = change.tier.map_or((case.tier + 1).min(9), i64::from);
    if !(1..=9).contains(&tier) {
        return Err(Error::field("/data/tier", "tier is out of range; it is a number from 1 to 9."));
    }
    if tier > case.tier {
        let (old, new) = (case.tier.to_string(), tier.to_string());
        let step = by_them("escalated", event, Some(&old), Some(&new), &change.note);
        // The promise is to the partner that the case is with.
        use_cases::note(context, conn, &case, Change { reader: Some(case.counterparty_id), ..step }).await?;
        case.tier = tier;
        use_cases::save(context, conn, &mut case).await?;
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

/// The other system has broken a promise of its own; the hub's people see it in the history.
async fn breached(context: &Context, conn: &mut Conn, event: &Event, breach: Breached) -> Result<Outcome> {
    let (bond, mut case) = match bonded(context, conn, event, &breach.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    let step = by_them("breached", event, None, Some(breach.promise.as_str()), &breach.note);
    use_cases::note(context, conn, &case, Change { visibility: Visibility::Internal, ..step }).await?;
    use_cases::save(context, conn, &mut case).await?;
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}
