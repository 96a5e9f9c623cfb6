//! Who at the hub works on a case, and on which tier of support. Partners see the tier in the history and no names.

use super::{Change, Context, Error, Result, note, publish, save};
use crate::{
    domain::{
        access::{Actor, Permission},
        case::{Priority, Visibility},
        ids::{CaseId, UserId},
        notification::Topic,
        policy::HIGHEST_TIER,
    },
    service::{
        history::signature,
        notify::{self, About, News, To},
    },
    store::{
        Conn,
        cases::{self, Case},
        organisations,
        partners::{self, Person},
    },
};

/// Who may work on a case.
pub struct Desk {
    /// The people of the hub who can sign in, by name.
    pub people: Vec<Person>,
    /// The name of who works on it.
    pub assignee: Option<String>,
}

/// The people of the hub who can sign in.
pub async fn people(conn: &mut Conn) -> Result<Vec<Person>> {
    let Some(hub) = organisations::hub(conn).await? else { return Ok(Vec::new()) };
    Ok(partners::people(conn, hub.id).await?.into_iter().filter(|person| person.disabled_at.is_none()).collect())
}

/// Who may work on a case, for the hub; a partner sees none of it.
pub(super) async fn desk(conn: &mut Conn, actor: &Actor, case: &Case) -> Result<Option<Desk>> {
    if !actor.may(Permission::Operate) {
        return Ok(None);
    }
    let people = people(conn).await?;
    let assignee = people.iter().find(|person| Some(person.id) == case.assignee_id).map(|person| person.name.clone());
    Ok(Some(Desk { people, assignee }))
}

/// Somebody of the hub takes a case.
pub async fn take(context: &Context, actor: &Actor, id: CaseId, version: i64) -> Result<()> {
    let person = actor.user().ok_or_else(|| Error::Forbidden("Only people take cases.".to_owned()))?;
    change(context, actor, id, version, |case| {
        case.assignee_id = Some(person);
        Ok(())
    })
    .await
}

/// Gives a case to a person, or to nobody, on a tier of support. Everything is text as sent.
pub async fn assign(context: &Context, actor: &Actor, id: CaseId, version: i64, person: &str, tier: &str) -> Result<()> {
    let person: Option<UserId> = match person {
        "" => None,
        id => Some(id.parse().map_err(|_| Error::field("person", "Choose somebody from the list."))?),
    };
    let tier: i64 = tier.parse().unwrap_or_default();
    change(context, actor, id, version, |case| {
        let highest = highest_tier(case.tier);
        if !(1..=highest).contains(&tier) {
            return Err(Error::field("tier", format!("Choose a tier from 1 to {highest}.")));
        }
        (case.assignee_id, case.tier) = (person, tier);
        Ok(())
    })
    .await
}

/// Says how urgent a case is. What is promised for that counts from now on.
pub async fn prioritise(context: &Context, actor: &Actor, id: CaseId, version: i64, priority: &str) -> Result<()> {
    let priority: Priority = priority.parse().map_err(|()| Error::field("priority", "Choose how urgent it is."))?;
    change(context, actor, id, version, |case| {
        case.priority = priority;
        Ok(())
    })
    .await
}

/// The highest tier that people choose for a case: ours, or the one to which another system has raised it.
pub fn highest_tier(now: i64) -> i64 {
    HIGHEST_TIER.max(now)
}

async fn change(context: &Context, actor: &Actor, id: CaseId, version: i64, edit: impl FnOnce(&mut Case) -> Result<()>) -> Result<()> {
    let mut tx = context.db.begin().await?;
    let mut case = cases::find_for_update(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    if !actor.may(Permission::Operate) {
        return Err(Error::Forbidden("The buyer decides who works on a case, and how urgent it is.".to_owned()));
    }
    if case.version != version {
        return Err(Error::Conflict("Somebody else changed this case in the meantime. Look at the new state and decide again.".to_owned()));
    }
    let before = case.clone();
    edit(&mut case)?;
    let by = signature(actor);
    if case.assignee_id != before.assignee_id {
        note_assigned(context, &mut tx, &before, case.assignee_id, &by).await?;
        tell(context, &mut tx, &case, actor.user()).await?;
    }
    if case.tier != before.tier {
        let (old, new) = (before.tier.to_string(), case.tier.to_string());
        let step = Change {
            kind: "tier",
            old: Some(&old),
            new: Some(&new),
            visibility: Visibility::Partner,
            // The promise is to the partner that the case is with.
            reader: Some(case.counterparty_id),
            actor: &by,
            ..Change::default()
        };
        note(context, &mut tx, &case, step).await?;
    }
    if case.priority != before.priority {
        let step = Change {
            kind: "priority",
            old: Some(before.priority.as_str()),
            new: Some(case.priority.as_str()),
            visibility: Visibility::Partner,
            reader: Some(case.counterparty_id),
            actor: &by,
            ..Change::default()
        };
        note(context, &mut tx, &case, step).await?;
    }
    if (case.assignee_id, case.tier, case.priority) != (before.assignee_id, before.tier, before.priority) {
        save(context, &mut tx, &mut case).await?;
    }
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok(())
}

/// Writes down who works on a case now. Names of the hub's people stay with the hub.
async fn note_assigned(context: &Context, conn: &mut Conn, before: &Case, now: Option<UserId>, by: &str) -> Result<()> {
    let people = people(conn).await?;
    let name = |id: Option<UserId>| people.iter().find(|person| Some(person.id) == id).map(|person| person.name.as_str());
    if now.is_some() && name(now).is_none() {
        return Err(Error::field("person", "This person does not work here any more. Choose somebody from the list."));
    }
    let change = Change { kind: "assigned", old: name(before.assignee_id), new: name(now), actor: by, ..Change::default() };
    note(context, conn, before, change).await
}

/// A step of a ladder gives a case to a person; `false` where that person does not work here any more.
pub(super) async fn hand_over(context: &Context, conn: &mut Conn, case: &mut Case, person: UserId) -> Result<bool> {
    if !people(conn).await?.iter().any(|candidate| candidate.id == person) {
        return Ok(false);
    }
    note_assigned(context, conn, case, Some(person), notify::PORTICO).await?;
    case.assignee_id = Some(person);
    tell(context, conn, case, None).await?;
    Ok(true)
}

async fn tell(context: &Context, conn: &mut Conn, case: &Case, by: Option<UserId>) -> Result<()> {
    let Some(person) = case.assignee_id else { return Ok(()) };
    let news = News {
        topic: Topic::Assigned,
        title: format!("{} is yours: {}", case.number, case.title),
        body: "The case was given to you. Its page says what is promised and by when.".to_owned(),
        link: format!("/cases/{}", case.id),
        cause: format!("assigned {} {}", case.id, case.version),
        except: by,
    };
    notify::tell_about(context, conn, To::Desk(Some(person)), &news, About { case: case.id, message: None }).await
}
