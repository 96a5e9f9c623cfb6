//! A copied file: what it is, told from its first bytes and not from its name, and only if it is a kind the portal hands
//! out. Vector pictures and web pages are left out on purpose: they can carry scripts.

use super::KenticoError;

/// A file fetched from Kentico.
#[derive(Clone, PartialEq, Eq)]
pub struct Asset {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Media type told from the bytes.
    pub media_type: &'static str,
    /// File name from the address.
    pub name: String,
}

impl std::fmt::Debug for Asset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asset({}, {}, {} bytes)", self.name, self.media_type, self.bytes.len())
    }
}

impl Asset {
    pub(super) fn read(path: &str, bytes: Vec<u8>) -> Result<Self, KenticoError> {
        let name = path.split('?').next().and_then(|p| p.rsplit('/').next()).unwrap_or_default().to_owned();
        match sniff(&bytes) {
            Some(media_type) => Ok(Self { bytes, media_type, name }),
            None => Err(KenticoError::FileKind(name)),
        }
    }
}

/// The media type of the kinds we allow, by their signatures.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let starts = |signature: &[u8]| bytes.starts_with(signature);
    if starts(b"%PDF-") {
        Some("application/pdf")
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if starts(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some("image/gif")
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else if starts(b"PK\x03\x04") {
        office(bytes)
    } else {
        None
    }
}

/// Office documents are ZIP archives that are told apart by the name of their main part. Those with macros have another
/// content type but the same part, so a macro project rules a file out.
fn office(bytes: &[u8]) -> Option<&'static str> {
    let holds = |part: &[u8]| memchr::memmem::find(bytes, part).is_some();
    if holds(b"vbaProject.bin") {
        None
    } else if holds(b"word/document.xml") {
        Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    } else if holds(b"xl/workbook.xml") {
        Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    } else {
        None
    }
}
