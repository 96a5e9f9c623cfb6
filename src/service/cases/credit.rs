//! Credit notes: money given back for an invoice, which itself stays as it was. One comes over the wire, or the seller
//! sends it in the portal from a dispute; either way it is counted on the invoice and ends the dispute about it.

use serde::{Deserialize, Serialize};

use super::{
    dispute::{self, Settled},
    publish,
};
use crate::{
    domain::{
        access::{Actor, Permission, Scope},
        dispute::{Credit, Line, Outcome, as_proposed, credit_all, credits, total},
        ids::{CaseId, CreditNoteId, DocumentId, InvoiceId, OrganisationId},
        message::{self, Document as Content, ItemIds},
        number::Amount,
        order::OrderKind,
        time::Date,
    },
    service::{
        Context, Error, Result,
        exceptions::{self, taken::Touched},
        exchange::{Applied, Incoming, parties},
        history::{self, Entry, Subject, signature},
        outbox::{self, Outgoing},
    },
    store::{
        Conn,
        cases::{self, Case},
        disputes::{self, CreditNote},
        invoices::{self, Invoice, InvoiceLine},
        orders,
    },
    text,
};

/// The references that name the invoice a credit is for: seller's invoice, original invoice.
const INVOICE_REFERENCES: [&str; 2] = ["IV", "OI"];

/// A credit note as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreditForm {
    /// The seller's number for it.
    pub number: String,
    /// `all` of the invoice, or what the dispute asks for.
    pub extent: String,
}

/// Whether the actor may send a credit note for an invoice; the refusal says who may.
pub(super) async fn may_send(conn: &mut Conn, actor: &Actor, id: InvoiceId) -> Result<Invoice> {
    let invoice = invoices::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let is_seller = match invoice.kind {
        OrderKind::Purchase => actor.may(Permission::Sell) && actor.organisation == invoice.counterparty_id,
        OrderKind::Sales => actor.may(Permission::Operate),
    };
    if !is_seller {
        return Err(Error::Forbidden("Whoever sent the invoice sends its credit note.".to_owned()));
    }
    if invoice.kind == OrderKind::Purchase && !parties::has_portal_seat(conn, invoice.counterparty_id).await? {
        return Err(Error::Forbidden("Your own system sends credit notes over EDI, so they cannot be made here.".to_owned()));
    }
    Ok(invoice)
}

/// Sends the credit note that ends a dispute.
pub async fn send(context: &Context, actor: &Actor, id: CaseId, form: &CreditForm) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let found = disputes::of_case(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let invoice = may_send(&mut tx, actor, found.invoice_id.ok_or(Error::NotFound)?).await?;
    if found.outcome.is_some() {
        return Err(Error::Conflict("This dispute is over. Look at how it ended.".to_owned()));
    }
    let number = form.number.trim();
    if number.is_empty() {
        return Err(Error::field("number", "Enter the number of your credit note."));
    }
    let rows = invoices::lines(&mut tx, invoice.id).await?;
    let lines = as_proposed(rows.iter().map(line).collect(), &case.proposed.0);
    let given =
        if form.extent == "all" { credit_all(&lines, invoice.currency) } else { credits(&lines, &case.proposed.0, invoice.currency) };
    let given = given.filter(|given| !given.is_empty()).ok_or_else(|| {
        Error::field(
            "extent",
            "The dispute names no value from which an amount follows. Credit the whole invoice, or write what you offer.",
        )
    })?;
    let author = signature(actor);
    let (sender, receiver) = ends(&mut tx, &invoice).await?;
    let outgoing = Outgoing {
        content: Content::Invoice(message(&mut tx, &invoice, &rows, &given, number, today(context)).await?),
        sender,
        receiver,
        number,
        order: invoice.order_id,
        shipment: invoice.shipment_id,
        invoice: Some(invoice.id),
        author: &author,
        release_at: context.now().plus_seconds(context.settings.undo_seconds),
    };
    let document = outbox::put(context, &mut tx, outgoing).await.map_err(|error| match error {
        Error::Invalid(errors) => Error::field("number", errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ")),
        other => other,
    })?;
    let counterparty = invoice.counterparty_id;
    let touched = Touched { invoice: Some(invoice.id), ..Touched::default() };
    record(context, &mut tx, invoice, Given { number, total: total(&given), document: Some(document), actor: &author }).await?;
    let told = exceptions::taken::subjects(context, &mut tx, touched).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    publish(context, &[counterparty]);
    Ok(())
}

fn today(context: &Context) -> Date {
    text::Zone::utc().date(context.now())
}

fn line(row: &InvoiceLine) -> Line {
    Line { line: row.line.clone(), quantity: row.quantity, unit: row.unit.clone(), price: Some(row.unit_price), per: row.price_per }
}

/// Seller and buyer of an invoice.
async fn ends(conn: &mut Conn, invoice: &Invoice) -> Result<(OrganisationId, OrganisationId)> {
    let hub = outbox::hub(conn).await?.id;
    Ok(match invoice.kind {
        OrderKind::Purchase => (invoice.counterparty_id, hub),
        OrderKind::Sales => (hub, invoice.counterparty_id),
    })
}

/// The credit note as a document: an 810 of type CR that names the invoice (REF IV).
async fn message(
    conn: &mut Conn,
    invoice: &Invoice,
    rows: &[InvoiceLine],
    given: &[Credit],
    number: &str,
    today: Date,
) -> Result<message::Invoice> {
    let order = match invoice.order_id {
        Some(id) => orders::find(conn, Scope::Hub, id).await?,
        None => None,
    };
    let ordered = match &order {
        Some(order) => orders::lines(conn, order.id).await?,
        None => Vec::new(),
    };
    let lines = given.iter().map(|credit| {
        let row = &rows[credit.place];
        let of_order = ordered.iter().find(|line| Some(line.id) == row.order_line_id);
        message::InvoiceLine {
            line: Some(row.line.clone()),
            quantity: credit.quantity,
            unit: row.unit.clone(),
            unit_price: credit.price,
            price_per: row.price_per,
            item: of_order
                .map(|line| ItemIds {
                    buyer: line.buyer_item.clone(),
                    seller: line.seller_item.clone(),
                    gtin: line.gtin.clone(),
                    other: Vec::new(),
                })
                .unwrap_or_default(),
            description: Some(row.description.clone()).filter(|words| !words.is_empty()),
        }
    });
    Ok(message::Invoice {
        number: number.to_owned(),
        date: Some(today),
        order_date: order.as_ref().and_then(|order| order.ordered_on),
        order_number: order.map(|order| order.number),
        invoice_type: Some("CR".to_owned()),
        purpose: None,
        currency: Some(invoice.currency),
        bill_of_lading: None,
        shipment_number: None,
        references: vec![message::Reference { qualifier: "IV".to_owned(), value: invoice.number.clone(), description: None }],
        parties: Vec::new(),
        terms: None,
        shipped_on: None,
        lines: lines.collect(),
        adjustments: Vec::new(),
        taxes: Vec::new(),
        total: total(given).to_decimal(invoice.currency),
    })
}

/// A credit note that came over the wire.
pub(in crate::service) async fn receive(
    context: &Context,
    conn: &mut Conn,
    incoming: &Incoming<'_>,
    message: &message::Invoice,
) -> Result<Applied> {
    let kind = incoming.kind_sold_by_sender();
    let refused = |words: &str| Error::Conflict(format!("{} is a credit, and {words} It was not entered.", message.number));
    if disputes::find_credit_note(conn, kind, incoming.counterparty(), &message.number).await?.is_some() {
        return Err(Error::Conflict(format!("Credit note {} was sent before; this one changed nothing.", message.number)));
    }
    let mut invoice = None;
    for reference in message.references.iter().filter(|reference| INVOICE_REFERENCES.contains(&reference.qualifier.as_str())) {
        if invoice.is_none() {
            invoice = invoices::find_by_number(conn, kind, incoming.counterparty(), &reference.value).await?;
        }
    }
    let invoice =
        invoice.ok_or_else(|| refused("names no invoice that is known here (REF IV). Send it again with the invoice's number."))?;
    if message.currency.is_some_and(|currency| currency != invoice.currency) {
        return Err(refused("its currency is not that of its invoice."));
    }
    // Some write what they give back with a minus.
    let total = message.total.to_amount(invoice.currency).map_err(|error| refused(&format!("its total cannot be kept: {error}.")))?;
    let total = if total < Amount::ZERO { -total } else { total };
    let applied = Applied { order: invoice.order_id, invoice: Some(invoice.id), ..Applied::default() };
    let given = Given { number: &message.number, total, document: Some(incoming.document.id), actor: incoming.sender_name() };
    record(context, conn, invoice, given).await?;
    Ok(applied)
}

/// A credit note to be written down.
struct Given<'a> {
    number: &'a str,
    total: Amount,
    document: Option<DocumentId>,
    actor: &'a str,
}

