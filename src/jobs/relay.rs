//! Carries notices of changes between the processes of one installation, so that a page held open by one moves when
//! another applies a document. A notice that is lost costs a page nothing but time: nothing is decided by notices.

use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::{
    service::{Context, live::Change},
    store::{self, notices},
};

/// How long to wait after the database could not be reached.
const PAUSE: Duration = Duration::from_secs(5);

/// How a change without a counterparty, and one of unknown extent, are written in a notice.
const HUB: &str = "hub";
const ANYTHING: &str = "anything";

/// Carries notices for as long as it is polled; ends at once where there is only one process.
pub async fn run(context: &Context) {
    if !notices::is_shared(&context.db) {
        return;
    }
    // A process hears itself too: the notice says who spoke.
    let process: Uuid = context.id();
    tokio::join!(tell(context, process), hear(context, process));
}

async fn tell(context: &Context, process: Uuid) {
    let mut own = context.live.own();
    loop {
        let what = match own.recv().await {
            Ok(Change::Rows(Some(counterparty))) => counterparty.to_string(),
            Ok(Change::Rows(None)) => HUB.to_owned(),
            Ok(Change::Anything) | Err(RecvError::Lagged(_)) => ANYTHING.to_owned(),
            Err(RecvError::Closed) => return,
        };
        if let Err(error) = notices::send(&context.db, &format!("{process} {what}")).await {
            tracing::warn!(%error, "other processes could not be told of a change");
        }
    }
}

async fn hear(context: &Context, process: Uuid) {
    loop {
        match listen(context, process).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "changes of other processes cannot be heard; trying again"),
        }
        tokio::time::sleep(PAUSE).await;
        context.live.hear(Change::Anything);
    }
}

async fn listen(context: &Context, process: Uuid) -> store::Result<()> {
    let Some(mut listener) = notices::listen(&context.db).await? else { return Ok(()) };
    loop {
        match listener.next().await? {
            Some(notice) => {
                if let Some(change) = read(&notice, process) {
                    context.live.hear(change);
                }
            }
            None => context.live.hear(Change::Anything),
        }
    }
}

/// What a notice says; none where this process sent it.
fn read(notice: &str, process: Uuid) -> Option<Change> {
    let (sender, what) = notice.split_once(' ')?;
    if Uuid::try_parse(sender).ok()? == process {
        return None;
    }
    Some(match what {
        HUB => Change::Rows(None),
        party => party.parse().map_or(Change::Anything, |party| Change::Rows(Some(party))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_does_not_hear_itself_and_looks_again_at_what_it_cannot_read() {
        let (here, there, party) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        assert_eq!(read(&format!("{here} {HUB}"), here), None);
        assert_eq!(read(&format!("{there} {HUB}"), here), Some(Change::Rows(None)));
        assert_eq!(read(&format!("{there} {party}"), here), Some(Change::Rows(Some(party.into()))));
        assert_eq!(read(&format!("{there} {ANYTHING}"), here), Some(Change::Anything));
        assert_eq!(read("noise", here), None);
    }
}
