//! X12 004010 as a partner's system writes and reads it: strings put together by hand, segments split by hand. It is
//! deliberately another hand than the portal's codecs.

use crate::domain::time::{Date, Timestamp};

/// Who an interchange is from or to, and the name on its documents.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// ISA qualifier, such as `ZZ` or `01`.
    pub qualifier: String,
    /// Interchange id, at most 15 characters.
    pub id: String,
    pub name: String,
}

impl Party {
    /// A party with the mutually defined qualifier `ZZ`.
    pub fn new(id: &str, name: &str) -> Self {
        Self { qualifier: "ZZ".to_owned(), id: id.to_owned(), name: name.to_owned() }
    }
}

/// Where goods go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShipTo {
    pub name: String,
    /// The location's code, as the buyer assigned it.
    pub code: String,
    pub street: String,
    pub city: String,
    /// Two letters.
    pub region: String,
    pub postal_code: String,
    /// Two letters.
    pub country: String,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: String,
    /// Plain decimal.
    pub quantity: String,
    pub unit: String,
    /// Plain decimal, per unit.
    pub price: String,
    pub buyer_part: String,
    pub vendor_part: String,
    pub text: String,
}

/// A purchase order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub number: String,
    pub buyer: Party,
    pub seller: Party,
    pub currency: String,
    /// When the buyer wants it delivered.
    pub requested: Date,
    pub ship_to: ShipTo,
    pub lines: Vec<Line>,
}

/// What a carrier reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierStatus {
    /// Carrier's own number (pro number).
    pub tracking: String,
    /// The shipper's shipment number.
    pub shipment: String,
    /// Standard carrier alpha code.
    pub carrier: String,
    /// X12 code list 1650: `AF` departed, `X4` arrived at a terminal, `D1` delivered, `A7` refused by consignee…
    pub status: String,
    /// X12 code list 1651: `NS` normal.
    pub reason: String,
    pub city: String,
    pub region: String,
    /// Country code.
    pub country: String,
}

/// Transaction sets of one functional group, not yet in their envelopes.
pub struct Sets {
    group: &'static str,
    code: &'static str,
    /// The segments of each set, without ST and SE.
    bodies: Vec<Vec<String>>,
}

impl Sets {
    fn one(group: &'static str, code: &'static str, segments: Vec<String>) -> Self {
        Self { group, code, bodies: vec![segments] }
    }

    /// The code of the set, such as `850`.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }
}

/// One interchange with one group.
pub(super) fn interchange(from: &Party, to: &Party, control: &str, sets: &Sets, now: Timestamp) -> String {
    let (date, time) = (compact(now.date_utc()), clock_time(now));
    let group = control.trim_start_matches('0');
    let mut out = vec![
        format!(
            "ISA*00*{:10}*00*{:10}*{:2}*{:15}*{:2}*{:15}*{}*{time}*U*00401*{control}*0*P*>",
            "",
            "",
            from.qualifier,
            from.id,
            to.qualifier,
            to.id,
            &date[2..]
        ),
        format!("GS*{}*{}*{}*{date}*{time}*{group}*X*004010", sets.group, from.id, to.id),
    ];
    for (index, segments) in sets.bodies.iter().enumerate() {
        let number = format!("{:04}", index + 1);
        out.push(format!("ST*{}*{number}", sets.code));
        // Empty elements at the end of a segment are not written.
        out.extend(segments.iter().map(|segment| segment.trim_end_matches('*').to_owned()));
        out.push(format!("SE*{}*{number}", segments.len() + 2));
    }
    out.push(format!("GE*{}*{group}", sets.bodies.len()));
    out.push(format!("IEA*1*{control}"));
    out.join("~\n") + "~\n"
}

/// An 850.
pub(super) fn purchase_order(order: &Order, today: Date) -> Sets {
    let mut out = vec![
        format!("BEG*00*SA*{}**{}", clean(&order.number), compact(today)),
        format!("CUR*BY*{}", clean(&order.currency)),
        "ITD*01*3*****30".to_owned(),
        format!("DTM*002*{}", compact(order.requested)),
        format!("N1*BY*{}*92*{}", clean(&order.buyer.name), clean(&order.buyer.id)),
        format!("N1*SE*{}*92*{}", clean(&order.seller.name), clean(&order.seller.id)),
    ];
    let to = &order.ship_to;
    out.push(format!("N1*ST*{}*92*{}", clean(&to.name), clean(&to.code)));
    out.push(format!("N3*{}", clean(&to.street)));
    out.push(format!("N4*{}*{}*{}*{}", clean(&to.city), clean(&to.region), clean(&to.postal_code), clean(&to.country)));
    for line in &order.lines {
        out.push(format!("PO1*{}*{}*{}*{}*{}", line.number, line.quantity, line.unit, line.price, part_numbers(line)));
        out.push(format!("PID*F****{}", clean(&line.text)));
    }
    out.push(format!("CTT*{}", order.lines.len()));
    Sets::one("PO", "850", out)
}

/// From PO105 on: no price basis, then the numbers that are known.
pub(super) fn part_numbers(line: &Line) -> String {
    let mut out = String::new();
    for (kind, number) in [("BP", &line.buyer_part), ("VP", &line.vendor_part)] {
        if !number.is_empty() {
            out.extend(["*", kind, "*", &clean(number)]);
        }
    }
    out
}

