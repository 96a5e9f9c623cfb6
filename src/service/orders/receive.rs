//! Orders and order responses that came over the wire.

use sqlx::types::Json;

use super::{derive, differences, revise, save, save_header, set_source};
use crate::{
    domain::{
        ids::{OrderId, OrderLineId},
        message::{self, OrderResponseLine},
        number::{Currency, Quantity},
        order::{self, Line, LineStatus, OrderKind, OrderState, Part, Provenance, Quantities, Source, Turn},
    },
    service::{
        Context, Error, Result, across,
        exchange::{Applied, Incoming},
        history::{self, Entry, Subject},
        reference::complete,
    },
    store::{
        Conn, Scope, documents,
        orders::{self, Order},
        organisations,
        references::{self, Thing},
    },
};

/// Applies an 850: a new order, a restated one, or a cancellation.
pub async fn order(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &message::PurchaseOrder) -> Result<Applied> {
    let kind = incoming.kind_bought_by_sender();
    let existing = orders::find_by_number(conn, kind, incoming.counterparty(), &message.number).await?;
    match existing {
        Some(order) if message.purpose == "01" => cancel(context, conn, incoming, order).await,
        None if message.purpose == "01" => {
            Err(Error::Conflict(format!("It cancels order {}, which is not known here. Nothing was changed.", message.number)))
        }
        Some(order) => restate(context, conn, incoming, message, order).await,
        None => insert(context, conn, incoming, message, kind).await,
    }
}

async fn insert(
    context: &Context,
    conn: &mut Conn,
    incoming: &Incoming<'_>,
    message: &message::PurchaseOrder,
    kind: OrderKind,
) -> Result<Applied> {
    let mut order = blank(context, conn, kind, incoming.counterparty(), message).await?;
    let mut remarks = Vec::new();
    let mut lines = lines(context, incoming, message, order.currency, &mut remarks)?;
    complete::lines(context, conn, order.counterparty_id, &mut lines).await?;
    order.document_id = Some(incoming.document.id);
    derive(&mut order, &lines);
    orders::insert(conn, &order, &lines).await?;
    references::appear(conn, Thing::Order(order.id), &order.number, order.counterparty_id).await?;
    super::tell_state(context, conn, &order, None).await?;
    record_first_revision(context, conn, &order, incoming.sender_name(), &lines).await?;
    history::note(
        context,
        conn,
        Entry {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(order.id), document: Some(incoming.document.id), ..Subject::default() },
            kind: "order_received",
            words: format!("Order {} received", order.number),
            changes: Vec::new(),
            actor: incoming.sender_name(),
        },
    )
    .await?;
    Ok(Applied { order: Some(order.id), remarks, ..Applied::default() })
}

/// A header for a new order, without what follows from its lines.
pub(super) async fn blank(
    context: &Context,
    conn: &mut Conn,
    kind: OrderKind,
    counterparty: crate::domain::ids::OrganisationId,
    message: &message::PurchaseOrder,
) -> Result<Order> {
    let now = context.now();
    let partner = organisations::find(conn, counterparty).await?;
    let mut parties = message.parties.clone();
    complete::parties(context, conn, counterparty, &mut parties).await?;
    Ok(Order {
        id: context.id::<OrderId>(),
        kind,
        counterparty_id: counterparty,
        number: message.number.clone(),
        seller_number: None,
        revision: 1,
        state: OrderState::Received,
        turn: Turn::Seller,
        currency: message.currency.or(partner.map(|partner| partner.currency)).unwrap_or(Currency::USD),
        ordered_on: message.date.or(Some(now.date_utc())),
        requested_on: None,
        promised_on: None,
        answer_due_at: Some(now.plus_seconds(context.settings.answer_hours * 3600)),
        answered_at: None,
        parties: Json(parties),
        terms: message.terms.as_ref().map(terms_in_words).unwrap_or_default(),
        notes: message.notes.join("\n"),
        total: crate::domain::number::Amount::ZERO,
        line_count: 0,
        document_id: None,
        answer_document_id: None,
        version: 0,
        updated_at: now,
        created_at: now,
    })
}

