//! A Maildir: a folder into which a mail server delivers, one file for each mail. New ones are in `new/`, those that were
//! taken are in `cur/`. This side only reads and moves; it never looks into a mail and never deletes one.

use std::{io, path::PathBuf};

use bytes::{Bytes, BytesMut};
use tokio::{fs, io::AsyncReadExt};

/// How much of a mail is read at once.
const PIECE: usize = 64 * 1024;
/// How many mails are listed at once.
const AT_ONCE: usize = 100;
/// What the name of a mail ends with that was taken and seen.
const SEEN: &str = ":2,S";

/// A folder that mail is delivered to.
#[derive(Clone, Debug)]
pub struct Maildir(PathBuf);

/// A mail that is being read.
pub struct Reading(fs::File);

impl Maildir {
    /// A folder; its three parts are made where they are missing, as a server that delivers would.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        for part in ["new", "cur", "tmp"] {
            std::fs::create_dir_all(folder.join(part))?;
        }
        Ok(Self(folder))
    }

    /// Names of new mails, the oldest first as far as names tell; more come with the next call.
    pub async fn new_mails(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let mut entries = fs::read_dir(self.0.join("new")).await?;
        while let Some(entry) = entries.next_entry().await? {
            // A name that is no text was given by no mail server.
            if let Ok(name) = entry.file_name().into_string()
                && !name.starts_with('.')
                && entry.file_type().await?.is_file()
            {
                names.push(name);
            }
        }
        names.sort();
        names.truncate(AT_ONCE);
        Ok(names)
    }

    /// Opens a new mail; none where somebody else took it.
    pub async fn read(&self, name: &str) -> io::Result<Option<Reading>> {
        match fs::File::open(self.0.join("new").join(name)).await {
            Ok(file) => Ok(Some(Reading(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts a mail that was taken where those are.
    pub async fn put_away(&self, name: &str) -> io::Result<()> {
        let base = name.split(':').next().unwrap_or(name);
        match fs::rename(self.0.join("new").join(name), self.0.join("cur").join(format!("{base}{SEEN}"))).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            moved => moved,
        }
    }
}

impl Reading {
    /// The next piece; none at the end.
    pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = self.0.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| piece.freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_is_read_whole_and_then_put_away() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path().join("mail")).unwrap();
        assert!(maildir.new_mails().await.unwrap().is_empty());
        let long = vec![b'x'; 3 * PIECE + 7];
        for (name, bytes) in [("2.b", &long[..]), ("1.a", b"short"), (".hidden", b"no")] {
            std::fs::write(folder.path().join("mail/new").join(name), bytes).unwrap();
        }
        assert_eq!(maildir.new_mails().await.unwrap(), ["1.a", "2.b"]);
        let mut reading = maildir.read("2.b").await.unwrap().unwrap();
        let mut read = Vec::new();
        while let Some(piece) = reading.next().await.unwrap() {
            read.extend_from_slice(&piece);
        }
        assert_eq!(read, long);
        maildir.put_away("2.b").await.unwrap();
        maildir.put_away("2.b").await.unwrap();
        assert_eq!(maildir.new_mails().await.unwrap(), ["1.a"]);
        assert!(maildir.read("2.b").await.unwrap().is_none());
        assert_eq!(std::fs::read(folder.path().join("mail/cur/2.b:2,S")).unwrap(), long, "nothing is lost");
    }
}
