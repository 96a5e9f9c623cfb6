//! Calendars: when the hub works. The list, and one calendar with its days off.

pub mod edit;
pub mod list;
