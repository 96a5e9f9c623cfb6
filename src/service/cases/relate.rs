//! Cases that belong together: two about the same are linked, and one that says what another says already becomes part of
//! it. Its messages are then read there, it is closed, and who looks for it is led on. Either can be undone.

use super::{Change, clocks, note, participants, publish, save, write};
use crate::{
    domain::{
        access::{Actor, Permission, Scope},
        case::{Link, Status, Visibility},
        ids::CaseId,
        sla::{Happened, Moment, Side},
    },
    service::{Context, Error, Result, history::signature},
    store::{
        Conn,
        cases::{self, Case, CaseEvent},
        disputes,
        links::{self, Linked},
        organisations,
    },
};

/// What the history of a case says where another one became part of it.
const ABSORBED: &str = "absorbed";
/// What it says besides where a message of that one was not answered.
const UNANSWERED: &str = "unanswered";
/// What it says where that one is a case of its own again.
const RELEASED: &str = "released";
/// What the history of that one says where it became part of another, after where it stood before.
const MERGED: &str = "merged";
/// What it says where it is a case of its own again.
const SEPARATED: &str = "separated";
/// What it says besides where a message of it was answered in the other one.
const ANSWERED: &str = "answered";

/// The cases that a case took in and still holds, as its history tells it.
fn absorbed(events: &[CaseEvent]) -> impl Iterator<Item = &CaseEvent> {
    let is_released = |event: &CaseEvent, later: &[CaseEvent]| later.iter().any(|later| later.kind == RELEASED && later.new == event.new);
    let held =
        move |(at, event): &(usize, &CaseEvent)| event.kind == ABSORBED && !is_released(event, events.get(at + 1..).unwrap_or_default());
    events.iter().enumerate().filter(held).map(|(_, event)| event)
}

/// What the clocks of a case heed of cases it took in, or was part of: what came unanswered with one, and what was answered
/// in the other.
pub(super) fn moments(events: &[CaseEvent]) -> impl Iterator<Item = Happened> {
    let said = |event: &&CaseEvent, word: &str| event.old.as_deref() == Some(word);
    let came = absorbed(events).filter(move |event| said(event, UNANSWERED)).map(|event| (event.at, Moment::Written(Side::Partner)));
    let separated = events.iter().filter(|event| event.kind == SEPARATED);
    let settled = separated.filter(move |event| said(event, ANSWERED)).map(|event| (event.at, Moment::Written(Side::Internal)));
    came.chain(settled)
}

/// The case with a number, as the hub typed it.
pub(in crate::service) async fn numbered(conn: &mut Conn, number: &str) -> Result<Case> {
    let number = number.trim().to_uppercase();
    let unknown = || Error::field("number", "No case has this number. Enter it as it stands in the list, such as C-00012.");
    cases::find_by_number(conn, Scope::Hub, &number).await?.ok_or_else(unknown)
}

