//! Shipments with their packages and lines.

use sqlx::{FromRow, types::Json};

use super::{
    Conn, Result, Scope, all, execute, expect_current,
    filter::{Arg, Filter, each, newest},
    optional,
};
use crate::domain::{
    ids::{DocumentId, OrderId, OrderLineId, OrganisationId, PackageId, ShipmentId, ShipmentLineId},
    message::Party,
    number::Quantity,
    order::OrderKind,
    shipment::ShipmentState,
    time::{Date, Timestamp},
};

/// A shipment.
#[derive(Clone, Debug, FromRow)]
pub struct Shipment {
    /// Id.
    pub id: ShipmentId,
    /// Purchase: from a supplier; sales: to a customer.
    pub kind: OrderKind,
    /// The party besides the hub.
    pub counterparty_id: OrganisationId,
    /// The shipper's number.
    pub number: String,
    /// The supplier's shipment of which this is the customer's view.
    pub source_id: Option<ShipmentId>,
    /// Where it goes, where that is an organisation we know.
    pub ship_to_id: Option<OrganisationId>,
    /// Where it goes, as the document says.
    pub ship_to: Option<Json<Party>>,
    /// Where it stands.
    pub state: ShipmentState,
    /// Carrier code.
    pub carrier_scac: Option<String>,
    /// Carrier name.
    pub carrier_name: Option<String>,
    /// Carrier's tracking number.
    pub tracking: Option<String>,
    /// Bill of lading.
    pub bill_of_lading: Option<String>,
    /// When it left.
    pub shipped_on: Option<Date>,
    /// When it should arrive.
    pub estimated_on: Option<Date>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// Who said so.
    pub delivered_by: Option<String>,
    /// How many packages.
    pub package_count: Option<i64>,
    /// The ship notice.
    pub document_id: Option<DocumentId>,
    /// Counts changes.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was announced.
    pub created_at: Timestamp,
}

/// A line of a shipment.
#[derive(Clone, Debug, FromRow)]
pub struct ShipmentLine {
    /// Id.
    pub id: ShipmentLineId,
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// The order.
    pub order_id: OrderId,
    /// Its line.
    pub order_line_id: OrderLineId,
    /// Place in the shipment.
    pub position: i64,
    /// How much is shipped.
    pub quantity: Quantity,
    /// How much arrived.
    pub received: Option<Quantity>,
    /// Unit.
    pub unit: String,
    /// The package it is in.
    pub package: Option<i64>,
    /// The line of the supplier's shipment of which this is a customer's part.
    pub source_line_id: Option<ShipmentLineId>,
}

/// A carton or pallet.
#[derive(Clone, Debug, FromRow)]
pub struct Package {
    /// Id.
    pub id: PackageId,
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// Place.
    pub position: i64,
    /// SSCC or carrier's number.
    pub mark: String,
    /// The pallet it stands on.
    pub inside: Option<i64>,
}

/// A line of a shipment with what it is.
#[derive(Clone, Debug, FromRow)]
pub struct ShipmentItem {
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// The order.
    pub order_id: OrderId,
    /// The buyer's order number.
    pub order_number: String,
    /// The order line's number.
    pub line: String,
    /// Its id.
    pub order_line_id: OrderLineId,
    /// The item in words.
    pub description: String,
    /// Buyer's item number.
    pub buyer_item: Option<String>,
    /// How much is shipped.
    pub quantity: Quantity,
    /// How much arrived.
    pub received: Option<Quantity>,
    /// Unit.
    pub unit: String,
}

/// A row of the shipment list.
#[derive(Clone, Debug, FromRow)]
pub struct ShipmentRow {
    /// Id.
    pub id: ShipmentId,
    /// Purchase or sales.
    pub kind: OrderKind,
    /// The shipper's number.
    pub number: String,
    /// State.
    pub state: ShipmentState,
    /// The party besides the hub.
    pub counterparty: String,
    /// Carrier name.
    pub carrier_name: Option<String>,
    /// Tracking number.
    pub tracking: Option<String>,
    /// When it left.
    pub shipped_on: Option<Date>,
    /// When it should arrive.
    pub estimated_on: Option<Date>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// Last change.
    pub updated_at: Timestamp,
    /// When it was announced.
    pub created_at: Timestamp,
}

