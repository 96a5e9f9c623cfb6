//! A supplier answers in the portal: all lines as ordered, or line by line. The answer, its revision and the order
//! response in the outbox are one transaction. What cannot be sent is kept as a draft, with the reason at each field.

use serde::{Deserialize, Serialize};

use super::{
    differences,
    receive::{answer_word, answered_in_words},
    response, revise, save, set_source,
};
use crate::{
    domain::{
        access::{Actor, Permission},
        answer::{AnswerError, Change, LineAnswer, Reason},
        document::{DocumentKind, DocumentStatus},
        ids::{DocumentId, OrderId},
        message::Document as Content,
        number::{NumberError, Quantity, UnitPrice, typed},
        order::{self, ANSWER_FIELDS, Line, LineStatus, OrderKind, Part, Source},
    },
    service::{
        Context, Error, FieldError, Result, across, draft, exceptions,
        exchange::parties,
        history::{self, Entry, Subject, signature},
        outbox::{self, Outgoing},
        wire_fields,
    },
    store::{
        Conn, Scope, documents, drafts,
        orders::{self, Order, Revision},
    },
};

/// Kind of the draft that keeps a refused answer.
pub const DRAFT: &str = "answer";

/// An answer as typed. Everything is text: what cannot be read is kept and shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerForm {
    /// The version of the order that was looked at.
    #[serde(default)]
    pub version: String,
    /// The lines.
    #[serde(default)]
    pub lines: Vec<LineForm>,
}

/// One line of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LineForm {
    /// Place of the line in the order.
    pub position: String,
    /// `accept`, `change` or `reject`.
    pub decision: String,
    /// What will come.
    pub parts: Vec<PartForm>,
    /// What will come later, date unknown.
    pub backordered: String,
    /// Another price.
    pub price: String,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    pub note: String,
}

/// A part of a line with its date.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartForm {
    /// How much.
    pub quantity: String,
    /// When, ISO 8601.
    pub on: String,
}

impl AnswerForm {
    /// The form that accepts every line that can be answered.
    pub fn accept_all(order: &Order, lines: &[Line]) -> Self {
        let lines = lines
            .iter()
            .filter(|line| line.can_be_answered())
            .map(|line| LineForm { position: line.position.to_string(), decision: "accept".to_owned(), ..LineForm::default() })
            .collect();
        Self { version: order.version.to_string(), lines }
    }
}

impl AnswerForm {
    /// The form that repeats the present answer; a line without one is accepted.
    pub fn as_it_stands(order: &Order, lines: &[Line]) -> Self {
        let mut form = Self::accept_all(order, lines);
        for (entry, line) in form.lines.iter_mut().zip(lines.iter().filter(|line| line.can_be_answered())) {
            entry.repeat(line);
        }
        form
    }
}

impl LineForm {
    /// Takes over what was answered before.
    fn repeat(&mut self, line: &Line) {
        if !matches!(line.status, LineStatus::Changed | LineStatus::Rejected) {
            return;
        }
        self.reason = line.reason_code.clone().unwrap_or_default();
        self.note = line.reason_text.clone().unwrap_or_default();
        if line.status == LineStatus::Rejected {
            "reject".clone_into(&mut self.decision);
            return;
        }
        "change".clone_into(&mut self.decision);
        let whole = [Part { quantity: line.quantities.confirmed, on: line.promised_on }];
        let parts: &[Part] = if line.promised.is_empty() { &whole } else { &line.promised };
        let day = |part: &Part| part.on.map(|on| on.to_string()).unwrap_or_default();
        self.parts = parts.iter().map(|part| PartForm { quantity: part.quantity.to_string(), on: day(part) }).collect();
        if line.quantities.backordered.is_positive() {
            self.backordered = line.quantities.backordered.to_string();
        }
        self.price = line.confirmed_price.map(|price| price.to_string()).unwrap_or_default();
    }
}

/// Accepts an order as it was placed. `version` is the one that was looked at: what nobody has seen is not accepted.
pub async fn accept(context: &Context, actor: &Actor, id: OrderId, version: &str) -> Result<DocumentId> {
    // Nothing was typed, so there is nothing to keep where it is refused.
    try_answer(context, actor, id, Said::AsOrdered { version }).await
}