/// A 214.
pub(super) fn carrier_status(status: &CarrierStatus, now: Timestamp) -> Sets {
    let segments = vec![
        format!("B10*{}*{}*{}", clean(&status.tracking), clean(&status.shipment), clean(&status.carrier)),
        "LX*1".to_owned(),
        format!("AT7*{}*{}***{}*{}*UT", clean(&status.status), clean(&status.reason), compact(now.date_utc()), clock_time(now)),
        format!("MS1*{}*{}*{}", clean(&status.city), clean(&status.region), clean(&status.country)),
    ];
    Sets::one("QM", "214", segments)
}

/// A 997 for one group: every set of it accepted or every set rejected.
pub(super) fn acknowledgment(group: &Group, accepted: bool) -> Sets {
    let count = group.sets.len();
    let verdict = if accepted { "A" } else { "R" };
    let mut out = vec![format!("AK1*{}*{}", group.kind, group.control)];
    for set in &group.sets {
        out.push(format!("AK2*{}*{}", set.code, set.control));
        out.push(if accepted { "AK5*A".to_owned() } else { "AK5*R*5".to_owned() });
    }
    out.push(format!("AK9*{verdict}*{count}*{count}*{}", if accepted { count } else { 0 }));
    Sets::one("FA", "997", out)
}

/// An 861: everything that a ship notice (856) announced has come, in good order.
pub(super) fn receiving_advice(notice: &Set, at: Timestamp) -> Sets {
    let today = compact(at.date_utc());
    let shipment = notice.segments.iter().find(|segment| segment[0] == "BSN").map_or("", |segment| element(segment, 2));
    let mut out = vec![format!("BRA*R{shipment}*{today}*00*2"), format!("REF*SI*{shipment}"), format!("DTM*050*{today}")];
    let (mut order, mut item) = ("", String::new());
    for segment in &notice.segments {
        match segment[0].as_str() {
            "PRF" => order = element(segment, 1),
            "LIN" => item = segment.iter().map(|text| clean(text)).collect::<Vec<_>>().join("*"),
            "SN1" => {
                out.push(format!("RCD*{}*{}*{}", element(segment, 1), element(segment, 2), element(segment, 3)));
                out.push(std::mem::take(&mut item));
                out.push(format!("PRF*{order}"));
            }
            _ => {}
        }
    }
    out.retain(|segment| !segment.is_empty());
    Sets::one("RC", "861", out)
}

/// One of a supplier's documents.
pub(super) fn seller_document(code: &'static str, segments: Vec<String>) -> Sets {
    let group = match code {
        "855" => "PR",
        "856" => "SH",
        _ => "IN",
    };
    Sets::one(group, code, segments)
}

/// What was read of an interchange.
#[derive(Debug)]
pub(super) struct Interchange {
    pub(super) sender: Party,
    pub(super) receiver: Party,
    pub(super) control: String,
    pub(super) groups: Vec<Group>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) kind: String,
    pub(super) control: String,
    pub(super) sets: Vec<Set>,
}

#[derive(Debug)]
pub(super) struct Set {
    pub(super) code: String,
    pub(super) control: String,
    /// Segments between ST and SE, each split into its elements, the name first.
    pub(super) segments: Vec<Vec<String>>,
}

/// Element of a segment, empty where it is missing; 0 is the segment's name.
pub(super) fn element(segment: &[String], index: usize) -> &str {
    segment.get(index).map_or("", String::as_str)
}

/// Reads one interchange; `None` where the text is not one. Checks nothing: this partner believes what it is told.
pub(super) fn read(text: &str) -> Option<Interchange> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n']);
    let separator = start.strip_prefix("ISA")?.chars().next()?;
    let terminator = start.chars().nth(105)?;
    let mut segments = start.split(terminator).map(|segment| {
        let elements = segment.trim_matches(['\r', '\n']).split(separator);
        elements.map(|element| element.trim_end().to_owned()).collect::<Vec<_>>()
    });
    let isa = segments.next()?;
    let party = |at: usize| Party { qualifier: element(&isa, at).to_owned(), id: element(&isa, at + 1).to_owned(), name: String::new() };
    let mut found = Interchange { sender: party(5), receiver: party(7), control: element(&isa, 13).to_owned(), groups: Vec::new() };
    for segment in segments {
        let at = |index| element(&segment, index).to_owned();
        match segment[0].as_str() {
            "GS" => found.groups.push(Group { kind: at(1), control: at(6), sets: Vec::new() }),
            "ST" => found.groups.last_mut()?.sets.push(Set { code: at(1), control: at(2), segments: Vec::new() }),
            "SE" | "GE" | "IEA" | "TA1" | "" => {}
            _ => found.groups.last_mut()?.sets.last_mut()?.segments.push(segment),
        }
    }
    Some(found)
}

/// `CCYYMMDD`.
pub(super) fn compact(date: Date) -> String {
    date.to_string().replace('-', "")
}

/// `HHMM` in UTC.
pub(super) fn clock_time(now: Timestamp) -> String {
    let minutes = now.micros().div_euclid(60_000_000).rem_euclid(24 * 60);
    format!("{:02}{:02}", minutes / 60, minutes % 60)
}

/// Text without the characters that would end an element or a segment.
pub(super) fn clean(text: &str) -> String {
    text.replace(['*', '~', '>', '\r', '\n'], " ")
}