/// Which shipments a list shows.
#[derive(Clone, Debug, Default)]
pub struct ShipmentFilter {
    /// Only these states.
    pub states: Vec<ShipmentState>,
    /// Number, tracking or partner contains.
    pub search: Option<String>,
    /// Exactly this number.
    pub number: Option<String>,
    /// Only those expected on this day or later.
    pub expected_from: Option<Date>,
    /// Only those expected before this day.
    pub expected_before: Option<Date>,
    /// Begins after this row.
    pub after: Option<(Timestamp, ShipmentId)>,
}

/// A page of shipments, newest first; one row more than `limit` is fetched.
pub async fn list(conn: &mut Conn, scope: Scope, filter: &ShipmentFilter, limit: i64) -> Result<Vec<ShipmentRow>> {
    let mut rows = Vec::new();
    for state in each(&filter.states) {
        rows.extend(list_of(conn, scope, filter, state, limit).await?);
    }
    Ok(newest(rows, limit + 1, |row| (row.created_at, row.id)))
}

async fn list_of(
    conn: &mut Conn,
    scope: Scope,
    filter: &ShipmentFilter,
    state: Option<ShipmentState>,
    limit: i64,
) -> Result<Vec<ShipmentRow>> {
    let mut query = Filter::new(
        "SELECT shipments.id, shipments.kind, shipments.number, shipments.state, organisations.name AS counterparty, shipments.carrier_name,
                shipments.tracking, shipments.shipped_on, shipments.estimated_on, shipments.delivered_at, shipments.updated_at,
                shipments.created_at
         FROM shipments JOIN organisations ON organisations.id = shipments.counterparty_id",
        scope,
        "shipments.counterparty_id",
    );
    if let Some(state) = state {
        query.and("shipments.state", " = ", Arg::Text(state.as_str().to_owned()), "");
    }
    if let Some(number) = &filter.number {
        query.and("shipments.number", " = ", Arg::Text(number.clone()), "");
    }
    if let Some(day) = filter.expected_from {
        query.and("shipments.estimated_on", " >= ", Arg::Date(day), "");
    }
    if let Some(day) = filter.expected_before {
        query.and("shipments.estimated_on", " < ", Arg::Date(day), "");
    }
    if let Some(search) = &filter.search {
        query.and_contains(&["shipments.number", "coalesce(shipments.tracking, '')", "organisations.name"], search);
    }
    if let Some((at, id)) = filter.after {
        query.older_than("shipments.created_at", "shipments.id", at, id.0);
    }
    query.ending("ORDER BY shipments.created_at DESC, shipments.id DESC");
    query.limit(limit + 1);
    query.fetch(conn).await
}

#[derive(FromRow)]
struct StateCount {
    state: ShipmentState,
    n: i64,
}

/// How many shipments are in each state.
pub async fn count(conn: &mut Conn, scope: Scope) -> Result<Vec<(ShipmentState, i64)>> {
    let mut query = Filter::new("SELECT shipments.state, count(*) AS n FROM shipments", scope, "shipments.counterparty_id");
    query.ending("GROUP BY shipments.state");
    Ok(query.fetch::<StateCount>(conn).await?.into_iter().map(|row| (row.state, row.n)).collect())
}

/// A shipment within the scope.
pub async fn find(conn: &mut Conn, scope: Scope, id: ShipmentId) -> Result<Option<Shipment>> {
    let found = optional!(conn, Shipment, "SELECT * FROM shipments WHERE id = $1", id)?;
    Ok(found.filter(|shipment| scope.holds(shipment.counterparty_id)))
}

/// A shipment within the scope, kept from changing until the transaction ends. A supplier's shipment and the customer's
/// view of it change together, so both are kept under the name of the first.
pub async fn find_for_update(conn: &mut Conn, scope: Scope, id: ShipmentId) -> Result<Option<Shipment>> {
    let Some(found) = find(conn, scope, id).await? else { return Ok(None) };
    super::dialect::lock(conn, &found.source_id.unwrap_or(id).to_string()).await?;
    find(conn, scope, id).await
}

