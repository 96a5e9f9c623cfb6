//! Invoices: sending them, taking them in, following them to their payment.

pub mod correct;
pub mod receive;
pub mod send;
pub mod view;

use std::collections::BTreeMap;

use super::{
    Context, Error, Result,
    exceptions::{self, taken::Touched},
    history::{self, Entry, Subject},
    notify::causes,
    orders::save,
    remittances::receive::apply_waiting,
    xconnector::tell,
};
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::{InvoiceId, OrderId, UserId},
        invoice::InvoiceState,
        number::{Amount, Quantity, UnitPrice},
        order::Source,
    },
    store::{
        Conn, Scope, invoices,
        invoices::{Invoice, InvoiceLine},
        orders,
        references::{self, Thing},
    },
    text,
};

/// Saves a new invoice and counts its lines as invoiced. Says what does not fit the orders.
pub async fn record(context: &Context, conn: &mut Conn, invoice: &Invoice, lines: &[InvoiceLine], source: &Source) -> Result<Vec<String>> {
    invoices::insert(conn, invoice, lines).await?;
    references::appear(conn, Thing::Invoice(invoice.id), &invoice.number, invoice.counterparty_id).await?;
    tell_state(context, conn, invoice, None).await?;
    let mut remarks = Vec::new();
    let mut by_order: BTreeMap<OrderId, Vec<&InvoiceLine>> = BTreeMap::new();
    for (order, order_line) in invoices::order_lines(conn, invoice.id).await? {
        by_order.entry(order).or_default().extend(lines.iter().filter(|line| line.order_line_id == Some(order_line)));
    }
    for (order_id, invoiced) in by_order {
        let mut order = orders::find_for_update(conn, Scope::Hub, order_id).await?.ok_or(Error::NotFound)?;
        let before = orders::lines(conn, order_id).await?;
        let mut after = before.clone();
        for line in invoiced {
            let Some(target) = after.iter_mut().find(|candidate| Some(candidate.id) == line.order_line_id) else { continue };
            if !target.is_in(&line.unit) {
                let words = format!("Line {}: invoiced in {}, ordered in {}. ", target.line, line.unit, target.unit);
                remarks.push(words + "It is not counted as invoiced.");
                continue;
            }
            target.quantities.invoiced = target.quantities.invoiced + line.quantity;
            target.provenance.insert("invoiced".to_owned(), source.clone());
            if target.quantities.invoiced > target.quantities.shipped {
                remarks.push(format!(
                    "Line {}: {} invoiced of {} shipped.",
                    target.line, target.quantities.invoiced, target.quantities.shipped
                ));
            }
            if !line.unit_price.is_same(line.price_per, target.price(), target.price_per) {
                let price = |price: UnitPrice, per: Quantity| {
                    if per == Quantity::whole(1) { price.to_string() } else { format!("{price} for {per}") }
                };
                let (invoiced, agreed) = (price(line.unit_price, line.price_per), price(target.price(), target.price_per));
                remarks.push(format!("Line {}: price {invoiced} invoiced, {agreed} agreed.", target.line));
            }
        }
        save(context, conn, &mut order, &before, &after).await?;
    }
    let entry = Entry {
        counterparty: invoice.counterparty_id,
        subject: Subject { order: invoice.order_id, shipment: None, invoice: Some(invoice.id), document: invoice.document_id },
        kind: "invoice_sent",
        words: format!("Invoice {} over {}", invoice.number, text::money(invoice.total, invoice.currency)),
        changes: Vec::new(),
        actor: &source.actor,
    };
    history::note(context, conn, entry).await?;
    apply_waiting(context, conn, invoice, &source.actor).await?;
    Ok(remarks)
}

/// Tells other systems where an invoice stands now.
async fn tell_state(context: &Context, conn: &mut Conn, invoice: &Invoice, before: Option<InvoiceState>) -> Result<()> {
    let of = tell::Trade { kind: "invoice", id: invoice.id.to_string(), number: &invoice.number, partner: invoice.counterparty_id };
    tell::status(context, conn, of, before.map(InvoiceState::as_str), invoice.state.as_str()).await
}

/// Longest reason for an invoice's state, in characters.
pub const REASON_LENGTH: usize = 500;

/// The hub says where an invoice stands. Only steps that the rules allow are possible.
pub async fn set_state(context: &Context, actor: &Actor, id: InvoiceId, state: InvoiceState, reason: &str) -> Result<()> {
    step(context, actor, id, state, None, reason).await
}

/// The hub says that a part of an invoice is paid: how much by now, all parts together.
pub async fn pay_part(context: &Context, actor: &Actor, id: InvoiceId, paid: Amount, reason: &str) -> Result<()> {
    step(context, actor, id, InvoiceState::PartPaid, Some(paid), reason).await
}

