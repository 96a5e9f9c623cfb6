//! What a codec noticed about a document: one [`Finding`] per fault, with the place and the words for a person, and the
//! code with which the standard's own acknowledgment names it. Knows no standard's rules.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Info,
    /// Accepted all the same; somebody should look at it.
    Warning,
    /// The document, group or interchange is not accepted.
    Error,
}

/// How an acknowledgment names a fault: the element that carries the code, and the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerCode {
    /// Which element: `AK304`, `AK403`, `AK502`, `AK905` or `TA105`.
    pub element: &'static str,
    /// The code in it.
    pub code: &'static str,
}

/// One fault or remark, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Our stable name for it, such as `element_too_long`.
    pub code: &'static str,
    /// Segment number, counted from 1 at the ISA of its interchange; absent where no segment is meant.
    pub segment: Option<u32>,
    /// The segment's tag.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tag: String,
    /// Segment number within its transaction set, counted from 1 at ST.
    #[serde(skip)]
    pub position: Option<u32>,
    /// Loop the segment stands in, by the tag that opens it.
    #[serde(skip)]
    pub loop_id: Option<&'static str>,
    /// Element number as the standard counts it (`BEG03` is 3).
    pub element: Option<u16>,
    /// Component of a composite element, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<u16>,
    /// The standard's number of the data element, such as 353.
    #[serde(skip)]
    pub reference: Option<u16>,
    /// The value that was found, where an element is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Byte offset in the file, from 0.
    pub offset: u64,
    /// What is wrong and what to do.
    pub message: String,
    /// How the acknowledgment says it, where it has a code for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerCode>,
}

impl Finding {
    /// A finding without a place; add one with the other methods.
    pub fn new(severity: Severity, code: &'static str, offset: u64, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            segment: None,
            tag: String::new(),
            position: None,
            loop_id: None,
            element: None,
            component: None,
            reference: None,
            value: None,
            offset,
            message: message.into(),
            answer: None,
        }
    }

    /// The code an acknowledgment gives for it.
    #[must_use]
    pub fn answered(mut self, element: &'static str, code: &'static str) -> Self {
        self.answer = Some(AnswerCode { element, code });
        self
    }

    /// Whether this alone refuses what it is about.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The findings of one set, group or interchange. Bounded: a hostile file cannot fill the memory with complaints, yet
/// the verdict still knows that there were errors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
    left_out: u32,
    errors: bool,
}

/// How many findings of one set, group or interchange are kept.
pub const KEPT: usize = 200;

impl Findings {
    /// Notes one more.
    pub fn push(&mut self, finding: Finding) {
        self.errors |= finding.is_error();
        if self.list.len() < KEPT {
            self.list.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    /// Whether any of them is an error, kept or not.
    pub fn any_error(&self) -> bool {
        self.errors
    }

    /// The findings so far.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// The findings, with a last one that says how many were left out.
    pub fn into_list(mut self) -> Vec<Finding> {
        if self.left_out > 0 {
            let offset = self.list.last().map_or(0, |f| f.offset);
            let message = format!("{} more findings were left out; correct these first", self.left_out);
            self.list.push(Finding::new(Severity::Info, "more_findings", offset, message));
        }
        self.list
    }
}
