//! Canonical documents to segments. A set is written and checked with the tables the reader uses, before any control
//! number exists: what comes out is accepted by the reader, and what cannot be said comes back as errors that name the
//! document's fields, so that a form can show them.

mod acknowledgment;
mod common;
mod invoice;
mod order;
mod response;
mod ship_notice;

use std::{borrow::Cow, fmt};

use crate::domain::{message::Document, number::Decimal, time::Date};

use super::{check, schema::SegmentRule, token::Delimiters, values};

/// Why a document cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field in the document's JSON, such as `lines.0.unit`.
    pub path: String,
    /// What is wrong, to stand after the field's name.
    pub message: String,
}

impl FieldError {
    pub(super) fn new(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// How one partner wants X12 written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// How it is cut. A repetition separator is written from version 005010 on.
    pub delimiters: Delimiters,
    /// GS08; its first six digits are the release.
    pub version: String,
    /// Whether a line break follows each terminator.
    pub newline: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiters: Delimiters::default(), version: "004010".to_owned(), newline: false }
    }
}

impl Dialect {
    /// A dialect of another version with the usual delimiters; from 005010 on with a repetition separator.
    pub fn of_version(version: &str) -> Self {
        let repetition = values::release(version).filter(|&r| r >= 5010).map(|_| b'^');
        Self { delimiters: Delimiters { repetition, ..Delimiters::default() }, version: version.to_owned(), newline: false }
    }

    pub(super) fn release(&self) -> u32 {
        values::release(&self.version).unwrap_or(4010)
    }

    /// ISA12: 00401 for 004010.
    pub(super) fn interchange_version(&self) -> String {
        self.version.get(..5).unwrap_or("00401").to_owned()
    }

    pub(super) fn terminate(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.delimiters.segment);
        if self.newline {
            bytes.push(b'\n');
        }
    }

    /// Faults of the dialect itself.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let Delimiters { element, component, repetition, segment } = self.delimiters;
        let all: Vec<u8> = [Some(element), Some(component), repetition, Some(segment)].into_iter().flatten().collect();
        let usable = |b: u8| b.is_ascii() && !b.is_ascii_alphanumeric() && b != b' ' && b != 0;
        let distinct = all.iter().enumerate().all(|(i, b)| !all[..i].contains(b));
        let breaks = |b: u8| matches!(b, b'\r' | b'\n' | b'\t' | 0x0B | 0x0C | 0x1A);
        if !distinct || !all.iter().all(|&b| usable(b)) || breaks(element) || breaks(component) || repetition.is_some_and(breaks) {
            errors.push(FieldError::new("delimiters", "must be different characters that are neither letters, digits nor blanks"));
        }
        if values::release(&self.version).is_none_or(|r| r < 4010)
            || self.version.len() > 12
            || self.version.bytes().any(|b| !b.is_ascii_alphanumeric())
        {
            errors.push(FieldError::new("version", "must be a version from 004010 on"));
        }
        if repetition.is_some() && self.release() < 4020 {
            errors.push(FieldError::new("delimiters", "has a repetition separator, which this version does not know"));
        }
        errors
    }
}

/// A written set without ST and SE, which carry the control number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetBody {
    /// ST01.
    pub code: &'static str,
    /// GS01.
    pub functional_id: &'static str,
    /// How many segments, without ST and SE.
    pub segments: u32,
    /// The segments.
    pub bytes: Vec<u8>,
    /// The dialect it was written in.
    pub version: String,
    /// The delimiters it was written with.
    pub delimiters: Delimiters,
    /// Whether line breaks were written.
    pub newline: bool,
}

/// Writes a document. Errors name its fields.
pub fn set(document: &Document, dialect: &Dialect) -> Result<SetBody, Vec<FieldError>> {
    let mut out = Out::new(dialect);
    out.errors = dialect.check();
    let (code, functional_id) = match document {
        Document::PurchaseOrder(order) => {
            order::write(order, &mut out);
            ("850", "PO")
        }
        Document::OrderResponse(response) => {
            response::write(response, &mut out);
            ("855", "PR")
        }
        Document::ShipNotice(notice) => {
            ship_notice::write(notice, &mut out);
            ("856", "SH")
        }
        Document::Invoice(invoice) => {
            invoice::write(invoice, &mut out);
            ("810", "IN")
        }
        Document::FunctionalAcknowledgment(answer) => {
            acknowledgment::write(answer, &mut out);
            ("997", "FA")
        }
        Document::ShipmentStatus(_) | Document::ReceivingAdvice(_) | Document::RemittanceAdvice(_) | Document::ApplicationAdvice(_) => {
            return Err(vec![FieldError::new("type", "is a document that is read here, not written")]);
        }
    };
    if out.errors.is_empty() {
        let Out { bytes, segments, .. } = out;
        Ok(SetBody {
            code,
            functional_id,
            segments,
            bytes,
            version: dialect.version.clone(),
            delimiters: dialect.delimiters,
            newline: dialect.newline,
        })
    } else {
        Err(out.errors)
    }
}

/// One element to write: the field it comes from, and its text.
pub struct Value<'a> {
    path: Cow<'a, str>,
    text: Cow<'a, str>,
}

