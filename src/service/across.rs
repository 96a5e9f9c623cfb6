//! What crosses the hub: a supplier's promise or shipment seen from the customer's side. A customer's rows get
//! quantities, dates, carrier and tracking, never the supplier's name, order number, price or documents.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use sqlx::types::Json;

use super::{
    Context, Result,
    history::{self, Entry as Happened, Subject},
    orders::save,
};
use crate::{
    domain::{
        ids::{OrderId, OrganisationId, ShipmentId, ShipmentLineId},
        number::Quantity,
        order::{Line, LineStatus, OrderKind, Source, fill},
    },
    store::{
        Conn, Scope,
        orders::{self, Cover, Order},
        shipments::{self, Shipment, ShipmentLine},
    },
    text,
};

/// How the other side of the hub is called in a customer's histories.
pub const SHIPPER: &str = "Reported by the shipper";

/// A customer's order with its lines, loaded once however many lines are touched.
struct Side {
    order: Order,
    lines: Vec<Line>,
}

/// The customers' orders touched by one document.
#[derive(Default)]
struct Sides(BTreeMap<OrderId, Side>);

impl Sides {
    /// The customer's line that is covered, and the order it stands in.
    async fn line(&mut self, conn: &mut Conn, cover: &Cover) -> Result<Option<(&mut Side, usize)>> {
        let side = match self.0.entry(cover.sales_order_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let Some(order) = orders::find_for_update(conn, Scope::Hub, cover.sales_order_id).await? else { return Ok(None) };
                let lines = orders::lines(conn, cover.sales_order_id).await?;
                free.insert(Side { order, lines })
            }
        };
        Ok(side.lines.iter().position(|line| line.id == cover.sales_line_id).map(|place| (side, place)))
    }

    async fn save(mut self, context: &Context, conn: &mut Conn) -> Result<Vec<OrganisationId>> {
        let mut concerned = Vec::new();
        for side in self.0.values_mut() {
            save(context, conn, &mut side.order, &side.lines).await?;
            concerned.push(side.order.counterparty_id);
        }
        Ok(concerned)
    }
}

/// A supplier's answer moves the dates promised to customers whose lines it covers. Says whose pages changed.
pub async fn promise(context: &Context, conn: &mut Conn, order: &Order, lines: &[Line]) -> Result<Vec<OrganisationId>> {
    if order.kind != OrderKind::Purchase {
        return Ok(Vec::new());
    }
    let mut sides = Sides::default();
    let covers = orders::covers(conn, order.id).await?;
    for line in lines {
        for cover in covers.iter().filter(|cover| cover.purchase_line_id == line.id) {
            let Some((side, place)) = sides.line(conn, cover).await? else { continue };
            let target = &mut side.lines[place];
            if target.promised_on == line.promised_on || line.promised_on.is_none() {
                continue;
            }
            let (old, number) = (target.promised_on, side.order.number.clone());
            target.promised_on = line.promised_on;
            target.provenance.insert("promised_on".to_owned(), reported_by_shipper());
            if target.status == LineStatus::Open {
                target.status = LineStatus::Accepted;
                target.quantities.confirmed = target.quantities.ordered;
            }
            let words = format!("Line {} of order {number} expected {}", target.line, line.promised_on.map(text::date).unwrap_or_default());
            let change = crate::store::events::Difference {
                what: format!("Line {} expected", target.line),
                old: old.map(text::date).unwrap_or_default(),
                new: line.promised_on.map(text::date).unwrap_or_default(),
            };
            let entry = Happened {
                counterparty: side.order.counterparty_id,
                subject: Subject { order: Some(side.order.id), ..Subject::default() },
                kind: "order_promised",
                words,
                changes: vec![change],
                actor: SHIPPER,
            };
            history::note(context, conn, entry).await?;
        }
    }
    sides.save(context, conn).await
}

fn reported_by_shipper() -> Source {
    Source { document: None, segment: None, element: None, actor: SHIPPER.to_owned() }
}

