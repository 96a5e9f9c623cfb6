//! Shipments: announcing them, taking them in, following them until they arrive.

pub mod announce;
pub mod correct;
pub mod receive;
pub mod view;

use std::collections::BTreeMap;

use super::{
    Context, Error, Result, across,
    exceptions::{self, taken::Touched},
    history::{self, Entry, Subject},
    orders::save,
    xconnector::tell,
};
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::{DocumentId, OrderId, OrganisationId, ShipmentId, ShipmentLineId},
        number::Quantity,
        order::{Line, LineStatus, OrderKind, Source, fill},
        shipment::ShipmentState,
        time::Timestamp,
    },
    store::{
        Conn, Scope, orders,
        references::{self, Thing},
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
    references::appear(conn, Thing::Shipment(shipment.id), &shipment.number, shipment.counterparty_id).await?;
    tell_state(context, conn, shipment, None).await?;
    let mut remarks = Vec::new();
    let mut counted = Vec::new();
    for (order_id, shipped) in by_order(lines) {
        let mut order = orders::find_for_update(conn, Scope::Hub, order_id).await?.ok_or(Error::NotFound)?;
        let before = orders::lines(conn, order_id).await?;
        let mut after = before.clone();
        for line in shipped {
            let Some(target) = after.iter_mut().find(|candidate| candidate.id == line.order_line_id) else { continue };
            let place = format!("Order {}, line {}", order.number, target.line);
            if !target.is_in(&line.unit) {
                remarks.push(format!("{place}: shipped in {}, ordered in {}. It is not counted as shipped.", line.unit, target.unit));
                continue;
            }
            counted.push(line);
            target.ship(line.quantity);
            target.provenance.insert("shipped".to_owned(), source.clone());
            remarks.extend(misfit(target).map(|words| format!("{place}: {words}")));
        }
        let waits = after.iter().any(|line| matches!(line.status, LineStatus::Open | LineStatus::Held));
        order.answered_at = order.answered_at.or(Some(context.now()).filter(|_| !waits));
        save(context, conn, &mut order, &before, &after).await?;
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
    let concerned = across::shipment(context, conn, shipment, &counted).await?;
    Ok((concerned, remarks))
}

/// Tells other systems where a shipment stands now.
pub(super) async fn tell_state(context: &Context, conn: &mut Conn, shipment: &Shipment, before: Option<ShipmentState>) -> Result<()> {
    let of = tell::Trade { kind: "shipment", id: shipment.id.to_string(), number: &shipment.number, partner: shipment.counterparty_id };
    tell::status(context, conn, of, before.map(ShipmentState::as_str), shipment.state.as_str()).await
}

/// The lines of a shipment by their orders, in the order of the orders' ids: so they are locked.
fn by_order(lines: &[ShipmentLine]) -> BTreeMap<OrderId, Vec<&ShipmentLine>> {
    let mut by_order: BTreeMap<OrderId, Vec<&ShipmentLine>> = BTreeMap::new();
    for line in lines {
        by_order.entry(line.order_id).or_default().push(line);
    }
    by_order
}

/// What is odd about goods that left for a line, in words.
fn misfit(line: &Line) -> Option<String> {
    match line.status {
        LineStatus::Cancelled => Some("cancelled, and shipped all the same.".to_owned()),
        LineStatus::Rejected => Some("rejected, and shipped all the same.".to_owned()),
        _ if line.quantities.shipped > line.due() => Some(format!("{} shipped of {} confirmed.", line.quantities.shipped, line.due())),
        _ => None,
    }
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
    /// How that is called across the hub, where the shipper's name must not be known.
    pub actor_across: &'a str,
    /// The document that says so.
    pub document: Option<DocumentId>,
    /// A new estimate.
    pub estimated_on: Option<crate::domain::time::Date>,
    /// What arrived, by line of the shipment that the report names; `None` where the report does not count.
    pub counted: Option<Counts>,
}

/// What arrived, by line of a shipment.
pub type Counts = BTreeMap<ShipmentLineId, Quantity>;

/// Applies a report to a shipment and to its other views across the hub. Says whose pages changed.
pub async fn report(context: &Context, conn: &mut Conn, id: ShipmentId, report: &Report<'_>) -> Result<Vec<OrganisationId>> {
    let named = shipments::find_for_update(conn, Scope::Hub, id).await?.ok_or(Error::NotFound)?;
    let source = match named.source_id {
        Some(source) => shipments::find(conn, Scope::Hub, source).await?.ok_or(Error::NotFound)?,
        None => named,
    };
    let source_lines = shipments::lines(conn, source.id).await?;
    let mut views = Vec::new();
    for view in shipments::views(conn, source.id).await? {
        let lines = shipments::lines(conn, view.id).await?;
        views.push((view, lines));
    }
    let counted = report.counted.as_ref().map(|said| match views.iter().find(|(view, _)| view.id == id) {
        Some((_, lines)) => count_at_source(said, &source_lines, lines),
        None => said.clone(),
    });
    let mut concerned = vec![source.counterparty_id];
    apply_report(context, conn, source, &source_lines, report, counted.as_ref()).await?;
    for (view, lines) in views {
        concerned.push(view.counterparty_id);
        let own = match &counted {
            Some(_) if view.id == id => report.counted.clone(),
            Some(counted) => Some(count_in_view(counted, &lines)),
            None => None,
        };
        apply_report(context, conn, view, &lines, report, own.as_ref()).await?;
    }
    Ok(concerned)
}

/// What a customer's count means for the supplier's shipment: a line that the customer has parts of arrived with what
/// was counted of them; the rest of it is nobody's loss.
fn count_at_source(said: &Counts, source: &[ShipmentLine], view: &[ShipmentLine]) -> Counts {
    let mut counts = Counts::new();
    for line in source {
        let parts: Vec<&ShipmentLine> = view.iter().filter(|part| part.source_line_id == Some(line.id)).collect();
        if parts.iter().any(|part| said.contains_key(&part.id)) {
            let seen: Quantity = parts.iter().map(|part| part.quantity).sum();
            let arrived: Quantity = parts.iter().map(|part| said.get(&part.id).copied().unwrap_or(part.quantity)).sum();
            counts.insert(line.id, arrived + line.quantity.less(seen));
        }
    }
    counts
}

/// What the count of a supplier's shipment means for a customer's parts of it: each line is shared out over its parts.
fn count_in_view(counted: &Counts, view: &[ShipmentLine]) -> Counts {
    let mut counts = Counts::new();
    for (line, arrived) in counted {
        let parts: Vec<&ShipmentLine> = view.iter().filter(|part| part.source_line_id == Some(*line)).collect();
        let shares = fill(*arrived, &parts.iter().map(|part| part.quantity).collect::<Vec<_>>());
        counts.extend(parts.iter().map(|part| part.id).zip(shares));
    }
    counts
}

async fn apply_report(
    context: &Context,
    conn: &mut Conn,
    mut shipment: Shipment,
    lines: &[ShipmentLine],
    report: &Report<'_>,
    counted: Option<&Counts>,
) -> Result<()> {
    let before = shipment.state;
    if let Some(state) = report.state {
        shipment.state = before.after(state);
    }
    shipment.estimated_on = report.estimated_on.or(shipment.estimated_on);
    // What the customer's own side does is its own; a supplier's name does not cross, a carrier's does.
    let is_view = shipment.source_id.is_some();
    let actor = if is_view { report.actor_across } else { report.actor };
    let document = report.document.filter(|_| !is_view);
    if before.is_open() && !shipment.state.is_open() {
        shipment.delivered_at = Some(report.at);
        shipment.delivered_by = Some(actor.to_owned());
    }
    // Goods that arrived count as they were shipped until somebody counts them.
    if !shipment.state.is_open() && (before.is_open() || counted.is_some()) {
        let source = Source { document, segment: None, element: None, actor: actor.to_owned() };
        count_received(context, conn, lines, counted, &source).await?;
    }
    shipment.updated_at = context.now();
    shipments::update(conn, &shipment).await?;
    tell_state(context, conn, &shipment, Some(before)).await?;
    let entry = Entry {
        counterparty: shipment.counterparty_id,
        subject: Subject { order: lines.first().map(|line| line.order_id), shipment: Some(shipment.id), document, ..Subject::default() },
        kind: "shipment_reported",
        words: format!("Shipment {}: {}", shipment.number, report.words),
        changes: Vec::new(),
        actor,
    };
    history::note(context, conn, entry).await
}

/// Counts what arrived on the order lines: what was counted, else everything that was shipped. What counted as arrived
/// before is replaced by it.
async fn count_received(
    context: &Context,
    conn: &mut Conn,
    lines: &[ShipmentLine],
    counted: Option<&Counts>,
    source: &Source,
) -> Result<()> {
    for (order_id, arrived) in by_order(lines) {
        let mut order = orders::find_for_update(conn, Scope::Hub, order_id).await?.ok_or(Error::NotFound)?;
        let before = orders::lines(conn, order_id).await?;
        let mut after = before.clone();
        for line in arrived {
            let received = counted.and_then(|counted| counted.get(&line.id).copied()).or(line.received).unwrap_or(line.quantity);
            if line.received == Some(received) {
                continue;
            }
            shipments::set_received(conn, line.id, received).await?;
            if let Some(target) = after.iter_mut().find(|candidate| candidate.id == line.order_line_id && candidate.is_in(&line.unit)) {
                target.quantities.received = target.quantities.received - line.received.unwrap_or_default() + received;
                target.provenance.insert("received".to_owned(), source.clone());
            }
        }
        if before != after {
            save(context, conn, &mut order, &before, &after).await?;
        }
    }
    Ok(())
}

/// A customer says "I received it".
pub async fn confirm_receipt(context: &Context, actor: &Actor, id: ShipmentId) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let shipment = shipments::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
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
        actor_across: &actor.organisation_name,
        document: None,
        estimated_on: None,
        counted: None,
    };
    let concerned = report(context, &mut tx, id, &said).await?;
    let touched = Touched { shipment: Some(id), ..Touched::default() };
    let told = exceptions::taken::subjects(context, &mut tx, touched).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    for party in concerned {
        context.live.publish(Some(party));
    }
    Ok(())
}
