//! Plain types and rules. No IO, no clock, no SQL, no user interface: everything here can be tested with values alone.

pub mod ids;
pub mod message;
pub mod number;
pub mod time;