pub(super) async fn record_first_revision(context: &Context, conn: &mut Conn, order: &Order, actor: &str, lines: &[Line]) -> Result<()> {
    let revision = orders::Revision {
        id: context.id(),
        order_id: order.id,
        revision: 1,
        kind: "ordered".to_owned(),
        actor: actor.to_owned(),
        document_id: order.document_id,
        lines: Json(lines.to_vec()),
        at: context.now(),
    };
    Ok(orders::insert_revision(conn, &revision).await?)
}

fn terms_in_words(terms: &message::Terms) -> String {
    match (&terms.description, terms.net_days, terms.discount_percent, terms.discount_days) {
        (Some(words), ..) => words.clone(),
        (None, Some(net), Some(percent), Some(days)) => format!("{percent}% in {days} days, net {net} days"),
        (None, Some(net), ..) => format!("Net {net} days"),
        _ => String::new(),
    }
}

/// The lines of an order as its document states them, or why it cannot be taken.
fn lines(
    context: &Context,
    incoming: &Incoming<'_>,
    message: &message::PurchaseOrder,
    currency: Currency,
    remarks: &mut Vec<String>,
) -> Result<Vec<Line>> {
    (0i64..)
        .zip(&message.lines)
        .map(|(position, line)| {
            if !line.quantity.is_positive() {
                return Err(Error::Conflict(format!("Line {} orders {}. Nothing was changed.", line.line, line.quantity)));
            }
            if line.unit_price.is_none() {
                remarks.push(format!("Line {} has no price; it counts as zero until the buyer sends one.", line.line));
            }
            let mut provenance = Provenance::new();
            for (field, path) in
                [("ordered", "quantity"), ("unit_price", "unit_price"), ("requested_on", "requested_on"), ("description", "description")]
            {
                if let Some(origin) = incoming.origin(&format!("lines.{position}.{path}")) {
                    let source = Source {
                        document: Some(incoming.document.id),
                        segment: Some(origin.segment),
                        element: Some(origin.element),
                        actor: incoming.sender_name().to_owned(),
                    };
                    provenance.insert(field.to_owned(), source);
                }
            }
            let line = new_line(context.id::<OrderLineId>(), position, line, message.requested_on, provenance);
            match line.checked_amount(currency) {
                Some(_) => Ok(line),
                None => Err(Error::Conflict(format!("The amount of line {} is too large. Nothing was changed.", line.line))),
            }
        })
        .collect()
}

/// A line of an order as its document states it.
pub(super) fn new_line(
    id: OrderLineId,
    position: i64,
    line: &message::PurchaseOrderLine,
    header_date: Option<crate::domain::time::Date>,
    provenance: Provenance,
) -> Line {
    let first_scheduled = line.schedule.iter().filter_map(|part| part.date).min();
    Line {
        id,
        position,
        line: line.line.clone(),
        buyer_item: line.item.buyer.clone(),
        seller_item: line.item.seller.clone(),
        gtin: line.item.gtin.clone(),
        description: line.description.clone().or_else(|| line.item.seller.clone()).or_else(|| line.item.buyer.clone()).unwrap_or_default(),
        unit: line.unit.clone(),
        unit_price: line.unit_price.unwrap_or_default(),
        price_per: if line.price_per.is_positive() { line.price_per } else { Quantity::whole(1) },
        confirmed_price: None,
        requested_on: line.requested_on.or(first_scheduled).or(header_date),
        promised_on: None,
        status: LineStatus::Open,
        reason_code: None,
        reason_text: None,
        quantities: Quantities { ordered: line.quantity, ..Quantities::default() },
        requested: line.schedule.iter().map(|part| Part { quantity: part.quantity, on: part.date }).collect(),
        promised: Vec::new(),
        provenance,
    }
}

