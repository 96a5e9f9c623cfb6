//! The command line, and nothing else: what each command does is in the library.

use std::process::ExitCode;

use clap::Parser;
use portico::server::commands::{self, Command};

/// Pages are made of many small pieces of text, which this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Milliseconds after which memory that is not used any more goes back to the system: a page is made of thousands of
/// pieces and gone a moment later, and most of what a portal keeps would be kept for nothing.
const KEPT_UNUSED: std::ffi::c_long = 1;

/// `mi_option_purge_delay` of mimalloc 2, which the bindings do not name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Portico, a partner self-service portal.
#[derive(Parser)]
#[command(name = "portico", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    give_back_memory();
    let arguments = Arguments::parse();
    // Two TLS providers are compiled in; this one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Box::pin(commands::run(arguments.command)).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("portico: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The allocator takes its settings through this call or the environment alone.
#[expect(unsafe_code, reason = "it sets one number of the allocator, which may be set at any time")]
fn give_back_memory() {
    // SAFETY: the option exists in every mimalloc 2, and the call has no other conditions.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, KEPT_UNUSED) };
}
