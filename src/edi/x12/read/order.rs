//! 850, the purchase order.

use std::collections::HashSet;

use crate::{
    domain::message::{Document, PurchaseOrder, PurchaseOrderLine, Schedule},
    edi::x12::token::Segment,
};

use super::{Notes, SetReader, common};

/// Kinds of date that say when the goods are wanted, best first: delivery requested, required by, ship requested.
const WANTED: [&[u8]; 3] = [b"002", b"106", b"010"];

#[derive(Default)]
pub struct Reader {
    order: Option<PurchaseOrder>,
    header_rank: Option<usize>,
    line_rank: Option<usize>,
    /// Line numbers so far.
    numbers: HashSet<String>,
    /// The innermost thing that N3, N4 and REF belong to is a party of a line, which has no place in the document.
    line_party: bool,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"BEG" {
            self.order.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        let Some(order) = &mut self.order else { return };
        match segment.tag() {
            b"PO1" => {
                self.line_rank = None;
                self.line_party = false;
                let line = line(segment, order.lines.len(), notes);
                if !self.numbers.insert(line.line.clone()) {
                    notes.refuse(
                        segment,
                        1,
                        "line_repeated",
                        "7",
                        format!(
                            "Line number {} is used twice, so an answer could not name its line. Give each line its own number.",
                            line.line
                        ),
                    );
                }
                order.lines.push(line);
            }
            b"CTT" => common::count(segment, order.lines.len(), "lines", notes),
            _ if order.lines.is_empty() => header(order, &mut self.header_rank, segment, notes),
            b"N1" => self.line_party = true,
            _ if !self.line_party => in_line(order, &mut self.line_rank, segment, notes),
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &mut Notes) -> Option<Document> {
        self.order.map(Document::PurchaseOrder)
    }
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> PurchaseOrder {
    PurchaseOrder {
        number: notes.text(segment, 3, format_args!("number")).unwrap_or_default(),
        purpose: notes.text(segment, 1, format_args!("purpose")).unwrap_or_default(),
        order_type: notes.text(segment, 2, format_args!("order_type")),
        release: notes.text(segment, 4, format_args!("release")),
        date: notes.date(segment, 5, format_args!("date")),
        currency: None,
        references: Vec::new(),
        parties: Vec::new(),
        terms: None,
        requested_on: None,
        carrier: None,
        notes: Vec::new(),
        lines: Vec::new(),
    }
}

fn header(order: &mut PurchaseOrder, rank: &mut Option<usize>, segment: &Segment<'_>, notes: &mut Notes) {
    match segment.tag() {
        b"CUR" => order.currency = notes.parsed(segment, 2, format_args!("currency")),
        b"REF" if order.parties.is_empty() => common::reference(&mut order.references, segment, notes),
        b"ITD" => common::terms(&mut order.terms, segment, notes),
        b"TD5" => common::carrier(&mut order.carrier, segment, notes),
        b"DTM" if better(rank, segment) => {
            notes.forget(format_args!("requested_on"));
            order.requested_on = notes.date(segment, 2, format_args!("requested_on"));
        }
        b"MSG" | b"MTX" => {
            let i = order.notes.len();
            let element = if segment.tag() == b"MSG" { 1 } else { 2 };
            order.notes.extend(notes.text(segment, element, format_args!("notes.{i}")));
        }
        _ => {
            common::party(&mut order.parties, segment, notes);
        }
    }
}

fn line(segment: &Segment<'_>, i: usize, notes: &mut Notes) -> PurchaseOrderLine {
    let number = notes.text(segment, 1, format_args!("lines.{i}.line")).unwrap_or_else(|| {
        notes.remark(
            segment,
            1,
            "line_number_missing",
            format!("PO101 (line number) is missing; {} is used, the line's place in the order. Number the lines.", i + 1),
        );
        (i + 1).to_string()
    });
    PurchaseOrderLine {
        line: number,
        quantity: notes.quantity(segment, 2, format_args!("lines.{i}.quantity")),
        unit: notes.text(segment, 3, format_args!("lines.{i}.unit")).unwrap_or_default(),
        unit_price: notes.parsed(segment, 4, format_args!("lines.{i}.unit_price")),
        price_per: common::price_per(segment, 5, format_args!("lines.{i}"), notes),
        item: common::item(segment, 6, format_args!("lines.{i}"), notes),
        description: None,
        requested_on: None,
        schedule: Vec::new(),
    }
}

fn in_line(order: &mut PurchaseOrder, rank: &mut Option<usize>, segment: &Segment<'_>, notes: &mut Notes) {
    let i = order.lines.len() - 1;
    let line = &mut order.lines[i];
    match segment.tag() {
        b"PID" => common::description(&mut line.description, segment, format_args!("lines.{i}"), notes),
        b"DTM" if better(rank, segment) => {
            notes.forget(format_args!("lines.{i}.requested_on"));
            line.requested_on = notes.date(segment, 2, format_args!("lines.{i}.requested_on"));
        }
        b"SCH" => {
            let s = line.schedule.len();
            line.schedule.push(Schedule {
                quantity: notes.quantity(segment, 1, format_args!("lines.{i}.schedule.{s}.quantity")),
                unit: notes.text(segment, 2, format_args!("lines.{i}.schedule.{s}.unit")).unwrap_or_default(),
                date: notes.date(segment, 6, format_args!("lines.{i}.schedule.{s}.date")),
            });
        }
        b"MSG" => {
            if let Some(text) = segment.get(1) {
                notes.at(format_args!("notes.{}", order.notes.len()), segment, 1);
                order.notes.push(format!("Line {}: {text}", line.line));
            }
        }
        _ => {}
    }
}

/// Whether this DTM says better than those before it when the goods are wanted.
fn better(rank: &mut Option<usize>, segment: &Segment<'_>) -> bool {
    match WANTED.iter().position(|q| *q == segment.bytes(1)) {
        Some(new) if rank.is_none_or(|old| new < old) => {
            *rank = Some(new);
            true
        }
        _ => false,
    }
}
