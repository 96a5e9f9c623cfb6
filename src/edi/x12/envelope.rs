//! The envelope: checks of ISA, GS and TA1 when reading, and writing all of it around encoded sets. Control numbers, date
//! and time are values from outside: they are allocated long after a document was encoded.

use crate::{
    domain::time::Date,
    edi::finding::{Finding, Findings, Severity},
};

use super::{
    ack::{self, Ta1},
    check::about_element,
    event::GroupHeader,
    reader::header_fault,
    token::{Delimiters, Header, Segment},
    values,
    write::{Dialect, FieldError, SetBody},
};

/// Widths of ISA01 to ISA16 in a padded ISA.
const WIDTHS: [usize; 16] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];

/// Checks an ISA.
pub fn check_header(header: &Header, findings: &mut Findings) {
    let mut note = |severity, code, answer, element: u16, message: String| {
        let mut finding = Finding::new(severity, code, header.offset, message).answered("TA105", answer);
        finding.segment = Some(1);
        "ISA".clone_into(&mut finding.tag);
        finding.element = (element > 0).then_some(element);
        finding.value = header.elements.get(usize::from(element).wrapping_sub(1)).cloned();
        findings.push(finding);
    };
    if let Err(fault) = header.delimiters {
        let (code, answer, message) = header_fault(fault);
        note(Severity::Error, code, answer, 0, message.to_owned());
        return;
    }
    let get = |n: usize| header.elements.get(n - 1).map_or("", String::as_str);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if get(6).is_empty() {
        note(Severity::Error, "sender_missing", "006", 6, "ISA06 (sender) is empty. Fill in the sender's id.".into());
    }
    if get(8).is_empty() {
        note(Severity::Error, "receiver_missing", "008", 8, "ISA08 (receiver) is empty. Fill in the receiver's id.".into());
    }
    if !digits(get(13)) || get(13).len() > 9 {
        note(
            Severity::Error,
            "interchange_control_invalid",
            "018",
            13,
            format!("ISA13 (control number) is “{}”. Use up to nine digits.", get(13)),
        );
    }
    if !digits(get(12)) || get(12).len() != 5 {
        note(
            Severity::Error,
            "interchange_version_invalid",
            "017",
            12,
            format!("ISA12 (version) is “{}”. Use five digits, such as 00401.", get(12)),
        );
    }
    for (element, answer, what) in [(5usize, "005", "the sender's id"), (7, "007", "the receiver's id")] {
        if get(element).chars().count() != 2 {
            note(
                Severity::Warning,
                "qualifier_invalid",
                answer,
                u16::try_from(element).unwrap_or(0),
                format!("ISA{element:02} (kind of {what}) has not two characters. Correct it."),
            );
        }
    }
    if get(9).len() != 6 || values::date(get(9)).is_none() {
        note(Severity::Warning, "interchange_date_invalid", "014", 9, format!("ISA09 (date) is “{}”. Write it as YYMMDD.", get(9)));
    }
    if !values::is_time(get(10)) {
        note(Severity::Warning, "interchange_time_invalid", "015", 10, format!("ISA10 (time) is “{}”. Write it as HHMM.", get(10)));
    }
    if !matches!(get(14), "0" | "1") {
        note(
            Severity::Warning,
            "acknowledgment_request_invalid",
            "019",
            14,
            format!("ISA14 (acknowledgment requested) is “{}”. Use 0 or 1.", get(14)),
        );
    }
    if !matches!(get(15), "P" | "T" | "I") {
        note(Severity::Warning, "usage_invalid", "020", 15, format!("ISA15 (usage) is “{}”. Use P for production or T for test.", get(15)));
    }
    if let Some(n) = (0..16).find(|&n| header.widths.get(n) != Some(&WIDTHS[n])) {
        // Read all the same: only the width is wrong, and no code of a TA1 means that.
        let mut finding = Finding::new(
            Severity::Info,
            "isa_not_padded",
            header.offset,
            format!(
                "ISA{:02} has {} characters; the standard fixes it at {}. It was read all the same.",
                n + 1,
                header.widths.get(n).copied().unwrap_or(0),
                WIDTHS[n]
            ),
        );
        finding.segment = Some(1);
        "ISA".clone_into(&mut finding.tag);
        finding.element = u16::try_from(n + 1).ok();
        findings.push(finding);
    }
}

