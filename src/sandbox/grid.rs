//! The grid mailbox (being written)
