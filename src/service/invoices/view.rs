//! Lists of invoices and one invoice with everything its page shows.

use crate::{
    domain::{
        access::{Actor, Permission},
        ids::InvoiceId,
        invoice::InvoiceState,
        number::{Amount, Currency},
        time::Timestamp,
    },
    service::{
        Context, Error, Result,
        exchange::correction::{self, Correction},
        paging::{PAGE, cut},
    },
    store::{
        documents::{self, Document},
        events::{self, Event},
        invoices::{self, Invoice, InvoiceFilter, InvoiceLine, InvoiceRow},
        orders::{self, Order},
        organisations::{self, Organisation},
        remittances::{self, Payment},
        shipments::{self, Shipment},
    },
};

/// A page of the list.
pub struct InvoiceList {
    /// The rows.
    pub rows: Vec<InvoiceRow>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, InvoiceId)>,
    /// How many invoices are in each state and currency, and what is open on them.
    pub counts: Vec<(InvoiceState, Currency, i64, Amount)>,
}

/// Loads a page of invoices.
pub async fn list(context: &Context, actor: &Actor, filter: &InvoiceFilter) -> Result<InvoiceList> {
    let mut conn = context.db.read().await?;
    let mut rows = invoices::list(&mut conn, actor.scope(), filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.created_at, row.id));
    let counts = invoices::count(&mut conn, actor.scope()).await?;
    Ok(InvoiceList { rows, next, counts })
}

/// An invoice and everything around it.
pub struct InvoiceView {
    /// The invoice.
    pub invoice: Invoice,
    /// The party besides the hub.
    pub counterparty: Organisation,
    /// The lines.
    pub lines: Vec<InvoiceLine>,
    /// The order.
    pub order: Option<Order>,
    /// The shipment.
    pub shipment: Option<Shipment>,
    /// The document.
    pub document: Option<Document>,
    /// What was paid for it, oldest first.
    pub payments: Vec<Payment>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// Where the reader corrects it, because its receiver did not take its document.
    pub correction: Option<Correction>,
    /// The states the reader can set.
    pub next_states: Vec<InvoiceState>,
}

/// Loads an invoice.
pub async fn load(context: &Context, actor: &Actor, id: InvoiceId) -> Result<InvoiceView> {
    let mut conn = context.db.read().await?;
    let scope = actor.scope();
    let invoice = invoices::find(&mut conn, scope, id).await?.ok_or(Error::NotFound)?;
    let counterparty = organisations::find(&mut conn, invoice.counterparty_id).await?.ok_or(Error::NotFound)?;
    let lines = invoices::lines(&mut conn, id).await?;
    let order = match invoice.order_id {
        Some(order) => orders::find(&mut conn, scope, order).await?,
        None => None,
    };
    let shipment = match invoice.shipment_id {
        Some(shipment) => shipments::find(&mut conn, scope, shipment).await?,
        None => None,
    };
    let document = match invoice.document_id {
        Some(document) => documents::find(&mut conn, scope, document).await?,
        None => None,
    };
    let correction = match &document {
        Some(document) => correction::of(&mut conn, actor, document.id).await?,
        None => None,
    };
    let payments = remittances::of_invoice(&mut conn, id).await?;
    let events = events::of_invoice(&mut conn, id).await?;
    let next_states = if actor.may(Permission::Operate) {
        InvoiceState::ALL.iter().copied().filter(|next| invoice.state.may_become(*next) && *next != InvoiceState::PartPaid).collect()
    } else {
        Vec::new()
    };
    Ok(InvoiceView { invoice, counterparty, lines, order, shipment, document, payments, events, correction, next_states })
}
