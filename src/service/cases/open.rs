//! Opening a case in the portal: about an order, a shipment, an invoice or a payment, or a question of its own.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::{Change, note, publish, save, side, write};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::{Kind, Priority, Readers, Status, Visibility},
        ids::{CaseId, InvoiceId, OrderId, OrganisationId, RemittanceId, ShipmentId},
        sla::Side,
    },
    service::{Context, Error, FieldError, Result, history::signature},
    store::{
        Conn,
        cases::{self, Case},
        invoices, orders, organisations,
        references::{self, Reference},
        remittances, shipments, transmissions,
    },
};

/// Longest title, and longest message, in characters.
pub const LONGEST_TITLE: usize = 120;

/// What a person enters to open a case. Everything is text as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseForm {
    /// What it is about: a code of [`Kind`].
    pub kind: String,
    /// In a few words.
    pub title: String,
    /// What happened, and what is asked.
    pub text: String,
    /// How urgent: a code of [`Priority`]; normal where it is empty.
    pub priority: String,
    /// The partner's code; for the hub, which opens cases with any.
    pub partner: String,
    /// Ids of what it is about; at most one is set.
    pub order: String,
    /// A shipment.
    pub shipment: String,
    /// An invoice.
    pub invoice: String,
    /// The remittance that told of a payment.
    pub payment: String,
}

/// What a case is about, found within the reach of who asks.
pub struct About {
    /// What it is.
    pub kind: Kind,
    /// Its number.
    pub number: String,
    /// The partner besides the hub.
    pub counterparty: OrganisationId,
    pub(super) order: Option<OrderId>,
    pub(super) shipment: Option<ShipmentId>,
    pub(super) invoice: Option<InvoiceId>,
    payment: Option<RemittanceId>,
}

/// Finds what a form is about; none where it is about nothing in the portal.
pub async fn about(conn: &mut Conn, actor: &Actor, form: &CaseForm) -> Result<Option<About>> {
    let scope = actor.scope();
    let base = |kind, number, counterparty| About { kind, number, counterparty, order: None, shipment: None, invoice: None, payment: None };
    if !form.payment.is_empty() {
        let id = form.payment.parse().map_err(|_| Error::NotFound)?;
        let row = remittances::find(conn, scope, id).await?.ok_or(Error::NotFound)?;
        return Ok(Some(About { payment: Some(id), ..base(Kind::Payment, row.number, row.counterparty_id) }));
    }
    if !form.invoice.is_empty() {
        let id = form.invoice.parse().map_err(|_| Error::NotFound)?;
        let row = invoices::find(conn, scope, id).await?.ok_or(Error::NotFound)?;
        let about = base(Kind::Invoice, row.number, row.counterparty_id);
        return Ok(Some(About { order: row.order_id, shipment: row.shipment_id, invoice: Some(id), ..about }));
    }
    if !form.shipment.is_empty() {
        let id = form.shipment.parse().map_err(|_| Error::NotFound)?;
        let row = shipments::find(conn, scope, id).await?.ok_or(Error::NotFound)?;
        return Ok(Some(About { shipment: Some(id), ..base(Kind::Shipment, row.number, row.counterparty_id) }));
    }
    if !form.order.is_empty() {
        let id = form.order.parse().map_err(|_| Error::NotFound)?;
        let row = orders::find(conn, scope, id).await?.ok_or(Error::NotFound)?;
        return Ok(Some(About { order: Some(id), ..base(Kind::Order, row.number, row.counterparty_id) }));
    }
    Ok(None)
}

struct Entered {
    kind: Kind,
    title: String,
    text: String,
    priority: Priority,
}

