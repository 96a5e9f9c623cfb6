//! An invoice that its receiver did not take is corrected: the form is filled with what was billed, and the invoice that
//! takes its place leaves under the same number. It stays one invoice; nothing of the first one was entered at the buyer.

use super::send::{DRAFT, InvoiceEntry, InvoiceForm, may_enter};
use crate::{
    domain::{
        access::Actor,
        ids::{InvoiceId, OrderId},
        invoice::{InvoiceState, due_on},
        message::Document as Content,
        number::Amount,
        order::{Line, Source},
    },
    service::{
        Context, Error, Result,
        draft::{self, Kept},
        exceptions,
        exchange::correction,
        history::{self, Entry, Subject, signature},
        orders::save,
        outbox::{self, Outgoing},
        wire_fields,
    },
    store::{
        Conn, drafts,
        invoices::{self, Invoice, InvoiceLine},
        orders::{self, Order},
    },
    text,
};

/// An invoice that can be corrected.
pub struct Correctable {
    /// The invoice.
    pub invoice: Invoice,
    /// What it bills.
    pub billed: Vec<InvoiceLine>,
    /// Its order.
    pub order: Order,
    /// The order's lines as if it had not been billed.
    pub lines: Vec<Line>,
    /// Why its receiver did not take it.
    pub reasons: Vec<String>,
}

/// An invoice that the actor can correct now; the refusal says why not.
pub async fn find(conn: &mut Conn, actor: &Actor, id: InvoiceId) -> Result<Correctable> {
    let invoice = invoices::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let order_id = invoice.order_id.ok_or(Error::NotFound)?;
    let order = orders::find(conn, actor.scope(), order_id).await?.ok_or(Error::NotFound)?;
    may_enter(conn, actor, &order).await?;
    let Some(reasons) = correction::refusal_of(conn, actor, invoice.document_id).await? else {
        let words =
            format!("Invoice {} is not refused, so there is nothing to correct. A credit note takes back what was billed.", invoice.number);
        return Err(Error::Conflict(words));
    };
    let is_untouched = invoice.paid == Amount::ZERO && invoice.credited == Amount::ZERO;
    if !matches!(invoice.state, InvoiceState::Sent | InvoiceState::Received | InvoiceState::InProcess | InvoiceState::UnderQuery)
        || !is_untouched
    {
        let words =
            format!("Invoice {} stands at “{}”: it is credited, not corrected.", invoice.number, text::invoice_state(invoice.state));
        return Err(Error::Conflict(words));
    }
    let billed = invoices::lines(conn, id).await?;
    let mut lines = orders::lines(conn, order_id).await?;
    for part in &billed {
        if let Some(line) = lines.iter_mut().find(|line| Some(line.id) == part.order_line_id && line.is_in(&part.unit)) {
            line.quantities.invoiced = line.quantities.invoiced - part.quantity;
        }
    }
    Ok(Correctable { invoice, billed, order, lines, reasons })
}

impl Correctable {
    /// The form as it was billed.
    pub fn form(&self) -> InvoiceForm {
        let row = &self.invoice;
        let days = row.invoiced_on.zip(row.due_on).map(|(on, due)| due.days_since(on).to_string());
        let position = |part: &InvoiceLine| self.lines.iter().find(|line| Some(line.id) == part.order_line_id).map(|line| line.position);
        let entry = |part: &InvoiceLine| InvoiceEntry {
            position: position(part).map(|position| position.to_string()).unwrap_or_default(),
            quantity: part.quantity.to_string(),
        };
        InvoiceForm {
            number: row.number.clone(),
            invoiced_on: row.invoiced_on.map(|on| on.to_string()).unwrap_or_default(),
            net_days: days.unwrap_or_default(),
            shipment: row.shipment_id.map(|id| id.to_string()).unwrap_or_default(),
            lines: self.billed.iter().map(entry).collect(),
        }
    }
}

