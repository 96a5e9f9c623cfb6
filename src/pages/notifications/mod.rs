//! Notifications: what a person was told, and how they want to be told.

pub mod list;
pub mod settings;
#[cfg(test)]
mod tests;

use leptos::prelude::*;

use crate::ui::{Heat, Tab, Tabs};

/// The ways between the pages of notifications.
fn tabs(current: &str, unread: u64) -> impl IntoView + use<> {
    let tab = |href: &str, label: &str, count: Option<u64>| Tab {
        href: href.to_owned(),
        label: label.to_owned(),
        count: count.map(crate::text::number),
        heat: if count.is_some_and(|count| count > 0) { Heat::Hot } else { Heat::Calm },
        current: href == current,
    };
    let tabs = vec![
        tab("/notifications", "All", None),
        tab("/notifications?tab=unread", "Not read", Some(unread)),
        tab("/notifications/settings", "How you are told", None),
    ];
    view! { <Tabs label="Notifications" tabs=tabs/> }
}