/// An element from a field.
pub fn value<'a>(path: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Value<'a> {
    Value { path: path.into(), text: text.into() }
}

/// An element from a field that may be empty.
pub fn maybe<'a>(path: impl Into<Cow<'a, str>>, text: Option<&'a str>) -> Value<'a> {
    value(path, text.unwrap_or_default())
}

/// An element from a date.
pub fn date<'a>(path: impl Into<Cow<'a, str>>, date: Option<Date>) -> Value<'a> {
    value(path, date.map(values::write_date).unwrap_or_default())
}

/// An element from anything with a plain text form.
pub fn shown<'a>(path: impl Into<Cow<'a, str>>, shown: Option<impl fmt::Display>) -> Value<'a> {
    value(path, shown.map(|v| v.to_string()).unwrap_or_default())
}

/// An element that is always the same.
pub fn fixed(text: &'static str) -> Value<'static> {
    value("", text)
}

/// An element left empty.
pub fn empty() -> Value<'static> {
    fixed("")
}

/// Segments as they are written, and what stands against them.
pub struct Out<'d> {
    dialect: &'d Dialect,
    bytes: Vec<u8>,
    segments: u32,
    errors: Vec<FieldError>,
}

impl<'d> Out<'d> {
    fn new(dialect: &'d Dialect) -> Self {
        Self { dialect, bytes: Vec::new(), segments: 0, errors: Vec::new() }
    }

    /// Notes that a field cannot be written.
    pub fn error(&mut self, path: &str, message: impl Into<String>) {
        self.errors.push(FieldError::new(path, message));
    }

    /// An amount as a whole number with two implied decimals.
    pub fn cents<'a>(&mut self, path: impl Into<Cow<'a, str>>, amount: Option<Decimal>) -> Value<'a> {
        let path = path.into();
        match amount.map(|a| values::write_implied(a, 2)) {
            Some(Some(text)) => value(path, text),
            Some(None) => {
                self.error(&path, "has more than two decimal places, which an X12 amount cannot have");
                value(path, "0")
            }
            None => value(path, ""),
        }
    }

    /// Writes one segment, checked against its table.
    pub fn segment(&mut self, rule: &'static SegmentRule, values: &[Value<'_>]) {
        let release = self.dialect.release();
        for (index, value) in values.iter().enumerate() {
            self.check(rule, index + 1, value, release);
        }
        for (position, element) in rule.elements.iter().enumerate().skip(values.len()) {
            if element.mandatory {
                self.error("", format!("{}{:02} ({}) is missing", rule.tag, position + 1, element.name));
            }
        }
        let has = |n: u16| values.get(usize::from(n).wrapping_sub(1)).is_some_and(|v| !v.text.trim_end().is_empty());
        let mut broken = Vec::new();
        check::rules(rule, has, |element, words| broken.push((element, words)));
        for (element, words) in broken {
            let path = values.get(usize::from(element) - 1).map_or("", |v| v.path.as_ref()).to_owned();
            self.error(&path, words);
        }
        self.put(rule, values);
    }

    fn check(&mut self, rule: &'static SegmentRule, position: usize, value: &Value<'_>, release: u32) {
        let text = value.text.trim_end_matches(' ');
        // Blanks at the end would be lost, those at its start are part of it; other white space is a control character.
        if let Some(found) = rule
            .element(position)
            .and_then(|element| check::value(element, text, release))
            .filter(|p| p.severity == crate::edi::Severity::Error)
        {
            self.error(&value.path, found.words.into_owned());
        } else if let Some(bad) = text.bytes().find(|&b| self.dialect.delimiters.contain(b)).map(char::from) {
            self.error(&value.path, format!("holds {bad}, which separates the parts of the document. Use another character."));
        }
    }

    /// A copy of a bad value for AK4, unless it holds what would cut the segment.
    pub fn without_delimiters(&self, copy: &str) -> Option<String> {
        let bad = |b: u8| self.dialect.delimiters.contain(b);
        (!copy.bytes().any(bad) && !copy.chars().any(char::is_control)).then(|| copy.chars().take(99).collect())
    }

    /// Writes a segment whose first element has a second component.
    pub fn composite(&mut self, rule: &'static SegmentRule, component: Option<u16>, values: &[Value<'_>]) {
        let at = self.bytes.len() + rule.tag.len() + 1 + values.first().map_or(0, |v| v.text.len());
        self.segment(rule, values);
        if let Some(component) = component {
            let separator = char::from(self.dialect.delimiters.component);
            self.bytes.splice(at..at, format!("{separator}{component}").into_bytes());
        }
    }

    fn put(&mut self, rule: &'static SegmentRule, values: &[Value<'_>]) {
        let used = values.iter().rposition(|v| !v.text.trim_end_matches(' ').is_empty()).map_or(0, |at| at + 1);
        self.bytes.extend_from_slice(rule.tag.as_bytes());
        for value in &values[..used] {
            self.bytes.push(self.dialect.delimiters.element);
            self.bytes.extend_from_slice(value.text.trim_end_matches(' ').as_bytes());
        }
        self.dialect.terminate(&mut self.bytes);
        self.segments += 1;
    }
}
