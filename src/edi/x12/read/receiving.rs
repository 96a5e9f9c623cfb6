//! 861, the receiving advice.

use crate::{
    domain::message::{Discrepancy, Document, ItemIds, ReceivingAdvice, ReceivingLine},
    edi::x12::token::Segment,
};

use super::{Notes, SetReader, common};

#[derive(Default)]
pub struct Reader {
    advice: Option<ReceivingAdvice>,
    party: bool,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"BRA" {
            self.advice.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        let Some(advice) = &mut self.advice else { return };
        match segment.tag() {
            b"RCD" => {
                self.party = false;
                let i = advice.lines.len();
                advice.lines.push(line(segment, i, notes));
            }
            b"N1" => self.party = true,
            b"CTT" => common::count(segment, advice.lines.len(), "lines", notes),
            _ if advice.lines.is_empty() => header(advice, self.party, segment, notes),
            b"LIN" => {
                let i = advice.lines.len() - 1;
                let line = &mut advice.lines[i];
                if line.item == ItemIds::default() {
                    line.item = common::item(segment, 2, format_args!("lines.{i}"), notes);
                    if line.line.is_none() {
                        line.line = notes.text(segment, 1, format_args!("lines.{i}.line"));
                    }
                }
            }
            b"PRF" => {
                let i = advice.lines.len() - 1;
                advice.lines[i].order_number = notes.text(segment, 1, format_args!("lines.{i}.order_number"));
            }
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &mut Notes) -> Option<Document> {
        self.advice.map(Document::ReceivingAdvice)
    }
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> ReceivingAdvice {
    ReceivingAdvice {
        number: notes.text(segment, 1, format_args!("number")).unwrap_or_default(),
        date: notes.date(segment, 2, format_args!("date")),
        purpose: notes.text(segment, 3, format_args!("purpose")),
        receipt_type: notes.text(segment, 4, format_args!("receipt_type")),
        order_number: None,
        shipment_number: None,
        bill_of_lading: None,
        references: Vec::new(),
        received_on: None,
        lines: Vec::new(),
    }
}

fn header(advice: &mut ReceivingAdvice, party: bool, segment: &Segment<'_>, notes: &mut Notes) {
    match segment.tag() {
        b"PRF" if advice.order_number.is_none() => advice.order_number = notes.text(segment, 1, format_args!("order_number")),
        b"DTM" if segment.bytes(1) == b"050" => {
            advice.received_on = notes.date(segment, 2, format_args!("received_on"));
        }
        b"REF" if !party => match segment.bytes(1) {
            b"PO" if advice.order_number.is_none() => advice.order_number = notes.text(segment, 2, format_args!("order_number")),
            b"SI" if advice.shipment_number.is_none() => advice.shipment_number = notes.text(segment, 2, format_args!("shipment_number")),
            b"BM" if advice.bill_of_lading.is_none() => advice.bill_of_lading = notes.text(segment, 2, format_args!("bill_of_lading")),
            _ => common::reference(&mut advice.references, segment, notes),
        },
        _ => {}
    }
}

fn line(segment: &Segment<'_>, i: usize, notes: &mut Notes) -> ReceivingLine {
    let unit = [3, 5, 7]
        .into_iter()
        .map(|element| segment.component(element, 1))
        .find(|unit| !unit.is_empty())
        .map(|unit| String::from_utf8_lossy(unit).into_owned());
    let in_question = [(6, 8), (9, 11), (12, 14)]
        .into_iter()
        .filter(|&(quantity, _)| segment.has(quantity))
        .enumerate()
        .map(|(d, (quantity, condition))| Discrepancy {
            quantity: notes.quantity(segment, quantity, format_args!("lines.{i}.in_question.{d}.quantity")),
            condition: notes.text(segment, condition, format_args!("lines.{i}.in_question.{d}.condition")).unwrap_or_default(),
        })
        .collect();
    ReceivingLine {
        line: notes.text(segment, 1, format_args!("lines.{i}.line")),
        order_number: None,
        item: ItemIds::default(),
        received: notes.parsed(segment, 2, format_args!("lines.{i}.received")),
        unit,
        returned: notes.parsed(segment, 4, format_args!("lines.{i}.returned")),
        in_question,
    }
}
