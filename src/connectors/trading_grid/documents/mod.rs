//! The ways documents travel: each transport moves raw bytes and tells what became of them. Nothing here reads a
//! document, touches the database or decides when to try again.

pub mod transport;
