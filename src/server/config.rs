//! What the operator sets: one `portico.toml`, and every key also as `PORTICO__SECTION__KEY` in the environment, which
//! wins. Secrets come from the environment or from a file named by `..._file`. A key that does not exist is an error
//! that names the nearest one that does, so that a slip of the pen does not silently leave a default in place.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{Table, Value};

use super::start::StartError;
use crate::{
    connectors::{
        community,
        kentico::{Secret, Source, SourceConfig},
        mail::{self, Mailer},
        maildir::Maildir,
        xconnector,
    },
    domain::reply::Replies,
    service::{Settings, content},
};

/// Prefix of the environment variables.
const PREFIX: &str = "PORTICO__";

/// Every key: section, name, what kind of value. `_file` variants are listed with the secrets they stand for.
const KEYS: &[(&str, &str, Kind)] = &[
    ("portal", "name", Kind::Text),
    ("portal", "tagline", Kind::Text),
    ("server", "listen", Kind::Text),
    ("server", "public_url", Kind::Text),
    ("server", "behind_proxy", Kind::Switch),
    ("server", "metrics_token", Kind::Secret),
    ("server", "site", Kind::Text),
    ("database", "address", Kind::Secret),
    ("files", "folder", Kind::Text),
    ("log", "format", Kind::Text),
    ("log", "filter", Kind::Text),
    ("exchange", "poll_seconds", Kind::Number),
    ("kentico", "endpoint", Kind::Text),
    ("kentico", "origin", Kind::Text),
    ("kentico", "key", Kind::Secret),
    ("mail", "server", Kind::Text),
    ("mail", "user", Kind::Text),
    ("mail", "password", Kind::Secret),
    ("mail", "from", Kind::Text),
    ("mail", "reply_domain", Kind::Text),
    ("mail", "reply_key", Kind::Secret),
    ("mail", "incoming", Kind::Text),
    ("xconnector", "secret", Kind::Secret),
    ("community", "url", Kind::Text),
    ("community", "key", Kind::Secret),
    ("attachments", "file_megabytes", Kind::Number),
    ("attachments", "case_megabytes", Kind::Number),
    ("xconnector", "endpoint", Kind::Text),
    ("xconnector", "endpoint_secret", Kind::Secret),
    ("xconnector", "endpoint_local", Kind::Switch),
    ("orders", "undo_seconds", Kind::Number),
    ("orders", "answer_hours", Kind::Number),
];

/// What a value looks like in the environment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// Text that may also come from the file that `{key}_file` names.
    Secret,
    Number,
    Switch,
}

/// Everything that can be set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// What the portal is called.
    pub portal: Portal,
    /// How the portal is reached.
    pub server: Server,
    /// Where state is.
    pub database: Database,
    /// Where files are.
    pub files: FileStore,
    /// What is logged.
    pub log: Log,
    /// How documents travel.
    pub exchange: Exchange,
    /// Where content comes from.
    pub kentico: Kentico,
    /// Mail to people.
    pub mail: Mail,
    /// Events from the integration layer.
    pub xconnector: XConnector,
    /// Cases shared with Active Community.
    pub community: Community,
    /// Files in cases.
    pub attachments: Attachments,
    /// Deadlines of orders.
    pub orders: Orders,
}

/// What the portal is called.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Portal {
    /// Short name of the company that runs it; its full name where none is set.
    pub name: Option<String>,
    /// Below the name; "Partner portal" where none is set.
    pub tagline: Option<String>,
}

/// How the portal is reached.
#[derive(Clone, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address people type, such as `https://portal.example.com`. Decides whether cookies are bound to HTTPS.
    pub public_url: Option<String>,
    /// A proxy in front sets `X-Forwarded-For`; its last entry is the visitor. Without it every visitor has the proxy's
    /// address, and one who types wrong passwords makes all others wait.
    pub behind_proxy: bool,
    /// What a program outside this machine sends as `Authorization: Bearer` to read `/metrics`; without it only this
    /// machine reads them.
    pub metrics_token: Option<String>,
    /// The folder with the style sheet, islands and public files.
    pub site: PathBuf,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: None,
            behind_proxy: false,
            metrics_token: None,
            site: PathBuf::from("target/site"),
        }
    }
}

