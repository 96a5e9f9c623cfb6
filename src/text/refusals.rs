//! Why events of other systems are refused, and what to do about it.

use crate::domain::refusal::Reason;

/// Why, in a few words.
pub const fn refusal(reason: Reason) -> &'static str {
    match reason {
        Reason::Unsigned => "Not signed",
        Reason::Stale => "Signed too long ago",
        Reason::Signature => "Signature does not fit",
        Reason::Size => "Too large",
        Reason::MediaType => "Unknown content type",
        Reason::Unreadable => "Not a readable event",
        Reason::Conflict => "Id used twice",
        Reason::Data => "Field cannot be used",
    }
}

/// What to do about it.
pub const fn refusal_step(reason: Reason) -> &'static str {
    match reason {
        Reason::Unsigned => "Have the sender sign each message as Standard Webhooks says. Where nobody of yours sends it, leave it.",
        Reason::Stale => "Compare the sender's clock with ours, and have a message signed anew each time it is sent.",
        Reason::Signature => "Give the sender the secret that is set here, and have it sign the bytes as they are sent.",
        Reason::Size => "Have the sender give large files as a url, and send fewer events at once.",
        Reason::MediaType => "Have the sender set the content type of CloudEvents.",
        Reason::Unreadable => "Give the sender the field and the reason: the message is not a CloudEvent as it stands.",
        Reason::Conflict => "Have the sender give every event an id of its own. The first one under this id counts.",
        Reason::Data => "Give the sender the field and the reason. Corrected, the event may come under the same id.",
    }
}
