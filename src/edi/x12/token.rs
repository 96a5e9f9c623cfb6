//! Bytes to segments, in one pass over a bounded buffer: finds where an interchange starts, takes the delimiters from its
//! ISA, and hands out one segment after the other without copying it. Knows nothing of what segments mean.

use std::{
    borrow::Cow,
    io::{self, Read},
    ops::Range,
};

use memchr::{memchr, memchr_iter, memmem};

/// Longest segment that is read; a longer one stops its interchange.
pub const LONGEST_SEGMENT: usize = 64 * 1024;
/// Longest ISA that is looked at. A padded one has 106 characters; wide spaces and missing padding change that.
const LONGEST_HEADER: usize = 1024;
const BUFFER: usize = 4 * LONGEST_SEGMENT;

/// The four characters that cut an interchange, as its ISA declares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between elements: the character after `ISA`.
    pub element: u8,
    /// Between components of an element: ISA16.
    pub component: u8,
    /// Between repetitions of an element: ISA11 from version 00402 on.
    pub repetition: Option<u8>,
    /// After a segment: the character after ISA16.
    pub segment: u8,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self { element: b'*', component: b'>', repetition: None, segment: b'~' }
    }
}

impl Delimiters {
    /// Whether a byte is one of them.
    pub fn contain(&self, byte: u8) -> bool {
        byte == self.element || byte == self.component || byte == self.segment || self.repetition == Some(byte)
    }
}

/// One segment, borrowed from the buffer.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    raw: &'a [u8],
    /// The same as text, where it is UTF-8 without a NUL.
    text: Option<&'a str>,
    is_utf8: bool,
    ends: &'a [u32],
    plain: bool,
    components: bool,
    key: u32,
    /// How elements are cut.
    pub delimiters: Delimiters,
    /// Number in the interchange, from 1 at ISA.
    pub number: u32,
    /// Number in the transaction set, from 1 at ST; 0 outside one.
    pub position: u32,
    /// Byte offset of its first character in the file.
    pub offset: u64,
}

impl<'a> Segment<'a> {
    /// Cuts the elements; `ends` is a buffer that is used again for every segment.
    pub fn cut(raw: &'a [u8], delimiters: Delimiters, ends: &'a mut Vec<u32>) -> Self {
        ends.clear();
        // A segment is at most LONGEST_SEGMENT bytes, so positions fit.
        ends.extend(memchr_iter(delimiters.element, raw).map(|at| u32::try_from(at).unwrap_or(u32::MAX)));
        ends.push(u32::try_from(raw.len()).unwrap_or(u32::MAX));
        let plain = raw.iter().fold(true, |plain, &b| plain & (0x20..0x7F).contains(&b));
        let components = memchr(delimiters.component, raw).is_some();
        let key = key(raw[..ends[0] as usize].trim_ascii_end());
        let utf8 = std::str::from_utf8(raw).ok();
        let text = utf8.filter(|_| plain || memchr(0, raw).is_none());
        Self { raw, text, is_utf8: utf8.is_some(), ends, plain, components, key, delimiters, number: 0, position: 0, offset: 0 }
    }

    fn range(&self, element: usize) -> Range<usize> {
        let end = self.ends.get(element).map_or(self.raw.len(), |&e| e as usize);
        let start = if element == 0 { 0 } else { self.ends.get(element - 1).map_or(self.raw.len(), |&e| (e as usize + 1).min(end)) };
        start..end
    }

