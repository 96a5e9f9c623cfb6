//! What crosses the hub: a supplier's promise or shipment seen from the customer's side. A customer's rows get
//! quantities, dates, carrier and tracking, never the supplier's name, order number, price or documents.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::types::Json;

use super::{
    Context, Result,
    exchange::parties,
    history::{self, Entry as Happened, Subject},
    orders::save,
    shipments::tell_state,
};
use crate::{
    domain::{
        ids::{OrderId, OrderLineId, OrganisationId, ShipmentId, ShipmentLineId},
        number::Quantity,
        order::{Line, LineStatus, OrderKind, Source, fill},
    },
    store::{
        Conn, Scope,
        events::Difference,
        orders::{self, Cover, Order},
        references::{self, Thing},
        shipments::{self, Shipment, ShipmentLine},
    },
    text,
};

/// How the other side of the hub is called in a customer's histories.
pub const SHIPPER: &str = "Reported by the shipper";

/// A customer's order with its lines, loaded once however many lines are touched.
struct Side {
    order: Order,
    before: Vec<Line>,
    lines: Vec<Line>,
}

impl Side {
    fn line(&mut self, id: OrderLineId) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| line.id == id)
    }
}

/// The customers' orders touched by one document.
struct Sides(BTreeMap<OrderId, Side>);

impl Sides {
    /// Locks and loads customers' orders, in the order of their ids: purchase orders are locked before sales orders, and
    /// each kind by id, everywhere, so that two transactions never wait for each other.
    async fn load(conn: &mut Conn, ids: impl IntoIterator<Item = OrderId>) -> Result<Self> {
        let mut sides = BTreeMap::new();
        for id in ids.into_iter().collect::<BTreeSet<_>>() {
            if let Some(order) = orders::find_for_update(conn, Scope::Hub, id).await? {
                let lines = orders::lines(conn, id).await?;
                sides.insert(id, Side { order, before: lines.clone(), lines });
            }
        }
        Ok(Self(sides))
    }

    /// The customer's order that a cover is for, and the line in it.
    fn covered(&mut self, cover: &Cover) -> Option<(&Order, &mut Line)> {
        let Side { order, lines, .. } = self.0.get_mut(&cover.sales_order_id)?;
        lines.iter_mut().find(|line| line.id == cover.sales_line_id).map(|line| (&*order, line))
    }

    /// Saves what changed; says whose pages that are.
    async fn save(self, context: &Context, conn: &mut Conn) -> Result<Vec<OrganisationId>> {
        let mut concerned = Vec::new();
        for mut side in self.0.into_values() {
            if side.before != side.lines {
                save(context, conn, &mut side.order, &side.before, &side.lines).await?;
                concerned.push(side.order.counterparty_id);
            }
        }
        Ok(concerned)
    }
}

/// A supplier's answer moves the dates promised to customers whose lines it covers: to the latest that anybody who covers
/// the line promises. Where nobody promises any more, the date is again the one that was wanted. Says whose pages changed.
pub async fn promise(context: &Context, conn: &mut Conn, order: &Order) -> Result<Vec<OrganisationId>> {
    if order.kind != OrderKind::Purchase {
        return Ok(Vec::new());
    }
    let covers = orders::covers(conn, order.id).await?;
    let mut sides = Sides::load(conn, covers.iter().map(|cover| cover.sales_order_id)).await?;
    // What is said of several lines of an order is said at once.
    let mut told: BTreeMap<OrderId, (Vec<String>, Vec<Difference>)> = BTreeMap::new();
    for date in orders::cover_dates(conn, order.id).await? {
        for side in sides.0.values_mut() {
            let id = side.order.id;
            let Some(target) = side.line(date.sales_line_id) else { continue };
            let was_shippers = target.provenance.get("promised_on").is_some_and(|source| source.actor == SHIPPER);
            let promised = date.promised_on.or(if was_shippers { target.requested_on } else { target.promised_on });
            if promised == target.promised_on {
                continue;
            }
            let change = Difference {
                what: format!("Line {} expected", target.line),
                old: target.promised_on.map(text::date).unwrap_or_default(),
                new: promised.map(text::date).unwrap_or_default(),
            };
            target.promised_on = promised;
            target.provenance.insert("promised_on".to_owned(), reported_by_shipper());
            if date.promised_on.is_some() {
                accept_open(target);
            }
            let (words, changes) = told.entry(id).or_default();
            words.push(format!("Line {} expected {}", target.line, change.new));
            changes.push(change);
        }
    }
    for (id, (words, changes)) in told {
        let Some(Side { order, .. }) = sides.0.get(&id) else { continue };
        let said = if let [only] = words.as_slice() { only.clone() } else { format!("{} lines have new dates", words.len()) };
        let entry = Happened {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(id), ..Subject::default() },
            kind: "order_promised",
            words: format!("Order {}: {said}", order.number),
            changes,
            actor: SHIPPER,
        };
        history::note(context, conn, entry).await?;
    }
    sides.save(context, conn).await
}

