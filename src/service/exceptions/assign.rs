//! Who has an exception in hand: somebody of the side that settles it. Whom it is given to is told.

use super::{act, tell, view};
use crate::{
    domain::{
        access::Actor,
        exception::{News, State},
        ids::{ExceptionId, UserId},
        notification::Topic,
    },
    service::{
        Context, Error, Result,
        notify::{self, To},
    },
    store::{
        Conn,
        exceptions::{self, Exception},
        partners::{self, Person},
    },
};

/// The people who could have it in hand, by name; nobody where another side settles it, or nothing is to be settled.
pub(super) async fn people(conn: &mut Conn, actor: &Actor, row: &Exception) -> Result<Vec<Person>> {
    if row.state == State::Closed || row.owner != view::own_side(actor) {
        return Ok(Vec::new());
    }
    Ok(partners::people(conn, actor.organisation).await?.into_iter().filter(|person| person.disabled_at.is_none()).collect())
}

/// Gives an exception to a person of the actor's own side, or to nobody. `seen` is who had it in hand where that was decided;
/// both are ids as sent, empty for nobody. Says the name.
pub async fn assign(context: &Context, actor: &Actor, id: ExceptionId, seen: &str, person: &str) -> Result<Option<String>> {
    let mut tx = context.db.begin().await?;
    let row = act::find(&mut tx, actor, id).await?;
    if row.state == State::Closed {
        return Err(Error::Conflict("This is over already, so there is nothing left to do about it.".to_owned()));
    }
    if row.owner != view::own_side(actor) {
        return Err(Error::Forbidden("Its partner settles this, and decides who does.".to_owned()));
    }
    let people = people(&mut tx, actor, &row).await?;
    let before = row.assignee_id.map(|person| person.to_string()).unwrap_or_default();
    if seen != before {
        let has = people.iter().find(|person| Some(person.id) == row.assignee_id).map_or("Nobody", |person| person.name.as_str());
        return Err(Error::Conflict(format!("{has} has it in hand now: it was changed in the meantime. Look at it and decide again.")));
    }
    let chosen = match person {
        "" => None,
        id => {
            let found = people.into_iter().find(|person| person.id.to_string() == id);
            Some(found.ok_or_else(|| Error::field("person", "Choose somebody from the list; this person does not work here any more."))?)
        }
    };
    let assignee = chosen.as_ref().map(|person| person.id);
    if assignee != row.assignee_id {
        exceptions::assign(&mut tx, id, row.version, assignee, context.now()).await?;
    }
    if let Some(person) = assignee.filter(|person| actor.user() != Some(*person) && row.assignee_id != Some(*person)) {
        announce(context, &mut tx, actor, &row, person).await?;
    }
    tx.commit().await?;
    tell(context, &[act::told(&row, News::Changed)]);
    Ok(chosen.map(|person| person.name))
}

async fn announce(context: &Context, conn: &mut Conn, actor: &Actor, row: &Exception, person: UserId) -> Result<()> {
    let news = notify::News {
        topic: Topic::Assigned,
        title: format!("{}: this exception is yours", row.subject_number),
        body: format!("{} gave it to you. Its page says what is wrong, what to do and by when.", actor.name),
        link: format!("/exceptions/{}", row.id),
        cause: format!("assigned {} {}", row.id, row.version),
        except: None,
    };
    notify::tell(context, conn, To::Person(actor.organisation, person), &news).await
}