    /// The tag, such as `BEG`.
    pub fn tag(&self) -> &'a [u8] {
        self.bytes(0)
    }

    /// The tag as text.
    pub fn tag_text(&self) -> Cow<'a, str> {
        self.text(0)
    }

    /// The element's bytes without trailing spaces; empty where it is not there.
    pub fn bytes(&self, element: usize) -> &'a [u8] {
        self.raw[self.range(element)].trim_ascii_end()
    }

    /// Number of elements after the tag, empty ones included.
    pub fn width(&self) -> usize {
        self.ends.len() - 1
    }

    /// Whether the element carries anything.
    pub fn has(&self, element: usize) -> bool {
        !self.bytes(element).is_empty()
    }

    /// The element as text without trailing spaces, as [`decode`] has it.
    pub fn text(&self, element: usize) -> Cow<'a, str> {
        let range = self.range(element);
        let bytes = self.raw[range.clone()].trim_ascii_end();
        // Elements end at delimiters, which are ASCII, so the range falls between characters.
        match self.text.and_then(|text| text.get(range.start..range.start + bytes.len())) {
            Some(text) => Cow::Borrowed(text),
            None => decode(bytes),
        }
    }

    /// The element as text, `None` where it is empty.
    pub fn get(&self, element: usize) -> Option<String> {
        let text = self.text(element);
        if text.is_empty() { None } else { Some(text.into_owned()) }
    }

    /// A component of the element, from 1.
    pub fn component(&self, element: usize, component: usize) -> &'a [u8] {
        self.bytes(element).split(|&b| b == self.delimiters.component).nth(component.saturating_sub(1)).unwrap_or_default()
    }

    /// Where the element starts in the file.
    pub fn element_offset(&self, element: usize) -> u64 {
        self.offset + self.range(element).start as u64
    }

    /// Whether the segment is UTF-8.
    pub fn is_utf8(&self) -> bool {
        self.is_utf8
    }

    /// Whether the segment is printable ASCII throughout.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// Whether the component separator stands anywhere in it.
    pub fn has_components(&self) -> bool {
        self.components
    }

    /// The tag as one number.
    pub fn key(&self) -> u32 {
        self.key
    }
}

/// A tag of up to three characters as one number; 0 for anything longer.
pub const fn key(tag: &[u8]) -> u32 {
    match *tag {
        [a, b] => u32::from_le_bytes([a, b, 0, 0]),
        [a, b, c] => u32::from_le_bytes([a, b, c, 0]),
        _ => 0,
    }
}

/// UTF-8, else Latin-1, whose 256 characters are the first 256 of Unicode. A NUL, which no database keeps in a text,
/// becomes the character for what cannot be shown; where it is data, `check` has a finding for it.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Cow::Borrowed(text),
        Ok(text) => Cow::Owned(text.replace('\0', "\u{fffd}")),
        Err(_) => Cow::Owned(bytes.iter().map(|&b| if b == 0 { '\u{fffd}' } else { char::from(b) }).collect()),
    }
}

/// What [`Source::header`] found at the start of an interchange.
pub struct Header {
    /// ISA01 to ISA16, trimmed of any Unicode space; fewer where the ISA is broken off.
    pub elements: Vec<String>,
    /// Widths of ISA01 to ISA16 in characters, as sent.
    pub widths: Vec<usize>,
    /// The delimiters, or why there are none.
    pub delimiters: Result<Delimiters, HeaderFault>,
    /// Byte offset of the ISA.
    pub offset: u64,
    /// Whether the ISA is UTF-8.
    pub utf8: bool,
}

/// Why an ISA cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// The file ends inside it.
    CutShort,
    /// A line break stands inside it.
    Broken,
    /// Fewer than sixteen elements, or no usable delimiters after them.
    Malformed,
    /// Two delimiters are the same character.
    Ambiguous,
}

/// Where an interchange is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// At the start of the file: its first bytes decide whether it is X12 at all.
    File,
    /// Behind an interchange.
    Next,
    /// Behind an ISA that cannot be used: only one that looks whole is another. Noise may be full of the letters.
    Whole,
}

/// Where the next interchange starts.
#[derive(Debug, PartialEq, Eq)]
pub enum Start {
    /// Here.
    Here,
    /// After this many bytes that belong to no interchange, the first of them at the offset.
    After { offset: u64, bytes: u64 },
    /// Nowhere: the rest of the file, this many bytes from the offset, belongs to no interchange.
    Nowhere { offset: u64, bytes: u64 },
    /// The file ends.
    End,
}

/// What came next in the interchange.
pub enum Next {
    /// A segment, by its place in the buffer. `ended` tells whether its terminator was there.
    Segment { range: Range<usize>, offset: u64, ended: bool },
    /// A segment longer than [`LONGEST_SEGMENT`] starts at this offset.
    TooLong { offset: u64 },
    /// The file ends.
    End { offset: u64 },
}

/// A reader with its bounded buffer.
pub struct Source<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    base: u64,
    eof: bool,
}

