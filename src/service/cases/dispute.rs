//! Disputes: somebody says that an invoice, an order or a shipment is not as it should be, why, what is asked for, and
//! which values should be others. The dispute is a case; the documents of the trade are attached to it by themselves.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    Change, note,
    open::{self, About, CaseForm},
    participants, publish, save, side, write,
};
use crate::{
    domain::{
        access::Actor,
        case::{Kind, Status, Visibility},
        dispute::{self, Action, Line, Outcome, Proposed, Reason, Value},
        ids::{CaseId, InvoiceId},
        number::{self, Currency, Quantity, UnitPrice},
    },
    service::{Context, Error, FieldError, Result, draft, history::signature},
    store::{
        Conn,
        cases::{self, Case},
        dialect,
        disputes::{self, CreditNote, Dispute, DisputeRow, Subject},
        drafts, invoices, orders, organisations, shipments,
    },
    text,
};

/// What a person enters to dispute something. Everything is text as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DisputeForm {
    /// Ids of what it is about; exactly one is set.
    pub order: String,
    /// A shipment.
    pub shipment: String,
    /// An invoice.
    pub invoice: String,
    /// A code of [`Reason`].
    pub reason: String,
    /// A code of [`Action`].
    pub action: String,
    /// What happened.
    pub text: String,
    /// Values that should be others.
    pub lines: Vec<DisputeEntry>,
}

/// One line of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DisputeEntry {
    /// The line's number.
    pub line: String,
    /// The right quantity; empty where it is right as it is.
    pub quantity: String,
    /// The right price; empty where it is right as it is.
    pub price: String,
}

/// What is in dispute: what the form shows of it.
pub struct InDispute {
    /// What it is.
    pub about: About,
    /// Currency of its prices.
    pub currency: Currency,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What each line is, in words.
    pub descriptions: Vec<String>,
    /// The dispute about it that is open already.
    pub open: Option<DisputeRow>,
}

/// Loads what a form is about, within the reach of who asks.
pub async fn subject(conn: &mut Conn, actor: &Actor, form: &DisputeForm) -> Result<InDispute> {
    let named =
        CaseForm { order: form.order.clone(), shipment: form.shipment.clone(), invoice: form.invoice.clone(), ..CaseForm::default() };
    let about = open::about(conn, actor, &named).await?.ok_or(Error::NotFound)?;
    let mut found =
        InDispute { currency: currency(conn, actor, &about).await?, about, lines: Vec::new(), descriptions: Vec::new(), open: None };
    let mut add = |description: String, line: Line| {
        found.descriptions.push(description);
        found.lines.push(line);
    };
    match (found.about.kind, found.about.invoice, found.about.shipment, found.about.order) {
        (Kind::Invoice, Some(id), ..) => {
            for row in invoices::lines(conn, id).await? {
                let price = Some(row.unit_price);
                add(row.description, Line { line: row.line, quantity: row.quantity, unit: row.unit, price, per: row.price_per });
            }
        }
        (Kind::Shipment, _, Some(id), _) => {
            let items = shipments::items(conn, id).await?;
            let several = items.iter().any(|item| item.order_id != items[0].order_id);
            for item in items {
                let words = if several { format!("{}, order {}", item.description, item.order_number) } else { item.description };
                let line = Line { line: item.line, quantity: item.quantity, unit: item.unit, price: None, per: Quantity::whole(1) };
                add(words, line);
            }
        }
        (_, _, _, Some(id)) => {
            for row in orders::lines(conn, id).await? {
                let (price, per) = (Some(row.price()), row.price_per);
                add(row.description.clone(), Line { line: row.line, quantity: row.quantities.ordered, unit: row.unit, price, per });
            }
        }
        _ => return Err(Error::NotFound),
    }
    found.lines = dispute::told_apart(found.lines);
    found.open = disputes::about(conn, actor.scope(), subject_of(&found.about)?).await?.into_iter().find(|row| row.outcome.is_none());
    Ok(found)
}

fn subject_of(about: &About) -> Result<Subject> {
    match (about.invoice, about.shipment, about.order) {
        (Some(id), ..) => Ok(Subject::Invoice(id)),
        (None, Some(id), _) => Ok(Subject::Shipment(id)),
        (None, None, Some(id)) => Ok(Subject::Order(id)),
        (None, None, None) => Err(Error::NotFound),
    }
}

async fn currency(conn: &mut Conn, actor: &Actor, about: &About) -> Result<Currency> {
    if let Some(id) = about.invoice {
        return Ok(invoices::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?.currency);
    }
    if let Some(id) = about.order {
        return Ok(orders::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?.currency);
    }
    Ok(organisations::find(conn, about.counterparty).await?.ok_or(Error::NotFound)?.currency)
}

struct Entered {
    reason: Reason,
    action: Action,
    text: String,
    proposed: Vec<Proposed>,
}

impl DisputeForm {
    /// What people who dispute the same thing take turns by.
    fn lock_name(&self) -> Result<String> {
        let named = [&self.invoice, &self.shipment, &self.order].into_iter().find(|id| !id.is_empty());
        let id: Uuid = named.and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?;
        Ok(format!("dispute {id}"))
    }

