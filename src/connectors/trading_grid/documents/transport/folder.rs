//! The drop folder: the counterpart writes files into `inbound` and takes them from `outbound`. A file is taken only
//! when it has settled, and is claimed by an atomic rename into `inbound/.taking/CLAIM/`, a folder made for it alone,
//! so that nothing is overwritten and a restart finds what was claimed. This module never reads a file's content
//! except to compare a waiting file with one being sent again.

use std::{
    collections::HashMap,
    fmt, fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Body, DEFAULT_LIMIT, Delivery, Health, Incoming, Receipt, Sent, TransportError, is_unfinished};
use crate::domain::{
    ids::Ids,
    time::{SharedClock, Timestamp},
};

/// Claimed files, inside `inbound`.
const TAKING: &str = ".taking";
/// Fingerprints of files that were put out and not yet known to be taken, inside `outbound`.
const SENDING: &str = ".sending";
/// Files confirmed, inside `inbound`.
const ARCHIVE: &str = "archive";
/// Files refused, each with its reason beside it, inside `inbound`.
const FAILED: &str = "failed";

/// Most bytes of a name that are kept: a file system allows 255, and a claim or an ending may be added.
const LONGEST_NAME: usize = 200;

/// Where the two folders are and how files in them are treated.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderConfig {
    /// The counterpart writes here. Must exist: a misspelled path is an error, not a new folder.
    pub inbound: PathBuf,
    /// The counterpart takes files from here. Must exist, and be another folder than `inbound`.
    pub outbound: PathBuf,
    /// A file is taken when it has not changed for this many seconds; 0 takes it at first sight.
    #[serde(default = "default_settle_seconds")]
    pub settle_seconds: u32,
    /// Files above this many bytes are reported as too large.
    #[serde(default = "default_limit")]
    pub largest_bytes: u64,
    /// Whether confirmed files go to `inbound/archive` (otherwise they are deleted).
    #[serde(default = "default_keep_archive")]
    pub keep_archive: bool,
    /// Whether interchanges marked as tests (ISA15) are refused; otherwise they are taken like real ones.
    #[serde(default)]
    pub refuse_test: bool,
    /// Whether what partners' own systems send to the hub is passed on over this route, as it came. For the hub's routes.
    #[serde(default)]
    pub pass_on: bool,
}

const fn default_settle_seconds() -> u32 {
    5
}

const fn default_limit() -> u64 {
    DEFAULT_LIMIT
}

const fn default_keep_archive() -> bool {
    true
}

/// A route over two folders. Clones share what was last seen.
#[derive(Clone)]
pub struct Folder(Arc<Inner>);

struct Inner {
    config: FolderConfig,
    clock: SharedClock,
    ids: Ids,
    /// What stood in `inbound` at earlier looks and has not changed since `at`.
    seen: Mutex<HashMap<PathBuf, Seen>>,
}

#[derive(Clone, Copy)]
struct Seen {
    size: u64,
    modified: SystemTime,
    at: Timestamp,
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Folder").field(&self.0.config).finish()
    }
}

impl Folder {
    /// A folder route; touches nothing yet.
    pub fn new(config: FolderConfig, clock: SharedClock, ids: Ids) -> Self {
        Self(Arc::new(Inner { config, clock, ids, seen: Mutex::default() }))
    }

    /// See [`super::Transport::refuses_test`].
    pub fn refuses_test(&self) -> bool {
        self.0.config.refuse_test
    }

    /// See [`super::Transport::fetch`].
    pub async fn fetch(&self, at_most: usize) -> Result<Vec<Incoming>, TransportError> {
        self.blocking(move |inner| inner.fetch(at_most)).await
    }

    /// See [`super::Transport::confirm`].
    pub async fn confirm(&self, handle: &str) -> Result<(), TransportError> {
        let claim = self.0.claim_of(handle)?;
        self.blocking(move |inner| inner.put_away(&claim, None)).await
    }