/// Reads and checks a GS. What a 997 could not quote is a fault of the `interchange`, answered by its TA1.
pub fn group_header(segment: &Segment<'_>, findings: &mut Findings, interchange: &mut Findings) -> GroupHeader {
    let get = |n: usize| segment.get(n).unwrap_or_default();
    let header = GroupHeader {
        functional_id: get(1),
        sender: get(2),
        receiver: get(3),
        date: values::date(&get(4)),
        time: get(5),
        control_number: get(6),
        version: get(8),
        implicit: false,
    };
    let control = &header.control_number;
    if control.is_empty() || control.len() > 9 || !control.bytes().all(|b| b.is_ascii_digit()) {
        let message = format!("GS06 (control number) is “{control}”. Use up to nine digits.");
        interchange.push(about_element(segment, 6, Severity::Error, "group_control_invalid", message).answered("TA105", "024"));
    }
    if values::release(&header.version).is_none() {
        let message = format!("GS08 (version) is “{}”, which is not a version of X12. Use one such as 004010.", header.version);
        findings.push(about_element(segment, 8, Severity::Error, "group_version_unsupported", message).answered("AK905", "2"));
    }
    if !ack::is_code(&header.functional_id, 2, 2) {
        let message = format!("GS01 (what the group holds) is “{}”. Use its two letters, such as PO.", header.functional_id);
        interchange.push(about_element(segment, 1, Severity::Error, "group_functional_id_invalid", message).answered("TA105", "024"));
    }
    for (element, name, present) in
        [(2, "sender", !header.sender.is_empty()), (3, "receiver", !header.receiver.is_empty()), (4, "date", header.date.is_some())]
    {
        if !present {
            findings.push(about_element(
                segment,
                element,
                Severity::Warning,
                "group_header_incomplete",
                format!("GS{element:02} ({name}) is missing or cannot be read. Fill it in."),
            ));
        }
    }
    header
}

/// Checks a TA1 that came.
pub fn check_interchange_acknowledgment(segment: &Segment<'_>, findings: &mut Findings) {
    let mut fault = |element, message: &str| {
        findings
            .push(about_element(segment, element, Severity::Error, "interchange_acknowledgment_invalid", message).answered("TA105", "024"));
    };
    let number = segment.text(1);
    if number.is_empty() || number.len() > 9 || !number.bytes().all(|b| b.is_ascii_digit()) {
        fault(1, "TA101 (control number) is not a number of up to nine digits. Correct it.");
    }
    if !matches!(segment.bytes(4), b"A" | b"E" | b"R") {
        fault(4, "TA104 (verdict) is not A, E or R. Correct it.");
    }
    if segment.bytes(5).len() != 3 || !segment.bytes(5).iter().all(u8::is_ascii_digit) {
        fault(5, "TA105 (note) is not a code of three digits. Correct it.");
    }
}

/// Whether two control numbers are the same; `000000007` is `7`.
pub fn same_number(left: &str, right: &str) -> bool {
    match (left.parse::<u64>(), right.parse::<u64>()) {
        (Ok(left), Ok(right)) => left == right,
        _ => left == right,
    }
}

/// An interchange to write.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// ISA05.
    pub sender_qualifier: String,
    /// ISA06.
    pub sender: String,
    /// ISA07.
    pub receiver_qualifier: String,
    /// ISA08.
    pub receiver: String,
    /// ISA13, 1 to 999,999,999.
    pub control_number: u32,
    /// ISA09 and GS04.
    pub date: Date,
    /// ISA10 and GS05, HHMM.
    pub time: String,
    /// ISA14: whether a TA1 is wanted.
    pub ack_requested: bool,
    /// ISA15: whether this is a test.
    pub test: bool,
}

/// A group to write.
#[derive(Clone, Debug)]
pub struct GroupOut<'a> {
    /// GS02.
    pub sender: String,
    /// GS03.
    pub receiver: String,
    /// GS06, 1 to 999,999,999.
    pub control_number: u32,
    /// The sets with their control numbers (ST02, 4 to 9 characters), all of one kind; the kind gives GS01.
    pub sets: Vec<(&'a SetBody, String)>,
}

