//! Shipments: announcing them, taking them in, following them until they arrive.

pub mod announce;
pub mod receive;
pub mod view;

use std::collections::BTreeMap;

use super::{
    Context, Error, Result, across,
    history::{self, Entry, Subject},
    orders::save,
};
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::{DocumentId, OrderId, OrderLineId, OrganisationId, ShipmentId},
        number::Quantity,
        order::{OrderKind, Source},
        shipment::ShipmentState,
        time::Timestamp,
    },
    store::{
        Conn, Scope, orders,
        shipments::{self, Package, Shipment, ShipmentLine},
    },
};

/// Saves a new shipment, counts its lines as shipped, and lets the customers see it. Says whose pages changed, and what
/// does not fit the orders.
pub async fn record(
    context: &Context,
    conn: &mut Conn,
    shipment: &Shipment,
    lines: &[ShipmentLine],
    packages: &[Package],
    source: &Source,
) -> Result<(Vec<OrganisationId>, Vec<String>)> {
    shipments::insert(conn, shipment, lines, packages).await?;
    let mut remarks = Vec::new();
    let mut by_order: BTreeMap<OrderId, Vec<&ShipmentLine>> = BTreeMap::new();
    for line in lines {
        by_order.entry(line.order_id).or_default().push(line);
    }
    for (order_id, shipped) in by_order {
        let mut order = orders::find_for_update(conn, Scope::Hub, order_id).await?.ok_or(Error::NotFound)?;
        let mut order_lines = orders::lines(conn, order_id).await?;
        for line in shipped {
            let Some(target) = order_lines.iter_mut().find(|candidate| candidate.id == line.order_line_id) else { continue };
            target.quantities.shipped = target.quantities.shipped + line.quantity;
            target.provenance.insert("shipped".to_owned(), source.clone());
            if target.quantities.shipped > target.due() {
                remarks.push(format!(
                    "Order {}, line {}: {} shipped of {} confirmed.",
                    order.number,
                    target.line,
                    target.quantities.shipped,
                    target.due()
                ));
            }
        }
        save(context, conn, &mut order, &order_lines).await?;
        let entry = Entry {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(order_id), shipment: Some(shipment.id), document: shipment.document_id, ..Subject::default() },
            kind: "shipment_announced",
            words: format!("Shipment {} announced for order {}", shipment.number, order.number),
            changes: Vec::new(),
            actor: &source.actor,
        };
        history::note(context, conn, entry).await?;
    }
    let concerned = across::shipment(context, conn, shipment, lines).await?;
    Ok((concerned, remarks))
}

/// What a report says of a shipment.
pub struct Report<'a> {
    /// The state reached, where it says one.
    pub state: Option<ShipmentState>,
    /// In words.
    pub words: String,
    /// When it happened.
    pub at: Timestamp,
    /// Who says so.
    pub actor: &'a str,
    /// The document that says so.
    pub document: Option<DocumentId>,
    /// A new estimate.
    pub estimated_on: Option<crate::domain::time::Date>,
    /// What arrived, line by line; `None` where the report does not count.
    pub counted: Option<BTreeMap<OrderLineId, Quantity>>,
}

/// Applies a report to a shipment and to its other views across the hub. Says whose pages changed.
pub async fn report(context: &Context, conn: &mut Conn, id: ShipmentId, report: &Report<'_>) -> Result<Vec<OrganisationId>> {
    let shipment = shipments::find(conn, Scope::Hub, id).await?.ok_or(Error::NotFound)?;
    let source = match shipment.source_id {
        Some(source) => shipments::find(conn, Scope::Hub, source).await?.ok_or(Error::NotFound)?,
        None => shipment,
    };
    let mut all = shipments::views(conn, source.id).await?;
    all.insert(0, source);
    let mut concerned = Vec::new();
    for mut shipment in all {
        concerned.push(shipment.counterparty_id);
        apply_report(context, conn, &mut shipment, report).await?;
    }
    Ok(concerned)
}

async fn apply_report(context: &Context, conn: &mut Conn, shipment: &mut Shipment, report: &Report<'_>) -> Result<()> {
    let before = shipment.state;
    if let Some(state) = report.state {
        shipment.state = before.after(state);
    }
    shipment.estimated_on = report.estimated_on.or(shipment.estimated_on);
    // What the customer's own side does is its own; a supplier's name does not cross, a carrier's does.
    let is_view = shipment.source_id.is_some();
    let actor = report.actor;
    if before.is_open() && !shipment.state.is_open() && shipment.state != ShipmentState::Cancelled {
        shipment.delivered_at = Some(report.at);
        shipment.delivered_by = Some(actor.to_owned());
        count_received(context, conn, shipment, report).await?;
    }
    shipment.updated_at = context.now();
    shipments::update(conn, shipment).await?;
    let order = shipments::lines(conn, shipment.id).await?.first().map(|line| line.order_id);
    let entry = Entry {
        counterparty: shipment.counterparty_id,
        subject: Subject { order, shipment: Some(shipment.id), document: report.document.filter(|_| !is_view), ..Subject::default() },
        kind: "shipment_reported",
        words: format!("Shipment {}: {}", shipment.number, report.words),
        changes: Vec::new(),
        actor,
    };
    history::note(context, conn, entry).await
}

/// Counts what arrived on the order lines: what the report says, else everything that was shipped.
async fn count_received(context: &Context, conn: &mut Conn, shipment: &Shipment, report: &Report<'_>) -> Result<()> {
    let lines = shipments::lines(conn, shipment.id).await?;
    let mut by_order: BTreeMap<OrderId, Vec<ShipmentLine>> = BTreeMap::new();
    for line in lines {
        by_order.entry(line.order_id).or_default().push(line);
    }
    for (order_id, arrived) in by_order {
        let mut order = orders::find_for_update(conn, Scope::Hub, order_id).await?.ok_or(Error::NotFound)?;
        let mut order_lines = orders::lines(conn, order_id).await?;
        for line in arrived {
            let counted = report.counted.as_ref().and_then(|counted| counted.get(&line.order_line_id).copied());
            let received = counted.unwrap_or(line.quantity);
            shipments::set_received(conn, line.id, received).await?;
            if let Some(target) = order_lines.iter_mut().find(|candidate| candidate.id == line.order_line_id) {
                target.quantities.received = target.quantities.received + received;
                let source = Source { document: report.document, segment: None, element: None, actor: report.actor.to_owned() };
                target.provenance.insert("received".to_owned(), source);
            }
        }
        save(context, conn, &mut order, &order_lines).await?;
    }
    Ok(())
}

/// A customer says "I received it".
pub async fn confirm_receipt(context: &Context, actor: &Actor, id: ShipmentId) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let shipment = shipments::find(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if !actor.may(Permission::Receive) || shipment.kind != OrderKind::Sales {
        return Err(Error::Forbidden("The customer who is waiting for the goods confirms that they arrived.".to_owned()));
    }
    if !shipment.state.is_open() {
        return Err(Error::Conflict(format!("Shipment {} is marked as arrived already.", shipment.number)));
    }
    let said = Report {
        state: Some(ShipmentState::Delivered),
        words: "Received, says the customer".to_owned(),
        at: context.now(),
        actor: &actor.organisation_name,
        document: None,
        estimated_on: None,
        counted: None,
    };
    let concerned = report(context, &mut tx, id, &said).await?;
    tx.commit().await?;
    for party in concerned {
        context.live.publish(Some(party));
    }
    Ok(())
}
