//! Simulated partners: each reads what arrives in its mailbox, acknowledges it, and, where it is a supplier, answers
//! orders, ships and invoices after the delays it was given. It believes what it reads; its arithmetic is exact.

use std::collections::{BTreeMap, HashMap};

use super::{
    mailbox::Mailboxes,
    x12::{self, Interchange, Line, Party, Set, Sets, clean, compact, element},
};
use crate::domain::time::Timestamp;

/// How a partner answers what it receives.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// What it does about each functional group that is not itself an acknowledgment.
    pub acknowledge: Acknowledge,
    /// Seconds until it acknowledges.
    pub acknowledge_after: i64,
    /// How it answers purchase orders, where it is a supplier.
    pub supplier: Option<Supplier>,
}

/// What a partner says in its functional acknowledgments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Acknowledge {
    /// Accepted.
    #[default]
    Accept,
    /// Rejected, every set of it.
    Reject,
    /// It never acknowledges.
    Never,
}

/// A supplier's habits. Delays are in seconds after the order was read.
#[derive(Clone, Debug)]
pub struct Supplier {
    /// Until the order response (855).
    pub answer_after: i64,
    /// Until the first ship notice (856); the next part ships as long after it again.
    pub ship_after: i64,
    /// From each ship notice to its invoice (810).
    pub invoice_after: i64,
    /// In how many shipments an order leaves; at least one.
    pub parts: i64,
    /// Lines confirmed short: line number and the quantity it can deliver, a plain decimal. The rest is backordered.
    pub short: Vec<(String, String)>,
    /// Standard carrier alpha code of the carrier it uses.
    pub carrier: String,
}

impl Default for Supplier {
    fn default() -> Self {
        Self { answer_after: 30, ship_after: 120, invoice_after: 60, parts: 1, short: Vec::new(), carrier: "UPSN".to_owned() }
    }
}

/// An interchange that a partner received.
#[derive(Clone, Debug)]
pub struct Received {
    pub sender: Party,
    pub receiver: Party,
    /// Control number of the interchange.
    pub control: String,
    /// Code and control number of each transaction set.
    pub sets: Vec<(String, String)>,
    /// For a 997: what it acknowledges, as (GS01, group control number, verdict AK901).
    pub acknowledges: Vec<(String, String, String)>,
    /// The bytes as text.
    pub text: String,
    pub at: Timestamp,
}

/// Control numbers, one count for each pair of sender and receiver.
pub(super) struct Controls {
    start: u32,
    next: HashMap<(String, String), u32>,
}

impl Controls {
    pub(super) fn set(&mut self, from: &Party, to: &Party, control: u32) {
        self.next.insert((from.id.clone(), to.id.clone()), control);
    }

    pub(super) fn next(&mut self, from: &Party, to: &Party) -> String {
        let next = self.next.entry((from.id.clone(), to.id.clone())).or_insert(self.start);
        let control = *next;
        *next = if control >= 999_999_999 { 1 } else { control + 1 };
        format!("{control:09}")
    }
}

pub(super) struct Partners {
    behaviours: BTreeMap<String, Behaviour>,
    received: Vec<(String, Received)>,
    agenda: Vec<Due>,
    pub(super) controls: Controls,
    /// Counts shipments and invoices.
    documents: u32,
}

/// A document that a partner will send.
struct Due {
    at: Timestamp,
    partner: String,
    from: Party,
    to: Party,
    document: Document,
}

enum Document {
    Acknowledgment(Sets),
    Answer(Taken),
    /// Part of so many.
    Shipment(Taken, i64),
    Invoice(Taken, i64, String),
}

/// An order as the supplier took it.
#[derive(Clone)]
struct Taken {
    number: String,
    date: String,
    requested: String,
    lines: Vec<Line>,
    /// N1, N3 and N4 of the ship-to, as they came.
    ship_to: Vec<String>,
    names: (String, String),
    habits: Supplier,
}

