//! Notices, empty places, and the vocabulary of chips and icons.

use leptos::prelude::*;

use crate::ui::{ButtonLink, Chip, Empty, Icon, Notice, Panel, Role, Size};

pub(super) fn messages() -> impl IntoView {
    view! {
        <h2 class="section-title">"Messages"</h2>
        <div class="halves">
            <div class="stack">
                <Notice role=Role::Success title="Answer sent, reference 855-30418">
                    <p>"Castellan's system has not read it yet. You get a notice when it has."</p>
                </Notice>
                <Notice role=Role::Info title="This order changed while you were writing">
                    <p>"Castellan made line 20 larger at 10:09. Your draft is kept. " <a href="#main">"Compare both"</a></p>
                </Notice>
                <Notice role=Role::Warning title="Why it is late"><p>"Customs opened a routine check on the container."</p></Notice>
                <Notice role=Role::Danger title="The answer did not leave">
                    <p>"The connection to Castellan is down since 10:02. We try again every minute; nothing is lost."</p>
                    <p class="actions"><ButtonLink href="#main" label="See the connection" size=Size::Small/></p>
                </Notice>
                <Notice title="The read receipt was slow" icon=Icon::Clock><p>"18 min 35 s after delivery."</p></Notice>
            </div>
            <div class="stack">
                <Panel id="p-hidden" title="Empty, because a filter hides rows" flush=true>
                    <Empty
                        icon=Icon::Filter
                        title="No order matches these filters"
                        text="12 orders are hidden by “Ship by: until 31 Dec”."
                    >
                        <ButtonLink href="#main" label="Remove this filter"/>
                    </Empty>
                </Panel>
                <Panel id="p-done" title="Empty, because the work is done" flush=true>
                    <Empty icon=Icon::Okay title="Every order is answered" text="The last one was 4500071832, today at 10:31."/>
                </Panel>
            </div>
        </div>
    }
}

pub(super) fn vocabulary() -> impl IntoView {
    let chips = [
        (Role::Warning, Icon::Turn, "Warning: your turn"),
        (Role::Danger, Icon::Alert, "Danger: refused, late, lost"),
        (Role::Info, Icon::Half, "Info: moving"),
        (Role::Success, Icon::Okay, "Success: went well"),
        (Role::Neutral, Icon::Pause, "Neutral: settled or waiting"),
        (Role::Plain, Icon::Okay, "Plain: finished"),
    ]
    .map(|(role, icon, word)| view! { <Chip role=role icon=icon word=word/> });
    let icons: Vec<_> = Icon::ALL.iter().map(|(name, icon)| view! { <li>{icon.svg()}<code>{*name}</code></li> }).collect();
    view! {
        <h2 class="section-title">"Vocabulary"</h2>
        <Panel id="p-chips" title="Chips"><div class="row-flex">{chips}</div></Panel>
        <div class="gap-top"><Panel id="p-icons" title="Icons"><ul class="icon-list">{icons}</ul></Panel></div>
    }
}
