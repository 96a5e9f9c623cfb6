//! 855, the order response: PO1 with its ACKs, each followed by the REF that gives its reason. Receivers that read only
//! one ACK read the first, so the caller puts what is confirmed before what is not.

use crate::{
    domain::message::{LineStatus, OrderResponse, OrderResponseLine},
    edi::x12::schema,
};

use super::{Out, common, date, empty, maybe, shown, value};

/// The kind of reference that carries a reason.
const REASON: &str = "ZZ";

pub fn write(response: &OrderResponse, out: &mut Out<'_>) {
    out.segment(
        &schema::BAK,
        &[
            value("purpose", response.purpose.as_str()),
            value("acknowledgment_type", response.acknowledgment_type.as_str()),
            value("order_number", response.order_number.as_str()),
            date("order_date", response.order_date),
            maybe("release", response.release.as_deref()),
            empty(),
            empty(),
            maybe("seller_order_number", response.seller_order_number.as_deref()),
            date("date", response.date),
        ],
    );
    common::currency("SE", response.currency, out);
    common::references(&response.references, &[], out);
    common::parties(&response.parties, out);
    for (i, line) in response.lines.iter().enumerate() {
        write_line(line, &format!("lines.{i}"), out);
    }
    if !response.lines.is_empty() {
        out.segment(&schema::CTT, &[value("lines", response.lines.len().to_string())]);
    }
}

fn write_line(line: &OrderResponseLine, at: &str, out: &mut Out<'_>) {
    let mut elements = vec![
        maybe(format!("{at}.line"), line.line.as_deref()),
        shown(format!("{at}.quantity"), line.quantity),
        maybe(format!("{at}.unit"), line.unit.as_deref()),
        shown(format!("{at}.unit_price"), line.unit_price),
        common::basis(line.price_per, at, out),
    ];
    elements.extend(common::item(&line.item, at, out));
    out.segment(&schema::PO1_ANSWERED, &elements);
    common::description(line.description.as_deref(), at, out);
    for (s, status) in line.statuses.iter().enumerate() {
        write_status(status, &format!("{at}.statuses.{s}"), out);
    }
}

fn write_status(status: &LineStatus, at: &str, out: &mut Out<'_>) {
    out.segment(
        &schema::ACK,
        &[
            value(format!("{at}.code"), status.code.as_str()),
            shown(format!("{at}.quantity"), status.quantity),
            maybe(format!("{at}.unit"), status.unit.as_deref()),
            maybe(format!("{at}.date_qualifier"), status.date_qualifier.as_deref()),
            date(format!("{at}.date"), status.date),
        ],
    );
    if let Some(reason) = &status.reason {
        if reason.qualifier != REASON {
            out.error(&format!("{at}.reason.qualifier"), format!("must be {REASON}"));
        }
        out.segment(
            &schema::REF,
            &[
                value(format!("{at}.reason.qualifier"), REASON),
                value(format!("{at}.reason.value"), reason.value.as_str()),
                maybe(format!("{at}.reason.description"), reason.description.as_deref()),
            ],
        );
    }
}