/// Without the token, which belongs in no log.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("behind_proxy", &self.behind_proxy)
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// The proxy that HTTPS needs is there, and nobody said so: this program speaks no TLS itself.
    pub fn misses_proxy(&self) -> bool {
        self.is_secure() && !self.behind_proxy
    }

    /// People reach the portal over HTTPS.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// Where state is.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Database {
    /// `sqlite:FILE` or `postgres://...`.
    pub address: String,
}

impl Default for Database {
    fn default() -> Self {
        Self { address: "sqlite:data/portico.db".to_owned() }
    }
}

/// Where files are.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct FileStore {
    /// A folder on this machine.
    pub folder: PathBuf,
}

impl Default for FileStore {
    fn default() -> Self {
        Self { folder: PathBuf::from("data/files") }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Log {
    /// Text or JSON.
    pub format: LogFormat,
    /// A tracing filter such as `info,portico=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info,tower_sessions=warn,tower_sessions_core=error,sqlx=warn".to_owned() }
    }
}

/// How documents travel.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Exchange {
    /// How often routes are asked for news, in seconds.
    pub poll_seconds: u64,
}

impl Default for Exchange {
    fn default() -> Self {
        Self { poll_seconds: 30 }
    }
}

/// Where content comes from: a headless channel of Xperience by Kentico. Without an endpoint there is none.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Kentico {
    /// Address of the channel, such as `https://www.example.com/graphql/09114e33-…`.
    pub endpoint: Option<String>,
    /// Public address of the site, for links and files; that of the endpoint where none is set.
    pub origin: Option<String>,
    /// Key that reads published content.
    pub key: Option<String>,
}

/// Without the key, which belongs in no log.
impl std::fmt::Debug for Kentico {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kentico").field("endpoint", &self.endpoint).field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// Mail to people. Without a server none is sent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Mail {
    /// `smtps://HOST` (TLS), `smtp://HOST?tls=required` (STARTTLS), or `smtp://HOST` for a server on this machine.
    pub server: Option<String>,
    /// Who signs in there.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// Who the mails are from: `portal@example.com` or `Castellan <portal@example.com>`.
    pub from: Option<String>,
    /// The domain of addresses that answers go to, such as `reply.example.com`. Without it answers are not taken.
    pub reply_domain: Option<String>,
    /// Signs those addresses.
    pub reply_key: Option<String>,
    /// The Maildir into which mail for that domain is delivered.
    pub incoming: Option<PathBuf>,
}

impl Mail {
    /// Where answers to mails go.
    fn replies(&self) -> Result<Option<Replies>, String> {
        match (&self.reply_domain, &self.reply_key) {
            (None, None) => Ok(None),
            (Some(_), None) => Err("mail.reply_domain is set, mail.reply_key is not. Set the key, or its file.".to_owned()),
            (None, Some(_)) => Err("mail.reply_key is set, mail.reply_domain is not. Set the domain that answers go to.".to_owned()),
            (Some(domain), Some(key)) => {
                let replies = Replies::new(domain, key.as_bytes()).map_err(|why| format!("mail.reply_domain {domain}: {why}."))?;
                if self.incoming.is_none() {
                    return Err("mail.reply_domain is set, mail.incoming is not. Set the Maildir that answers are delivered to.".to_owned());
                }
                Ok(Some(replies))
            }
        }
    }
}

/// Without the password, which belongs in no log.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("server", &self.server).field("user", &self.user).field("from", &self.from).finish_non_exhaustive()
    }
}

