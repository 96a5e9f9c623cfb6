//! Days of the demonstration, counted from the day it is made, so that it looks current whenever that is.

use crate::domain::time::{Date, Timestamp};

/// Today and now, when the demonstration is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    pub(super) now: Timestamp,
}

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3600;

impl Calendar {
    /// The day that many working days from today; before today where negative.
    pub(super) fn working_day(self, days: i32) -> Date {
        later(self.now.date_utc(), days)
    }
}

/// A time of day (UTC) on a date.
pub(super) fn at(date: Date, minute_of_day: i64) -> Timestamp {
    date.start_utc().plus_seconds(minute_of_day * 60)
}

/// The same moment, or where nobody works then, one in the next morning.
pub(super) fn in_office(moment: Timestamp) -> Timestamp {
    let date = moment.date_utc();
    let minute = (moment.micros() - date.start_utc().micros()) / 60_000_000;
    if is_working(date) && (OPENS..CLOSES).contains(&minute) {
        return moment;
    }
    let morning = if is_working(date) && minute < OPENS { date } else { later(date, 1) };
    at(morning, OPENS + minute % 150)
}

/// Minutes of the day, in UTC.
const OPENS: i64 = 7 * 60;
const CLOSES: i64 = 16 * 60;

/// That many working days after a date; before it where negative.
pub(super) fn later(date: Date, days: i32) -> Date {
    let mut day = date;
    let mut left = days;
    while left != 0 {
        day = day.plus_days(left.signum());
        if is_working(day) {
            left -= left.signum();
        }
    }
    day
}

fn is_working(date: Date) -> bool {
    !matches!(date.0.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday)
}
