//! 850, the purchase order.

use crate::{
    domain::message::{PurchaseOrder, PurchaseOrderLine},
    edi::x12::schema,
};

use super::{Out, common, date, fixed, maybe, shown, value};

pub fn write(order: &PurchaseOrder, out: &mut Out<'_>) {
    out.segment(
        &schema::BEG,
        &[
            value("purpose", order.purpose.as_str()),
            maybe("order_type", order.order_type.as_deref()),
            value("number", order.number.as_str()),
            maybe("release", order.release.as_deref()),
            date("date", order.date),
        ],
    );
    common::currency("BY", order.currency, out);
    common::references(&order.references, &[], out);
    common::terms(order.terms.as_ref(), out);
    common::dated("002", "requested_on".into(), order.requested_on, out);
    common::carrier(order.carrier.as_ref(), out);
    if !order.notes.is_empty() {
        out.segment(&schema::N9, &[fixed("L1"), fixed("NOTES")]);
    }
    for (i, note) in order.notes.iter().enumerate() {
        out.segment(&schema::MSG, &[value(format!("notes.{i}"), note.as_str())]);
    }
    common::parties(&order.parties, out);
    let mut seen = std::collections::HashSet::new();
    for (i, line) in order.lines.iter().enumerate() {
        let at = format!("lines.{i}");
        if line.line.trim_end().is_empty() {
            out.error(&format!("{at}.line"), "is missing");
        } else if !seen.insert(line.line.trim_end()) {
            out.error(&format!("{at}.line"), "is the number of another line");
        }
        write_line(line, &at, out);
    }
    if order.lines.is_empty() {
        out.error("lines", "must not be empty");
    }
    out.segment(&schema::CTT, &[value("lines", order.lines.len().to_string())]);
}

fn write_line(line: &PurchaseOrderLine, at: &str, out: &mut Out<'_>) {
    let mut elements = vec![
        value(format!("{at}.line"), line.line.as_str()),
        value(format!("{at}.quantity"), line.quantity.to_string()),
        value(format!("{at}.unit"), line.unit.as_str()),
        shown(format!("{at}.unit_price"), line.unit_price),
        common::basis(line.price_per, at, out),
    ];
    elements.extend(common::item(&line.item, at, out));
    out.segment(&schema::PO1, &elements);
    common::description(line.description.as_deref(), at, out);
    common::dated("002", format!("{at}.requested_on"), line.requested_on, out);
    for (s, part) in line.schedule.iter().enumerate() {
        let at = format!("{at}.schedule.{s}");
        out.segment(
            &schema::SCH,
            &[
                value(format!("{at}.quantity"), part.quantity.to_string()),
                value(format!("{at}.unit"), part.unit.as_str()),
                super::empty(),
                super::empty(),
                fixed("002"),
                date(format!("{at}.date"), part.date),
            ],
        );
    }
}
