//! What a mail says: who wrote it, where it went, its text, its files, and whether a program wrote it. What becomes of it
//! is decided elsewhere.

use mail_parser::{Message, MessageParser, MimeHeaders};

/// A mail that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The address it says it is from, in lower case; empty where it says none.
    pub sender: String,
    /// The name beside it.
    pub name: String,
    /// Its subject; may be empty.
    pub subject: String,
    /// What mail programs know it by.
    pub id: Option<String>,
    /// Every header that names a receiver, as it stands there.
    pub receivers: String,
    /// A program wrote it, not a person: how that can be told.
    pub automatic: Option<&'static str>,
    /// Its text; HTML has become text where there is nothing else.
    pub text: String,
    /// Its files.
    pub files: Vec<File>,
}

/// A file in a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, as given.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Headers that name who a mail is for. Those of the envelope are written by the server that delivered it.
const RECEIVERS: [&str; 6] = ["to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-rcptto"];

/// Reads a mail; none where it is none.
pub fn read(bytes: &[u8]) -> Option<Letter> {
    let mail = MessageParser::default().parse(bytes)?;
    let from = mail.from().and_then(|from| from.first());
    let files =
        mail.attachments().map(|part| File { name: part.attachment_name().unwrap_or("file").to_owned(), bytes: part.contents().to_vec() });
    Some(Letter {
        sender: from.and_then(|from| from.address()).unwrap_or_default().trim().to_lowercase(),
        name: from.and_then(|from| from.name()).unwrap_or_default().to_owned(),
        subject: one_line(mail.subject().unwrap_or_default()),
        id: mail.message_id().map(str::to_owned),
        receivers: headers(&mail, |name| RECEIVERS.contains(&name)).collect::<Vec<_>>().join("\n"),
        automatic: automatic(&mail),
        text: (0..mail.text_body_count()).filter_map(|part| mail.body_text(part)).collect::<Vec<_>>().join("\n").replace('\0', ""),
        files: files.collect(),
    })
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

/// The values of headers whose name, in lower case, is wanted.
fn headers<'x>(mail: &'x Message<'_>, wanted: impl Fn(&str) -> bool + 'x) -> impl Iterator<Item = &'x str> {
    mail.headers_raw().filter(move |(name, _)| wanted(&name.to_ascii_lowercase())).map(|(_, value)| value.trim())
}

/// How it can be told that a program wrote a mail (RFC 3834, RFC 3464, and what was usual before).
fn automatic(mail: &Message<'_>) -> Option<&'static str> {
    let says = |name: &'static str, test: fn(&str) -> bool| {
        headers(mail, move |header| header == name).any(|value| test(&value.to_ascii_lowercase()))
    };
    let is_report = mail.content_type().is_some_and(|kind| kind.ctype() == "multipart" && kind.subtype() == Some("report"));
    if says("auto-submitted", |value| !value.starts_with("no")) {
        Some("Auto-Submitted")
    } else if says("return-path", |value| value == "<>") {
        Some("Return-Path: <>")
    } else if says("precedence", |value| ["bulk", "junk", "list", "auto_reply"].contains(&value)) {
        Some("Precedence")
    } else if is_report {
        Some("multipart/report")
    } else if ["x-autoreply", "x-autorespond", "list-id"].into_iter().any(|name| says(name, |value| !value.is_empty())) {
        Some("X-Autoreply")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mail(headers: &str, body: &str) -> Letter {
        read(format!("From: Tom Weaver <Tom@Kestrel.example>\r\nTo: reply+1@r.example\r\n{headers}\r\n\r\n{body}\r\n").as_bytes()).unwrap()
    }

    #[test]
    fn who_wrote_what_to_whom_is_read() {
        let letter = mail("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <7@k.example>\r\nDelivered-To: box@r.example", "Thursday.");
        assert_eq!((letter.sender.as_str(), letter.name.as_str()), ("tom@kestrel.example", "Tom Weaver"));
        assert_eq!((letter.subject.as_str(), letter.id.as_deref()), ("Grüße", Some("7@k.example")));
        assert!(letter.receivers.contains("reply+1@r.example") && letter.receivers.contains("box@r.example"));
        assert_eq!((letter.text.trim(), letter.files.len(), letter.automatic), ("Thursday.", 0, None));
    }

    #[test]
    fn html_becomes_text_and_letters_of_old_programs_are_read() {
        let letter = mail("Content-Type: text/html; charset=utf-8", "<p>By <b>Thursday</b>.</p><script>alert(1)</script>");
        assert!(letter.text.contains("By Thursday.") && !letter.text.contains('<'), "{}", letter.text);
        let letter = mail("Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable", "Gr=FC=DFe");
        assert_eq!(letter.text.trim(), "Grüße");
    }

    #[test]
    fn files_are_taken_out_with_their_names() {
        let letter = mail(
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=X",
            "--X\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--X\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; \
             filename=\"note.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--X--",
        );
        assert_eq!(letter.text.trim(), "See the file.");
        assert_eq!(letter.files, [File { name: "note.pdf".to_owned(), bytes: b"%PDF-1.4\n".to_vec() }]);
    }

    #[test]
    fn what_a_program_wrote_is_told_from_what_a_person_wrote() {
        for headers in [
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated; owner-email=x@y.example",
            "Return-Path: <>",
            "Precedence: bulk",
            "X-Autoreply: yes",
            "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=X",
        ] {
            assert!(mail(headers, "I am away.").automatic.is_some(), "{headers}");
        }
        for headers in ["Auto-Submitted: no", "Return-Path: <tom@kestrel.example>", "Precedence: normal"] {
            assert_eq!(mail(headers, "Thursday.").automatic, None, "{headers}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_are_there_is_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400), head in any::<bool>()) {
            let bytes = if head { [b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n--X\r\n".as_slice(), &bytes].concat() } else { bytes };
            let _ = read(&bytes);
        }
    }
}
