//! What the other systems of the demonstration write: interchanges with control numbers of their own, from canonical
//! documents or from raw segments where the portal's codec reads a set and does not write it.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::companies::Company;
use crate::{
    domain::{
        message::{Document, FunctionalAcknowledgment, SegmentNote},
        number::Quantity,
        order::Line,
        time::Timestamp,
    },
    edi::x12::{
        Delimiters, ack,
        envelope::{self, Envelope, GroupOut},
        reader, values,
        write::{self, Dialect, SetBody},
    },
    service::{Error, Result},
    store::orders::Order,
};

/// Control numbers of the seed begin here, above all that the sandbox's partners use.
const FIRST_CONTROL: u32 = 900_000_001;

/// Writes interchanges.
#[derive(Default)]
pub(super) struct Post {
    controls: BTreeMap<(&'static str, &'static str), u32>,
}

impl Post {
    /// One interchange with one group of these sets.
    pub(super) fn interchange(&mut self, from: &'static Company, to: &'static Company, sets: &[SetBody], now: Timestamp) -> Result<Bytes> {
        let control = self.controls.entry((from.code, to.code)).or_insert(FIRST_CONTROL);
        let envelope = envelope(from, to, *control, now);
        let group = GroupOut {
            sender: from.address.1.to_owned(),
            receiver: to.address.1.to_owned(),
            control_number: *control,
            sets: (1..).zip(sets).map(|(nth, set): (u32, _)| (set, format!("{nth:04}"))).collect(),
        };
        *control += 1;
        envelope::interchange(&envelope, &Dialect::default(), &[group]).map(Bytes::from).map_err(|errors| defect(&errors))
    }
}

fn envelope(from: &Company, to: &Company, control_number: u32, now: Timestamp) -> Envelope {
    Envelope {
        sender_qualifier: from.address.0.to_owned(),
        sender: from.address.1.to_owned(),
        receiver_qualifier: to.address.0.to_owned(),
        receiver: to.address.1.to_owned(),
        control_number,
        date: now.date_utc(),
        time: hours_and_minutes(now),
        ack_requested: false,
        test: false,
    }
}

pub(super) fn hours_and_minutes(now: Timestamp) -> String {
    let time = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
    format!("{:02}{:02}", time.hour(), time.minute())
}

fn defect(errors: &[write::FieldError]) -> Error {
    Error::Internal(format!("the demonstration wrote what cannot be written: {errors:?}"))
}

/// A canonical document as a set.
pub(super) fn set(document: &Document) -> Result<SetBody> {
    write::set(document, &Dialect::default()).map_err(|errors| defect(&errors))
}

/// A set from its segments, each with its elements separated by stars.
pub(super) fn raw(code: &'static str, functional_id: &'static str, segments: &[String]) -> SetBody {
    let dialect = Dialect::default();
    let text: String = segments.iter().flat_map(|segment| [segment.as_str(), "~"]).collect();
    SetBody {
        code,
        functional_id,
        segments: u32::try_from(segments.len()).unwrap_or_default(),
        bytes: text.into_bytes(),
        version: dialect.version,
        delimiters: Delimiters::default(),
        newline: false,
    }
}

/// A carrier's report (214).
pub(super) fn report(scac: &str, tracking: &str, shipment: &str, status: &str, place: (&str, &str), now: Timestamp) -> SetBody {
    let reason = if status == "CA" || status == "SD" { "AO" } else { "NS" };
    raw(
        "214",
        "QM",
        &[
            format!("B10*{tracking}*{shipment}*{scac}"),
            "LX*1".to_owned(),
            format!("AT7*{status}*{reason}***{}*{}*UT", values::write_date(now.date_utc()), hours_and_minutes(now)),
            format!("MS1*{}**{}", place.0, place.1),
        ],
    )
}

/// A receiver's count (861): everything came, but for what is missing of the last line.
pub(super) fn receipt(shipment: &str, order: &Order, lines: &[(Line, Quantity)], missing: Quantity, now: Timestamp) -> SetBody {
    let today = values::write_date(now.date_utc());
    let mut out = vec![format!("BRA*R{shipment}*{today}*00*2"), format!("REF*SI*{shipment}"), format!("DTM*050*{today}")];
    for (nth, (line, shipped)) in lines.iter().enumerate() {
        let less = if nth + 1 == lines.len() { missing } else { Quantity::ZERO };
        out.push(format!("RCD*{}*{}*{}", line.line, shipped.less(less), line.unit));
        if let Some(item) = &line.buyer_item {
            out.push(format!("LIN*{}*BP*{item}", line.line));
        }
        out.push(format!("PRF*{}", order.number));
    }
    raw("861", "RC", &out)
}

/// How a receiver's system judges what it read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    Accept,
    /// Errors noted.
    Note,
    Reject,
}

/// The functional acknowledgments of a file, as its receiver's system writes them; those for acknowledgments left out.
pub(super) fn acknowledgments(bytes: &[u8], judgement: Judgement) -> Vec<FunctionalAcknowledgment> {
    let mut found = Vec::new();
    for group in reader::read_all(bytes).iter().flat_map(|interchange| &interchange.groups) {
        let Some(mut content) = ack::functional(&group.verdict).filter(|content| content.functional_id != "FA") else { continue };
        if judgement != Judgement::Accept {
            let letter = if judgement == Judgement::Note { "E" } else { "R" };
            letter.clone_into(&mut content.status);
            content.accepted = Some(u32::from(judgement == Judgement::Note));
            for set in &mut content.sets {
                letter.clone_into(&mut set.status);
                set.errors = vec!["5".to_owned()];
                set.notes = complaint(bytes).into_iter().collect();
            }
        }
        found.push(content);
    }
    found
}

/// An item number that the receiver says it does not know: the seller's, in the first segment that names one.
fn complaint(bytes: &[u8]) -> Option<SegmentNote> {
    let text = String::from_utf8_lossy(bytes);
    let segments: Vec<Vec<&str>> = text.split('~').map(|segment| segment.split('*').collect()).collect();
    let start = segments.iter().position(|segment| segment[0] == "ST")?;
    let place = segments.iter().position(|segment| matches!(segment[0], "PO1" | "IT1" | "LIN"))?;
    let segment = &segments[place];
    let element = segment.iter().position(|kind| *kind == "VP").map_or(segment.len() - 1, |kind| kind + 1);
    Some(SegmentNote {
        segment: segment[0].to_owned(),
        position: u32::try_from(place - start + 1).ok()?,
        loop_id: None,
        error: Some("8".to_owned()),
        element: u16::try_from(element).ok(),
        component: None,
        reference: Some(234),
        element_error: Some("7".to_owned()),
        value: segment.get(element).map(|value| (*value).to_owned()),
    })
}