/// What is paid of an invoice that reaches a state.
fn paid_by_then(invoice: &Invoice, state: InvoiceState, paid: Option<Amount>) -> Result<Amount> {
    match (state, paid) {
        (InvoiceState::Paid, _) => Ok(invoice.total - invoice.credited),
        (InvoiceState::PartPaid, None) => Err(Error::field("paid", "Say how much is paid by now.")),
        (InvoiceState::PartPaid, Some(paid)) if paid > invoice.paid && paid < invoice.total - invoice.credited => Ok(paid),
        (InvoiceState::PartPaid, Some(_)) => {
            Err(Error::field("paid", "A part is more than was paid before and less than the whole. Enter all that is paid by now."))
        }
        _ => Ok(invoice.paid),
    }
}

async fn step(context: &Context, actor: &Actor, id: InvoiceId, state: InvoiceState, paid: Option<Amount>, reason: &str) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let mut invoice = invoices::find(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if !actor.may(Permission::Operate) {
        return Err(Error::Forbidden("The buyer's finance team sets the state of an invoice.".to_owned()));
    }
    if !invoice.state.may_become(state) {
        return Err(Error::Conflict(format!(
            "Invoice {} stands at “{}” and cannot go to “{}” from there. Look at its present state.",
            invoice.number,
            text::invoice_state(invoice.state),
            text::invoice_state(state)
        )));
    }
    let needs_reason = matches!(state, InvoiceState::UnderQuery | InvoiceState::ConditionallyAccepted | InvoiceState::Rejected);
    if needs_reason && reason.trim().is_empty() {
        return Err(Error::field("reason", "Say why and what the supplier should do; they see it at once."));
    }
    if reason.chars().count() > REASON_LENGTH {
        return Err(Error::field("reason", format!("Say it in at most {REASON_LENGTH} characters.")));
    }
    let standing = Standing {
        state,
        paid: paid_by_then(&invoice, state, paid)?,
        reason: Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty()),
        actor: &history::signature(actor),
        by: actor.user(),
    };
    reach(context, &mut tx, &mut invoice, standing).await?;
    let touched = Touched { invoice: Some(id), ..Touched::default() };
    let told = exceptions::taken::subjects(context, &mut tx, touched).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    context.live.publish(Some(invoice.counterparty_id));
    Ok(())
}

/// What an invoice comes to stand at.
pub struct Standing<'a> {
    /// The state.
    pub state: InvoiceState,
    /// What is paid by then.
    pub paid: Amount,
    /// Why, in words.
    pub reason: Option<String>,
    /// Who says so.
    pub actor: &'a str,
    /// The person who knows already.
    pub by: Option<UserId>,
}

/// Brings an invoice to where somebody says that it stands, and tells whoever waits for it. The caller has seen that the
/// state may follow, and looks for exceptions when everything is in its place.
pub async fn reach(context: &Context, conn: &mut Conn, invoice: &mut Invoice, standing: Standing<'_>) -> Result<()> {
    let (before, state) = (invoice.state, standing.state);
    invoice.state = state;
    invoice.state_reason = standing.reason;
    invoice.paid = standing.paid;
    invoice.updated_at = context.now();
    invoices::update(conn, invoice).await?;
    tell_state(context, conn, invoice, Some(before)).await?;
    if state == InvoiceState::Paid {
        count_paid(context, conn, invoice).await?;
    }
    let entry = Entry {
        counterparty: invoice.counterparty_id,
        subject: Subject { order: invoice.order_id, invoice: Some(invoice.id), ..Subject::default() },
        kind: "invoice_state",
        words: match &invoice.state_reason {
            Some(reason) => format!("Invoice {}: {}. {reason}", invoice.number, text::invoice_state(state)),
            None => format!("Invoice {}: {}", invoice.number, text::invoice_state(state)),
        },
        changes: vec![crate::store::events::Difference {
            what: "State".to_owned(),
            old: text::invoice_state(before).to_owned(),
            new: text::invoice_state(state).to_owned(),
        }],
        actor: standing.actor,
    };
    history::note(context, conn, entry).await?;
    causes::payment_told(context, conn, invoice, standing.by).await
}

async fn count_paid(context: &Context, conn: &mut Conn, invoice: &Invoice) -> Result<()> {
    let Some(order_id) = invoice.order_id else { return Ok(()) };
    let mut order = orders::find_for_update(conn, Scope::Hub, order_id).await?.ok_or(Error::NotFound)?;
    let before = orders::lines(conn, order_id).await?;
    let mut lines = before.clone();
    for paid in invoices::lines(conn, invoice.id).await? {
        if let Some(line) = lines.iter_mut().find(|line| Some(line.id) == paid.order_line_id && line.is_in(&paid.unit)) {
            line.quantities.paid = line.quantities.paid + paid.quantity;
        }
    }
    save(context, conn, &mut order, &before, &lines).await
}
