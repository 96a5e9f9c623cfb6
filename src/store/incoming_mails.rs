//! Mail that came in. All of it belongs to the hub; what became a message of a case is read there by whoever reads the
//! message.

use sqlx::{FromRow, types::Json};

use super::{Conn, Result, all, execute, expect_current, optional};
use crate::domain::{
    ids::{CaseId, CaseMessageId, IncomingMailId, MailId, OrganisationId, UserId},
    reply::{Reason, State},
    time::Timestamp,
};

/// A mail that came in.
#[derive(Clone, Debug, FromRow)]
pub struct IncomingMail {
    /// Id.
    pub id: IncomingMailId,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// How many those are.
    pub size: i64,
    /// Where they are in the file store.
    pub file: String,
    /// The address it says it is from.
    pub sender: String,
    /// Its subject.
    pub subject: String,
    /// What was written.
    pub body: String,
    /// What it quotes.
    pub quoted: String,
    /// Names of its files.
    pub names: Json<Vec<String>>,
    /// What became of it.
    pub state: State,
    /// Why a person has to look at it.
    pub reason: Option<Reason>,
    /// More about that, in words.
    pub detail: String,
    /// The case it is in, or seems to be about.
    pub case_id: Option<CaseId>,
    /// The message it became.
    pub message_id: Option<CaseMessageId>,
    /// Who looked at it.
    pub settled_by: Option<String>,
    /// When.
    pub settled_at: Option<Timestamp>,
    /// When it was taken.
    pub at: Timestamp,
}

/// Adds a mail.
pub async fn insert(conn: &mut Conn, row: &IncomingMail) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO incoming_mails (id, sha256, size, file, sender, subject, body, quoted, names, state, reason, detail, case_id, message_id,
           settled_by, settled_at, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        row.id,
        &row.sha256,
        row.size,
        &row.file,
        &row.sender,
        &row.subject,
        &row.body,
        &row.quoted,
        &row.names,
        row.state,
        row.reason,
        &row.detail,
        row.case_id,
        row.message_id,
        &row.settled_by,
        row.settled_at,
        row.at
    )?;
    Ok(())
}

/// The mail with these contents; the transaction is the only one that decides about them until it ends.
pub async fn find_same(conn: &mut Conn, sha256: &[u8]) -> Result<Option<IncomingMail>> {
    super::dialect::lock(conn, &format!("mail {}", super::files::hex(sha256))).await?;
    optional!(conn, IncomingMail, "SELECT * FROM incoming_mails WHERE sha256 = $1", sha256)
}

/// A mail.
pub async fn find(conn: &mut Conn, id: IncomingMailId) -> Result<Option<IncomingMail>> {
    optional!(conn, IncomingMail, "SELECT * FROM incoming_mails WHERE id = $1", id)
}

/// Mails in a state, newest first; one row more than `limit` is fetched to tell whether there are more.
pub async fn list(conn: &mut Conn, state: State, after: Option<(Timestamp, IncomingMailId)>, limit: i64) -> Result<Vec<IncomingMail>> {
    let (at, id) = after.unzip();
    all!(
        conn,
        IncomingMail,
        "SELECT * FROM incoming_mails WHERE state = $1 AND ($2 IS NULL OR (at, id) < ($2, $3)) ORDER BY at DESC, id DESC LIMIT $4",
        state,
        at,
        id,
        limit + 1
    )
}

#[derive(FromRow)]
struct Count {
    n: i64,
}

/// How many mails are in a state.
pub async fn count(conn: &mut Conn, state: State) -> Result<i64> {
    let row = optional!(conn, Count, "SELECT count(*) AS n FROM incoming_mails WHERE state = $1", state)?;
    Ok(row.map_or(0, |row| row.n))
}

/// How many mails from an address came into a case since a moment.
pub async fn count_since(conn: &mut Conn, case: CaseId, sender: &str, since: Timestamp) -> Result<i64> {
    let text = "SELECT count(*) AS n FROM incoming_mails WHERE case_id = $1 AND at >= $3 AND sender = $2";
    Ok(optional!(conn, Count, text, case, sender, since)?.map_or(0, |row| row.n))
}

/// Settles a mail that somebody had to look at.
pub async fn settle(conn: &mut Conn, row: &IncomingMail) -> Result<()> {
    expect_current(execute!(
        conn,
        "UPDATE incoming_mails SET state = $2, case_id = $3, message_id = $4, settled_by = $5, settled_at = $6
         WHERE id = $1 AND state = 'review'",
        row.id,
        row.state,
        row.case_id,
        row.message_id,
        &row.settled_by,
        row.settled_at
    )?)
}

/// What a message quotes, as its mail had it.
#[derive(Clone, Debug, FromRow)]
pub struct Quote {
    /// The message.
    pub message_id: CaseMessageId,
    /// What it quotes.
    pub quoted: String,
}

/// What the messages of a case quote. The caller has loaded the case, and shows a quote beside its message alone.
pub async fn quotes(conn: &mut Conn, case: CaseId) -> Result<Vec<Quote>> {
    let text = "SELECT message_id, quoted FROM incoming_mails WHERE case_id = $1 AND message_id IS NOT NULL AND quoted <> ''";
    all!(conn, Quote, text, case)
}

/// What a mail that we sent was about.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Sent {
    /// The mail.
    pub id: MailId,
    /// Who it was to.
    pub user_id: UserId,
    /// The organisation it was written to them for.
    pub organisation_id: OrganisationId,
    /// The case.
    pub case_id: CaseId,
    /// The message it told of.
    pub message_id: Option<CaseMessageId>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What a mail was about that we sent; none where it was about no case.
pub async fn sent(conn: &mut Conn, id: MailId) -> Result<Option<Sent>> {
    optional!(
        conn,
        Sent,
        "SELECT id, user_id, organisation_id, case_id, message_id, created_at FROM mails
         WHERE id = $1 AND case_id IS NOT NULL AND organisation_id IS NOT NULL",
        id
    )
}
