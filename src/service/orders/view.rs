//! One order with everything its page shows, as far as its reader may see it.

use crate::{
    domain::{
        access::Actor,
        ids::OrderId,
        order::{Line, OrderKind},
    },
    service::{
        Context, Error, Result,
        draft::{self, Kept},
        invoices::send::{self, InvoiceForm},
        orders::answer::{self, AnswerForm},
        shipments::announce::{self, ShipForm},
    },
    store::{
        documents::{self, Document},
        events::{self, Event},
        invoices::{self, Invoice},
        orders::{self, Order},
        organisations::{self, Organisation},
        shipments::{self, Shipment, ShipmentItem},
    },
};

/// Whether something can be done now, and if not, why.
pub type Can = std::result::Result<(), String>;

/// An order and everything around it.
pub struct OrderView {
    /// The header.
    pub order: Order,
    /// The party besides the hub.
    pub counterparty: Organisation,
    /// The lines.
    pub lines: Vec<Line>,
    /// Its shipments, each with what is in it.
    pub shipments: Vec<(Shipment, Vec<ShipmentItem>)>,
    /// Its invoices.
    pub invoices: Vec<Invoice>,
    /// Its documents, oldest first.
    pub documents: Vec<Document>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// Whether it can be answered.
    pub can_answer: Can,
    /// Whether a shipment can be announced.
    pub can_ship: Can,
    /// Whether an invoice can be sent.
    pub can_invoice: Can,
}

impl OrderView {
    /// The newest answer, where one was sent.
    pub fn answer_document(&self) -> Option<&Document> {
        self.documents.iter().find(|document| Some(document.id) == self.order.answer_document_id)
    }
}

/// Loads an order.
pub async fn load(context: &Context, actor: &Actor, id: OrderId) -> Result<OrderView> {
    let mut conn = context.db.read().await?;
    let order = orders::find(&mut conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let counterparty = organisations::find(&mut conn, order.counterparty_id).await?.ok_or(Error::NotFound)?;
    let lines = orders::lines(&mut conn, id).await?;
    let items = shipments::items_of_order(&mut conn, id).await?;
    let inside = |shipment: &Shipment| items.iter().filter(|item| item.shipment_id == shipment.id).cloned().collect();
    let with_items = shipments::of_order(&mut conn, id).await?;
    let with_items =
        with_items.into_iter().map(|shipment| (inside(&shipment), shipment)).map(|(items, shipment)| (shipment, items)).collect();
    let invoices = invoices::of_order(&mut conn, id).await?;
    let documents = documents::of_order(&mut conn, actor.scope(), id).await?;
    let events =
        events::of_order(&mut conn, id).await?.into_iter().filter(|event| event.counterparty_id == Some(order.counterparty_id)).collect();
    let can_answer = can(answer::may_answer(&mut conn, actor, &order, &lines).await)?;
    let can_ship = can(announce::may_announce(&mut conn, actor, &order).await)?;
    let mut can_invoice = can(send::may_send(&mut conn, actor, &order).await)?;
    if can_invoice.is_ok() && lines.iter().all(|line| !line.to_invoice().is_positive()) {
        can_invoice = Err("Everything that was shipped is invoiced.".to_owned());
    }
    Ok(OrderView { order, counterparty, lines, shipments: with_items, invoices, documents, events, can_answer, can_ship, can_invoice })
}

/// Turns "may not" into words for a disabled action; what is ours to fix stays an error.
fn can(outcome: Result<()>) -> Result<Can> {
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(Error::Forbidden(words) | Error::Conflict(words)) => Ok(Err(words)),
        Err(other) => Err(other),
    }
}

/// The answer form of an order: as typed before, or as it was answered, or with every line accepted.
pub async fn answer_form(context: &Context, actor: &Actor, view: &OrderView) -> Result<Kept<AnswerForm>> {
    let mut conn = context.db.read().await?;
    let kept = draft::find::<AnswerForm>(&mut conn, actor, answer::DRAFT, view.order.id.0).await?;
    Ok(match kept {
        // What was typed stays; the version becomes the one that is looked at now.
        Some(mut kept) => {
            kept.form.version = view.order.version.to_string();
            kept
        }
        None => Kept { form: AnswerForm::as_it_stands(&view.order, &view.lines), errors: Vec::new() },
    })
}

/// The ship notice form of an order: as typed before, or with everything that is left to ship.
pub async fn ship_form(context: &Context, actor: &Actor, view: &OrderView) -> Result<Kept<ShipForm>> {
    let mut conn = context.db.read().await?;
    let kept = draft::find::<ShipForm>(&mut conn, actor, announce::DRAFT, view.order.id.0).await?;
    Ok(kept.unwrap_or_else(|| {
        let number = format!("{}-{}", view.order.number, view.shipments.len() + 1);
        Kept { form: ShipForm::prefilled(&view.lines, number, context.clock.today()), errors: Vec::new() }
    }))
}

/// The invoice form of an order: as typed before, or for a shipment, or for all that was shipped.
pub async fn invoice_form(
    context: &Context,
    actor: &Actor,
    view: &OrderView,
    shipment: Option<crate::domain::ids::ShipmentId>,
) -> Result<Kept<InvoiceForm>> {
    let mut conn = context.db.read().await?;
    let kept = draft::find::<InvoiceForm>(&mut conn, actor, send::DRAFT, view.order.id.0).await?;
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let uninvoiced = |shipment: &Shipment| !view.invoices.iter().any(|invoice| invoice.shipment_id == Some(shipment.id));
    let chosen = match shipment {
        Some(id) => view.shipments.iter().find(|(shipment, _)| shipment.id == id),
        None => view.shipments.iter().find(|(shipment, _)| uninvoiced(shipment)),
    };
    let number = format!("INV-{}-{}", view.order.number, view.invoices.len() + 1);
    let today = context.clock.today();
    let form = match chosen {
        Some((shipment, _)) => {
            let lines = shipments::lines(&mut conn, shipment.id).await?;
            InvoiceForm::prefilled(&view.lines, Some((shipment, &lines)), number, today)
        }
        None => InvoiceForm::prefilled(&view.lines, None, number, today),
    };
    Ok(Kept { form, errors: Vec::new() })
}

/// Whether a reader sees the order from the side that sells.
pub fn is_seller(order: &Order, actor: &Actor) -> bool {
    match order.kind {
        OrderKind::Purchase => actor.audience == crate::domain::access::Audience::Supplier,
        OrderKind::Sales => actor.audience == crate::domain::access::Audience::Hub,
    }
}