/// The shipment with a number from or to a party.
pub async fn find_by_number(conn: &mut Conn, kind: OrderKind, counterparty: OrganisationId, number: &str) -> Result<Option<Shipment>> {
    optional!(
        conn,
        Shipment,
        "SELECT * FROM shipments WHERE kind = $1 AND counterparty_id = $2 AND number = $3 AND source_id IS NULL",
        kind,
        counterparty,
        number
    )
}

/// The newest shipment to a customer with the number that the customer knows it by, whoever ships it.
pub async fn find_at_customer(conn: &mut Conn, customer: OrganisationId, number: &str) -> Result<Option<Shipment>> {
    optional!(
        conn,
        Shipment,
        "SELECT * FROM shipments WHERE kind = 'sales' AND counterparty_id = $1 AND number = $2 ORDER BY created_at DESC, id DESC LIMIT 1",
        customer,
        number
    )
}

/// Who reports on a shipment, and by which numbers.
#[derive(Clone, Copy, Debug)]
pub struct Reporter<'a> {
    /// The organisation that says so.
    pub sender: OrganisationId,
    /// The kind of shipments it would be the shipper of, and the party besides the hub.
    pub own: (OrderKind, OrganisationId),
    /// Tracking number.
    pub tracking: Option<&'a str>,
    /// The shipper's number.
    pub number: Option<&'a str>,
}

/// The shipments that somebody may report on: their own, and for a carrier those that name one of its own carrier codes
/// (its identifiers with qualifier 02). Those with the tracking number come first; the shipper's number is asked only
/// where no tracking number speaks against it.
pub async fn reported(conn: &mut Conn, reporter: Reporter<'_>) -> Result<Vec<Shipment>> {
    all!(
        conn,
        Shipment,
        "SELECT * FROM shipments WHERE source_id IS NULL
           AND (tracking = $1 OR (number = $2 AND (tracking IS NULL OR CAST($1 AS text) IS NULL)))
           AND ((kind = $3 AND counterparty_id = $4)
             OR carrier_scac IN (SELECT identifiers.value FROM identifiers JOIN organisations ON organisations.id = identifiers.organisation_id
                                 WHERE organisations.id = $5 AND organisations.is_carrier AND identifiers.qualifier = '02'))
         ORDER BY CASE WHEN tracking = $1 THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT 2",
        reporter.tracking,
        reporter.number,
        reporter.own.0,
        reporter.own.1,
        reporter.sender
    )
}

/// The customers' views of a supplier's shipment.
pub async fn views(conn: &mut Conn, source: ShipmentId) -> Result<Vec<Shipment>> {
    all!(conn, Shipment, "SELECT * FROM shipments WHERE source_id = $1", source)
}

/// The shipments that carry lines of an order, oldest first. The caller has loaded the order within its scope.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Shipment>> {
    all!(
        conn,
        Shipment,
        "SELECT * FROM shipments WHERE id IN (SELECT shipment_id FROM shipment_lines WHERE order_id = $1) ORDER BY created_at, id",
        order
    )
}

/// What the shipments of an order carry of it, each with the shipment it is in.
pub async fn items_of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<ShipmentItem>> {
    all!(
        conn,
        ShipmentItem,
        "SELECT shipment_lines.shipment_id, shipment_lines.order_id, orders.number AS order_number, order_lines.line,
                shipment_lines.order_line_id, order_lines.description, order_lines.buyer_item, shipment_lines.quantity,
                shipment_lines.received, shipment_lines.unit
         FROM shipment_lines JOIN orders ON orders.id = shipment_lines.order_id
         JOIN order_lines ON order_lines.id = shipment_lines.order_line_id
         WHERE shipment_lines.order_id = $1 ORDER BY shipment_lines.shipment_id, shipment_lines.position",
        order
    )
}

/// The lines of a shipment with what they are.
pub async fn items(conn: &mut Conn, shipment: ShipmentId) -> Result<Vec<ShipmentItem>> {
    all!(
        conn,
        ShipmentItem,
        "SELECT shipment_lines.shipment_id, shipment_lines.order_id, orders.number AS order_number, order_lines.line,
                shipment_lines.order_line_id, order_lines.description, order_lines.buyer_item, shipment_lines.quantity,
                shipment_lines.received, shipment_lines.unit
         FROM shipment_lines JOIN orders ON orders.id = shipment_lines.order_id
         JOIN order_lines ON order_lines.id = shipment_lines.order_line_id
         WHERE shipment_lines.shipment_id = $1 ORDER BY shipment_lines.position",
        shipment
    )
}