/// What a supplier promises or ships for a customer's line is the hub's yes to it.
fn accept_open(line: &mut Line) {
    if line.status == LineStatus::Open {
        line.status = LineStatus::Accepted;
        line.quantities.confirmed = line.quantities.ordered;
    }
}

fn reported_by_shipper() -> Source {
    Source { document: None, segment: None, element: None, actor: SHIPPER.to_owned() }
}

/// A supplier's shipment, seen by the customers it is for. Sent straight to a customer it counts as shipped there, and
/// gets a shipment of its own on the customer's side; sent anywhere else it only moves the expected date.
pub async fn shipment(context: &Context, conn: &mut Conn, shipment: &Shipment, lines: &[&ShipmentLine]) -> Result<Vec<OrganisationId>> {
    let (mut covers, straight_to) = covered(conn, shipment, lines.iter().copied()).await?;
    let mut sides = Sides::load(conn, covers.iter().map(|cover| cover.sales_order_id)).await?;
    let mut seen = Vec::new();
    for line in lines {
        let mut of_line: Vec<&mut Cover> = covers.iter_mut().filter(|cover| cover.purchase_line_id == line.order_line_id).collect();
        let open: Vec<Quantity> = of_line.iter().map(|cover| cover.quantity.less(cover.shipped)).collect();
        for (cover, part) in of_line.iter_mut().zip(fill(line.quantity, &open)).filter(|(_, part)| part.is_positive()) {
            let Some((order, target)) = sides.covered(cover) else { continue };
            cover.shipped = cover.shipped + part;
            orders::add_shipped(conn, cover, part).await?;
            if shipment.estimated_on.is_some() && shipment.estimated_on != target.promised_on {
                target.promised_on = shipment.estimated_on;
                target.provenance.insert("promised_on".to_owned(), reported_by_shipper());
            }
            if straight_to.is_none() {
                continue;
            }
            accept_open(target);
            target.ship(part);
            target.provenance.insert("shipped".to_owned(), reported_by_shipper());
            seen.push(ShipmentLine {
                id: context.id::<ShipmentLineId>(),
                // The customer's shipment takes it over.
                shipment_id: shipment.id,
                order_id: order.id,
                order_line_id: target.id,
                position: i64::try_from(seen.len()).unwrap_or_default(),
                quantity: part,
                received: None,
                unit: line.unit.clone(),
                package: None,
                source_line_id: Some(line.id),
            });
        }
    }
    let first = seen.first().and_then(|line| sides.0.get(&line.order_id)).map(|side| side.order.clone());
    let concerned = sides.save(context, conn).await?;
    if let Some(order) = first {
        view(context, conn, shipment, &order, seen).await?;
    }
    Ok(concerned)
}