/// The same number again, while it was not answered: the new contents replace the old ones. Lines are known by their
/// numbers, and one that stays keeps its id, with everything that refers to it.
async fn restate(
    context: &Context,
    conn: &mut Conn,
    incoming: &Incoming<'_>,
    message: &message::PurchaseOrder,
    found: Order,
) -> Result<Applied> {
    let mut order = orders::find_for_update(conn, Scope::Hub, found.id).await?.ok_or(Error::NotFound)?;
    if order.state != OrderState::Received {
        return Err(Error::Conflict(format!(
            "Order {} was answered already, so this new version was not applied. Agree on the change with the seller.",
            order.number
        )));
    }
    restate_header(&mut order, incoming, message);
    complete::parties(context, conn, order.counterparty_id, &mut order.parties).await?;
    let before = orders::lines(conn, order.id).await?;
    let mut remarks = Vec::new();
    let mut stated = lines(context, incoming, message, order.currency, &mut remarks)?;
    complete::lines(context, conn, order.counterparty_id, &mut stated).await?;
    let after = keep_known(&before, stated);
    check_referred(conn, &order, &before, &after).await?;
    orders::amend_lines(conn, order.id, &before, &after).await?;
    revise(context, conn, &mut order, "restated", incoming.sender_name(), Some(incoming.document.id), &after).await?;
    save_header(context, conn, &mut order, &after).await?;
    history::note(
        context,
        conn,
        Entry {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(order.id), document: Some(incoming.document.id), ..Subject::default() },
            kind: "order_restated",
            words: format!("Order {} sent again by the buyer; it replaces the earlier version", order.number),
            changes: differences(&before, &after, order.currency),
            actor: incoming.sender_name(),
        },
    )
    .await?;
    Ok(Applied { order: Some(order.id), remarks, ..Applied::default() })
}

/// What the header of a new version says. It is to be answered anew.
fn restate_header(order: &mut Order, incoming: &Incoming<'_>, message: &message::PurchaseOrder) {
    order.document_id = Some(incoming.document.id);
    order.currency = message.currency.unwrap_or(order.currency);
    order.ordered_on = message.date.or(order.ordered_on);
    order.parties = Json(message.parties.clone());
    order.terms = message.terms.as_ref().map(terms_in_words).unwrap_or_default();
    order.notes = message.notes.join("\n");
    order.answered_at = None;
    order.answer_document_id = None;
}

/// The stated lines under the ids of those that were there before with the same number, and with what was invoiced on
/// them.
fn keep_known(before: &[Line], mut stated: Vec<Line>) -> Vec<Line> {
    let mut known: Vec<&Line> = before.iter().collect();
    for line in &mut stated {
        if let Some(place) = known.iter().position(|old| old.line == line.line) {
            let old = known.remove(place);
            line.id = old.id;
            line.quantities = Quantities { ordered: line.quantities.ordered, ..Quantities::default() };
            line.quantities.shipped = old.quantities.shipped;
            line.quantities.received = old.quantities.received;
            line.quantities.invoiced = old.quantities.invoiced;
            line.quantities.paid = old.quantities.paid;
        }
    }
    stated
}

/// A line that goods, invoices or allocations refer to can neither go nor change its unit, and it keeps enough for what
/// it covers.
async fn check_referred(conn: &mut Conn, order: &Order, before: &[Line], after: &[Line]) -> Result<()> {
    let referred = orders::referred_lines(conn, order.id).await?;
    let allocated = orders::allocated(conn, order.id).await?;
    for old in before.iter().filter(|line| referred.contains(&line.id)) {
        let taken = allocated.get(&old.id).copied().unwrap_or_default();
        let why = match after.iter().find(|line| line.id == old.id) {
            None => "is missing from the new version",
            Some(new) if !new.is_in(&old.unit) => "has another unit in the new version",
            Some(new) if new.quantities.ordered < taken => "orders less in the new version than it is needed for",
            Some(_) => continue,
        };
        return Err(Error::Conflict(format!(
            "Line {} of order {} {why}, but goods, invoices or other orders refer to it. The new version was not applied.",
            old.line, order.number
        )));
    }
    Ok(())
}

