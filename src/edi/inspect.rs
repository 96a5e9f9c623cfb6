//! `portico edi inspect`: what a file is, what it says and what is wrong with it, as JSON (`docs/edi-inspect.md`) or as
//! text for a terminal. Needs no database.

use std::{fmt, io, io::Read};

use serde::Serialize;
use serde_json::Value;

use crate::domain::{
    message::{Document, Origins},
    time::Date,
};

use super::{
    finding::{Finding, Severity},
    x12,
};

/// What a file holds.
#[derive(Debug, Serialize)]
pub struct Inspection {
    /// Whether every interchange is accepted, with all it holds.
    pub accepted: bool,
    /// The interchanges, in order.
    pub interchanges: Vec<InterchangeView>,
    /// What belongs to no interchange; for a file that is no document, why.
    pub findings: Vec<Finding>,
}

/// One interchange.
#[derive(Debug, Serialize)]
pub struct InterchangeView {
    /// `X12`.
    pub standard: &'static str,
    /// The sender's id, without padding.
    pub sender: String,
    /// What kind of id it is.
    pub sender_qualifier: String,
    /// The receiver's id, without padding.
    pub receiver: String,
    /// What kind of id it is.
    pub receiver_qualifier: String,
    /// Its control number, as sent.
    pub control_number: String,
    /// Version of the envelope.
    pub version: String,
    /// Date it was made.
    pub date: Option<Date>,
    /// Time it was made, as sent.
    pub time: String,
    /// Whether it is test data.
    pub test: bool,
    /// Whether it is accepted, with all it holds.
    pub accepted: bool,
    /// What a TA1 would say: `A`, `E` or `R`, and the note code.
    pub acknowledgment: Verdict,
    /// What was noticed about the envelope: the interchange and its groups.
    pub findings: Vec<Finding>,
    /// The functional groups.
    pub groups: Vec<GroupView>,
    /// The transaction sets of all groups, in order.
    pub transactions: Vec<TransactionView>,
    /// The interchange acknowledgments (TA1) in it.
    pub interchange_acknowledgments: Vec<AcknowledgmentView>,
}

/// What would be answered.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// The verdict code.
    pub status: &'static str,
    /// The codes that explain it.
    pub codes: Vec<String>,
}

/// One functional group.
#[derive(Debug, Serialize)]
pub struct GroupView {
    /// What it holds, such as `PO`.
    pub functional_id: String,
    /// Sender's code.
    pub sender: String,
    /// Receiver's code.
    pub receiver: String,
    /// Its control number.
    pub control_number: String,
    /// Version of the standard.
    pub version: String,
    /// What a 997 would say.
    pub acknowledgment: Verdict,
}

/// One transaction set.
#[derive(Debug, Serialize)]
pub struct TransactionView {
    /// Such as `850`.
    pub code: String,
    /// Its control number.
    pub control_number: String,
    /// The group it stands in.
    pub group_control_number: String,
    /// Such as `purchase_order`; `unknown` for a set that is not read.
    pub kind: &'static str,
    /// Whether it may be applied.
    pub accepted: bool,
    /// What a 997 would say.
    pub acknowledgment: Verdict,
    /// First and last segment, counted from 1 at ISA.
    pub segments: (u32, u32),
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// What it says, as far as it could be read.
    pub document: Option<Document>,
    /// Segment and element of each value of the document, by its path.
    pub origins: Origins,
}

/// A TA1 that came.
#[derive(Debug, Serialize)]
pub struct AcknowledgmentView {
    /// The interchange it speaks of.
    pub control_number: String,
    /// `A`, `E` or `R`.
    pub status: String,
    /// Note code.
    pub note: String,
}

/// Reads a file.
pub fn inspect(input: impl Read) -> io::Result<Inspection> {
    let mut collector = x12::Collector::default();
    let outcome = x12::read(input, x12::Options::default(), &mut |event| collector.take(event))?;
    let mut findings = collector.stray;
    if let x12::Outcome::NotADocument(finding) = outcome {
        findings.push(finding);
    }
    let interchanges: Vec<InterchangeView> = collector.interchanges.into_iter().map(InterchangeView::from).collect();
    let accepted = !interchanges.is_empty() && interchanges.iter().all(|i| i.accepted) && !findings.iter().any(Finding::is_error);
    Ok(Inspection { accepted, interchanges, findings })
}

