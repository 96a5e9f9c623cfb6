//! Telling people: a notification for each person it concerns, in the transaction of what caused it, and the mail that
//! says so where they want one. Whoever did something is not told of it. Mail is sent by jobs (`jobs::mail`), at least
//! once; its words are fixed here.

pub mod causes;
pub mod inbox;
mod mentions;

use jiff::tz::TimeZone;

use super::{Context, Result};
use crate::{
    domain::{
        ids::{CaseId, CaseMessageId, MailId, OrganisationId, UserId},
        notification::{Hours, Topic, Way},
        reply,
        time::Timestamp,
    },
    store::{
        Conn, jobs,
        notifications::{self, Mail, Notification, Reachable},
        organisations, users,
    },
};

/// How the program is called in histories.
pub const PORTICO: &str = "Portico";
/// The kind of job that sends a mail.
pub const MAIL: &str = "mail";
/// The kind of job that writes a person's mail of the day.
pub const DIGEST: &str = "digest";
/// Longest text of a notification, in characters.
const LONGEST: usize = 300;

/// Something to be told.
pub struct News {
    /// What it is about.
    pub topic: Topic,
    /// In a few words.
    pub title: String,
    /// More, and what to do.
    pub body: String,
    /// Where it leads: a path of the portal.
    pub link: String,
    /// What caused it; the same cause is told a person once.
    pub cause: String,
    /// Who did it and knows already.
    pub except: Option<UserId>,
}

/// Who is told.
#[derive(Clone, Copy)]
pub enum To {
    /// Everybody of an organisation.
    Organisation(OrganisationId),
    /// The person of the hub who has it in hand; everybody there where nobody has.
    Desk(Option<UserId>),
    /// One person of an organisation.
    Person(OrganisationId, UserId),
}

/// The case that news is about: a mail that tells of it can be answered.
#[derive(Clone, Copy)]
pub struct About {
    /// The case.
    pub case: CaseId,
    /// The message that is told of.
    pub message: Option<CaseMessageId>,
}

/// Tells people.
pub async fn tell(context: &Context, conn: &mut Conn, to: To, news: &News) -> Result<()> {
    tell_of(context, conn, to, news, None).await
}

/// Tells people of something in a case.
pub async fn tell_about(context: &Context, conn: &mut Conn, to: To, news: &News, about: About) -> Result<()> {
    tell_of(context, conn, to, news, Some(about)).await
}

async fn tell_of(context: &Context, conn: &mut Conn, to: To, news: &News, about: Option<About>) -> Result<()> {
    let (organisation, only) = match to {
        To::Organisation(id) => (id, None),
        To::Person(id, person) => (id, Some(person)),
        To::Desk(person) => match organisations::hub(conn).await? {
            Some(hub) => (hub.id, person),
            None => return Ok(()),
        },
    };
    let people = notifications::reachable(conn, organisation, news.topic).await?;
    // Who has it in hand may have left.
    let is_desk = matches!(to, To::Desk(_));
    let only = only.filter(|person| !is_desk || people.iter().any(|candidate| candidate.id == *person));
    for person in people.iter().filter(|person| only.is_none_or(|id| id == person.id) && news.except != Some(person.id)) {
        tell_person(context, conn, organisation, person, (news, about)).await?;
    }
    Ok(())
}

async fn tell_person(
    context: &Context,
    conn: &mut Conn,
    organisation: OrganisationId,
    person: &Reachable,
    (news, about): (&News, Option<About>),
) -> Result<()> {
    let way = person.way.unwrap_or(news.topic.usual());
    let now = context.now();
    let sends = context.settings.mail_links.as_deref();
    let row = Notification {
        id: context.id(),
        user_id: person.id,
        organisation_id: organisation,
        topic: news.topic,
        title: news.title.clone(),
        body: shortened(&news.body),
        link: news.link.clone(),
        cause: news.cause.clone(),
        way,
        mailed_at: (way == Way::Mail && sends.is_some()).then_some(now),
        read_at: None,
        at: now,
    };
    if way == Way::Nothing || !notifications::insert(conn, &row).await? {
        return Ok(());
    }
    let Some(portal) = sends else { return Ok(()) };
    let (hours, zone) = (hours(person), zone(&person.zone));
    match way {
        Way::Mail => {
            let said = format!("{}\n\n{portal}{}", row.body, row.link);
            let body = format!("{}\n\n{}", answerable(context, &said, about), foot(portal));
            let letter =
                Letter { to: (person.id, &person.email), subject: row.title, body, about: about.map(|about| (about, organisation)) };
            post(context, conn, letter, hours.mail_at(now, &zone)).await
        }
        Way::Digest => {
            let work = serde_json::json!({ "user": person.id });
            let at = hours.digest_after(now, &zone);
            Ok(jobs::enqueue(conn, context.id(), DIGEST, Some(&person.id.to_string()), &work, at, now).await?)
        }
        Way::Page | Way::Nothing => Ok(()),
    }
}

