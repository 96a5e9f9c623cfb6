//! The start page: work to do as tiles that open it, what changed, and what each audience watches.

mod customer;
mod hub;
mod parts;
mod supplier;

use leptos::prelude::*;

use crate::{
    domain::access::Audience,
    islands::Live,
    pages::{PageContext, page},
    service, text,
    ui::{PageHead, Tiles},
};

/// The start page of the reader's audience.
#[component]
pub fn Page() -> impl IntoView {
    page("Home", async |cx: PageContext| {
        let home = service::home::load(&cx.context, &cx.reader.actor).await?;
        let (tiles, below) = match cx.reader.actor.audience {
            Audience::Supplier => (supplier::tiles(&cx, &home), supplier::below(&cx, &home)),
            Audience::Customer => (customer::tiles(&cx, &home), customer::below(&cx, &home)),
            Audience::Hub => (hub::tiles(&cx, &home), hub::below(&cx, &home)),
            Audience::Carrier => (customer::way_tiles(&cx, &home), customer::below(&cx, &home)),
        };
        Ok(view! {
            <div data-live="head"><PageHead title=greeting(&cx) as_of=text::as_of(cx.now, &cx.zone)>{text::date_with_weekday(cx.zone.date(cx.now))}</PageHead></div>
            <h2 class="sr">"Work to do"</h2>
            <Tiles tiles=tiles live="tiles"/>
            <div class="gap-top">{below}</div>
            <Live address="/live"/>
        })
    })
}

/// "Good morning, Ines", by the reader's own clock.
fn greeting(cx: &PageContext) -> String {
    let hour: u8 = text::time(cx.now, &cx.zone).get(..2).and_then(|hour| hour.parse().ok()).unwrap_or(12);
    let words = match hour {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    match cx.reader.actor.name.split_whitespace().next() {
        Some(name) => format!("{words}, {name}"),
        None => words.to_owned(),
    }
}