/// Writes a credit note down, counts it on its invoice, and ends the dispute about it.
async fn record(context: &Context, conn: &mut Conn, mut invoice: Invoice, given: Given<'_>) -> Result<CreditNoteId> {
    if disputes::find_credit_note(conn, invoice.kind, invoice.counterparty_id, given.number).await?.is_some() {
        return Err(Error::field("number", format!("Credit note {} was sent before. Use another number.", given.number)));
    }
    let left = invoice.total - invoice.credited;
    if given.total <= Amount::ZERO || given.total > left {
        return Err(Error::Conflict(format!(
            "A credit of {} does not fit: {} of invoice {} can still be given back.",
            text::money(given.total, invoice.currency),
            text::money(left, invoice.currency),
            invoice.number
        )));
    }
    let row = CreditNote {
        id: context.id(),
        kind: invoice.kind,
        counterparty_id: invoice.counterparty_id,
        number: given.number.to_owned(),
        invoice_id: invoice.id,
        currency: invoice.currency,
        total: given.total,
        document_id: given.document,
        at: context.now(),
    };
    disputes::insert_credit_note(conn, &row).await?;
    invoice.credited = invoice.credited + given.total;
    invoice.updated_at = context.now();
    invoices::update(conn, &invoice).await?;
    let entry = Entry {
        counterparty: invoice.counterparty_id,
        subject: Subject { order: invoice.order_id, shipment: None, invoice: Some(invoice.id), document: given.document },
        kind: "credit_note",
        words: format!("Credit note {} over {} for invoice {}", row.number, text::money(row.total, row.currency), invoice.number),
        changes: Vec::new(),
        actor: given.actor,
    };
    history::note(context, conn, entry).await?;
    if let Some(open) = dispute::open_about(conn, invoice.id).await? {
        end(context, conn, open.case_id, &row, given.actor).await?;
    }
    Ok(row.id)
}

async fn end(context: &Context, conn: &mut Conn, case: CaseId, credit: &CreditNote, actor: &str) -> Result<()> {
    let mut case: Case = cases::find_for_update(conn, Scope::Hub, case).await?.ok_or(Error::NotFound)?;
    if let Some(document) = credit.document_id {
        disputes::attach(conn, case.id, document).await?;
    }
    dispute::settle(context, conn, &mut case, Settled { outcome: Outcome::Credited, credit: Some(credit), actor }).await
}