    fn read(&self, found: &InDispute) -> Result<Entered> {
        let mut errors: Vec<FieldError> = Vec::new();
        let mut wrong = |field: &str, message: String| errors.push(FieldError { field: field.to_owned(), message });
        let (reason, action) = (self.reason.parse().ok(), self.action.parse().ok());
        if reason.is_none() {
            wrong("reason", "Choose what is not right.".to_owned());
        }
        if action.is_none() {
            wrong("action", "Choose what you ask for.".to_owned());
        }
        let text = self.text.trim();
        if text.is_empty() {
            wrong("text", "Write in your own words what is not right.".to_owned());
        } else if text.chars().count() > write::LONGEST {
            wrong("text", format!("Use at most {} characters.", write::LONGEST));
        }
        let mut proposed = Vec::new();
        for (index, entry) in self.lines.iter().enumerate() {
            let Some(line) = found.lines.iter().find(|line| line.line == entry.line) else { continue };
            if let Some(said) = read_value::<Quantity>(&entry.quantity, line.quantity, |wanted| *wanted < Quantity::ZERO) {
                let field = format!("lines[{index}][quantity]");
                said.keep(line, Value::Quantity, &mut proposed, |message| wrong(&field, message));
            }
            if let (Some(price), false) = (line.price, entry.price.trim().is_empty())
                && let Some(said) = read_value::<UnitPrice>(&entry.price, price, |wanted| wanted.micros() < 0)
            {
                let field = format!("lines[{index}][price]");
                said.keep(line, Value::Price, &mut proposed, |message| wrong(&field, message));
            }
        }
        match (reason, action) {
            (Some(reason), Some(action)) if errors.is_empty() => Ok(Entered { reason, action, text: text.to_owned(), proposed }),
            _ => Err(Error::Invalid(errors)),
        }
    }
}

/// What was entered for one value.
enum Said {
    Other { is: String, should_be: String },
    Wrong(String),
}

impl Said {
    fn keep(self, line: &Line, value: Value, proposed: &mut Vec<Proposed>, mut wrong: impl FnMut(String)) {
        match self {
            Self::Other { is, should_be } => proposed.push(Proposed { line: line.line.clone(), value, is, should_be }),
            Self::Wrong(message) => wrong(message),
        }
    }
}

/// Reads a value; nothing where none was entered, or the one that stands there.
fn read_value<T>(typed: &str, is: T, below_zero: impl Fn(&T) -> bool) -> Option<Said>
where
    T: PartialEq + ToString + std::str::FromStr<Err = number::NumberError>,
{
    if typed.trim().is_empty() {
        return None;
    }
    match number::typed::<T>(typed) {
        Ok(wanted) if below_zero(&wanted) => Some(Said::Wrong("Enter zero or more.".to_owned())),
        Ok(wanted) if wanted == is => None,
        Ok(wanted) => Some(Said::Other { is: is.to_string(), should_be: wanted.to_string() }),
        Err(error) => Some(Said::Wrong(format!("Enter a number such as 120 or 12.5: {error}. Leave it empty where it is right."))),
    }
}

/// Kind of the draft that keeps a dispute.
const DRAFT: &str = "dispute";

/// What a draft is kept under: the id of what is disputed.
fn draft_subject(form: &DisputeForm) -> Option<Uuid> {
    [&form.invoice, &form.shipment, &form.order].into_iter().find(|id| !id.is_empty())?.parse().ok()
}

/// The dispute that a person entered and that was not taken.
pub async fn typed(context: &Context, actor: &Actor, asked: &DisputeForm) -> Result<Option<DisputeForm>> {
    let Some(subject) = draft_subject(asked) else { return Ok(None) };
    let mut conn = context.db.read().await?;
    Ok(draft::find(&mut conn, actor, DRAFT, subject).await?.map(|kept| kept.form))
}

/// Opens a dispute, with the documents of the trade attached. Of two people who dispute the same at once, the second one is
/// led to the dispute of the first. What was entered is kept as a draft where it is refused.
pub async fn open(context: &Context, actor: &Actor, form: &DisputeForm) -> Result<CaseId> {
    let subject = draft_subject(form).ok_or(Error::NotFound)?;
    let opened = try_open(context, actor, form, subject).await;
    draft::keep_if_invalid(context, actor, DRAFT, subject, form, opened).await
}

