//! Invoices (810) that came over the wire.

use crate::{
    domain::{
        ids::{InvoiceId, InvoiceLineId},
        invoice::{self, InvoiceState},
        message,
        number::{Amount, Currency, Decimal},
        order::{Line, Source, same_line},
    },
    service::{
        Context, Error, Result,
        cases::credit,
        exchange::{Applied, Incoming},
    },
    store::{
        Conn,
        invoices::{self, Invoice, InvoiceLine},
        orders::{self, Order},
        organisations, shipments,
    },
    text,
};

/// Applies an 810.
pub async fn invoice(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &message::Invoice) -> Result<Applied> {
    if is_credit(message) {
        return credit::receive(context, conn, incoming, message).await;
    }
    check(message)?;
    let kind = incoming.kind_sold_by_sender();
    if invoices::find_by_number(conn, kind, incoming.counterparty(), &message.number).await?.is_some() {
        return Err(Error::Conflict(format!("Invoice {} was sent before; this one changed nothing.", message.number)));
    }
    let mut remarks = Vec::new();
    let order = match message.order_number.as_deref() {
        Some(number) => orders::find_by_number(conn, kind, incoming.counterparty(), number).await?,
        None => None,
    };
    if order.is_none() {
        remarks.push(format!("It names order {}, which is not known here.", message.order_number.as_deref().unwrap_or("none")));
    }
    let order_lines = match &order {
        Some(order) => orders::lines(conn, order.id).await?,
        None => Vec::new(),
    };
    let currency = currency(conn, incoming, message, order.as_ref()).await?;
    let id: InvoiceId = context.id();
    let lines = lines(context, message, &order_lines, id, currency, &mut remarks)?;
    let total = message.total.to_amount(currency).map_err(|error| Error::Conflict(format!("The total cannot be kept: {error}.")))?;
    let sum: Amount = lines.iter().map(|line| line.amount).sum();
    let extras = message.adjustments.iter().any(|adjustment| adjustment.indicator != "N") || !message.taxes.is_empty();
    if sum != total && !extras {
        remarks.push(format!("The lines add up to {}, the total says {}.", text::money(sum, currency), text::money(total, currency)));
    }
    let shipment = match message.shipment_number.as_deref() {
        Some(number) => shipments::find_by_number(conn, kind, incoming.counterparty(), number).await?,
        None => None,
    };
    let net_days = message.terms.as_ref().and_then(|terms| terms.net_days);
    let row = Invoice {
        id,
        kind,
        counterparty_id: incoming.counterparty(),
        number: message.number.clone(),
        order_id: order.as_ref().map(|order| order.id),
        shipment_id: shipment.map(|shipment| shipment.id),
        state: InvoiceState::Received,
        state_reason: None,
        currency,
        total,
        paid: Amount::ZERO,
        credited: Amount::ZERO,
        invoiced_on: message.date,
        due_on: message
            .terms
            .as_ref()
            .and_then(|terms| terms.net_on)
            .or_else(|| message.date.zip(net_days).map(|(date, days)| invoice::due_on(date, days))),
        document_id: Some(incoming.document.id),
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    };
    let source = Source {
        document: Some(incoming.document.id),
        segment: incoming.origin("number").map(|origin| origin.segment),
        element: incoming.origin("number").map(|origin| origin.element),
        actor: incoming.sender_name().to_owned(),
    };
    remarks.extend(super::record(context, conn, &row, &lines, &source).await?);
    Ok(Applied { order: row.order_id, shipment: row.shipment_id, invoice: Some(id), remarks, ..Applied::default() })
}

/// Types of invoices (element 640) that take money back: credit memo, credit invoice.
const CREDITS: [&str; 2] = ["CR", "CN"];

/// Whether it gives money back: counted as a demand, it would be paid.
fn is_credit(message: &message::Invoice) -> bool {
    message.invoice_type.as_deref().is_some_and(|kind| CREDITS.contains(&kind)) || message.total < Decimal::ZERO
}

fn check(message: &message::Invoice) -> Result<()> {
    let refused = |words: String| Err(Error::Conflict(format!("{words} It was not entered; settle it with the partner by other means.")));
    match message.lines.iter().find(|line| !line.quantity.is_positive()) {
        Some(line) => refused(format!("It invoices a quantity of {}.", line.quantity)),
        None => Ok(()),
    }
}

async fn currency(conn: &mut Conn, incoming: &Incoming<'_>, message: &message::Invoice, order: Option<&Order>) -> Result<Currency> {
    if let Some(currency) = message.currency.or(order.map(|order| order.currency)) {
        return Ok(currency);
    }
    Ok(organisations::find(conn, incoming.counterparty()).await?.map_or(Currency::USD, |partner| partner.currency))
}

fn lines(
    context: &Context,
    message: &message::Invoice,
    order_lines: &[Line],
    invoice: InvoiceId,
    currency: Currency,
    remarks: &mut Vec<String>,
) -> Result<Vec<InvoiceLine>> {
    (0i64..)
        .zip(&message.lines)
        .map(|(position, line)| {
            let target = order_lines.iter().find(|candidate| same_line(line.line.as_deref(), &line.item, candidate));
            if target.is_none() && !order_lines.is_empty() {
                remarks.push(format!("It invoices line {}, which the order does not have.", line.line.as_deref().unwrap_or("?")));
            }
            let amount = line.unit_price.line_amount(line.quantity, line.price_per, currency);
            Ok(InvoiceLine {
                id: context.id::<InvoiceLineId>(),
                invoice_id: invoice,
                order_line_id: target.map(|target| target.id),
                position,
                line: line.line.clone().unwrap_or_default(),
                description: line.description.clone().or_else(|| target.map(|target| target.description.clone())).unwrap_or_default(),
                quantity: line.quantity,
                unit: line.unit.clone(),
                unit_price: line.unit_price,
                price_per: line.price_per,
                amount: amount.ok_or_else(|| Error::Conflict("The amount of a line is too large. Nothing was changed.".to_owned()))?,
            })
        })
        .collect()
}
