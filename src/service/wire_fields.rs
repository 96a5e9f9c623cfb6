//! What the wire cannot carry is said at the field it was typed into. A document names its values by paths of its own
//! (`lines.0.statuses.0.reason.description`), a form by the names of its fields (`lines[2][note]`); this leads from one
//! to the other, and puts what people call the value before what is wrong with it. A value that nobody typed, such as an
//! item number of the order, is named without a field, or at its line.

use super::{Error, FieldError, invoices::send::InvoiceForm, orders::answer::AnswerForm, shipments::announce::ShipForm};
use crate::domain::order::Line;

/// A refused order response at the fields of the answer. `lines` are those it speaks of, in its order.
pub fn of_answer<'a>(error: Error, form: &AnswerForm, lines: impl Iterator<Item = &'a Line>) -> Error {
    let rows = rows(lines, form.lines.iter().map(|entry| &entry.position));
    at_fields(error, |path| answer_place(path, form, &rows))
}

/// A refused ship notice at the fields of its form. `lines` are those in it, in its order.
pub fn of_shipment<'a>(error: Error, form: &ShipForm, lines: impl Iterator<Item = &'a Line>) -> Error {
    let rows = rows(lines, form.lines.iter().map(|entry| &entry.position));
    at_fields(error, |path| shipment_place(path, &rows))
}

/// A refused invoice at the fields of its form. `lines` are those in it, in its order.
pub fn of_invoice<'a>(error: Error, form: &InvoiceForm, lines: impl Iterator<Item = &'a Line>) -> Error {
    let rows = rows(lines, form.lines.iter().map(|entry| &entry.position));
    at_fields(error, |path| invoice_place(path, &rows))
}

/// The row of the form that each line of a document was typed into.
fn rows<'a, 'b>(lines: impl Iterator<Item = &'a Line>, positions: impl Iterator<Item = &'b String>) -> Vec<Option<usize>> {
    let positions: Vec<_> = positions.collect();
    lines.map(|line| positions.iter().position(|position| **position == line.position.to_string())).collect()
}

/// The field of a form, empty where there is none, and what people call the value.
type Place = (String, &'static str);

fn at_fields(error: Error, place: impl Fn(&[&str]) -> Place) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let said = |error: FieldError| {
        let path: Vec<_> = error.field.split('.').collect();
        let (field, name) = place(&path);
        let end = if error.message.ends_with('.') { "" } else { "." };
        FieldError { field, message: format!("{name} {}{end}", error.message) }
    };
    Error::Invalid(errors.into_iter().map(said).collect())
}

/// A field of the line that a document counts as `index`.
fn line_field(rows: &[Option<usize>], index: &str, field: &str) -> String {
    let row = index.parse::<usize>().ok().and_then(|index| *rows.get(index)?);
    row.map(|row| format!("lines[{row}]{field}")).unwrap_or_default()
}

/// What people call a value that the order says of a line.
fn line_value(path: &[&str]) -> &'static str {
    match path {
        ["item", "buyer", ..] => "The buyer's item number",
        ["item", "seller", ..] => "The seller's item number",
        ["item", ..] => "The item number",
        ["quantity", ..] => "The quantity",
        ["unit", ..] => "The unit",
        ["unit_price", ..] => "The price",
        ["price_per", ..] => "The number of units the price is for",
        ["description", ..] => "The description",
        ["line", ..] => "The line number",
        _ => "The line",
    }
}

fn answer_place(path: &[&str], form: &AnswerForm, rows: &[Option<usize>]) -> Place {
    let whole = |name| (String::new(), name);
    let (index, rest) = match path {
        ["order_number"] => return whole("The order number"),
        ["seller_order_number"] => return whole("Your number for the order"),
        ["lines", index, rest @ ..] => (*index, rest),
        _ => return whole("The answer"),
    };
    let row = index.parse::<usize>().ok().and_then(|index| *rows.get(index)?);
    let entry = row.and_then(|row| form.lines.get(row));
    let decision = entry.map(|entry| entry.decision.as_str()).unwrap_or_default();
    // A field that the decision does not show is no place for an error.
    let at = |field: &str, shown: bool| line_field(rows, index, if shown { field } else { "[decision]" });
    let (is_changed, differs) = (decision == "change", decision != "accept");
    match rest {
        ["statuses", _, "reason", "value"] => (at("[reason]", differs), "The reason"),
        ["statuses", _, "reason", ..] => (at("[note]", differs), "The note to the buyer"),
        ["statuses", place, value @ ("quantity" | "date")] => {
            let parts = entry.map_or(0, |entry| entry.parts.len());
            let is_part = place.parse::<usize>().is_ok_and(|place| place < parts);
            match (*value, is_part) {
                ("date", _) => (at(&format!("[parts][{place}][on]"), is_changed && is_part), "The date"),
                (_, true) => (at(&format!("[parts][{place}][quantity]"), is_changed), "The quantity"),
                (_, false) => (at("[backordered]", is_changed), "The quantity that comes later"),
            }
        }
        ["unit_price"] => (at("[price]", is_changed), "The price"),
        other => (at("", false), line_value(other)),
    }
}

