//! What is answered to what was read: the verdicts on sets, groups and interchanges, the 997 document and the TA1 made
//! from them. Decides nothing about business; an order that is refused for its content is still acknowledged here.

use crate::{
    domain::{
        message::{FunctionalAcknowledgment, SegmentNote, SetAcknowledgment},
        time::Date,
    },
    edi::finding::{Finding, Severity},
};

use super::{
    event::{GroupHeader, GroupVerdict, InterchangeHeader, InterchangeVerdict, SetVerdict},
    values,
};

/// Most AK502, and AK905, that a 997 has room for.
const CODES: usize = 5;

/// The 997's word on a set, from its findings.
pub fn set_verdict(code: &str, control_number: &str, refused: bool, findings: &[Finding]) -> SetVerdict {
    let notes: Vec<SegmentNote> = findings.iter().filter_map(note).collect();
    let mut errors = codes(findings, "AK502");
    if !notes.is_empty() && !errors.iter().any(|e| e == "5") {
        errors.truncate(CODES - 1);
        errors.push("5".to_owned());
    }
    let status = match (refused, errors.is_empty()) {
        (true, _) => "R",
        (false, false) => "E",
        (false, true) => "A",
    };
    SetVerdict { code: code.to_owned(), control_number: control_number.to_owned(), status, errors, notes }
}

/// The codes that findings give for one element of an answer, each once, errors first.
fn codes(findings: &[Finding], element: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for wanted in [Severity::Error, Severity::Warning] {
        for finding in findings.iter().filter(|f| f.severity == wanted) {
            if let Some(answer) = finding.answer.filter(|a| a.element == element)
                && !list.iter().any(|c| c == answer.code)
                && list.len() < CODES
            {
                list.push(answer.code.to_owned());
            }
        }
    }
    list
}

/// AK3 and AK4 of one finding.
fn note(finding: &Finding) -> Option<SegmentNote> {
    let answer = finding.answer?;
    let element = match answer.element {
        "AK304" => None,
        "AK403" => finding.element,
        _ => return None,
    };
    // What the 997 has no room for is not quoted.
    if !is_code(&finding.tag, 2, 3) || finding.position? > 999_999 || element.is_some_and(|e| e > 99) {
        return None;
    }
    Some(SegmentNote {
        segment: finding.tag.clone(),
        position: finding.position?,
        loop_id: finding.loop_id.map(str::to_owned),
        error: Some(if element.is_some() { "8" } else { answer.code }.to_owned()),
        element,
        component: element.and(finding.component),
        reference: element.and(finding.reference),
        element_error: element.map(|_| answer.code.to_owned()),
        // A copy that would itself be faulty is left out.
        value: element.and(finding.value.clone()).filter(|v| !v.is_empty() && !v.chars().any(char::is_control)),
    })
}

/// The 997's word on a group. A fault of the group itself refuses all of its sets.
pub fn group_verdict(
    header: GroupHeader,
    included: Option<u32>,
    received: u32,
    accepted: u32,
    refused: bool,
    findings: Vec<Finding>,
    mut sets: Vec<SetVerdict>,
) -> GroupVerdict {
    if refused {
        for set in &mut sets {
            set.status = "R";
        }
    }
    let accepted = if refused { 0 } else { accepted };
    let status = if refused || accepted == 0 {
        "R"
    } else if accepted < received {
        "P"
    } else if sets.iter().any(|set| set.status == "E") {
        "E"
    } else {
        "A"
    };
    let errors = codes(&findings, "AK905");
    GroupVerdict { header, status, included, received, accepted, errors, findings, sets }
}

/// TA104 and TA105 for an interchange, from its findings.
pub fn interchange_status(refused: bool, findings: &[Finding]) -> (&'static str, &'static str) {
    let worst = |severity| {
        findings.iter().filter(|f| f.severity == severity).find_map(|f| f.answer.filter(|a| a.element == "TA105")).map(|a| a.code)
    };
    if refused {
        return ("R", worst(Severity::Error).unwrap_or("024"));
    }
    worst(Severity::Warning).map_or(("A", "000"), |note| ("E", note))
}