impl Partners {
    pub(super) fn new(start: Timestamp) -> Self {
        // One number a second is never used up, so a sandbox started later begins past all numbers used before.
        let seconds = start.micros().div_euclid(1_000_000).rem_euclid(900_000_000);
        let start = u32::try_from(seconds).unwrap_or_default() + 1;
        let controls = Controls { start, next: HashMap::new() };
        Self { behaviours: BTreeMap::new(), received: Vec::new(), agenda: Vec::new(), controls, documents: start % 1_000_000 }
    }

    pub(super) fn set(&mut self, code: &str, behaviour: Behaviour) {
        self.behaviours.insert(code.to_owned(), behaviour);
    }

    pub(super) fn received(&self, partner: &str) -> Vec<Received> {
        self.received.iter().filter(|(code, _)| code == partner).map(|(_, received)| received.clone()).collect()
    }

    /// Every partner takes what has arrived and plans its answers. What is no X12 at all is dropped.
    pub(super) fn read(&mut self, mailboxes: &mut Mailboxes, now: Timestamp) {
        for (partner, behaviour) in self.behaviours.clone() {
            for parcel in mailboxes.take_for_partner(&partner, now) {
                let text = String::from_utf8_lossy(&parcel.content).into_owned();
                let Some(interchange) = x12::read(&text) else { continue };
                self.plan(&partner, &behaviour, &interchange, now);
                self.received.push((partner.clone(), noted(&interchange, text, now)));
            }
        }
    }

    /// Sends what is due, in the order it was due. Returns how many parcels that made.
    pub(super) fn send_due(&mut self, mailboxes: &mut Mailboxes, now: Timestamp) -> usize {
        let mut sent = 0;
        while let Some(index) = (0..self.agenda.len()).filter(|&at| self.agenda[at].at <= now).min_by_key(|&at| self.agenda[at].at) {
            let Due { partner, from, to, document, at } = self.agenda.remove(index);
            let sets = match document {
                Document::Acknowledgment(sets) => sets,
                Document::Answer(order) => answer(&order, now),
                Document::Shipment(order, part) => {
                    let id = self.number("SH");
                    let invoice_at = at.plus_seconds(order.habits.invoice_after);
                    let invoice = Document::Invoice(order.clone(), part, id.clone());
                    self.agenda.push(Due {
                        at: invoice_at,
                        partner: partner.clone(),
                        from: from.clone(),
                        to: to.clone(),
                        document: invoice,
                    });
                    ship_notice(&order, part, &id, now)
                }
                Document::Invoice(order, part, shipment) => invoice(&order, part, &self.number("INV"), &shipment, now),
            };
            let control = self.controls.next(&from, &to);
            let text = x12::interchange(&from, &to, &control, &sets, now);
            mailboxes.put_for_hub(&partner, &format!("{partner}-{}-{control}.edi", sets.code()), text.into(), now);
            sent += 1;
        }
        sent
    }

    fn number(&mut self, prefix: &str) -> String {
        self.documents += 1;
        format!("{prefix}-{:06}", self.documents % 1_000_000)
    }

    /// Puts on the agenda what a received interchange calls for. Answers go back the way it came.
    fn plan(&mut self, partner: &str, behaviour: &Behaviour, interchange: &Interchange, now: Timestamp) {
        let mut add = |after: i64, document: Document| {
            let (from, to) = (interchange.receiver.clone(), interchange.sender.clone());
            self.agenda.push(Due { at: now.plus_seconds(after), partner: partner.to_owned(), from, to, document });
        };
        for group in interchange.groups.iter().filter(|group| group.kind != "FA") {
            if behaviour.acknowledge != Acknowledge::Never {
                let accepted = behaviour.acknowledge == Acknowledge::Accept;
                add(behaviour.acknowledge_after, Document::Acknowledgment(x12::acknowledgment(group, accepted)));
            }
            let Some(habits) = behaviour.supplier.as_ref().filter(|_| behaviour.acknowledge != Acknowledge::Reject) else { continue };
            for order in group.sets.iter().filter(|set| set.code == "850").filter_map(|set| take_order(set, habits)) {
                add(habits.answer_after, Document::Answer(order.clone()));
                for part in 0..habits.parts.max(1) {
                    add(habits.ship_after * (part + 1), Document::Shipment(order.clone(), part));
                }
            }
        }
    }
}

