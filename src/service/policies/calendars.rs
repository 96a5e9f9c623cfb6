//! Calendars, as the hub's people set them.

use sqlx::types::Json;

use super::{Context, Error, Result, field, hub_only, read_name};
use crate::{
    domain::{
        access::Actor,
        calendar::{Calendar, CalendarError, WEEKDAYS, hours},
        ids::CalendarId,
        time::Date,
    },
    service::cases::clocks,
    store::{
        Conn, dialect, exception_rules,
        policies::{self, CalendarRow, Holiday},
    },
    text,
};

/// Longest name of a day off, in characters.
const LONGEST_HOLIDAY: usize = 60;
/// Most days off of a calendar.
const MOST_HOLIDAYS: usize = 500;

/// A calendar and the policies that count by it.
pub struct Listed {
    /// The calendar.
    pub row: CalendarRow,
    /// Names of the policies.
    pub used_by: Vec<String>,
}

/// Every calendar, by name.
pub async fn list(context: &Context, actor: &Actor) -> Result<Vec<Listed>> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let rows = policies::calendars(&mut conn).await?;
    with_users(&mut conn, rows).await
}

/// One calendar.
pub async fn load(context: &Context, actor: &Actor, id: CalendarId) -> Result<Listed> {
    hub_only(actor)?;
    let mut conn = context.db.read().await?;
    let row = policies::calendar(&mut conn, id).await?.ok_or(Error::NotFound)?;
    with_users(&mut conn, vec![row]).await?.pop().ok_or(Error::NotFound)
}

async fn with_users(conn: &mut Conn, rows: Vec<CalendarRow>) -> Result<Vec<Listed>> {
    let all = policies::list(conn).await?;
    let users =
        |row: &CalendarRow| all.iter().filter(|policy| policy.calendar_id == Some(row.id)).map(|policy| policy.name.clone()).collect();
    Ok(rows.into_iter().map(|row| Listed { used_by: users(&row), row }).collect())
}

/// A calendar as it is entered. Everything is text as typed.
#[derive(Clone, Debug, Default)]
pub struct CalendarForm {
    /// What it is called.
    pub name: String,
    /// Time zone name.
    pub zone: String,
    /// Hours of each weekday, Monday first: "08:00-12:00, 13:00-17:00"; empty for a day off.
    pub week: [String; 7],
}

/// Field name of a weekday's hours.
pub fn day_field(day: usize) -> String {
    WEEKDAYS.get(day).map(|name| name.to_lowercase()).unwrap_or_default()
}

/// Saves a calendar: a new one where no id is given, else the one that was read at `version`. Days off stay as they are.
pub async fn save(context: &Context, actor: &Actor, known: Option<(CalendarId, i64)>, form: &CalendarForm) -> Result<CalendarId> {
    hub_only(actor)?;
    let mut wrong = Vec::new();
    let name = read_name(&form.name, &mut wrong);
    let mut week: [Vec<_>; 7] = Default::default();
    for (day, text) in form.week.iter().enumerate() {
        match hours(text) {
            Some(hours) => week[day] = hours,
            None => wrong.push(field(day_field(day), "Write hours as 08:00-12:00, 13:00-17:00, or nothing for a day off.")),
        }
    }
    if wrong.is_empty()
        && let Err(error) = Calendar::new(&form.zone, week.clone(), std::collections::BTreeSet::new())
    {
        let place = match error {
            CalendarError::Zone(_) => "zone".to_owned(),
            CalendarError::Hours(day) => day.to_lowercase(),
            CalendarError::Empty => day_field(0),
        };
        wrong.push(field(place, error.to_string()));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "policies").await?;
    let all = policies::calendars(&mut tx).await?;
    if all.iter().any(|row| row.name == name && known.is_none_or(|(id, _)| row.id != id)) {
        return Err(Error::field("name", "Another calendar has this name. Choose a different one."));
    }
    let before = match known {
        Some((id, _)) => Some(all.into_iter().find(|row| row.id == id).ok_or(Error::NotFound)?),
        None => None,
    };
    let row = CalendarRow {
        id: known.map_or_else(|| context.id(), |(id, _)| id),
        name,
        zone: form.zone.clone(),
        week: Json(week),
        holidays: before.as_ref().map(|row| row.holidays.clone()).unwrap_or_default(),
        version: known.map_or(0, |(_, version)| version),
        updated_at: context.now(),
        created_at: before.map_or_else(|| context.now(), |row| row.created_at),
    };
    match known {
        Some(_) => policies::update_calendar(&mut tx, &row).await?,
        None => policies::insert_calendar(&mut tx, &row).await?,
    }
    clocks::ask_refresh(context, &mut tx).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(row.id)
}

/// Adds a day off. A day that is one already gets the new name.
pub async fn add_holiday(context: &Context, actor: &Actor, id: CalendarId, on: &str, name: &str) -> Result<()> {
    hub_only(actor)?;
    let name = name.trim().to_owned();
    let on: Option<Date> = on.trim().parse().ok();
    let mut wrong = Vec::new();
    if on.is_none() {
        wrong.push(field("on", "Choose the day."));
    }
    if name.is_empty() || name.chars().count() > LONGEST_HOLIDAY {
        wrong.push(field("holiday", format!("Enter what the day is called, with at most {LONGEST_HOLIDAY} characters.")));
    }
    let (Some(on), true) = (on, wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    change_holidays(context, actor, id, |days| {
        days.retain(|day| day.on != on);
        days.push(Holiday { on, name });
        days.sort_by_key(|day| day.on);
        if days.len() > MOST_HOLIDAYS {
            return Err(Error::field("on", format!("A calendar has at most {MOST_HOLIDAYS} days off. Remove old ones first.")));
        }
        Ok(())
    })
    .await
}

/// Makes a day off a usual day again.
pub async fn remove_holiday(context: &Context, actor: &Actor, id: CalendarId, on: &str) -> Result<()> {
    let on: Date = on.parse().map_err(|_| Error::NotFound)?;
    change_holidays(context, actor, id, |days| {
        let before = days.len();
        days.retain(|day| day.on != on);
        if days.len() == before { Err(Error::NotFound) } else { Ok(()) }
    })
    .await
}

async fn change_holidays(
    context: &Context,
    actor: &Actor,
    id: CalendarId,
    change: impl FnOnce(&mut Vec<Holiday>) -> Result<()>,
) -> Result<()> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "policies").await?;
    let mut row = policies::calendar(&mut tx, id).await?.ok_or(Error::NotFound)?;
    change(&mut row.holidays.0)?;
    row.updated_at = context.now();
    policies::update_calendar(&mut tx, &row).await?;
    clocks::ask_refresh(context, &mut tx).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}

/// Removes a calendar that no policy counts by.
pub async fn remove(context: &Context, actor: &Actor, id: CalendarId) -> Result<()> {
    hub_only(actor)?;
    let mut tx = context.db.begin().await?;
    dialect::lock(&mut tx, "policies").await?;
    policies::calendar(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if let Some(user) = policies::list(&mut tx).await?.into_iter().find(|policy| policy.calendar_id == Some(id)) {
        return Err(Error::Conflict(format!("The policy “{}” counts by this calendar. Choose another there first.", user.name)));
    }
    if let Some(rule) = exception_rules::list(&mut tx).await?.into_iter().find(|rule| rule.calendar_id == Some(id)) {
        let words = format!("The rule “{}” counts by this calendar. Choose another there first.", text::exception(rule.kind));
        return Err(Error::Conflict(words));
    }
    policies::delete_calendar(&mut tx, id).await?;
    tx.commit().await?;
    context.live.publish(None);
    Ok(())
}