/// Events from the integration layer. Without a secret none is taken.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct XConnector {
    /// The secret that signs them: `whsec_` and base64. While it is replaced, the old and the new one with a blank between.
    pub secret: Option<String>,
    /// Where events go; further endpoints are registered in the portal.
    pub endpoint: Option<String>,
    /// The secret that signs events that go out; the one above where none is set.
    pub endpoint_secret: Option<String>,
    /// The endpoint may be on this machine or in this network.
    pub endpoint_local: bool,
}

impl XConnector {
    /// The secrets that sign what goes out.
    pub fn outgoing(&self) -> Option<&str> {
        self.endpoint_secret.as_deref().or(self.secret.as_deref())
    }

    fn written(&self) -> impl Iterator<Item = &str> {
        self.secret.as_deref().unwrap_or_default().split_whitespace()
    }

    /// The secrets in use; one that cannot be read signs nothing.
    pub fn secrets(&self) -> Vec<xconnector::Secret> {
        self.written().filter_map(xconnector::Secret::parse).collect()
    }

    /// A secret is set that cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.written().any(|secret| xconnector::Secret::parse(secret).is_none())
    }
}

/// Without the secret, which belongs in no log.
impl std::fmt::Debug for XConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XConnector").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Active Community, over the community profile. Without an address it is not connected.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Community {
    /// Its address, such as `https://community.example.com/portico`.
    pub url: Option<String>,
    /// The key that opens it.
    pub key: Option<String>,
}

/// Without the key, which belongs in no log.
impl std::fmt::Debug for Community {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Community").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A megabyte, as people count files.
const MEGABYTE: u64 = 1_000_000;

/// Files in cases.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Attachments {
    /// Largest file, in megabytes.
    pub file_megabytes: u64,
    /// All files of a case together, in megabytes.
    pub case_megabytes: u64,
}

impl Default for Attachments {
    fn default() -> Self {
        let Settings { attachment_bytes, case_bytes, .. } = Settings::default();
        Self { file_megabytes: attachment_bytes / MEGABYTE, case_megabytes: case_bytes / MEGABYTE }
    }
}

/// Deadlines of orders.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Orders {
    /// How long an outgoing document waits before it leaves, in seconds: the time to take it back.
    pub undo_seconds: i64,
    /// How long a supplier has to answer, in hours.
    pub answer_hours: i64,
}

impl Default for Orders {
    fn default() -> Self {
        let Settings { undo_seconds, answer_hours, .. } = Settings::default();
        Self { undo_seconds, answer_hours }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("{path} cannot be read: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path} is not valid TOML: {source}")]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// There is no such key.
    #[error("there is no setting {key} ({place}); the nearest one is {nearest}")]
    Unknown {
        /// The key, as `section.key`.
        key: String,
        /// In which file or variable it stands.
        place: String,
        /// The nearest key that exists.
        nearest: String,
    },
    /// A value cannot be used.
    #[error("{0}")]
    Value(String),
}

