//! Signing in, and a person's own account.

pub mod password;
pub mod profile;
pub mod sessions;
pub mod sign_in;

use leptos::prelude::*;

use crate::ui::{PageHead, Tab, Tabs};

/// The head of the account pages, and the tabs between them.
fn head(title: &'static str, path: &str) -> impl IntoView + use<> {
    let path = path.split('?').next().unwrap_or_default();
    let tabs = [("/account", "Profile"), ("/account/password", "Password"), ("/account/sessions", "Where you are signed in")];
    let tabs = tabs
        .into_iter()
        .map(|(href, label)| Tab {
            href: href.to_owned(),
            label: label.to_owned(),
            count: None,
            heat: crate::ui::Heat::Calm,
            current: href == path,
        })
        .collect();
    view! { <PageHead title=title/> <Tabs label="Your account" tabs=tabs/> }
}
