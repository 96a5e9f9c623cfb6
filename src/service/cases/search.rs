//! Gathers the words by which cases are found, of those that changed: their number and title, what was written in them and
//! what they are about. It is done apart from what changes them, so that writing in a case waits for nothing.

use std::collections::BTreeSet;

use super::{Context, Result};
use crate::{
    domain::{
        access::Scope,
        case::Readers,
        ids::{CaseId, OrganisationId},
        words,
    },
    store::{
        Conn, cases, organisations, references,
        search::{self, Found},
    },
};

/// Cases looked at in one go.
const BATCH: i64 = 50;

/// Gathers the words of a few cases that changed, of those behind one of them; says which was the last, or that there are
/// no more. One that fails is passed over and has its turn again with the next round.
pub async fn index(context: &Context, after: Option<CaseId>) -> Result<Option<CaseId>> {
    let changed = search::unindexed(&mut context.db.read().await?, after, BATCH).await?;
    for id in &changed {
        if let Err(error) = one(context, *id).await {
            tracing::warn!(case = %id, %error, "a case that changed is not found by its new words yet");
        }
    }
    Ok(changed.last().copied())
}

async fn one(context: &Context, id: CaseId) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let found = gather(&mut tx, id).await?;
    search::replace(&mut tx, id, &found).await?;
    Ok(tx.commit().await?)
}

/// The words of a case, each once for its readers.
async fn gather(conn: &mut Conn, id: CaseId) -> Result<Vec<Found>> {
    let Some(case) = cases::find_for_update(conn, Scope::Hub, id).await? else { return Ok(Vec::new()) };
    let mut gathered = Gathered::default();
    gathered.add(Readers::EVERYONE, &case.number);
    gathered.add(Readers::EVERYONE, &case.title);
    // Whom it is with, and what it is about, is between the hub and that partner.
    let partner = Readers::one(case.counterparty_id);
    if let Some(found) = organisations::find(conn, case.counterparty_id).await? {
        gathered.add(partner, &found.name);
    }
    for reference in references::of_case(conn, id).await? {
        gathered.add(partner, &reference.number);
    }
    for message in cases::messages(conn, Scope::Hub, id).await? {
        gathered.add(message.readers(), &message.body);
    }
    Ok(gathered.0.into_iter().map(|(is_shared, only, word)| Found { word, readers: readers(is_shared, only) }).collect())
}

/// Words by whether partners may read them, and which.
#[derive(Default)]
struct Gathered(BTreeSet<(bool, Option<OrganisationId>, String)>);

impl Gathered {
    fn add(&mut self, readers: Readers, text: &str) {
        let is_shared = readers != Readers::HUB;
        self.0.extend(words::words(text).into_iter().map(|word| (is_shared, readers.only, word)));
    }
}

const fn readers(is_shared: bool, only: Option<OrganisationId>) -> Readers {
    match (is_shared, only) {
        (false, _) => Readers::HUB,
        (true, Some(only)) => Readers::one(only),
        (true, None) => Readers::EVERYONE,
    }
}