impl Config {
    /// Reads the file, where one is named or `portico.toml` stands here, and then the environment.
    pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let standard = Path::new("portico.toml");
        let table = match file.or_else(|| standard.exists().then_some(standard)) {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
                let table =
                    text.parse::<Table>().map_err(|source| ConfigError::Syntax { path: path.to_owned(), source: Box::new(source) })?;
                check_keys(&table, &path.to_string_lossy())?;
                table
            }
            None => Table::new(),
        };
        Self::from_parts(table, environment)
    }

    fn from_parts(mut table: Table, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let settings: BTreeMap<_, _> = environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        for (name, value) in settings {
            let path = name[PREFIX.len()..].to_lowercase().replace("__", ".");
            let (section, key) = path.split_once('.').unwrap_or((path.as_str(), ""));
            let kind = kind(section, key).ok_or_else(|| unknown(&path, &name))?;
            let value = match kind {
                Kind::Text | Kind::Secret => Value::String(value),
                Kind::Number => Value::Integer(value.parse().map_err(|_| ConfigError::Value(format!("{name} must be a whole number")))?),
                Kind::Switch => Value::Boolean(value.parse().map_err(|_| ConfigError::Value(format!("{name} must be true or false")))?),
            };
            let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(section) = section {
                section.insert(key.to_owned(), value);
            }
        }
        read_secrets(&mut table)?;
        let config: Self = table.try_into().map_err(|error: toml::de::Error| ConfigError::Value(error.message().to_owned()))?;
        config.mail.replies().map_err(ConfigError::Value)?;
        Ok(config)
    }

    /// What use cases need to know of it.
    pub fn settings(&self) -> Settings {
        let here = || self.server.public_url.clone().unwrap_or_else(|| format!("http://{}", self.server.listen));
        let mail_links = self.mail.server.as_ref().map(|_| here().trim_end_matches('/').to_owned());
        Settings {
            undo_seconds: self.orders.undo_seconds,
            answer_hours: self.orders.answer_hours,
            mail_links,
            // What cannot be used is said when the configuration is loaded.
            replies: self.mail.replies().ok().flatten(),
            attachment_bytes: self.attachments.file_megabytes * MEGABYTE,
            case_bytes: self.attachments.case_megabytes * MEGABYTE,
        }
    }

    /// What speaks to Active Community, where it is connected.
    pub fn community(&self) -> Result<Option<community::Client>, StartError> {
        let Community { url: Some(url), key } = &self.community else { return Ok(None) };
        let key = key
            .as_deref()
            .filter(|key| !key.is_empty())
            .ok_or_else(|| StartError::Other("community.url is set, community.key is not. Set the key, or its file.".to_owned()))?;
        community::Client::new(url, key).map(Some).map_err(StartError::Other)
    }

    /// What sends mail to people who are elsewhere: links in mails begin with the address at which they reach the portal.
    pub fn public_mailer(&self) -> Result<Option<Mailer>, StartError> {
        if self.mail.server.is_some() && self.server.public_url.is_none() {
            let words = "mail.server is set, server.public_url is not. Set the address at which people reach the portal, such as \
                         https://portal.example.com: links in mails begin with it.";
            return Err(StartError::Other(words.to_owned()));
        }
        self.mailer()
    }

    /// What sends mail, where a server is set.
    pub fn mailer(&self) -> Result<Option<Mailer>, StartError> {
        let Mail { server: Some(address), user, password, from, .. } = &self.mail else { return Ok(None) };
        let from = from
            .as_deref()
            .ok_or_else(|| StartError::Other("mail.server is set, mail.from is not. Set who the mails are from.".to_owned()))?;
        let server = mail::Server { address, user: user.as_deref(), password: password.as_deref(), from };
        Mailer::new(server).map(Some).map_err(StartError::Other)
    }

    /// Where mail is delivered to, where that is set.
    pub fn incoming(&self) -> Result<Option<Maildir>, StartError> {
        let Some(folder) = &self.mail.incoming else { return Ok(None) };
        Maildir::open(folder.clone())
            .map(Some)
            .map_err(|error| StartError::Other(format!("mail.incoming {} cannot be used: {error}.", folder.display())))
    }

    /// The reader of the content channel, where one is set.
    pub fn content_source(&self, http: reqwest::Client) -> Result<Option<Source>, StartError> {
        let Kentico { endpoint: Some(endpoint), origin, key } = &self.kentico else { return Ok(None) };
        let key = key
            .as_deref()
            .ok_or_else(|| StartError::Other("kentico.endpoint is set, kentico.key is not. Set the key, or its file.".to_owned()))?;
        let site = || endpoint.split_once("://").map(|(scheme, rest)| format!("{scheme}://{}", rest.split('/').next().unwrap_or_default()));
        let origin = origin.clone().or_else(site).unwrap_or_default();
        let config = SourceConfig::new(endpoint, Secret::new(key), &origin, content::asset_address());
        Source::new(http, config).map(Some).map_err(|error| StartError::Other(format!("kentico: {error}")))
    }
}