/// Whether a text is a code of capital letters and digits, of so many characters.
pub fn is_code(text: &str, shortest: usize, longest: usize) -> bool {
    (shortest..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a 997 can quote the header of a group.
fn quotable(header: &GroupHeader) -> bool {
    let control = &header.control_number;
    !header.implicit
        && is_code(&header.functional_id, 2, 2)
        && (1..=9).contains(&control.len())
        && control.bytes().all(|b| b.is_ascii_digit())
}

/// The 997 that answers a group; `None` for what no 997 can name: sets outside any group, or a GS without a usable kind
/// and control number. Those refuse their interchange, so a TA1 answers. A set whose ST cannot be quoted is counted only.
pub fn functional(verdict: &GroupVerdict) -> Option<FunctionalAcknowledgment> {
    quotable(&verdict.header).then(|| FunctionalAcknowledgment {
        functional_id: verdict.header.functional_id.clone(),
        group_control_number: verdict.header.control_number.clone(),
        status: verdict.status.to_owned(),
        included: Some(verdict.included.filter(|&n| n <= 999_999).unwrap_or(verdict.received.min(999_999))),
        received: Some(verdict.received.min(999_999)),
        accepted: Some(verdict.accepted.min(999_999)),
        errors: verdict.errors.clone(),
        sets: verdict
            .sets
            .iter()
            .filter(|set| {
                is_code(&set.code, 3, 3)
                    && (1..=9).contains(&set.control_number.len())
                    && set.control_number.bytes().all(|b| b.is_ascii_alphanumeric())
            })
            .map(|set| SetAcknowledgment {
                code: set.code.clone(),
                control_number: set.control_number.clone(),
                status: set.status.to_owned(),
                errors: set.errors.clone(),
                notes: set.notes.clone(),
            })
            .collect(),
    })
}

/// Note codes of a TA1 for what only the receiver can know; those that reading finds are in the findings.
pub mod note {
    /// Nothing is wrong.
    pub const NONE: &str = "000";
    /// The sender's id is not one we know.
    pub const UNKNOWN_SENDER: &str = "006";
    /// The receiver's id is not one of ours.
    pub const UNKNOWN_RECEIVER: &str = "009";
    /// A test where only production is taken.
    pub const TEST: &str = "020";
    /// The control number was used before for other content.
    pub const DUPLICATE: &str = "025";
}

/// A TA1: what we say of an interchange that came.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Ta1 {
    /// ISA13 of the interchange.
    pub control_number: String,
    /// ISA09 of it.
    pub date: Option<Date>,
    /// ISA10 of it.
    pub time: String,
    /// `A`, `E` or `R`.
    pub status: String,
    /// Note code.
    pub note: String,
}

impl Ta1 {
    /// What reading the interchange says.
    pub fn of(header: &InterchangeHeader, verdict: &InterchangeVerdict) -> Self {
        Self::with(header, verdict.status, verdict.note)
    }

    /// A refusal for a reason outside the file, such as [`note::DUPLICATE`].
    pub fn refusal(header: &InterchangeHeader, note: &str) -> Self {
        Self::with(header, "R", note)
    }

    fn with(header: &InterchangeHeader, status: &str, note: &str) -> Self {
        Self {
            control_number: header.control_number.clone(),
            date: header.date,
            time: header.time.clone(),
            status: status.to_owned(),
            note: note.to_owned(),
        }
    }

    /// The elements of the segment. What the other side wrote wrongly is given as zeros, so that the answer is readable.
    pub fn elements(&self) -> [String; 5] {
        let digits: String = self.control_number.chars().filter(char::is_ascii_digit).collect();
        let number = digits.get(digits.len().saturating_sub(9)..).unwrap_or_default();
        let date = self.date.map_or_else(|| "000000".to_owned(), values::write_short_date);
        let time = if values::is_time(&self.time) { self.time[..4].to_owned() } else { "0000".to_owned() };
        [format!("{number:0>9}"), date, time, self.status.clone(), self.note.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity, element: &'static str, code: &'static str) -> Finding {
        let mut finding = Finding::new(severity, "x", 0, "x").answered(element, code);
        finding.position = Some(3);
        finding.element = Some(2);
        "BEG".clone_into(&mut finding.tag);
        finding
    }

    #[test]
    fn a_set_is_accepted_with_errors_noted_or_refused() {
        let verdict = |refused, list: &[Finding]| set_verdict("850", "0001", refused, list);
        assert_eq!((verdict(false, &[]).status, verdict(false, &[]).errors.len()), ("A", 0));
        let remarked = verdict(false, &[finding(Severity::Warning, "AK403", "7")]);
        assert_eq!((remarked.status, remarked.errors.as_slice(), remarked.notes.len()), ("E", &["5".to_owned()][..], 1));
        assert_eq!(
            (remarked.notes[0].error.as_deref(), remarked.notes[0].element, remarked.notes[0].element_error.as_deref()),
            (Some("8"), Some(2), Some("7"))
        );
        let refused = verdict(true, &[finding(Severity::Error, "AK502", "4"), finding(Severity::Error, "AK304", "3")]);
        assert_eq!((refused.status, refused.errors), ("R", vec!["4".to_owned(), "5".to_owned()]));
    }

    #[test]
    fn a_group_is_judged_by_itself_and_by_its_sets() {
        let set = |status| SetVerdict { status, ..SetVerdict::default() };
        let verdict = |accepted, refused, sets: Vec<SetVerdict>| {
            let received = u32::try_from(sets.len()).unwrap();
            group_verdict(GroupHeader::default(), Some(received), received, accepted, refused, Vec::new(), sets)
        };
        assert_eq!(verdict(2, false, vec![set("A"), set("A")]).status, "A");
        assert_eq!(verdict(2, false, vec![set("A"), set("E")]).status, "E");
        assert_eq!(verdict(1, false, vec![set("A"), set("R")]).status, "P");
        assert_eq!(verdict(0, false, vec![set("R")]).status, "R");
        let refused = verdict(2, true, vec![set("A"), set("A")]);
        assert_eq!((refused.status, refused.accepted, refused.sets[0].status), ("R", 0, "R"));
        assert_eq!(functional(&refused), None, "no 997 can name a group without a header");
    }

    #[test]
    fn an_interchange_gets_the_note_of_its_worst_fault() {
        let list = [finding(Severity::Warning, "TA105", "014"), finding(Severity::Error, "TA105", "021")];
        assert_eq!(interchange_status(true, &list), ("R", "021"));
        assert_eq!(interchange_status(false, &list[..1]), ("E", "014"));
        assert_eq!(interchange_status(false, &[]), ("A", "000"));
    }
}