impl CaseForm {
    fn read(&self, about: Option<&About>) -> Result<Entered> {
        let mut errors: Vec<FieldError> = Vec::new();
        let mut wrong = |field: &str, message: &str| errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        let kind = about.map(|about| about.kind).or_else(|| self.kind.parse().ok());
        if kind.is_none() {
            wrong("kind", "Choose what it is about.");
        }
        let priority = if self.priority.is_empty() { Some(Priority::Normal) } else { self.priority.parse().ok() };
        if priority.is_none() {
            wrong("priority", "Choose how urgent it is.");
        }
        let title = self.title.trim();
        if title.is_empty() {
            wrong("title", "Say in a few words what it is about.");
        } else if title.chars().count() > LONGEST_TITLE {
            wrong("title", &format!("Use at most {LONGEST_TITLE} characters here; the rest belongs into the message."));
        }
        let text = self.text.trim();
        if text.is_empty() {
            wrong("text", "Write what happened and what you ask for.");
        } else if text.chars().count() > write::LONGEST {
            wrong("text", &format!("Use at most {} characters.", write::LONGEST));
        }
        match (kind, priority) {
            (Some(kind), Some(priority)) if errors.is_empty() => {
                Ok(Entered { kind, title: title.to_owned(), text: text.to_owned(), priority })
            }
            _ => Err(Error::Invalid(errors)),
        }
    }
}

/// Opens a case. It starts with a message that both sides can read.
pub async fn open(context: &Context, actor: &Actor, form: &CaseForm) -> Result<CaseId> {
    let mut tx = context.db.begin().await?;
    let (id, counterparty) = open_in(context, &mut tx, actor, form).await?;
    tx.commit().await?;
    publish(context, &[counterparty]);
    Ok(id)
}

/// Opens a case within a transaction; says with which partner it is. The caller tells open pages after the commit.
pub(in crate::service) async fn open_in(
    context: &Context,
    tx: &mut Conn,
    actor: &Actor,
    form: &CaseForm,
) -> Result<(CaseId, OrganisationId)> {
    let about = about(tx, actor, form).await?;
    let entered = form.read(about.as_ref())?;
    let counterparty = match (&about, side(actor)) {
        (Some(about), _) => about.counterparty,
        (None, Side::Partner) => actor.organisation,
        (None, Side::Internal) => partner(tx, actor, &form.partner).await?,
    };
    let case = Case {
        kind: entered.kind,
        priority: entered.priority,
        title: entered.title,
        ..blank(context, actor, next_number(tx).await?, counterparty)
    };
    let id = begin(context, tx, actor, case, about, &entered.text).await?;
    Ok((id, counterparty))
}

/// A case that says nothing yet.
pub(super) fn blank(context: &Context, actor: &Actor, number: String, counterparty: OrganisationId) -> Case {
    Case {
        id: context.id(),
        number,
        kind: Kind::Question,
        status: Status::Open,
        priority: Priority::Normal,
        title: String::new(),
        reason: None,
        action: None,
        proposed: Json(Vec::new()),
        counterparty_id: counterparty,
        opened_by: side(actor),
        author: signature(actor),
        assignee_id: None,
        tier: 1,
        due_at: None,
        version: 0,
        updated_at: context.now(),
        created_at: context.now(),
    }
}

/// Adds a case with what it is about and its first message, which both sides can read.
pub(super) async fn begin(
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    mut case: Case,
    about: Option<About>,
    text: &str,
) -> Result<CaseId> {
    cases::insert(conn, &case, &[case.counterparty_id]).await?;
    if let Some(about) = about {
        let reference = Reference {
            order_id: about.order,
            shipment_id: about.shipment,
            invoice_id: about.invoice,
            remittance_id: about.payment,
            ..Reference::named(case.id, about.kind.as_str(), &about.number, "")
        };
        references::insert(conn, &reference).await?;
    }
    let change = Change { kind: "opened", visibility: Visibility::Partner, actor: &case.author, ..Change::default() };
    note(context, conn, &case, change).await?;
    write::insert(context, conn, actor, &case, Readers::one(case.counterparty_id), text).await?;
    save(context, conn, &mut case).await?;
    Ok(case.id)
}

async fn partner(conn: &mut Conn, actor: &Actor, code: &str) -> Result<OrganisationId> {
    if !actor.may(Permission::Operate) {
        return Err(Error::NotFound);
    }
    let found = organisations::find_by_code(conn, code.trim()).await?.filter(|found| !found.is_hub);
    found.map(|found| found.id).ok_or_else(|| Error::field("partner", "Choose the partner the case is with."))
}

/// The number of the next case: `C-` and a count.
pub(in crate::service) async fn next_number(conn: &mut Conn) -> Result<String> {
    Ok(format!("C-{:05}", transmissions::next_control_number(conn, "case").await?))
}
