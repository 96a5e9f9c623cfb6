//! What a case is about: said when it is opened, and linked or taken away later by either side, each within its reach. What
//! other systems name before it is known here is kept by its number and linked when it appears.

use serde::{Deserialize, Serialize};

use super::{Change, needed, note, participants, publish, relate, save};
use crate::{
    domain::{
        access::Actor,
        case::{Kind, Visibility},
        ids::{CaseId, OrganisationId},
        order::OrderKind,
    },
    service::{Context, Error, Result, history::signature},
    store::{
        Conn,
        cases::{self, Case},
        disputes, invoices, orders,
        references::{self, CaseAbout, Reference, Thing},
        remittances, shipments,
    },
    text,
};

/// What a history says where something was linked.
pub(in crate::service) const REFERRED: &str = "referred";
/// What it says where a link was taken away.
pub(in crate::service) const UNREFERRED: &str = "unreferred";

/// What people link by its number.
pub const KINDS: [Kind; 4] = [Kind::Order, Kind::Shipment, Kind::Invoice, Kind::Payment];
/// Longest number, in characters.
pub const LONGEST_NUMBER: usize = 80;
/// Cases shown on the page of what they are about.
const SHOWN: i64 = 20;

/// What a person links, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferenceForm {
    /// A code of [`Kind`].
    pub kind: String,
    /// Its number.
    pub number: String,
    /// A line of it; empty for all of it.
    pub line: String,
}

/// A reference in words, such as "Order 4500071823, line 10".
pub fn words(row: &Reference) -> String {
    let kind = row.kind.parse().map_or("Document", text::case_kind);
    let line = if row.line.is_empty() { String::new() } else { format!(", line {}", row.line) };
    format!("{kind} {}{line}", row.number)
}

/// Finds what a reference names, of what there is between the hub and a partner.
pub(in crate::service) async fn resolve(conn: &mut Conn, partner: OrganisationId, row: &mut Reference) -> Result<()> {
    for kind in [OrderKind::Purchase, OrderKind::Sales] {
        if row.id().is_some() {
            break;
        }
        let number = row.number.as_str();
        match row.kind.as_str() {
            "order" => row.order_id = orders::find_by_number(conn, kind, partner, number).await?.map(|found| found.id),
            "shipment" => row.shipment_id = shipments::find_by_number(conn, kind, partner, number).await?.map(|found| found.id),
            "invoice" => {
                if let Some(found) = invoices::find_by_number(conn, kind, partner, number).await? {
                    (row.order_id, row.shipment_id, row.invoice_id) = (found.order_id, found.shipment_id, Some(found.id));
                }
            }
            "payment" => row.remittance_id = remittances::find_by_number(conn, kind, partner, number).await?.map(|found| found.id),
            _ => {}
        }
    }
    Ok(())
}

