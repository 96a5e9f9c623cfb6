//! What is said of mail that came in.

use crate::domain::reply::Reason;

/// Why a person has to look at a mail, and what to do.
pub const fn mail_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Unreadable => "It cannot be read as a mail. The file is kept; ask its sender to send it again.",
        Reason::TooLarge => "It is too large. Ask its sender for smaller files, or to attach them in the portal.",
        Reason::Automatic => "A program wrote it: an absence, a failed delivery or a list. Look whether the person was reached.",
        Reason::Loop => {
            "It came from an address of the portal, or too many came in a short time: two programs may be answering each other."
        }
        Reason::NoAddress => "It does not say which case it is about. Choose the case, or set it aside.",
        Reason::BadAddress => "It went to an address that the portal did not give out. Somebody may have tried to guess one.",
        Reason::Expired => "It answers a mail of more than ninety days ago. Look whether it still belongs to that case.",
        Reason::OtherSender => "It came from another address than the one that was written to. Make sure who wrote it.",
        Reason::NoMember => "Its sender does not act for the partner any more. Make sure that the words are still theirs to say.",
        Reason::Empty => "It says nothing besides what it quotes.",
        Reason::Refused => "The case did not take it.",
    }
}

/// The subject of a mail, or that there is none.
pub fn mail_subject(subject: &str) -> &str {
    if subject.is_empty() { "(no subject)" } else { subject }
}

/// The address that a mail says it is from, or that there is none.
pub fn mail_sender(sender: &str) -> &str {
    if sender.is_empty() { "(no sender)" } else { sender }
}
