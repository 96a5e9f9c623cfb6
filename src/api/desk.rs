//! Who works on a case.

use leptos::prelude::*;

use super::error::ApiError;

/// The case and the version a form was made for.
fn seen(case: &str, version: &str) -> Result<(crate::domain::ids::CaseId, i64), ApiError> {
    let id = case.parse().map_err(|_| ApiError::NotFound)?;
    let version = version.parse().map_err(|_| crate::service::Error::field("", "Open the case again and decide there."))?;
    Ok((id, version))
}

/// The person takes a case.
#[server(prefix = "/do", endpoint = "take-case")]
pub async fn take_case(case: String, #[server(default)] version: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let (id, version) = seen(&case, &version)?;
    crate::service::cases::assign::take(&context, &reader.actor, id, version).await?;
    super::say("The case is yours.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Gives a case to a person on a tier of support.
#[server(prefix = "/do", endpoint = "assign-case")]
pub async fn assign_case(
    case: String,
    #[server(default)] version: String,
    #[server(default)] person: String,
    #[server(default)] tier: String,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let (id, version) = seen(&case, &version)?;
    crate::service::cases::assign::assign(&context, &reader.actor, id, version, &person, &tier).await?;
    super::say("Saved. Whoever has the case now is told.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}

/// Says how urgent a case is.
#[server(prefix = "/do", endpoint = "prioritise-case")]
pub async fn prioritise_case(
    case: String,
    #[server(default)] version: String,
    #[server(default)] priority: String,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let (id, version) = seen(&case, &version)?;
    crate::service::cases::assign::prioritise(&context, &reader.actor, id, version, &priority).await?;
    super::say("Saved. What you promise for this priority counts from now on.");
    super::go(&format!("/cases/{id}"));
    Ok(())
}
