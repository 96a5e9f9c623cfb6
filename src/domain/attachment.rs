//! What may be attached to a case. The contents decide what a file is; its name must not say anything else. Only kinds
//! that can do nothing by themselves are taken: no programs, scripts, web pages, macros or archives.

use std::io::Cursor;

codes! {
    /// A kind of file that may be attached, as its media type.
    pub enum Media {
        /// A PDF.
        Pdf = "application/pdf",
        /// A picture without loss.
        Png = "image/png",
        /// A photograph.
        Jpeg = "image/jpeg",
        /// Plain text, X12 included.
        Text = "text/plain",
        /// A table as text.
        Csv = "text/csv",
        /// A workbook without macros.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        /// A text with layout, without macros.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has no contents.
    Empty,
    /// It can be run.
    Program,
    /// A web page, or a drawing that may hold script.
    Markup,
    /// An Office file that holds macros.
    Macros,
    /// An Office file of the old kind, which may hold macros.
    OldOffice,
    /// An archive that is no Office file, or a broken one.
    Archive,
    /// None of the kinds that are taken.
    Unknown,
    /// Its name says another kind than its contents.
    Misnamed(Media),
}

impl Media {
    /// The endings that names of such files have.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Text => &["txt", "log", "edi", "x12"],
            Self::Csv => &["csv"],
            Self::Xlsx => &["xlsx"],
            Self::Docx => &["docx"],
        }
    }

    /// A browser shows it as a picture.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg)
    }

    /// A browser shows it by itself, and nothing in it runs.
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Pdf)
    }
}

/// Longest name that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// What no system takes in a name, and what turns the order of its letters, so that people read another ending.
const LEFT_OUT: &str = "<>:\"|?*\u{200e}\u{200f}\u{61c}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";

/// A file's name without the folders it came from and without what does not belong in a name.
pub fn clean_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && !LEFT_OUT.contains(*c)).collect();
    let outside = |c: char| c == '.' || c.is_whitespace();
    let name = name.trim_matches(outside);
    if name.chars().count() <= LONGEST_NAME {
        return if name.is_empty() { "file".to_owned() } else { name.to_owned() };
    }
    // The ending is what tells people what it is.
    let tail = ending(name).map(|ending| format!(".{ending}")).unwrap_or_default();
    let head: String = name.chars().take(LONGEST_NAME - tail.len()).collect();
    head.trim_end_matches(outside).to_owned() + &tail
}

/// The ending of a name, in small letters.
fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.rsplit_once('.')?;
    (!ending.is_empty() && ending.len() <= 8 && ending.chars().all(|c| c.is_ascii_alphanumeric())).then(|| ending.to_ascii_lowercase())
}

/// What a file is.
pub fn recognise(bytes: &[u8], name: &str) -> Result<Media, Refusal> {
    let mut glance = Glance::default();
    glance.look(bytes);
    glance.recognise(bytes, name)
}

/// What is remembered of a file that goes by in pieces: enough to tell what it is, except of an archive.
#[derive(Debug, Default)]
pub struct Glance {
    head: Vec<u8>,
    has_controls: bool,
}

impl Glance {
    /// Looks at the next piece.
    pub fn look(&mut self, bytes: &[u8]) {
        // Letters of older systems are no UTF-8 and still text; what is no text has bytes below the blank.
        let is_control = |byte: &u8| (*byte < b' ' && !b"\t\n\r\x0c".contains(byte)) || *byte == 0x7f;
        self.has_controls = self.has_controls || bytes.iter().any(is_control);
        let left = LOOKED_AT - self.head.len();
        self.head.extend(bytes.iter().take(left));
    }

    /// It is an archive: what it is, its whole contents tell.
    pub fn is_archive(&self) -> bool {
        self.head.starts_with(b"PK")
    }