/// The lines of a shipment.
pub async fn lines(conn: &mut Conn, shipment: ShipmentId) -> Result<Vec<ShipmentLine>> {
    all!(conn, ShipmentLine, "SELECT * FROM shipment_lines WHERE shipment_id = $1 ORDER BY position", shipment)
}

/// The packages of a shipment.
pub async fn packages(conn: &mut Conn, shipment: ShipmentId) -> Result<Vec<Package>> {
    all!(conn, Package, "SELECT * FROM packages WHERE shipment_id = $1 ORDER BY position", shipment)
}

/// Adds a shipment with its lines and packages.
pub async fn insert(conn: &mut Conn, row: &Shipment, lines: &[ShipmentLine], packages: &[Package]) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO shipments (id, kind, counterparty_id, number, source_id, ship_to_id, ship_to, state, carrier_scac, carrier_name, tracking,
           bill_of_lading, shipped_on, estimated_on, delivered_at, delivered_by, package_count, document_id, version, updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        row.id,
        row.kind,
        row.counterparty_id,
        &row.number,
        row.source_id,
        row.ship_to_id,
        &row.ship_to,
        row.state,
        &row.carrier_scac,
        &row.carrier_name,
        &row.tracking,
        &row.bill_of_lading,
        row.shipped_on,
        row.estimated_on,
        row.delivered_at,
        &row.delivered_by,
        row.package_count,
        row.document_id,
        row.version,
        row.updated_at,
        row.created_at
    )?;
    insert_lines(conn, lines).await?;
    for package in packages {
        execute!(
            conn,
            "INSERT INTO packages (id, shipment_id, position, mark, inside) VALUES ($1, $2, $3, $4, $5)",
            package.id,
            package.shipment_id,
            package.position,
            &package.mark,
            package.inside
        )?;
    }
    Ok(())
}

async fn insert_lines(conn: &mut Conn, lines: &[ShipmentLine]) -> Result<()> {
    for line in lines {
        execute!(
            conn,
            "INSERT INTO shipment_lines (id, shipment_id, order_id, order_line_id, position, quantity, received, unit, package, source_line_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            line.id,
            line.shipment_id,
            line.order_id,
            line.order_line_id,
            line.position,
            line.quantity,
            line.received,
            &line.unit,
            line.package,
            line.source_line_id
        )?;
    }
    Ok(())
}

/// Puts other lines in the place of those of a shipment that nobody has counted and no customer sees.
pub async fn replace_lines(conn: &mut Conn, shipment: ShipmentId, lines: &[ShipmentLine]) -> Result<()> {
    execute!(conn, "DELETE FROM shipment_lines WHERE shipment_id = $1", shipment)?;
    insert_lines(conn, lines).await
}

/// Saves what a corrected ship notice says of a shipment.
pub async fn restate(conn: &mut Conn, row: &Shipment) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE shipments SET carrier_scac = $3, carrier_name = $4, tracking = $5, bill_of_lading = $6, shipped_on = $7, estimated_on = $8,
           package_count = $9, document_id = $10, updated_at = $11, version = version + 1
         WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        &row.carrier_scac,
        &row.carrier_name,
        &row.tracking,
        &row.bill_of_lading,
        row.shipped_on,
        row.estimated_on,
        row.package_count,
        row.document_id,
        row.updated_at
    )?)
}

/// Saves what changes in a shipment's life.
pub async fn update(conn: &mut Conn, row: &Shipment) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE shipments SET state = $3, estimated_on = $4, delivered_at = $5, delivered_by = $6, updated_at = $7, version = version + 1
         WHERE id = $1 AND version = $2",
        row.id,
        row.version,
        row.state,
        row.estimated_on,
        row.delivered_at,
        &row.delivered_by,
        row.updated_at
    )?)
}

/// Notes how much of a line arrived.
pub async fn set_received(conn: &mut Conn, line: ShipmentLineId, received: Quantity) -> Result<()> {
    execute!(conn, "UPDATE shipment_lines SET received = $2 WHERE id = $1", line, received)?;
    Ok(())
}
