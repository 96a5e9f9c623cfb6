//! One transaction set against its table: is each segment allowed where it stands, is everything there that must be, is
//! each element of the right type, length and code. Says what is wrong in findings; reads no meaning. The checks of
//! single values are shared with the writer.

use std::borrow::Cow;

use crate::{
    domain::number::{NumberError, PLACES, parse_scaled},
    edi::finding::{Finding, Findings, Severity},
};

use super::{
    codes,
    schema::{Codes, Element, Kind, Rule, SegmentRule},
    sets::{Node, SetRule, known_tag},
    token::{Segment, decode},
    values,
};

/// What is wrong with one value.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Our name for it.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// AK403.
    pub answer: &'static str,
    /// What is wrong with it and what to do, to stand after the element's name.
    pub words: Cow<'static, str>,
}

#[allow(clippy::unnecessary_wraps)] // its callers say what was found, or nothing
fn problem(code: &'static str, answer: &'static str, words: impl Into<Cow<'static, str>>) -> Option<Problem> {
    Some(Problem { code, severity: Severity::Error, answer, words: words.into() })
}

#[allow(clippy::unnecessary_wraps)] // as above
fn remark(code: &'static str, answer: &'static str, words: impl Into<Cow<'static, str>>) -> Option<Problem> {
    Some(Problem { code, severity: Severity::Warning, answer, words: words.into() })
}

/// Checks one value against its element; the first problem counts. `release` is 4010 for version 004010.
pub fn value(element: &Element, text: &str, release: u32) -> Option<Problem> {
    if text.bytes().any(|b| b < 0x20 || b == 0x7F) || (!text.is_ascii() && text.chars().any(char::is_control)) {
        return problem(
            "invalid_character",
            "6",
            "holds a control character or line break. Remove it; if the file changes its segment terminator, use one throughout.",
        );
    }
    printable(element, text, release)
}

/// The same for a value that holds no control character.
fn printable(element: &Element, text: &str, release: u32) -> Option<Problem> {
    if text.is_empty() {
        return if element.mandatory { problem("element_missing", "1", "is missing. Fill it in.") } else { None };
    }
    match element.kind {
        Kind::N(_) | Kind::R => number(element, text, release),
        Kind::Dt => day(text),
        Kind::Tm if values::is_time(text) => None,
        Kind::Tm => problem("invalid_time", "9", "is not a time. Write it as HHMM or HHMMSS."),
        Kind::An | Kind::Id => text_value(element, text, release),
    }
}

fn text_value(element: &Element, text: &str, release: u32) -> Option<Problem> {
    // Bytes are an upper bound of characters; counting is needed only past it.
    let longest = element.longest(release);
    if text.len() > longest {
        let length = text.chars().count();
        // Free text that runs over is still understood; everything else that is too long is not what was meant.
        if length > longest && element.is_free_text() {
            return remark(
                "element_too_long",
                "5",
                format!("has {length} characters; {longest} are allowed. It is kept whole; shorten it."),
            );
        }
        if length > longest {
            return problem("element_too_long", "5", format!("has {length} characters; at most {longest} are allowed. Shorten it."));
        }
    }
    let shortest = usize::from(element.min);
    if text.len() < shortest || (!text.is_ascii() && text.chars().count() < shortest) {
        // A control number without its leading zeros still numbers the set.
        let severity = if element.reference == 329 { Severity::Warning } else { Severity::Error };
        let words = format!("is shorter than {shortest} characters. Write it in full.").into();
        return Some(Problem { code: "element_too_short", severity, answer: "4", words });
    }
    match element.codes {
        Codes::Any if element.reference == 100 && !text.bytes().all(|b| b.is_ascii_uppercase()) => {
            problem("invalid_code", "7", "is not a currency. Use its three capital letters, such as USD.")
        }
        Codes::Any => None,
        Codes::Closed(list) | Codes::Open(list) if codes::knows(list, text) => None,
        Codes::Closed(list) => problem("invalid_code", "7", format!("is not a code that is accepted here. Use one of {}.", some(list))),
        Codes::Open(_) if !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) => {
            problem("invalid_code", "7", "is not a code. Codes are capital letters and digits.")
        }
        Codes::Open(_) => remark("unlisted_code", "7", "is a code that is not known here. It is kept as sent; check that it is meant."),
    }
}

