//! The frame of every page for people who are signed in: bar, navigation, work. Its forms are plain posts that come
//! back to the page they were on: `/do/act-for`, `/do/theme`, `/do/sign-out`.

use leptos::prelude::*;

use super::{avatar::Avatar, icon::Icon, menu::MenuLink};

/// Which theme a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// As the theme form sends it and a cookie keeps it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Read from the form or the cookie; anything unknown is the system's.
    pub fn from_code(code: &str) -> Self {
        match code {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// For `data-theme` on `html`; none where the system decides.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The company that runs the portal, as the bar names it.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// Short name: "Castellan".
    pub name: String,
    /// Whose portal it is: "Supplier portal".
    pub tagline: String,
}

/// One entry of the navigation.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// Address.
    pub href: String,
    /// Word.
    pub label: String,
    /// Drawing.
    pub icon: Icon,
    /// The page belongs to it.
    pub current: bool,
    /// A heading above this entry, where a new group begins.
    pub group: Option<String>,
    /// The letter that goes here after `g`.
    pub letter: Option<char>,
}

impl NavItem {
    /// An entry without group or letter.
    pub fn new(href: impl Into<String>, label: impl Into<String>, icon: Icon, current: bool) -> Self {
        Self { href: href.into(), label: label.into(), icon, current, group: None, letter: None }
    }

    /// With the letter that goes here after `g`.
    #[must_use]
    pub fn letter(mut self, letter: char) -> Self {
        self.letter = Some(letter);
        self
    }
}

/// An organisation the person may act for.
#[derive(Clone, Debug)]
pub struct ActFor {
    /// What the switch sends as `organisation`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The one acted for now.
    pub current: bool,
}

/// A link in the menu of the person.
#[derive(Clone, Debug)]
pub struct AccountLink {
    /// Address.
    pub href: String,
    /// Words.
    pub label: String,
    /// Drawing.
    pub icon: Icon,
}

/// Everything the frame says. Built once per page from the session.
#[derive(Clone, Debug, Default)]
pub struct ShellData {
    /// Who runs the portal.
    pub brand: Brand,
    /// Path and query of this page, for the forms that come back to it.
    pub path: String,
    /// Navigation at the left.
    pub nav: Vec<NavItem>,
    /// Lines below it: "Times in CET".
    pub foot: Vec<String>,
    /// The organisation acted for.
    pub organisation: String,
    /// Beside it in the menu: "Supplier 10482".
    pub organisation_note: String,
    /// All organisations the person may act for; the switch appears where there are two or more.
    pub organisations: Vec<ActFor>,
    /// The person's name.
    pub user: String,
    /// Their mail address or function.
    pub user_note: String,
    /// Links of the person's menu, before the theme and sign-out.
    pub account: Vec<AccountLink>,
    /// Notifications that were not read.
    pub unread: u64,
    /// Theme chosen.
    pub theme: Theme,
}

/// The mark of the portal: a colonnade.
pub(super) fn mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 22 22" aria-hidden="true">
            <path d="M2 8.5 11 3l9 5.5zM4.5 8.5V17M9 8.5V17M13 8.5V17M17.5 8.5V17M2 19h18"></path>
        </svg>
    }
}

/// The hidden field that brings a small form back to this page.
fn back(path: &str) -> impl IntoView + use<> {
    view! { <input type="hidden" name="back" value=path.to_owned()/> }.into_any()
}

/// The frame for people who are signed in: bar, navigation, work.
#[component]
pub fn Shell(
    data: ShellData,
    /// After the work, outside `main`: dialogs and islands.
    #[prop(optional, into)]
    after: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let bar = top_bar(&data).into_any();
    let nav = navigation(data.nav, data.foot).into_any();
    view! {
        <a class="skip" href="#main">"Skip to the work"</a>
        <div class="shell">
            {bar}
            {nav}
            <a class="nav-scrim" href="#main" tabindex="-1" aria-hidden="true"></a>
            <main class="main" id="main" tabindex="-1">{children()}</main>
        </div>
        {after.map(|after| after.run())}
    }
    .into_any()
}

fn top_bar(data: &ShellData) -> impl IntoView + use<> {
    view! {
        <header class="bar">
            <a class="btn quiet icon nav-open" href="#nav" aria-label="Open the menu">{Icon::Menu.svg()}</a>
            <a class="brand" href="/">
                {mark()}
                <span class="brand-name">{data.brand.name.clone()}<small>{data.brand.tagline.clone()}</small></span>
                <span class="sr">", home"</span>
            </a>
            <div class="bar-tools">
                <div data-live="bell">{bell(data.unread)}</div>
                {organisation_menu(data)}
                {account_menu(data).into_any()}
            </div>
        </header>
    }
}

