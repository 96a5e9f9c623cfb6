//! One calendar: its week and its days off; or a new one.

use leptos::prelude::*;

use crate::{
    domain::{
        access::Permission,
        calendar::{WEEKDAYS, hours_text},
        ids::CalendarId,
    },
    pages::{Form, PageContext, account::profile::zone_names, page, param},
    service::{
        self,
        cases::terms,
        policies::{
            LONGEST_NAME,
            calendars::{self, Listed, day_field},
        },
    },
    store::policies::{CalendarRow, Holiday},
    text,
    ui::{
        Button, ButtonLink, Choice, Column, Columns, Crumb, Empty, Icon, Input, PageHead, Panel, SelectField, Size, Table, TextField,
        Weight,
    },
};

/// The page of a known calendar.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<CalendarId>("id");
    page("Calendar", async move |cx: PageContext| {
        let listed = calendars::load(&cx.context, &cx.reader.actor, id?).await?;
        Ok(known(&listed, &cx))
    })
}

/// The page of a new one.
#[component]
pub fn New() -> impl IntoView {
    page("Add a calendar", async |cx: PageContext| {
        if !cx.reader.actor.may(Permission::Operate) {
            return Err(service::Error::NotFound);
        }
        let form = Form::of("save-calendar");
        Ok(view! {
            <PageHead title="Add a calendar" crumbs=vec![Crumb::link("/calendars", "Calendars"), Crumb::here("Add")]>
                "Its hours first; its days off come next."
            </PageHead>
            {form.summary()}
            <Panel id="week" title="Hours of the week">{fields(None, &form, &cx)}</Panel>
        })
    })
}

fn known(listed: &Listed, cx: &PageContext) -> impl IntoView + use<> {
    let form = Form::of("save-calendar");
    let added = Form::of("add-holiday");
    let removed = Form::of("remove-calendar");
    let row = &listed.row;
    let name = row.name.clone();
    let week = fields(Some(row), &form, cx);
    let days = days_off(row, &added, cx);
    let (id, used_by) = (row.id, listed.used_by.clone());
    let side = move || use_of(id, &used_by);
    view! {
        <leptos_meta::Title text=name.clone()/>
        <PageHead title=name.clone() crumbs=vec![Crumb::link("/calendars", "Calendars"), Crumb::here(name)]>
            "A change counts for open cases too. What happened in them stays as it was."
        </PageHead>
        {form.summary()}
        {added.summary()}
        {removed.summary()}
        <Columns side=side>
            {days}
            <Panel id="week" title="Hours of the week">{week}</Panel>
        </Columns>
    }
}

fn fields(row: Option<&CalendarRow>, form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let zones = zone_names().into_iter().map(|name| Choice::new(name.clone(), name.replace('_', " "))).collect::<Vec<_>>();
    let usual = terms::usual_week();
    let days: Vec<_> = WEEKDAYS
        .iter()
        .enumerate()
        .map(|(day, label)| {
            let hours = hours_text(&row.map_or(&usual, |row| &row.week.0)[day]);
            let name = day_field(day);
            view! { <TextField name=name.clone() label=*label value=form.value_or(&name, &hours) error=form.field_error(&name)/> }
        })
        .collect();
    view! {
        <form class="stack max-w-md" method="post" action="/do/save-calendar">
            <input type="hidden" name="calendar" value=row.map(|row| row.id.to_string()).unwrap_or_default()/>
            <input type="hidden" name="version" value=row.map(|row| row.version.to_string()).unwrap_or_default()/>
            <TextField
                name="name"
                label="Name"
                value=form.value_or("name", row.map_or("", |row| row.name.as_str()))
                error=form.field_error("name")
                maxlength=u32::try_from(LONGEST_NAME).unwrap_or_default()
                required=true
            />
            <SelectField
                name="zone"
                label="Time zone"
                choices=zones
                value=form.value_or("zone", row.map_or(cx.reader.zone.as_str(), |row| row.zone.as_str()))
                hint="The hours are what the clock on the wall there shows."
                error=form.field_error("zone")
                required=true
            />
            <p class="small muted">"Write hours as 08:00-12:00, 13:00-17:00. Leave a day empty where nobody works."</p>
            <div class="week">{days}</div>
            <p class="actions">
                <ButtonLink href="/calendars" label="Leave it"/>
                <Button label="Save the calendar" icon=Icon::Check weight=Weight::Main/>
            </p>
        </form>
    }
}

fn days_off(row: &CalendarRow, form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let today = cx.zone.date(cx.now);
    let (coming, past): (Vec<&Holiday>, Vec<&Holiday>) = row.holidays.iter().partition(|day| day.on >= today);
    let gone =
        (!past.is_empty()).then(|| text::count(u64::try_from(past.len()).unwrap_or_default(), "day off is over", "days off are over"));
    let list = if coming.is_empty() {
        view! { <Empty icon=Icon::Calendar title="No day off is coming" text="Add the holidays on which nobody works."/> }.into_any()
    } else {
        let rows: Vec<_> = coming.into_iter().map(|day| day_off(row.id, day)).collect();
        let columns = vec![Column::new("Day"), Column::new("Called"), Column::new("Remove").hidden()];
        view! { <Table caption="Days off to come" in_panel=true keep=true columns=columns>{rows}</Table> }.into_any()
    };
    let (id, on, called) = (row.id.to_string(), form.value("on"), form.value("holiday"));
    let (wrong_on, wrong_called) = (form.field_error("on"), form.field_error("holiday"));
    view! {
        <Panel id="days-off" title="Days off" note=gone.unwrap_or_default() flush=true>
            {list}
            <form class="panel-foot row-flex items-end" method="post" action="/do/add-holiday">
                <input type="hidden" name="calendar" value=id/>
                <TextField name="on" label="Day" kind=Input::Date value=on error=wrong_on required=true/>
                <TextField name="holiday" label="Called" value=called error=wrong_called required=true/>
                <Button label="Add the day off" icon=Icon::Plus/>
            </form>
        </Panel>
    }
}

fn day_off(calendar: CalendarId, day: &Holiday) -> impl IntoView + use<> {
    let remove = format!("Remove {}, {}", day.name, text::date(day.on));
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{text::date_with_weekday(day.on)}</th>
            <td role="cell">{day.name.clone()}</td>
            <td role="cell" class="num">
                <form method="post" action="/do/remove-holiday">
                    <input type="hidden" name="calendar" value=calendar.to_string()/>
                    <input type="hidden" name="on" value=day.on.to_string()/>
                    <Button label="Remove" size=Size::Small weight=Weight::Quiet aria_label=remove/>
                </form>
            </td>
        </tr>
    }
}

/// Who counts by it; where nobody does, the way to remove it.
fn use_of(id: CalendarId, used_by: &[String]) -> impl IntoView + use<> {
    let names: Vec<_> = used_by.iter().map(|name| view! { <li>{name.clone()}</li> }).collect();
    let body = if names.is_empty() {
        view! {
            <form method="post" action="/do/remove-calendar" class="stack-s">
                <p class="small muted">"No policy counts by it."</p>
                <input type="hidden" name="calendar" value=id.to_string()/>
                <Button label="Remove this calendar" icon=Icon::X weight=Weight::Destructive/>
            </form>
        }
        .into_any()
    } else {
        view! { <ul>{names}</ul><p class="gap-top"><a href="/policies">"See the policies"</a></p> }.into_any()
    };
    view! { <Panel id="users" title="Policies that count by it">{body}</Panel> }
}
