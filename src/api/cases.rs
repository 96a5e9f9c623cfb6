//! Opening a case, writing in it, moving it on.

use leptos::prelude::*;

use super::error::ApiError;
use crate::service::cases::dispute::DisputeEntry;

/// Opens a case.
#[server(prefix = "/do", endpoint = "open-case")]
pub async fn open_case(
    #[server(default)] kind: String,
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] priority: String,
    #[server(default)] partner: String,
    #[server(default)] order: String,
    #[server(default)] shipment: String,
    #[server(default)] invoice: String,
    #[server(default)] payment: String,
) -> Result<(), ApiError> {
    use crate::service::cases::open::{self, CaseForm};
    let (context, reader) = super::actor().await?;
    let form = CaseForm { kind, title, text, priority, partner, order, shipment, invoice, payment };
    let id = open::open(&context, &reader.actor, &form).await?;
    super::say("The case is open. You see here when it is answered.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Writes in a case.
#[server(prefix = "/do", endpoint = "write-case")]
pub async fn write_case(
    case: String,
    #[server(default)] visibility: String,
    #[server(default)] text: String,
    #[server(default)] seen: String,
) -> Result<(), ApiError> {
    use crate::{
        domain::{access::Permission, case::Addressee},
        service::cases::write,
    };
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    // What the hub writes is its own unless it says who shall read it; a partner writes to the hub.
    let chosen = Addressee::read(&visibility).unwrap_or(Addressee::Internal);
    let to = if reader.actor.may(Permission::Operate) { chosen } else { Addressee::Partner };
    write::write_after(&context, &reader.actor, id, to, &text, seen.parse().ok()).await?;
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Moves a case on.
#[server(prefix = "/do", endpoint = "move-case")]
pub async fn move_case(
    case: String,
    #[server(default)] version: String,
    #[server(default)] status: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::{
        service::{self, cases::write},
        text,
    };
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let version = version.parse().map_err(|_| service::Error::field("", "Open the case again and decide there."))?;
    let next = status.parse().map_err(|()| service::Error::field("", "Choose what is next."))?;
    write::move_for(&context, &reader.actor, id, version, next, &reason).await?;
    super::say(format!("The case is now: {}.", text::case_status(next, reader.actor.audience).to_lowercase()));
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Opens a dispute about an order, a shipment or an invoice.
#[server(prefix = "/do", endpoint = "open-dispute")]
pub async fn open_dispute(
    #[server(default)] order: String,
    #[server(default)] shipment: String,
    #[server(default)] invoice: String,
    #[server(default)] reason: String,
    #[server(default)] action: String,
    #[server(default)] text: String,
    #[server(default)] lines: Vec<DisputeEntry>,
) -> Result<(), ApiError> {
    use crate::service::cases::dispute::{self, DisputeForm};
    let (context, reader) = super::actor().await?;
    let form = DisputeForm { order, shipment, invoice, reason, action, text, lines };
    let id = dispute::open(&context, &reader.actor, &form).await?;
    super::say("The dispute is open. The documents of this trade are attached to it.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Takes things as they are after all: ends a dispute that one's own side opened.
#[server(prefix = "/do", endpoint = "accept-as-is")]
pub async fn accept_as_is(case: String) -> Result<(), ApiError> {
    use crate::service::cases::dispute;
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    dispute::accept(&context, &reader.actor, id).await?;
    super::say("The dispute is over: it is accepted as it is.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Sends the credit note that ends a dispute.
#[server(prefix = "/do", endpoint = "send-credit")]
pub async fn send_credit(case: String, #[server(default)] number: String, #[server(default)] extent: String) -> Result<(), ApiError> {
    use crate::service::cases::credit::{self, CreditForm};
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    credit::send(&context, &reader.actor, id, &CreditForm { number: number.clone(), extent }).await?;
    super::say(format!("Credit note {} is on its way, and the dispute is over.", number.trim()));
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Links a case to another one by its number, or makes it part of that one.
#[server(prefix = "/do", endpoint = "link-case")]
pub async fn link_case(case: String, #[server(default)] number: String, #[server(default)] how: String) -> Result<(), ApiError> {
    use crate::{domain::case::Link, service::cases::relate};
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    if how == Link::PartOf.as_str() {
        let other = relate::merge(&context, &reader.actor, id, &number).await?;
        super::say(format!("This case is now part of {other}: what was written here is read there."));
    } else {
        let other = relate::relate(&context, &reader.actor, id, &number).await?;
        super::say(format!("{other} is linked."));
    }
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Undoes what links a case to another one.
#[server(prefix = "/do", endpoint = "separate-cases")]
pub async fn separate_cases(case: String, #[server(default)] number: String) -> Result<(), ApiError> {
    use crate::{domain::case::Link, service::cases::relate};
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let (other, undone) = relate::separate(&context, &reader.actor, id, &number).await?;
    super::say(match undone {
        Link::Related => format!("{other} is not linked any more."),
        Link::PartOf => format!("This case and {other} are two cases again, each with what was written in it."),
    });
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Links an order, a shipment, an invoice or a payment that a case is about, or one line of it.
#[server(prefix = "/do", endpoint = "link-to-case")]
pub async fn link_to_case(
    case: String,
    #[server(default)] about: String,
    #[server(default)] about_number: String,
    #[server(default)] about_line: String,
) -> Result<(), ApiError> {
    use crate::service::cases::refer::{self, ReferenceForm};
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let form = ReferenceForm { kind: about, number: about_number, line: about_line };
    let words = refer::add(&context, &reader.actor, id, &form).await?;
    super::say(format!("{words} is linked to this case."));
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Takes away something that a case is not about after all.
#[server(prefix = "/do", endpoint = "unlink-from-case")]
pub async fn unlink_from_case(
    case: String,
    #[server(default)] about: String,
    #[server(default)] about_number: String,
    #[server(default)] about_line: String,
) -> Result<(), ApiError> {
    use crate::service::cases::refer::{self, ReferenceForm};
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let form = ReferenceForm { kind: about, number: about_number, line: about_line };
    let words = refer::remove(&context, &reader.actor, id, &form).await?;
    super::say(format!("{words} is not linked to this case any more."));
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Withdraws a file that was attached by mistake. The form says which page it came from.
#[server(prefix = "/do", endpoint = "withdraw-file")]
pub async fn withdraw_file(case: String, attachment: String, #[server(default)] why: String) -> Result<(), ApiError> {
    use crate::service::cases::withdraw;
    let (context, reader) = super::actor().await?;
    let case = case.parse().map_err(|_| ApiError::NotFound)?;
    let id = attachment.parse().map_err(|_| ApiError::NotFound)?;
    let name = withdraw::withdraw(&context, &reader.actor, case, id, &why).await?;
    super::say(format!("{name} is withdrawn. Nobody can open it any more."));
    Ok(())
}

/// Says how well a case was settled.
#[server(prefix = "/do", endpoint = "rate-case")]
pub async fn rate_case(case: String, #[server(default)] score: String, #[server(default)] word: String) -> Result<(), ApiError> {
    use crate::service::cases::rate;
    let (context, reader) = super::actor().await?;
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    rate::rate(&context, &reader.actor, id, &score, &word).await?;
    super::say("Thank you. The buyer reads it.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}