    /// What the file is; `archive` are all its bytes where it is one.
    pub fn recognise(&self, archive: &[u8], name: &str) -> Result<Media, Refusal> {
        let ending = ending(name);
        let media = match self.by_contents(archive)? {
            Media::Text if ending.as_deref() == Some("csv") => Media::Csv,
            media => media,
        };
        match ending {
            Some(ending) if !media.endings().contains(&ending.as_str()) => Err(Refusal::Misnamed(media)),
            _ => Ok(media),
        }
    }

    fn by_contents(&self, archive: &[u8]) -> Result<Media, Refusal> {
        let head = self.head.as_slice();
        if head.is_empty() {
            return Err(Refusal::Empty);
        }
        if let Some((_, refusal)) = REFUSED.iter().find(|(begin, _)| head.starts_with(begin)) {
            return Err(*refusal);
        }
        if head.starts_with(b"%PDF-") {
            return Ok(Media::Pdf);
        }
        if head.starts_with(b"\x89PNG\r\n\x1a\n") && head.get(12..16) == Some(b"IHDR") {
            return Ok(Media::Png);
        }
        if head.starts_with(b"\xff\xd8\xff") {
            return Ok(Media::Jpeg);
        }
        if self.is_archive() {
            return office(archive);
        }
        if self.has_controls { Err(Refusal::Unknown) } else { text(head) }
    }
}

/// How files that are no use here begin, and why they are refused.
const REFUSED: &[(&[u8], Refusal)] = &[
    (b"MZ", Refusal::Program),
    (b"\x7fELF", Refusal::Program),
    (b"#!", Refusal::Program),
    (b"\xca\xfe\xba\xbe", Refusal::Program),
    (b"\xcf\xfa\xed\xfe", Refusal::Program),
    (b"\xce\xfa\xed\xfe", Refusal::Program),
    (b"\xfe\xed\xfa", Refusal::Program),
    (b"\0asm", Refusal::Program),
    (b"\xd0\xcf\x11\xe0", Refusal::OldOffice),
    (b"\x1f\x8b", Refusal::Archive),
    (b"Rar!", Refusal::Archive),
    (b"7z\xbc\xaf", Refusal::Archive),
];

/// An Office file is an archive that holds certain names; its macros have a name too.
fn office(bytes: &[u8]) -> Result<Media, Refusal> {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Archive)?;
    let holds = |wanted: &str| archive.file_names().any(|name| name == wanted);
    if archive.file_names().any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin")) {
        return Err(Refusal::Macros);
    }
    match (holds("[Content_Types].xml"), holds("xl/workbook.xml"), holds("word/document.xml")) {
        (true, true, false) => Ok(Media::Xlsx),
        (true, false, true) => Ok(Media::Docx),
        _ => Err(Refusal::Archive),
    }
}

/// How far into a text tags are looked for, in bytes: browsers that guess look no further.
const LOOKED_AT: usize = 1024;

/// Tags that make a browser or a viewer take a text for something it runs.
const TAGS: [&str; 7] = ["<!doctype", "<html", "<script", "<svg", "<?xml", "<body", "<iframe"];

