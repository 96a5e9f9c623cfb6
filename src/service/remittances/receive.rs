//! Remittance advices (820) that came over the wire: kept, and set against the invoices that they name.

use std::collections::BTreeSet;

use sqlx::types::Json;

use crate::{
    domain::{
        ids::RemittanceId,
        message::{RemittanceAdjustment, RemittanceAdvice, RemittanceItem},
        number::{Amount, Currency, Decimal},
        remittance::{self, Adjustment},
    },
    service::{
        Context, Error, Result,
        exceptions::{self, Root, taken::Touched},
        exchange::{Applied, Incoming},
        invoices::{self as services, Standing},
    },
    store::{
        Conn, Scope,
        invoices::{self, Invoice},
        organisations,
        references::{self, Thing},
        remittances::{self, Item, Remittance},
    },
    text,
};

/// Applies an 820.
pub async fn advice(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &RemittanceAdvice) -> Result<Applied> {
    let (kind, counterparty) = (incoming.kind_bought_by_sender(), incoming.counterparty());
    let sender = organisations::find(conn, incoming.sender_id()).await?.ok_or(Error::NotFound)?;
    if !sender.is_hub && !sender.is_customer {
        return Err(Error::Conflict(
            "Who is paid does not say what was paid: a remittance comes from the payer. It changed nothing.".to_owned(),
        ));
    }
    if remittances::find_by_number(conn, kind, counterparty, &message.number).await?.is_some() {
        return Err(Error::Conflict(format!("Remittance {} was sent before; this one changed nothing.", message.number)));
    }
    let currency = match message.currency {
        Some(currency) => currency,
        None => organisations::find(conn, counterparty).await?.map_or(Currency::USD, |partner| partner.currency),
    };
    let row = Remittance {
        id: context.id::<RemittanceId>(),
        kind,
        counterparty_id: counterparty,
        number: message.number.clone(),
        currency,
        total: amount(message.total, currency)?,
        method: message.method.clone(),
        paid_on: message.paid_on,
        adjustments: Json(adjustments(&message.adjustments, currency)?),
        document_id: Some(incoming.document.id),
        created_at: context.now(),
    };
    let mut items = (0..).zip(&message.items).map(|(position, item)| read(&row, position, item)).collect::<Result<Vec<_>>>()?;
    remittances::insert(conn, &row, &items).await?;
    references::appear(conn, Thing::Payment(row.id), &row.number, counterparty).await?;
    let mut remarks = Vec::new();
    for item in &mut items {
        apply(context, conn, &row, item, incoming.sender_name()).await?;
        remarks.extend(remark(item));
    }
    // When all of it is in its place: half applied, it would contradict itself.
    let mut told = exceptions::look(context, conn, [Root::Remittance(row.id)]).await?;
    for invoice in items.iter().filter_map(|item| item.invoice_id).collect::<BTreeSet<_>>() {
        told.extend(exceptions::taken::subjects(context, conn, Touched { invoice: Some(invoice), ..Touched::default() }).await?);
    }
    let one = match &items[..] {
        [item] => item.invoice_id,
        _ => None,
    };
    Ok(Applied { invoice: one, concerned: exceptions::concerned(&told).chain([counterparty]).collect(), remarks, ..Applied::default() })
}

/// What was paid for an invoice before it came is set against it now.
pub async fn apply_waiting(context: &Context, conn: &mut Conn, invoice: &Invoice, actor: &str) -> Result<()> {
    let waiting = remittances::waiting(conn, invoice.kind, invoice.counterparty_id, &invoice.number).await?;
    let roots: Vec<_> = waiting.iter().map(|item| Root::Remittance(item.remittance_id)).collect();
    for mut item in waiting {
        let row = remittances::find(conn, Scope::Hub, item.remittance_id).await?.ok_or(Error::NotFound)?;
        apply(context, conn, &row, &mut item, actor).await?;
    }
    exceptions::look(context, conn, roots).await.map(|_| ())
}

fn amount(decimal: Decimal, currency: Currency) -> Result<Amount> {
    decimal
        .to_amount(currency)
        .map_err(|error| Error::Conflict(format!("An amount cannot be kept in {}: {error}. It changed nothing.", currency.code())))
}

fn adjustments(list: &[RemittanceAdjustment], currency: Currency) -> Result<Vec<Adjustment>> {
    list.iter()
        .map(|adjustment| {
            Ok(Adjustment {
                minor: amount(adjustment.amount, currency)?.minor(),
                code: adjustment.code.clone(),
                reference: adjustment.reference.as_ref().map(|reference| reference.value.clone()),
            })
        })
        .collect()
}

fn read(row: &Remittance, position: i64, item: &RemittanceItem) -> Result<Item> {
    let money = |decimal: Option<Decimal>| decimal.map(|decimal| amount(decimal, row.currency)).transpose();
    Ok(Item {
        remittance_id: row.id,
        position,
        number: item.number.clone(),
        is_invoice: item.is_invoice(),
        invoice_id: None,
        is_applied: false,
        paid: money(item.paid)?.unwrap_or_default(),
        gross: money(item.gross)?,
        discount: money(item.discount)?.unwrap_or_default(),
        adjustments: Json(adjustments(&item.adjustments, row.currency)?),
    })
}

/// Sets what was paid against its invoice, where that is known, asks for the same currency and still waits for money.
async fn apply(context: &Context, conn: &mut Conn, row: &Remittance, item: &mut Item, actor: &str) -> Result<()> {
    if !item.is_invoice {
        return Ok(());
    }
    let found = invoices::find_by_number(conn, row.kind, row.counterparty_id, &item.number).await?;
    let Some(mut invoice) = found else { return Ok(()) };
    let earlier = remittances::of_invoice(conn, invoice.id).await?;
    let discounts: Amount = earlier.iter().filter(|payment| payment.is_applied).map(|payment| payment.discount).sum();
    let settled = invoice.paid + item.paid + invoice.credited + discounts + item.discount;
    let counts = invoice.currency == row.currency && item.paid > Amount::ZERO;
    let next = remittance::after(invoice.state, settled, invoice.total).filter(|_| counts);
    item.invoice_id = Some(invoice.id);
    item.is_applied = next.is_some();
    remittances::set_invoice(conn, item).await?;
    let Some(state) = next else { return Ok(()) };
    let standing = Standing { state, paid: invoice.paid + item.paid, reason: Some(words(row, item)), actor, by: None };
    services::reach(context, conn, &mut invoice, standing).await
}

/// What is said of the payment on the invoice: "Paid on 3 Dec 2026, trace 88121. EUR 20.00 taken off: price."
fn words(row: &Remittance, item: &Item) -> String {
    let when = row.paid_on.map(|day| format!(" on {}", text::date(day))).unwrap_or_default();
    let mut said = format!("Paid{when}, trace {}.", row.number);
    for off in &item.adjustments.0 {
        let money = text::money(Amount::from_minor(off.minor.abs()), row.currency);
        let what = if off.minor < 0 { "taken off" } else { "added" };
        said.extend([" ", &money, " ", what, ": ", &text::deduction(&off.code), "."]);
    }
    said.chars().take(services::REASON_LENGTH).collect()
}

/// What does not fit, for the page of the document.
fn remark(item: &Item) -> Option<String> {
    let number = &item.number;
    match (item.is_invoice, item.invoice_id, item.is_applied) {
        (true, None, _) => Some(format!("Invoice {number} is not known here. The payment waits for it.")),
        (true, Some(_), false) => {
            Some(format!("Invoice {number} waits for no payment in this currency. The payment is noted and not counted on it."))
        }
        _ => None,
    }
}