async fn try_open(context: &Context, actor: &Actor, form: &DisputeForm, draft: Uuid) -> Result<CaseId> {
    let mut tx = context.db.begin().await?;
    // Before anything is read: what the first one does is there for the second.
    dialect::lock(&mut tx, &form.lock_name()?).await?;
    let found = subject(&mut tx, actor, form).await?;
    if let Some(open) = &found.open {
        return Err(Error::Conflict(format!("{} is in dispute already. Go on in case {}.", found.about.number, open.number)));
    }
    let entered = form.read(&found)?;
    let credits = dispute::credits(&found.lines, &entered.proposed, found.currency);
    let claimed = credits.filter(|credits| !credits.is_empty()).map(|credits| dispute::total(&credits));
    let counterparty = found.about.counterparty;
    let kind = found.about.kind;
    let case = Case {
        kind,
        title: format!("{} {}: {}", text::case_kind(kind), found.about.number, text::dispute_reason(entered.reason).to_lowercase()),
        reason: Some(entered.reason.as_str().to_owned()),
        action: Some(entered.action.as_str().to_owned()),
        proposed: Json(entered.proposed),
        ..open::blank(context, actor, open::next_number(&mut tx).await?, counterparty)
    };
    let row = Dispute {
        case_id: case.id,
        order_id: found.about.order,
        shipment_id: found.about.shipment,
        invoice_id: found.about.invoice,
        currency: found.currency,
        claimed,
        outcome: None,
        credit_note_id: None,
        settled_at: None,
    };
    let id = open::begin(context, &mut tx, actor, case, Some(found.about), &entered.text).await?;
    disputes::insert(&mut tx, &row).await?;
    for document in disputes::papers(&mut tx, row.order_id, row.shipment_id, row.invoice_id).await? {
        disputes::attach(&mut tx, id, document.id).await?;
    }
    drafts::delete(&mut tx, actor, DRAFT, draft).await?;
    tx.commit().await?;
    publish(context, &[counterparty]);
    Ok(id)
}

/// A dispute as its page shows it.
pub struct DisputeView {
    /// The dispute.
    pub dispute: Dispute,
    /// The credit note it ended with.
    pub credit_note: Option<CreditNote>,
    /// The reader may take it as it is.
    pub may_accept: bool,
    /// The reader may send a credit note for it: the number of the invoice.
    pub may_credit: Option<String>,
}

/// The dispute that is settled in a case; none where the case is no dispute.
pub async fn of_case(context: &Context, actor: &Actor, case: &Case) -> Result<Option<DisputeView>> {
    // What is claimed is between the hub and the partner that the case is with; every dispute has a reason.
    if case.reason.is_none() || !participants::sees_all(actor, case) {
        return Ok(None);
    }
    let mut conn = context.db.read().await?;
    let Some(dispute) = disputes::of_case(&mut conn, case.id).await? else { return Ok(None) };
    let credit_note = match dispute.credit_note_id {
        Some(id) => disputes::credit_note(&mut conn, id).await?,
        None => None,
    };
    let is_open = dispute.outcome.is_none();
    let may_accept = is_open && side(actor) == case.opened_by;
    let may_credit = match dispute.invoice_id.filter(|_| is_open) {
        Some(id) => super::credit::may_send(&mut conn, actor, id).await.ok().map(|invoice| invoice.number),
        None => None,
    };
    Ok(Some(DisputeView { dispute, credit_note, may_accept, may_credit }))
}

/// The disputes about something, the newest first, as far as the actor takes part in them.
pub async fn about(context: &Context, actor: &Actor, subject: Subject) -> Result<Vec<DisputeRow>> {
    Ok(disputes::about(&mut context.db.read().await?, actor.scope(), subject).await?)
}

/// Whoever opened a dispute takes things as they are: the dispute is over and its case settled.
pub async fn accept(context: &Context, actor: &Actor, id: CaseId) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let mut case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    disputes::of_case(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if side(actor) != case.opened_by || !participants::sees_all(actor, &case) {
        return Err(Error::Forbidden("Whoever opened the dispute can take it back. Write what you think of it.".to_owned()));
    }
    settle(context, &mut tx, &mut case, Settled { outcome: Outcome::Accepted, credit: None, actor: &signature(actor) }).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(())
}

/// How a dispute ends.
pub(in crate::service) struct Settled<'a> {
    pub outcome: Outcome,
    pub credit: Option<&'a CreditNote>,
    pub actor: &'a str,
}

/// Ends a dispute and settles its case.
pub(in crate::service) async fn settle(context: &Context, conn: &mut Conn, case: &mut Case, settled: Settled<'_>) -> Result<()> {
    disputes::settle(conn, case.id, settled.outcome, settled.credit.map(|credit| credit.id), context.now()).await?;
    let words = settled.credit.map(|credit| format!("Credit note {} over {}", credit.number, text::money(credit.total, credit.currency)));
    let change = Change {
        kind: "settled",
        new: Some(settled.outcome.as_str()),
        note: words.as_deref().unwrap_or_default(),
        visibility: Visibility::Partner,
        reader: Some(case.counterparty_id),
        actor: settled.actor,
        ..Change::default()
    };
    note(context, conn, case, change).await?;
    let next = if case.status.is_settled() { case.status } else { Status::Resolved };
    write::become_status(context, conn, case, next, settled.actor).await?;
    save(context, conn, case).await
}

/// The open dispute about an invoice that a credit note for it ends.
pub(in crate::service) async fn open_about(conn: &mut Conn, invoice: InvoiceId) -> Result<Option<DisputeRow>> {
    let all = disputes::about(conn, crate::store::Scope::Hub, Subject::Invoice(invoice)).await?;
    Ok(all.into_iter().find(|row| row.outcome.is_none()))
}