/// What was said to an order.
#[derive(Clone, Copy)]
enum Said<'a> {
    /// Each line for itself.
    Lines(&'a AnswerForm),
    /// All of it, as it stood in this version.
    AsOrdered { version: &'a str },
}

/// Answers an order line by line. Refused entries are kept as a draft.
pub async fn answer(context: &Context, actor: &Actor, id: OrderId, form: &AnswerForm) -> Result<DocumentId> {
    let answered = try_answer(context, actor, id, Said::Lines(form)).await;
    draft::keep_if_invalid(context, actor, DRAFT, id.0, form, answered).await
}

async fn try_answer(context: &Context, actor: &Actor, id: OrderId, said: Said<'_>) -> Result<DocumentId> {
    let mut tx = context.db.begin().await?;
    let mut order = orders::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let before = orders::lines(&mut tx, id).await?;
    may_answer(&mut tx, actor, &order, &before).await?;
    // Who decides line by line may leave out what they looked at; who accepts everything may not.
    let is_current = match said {
        Said::Lines(form) => form.version.is_empty() || form.version == order.version.to_string(),
        Said::AsOrdered { version } => version == order.version.to_string(),
    };
    if !is_current {
        return Err(Error::Stale(format!("Order {} changed since you looked at it. Look again, then answer.", order.number)));
    }
    let as_ordered = AnswerForm::accept_all(&order, &before);
    let form = match said {
        Said::Lines(form) => form,
        Said::AsOrdered { .. } => &as_ordered,
    };
    let after = decide(actor, &order, &before, form)?;
    super::derive(&mut order, &after);
    let sender = order.counterparty_id;
    let hub = outbox::hub(&mut tx).await?.id;
    let author = signature(actor);
    let document = outbox::put(
        context,
        &mut tx,
        Outgoing {
            content: Content::OrderResponse(response::message(&order, &after, context.clock.today())),
            sender,
            receiver: hub,
            number: &order.number,
            order: Some(id),
            shipment: None,
            invoice: None,
            author: &author,
            release_at: context.now().plus_seconds(context.settings.undo_seconds),
        },
    )
    .await
    .map_err(|error| wire_fields::of_answer(error, form, after.iter().filter(|line| line.status != LineStatus::Cancelled)))?;
    order.answered_at = Some(context.now());
    order.answer_document_id = Some(document);
    revise(context, &mut tx, &mut order, "answered", &author, Some(document), &after).await?;
    save(context, &mut tx, &mut order, &before, &after).await?;
    if let Some(ordered) = order.document_id {
        documents::set_answered(&mut tx, ordered, answer_word(order.state), context.now()).await?;
    }
    history::note(
        context,
        &mut tx,
        Entry {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(id), document: Some(document), ..Subject::default() },
            kind: "order_answered",
            words: format!("Order {} {}", order.number, answered_in_words(order.state)),
            changes: differences(&before, &after, order.currency),
            actor: &author,
        },
    )
    .await?;
    let concerned = across::promise(context, &mut tx, &order).await?;
    drafts::delete(&mut tx, actor, DRAFT, id.0).await?;
    let told = look(context, &mut tx, id).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    context.live.publish(Some(order.counterparty_id));
    for party in concerned {
        context.live.publish(Some(party));
    }
    Ok(document)
}

/// Whether the actor may answer this order now; the refusal says who may, or why it is too late.
pub async fn may_answer(conn: &mut Conn, actor: &Actor, order: &Order, lines: &[Line]) -> Result<()> {
    if order.kind != OrderKind::Purchase || !actor.may(Permission::Sell) {
        return Err(Error::Forbidden("The supplier answers this order.".to_owned()));
    }
    if !parties::has_portal_seat(conn, order.counterparty_id).await? {
        return Err(Error::Forbidden("Your own system answers orders over EDI, so they cannot be answered here.".to_owned()));
    }
    if !order::can_be_answered(order.state, lines) {
        return Err(Error::Conflict(format!("Order {} cannot be answered any more: goods have left, or it has ended.", order.number)));
    }
    Ok(())
}

