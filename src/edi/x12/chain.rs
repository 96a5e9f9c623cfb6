//! The chain of one interchange: ISA, GS, ST, SE, GE, IEA with their control numbers and counts. Takes segment by segment,
//! hands those of a set to its table and its reader, and tells what has ended. Reads no bytes itself.

use std::collections::HashSet;

use crate::edi::finding::{Finding, Findings, Severity};

use super::{
    ack,
    check::{Checker, about, about_element},
    envelope,
    event::{Event, GroupHeader, GroupVerdict, InterchangeAcknowledgment, InterchangeHeader, InterchangeVerdict, SetResult, SetVerdict},
    read::{Notes, SetReader, reader},
    reader::{Depth, Options, Room},
    sets::{self, SetRule},
    token::{Delimiters, Header, Segment},
    values,
};

/// A set that is being read.
struct OpenSet {
    code: String,
    control_number: String,
    rule: Option<&'static SetRule>,
    checker: Option<Checker>,
    reader: Option<Box<dyn SetReader>>,
    notes: Notes,
    first: u32,
    start: u64,
}

/// A group that is being read.
struct OpenGroup {
    header: GroupHeader,
    number: u32,
    offset: u64,
    release: Option<u32>,
    controls: HashSet<String>,
    findings: Findings,
    sets: Vec<SetVerdict>,
    accepted: u32,
}

/// An interchange that is being read.
pub(super) struct Open {
    pub(super) header: InterchangeHeader,
    options: Options,
    pub(super) findings: Findings,
    /// What is left of the limits of the file.
    pub(super) room: Room,
    /// Segments so far.
    pub(super) number: u32,
    groups: u32,
    acknowledgments: u32,
    group: Option<OpenGroup>,
    set: Option<OpenSet>,
    latin1: bool,
}

impl Open {
    /// Behind its ISA.
    pub(super) fn new(header: Header, options: Options, mut room: Room) -> Self {
        room.part();
        let mut findings = Findings::default();
        envelope::check_header(&header, &mut findings);
        let get = |n: usize| header.elements.get(n - 1).cloned().unwrap_or_default();
        let isa = InterchangeHeader {
            sender_qualifier: get(5),
            sender: get(6),
            receiver_qualifier: get(7),
            receiver: get(8),
            date: values::date(&get(9)),
            time: get(10),
            version: get(12),
            control_number: get(13),
            ack_requested: get(14) == "1",
            usage: get(15),
            delimiters: header.delimiters.ok(),
            offset: header.offset,
        };
        let mut open =
            Self { header: isa, options, findings, room, number: 1, groups: 0, acknowledgments: 0, group: None, set: None, latin1: false };
        if !header.utf8 {
            open.not_utf8(header.offset, 1);
        }
        open
    }

    fn not_utf8(&mut self, offset: u64, segment: u32) {
        if !self.latin1 {
            self.latin1 = true;
            let mut finding = Finding::new(
                Severity::Warning,
                "not_utf8",
                offset,
                "The text is not UTF-8 and is read as Latin-1. Check accented letters, and send UTF-8.",
            );
            finding.segment = Some(segment);
            self.findings.push(finding);
        }
    }

    /// Takes one segment; true when the interchange has ended with it.
    #[allow(clippy::too_many_arguments)] // the place of one segment, taken apart so that nothing is copied on the hot path
    pub(super) fn take(
        &mut self,
        raw: &[u8],
        delimiters: Delimiters,
        offset: u64,
        behind: u64,
        ended: bool,
        ends: &mut Vec<u32>,
        sink: &mut impl FnMut(Event),
    ) -> bool {
        self.number += 1;
        let in_set = self.set.is_some();
        // Behind the envelope's own tags nothing is cut unless it is wanted.
        if self.options.depth == Depth::Envelope && in_set && !is_envelope(raw, delimiters.element) {
            return false;
        }
        let mut segment = Segment::cut(raw, delimiters, ends);
        segment.number = self.number;
        segment.offset = offset;
        if !segment.is_utf8() {
            self.not_utf8(offset, self.number);
        }
        match segment.tag() {
            b"GS" => {
                self.lost_set(&segment, sink);
                self.lost_group(&segment, sink);
                self.open_group(&segment, sink);
            }
            b"ST" => {
                self.lost_set(&segment, sink);
                self.open_set(segment, sink);
            }
            b"SE" => self.close_set(segment, behind, sink),
            b"GE" => {
                self.lost_set(&segment, sink);
                self.close_group(&segment, sink);
            }
            b"IEA" => {
                self.lost_set(&segment, sink);
                self.lost_group(&segment, sink);
                self.trailer(&segment, ended);
                return true;
            }
            b"TA1" if !in_set => self.interchange_acknowledgment(&segment, sink),
            _ => self.content(segment),
        }
        false
    }

