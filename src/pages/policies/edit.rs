//! The form of a policy, new or known.

use leptos::prelude::*;

use crate::{
    domain::{
        case::{Kind, Priority},
        ids::PolicyId,
        policy::HIGHEST_TIER,
        sla::Promise,
    },
    pages::{Form, PageContext, page, param},
    service::{
        cases::terms,
        policies::{self, Choices, LONGEST_NAME, MOST_STEPS, StepForm},
    },
    store::policies::PolicyRow,
    text,
    ui::{Button, ButtonLink, Choice, Crumb, Icon, Input, PageHead, Panel, SelectField, TextField, Weight},
};

/// The page of a known policy.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<PolicyId>("id");
    page("Policy", async move |cx: PageContext| {
        let (row, choices) = policies::load(&cx.context, &cx.reader.actor, Some(id?)).await?;
        Ok(body(row.as_ref(), &choices))
    })
}

/// The page of a new one.
#[component]
pub fn New() -> impl IntoView {
    page("Add a policy", async |cx: PageContext| {
        let (_, choices) = policies::load(&cx.context, &cx.reader.actor, None).await?;
        Ok(body(None, &choices))
    })
}

fn body(row: Option<&PolicyRow>, choices: &Choices) -> impl IntoView + use<> {
    let form = Form::of("save-policy");
    let title = row.map_or_else(|| "Add a policy".to_owned(), |row| row.name.clone());
    let remove = row.map(|row| row.id.to_string()).map(|id| {
        view! {
            <form method="post" action="/do/remove-policy" class="gap-top">
                <input type="hidden" name="policy" value=id/>
                <Button label="Remove this policy" icon=Icon::X weight=Weight::Destructive/>
            </form>
        }
    });
    let (aim, promises, ladder) = (aim(row, choices, &form), promises(row, choices, &form), ladder(row, choices, &form));
    let known = row.map(|row| (row.id.to_string(), row.version.to_string()));
    let (id, version) = known.unwrap_or_default();
    view! {
        <leptos_meta::Title text=title.clone()/>
        <PageHead title=title.clone() crumbs=vec![Crumb::link("/policies", "Policies"), Crumb::here(title)]>
            "A change counts for open cases too. What happened in them stays as it was."
        </PageHead>
        {form.summary()}
        <form method="post" action="/do/save-policy" class="stack">
            <input type="hidden" name="policy" value=id/>
            <input type="hidden" name="version" value=version/>
            <Panel id="aim" title="For which cases">{aim}</Panel>
            <Panel id="promises" title="What you promise">{promises}</Panel>
            <Panel id="ladder" title="What happens as it runs out" note="each step once">{ladder}</Panel>
            <p class="actions">
                <ButtonLink href="/policies" label="Leave it"/>
                <Button label="Save the policy" icon=Icon::Check weight=Weight::Main/>
            </p>
        </form>
        {remove}
    }
}

fn aim(row: Option<&PolicyRow>, choices: &Choices, form: &Form) -> impl IntoView + use<> {
    let kinds: Vec<_> = Kind::ALL.iter().map(|kind| Choice::new(kind.as_str(), text::case_kind(*kind))).collect();
    let priorities: Vec<_> = Priority::ALL.iter().map(|priority| Choice::new(priority.as_str(), text::case_priority(*priority))).collect();
    let partners: Vec<_> = choices.partners.iter().map(|partner| Choice::new(partner.id.to_string(), partner.name.clone())).collect();
    let known = |value: Option<String>| value.unwrap_or_default();
    view! {
        <div class="stack max-w-md">
            <TextField
                name="name"
                label="Name"
                value=form.value_or("name", &known(row.map(|row| row.name.clone())))
                hint="Such as: Invoices of Ostermann"
                error=form.field_error("name")
                maxlength=u32::try_from(LONGEST_NAME).unwrap_or_default()
                required=true
            />
            <SelectField
                name="partner"
                label="Partner"
                choices=partners
                blank="Every partner"
                value=form.value_or("partner", &known(row.and_then(|row| row.counterparty_id).map(|id| id.to_string())))
                error=form.field_error("partner")
            />
            <SelectField
                name="kind"
                label="Kind of case"
                choices=kinds
                blank="Every kind"
                value=form.value_or("kind", row.and_then(|row| row.kind).map_or("", Kind::as_str))
                error=form.field_error("kind")
            />
            <SelectField
                name="priority"
                label="Priority"
                choices=priorities
                blank="Every priority"
                value=form.value_or("priority", row.and_then(|row| row.priority).map_or("", Priority::as_str))
                error=form.field_error("priority")
            />
        </div>
    }
}

