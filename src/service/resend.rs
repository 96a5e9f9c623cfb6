//! Sending a document again as it is: the same bytes and control numbers, so that a counterpart who has it already
//! recognises the repeat. Documents are not written anew here; a corrected one is a new document.

use super::{Context, Error, Result, exchange::view::can_send_again, history::signature, outbox};
use crate::{
    domain::{
        access::{Actor, Permission},
        document::DocumentStatus,
        ids::DocumentId,
    },
    store::{
        Conn,
        documents::{self, Document},
        resend,
        transmissions::{self, Transmission},
    },
};

/// Queues the bytes of a document again. A file that never left is only tried at once; one that left goes out under a
/// new name, because a transport takes a name that it knows for a repeat and sends nothing.
pub async fn again(context: &Context, actor: &Actor, id: DocumentId) -> Result<()> {
    if !actor.may(Permission::Operate) {
        return Err(Error::NotFound);
    }
    let mut tx = context.db.begin().await?;
    let document = documents::find(&mut tx, actor.scope(), id).await?.ok_or(Error::NotFound)?;
    let (Some(transmission), Some(receiver), true) = (document.transmission_id, document.receiver_id, can_send_again(&document)) else {
        return Err(Error::Conflict("This document is not waiting to be sent again. Look at its state.".to_owned()));
    };
    let first = transmissions::find_transmission(&mut tx, transmission).await?.ok_or(Error::NotFound)?;
    if first.route_id.is_none() {
        return Err(Error::Conflict("This document stayed inside the portal: there is nobody to send it to again.".to_owned()));
    }
    if document.status == DocumentStatus::SendFailed && first.handle.is_none() {
        outbox::note(context, &mut tx, document.id, document.status, &signature(actor), "Tried again at once").await?;
    } else {
        repeat(context, &mut tx, actor, &first).await?;
    }
    outbox::hasten(context, &mut tx, receiver).await?;
    tx.commit().await?;
    context.live.publish(document.counterparty_id);
    Ok(())
}

/// A new transmission with the bytes of an earlier one.
async fn repeat(context: &Context, conn: &mut Conn, actor: &Actor, first: &Transmission) -> Result<()> {
    let sendings = resend::sendings(conn, &first.file).await?;
    let next = Transmission {
        id: context.id(),
        name: repeated_name(&first.name, sendings + 1),
        handle: None,
        status: "submitted".to_owned(),
        failure: None,
        delivered_at: None,
        created_at: context.now(),
        ..first.clone()
    };
    transmissions::insert_transmission(conn, &next).await?;
    let held: Vec<Document> = documents::of_transmission(conn, first.id).await?;
    resend::repeat(conn, first.id, &next, context.now()).await?;
    for document in held {
        let words = format!("Sent again as {}", next.name);
        outbox::note(context, conn, document.id, DocumentStatus::Submitted, &signature(actor), &words).await?;
    }
    Ok(())
}

/// `850_ZZ-CASTELLAN_01-079423518_000000007.edi` is sent again as `850_ZZ-CASTELLAN_01-079423518_000000007-2.edi`.
fn repeated_name(name: &str, sending: i64) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "edi"));
    let stem = stem.rsplit_once('-').filter(|(_, count)| count.len() < 4 && count.parse::<i64>().is_ok()).map_or(stem, |(stem, _)| stem);
    format!("{stem}-{sending}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::repeated_name;

    #[test]
    fn every_sending_has_a_name_of_its_own() {
        assert_eq!(repeated_name("850_ZZ-CASTELLAN_01-079423518_000000007.edi", 2), "850_ZZ-CASTELLAN_01-079423518_000000007-2.edi");
        assert_eq!(repeated_name("850_ZZ-CASTELLAN_01-079423518_000000007-2.edi", 3), "850_ZZ-CASTELLAN_01-079423518_000000007-3.edi");
    }
}
