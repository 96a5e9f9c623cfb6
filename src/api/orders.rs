//! What a supplier does with an order: answer it, take the answer back, ship it, invoice it. Arguments are named like the
//! fields of the forms, so that an error names the field it belongs to.

use leptos::prelude::*;

use super::error::ApiError;
use crate::service::{
    draft,
    invoices::send::{self, InvoiceEntry, InvoiceForm},
    orders::{
        answer::{self, AnswerForm, LineForm},
        bulk::{self, Ticked},
    },
    shipments::announce::{self, ShipForm, ShipLine},
};

/// An id as a form sends it; one that cannot be read is unknown.
fn id<T: std::str::FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound)
}

/// Answers an order line by line.
#[server(prefix = "/do", endpoint = "answer-order")]
pub async fn answer_order(
    order: String,
    #[server(default)] version: String,
    #[server(default)] lines: Vec<LineForm>,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    answer::answer(&context, &reader.actor, id(&order)?, &AnswerForm { version, lines }).await?;
    super::say("Your answer is recorded. Until it leaves you can take it back.");
    super::go(&format!("/orders/{order}"));
    Ok(())
}

/// Accepts an order as it was placed.
#[server(prefix = "/do", endpoint = "accept-order")]
pub async fn accept_order(order: String, #[server(default)] version: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    answer::accept(&context, &reader.actor, id(&order)?, &version).await?;
    super::say("The order is accepted as ordered. Until the answer leaves you can take it back.");
    super::go(&format!("/orders/{order}"));
    Ok(())
}

/// A ticked order; without a version it counts as one that changed.
fn ticked(text: &str) -> Result<Ticked, ApiError> {
    let (order, version) = text.split_once(':').unwrap_or((text, ""));
    Ok(Ticked { id: id(order)?, version: version.to_owned() })
}

/// Reasons that fit into one notice; the others are counted.
const REASONS_SHOWN: usize = 5;

/// Accepts the ticked orders as they were placed, and says of each that was not why. Each tick is `id:version`.
#[server(prefix = "/do", endpoint = "accept-orders")]
pub async fn accept_orders(#[server(default)] orders: Vec<String>) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let ticked = orders.iter().map(|order| ticked(order)).collect::<Result<Vec<_>, _>>()?;
    let outcome = bulk::accept(&context, &reader.actor, &ticked).await?;
    let mut words = Vec::new();
    match outcome.accepted.len() {
        0 => {}
        1 => words.push(format!("Order {} is accepted as ordered.", outcome.accepted[0])),
        many => words.push(format!("{many} orders are accepted as ordered.")),
    }
    words.extend(outcome.refused.iter().take(REASONS_SHOWN).map(|(number, why)| format!("Not {number}: {why}")));
    if outcome.refused.len() > REASONS_SHOWN {
        words.push(format!("{} more were not accepted.", outcome.refused.len() - REASONS_SHOWN));
    }
    let words = words.join(" ");
    if outcome.accepted.is_empty() {
        return Err(ApiError::Conflict { message: words });
    }
    super::say(words);
    Ok(())
}

/// Takes an answer back before it leaves.
#[server(prefix = "/do", endpoint = "take-back")]
pub async fn take_back(document: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let order = answer::take_back(&context, &reader.actor, id(&document)?).await?;
    super::say("Your answer is taken back. Nothing was sent.");
    super::go(&format!("/orders/{order}"));
    Ok(())
}

/// Announces a shipment for an order, or, where it names the shipment that it `corrects`, sends its corrected ship notice.
#[server(prefix = "/do", endpoint = "announce-shipment")]
pub async fn announce_shipment(
    order: String,
    #[server(default)] corrects: String,
    #[server(default)] number: String,
    #[server(default)] shipped_on: String,
    #[server(default)] estimated_on: String,
    #[server(default)] scac: String,
    #[server(default)] carrier: String,
    #[server(default)] tracking: String,
    #[server(default)] bill_of_lading: String,
    #[server(default)] packages: String,
    #[server(default)] lines: Vec<ShipLine>,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let form = ShipForm { number, shipped_on, estimated_on, scac, carrier, tracking, bill_of_lading, packages, lines };
    let shipment = if corrects.is_empty() {
        let shipment = announce::announce(&context, &reader.actor, id(&order)?, &form).await?;
        super::say(format!("Shipment {} is announced.", form.number.trim()));
        shipment
    } else {
        let shipment = crate::service::shipments::correct::correct(&context, &reader.actor, id(&corrects)?, &form).await?;
        super::say(format!("The corrected ship notice of {} is sent.", form.number.trim()));
        shipment
    };
    super::go(&format!("/shipments/{shipment}"));
    Ok(())
}

/// Sends an invoice for an order, or, where it names the invoice that it `corrects`, the corrected one.
#[server(prefix = "/do", endpoint = "send-invoice")]
pub async fn send_invoice(
    order: String,
    #[server(default)] corrects: String,
    #[server(default)] number: String,
    #[server(default)] invoiced_on: String,
    #[server(default)] net_days: String,
    #[server(default)] shipment: String,
    #[server(default)] lines: Vec<InvoiceEntry>,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let form = InvoiceForm { number, invoiced_on, net_days, shipment, lines };
    let invoice = if corrects.is_empty() {
        let invoice = send::send(&context, &reader.actor, id(&order)?, &form).await?;
        super::say(format!("Invoice {} is sent.", form.number.trim()));
        invoice
    } else {
        let invoice = crate::service::invoices::correct::correct(&context, &reader.actor, id(&corrects)?, &form).await?;
        super::say(format!("The corrected invoice {} is sent.", form.number.trim()));
        invoice
    };
    super::go(&format!("/invoices/{invoice}"));
    Ok(())
}

/// Forgets what was typed into a form about an order. `form` is `answer`, `ship` or `invoice`, as in its address; where it
/// `corrects` a shipment or an invoice, what was typed about that.
#[server(prefix = "/do", endpoint = "discard-draft")]
pub async fn discard_draft(order: String, form: String, #[server(default)] corrects: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let kind = match form.as_str() {
        "answer" => answer::DRAFT,
        "ship" => announce::DRAFT,
        "invoice" => send::DRAFT,
        _ => return Err(ApiError::NotFound),
    };
    let subject = if corrects.is_empty() { &order } else { &corrects };
    draft::discard(&context, &reader.actor, kind, id(&order)?, id(subject)?).await?;
    super::say("What you typed is discarded. The form is as new.");
    let what = if corrects.is_empty() { String::new() } else { format!("?corrects={corrects}") };
    super::go(&format!("/orders/{order}/{form}{what}"));
    Ok(())
}