impl<R: Read> Source<R> {
    /// Over any input.
    pub fn new(input: R) -> Self {
        Self { input, buffer: vec![0; BUFFER], start: 0, end: 0, base: 0, eof: false }
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Bytes of the file that have been gone over.
    pub fn position(&self) -> u64 {
        self.offset()
    }

    fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// The bytes of a segment that [`Source::next`] gave.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// Reads more; false at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        if self.eof {
            return Ok(false);
        }
        if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.base += self.start as u64;
            self.end -= self.start;
            self.start = 0;
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.eof = true;
                    return Ok(false);
                }
                Ok(n) => {
                    self.end += n;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn want(&mut self, bytes: usize) -> io::Result<()> {
        while self.end - self.start < bytes && self.fill()? {}
        Ok(())
    }

    /// Goes to the next ISA over blanks, a byte order mark and, behind the start of the file, over anything else.
    pub fn find_start(&mut self, look: Look) -> io::Result<Start> {
        loop {
            self.want(4)?;
            if self.rest().starts_with(b"\xEF\xBB\xBF") {
                self.start += 3;
                continue;
            }
            let blanks = self.rest().iter().take_while(|&&b| is_blank(b)).count();
            self.start += blanks;
            if self.start < self.end {
                if blanks == 0 {
                    break;
                }
            } else if self.eof {
                return Ok(Start::End);
            }
        }
        let offset = self.offset();
        if look == Look::Whole {
            self.want(LONGEST_HEADER)?;
        }
        if self.rest().starts_with(b"ISA") && (look != Look::Whole || looks_whole(&self.rest()[..self.rest().len().min(LONGEST_HEADER)])) {
            return Ok(Start::Here);
        }
        if look == Look::File {
            return Ok(Start::Nowhere { offset, bytes: self.rest().len() as u64 });
        }
        loop {
            match self.candidate() {
                Some(at) => {
                    self.start += at;
                    return Ok(Start::After { offset, bytes: self.offset() - offset });
                }
                None if self.eof => {
                    self.start = self.end;
                    return Ok(Start::Nowhere { offset, bytes: self.offset() - offset });
                }
                None => {
                    // Keep one byte more than an ISA can need, so that one lying over the edge is found.
                    let keep = self.rest().len().min(LONGEST_HEADER + 1);
                    self.start = self.end - keep;
                    if !self.fill()? {
                        self.eof = true;
                    }
                }
            }
        }
    }

    /// The next `ISA` in the buffer that stands alone and is followed by a whole header.
    fn candidate(&self) -> Option<usize> {
        let rest = self.rest();
        memmem::find_iter(rest, b"ISA").find(|&at| {
            (at == 0 || !rest[at - 1].is_ascii_alphanumeric())
                && (self.eof || rest.len() - at >= LONGEST_HEADER)
                && looks_whole(&rest[at..rest.len().min(at + LONGEST_HEADER)])
        })
    }

    /// Reads the ISA that [`Source::find_start`] went to and steps behind its terminator, or behind `ISA` where it is
    /// unusable.
    pub fn header(&mut self) -> io::Result<Header> {
        self.want(LONGEST_HEADER)?;
        let header = parse_header(&self.rest()[..self.rest().len().min(LONGEST_HEADER)], self.offset());
        self.start += match &header.delimiters {
            Ok(delimiters) => header_length(self.rest(), delimiters.element).unwrap_or(3),
            Err(_) => 3,
        };
        Ok(header)
    }

    /// The next segment, without blanks before it and without its terminator. Empty segments are stepped over.
    pub fn next(&mut self, delimiters: &Delimiters) -> io::Result<Next> {
        let mut looked = 0;
        loop {
            if looked == 0 {
                let blanks = self.rest().iter().take_while(|&&b| b == delimiters.segment || is_blank(b)).count();
                self.start += blanks;
            }
            if let Some(at) = memchr(delimiters.segment, &self.rest()[looked..]) {
                let (start, length) = (self.start, looked + at);
                if length > LONGEST_SEGMENT {
                    return Ok(Next::TooLong { offset: self.offset() });
                }
                let offset = self.offset();
                self.start += length + 1;
                return Ok(Next::Segment { range: start..start + length, offset, ended: true });
            }
            looked = self.rest().len();
            if looked > LONGEST_SEGMENT {
                return Ok(Next::TooLong { offset: self.offset() });
            }
            if !self.fill()? {
                let offset = self.offset();
                let length = self.rest().trim_ascii_end().len();
                let start = self.start;
                self.start = self.end;
                return Ok(if length == 0 {
                    Next::End { offset }
                } else {
                    Next::Segment { range: start..start + length, offset, ended: false }
                });
            }
        }
    }

    /// Goes back to the start of the segment that [`Source::next`] just gave.
    pub fn back_to(&mut self, range: &Range<usize>) {
        self.start = range.start;
    }

    /// Steps one byte on: over the start of a segment that will not be read.
    pub fn skip(&mut self) {
        self.start = (self.start + 1).min(self.end);
    }
}