async fn cancel(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, found: Order) -> Result<Applied> {
    let mut order = orders::find_for_update(conn, Scope::Hub, found.id).await?.ok_or(Error::NotFound)?;
    let before = orders::lines(conn, order.id).await?;
    let mut lines = before.clone();
    if lines.iter().any(|line| line.quantities.shipped.is_positive()) {
        return Err(Error::Conflict(format!("Goods for order {} have left, so it cannot be cancelled any more.", order.number)));
    }
    for line in &mut lines {
        line.status = LineStatus::Cancelled;
    }
    revise(context, conn, &mut order, "cancelled", incoming.sender_name(), Some(incoming.document.id), &lines).await?;
    save(context, conn, &mut order, &before, &lines).await?;
    history::note(
        context,
        conn,
        Entry {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(order.id), document: Some(incoming.document.id), ..Subject::default() },
            kind: "order_cancelled",
            words: format!("Order {} cancelled by the buyer", order.number),
            changes: Vec::new(),
            actor: incoming.sender_name(),
        },
    )
    .await?;
    Ok(Applied { order: Some(order.id), ..Applied::default() })
}

/// Applies an 855: the seller's answer.
pub async fn response(context: &Context, conn: &mut Conn, incoming: &Incoming<'_>, message: &message::OrderResponse) -> Result<Applied> {
    let kind = incoming.kind_sold_by_sender();
    let found = orders::find_by_number(conn, kind, incoming.counterparty(), &message.order_number).await?.ok_or_else(|| {
        Error::Conflict(format!("It answers order {}, which is not known here. Nothing was changed.", message.order_number))
    })?;
    let mut order = orders::find_for_update(conn, Scope::Hub, found.id).await?.ok_or(Error::NotFound)?;
    let before = orders::lines(conn, order.id).await?;
    // A ship notice may overtake the answer: the first answer still counts, also for lines that have left.
    let is_first = order.answer_document_id.is_none() && !matches!(order.state, OrderState::Rejected | OrderState::Cancelled);
    if !is_first && !order::can_be_answered(order.state, &before) {
        return Err(Error::Conflict(format!("Goods for order {} have left or it has ended; this answer changed nothing.", order.number)));
    }
    let may_change = |line: &Line| line.can_be_answered() || (is_first && line.status != LineStatus::Cancelled);
    let (after, remarks) = answered(incoming, message, &before, may_change);
    order.answered_at = Some(context.now());
    order.answer_document_id = Some(incoming.document.id);
    order.seller_number = message.seller_order_number.clone().or(order.seller_number);
    revise(context, conn, &mut order, "answered", incoming.sender_name(), Some(incoming.document.id), &after).await?;
    save(context, conn, &mut order, &before, &after).await?;
    if let Some(document) = order.document_id {
        documents::set_answered(conn, document, answer_word(order.state), context.now()).await?;
    }
    history::note(
        context,
        conn,
        Entry {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(order.id), document: Some(incoming.document.id), ..Subject::default() },
            kind: "order_answered",
            words: format!("Order {} {}", order.number, answered_in_words(order.state)),
            changes: differences(&before, &after, order.currency),
            actor: incoming.sender_name(),
        },
    )
    .await?;
    let concerned = across::promise(context, conn, &order).await?;
    Ok(Applied { order: Some(order.id), remarks, concerned, ..Applied::default() })
}

/// The third acknowledgment of an order in one word.
pub fn answer_word(state: OrderState) -> &'static str {
    match state {
        OrderState::Rejected => "rejected",
        OrderState::ConfirmedWithChanges => "changed",
        OrderState::OnHold => "held",
        _ => "accepted",
    }
}

/// The same in a sentence.
pub fn answered_in_words(state: OrderState) -> &'static str {
    match state {
        OrderState::Rejected => "rejected",
        OrderState::ConfirmedWithChanges => "confirmed with changes",
        OrderState::OnHold => "put on hold",
        OrderState::Received => "answered in part",
        _ => "confirmed as ordered",
    }
}

