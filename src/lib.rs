//! Portico: a partner self-service portal. One crate in two halves: with feature `ssr` the server, with feature
//! `hydrate` the few islands that run in the browser. Modules are listed from the outside in; each may use only those
//! below it (ARCHITECTURE.md has the picture).

// Both halves: what the browser runs, and what it may ask of the server.
pub mod api;
pub mod islands;

// The server.
#[cfg(feature = "ssr")]
pub mod server;

#[cfg(feature = "ssr")]
pub mod jobs;

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod text;
#[cfg(feature = "ssr")]
pub mod ui;

#[cfg(feature = "ssr")]
pub mod service;

#[cfg(feature = "ssr")]
pub mod auth;
#[cfg(feature = "ssr")]
pub mod connectors;
#[cfg(feature = "ssr")]
pub mod edi;
#[cfg(feature = "ssr")]
pub mod store;

pub mod domain;

// Beside the portal: stand-ins for the systems it talks to, and the demonstration company.
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod seed;

/// Entry point of the browser half: wakes the islands that the page contains.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
