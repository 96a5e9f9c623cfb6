//! The effect of each type of event on a case. Status and priority are the other system's to say; what was written is
//! only ever added, and a comment that came is never taken twice.

use sqlx::types::Json;

use super::{
    Outcome, PREFIX, SYSTEM,
    data::{self, Commented, Named, Opened, Raised, StatusChanged},
    waits_for_case, waits_for_partner,
};
use crate::{
    connectors::xconnector::Event,
    domain::{
        access::Scope,
        case::{Kind, Priority, Status, Visibility},
        ids::{CaseId, OrganisationId},
        sla::Side,
    },
    service::{
        Context, Result,
        cases::{self as use_cases, Change, open},
    },
    store::{
        Conn,
        bonds::{self, Bond},
        cases::{self, Case, Message, Reference},
        dialect, invoices, orders, organisations, shipments,
    },
};

/// Applies an event, or says what it waits for. Data that cannot be used is refused, field by field.
pub async fn apply(context: &Context, conn: &mut Conn, event: &Event) -> Result<Outcome> {
    match event.kind.strip_prefix(PREFIX) {
        Some("exception.raised") => {
            let raised: Raised = data::read(&event.data, &["partner", "case", "kind", "severity", "title"])?;
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
            commented(context, conn, comment).await
        }
        Some("case.status_changed") => {
            let change: StatusChanged = data::read(&event.data, &["case", "status"])?;
            status_changed(context, conn, event, change).await
        }
        _ => Ok(Outcome::parked(None, format!("Events of type {} have no effect yet; it is kept for the operator.", event.kind))),
    }
}

/// Tells the open pages of everybody who takes part in a case.
pub async fn publish(context: &Context, case: Option<CaseId>) -> Result<()> {
    if let Some(case) = case {
        let parties = cases::parties(&mut context.db.read().await?, case).await?;
        use_cases::publish(context, &parties);
    }
    Ok(())
}

/// A case that the other system opens.
struct New {
    partner: String,
    external: String,
    kind: Kind,
    priority: Priority,
    title: String,
    detail: String,
    references: Vec<Named>,
}

async fn opened(context: &Context, conn: &mut Conn, event: &Event, new: New) -> Result<Outcome> {
    // Two events that open the same case make one.
    dialect::lock(conn, &waits_for_case(&new.external)).await?;
    if let Some(bond) = bonds::find(conn, SYSTEM, &new.external).await? {
        return again(context, conn, event, &bond, new).await;
    }
    let Some(partner) = organisations::find_by_code(conn, &new.partner).await?.filter(|found| !found.is_hub) else {
        let reason = format!("No partner has the code {}. The event is applied when one does.", new.partner);
        return Ok(Outcome::parked(Some(waits_for_partner(&new.partner)), reason));
    };
    let mut case = Case {
        id: context.id(),
        number: open::next_number(conn).await?,
        kind: new.kind,
        status: Status::Open,
        priority: new.priority,
        title: new.title.chars().take(open::LONGEST_TITLE).collect(),
        reason: None,
        action: None,
        proposed: Json(Vec::new()),
        counterparty_id: partner.id,
        opened_by: Side::Internal,
        author: SYSTEM.to_owned(),
        assignee_id: None,
        tier: 1,
        due_at: None,
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    };
    cases::insert(conn, &case, &[partner.id]).await?;
    let bond = Bond {
        id: context.id(),
        case_id: case.id,
        system: SYSTEM.to_owned(),
        external_id: new.external,
        is_ours: false,
        health: "in_step".to_owned(),
        failure: None,
        synced_at: Some(context.now()),
        version: 0,
        created_at: context.now(),
    };
    bonds::insert(conn, &bond).await?;
    link(conn, case.id, partner.id, &new.references).await?;
    let change = Change {
        kind: "opened",
        visibility: Visibility::Partner,
        actor: SYSTEM,
        system: SYSTEM,
        event: Some(&event.id),
        ..Change::default()
    };
    use_cases::note(context, conn, &case, change).await?;
    let text = if new.detail.trim().is_empty() { case.title.clone() } else { new.detail };
    let message = from_there(context, &case, SYSTEM, text, Visibility::Partner, None);
    cases::insert_message(conn, &message).await?;
    use_cases::save(context, conn, &mut case).await?;
    Ok(Outcome::Applied(case.id))
}

