//! 820, the remittance advice. Checks what was paid against its parts; a difference is a remark for people, never a
//! syntax error.

use crate::{
    domain::{
        message::{Document, Reference, RemittanceAdjustment, RemittanceAdvice, RemittanceItem},
        number::Decimal,
    },
    edi::x12::token::Segment,
};

use super::{Notes, SetReader, common};

#[derive(Default)]
pub struct Reader {
    advice: Option<RemittanceAdvice>,
    /// ENT or RMR came, so the header is over.
    detail: bool,
    /// ADX belongs to the last RMR.
    inside: bool,
}

impl SetReader for Reader {
    fn segment(&mut self, segment: &Segment<'_>, notes: &mut Notes) {
        if segment.tag() == b"BPR" {
            self.advice.get_or_insert_with(|| begin(segment, notes));
            return;
        }
        let Some(advice) = &mut self.advice else { return };
        match segment.tag() {
            b"ENT" => (self.detail, self.inside) = (true, false),
            b"RMR" => {
                (self.detail, self.inside) = (true, true);
                let i = advice.items.len();
                advice.items.push(item(segment, i, notes));
            }
            b"ADX" => {
                let last = advice.items.len().checked_sub(1).filter(|_| self.inside);
                let path = last.map_or_else(String::new, |i| format!("items.{i}."));
                let list = match last {
                    Some(i) => &mut advice.items[i].adjustments,
                    None => &mut advice.adjustments,
                };
                let found = adjustment(segment, &format!("{path}adjustments.{}", list.len()), notes);
                list.push(found);
            }
            b"REF" | b"DTM" if self.inside => {
                let i = advice.items.len() - 1;
                about_item(&mut advice.items[i], i, segment, notes);
            }
            _ if self.detail => {}
            b"TRN" if advice.number.is_empty() => {
                advice.number = notes.text(segment, 2, format_args!("number")).unwrap_or_default();
            }
            b"CUR" => advice.currency = notes.parsed(segment, 2, format_args!("currency")),
            b"REF" if advice.parties.is_empty() => common::reference(&mut advice.references, segment, notes),
            _ => {
                common::party(&mut advice.parties, segment, notes);
            }
        }
    }

    fn finish(self: Box<Self>, notes: &mut Notes) -> Option<Document> {
        let advice = self.advice?;
        if let Some(sum) = advice.sum()
            && sum != advice.total
        {
            notes.remark_on_document(
                "total_differs",
                format!(
                    "BPR02 says that {} was paid, the invoices and adjustments come to {sum}. Ask the payer which is right.",
                    advice.total
                ),
            );
        }
        for item in &advice.items {
            if let (Some(paid), Some(sum)) = (item.paid, item.sum())
                && paid != sum
            {
                notes.remark_on_document(
                    "item_total_differs",
                    format!(
                        "RMR for {}: {paid} was paid, gross less discount with its adjustments comes to {sum}. Ask the payer which is right.",
                        item.number
                    ),
                );
            }
        }
        Some(Document::RemittanceAdvice(advice))
    }
}

fn begin(segment: &Segment<'_>, notes: &mut Notes) -> RemittanceAdvice {
    RemittanceAdvice {
        number: String::new(),
        handling: notes.text(segment, 1, format_args!("handling")),
        total: notes.parsed(segment, 2, format_args!("total")).unwrap_or_default(),
        sign: notes.text(segment, 3, format_args!("sign")),
        method: notes.text(segment, 4, format_args!("method")),
        paid_on: notes.date(segment, 16, format_args!("paid_on")),
        currency: None,
        references: Vec::new(),
        parties: Vec::new(),
        items: Vec::new(),
        adjustments: Vec::new(),
    }
}

fn item(segment: &Segment<'_>, i: usize, notes: &mut Notes) -> RemittanceItem {
    RemittanceItem {
        qualifier: notes.text(segment, 1, format_args!("items.{i}.qualifier")).unwrap_or_default(),
        number: notes.text(segment, 2, format_args!("items.{i}.number")).unwrap_or_default(),
        paid: amount(segment, 4, format_args!("items.{i}.paid"), notes),
        gross: amount(segment, 5, format_args!("items.{i}.gross"), notes),
        discount: amount(segment, 6, format_args!("items.{i}.discount"), notes),
        date: None,
        references: Vec::new(),
        adjustments: Vec::new(),
    }
}

fn amount(segment: &Segment<'_>, element: usize, path: std::fmt::Arguments<'_>, notes: &mut Notes) -> Option<Decimal> {
    notes.parsed(segment, element, path)
}

fn about_item(item: &mut RemittanceItem, i: usize, segment: &Segment<'_>, notes: &mut Notes) {
    match segment.tag() {
        b"DTM" if segment.bytes(1) == b"003" => item.date = notes.date(segment, 2, format_args!("items.{i}.date")),
        b"REF" => {
            let n = item.references.len();
            item.references.push(Reference {
                qualifier: segment.get(1).unwrap_or_default(),
                value: notes.text(segment, 2, format_args!("items.{i}.references.{n}.value")).unwrap_or_default(),
                description: notes.text(segment, 3, format_args!("items.{i}.references.{n}.description")),
            });
        }
        _ => {}
    }
}

fn adjustment(segment: &Segment<'_>, path: &str, notes: &mut Notes) -> RemittanceAdjustment {
    RemittanceAdjustment {
        amount: notes.parsed(segment, 1, format_args!("{path}.amount")).unwrap_or_default(),
        code: notes.text(segment, 2, format_args!("{path}.code")).unwrap_or_default(),
        reference: segment.get(4).map(|value| {
            notes.at(format_args!("{path}.reference.value"), segment, 4);
            Reference { qualifier: segment.get(3).unwrap_or_default(), value, description: None }
        }),
    }
}
