//! What is known of a partner: the company, places, items and contacts, each with what comes next and its history.

use leptos::prelude::*;

use super::{label, title};
use crate::{
    domain::{access::Audience, ids::OrganisationId, reference::Subject},
    pages::{PageContext, brand, page, param},
    service::reference::{self, KnownOf, Thing},
    store::reference::Version,
    text,
    ui::{ButtonLink, Column, Crumb, Empty, Icon, PageHead, Panel, Table},
};

/// What the hub knows of the reader's organisation.
#[component]
pub fn OwnPage() -> impl IntoView {
    page("What is known of you", async move |cx: PageContext| {
        let known = reference::known(&cx.context, &cx.reader.actor, cx.reader.actor.organisation).await?;
        Ok(body(&known, &cx))
    })
}

/// What is known of a partner, for the hub.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<OrganisationId>("id");
    page("What is known of a partner", async move |cx: PageContext| {
        let known = reference::known(&cx.context, &cx.reader.actor, id?).await?;
        Ok(body(&known, &cx))
    })
}

fn body(known: &KnownOf, cx: &PageContext) -> impl IntoView + use<> {
    let is_hub = cx.reader.actor.audience == Audience::Hub;
    let name = known.organisation.name.clone();
    let crumbs = if is_hub {
        vec![
            Crumb::link("/partners", "Partners"),
            Crumb::link(format!("/partners/{}", known.organisation.id), name),
            Crumb::here("What is known"),
        ]
    } else {
        Vec::new()
    };
    let (heading, intro) = if is_hub {
        ("What is known of this partner", "As the ERP told it, with the days from which it holds. The partner sees the same.".to_owned())
    } else {
        (
            "What we know about you",
            format!(
                "What {} keeps about your company, and from when on it holds. It is changed in their system: open a case if something is wrong.",
                brand().name
            ),
        )
    };
    let panels: Vec<_> = Subject::ALL.iter().map(|subject| panel(*subject, known, cx).into_any()).collect();
    let wrong = move || (!is_hub).then(|| view! { <ButtonLink href="/cases/open" label="Something is wrong" icon=Icon::Case/> });
    view! {
        <PageHead title=heading as_of=text::as_of(cx.now, &cx.zone) crumbs=crumbs actions=wrong>{intro}</PageHead>
        <div class="stack">{panels}</div>
    }
}

fn panel(subject: Subject, known: &KnownOf, cx: &PageContext) -> impl IntoView + use<> {
    let things: Vec<&Thing> = known.things.iter().filter(|thing| thing.subject == subject).collect();
    let columns = vec![Column::new(first_column(subject)), Column::new("Details"), Column::new("Holds"), Column::new("What comes")];
    let rows: Vec<_> = things.iter().map(|thing| row(thing, cx)).collect();
    let list = if rows.is_empty() {
        view! { <Empty icon=Icon::Company title=nothing(subject) text="It appears here when the ERP sends it."/> }.into_any()
    } else {
        view! { <Table caption=title(subject) in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id=subject.as_str() title=title(subject) flush=true>{list}</Panel> }
}

const fn first_column(subject: Subject) -> &'static str {
    match subject {
        Subject::Partner => "Company",
        Subject::Location => "Place",
        Subject::Item => "Buyer's item",
        Subject::Contact => "Person",
    }
}

const fn nothing(subject: Subject) -> &'static str {
    match subject {
        Subject::Partner => "Nothing is known of the company beyond its name",
        Subject::Location => "No places yet",
        Subject::Item => "No items yet",
        Subject::Contact => "No contacts yet",
    }
}

fn row(thing: &Thing, cx: &PageContext) -> impl IntoView + use<> {
    let now = thing.now.and_then(|place| thing.versions.get(place)).filter(|version| !version.is_removed);
    let name = now.map_or_else(|| thing.code.clone(), |version| called(thing.subject, &thing.code, version));
    let under = match (thing.is_hubs, thing.subject) {
        (true, _) => format!("{} · {}", thing.code, brand().name),
        (false, Subject::Item) => String::new(),
        (false, _) => thing.code.clone(),
    };
    let details = now.map_or_else(|| "–".to_owned(), |version| details(thing.subject, version));
    let holds = now.map_or_else(|| "not today".to_owned(), span);
    let comes = coming(thing, now);
    let of_next = if thing.next.is_some() { "full wrap" } else { "hide-phone" };
    let history = (thing.versions.len() > 1).then(|| history(thing, cx));
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{name}<span class="sub">{under}</span></th>
            <td role="cell" class="full wrap" data-label="Details">{details}{history}</td>
            <td role="cell" data-label="Holds">{holds}</td>
            <td role="cell" class=of_next data-label="What comes">{comes}</td>
        </tr>
    }
}

/// What a thing is called on the screen.
fn called(subject: Subject, code: &str, version: &Version) -> String {
    let field = if subject == Subject::Item { None } else { version.fields.get("name") };
    field.cloned().unwrap_or_else(|| code.to_owned())
}

/// The fields in one line; what is already the name is not said twice.
fn details(subject: Subject, version: &Version) -> String {
    let said = |field: &&(&'static str, bool)| field.0 != "name";
    let words = |field: &(&'static str, bool)| {
        let value = version.fields.get(field.0)?;
        let plain = matches!(field.0, "street" | "postal_code" | "city" | "country" | "description" | "place" | "role" | "email" | "phone");
        Some(if plain { value.clone() } else { format!("{} {value}", label(field.0)) })
    };
    subject.fields().iter().filter(said).filter_map(words).collect::<Vec<_>>().join(", ")
}

fn span(version: &Version) -> String {
    let from = format!("from {}", text::date(version.valid_from));
    version.valid_until.map_or(from.clone(), |until| format!("{from} until {}", text::date(until.plus_days(-1))))
}

/// What is next to change, in words.
fn coming(thing: &Thing, now: Option<&Version>) -> String {
    let Some((day, place)) = thing.next else { return "–".to_owned() };
    let next = place.and_then(|place| thing.versions.get(place)).filter(|version| !version.is_removed);
    let what = match (now, next) {
        (_, None) => "it ends".to_owned(),
        (None, Some(next)) => details(thing.subject, next),
        (Some(now), Some(next)) => reference::differences(&now.fields.0, &next.fields.0)
            .iter()
            .map(|change| format!("{}: {} → {}", label(&change.what), or_nothing(&change.old), or_nothing(&change.new)))
            .collect::<Vec<_>>()
            .join(", "),
    };
    format!("From {}: {what}", text::date(day))
}

fn or_nothing(value: &str) -> &str {
    if value.is_empty() { "nothing" } else { value }
}

/// Every version, the one that was meant last first.
fn history(thing: &Thing, cx: &PageContext) -> impl IntoView + use<> {
    let versions: Vec<_> = thing
        .versions
        .iter()
        .map(|version| {
            let what = if version.is_removed { "gone".to_owned() } else { details(thing.subject, version) };
            let told = text::moment_short(version.recorded_at, cx.now, &cx.zone);
            view! { <li>{format!("{}: {what}. Told {told}, version {}.", span(version), version.sequence)}</li> }
        })
        .collect();
    view! { <details class="small"><summary class="link">{format!("{} versions", thing.versions.len())}</summary><ul class="plain-list">{versions}</ul></details> }
}
