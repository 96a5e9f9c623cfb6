//! The stage line: where something is on its way, oldest stage first.

use leptos::prelude::*;

use super::icon::Icon;

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Behind us.
    Done,
    /// Here.
    Current,
    /// Here, and late.
    Late,
    /// To come.
    Ahead,
}

/// One stage.
#[derive(Clone, Debug)]
pub struct Step {
    /// How far it is.
    pub stage: Stage,
    /// Drawing while it is not done; a done stage shows a tick.
    pub icon: Icon,
    /// Its name.
    pub name: String,
    /// A date or a short note.
    pub note: Option<String>,
}

/// The stages in a line; a column on a phone.
#[component]
pub fn Steps(
    steps: Vec<Step>,
    /// Key under which live updates take it over.
    #[prop(optional, into)]
    live: Option<String>,
) -> impl IntoView {
    let items: Vec<_> = steps
        .into_iter()
        .map(|step| {
            let (class, icon, said) = match step.stage {
                Stage::Done => ("done", Icon::Check, "done: "),
                Stage::Current => ("current", step.icon, "now: "),
                Stage::Late => ("late", step.icon, "now, late: "),
                Stage::Ahead => ("", step.icon, "to come: "),
            };
            let current = matches!(step.stage, Stage::Current | Stage::Late).then_some("step");
            view! {
                <li class=class aria-current=current>
                    {icon.svg()}
                    <b><span class="sr">{said}</span>{step.name}</b>
                    {step.note.map(|note| view! { <small>{note}</small> })}
                </li>
            }
        })
        .collect();
    view! { <ol class="steps" data-live=live>{items}</ol> }.into_any()
}
