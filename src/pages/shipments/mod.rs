//! Shipments: the list, one shipment, and what every page that shows one shares.

pub mod carrier;
pub mod detail;
pub mod list;
pub mod parts;