/// The kind of a key; `_file` goes with a secret.
fn kind(section: &str, key: &str) -> Option<Kind> {
    KEYS.iter().filter(|(of, _, _)| *of == section).find_map(|(_, name, kind)| match kind {
        _ if *name == key => Some(*kind),
        Kind::Secret if key.strip_suffix("_file") == Some(*name) => Some(Kind::Text),
        _ => None,
    })
}

fn check_keys(table: &Table, place: &str) -> Result<(), ConfigError> {
    for (section, value) in table {
        let Value::Table(keys) = value else { return Err(unknown(section, place)) };
        if let Some(key) = keys.keys().find(|key| kind(section, key).is_none()) {
            return Err(unknown(&format!("{section}.{key}"), place));
        }
        if keys.is_empty() && !KEYS.iter().any(|(of, _, _)| of == section) {
            return Err(unknown(section, place));
        }
    }
    Ok(())
}

/// Replaces each `key_file` by the first line of that file, as `key`.
fn read_secrets(table: &mut Table) -> Result<(), ConfigError> {
    for (section, key, _) in KEYS.iter().filter(|(_, _, kind)| *kind == Kind::Secret) {
        let Some(Value::Table(keys)) = table.get_mut(*section) else { continue };
        let Some(path) = keys.remove(&format!("{key}_file")) else { continue };
        let path = PathBuf::from(path.as_str().unwrap_or_default());
        let secret = std::fs::read_to_string(&path).map_err(|source| ConfigError::File { path, source })?;
        keys.insert((*key).to_owned(), Value::String(secret.lines().next().unwrap_or_default().trim().to_owned()));
    }
    Ok(())
}

fn unknown(key: &str, place: &str) -> ConfigError {
    // A section or a name alone may be what was meant.
    let far = |(section, name, _): &&(&str, &str, Kind)| {
        distance(&format!("{section}.{name}"), key).min(distance(section, key)).min(distance(name, key))
    };
    let nearest = KEYS.iter().min_by_key(far).map(|(section, name, _)| format!("{section}.{name}")).unwrap_or_default();
    ConfigError::Unknown { key: key.to_owned(), place: place.to_owned(), nearest }
}

