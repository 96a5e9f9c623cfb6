//! What reading a file tells, in order: [`Event`]s for a service that streams, or the same as a tree of
//! [`Interchange`]s. Sets are judged one by one; what their group's trailer and their interchange's trailer say comes
//! after them, so a set is final only when its interchange has ended ([`Interchange::settle`]).

use crate::{
    domain::{
        message::{Document, Origins, SegmentNote},
        time::Date,
    },
    edi::finding::{Finding, Severity},
};

use super::token::Delimiters;

/// The ISA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterchangeHeader {
    /// ISA05.
    pub sender_qualifier: String,
    /// ISA06 without padding.
    pub sender: String,
    /// ISA07.
    pub receiver_qualifier: String,
    /// ISA08 without padding.
    pub receiver: String,
    /// ISA09.
    pub date: Option<Date>,
    /// ISA10 as sent.
    pub time: String,
    /// ISA12.
    pub version: String,
    /// ISA13 as sent.
    pub control_number: String,
    /// ISA14: whether a TA1 is asked for.
    pub ack_requested: bool,
    /// ISA15: `P` production, `T` test, `I` information.
    pub usage: String,
    /// How it is cut; `None` where the ISA cannot be used.
    pub delimiters: Option<Delimiters>,
    /// Byte offset of the ISA in the file.
    pub offset: u64,
}

/// The GS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupHeader {
    /// GS01: what it holds.
    pub functional_id: String,
    /// GS02.
    pub sender: String,
    /// GS03.
    pub receiver: String,
    /// GS04.
    pub date: Option<Date>,
    /// GS05 as sent.
    pub time: String,
    /// GS06.
    pub control_number: String,
    /// GS08.
    pub version: String,
    /// Whether there is no GS: the set stood outside any group, and no 997 can answer it.
    pub implicit: bool,
}

/// A transaction set, read.
#[derive(Clone, Debug, PartialEq)]
pub struct SetResult {
    /// ST01.
    pub code: String,
    /// ST02.
    pub control_number: String,
    /// `purchase_order` and so on; `unknown` for a set that is not read here.
    pub kind: &'static str,
    /// What it says, as far as it could be read; also of a set that is not accepted.
    pub document: Option<Document>,
    /// Where each value of the document stood.
    pub origins: Origins,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// Whether it may be applied. Final when the interchange has ended.
    pub accepted: bool,
    /// What a 997 says of it.
    pub verdict: SetVerdict,
    /// First and last segment, counted from 1 at ISA.
    pub segments: (u32, u32),
    /// First byte in the file, and the first behind it.
    pub bytes: (u64, u64),
}

/// What a 997 says of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetVerdict {
    /// ST01.
    pub code: String,
    /// ST02.
    pub control_number: String,
    /// AK501: `A`, `E` or `R`.
    pub status: &'static str,
    /// AK502 and on.
    pub errors: Vec<String>,
    /// AK3 and AK4.
    pub notes: Vec<SegmentNote>,
}

/// What a 997 says of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupVerdict {
    /// The group.
    pub header: GroupHeader,
    /// AK901: `A`, `E`, `P` or `R`.
    pub status: &'static str,
    /// GE01, where it could be read.
    pub included: Option<u32>,
    /// Sets that came.
    pub received: u32,
    /// Sets that are accepted.
    pub accepted: u32,
    /// AK905 and on.
    pub errors: Vec<String>,
    /// What was noticed about the group itself.
    pub findings: Vec<Finding>,
    /// The verdicts on its sets, in order, with the group's own fault applied to them.
    pub sets: Vec<SetVerdict>,
}

/// What a TA1 says of an interchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterchangeVerdict {
    /// TA104: `A`, `E` or `R`.
    pub status: &'static str,
    /// TA105: `000` where nothing is wrong.
    pub note: &'static str,
    /// What was noticed about the envelope.
    pub findings: Vec<Finding>,
    /// First byte in the file, and the first behind it.
    pub bytes: (u64, u64),
}

