//! What stands open, counted by state and day, for the start pages: one query per kind of thing. Days become "late" or
//! "this week" only where a reader's own date is known, so nothing here compares with today.

use sqlx::FromRow;

use super::{
    Conn, Result, Scope,
    filter::{Arg, Filter},
};
use crate::domain::{
    ids::OrderId,
    invoice::InvoiceState,
    number::{Amount, Currency},
    order::{OrderKind, OrderState},
    shipment::ShipmentState,
    time::{Date, Timestamp},
};

// The words of the indexes in migration 0006: an engine uses them only for these very conditions.
const OPEN_ORDERS: &str = "orders.state NOT IN ('rejected', 'invoiced', 'cancelled')";
const OPEN_SHIPMENTS: &str = "shipments.state IN ('in_transit', 'held')";
const OPEN_INVOICES: &str = "invoices.state NOT IN ('rejected', 'paid')";

/// Orders in one state that are promised for one day.
#[derive(Clone, Debug, FromRow)]
pub struct OrderDay {
    /// Who buys.
    pub kind: OrderKind,
    /// State.
    pub state: OrderState,
    /// The latest day promised.
    pub promised_on: Option<Date>,
    /// How many.
    pub n: i64,
    /// The earliest deadline for an answer among them.
    pub answer_due_at: Option<Timestamp>,
}

/// Orders that have not ended, within the scope.
pub async fn open_orders(conn: &mut Conn, scope: Scope) -> Result<Vec<OrderDay>> {
    let mut query = Filter::new(
        "SELECT orders.kind, orders.state, orders.promised_on, count(*) AS n, min(orders.answer_due_at) AS answer_due_at FROM orders",
        scope,
        "orders.counterparty_id",
    );
    query.and_text(OPEN_ORDERS);
    query.ending("GROUP BY orders.kind, orders.state, orders.promised_on");
    query.fetch(conn).await
}

/// Shipments in one state that are expected on one day.
#[derive(Clone, Debug, FromRow)]
pub struct ShipmentDay {
    /// State.
    pub state: ShipmentState,
    /// The day they are expected.
    pub estimated_on: Option<Date>,
    /// How many.
    pub n: i64,
}

/// Shipments that have not arrived, within the scope.
pub async fn open_shipments(conn: &mut Conn, scope: Scope) -> Result<Vec<ShipmentDay>> {
    let mut query =
        Filter::new("SELECT shipments.state, shipments.estimated_on, count(*) AS n FROM shipments", scope, "shipments.counterparty_id");
    query.and_text(OPEN_SHIPMENTS);
    query.ending("GROUP BY shipments.state, shipments.estimated_on");
    query.fetch(conn).await
}

/// Invoices in one state and currency that are due on one day.
#[derive(Clone, Debug, FromRow)]
pub struct InvoiceDay {
    /// State.
    pub state: InvoiceState,
    /// Currency.
    pub currency: Currency,
    /// The day they are due.
    pub due_on: Option<Date>,
    /// How many.
    pub n: i64,
    /// What is still to be paid on them.
    pub open: Amount,
}

/// Invoices that are neither paid nor refused, within the scope.
pub async fn open_invoices(conn: &mut Conn, scope: Scope) -> Result<Vec<InvoiceDay>> {
    let mut query = Filter::new(
        "SELECT invoices.state, invoices.currency, invoices.due_on, count(*) AS n,
                CAST(sum(CASE WHEN invoices.total > invoices.paid + invoices.credited
                     THEN invoices.total - invoices.paid - invoices.credited ELSE 0 END) AS bigint) AS open
         FROM invoices",
        scope,
        "invoices.counterparty_id",
    );
    query.and_text(OPEN_INVOICES);
    query.ending("GROUP BY invoices.state, invoices.currency, invoices.due_on");
    query.fetch(conn).await
}

/// An order's number.
#[derive(Clone, Debug, FromRow)]
pub struct OrderNumber {
    /// The order.
    pub id: OrderId,
    /// The buyer's number.
    pub number: String,
}

/// The numbers of some orders, as far as they are within the scope.
pub async fn order_numbers(conn: &mut Conn, scope: Scope, orders: impl IntoIterator<Item = OrderId>) -> Result<Vec<OrderNumber>> {
    let mut query = Filter::new("SELECT orders.id, orders.number FROM orders", scope, "orders.counterparty_id");
    query.and_in("orders.id", orders.into_iter().map(|id| Arg::Id(id.0)));
    query.fetch(conn).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes that a condition names.
    fn named(condition: &str) -> Vec<&str> {
        condition.split('\'').skip(1).step_by(2).collect()
    }

    #[test]
    fn the_conditions_name_the_states_that_the_rules_name() {
        let ended = [OrderState::Rejected, OrderState::Invoiced, OrderState::Cancelled].map(OrderState::as_str);
        assert_eq!(named(OPEN_ORDERS), ended);
        let open: Vec<_> = ShipmentState::ALL.iter().filter(|state| state.is_open()).map(|state| state.as_str()).collect();
        assert_eq!(named(OPEN_SHIPMENTS), open);
        let is_final: Vec<_> = InvoiceState::ALL.iter().filter(|state| state.is_final()).map(|state| state.as_str()).collect();
        assert_eq!(named(OPEN_INVOICES), is_final);
    }
}