    /// See [`super::Transport::refuse`].
    pub async fn refuse(&self, handle: &str, reason: &str) -> Result<(), TransportError> {
        let (claim, reason) = (self.0.claim_of(handle)?, reason.to_owned());
        self.blocking(move |inner| inner.put_away(&claim, Some(&reason))).await
    }

    /// See [`super::Transport::send`]; the name has been checked.
    pub(super) async fn send(&self, name: &str, bytes: Bytes) -> Result<Sent, TransportError> {
        let name = name.to_owned();
        self.blocking(move |inner| inner.send(&name, &bytes)).await
    }

    /// See [`super::Transport::delivered`].
    pub async fn delivered(&self, handle: &str) -> Result<Delivery, TransportError> {
        super::check_name(handle)?;
        let name = handle.to_owned();
        self.blocking(move |inner| inner.delivered(&name)).await
    }

    /// See [`super::Transport::check`].
    pub async fn check(&self) -> Result<Health, TransportError> {
        self.blocking(Inner::check).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, TransportError> + Send + 'static,
    ) -> Result<T, TransportError> {
        let inner = Arc::clone(&self.0);
        let place = inner.config.inbound.clone();
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .unwrap_or_else(|stopped| Err(TransportError::Io { path: place, source: io::Error::other(stopped) }))
    }
}

impl Inner {
    fn fetch(&self, at_most: usize) -> Result<Vec<Incoming>, TransportError> {
        let mut taken = self.claimed()?;
        for path in self.settled(at_most.saturating_sub(taken.len()))? {
            taken.extend(self.claim(&path)?);
        }
        taken.truncate(at_most);
        Ok(taken)
    }

    /// Files claimed and neither confirmed nor refused, in the order they were claimed (claims sort by time).
    fn claimed(&self) -> Result<Vec<Incoming>, TransportError> {
        let taking = self.config.inbound.join(TAKING);
        let mut claims = Vec::new();
        for name in names_in(&taking)? {
            if let Some(claim) = name.to_str().and_then(|name| Uuid::try_parse(name).ok()) {
                claims.push(claim);
            }
        }
        claims.sort_unstable();
        let mut found = Vec::new();
        for claim in claims {
            match self.file_of(claim)? {
                Some(path) => found.extend(self.incoming(claim, path)?),
                // A crash came between making the folder and moving the file into it.
                None => drop(fs::remove_dir(taking.join(claim.to_string()))),
            }
        }
        Ok(found)
    }

    /// The file of a claim; `None` where there is none (any more).
    fn file_of(&self, claim: Uuid) -> Result<Option<PathBuf>, TransportError> {
        let folder = self.config.inbound.join(TAKING).join(claim.to_string());
        let mut names = names_in(&folder)?;
        Ok(names.pop().map(|name| folder.join(name)))
    }

    fn incoming(&self, claim: Uuid, path: PathBuf) -> Result<Option<Incoming>, TransportError> {
        let Some(about) = regular_file(&path)? else { return Ok(None) };
        let (size, limit) = (about.len(), self.config.largest_bytes);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let body = if size > limit { Body::TooLarge { kept: path, limit } } else { Body::Whole(path) };
        Ok(Some(Incoming { handle: claim.to_string(), name, size, body }))
    }

    /// Files in `inbound` that did not change between two looks at least `settle_seconds` apart, oldest first.
    fn settled(&self, at_most: usize) -> Result<Vec<PathBuf>, TransportError> {
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut still_there = HashMap::new();
        let mut ready = Vec::new();
        for (path, about) in finished_files(&self.config.inbound)? {
            let modified = about.modified().map_err(TransportError::io(&path))?;
            let look = match seen.get(&path) {
                Some(before) if before.size == about.len() && before.modified == modified => *before,
                _ => Seen { size: about.len(), modified, at: now },
            };
            if now >= look.at.plus_seconds(i64::from(self.config.settle_seconds)) {
                ready.push((modified, path.clone()));
            }
            still_there.insert(path, look);
        }
        *seen = still_there;
        ready.sort_unstable();
        ready.truncate(at_most);
        Ok(ready.into_iter().map(|(_, path)| path).collect())
    }

