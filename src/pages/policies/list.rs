//! The list of policies, the usual one last.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{case::Priority, policy::Step},
    islands::Live,
    pages::{PageContext, page},
    service::{
        cases::terms,
        policies::{self, Choices},
    },
    store::policies::PolicyRow,
    text,
    ui::{ButtonLink, Column, Empty, Icon, PageHead, Panel, Table, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Policies", async |cx: PageContext| {
        let (rows, choices) = policies::list(&cx.context, &cx.reader.actor).await?;
        let columns = vec![
            Column::new("Policy"),
            Column::num("First reply"),
            Column::num("Next reply"),
            Column::num("Solution"),
            Column::new("Calendar").class("hide-mid"),
            Column::new("As it runs out").class("hide-mid"),
        ];
        let empty = rows.is_empty().then(|| {
            view! {
                <Empty
                    icon=Icon::Clock
                    title="Every case is promised the same"
                    text="Add a policy where a partner, a kind of case or a priority is promised something else."
                />
            }
        });
        let rows: Vec<_> = rows.iter().map(|policy| row(policy, &choices)).collect();
        Ok(view! {
            <Live address="/live"/>
            <PageHead
                title="Policies"
                as_of=text::as_of(cx.now, &cx.zone)
                actions=|| view! { <ButtonLink href="/policies/new" label="Add a policy" icon=Icon::Plus weight=Weight::Main/> }
            >
                "How soon you reply and settle, and what happens as that time runs out. Of all that fit a case, the one for its partner \
                 counts, then the one for its kind, then the one for its priority."
            </PageHead>
            <div class="stack">
                <Panel id="policies" title="Policies" note="in hours of working time" flush=true>
                    <Table caption="Policies by name" in_panel=true columns=columns live="policies">{rows}</Table>
                    <div data-live="nothing">{empty}</div>
                </Panel>
                {usual(&choices)}
            </div>
        })
    })
}

fn row(row: &PolicyRow, choices: &Choices) -> impl IntoView + use<> {
    let calendar = row.calendar_id.and_then(|id| choices.calendars.iter().find(|calendar| calendar.id == id));
    let calendar = calendar.map_or_else(|| "The usual week".to_owned(), |calendar| calendar.name.clone());
    view! {
        <tr role="row" data-key=row.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/policies/{}", row.id)>{row.name.clone()}</a>
                <span class="sub">{parts::aim(row, choices)}</span>
            </th>
            <td role="cell" class="num" data-label="First reply">{parts::time(row.first_response)}</td>
            <td role="cell" class="num" data-label="Next reply">{parts::time(row.next_response)}</td>
            <td role="cell" class="num" data-label="Solution">{parts::time(row.resolution)}</td>
            <td role="cell" class="hide-phone hide-mid">{calendar}</td>
            <td role="cell" class="hide-phone hide-mid">{ladder(&row.ladder.0, choices)}</td>
        </tr>
    }
}

fn ladder(steps: &[Step], choices: &Choices) -> impl IntoView + use<> {
    let steps: Vec<_> = steps.iter().map(|step| view! { <li>{parts::step(step, choices)}</li> }).collect();
    if steps.is_empty() { "Nothing".into_any() } else { view! { <ul class="small">{steps}</ul> }.into_any() }
}

/// What holds where no policy fits.
fn usual(choices: &Choices) -> impl IntoView + use<> {
    let rows: Vec<_> = Priority::ALL
        .iter()
        .rev()
        .map(|priority| {
            let (first, next, resolution) = terms::built_in_hours(*priority);
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row">{text::case_priority(*priority)}</th>
                    <td role="cell" class="num">{format!("{first} h")}</td>
                    <td role="cell" class="num">{format!("{next} h")}</td>
                    <td role="cell" class="num">{format!("{resolution} h")}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![Column::new("Priority"), Column::num("First reply"), Column::num("Next reply"), Column::num("Solution")];
    let steps = ladder(&terms::built_in_ladder(), choices);
    view! {
        <Panel id="usual" title="Where no policy fits" note="Monday to Friday, 08:00 to 18:00 in your own zone" flush=true>
            <Table caption="What is promised where no policy fits" in_panel=true keep=true columns=columns>{rows}</Table>
            <div class="panel-body">{steps}</div>
        </Panel>
    }
}
