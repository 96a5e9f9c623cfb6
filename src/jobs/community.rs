//! Asks Active Community what happened there, page by page, and sends it what it is to be told. What fails is noted with
//! the connection and is none of the job's.

use super::{
    Worker,
    runner::{Claim, Setback},
};
use crate::{
    connectors::community::{Client, Fault, Listed, Push},
    domain::{delivery::Outcome, time::Timestamp},
    service::{
        Error,
        community::{self, Fetched, connect},
    },
    store::endpoints::Delivery,
};

/// Changes asked for at once.
const TAKE: usize = 100;
/// Pages read in one go; the rest is read right after.
const PAGES: usize = 50;

/// Why the changes could not be read to the end.
enum Stop {
    Fault(Fault),
    Service(Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

impl Worker {
    /// Reads what is new; says when to look again, which is never where it is not connected.
    pub(super) async fn read_community(&self, claim: &Claim) -> Result<Option<Timestamp>, Setback> {
        let Some(client) = &self.settings.community else { return Ok(None) };
        match self.follow(claim, client).await {
            Ok(is_connected) => {
                let again = self.context.now().plus_seconds(i64::try_from(self.settings.poll_seconds.max(1)).unwrap_or(i64::MAX));
                Ok(is_connected.then_some(again))
            }
            Err(Stop::Fault(fault)) => Ok(Some(connect::failed(&self.context, &fault).await?)),
            Err(Stop::Service(error)) => Err(error.into()),
        }
    }

    /// Takes every change behind the cursor; `false` where there is nothing to read from.
    async fn follow(&self, claim: &Claim, client: &Client) -> Result<bool, Stop> {
        for _ in 0..PAGES {
            let Some(cursor) = connect::cursor(&self.context).await? else { return Ok(false) };
            let page = match client.changes(&cursor, TAKE).await {
                Err(Fault::CursorLost) if !cursor.is_empty() => {
                    connect::rewind(&self.context, &cursor).await?;
                    continue;
                }
                other => other?,
            };
            for change in &page.changes {
                let file = self.fetch(client, change).await?;
                // Another worker reads on from here where this one was too slow.
                if !self.renew(claim).await? || !community::take(&self.context, change, file, &cursor).await? {
                    return Ok(true);
                }
            }
            // Not before: a change that cannot be taken is a failure, however well the page was read.
            connect::heard(&self.context, &cursor, page.changes.last().map_or(&cursor, |last| &last.cursor)).await?;
            if !page.more || page.changes.is_empty() {
                break;
            }
        }
        Ok(true)
    }

    /// Fetches the file of a change, where it has one that is wanted.
    async fn fetch(&self, client: &Client, listed: &Listed) -> Result<Fetched, Stop> {
        let Ok(change) = community::read(listed) else { return Ok(Fetched::None) };
        let Some(sha256) = community::wanted(&self.context, &change) else { return Ok(Fetched::None) };
        if community::is_known(&self.context, listed).await? {
            return Ok(Fetched::None);
        }
        match client.content(sha256, self.context.settings.attachment_bytes).await {
            Ok(bytes) => Ok(Fetched::keep(&self.context, &change, bytes).await?),
            Err(fault @ Fault::Damaged { .. }) if connect::was_tried(&self.context, &fault).await? => {
                Ok(Fetched::Refused(fault.to_string()))
            }
            // It fares the same however often it is asked for.
            Err(fault @ (Fault::Refused(_) | Fault::Unknown(_) | Fault::TooLarge(_))) => Ok(Fetched::Refused(fault.to_string())),
            Err(other) => Err(other.into()),
        }
    }

    /// Sends one thing that Active Community is to be told; what became of it, and what it calls the case. Nothing where it does
    /// not know the case any more: then it is told all of it anew.
    pub(super) async fn push(&self, delivery: &Delivery) -> Result<Option<(Outcome, Option<String>)>, Setback> {
        let Some(client) = &self.settings.community else {
            let why = "Active Community is not connected. Set community.url and community.key.".to_owned();
            return Ok(Some((Outcome::Away { why, wait: None }, None)));
        };
        let push: Push = match serde_json::from_str(&delivery.body) {
            Ok(push) => push,
            Err(error) => return Ok(Some((Outcome::Refused { why: format!("It cannot be read any more: {error}.") }, None))),
        };
        let bytes = match &push {
            Push::Attachment { file: Some(file), .. } => match self.context.files.get(file).await.map_err(Error::from)? {
                Some(bytes) => Some(bytes),
                None => return Ok(Some((Outcome::Refused { why: "The file is not in the file store any more.".to_owned() }, None))),
            },
            _ => None,
        };
        match client.push(&push, bytes).await {
            Ok(peer) => Ok(Some((Outcome::Taken, peer))),
            Err(Fault::Unknown(_)) if community::tell::anew(&self.context, delivery).await? => Ok(None),
            Err(fault) => Ok(Some((fault.outcome(), None))),
        }
    }
}