/// What may stand between segments and interchanges: ASCII blanks, and the padding of old transfer programs.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C | 0 | 0x1A)
}

/// Bytes from `ISA` to behind the terminator.
fn header_length(bytes: &[u8], element: u8) -> Option<usize> {
    memchr_iter(element, bytes).nth(15).map(|at| at + 3)
}

/// Whether a header can be used, found out without keeping any of it: noise may be full of the letters ISA.
fn looks_whole(bytes: &[u8]) -> bool {
    let separator = bytes.get(3).copied().unwrap_or(0);
    let mut parts = [&b""[..]; 16];
    let mut count = 0;
    for (slot, part) in parts.iter_mut().zip(bytes.get(4..).unwrap_or_default().splitn(16, |&b| b == separator)) {
        *slot = part;
        count += 1;
    }
    let tail = parts[15];
    count == 16 && judge_header(bytes, separator, &parts[..15], tail.first().copied(), tail.get(1).copied()).is_ok()
}

fn parse_header(bytes: &[u8], offset: u64) -> Header {
    let separator = bytes.get(3).copied().unwrap_or(0);
    let body = bytes.get(4..).unwrap_or_default();
    let mut parts: Vec<&[u8]> = body.splitn(16, |&b| b == separator).collect();
    let tail = if parts.len() == 16 { parts.pop() } else { None };
    let component = tail.and_then(|t| t.first().copied());
    let segment = tail.and_then(|t| t.get(1).copied());
    let delimiters = judge_header(bytes, separator, &parts, component, segment);
    let mut elements: Vec<String> = parts.iter().map(|p| clean(p)).collect();
    let mut widths: Vec<usize> = parts.iter().map(|p| decode(p).chars().count()).collect();
    if delimiters.is_err() {
        // What follows the break is not the element that was meant.
        for element in &mut elements {
            *element = element.chars().take(40).collect();
        }
    }
    if let Some(component) = component {
        elements.push(char::from(component).to_string());
        widths.push(1);
    }
    let utf8 = parts.iter().all(|p| std::str::from_utf8(p).is_ok());
    Header { elements, widths, delimiters, offset, utf8 }
}

fn judge_header(
    bytes: &[u8],
    separator: u8,
    parts: &[&[u8]],
    component: Option<u8>,
    segment: Option<u8>,
) -> Result<Delimiters, HeaderFault> {
    let usable = |b: u8| b.is_ascii() && !b.is_ascii_alphanumeric() && b != b' ' && b != 0;
    if bytes.len() < 4 {
        return Err(HeaderFault::CutShort);
    }
    if matches!(separator, b'\r' | b'\n') {
        return Err(HeaderFault::Broken);
    }
    if !usable(separator) {
        return Err(HeaderFault::Malformed);
    }
    if parts.iter().any(|p| p.iter().any(|b| matches!(b, b'\r' | b'\n'))) {
        return Err(HeaderFault::Broken);
    }
    let (Some(component), Some(segment)) = (component, segment) else {
        return Err(if bytes.len() < LONGEST_HEADER { HeaderFault::CutShort } else { HeaderFault::Malformed });
    };
    if matches!(component, b'\r' | b'\n') {
        return Err(HeaderFault::Broken);
    }
    if !usable(component) || !usable(segment) || parts.iter().any(|p| p.len() > 100) {
        return Err(HeaderFault::Malformed);
    }
    if component == separator || segment == separator || segment == component {
        return Err(HeaderFault::Ambiguous);
    }
    let version = parts.get(11).map(|p| clean(p)).unwrap_or_default();
    let eleventh =
        parts.get(10).and_then(|p| p.first().copied()).filter(|&b| usable(b) && b != separator && b != component && b != segment);
    let repetition = if version.as_str() >= "00402" { eleventh } else { None };
    Ok(Delimiters { element: separator, component, repetition, segment })
}

