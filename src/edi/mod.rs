//! Codecs: bytes to canonical documents ([`crate::domain::message`]) and back. Pure: no database, no network, no clock.
//! What every standard shares stands here (findings, the inspection of a file); a standard's own rules stand below it.

pub mod finding;
pub mod inspect;
pub mod x12;

pub use finding::{AnswerCode, Finding, Findings, Severity};
pub use inspect::{Inspection, inspect};
