//! Shipments: where one stands, and what carrier reports and receipts make of it.

use super::{message::CarrierEvent, time::Date};

codes! {
    /// Where a shipment stands. "Late" is not a state: it is an estimate in the past.
    pub enum ShipmentState {
        /// Announced and on its way.
        InTransit = "in_transit",
        /// Stopped on the way: customs, a failed attempt, a hold.
        Held = "held",
        /// Arrived.
        Delivered = "delivered",
        /// Arrived and counted by the receiver.
        Received = "received",
    }
}

impl ShipmentState {
    /// The state after a report; what has arrived stays arrived.
    #[must_use]
    pub fn after(self, report: Self) -> Self {
        match (self, report) {
            (Self::Received, _) => self,
            (Self::Delivered, Self::Received) => Self::Received,
            (Self::Delivered, _) => Self::Delivered,
            (_, report) => report,
        }
    }

    /// Whether the goods are still to arrive.
    pub fn is_open(self) -> bool {
        matches!(self, Self::InTransit | Self::Held)
    }
}

/// What a carrier's event means for the shipment, with words for the reader. Codes of element 1650, our subset.
pub fn carrier_event(event: &CarrierEvent) -> (Option<ShipmentState>, &'static str) {
    use ShipmentState::{Delivered, Held, InTransit};
    match event.status.as_deref().unwrap_or_default() {
        "AF" | "P1" => (Some(InTransit), "Departed"),
        "CP" => (Some(InTransit), "Loaded"),
        "X1" | "X2" => (Some(InTransit), "Arrived at the delivery place"),
        "X3" => (Some(InTransit), "Arrived at the pick-up place"),
        "X4" | "I1" => (Some(InTransit), "Arrived at a terminal"),
        "X6" => (Some(InTransit), "On the way"),
        "OD" | "J1" => (Some(InTransit), "Out for delivery"),
        "AG" => (None, "New estimate from the carrier"),
        "SD" => (Some(Held), "Delayed"),
        "A3" | "A7" | "AP" => (Some(Held), "Delivery attempt failed"),
        "CA" | "K1" => (Some(Held), "Held at customs"),
        "D1" => (Some(Delivered), "Delivered"),
        _ => (None, "Report from the carrier"),
    }
}

/// Whether a shipment is late on a day: still open and its estimate passed.
pub fn is_late(state: ShipmentState, estimated_on: Option<Date>, today: Date) -> bool {
    state.is_open() && estimated_on.is_some_and(|estimate| estimate < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_arrived_stays_arrived() {
        for &report in ShipmentState::ALL {
            assert!(!ShipmentState::Delivered.after(report).is_open());
            assert_eq!(ShipmentState::Received.after(report), ShipmentState::Received);
        }
        assert_eq!(ShipmentState::Held.after(ShipmentState::InTransit), ShipmentState::InTransit);
        assert_eq!(ShipmentState::Delivered.after(ShipmentState::Received), ShipmentState::Received);
    }

    #[test]
    fn only_an_open_shipment_can_be_late() {
        let (yesterday, today) = (Date::new(2026, 11, 21), Date::new(2026, 11, 22).unwrap());
        assert!(is_late(ShipmentState::InTransit, yesterday, today));
        assert!(!is_late(ShipmentState::Delivered, yesterday, today));
        assert!(!is_late(ShipmentState::InTransit, Some(today), today));
        assert!(!is_late(ShipmentState::InTransit, None, today));
    }
}
