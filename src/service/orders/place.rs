//! Orders that do not arrive on the wire: placed over the machine API, as the hub's purchase orders to suppliers (sent
//! on to those with their own system) and its customers' sales orders, with the allocations that join them.

use std::collections::{BTreeMap, BTreeSet};

use super::receive::{blank, new_line, record_first_revision};
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::{OrderId, OrderLineId, OrganisationId},
        message::{Document as Content, Party, PurchaseOrder},
        number::{Currency, Quantity},
        order::{Line, LineStatus, OrderKind, Provenance, Source},
    },
    service::{
        Context, Error, FieldError, Result,
        exchange::parties,
        history::{self, Entry, Subject, signature},
        outbox::{self, Outgoing},
        reference::complete,
    },
    store::{
        Conn, dialect,
        orders::{self, Allocation, Order},
        organisations,
        references::{self, Thing},
    },
};

/// A part of a sales line that a purchase order line covers.
#[derive(Clone, Debug)]
pub struct Cover {
    /// The sales line's number.
    pub line: String,
    /// The supplier's code.
    pub supplier: String,
    /// The purchase order's number.
    pub order: String,
    /// Its line's number.
    pub order_line: String,
    /// How much.
    pub quantity: Quantity,
}

/// Places a purchase order with a supplier. A supplier with its own system gets it on the wire.
pub async fn purchase(context: &Context, actor: &Actor, supplier: &str, mut message: PurchaseOrder) -> Result<OrderId> {
    operate(actor)?;
    let mut tx = context.db.begin().await?;
    let partner = partner(&mut tx, "supplier", supplier).await?;
    name_party(&mut tx, &mut message, "BY", actor.organisation).await?;
    name_party(&mut tx, &mut message, "SE", partner).await?;
    let (mut order, lines) = insert(context, &mut tx, actor, OrderKind::Purchase, partner, &message).await?;
    if !parties::has_portal_seat(&mut tx, partner).await? {
        let hub = outbox::hub(&mut tx).await?.id;
        let number = order.number.clone();
        let document = outbox::put(
            context,
            &mut tx,
            Outgoing {
                content: Content::PurchaseOrder(message),
                sender: hub,
                receiver: partner,
                number: &number,
                order: Some(order.id),
                shipment: None,
                invoice: None,
                author: &signature(actor),
                release_at: context.now(),
            },
        )
        .await?;
        order.document_id = Some(document);
        super::save_header(context, &mut tx, &mut order, &lines).await?;
    }
    tx.commit().await?;
    context.live.publish(Some(partner));
    Ok(order.id)
}

/// Enters a customer's order with the hub, confirmed as ordered, with what covers it.
pub async fn sales(context: &Context, actor: &Actor, customer: &str, message: PurchaseOrder, covers: &[Cover]) -> Result<OrderId> {
    operate(actor)?;
    let mut tx = context.db.begin().await?;
    let partner = partner(&mut tx, "customer", customer).await?;
    let (mut order, placed) = insert(context, &mut tx, actor, OrderKind::Sales, partner, &message).await?;
    let mut lines = placed.clone();
    for line in &mut lines {
        line.status = LineStatus::Accepted;
        line.quantities.confirmed = line.quantities.ordered;
        line.promised_on = line.requested_on;
    }
    order.answered_at = Some(context.now());
    super::save(context, &mut tx, &mut order, &placed, &lines).await?;
    allocate(&mut tx, &lines, covers).await?;
    tx.commit().await?;
    context.live.publish(Some(partner));
    Ok(order.id)
}

/// Names a side of the trade in the document, where the caller did not: its reader addresses its answers with it.
async fn name_party(conn: &mut Conn, message: &mut PurchaseOrder, role: &str, organisation: OrganisationId) -> Result<()> {
    if parties::with_role(&message.parties, role).is_none()
        && let Some(found) = organisations::find(conn, organisation).await?
    {
        let party = Party {
            role: role.to_owned(),
            name: Some(found.name),
            id_qualifier: Some("92".to_owned()),
            id: Some(found.code),
            ..Party::default()
        };
        message.parties.push(party);
    }
    Ok(())
}

fn operate(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) {
        Ok(())
    } else {
        Err(Error::Forbidden("Only the company that runs the portal places orders here.".to_owned()))
    }
}

async fn partner(conn: &mut Conn, field: &str, code: &str) -> Result<OrganisationId> {
    let found = organisations::find_by_code(conn, code)
        .await?
        .filter(|found| if field == "supplier" { found.is_supplier } else { found.is_customer });
    found
        .map(|found| found.id)
        .ok_or_else(|| Error::field(field, format!("There is no {field} with the code {code}. Use the code shown under Partners.")))
}

async fn insert(
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    kind: OrderKind,
    partner: OrganisationId,
    message: &PurchaseOrder,
) -> Result<(Order, Vec<Line>)> {
    let mut order = blank(context, conn, kind, partner, message).await?;
    check(message, order.currency)?;
    if orders::find_by_number(conn, kind, partner, &message.number).await?.is_some() {
        return Err(Error::field("number", format!("Order {} exists already between these two. Use another number.", message.number)));
    }
    let source = Source { document: None, segment: None, element: None, actor: signature(actor) };
    let mut lines: Vec<Line> = (0i64..)
        .zip(&message.lines)
        .map(|(position, line)| {
            let provenance: Provenance = ["ordered", "unit_price", "requested_on"].map(|field| (field.to_owned(), source.clone())).into();
            new_line(context.id::<OrderLineId>(), position, line, message.requested_on, provenance)
        })
        .collect();
    complete::lines(context, conn, partner, &mut lines).await?;
    super::derive(&mut order, &lines);
    orders::insert(conn, &order, &lines).await?;
    references::appear(conn, Thing::Order(order.id), &order.number, partner).await?;
    super::tell_state(context, conn, &order, None).await?;
    record_first_revision(context, conn, &order, &signature(actor), &lines).await?;
    let entry = Entry {
        counterparty: partner,
        subject: Subject { order: Some(order.id), ..Subject::default() },
        kind: "order_received",
        words: format!("Order {} received", order.number),
        changes: Vec::new(),
        actor: &actor.organisation_name,
    };
    history::note(context, conn, entry).await?;
    Ok((order, lines))
}

