//! A supplier sends an invoice for an order in the portal: the invoice (810) and what it means for the order are one
//! transaction. What cannot be sent is kept as a draft.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        access::{Actor, Permission},
        ids::{InvoiceId, InvoiceLineId, OrderId, ShipmentId},
        invoice::{InvoiceState, Item, due_on},
        message::{self, Document as Content, ItemIds, Terms},
        number::{self, Amount, Quantity},
        order::{Line, OrderKind, Source},
        time::Date,
    },
    service::{
        Context, Error, FieldError, Result, draft, exceptions,
        exchange::parties,
        history::signature,
        outbox::{self, Outgoing},
        wire_fields,
    },
    store::{
        Conn, drafts,
        invoices::{self, Invoice, InvoiceLine},
        orders::{self, Order},
        shipments::{self, Shipment},
    },
};

/// Kind of the draft that keeps a refused invoice.
pub const DRAFT: &str = "invoice";

/// Longest time to pay, in days: the wire has three digits for it.
const MOST_DAYS: u32 = 999;

/// An invoice as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InvoiceForm {
    /// The supplier's invoice number.
    pub number: String,
    /// Invoice date, ISO 8601.
    pub invoiced_on: String,
    /// Days to pay.
    pub net_days: String,
    /// The shipment it is for, by id; empty for the whole order.
    pub shipment: String,
    /// What is invoiced.
    pub lines: Vec<InvoiceEntry>,
}

/// One line of the form. The price is the agreed one and is not typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InvoiceEntry {
    /// Place of the line in the order.
    pub position: String,
    /// How much; empty or zero where the line is not in it.
    pub quantity: String,
}

/// Whether the actor enters the invoices of an order here; the refusal says who does.
pub(super) async fn may_enter(conn: &mut Conn, actor: &Actor, order: &Order) -> Result<()> {
    if order.kind != OrderKind::Purchase || !actor.may(Permission::Sell) {
        return Err(Error::Forbidden("The supplier sends invoices for this order.".to_owned()));
    }
    if !parties::has_portal_seat(conn, order.counterparty_id).await? {
        return Err(Error::Forbidden("Your own system sends invoices over EDI, so they cannot be made here.".to_owned()));
    }
    Ok(())
}

/// Whether the actor may invoice this order now; the refusal says who may, or what is missing.
pub async fn may_send(conn: &mut Conn, actor: &Actor, order: &Order) -> Result<()> {
    may_enter(conn, actor, order).await?;
    if !order.state.can_be_invoiced() {
        return Err(Error::Conflict("Announce a shipment first; what has left can be invoiced.".to_owned()));
    }
    Ok(())
}

/// Sends an invoice. Refused entries are kept as a draft.
pub async fn send(context: &Context, actor: &Actor, order: OrderId, form: &InvoiceForm) -> Result<InvoiceId> {
    let sent = try_send(context, actor, order, form).await;
    draft::keep_if_invalid(context, actor, DRAFT, order.0, form, sent).await
}

async fn try_send(context: &Context, actor: &Actor, order_id: OrderId, form: &InvoiceForm) -> Result<InvoiceId> {
    let mut tx = context.db.begin().await?;
    let order = orders::find_for_update(&mut tx, actor.scope(), order_id).await?.ok_or(Error::NotFound)?;
    let order_lines = orders::lines(&mut tx, order_id).await?;
    let earlier = invoices::find_by_number(&mut tx, OrderKind::Purchase, order.counterparty_id, form.number.trim()).await?;
    if let Some(earlier) = &earlier
        && actor.may(Permission::Sell)
        && form.says_again(&order_lines, &invoices::lines(&mut tx, earlier.id).await?)
    {
        // The button was pressed twice.
        return Ok(earlier.id);
    }
    may_send(&mut tx, actor, &order).await?;
    let shipment = form.named_shipment(&mut tx, order_id).await?;
    let entered = form.read(&order_lines)?;
    if earlier.is_some() {
        return Err(Error::field("number", format!("Invoice {} was sent before. Use another number.", entered.number)));
    }
    let id: InvoiceId = context.id();
    let lines = entered.lines(context, id, &order, &order_lines)?;
    let total: Amount = lines.iter().map(|line| line.amount).sum();
    let author = signature(actor);
    let hub = outbox::hub(&mut tx).await?.id;
    let document = outbox::put(
        context,
        &mut tx,
        Outgoing {
            content: Content::Invoice(entered.message(&order, &order_lines, &lines, total, shipment.as_ref())),
            sender: order.counterparty_id,
            receiver: hub,
            number: &entered.number,
            order: Some(order_id),
            shipment: shipment.as_ref().map(|shipment| shipment.id),
            invoice: Some(id),
            author: &author,
            release_at: context.now().plus_seconds(context.settings.undo_seconds),
        },
    )
    .await
    .map_err(|error| wire_fields::of_invoice(error, form, entered.lines.iter().map(|(place, _)| &order_lines[*place])))?;
    let invoice = Invoice {
        id,
        kind: OrderKind::Purchase,
        counterparty_id: order.counterparty_id,
        number: entered.number.clone(),
        order_id: Some(order_id),
        shipment_id: shipment.as_ref().map(|shipment| shipment.id),
        state: InvoiceState::Sent,
        state_reason: None,
        currency: order.currency,
        total,
        paid: Amount::ZERO,
        credited: Amount::ZERO,
        invoiced_on: Some(entered.invoiced_on),
        due_on: entered.net_days.map(|days| due_on(entered.invoiced_on, days)),
        document_id: Some(document),
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    };
    let source = Source { document: Some(document), segment: None, element: None, actor: author };
    super::record(context, &mut tx, &invoice, &lines, &source).await?;
    drafts::delete(&mut tx, actor, DRAFT, order_id.0).await?;
    let told = exceptions::look_at_order(context, &mut tx, order_id).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    context.live.publish(Some(order.counterparty_id));
    Ok(id)
}

