//! Work that was tried often and given up: what it was, why it failed, and once more.

use leptos::prelude::*;

use crate::{
    pages::PageContext,
    store::jobs::Dead,
    text,
    ui::{Button, Column, Empty, Icon, Panel, Size, Table},
};

/// The panel of given-up work.
pub(super) fn panel(dead: Vec<Dead>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if dead.is_empty() {
        view! { <Empty icon=Icon::Okay title="Nothing was given up" text="Work that fails again and again stops here and waits for you."/> }
            .into_any()
    } else {
        let rows: Vec<_> = dead.into_iter().map(|job| row(job, cx)).collect();
        let columns =
            vec![Column::new("Work"), Column::new("Why"), Column::num("Tried"), Column::num("Given up"), Column::new("Actions").hidden()];
        view! { <Table caption="Work that was given up, newest first" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="jobs" title="Work that was given up" flush=true><div data-live="jobs">{body}</div></Panel> }
}

/// What kinds of work are called.
fn words(kind: &str) -> String {
    match kind {
        "dispatch" => "Send documents".to_owned(),
        "poll" => "Fetch documents".to_owned(),
        other => other.replace(['_', '-', '.'], " "),
    }
}

fn row(job: Dead, cx: &PageContext) -> impl IntoView + use<> {
    let work = words(&job.kind);
    let label = format!("Try again: {work}");
    view! {
        <tr role="row" data-key=job.id.to_string()>
            <th role="rowheader" scope="row">{work}</th>
            <td role="cell" class="full wrap">{job.failure.unwrap_or_else(|| "No reason was noted.".to_owned())}</td>
            <td role="cell" class="num" data-label="Tried">{text::count(u64::try_from(job.attempts).unwrap_or_default(), "time", "times")}</td>
            <td role="cell" class="num" data-label="Given up">{text::moment_short(job.dead_at, cx.now, &cx.zone)}</td>
            <td role="cell" class="num full">
                <form method="post" action="/do/revive-job">
                    <input type="hidden" name="job" value=job.id.to_string()/>
                    <Button label="Try again" icon=Icon::Again size=Size::Small aria_label=label/>
                </form>
            </td>
        </tr>
    }
}
