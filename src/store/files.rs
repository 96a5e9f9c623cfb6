//! The file store: bytes of documents and assets, by the name they were given. A local folder by default; the library
//! behind it also speaks to S3-compatible stores.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use sha2::{Digest, Sha256};

use super::Result;

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

    /// Whether the store answers.
    pub async fn check(&self) -> Result<()> {
        let name = Key::from("check");
        self.0.put(&name, Bytes::from_static(b"ok").into()).await?;
        self.0.delete(&name).await?;
        Ok(())
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
