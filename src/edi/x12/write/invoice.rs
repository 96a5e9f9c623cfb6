//! 810, the invoice.

use crate::{
    domain::message::{Invoice, InvoiceLine},
    edi::x12::schema,
};

use super::{Out, common, date, empty, maybe, shown, value};

pub fn write(invoice: &Invoice, out: &mut Out<'_>) {
    out.segment(
        &schema::BIG,
        &[
            date("date", invoice.date),
            value("number", invoice.number.as_str()),
            date("order_date", invoice.order_date),
            maybe("order_number", invoice.order_number.as_deref()),
            empty(),
            empty(),
            maybe("invoice_type", invoice.invoice_type.as_deref()),
            maybe("purpose", invoice.purpose.as_deref()),
        ],
    );
    common::currency("SE", invoice.currency, out);
    common::named_reference("BM", "bill_of_lading", invoice.bill_of_lading.as_deref(), out);
    common::named_reference("SI", "shipment_number", invoice.shipment_number.as_deref(), out);
    let empty_fields: Vec<&str> = [("BM", &invoice.bill_of_lading), ("SI", &invoice.shipment_number)]
        .into_iter()
        .filter(|(_, field)| field.is_none())
        .map(|(qualifier, _)| qualifier)
        .collect();
    common::references(&invoice.references, &empty_fields, out);
    common::parties(&invoice.parties, out);
    common::terms(invoice.terms.as_ref(), out);
    common::dated("011", "shipped_on".into(), invoice.shipped_on, out);
    for (i, line) in invoice.lines.iter().enumerate() {
        write_line(line, &format!("lines.{i}"), out);
    }
    let total = out.cents("total", Some(invoice.total));
    out.segment(&schema::TDS, &[total]);
    for (i, tax) in invoice.taxes.iter().enumerate() {
        out.segment(
            &schema::TXI,
            &[
                value(format!("taxes.{i}.code"), tax.code.as_str()),
                shown(format!("taxes.{i}.amount"), tax.amount),
                shown(format!("taxes.{i}.percent"), tax.percent),
            ],
        );
    }
    for (i, adjustment) in invoice.adjustments.iter().enumerate() {
        let at = format!("adjustments.{i}");
        let mut elements = vec![
            value(format!("{at}.indicator"), adjustment.indicator.as_str()),
            maybe(format!("{at}.code"), adjustment.code.as_deref()),
            empty(),
            empty(),
            out.cents(format!("{at}.amount"), adjustment.amount),
        ];
        elements.extend((6..15).map(|_| empty()));
        elements.push(maybe(format!("{at}.description"), adjustment.description.as_deref()));
        out.segment(&schema::SAC, &elements);
    }
    out.segment(&schema::CTT, &[value("lines", invoice.lines.len().to_string())]);
}

fn write_line(line: &InvoiceLine, at: &str, out: &mut Out<'_>) {
    let mut elements = vec![
        maybe(format!("{at}.line"), line.line.as_deref()),
        value(format!("{at}.quantity"), line.quantity.to_string()),
        value(format!("{at}.unit"), line.unit.as_str()),
        value(format!("{at}.unit_price"), line.unit_price.to_string()),
        common::basis(line.price_per, at, out),
    ];
    elements.extend(common::item(&line.item, at, out));
    out.segment(&schema::IT1, &elements);
    common::description(line.description.as_deref(), at, out);
}