fn check(message: &PurchaseOrder, currency: Currency) -> Result<()> {
    let mut errors = Vec::new();
    let mut wrong = |field: String, message: &str| errors.push(FieldError { field, message: message.to_owned() });
    if message.number.trim().is_empty() {
        wrong("number".to_owned(), "Give the order a number.");
    }
    if message.lines.is_empty() {
        wrong("lines".to_owned(), "An order needs at least one line.");
    }
    for (index, line) in message.lines.iter().enumerate() {
        if !line.quantity.is_positive() {
            wrong(format!("lines.{index}.quantity"), "The quantity must be above zero.");
        }
        let per = if line.price_per.is_positive() { line.price_per } else { Quantity::whole(1) };
        if line.unit_price.unwrap_or_default().line_amount(line.quantity, per, currency).is_none() {
            wrong(format!("lines.{index}.unit_price"), "Quantity times price is too large to be kept. Lower one of the two.");
        }
        if line.unit.trim().is_empty() {
            wrong(format!("lines.{index}.unit"), "Name the unit of measure, such as EA.");
        }
        if message.lines[..index].iter().any(|earlier| earlier.line == line.line) {
            wrong(format!("lines.{index}.line"), "This line number is used twice.");
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Joins sales lines to the purchase lines that cover them, never beyond either.
async fn allocate(conn: &mut Conn, lines: &[Line], covers: &[Cover]) -> Result<()> {
    let bought = covering_orders(conn, covers).await?;
    // Orders are locked in the order of their ids, everywhere, so that two transactions never wait for each other.
    for id in bought.iter().map(|order| order.id).collect::<BTreeSet<_>>() {
        dialect::lock(conn, &id.to_string()).await?;
    }
    let mut given: BTreeMap<OrderLineId, Quantity> = BTreeMap::new();
    let mut joined: BTreeSet<(OrderLineId, OrderLineId)> = BTreeSet::new();
    for ((index, cover), order) in covers.iter().enumerate().zip(&bought) {
        let wrong = |name: &str, message: String| Error::field(format!("allocations.{index}.{name}"), message);
        let sales = lines
            .iter()
            .find(|line| line.line == cover.line)
            .ok_or_else(|| wrong("line", format!("The order has no line {}.", cover.line)))?;
        let bought = orders::lines(conn, order.id).await?;
        let purchase = bought
            .iter()
            .find(|line| line.line == cover.order_line)
            .ok_or_else(|| wrong("order_line", format!("Purchase order {} has no line {}.", cover.order, cover.order_line)))?;
        if !purchase.is_in(&sales.unit) {
            return Err(wrong(
                "order_line",
                format!("Line {} is in {}, line {} in {}.", sales.line, sales.unit, purchase.line, purchase.unit),
            ));
        }
        if matches!(purchase.status, LineStatus::Cancelled | LineStatus::Rejected) {
            let message = format!("Line {} of purchase order {} was cancelled or rejected; nothing will come.", purchase.line, cover.order);
            return Err(wrong("order_line", message));
        }
        if !joined.insert((sales.id, purchase.id)) {
            return Err(wrong("order_line", "These two lines are joined above already. Add the quantities up.".to_owned()));
        }
        let covers = orders::covers(conn, order.id).await?;
        let taken: Quantity = covers.iter().filter(|row| row.purchase_line_id == purchase.id).map(|row| row.quantity).sum();
        let of_sales = given.entry(sales.id).or_default();
        if !cover.quantity.is_positive()
            || *of_sales + cover.quantity > sales.quantities.ordered
            || taken + cover.quantity > purchase.quantities.ordered
        {
            return Err(wrong("quantity", "It must be above zero and cannot exceed what is open on either line.".to_owned()));
        }
        *of_sales = *of_sales + cover.quantity;
        orders::insert_allocation(conn, &Allocation { sales_line_id: sales.id, purchase_line_id: purchase.id, quantity: cover.quantity })
            .await?;
    }
    Ok(())
}

/// The purchase orders that cover, one for each cover.
async fn covering_orders(conn: &mut Conn, covers: &[Cover]) -> Result<Vec<Order>> {
    let mut found = Vec::with_capacity(covers.len());
    for (index, cover) in covers.iter().enumerate() {
        let wrong = |name: &str, message: String| Error::field(format!("allocations.{index}.{name}"), message);
        let supplier = organisations::find_by_code(conn, &cover.supplier)
            .await?
            .ok_or_else(|| wrong("supplier", format!("There is no supplier with the code {}.", cover.supplier)))?;
        let order = orders::find_by_number(conn, OrderKind::Purchase, supplier.id, &cover.order)
            .await?
            .ok_or_else(|| wrong("order", format!("{} has no purchase order {}.", cover.supplier, cover.order)))?;
        found.push(order);
    }
    Ok(found)
}