fn number(element: &Element, text: &str, release: u32) -> Option<Problem> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let places = if element.kind == Kind::R { PLACES } else { 0 };
    if places == 0 && text.contains('.') {
        return problem("not_a_number", "6", "is not a whole number. Write digits only; decimals are implied, not written.");
    }
    let fault = if text.starts_with('+') { Err(NumberError::NotANumber) } else { parse_scaled(text, places) };
    match fault {
        Err(NumberError::NotANumber | NumberError::Empty) => {
            problem("not_a_number", "6", "is not a number. Write digits, with a point before decimals where they are allowed.")
        }
        Err(NumberError::TooPrecise { .. }) => {
            problem("number_too_precise", "5", format!("has more than {PLACES} decimal places, which cannot be kept exactly. Send fewer."))
        }
        Err(NumberError::TooLarge) => problem("number_too_large", "5", "is too large to be kept exactly. Send a smaller number."),
        Ok(_) => {
            let longest = element.longest(release);
            if digits > longest {
                problem("element_too_long", "5", format!("has {digits} digits; at most {longest} are allowed. Shorten it."))
            } else if digits < usize::from(element.min) {
                problem("element_too_short", "4", format!("has fewer than {} digits. Write it in full.", element.min))
            } else {
                None
            }
        }
    }
}

fn day(text: &str) -> Option<Problem> {
    match values::date(text) {
        None => problem("invalid_date", "8", "is not a date. Write it as CCYYMMDD."),
        Some(_) if text.len() == 6 => {
            remark("two_digit_year", "8", "has a year of two digits; 00 to 69 is read as 2000 to 2069. Send CCYYMMDD.")
        }
        Some(_) => None,
    }
}

fn some(list: &[&str]) -> String {
    let shown = list.iter().take(12).copied().collect::<Vec<_>>().join(", ");
    if list.len() > 12 { format!("{shown}, ...") } else { shown }
}

/// Checks how elements depend on each other: for each broken rule the element that is missing, and the words.
pub fn rules(rule: &SegmentRule, has: impl Fn(u16) -> bool, mut broken: impl FnMut(u16, String)) {
    let name = |n: u16| format!("{}{n:02}", rule.tag);
    for condition in rule.rules {
        match *condition {
            Rule::Together(list) if list.iter().any(|&n| has(n)) => {
                if let Some(&missing) = list.iter().find(|&&n| !has(n)) {
                    broken(
                        missing,
                        format!(
                            "{} must be there together. Fill in {}, or leave them all out.",
                            list.iter().map(|&n| name(n)).collect::<Vec<_>>().join(" and "),
                            name(missing)
                        ),
                    );
                }
            }
            Rule::Together(_) => {}
            Rule::OneOf(list) => {
                if !list.iter().any(|&n| has(n)) {
                    broken(
                        list[0],
                        format!("one of {} must be there. Fill one in.", list.iter().map(|&n| name(n)).collect::<Vec<_>>().join(", ")),
                    );
                }
            }
            Rule::Then(first, second) => {
                if has(first) && !has(second) {
                    broken(second, format!("{} must be there because {} is. Fill it in.", name(second), name(first)));
                }
            }
        }
    }
}

/// A finding about a segment.
pub fn about(segment: &Segment<'_>, severity: Severity, code: &'static str, message: impl Into<String>) -> Finding {
    let mut finding = Finding::new(severity, code, segment.offset, message);
    finding.segment = Some(segment.number);
    finding.tag = segment.tag_text().chars().take(8).collect();
    finding.position = (segment.position > 0).then_some(segment.position);
    finding
}

/// A finding about an element of a segment.
pub fn about_element(segment: &Segment<'_>, element: usize, severity: Severity, code: &'static str, message: impl Into<String>) -> Finding {
    let mut finding = about(segment, severity, code, message);
    finding.element = u16::try_from(element).ok();
    finding.offset = segment.element_offset(element);
    finding.value = segment.get(element).map(|text| text.chars().take(99).collect());
    finding
}