/// A TA1 that came: what the other side says of an interchange of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterchangeAcknowledgment {
    /// ISA13 of the interchange it speaks of.
    pub control_number: String,
    /// ISA09 of it.
    pub date: Option<Date>,
    /// ISA10 of it, as sent.
    pub time: String,
    /// `A`, `E` or `R`.
    pub status: String,
    /// Note code.
    pub note: String,
}

/// One step of reading a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An interchange begins.
    InterchangeBegin(InterchangeHeader),
    /// A TA1 stands in it.
    Acknowledgment(InterchangeAcknowledgment),
    /// A group begins.
    GroupBegin(GroupHeader),
    /// A set was read.
    Set(Box<SetResult>),
    /// A group ended.
    GroupEnd(GroupVerdict),
    /// An interchange ended; only now its groups and sets are final.
    InterchangeEnd(InterchangeVerdict),
    /// Something between or behind the interchanges that is none.
    Stray(Finding),
}

/// A group with its sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The GS.
    pub header: GroupHeader,
    /// The sets.
    pub sets: Vec<SetResult>,
    /// The verdict.
    pub verdict: GroupVerdict,
}

/// An interchange with its groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Interchange {
    /// The ISA.
    pub header: InterchangeHeader,
    /// The TA1s in it.
    pub acknowledgments: Vec<InterchangeAcknowledgment>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The verdict.
    pub verdict: InterchangeVerdict,
}

impl Interchange {
    /// Refuses the sets of a refused group, and everything in a refused interchange, and says so in their findings.
    pub fn settle(&mut self) {
        let outer = self.verdict.findings.iter().find(|f| f.is_error());
        for group in &mut self.groups {
            let Some(fault) = group.verdict.findings.iter().find(|f| f.is_error()).or(outer) else { continue };
            for set in &mut group.sets {
                set.accepted = false;
                set.verdict.status = "R";
                let mut finding = Finding::new(
                    Severity::Error,
                    "envelope_refused",
                    fault.offset,
                    format!("Not accepted because of its envelope. {}", fault.message),
                );
                (finding.segment, finding.element) = (fault.segment, fault.element);
                finding.tag.clone_from(&fault.tag);
                set.findings.push(finding);
            }
        }
    }

    /// Whether all of it may be applied.
    pub fn accepted(&self) -> bool {
        self.verdict.status != "R"
            && self.groups.iter().all(|g| !g.verdict.findings.iter().any(Finding::is_error) && g.sets.iter().all(|s| s.accepted))
    }
}

/// Gathers events into trees.
#[derive(Default)]
pub struct Collector {
    /// The interchanges that have ended.
    pub interchanges: Vec<Interchange>,
    /// What belongs to no interchange.
    pub stray: Vec<Finding>,
    open: Option<(InterchangeHeader, Vec<InterchangeAcknowledgment>, Vec<Group>)>,
    sets: Vec<SetResult>,
}

impl Collector {
    /// Takes one event.
    pub fn take(&mut self, event: Event) {
        match event {
            Event::InterchangeBegin(header) => self.open = Some((header, Vec::new(), Vec::new())),
            Event::Acknowledgment(answer) => {
                if let Some((_, answers, _)) = &mut self.open {
                    answers.push(answer);
                }
            }
            Event::GroupBegin(_) => {}
            Event::Set(set) => self.sets.push(*set),
            Event::GroupEnd(verdict) => {
                let sets = std::mem::take(&mut self.sets);
                if let Some((_, _, groups)) = &mut self.open {
                    groups.push(Group { header: verdict.header.clone(), sets, verdict });
                }
            }
            Event::InterchangeEnd(verdict) => {
                if let Some((header, acknowledgments, groups)) = self.open.take() {
                    let mut interchange = Interchange { header, acknowledgments, groups, verdict };
                    interchange.settle();
                    self.interchanges.push(interchange);
                }
            }
            Event::Stray(finding) => self.stray.push(finding),
        }
    }
}
