//! The command line, and nothing else: what each command does is in the library.

use std::process::ExitCode;

use clap::Parser;
use portico::server::commands::{self, Command};

/// Pages are made of many small pieces of text, which this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Portico, a partner self-service portal.
#[derive(Parser)]
#[command(name = "portico", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
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