/// Checks the elements of one segment.
pub fn elements(segment: &Segment<'_>, rule: &'static SegmentRule, release: u32, loop_id: Option<&'static str>, findings: &mut Findings) {
    for (index, element) in rule.elements.iter().enumerate() {
        let position = index + 1;
        let bytes = if element.composite { segment.component(position, 1) } else { segment.bytes(position) };
        if bytes.is_empty() && !element.mandatory {
            continue;
        }
        let text = if element.composite { decode(bytes) } else { segment.text(position) };
        let found = if segment.is_plain() {
            printable(element, &text, release)
        } else {
            // A NUL is no longer in the text.
            value(element, if bytes.contains(&0) { "\0" } else { &text }, release)
        };
        let found = found.or_else(|| {
            if element.composite || !segment.has_components() || !bytes.contains(&segment.delimiters.component) {
                return None;
            }
            remark("component_in_simple_element", "6", "holds the component separator, although it has no components. The text is kept as sent; choose a separator that the text does not use.")
        });
        if let Some(found) = found {
            let shown = if text.is_empty() {
                String::new()
            } else {
                format!(" “{}”", text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>())
            };
            let message = format!("{}{position:02} ({}){shown} {}", rule.tag, element.name, found.words);
            let mut finding = about_element(segment, position, found.severity, found.code, message).answered("AK403", found.answer);
            finding.reference = Some(element.reference);
            finding.loop_id = loop_id;
            findings.push(finding);
        }
    }
    for position in usize::from(rule.width) + 1..=segment.width() {
        if segment.has(position) {
            let message = format!(
                "{} has {} elements; the standard gives it {}. Remove the rest, or check that no text holds the separator.",
                rule.tag,
                segment.width(),
                rule.width
            );
            let mut finding = about_element(segment, position, Severity::Error, "too_many_elements", message).answered("AK403", "3");
            finding.loop_id = loop_id;
            findings.push(finding);
            break;
        }
    }
    rules(
        rule,
        |n| segment.has(usize::from(n)),
        |element, words| {
            let mut finding =
                about_element(segment, usize::from(element), Severity::Error, "element_missing", words).answered("AK403", "2");
            finding.reference = rule.element(usize::from(element)).map(|e| e.reference);
            finding.loop_id = loop_id;
            findings.push(finding);
        },
    );
}

/// Most nodes a level of a set may have.
const WIDEST: usize = 24;

struct Level {
    opener: Option<&'static Node>,
    nodes: &'static [Node],
    counts: [u32; WIDEST],
}

impl Level {
    fn new(opener: Option<&'static Node>, nodes: &'static [Node]) -> Self {
        Self { opener, nodes, counts: [0; WIDEST] }
    }

    fn loop_id(&self) -> Option<&'static str> {
        self.opener.map(|node| node.rule.tag)
    }
}

/// Walks one set.
pub struct Checker {
    set: &'static SetRule,
    release: u32,
    levels: Vec<Level>,
    reached: u8,
}

impl Checker {
    /// At the start of a set.
    pub fn new(set: &'static SetRule, release: u32) -> Self {
        Self { set, release, levels: vec![Level::new(None, set.nodes)], reached: 1 }
    }

    /// Checks the next segment; ST and SE included.
    pub fn segment(&mut self, segment: &Segment<'_>, findings: &mut Findings) {
        let tag = segment.tag();
        let Some((depth, index)) = self.find(segment.key()) else {
            if !self.set.passed_over.iter().any(|t| t.as_bytes() == tag) {
                self.unknown(segment, findings);
            }
            return;
        };
        while self.levels.len() > depth + 1 {
            self.close(segment, findings);
        }
        let level = &mut self.levels[depth];
        let node = &level.nodes[index];
        level.counts[index] += 1;
        let (count, loop_id) = (level.counts[index], level.loop_id());
        if count > node.max {
            let (code, answer, what) =
                if node.inside.is_some() { ("loop_too_often", "4", "loop") } else { ("segment_too_often", "5", "segment") };
            let message = format!("The {what} {} stands here {count} times; {} is the most. Remove the rest.", node.rule.tag, node.max);
            findings.push(about(segment, Severity::Error, code, message).answered("AK304", answer));
        }
        if depth == 0 && node.area != 0 {
            if node.area < self.reached {
                let message = format!(
                    "{} stands too late: it belongs before the part of the document that has begun. Put it in its place.",
                    node.rule.tag
                );
                findings.push(about(segment, Severity::Error, "segment_out_of_place", message).answered("AK304", "7"));
            }
            self.reached = self.reached.max(node.area);
        }
        if let Some(inside) = node.inside {
            self.levels.push(Level::new(Some(node), inside));
            elements(segment, node.rule, self.release, Some(node.rule.tag), findings);
        } else {
            elements(segment, node.rule, self.release, loop_id, findings);
        }
    }