/// The case whose links an actor changes: the hub does, and the partner that the case is with.
async fn of_either_side(conn: &mut Conn, actor: &Actor, id: CaseId) -> Result<Case> {
    let case = cases::find_for_update(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if !participants::sees_all(actor, &case) {
        return Err(Error::Forbidden("The buyer says what this case is about. Write which order or invoice you mean.".to_owned()));
    }
    relate::refuse_part(conn, id).await?;
    Ok(case)
}

impl ReferenceForm {
    /// What the form names, found between the hub and the partner that the case is with: nothing of others is ever linked.
    async fn read(&self, conn: &mut Conn, case: &Case) -> Result<Reference> {
        let kind = self.kind.parse().ok().filter(|kind| KINDS.contains(kind));
        let kind = kind.ok_or_else(|| Error::field("about", "Choose what it is."))?;
        let number = needed("about_number", &self.number, LONGEST_NUMBER, "Enter its number as it stands in the list.")?;
        let mut row = Reference::named(case.id, kind.as_str(), &number, self.line.trim());
        resolve(conn, case.counterparty_id, &mut row).await?;
        if row.id().is_none() {
            let what = text::case_kind(kind).to_lowercase();
            let message =
                format!("No {what} between the two sides of this case has the number {number}. Enter it as it stands in the list.");
            return Err(Error::field("about_number", message));
        }
        check_line(conn, kind, &row).await?;
        Ok(row)
    }
}

/// Only orders and invoices have lines, and only those that they have are linked.
async fn check_line(conn: &mut Conn, kind: Kind, row: &Reference) -> Result<()> {
    if row.line.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = match (kind, row.order_id, row.invoice_id) {
        (Kind::Order, Some(id), _) => orders::lines(conn, id).await?.into_iter().map(|line| line.line).collect(),
        (Kind::Invoice, _, Some(id)) => invoices::lines(conn, id).await?.into_iter().map(|line| line.line).collect(),
        _ => return Err(Error::field("about_line", "Only orders and invoices have lines to link. Leave it empty.")),
    };
    if lines.contains(&row.line) {
        return Ok(());
    }
    let message = format!("There is no line {} in it. It has {}; leave it empty for all of them.", row.line, lines.join(", "));
    Err(Error::field("about_line", message))
}

/// Links something that a case is about. Says what.
pub async fn add(context: &Context, actor: &Actor, id: CaseId, form: &ReferenceForm) -> Result<String> {
    let mut tx = context.db.begin().await?;
    let mut case = of_either_side(&mut tx, actor, id).await?;
    let row = form.read(&mut tx, &case).await?;
    if !references::insert(&mut tx, &row).await? {
        return Err(Error::field("about_number", format!("{} is linked already.", words(&row))));
    }
    changed(context, &mut tx, actor, &mut case, (REFERRED, &row)).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(words(&row))
}

/// Takes away something that a case is not about after all; its history keeps that it was linked. Says what.
pub async fn remove(context: &Context, actor: &Actor, id: CaseId, form: &ReferenceForm) -> Result<String> {
    let mut tx = context.db.begin().await?;
    let mut case = of_either_side(&mut tx, actor, id).await?;
    let named = |row: &Reference| row.kind == form.kind && row.number == form.number && row.line == form.line;
    let row = references::of_case(&mut tx, id).await?.into_iter().find(named);
    let row = row.ok_or_else(|| Error::Conflict("This is not linked any more.".to_owned()))?;
    let dispute = disputes::of_case(&mut tx, id).await?;
    let in_dispute = |dispute: &disputes::Dispute| match row.kind.as_str() {
        "order" => dispute.shipment_id.is_none() && dispute.invoice_id.is_none() && dispute.order_id == row.order_id,
        "shipment" => dispute.invoice_id.is_none() && dispute.shipment_id == row.shipment_id,
        "invoice" => dispute.invoice_id == row.invoice_id,
        _ => false,
    };
    if row.line.is_empty() && dispute.is_some_and(|dispute| in_dispute(&dispute)) {
        return Err(Error::Conflict(format!("{} is what this dispute is about, so it stays linked.", words(&row))));
    }
    references::delete(&mut tx, &row).await?;
    changed(context, &mut tx, actor, &mut case, (UNREFERRED, &row)).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(words(&row))
}

/// Writes a change into the history. What a case is about is between the hub and the partner it is with.
async fn changed(
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    case: &mut Case,
    (kind, row): (&'static str, &Reference),
) -> Result<()> {
    let (words, author) = (words(row), signature(actor));
    let reader = Some(case.counterparty_id);
    let change = Change { kind, new: Some(&words), visibility: Visibility::Partner, reader, actor: &author, ..Change::default() };
    note(context, conn, case, change).await?;
    save(context, conn, case).await
}

/// The cases about something that an actor has loaded, the last changed first, as far as it takes part in them.
pub async fn about(context: &Context, actor: &Actor, thing: Thing) -> Result<Vec<CaseAbout>> {
    Ok(references::about(&mut context.db.read().await?, actor.scope(), thing, SHOWN).await?)
}

/// What a case is about, of what the reader can reach by itself.
pub(super) async fn within_reach(conn: &mut Conn, actor: &Actor, rows: Vec<Reference>) -> Result<Vec<Reference>> {
    let mut found = Vec::new();
    for row in rows {
        let is_theirs = match (row.order_id, row.shipment_id, row.invoice_id, row.remittance_id) {
            (.., Some(id)) => remittances::find(conn, actor.scope(), id).await?.is_some(),
            (_, _, Some(id), _) => invoices::find(conn, actor.scope(), id).await?.is_some(),
            (_, Some(id), ..) => shipments::find(conn, actor.scope(), id).await?.is_some(),
            (Some(id), ..) => orders::find(conn, actor.scope(), id).await?.is_some(),
            (None, None, None, None) => false,
        };
        if is_theirs {
            found.push(row);
        }
    }
    Ok(found)
}
