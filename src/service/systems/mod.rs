//! What the connections to other systems share, whatever each speaks: an outbox of what they are told ([`deliver`],
//! [`tell`]), what comes from them, each thing once ([`inbound`], [`parked`]), and the same case here and there ([`bond`],
//! [`opening`], [`written`]). Nothing here knows a wire.

pub(super) mod bond;
pub mod deliver;
pub mod inbound;
pub(super) mod opening;
pub mod parked;
pub(super) mod tell;
pub(super) mod written;
