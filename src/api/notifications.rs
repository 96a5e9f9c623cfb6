//! What a person is told, and how they want to be told.

use leptos::prelude::*;

use super::error::ApiError;
use crate::{
    domain::notification::Topic,
    service::notify::inbox::{self, SettingsForm},
    text,
};

/// Notes that a notification is read, and goes where it leads.
#[server(prefix = "/do", endpoint = "open-notification")]
pub async fn open_notification(notification: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let id = notification.parse().map_err(|_| ApiError::NotFound)?;
    super::go(&inbox::read(&context, &reader.actor, id).await?);
    Ok(())
}

/// Notes that a notification is read.
#[server(prefix = "/do", endpoint = "read-notification")]
pub async fn read_notification(notification: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    inbox::read(&context, &reader.actor, notification.parse().map_err(|_| ApiError::NotFound)?).await?;
    super::go("/notifications");
    Ok(())
}

/// Notes that all are read that had come when the page was made.
#[server(prefix = "/do", endpoint = "read-notifications")]
pub async fn read_notifications(#[server(default)] until: String) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let until = until.parse().map_err(|_| ApiError::NotFound)?;
    let read = inbox::read_all(&context, &reader.actor, until).await?;
    super::say(format!("{} marked as read.", text::count(read, "notification", "notifications")));
    super::go("/notifications");
    Ok(())
}

/// Saves how a person wants to be told.
#[server(prefix = "/do", endpoint = "notification-settings")]
pub async fn notification_settings(
    #[server(default)] document_refused: String,
    #[server(default)] assigned: String,
    #[server(default)] case_message: String,
    #[server(default)] escalated: String,
    #[server(default)] order_changed: String,
    #[server(default)] exception_found: String,
    #[server(default)] payment_told: String,
    #[server(default)] notice: String,
    #[server(default)] quiet_from: String,
    #[server(default)] quiet_to: String,
    #[server(default)] digest_at: String,
) -> Result<(), ApiError> {
    let (context, reader) = super::actor().await?;
    let ways = vec![
        (Topic::DocumentRefused, document_refused),
        (Topic::Assigned, assigned),
        (Topic::CaseMessage, case_message),
        (Topic::Escalated, escalated),
        (Topic::OrderChanged, order_changed),
        (Topic::ExceptionFound, exception_found),
        (Topic::PaymentTold, payment_told),
        (Topic::Notice, notice),
    ];
    inbox::save(&context, &reader.actor, &SettingsForm { ways, quiet_from, quiet_to, digest_at }).await?;
    super::say("Saved. It counts for what happens from now on.");
    super::go("/notifications/settings");
    Ok(())
}