/// The form: as typed before, or as it was billed.
pub async fn form(context: &Context, actor: &Actor, id: InvoiceId) -> Result<(Correctable, Kept<InvoiceForm>)> {
    let mut conn = context.db.read().await?;
    let found = find(&mut conn, actor, id).await?;
    let kept = draft::find::<InvoiceForm>(&mut conn, actor, DRAFT, id.0).await?;
    let kept = kept.unwrap_or_else(|| Kept { form: found.form(), errors: Vec::new() });
    Ok((found, kept))
}

/// Sends a corrected invoice in the place of the one that was not taken. Refused entries are kept as a draft.
pub async fn correct(context: &Context, actor: &Actor, id: InvoiceId, form: &InvoiceForm) -> Result<InvoiceId> {
    let sent = try_correct(context, actor, id, form).await;
    draft::keep_if_invalid(context, actor, DRAFT, id.0, form, sent).await
}

async fn try_correct(context: &Context, actor: &Actor, id: InvoiceId, form: &InvoiceForm) -> Result<InvoiceId> {
    let mut tx = context.db.begin().await?;
    let known = invoices::find(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let order_id: OrderId = known.order_id.ok_or(Error::NotFound)?;
    orders::find_for_update(&mut tx, actor.scope(), order_id).await?.ok_or(Error::NotFound)?;
    let Correctable { mut invoice, mut order, lines: before, .. } = find(&mut tx, actor, id).await?;
    let shipment = form.named_shipment(&mut tx, order_id).await?;
    let entered = form.read(&before)?;
    if entered.number != invoice.number {
        return Err(Error::field("number", format!("The corrected invoice keeps its number, {}.", invoice.number)));
    }
    let lines = entered.lines(context, id, &order, &before)?;
    let total: Amount = lines.iter().map(|line| line.amount).sum();
    let author = signature(actor);
    let hub = outbox::hub(&mut tx).await?.id;
    let outgoing = Outgoing {
        content: Content::Invoice(entered.message(&order, &before, &lines, total, shipment.as_ref())),
        sender: order.counterparty_id,
        receiver: hub,
        number: &entered.number,
        order: Some(order_id),
        shipment: shipment.as_ref().map(|shipment| shipment.id),
        invoice: Some(id),
        author: &author,
        release_at: context.now().plus_seconds(context.settings.undo_seconds),
    };
    let put = outbox::put(context, &mut tx, outgoing).await;
    let document = put.map_err(|error| wire_fields::of_invoice(error, form, entered.lines.iter().map(|(place, _)| &before[*place])))?;
    invoice.shipment_id = shipment.map(|shipment| shipment.id);
    invoice.total = total;
    invoice.invoiced_on = Some(entered.invoiced_on);
    invoice.due_on = entered.net_days.map(|days| due_on(entered.invoiced_on, days));
    invoice.document_id = Some(document);
    invoice.updated_at = context.now();
    invoices::restate(&mut tx, &invoice, &lines).await?;
    let standing = orders::lines(&mut tx, order_id).await?;
    let mut after = before;
    let source = Source { document: Some(document), segment: None, element: None, actor: author.clone() };
    for (place, quantity) in &entered.lines {
        let line = &mut after[*place];
        line.quantities.invoiced = line.quantities.invoiced + *quantity;
        line.provenance.insert("invoiced".to_owned(), source.clone());
    }
    save(context, &mut tx, &mut order, &standing, &after).await?;
    let entry = Entry {
        counterparty: order.counterparty_id,
        subject: Subject { order: Some(order_id), invoice: Some(id), document: Some(document), ..Subject::default() },
        kind: "invoice_corrected",
        words: format!("Invoice {} corrected and sent anew over {}", invoice.number, text::money(total, invoice.currency)),
        changes: Vec::new(),
        actor: &author,
    };
    history::note(context, &mut tx, entry).await?;
    drafts::delete(&mut tx, actor, DRAFT, id.0).await?;
    let mut told = exceptions::look_at_document(context, &mut tx, document, Some(order.counterparty_id), &invoice.number).await?;
    told.extend(exceptions::look_at_order(context, &mut tx, order_id).await?);
    tx.commit().await?;
    exceptions::tell(context, &told);
    context.live.publish(Some(order.counterparty_id));
    Ok(id)
}
