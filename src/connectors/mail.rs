//! Sends mail over SMTP. It knows a server and an address to send from; what is said, and to whom, is decided elsewhere.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{self, authentication::Credentials},
};

use crate::domain::time::Timestamp;

/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a mail server is reached.
#[derive(Clone, Copy)]
pub struct Server<'a> {
    /// `smtps://host` (TLS), `smtp://host?tls=required` (STARTTLS) or `smtp://host` (in the clear), each with a port if needed.
    pub address: &'a str,
    /// Who signs in there; nobody where the server asks for none.
    pub user: Option<&'a str>,
    /// The password.
    pub password: Option<&'a str>,
    /// Who the mails are from: `portal@example.com` or `Castellan <portal@example.com>`.
    pub from: &'a str,
}

/// Sends mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A mail to be sent.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    /// Unique; the same mail sent again has the same, so that it can be recognised.
    pub id: &'a str,
    /// Mail address.
    pub to: &'a str,
    /// One line.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
    /// Where an answer goes; to whoever it is from where none is named.
    pub reply_to: Option<&'a str>,
    /// When it was written.
    pub at: Timestamp,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may be taken later.
    #[error("the mail server did not take it: {0}")]
    Later(String),
    /// It fares the same until somebody changes something.
    #[error("the mail cannot be sent: {0}")]
    Never(String),
}

impl Mailer {
    /// A mailer for a server; says what cannot be used. Nothing is sent yet.
    pub fn new(server: Server<'_>) -> Result<Self, String> {
        // It would be shown wherever the address is, and go round what is asked of a password here.
        if server.address.contains('@') {
            return Err("Leave user and password out of mail.server; set mail.user and mail.password.".to_owned());
        }
        let from: Mailbox = server.from.parse().map_err(|error| format!("mail.from {} is no mail address: {error}", server.from))?;
        if server.password.is_some() && !is_private(server.address) {
            return Err("mail.password would travel in the clear. Use smtps://HOST, or smtp://HOST?tls=required.".to_owned());
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(server.address);
        let builder = builder.map_err(|error| format!("mail.server cannot be used: {error}. Write it as smtps://mail.example.com."))?;
        let builder = builder.timeout(Some(PATIENCE));
        let builder = match (server.user, server.password) {
            (Some(user), Some(password)) => builder.credentials(Credentials::new(user.to_owned(), password.to_owned())),
            (None, None) => builder,
            _ => return Err("mail.user and mail.password go together. Set both, or neither.".to_owned()),
        };
        Ok(Self { transport: builder.build(), from })
    }

    /// Sends a mail; done when the server has taken it.
    pub async fn send(&self, mail: Mail<'_>) -> Result<(), MailError> {
        let to: Address = mail.to.parse().map_err(|error| MailError::Never(format!("{} is no mail address: {error}", mail.to)))?;
        let micros = u64::try_from(mail.at.micros()).unwrap_or_default();
        let builder = match mail.reply_to.map(str::parse::<Address>) {
            Some(Ok(address)) => Message::builder().reply_to(Mailbox::new(self.from.name.clone(), address)),
            Some(Err(error)) => return Err(MailError::Never(format!("the address for answers is none: {error}"))),
            None => Message::builder(),
        };
        let message = builder
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.to_owned())
            .map_err(|error| MailError::Never(error.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // What keeps us from signing in is mended by somebody, and then every mail leaves.
            Err(error) if error.is_permanent() && !is_about_signing_in(&error) => Err(MailError::Never(error.to_string())),
            Err(error) => Err(MailError::Later(error.to_string())),
        }
    }

    /// Whether the server answers and lets us in.
    pub async fn check(&self) -> Result<(), String> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer as one".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Whether a server refuses us and not the mail: 530, 534, 535, 538 (RFC 4954, section 6).
fn is_about_signing_in(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538))
}

/// Whether nobody on the way can read what is said to a server.
fn is_private(address: &str) -> bool {
    let rest = address.strip_prefix("smtp://").unwrap_or_default();
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let is_here = ["localhost", "127.0.0.1", "[::1]"].iter().any(|here| host == *here || host.starts_with(&format!("{here}:")));
    address.starts_with("smtps://") || address.contains("tls=required") || is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str, user: Option<&str>, password: Option<&str>) -> Option<String> {
        Mailer::new(Server { address, user, password, from: "Castellan <portal@example.com>" }).err()
    }

    #[test]
    fn a_password_travels_only_where_nobody_reads_along() {
        let login = |address| refused(address, Some("portal"), Some("secret"));
        assert!(login("smtp://mail.example.com").unwrap().contains("in the clear"));
        assert!(login("smtp://localhost.example.com:25").unwrap().contains("in the clear"));
        assert_eq!(login("smtps://mail.example.com"), None);
        assert_eq!(login("smtp://mail.example.com:587?tls=required"), None);
        assert_eq!(login("smtp://localhost:2525"), None);
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        assert_eq!(refused("smtp://mail.example.com", None, None), None);
        assert!(refused("mail.example.com", None, None).unwrap().contains("smtps://"));
        assert!(refused("smtps://mail.example.com", Some("portal"), None).unwrap().contains("go together"));
        let from = Mailer::new(Server { address: "smtps://mail.example.com", user: None, password: None, from: "nobody" });
        assert!(from.err().unwrap().contains("mail.from"));
    }
}
