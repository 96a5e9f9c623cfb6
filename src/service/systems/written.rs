//! What was written or attached in another system, as it stands here.

use crate::{
    domain::{
        case::{Readers, Visibility},
        ids::OrganisationId,
        sla::Side,
    },
    service::Context,
    store::cases::{Case, Message},
};

/// Something written there.
pub(in crate::service) struct Said<'a> {
    /// The system it was written in.
    pub origin: &'a str,
    /// What that system calls it.
    pub origin_id: Option<String>,
    /// The person or system.
    pub author: &'a str,
    /// On which side they stand.
    pub side: Side,
    /// Who may read it.
    pub visibility: Visibility,
    /// The words.
    pub text: String,
}

/// Whom somebody on a side of a case writes for: the partner the case is with, or nobody that is named.
pub(in crate::service) fn organisation(case: &Case, side: Side) -> Option<OrganisationId> {
    (side == Side::Partner).then_some(case.counterparty_id)
}

/// Who may read what is said there: what is for partners is for the one that the case is with, and for no other who takes part.
pub(in crate::service) fn readers(case: &Case, visibility: Visibility) -> Readers {
    match visibility {
        Visibility::Internal => Readers::HUB,
        Visibility::Partner => Readers::one(case.counterparty_id),
    }
}

/// The message of a case.
pub(in crate::service) fn message(context: &Context, case: &Case, said: Said<'_>) -> Message {
    let readers = readers(case, said.visibility);
    Message {
        id: context.id(),
        case_id: case.id,
        visibility: readers.visibility,
        reader_id: readers.only,
        side: said.side,
        author: said.author.to_owned(),
        organisation_id: organisation(case, said.side),
        body: said.text,
        origin: said.origin.to_owned(),
        origin_id: said.origin_id,
        at: context.now(),
    }
}