fn promises(row: Option<&PolicyRow>, choices: &Choices, form: &Form) -> impl IntoView + use<> {
    let hours = |minutes: Option<i64>| match minutes {
        Some(minutes) if minutes % 60 == 0 => (minutes / 60).to_string(),
        Some(minutes) => format!("{}.{:02}", minutes / 60, minutes % 60 * 100 / 60),
        None => String::new(),
    };
    let fields = [
        ("first", "First reply", "From when a case is opened", row.and_then(|row| row.first_response)),
        ("next", "Next reply", "To every message after it", row.and_then(|row| row.next_response)),
        ("resolution", "Solution", "Rests while the partner is asked", row.and_then(|row| row.resolution)),
    ];
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, label, hint, known)| {
            view! {
                <TextField
                    name=name
                    label=format!("{label}, in hours")
                    kind=Input::Decimal
                    value=form.value_or(name, &hours(known))
                    hint=hint
                    error=form.field_error(name)
                />
            }
        })
        .collect();
    let calendars: Vec<_> = choices.calendars.iter().map(|row| Choice::new(row.id.to_string(), row.name.clone())).collect();
    let calendar = row.and_then(|row| row.calendar_id).map(|id| id.to_string()).unwrap_or_default();
    view! {
        <div class="stack max-w-2xl">
            <div class="field-row">{fields}</div>
            <SelectField
                name="calendar"
                label="Counted by"
                choices=calendars
                blank="The usual week: Monday to Friday, 08:00 to 18:00"
                value=form.value_or("calendar", &calendar)
                error=form.field_error("calendar")
            />
        </div>
    }
}

/// The steps of the ladder: those there are, and empty ones up to the most.
fn ladder(row: Option<&PolicyRow>, choices: &Choices, form: &Form) -> impl IntoView + use<> {
    let known: Vec<StepForm> = match row {
        Some(row) => row.ladder.iter().map(StepForm::from).collect(),
        None => terms::built_in_ladder().iter().map(StepForm::from).collect(),
    };
    let steps: Vec<_> = (0..MOST_STEPS).map(|position| step(position, known.get(position), choices, form)).collect();
    view! { <p class="small muted">"A step in which nothing happens is left out."</p><ol class="ladder gap-top">{steps}</ol> }
}

fn step(position: usize, known: Option<&StepForm>, choices: &Choices, form: &Form) -> impl IntoView + use<> {
    let name = |part: &str| format!("steps[{position}][{part}]");
    let value = |part: &str, known: Option<&String>| form.value_or(&name(part), known.map_or("", String::as_str));
    let promises: Vec<_> = Promise::ALL.iter().map(|promise| Choice::new(promise.as_str(), text::promise(*promise))).collect();
    let units = vec![Choice::new("percent", "% of the promise"), Choice::new("late", "minutes after it is broken")];
    let mut actions = vec![Choice::new("notify", "Tell whoever works on it")];
    actions.extend((2..=HIGHEST_TIER).map(|tier| Choice::new(format!("tier:{tier}"), format!("Go to support tier {tier}"))));
    actions.push(Choice::new("event", "Tell the systems behind the portal"));
    actions.extend(choices.people.iter().map(|person| Choice::new(format!("to:{}", person.id), format!("Give it to {}", person.name))));
    let unit = known.map_or_else(|| "percent".to_owned(), |step| step.unit.clone());
    view! {
        <li>
            <span class="mark" aria-hidden="true">{position + 1}</span>
            <fieldset>
                <legend class="sr">{format!("Step {}", position + 1)}</legend>
                <TextField
                    name=name("at")
                    label="At"
                    kind=Input::Decimal
                    value=value("at", known.map(|step| &step.at))
                    error=form.field_error(&name("at"))
                />
                <SelectField
                    name=name("unit")
                    label="Counted in"
                    choices=units
                    value=form.value_or(&name("unit"), &unit)
                    error=form.field_error(&name("unit"))
                />
                <SelectField
                    name=name("promise")
                    label="Of which promise"
                    choices=promises
                    blank="any of them"
                    value=value("promise", known.map(|step| &step.promise))
                    error=form.field_error(&name("promise"))
                />
                <SelectField
                    name=name("action")
                    label="What happens"
                    choices=actions
                    blank="Nothing"
                    value=value("action", known.map(|step| &step.action))
                    error=form.field_error(&name("action"))
                />
            </fieldset>
        </li>
    }
}
