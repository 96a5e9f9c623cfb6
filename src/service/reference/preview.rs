//! What a feed of reference data would change, before it is sent: nothing is kept.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::types::Json;

use super::{Effect, effect, read, subject_of, today};
use crate::{
    domain::{
        access::{Actor, Permission},
        ids::OrganisationId,
        reference::Subject,
    },
    service::{Context, Error, FieldError, Result, xconnector},
    store::{
        drafts::{self, Draft},
        organisations,
        reference::{self as store, Version},
    },
};

/// An event of a feed, and what it would do.
pub struct Previewed {
    /// What it is about; none where that cannot be read.
    pub subject: Option<Subject>,
    /// Partner and code, as told.
    pub names: Option<(String, String)>,
    /// What it would do, or why it cannot be used.
    pub effect: std::result::Result<Effect, Vec<FieldError>>,
}

/// Most events that are looked at at once.
pub const MOST_PREVIEWED: usize = 1000;

/// What a feed is kept as until it is looked at.
const KIND: &str = "reference_feed";

/// Keeps a feed for the page that shows what it would change. `text` is a `CloudEvent` in JSON, or a list of them.
pub async fn keep(context: &Context, actor: &Actor, text: &str) -> Result<()> {
    hub_only(actor)?;
    let events = events(text)?;
    let draft = Draft {
        id: context.id(),
        organisation_id: actor.organisation,
        person_id: Some(actor.own_id()),
        kind: KIND.to_owned(),
        subject_id: actor.organisation.0,
        body: Json(Value::Array(events)),
        errors: Json(Value::Array(Vec::new())),
        author: actor.name.clone(),
        updated_at: context.now(),
    };
    let mut tx = context.db.begin().await?;
    drafts::save(&mut tx, &draft).await?;
    tx.commit().await?;
    Ok(())
}

/// The feed that was kept last, if any, and what it would change now.
pub async fn kept(context: &Context, actor: &Actor) -> Result<Option<Vec<Previewed>>> {
    hub_only(actor)?;
    let draft = drafts::find(&mut context.db.read().await?, actor, KIND, actor.organisation.0).await?;
    match draft.map(|draft| draft.body.0) {
        Some(Value::Array(events)) => Ok(Some(preview(context, events).await?)),
        _ => Ok(None),
    }
}

fn hub_only(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}

fn events(text: &str) -> Result<Vec<Value>> {
    let unreadable =
        |error: serde_json::Error| Error::field("events", format!("This is not JSON: {error}. Paste one event, or a list in [ ]."));
    let events = match serde_json::from_str::<Value>(text).map_err(unreadable)? {
        Value::Array(events) => events,
        one => vec![one],
    };
    if events.is_empty() || events.len() > MOST_PREVIEWED {
        return Err(Error::field("events", format!("Paste 1 to {MOST_PREVIEWED} events.")));
    }
    Ok(events)
}

async fn preview(context: &Context, events: Vec<Value>) -> Result<Vec<Previewed>> {
    let mut conn = context.db.read().await?;
    let day = today(context, &mut conn).await?;
    // What earlier events of the feed tell is known to later ones.
    let mut learnt: Vec<Version> = Vec::new();
    let mut previewed = Vec::with_capacity(events.len());
    let mut added: BTreeMap<String, OrganisationId> = BTreeMap::new();
    for event in events {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        let subject = subject_of(kind.strip_prefix(xconnector::PREFIX).unwrap_or(kind));
        let read = match subject {
            None => {
                Err(Error::field("/type", "The type must be one of partner.upserted, location.upserted, item.upserted, contact.upserted."))
            }
            Some(subject) => read(subject, event.get("data").unwrap_or(&Value::Null)).map(|told| (subject, told)),
        };
        let (subject, told) = match read {
            Ok(read) => read,
            Err(Error::Invalid(errors)) => {
                previewed.push(Previewed { subject, names: None, effect: Err(errors) });
                continue;
            }
            Err(other) => return Err(other),
        };
        let names = Some((told.partner.clone(), told.code.clone()));
        let owner = organisations::find_by_code(&mut conn, &told.partner).await?.map(|owner| owner.id);
        // A partner that is told of for the first time and has a role is added, and what follows is its own.
        if owner.is_none() && subject == Subject::Partner && !told.roles.is_empty() {
            added.entry(told.partner.clone()).or_insert_with(|| context.id());
        }
        let Some(owner) = owner.or_else(|| added.get(&told.partner).copied()) else {
            let message = format!("No partner has the code {}. The event would wait until one does.", told.partner);
            previewed.push(Previewed {
                subject: Some(subject),
                names,
                effect: Err(vec![FieldError { field: "/data/partner".to_owned(), message }]),
            });
            continue;
        };
        let mut known = store::versions(&mut conn, owner, subject, &told.code).await?;
        let same = |version: &&Version| version.organisation_id == owner && version.subject == subject && version.code == told.code;
        known.extend(learnt.iter().filter(same).cloned());
        let effect = effect(&known, &told, day);
        if !matches!(effect, Effect::Known | Effect::Conflict) {
            learnt.push(super::version(context, owner, subject, told, ("", "")));
        }
        previewed.push(Previewed { subject: Some(subject), names, effect: Ok(effect) });
    }
    Ok(previewed)
}