fn shipment_place(path: &[&str], rows: &[Option<usize>]) -> Place {
    let (field, name) = match path {
        ["number"] => ("number", "Your number"),
        ["shipped_on"] => ("shipped_on", "The day it leaves"),
        ["estimated_on"] => ("estimated_on", "The day it arrives"),
        ["carrier", "scac"] => ("scac", "The carrier code"),
        ["carrier", ..] => ("carrier", "The carrier's name"),
        ["tracking"] => ("tracking", "The tracking number"),
        ["bill_of_lading"] => ("bill_of_lading", "The bill of lading"),
        ["package_count"] => ("packages", "The number of packages"),
        ["parties", ..] => ("", "The delivery address of the order"),
        ["orders", _, "lines", index, rest @ ..] => return (line_field(rows, index, "[quantity]"), line_value(rest)),
        ["orders", ..] => ("", "The order number"),
        _ => ("", "The ship notice"),
    };
    (field.to_owned(), name)
}

fn invoice_place(path: &[&str], rows: &[Option<usize>]) -> Place {
    let (field, name) = match path {
        ["number"] => ("number", "Your invoice number"),
        ["date"] => ("invoiced_on", "The invoice date"),
        ["terms", ..] => ("net_days", "The number of days to pay"),
        ["shipment_number" | "shipped_on" | "bill_of_lading"] => ("shipment", "The shipment's number"),
        ["lines", index, rest @ ..] => return (line_field(rows, index, "[quantity]"), line_value(rest)),
        ["total"] => ("", "The total"),
        ["order_number"] => ("", "The order number"),
        _ => ("", "The invoice"),
    };
    (field.to_owned(), name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::orders::answer::{LineForm, PartForm};

    fn place(place: impl Fn(&[&str]) -> Place, path: &str) -> (String, &'static str) {
        place(&path.split('.').collect::<Vec<_>>())
    }

    #[test]
    fn a_value_of_an_answer_leads_to_the_field_it_was_typed_into() {
        let entry = |decision: &str| LineForm { decision: decision.to_owned(), parts: vec![PartForm::default(); 2], ..LineForm::default() };
        let form = AnswerForm { version: String::new(), lines: vec![entry("accept"), entry("change"), entry("reject")] };
        let at = |path: &str| place(|path| answer_place(path, &form, &[Some(1), Some(2), Some(0)]), path).0;
        assert_eq!(at("lines.0.statuses.0.reason.description"), "lines[1][note]");
        assert_eq!(at("lines.0.statuses.1.quantity"), "lines[1][parts][1][quantity]");
        assert_eq!(at("lines.0.statuses.2.quantity"), "lines[1][backordered]");
        assert_eq!(at("lines.0.statuses.0.date"), "lines[1][parts][0][on]");
        assert_eq!(at("lines.0.unit_price"), "lines[1][price]");
        assert_eq!(at("lines.1.statuses.0.reason.description"), "lines[2][note]");
        assert_eq!(at("lines.1.unit_price"), "lines[2][decision]", "a rejected line shows no price");
        assert_eq!(at("lines.2.item.buyer"), "lines[0][decision]");
        assert_eq!(at("lines.9.item.buyer"), "", "a line that is not in the form");
        assert_eq!(at("order_number"), "");
    }

    #[test]
    fn what_is_wrong_stands_after_the_name_of_the_value() {
        let error = |field: &str, message: &str| FieldError { field: field.to_owned(), message: message.to_owned() };
        let wire = Error::Invalid(vec![error("carrier.scac", "is too short"), error("tracking", "holds *. Use another character.")]);
        let Error::Invalid(said) = at_fields(wire, |path| shipment_place(path, &[])) else { panic!("still entries") };
        let expected =
            [error("scac", "The carrier code is too short."), error("tracking", "The tracking number holds *. Use another character.")];
        assert_eq!(said, expected);
        assert!(matches!(at_fields(Error::NotFound, |path| shipment_place(path, &[])), Error::NotFound));
    }

    #[test]
    fn values_of_ship_notices_and_invoices_lead_to_their_fields() {
        let rows = [Some(2)];
        assert_eq!(place(|path| shipment_place(path, &rows), "orders.0.lines.0.quantity").0, "lines[2][quantity]");
        assert_eq!(place(|path| shipment_place(path, &rows), "package_count").0, "packages");
        assert_eq!(place(|path| invoice_place(path, &rows), "lines.0.unit").0, "lines[2][quantity]");
        assert_eq!(place(|path| invoice_place(path, &rows), "date").0, "invoiced_on");
        assert_eq!(place(|path| invoice_place(path, &rows), "terms.net_on").0, "net_days");
    }
}