    fn content(&mut self, mut segment: Segment<'_>) {
        let Some(set) = &mut self.set else {
            let message = format!(
                "{} stands outside any transaction set and was not read. Check the ST before it.",
                segment.tag_text().chars().take(20).collect::<String>()
            );
            let finding = about(&segment, Severity::Error, "segment_outside_set", message);
            match &mut self.group {
                Some(group) => group.findings.push(finding),
                None => self.findings.push(finding.answered("TA105", "024")),
            }
            return;
        };
        segment.position = segment.number - set.first + 1;
        set.take(&segment);
    }

    fn open_group(&mut self, segment: &Segment<'_>, sink: &mut impl FnMut(Event)) {
        self.groups += 1;
        self.room.part();
        let mut findings = Findings::default();
        let header = envelope::group_header(segment, &mut findings, &mut self.findings);
        let release = values::release(&header.version);
        sink(Event::GroupBegin(header.clone()));
        self.group = Some(OpenGroup {
            header,
            number: segment.number,
            offset: segment.offset,
            release,
            controls: HashSet::new(),
            findings,
            sets: Vec::new(),
            accepted: 0,
        });
    }

    fn open_set(&mut self, mut segment: Segment<'_>, sink: &mut impl FnMut(Event)) {
        if self.group.is_none() {
            self.findings.push(
                about(
                    &segment,
                    Severity::Error,
                    "set_outside_group",
                    "A transaction set stands outside any functional group. Put it between GS and GE.",
                )
                .answered("TA105", "024"),
            );
            let header = GroupHeader { implicit: true, ..GroupHeader::default() };
            sink(Event::GroupBegin(header.clone()));
            self.group = Some(OpenGroup {
                header,
                number: segment.number,
                offset: segment.offset,
                release: None,
                controls: HashSet::new(),
                findings: Findings::default(),
                sets: Vec::new(),
                accepted: 0,
            });
        }
        let Some(group) = &mut self.group else { return };
        self.room.part();
        segment.position = 1;
        let code = segment.get(1).unwrap_or_default();
        let control_number = segment.get(2).unwrap_or_default();
        let rule = sets::find(&code);
        let mut notes = Notes::new(self.options.origins);
        match rule {
            None => {
                let message = format!("Transaction set {code} is not read here. Agree with the sender on what to exchange.");
                notes.findings.push(about_element(&segment, 1, Severity::Error, "set_not_supported", message).answered("AK502", "1"));
            }
            Some(rule) if rule.group != group.header.functional_id && !group.header.implicit => {
                let message = format!(
                    "Set {} stands in a group of kind “{}” (GS01); it belongs in {}. Correct GS01.",
                    rule.code, group.header.functional_id, rule.group
                );
                let mut finding = Finding::new(Severity::Error, "wrong_functional_id", group.offset, message).answered("AK502", "6");
                finding.segment = Some(group.number);
                "GS".clone_into(&mut finding.tag);
                finding.element = Some(1);
                finding.value = Some(group.header.functional_id.clone());
                notes.findings.push(finding);
            }
            Some(_) => {}
        }
        if !group.controls.insert(control_number.clone()) {
            let message = format!("Control number {control_number} (ST02) is used twice in this group. Number the sets once each.");
            notes.findings.push(about_element(&segment, 2, Severity::Error, "set_control_repeated", message).answered("AK502", "23"));
        }
        let deep = self.options.depth != Depth::Envelope;
        let mut set = OpenSet {
            code,
            control_number,
            rule,
            checker: rule.filter(|_| deep).map(|rule| Checker::new(rule, group.release.unwrap_or(4010))),
            reader: rule.filter(|_| self.options.depth == Depth::Documents).and_then(reader),
            notes,
            first: segment.number,
            start: segment.offset,
        };
        set.take(&segment);
        self.set = Some(set);
    }