    /// The innermost place for a tag: depth of the level and index in it.
    fn find(&self, key: u32) -> Option<(usize, usize)> {
        self.levels
            .iter()
            .enumerate()
            .rev()
            .find_map(|(depth, level)| level.nodes.iter().position(|node| node.rule.key == key).map(|index| (depth, index)))
    }

    fn unknown(&self, segment: &Segment<'_>, findings: &mut Findings) {
        let tag = segment.tag();
        let shape =
            matches!(tag.len(), 2 | 3) && tag[0].is_ascii_uppercase() && tag.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let shown: String = segment.tag_text().chars().take(20).filter(|c| !c.is_control()).collect();
        let code = self.set.code;
        let mut finding = if !shape {
            let message = format!("“{shown}” is not the tag of a segment. Check the segment terminators around it.");
            about(segment, Severity::Error, "unknown_segment", message).answered("AK304", "1")
        } else if known_tag(tag) {
            about(
                segment,
                Severity::Error,
                "segment_not_in_set",
                format!("{shown} does not belong here in set {code}. Remove it or move it to its place."),
            )
            .answered("AK304", "2")
        } else {
            about(segment, Severity::Error, "unknown_segment", format!("{shown} is not a segment of set {code}. Remove it."))
                .answered("AK304", "1")
        };
        finding.loop_id = self.levels.last().and_then(Level::loop_id);
        findings.push(finding);
    }

    /// Leaves the innermost level and says what was missing in it.
    fn close(&mut self, segment: &Segment<'_>, findings: &mut Findings) {
        let Some(level) = self.levels.pop() else { return };
        for (node, count) in level.nodes.iter().zip(level.counts) {
            if node.mandatory && count == 0 {
                let place = level.loop_id().map_or_else(|| format!("the {}", self.set.code), |id| format!("the {id} loop"));
                let mut finding = about(
                    segment,
                    Severity::Error,
                    "segment_missing",
                    format!("{} ({}) is missing in {place} before this segment. Add it.", node.rule.tag, node.rule.name),
                )
                .answered("AK304", "3");
                node.rule.tag.clone_into(&mut finding.tag);
                finding.loop_id = if node.inside.is_some() { Some(node.rule.tag) } else { level.loop_id() };
                findings.push(finding);
            }
        }
    }