/// The way to the notifications, with how many were not read.
fn bell(unread: u64) -> impl IntoView {
    let (count, words) = match unread {
        0 => (None, "Notifications".to_owned()),
        1..100 => (Some(unread.to_string()), format!("Notifications, {unread} not read")),
        _ => (Some("99+".to_owned()), format!("Notifications, {unread} not read")),
    };
    view! {
        <a class="btn quiet icon bell" href="/notifications" aria-label=words>
            {Icon::Bell.svg()}
            {count.map(|count| view! { <span class="bell-count" aria-hidden="true">{count}</span> })}
        </a>
    }
}

fn navigation(nav: Vec<NavItem>, foot: Vec<String>) -> impl IntoView {
    let foot: Vec<_> = foot.into_iter().map(|line| view! { <span>{line}</span> }).collect();
    view! {
        <nav class="nav" id="nav" aria-label="Main">
            <a class="nav-close" href="#main">{Icon::X.svg()}"Close the menu"</a>
            {nav_items(nav)}
            <p class="nav-foot">{foot}</p>
        </nav>
    }
}

fn nav_items(nav: Vec<NavItem>) -> Vec<impl IntoView> {
    nav.into_iter()
        .map(|item| {
            let group = item.group.map(|group| view! { <h2 class="nav-group">{group}</h2> });
            let name = item.letter.map(|_| item.label.clone());
            view! {
                {group}
                <a href=item.href aria-current=item.current.then_some("page") data-go=item.letter.map(String::from) data-go-name=name>
                    {item.icon.svg()}
                    {item.label}
                </a>
            }
        })
        .collect()
}

/// The organisation acted for: words where there is one, a switch where there are more.
fn organisation_menu(data: &ShellData) -> AnyView {
    if data.organisations.len() < 2 {
        return view! { <span class="bar-org hide-phone">{Icon::Company.svg()}{data.organisation.clone()}</span> }.into_any();
    }
    let choices: Vec<_> = data
        .organisations
        .iter()
        .map(|choice| {
            let icon = if choice.current { Icon::Check } else { Icon::Company };
            view! {
                <button name="organisation" value=choice.id.clone() aria-current=choice.current.then_some("true")>
                    {icon.svg()}
                    {choice.name.clone()}
                </button>
            }
        })
        .collect();
    view! {
        <details class="menu">
            <summary class="btn quiet">
                {Icon::Company.svg()}
                <span class="hide-phone">{data.organisation.clone()}</span>
                <span class="sr">", switch company"</span>
                {Icon::Caret.svg_with_class("caret")}
            </summary>
            <form class="menu-body" method="post" action="/do/act-for">
                <p class="heading">{data.organisation_note.clone()}" · choose whose work you see"</p>
                {back(&data.path)}
                {choices}
            </form>
        </details>
    }
    .into_any()
}

fn account_menu(data: &ShellData) -> impl IntoView + use<> {
    let links: Vec<_> =
        data.account.iter().map(|link| view! { <MenuLink href=link.href.clone() label=link.label.clone() icon=link.icon/> }).collect();
    let themes: Vec<_> = [(Theme::System, Icon::Screen, "System"), (Theme::Light, Icon::Sun, "Light"), (Theme::Dark, Icon::Moon, "Dark")]
        .into_iter()
        .map(|(theme, icon, word)| {
            let pressed = if theme == data.theme { "true" } else { "false" };
            view! { <button name="theme" value=theme.code() aria-pressed=pressed>{icon.svg()}{word}</button> }
        })
        .collect();
    view! {
        <details class="menu">
            <summary class="btn quiet icon">
                <Avatar name=data.user.clone()/>
                <span class="sr">{data.user.clone()}", your account"</span>
            </summary>
            <div class="menu-body">
                <p class="heading"><b>{data.user.clone()}</b><br/>{data.user_note.clone()}</p>
                {links}
                <form class="theme-choice" method="post" action="/do/theme" role="group" aria-label="Theme">
                    {back(&data.path)}
                    {themes}
                </form>
                <form method="post" action="/do/sign-out">
                    <button>{Icon::Turn.svg()}"Sign out"</button>
                </form>
            </div>
        </details>
    }
}
