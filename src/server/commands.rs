//! The commands of the program. Each opens what it needs, does one thing, and says what it did.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use serde_json::json;

use super::{
    access::{self, KeyCommand, UserCommand},
    config::Config,
    demo, health,
    setup::{self, NewOrganisation, NewRoute, OrganisationCommand, RouteCommand},
    start::{self, StartError},
    telemetry,
};
use crate::{
    edi, jobs, seed,
    service::systems::deliver,
    store::{endpoints, routes},
};

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Run the portal.
    Serve {
        /// Address and port; port 0 takes a free one.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// The configuration; portico.toml where none is named.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Run the portal with a demonstration company.
    Demo {
        /// Address and port; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:3000")]
        listen: SocketAddr,
        /// Folder of the database and the files.
        #[arg(long, default_value = "data/demo")]
        data: PathBuf,
        /// Print one JSON object instead of words.
        #[arg(long)]
        json: bool,
    },
    /// Bring the database up to date.
    Migrate {
        /// The configuration; portico.toml where none is named.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Put the demonstration company into an empty database.
    Seed {
        /// The configuration; portico.toml where none is named.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// People who sign in.
    User {
        /// What to do.
        #[command(subcommand)]
        command: UserCommand,
        /// The configuration; portico.toml where none is named.
        #[arg(long, global = true)]
        config: Option<PathBuf>,
    },
    /// Companies: the hub and its partners.
    Organisation {
        /// What to do.
        #[command(subcommand)]
        command: OrganisationCommand,
        /// The configuration; portico.toml where none is named.
        #[arg(long, global = true)]
        config: Option<PathBuf>,
    },
    /// Ways to exchange documents.
    Route {
        /// What to do.
        #[command(subcommand)]
        command: RouteCommand,
        /// The configuration; portico.toml where none is named.
        #[arg(long, global = true)]
        config: Option<PathBuf>,
    },
    /// Keys of programs that use the machine API.
    Key {
        /// What to do.
        #[command(subcommand)]
        command: KeyCommand,
        /// The configuration; portico.toml where none is named.
        #[arg(long, global = true)]
        config: Option<PathBuf>,
    },
    /// Documents on the wire, without a database.
    Edi {
        /// What to do.
        #[command(subcommand)]
        command: EdiCommand,
    },
    /// Check the database and the file store, and say what to do.
    Doctor {
        /// The configuration; portico.toml where none is named.
        #[arg(long)]
        config: Option<PathBuf>,
    },
}

/// What to do with documents.
#[derive(Subcommand)]
pub enum EdiCommand {
    /// Say what a file is, what it means and what is wrong with it. Exit status: 0 accepted, 1 not accepted, 2 not a document.
    Inspect {
        /// The file.
        file: PathBuf,
        /// Print JSON instead of words (docs/edi-inspect.md).
        #[arg(long)]
        json: bool,
    },
}

/// Runs a command.
pub async fn run(command: Command) -> Result<ExitCode, StartError> {
    match command {
        Command::Serve { listen, config } => serve(listen, config.as_deref()).await,
        Command::Demo { listen, data, json } => demonstrate(listen, &data, json).await,
        Command::Migrate { config } => migrate(config.as_deref()).await,
        Command::Seed { config } => fill(config.as_deref()).await,
        Command::User { command, config } => access::user(&start::open(&load(config.as_deref())?).await?, command).await,
        Command::Organisation { command: OrganisationCommand::Add(new), config } => add_organisation(config.as_deref(), &new).await,
        Command::Route { command: RouteCommand::Add(new), config } => add_route(config.as_deref(), &new).await,
        Command::Key { command, config } => access::key(&start::open(&load(config.as_deref())?).await?, command).await,
        Command::Edi { command: EdiCommand::Inspect { file, json } } => inspect(&file, json),
        Command::Doctor { config } => doctor(config.as_deref()).await,
    }
}

fn load(file: Option<&Path>) -> Result<Config, StartError> {
    Ok(Config::load(file, std::env::vars())?)
}

async fn serve(listen: Option<SocketAddr>, file: Option<&Path>) -> Result<ExitCode, StartError> {
    let mut config = load(file)?;
    telemetry::start(config.log.format, &config.log.filter);
    let listener = start::bind(listen.unwrap_or(config.server.listen)).await?;
    config.server.listen = local(&listener)?;
    let context = start::open(&config).await?;
    if config.server.misses_proxy() {
        tracing::warn!("{PROXY_ADVICE}");
    }
    start::endpoint(&context, &config).await?;
    tracing::info!(address = %local(&listener)?, database = context.db.engine_name(), "listening");
    let work = jobs::Settings {
        http: start::http()?,
        sender: start::sender()?,
        spool: config.files.folder.with_file_name("spool"),
        content: config.content_source(start::http()?)?,
        community: start::community(&context, &config).await?,
        mail: config.public_mailer()?,
        incoming: config.incoming()?,
        poll_seconds: config.exchange.poll_seconds,
        content_seconds: 300,
    };
    start::serve(listener, context, config, work).await?;
    Ok(ExitCode::SUCCESS)
}

fn local(listener: &tokio::net::TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|error| StartError::Other(format!("the address in use is unknown: {error}")))
}

/// What the demonstration company calls its portal.
const DEMO_NAME: &str = "Castellan";

/// Shorter than usual, so that a visitor sees a document leave.
const DEMO_UNDO_SECONDS: i64 = 20;

async fn demonstrate(listen: SocketAddr, data: &Path, json: bool) -> Result<ExitCode, StartError> {
    let mut config = load(None)?;
    config.database.address = format!("sqlite:{}", data.join("portico.db").display());
    config.files.folder = data.join("files");
    config.portal.name.get_or_insert_with(|| DEMO_NAME.to_owned());
    if variable("PORTICO__ORDERS__UNDO_SECONDS").is_none() {
        config.orders.undo_seconds = DEMO_UNDO_SECONDS;
    }
    telemetry::start(config.log.format, &config.log.filter);
    // First the address: a taken port is said before anything is built.
    let listener = start::bind(listen).await?;
    config.server.listen = local(&listener)?;
    let address = format!("http://{}", config.server.listen);
    let context = start::open(&config).await?;
    let sign_ins = Box::pin(seed::company(&context)).await?;
    let xconnector = demo::xconnector_secret(&context);
    config.xconnector.secret = Some(xconnector.clone());
    let api_key = demo::api_key(&context, variable("PORTICO_DEMO_API_KEY")).await?;
    let http = start::http()?;
    let drop = variable("PORTICO_DEMO_DROP").map(PathBuf::from);
    demo::case_system(&context, http.clone(), address.clone(), &xconnector, drop.is_none()).await?;
    let community = demo::community(&context, &mut config, drop.is_none()).await?;
    let content = demo::surroundings(&context, http.clone(), drop).await?;
    if json {
        println!(
            "{}",
            json!({
                "address": address,
                "api_key": api_key,
                "sign_ins": sign_ins,
                "partners": seed::partners(),
                "xconnector": { "secret": xconnector },
                "community": community,
            })
        );
    } else {
        println!("{}", welcome(&address, &sign_ins));
    }
    let work = jobs::Settings {
        http,
        sender: start::sender()?,
        spool: data.join("spool"),
        content: Some(content),
        community: start::community(&context, &config).await?,
        mail: config.mailer()?,
        incoming: config.incoming()?,
        poll_seconds: 1,
        content_seconds: 60,
    };
    start::serve(listener, context, config, work).await?;
    Ok(ExitCode::SUCCESS)
}

/// A variable of the environment, where it is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The address and the sign-ins, to be read.
fn welcome(address: &str, sign_ins: &seed::SignIns) -> String {
    let mut lines = vec![format!("The portal runs at {address}"), String::new()];
    for (who, sign_in) in [("Supplier", &sign_ins.supplier), ("Customer", &sign_ins.customer), ("Administrator", &sign_ins.admin)] {
        lines.push(format!("{who:<14}{}", sign_in.email));
        lines.push(format!("{:<14}{}", "", sign_in.password));
    }
    lines.push(String::new());
    lines.push("Stop it with Ctrl-C.".to_owned());
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
    let edge = "─".repeat(width + 2);
    let body: Vec<_> = lines.iter().map(|line| format!("│ {line:<width$} │")).collect();
    format!("┌{edge}┐\n{}\n└{edge}┘", body.join("\n"))
}

async fn add_organisation(file: Option<&Path>, new: &NewOrganisation) -> Result<ExitCode, StartError> {
    setup::add_organisation(&start::open(&load(file)?).await?, new).await?;
    println!("Added. Let its people in with: portico user add");
    Ok(ExitCode::SUCCESS)
}

async fn add_route(file: Option<&Path>, new: &NewRoute) -> Result<ExitCode, StartError> {
    setup::add_route(&start::open(&load(file)?).await?, new).await?;
    println!("Added. It is used as soon as the portal runs; Connections shows how it does.");
    Ok(ExitCode::SUCCESS)
}

async fn migrate(file: Option<&Path>) -> Result<ExitCode, StartError> {
    let context = start::open(&load(file)?).await?;
    println!("The {} database is up to date.", context.db.engine_name());
    Ok(ExitCode::SUCCESS)
}

async fn fill(file: Option<&Path>) -> Result<ExitCode, StartError> {
    let context = start::open(&load(file)?).await?;
    let sign_ins = Box::pin(seed::company(&context)).await?;
    println!("The demonstration company is there. Sign in as {} with: {}", sign_ins.admin.email, sign_ins.admin.password);
    Ok(ExitCode::SUCCESS)
}

/// The exit status of `edi inspect` for what is no document, a file that cannot be read included.
const NOT_A_DOCUMENT: u8 = 2;

fn inspect(file: &Path, json: bool) -> Result<ExitCode, StartError> {
    let inspection = match std::fs::File::open(file).and_then(edi::inspect) {
        Ok(inspection) => inspection,
        Err(error) => {
            eprintln!("portico: {} cannot be read: {error}", file.display());
            return Ok(ExitCode::from(NOT_A_DOCUMENT));
        }
    };
    let text = if json {
        serde_json::to_string_pretty(&inspection).map_err(|error| StartError::Other(error.to_string()))? + "\n"
    } else {
        inspection.to_string()
    };
    // A reader that has seen enough, such as `head`, is no fault.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::from(inspection.exit_status()))
}

/// What is wrong with HTTPS and no word about the proxy that does it.
const PROXY_ADVICE: &str = "server.public_url is https and server.behind_proxy is not set, so all visitors count as one address and wrong \
                            passwords of one make all wait. Set server.behind_proxy = true; the proxy must set X-Forwarded-For";

async fn doctor(file: Option<&Path>) -> Result<ExitCode, StartError> {
    let config = load(file)?;
    println!("configuration  ok");
    let context = start::open(&config).await?;
    let mut code = ExitCode::SUCCESS;
    for check in health::checks(&context).await {
        match check.failure {
            None => println!("{:<14} ok", check.name),
            Some(failure) => {
                println!("{:<14} {failure}", check.name);
                code = ExitCode::FAILURE;
            }
        }
    }
    if !config.server.site.join("pkg/portico.css").exists() {
        println!("site           {} has no pkg/portico.css. Run: make release, or set server.site", config.server.site.display());
        code = ExitCode::FAILURE;
    }
    if !config.server.is_secure() {
        println!(
            "sign-in        server.public_url is not https, so cookies are not bound to HTTPS. Set it before people sign in over a network"
        );
    }
    if config.server.misses_proxy() {
        println!("proxy          {PROXY_ADVICE}");
        code = ExitCode::FAILURE;
    }
    if config.xconnector.is_unreadable() {
        println!("xconnector     xconnector.secret must be whsec_ and the base64 of 24 to 64 bytes. Every event is refused until then");
        code = ExitCode::FAILURE;
    }
    if let Some(community) = config.community()? {
        match community.changes("", 1).await {
            Ok(_) => println!("community      ok"),
            Err(fault) => {
                println!("community      {fault}");
                code = ExitCode::FAILURE;
            }
        }
    }
    if let Some(mailer) = config.public_mailer()? {
        match mailer.check().await {
            Ok(()) => println!("mail           ok"),
            Err(failure) => {
                println!("mail           {failure}. Check mail.server, mail.user and mail.password");
                code = ExitCode::FAILURE;
            }
        }
    }
    match config.incoming() {
        Ok(None) => {}
        Ok(Some(_)) => println!("mail in        ok"),
        Err(failure) => {
            println!("mail in        {failure}");
            code = ExitCode::FAILURE;
        }
    }
    for endpoint in endpoints::list(&mut context.db.read().await?).await?.iter().filter(|endpoint| endpoint.is_active) {
        if deliver::lacks_secret(endpoint) {
            println!("endpoint       {}: its secret signs nothing. Replace it under Endpoints and enter it in that system", endpoint.name);
            code = ExitCode::FAILURE;
        }
    }
    for route in routes::list(&mut context.db.read().await?).await?.into_iter().filter(|route| route.is_active) {
        match (&route.failure, route.succeeded_at) {
            (Some(failure), _) => {
                println!("route          {}: {failure}", route.name);
                code = ExitCode::FAILURE;
            }
            (None, Some(at)) => println!("route          {}: ok, last used {at}", route.name),
            (None, None) => println!("route          {}: not used yet. It is tried while the portal runs", route.name),
        }
    }
    Ok(code)
}