/// How many letters must be added, taken away or changed to turn one word into the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portico.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(Some(&file), environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let config = load(
            "[server]\nlisten = \"0.0.0.0:80\"\npublic_url = \"https://portal.example\"\n[orders]\nundo_seconds = 5\n",
            &[("PORTICO__SERVER__LISTEN", "127.0.0.1:8080"), ("PORTICO__SERVER__BEHIND_PROXY", "true"), ("PORTICO_DEMO_API_KEY", "x")],
        )
        .unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert!(config.server.behind_proxy && config.server.is_secure() && !config.server.misses_proxy());
        assert_eq!(config.orders.undo_seconds, 5);
        assert_eq!(config.orders.answer_hours, Settings::default().answer_hours);
    }

    #[test]
    fn https_without_its_proxy_is_noticed() {
        let misses = |text| load(text, &[]).unwrap().server.misses_proxy();
        assert!(misses("[server]\npublic_url = \"https://portal.example\"\n"));
        assert!(!misses("[server]\npublic_url = \"https://portal.example\"\nbehind_proxy = true\n"));
        assert!(!misses("[server]\npublic_url = \"http://portal.example\"\n"));
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let said = |text, environment| load(text, environment).unwrap_err().to_string();
        assert!(said("[server]\nlisen = \"x\"\n", &[]).ends_with("the nearest one is server.listen"));
        assert!(said("[databse]\naddress = \"x\"\n", &[]).contains("database.address"));
        assert!(said("listen = \"x\"\n", &[]).contains("server.listen"));
        let said = said("", &[("PORTICO__ORDERS__UNDO_SECOND", "1")]);
        assert!(said.contains("PORTICO__ORDERS__UNDO_SECOND") && said.contains("orders.undo_seconds"), "{said}");
    }

    #[test]
    fn a_secret_may_stand_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("address");
        std::fs::write(&secret, "postgres://portico:s3cret@db/portico\n").unwrap();
        let config = load("", &[("PORTICO__DATABASE__ADDRESS_FILE", secret.to_str().unwrap())]).unwrap();
        assert_eq!(config.database.address, "postgres://portico:s3cret@db/portico");
    }

    #[test]
    fn mail_needs_a_server_and_an_address_and_its_links_lead_here() {
        let of = |text: &str| load(text, &[]).unwrap();
        assert!(of("").mailer().unwrap().is_none() && of("").settings().mail_links.is_none());
        let nameless = of("[mail]\nserver = \"smtp://localhost:25\"\n").mailer().err().unwrap().to_string();
        assert!(nameless.contains("mail.from"), "{nameless}");
        let set =
            of("[server]\npublic_url = \"https://portal.example/\"\n[mail]\nserver = \"smtp://localhost:25\"\nfrom = \"p@example.com\"\n\
                      password = \"s3cret\"\nuser = \"p\"\n");
        assert!(set.public_mailer().unwrap().is_some() && of("").public_mailer().unwrap().is_none());
        let homeless =
            of("[mail]\nserver = \"smtp://localhost:25\"\nfrom = \"p@example.com\"\n").public_mailer().err().unwrap().to_string();
        assert!(homeless.contains("server.public_url"), "{homeless}");
        assert_eq!(set.settings().mail_links.as_deref(), Some("https://portal.example"));
        assert!(!format!("{set:?}").contains("s3cret"));
    }

    #[test]
    fn active_community_needs_an_address_and_a_key() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let of = |text: &str| load(text, &[]).unwrap();
        assert!(of("").community().unwrap().is_none());
        let keyless = of("[community]\nurl = \"https://community.example.com\"\n").community().err().unwrap().to_string();
        assert!(keyless.contains("community.key"), "{keyless}");
        let open = of("[community]\nurl = \"http://community.example.com\"\nkey = \"k-4711\"\n").community().err().unwrap().to_string();
        assert!(open.contains("https://"), "{open}");
        let set = of("[community]\nurl = \"https://community.example.com/portico\"\nkey = \"k-4711\"\n");
        assert!(set.community().unwrap().is_some() && !format!("{set:?}").contains("4711"));
    }

    #[test]
    fn answers_by_mail_need_a_domain_a_key_and_a_place() {
        let whole = "[mail]\nreply_domain = \"reply.example.com\"\nreply_key = \"0123456789abcdef\"\nincoming = \"/var/mail/portico\"\n";
        let set = load(whole, &[]).unwrap();
        assert!(set.settings().replies.is_some() && load("", &[]).unwrap().settings().replies.is_none());
        assert!(!format!("{set:?}").contains("0123456789abcdef"));
        for (line, words) in [("reply_domain", "mail.reply_domain"), ("reply_key", "mail.reply_key"), ("incoming", "mail.incoming")] {
            let text: Vec<_> = whole.lines().filter(|kept| !kept.starts_with(line)).collect();
            let said = load(&text.join("\n"), &[]).unwrap_err().to_string();
            assert!(said.contains(words), "{said}");
        }
        assert!(load(&whole.replace("reply.example.com", "nowhere"), &[]).unwrap_err().to_string().contains("no domain"));
    }

    #[test]
    fn a_secret_that_signs_nothing_is_noticed() {
        let of = |secret: &str| load(&format!("[xconnector]\nsecret = \"{secret}\"\n"), &[]).unwrap().xconnector;
        let sound = xconnector::Secret::written(&[7; 32]);
        let two = of(&format!("{sound} {sound}"));
        assert_eq!((two.secrets().len(), two.is_unreadable()), (2, false));
        assert!(of(&format!("{sound} whsec_short")).is_unreadable());
        assert!(!load("", &[]).unwrap().xconnector.is_unreadable());
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_said() {
        assert!(load("", &[("PORTICO__ORDERS__UNDO_SECONDS", "soon")]).unwrap_err().to_string().contains("whole number"));
        assert!(load("[server]\nlisten = \"nowhere\"\n", &[]).is_err());
    }
}
