//! Mail that comes in. An answer to a mail of ours becomes a message of its case; whatever cannot be one with certainty is
//! kept for a person of the hub, with the reason. Nothing is lost, nothing is taken twice, nothing happens in silence.

pub mod review;
mod write;

use bytes::Bytes;
use sqlx::types::Json;

use super::{
    Context, Error, Result,
    cases::{publish, relate},
    notify::{self, News, To},
};
use crate::{
    connectors::letter::{self, Letter},
    domain::{
        ids::{CaseId, IncomingMailId},
        notification::Topic,
        reply::{self, GOOD_FOR, Reason, State},
    },
    store::{
        Conn, StoreError, cases,
        files::Incoming,
        incoming_mails::{self, IncomingMail, Sent},
        users::{self, Reader},
    },
    text,
};

/// How messages are called that came by mail, as an origin.
pub const MAIL: &str = "mail";
/// What is read of a mail that is too large: its headers and how it begins.
const BEGINNING: usize = 64 * 1024;
/// More mails than this from one address into one case within [`SHORT`] go round in a circle.
const MOST: i64 = 20;
/// A short time, in seconds.
const SHORT: i64 = 3_600;
/// Longest subject that is kept, in characters.
const LONGEST_SUBJECT: usize = 200;

/// The largest mail that is taken: the largest file of a case, as mail carries it, and room for the rest.
fn largest(context: &Context) -> usize {
    usize::try_from(context.settings.attachment_bytes / 2 * 3).unwrap_or(usize::MAX).saturating_add(BEGINNING)
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was taken before.
    Again,
    /// It is in its case.
    Written(CaseId),
    /// A person has to look at it.
    Review(Reason),
}

/// A mail that is being received.
pub struct Receiving {
    id: IncomingMailId,
    file: String,
    incoming: Incoming,
    held: Vec<u8>,
}

/// Begins to receive a mail.
pub async fn begin(context: &Context) -> Result<Receiving> {
    let id: IncomingMailId = context.id();
    let file = format!("mail/{id}");
    let incoming = context.files.begin(&file).await?;
    Ok(Receiving { id, file, incoming, held: Vec::new() })
}

impl Receiving {
    /// Takes the next piece.
    pub async fn write(&mut self, context: &Context, piece: Bytes) -> Result<()> {
        let room = largest(context).saturating_add(1).saturating_sub(self.held.len());
        self.held.extend_from_slice(&piece[..piece.len().min(room)]);
        Ok(self.incoming.write(piece).await?)
    }

    /// Gives the mail up; it is received anew.
    pub async fn discard(self) -> Result<()> {
        Ok(self.incoming.discard().await?)
    }

    /// Reads what came and does what it says, or keeps it for a person.
    pub async fn finish(mut self, context: &Context) -> Result<Taken> {
        let is_whole = self.held.len() <= largest(context);
        if !is_whole {
            self.held.truncate(BEGINNING);
        }
        let size = i64::try_from(self.incoming.size()).unwrap_or(i64::MAX);
        let sha256 = self.incoming.finish().await?;
        let letter = letter::read(&self.held);
        let arrived = Arrived { id: self.id, file: self.file, size, sha256 };
        let taken = take(context, &arrived, letter, is_whole).await;
        if !matches!(taken, Ok(Taken::Written(_) | Taken::Review(_))) {
            context.files.delete(&arrived.file).await?;
        }
        taken
    }
}

/// A mail that came, whole in the file store.
struct Arrived {
    id: IncomingMailId,
    file: String,
    size: i64,
    sha256: Vec<u8>,
}

