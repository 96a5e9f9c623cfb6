//! What people are told, how they want to be told, and the mail that says so. Every row belongs to one person.

use sqlx::FromRow;

use super::{Conn, Result, all, execute, optional};
use crate::domain::{
    ids::{CaseId, CaseMessageId, MailId, NotificationId, OrganisationId, UserId},
    notification::{Topic, Way},
    time::Timestamp,
};

/// Something a person is told.
#[derive(Clone, Debug, FromRow)]
pub struct Notification {
    /// Id.
    pub id: NotificationId,
    /// The person.
    pub user_id: UserId,
    /// The organisation it concerns them for.
    pub organisation_id: OrganisationId,
    /// What it is about.
    pub topic: Topic,
    /// In a few words.
    pub title: String,
    /// More, and what to do.
    pub body: String,
    /// Where it leads: a path of the portal.
    pub link: String,
    /// What caused it; the same cause is told once.
    pub cause: String,
    /// How they wanted to be told then.
    pub way: Way,
    /// When a mail said it.
    pub mailed_at: Option<Timestamp>,
    /// When they read it.
    pub read_at: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

/// A person who can be told of a topic, and how.
#[derive(Clone, Debug, FromRow)]
pub struct Reachable {
    /// Id.
    pub id: UserId,
    /// Mail address.
    pub email: String,
    /// Time zone name.
    pub zone: String,
    /// How they chose to be told, where they chose.
    pub way: Option<Way>,
    /// No mail from this minute of their day.
    pub quiet_from: Option<i64>,
    /// Up to this one.
    pub quiet_to: Option<i64>,
    /// When the mail of the day comes.
    pub digest_at: Option<i64>,
}

/// The people of an organisation who may sign in, with how they want to be told of a topic.
pub async fn reachable(conn: &mut Conn, organisation: OrganisationId, topic: Topic) -> Result<Vec<Reachable>> {
    all!(
        conn,
        Reachable,
        "SELECT users.id, users.email, users.zone, ways.way, hours.quiet_from, hours.quiet_to, hours.digest_at
         FROM memberships JOIN users ON users.id = memberships.user_id
         LEFT JOIN notification_ways AS ways ON ways.user_id = users.id AND ways.topic = $2
         LEFT JOIN notification_hours AS hours ON hours.user_id = users.id
         WHERE memberships.organisation_id = $1 AND users.disabled_at IS NULL ORDER BY users.id",
        organisation,
        topic
    )
}

/// Adds a notification; `false` where its cause was told before.
pub async fn insert(conn: &mut Conn, row: &Notification) -> Result<bool> {
    let touched = execute!(
        conn,
        "INSERT INTO notifications (id, user_id, organisation_id, topic, title, body, link, cause, way, mailed_at, read_at, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (user_id, organisation_id, cause) DO NOTHING",
        row.id,
        row.user_id,
        row.organisation_id,
        row.topic,
        &row.title,
        &row.body,
        &row.link,
        &row.cause,
        row.way,
        row.mailed_at,
        row.read_at,
        row.at
    )?;
    Ok(touched == 1)
}

/// Which notifications a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct NotificationFilter {
    /// Only what was not read.
    pub unread: bool,
    /// Begins after this row.
    pub after: Option<(Timestamp, NotificationId)>,
}

/// A person's notifications, newest first; one row more than `limit` is fetched to tell whether there are more.
pub async fn list(
    conn: &mut Conn,
    user: UserId,
    organisation: OrganisationId,
    filter: &NotificationFilter,
    limit: i64,
) -> Result<Vec<Notification>> {
    let (at, id) = filter.after.unzip();
    all!(
        conn,
        Notification,
        "SELECT * FROM notifications WHERE user_id = $1 AND organisation_id = $2 AND (NOT $3 OR read_at IS NULL)
           AND ($4 IS NULL OR (at, id) < ($4, $5)) ORDER BY at DESC, id DESC LIMIT $6",
        user,
        organisation,
        filter.unread,
        at,
        id,
        limit + 1
    )
}

#[derive(FromRow)]
struct Count {
    n: i64,
}

/// How many of a person's notifications were not read.
pub async fn unread(conn: &mut Conn, user: UserId, organisation: OrganisationId) -> Result<i64> {
    let row = optional!(
        conn,
        Count,
        "SELECT count(*) AS n FROM notifications WHERE user_id = $1 AND organisation_id = $2 AND read_at IS NULL",
        user,
        organisation
    )?;
    Ok(row.map_or(0, |row| row.n))
}

/// One of a person's notifications.
pub async fn find(conn: &mut Conn, user: UserId, id: NotificationId) -> Result<Option<Notification>> {
    optional!(conn, Notification, "SELECT * FROM notifications WHERE id = $1 AND user_id = $2", id, user)
}

