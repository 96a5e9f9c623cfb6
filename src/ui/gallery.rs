//! Every component in every state, on one page: to look at when one is changed, and to choose from when a page is
//! written. The words are examples. Shown at `/styleguide` to the people of the
//! company that runs the portal.

use leptos::prelude::*;

use super::{Button, ButtonLink, ChipData, Choice, Crumb, Dialog, Icon, PageHead, Role, SelectField, Weight};

mod answer;
mod forms;
mod list;
mod messages;
mod work;

/// The whole gallery, to be placed in a shell.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <PageHead
            title="Order 4500071832"
            chip=ChipData::new(Role::Warning, Icon::Turn, "To answer")
            as_of="As of 10:12 CET"
            crumbs=vec![Crumb::link("#main", "Orders"), Crumb::link("#main", "To answer"), Crumb::here("2 of 6")]
            actions=|| {
                view! {
                    <ButtonLink href="#main" label="PDF" weight=Weight::Quiet icon=Icon::Down/>
                    <ButtonLink href="#sure" label="Reject the order"/>
                    <ButtonLink href="#main" label="Check and send" weight=Weight::Main icon=Icon::Send/>
                }
            }
        >
            "Answer by "
            <strong class="warning-text">"today, 17:00 CET"</strong>
            ". After that the buyer is told it is missing."
        </PageHead>
        {work::facts_and_progress().into_any()}
        {work::work().into_any()}
        {list::list().into_any()}
        {answer::answer().into_any()}
        {forms::forms().into_any()}
        {messages::messages().into_any()}
        {messages::vocabulary().into_any()}
        <Dialog
            id="sure"
            title="Reject all 4 lines of 4500071832?"
            action="/styleguide"
            keep="Keep the order"
            decide=|| view! { <Button label="Reject the order" weight=Weight::Destructive/> }
        >
            <p>"The buyer looks for another source. You have 5 minutes to undo."</p>
            <SelectField
                name="why-all"
                label="Why?"
                blank="Choose a reason"
                choices=vec![Choice::new("date", "Cannot meet the dates"), Choice::new("price", "Price not agreed")]
            />
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use leptos::prelude::*;

    use super::Gallery;
    use crate::{
        islands::{Live, Shortcuts},
        ui::{
            AccountLink, ActFor, Brand, Button, ButtonLink, Door, Icon, Input, NavItem, Notice, PlainPage, Role, Shell, ShellData, Size,
            TextField, Theme, Weight,
        },
    };

    fn shell_data() -> ShellData {
        ShellData {
            brand: Brand { name: "Castellan".into(), tagline: "Partner portal".into() },
            path: "/styleguide".into(),
            nav: vec![
                NavItem::new("/", "Home", Icon::Home, false),
                NavItem::new("/orders", "Orders", Icon::Orders, true).letter('o'),
                NavItem::new("/shipments", "Shipments", Icon::Truck, false),
                NavItem::new("/invoices", "Invoices", Icon::Invoice, false),
                NavItem { group: Some("Company".into()), ..NavItem::new("/documents", "Documents", Icon::Doc, false) },
            ],
            foot: vec!["Times in CET, Utrecht".into(), "No fees for partners, ever".into()],
            organisation: "Ostermann Forge GmbH".into(),
            organisation_note: "Supplier 10482".into(),
            organisations: vec![
                ActFor { id: "1".into(), name: "Ostermann Forge GmbH".into(), current: true },
                ActFor { id: "2".into(), name: "Ostermann Bearings AG".into(), current: false },
            ],
            user: "Ines Keller".into(),
            user_note: "ines.keller@ostermann-forge.example".into(),
            account: vec![AccountLink { href: "/account".into(), label: "Profile, password, sessions".into(), icon: Icon::User }],
            unread: 3,
            theme: Theme::System,
        }
    }

    /// A page as the server sends it. Rendered by the same handler as in the portal, because an island asks it which
    /// page it is on.
    fn html<V: IntoView + 'static>(page: fn() -> V) -> String {
        // Starts the executor, which nothing public does by itself.
        let _ = leptos_axum::generate_route_list(|| ());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(tokio::task::LocalSet::new().run_until(async move {
            let handler = leptos_axum::render_app_async(page);
            let response = handler(http::Request::builder().uri("/styleguide").body(axum::body::Body::empty()).unwrap()).await;
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        }))
    }

    fn gallery() -> impl IntoView {
        view! { <Shell data=shell_data() after=|| view! { <Live address="/live"/><Shortcuts/> }><Gallery/></Shell> }
    }

    fn door() -> impl IntoView {
        let side = || view! { <Notice role=Role::Success title="All systems work"><p>"As of 10:12 CET."</p></Notice> };
        view! {
            <Door brand=shell_data().brand side=side>
                <h1>"Sign in"</h1>
                <p class="muted small">"For suppliers and customers of Castellan Pumps & Valves."</p>
                <form class="gap-top" method="post" action="/do/sign-in">
                    <TextField name="email" label="Mail address" kind=Input::Email autocomplete="username" required=true/>
                    <TextField name="password" label="Password" kind=Input::Password autocomplete="current-password" required=true/>
                    <p class="gap-top"><Button label="Sign in" weight=Weight::Main size=Size::Large/></p>
                </form>
            </Door>
        }
    }

    fn error() -> impl IntoView {
        view! {
            <PlainPage
                brand=shell_data().brand
                title="There is no such page"
                text="The address may be mistyped, or what was here belongs to another organisation."
                reference="01J9ZK4T"
            >
                <ButtonLink href="/" label="Go to the start" weight=Weight::Main/>
            </PlainPage>
        }
    }

    fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
        let start = format!(" {attribute}=\"");
        html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn every_id_is_there_once_and_every_reference_leads_to_one() {
        for html in [html(gallery), html(door), html(error)] {
            let ids = values(&html, "id");
            let known: HashSet<_> = ids.iter().copied().collect();
            assert_eq!(ids.len(), known.len(), "an id stands twice: {ids:?}");
            for attribute in ["for", "aria-describedby", "aria-labelledby"] {
                for reference in values(&html, attribute).into_iter().flat_map(str::split_whitespace) {
                    assert!(known.contains(reference), "{attribute}={reference} leads nowhere");
                }
            }
        }
    }

    /// `PORTICO_GALLERY=folder cargo test gallery` writes the pages to look at; the style sheet goes beside them as
    /// `portico.css`.
    #[test]
    fn the_gallery_can_be_looked_at() {
        for (name, html) in [("gallery.html", html(gallery)), ("door.html", html(door)), ("error.html", html(error))] {
            assert!(html.contains(r#"id="main""#), "{name} has no main part");
            if let Some(folder) = std::env::var_os("PORTICO_GALLERY") {
                let head = concat!(
                    r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gallery</title>"#,
                    r#"<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="portico.css"></head><body>"#
                );
                std::fs::write(std::path::Path::new(&folder).join(name), format!("{head}{html}</body></html>")).unwrap();
            }
        }
    }
}