/// What a mail says about a case, with how it is answered.
fn answerable(context: &Context, said: &str, about: Option<About>) -> String {
    match (about, &context.settings.replies) {
        (None, _) => said.to_owned(),
        (Some(_), Some(_)) => {
            format!("{}\n\n{said}\n\nAnswer this mail and your words stand in the case, or answer in the portal.", reply::MARK)
        }
        (Some(_), None) => format!("{said}\n\nAnswer in the portal: answers to this mail reach nobody."),
    }
}

/// Where an answer to a mail goes; none where it is about no case, or answers are not taken by mail.
pub fn reply_address(context: &Context, mail: &Mail) -> Option<String> {
    Some(context.settings.replies.as_ref()?.address(mail.id, mail.case_id?, mail.user_id))
}

/// A mail to be written.
struct Letter<'a> {
    to: (UserId, &'a str),
    subject: String,
    body: String,
    about: Option<(About, OrganisationId)>,
}

/// Puts a mail into the outbox.
async fn post(context: &Context, conn: &mut Conn, letter: Letter<'_>, at: Timestamp) -> Result<()> {
    let now = context.now();
    let id: MailId = context.id();
    let Letter { to, subject, body, about } = letter;
    let mail = Mail {
        id,
        user_id: to.0,
        address: to.1.to_owned(),
        // A subject is one line.
        subject: subject.replace(char::is_control, " "),
        body,
        case_id: about.map(|(about, _)| about.case),
        message_id: about.and_then(|(about, _)| about.message),
        organisation_id: about.map(|(_, organisation)| organisation),
        sent_at: None,
        created_at: now,
    };
    notifications::insert_mail(conn, &mail).await?;
    let work = serde_json::json!({ "mail": id });
    Ok(jobs::enqueue(conn, context.id(), MAIL, Some(&id.to_string()), &work, at, now).await?)
}

/// Writes a person's mail of the day from what waits for it; nothing where they read it meanwhile.
pub async fn digest(context: &Context, user: UserId) -> Result<()> {
    let Some(portal) = context.settings.mail_links.as_deref() else { return Ok(()) };
    let now = context.now();
    let mut tx = context.db.begin().await?;
    let waiting = notifications::take_for_digest(&mut tx, user, now).await?;
    let person = users::find(&mut tx, user).await?.filter(|person| person.disabled_at.is_none());
    if let Some(person) = person.filter(|_| !waiting.is_empty()) {
        let items: Vec<_> = waiting.iter().map(|row| format!("{}\n{}\n{portal}{}", row.title, row.body, row.link)).collect();
        let subject = match waiting.len() {
            1 => waiting[0].title.clone(),
            many => format!("{many} things happened since the last mail of the day"),
        };
        let body = format!("{}\n\n{}", items.join("\n\n"), foot(portal));
        post(context, &mut tx, Letter { to: (user, &person.email), subject, body, about: None }, now).await?;
        if i64::try_from(waiting.len()).is_ok_and(|taken| taken == notifications::IN_A_DIGEST) {
            let work = serde_json::json!({ "user": user });
            jobs::enqueue(&mut tx, context.id(), DIGEST, Some(&user.to_string()), &work, now, now).await?;
        }
    }
    Ok(tx.commit().await?)
}

fn foot(portal: &str) -> String {
    format!("You get this mail because you chose so. Change it here: {portal}/notifications/settings\n")
}

fn hours(person: &Reachable) -> Hours {
    let minute = |value: i64| u16::try_from(value).ok();
    Hours {
        quiet: person.quiet_from.and_then(minute).zip(person.quiet_to.and_then(minute)),
        digest_at: person.digest_at.and_then(minute).unwrap_or(Hours::default().digest_at),
    }
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn shortened(text: &str) -> String {
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
