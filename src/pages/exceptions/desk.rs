//! Who has an exception in hand, and how somebody of the side that settles it takes it or gives it away.

use leptos::prelude::*;

use crate::{
    domain::{exception::State, ids::UserId},
    pages::Form,
    service::exceptions::view::ExceptionView,
    ui::{Button, Choice, Icon, Panel, SelectField},
};

/// Form that gives it to somebody.
pub(super) const ASSIGN: &str = "assign-exception";

/// The panel; nothing where it is over, or where there is nothing to say.
pub(super) fn panel(view: &ExceptionView, form: &Form, me: Option<UserId>) -> Option<impl IntoView + use<>> {
    if view.exception.state == State::Closed || (view.people.is_empty() && view.assignee.is_none()) {
        return None;
    }
    let is_mine = me.is_some() && view.exception.assignee_id == me;
    let who = match &view.assignee {
        Some(name) if is_mine => format!("{name} (you)"),
        Some(name) => name.clone(),
        None => "Nobody yet".to_owned(),
    };
    let may_give = !view.people.is_empty();
    let take = me.filter(|_| may_give && !is_mine).map(|me| {
        let known = known(view);
        view! {
            <form class="gap-top" method="post" action=format!("/do/{ASSIGN}")>
                {known}
                <input type="hidden" name="person" value=me.to_string()/>
                <Button label="Take it" icon=Icon::User/>
            </form>
        }
    });
    let give = may_give.then(|| give(view, form));
    Some(view! {
        <Panel id="desk" title="Who sees to it" live="desk">
            <dl class="facts">
                <dt>"In the hands of"</dt>
                <dd>{who}</dd>
            </dl>
            {take}
            {give}
        </Panel>
    })
}

/// Which exception, and who has it in hand as the reader sees it.
fn known(view: &ExceptionView) -> impl IntoView + use<> {
    let seen = view.exception.assignee_id.map(|person| person.to_string()).unwrap_or_default();
    view! {
        <input type="hidden" name="exception" value=view.exception.id.to_string()/>
        <input type="hidden" name="seen" value=seen/>
    }
}

fn give(view: &ExceptionView, form: &Form) -> impl IntoView + use<> {
    let people: Vec<_> = view.people.iter().map(|person| Choice::new(person.id.to_string(), person.name.clone())).collect();
    let assignee = view.exception.assignee_id.map(|person| person.to_string()).unwrap_or_default();
    let (chosen, wrong, is_refused) = (form.value_or("person", &assignee), form.field_error("person"), form.error().is_some());
    let known = known(view);
    view! {
        <details class="gap-top" open=is_refused>
            <summary class="link">"Give it to somebody"</summary>
            <form class="stack gap-top" method="post" action=format!("/do/{ASSIGN}")>
                {known}
                <SelectField name="person" label="Person" choices=people blank="Nobody" value=chosen error=wrong/>
                <p><Button label="Save" aria_label="Save who sees to it"/></p>
            </form>
        </details>
    }
}
