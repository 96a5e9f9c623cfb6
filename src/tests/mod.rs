//! Integration tests: everything that needs a database or a counterpart. One binary. Each story runs on SQLite and,
//! where `PORTICO_TEST_POSTGRES` names a server, on PostgreSQL in a database of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]
#![allow(clippy::large_futures, reason = "a story is awaited once")]

mod advices;
mod at_once;
mod attachments;
mod beside;
mod cases;
mod clocks;
mod community;
mod community_faults;
mod community_fire;
mod contents;
mod corrections;
mod disputes;
mod exceptions;
mod fire;
mod flows;
mod forwarding;
mod guarded;
mod in_hand;
mod mail_in;
mod migrations;
mod notifications;
mod outgoing;
mod parked;
mod participants;
mod processes;
mod quantities;
mod reference;
mod references;
mod refused;
mod remittances;
mod sending;
mod store_stories;
mod support;
mod systems;
mod together;
mod views;
mod wire;
mod withdrawn;
mod xconnector;