impl From<x12::Interchange> for InterchangeView {
    fn from(interchange: x12::Interchange) -> Self {
        let accepted = interchange.accepted();
        let x12::Interchange { header, acknowledgments, groups, verdict } = interchange;
        let mut transactions = Vec::new();
        let mut findings = verdict.findings;
        let groups = groups
            .into_iter()
            .map(|group| {
                let control = group.header.control_number.clone();
                // The verdicts of the group have its own faults applied to them.
                transactions
                    .extend(group.sets.into_iter().zip(&group.verdict.sets).map(|(set, verdict)| transaction(set, verdict, &control)));
                findings.extend(group.verdict.findings);
                GroupView {
                    functional_id: group.header.functional_id,
                    sender: group.header.sender,
                    receiver: group.header.receiver,
                    control_number: control,
                    version: group.header.version,
                    acknowledgment: Verdict { status: group.verdict.status, codes: group.verdict.errors },
                }
            })
            .collect();
        findings.sort_by_key(|finding| finding.offset);
        Self {
            standard: "X12",
            sender: header.sender,
            sender_qualifier: header.sender_qualifier,
            receiver: header.receiver,
            receiver_qualifier: header.receiver_qualifier,
            control_number: header.control_number,
            version: header.version,
            date: header.date,
            time: header.time,
            test: header.usage == "T",
            accepted,
            acknowledgment: Verdict { status: verdict.status, codes: vec![verdict.note.to_owned()] },
            findings,
            groups,
            transactions,
            interchange_acknowledgments: acknowledgments
                .into_iter()
                .map(|a| AcknowledgmentView { control_number: a.control_number, status: a.status, note: a.note })
                .collect(),
        }
    }
}

fn transaction(set: x12::SetResult, verdict: &x12::SetVerdict, group: &str) -> TransactionView {
    TransactionView {
        code: set.code,
        control_number: set.control_number,
        group_control_number: group.to_owned(),
        kind: set.kind,
        accepted: set.accepted,
        acknowledgment: Verdict { status: verdict.status, codes: verdict.errors.clone() },
        segments: set.segments,
        findings: set.findings,
        document: set.document,
        origins: set.origins,
    }
}

impl Inspection {
    /// 0 accepted, 1 findings of severity error, 2 not a document.
    pub fn exit_status(&self) -> u8 {
        match (self.interchanges.is_empty(), self.accepted) {
            (true, _) => 2,
            (false, false) => 1,
            (false, true) => 0,
        }
    }
}

/// For a terminal.
impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for interchange in &self.interchanges {
            interchange.fmt(f)?;
        }
        show_findings(&self.findings, "", f)?;
        match self.exit_status() {
            0 => writeln!(f, "Accepted."),
            1 => writeln!(f, "Not accepted: correct what is marked as an error."),
            _ => writeln!(f, "Not a document."),
        }
    }
}

impl fmt::Display for InterchangeView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.date.map_or_else(|| "date unknown".to_owned(), |date| date.to_string());
        writeln!(
            f,
            "{} interchange {} from {} ({}) to {} ({}), {made}{}",
            self.standard,
            self.control_number,
            self.sender,
            self.sender_qualifier,
            self.receiver,
            self.receiver_qualifier,
            if self.test { ", test" } else { "" }
        )?;
        show_findings(&self.findings, "  ", f)?;
        for answer in &self.interchange_acknowledgments {
            writeln!(f, "  TA1 for interchange {}: {} {}", answer.control_number, answer.status, answer.note)?;
        }
        for group in &self.groups {
            writeln!(
                f,
                "  Group {} ({}), version {}: 997 {}",
                group.control_number, group.functional_id, group.version, group.acknowledgment.status
            )?;
        }
        for set in &self.transactions {
            let verdict = if set.accepted { "accepted" } else { "not accepted" };
            let (first, last) = set.segments;
            writeln!(f, "  {} {} ({}), segments {first} to {last}: {verdict}", set.code, set.control_number, set.kind.replace('_', " "))?;
            show_findings(&set.findings, "    ", f)?;
            if let Some(document) = &set.document {
                show(&serde_json::to_value(document).map_err(|_| fmt::Error)?, 2, f)?;
            }
        }
        Ok(())
    }
}

/// What a document says, one value a line, plain values first; what it does not say is left out.
fn show(value: &Value, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut entries: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.replace('_', " "), value)).collect(),
        Value::Array(list) => list.iter().zip(1..).map(|(value, n): (_, u32)| (n.to_string(), value)).collect(),
        _ => return Ok(()),
    };
    entries.sort_by_key(|(_, value)| matches!(value, Value::Object(_) | Value::Array(_)));
    for (name, value) in entries {
        match value {
            Value::Null => {}
            Value::Object(_) | Value::Array(_) if is_empty(value) => {}
            Value::Object(_) | Value::Array(_) => {
                writeln!(f, "{:depth$}{name}", "", depth = depth * 2)?;
                show(value, depth + 1, f)?;
            }
            Value::String(text) => writeln!(f, "{:depth$}{name}: {text}", "", depth = depth * 2)?,
            other => writeln!(f, "{:depth$}{name}: {other}", "", depth = depth * 2)?,
        }
    }
    Ok(())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        _ => false,
    }
}

fn show_findings(findings: &[Finding], indent: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        write!(f, "{indent}{severity}: ")?;
        if let Some(segment) = finding.segment {
            write!(f, "segment {segment}, ")?;
        }
        writeln!(f, "byte {}: {} [{}]", finding.offset, finding.message, finding.code)?;
    }
    Ok(())
}
