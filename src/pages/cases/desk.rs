//! Who works on a case and what its promises are, for the hub.

use leptos::prelude::*;

use crate::{
    domain::case::Priority,
    pages::{Form, PageContext},
    service::cases::{
        assign::{Desk, highest_tier},
        view::CaseView,
    },
    text,
    ui::{Button, Choice, Icon, Panel, SelectField},
};

/// The panel; nothing for partners.
pub fn panel(view: &CaseView, form: &Form, urgency_form: &Form, cx: &PageContext) -> Option<impl IntoView + use<>> {
    let desk = view.desk.as_ref()?;
    let is_mine = cx.reader.actor.user().is_some_and(|user| view.case.assignee_id == Some(user));
    let (id, version) = (view.case.id.to_string(), view.case.version.to_string());
    let take = (!is_mine && !view.case.status.is_settled()).then(|| {
        view! {
            <form method="post" action="/do/take-case">
                <input type="hidden" name="case" value=id.clone()/>
                <input type="hidden" name="version" value=version.clone()/>
                <Button label="Take it" icon=Icon::User/>
            </form>
        }
    });
    let who = desk.assignee.clone().unwrap_or_else(|| "Nobody yet".to_owned());
    let (fields, urgency) = (fields(view, desk, form), urgency(view, urgency_form));
    let (tier, is_refused) = (view.case.tier.to_string(), form.error().is_some());
    let priority = text::case_priority(view.case.priority);
    let policy = view.rules.name.clone().unwrap_or_else(|| "the usual policy".to_owned());
    Some(view! {
        <Panel id="desk" title="Who works on it" live="desk">
            <dl class="facts">
                <dt>"In the hands of"</dt>
                <dd>{who}</dd>
                <dt>"Support tier"</dt>
                <dd>{tier}</dd>
                <dt>"Priority"</dt>
                <dd>{priority}</dd>
                <dt>"Promises by"</dt>
                <dd><a href="/policies">{policy}</a></dd>
            </dl>
            <div class="gap-top">{take}</div>
            <details class="gap-top" open=is_refused>
                <summary class="link">"Give it to somebody"</summary>
                <form class="stack gap-top" method="post" action="/do/assign-case">
                    <input type="hidden" name="case" value=id/>
                    <input type="hidden" name="version" value=version/>
                    {fields}
                    <p><Button label="Save"/></p>
                </form>
            </details>
            {urgency}
        </Panel>
    })
}

/// How urgent it is, to be changed while there is something to settle.
fn urgency(view: &CaseView, form: &Form) -> Option<impl IntoView + use<>> {
    let choices: Vec<_> = Priority::ALL.iter().map(|priority| Choice::new(priority.as_str(), text::case_priority(*priority))).collect();
    let (known, wrong) = (form.value_or("priority", view.case.priority.as_str()), form.field_error("priority"));
    let (id, version, is_refused) = (view.case.id.to_string(), view.case.version.to_string(), form.error().is_some());
    (!view.case.status.is_settled()).then(|| {
        view! {
            <details class="gap-top" open=is_refused>
                <summary class="link">"Change the priority"</summary>
                <form class="stack gap-top" method="post" action="/do/prioritise-case">
                    <input type="hidden" name="case" value=id/>
                    <input type="hidden" name="version" value=version/>
                    <SelectField
                        name="priority"
                        label="Priority"
                        hint="What you promise for it counts from now on."
                        choices=choices
                        value=known
                        error=wrong
                    />
                    <p><Button label="Save" aria_label="Save the priority"/></p>
                </form>
            </details>
        }
    })
}

fn fields(view: &CaseView, desk: &Desk, form: &Form) -> impl IntoView + use<> {
    let people: Vec<_> = desk.people.iter().map(|person| Choice::new(person.id.to_string(), person.name.clone())).collect();
    let tiers: Vec<_> = (1..=highest_tier(view.case.tier)).map(|tier| Choice::new(tier.to_string(), format!("Tier {tier}"))).collect();
    let assignee = view.case.assignee_id.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <SelectField
            name="person"
            label="Person"
            choices=people
            blank="Nobody"
            value=form.value_or("person", &assignee)
            error=form.field_error("person")
        />
        <SelectField
            name="tier"
            label="Support tier"
            choices=tiers
            value=form.value_or("tier", &view.case.tier.to_string())
            error=form.field_error("tier")
        />
    }
}
