//! 810, the invoice. Checks the total against its parts; a difference is a remark for people, never a syntax error.

use crate::{
    domain::{
        message::{Adjustment, Document, Invoice, InvoiceLine, Tax},
        number::{Currency, Decimal},
    },
    edi::x12::token::Segment,
};

use super::{Notes, SetReader, common};

#[derive(Default)]
pub struct Reader {
    invoice: Option<Invoice>,
    /// The innermost thing REF, N3 and N4 belong to is a party of a line.
    line_party: bool,
    /// TDS came, so the lines are over.
    summary: bool,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"BIG" {
            self.invoice.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        let Some(invoice) = &mut self.invoice else { return };
        match segment.tag() {
            b"IT1" => {
                self.line_party = false;
                let i = invoice.lines.len();
                invoice.lines.push(line(segment, i, notes));
            }
            b"TDS" => {
                self.summary = true;
                invoice.total = notes.cents(segment, 1, format_args!("total")).unwrap_or_default();
            }
            b"SAC" => adjustment(invoice, segment, notes),
            b"TXI" => tax(invoice, segment, notes),
            b"CTT" => common::count(segment, invoice.lines.len(), "lines", notes),
            _ if self.summary => {}
            _ if invoice.lines.is_empty() => header(invoice, segment, notes),
            b"N1" => self.line_party = true,
            b"PID" if !self.line_party => {
                let i = invoice.lines.len() - 1;
                common::description(&mut invoice.lines[i].description, segment, format_args!("lines.{i}"), notes);
            }
            _ => {}
        }
    }

    fn finish(self: Box<Self>, notes: &mut Notes) -> Option<Document> {
        let invoice = self.invoice?;
        if let Some(sum) = expected_total(&invoice)
            && sum != invoice.total
        {
            notes.remark_on_document(
                "total_differs",
                format!(
                    "TDS01 asks for {}, the lines with allowances, charges and taxes come to {sum}. Ask the sender which is right.",
                    invoice.total
                ),
            );
        }
        Some(Document::Invoice(invoice))
    }
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> Invoice {
    Invoice {
        number: notes.text(segment, 2, format_args!("number")).unwrap_or_default(),
        date: notes.date(segment, 1, format_args!("date")),
        order_date: notes.date(segment, 3, format_args!("order_date")),
        order_number: notes.text(segment, 4, format_args!("order_number")),
        invoice_type: notes.text(segment, 7, format_args!("invoice_type")),
        purpose: notes.text(segment, 8, format_args!("purpose")),
        currency: None,
        bill_of_lading: None,
        shipment_number: None,
        references: Vec::new(),
        parties: Vec::new(),
        terms: None,
        shipped_on: None,
        lines: Vec::new(),
        adjustments: Vec::new(),
        taxes: Vec::new(),
        total: Decimal::ZERO,
    }
}

fn header(invoice: &mut Invoice, segment: &Segment<'_>, notes: &mut Notes) {
    match segment.tag() {
        b"CUR" => invoice.currency = notes.parsed(segment, 2, format_args!("currency")),
        b"REF" if !invoice.parties.is_empty() => {}
        b"REF" if segment.bytes(1) == b"BM" && invoice.bill_of_lading.is_none() && !segment.has(3) => {
            invoice.bill_of_lading = notes.text(segment, 2, format_args!("bill_of_lading"));
        }
        b"REF" if segment.bytes(1) == b"SI" && invoice.shipment_number.is_none() && !segment.has(3) => {
            invoice.shipment_number = notes.text(segment, 2, format_args!("shipment_number"));
        }
        b"REF" => common::reference(&mut invoice.references, segment, notes),
        b"ITD" => common::terms(&mut invoice.terms, segment, notes),
        b"DTM" if segment.bytes(1) == b"011" => invoice.shipped_on = notes.date(segment, 2, format_args!("shipped_on")),
        _ => {
            common::party(&mut invoice.parties, segment, notes);
        }
    }
}

fn line(segment: &Segment<'_>, i: usize, notes: &mut Notes) -> InvoiceLine {
    InvoiceLine {
        line: notes.text(segment, 1, format_args!("lines.{i}.line")),
        quantity: notes.quantity(segment, 2, format_args!("lines.{i}.quantity")),
        unit: notes.text(segment, 3, format_args!("lines.{i}.unit")).unwrap_or_default(),
        unit_price: notes.parsed(segment, 4, format_args!("lines.{i}.unit_price")).unwrap_or_default(),
        price_per: common::price_per(segment, 5, format_args!("lines.{i}"), notes),
        item: common::item(segment, 6, format_args!("lines.{i}"), notes),
        description: None,
    }
}

fn adjustment(invoice: &mut Invoice, segment: &Segment<'_>, notes: &mut Notes) {
    let i = invoice.adjustments.len();
    invoice.adjustments.push(Adjustment {
        indicator: notes.text(segment, 1, format_args!("adjustments.{i}.indicator")).unwrap_or_default(),
        code: notes.text(segment, 2, format_args!("adjustments.{i}.code")),
        amount: notes.cents(segment, 5, format_args!("adjustments.{i}.amount")),
        description: notes.text(segment, 15, format_args!("adjustments.{i}.description")),
    });
}

fn tax(invoice: &mut Invoice, segment: &Segment<'_>, notes: &mut Notes) {
    let i = invoice.taxes.len();
    invoice.taxes.push(Tax {
        code: notes.text(segment, 1, format_args!("taxes.{i}.code")).unwrap_or_default(),
        amount: notes.parsed(segment, 2, format_args!("taxes.{i}.amount")),
        percent: notes.parsed(segment, 3, format_args!("taxes.{i}.percent")),
    });
}

/// Lines, charges and taxes less allowances; `None` where a part names no amount. A note on money (`N`) adds nothing.
fn expected_total(invoice: &Invoice) -> Option<Decimal> {
    let currency = invoice.currency.unwrap_or(Currency::USD);
    let mut sum: i64 = 0;
    for line in &invoice.lines {
        let amount = line.unit_price.line_amount(line.quantity, line.price_per, currency)?;
        sum = sum.checked_add(amount.to_decimal(currency).micros())?;
    }
    for adjustment in &invoice.adjustments {
        let signed = match adjustment.indicator.as_str() {
            "C" => adjustment.amount?.micros(),
            "A" => -adjustment.amount?.micros(),
            _ => 0,
        };
        sum = sum.checked_add(signed)?;
    }
    for tax in &invoice.taxes {
        sum = sum.checked_add(tax.amount?.micros())?;
    }
    Some(Decimal::from_micros(sum))
}
