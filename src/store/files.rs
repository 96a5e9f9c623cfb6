//! The file store: bytes of documents and assets, by the name they were given. A local folder by default; the library
//! behind it also speaks to S3-compatible stores.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest, Sha256};

use super::{Result, StoreError};

/// The file store of one installation. Cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// A folder on this machine; it is made where it is missing.
    pub fn folder(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root).map_err(|source| object_store::Error::Generic { store: "folder", source: source.into() })?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(root)?)))
    }

    /// Keeps bytes under a name.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        self.0.put(&Key::from(name), bytes.into()).await?;
        Ok(())
    }

    /// The bytes under a name; `None` where there are none.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        match self.0.get(&Key::from(name)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Begins a file that comes in pieces. It is there once it is finished.
    pub async fn begin(&self, name: &str) -> Result<Incoming> {
        let parts = self.0.put_multipart(&Key::from(name)).await?;
        Ok(Incoming { writer: WriteMultipart::new(parts), hash: Sha256::new(), size: 0 })
    }

    /// The bytes under a name, piece by piece; `None` where there are none.
    pub async fn stream(&self, name: &str) -> Result<Option<impl Stream<Item = Result<Bytes>> + Send + use<>>> {
        match self.0.get(&Key::from(name)).await {
            Ok(found) => Ok(Some(found.into_stream().map_err(StoreError::from))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets the bytes under a name, where there are some.
    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.0.delete(&Key::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the store answers.
    pub async fn check(&self) -> Result<()> {
        let name = Key::from("check");
        self.0.put(&name, Bytes::from_static(b"ok").into()).await?;
        self.0.delete(&name).await?;
        Ok(())
    }
}

/// A file on its way into the store: hashed as it comes. Dropped before it is finished, it is not there.
pub struct Incoming {
    writer: WriteMultipart,
    hash: Sha256,
    size: u64,
}

/// How many pieces of a file are written at the same time.
const AT_ONCE: usize = 2;

impl Incoming {
    /// How many bytes came.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next piece.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.hash.update(&bytes);
        self.size += bytes.len() as u64;
        self.writer.wait_for_capacity(AT_ONCE).await?;
        self.writer.put(bytes);
        Ok(())
    }

    /// Keeps the file, and says its SHA-256.
    pub async fn finish(self) -> Result<Vec<u8>> {
        self.writer.finish().await?;
        Ok(self.hash.finalize().to_vec())
    }

    /// Gives the file up.
    pub async fn discard(self) -> Result<()> {
        Ok(self.writer.abort().await?)
    }
}

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
