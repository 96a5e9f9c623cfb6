//! The list of calendars.

use leptos::prelude::*;

use crate::{
    domain::calendar::{WEEKDAYS, hours_text},
    islands::Live,
    pages::{PageContext, page},
    service::policies::calendars::{self, Listed},
    store::policies::CalendarRow,
    text,
    ui::{ButtonLink, Column, Empty, Icon, PageHead, Table, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Calendars", async |cx: PageContext| {
        let found = calendars::list(&cx.context, &cx.reader.actor).await?;
        let columns =
            vec![Column::new("Calendar"), Column::new("Hours"), Column::new("Next day off"), Column::new("Used by").class("hide-mid")];
        let empty = found.is_empty().then(|| {
            view! {
                <div class="panel">
                    <Empty
                        icon=Icon::Calendar
                        title="No calendar yet"
                        text="Until there is one, promises count Monday to Friday, 08:00 to 18:00 in your own zone, without days off."
                    />
                </div>
            }
        });
        let rows: Vec<_> = found.iter().map(|listed| row(listed, &cx)).collect();
        Ok(view! {
            <Live address="/live"/>
            <PageHead
                title="Calendars"
                as_of=text::as_of(cx.now, &cx.zone)
                actions=|| view! { <ButtonLink href="/calendars/new" label="Add a calendar" icon=Icon::Plus weight=Weight::Main/> }
            >
                "When you work. A policy counts its promises by one of them, so that a night or a day off is not counted."
            </PageHead>
            <Table caption="Calendars by name" columns=columns live="calendars">{rows}</Table>
            <div data-live="nothing">{empty}</div>
        })
    })
}

fn row(listed: &Listed, cx: &PageContext) -> impl IntoView + use<> {
    let row = &listed.row;
    let today = cx.zone.date(cx.now);
    let next = row.holidays.iter().find(|day| day.on >= today);
    let next = next.map(|day| view! { {text::date_with_weekday(day.on)}<span class="sub">{day.name.clone()}</span> });
    view! {
        <tr role="row" data-key=row.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/calendars/{}", row.id)>{row.name.clone()}</a>
                <span class="sub">{row.zone.replace('_', " ")}</span>
            </th>
            <td role="cell" class="full">{week(row)}</td>
            <td role="cell" class="full">{next}</td>
            <td role="cell" class="hide-phone hide-mid">{listed.used_by.join(", ")}</td>
        </tr>
    }
}

/// The hours of the week, days that follow each other with the same hours in one line.
fn week(row: &CalendarRow) -> impl IntoView + use<> {
    let mut lines: Vec<(usize, usize, String)> = Vec::new();
    for (day, hours) in row.week.iter().enumerate() {
        let hours = hours_text(hours);
        match lines.last_mut() {
            Some((_, last, same)) if *same == hours => *last = day,
            _ => lines.push((day, day, hours)),
        }
    }
    let short = |day: usize| WEEKDAYS[day].get(..3).unwrap_or_default();
    let lines = lines.into_iter().filter(|(_, _, hours)| !hours.is_empty());
    lines
        .map(|(first, last, hours)| {
            let days = if first == last { short(first).to_owned() } else { format!("{} to {}", short(first), short(last)) };
            view! { <span class="value-line">{format!("{days}: {hours}")}</span> }
        })
        .collect::<Vec<_>>()
}
