//! The document around every page, and the route table: one line per page.

use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        self, account, calendars, cases, connections, documents, endpoints, exceptions, help, home, invoices, mail, not_found,
        notifications, orders, partners, policies, reference, remittances, shipments, views,
    },
    server::{security::content_policy, state::AppState},
    ui::Theme,
};

/// The document. Only people who are signed in get scripts: the frame of their pages has islands, the door has none.
pub fn shell(options: &LeptosOptions) -> impl IntoView + use<> {
    let reader = pages::reader();
    let theme = reader.as_ref().map(|reader| Theme::from_code(&reader.theme)).unwrap_or_default();
    let scripts = reader.is_some().then(|| view! { <HydrationScripts options=options.clone() islands=true/> });
    set_headers();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/portico.css"/>
                {scripts}
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// Headers of a page: its content policy with this answer's nonce, and that nobody keeps it.
fn set_headers() {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let nonce = use_nonce();
    if let Ok(policy) = http::HeaderValue::from_str(&content_policy(nonce.as_deref())) {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
}

/// A title is written as it is into the head, and a partner chose part of it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The pages. Each is complete when it is sent (`SsrMode::Async`), so it can set its status after loading.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let portal = use_context::<AppState>().map(|state| state.brand.name).unwrap_or_default();
    view! {
        <Title formatter=move |title: String| escaped(&if title.is_empty() { portal.clone() } else { format!("{title} · {portal}") })/>
        <Router>
            <Routes fallback=|| view! { <not_found::Page/> }>
                <Route path=path!("/") view=home::Page ssr=SsrMode::Async/>
                <Route path=path!("/shipments") view=shipments::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/shipments/:id") view=shipments::detail::Page ssr=SsrMode::Async/>
                <Route path=path!("/invoices") view=invoices::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/invoices/:id") view=invoices::detail::Page ssr=SsrMode::Async/>
                <Route path=path!("/calendars") view=calendars::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/calendars/new") view=calendars::edit::New ssr=SsrMode::Async/>
                <Route path=path!("/calendars/:id") view=calendars::edit::Page ssr=SsrMode::Async/>
                <Route path=path!("/cases") view=cases::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/cases/open") view=cases::open::Page ssr=SsrMode::Async/>
                <Route path=path!("/cases/dispute") view=cases::dispute::Page ssr=SsrMode::Async/>
                <Route path=path!("/cases/:id") view=cases::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/remittances") view=remittances::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/remittances/:id") view=remittances::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/exceptions") view=exceptions::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/exceptions/:id") view=exceptions::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/rules") view=exceptions::rules::Page ssr=SsrMode::Async/>
                <Route path=path!("/cases/:id/attachments") view=cases::files::Page ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=account::sign_in::Page ssr=SsrMode::Async/>
                <Route path=path!("/account") view=account::profile::Page ssr=SsrMode::Async/>
                <Route path=path!("/account/password") view=account::password::Page ssr=SsrMode::Async/>
                <Route path=path!("/account/sessions") view=account::sessions::Page ssr=SsrMode::Async/>
                <Route path=path!("/documents") view=documents::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/documents/:id") view=documents::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/documents/:id/again") view=documents::again::Page ssr=SsrMode::Async/>
                <Route path=path!("/mail") view=mail::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/mail/:id") view=mail::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/notifications") view=notifications::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/notifications/settings") view=notifications::settings::Page ssr=SsrMode::Async/>
                <Route path=path!("/policies") view=policies::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/policies/new") view=policies::edit::New ssr=SsrMode::Async/>
                <Route path=path!("/policies/:id") view=policies::edit::Page ssr=SsrMode::Async/>
                <Route path=path!("/partners") view=partners::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/partners/add") view=partners::add::Page ssr=SsrMode::Async/>
                <Route path=path!("/partners/:id") view=partners::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/partners/:id/reference") view=reference::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/reference") view=reference::show::OwnPage ssr=SsrMode::Async/>
                <Route path=path!("/reference/preview") view=reference::preview::Page ssr=SsrMode::Async/>
                <Route path=path!("/connections") view=connections::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints") view=endpoints::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/add") view=endpoints::add::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/cases") view=endpoints::shared::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/parked") view=endpoints::parked::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/parked/:id") view=endpoints::event::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/refused") view=endpoints::refused::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/refused/:id") view=endpoints::refusal::Page ssr=SsrMode::Async/>
                <Route path=path!("/endpoints/:id") view=endpoints::show::Page ssr=SsrMode::Async/>
                <Route path=path!("/help") view=help::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/help/:slug") view=help::article::Page ssr=SsrMode::Async/>
                <Route path=path!("/views") view=views::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/views/:id") view=views::edit::Page ssr=SsrMode::Async/>
                <Route path=path!("/orders") view=orders::list::Page ssr=SsrMode::Async/>
                <Route path=path!("/orders/:id") view=orders::detail::Page ssr=SsrMode::Async/>
                <Route path=path!("/orders/:id/answer") view=orders::answer::Page ssr=SsrMode::Async/>
                <Route path=path!("/orders/:id/ship") view=orders::ship::Page ssr=SsrMode::Async/>
                <Route path=path!("/orders/:id/invoice") view=orders::invoice::Page ssr=SsrMode::Async/>
                <Route path=path!("/styleguide") view=pages::styleguide::Page ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