    fn close_set(&mut self, mut segment: Segment<'_>, behind: u64, sink: &mut impl FnMut(Event)) {
        let Some(mut set) = self.set.take() else {
            let finding = about(
                &segment,
                Severity::Error,
                "segment_outside_set",
                "SE ends a transaction set that never began. Check the ST before it.",
            );
            self.group.as_mut().map_or(&mut self.findings, |g| &mut g.findings).push(finding);
            return;
        };
        segment.position = segment.number - set.first + 1;
        set.take(&segment);
        if let Some(checker) = &mut set.checker {
            checker.finish(&segment, &mut set.notes.findings);
        }
        if segment.text(1).parse() != Ok(segment.position) {
            let message = format!(
                "SE01 counts “{}” segments, the set has {}. Check that nothing was lost, then correct the count.",
                segment.text(1),
                segment.position
            );
            set.notes.findings.push(about_element(&segment, 1, Severity::Error, "segment_count_differs", message).answered("AK502", "4"));
        }
        if segment.text(2) != set.control_number {
            let message = format!(
                "SE02 is “{}”, ST02 is “{}”. They must be the same; correct the one that is wrong.",
                segment.text(2),
                set.control_number
            );
            set.notes.findings.push(about_element(&segment, 2, Severity::Error, "set_control_differs", message).answered("AK502", "3"));
        }
        self.deliver(set, segment.number, behind, sink);
    }

    /// A set whose SE never came: the next envelope segment shows it.
    fn lost_set(&mut self, segment: &Segment<'_>, sink: &mut impl FnMut(Event)) {
        if let Some(mut set) = self.set.take() {
            let message = format!("Set {} {} has no SE before this segment. Check that it was sent whole.", set.code, set.control_number);
            set.notes.findings.push(about(segment, Severity::Error, "set_trailer_missing", message).answered("AK502", "2"));
            if let Some(checker) = &mut set.checker {
                let mut last = *segment;
                last.position = segment.number - set.first;
                checker.finish(&last, &mut set.notes.findings);
            }
            self.deliver(set, segment.number.saturating_sub(1), segment.offset, sink);
        }
    }

    fn deliver(&mut self, mut set: OpenSet, last: u32, behind: u64, sink: &mut impl FnMut(Event)) {
        let document = set.reader.take().and_then(|reader| reader.finish(&mut set.notes));
        let (findings, origins) = set.notes.into_parts();
        let refused = findings.any_error();
        let findings = self.room.fit(findings.into_list());
        let verdict = ack::set_verdict(&set.code, &set.control_number, refused, &findings);
        if let Some(group) = &mut self.group {
            group.accepted += u32::from(!refused);
            group.sets.push(verdict.clone());
        }
        sink(Event::Set(Box::new(SetResult {
            code: set.code,
            control_number: set.control_number,
            kind: set.rule.map_or("unknown", |rule| rule.kind),
            document,
            origins,
            findings,
            accepted: !refused,
            verdict,
            segments: (set.first, last),
            bytes: (set.start, behind),
        })));
    }

    fn close_group(&mut self, segment: &Segment<'_>, sink: &mut impl FnMut(Event)) {
        let Some(mut group) = self.group.take().filter(|g| !g.header.implicit) else {
            let finding = about(
                segment,
                Severity::Error,
                "segment_outside_group",
                "GE ends a functional group that never began. Check the GS before it.",
            )
            .answered("TA105", "024");
            self.findings.push(finding);
            return;
        };
        let received = u32::try_from(group.sets.len()).unwrap_or(u32::MAX);
        let included = segment.text(1).parse().ok();
        if included != Some(received) {
            let message = format!(
                "GE01 counts “{}” sets, the group has {received}. Check that nothing was lost, then correct the count.",
                segment.text(1)
            );
            group.findings.push(about_element(segment, 1, Severity::Error, "set_count_differs", message).answered("AK905", "5"));
        }
        if !envelope::same_number(&segment.text(2), &group.header.control_number) {
            let message = format!(
                "GE02 is “{}”, GS06 is “{}”. They must be the same; correct the one that is wrong.",
                segment.text(2),
                group.header.control_number
            );
            group.findings.push(about_element(segment, 2, Severity::Error, "group_control_differs", message).answered("AK905", "4"));
        }
        if received == 0 {
            group.findings.push(
                about(segment, Severity::Error, "group_empty", "The group holds no transaction set. Leave it out, or check what was lost.")
                    .answered("AK905", "5"),
            );
        }
        self.end_group(group, included, sink);
    }

    fn end_group(&mut self, group: OpenGroup, included: Option<u32>, sink: &mut impl FnMut(Event)) {
        let mut verdict = group.verdict(included);
        verdict.findings = self.room.fit(verdict.findings);
        sink(Event::GroupEnd(verdict));
    }

