//! Takes the mail that was delivered: each is received whole before it is put away. One that cannot be taken now stays
//! where it is and is tried again with the next look.

use std::io;

use super::{Worker, runner::guarded};
use crate::{
    connectors::maildir::Maildir,
    service::{Error, Result, mail_in},
};

impl Worker {
    /// Takes every mail that is there. One that fails does not keep the others waiting.
    pub async fn take_mail(&self) {
        let Some(maildir) = &self.settings.incoming else { return };
        let names = match maildir.new_mails().await {
            Ok(names) => names,
            Err(error) => {
                tracing::error!(%error, "the folder that mail is delivered to cannot be read");
                return;
            }
        };
        for name in names {
            if let Err(error) = guarded(Box::pin(self.take_one(maildir, &name))).await.and_then(|taken| taken) {
                tracing::warn!(mail = name, %error, "a mail could not be taken and will be tried again");
            }
        }
    }

    async fn take_one(&self, maildir: &Maildir, name: &str) -> Result<()> {
        let unreadable = |error: io::Error| Error::Internal(error.to_string());
        let Some(mut reading) = maildir.read(name).await.map_err(unreadable)? else { return Ok(()) };
        let mut receiving = mail_in::begin(&self.context).await?;
        loop {
            match reading.next().await {
                Ok(Some(piece)) => receiving.write(&self.context, piece).await?,
                Ok(None) => break,
                Err(error) => {
                    receiving.discard().await?;
                    return Err(unreadable(error));
                }
            }
        }
        let taken = receiving.finish(&self.context).await?;
        tracing::info!(mail = name, ?taken, "a mail was taken");
        maildir.put_away(name).await.map_err(unreadable)
    }
}
