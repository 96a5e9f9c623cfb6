//! What people do about an exception: steps done, a case opened, settled.

use super::{Told, guide, last_step, tell};
use crate::{
    domain::{
        access::{Actor, Permission},
        exception::{News, Severity, State, SubjectKind},
        ids::{CaseId, ExceptionId},
    },
    service::{
        Context, Error, FieldError, Result,
        cases::{self, open::CaseForm},
        history::signature,
    },
    store::{
        Conn, cases as case_rows, dialect,
        exceptions::{self, Exception, StepDone},
        organisations,
        references::{self, Reference},
    },
};

/// Longest note with which an exception is settled, in characters.
pub const LONGEST_NOTE: usize = 500;

pub(super) async fn find(conn: &mut Conn, actor: &Actor, id: ExceptionId) -> Result<Exception> {
    let found = exceptions::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    // As an examination does: whoever comes second sees what the first one did.
    dialect::lock(conn, &found.root).await?;
    exceptions::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)
}

pub(super) fn told(row: &Exception, news: News) -> Told {
    Told { id: row.id, counterparty: row.counterparty_id, owner: row.owner, news }
}

/// Notes that a step was done, or takes that back.
pub async fn step(context: &Context, actor: &Actor, id: ExceptionId, step: i64, is_done: bool) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let row = find(&mut tx, actor, id).await?;
    if row.state == State::Closed {
        return Err(Error::Conflict("This is over already, so there is nothing left to do about it.".to_owned()));
    }
    let steps = guide::load(&mut tx, actor, row.kind).await?.steps.len();
    if usize::try_from(step).is_ok_and(|step| (1..=steps).contains(&step)) {
        if is_done {
            let done = StepDone { step, done_by: signature(actor), done_at: context.now() };
            exceptions::insert_step(&mut tx, id, row.round, &done).await?;
        } else {
            exceptions::delete_step(&mut tx, id, row.round, step).await?;
        }
    } else {
        return Err(Error::field("step", "There is no such step. Look at the steps again."));
    }
    tx.commit().await?;
    tell(context, &[told(&row, News::Changed)]);
    Ok(())
}

/// Says that an exception is over, and how. It opens again where something about it changes.
pub async fn settle(context: &Context, actor: &Actor, id: ExceptionId, note: &str) -> Result<()> {
    let note = note.trim();
    if note.is_empty() {
        return Err(Error::field("note", "Say in a few words how it was settled; the next one who has this will read it."));
    }
    if note.chars().count() > LONGEST_NOTE {
        return Err(Error::field("note", format!("Use at most {LONGEST_NOTE} characters.")));
    }
    let mut tx = context.db.begin().await?;
    let mut row = find(&mut tx, actor, id).await?;
    if row.state == State::Closed {
        return Err(Error::Conflict("This is over already. Look at its present state.".to_owned()));
    }
    row.settled_step = last_step(&mut tx, &row).await?;
    row.state = State::Closed;
    row.ended_at = Some(context.now());
    row.settled_by = Some(signature(actor));
    note.clone_into(&mut row.settled_note);
    row.updated_at = context.now();
    exceptions::update(&mut tx, &row).await?;
    tx.commit().await?;
    tell(context, &[told(&row, News::Closed)]);
    Ok(())
}

/// Opens a case about an exception, with its references, and links the two.
pub async fn open_case(context: &Context, actor: &Actor, id: ExceptionId, title: &str, text: &str) -> Result<CaseId> {
    let mut tx = context.db.begin().await?;
    let mut row = find(&mut tx, actor, id).await?;
    if let Some(case) = row.case_id
        && case_rows::find(&mut tx, actor.scope(), case).await?.is_some_and(|case| !case.status.is_settled())
    {
        return Err(Error::Conflict("A case about this is open already. Write in it.".to_owned()));
    }
    let form = form(&mut tx, actor, &row, title, text).await?;
    let (case, party) = cases::open::open_in(context, &mut tx, actor, &form).await?;
    if row.subject_kind == SubjectKind::Document {
        let reference = Reference { document_id: row.document_id, ..Reference::named(case, "document", &row.subject_number, "") };
        references::insert(&mut tx, &reference).await?;
    }
    row.case_id = Some(case);
    row.updated_at = context.now();
    exceptions::update(&mut tx, &row).await?;
    tx.commit().await?;
    context.live.publish(Some(party));
    Ok(case)
}

async fn form(conn: &mut Conn, actor: &Actor, row: &Exception, title: &str, text: &str) -> Result<CaseForm> {
    let priority = match row.severity {
        Severity::Critical => "high",
        Severity::Warning | Severity::Info => "normal",
    };
    let mut form = CaseForm {
        title: title.to_owned(),
        text: text.to_owned(),
        priority: priority.to_owned(),
        kind: "document".to_owned(),
        ..CaseForm::default()
    };
    let subject = row.subject_id.to_string();
    match row.subject_kind {
        SubjectKind::Order => form.order = subject,
        SubjectKind::Shipment => form.shipment = subject,
        SubjectKind::Invoice => form.invoice = subject,
        SubjectKind::Remittance => form.payment = subject,
        SubjectKind::Document | SubjectKind::Transmission | SubjectKind::Partner => {}
    }
    if actor.may(Permission::Operate) {
        let Some(partner) = row.counterparty_id else {
            let message = "It is not known which partner this concerns, so there is nobody to open a case with.".to_owned();
            return Err(Error::Invalid(vec![FieldError { field: String::new(), message }]));
        };
        form.partner = organisations::find(conn, partner).await?.ok_or(Error::NotFound)?.code;
    }
    Ok(form)
}