    /// A group whose GE never came.
    fn lost_group(&mut self, segment: &Segment<'_>, sink: &mut impl FnMut(Event)) {
        if let Some(mut group) = self.group.take() {
            if !group.header.implicit {
                let message = format!("Group {} has no GE before this segment. Check that it was sent whole.", group.header.control_number);
                group.findings.push(about(segment, Severity::Error, "group_trailer_missing", message).answered("AK905", "3"));
            }
            self.end_group(group, None, sink);
        }
    }

    fn trailer(&mut self, segment: &Segment<'_>, ended: bool) {
        if segment.text(1).parse() != Ok(self.groups) {
            let message = format!(
                "IEA01 counts “{}” groups, the interchange has {}. Check that nothing was lost, then correct the count.",
                segment.text(1),
                self.groups
            );
            self.findings.push(about_element(segment, 1, Severity::Error, "group_count_differs", message).answered("TA105", "021"));
        }
        if !envelope::same_number(&segment.text(2), &self.header.control_number) {
            let message = format!(
                "IEA02 is “{}”, ISA13 is “{}”. They must be the same; correct the one that is wrong.",
                segment.text(2),
                self.header.control_number
            );
            self.findings.push(about_element(segment, 2, Severity::Error, "interchange_control_differs", message).answered("TA105", "001"));
        }
        if self.groups == 0 && self.acknowledgments == 0 {
            let message = "The interchange holds nothing. Leave it out, or check what was lost.";
            self.findings.push(about(segment, Severity::Error, "interchange_empty", message).answered("TA105", "024"));
        }
        if !ended && !matches!(segment.delimiters.segment, b'\r' | b'\n') {
            self.findings.push(about(
                segment,
                Severity::Warning,
                "last_terminator_missing",
                "The last segment has no terminator. Check that the file was sent whole.",
            ));
        }
    }

    /// The file, or what can be read of it, ends before the IEA.
    pub(super) fn cut_short(&mut self, offset: u64, why: &str, sink: &mut impl FnMut(Event)) {
        let mut ends = Vec::new();
        let mut nothing = Segment::cut(b"", self.header.delimiters.unwrap_or_default(), &mut ends);
        nothing.number = self.number + 1;
        nothing.offset = offset;
        self.lost_set(&nothing, sink);
        self.lost_group(&nothing, sink);
        let message = format!("The interchange is not whole: {why} before its IEA. Send it again, whole.");
        let mut finding = Finding::new(Severity::Error, "interchange_trailer_missing", offset, message).answered("TA105", "023");
        finding.segment = Some(self.number);
        self.findings.push(finding);
    }

    /// Says the verdict.
    pub(super) fn end(&mut self, behind: u64, sink: &mut impl FnMut(Event)) {
        let findings = std::mem::take(&mut self.findings);
        let refused = findings.any_error();
        let findings = self.room.fit(findings.into_list());
        let (status, note) = ack::interchange_status(refused, &findings);
        sink(Event::InterchangeEnd(InterchangeVerdict { status, note, findings, bytes: (self.header.offset, behind) }));
    }

    fn interchange_acknowledgment(&mut self, segment: &Segment<'_>, sink: &mut impl FnMut(Event)) {
        self.acknowledgments += 1;
        self.room.part();
        envelope::check_interchange_acknowledgment(segment, &mut self.findings);
        let get = |n: usize| segment.get(n).unwrap_or_default();
        sink(Event::Acknowledgment(InterchangeAcknowledgment {
            control_number: get(1),
            date: values::date(&get(2)),
            time: get(3),
            status: get(4),
            note: get(5),
        }));
    }
}

impl OpenSet {
    fn take(&mut self, segment: &Segment<'_>) {
        if let Some(checker) = &mut self.checker {
            checker.segment(segment, &mut self.notes.findings);
        }
        if let Some(reader) = &mut self.reader {
            self.notes.reading(segment);
            reader.segment(segment, &mut self.notes);
        }
    }
}

impl OpenGroup {
    fn verdict(self, included: Option<u32>) -> GroupVerdict {
        let refused = self.findings.any_error();
        let received = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        ack::group_verdict(self.header, included, received, self.accepted, refused, self.findings.into_list(), self.sets)
    }
}

/// Whether a raw segment belongs to the envelope.
fn is_envelope(raw: &[u8], element: u8) -> bool {
    let tag = |tag: &[u8]| raw.starts_with(tag) && raw.get(tag.len()) == Some(&element);
    match raw.first() {
        Some(b'S') => tag(b"ST") || tag(b"SE"),
        Some(b'G') => tag(b"GS") || tag(b"GE"),
        Some(b'I') => tag(b"IEA"),
        _ => false,
    }
}
