//! The systems behind the portal, one folder each. A connector speaks a peer's wire and returns plain values or raw
//! bytes; it never touches the database and never decides anything about orders.

pub mod community;
pub mod kentico;
pub mod letter;
pub mod mail;
pub mod maildir;
pub mod trading_grid;
pub mod xconnector;