/// A case of the hub's and another one by its number, both kept from changing.
async fn both(conn: &mut Conn, actor: &Actor, id: CaseId, number: &str) -> Result<(Case, Case)> {
    cases::find(conn, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if !actor.may(Permission::Operate) {
        return Err(Error::Forbidden("The buyer links cases. Write which one you mean.".to_owned()));
    }
    let other = numbered(conn, number).await?.id;
    if other == id {
        return Err(Error::field("number", "This is the case itself. Enter the number of the other one."));
    }
    // In one order, so that two people who link the same two do not wait for each other.
    let mut found = Vec::new();
    for id in [id.min(other), id.max(other)] {
        found.push(cases::find_for_update(conn, Scope::Hub, id).await?.ok_or(Error::NotFound)?);
    }
    let second = found.pop().ok_or(Error::NotFound)?;
    let first = found.pop().ok_or(Error::NotFound)?;
    Ok(if first.id == id { (first, second) } else { (second, first) })
}

/// Links two cases that are about the same. Says the other one's number.
pub async fn relate(context: &Context, actor: &Actor, id: CaseId, number: &str) -> Result<String> {
    let mut tx = context.db.begin().await?;
    let (mut case, mut other) = both(&mut tx, actor, id, number).await?;
    if links::of_case(&mut tx, Scope::Hub, id).await?.iter().any(|linked| linked.case_id == other.id) {
        return Err(Error::Conflict(format!("{} and {} are linked already.", case.number, other.number)));
    }
    links::link(&mut tx, id, other.id, Link::Related, context.now()).await?;
    tell_both(context, &mut tx, actor, [("linked", None); 2], &mut case, &mut other).await?;
    tx.commit().await?;
    publish(context, &[case.counterparty_id, other.counterparty_id]);
    Ok(other.number)
}

/// Makes a case part of another one with the same partner. Says that one's number.
pub async fn merge(context: &Context, actor: &Actor, id: CaseId, number: &str) -> Result<String> {
    let mut tx = context.db.begin().await?;
    let (mut case, mut other) = both(&mut tx, actor, id, number).await?;
    let parties = cases::parties(&mut tx, id).await?;
    if case.counterparty_id != other.counterparty_id || parties != cases::parties(&mut tx, other.id).await? {
        return Err(Error::field(
            "number",
            format!(
                "Other companies take part in {}, and would read what was written here. Link the two instead: both are about the same.",
                other.number
            ),
        ));
    }
    refuse_part(&mut tx, id).await?;
    if let Some(whole) = whole(&mut tx, other.id).await? {
        return Err(Error::field("number", format!("{} has itself become part of {}. Enter that number.", other.number, whole.number)));
    }
    if disputes::of_case(&mut tx, id).await?.is_some_and(|dispute| dispute.outcome.is_none()) {
        return Err(Error::Conflict("A dispute is settled in its own case. Make the other one part of this.".to_owned()));
    }
    // What has become part of this one is from now on part of that one.
    links::pass_parts(&mut tx, id, other.id).await?;
    links::link(&mut tx, id, other.id, Link::PartOf, context.now()).await?;
    let owes = clocks::of(&mut tx, &case).await?.owes_reply().then_some(UNANSWERED);
    let stood = case.status;
    if case.status != Status::Closed {
        write::become_status(context, &mut tx, &mut case, Status::Closed, &signature(actor)).await?;
    }
    tell_both(context, &mut tx, actor, [(MERGED, Some(stood.as_str())), (ABSORBED, owes)], &mut case, &mut other).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(other.number)
}

/// Undoes what links two cases: two about the same are not linked any more, a part is a case of its own again and stands
/// where it stood. Says the other one's number and what was undone.
pub async fn separate(context: &Context, actor: &Actor, id: CaseId, number: &str) -> Result<(String, Link)> {
    let mut tx = context.db.begin().await?;
    let (mut case, mut other) = both(&mut tx, actor, id, number).await?;
    let linked = links::of_case(&mut tx, Scope::Hub, id).await?.into_iter().find(|linked| linked.case_id == other.id);
    let gone = || Error::Conflict(format!("{} and {} are not linked any more.", case.number, other.number));
    let linked = linked.ok_or_else(gone)?;
    links::unlink(&mut tx, id, other.id).await?;
    match (linked.kind, linked.is_from_here) {
        (Link::Related, _) => tell_both(context, &mut tx, actor, [("unlinked", None); 2], &mut case, &mut other).await?,
        (Link::PartOf, true) => release(context, &mut tx, actor, &mut case, &mut other).await?,
        (Link::PartOf, false) => release(context, &mut tx, actor, &mut other, &mut case).await?,
    }
    tx.commit().await?;
    publish(context, &[case.counterparty_id, other.counterparty_id]);
    Ok((other.number, linked.kind))
}

/// Makes a part a case of its own again, with the parts it had brought.
async fn release(context: &Context, conn: &mut Conn, actor: &Actor, part: &mut Case, whole: &mut Case) -> Result<()> {
    let of_part = cases::events(conn, Scope::Hub, part.id).await?;
    let of_whole = cases::events(conn, Scope::Hub, whole.id).await?;
    let mut returned = vec![part.id];
    let took_in = |events: &[CaseEvent], number: &str| absorbed(events).any(|event| event.new.as_deref() == Some(number));
    for held in links::of_case(conn, Scope::Hub, whole.id).await? {
        if held.kind == Link::PartOf && took_in(&of_part, &held.number) && !took_in(&of_whole, &held.number) {
            links::pass_part(conn, held.case_id, whole.id, part.id).await?;
            returned.push(held.case_id);
        }
    }
    let merged = of_part.iter().rfind(|event| event.kind == MERGED);
    match merged.and_then(|event| event.old.as_deref()?.parse().ok()) {
        // Somebody of the hub decides anew what its partner is to do.
        Some(Status::WaitingOnPartner) => write::become_status(context, conn, part, Status::InProgress, &signature(actor)).await?,
        Some(stood) => write::become_status(context, conn, part, stood, &signature(actor)).await?,
        None => {}
    }
    let came = absorbed(&of_whole).find(|event| event.new.as_deref() == Some(&part.number));
    if let Some(came) = came {
        // Who was asked into the whole since then read the part there, and has nothing to do with it by itself.
        let since = of_whole.iter().filter(|event| event.at >= came.at);
        for company in organisations::in_case(conn, part.id).await? {
            if company.id != part.counterparty_id && participants::was_asked_in(since.clone(), &company) {
                for case in &returned {
                    cases::delete_party(conn, *case, company.id).await?;
                }
            }
        }
    }
    // A case that is taken up again owes the reply that it owed, unless it was given in the other one.
    let came_unanswered = came.is_some_and(|event| event.old.as_deref() == Some(UNANSWERED));
    let answered = (came_unanswered && !clocks::of(conn, whole).await?.owes_reply()).then_some(ANSWERED);
    tell_both(context, conn, actor, [(SEPARATED, answered), (RELEASED, None)], part, whole).await
}

/// Writes into both histories what was done, and what each says besides; partners read it where they take part in both.
async fn tell_both(
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    [of_case, of_other]: [(&'static str, Option<&str>); 2],
    case: &mut Case,
    other: &mut Case,
) -> Result<()> {
    let visibility = if case.counterparty_id == other.counterparty_id { Visibility::Partner } else { Visibility::Internal };
    let author = signature(actor);
    let (here, there) = (case.number.clone(), other.number.clone());
    for (case, (kind, old), number) in [(case, of_case, there), (other, of_other, here)] {
        let reader = Some(case.counterparty_id);
        let change = Change { kind, old, new: Some(&number), visibility, reader, actor: &author, ..Change::default() };
        note(context, conn, case, change).await?;
        save(context, conn, case).await?;
    }
    Ok(())
}

/// The case that a case has become part of.
pub(in crate::service) async fn whole(conn: &mut Conn, id: CaseId) -> Result<Option<Linked>> {
    let linked = links::of_case(conn, Scope::Hub, id).await?;
    Ok(linked.into_iter().find(|linked| linked.kind == Link::PartOf && linked.is_from_here))
}

/// Nothing more is done in a case that has become part of another one.
pub(in crate::service) async fn refuse_part(conn: &mut Conn, id: CaseId) -> Result<()> {
    match whole(conn, id).await? {
        Some(whole) => Err(Error::Conflict(format!("This case has become part of {}. Go on there.", whole.number))),
        None => Ok(()),
    }
}
