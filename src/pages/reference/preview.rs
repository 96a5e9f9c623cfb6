//! What a feed of reference data would change, before it is sent.

use leptos::prelude::*;

use super::{label, title};
use crate::{
    pages::{Form, PageContext, page},
    service::reference::{
        Effect,
        preview::{self, MOST_PREVIEWED, Previewed},
    },
    text,
    ui::{Button, Chip, Column, Crumb, Icon, PageHead, Panel, Role, Table, TextArea, Weight},
};

/// The form, and below it what the feed that was pasted last would change.
#[component]
pub fn Page() -> impl IntoView {
    page("Preview of a feed", async move |cx: PageContext| {
        let kept = preview::kept(&cx.context, &cx.reader.actor).await?;
        let form = Form::of("preview-reference");
        let result = kept.map(|previewed| result(&previewed));
        Ok(view! {
            <PageHead
                title="Preview of a feed"
                as_of=text::as_of(cx.now, &cx.zone)
                crumbs=vec![Crumb::link("/partners", "Partners"), Crumb::here("Preview of a feed")]
            >
                "Paste events of reference data to see what they would change. Nothing is kept or changed by it."
            </PageHead>
            {form.summary()}
            <form class="stack" method="post" action="/do/preview-reference">
                <TextArea
                    name="events"
                    label="Events"
                    hint=format!("One event in JSON, or a list of at most {MOST_PREVIEWED}: partner.upserted, location.upserted, item.upserted, contact.upserted")
                    value=form.value("events")
                    error=form.field_error("events")
                    rows=10
                    required=true
                />
                <p class="actions"><Button label="Show what would change" icon=Icon::Eye weight=Weight::Main/></p>
            </form>
            {result}
        })
    })
}

fn result(previewed: &[Previewed]) -> impl IntoView + use<> {
    let columns = vec![Column::num("Event"), Column::new("About"), Column::new("Effect"), Column::new("Details")];
    let rows: Vec<_> = previewed.iter().enumerate().map(|(place, event)| row(place + 1, event)).collect();
    let changing = previewed
        .iter()
        .filter(|event| matches!(&event.effect, Ok(effect) if !matches!(effect, Effect::Same | Effect::Known | Effect::Late)))
        .count();
    let refused = previewed.iter().filter(|event| event.effect.is_err()).count();
    let note = format!("{} events: {changing} would change something, {refused} cannot be used", previewed.len());
    view! { <Panel id="result" title="What would change" note=note flush=true><Table caption="What each event would change" in_panel=true columns=columns>{rows}</Table></Panel> }
}

fn row(place: usize, event: &Previewed) -> impl IntoView + use<> {
    let about = match (&event.subject, &event.names) {
        (Some(subject), Some((partner, code))) => format!("{}: {partner}, {code}", title(*subject)),
        (Some(subject), None) => title(*subject).to_owned(),
        _ => "–".to_owned(),
    };
    let (role, icon, word, details) = effect(event);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="num">{place.to_string()}</th>
            <td role="cell" data-label="About">{about}</td>
            <td role="cell" data-label="Effect"><Chip role=role icon=icon word=word/></td>
            <td role="cell" class="full wrap" data-label="Details">{details}</td>
        </tr>
    }
}

fn effect(event: &Previewed) -> (Role, Icon, &'static str, String) {
    let effect = match &event.effect {
        Err(errors) => {
            let said: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect();
            return (Role::Danger, Icon::No, "Cannot be used", said.join(" "));
        }
        Ok(effect) => effect,
    };
    match effect {
        Effect::New => (Role::Info, Icon::Plus, "New", "It is not known yet.".to_owned()),
        Effect::Changes(changes) => {
            let said = changes.iter().map(|change| format!("{}: {} → {}", label(&change.what), shown(&change.old), shown(&change.new)));
            (Role::Info, Icon::Pen, "Changes", said.collect::<Vec<_>>().join(", "))
        }
        Effect::Removed => (Role::Warning, Icon::X, "Ends", "It is gone from its day on.".to_owned()),
        Effect::From(day) => (Role::Neutral, Icon::Calendar, "Later", format!("It holds from {} on.", text::date(*day))),
        Effect::Same => (Role::Plain, Icon::Check, "Same", "It says what holds already.".to_owned()),
        Effect::Late => (Role::Plain, Icon::Clock, "Late", "A newer version holds; this one goes into the history.".to_owned()),
        Effect::Known => (Role::Plain, Icon::Check, "Known", "This version was taken before.".to_owned()),
        Effect::Conflict => {
            (Role::Danger, Icon::Alert, "Conflict", "Another version was taken under this sequence. Send a higher sequence.".to_owned())
        }
    }
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "nothing" } else { value }
}