fn answered(
    incoming: &Incoming<'_>,
    message: &message::OrderResponse,
    before: &[Line],
    may_change: impl Fn(&Line) -> bool,
) -> (Vec<Line>, Vec<String>) {
    let mut remarks = Vec::new();
    let mut after = before.to_vec();
    for line in after.iter_mut().filter(|line| may_change(line)) {
        let answers: Vec<(usize, &OrderResponseLine)> =
            message.lines.iter().enumerate().filter(|(_, answer)| speaks_of(answer, line)).collect();
        let source = |segment: Option<u32>| Source {
            document: Some(incoming.document.id),
            segment,
            element: None,
            actor: incoming.sender_name().to_owned(),
        };
        match answers.first() {
            Some((_, answer)) if unusable(line, answer).is_some() => remarks.extend(unusable(line, answer)),
            Some((position, answer)) => {
                remarks.extend(price_remark(line, answer));
                *line = line.answered_on_wire(answer);
                let origin = incoming.origin(&format!("lines.{position}.statuses.0.quantity"));
                set_source(&mut line.provenance, &["confirmed", "promised_on", "status"], &source(origin.map(|origin| origin.segment)));
            }
            None => {
                if let Some(code) = header_status(&message.acknowledgment_type) {
                    *line = line.answered_on_wire(&whole_line(code));
                    set_source(&mut line.provenance, &["confirmed", "promised_on", "status"], &source(None));
                }
            }
        }
        if line.quantities.confirmed > line.quantities.ordered {
            remarks.push(format!(
                "Line {}: {} confirmed of {} ordered. Decide with the seller what is right.",
                line.line, line.quantities.confirmed, line.quantities.ordered
            ));
        }
    }
    for answer in &message.lines {
        if !before.iter().any(|line| speaks_of(answer, line)) {
            remarks.push(format!(
                "It answers line {}, which order {} does not have.",
                answer.line.as_deref().unwrap_or("?"),
                message.order_number
            ));
        }
    }
    (after, remarks)
}

/// Why the answer to a line cannot be taken, where it cannot.
fn unusable(line: &Line, answer: &OrderResponseLine) -> Option<String> {
    let units = answer.statuses.iter().filter(|status| status.quantity.is_some()).filter_map(|status| status.unit.as_deref());
    if let Some(unit) = units.chain(answer.unit.as_deref()).find(|unit| !line.is_in(unit)) {
        return Some(format!("Line {}: answered in {unit}, ordered in {}. This answer was not taken.", line.line, line.unit));
    }
    let below_zero = answer.statuses.iter().filter_map(|status| status.quantity).find(|quantity| *quantity < Quantity::ZERO);
    below_zero.map(|quantity| format!("Line {}: a quantity of {quantity}. This answer was not taken.", line.line))
}

/// Says that a price cannot be taken because of the number of units it is for.
fn price_remark(line: &Line, answer: &OrderResponseLine) -> Option<String> {
    let price = answer.unit_price?;
    let cannot = price.rebased(answer.price_per, line.price_per).is_none();
    cannot.then(|| {
        format!(
            "Line {}: a price of {price} for {} cannot be said for {} exactly. The price was not taken.",
            line.line, answer.price_per, line.price_per
        )
    })
}

/// What the header's type says about lines that are not mentioned (element 587).
fn header_status(acknowledgment_type: &str) -> Option<&'static str> {
    match acknowledgment_type {
        "AD" | "AK" | "AT" | "AE" => Some("IA"),
        "RD" | "RJ" | "RN" | "RV" => Some("IR"),
        "AH" => Some("IH"),
        _ => None,
    }
}

fn whole_line(code: &str) -> OrderResponseLine {
    OrderResponseLine {
        line: None,
        quantity: None,
        unit: None,
        unit_price: None,
        price_per: Quantity::whole(1),
        item: message::ItemIds::default(),
        description: None,
        statuses: vec![message::LineStatus {
            code: code.to_owned(),
            quantity: None,
            unit: None,
            date_qualifier: None,
            date: None,
            reason: None,
        }],
    }
}

fn speaks_of(answer: &OrderResponseLine, line: &Line) -> bool {
    order::same_line(answer.line.as_deref(), &answer.item, line)
}