/// Writes an interchange. Errors name the fields of the envelope, such as `sender` or `groups.0.receiver`.
pub fn interchange(envelope: &Envelope, dialect: &Dialect, groups: &[GroupOut<'_>]) -> Result<Vec<u8>, Vec<FieldError>> {
    let mut errors = check(envelope, dialect);
    for (g, group) in groups.iter().enumerate() {
        check_group(g, group, dialect, &mut errors);
    }
    if groups.is_empty() {
        errors.push(FieldError::new("groups", "there is nothing to send"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut out = Out::new(dialect);
    out.isa(envelope);
    for group in groups {
        let functional_id = group.sets.first().map_or("", |(body, _)| body.functional_id);
        let number = group.control_number.to_string();
        out.segment(&[
            "GS",
            functional_id,
            &group.sender,
            &group.receiver,
            &values::write_date(envelope.date),
            &envelope.time,
            &number,
            "X",
            &dialect.version,
        ]);
        for (body, control) in &group.sets {
            out.segment(&["ST", body.code, control]);
            out.bytes.extend_from_slice(&body.bytes);
            out.segment(&["SE", &(body.segments + 2).to_string(), control]);
        }
        out.segment(&["GE", &group.sets.len().to_string(), &number]);
    }
    out.segment(&["IEA", &groups.len().to_string(), &format!("{:09}", envelope.control_number)]);
    Ok(out.bytes)
}

/// Writes an interchange that holds nothing but a TA1.
pub fn interchange_acknowledgment(envelope: &Envelope, dialect: &Dialect, answer: &Ta1) -> Result<Vec<u8>, Vec<FieldError>> {
    let errors = check(envelope, dialect);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut out = Out::new(dialect);
    out.isa(envelope);
    let [number, date, time, status, note] = answer.elements();
    out.segment(&["TA1", &number, &date, &time, &status, &note]);
    out.segment(&["IEA", "0", &format!("{:09}", envelope.control_number)]);
    Ok(out.bytes)
}

fn check(envelope: &Envelope, dialect: &Dialect) -> Vec<FieldError> {
    let mut errors = dialect.check();
    let d = dialect.delimiters;
    for (path, text, longest) in [
        ("sender_qualifier", &envelope.sender_qualifier, 2),
        ("sender", &envelope.sender, 15),
        ("receiver_qualifier", &envelope.receiver_qualifier, 2),
        ("receiver", &envelope.receiver, 15),
    ] {
        plain(path, text, if longest == 2 { 2 } else { 1 }, longest, d, &mut errors);
    }
    control("control_number", envelope.control_number, &mut errors);
    if envelope.time.len() != 4 || !values::is_time(&envelope.time) {
        errors.push(FieldError::new("time", "is not a time, HHMM"));
    }
    errors
}

fn check_group(g: usize, group: &GroupOut<'_>, dialect: &Dialect, errors: &mut Vec<FieldError>) {
    for (name, text) in [("sender", &group.sender), ("receiver", &group.receiver)] {
        plain(&format!("groups.{g}.{name}"), text, 2, 15, dialect.delimiters, errors);
    }
    control(&format!("groups.{g}.control_number"), group.control_number, errors);
    let mut seen = std::collections::HashSet::new();
    for (s, (body, number)) in group.sets.iter().enumerate() {
        let path = format!("groups.{g}.sets.{s}");
        plain(&path, number, 4, 9, dialect.delimiters, errors);
        if !seen.insert(number) {
            errors.push(FieldError::new(&path, "has the control number of another set"));
        }
        if body.functional_id != group.sets[0].0.functional_id {
            errors.push(FieldError::new(&path, "is of another kind than the first set of the group"));
        }
        if body.delimiters != dialect.delimiters || body.version != dialect.version || body.newline != dialect.newline {
            errors.push(FieldError::new(&path, "was written in another dialect than the interchange"));
        }
    }
    if group.sets.is_empty() {
        errors.push(FieldError::new(&format!("groups.{g}.sets"), "there is nothing to send"));
    }
}

fn plain(path: &str, text: &str, shortest: usize, longest: usize, delimiters: Delimiters, errors: &mut Vec<FieldError>) {
    if text.len() < shortest || text.len() > longest {
        errors.push(FieldError::new(path, format!("must have {shortest} to {longest} characters")));
    } else if !text.bytes().all(|b| (0x20..0x7F).contains(&b)) || text.bytes().any(|b| delimiters.contain(b)) || text.trim() != text {
        errors.push(FieldError::new(path, "holds a character that cannot stand there"));
    }
}

fn control(path: &str, number: u32, errors: &mut Vec<FieldError>) {
    if !(1..=999_999_999).contains(&number) {
        errors.push(FieldError::new(path, "must be 1 to 999999999"));
    }
}

struct Out<'a> {
    dialect: &'a Dialect,
    bytes: Vec<u8>,
}

impl<'a> Out<'a> {
    fn new(dialect: &'a Dialect) -> Self {
        Self { dialect, bytes: Vec::new() }
    }

    fn isa(&mut self, e: &Envelope) {
        let d = self.dialect.delimiters;
        let component = char::from(d.component).to_string();
        let eleventh = char::from(d.repetition.unwrap_or(b'U')).to_string();
        let padded = [
            "00",
            "          ",
            "00",
            "          ",
            &e.sender_qualifier,
            &format!("{:<15}", e.sender),
            &e.receiver_qualifier,
            &format!("{:<15}", e.receiver),
            &values::write_short_date(e.date),
            &e.time,
            &eleventh,
            &self.dialect.interchange_version(),
            &format!("{:09}", e.control_number),
            if e.ack_requested { "1" } else { "0" },
            if e.test { "T" } else { "P" },
            &component,
        ];
        self.bytes.extend_from_slice(b"ISA");
        for element in padded {
            self.bytes.push(d.element);
            self.bytes.extend_from_slice(element.as_bytes());
        }
        self.dialect.terminate(&mut self.bytes);
    }

    fn segment(&mut self, elements: &[&str]) {
        for (i, element) in elements.iter().enumerate() {
            if i > 0 {
                self.bytes.push(self.dialect.delimiters.element);
            }
            self.bytes.extend_from_slice(element.as_bytes());
        }
        self.dialect.terminate(&mut self.bytes);
    }
}
