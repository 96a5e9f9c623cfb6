//! 855, the order response. A line may carry several ACK; the first REF after an ACK gives its reason.

use crate::{
    domain::message::{Document, LineStatus, OrderResponse, OrderResponseLine, Reference},
    edi::x12::token::Segment,
};

use super::{Notes, SetReader, common};

/// The REF after an ACK that carries the reason: mutually defined.
pub const REASON: &str = "ZZ";

#[derive(Default)]
pub struct Reader {
    response: Option<OrderResponse>,
    line_party: bool,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"BAK" {
            self.response.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        let Some(response) = &mut self.response else { return };
        match segment.tag() {
            b"PO1" => {
                self.line_party = false;
                let i = response.lines.len();
                response.lines.push(line(segment, i, notes));
            }
            b"CTT" => common::count(segment, response.lines.len(), "lines", notes),
            b"CUR" if response.lines.is_empty() => response.currency = notes.parsed(segment, 2, format_args!("currency")),
            b"REF" if response.lines.is_empty() && response.parties.is_empty() => {
                common::reference(&mut response.references, segment, notes);
            }
            _ if response.lines.is_empty() => {
                common::party(&mut response.parties, segment, notes);
            }
            b"N1" => self.line_party = true,
            _ if !self.line_party => in_line(response, segment, notes),
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &mut Notes) -> Option<Document> {
        self.response.map(Document::OrderResponse)
    }
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> OrderResponse {
    OrderResponse {
        order_number: notes.text(segment, 3, format_args!("order_number")).unwrap_or_default(),
        purpose: notes.text(segment, 1, format_args!("purpose")).unwrap_or_default(),
        acknowledgment_type: notes.text(segment, 2, format_args!("acknowledgment_type")).unwrap_or_default(),
        order_date: notes.date(segment, 4, format_args!("order_date")),
        release: notes.text(segment, 5, format_args!("release")),
        seller_order_number: notes.text(segment, 8, format_args!("seller_order_number")),
        date: notes.date(segment, 9, format_args!("date")),
        currency: None,
        references: Vec::new(),
        parties: Vec::new(),
        lines: Vec::new(),
    }
}

fn line(segment: &Segment<'_>, i: usize, notes: &mut Notes) -> OrderResponseLine {
    OrderResponseLine {
        line: notes.text(segment, 1, format_args!("lines.{i}.line")),
        quantity: notes.parsed(segment, 2, format_args!("lines.{i}.quantity")),
        unit: notes.text(segment, 3, format_args!("lines.{i}.unit")),
        unit_price: notes.parsed(segment, 4, format_args!("lines.{i}.unit_price")),
        price_per: common::price_per(segment, 5, format_args!("lines.{i}"), notes),
        item: common::item(segment, 6, format_args!("lines.{i}"), notes),
        description: None,
        statuses: Vec::new(),
    }
}

fn in_line(response: &mut OrderResponse, segment: &Segment<'_>, notes: &mut Notes) {
    let i = response.lines.len() - 1;
    let line = &mut response.lines[i];
    let last = line.statuses.len().wrapping_sub(1);
    match (segment.tag(), line.statuses.last_mut()) {
        (b"PID", _) => common::description(&mut line.description, segment, format_args!("lines.{i}"), notes),
        (b"ACK", _) => {
            let s = line.statuses.len();
            line.statuses.push(LineStatus {
                code: notes.text(segment, 1, format_args!("lines.{i}.statuses.{s}.code")).unwrap_or_default(),
                quantity: notes.parsed(segment, 2, format_args!("lines.{i}.statuses.{s}.quantity")),
                unit: notes.text(segment, 3, format_args!("lines.{i}.statuses.{s}.unit")),
                date_qualifier: notes.text(segment, 4, format_args!("lines.{i}.statuses.{s}.date_qualifier")),
                date: notes.date(segment, 5, format_args!("lines.{i}.statuses.{s}.date")),
                reason: None,
            });
        }
        (b"REF", Some(status)) if status.reason.is_none() && segment.bytes(1) == REASON.as_bytes() => {
            let element = if segment.has(3) { 3 } else { 2 };
            notes.at(format_args!("lines.{i}.statuses.{last}.reason"), segment, element);
            status.reason =
                Some(Reference { qualifier: REASON.to_owned(), value: segment.get(2).unwrap_or_default(), description: segment.get(3) });
        }
        (b"DTM", Some(status)) if status.date.is_none() => {
            status.date = notes.date(segment, 2, format_args!("lines.{i}.statuses.{last}.date"));
            status.date_qualifier = notes.text(segment, 1, format_args!("lines.{i}.statuses.{last}.date_qualifier"));
        }
        _ => {}
    }
}
