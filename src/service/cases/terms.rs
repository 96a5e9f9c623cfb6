//! What counts for a case: the most special policy that fits it, or the built-in one where none does.

use std::collections::BTreeSet;

use super::{Error, Result};
use crate::{
    domain::{
        calendar::{Calendar, Hours},
        case::Priority,
        policy::{Action, Rules, Step, Subject, most_special},
        sla::{Terms, When},
        time::Timestamp,
    },
    store::{
        Conn,
        cases::Case,
        organisations,
        policies::{self, CalendarRow, PolicyRow},
    },
};

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// Hours of the hub's week that it promises by priority where no policy says otherwise: first reply, next reply, solution.
pub const fn built_in_hours(priority: Priority) -> (i64, i64, i64) {
    match priority {
        Priority::Urgent => (1, 2, 8),
        Priority::High => (4, 4, 20),
        Priority::Normal => (8, 8, 50),
        Priority::Low => (20, 20, 100),
    }
}

/// The hub's usual week: weekdays from eight to six.
pub fn usual_week() -> [Vec<Hours>; 7] {
    std::array::from_fn(|weekday| if weekday < 5 { vec![Hours { from: 8 * 60, to: 18 * 60 }] } else { Vec::new() })
}

/// When the hub works where no calendar says otherwise: its usual week, in its own zone.
pub async fn usual(conn: &mut Conn) -> Result<Calendar> {
    let zone = organisations::hub(conn).await?.map_or_else(|| "UTC".to_owned(), |hub| hub.zone);
    Ok(Calendar::new(&zone, usual_week(), BTreeSet::new()).unwrap_or_else(|_| Calendar::always()))
}

/// What happens where no policy says otherwise: a warning at three quarters, then the next tier.
pub fn built_in_ladder() -> Vec<Step> {
    let step = |promise, when, action| Step { promise, when, action };
    vec![step(None, When::Percent(75), Action::Notify), step(None, When::MinutesLate(0), Action::RaiseTier(2))]
}

/// What counts for a case.
pub async fn of(conn: &mut Conn, case: &Case) -> Result<Rules> {
    let subject = Subject { kind: case.kind, priority: case.priority, partner: case.counterparty_id };
    let stored = policies::list(conn).await?.into_iter().map(|row| (row.aim(), row));
    let policy = most_special(stored, &subject);
    let calendar = match policy.as_ref().and_then(|row| row.calendar_id) {
        Some(id) => policies::calendar(conn, id).await?,
        None => None,
    };
    let hours = match &calendar {
        Some(row) => read(row)?,
        None => usual(conn).await?,
    };
    let changed = calendar.map_or(Timestamp::from_micros(0), |row| row.updated_at);
    Ok(match policy {
        Some(row) => stored_rules(row, hours, changed),
        None => built_in(case.priority, hours),
    })
}

fn stored_rules(row: PolicyRow, calendar: Calendar, calendar_changed: Timestamp) -> Rules {
    let time = |minutes: Option<i64>| minutes.map(|minutes| minutes * MINUTE);
    Rules {
        since: row.updated_at.max(calendar_changed),
        name: Some(row.name),
        terms: Terms {
            first_response: time(row.first_response),
            next_response: time(row.next_response),
            resolution: time(row.resolution),
            calendar,
        },
        ladder: row.ladder.0,
    }
}

fn built_in(priority: Priority, calendar: Calendar) -> Rules {
    let (first, next, resolution) = built_in_hours(priority);
    let time = |hours: i64| Some(hours * 60 * MINUTE);
    Rules {
        name: None,
        terms: Terms { first_response: time(first), next_response: time(next), resolution: time(resolution), calendar },
        ladder: built_in_ladder(),
        since: Timestamp::from_micros(0),
    }
}

/// A stored calendar. It was checked when it was saved.
pub fn read(row: &CalendarRow) -> Result<Calendar> {
    let days = row.holidays.iter().map(|day| day.on).collect();
    Calendar::new(&row.zone, row.week.0.clone(), days).map_err(|error| Error::Internal(format!("calendar {}: {error}", row.name)))
}
