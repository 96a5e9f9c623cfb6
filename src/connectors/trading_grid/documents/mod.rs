//! The ways documents travel: each transport moves raw bytes and tells what became of them.

pub mod transport;