/// The same case told again: what the other system owns is brought up to date.
async fn again(context: &Context, conn: &mut Conn, event: &Event, bond: &Bond, new: New) -> Result<Outcome> {
    let Some(mut case) = cases::find_for_update(conn, Scope::Hub, bond.case_id).await? else {
        return Ok(Outcome::parked(None, "The case it is about is gone."));
    };
    link(conn, case.id, case.counterparty_id, &new.references).await?;
    let before = case.priority;
    if case.priority != new.priority {
        let change = Change {
            kind: "priority",
            old: Some(case.priority.as_str()),
            new: Some(new.priority.as_str()),
            visibility: Visibility::Partner,
            actor: SYSTEM,
            system: SYSTEM,
            event: Some(&event.id),
            ..Change::default()
        };
        use_cases::note(context, conn, &case, change).await?;
        case.priority = new.priority;
    }
    let title: String = new.title.chars().take(open::LONGEST_TITLE).collect();
    if case.title != title || case.priority != before {
        case.title = title;
        use_cases::save(context, conn, &mut case).await?;
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

/// The case of theirs that an event names; what it waits for where it is not known.
async fn bonded(conn: &mut Conn, external: &str) -> Result<std::result::Result<(Bond, Case), Outcome>> {
    let unknown =
        || Outcome::parked(Some(waits_for_case(external)), format!("No case {external} was opened yet. The event is applied when it is."));
    let Some(bond) = bonds::find(conn, SYSTEM, external).await? else { return Ok(Err(unknown())) };
    Ok(cases::find_for_update(conn, Scope::Hub, bond.case_id).await?.map(|case| (bond, case)).ok_or_else(unknown))
}

async fn commented(context: &Context, conn: &mut Conn, comment: Commented) -> Result<Outcome> {
    let (bond, mut case) = match bonded(conn, &comment.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    let visibility = comment.visibility.unwrap_or(Visibility::Internal);
    let message = from_there(context, &case, &comment.author, comment.text, visibility, Some(comment.comment));
    if cases::insert_message(conn, &message).await? {
        use_cases::save(context, conn, &mut case).await?;
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

async fn status_changed(context: &Context, conn: &mut Conn, event: &Event, change: StatusChanged) -> Result<Outcome> {
    let (bond, mut case) = match bonded(conn, &change.case).await? {
        Ok(found) => found,
        Err(waits) => return Ok(waits),
    };
    if change.status != case.status {
        let step = Change {
            kind: "status",
            old: Some(case.status.as_str()),
            new: Some(change.status.as_str()),
            note: &change.note,
            visibility: Visibility::Partner,
            actor: SYSTEM,
            system: SYSTEM,
            event: Some(&event.id),
        };
        use_cases::note(context, conn, &case, step).await?;
        case.status = change.status;
        use_cases::save(context, conn, &mut case).await?;
    }
    bonds::in_step(conn, bond.id, context.now()).await?;
    Ok(Outcome::Applied(case.id))
}

fn from_there(context: &Context, case: &Case, author: &str, text: String, visibility: Visibility, origin_id: Option<String>) -> Message {
    Message {
        id: context.id(),
        case_id: case.id,
        visibility,
        side: Side::Internal,
        author: author.to_owned(),
        organisation_id: None,
        body: text,
        origin: SYSTEM.to_owned(),
        origin_id,
        at: context.now(),
    }
}

/// Links a case to what an event names; a number that names nothing of this partner is kept as text.
async fn link(conn: &mut Conn, case: CaseId, partner: OrganisationId, references: &[Named]) -> Result<()> {
    use crate::domain::order::OrderKind::{Purchase, Sales};
    for named in references.iter().filter(|named| ["order", "shipment", "invoice", "document"].contains(&named.kind.as_str())) {
        let mut reference = Reference {
            case_id: case,
            kind: named.kind.clone(),
            number: named.number.clone(),
            order_id: None,
            shipment_id: None,
            invoice_id: None,
            document_id: None,
        };
        for kind in [Purchase, Sales] {
            let number = &named.number;
            match named.kind.as_str() {
                "order" if reference.order_id.is_none() => {
                    reference.order_id = orders::find_by_number(conn, kind, partner, number).await?.map(|row| row.id);
                }
                "shipment" if reference.shipment_id.is_none() => {
                    reference.shipment_id = shipments::find_by_number(conn, kind, partner, number).await?.map(|row| row.id);
                }
                "invoice" if reference.invoice_id.is_none() => {
                    reference.invoice_id = invoices::find_by_number(conn, kind, partner, number).await?.map(|row| row.id);
                }
                _ => {}
            }
        }
        cases::insert_reference(conn, &reference).await?;
    }
    Ok(())
}