fn noted(interchange: &Interchange, text: String, at: Timestamp) -> Received {
    let sets = interchange.groups.iter().flat_map(|group| &group.sets);
    let acknowledges = sets.clone().filter(|set| set.code == "997").map(|set| {
        let of = |name: &str, index: usize| {
            let segment = set.segments.iter().find(|segment| segment[0] == name);
            segment.map_or_else(String::new, |segment| element(segment, index).to_owned())
        };
        (of("AK1", 1), of("AK1", 2), of("AK9", 1))
    });
    Received {
        sender: interchange.sender.clone(),
        receiver: interchange.receiver.clone(),
        control: interchange.control.clone(),
        acknowledges: acknowledges.collect(),
        sets: sets.map(|set| (set.code.clone(), set.control.clone())).collect(),
        text,
        at,
    }
}

/// Reads an 850; `None` where it has no number or no lines.
fn take_order(set: &Set, habits: &Supplier) -> Option<Taken> {
    let mut order = Taken {
        number: String::new(),
        date: String::new(),
        requested: String::new(),
        lines: Vec::new(),
        ship_to: Vec::new(),
        names: Default::default(),
        habits: habits.clone(),
    };
    let mut in_ship_to = false;
    for segment in &set.segments {
        let at = |index| element(segment, index);
        match (at(0), at(1)) {
            ("BEG", _) => (order.number, order.date) = (at(3).to_owned(), at(5).to_owned()),
            ("DTM", "002") if order.requested.is_empty() => at(2).clone_into(&mut order.requested),
            ("N1", "BY") => at(2).clone_into(&mut order.names.0),
            ("N1", "SE" | "SU" | "VN") => at(2).clone_into(&mut order.names.1),
            ("PO1", _) => order.lines.push(line_of(segment)),
            ("PID", _) => order.lines.last_mut().into_iter().for_each(|line| at(5).clone_into(&mut line.text)),
            _ => {}
        }
        in_ship_to = matches!((at(0), at(1)), ("N1", "ST")) || (in_ship_to && matches!(at(0), "N2" | "N3" | "N4"));
        if in_ship_to && order.lines.is_empty() {
            order.ship_to.push(segment.iter().map(|text| clean(text)).collect::<Vec<_>>().join("*"));
        }
    }
    (!order.number.is_empty() && !order.lines.is_empty()).then_some(order)
}

fn line_of(segment: &[String]) -> Line {
    let part = |kinds: &[&str]| {
        let pair = (6..segment.len()).step_by(2).find(|&at| kinds.contains(&element(segment, at)));
        pair.map_or_else(String::new, |at| element(segment, at + 1).to_owned())
    };
    Line {
        number: element(segment, 1).to_owned(),
        quantity: element(segment, 2).to_owned(),
        unit: element(segment, 3).to_owned(),
        price: element(segment, 4).to_owned(),
        buyer_part: part(&["BP", "IN"]),
        vendor_part: part(&["VP", "VN"]),
        text: String::new(),
    }
}

/// An 855: every line confirmed, those it is short of with the rest backordered.
fn answer(order: &Taken, now: Timestamp) -> Sets {
    let kind = if order.habits.short.is_empty() { "AD" } else { "AC" };
    let delivery = if order.requested.is_empty() { compact(now.date_utc().plus_days(7)) } else { order.requested.clone() };
    let mut out = vec![format!("BAK*00*{kind}*{}*{}*****{}", order.number, order.date, compact(now.date_utc()))];
    for line in &order.lines {
        out.push(format!("PO1*{}*{}*{}*{}*{}", line.number, line.quantity, line.unit, line.price, x12::part_numbers(line)));
        let (confirmed, missing) = (confirmed(order, line), micros(&line.quantity) - confirmed(order, line));
        if confirmed > 0 {
            let status = if missing > 0 { "IQ" } else { "IA" };
            out.push(format!("ACK*{status}*{}*{}*067*{delivery}", plain(confirmed), line.unit));
        }
        if missing > 0 {
            out.push(format!("ACK*IB*{}*{}", plain(missing), line.unit));
            out.push("REF*ZZ**Not enough in stock, the rest follows".to_owned());
        }
    }
    out.push(format!("CTT*{}", order.lines.len()));
    x12::seller_document("855", out)
}

