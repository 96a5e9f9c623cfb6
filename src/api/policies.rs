//! What the hub promises and when it works.

use leptos::prelude::*;

use super::error::ApiError;
use crate::{
    domain::ids::{CalendarId, PolicyId},
    service::{
        self,
        policies::{self, PolicyForm, StepForm, calendars::CalendarForm},
    },
};

/// The row a form was made for, and its version; none where the form makes a new one.
fn known<T: std::str::FromStr>(id: &str, version: &str) -> Result<Option<(T, i64)>, ApiError> {
    if id.is_empty() {
        return Ok(None);
    }
    let id = id.parse().map_err(|_| ApiError::NotFound)?;
    let version = version.parse().map_err(|_| service::Error::field("", "Open the page again and change it there."))?;
    Ok(Some((id, version)))
}

/// Saves a policy.
#[server(prefix = "/do", endpoint = "save-policy")]
pub async fn save_policy(
    #[server(default)] policy: String,
    #[server(default)] version: String,
    #[server(default)] name: String,
    #[server(default)] kind: String,
    #[server(default)] priority: String,
    #[server(default)] partner: String,
    #[server(default)] first: String,
    #[server(default)] next: String,
    #[server(default)] resolution: String,
    #[server(default)] calendar: String,
    #[server(default)] steps: Vec<StepForm>,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let known = known::<PolicyId>(&policy, &version)?;
    let form = PolicyForm { name, kind, priority, partner, first, next, resolution, calendar, steps };
    policies::save(&context, &reader.actor, known, &form).await?;
    super::say(format!("{} is saved. Open cases are counted by it in a moment.", form.name.trim()));
    super::go("/policies");
    Ok(())
}

/// Removes a policy.
#[server(prefix = "/do", endpoint = "remove-policy")]
pub async fn remove_policy(policy: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    policies::remove(&context, &reader.actor, policy.parse().map_err(|_| ApiError::NotFound)?).await?;
    super::say("The policy is removed. Its cases are counted by the next one that fits.");
    super::go("/policies");
    Ok(())
}

/// Saves a calendar.
#[server(prefix = "/do", endpoint = "save-calendar")]
pub async fn save_calendar(
    #[server(default)] calendar: String,
    #[server(default)] version: String,
    #[server(default)] name: String,
    #[server(default)] zone: String,
    #[server(default)] monday: String,
    #[server(default)] tuesday: String,
    #[server(default)] wednesday: String,
    #[server(default)] thursday: String,
    #[server(default)] friday: String,
    #[server(default)] saturday: String,
    #[server(default)] sunday: String,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let known = known::<CalendarId>(&calendar, &version)?;
    let form = CalendarForm { name, zone, week: [monday, tuesday, wednesday, thursday, friday, saturday, sunday] };
    let id = policies::calendars::save(&context, &reader.actor, known, &form).await?;
    super::say(match known {
        Some(_) => "The calendar is saved. Open cases are counted by it in a moment.",
        None => "The calendar is added. Enter its days off next.",
    });
    super::go(&format!("/calendars/{id}"));
    Ok(())
}

/// Removes a calendar.
#[server(prefix = "/do", endpoint = "remove-calendar")]
pub async fn remove_calendar(calendar: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    policies::calendars::remove(&context, &reader.actor, calendar.parse().map_err(|_| ApiError::NotFound)?).await?;
    super::say("The calendar is removed.");
    super::go("/calendars");
    Ok(())
}

/// Adds a day off to a calendar.
#[server(prefix = "/do", endpoint = "add-holiday")]
pub async fn add_holiday(calendar: String, #[server(default)] on: String, #[server(default)] holiday: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id: CalendarId = calendar.parse().map_err(|_| ApiError::NotFound)?;
    policies::calendars::add_holiday(&context, &reader.actor, id, &on, &holiday).await?;
    super::say(format!("{} is a day off.", holiday.trim()));
    super::go(&format!("/calendars/{id}"));
    Ok(())
}

/// Makes a day off of a calendar a usual day again.
#[server(prefix = "/do", endpoint = "remove-holiday")]
pub async fn remove_holiday(calendar: String, on: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id: CalendarId = calendar.parse().map_err(|_| ApiError::NotFound)?;
    policies::calendars::remove_holiday(&context, &reader.actor, id, &on).await?;
    super::say("That day is a usual day again.");
    super::go(&format!("/calendars/{id}"));
    Ok(())
}