/// A form that could be read.
pub(super) struct Entered {
    pub(super) number: String,
    pub(super) invoiced_on: Date,
    pub(super) net_days: Option<u32>,
    /// Place of the line in the order, and how much.
    pub(super) lines: Vec<(usize, Quantity)>,
}

impl InvoiceForm {
    /// A form with what a shipment carries, or with everything that was shipped and is not invoiced.
    pub fn prefilled(lines: &[Line], shipment: Option<(&Shipment, &[shipments::ShipmentLine])>, number: String, today: Date) -> Self {
        let quantity = |line: &Line| match shipment {
            Some((_, shipped)) => shipped
                .iter()
                .filter(|candidate| candidate.order_line_id == line.id)
                .map(|candidate| candidate.quantity)
                .sum::<Quantity>()
                .min(line.to_invoice()),
            None => line.to_invoice(),
        };
        let lines = lines
            .iter()
            .filter(|line| quantity(line).is_positive())
            .map(|line| InvoiceEntry { position: line.position.to_string(), quantity: quantity(line).to_string() })
            .collect();
        Self {
            number,
            invoiced_on: today.to_string(),
            net_days: "30".to_owned(),
            shipment: shipment.map(|(shipment, _)| shipment.id.to_string()).unwrap_or_default(),
            lines,
        }
    }

    /// The shipment that it names.
    pub(super) async fn named_shipment(&self, conn: &mut Conn, order: OrderId) -> Result<Option<Shipment>> {
        let Ok(id) = self.shipment.parse::<ShipmentId>() else { return Ok(None) };
        let own = shipments::of_order(conn, order).await?.into_iter().find(|shipment| shipment.id == id);
        Ok(Some(own.ok_or_else(|| Error::field("shipment", "Choose one of the order's shipments."))?))
    }

    /// Whether an invoice that was sent charges for exactly what is entered.
    fn says_again(&self, order_lines: &[Line], sent: &[InvoiceLine]) -> bool {
        let entries = self.lines.iter().map(|line| (line.position.as_str(), line.quantity.as_str()));
        let sent = sent.iter().filter_map(|line| line.order_line_id.map(|id| (id, line.quantity)));
        draft::quantities(order_lines, entries).is_some_and(|entered| entered == sent.collect())
    }