/// A supplier's shipment, seen by the customers it is for. Sent straight to a customer it counts as shipped there, and
/// gets a shipment of its own on the customer's side; sent anywhere else it only moves the expected date.
pub async fn shipment(context: &Context, conn: &mut Conn, shipment: &Shipment, lines: &[ShipmentLine]) -> Result<Vec<OrganisationId>> {
    if shipment.kind != OrderKind::Purchase {
        return Ok(Vec::new());
    }
    let mut sides = Sides::default();
    let mut views: BTreeMap<OrganisationId, Vec<ShipmentLine>> = BTreeMap::new();
    let mut covers = Vec::new();
    for order in lines.iter().map(|line| line.order_id).collect::<BTreeSet<_>>() {
        covers.extend(orders::covers(conn, order).await?);
    }
    for line in lines {
        let covers: Vec<Cover> = covers.iter().filter(|cover| cover.purchase_line_id == line.order_line_id).copied().collect();
        let wanted = open_parts(conn, &mut sides, &covers).await?;
        for (cover, part) in covers.iter().zip(fill(line.quantity, &wanted)) {
            let Some((side, place)) = sides.line(conn, cover).await? else { continue };
            let customer = side.order.counterparty_id;
            let target = &mut side.lines[place];
            target.promised_on = shipment.estimated_on.or(target.promised_on);
            target.provenance.insert("promised_on".to_owned(), reported_by_shipper());
            if shipment.ship_to_id != Some(customer) || !part.is_positive() {
                continue;
            }
            if target.status == LineStatus::Open {
                target.status = LineStatus::Accepted;
                target.quantities.confirmed = target.quantities.ordered;
            }
            target.quantities.shipped = target.quantities.shipped + part;
            target.provenance.insert("shipped".to_owned(), reported_by_shipper());
            let seen = views.entry(customer).or_default();
            seen.push(ShipmentLine {
                id: context.id::<ShipmentLineId>(),
                shipment_id: shipment.id,
                order_id: side.order.id,
                order_line_id: target.id,
                position: i64::try_from(seen.len()).unwrap_or_default(),
                quantity: part,
                received: None,
                unit: line.unit.clone(),
                package: None,
            });
        }
    }
    let mut concerned = sides.save(context, conn).await?;
    for (customer, lines) in views {
        view(context, conn, shipment, customer, lines).await?;
        concerned.push(customer);
    }
    Ok(concerned)
}

/// How much each customer's line can still take: what is covered of it, less what has been shipped on it already.
async fn open_parts(conn: &mut Conn, sides: &mut Sides, covers: &[Cover]) -> Result<Vec<Quantity>> {
    let mut wanted = Vec::with_capacity(covers.len());
    for cover in covers {
        let open = match sides.line(conn, cover).await? {
            Some((side, place)) => {
                let q = &side.lines[place].quantities;
                cover.quantity.min(q.ordered.less(q.shipped))
            }
            None => Quantity::ZERO,
        };
        wanted.push(open);
    }
    Ok(wanted)
}

/// The customer's own view of a supplier's shipment.
async fn view(context: &Context, conn: &mut Conn, source: &Shipment, customer: OrganisationId, mut lines: Vec<ShipmentLine>) -> Result<()> {
    let id: ShipmentId = context.id();
    for line in &mut lines {
        line.shipment_id = id;
    }
    // A number of its own: the supplier's may say what the customer may not know, such as a purchase order's number.
    let number = own_number(conn, lines.first().map(|line| line.order_id)).await?;
    let seen = Shipment {
        id,
        number,
        kind: OrderKind::Sales,
        counterparty_id: customer,
        source_id: Some(source.id),
        document_id: None,
        ship_to: source.ship_to.as_ref().map(|party| Json(party.0.clone())),
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
        ..source.clone()
    };
    shipments::insert(conn, &seen, &lines, &[]).await?;
    let mut orders_in_it: Vec<OrderId> = lines.iter().map(|line| line.order_id).collect();
    orders_in_it.dedup();
    for order in orders_in_it {
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
async fn own_number(conn: &mut Conn, order: Option<OrderId>) -> Result<String> {
    let Some(order) = order else { return Ok(String::new()) };
    let number = orders::find(conn, Scope::Hub, order).await?.map(|order| order.number).unwrap_or_default();
    let before = shipments::of_order(conn, order).await?.len();
    Ok(format!("{number}-{}", before + 1))
}
