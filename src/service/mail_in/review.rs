//! Mails that a person of the hub has to look at: what they are, and what is done with them.

use super::{
    super::{
        cases::{publish, relate, write as messages},
        history::signature,
        paging::{PAGE, cut},
    },
    Context, Error, Result, largest,
    write::{self, By},
};
use crate::{
    connectors::letter::{self, Letter},
    domain::{
        access::{Actor, Permission, Scope},
        case::Readers,
        ids::{CaseId, IncomingMailId},
        reply::State,
        sla::Side,
        time::Timestamp,
    },
    store::{
        Conn, StoreError,
        cases::{self, Case},
        incoming_mails::{self, IncomingMail},
        organisations, users,
    },
    text,
};

fn check(actor: &Actor) -> Result<()> {
    if actor.may(Permission::Operate) { Ok(()) } else { Err(Error::NotFound) }
}

/// A page of mails.
pub struct MailList {
    /// The rows, newest first.
    pub rows: Vec<IncomingMail>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, IncomingMailId)>,
    /// How many are to be looked at.
    pub waiting: i64,
}

/// Mails in a state, for the hub.
pub async fn list(context: &Context, actor: &Actor, state: State, after: Option<(Timestamp, IncomingMailId)>) -> Result<MailList> {
    check(actor)?;
    let mut conn = context.db.read().await?;
    let mut rows = incoming_mails::list(&mut conn, state, after, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.at, row.id));
    Ok(MailList { rows, next, waiting: incoming_mails::count(&mut conn, State::Review).await? })
}

/// How many mails are to be looked at; none for partners.
pub async fn waiting(context: &Context, actor: &Actor) -> Result<i64> {
    if check(actor).is_err() {
        return Ok(0);
    }
    Ok(incoming_mails::count(&mut context.db.read().await?, State::Review).await?)
}

/// A mail and what is known of it.
pub struct MailView {
    /// The mail.
    pub mail: IncomingMail,
    /// The case it is in, or seems to be about.
    pub case: Option<Case>,
    /// Who its sender is, where the address is that of a person who can sign in.
    pub person: Option<String>,
}

/// Loads a mail.
pub async fn load(context: &Context, actor: &Actor, id: IncomingMailId) -> Result<MailView> {
    check(actor)?;
    let mut conn = context.db.read().await?;
    let mail = incoming_mails::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    let case = match mail.case_id {
        Some(case) => cases::find(&mut conn, Scope::Hub, case).await?,
        None => None,
    };
    let person = users::find_by_email(&mut conn, &mail.sender).await?.filter(|person| person.disabled_at.is_none());
    let person = match person {
        Some(person) => {
            let names = organisations::of_user(&mut conn, person.id).await?.into_iter().map(|organisation| organisation.name);
            Some([vec![person.name], names.collect()].concat().join(", "))
        }
        None => None,
    };
    Ok(MailView { mail, case, person })
}

/// A mail that is still to be looked at, kept from being settled twice.
async fn open(conn: &mut Conn, id: IncomingMailId) -> Result<IncomingMail> {
    let mail = incoming_mails::find(conn, id).await?.ok_or(Error::NotFound)?;
    if mail.state != State::Review {
        return Err(Error::Conflict("Somebody has settled this mail in the meantime. Look at it again.".to_owned()));
    }
    Ok(mail)
}

fn already(error: StoreError) -> Error {
    match error {
        StoreError::Stale => Error::Conflict("Somebody has settled this mail in the meantime. Look at it again.".to_owned()),
        other => other.into(),
    }
}

/// Writes a mail into the case with a number: as its sender's words where they belong to a partner of it, as a note of
/// the hub otherwise.
pub async fn add(context: &Context, actor: &Actor, id: IncomingMailId, number: &str) -> Result<CaseId> {
    check(actor)?;
    let mail = open(&mut context.db.read().await?, id).await?;
    let letter = whole(context, &mail).await?;
    let files = write::prepare(context, &letter).await?;
    let outcome = add_to_case(context, actor, mail, number, &letter, &files).await;
    let kept = outcome.as_ref().map_or(&[][..], |(_, kept)| kept);
    write::clear(context, &files, kept).await?;
    outcome.map(|(case, _)| case)
}