    pub(super) fn read(&self, order_lines: &[Line]) -> Result<Entered> {
        let mut errors = Vec::new();
        let number = self.number.trim().to_owned();
        if number.is_empty() {
            errors.push(FieldError { field: "number".to_owned(), message: "Enter your invoice number.".to_owned() });
        }
        let invoiced_on = draft::date("invoiced_on", &self.invoiced_on, &mut errors);
        if self.invoiced_on.trim().is_empty() {
            errors.push(FieldError { field: "invoiced_on".to_owned(), message: "Enter the invoice date.".to_owned() });
        }
        let net_days = match self.net_days.trim() {
            "" => None,
            text => {
                let read = text.parse().ok().filter(|days| *days <= MOST_DAYS);
                if read.is_none() {
                    let message = format!("Enter a whole number of days up to {MOST_DAYS}, such as 30.");
                    errors.push(FieldError { field: "net_days".to_owned(), message });
                }
                read
            }
        };
        let mut lines: Vec<(usize, Quantity)> = Vec::new();
        for (index, entry) in self.lines.iter().enumerate() {
            let field = format!("lines[{index}][quantity]");
            let Some(place) = order_lines.iter().position(|line| line.position.to_string() == entry.position) else { continue };
            if entry.quantity.trim().is_empty() {
                continue;
            }
            match number::typed::<Quantity>(&entry.quantity) {
                Ok(quantity) if quantity.is_zero() => {}
                Ok(quantity) if quantity < Quantity::ZERO => {
                    errors.push(FieldError {
                        field,
                        message: "A quantity cannot be below zero. A credit note takes back what was invoiced.".to_owned(),
                    });
                }
                Ok(quantity) if quantity > order_lines[place].to_invoice() => {
                    let left = order_lines[place].to_invoice();
                    let message = format!("Only {left} shipped and not invoiced on line {}. Lower the quantity.", order_lines[place].line);
                    errors.push(FieldError { field, message });
                }
                Ok(_) if lines.iter().any(|(known, _)| *known == place) => {
                    let message = format!("Line {} stands here twice. Enter it once.", order_lines[place].line);
                    errors.push(FieldError { field, message });
                }
                Ok(quantity) => lines.push((place, quantity)),
                Err(error) => errors.push(FieldError { field, message: format!("Enter a number such as 120 or 12.5: {error}.") }),
            }
        }
        if lines.is_empty() && errors.is_empty() {
            errors
                .push(FieldError { field: "lines[0][quantity]".to_owned(), message: "Enter a quantity on at least one line.".to_owned() });
        }
        match (errors.is_empty(), invoiced_on) {
            (true, Some(invoiced_on)) => Ok(Entered { number, invoiced_on, net_days, lines }),
            _ => Err(Error::Invalid(errors)),
        }
    }
}

impl Entered {
    pub(super) fn lines(&self, context: &Context, invoice: InvoiceId, order: &Order, order_lines: &[Line]) -> Result<Vec<InvoiceLine>> {
        (0i64..)
            .zip(&self.lines)
            .map(|(position, (place, quantity))| {
                let line = &order_lines[*place];
                let item = Item { quantity: *quantity, unit_price: line.price(), price_per: line.price_per };
                Ok(InvoiceLine {
                    id: context.id::<InvoiceLineId>(),
                    invoice_id: invoice,
                    order_line_id: Some(line.id),
                    position,
                    line: line.line.clone(),
                    description: line.description.clone(),
                    quantity: *quantity,
                    unit: line.unit.clone(),
                    unit_price: line.price(),
                    price_per: line.price_per,
                    amount: item
                        .amount(order.currency)
                        .ok_or_else(|| Error::field(format!("lines[{position}][quantity]"), "The amount of this line is too large."))?,
                })
            })
            .collect()
    }

    pub(super) fn message(
        &self,
        order: &Order,
        order_lines: &[Line],
        lines: &[InvoiceLine],
        total: Amount,
        shipment: Option<&Shipment>,
    ) -> message::Invoice {
        message::Invoice {
            number: self.number.clone(),
            date: Some(self.invoiced_on),
            order_date: order.ordered_on,
            order_number: Some(order.number.clone()),
            invoice_type: Some("DI".to_owned()),
            purpose: None,
            currency: Some(order.currency),
            bill_of_lading: shipment.and_then(|shipment| shipment.bill_of_lading.clone()),
            shipment_number: shipment.map(|shipment| shipment.number.clone()),
            references: Vec::new(),
            parties: Vec::new(),
            terms: self.net_days.map(|days| Terms {
                net_days: Some(days),
                net_on: Some(due_on(self.invoiced_on, days)),
                ..Terms::default()
            }),
            shipped_on: shipment.and_then(|shipment| shipment.shipped_on),
            lines: lines
                .iter()
                .zip(&self.lines)
                .map(|(line, (place, _))| {
                    let ordered = &order_lines[*place];
                    message::InvoiceLine {
                        line: Some(line.line.clone()),
                        quantity: line.quantity,
                        unit: line.unit.clone(),
                        unit_price: line.unit_price,
                        price_per: line.price_per,
                        item: ItemIds {
                            buyer: ordered.buyer_item.clone(),
                            seller: ordered.seller_item.clone(),
                            gtin: ordered.gtin.clone(),
                            other: Vec::new(),
                        },
                        description: Some(line.description.clone()).filter(|words| !words.is_empty()),
                    }
                })
                .collect(),
            adjustments: Vec::new(),
            taxes: Vec::new(),
            total: total.to_decimal(order.currency),
        }
    }
}
