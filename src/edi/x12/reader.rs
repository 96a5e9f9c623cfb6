//! Reads a file of interchanges and tells what it finds, event by event. Memory is bounded by one segment, one document
//! and a capped number of findings and parts; it never panics, whatever the bytes.

use std::io::{self, Read};

use crate::edi::finding::{Finding, Severity};

use super::{
    chain::Open,
    event::{Collector, Event, Interchange},
    token::{Header, HeaderFault, LONGEST_SEGMENT, Look, Next, Source, Start},
};

/// Most interchanges, groups, sets and TA1s of one file that are read, counted together. A large company's orders of a
/// night are a few thousand.
pub const MOST_PARTS: u32 = 20_000;
/// Most findings that are kept of one file; of what comes after them only the first error is, for each part.
const MOST_FINDINGS: usize = 20_000;

/// What is left of the limits of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    parts: u32,
    findings: usize,
    is_over: bool,
}

impl Room {
    /// One more part.
    pub(super) fn part(&mut self) {
        self.is_over |= self.parts == 0;
        self.parts = self.parts.saturating_sub(1);
    }

    /// The findings of a part, as far as there is room for them.
    pub(super) fn fit(&mut self, mut findings: Vec<Finding>) -> Vec<Finding> {
        if findings.len() > self.findings {
            let first = findings.iter().position(Finding::is_error).unwrap_or_default();
            findings.swap(0, first);
            findings.truncate(1);
        }
        self.findings = self.findings.saturating_sub(findings.len());
        findings
    }
}

/// How much of a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The envelope alone: what is in the file, and whether it is whole.
    Envelope,
    /// Every element is checked, no document is built.
    Checked,
    /// Documents too.
    Documents,
}

/// What a reading is for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How much is looked at.
    pub depth: Depth,
    /// Whether to note where each value stood.
    pub origins: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { depth: Depth::Documents, origins: true }
    }
}

/// Whether there was anything to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// At least one interchange.
    Read {
        /// Bytes of the file.
        bytes: u64,
        /// Segments in it.
        segments: u64,
    },
    /// The file is no X12 document; the finding says why. Nothing after its first bytes was read.
    NotADocument(Finding),
}

/// Reads everything in memory into trees: the interchanges, and findings that belong to none. Empty and without a stray
/// finding of severity error only for no input.
pub fn read_all(bytes: &[u8]) -> Vec<Interchange> {
    let mut collector = Collector::default();
    // Reading from memory cannot fail.
    let _ = read(bytes, Options::default(), &mut |event| collector.take(event));
    collector.interchanges
}

/// Reads a file and tells what it holds, in order.
pub fn read<R: Read>(input: R, options: Options, sink: &mut impl FnMut(Event)) -> io::Result<Outcome> {
    let mut source = Source::new(input);
    let mut look = Look::File;
    let mut room = Room { parts: MOST_PARTS, findings: MOST_FINDINGS, is_over: false };
    let mut segments = 0;
    let mut ends = Vec::new();
    loop {
        match source.find_start(look)? {
            Start::End if look == Look::File => {
                return Ok(Outcome::NotADocument(Finding::new(Severity::Error, "empty", 0, "The file is empty. Send a document.")));
            }
            Start::End => return Ok(Outcome::Read { bytes: source.position(), segments }),
            Start::Nowhere { offset, .. } if look == Look::File => {
                return Ok(Outcome::NotADocument(Finding::new(
                    Severity::Error,
                    "not_x12",
                    offset,
                    "This is not an X12 document: it does not start with ISA. Check which file was sent.",
                )));
            }
            Start::Nowhere { offset, bytes } => {
                sink(Event::Stray(stray(offset, bytes)));
                return Ok(Outcome::Read { bytes: offset + bytes, segments });
            }
            Start::After { offset, bytes } => sink(Event::Stray(stray(offset, bytes))),
            Start::Here => {}
        }
        let header = source.header()?;
        look = if header.delimiters.is_ok() { Look::Next } else { Look::Whole };
        segments += interchange(&mut source, header, options, &mut room, &mut ends, sink)?;
        if room.is_over {
            return Ok(Outcome::Read { bytes: source.position(), segments });
        }
    }
}

fn stray(offset: u64, bytes: u64) -> Finding {
    let message =
        format!("{bytes} bytes from offset {offset} belong to no interchange and were not read. Check that the file was sent whole.");
    Finding::new(Severity::Error, "outside_interchange", offset, message)
}

/// One interchange from behind its ISA to its IEA; the number of its segments.
fn interchange<R: Read>(
    source: &mut Source<R>,
    header: Header,
    options: Options,
    room: &mut Room,
    ends: &mut Vec<u32>,
    sink: &mut impl FnMut(Event),
) -> io::Result<u64> {
    let delimiters = header.delimiters;
    let mut open = Open::new(header, options, *room);
    sink(Event::InterchangeBegin(open.header.clone()));
    let Ok(delimiters) = delimiters else {
        open.end(source.position(), sink);
        *room = open.room;
        return Ok(1);
    };
    loop {
        if open.room.is_over {
            let offset = source.position();
            let message = format!(
                "The file holds more than {MOST_PARTS} interchanges, groups and documents, and was not read from here on. Send it in several files."
            );
            open.findings.push(Finding::new(Severity::Error, "too_many_parts", offset, message).answered("TA105", "024"));
            open.cut_short(offset, "reading stops", sink);
            open.end(offset, sink);
            break;
        }
        match source.next(&delimiters)? {
            Next::End { offset } => {
                open.cut_short(offset, "the file ends", sink);
                open.end(offset, sink);
                break;
            }
            Next::TooLong { offset } => {
                open.number += 1;
                let message = format!(
                    "A segment is longer than {LONGEST_SEGMENT} bytes, so the rest of this interchange was not read. Check the segment terminator."
                );
                let mut finding = Finding::new(Severity::Error, "segment_too_long", offset, message).answered("TA105", "024");
                finding.segment = Some(open.number);
                open.findings.push(finding);
                open.cut_short(offset, "a segment cannot be read", sink);
                open.end(offset, sink);
                source.skip();
                break;
            }
            Next::Segment { range, offset, ended } => {
                let raw = source.bytes(range.clone());
                if raw.starts_with(b"ISA") && raw.get(3) == Some(&delimiters.element) {
                    source.back_to(&range);
                    open.cut_short(offset, "the next interchange begins", sink);
                    open.end(offset, sink);
                    break;
                }
                let behind = offset + range.len() as u64 + u64::from(ended);
                if open.take(raw, delimiters, offset, behind, ended, ends, sink) {
                    open.end(behind, sink);
                    break;
                }
            }
        }
    }
    *room = open.room;
    Ok(u64::from(open.number))
}

/// Which of the faults of an ISA this is, for its finding.
pub fn header_fault(fault: HeaderFault) -> (&'static str, &'static str, &'static str) {
    match fault {
        HeaderFault::CutShort => ("isa_cut_short", "023", "The file ends inside the ISA segment. Send it again, whole."),
        HeaderFault::Broken => {
            ("isa_broken", "022", "The ISA segment is broken over two lines, so its delimiters cannot be known. Send it in one piece.")
        }
        HeaderFault::Malformed => {
            ("isa_malformed", "022", "The ISA segment has not its sixteen elements and a terminator after them. Correct it.")
        }
        HeaderFault::Ambiguous => {
            ("isa_delimiters", "027", "Two delimiters of the ISA segment are the same character. Choose different ones.")
        }
    }
}