/// What the goods of a supplier's shipment are for, and the customer they go straight to.
async fn covered(
    conn: &mut Conn,
    shipment: &Shipment,
    lines: impl Iterator<Item = &ShipmentLine>,
) -> Result<(Vec<Cover>, Option<OrganisationId>)> {
    if shipment.kind != OrderKind::Purchase {
        return Ok((Vec::new(), None));
    }
    let mut covers = Vec::new();
    for order in lines.map(|line| line.order_id).collect::<BTreeSet<_>>() {
        covers.extend(orders::covers(conn, order).await?);
    }
    // What goes straight to a customer is for that customer's lines only.
    let straight_to = covers.iter().map(|cover| cover.customer_id).find(|customer| shipment.ship_to_id == Some(*customer));
    covers.retain(|cover| straight_to.is_none_or(|customer| cover.customer_id == customer));
    Ok((covers, straight_to))
}

/// A supplier's shipment of which nothing changed but when it arrives: customers whose lines it was counted for expect them
/// then. Says whose pages changed.
pub async fn expected(context: &Context, conn: &mut Conn, shipment: &Shipment, lines: &[ShipmentLine]) -> Result<Vec<OrganisationId>> {
    let Some(day) = shipment.estimated_on else { return Ok(Vec::new()) };
    let (mut covers, _) = covered(conn, shipment, lines.iter()).await?;
    covers.retain(|cover| cover.shipped.is_positive() && lines.iter().any(|line| line.order_line_id == cover.purchase_line_id));
    let mut sides = Sides::load(conn, covers.iter().map(|cover| cover.sales_order_id)).await?;
    for cover in &covers {
        let Some((_, target)) = sides.covered(cover).filter(|(_, target)| target.promised_on != Some(day)) else { continue };
        target.promised_on = Some(day);
        target.provenance.insert("promised_on".to_owned(), reported_by_shipper());
    }
    sides.save(context, conn).await
}

/// The customer's own view of a supplier's shipment. Each field is named, so that nothing crosses by itself: its number
/// may say what the customer may not know, such as a purchase order's, and the shipper's papers are the shipper's.
async fn view(context: &Context, conn: &mut Conn, source: &Shipment, order: &Order, mut lines: Vec<ShipmentLine>) -> Result<()> {
    let id: ShipmentId = context.id();
    for line in &mut lines {
        line.shipment_id = id;
    }
    let customer = order.counterparty_id;
    let seen = Shipment {
        id,
        number: own_number(conn, order).await?,
        kind: OrderKind::Sales,
        counterparty_id: customer,
        source_id: Some(source.id),
        ship_to_id: source.ship_to_id,
        ship_to: parties::with_role(&order.parties, "ST").cloned().map(Json),
        state: source.state,
        carrier_scac: source.carrier_scac.clone(),
        carrier_name: source.carrier_name.clone(),
        tracking: source.tracking.clone(),
        bill_of_lading: None,
        shipped_on: source.shipped_on,
        estimated_on: source.estimated_on,
        delivered_at: None,
        delivered_by: None,
        package_count: None,
        document_id: None,
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    };
    shipments::insert(conn, &seen, &lines, &[]).await?;
    references::appear(conn, Thing::Shipment(seen.id), &seen.number, customer).await?;
    tell_state(context, conn, &seen, None).await?;
    for order in lines.iter().map(|line| line.order_id).collect::<BTreeSet<_>>() {
        let entry = Happened {
            counterparty: customer,
            subject: Subject { order: Some(order), shipment: Some(id), ..Subject::default() },
            kind: "shipment_announced",
            words: format!("Shipment {} is on its way", seen.number),
            changes: Vec::new(),
            actor: SHIPPER,
        };
        history::note(context, conn, entry).await?;
    }
    Ok(())
}

/// The number of the next shipment of a customer's order: the order's number and a count.
async fn own_number(conn: &mut Conn, order: &Order) -> Result<String> {
    let before = shipments::of_order(conn, order.id).await?.len();
    Ok(format!("{}-{}", order.number, before + 1))
}
