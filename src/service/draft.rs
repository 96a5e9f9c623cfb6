//! What forms share: keeping what was typed when it cannot be sent, and reading dates.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Context, Error, FieldError, Result};
use crate::{
    domain::{
        access::Actor,
        ids::{OrderId, OrderLineId},
        number::Quantity,
        order::Line,
        time::Date,
    },
    store::{
        drafts::{self, Draft},
        orders,
    },
};

/// Keeps a form as a draft where it was refused for its entries, or because the order changed meanwhile; hands the
/// outcome on. Where the order has gone past the point, no form will ever send it, so none is kept.
pub async fn keep_if_invalid<T>(
    context: &Context,
    actor: &Actor,
    kind: &str,
    subject: Uuid,
    form: &impl Serialize,
    outcome: Result<T>,
) -> Result<T> {
    let errors: &[FieldError] = match &outcome {
        Err(Error::Invalid(errors)) => errors,
        Err(Error::Stale(_)) => &[],
        _ => return outcome,
    };
    let mut tx = context.db.begin().await?;
    let draft = Draft {
        id: context.id(),
        organisation_id: actor.organisation,
        person_id: Some(actor.own_id()),
        kind: kind.to_owned(),
        subject_id: subject,
        body: Json(serde_json::to_value(form).unwrap_or_default()),
        errors: Json(serde_json::to_value(errors).unwrap_or_default()),
        author: actor.name.clone(),
        updated_at: context.now(),
    };
    drafts::save(&mut tx, &draft).await?;
    tx.commit().await?;
    outcome
}

/// A draft as its page needs it: the form as typed, and what was wrong.
pub struct Kept<F> {
    /// The form.
    pub form: F,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

/// A person's draft, if there is one that can still be read.
pub async fn find<F: serde::de::DeserializeOwned>(
    conn: &mut crate::store::Conn,
    actor: &Actor,
    kind: &str,
    subject: Uuid,
) -> Result<Option<Kept<F>>> {
    let found = drafts::find(conn, actor, kind, subject).await?;
    Ok(found.and_then(|draft| {
        let form = serde_json::from_value(draft.body.0).ok()?;
        Some(Kept { form, errors: serde_json::from_value(draft.errors.0).unwrap_or_default() })
    }))
}

/// Forgets what was typed about an order, or about what belongs to it: the draft of that subject.
pub async fn discard(context: &Context, actor: &Actor, kind: &str, order: OrderId, subject: Uuid) -> Result<()> {
    let mut tx = context.db.begin().await?;
    orders::find(&mut tx, actor.scope(), order).await?.ok_or(Error::NotFound)?;
    drafts::delete(&mut tx, actor, kind, subject).await?;
    Ok(tx.commit().await?)
}

/// The quantities entered for lines of an order, each line once; none where an entry cannot be read.
pub fn quantities<'a>(lines: &[Line], entries: impl Iterator<Item = (&'a str, &'a str)>) -> Option<BTreeMap<OrderLineId, Quantity>> {
    let mut found = BTreeMap::new();
    for (position, text) in entries.filter(|(_, text)| !text.trim().is_empty()) {
        let line = lines.iter().find(|line| line.position.to_string() == position)?;
        let quantity: Quantity = text.trim().parse().ok()?;
        if !quantity.is_zero() && found.insert(line.id, quantity).is_some() {
            return None;
        }
    }
    Some(found)
}

/// Reads a date field; an empty one is none, an unreadable one an error at its field.
pub fn date(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<Date> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = text.parse().ok();
    if read.is_none() {
        let message = "This is not a date. Enter it as year-month-day, such as 2026-12-01.".to_owned();
        errors.push(FieldError { field: field.to_owned(), message });
    }
    read
}