/// What begins like this and has no control characters.
fn text(head: &[u8]) -> Result<Media, Refusal> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let starts_with_tag = head.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    if starts_with_tag || TAGS.iter().any(|tag| head.contains(tag)) { Err(Refusal::Markup) } else { Ok(Media::Text) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01";

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            archive.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).unwrap();
            archive.write_all(b"<x/>").unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn contents_decide_and_the_name_must_agree() {
        let workbook = archive(&["[Content_Types].xml", "xl/workbook.xml"]);
        let letter = archive(&["[Content_Types].xml", "word/document.xml"]);
        for (bytes, name, media) in [
            (b"%PDF-1.7 ...".as_slice(), "label.PDF", Media::Pdf),
            (PNG, "photo.png", Media::Png),
            (b"\xff\xd8\xff\xe0....", "crate.jpeg", Media::Jpeg),
            (b"Pallet 4 was wet.", "note.txt", Media::Text),
            (b"ISA*00*~GS*PO~", "order.edi", Media::Text),
            (b"line;count\r\n10;38\r\n", "count.csv", Media::Csv),
            (b"caf\xe9", "latin.txt", Media::Text),
            (b"no ending", "README", Media::Text),
            (&workbook, "prices.xlsx", Media::Xlsx),
            (&letter, "letter.docx", Media::Docx),
        ] {
            assert_eq!(recognise(bytes, name), Ok(media), "{name}");
        }
        assert_eq!(recognise(PNG, "invoice.pdf"), Err(Refusal::Misnamed(Media::Png)));
        assert_eq!(recognise(b"%PDF-1.7", "photo.png"), Err(Refusal::Misnamed(Media::Pdf)));
        assert_eq!(recognise(b"echo hello", "run.bat"), Err(Refusal::Misnamed(Media::Text)));
        assert_eq!(recognise(&letter, "prices.xlsx"), Err(Refusal::Misnamed(Media::Docx)));
    }

    #[test]
    fn what_can_run_is_refused_whatever_it_is_called() {
        let macros = archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"]);
        let plain = archive(&["holiday.jpg"]);
        for (bytes, refusal) in [
            (b"".as_slice(), Refusal::Empty),
            (b"MZ\x90\0", Refusal::Program),
            (b"\x7fELF\x02", Refusal::Program),
            (b"#!/bin/sh\nrm -rf .", Refusal::Program),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refusal::Markup),
            (b"\xef\xbb\xbf  <!DOCTYPE html>", Refusal::Markup),
            (b"hello <script>alert(1)</script>", Refusal::Markup),
            (b"<?xml version='1.0'?>", Refusal::Markup),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", Refusal::OldOffice),
            (&macros, Refusal::Macros),
            (&plain, Refusal::Archive),
            (b"PK\x03\x04 broken", Refusal::Archive),
            (b"\0\x01\x02", Refusal::Unknown),
        ] {
            assert_eq!(recognise(bytes, "x"), Err(refusal), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_name_keeps_its_ending_and_loses_its_folders() {
        assert_eq!(clean_name("C:\\Users\\Ines\\label.pdf"), "label.pdf");
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        for turning in ['\u{200e}', '\u{200f}', '\u{61c}', '\u{202c}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'] {
            assert_eq!(clean_name(&format!("gpj{turning}exe.pdf")), "gpjexe.pdf", "{turning:?}");
        }
        assert_eq!(clean_name(" .. "), "file");
        assert_eq!(clean_name("Straße Nr. 4.png"), "Straße Nr. 4.png");
        let long = clean_name(&format!("{}.pdf", "x".repeat(300)));
        assert!(long.len() == LONGEST_NAME && long.ends_with("x.pdf"));
    }

    proptest! {
        #[test]
        fn a_name_is_never_a_path_and_cleaning_it_again_changes_nothing(given in ".{0,200}") {
            let name = clean_name(&given);
            prop_assert!(!name.is_empty() && name.chars().count() <= LONGEST_NAME);
            prop_assert!(!name.contains(['/', '\\', '\n', '\r', '\0', '"']) && !name.starts_with('.'));
            prop_assert_eq!(clean_name(&name), name);
        }

        #[test]
        fn a_file_in_pieces_is_what_it_is_as_a_whole(begin in 0..5_usize, bytes in proptest::collection::vec(any::<u8>(), 0..3000), cut in 0..3000_usize) {
            let begin = [b"%PDF-".as_slice(), b"PK\x03\x04", b"<?xml", b"plain words", b""][begin];
            let bytes = [begin, &bytes].concat();
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            let mut glance = Glance::default();
            glance.look(first);
            glance.look(second);
            prop_assert_eq!(glance.recognise(&bytes, "x"), recognise(&bytes, "x"));
        }

        #[test]
        fn whatever_the_bytes_are_there_is_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300), zip in any::<bool>()) {
            let bytes = if zip { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
            let _ = recognise(&bytes, "x.pdf");
        }
    }
}