    /// Moves a file into a claim of its own. `None` where someone else took it first.
    fn claim(&self, path: &Path) -> Result<Option<Incoming>, TransportError> {
        let Some(name) = path.file_name() else { return Ok(None) };
        let claim: Uuid = self.ids.next(&*self.clock);
        let folder = self.config.inbound.join(TAKING).join(claim.to_string());
        fs::create_dir_all(&folder).map_err(TransportError::io(&folder))?;
        let taken = folder.join(name);
        match fs::rename(path, &taken) {
            Ok(()) => self.incoming(claim, taken),
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => {
                drop(fs::remove_dir(&folder));
                Ok(None)
            }
            Err(other) => Err(TransportError::Io { path: path.to_owned(), source: other }),
        }
    }

    fn claim_of(&self, handle: &str) -> Result<Uuid, TransportError> {
        Uuid::try_parse(handle).map_err(|_| TransportError::Rejected {
            place: format!("The folder {}", self.config.inbound.display()),
            reason: format!("{handle:?} is not a claim of this folder"),
        })
    }

    /// Ends a claim: archived or deleted, or with a reason moved to `failed`. Nothing to do where it has ended before.
    fn put_away(&self, claim: &Uuid, reason: Option<&str>) -> Result<(), TransportError> {
        let Some(path) = self.file_of(*claim)? else { return Ok(()) };
        match reason {
            None if !self.config.keep_archive => remove_if_there(&path)?,
            None => self.keep(claim, &path, ARCHIVE, None)?,
            Some(reason) => self.keep(claim, &path, FAILED, Some(reason))?,
        }
        // Empty now; where it cannot be removed, the next fetch tries again.
        if let Some(folder) = path.parent() {
            drop(fs::remove_dir(folder));
        }
        Ok(())
    }

    /// Moves a claimed file into a folder of `inbound` without overwriting; a note is written before the file appears.
    fn keep(&self, claim: &Uuid, path: &Path, folder: &str, note: Option<&str>) -> Result<(), TransportError> {
        let folder = self.config.inbound.join(folder);
        fs::create_dir_all(&folder).map_err(TransportError::io(&folder))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = &name[..name.floor_char_boundary(LONGEST_NAME)];
        let mut target = folder.join(name);
        if target.symlink_metadata().is_ok() {
            target = folder.join(format!("{claim}-{name}"));
        }
        if let Some(note) = note {
            let mut beside = target.clone().into_os_string();
            beside.push(".reason.txt");
            write_new(Path::new(&beside), format!("{note}\n").as_bytes())?;
        }
        fs::rename(path, &target).map_err(TransportError::io(path))
    }

    /// Puts a file out, exactly once however often it is called. The order makes that hold across a crash: the whole
    /// file under a hidden name, then its fingerprint in `.sending`, then the rename that shows it. A fingerprint
    /// without the hidden file means that it was shown, even if it has been taken since.
    fn send(&self, name: &str, bytes: &Bytes) -> Result<Sent, TransportError> {
        let outbound = &self.config.outbound;
        let (shown, hidden) = (outbound.join(name), outbound.join(format!(".{name}.tmp")));
        let mark = outbound.join(SENDING).join(name);
        let fingerprint = hex(&Sha256::digest(bytes));
        let sent = Sent { handle: name.to_owned(), receipt: Receipt::Pending };

        let marked = read_if_there(&mark)?.is_some_and(|before| before == fingerprint.as_bytes());
        if marked && regular_file(&hidden)?.is_none() {
            return Ok(sent);
        }
        if let Some(about) = regular_file(&shown)? {
            if about.len() == bytes.len() as u64 && fs::read(&shown).map_err(TransportError::io(&shown))? == *bytes {
                return Ok(sent);
            }
            return Err(TransportError::Rejected {
                place: format!("The folder {}", outbound.display()),
                reason: format!("another file named {name} still waits there"),
            });
        }
        if !marked {
            regular_folder(outbound)?;
            write_new(&hidden, bytes)?;
            let marks = outbound.join(SENDING);
            fs::create_dir_all(&marks).map_err(TransportError::io(&marks))?;
            write_new(&mark, fingerprint.as_bytes())?;
        }
        fs::rename(&hidden, &shown).map_err(TransportError::io(&shown))?;
        sync_folder(outbound)?;
        Ok(sent)
    }