fn decide(actor: &Actor, order: &Order, before: &[Line], form: &AnswerForm) -> Result<Vec<Line>> {
    let mut errors = Vec::new();
    let mut after = before.to_vec();
    for line in &mut after {
        if !line.can_be_answered() {
            continue;
        }
        let Some((index, entry)) = form.lines.iter().enumerate().find(|(_, entry)| entry.position == line.position.to_string()) else {
            errors.push(FieldError { field: "lines".to_owned(), message: format!("Line {} has no decision. Choose one.", line.line) });
            continue;
        };
        let answer = match entry.parse(index) {
            Ok(answer) => answer,
            Err(found) => {
                errors.extend(found);
                continue;
            }
        };
        match line.answered(&answer, order.ordered_on) {
            Ok(answered) => {
                *line = answered;
                let source = Source { document: None, segment: None, element: None, actor: signature(actor) };
                set_source(&mut line.provenance, &ANSWER_FIELDS, &source);
            }
            Err(error) => errors.push(FieldError { field: field_of(error, index), message: error.to_string() }),
        }
    }
    if errors.is_empty() { Ok(after) } else { Err(Error::Invalid(errors)) }
}

/// The field at which an error is shown.
fn field_of(error: AnswerError, index: usize) -> String {
    let name = match error {
        AnswerError::DateMissing | AnswerError::DateTooEarly => "[parts][0][on]",
        AnswerError::NoteMissing => "[note]",
        AnswerError::PriceNegative => "[price]",
        AnswerError::AlreadyShipped => "[decision]",
        _ => "[parts][0][quantity]",
    };
    format!("lines[{index}]{name}")
}

impl LineForm {
    fn parse(&self, index: usize) -> std::result::Result<LineAnswer, Vec<FieldError>> {
        let mut errors = Vec::new();
        let field = |name: &str| format!("lines[{index}]{name}");
        let answer = match self.decision.as_str() {
            "accept" => Some(LineAnswer::Accept),
            "reject" => self.reason(&field, &mut errors).map(|reason| LineAnswer::Reject { reason, note: self.note.clone() }),
            "change" => {
                let parts = self.parts(&field, &mut errors);
                let backordered = number(&self.backordered, Quantity::ZERO, field("[backordered]"), &mut errors);
                let unit_price = if self.price.trim().is_empty() {
                    None
                } else {
                    Some(number(&self.price, UnitPrice::ZERO, field("[price]"), &mut errors))
                };
                self.reason(&field, &mut errors)
                    .map(|reason| LineAnswer::Change(Change { parts, backordered, unit_price, reason, note: self.note.clone() }))
            }
            _ => {
                errors.push(FieldError { field: field("[decision]"), message: "Choose accept, change or reject.".to_owned() });
                None
            }
        };
        match answer {
            Some(answer) if errors.is_empty() => Ok(answer),
            _ => Err(errors),
        }
    }

    fn parts(&self, field: &impl Fn(&str) -> String, errors: &mut Vec<FieldError>) -> Vec<Part> {
        let mut parts = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            let first = place == 0;
            if part.quantity.trim().is_empty() && (!first || !self.backordered.trim().is_empty()) {
                continue;
            }
            let quantity = number(&part.quantity, Quantity::ZERO, field(&format!("[parts][{place}][quantity]")), errors);
            let on = draft::date(&field(&format!("[parts][{place}][on]")), &part.on, errors);
            parts.push(Part { quantity, on });
        }
        parts
    }

    fn reason(&self, field: &impl Fn(&str) -> String, errors: &mut Vec<FieldError>) -> Option<Reason> {
        let reason = self.reason.parse().ok();
        if reason.is_none() {
            errors.push(FieldError { field: field("[reason]"), message: "Choose a reason; the buyer sees it.".to_owned() });
        }
        reason
    }
}

/// Reads a number; an empty text is the default, an unreadable one an error at its field.
fn number<T: std::str::FromStr<Err = NumberError>>(text: &str, default: T, field: String, errors: &mut Vec<FieldError>) -> T {
    let text = text.trim();
    if text.is_empty() {
        return default;
    }
    typed(text).unwrap_or_else(|error| {
        errors.push(FieldError { field, message: format!("Enter a number such as 120 or 12.5: {error}.") });
        default
    })
}

