//! Who takes part in a case: the partner it is with, and others whom the hub asks in, such as a carrier. Each of them writes
//! to the hub and reads what is between the two and what is for everyone, whenever it was written; what is between the hub and another stays there.
//! Clocks and status follow the partner the case is with.

use super::{Change, Context, Error, Result, needed, note, publish, relate, save, write};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::{Addressee, Readers},
        ids::{CaseId, OrganisationId},
        sla::Side,
    },
    service::history::signature,
    store::{
        Conn,
        cases::{self, Case, CaseEvent},
        links,
        organisations::{self, Organisation},
    },
};

/// What a history says where a company was asked in.
const JOINED: &str = "joined";

/// Who may read what an actor writes: a partner writes to the hub alone, the hub to whom it chooses of those who take part.
pub async fn readers(conn: &mut Conn, actor: &Actor, case: &Case, to: Addressee) -> Result<Readers> {
    if !actor.may(Permission::Operate) {
        return match to {
            Addressee::Internal => Err(Error::Forbidden("Only the buyer's own people write internal notes.".to_owned())),
            _ => Ok(Readers::one(actor.organisation)),
        };
    }
    match to {
        Addressee::Internal => Ok(Readers::HUB),
        Addressee::Partner => Ok(Readers::one(case.counterparty_id)),
        Addressee::Everyone => Ok(Readers::EVERYONE),
        Addressee::One(id) if cases::parties(conn, case.id).await?.contains(&id) => Ok(Readers::one(id)),
        Addressee::One(_) => Err(Error::field("visibility", "This company takes no part in the case any more. Choose who reads it.")),
    }
}

/// Whether an organisation speaks for the partner that the case is with: its word moves the case.
pub fn is_partner(case: &Case, side: Side, organisation: OrganisationId) -> bool {
    side == Side::Partner && organisation == case.counterparty_id
}

/// Whether an actor sees all of a case that partners may see: the hub does, and the partner that the case is with.
pub fn sees_all(actor: &Actor, case: &Case) -> bool {
    actor.may(Permission::Operate) || actor.organisation == case.counterparty_id
}

/// The companies that take part in a case, the one it is with first; for the hub alone.
pub(super) async fn of_case(conn: &mut Conn, actor: &Actor, case: &Case) -> Result<Vec<Organisation>> {
    if !actor.may(Permission::Operate) {
        return Ok(Vec::new());
    }
    let mut found = organisations::in_case(conn, case.id).await?;
    found.sort_by_key(|organisation| (organisation.id != case.counterparty_id, organisation.name.clone()));
    Ok(found)
}

/// Whether a company was asked in by one of these steps.
pub(super) fn was_asked_in<'a>(mut events: impl Iterator<Item = &'a CaseEvent>, company: &Organisation) -> bool {
    let id = company.id.to_string();
    // Histories from before name it alone.
    let is_it = |event: &CaseEvent| event.old.as_deref().map_or(event.new.as_deref() == Some(&company.name), |old| old == id);
    events.any(|event| event.kind == JOINED && is_it(event))
}

/// A case of the hub's whose participants change.
async fn of_hub(conn: &mut Conn, actor: &Actor, id: CaseId) -> Result<Case> {
    let case = cases::find_for_update(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if !actor.may(Permission::Operate) {
        return Err(Error::Forbidden("The buyer decides who takes part. Write whom you miss.".to_owned()));
    }
    relate::refuse_part(conn, id).await?;
    Ok(case)
}

/// Asks a company in, with the words that it reads first. Says its name.
pub async fn add(context: &Context, actor: &Actor, id: CaseId, code: &str, text: &str) -> Result<String> {
    let mut tx = context.db.begin().await?;
    let mut case = of_hub(&mut tx, actor, id).await?;
    let found = organisations::find_by_code(&mut tx, code.trim()).await?.filter(|found| !found.is_hub);
    let found = found.ok_or_else(|| Error::field("partner", "Choose the company that shall take part."))?;
    let text = needed(
        "words",
        text,
        write::LONGEST,
        "Write what they have to know: of what was written before they see only what is for everyone.",
    )?;
    if !cases::insert_party(&mut tx, &case, found.id).await? {
        return Err(Error::field("partner", format!("{} takes part already.", found.name)));
    }
    // What became part of the case is read in it: of that, too, what is theirs and what is for everyone.
    links::join_parts(&mut tx, id, found.id).await?;
    tell_history(context, &mut tx, actor, &case, JOINED, &found).await?;
    write::insert(context, &mut tx, actor, &case, Readers::one(found.id), &text).await?;
    save(context, &mut tx, &mut case).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(found.name)
}

/// Ends that a company takes part: from then on the case does not exist for it. Says its name.
pub async fn remove(context: &Context, actor: &Actor, id: CaseId, party: OrganisationId) -> Result<String> {
    let mut tx = context.db.begin().await?;
    let mut case = of_hub(&mut tx, actor, id).await?;
    let parties = cases::parties(&mut tx, id).await?;
    let found = organisations::find(&mut tx, party).await?.ok_or(Error::NotFound)?;
    if party == case.counterparty_id {
        return Err(Error::Conflict(format!("The case is with {}. Close it where it is not theirs.", found.name)));
    }
    if !cases::delete_party(&mut tx, id, party).await? {
        return Err(Error::Conflict(format!("{} takes no part any more.", found.name)));
    }
    // What became part of the case is closed to it as well.
    links::leave_parts(&mut tx, id, party).await?;
    tell_history(context, &mut tx, actor, &case, "left", &found).await?;
    save(context, &mut tx, &mut case).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(found.name)
}

/// Who takes part is the hub's to know; partners learn of each other by what is written for everyone.
///
/// Which company it is stands beside its name, which may change.
async fn tell_history(
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    case: &Case,
    kind: &'static str,
    who: &Organisation,
) -> Result<()> {
    let author = signature(actor);
    let id = who.id.to_string();
    let change = Change { kind, old: Some(&id), new: Some(&who.name), actor: &author, ..Change::default() };
    note(context, conn, case, change).await
}