/// An ISA element without its padding, whatever spaces it is made of.
fn clean(bytes: &[u8]) -> String {
    decode(bytes).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISA: &str = "ISA*00*          *00*          *ZZ*BUYER          *01*123456789      *260102*0304*U*00401*000000007*0*P*>~";

    fn header_of(text: &str) -> Header {
        let mut source = Source::new(text.as_bytes());
        assert_eq!(source.find_start(Look::File).unwrap(), Start::Here);
        source.header().unwrap()
    }

    #[test]
    fn delimiters_come_from_the_header() {
        assert_eq!(ISA.len(), 106);
        let header = header_of(ISA);
        assert_eq!(header.delimiters, Ok(Delimiters::default()));
        assert_eq!((header.elements[5].as_str(), header.elements[7].as_str()), ("BUYER", "123456789"));

        let wide = ISA.replace("BUYER     ", "BUYER\u{3000}\u{a0}   ").replace("*U*00401", "*^*00501").replace(">~", ":\n");
        let header = header_of(&wide);
        assert_eq!(header.delimiters, Ok(Delimiters { element: b'*', component: b':', repetition: Some(b'^'), segment: b'\n' }));
        assert_eq!(header.elements[5], "BUYER");

        let bare = header_of("\u{feff}\r\nISA|00||00||ZZ|A|ZZ|B|260102|0304|U|00401|1|0|P|{'");
        assert_eq!(bare.delimiters, Ok(Delimiters { element: b'|', component: b'{', repetition: None, segment: b'\'' }));
    }

    #[test]
    fn a_header_that_cannot_be_used_says_why() {
        let broken = ISA.replace("*ZZ*BUYER", "*ZZ\n*BUYER");
        for (text, fault) in [
            (broken.as_str(), HeaderFault::Broken),
            (&ISA[..60], HeaderFault::CutShort),
            ("ISA", HeaderFault::CutShort),
            (&ISA.replace(">~", "*~"), HeaderFault::Ambiguous),
            (&ISA.replace(">~", ">GS"), HeaderFault::Malformed),
        ] {
            assert_eq!(header_of(text).delimiters, Err(fault), "{text}");
        }
    }

    #[test]
    fn noise_is_known_from_its_first_bytes() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.fill(b'x');
                self.0 += buffer.len() as u64;
                assert!(self.0 < 1_000_000, "the noise was read on and on");
                Ok(buffer.len())
            }
        }
        let mut source = Source::new(Endless(0));
        assert!(matches!(source.find_start(Look::File).unwrap(), Start::Nowhere { offset: 0, .. }));
    }

    #[test]
    fn segments_come_one_by_one_with_their_offsets() {
        // One byte at a time, so that every edge of the buffer is met.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let n = self.0.len().min(1);
                buffer[..n].copy_from_slice(&self.0[..n]);
                self.0 = &self.0[n..];
                Ok(n)
            }
        }
        let text = format!("{ISA}\r\n\tGS*PO*A~\n~ST*850*1~IEA");
        let mut source = Source::new(Slow(text.as_bytes()));
        source.find_start(Look::File).unwrap();
        let delimiters = source.header().unwrap().delimiters.unwrap();
        let mut seen = Vec::new();
        loop {
            match source.next(&delimiters).unwrap() {
                Next::Segment { range, offset, ended } => {
                    let end = usize::try_from(offset).unwrap() + range.len();
                    assert_eq!(source.bytes(range.clone()), &text.as_bytes()[usize::try_from(offset).unwrap()..end]);
                    seen.push((String::from_utf8_lossy(source.bytes(range)).into_owned(), ended));
                }
                Next::End { .. } => break,
                Next::TooLong { .. } => unreachable!(),
            }
        }
        assert_eq!(seen, [("GS*PO*A".into(), true), ("ST*850*1".into(), true), ("IEA".into(), false)]);
    }

    #[test]
    fn elements_are_cut_without_surprise() {
        let mut ends = Vec::new();
        let segment = Segment::cut(b"N1*ST*Caf\xe9 *92*", Delimiters::default(), &mut ends);
        assert_eq!((segment.tag(), segment.width()), (&b"N1"[..], 4));
        assert_eq!(segment.text(2), "Café");
        assert_eq!((segment.get(3), segment.get(4), segment.get(9)), (Some("92".into()), None, None));
    }
}
