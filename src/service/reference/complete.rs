//! What is known of the items and places that an order names: what it does not say itself is taken over when it is taken
//! in, with where it came from. What a document says is never replaced.

use std::collections::BTreeSet;

use super::{Context, Result, today};
use crate::{
    domain::{
        ids::OrganisationId,
        message::Party,
        order::{Line, Source},
        reference::{self, Fields, Subject},
        time::Date,
    },
    store::{
        Conn,
        reference::{self as store, Version},
    },
};

/// Who says so, where a line tells the origin of its values.
const ACTOR: &str = "Reference data";

/// Adds to the lines of a partner's order what holds today of their items: the seller's number, the GTIN, the words.
pub async fn lines(context: &Context, conn: &mut Conn, partner: OrganisationId, lines: &mut [Line]) -> Result<()> {
    let codes = lines.iter().filter_map(|line| line.buyer_item.clone()).collect();
    let known = Known::load(context, conn, partner, Subject::Item, codes).await?;
    for line in lines {
        if let Some(fields) = line.buyer_item.as_deref().and_then(|code| known.of(code)) {
            fill(line, fields);
        }
    }
    Ok(())
}

fn fill(line: &mut Line, fields: &Fields) {
    let told = |field: &str| fields.get(field).filter(|value| !value.is_empty()).cloned();
    let mut filled = Vec::new();
    for (field, value) in [("seller_item", &mut line.seller_item), ("gtin", &mut line.gtin)] {
        if value.is_none() {
            *value = told(field);
            filled.extend(value.is_some().then_some(field));
        }
    }
    // A number is no description; it stands there where a document has no words.
    let has_words = !line.description.is_empty() && Some(&line.description) != line.buyer_item.as_ref();
    if let Some(words) = told("description").filter(|_| !has_words) {
        line.description = words;
        filled.push("description");
    }
    let source = Source { document: None, segment: None, element: None, actor: ACTOR.to_owned() };
    line.provenance.extend(filled.into_iter().map(|field| (field.to_owned(), source.clone())));
}

/// Names the places that a partner's order gives by their codes alone.
pub async fn parties(context: &Context, conn: &mut Conn, partner: OrganisationId, parties: &mut [Party]) -> Result<()> {
    let unnamed = |party: &Party| party.name.is_none();
    let codes = parties.iter().filter(|party| unnamed(party)).filter_map(|party| party.id.clone()).collect();
    let known = Known::load(context, conn, partner, Subject::Location, codes).await?;
    for party in parties.iter_mut().filter(|party| unnamed(party)) {
        party.name = party.id.as_deref().and_then(|code| known.of(code)?.get("name")).cloned();
    }
    Ok(())
}

/// What is known under some codes, to a partner and to the hub.
struct Known {
    versions: Vec<Version>,
    partner: OrganisationId,
    day: Date,
}

impl Known {
    async fn load(context: &Context, conn: &mut Conn, partner: OrganisationId, subject: Subject, codes: BTreeSet<String>) -> Result<Self> {
        let versions = if codes.is_empty() { Vec::new() } else { store::under(conn, partner, subject, codes).await? };
        Ok(Self { versions, partner, day: today(context, conn).await? })
    }

    /// What holds today: what is the partner's own before what is the hub's.
    fn of(&self, code: &str) -> Option<&Fields> {
        let named = self.versions.iter().filter(|version| version.code == code);
        let (own, hubs): (Vec<_>, Vec<_>) = named.partition(|version| version.organisation_id == self.partner);
        let version = on(&own, self.day).or_else(|| on(&hubs, self.day))?;
        (!version.is_removed).then_some(&version.fields.0)
    }
}

fn on<'a>(versions: &[&'a Version], day: Date) -> Option<&'a Version> {
    reference::on(versions, day, |version| version.span()).copied()
}
