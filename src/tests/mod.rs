//! Integration tests: everything that needs a database or a counterpart. One binary. Each story runs on SQLite and,
//! where `PORTICO_TEST_POSTGRES` names a server, on PostgreSQL in a database of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod cases;
mod flows;
mod forwarding;
mod migrations;
mod processes;
mod quantities;
mod sending;
mod store_stories;
mod support;
mod wire;
mod xconnector;