/// Examines an order and what was answered to it: an answer that was refused is over once another one takes its place.
async fn look(context: &Context, conn: &mut Conn, order: OrderId) -> Result<Vec<exceptions::Told>> {
    let mut told = exceptions::look_at_order(context, conn, order).await?;
    let answers = documents::of_order(conn, Scope::Hub, order).await?.into_iter().filter(|row| row.kind == DocumentKind::OrderResponse);
    told.extend(exceptions::look(context, conn, answers.map(|row| exceptions::Root::Document(row.id)).collect::<Vec<_>>()).await?);
    Ok(told)
}

/// Takes an answer back before it leaves: what it said of the lines is undone, and what happened to the goods stays.
pub async fn take_back(context: &Context, actor: &Actor, id: DocumentId) -> Result<OrderId> {
    let mut tx = context.db.begin().await?;
    let document = documents::find(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let order_id = document.order_id.filter(|_| document.kind == DocumentKind::OrderResponse).ok_or(Error::NotFound)?;
    let mut order = orders::find_for_update(&mut tx, actor.scope(), order_id).await?.ok_or(Error::NotFound)?;
    if !actor.may(Permission::Sell) {
        return Err(Error::Forbidden("The supplier who answered can take the answer back.".to_owned()));
    }
    let before = orders::lines(&mut tx, order_id).await?;
    if before.iter().any(|line| line.quantities.shipped.is_positive()) {
        return Err(Error::Conflict(format!("Goods for order {} have been announced, so its answer stands.", order.number)));
    }
    outbox::withdraw(context, &mut tx, actor, &document).await?;
    let stands = standing_answer(&mut tx, &order).await?;
    let mut lines = before.clone();
    for line in lines.iter_mut().filter(|line| line.status != LineStatus::Cancelled) {
        if let Some(earlier) = stands.lines.0.iter().find(|earlier| earlier.id == line.id) {
            line.take_answer_of(earlier);
        }
    }
    let is_answer = stands.kind == "answered";
    order.answer_document_id = stands.document_id.filter(|_| is_answer);
    order.answered_at = Some(stands.at).filter(|_| is_answer);
    revise(context, &mut tx, &mut order, "taken_back", &signature(actor), None, &lines).await?;
    save(context, &mut tx, &mut order, &before, &lines).await?;
    if let Some(ordered) = order.document_id {
        match order.answered_at {
            Some(at) => documents::set_answered(&mut tx, ordered, answer_word(order.state), at).await?,
            None => documents::clear_answered(&mut tx, ordered, context.now()).await?,
        }
    }
    history::note(
        context,
        &mut tx,
        Entry {
            counterparty: order.counterparty_id,
            subject: Subject { order: Some(order_id), document: Some(id), ..Subject::default() },
            kind: "answer_taken_back",
            words: format!("Answer to order {} taken back before it left", order.number),
            changes: Vec::new(),
            actor: &signature(actor),
        },
    )
    .await?;
    let concerned = across::promise(context, &mut tx, &order).await?;
    let told = look(context, &mut tx, order_id).await?;
    tx.commit().await?;
    exceptions::tell(context, &told);
    context.live.publish(Some(order.counterparty_id));
    for party in concerned {
        context.live.publish(Some(party));
    }
    Ok(order_id)
}

/// The newest revision that says what the order's answer is: one that was not taken back, or the order itself.
async fn standing_answer(conn: &mut Conn, order: &Order) -> Result<Revision> {
    for revision in orders::revisions(conn, order.id).await?.into_iter().rev() {
        let stands = match (revision.kind.as_str(), revision.document_id) {
            ("ordered" | "restated", _) | ("answered", None) => true,
            ("answered", Some(document)) => {
                let found = documents::find(conn, Scope::Hub, document).await?;
                found.is_some_and(|document| document.status != DocumentStatus::Withdrawn)
            }
            _ => false,
        };
        if stands {
            return Ok(revision);
        }
    }
    Err(Error::Internal(format!("order {} has no first revision", order.id)))
}
