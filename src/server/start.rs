//! Starting and stopping the server.

use std::{net::SocketAddr, sync::Arc};

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::{
    config::{Config, Portal},
    router,
    state::AppState,
    system::{SystemClock, SystemRandom},
};
use crate::{
    connectors::{community::Client, xconnector::Sender},
    domain::ids::Ids,
    jobs::{self, Worker, relay},
    service::{self, Context, community, live::Live, xconnector},
    store::{self, Db, files::Files, organisations},
    ui::Brand,
};

/// Why the program cannot start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] super::config::ConfigError),
    /// The database or the file store cannot be opened.
    #[error("{what} cannot be opened: {source}")]
    Store {
        /// Which.
        what: String,
        /// Why.
        source: store::StoreError,
    },
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}. Choose another with --listen ADDRESS:PORT; port 0 takes a free one")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A use case failed.
    #[error(transparent)]
    Service(#[from] service::Error),
    /// A store function failed.
    #[error(transparent)]
    Stored(#[from] store::StoreError),
    /// Something else.
    #[error("{0}")]
    Other(String),
}

/// Opens everything a use case needs, brings the database up to date, and says what could not be opened.
pub async fn open(config: &Config) -> Result<Context, StartError> {
    let address = &config.database.address;
    if let Some(folder) = address.strip_prefix("sqlite:").and_then(|file| std::path::Path::new(file).parent()) {
        std::fs::create_dir_all(folder).map_err(|error| StartError::Other(format!("{} cannot be made: {error}", folder.display())))?;
    }
    let db = Db::open(address)
        .await
        .map_err(|source| StartError::Store { what: format!("the database {}", without_secret(address)), source })?;
    let folder = &config.files.folder;
    let files =
        Files::folder(folder).map_err(|source| StartError::Store { what: format!("the file store {}", folder.display()), source })?;
    Ok(Context {
        db,
        files,
        clock: Arc::new(SystemClock),
        ids: Ids::new(SystemRandom),
        live: Live::default(),
        settings: Arc::new(config.settings()),
    })
}

/// A database address that may be logged.
fn without_secret(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(start), Some(end)) if start < end => format!("{}…{}", &address[..start + 3], &address[end..]),
        _ => address.to_owned(),
    }
}

/// Takes the address to listen on.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

/// Whose portal it is: as configured, else by the name of the hub.
async fn brand(context: &Context, portal: &Portal) -> Result<Brand, StartError> {
    let name = if let Some(name) = &portal.name {
        name.clone()
    } else {
        let hub = organisations::hub(&mut context.db.read().await?).await?;
        hub.map_or_else(|| "Portico".to_owned(), |hub| hub.name)
    };
    Ok(Brand { name, tagline: portal.tagline.clone().unwrap_or_else(|| "Partner portal".to_owned()) })
}

/// Makes the requests of connections: it follows no redirect, so that a key goes nowhere else.
pub fn http() -> Result<reqwest::Client, StartError> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    client.map_err(|error| StartError::Other(format!("no HTTP client can be made: {error}")))
}

/// Sends events to other systems.
pub fn sender() -> Result<Sender, StartError> {
    Sender::new().map_err(|error| StartError::Other(format!("no HTTP client for events can be made: {error}")))
}

/// Registers the endpoint for events that the configuration names.
pub async fn endpoint(context: &Context, config: &Config) -> Result<(), StartError> {
    let settings = &config.xconnector;
    let Some(endpoint) = &settings.endpoint else { return Ok(()) };
    let secret = settings.outgoing().ok_or_else(|| {
        StartError::Other("xconnector.endpoint is set and no secret. Set xconnector.endpoint_secret, or its file.".to_owned())
    })?;
    xconnector::endpoints::configure(context, endpoint, secret, settings.endpoint_local).await.map_err(|error| match error {
        service::Error::Invalid(fields) => {
            let words: Vec<_> = fields.into_iter().map(|field| field.message).collect();
            StartError::Other(format!("xconnector.endpoint: {}", words.join(" ")))
        }
        other => StartError::Other(format!("xconnector.endpoint: {other}")),
    })?;
    Ok(())
}

/// Notes where Active Community is, or that it is not connected; what speaks to it.
pub async fn community(context: &Context, config: &Config) -> Result<Option<Client>, StartError> {
    let client = config.community()?;
    community::connect::configure(context, client.as_ref().map(Client::address)).await?;
    Ok(client)
}

/// Answers requests and does the work behind them until the program is told to stop, then finishes what is under way.
pub async fn serve(listener: TcpListener, context: Context, config: Config, work: jobs::Settings) -> Result<(), StartError> {
    let brand = brand(&context, &config.portal).await?;
    let db = context.db.clone();
    let worker = Worker::new(context.clone(), work);
    let working = tokio::spawn(async move { worker.run(stopped()).await });
    let notices = tokio::spawn({
        let context = context.clone();
        async move { relay::run(&context).await }
    });
    let app = router(AppState::new(context, config, brand)).into_make_service_with_connect_info::<SocketAddr>();
    // Without it a page waits for the delayed acknowledgment of its first part.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
    });
    let served = axum::serve(listener, app).with_graceful_shutdown(stopped());
    tokio::select! {
        outcome = served => outcome.map_err(|error| StartError::Other(format!("the server stopped: {error}")))?,
        // Open event streams do not end by themselves.
        () = async { stopped().await; tokio::time::sleep(GRACE).await } => tracing::info!("stopped with requests still open"),
    }
    if tokio::time::timeout(GRACE, working).await.is_err() {
        tracing::warn!("stopped with work under way; it is taken up again at the next start");
    }
    // It holds a connection for as long as it runs.
    notices.abort();
    let _ = notices.await;
    db.close().await;
    Ok(())
}

/// How long requests may take to finish once the program is told to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(5);

/// Waits until the program is told to stop: Ctrl-C, or SIGTERM.
async fn stopped() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

#[cfg(test)]
mod tests {
    use super::without_secret;

    #[test]
    fn a_logged_address_has_no_password() {
        assert_eq!(without_secret("postgres://portico:s3c@ret@db:5432/portico"), "postgres://…@db:5432/portico");
        assert_eq!(without_secret("sqlite:data/portico.db"), "sqlite:data/portico.db");
    }
}
