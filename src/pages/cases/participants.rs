//! Who takes part in a case, for the hub: the partner it is with and others that were asked in; and to whom a message can go.

use leptos::prelude::*;

use super::related;
use crate::{
    domain::{access::Permission, case::Addressee},
    pages::{Form, PageContext},
    service::{Error, Result, cases::view::CaseView},
    store::{links::Linked, organisations::Organisation},
    ui::{Button, ChipData, Choice, Icon, Panel, Role, Segment, SelectField, Size, TextArea, Weight},
};

/// To whom the hub can give something in a case. `words` say it of one company, `internal` of nobody besides the hub.
pub fn addressees(view: &CaseView, words: impl Fn(&str) -> String, internal: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new(Addressee::Partner.code(), words(&view.counterparty.name)).icon(Icon::Reply)];
    let others = view.participants.iter().filter(|other| other.id != view.counterparty.id);
    choices.extend(others.map(|other| Choice::new(Addressee::One(other.id).code(), words(&other.name)).icon(Icon::Reply)));
    if choices.len() > 1 {
        choices.push(Choice::new(Addressee::Everyone.code(), "Everyone here").icon(Icon::Eye));
    }
    choices.push(Choice::new(Addressee::Internal.code(), internal).icon(Icon::Lock));
    choices
}

/// The question who reads something: side by side while there is one partner, one of a list where there are several.
pub fn question(legend: &'static str, choices: Vec<Choice>, value: String) -> AnyView {
    const BESIDE_EACH_OTHER: usize = 2;
    if choices.len() <= BESIDE_EACH_OTHER {
        view! { <Segment name="visibility" legend=legend choices=choices value=value/> }.into_any()
    } else {
        view! { <SelectField name="visibility" label=legend choices=choices value=value/> }.into_any()
    }
}

/// Companies that the hub could ask into a case.
pub async fn others(cx: &PageContext, view: &CaseView) -> Result<Vec<Organisation>> {
    if !cx.reader.actor.may(Permission::Operate) {
        return Ok(Vec::new());
    }
    let mut conn = cx.context.db.read().await.map_err(Error::from)?;
    let all = crate::store::organisations::list(&mut conn).await.map_err(Error::from)?;
    let takes_part = |id| view.participants.iter().any(|organisation| organisation.id == id);
    Ok(all.into_iter().filter(|organisation| !organisation.is_hub && !takes_part(organisation.id)).collect())
}

/// The panel; nothing for partners.
pub fn panel(view: &CaseView, linked: &[Linked], form: &Form, others: &[Organisation], cx: &PageContext) -> Option<impl IntoView + use<>> {
    let is_whole = related::whole(linked).is_none();
    cx.reader.actor.may(Permission::Operate).then(|| {
        let rows: Vec<_> = view.participants.iter().map(|participant| row(view, participant, is_whole)).collect();
        let ask = is_whole.then(|| ask_in(view, form, others));
        view! {
            <Panel id="participants" title="Who takes part">
                <ul class="stack-s" data-live="participants">{rows}</ul>
                {ask}
            </Panel>
        }
    })
}

fn row(view: &CaseView, participant: &Organisation, may_remove: bool) -> impl IntoView + use<> {
    let is_partner = participant.id == view.case.counterparty_id;
    let with = is_partner.then(|| ChipData::new(Role::Plain, Icon::Case, "The case is with them").view());
    let remove = (may_remove && !is_partner).then(|| {
        let label = format!("Remove {} from this case", participant.name);
        view! {
            <form method="post" action="/do/remove-participant">
                <input type="hidden" name="case" value=view.case.id.to_string()/>
                <input type="hidden" name="party" value=participant.id.to_string()/>
                <Button label="Remove" size=Size::Small weight=Weight::Quiet aria_label=label/>
            </form>
        }
    });
    view! {
        <li class="row-flex" data-key=participant.id.to_string()>
            <a href=format!("/partners/{}", participant.id)>{participant.name.clone()}</a>
            {with}
            {remove}
        </li>
    }
}

fn ask_in(view: &CaseView, form: &Form, others: &[Organisation]) -> impl IntoView + use<> {
    let choices: Vec<_> = others.iter().map(|other| Choice::new(other.code.clone(), other.name.clone())).collect();
    let is_refused = form.error().is_some();
    view! {
        <details class="gap-top" open=is_refused>
            <summary class="link">"Ask another company in"</summary>
            <form class="stack-s gap-top" method="post" action="/do/add-participant">
                <input type="hidden" name="case" value=view.case.id.to_string()/>
                <SelectField
                    name="partner"
                    label="Company"
                    choices=choices
                    blank="Choose"
                    value=form.value("partner")
                    error=form.field_error("partner")
                    required=true
                />
                <TextArea
                    name="words"
                    label="What do they have to know?"
                    hint="They see the title, where the case stands, and what is written to them or to everyone, from before too. Nothing that is between you and others."
                    value=form.value("words")
                    error=form.field_error("words")
                    rows=3
                    required=true
                />
                <p class="actions"><Button label="Ask them in" icon=Icon::Plus/></p>
            </form>
        </details>
    }
}
