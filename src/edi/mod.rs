//! Codecs: bytes to canonical documents ([`crate::domain::message`]) and back. Pure: no database, no network, no clock.

pub mod x12;
