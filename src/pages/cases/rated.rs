//! Whether a case was settled well: asked of the partner at the end, told to the hub.

use leptos::prelude::*;

use crate::{
    domain::{access::Audience, case::Score},
    pages::{Form, PageContext},
    service::cases::view::CaseView,
    store::links::Rating,
    text,
    ui::{Button, ChipData, Icon, Panel, Role, TextField},
};

fn chip(score: Score) -> ChipData {
    match score {
        Score::Good => ChipData::new(Role::Success, Icon::Okay, "Settled well"),
        Score::Fair => ChipData::new(Role::Neutral, Icon::Half, "Settled in part"),
        Score::Poor => ChipData::new(Role::Warning, Icon::No, "Not settled well"),
    }
}

/// The question, or what was answered; nothing before the end, nothing for the hub before an answer, and nothing for others who
/// take part besides the partner that the case is with.
pub fn panel(view: &CaseView, rating: Option<&Rating>, form: &Form, cx: &PageContext) -> Option<AnyView> {
    let is_hub = cx.reader.actor.audience == Audience::Hub;
    if let Some(rating) = rating {
        let word = (!rating.word.is_empty()).then(|| view! { <p class="gap-top">{rating.word.clone()}</p> });
        let who = format!("{}, {}", rating.author, text::moment_short(rating.at, cx.now, &cx.zone));
        return Some(
            view! {
                <Panel id="rated" title="How it was settled" chip=chip(rating.score) live="rated">
                    <p class="small muted">{who}</p>
                    {word}
                </Panel>
            }
            .into_any(),
        );
    }
    if is_hub || !view.is_whole || !view.case.status.is_settled() {
        return None;
    }
    let id = view.case.id.to_string();
    let buttons = [(Score::Good, "Yes", Icon::Okay), (Score::Fair, "In part", Icon::Half), (Score::Poor, "No", Icon::No)]
        .map(|(score, label, icon)| view! { <Button name="score" value=score.as_str() label=label icon=icon/> });
    let word = view! { <TextField name="word" label="A word more, if you like" value=form.value("word") error=form.field_error("word")/> };
    Some(
        view! {
            <Panel id="rated" title="Was it settled well?">
                <form class="stack-s" method="post" action="/do/rate-case">
                    <input type="hidden" name="case" value=id/>
                    {word}
                    <p class="row-flex">{buttons}</p>
                </form>
            </Panel>
        }
        .into_any(),
    )
}
