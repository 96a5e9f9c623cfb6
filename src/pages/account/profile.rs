//! How a person is called, and in which zone they read times.

use leptos::prelude::*;

use super::head;
use crate::{
    pages::{Form, PageContext, page},
    text,
    ui::{Button, Choice, Columns, Fact, Facts, Panel, SelectField, TextField, Weight},
};

/// The profile.
#[component]
pub fn Page() -> impl IntoView {
    page("Your profile", async |cx: PageContext| {
        let form = Form::of("profile");
        let zones = zone_names().into_iter().map(|name| Choice::new(name.clone(), name.replace('_', " "))).collect::<Vec<_>>();
        let facts = vec![
            Fact::new("Mail address", cx.reader.email.clone())
                .note("You sign in with it. For another one, ask the company that runs this portal."),
            Fact::new("Company", cx.reader.actor.organisation_name.clone()),
            Fact::new("Now", text::moment(cx.now, &cx.zone)),
        ];
        Ok(view! {
            {head("Your profile", &cx.path)}
            {form.summary()}
            <Columns side=move || you(facts.clone())>
                <Panel id="profile" title="Name and time zone">
                    <form class="stack max-w-md" method="post" action="/do/profile">
                        <TextField
                            name="name"
                            label="Name"
                            value=form.value_or("name", &cx.reader.actor.name)
                            hint="Your partners see it beside what you send."
                            error=form.field_error("name")
                            autocomplete="name"
                            maxlength=100u32
                            required=true
                        />
                        <SelectField
                            name="zone"
                            label="Time zone"
                            choices=zones
                            value=form.value_or("zone", &cx.reader.zone)
                            hint="Every time you read is in this zone, and says so."
                            error=form.field_error("zone")
                            required=true
                        />
                        <p><Button label="Save" weight=Weight::Main/></p>
                    </form>
                </Panel>
            </Columns>
        })
    })
}

fn you(facts: Vec<Fact>) -> impl IntoView {
    view! { <Panel id="facts" title="You"><Facts facts=facts/></Panel> }
}

/// The IANA names of zones that people live in: those of a continent or an ocean, and UTC.
pub fn zone_names() -> Vec<String> {
    const PARTS: [&str; 9] = ["Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"];
    let mut names: Vec<_> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| PARTS.iter().any(|part| name.starts_with(part)))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.push("UTC".to_owned());
    names
}