    /// Closes the set at its last segment.
    pub fn finish(&mut self, segment: &Segment<'_>, findings: &mut Findings) {
        while !self.levels.is_empty() {
            self.close(segment, findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edi::x12::{schema, sets, token::Delimiters};

    fn codes_of(rule: &'static SegmentRule, text: &str) -> Vec<(u16, &'static str, &'static str)> {
        let mut ends = Vec::new();
        let segment = Segment::cut(text.as_bytes(), Delimiters::default(), &mut ends);
        let mut findings = Findings::default();
        elements(&segment, rule, 4010, None, &mut findings);
        findings.into_list().into_iter().map(|f| (f.element.unwrap_or(0), f.code, f.answer.map_or("", |a| a.code))).collect()
    }

    #[test]
    fn elements_are_checked_for_presence_type_length_and_code() {
        let long = format!("BEG*00*SA*{}**20260102", "9".repeat(23));
        for (rule, text, expected) in [
            (&schema::BEG, "BEG*00*SA*PO1**20260102", vec![]),
            (&schema::BEG, "BEG*00*SA***20260102", vec![(3, "element_missing", "1")]),
            (&schema::BEG, "BEG*99*SA*1**20260102", vec![(1, "invalid_code", "7")]),
            (&schema::BEG, "BEG*00*Q9*1**20260102", vec![(2, "unlisted_code", "7")]),
            (&schema::BEG, "BEG*00*sa*1**20260102", vec![(2, "invalid_code", "7")]),
            (&schema::BEG, "BEG*0*SA*1**20260102", vec![(1, "element_too_short", "4")]),
            (&schema::BEG, &long, vec![(3, "element_too_long", "5")]),
            (&schema::BEG, "BEG*00*SA*1**20260231", vec![(5, "invalid_date", "8")]),
            (&schema::BEG, "BEG*00*SA*1**260102", vec![(5, "two_digit_year", "8")]),
            (&schema::BEG, "BEG*00*SA*1**20260102********X", vec![(13, "too_many_elements", "3")]),
            (&schema::BEG, "BEG*00*SA*1\n2**20260102", vec![(3, "invalid_character", "6")]),
            (&schema::BEG, "BEG*00*SA*1\x002**20260102", vec![(3, "invalid_character", "6")]),
            (&schema::BEG, "BEG*00*SA*1>2**20260102", vec![(3, "component_in_simple_element", "6")]),
            (&schema::BSN, "BSN*00*SHIP*20260102*2561", vec![(4, "invalid_time", "9")]),
            (&schema::PO1, "PO1*1*ten*EA", vec![(2, "not_a_number", "6")]),
            (&schema::PO1, "PO1*1*1.1234567*EA", vec![(2, "number_too_precise", "5")]),
            (&schema::PO1, "PO1*1*1*EA*0.1234**VP", vec![(7, "element_missing", "2")]),
            (&schema::TDS, "TDS*12.50", vec![(1, "not_a_number", "6")]),
            (&schema::N1, "N1*ST", vec![(2, "element_missing", "2")]),
            (&schema::ACK, "ACK*XX", vec![(1, "invalid_code", "7")]),
            (&schema::AK4, "AK4*2>1*355*7*XX", vec![]),
            (&schema::AK4, "AK4*x*355*99", vec![(1, "not_a_number", "6"), (3, "invalid_code", "7")]),
        ] {
            assert_eq!(codes_of(rule, text), expected, "{text}");
        }
    }

    #[test]
    fn segments_are_checked_for_place_and_number() {
        let walk = |body: &str| -> Vec<String> {
            let mut checker = Checker::new(sets::find("850").unwrap(), 4010);
            let mut findings = Findings::default();
            let mut ends = Vec::new();
            let all: Vec<&str> = body.split('~').collect();
            for (n, text) in (1u32..).zip(&all) {
                let mut segment = Segment::cut(text.as_bytes(), Delimiters::default(), &mut ends);
                segment.position = n;
                checker.segment(&segment, &mut findings);
                if n as usize == all.len() {
                    checker.finish(&segment, &mut findings);
                }
            }
            findings.into_list().into_iter().map(|f| format!("{} {}", f.tag, f.answer.map_or("", |a| a.code))).collect()
        };
        let head = "ST*850*0001~BEG*00*SA*1**20260102";
        let tail = "PO1*1*1*EA~CTT*1~SE*5*0001";
        assert_eq!(walk(&format!("{head}~{tail}")), Vec::<String>::new());
        assert_eq!(walk(&format!("{head}~AMT*TT*1~{tail}")), Vec::<String>::new());
        assert_eq!(walk(&format!("ST*850*0001~{tail}")), ["BEG 3"]);
        assert_eq!(walk(&format!("{head}~SE*3*0001")), ["PO1 3"]);
        assert_eq!(walk(&format!("{head}~QQQ*1~{tail}")), ["QQQ 1"]);
        assert_eq!(walk(&format!("{head}~HL*1**S~{tail}")), ["HL 2"]);
        assert_eq!(walk(&format!("{head}~BEG*00*SA*1**20260102~{tail}")), ["BEG 5"]);
        assert_eq!(walk(&format!("{head}~PO1*1*1*EA~CTT*1~PO1*2*1*EA~SE*6*0001")), ["PO1 7"]);
        assert_eq!(
            walk(&format!("{head}~N1*ST*A~N3*X~N4*Y Z~PO1*1*1*EA~PID*F****Q~N1*ST*B~REF*PO*1~PO1*2*1*EA~DTM*002*20260101~CTT*2~SE*1*0001")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn no_level_is_wider_than_its_counters() {
        fn walk(nodes: &[Node]) {
            assert!(nodes.len() <= WIDEST);
            for node in nodes {
                walk(node.inside.unwrap_or_default());
            }
        }
        for set in sets::SETS {
            walk(set.nodes);
        }
    }
}
