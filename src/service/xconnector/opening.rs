//! A case that the other system opens here, and what it is about.

use sqlx::types::Json;

use super::{
    Outcome, SYSTEM,
    apply::{again, by_them, from_there},
    bond::{find_or_join, is_news},
    data::Named,
    waits_for_case,
};
use crate::{
    connectors::xconnector::Event,
    domain::{
        case::{Kind, Priority, Status, Visibility},
        ids::{CaseId, OrganisationId},
        sla::Side,
    },
    service::{
        Context, Result,
        cases::{self as use_cases, open},
        notify::causes,
    },
    store::{
        Conn,
        bonds::{self, Bond},
        cases::{self, Case, Reference},
        dialect, invoices, orders, organisations, shipments,
    },
};

/// A case that the other system opens.
pub(super) struct New {
    pub partner: String,
    pub external: String,
    pub kind: Kind,
    pub priority: Priority,
    pub title: String,
    pub detail: String,
    pub references: Vec<Named>,
}

pub(super) async fn opened(context: &Context, conn: &mut Conn, event: &Event, new: New) -> Result<Outcome> {
    // Two events that open the same case make one.
    dialect::lock(conn, &waits_for_case(&new.external)).await?;
    if let Some(bond) = find_or_join(context, conn, event, &new.external).await? {
        return again(context, conn, event, &bond, new).await;
    }
    let Some(partner) = organisations::find_by_code(conn, &new.partner).await?.filter(|found| !found.is_hub) else {
        return Ok(Outcome::waits_for_partner(&new.partner));
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
    for field in ["priority", "title", "status"] {
        is_news(conn, &bond, event, field).await?;
    }
    link(conn, case.id, partner.id, &new.references).await?;
    use_cases::note(context, conn, &case, by_them("opened", event, None, None, "")).await?;
    let text = if new.detail.trim().is_empty() { case.title.clone() } else { new.detail };
    let message = from_there(context, &case, SYSTEM, text, Visibility::Partner, None);
    cases::insert_message(conn, &message).await?;
    causes::case_written(context, conn, &case, &message, None).await?;
    use_cases::save(context, conn, &mut case).await?;
    Ok(Outcome::Applied(case.id))
}

/// Links a case to what an event names; a number that names nothing of this partner is kept as text.
pub(super) async fn link(conn: &mut Conn, case: CaseId, partner: OrganisationId, references: &[Named]) -> Result<()> {
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
