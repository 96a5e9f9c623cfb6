//! What a dispute about an exception begins with: why, what is asked for, and the values that each line should have.

use super::view;
use crate::{
    domain::{
        access::Actor,
        dispute::{Action, Line, Reason},
        exception::{Difference, Kind, SubjectKind, Value},
        ids::ExceptionId,
        number::Quantity,
    },
    service::{
        Context, Result,
        cases::dispute::{DisputeEntry, DisputeForm, InDispute},
    },
    store::exceptions::Exception,
    text::{self, Asked, Zone},
};

/// The form that proposes what an exception says should be, for what `found` shows of its subject. What the exception says
/// of other things stays out.
pub async fn claim(
    context: &Context,
    actor: &Actor,
    id: ExceptionId,
    found: &InDispute,
    asked: &DisputeForm,
    zone: &Zone,
) -> Result<DisputeForm> {
    let row = view::find(context, actor, id).await?;
    let is_about_it = [&asked.invoice, &asked.shipment, &asked.order].contains(&&row.subject_id.to_string());
    Ok(if is_about_it { fill(&row, found, asked, zone) } else { asked.clone() })
}

fn fill(row: &Exception, found: &InDispute, asked: &DisputeForm, zone: &Zone) -> DisputeForm {
    let lines: Vec<DisputeEntry> = found.lines.iter().filter_map(|line| entry(row, line)).collect();
    let reason = reason(row.kind).map(|reason| reason.as_str().to_owned());
    let credits = row.subject_kind == SubjectKind::Invoice && !lines.is_empty();
    DisputeForm {
        reason: reason.unwrap_or_default(),
        action: if credits { Action::CreditPart.as_str().to_owned() } else { String::new() },
        text: text::exception_request(row.kind, &row.differences.0, Asked::Value, zone),
        lines,
        ..asked.clone()
    }
}

/// Why one disputes what an exception found; nothing where only a person can say it.
const fn reason(kind: Kind) -> Option<Reason> {
    Some(match kind {
        Kind::AnswerPrice | Kind::PriceNotAgreed | Kind::TotalNotLines => Reason::Price,
        Kind::ConfirmedLess
        | Kind::ConfirmedMore
        | Kind::ShippedMoreThanConfirmed
        | Kind::ShippedMoreThanOrdered
        | Kind::BilledBeforeShipped
        | Kind::BilledMoreThanShipped
        | Kind::BilledMoreThanOrdered
        | Kind::BilledCancelled
        | Kind::ReceivedDiffers => Reason::Quantity,
        Kind::PromisedLate | Kind::ShipmentLate | Kind::ShipNoticeMissing => Reason::Delivery,
        Kind::Substituted | Kind::AnswerUnknownLine | Kind::ShippedUnknownLine => Reason::Item,
        Kind::ShortPayment | Kind::PaidAgain | Kind::RemittanceCurrency => Reason::Payment,
        _ => return None,
    })
}

/// What a line should say; nothing where the exception says nothing of its values.
fn entry(row: &Exception, line: &Line) -> Option<DisputeEntry> {
    let of_line = || row.differences.0.iter().filter(|difference| difference.line() == Some(&line.line));
    let mut entry = DisputeEntry { line: line.line.clone(), ..DisputeEntry::default() };
    for difference in of_line() {
        match (&difference.found.value, &difference.expected.value) {
            (Value::Price { .. }, Value::Price { price, per, currency }) if line.price.is_some() && *per == line.per => {
                entry.price = text::price(*price, *currency);
            }
            (Value::Quantity { quantity, .. }, _) => {
                entry.quantity = right_quantity(row.kind, line, *quantity, difference).map(|right| right.to_string()).unwrap_or_default();
            }
            _ => {}
        }
    }
    (!entry.price.is_empty() || !entry.quantity.is_empty()).then_some(entry)
}

/// How much a line should say. What an exception found adds up what came before, so what is too much is taken off this one.
fn right_quantity(kind: Kind, line: &Line, found: Quantity, difference: &Difference) -> Option<Quantity> {
    match (kind, &difference.expected.value) {
        (Kind::ReceivedDiffers, _) => Some(found),
        (Kind::BilledCancelled | Kind::BilledBeforeShipped, _) => Some(Quantity::ZERO),
        (
            Kind::BilledMoreThanOrdered | Kind::BilledMoreThanShipped | Kind::ShippedMoreThanConfirmed | Kind::ShippedMoreThanOrdered,
            Value::Quantity { quantity: expected, .. },
        ) => Some(line.quantity.less(found.less(*expected))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::exception::Said;

    fn said(value: Value) -> Said {
        Said { value, by: String::new(), place: None, id: None, document: None }
    }

    fn quantity(text: &str) -> Value {
        Value::Quantity { quantity: text.parse().unwrap(), unit: "EA".to_owned() }
    }

    #[test]
    fn what_is_too_much_over_several_documents_is_taken_off_the_last_one() {
        let line =
            Line { line: "10".to_owned(), quantity: "40".parse().unwrap(), unit: "EA".to_owned(), price: None, per: Quantity::whole(1) };
        // Sixty before, forty here, eighty ordered.
        let difference = Difference { what: "Line 10: quantity".to_owned(), found: said(quantity("100")), expected: said(quantity("80")) };
        let right = |kind| right_quantity(kind, &line, "100".parse().unwrap(), &difference).map(|right| right.to_string());
        assert_eq!(right(Kind::BilledMoreThanOrdered).as_deref(), Some("20"));
        assert_eq!(right(Kind::BilledCancelled).as_deref(), Some("0"));
        assert_eq!(right(Kind::ConfirmedLess), None, "an order is not made smaller by disputing it");
        assert_eq!(difference.line(), Some("10"));
    }
}
