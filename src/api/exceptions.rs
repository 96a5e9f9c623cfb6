//! What people do about exceptions, and how rules are set.

use leptos::prelude::*;

use super::error::ApiError;

/// Notes that a step was done, or takes that back.
#[server(prefix = "/do", endpoint = "exception-step")]
pub async fn exception_step(exception: String, #[server(default)] step: String, #[server(default)] done: String) -> Result<(), ApiError> {
    use crate::service::{self, exceptions::act};
    let (context, reader) = super::actor().await?;
    let id = exception.parse().map_err(|_| ApiError::NotFound)?;
    let step = step.parse().map_err(|_| service::Error::field("step", "There is no such step. Look at the steps again."))?;
    act::step(&context, &reader.actor, id, step, done != "no").await?;
    super::go(&format!("/exceptions/{exception}#steps"));
    Ok(())
}

/// Gives an exception to a person of one's own side, or to nobody.
#[server(prefix = "/do", endpoint = "assign-exception")]
pub async fn assign_exception(
    exception: String,
    #[server(default)] seen: String,
    #[server(default)] person: String,
) -> Result<(), ApiError> {
    use crate::service::exceptions::assign;
    let (context, reader) = super::actor().await?;
    let id = exception.parse().map_err(|_| ApiError::NotFound)?;
    let is_mine = reader.actor.user().is_some_and(|user| user.to_string() == person);
    let name = assign::assign(&context, &reader.actor, id, &seen, &person).await?;
    super::say(match name {
        _ if is_mine => "It is in your hands.".to_owned(),
        Some(name) => format!("It is in the hands of {name}."),
        None => "It is in nobody's hands any more.".to_owned(),
    });
    super::go(&format!("/exceptions/{exception}"));
    Ok(())
}

/// Says that an exception is settled.
#[server(prefix = "/do", endpoint = "settle-exception")]
pub async fn settle_exception(exception: String, #[server(default)] note: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = exception.parse().map_err(|_| ApiError::NotFound)?;
    crate::service::exceptions::act::settle(&context, &reader.actor, id, &note).await?;
    super::say("It is settled. It opens again if something about it changes.");
    super::go(&format!("/exceptions/{exception}"));
    Ok(())
}

/// Opens a case about an exception.
#[server(prefix = "/do", endpoint = "exception-case")]
pub async fn exception_case(exception: String, #[server(default)] title: String, #[server(default)] text: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = exception.parse().map_err(|_| ApiError::NotFound)?;
    let case = crate::service::exceptions::act::open_case(&context, &reader.actor, id, &title, &text).await?;
    super::say("The case is open. You see here when it is answered.");
    super::go(&format!("/cases/{case}"));
    Ok(())
}

/// Sets a rule.
#[server(prefix = "/do", endpoint = "save-rule")]
pub async fn save_rule(
    #[server(default)] kind: String,
    #[server(default)] partner: String,
    #[server(default)] document: String,
    #[server(default)] on: String,
    #[server(default)] threshold: String,
    #[server(default)] repeats: String,
    #[server(default)] calendar: String,
) -> Result<(), ApiError> {
    use crate::{
        service::exceptions::rules::{self, RuleForm},
        text,
    };
    let (context, reader) = super::actor().await?;
    let form = RuleForm { kind, partner, document, on, threshold, repeats, calendar };
    let kind = rules::save(&context, &reader.actor, &form).await?;
    super::say(format!("The rule “{}” is set. What it finds shows within minutes.", text::exception(kind)));
    super::go("/rules");
    Ok(())
}

/// Takes a setting away, so that the next closest one counts.
#[server(prefix = "/do", endpoint = "remove-rule")]
pub async fn remove_rule(rule: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = rule.parse().map_err(|_| ApiError::NotFound)?;
    crate::service::exceptions::rules::remove(&context, &reader.actor, id).await?;
    super::say("That setting is taken away; the next closest one counts again.");
    super::go("/rules");
    Ok(())
}
