//! ANSI X12: segments to canonical documents and back. Read [`reader::read`] first, then `token`, `check` and `read`; the
//! other way is `write` and `envelope`. Table-driven (`schema`, `sets`, `codes`), streaming, without regular expressions.

pub mod ack;
#[cfg(test)]
mod advice_tests;
mod chain;
pub mod check;
pub mod codes;
pub mod envelope;
pub mod event;
#[cfg(test)]
mod properties;
pub mod read;
pub mod reader;
pub mod schema;
pub mod sets;
#[cfg(test)]
mod tests;
pub mod token;
pub mod values;
pub mod write;

pub use event::{
    Collector, Event, Group, GroupHeader, GroupVerdict, Interchange, InterchangeAcknowledgment, InterchangeHeader, InterchangeVerdict,
    SetResult, SetVerdict,
};
pub use reader::{Depth, Options, Outcome, read, read_all};
pub use token::Delimiters;