impl Arrived {
    /// What is kept of it beside its bytes; nothing is decided yet.
    fn row(&self, context: &Context, letter: &Letter) -> IncomingMail {
        let (body, quoted) = parts(&letter.text);
        IncomingMail {
            id: self.id,
            sha256: self.sha256.clone(),
            size: self.size,
            file: self.file.clone(),
            sender: letter.sender.chars().take(LONGEST_SUBJECT).collect(),
            subject: letter.subject.chars().take(LONGEST_SUBJECT).collect(),
            body,
            quoted,
            names: Json(letter.files.iter().map(|file| file.name.clone()).collect()),
            state: State::Review,
            reason: None,
            detail: String::new(),
            case_id: None,
            message_id: None,
            settled_by: None,
            settled_at: None,
            at: context.now(),
        }
    }
}

/// Why a mail does not become a message.
enum Stop {
    /// A person has to look at it.
    Look(Look),
    /// It may go well later.
    Failed(Error),
}

/// What a person has to know of a mail.
struct Look {
    reason: Reason,
    detail: String,
    case: Option<CaseId>,
}

impl Look {
    fn at(reason: Reason) -> Self {
        Self { reason, detail: String::new(), case: None }
    }

    fn of(reason: Reason, case: CaseId) -> Self {
        Self { case: Some(case), ..Self::at(reason) }
    }
}

