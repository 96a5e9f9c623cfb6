//! Segments to canonical documents, one module per set. A reader is fed segment by segment and keeps only the document
//! it builds; what is wrong with single elements has been said by `check` before, so a value that cannot be read is
//! simply left out here. Remarks of a reader are about the business content.

mod acknowledgment;
mod advice;
mod common;
mod invoice;
mod order;
mod receiving;
mod remittance;
mod response;
mod ship_notice;
mod status;

use std::{fmt, str::FromStr};

use crate::{
    domain::{
        message::{Document, Origin, Origins},
        number::{Decimal, Quantity},
        time::Date,
    },
    edi::finding::{Finding, Findings, Severity},
};

use super::{check, sets::SetRule, token::Segment, values};

/// Reads one set.
pub trait SetReader {
    /// Takes the next segment, ST and SE included.
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes);
    /// The document, as far as it could be read; `None` without its beginning segment.
    fn finish(self: Box<Self>, notes: &mut Notes) -> Option<Document>;
}

/// The reader of a set.
pub fn reader(set: &SetRule) -> Option<Box<dyn SetReader>> {
    Some(match set.code {
        "850" => Box::<order::Reader>::default(),
        "855" => Box::<response::Reader>::default(),
        "856" => Box::<ship_notice::Reader>::default(),
        "810" => Box::<invoice::Reader>::default(),
        "997" => Box::<acknowledgment::Reader>::default(),
        "214" => Box::<status::Reader>::default(),
        "861" => Box::<receiving::Reader>::default(),
        "820" => Box::<remittance::Reader>::default(),
        "824" => Box::<advice::Reader>::default(),
        _ => return None,
    })
}

/// What is noted while a set is read: findings, and where each value stood.
pub struct Notes {
    /// What was noticed.
    pub findings: Findings,
    origins: Option<Origins>,
    last: Option<(u32, u32, u64)>,
}

impl Notes {
    /// Nothing noted yet; origins are kept only where they are wanted.
    pub fn new(origins: bool) -> Self {
        Self { findings: Findings::default(), origins: origins.then(Origins::new), last: None }
    }

    /// What was noted.
    pub fn into_parts(self) -> (Findings, Origins) {
        (self.findings, self.origins.unwrap_or_default())
    }

    /// Remembers which segment is being read, for remarks about the whole document.
    pub fn reading(&mut self, segment: &Segment<'_>) {
        self.last = Some((segment.number, segment.position, segment.offset));
    }

    /// Notes where the value at `path` stood.
    pub fn at(&mut self, path: fmt::Arguments<'_>, segment: &Segment<'_>, element: usize) {
        if let Some(origins) = &mut self.origins {
            let element = u16::try_from(element).unwrap_or(u16::MAX);
            origins.entry(path.to_string()).or_insert(Origin { segment: segment.number, element });
        }
    }

    /// Forgets where a value stood: another one takes its place.
    pub fn forget(&mut self, path: fmt::Arguments<'_>) {
        if let Some(origins) = &mut self.origins {
            origins.remove(&path.to_string());
        }
    }

    /// An element as text.
    pub fn text(&mut self, segment: &Segment<'_>, element: usize, path: fmt::Arguments<'_>) -> Option<String> {
        let text = segment.get(element)?;
        self.at(path, segment, element);
        Some(text)
    }

    /// An element as anything that is read from text.
    pub fn parsed<T: FromStr>(&mut self, segment: &Segment<'_>, element: usize, path: fmt::Arguments<'_>) -> Option<T> {
        if !segment.has(element) {
            return None;
        }
        let value = segment.text(element).parse().ok()?;
        self.at(path, segment, element);
        Some(value)
    }

    /// An element as a quantity; zero where it cannot be read, which `check` has said.
    pub fn quantity(&mut self, segment: &Segment<'_>, element: usize, path: fmt::Arguments<'_>) -> Quantity {
        self.parsed(segment, element, path).unwrap_or_default()
    }

    /// An element as a date.
    pub fn date(&mut self, segment: &Segment<'_>, element: usize, path: fmt::Arguments<'_>) -> Option<Date> {
        let value = values::date(&segment.text(element))?;
        self.at(path, segment, element);
        Some(value)
    }

    /// An element with two implied decimals.
    pub fn cents(&mut self, segment: &Segment<'_>, element: usize, path: fmt::Arguments<'_>) -> Option<Decimal> {
        let value = values::implied(&segment.text(element), 2).ok()?;
        self.at(path, segment, element);
        Some(value)
    }

    /// Puts origins noted under `prefix` and a number where the document has them; those without a place are dropped.
    pub fn move_origins(&mut self, prefix: &str, target: impl Fn(usize) -> Option<String>) {
        let Some(origins) = &mut self.origins else { return };
        let noted: Vec<String> = origins.keys().filter(|path| path.starts_with(prefix)).cloned().collect();
        for path in noted {
            let Some(origin) = origins.remove(&path) else { continue };
            let Some((number, field)) = path[prefix.len()..].split_once('.') else { continue };
            if let Some(place) = number.parse().ok().and_then(&target) {
                origins.insert(format!("{place}.{field}"), origin);
            }
        }
    }

    /// A remark about an element's business content.
    pub fn remark(&mut self, segment: &Segment<'_>, element: usize, code: &'static str, message: impl Into<String>) {
        self.findings.push(check::about_element(segment, element, Severity::Warning, code, message));
    }

    /// An element that makes the set unusable, in the words of a 997.
    pub fn refuse(&mut self, segment: &Segment<'_>, element: usize, code: &'static str, answer: &'static str, message: impl Into<String>) {
        self.findings.push(check::about_element(segment, element, Severity::Error, code, message).answered("AK403", answer));
    }

    /// A remark about the document as a whole, placed at its last segment.
    pub fn remark_on_document(&mut self, code: &'static str, message: impl Into<String>) {
        let (number, position, offset) = self.last.unwrap_or_default();
        let mut finding = Finding::new(Severity::Warning, code, offset, message);
        finding.segment = Some(number);
        finding.position = Some(position);
        self.findings.push(finding);
    }
}
