//! A person's notifications and how they want to be told: theirs alone, for the organisation they act for.

use crate::{
    domain::{
        access::Actor,
        calendar::{clock, minute},
        ids::{NotificationId, UserId},
        notification::{Hours, Topic, Way},
        time::Timestamp,
    },
    service::{
        Context, Error, FieldError, Result,
        paging::{PAGE, cut},
    },
    store::notifications::{self, HoursRow, Notification, NotificationFilter},
};

/// A machine is told nothing.
fn person(actor: &Actor) -> Result<UserId> {
    actor.user().ok_or(Error::NotFound)
}

/// A page of notifications.
pub struct Inbox {
    /// The rows, newest first.
    pub rows: Vec<Notification>,
    /// Where the next page begins.
    pub next: Option<(Timestamp, NotificationId)>,
    /// How many were not read.
    pub unread: i64,
}

/// Loads a page of a person's notifications.
pub async fn list(context: &Context, actor: &Actor, filter: &NotificationFilter) -> Result<Inbox> {
    let user = person(actor)?;
    let mut conn = context.db.read().await?;
    let mut rows = notifications::list(&mut conn, user, actor.organisation, filter, PAGE).await?;
    let next = cut(&mut rows, PAGE, |row| (row.at, row.id));
    let unread = notifications::unread(&mut conn, user, actor.organisation).await?;
    Ok(Inbox { rows, next, unread })
}

/// Notes that a person read a notification; says where it leads.
pub async fn read(context: &Context, actor: &Actor, id: NotificationId) -> Result<String> {
    let user = person(actor)?;
    let mut tx = context.db.begin().await?;
    let row = notifications::find(&mut tx, user, id).await?.filter(|row| row.organisation_id == actor.organisation);
    let row = row.ok_or(Error::NotFound)?;
    notifications::mark_read(&mut tx, user, id, context.now()).await?;
    tx.commit().await?;
    context.live.publish(Some(actor.organisation));
    Ok(row.link)
}

/// Notes that a person read all that came up to a moment: what came since they looked stays. Says how many those were.
pub async fn read_all(context: &Context, actor: &Actor, until: Timestamp) -> Result<u64> {
    let user = person(actor)?;
    let mut tx = context.db.begin().await?;
    let read = notifications::mark_all_read(&mut tx, user, actor.organisation, until, context.now()).await?;
    tx.commit().await?;
    context.live.publish(Some(actor.organisation));
    Ok(read)
}

/// How a person is told.
pub struct Settings {
    /// Of each topic.
    pub ways: Vec<(Topic, Way)>,
    /// When mail may come.
    pub hours: Hours,
    /// Whether this portal sends mail at all.
    pub sends_mail: bool,
}

/// How a person is told: what they chose, and the usual for the rest.
pub async fn settings(context: &Context, actor: &Actor) -> Result<Settings> {
    let user = person(actor)?;
    let mut conn = context.db.read().await?;
    let chosen = notifications::ways(&mut conn, user).await?;
    let way = |topic: Topic| chosen.iter().find(|row| row.topic == topic).map_or(topic.usual(), |row| row.way);
    let hours = notifications::hours(&mut conn, user).await?.map(hours).unwrap_or_default();
    let ways = Topic::ALL.iter().map(|topic| (*topic, way(*topic))).collect();
    Ok(Settings { ways, hours, sends_mail: context.settings.mail_links.is_some() })
}

fn hours(row: HoursRow) -> Hours {
    let minute = |value: i64| u16::try_from(value).ok();
    Hours {
        quiet: row.quiet_from.and_then(minute).zip(row.quiet_to.and_then(minute)),
        digest_at: minute(row.digest_at).unwrap_or(Hours::default().digest_at),
    }
}

/// How a person wants to be told, as they enter it.
#[derive(Clone, Debug, Default)]
pub struct SettingsForm {
    /// A code of [`Way`] for each topic.
    pub ways: Vec<(Topic, String)>,
    /// No mail from this time of day; empty for no quiet hours.
    pub quiet_from: String,
    /// Up to this one.
    pub quiet_to: String,
    /// When the mail of the day comes.
    pub digest_at: String,
}

/// Saves how a person wants to be told.
pub async fn save(context: &Context, actor: &Actor, form: &SettingsForm) -> Result<()> {
    let user = person(actor)?;
    let mut wrong: Vec<FieldError> = Vec::new();
    let mut refuse = |field: &str, message: String| wrong.push(FieldError { field: field.to_owned(), message });
    let mut ways: Vec<(Topic, Way)> = Vec::new();
    for (topic, code) in &form.ways {
        match code.parse() {
            Ok(way) => ways.push((*topic, way)),
            Err(()) => refuse(topic.as_str(), "Choose how you want to be told.".to_owned()),
        }
    }
    let mut time = |name: &str, text: &str| {
        let read = minute(text).filter(|minute| *minute < 24 * 60);
        if read.is_none() && !text.trim().is_empty() {
            refuse(name, format!("Enter a time of day such as {}.", clock(Hours::default().digest_at)));
        }
        read.map(i64::from)
    };
    let (from, to) = (time("quiet_from", &form.quiet_from), time("quiet_to", &form.quiet_to));
    let digest_at = time("digest_at", &form.digest_at).unwrap_or_else(|| Hours::default().digest_at.into());
    if wrong.is_empty() && from.is_some() != to.is_some() {
        let missing = if from.is_none() { "quiet_from" } else { "quiet_to" };
        wrong.push(FieldError {
            field: missing.to_owned(),
            message: "Quiet hours have a beginning and an end. Enter both, or neither.".to_owned(),
        });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let mut tx = context.db.begin().await?;
    for (topic, way) in ways {
        notifications::set_way(&mut tx, user, topic, way).await?;
    }
    notifications::set_hours(&mut tx, user, HoursRow { quiet_from: from, quiet_to: to, digest_at }).await?;
    Ok(tx.commit().await?)
}