impl From<Look> for Stop {
    fn from(look: Look) -> Self {
        Self::Look(look)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Stop {
    /// What a rule refuses is for a person to see; what is ours to fix is tried again.
    fn from(error: Error) -> Self {
        match error {
            Error::Store(_) | Error::Internal(_) | Error::Stale(_) => Self::Failed(error),
            refused => Self::Look(Look { detail: words(&refused), ..Look::at(Reason::Refused) }),
        }
    }
}

/// An error as a person reads it.
fn words(error: &Error) -> String {
    match error {
        Error::Invalid(fields) => fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

async fn take(context: &Context, arrived: &Arrived, letter: Option<Letter>, is_whole: bool) -> Result<Taken> {
    let outcome = match &letter {
        None => Err(Look::at(Reason::Unreadable).into()),
        Some(_) if !is_whole => Err(Look::at(Reason::TooLarge).into()),
        Some(letter) => Box::pin(enter(context, arrived, letter)).await,
    };
    match outcome {
        Ok(taken) => Ok(taken),
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Look(look)) => keep(context, arrived, &letter.unwrap_or_default(), look).await,
    }
}

/// Writes a mail into its case.
async fn enter(context: &Context, arrived: &Arrived, letter: &Letter) -> Result<Taken, Stop> {
    if let Some(sign) = letter.automatic {
        return Err(Look { detail: sign.to_owned(), ..Look::at(Reason::Automatic) }.into());
    }
    let mut conn = context.db.read().await?;
    let (sent, reader) = sender(context, &mut conn, letter).await?;
    let by = write::By::answering(&mut conn, &reader.actor, &sent).await?;
    drop(conn);
    let files = write::prepare(context, letter).await?;
    let outcome = enter_case(context, arrived, letter, &sent, &by, &files).await;
    let kept = outcome.as_ref().map_or(&[][..], |(_, kept)| kept);
    write::clear(context, &files, kept).await?;
    outcome.map(|(taken, _)| taken)
}

/// What became of a mail, and where those of its files are that became attachments.
type Entered = (Taken, Vec<String>);

async fn enter_case(
    context: &Context,
    arrived: &Arrived,
    letter: &Letter,
    sent: &Sent,
    by: &write::By,
    files: &[write::Prepared],
) -> Result<Entered, Stop> {
    let again = Ok((Taken::Again, Vec::new()));
    let mut tx = context.db.begin().await?;
    if incoming_mails::find_same(&mut tx, &arrived.sha256).await?.is_some() {
        return again;
    }
    let mut id = sent.case_id;
    // What has become part of another case is gone on with there.
    while let Some(whole) = relate::whole(&mut tx, id).await? {
        id = whole.case_id;
    }
    let case = cases::find_for_update(&mut tx, by.scope, id).await?;
    let gone = || Look { detail: "Its organisation takes no part in the case any more.".to_owned(), ..Look::of(Reason::Refused, id) };
    let mut case = case.ok_or_else(gone)?;
    let mut row = arrived.row(context, letter);
    if row.body.is_empty() && files.is_empty() {
        return Err(Look::of(Reason::Empty, id).into());
    }
    if incoming_mails::count_since(&mut tx, id, &letter.sender, context.now().plus_seconds(-SHORT)).await? >= MOST {
        return Err(Look { detail: format!("{MOST} mails within an hour"), ..Look::of(Reason::Loop, id) }.into());
    }
    let Some(written) = write::into(context, &mut tx, &mut case, by, (&row.body, letter.id.as_deref()), files).await? else {
        return again;
    };
    (row.state, row.case_id, row.message_id) = (State::Written, Some(id), written.message);
    incoming_mails::insert(&mut tx, &row).await?;
    let parties = cases::parties(&mut tx, id).await?;
    tx.commit().await?;
    publish(context, &parties);
    Ok((Taken::Written(id), written.kept))
}

/// Whose answer a mail is, to which mail of ours.
async fn sender(context: &Context, conn: &mut Conn, letter: &Letter) -> Result<(Sent, Reader), Stop> {
    let no_address = || Stop::from(Look::at(Reason::NoAddress));
    let replies = context.settings.replies.as_ref().ok_or_else(no_address)?;
    if replies.is_ours(&letter.sender) {
        return Err(Look::at(Reason::Loop).into());
    }
    let token = replies.find(&letter.receivers).ok_or_else(no_address)?;
    let sent = incoming_mails::sent(conn, token.mail).await?;
    let sent = sent.filter(|sent| replies.is_genuine(&token, sent.case_id, sent.user_id));
    let sent = sent.ok_or_else(|| Look::at(Reason::BadAddress))?;
    let look = |reason| Stop::from(Look::of(reason, sent.case_id));
    if sent.created_at.plus_seconds(GOOD_FOR) < context.now() {
        return Err(look(Reason::Expired));
    }
    let reader = users::reader(conn, sent.user_id, Some(sent.organisation_id)).await?.ok_or_else(|| look(Reason::NoMember))?;
    if letter.sender != reader.email {
        return Err(look(Reason::OtherSender));
    }
    Ok((sent, reader))
}

/// Keeps a mail for a person, and tells the hub.
async fn keep(context: &Context, arrived: &Arrived, letter: &Letter, look: Look) -> Result<Taken> {
    let mut tx = context.db.begin().await?;
    if incoming_mails::find_same(&mut tx, &arrived.sha256).await?.is_some() {
        return Ok(Taken::Again);
    }
    let row = IncomingMail { reason: Some(look.reason), detail: look.detail, case_id: look.case, ..arrived.row(context, letter) };
    incoming_mails::insert(&mut tx, &row).await?;
    let news = News {
        topic: Topic::CaseMessage,
        title: format!("A mail needs review: {}", text::mail_subject(&row.subject)),
        body: format!("From {}. {}", text::mail_sender(&row.sender), text::mail_reason(look.reason)),
        link: format!("/mail/{}", row.id),
        cause: format!("incoming mail {}", row.id),
        except: None,
    };
    let assignee = match look.case {
        Some(case) => cases::find(&mut tx, crate::domain::access::Scope::Hub, case).await?.and_then(|case| case.assignee_id),
        None => None,
    };
    notify::tell(context, &mut tx, To::Desk(assignee), &news).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(Taken::Review(look.reason))
}

/// What is left of a mail's words where they are longer than a message may be.
fn shortened(text: &str) -> (&str, &str) {
    let at = text.char_indices().nth(super::cases::write::LONGEST).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

/// What a mail says and what it quotes; what is longer than a message may be stands with the latter.
fn parts(text: &str) -> (String, String) {
    let (new, quoted) = reply::split(text);
    let (body, rest) = shortened(new);
    let rest = [rest, quoted].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    (body.to_owned(), rest.join("\n\n"))
}
