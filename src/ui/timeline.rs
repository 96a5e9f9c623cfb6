//! Timeline: icon, what, when at the right, old and new value, who or which system. What is to come is hollow.

use leptos::prelude::*;

use super::{chip::Role, icon::Icon};

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Stays the same between two drawings of the page; for live updates.
    pub key: String,
    /// The drawing.
    pub icon: Icon,
    /// Its colour.
    pub role: Role,
    /// It has not happened yet.
    pub future: bool,
    /// What: "Held at customs".
    pub what: String,
    /// When, for reading: "Mon 14:20".
    pub when: String,
    /// The same in ISO 8601, for machines.
    pub when_iso: Option<String>,
    /// Old value, struck through.
    pub was: Option<String>,
    /// New value.
    pub now: Option<String>,
    /// Several changes: what, old, new. An old value may be empty.
    pub changes: Vec<(String, String, String)>,
    /// A line of detail.
    pub detail: Option<String>,
    /// Link on the detail.
    pub href: Option<String>,
    /// Who, or which system.
    pub who: Option<String>,
}

impl Entry {
    /// An entry that says what and when.
    pub fn new(key: impl Into<String>, icon: Icon, role: Role, what: impl Into<String>, when: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            icon,
            role,
            future: false,
            what: what.into(),
            when: when.into(),
            when_iso: None,
            was: None,
            now: None,
            changes: Vec::new(),
            detail: None,
            href: None,
            who: None,
        }
    }

    fn view(self) -> impl IntoView {
        let class = if self.future { "future" } else { self.role.class() };
        let change = self.now.map(|now| {
            let was = self.was.map(|was| view! { <span class="was">{was}</span>" → " });
            view! { <p>{was}<span class="now-value">{now}</span></p> }
        });
        let changes: Vec<_> = self
            .changes
            .into_iter()
            .map(|(what, was, now)| {
                let was = (!was.is_empty()).then(|| view! { <span class="was">{was}</span>" → " });
                view! { <p>{what}" "{was}<span class="now-value">{now}</span></p> }
            })
            .collect();
        let detail = self.detail.map(|detail| match self.href {
            Some(href) => view! { <p><a href=href>{detail}</a></p> }.into_any(),
            None => view! { <p>{detail}</p> }.into_any(),
        });
        view! {
            <li class=class data-key=self.key>
                {self.icon.svg()}
                <div>
                    <p class="head"><b>{self.what}</b><time datetime=self.when_iso>{self.when}</time></p>
                    {change}
                    {changes}
                    {detail}
                    {self.who.map(|who| view! { <p class="who">{who}</p> })}
                </div>
            </li>
        }
    }
}

/// A list of entries. Newest on top where people act, oldest on top where people follow.
#[component]
pub fn Timeline(
    entries: Vec<Entry>,
    /// Key under which live updates reconcile the entries.
    #[prop(optional, into)]
    live: Option<String>,
) -> impl IntoView {
    let items: Vec<_> = entries.into_iter().map(Entry::view).collect();
    view! { <ol class="timeline" data-live=live>{items}</ol> }.into_any()
}