/// An 856 in the structure shipment, order, package, item, for one part of the order.
fn ship_notice(order: &Taken, part: i64, id: &str, now: Timestamp) -> Sets {
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    let (today, time) = (compact(now.date_utc()), x12::clock_time(now));
    let mut out = vec![
        format!("BSN*00*{id}*{today}*{time}*0001"),
        "HL*1**S".to_owned(),
        "TD1*CTN*1".to_owned(),
        format!("TD5**2*{}", order.habits.carrier),
        format!("REF*BM*BOL{digits}"),
        format!("REF*CN*1Z{digits}"),
        format!("DTM*011*{today}*{time}"),
        format!("DTM*017*{}", compact(now.date_utc().plus_days(3))),
        format!("N1*SF*{}", clean(&order.names.1)),
    ];
    out.extend(order.ship_to.iter().cloned());
    out.push("HL*2*1*O".to_owned());
    out.push(format!("PRF*{}***{}", order.number, order.date));
    out.push("HL*3*2*P".to_owned());
    out.push(format!("MAN*GM*{}", serial_shipping_code(&digits)));
    let mut level = 3;
    for line in &order.lines {
        let shipped = part_of(order, line, part);
        if shipped > 0 {
            level += 1;
            out.push(format!("HL*{level}*3*I"));
            out.push(format!("LIN*{}{}", line.number, x12::part_numbers(line)));
            out.push(format!("SN1*{}*{}*{}", line.number, plain(shipped), line.unit));
        }
    }
    out.push(format!("CTT*{level}"));
    x12::seller_document("856", out)
}

/// An 810 for what one shipment carried.
fn invoice(order: &Taken, part: i64, number: &str, shipment: &str, now: Timestamp) -> Sets {
    let mut out = vec![
        format!("BIG*{}*{number}*{}*{}***DI", compact(now.date_utc()), order.date, order.number),
        format!("REF*SI*{shipment}"),
        format!("N1*BY*{}", clean(&order.names.0)),
        format!("N1*SE*{}", clean(&order.names.1)),
        "ITD*01*3*****30".to_owned(),
        format!("DTM*011*{}", compact(now.date_utc())),
    ];
    let (mut cents, mut lines) = (0, 0);
    for line in &order.lines {
        let quantity = part_of(order, line, part);
        if quantity > 0 {
            out.push(format!("IT1*{}*{}*{}*{}*{}", line.number, plain(quantity), line.unit, line.price, x12::part_numbers(line)));
            cents += (quantity * micros(&line.price) + 5_000_000_000) / 10_000_000_000;
            lines += 1;
        }
    }
    out.push(format!("TDS*{cents}"));
    out.push(format!("CTT*{lines}"));
    x12::seller_document("810", out)
}

/// What the supplier confirms of a line, in millionths.
fn confirmed(order: &Taken, line: &Line) -> i128 {
    let short = order.habits.short.iter().find(|(number, _)| *number == line.number);
    short.map_or(i128::MAX, |(_, quantity)| micros(quantity)).min(micros(&line.quantity))
}

/// What one of the shipments carries of a line: whole units shared out evenly, what is left over in the last.
fn part_of(order: &Taken, line: &Line, part: i64) -> i128 {
    let (all, parts) = (confirmed(order, line), i128::from(order.habits.parts.max(1)));
    let each = all / 1_000_000 / parts * 1_000_000;
    if i128::from(part) + 1 < parts { each } else { all - each * (parts - 1) }
}

/// A decimal in millionths; what cannot be read counts as nothing.
fn micros(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6.6}").parse().unwrap_or_default()
}

/// Millionths as a plain decimal.
fn plain(micros: i128) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An SSCC-18 with its application identifier 00 and the GS1 check digit.
fn serial_shipping_code(digits: &str) -> String {
    let body = format!("00614141{digits:0>9}");
    let weighted = body.bytes().enumerate().map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 3 } else { 1 });
    let check = (10 - weighted.sum::<u32>() % 10) % 10;
    format!("00{body}{check}")
}