/// Notes that a person read one.
pub async fn mark_read(conn: &mut Conn, user: UserId, id: NotificationId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE notifications SET read_at = $3 WHERE id = $1 AND user_id = $2 AND read_at IS NULL", id, user, now)?;
    Ok(())
}

/// Notes that a person read all that came up to a moment; says how many those were.
pub async fn mark_all_read(conn: &mut Conn, user: UserId, organisation: OrganisationId, until: Timestamp, now: Timestamp) -> Result<u64> {
    execute!(
        conn,
        "UPDATE notifications SET read_at = $4 WHERE user_id = $1 AND organisation_id = $2 AND read_at IS NULL AND at <= $3",
        user,
        organisation,
        until,
        now
    )
}

/// How many notifications one mail of the day tells.
pub const IN_A_DIGEST: i64 = 200;

/// Takes what waits for a person's mail of the day and was not read in the portal meanwhile, oldest first: each is taken
/// once, and what comes while it is taken waits for the next mail.
pub async fn take_for_digest(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<Vec<Notification>> {
    let mut taken = all!(
        conn,
        Notification,
        "UPDATE notifications SET mailed_at = $2 WHERE id IN (
           SELECT id FROM notifications WHERE user_id = $1 AND way = 'digest' AND mailed_at IS NULL AND read_at IS NULL
           ORDER BY at, id LIMIT $3) AND mailed_at IS NULL RETURNING *",
        user,
        now,
        IN_A_DIGEST
    )?;
    taken.sort_by_key(|row| (row.at, row.id));
    Ok(taken)
}

/// How a person chose to be told of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Chosen {
    /// The topic.
    pub topic: Topic,
    /// The way.
    pub way: Way,
}

/// What a person chose.
pub async fn ways(conn: &mut Conn, user: UserId) -> Result<Vec<Chosen>> {
    all!(conn, Chosen, "SELECT topic, way FROM notification_ways WHERE user_id = $1 ORDER BY topic", user)
}

/// Saves what a person chose for a topic.
pub async fn set_way(conn: &mut Conn, user: UserId, topic: Topic, way: Way) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO notification_ways (user_id, topic, way) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, topic) DO UPDATE SET way = excluded.way",
        user,
        topic,
        way
    )?;
    Ok(())
}

/// When a person's mail may come.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct HoursRow {
    /// No mail from this minute of their day.
    pub quiet_from: Option<i64>,
    /// Up to this one.
    pub quiet_to: Option<i64>,
    /// When the mail of the day comes.
    pub digest_at: i64,
}

/// When a person's mail may come, where they chose.
pub async fn hours(conn: &mut Conn, user: UserId) -> Result<Option<HoursRow>> {
    optional!(conn, HoursRow, "SELECT quiet_from, quiet_to, digest_at FROM notification_hours WHERE user_id = $1", user)
}

/// Saves when a person's mail may come.
pub async fn set_hours(conn: &mut Conn, user: UserId, row: HoursRow) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO notification_hours (user_id, quiet_from, quiet_to, digest_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, digest_at = excluded.digest_at",
        user,
        row.quiet_from,
        row.quiet_to,
        row.digest_at
    )?;
    Ok(())
}

/// A mail to a person.
#[derive(Clone, Debug, FromRow)]
pub struct Mail {
    /// Id, also a part of what mail programs know it by.
    pub id: MailId,
    /// The person.
    pub user_id: UserId,
    /// Where to, as it was when it was written.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// The case it is about; answers to it go there.
    pub case_id: Option<CaseId>,
    /// The message it tells of.
    pub message_id: Option<CaseMessageId>,
    /// The organisation it is written to the person for.
    pub organisation_id: Option<OrganisationId>,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Adds a mail that is to be sent.
pub async fn insert_mail(conn: &mut Conn, row: &Mail) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO mails (id, user_id, address, subject, body, case_id, message_id, organisation_id, sent_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        row.id,
        row.user_id,
        &row.address,
        &row.subject,
        &row.body,
        row.case_id,
        row.message_id,
        row.organisation_id,
        row.sent_at,
        row.created_at
    )?;
    Ok(())
}

/// A mail that was not sent yet and still may be: none leaves for somebody who is kept out.
pub async fn unsent_mail(conn: &mut Conn, id: MailId) -> Result<Option<Mail>> {
    optional!(
        conn,
        Mail,
        "SELECT * FROM mails WHERE id = $1 AND sent_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = mails.user_id AND users.disabled_at IS NOT NULL)",
        id
    )
}

/// Notes that the mail server took a mail.
pub async fn mail_sent(conn: &mut Conn, id: MailId, now: Timestamp) -> Result<()> {
    execute!(conn, "UPDATE mails SET sent_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}
