//! Sends the mails that say what people are told: each from the outbox, with retries, and once a day what was gathered.

use serde_json::Value;

use super::{Worker, runner::Setback};
use crate::{
    connectors::mail::{Mail, MailError},
    domain::ids::{MailId, UserId},
    service::{Error, notify},
    store::notifications,
};

/// An id in the payload of a job.
fn id<T: std::str::FromStr>(payload: &Value, name: &str) -> Result<T, Setback> {
    payload[name].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| Setback::Final(format!("a job without its {name}")))
}

impl Worker {
    /// Sends a mail. A crash after the server took it sends it again, under the same id.
    pub(super) async fn send_mail(&self, payload: &Value) -> Result<(), Setback> {
        let id: MailId = id(payload, "mail")?;
        let found = notifications::unsent_mail(&mut self.context.db.read().await.map_err(Error::from)?, id).await.map_err(Error::from)?;
        let Some(mail) = found else { return Ok(()) };
        let Some(mailer) = &self.settings.mail else {
            return Err(Setback::Final("No mail server is set. Set mail.server, then try this again.".to_owned()));
        };
        let name = mail.id.to_string();
        let reply_to = notify::reply_address(&self.context, &mail);
        let outgoing = Mail {
            id: &name,
            to: &mail.address,
            subject: &mail.subject,
            body: &mail.body,
            reply_to: reply_to.as_deref(),
            at: mail.created_at,
        };
        mailer.send(outgoing).await.map_err(|error| match error {
            MailError::Later(_) => Setback::Later(error.to_string()),
            MailError::Never(_) => Setback::Final(format!("to {}: {error}", mail.address)),
        })?;
        let mut tx = self.context.db.begin().await.map_err(Error::from)?;
        notifications::mail_sent(&mut tx, id, self.context.now()).await.map_err(Error::from)?;
        Ok(tx.commit().await.map_err(Error::from)?)
    }

    /// Writes a person's mail of the day.
    pub(super) async fn write_digest(&self, payload: &Value) -> Result<(), Setback> {
        let user: UserId = id(payload, "user")?;
        Ok(notify::digest(&self.context, user).await?)
    }
}
