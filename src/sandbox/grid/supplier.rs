//! What a simulated supplier makes of a purchase order: its response, its ship notices, its invoices. The arithmetic
//! is exact, in millionths.

use super::x12::{self, Line, Set, Sets, clean, compact, element};
use crate::domain::time::Timestamp;

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

/// An order as the supplier took it.
#[derive(Clone)]
pub(super) struct Taken {
    number: String,
    date: String,
    requested: String,
    lines: Vec<Line>,
    /// N1, N3 and N4 of the ship-to, as they came.
    ship_to: Vec<String>,
    names: (String, String),
    pub(super) habits: Supplier,
}

/// Reads an 850; `None` where it has no number or no lines.
pub(super) fn take_order(set: &Set, habits: &Supplier) -> Option<Taken> {
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
pub(super) fn answer(order: &Taken, now: Timestamp) -> Sets {
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
pub(super) fn ship_notice(order: &Taken, part: i64, id: &str, now: Timestamp) -> Sets {
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
pub(super) fn invoice(order: &Taken, part: i64, number: &str, shipment: &str, now: Timestamp) -> Sets {
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