    /// A file is delivered when it is gone from `outbound`. Its fingerprint is of no more use then: whoever asks this
    /// has recorded that `send` succeeded.
    fn delivered(&self, name: &str) -> Result<Delivery, TransportError> {
        regular_folder(&self.config.outbound)?;
        if regular_file(&self.config.outbound.join(name))?.is_some() {
            return Ok(Delivery::Waiting);
        }
        let mark = self.config.outbound.join(SENDING).join(name);
        remove_if_there(&mark)?;
        Ok(Delivery::Delivered { at: None })
    }

    fn check(&self) -> Result<Health, TransportError> {
        let FolderConfig { inbound, outbound, .. } = &self.config;
        for folder in [inbound, outbound] {
            regular_folder(folder)?;
            let probe = folder.join(".portico-check.tmp");
            write_new(&probe, b"")?;
            fs::remove_file(&probe).map_err(TransportError::io(&probe))?;
        }
        let real = |folder: &Path| folder.canonicalize().map_err(TransportError::io(folder));
        if real(inbound)? == real(outbound)? {
            return Err(TransportError::Rejected {
                place: format!("The folder {}", inbound.display()),
                reason: "it is both the inbound and the outbound folder, so files we send would come back to us".to_owned(),
            });
        }
        let outgoing = finished_files(outbound)?.len();
        let incoming = finished_files(inbound)?.len() + names_in(&inbound.join(TAKING))?.len();
        Ok(Health { incoming: Some(incoming as u64), outgoing: Some(outgoing as u64) })
    }
}

/// Plain files in a folder whose names do not say that they are unfinished. Links are passed over: they could lead
/// anywhere.
fn finished_files(folder: &Path) -> Result<Vec<(PathBuf, fs::Metadata)>, TransportError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(TransportError::io(folder))? {
        let entry = entry.map_err(TransportError::io(folder))?;
        if is_unfinished(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let path = entry.path();
        if let Some(about) = regular_file(&path)? {
            found.push((path, about));
        }
    }
    Ok(found)
}

/// The plain file at a path; `None` where there is nothing, or something else such as a link or a folder.
fn regular_file(path: &Path) -> Result<Option<fs::Metadata>, TransportError> {
    match path.symlink_metadata() {
        Ok(about) => Ok(about.is_file().then_some(about)),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(other) => Err(TransportError::Io { path: path.to_owned(), source: other }),
    }
}

/// An error where the path is not a folder.
fn regular_folder(path: &Path) -> Result<(), TransportError> {
    let about = path.metadata().map_err(TransportError::io(path))?;
    if about.is_dir() { Ok(()) } else { Err(TransportError::Io { path: path.to_owned(), source: io::ErrorKind::NotADirectory.into() }) }
}

/// Names in a folder; none where it does not exist.
fn names_in(folder: &Path) -> Result<Vec<std::ffi::OsString>, TransportError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(other) => return Err(TransportError::Io { path: folder.to_owned(), source: other }),
    };
    entries.map(|entry| Ok(entry.map_err(TransportError::io(folder))?.file_name())).collect()
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, TransportError> {
    if regular_file(path)?.is_none() {
        return Ok(None);
    }
    fs::read(path).map(Some).map_err(TransportError::io(path))
}

fn remove_if_there(path: &Path) -> Result<(), TransportError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(TransportError::Io { path: path.to_owned(), source: error }),
        _ => Ok(()),
    }
}

/// Writes a new file and makes it durable. What stood there before, a planted link included, is removed, not followed.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), TransportError> {
    remove_if_there(path)?;
    let write = || {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(TransportError::io(path))
}

/// Makes a rename inside the folder durable.
fn sync_folder(folder: &Path) -> Result<(), TransportError> {
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(TransportError::io(folder))
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