async fn add_to_case(
    context: &Context,
    actor: &Actor,
    mail: IncomingMail,
    number: &str,
    letter: &Letter,
    files: &[write::Prepared],
) -> Result<(CaseId, Vec<String>)> {
    let mut tx = context.db.begin().await?;
    let mut mail = open(&mut tx, mail.id).await?;
    let case = relate::numbered(&mut tx, number).await?;
    let mut case = cases::find_for_update(&mut tx, Scope::Hub, case.id).await?.ok_or(Error::NotFound)?;
    let by = sender(&mut tx, actor, &mail, &case).await?;
    let words = words(&mail, by.side);
    let written = write::into(context, &mut tx, &mut case, &by, (&words, letter.id.as_deref()), files).await?;
    let written = written.ok_or_else(|| Error::Conflict(format!("{} holds this mail already. Set it aside here.", case.number)))?;
    (mail.state, mail.case_id, mail.message_id) = (State::Written, Some(case.id), written.message);
    (mail.settled_by, mail.settled_at) = (Some(signature(actor)), Some(context.now()));
    incoming_mails::settle(&mut tx, &mail).await.map_err(already)?;
    let parties = cases::parties(&mut tx, case.id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok((case.id, written.kept))
}

/// What a mail says in a case: a note of the hub says who wrote it and about what.
fn words(mail: &IncomingMail, side: Side) -> String {
    let said = if mail.body.is_empty() && !mail.names.is_empty() { "" } else { &mail.body };
    if side == Side::Partner {
        return said.to_owned();
    }
    let head = format!("From {}: {}", text::mail_sender(&mail.sender), text::mail_subject(&mail.subject));
    let all = [head.as_str(), said].join("\n\n");
    all.trim().chars().take(messages::LONGEST).collect()
}

/// The files of a mail, as far as it can be read.
async fn whole(context: &Context, mail: &IncomingMail) -> Result<Letter> {
    let fits = usize::try_from(mail.size).is_ok_and(|size| size <= largest(context));
    let bytes = if fits { context.files.get(&mail.file).await? } else { None };
    Ok(bytes.and_then(|bytes| letter::read(&bytes)).unwrap_or_default())
}

/// In whose name a mail is added.
async fn sender(conn: &mut Conn, actor: &Actor, mail: &IncomingMail, case: &Case) -> Result<By> {
    let parties = cases::parties(conn, case.id).await?;
    let person = users::find_by_email(conn, &mail.sender).await?.filter(|person| person.disabled_at.is_none());
    if let Some(person) = person {
        let organisations = organisations::of_user(conn, person.id).await?;
        if let Some(found) = organisations.into_iter().find(|organisation| parties.contains(&organisation.id)) {
            return Ok(By {
                author: format!("{}, {}", person.name, found.name),
                user: Some(person.id),
                organisation: found.id,
                side: Side::Partner,
                readers: Readers::one(found.id),
                scope: Scope::Hub,
            });
        }
    }
    Ok(By {
        author: signature(actor),
        user: actor.user(),
        organisation: actor.organisation,
        side: Side::Internal,
        readers: Readers::HUB,
        scope: Scope::Hub,
    })
}

/// Sets a mail aside: nothing is to be done about it.
pub async fn set_aside(context: &Context, actor: &Actor, id: IncomingMailId) -> Result<()> {
    check(actor)?;
    let mut tx = context.db.begin().await?;
    let mail = open(&mut tx, id).await?;
    let settled = IncomingMail { state: State::SetAside, settled_by: Some(signature(actor)), settled_at: Some(context.now()), ..mail };
    incoming_mails::settle(&mut tx, &settled).await.map_err(already)?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}
