//! `xConnector`, the hub's integration layer: `CloudEvents` 1.0 over HTTP, signed as Standard Webhooks 1.0. Wire format
//! only; what an event does, and which leaves when, is `service`'s business.

pub mod event;
pub mod guard;
mod json;
pub mod send;
pub mod signature;

pub use event::{Claims, Event, EventFault};
pub use send::{Envelope, Sender};
pub use signature::{Headers, Secret, SignatureFault};
