//! Business calendars: when a place works, so that a deadline of three working days means what people there mean by it.
//! Working hours are civil times in the calendar's zone; how long an hour range lasts on a day with a clock change is
//! what really passes.

use std::collections::BTreeSet;

use jiff::{
    civil,
    tz::{AmbiguousOffset, TimeZone},
};

use super::time::{Date, Timestamp};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// How many days are looked ahead for working time before a calendar counts as one without any.
const HORIZON_DAYS: usize = 3 * 366;

/// A range of working time on a weekday, in minutes after midnight; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hours {
    /// First minute.
    pub from: u16,
    /// First minute after it; 1440 is midnight at the end of the day.
    pub to: u16,
}

/// A minute of the day as it is typed and shown: "07:30".
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A minute of the day, read from "07:30"; "24:00" is its end. None where it is no time of day.
pub fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minute = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && minute <= DAY).then_some(minute)
}

/// The hours of a day as they are typed and shown: "08:00-12:00, 13:00-17:00"; empty for a day off.
pub fn hours_text(hours: &[Hours]) -> String {
    hours.iter().map(|range| format!("{}-{}", clock(range.from), clock(range.to))).collect::<Vec<_>>().join(", ")
}

/// The hours of a day, read from such a text; none where it cannot be read. Whether they make sense is for
/// [`Calendar::new`] to say.
pub fn hours(text: &str) -> Option<Vec<Hours>> {
    let ranges = text.split(',').map(str::trim).filter(|range| !range.is_empty());
    ranges
        .map(|range| {
            let (from, to) = range.split_once(['-', '–'])?;
            Some(Hours { from: minute(from)?, to: minute(to)? })
        })
        .collect()
}

/// Why a calendar cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The zone has no entry in the time zone database.
    #[error("There is no time zone {0}. Use a name such as Europe/Amsterdam.")]
    Zone(String),
    /// Hours that end before they begin, or overlap.
    #[error("The hours of {0} must each end after they begin, and follow each other.")]
    Hours(&'static str),
    /// No weekday has hours.
    #[error("At least one weekday needs working hours.")]
    Empty,
}

/// When a place works.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    /// Monday first.
    week: [Vec<Hours>; 7],
    holidays: BTreeSet<Date>,
}

/// The weekdays, in the order of a calendar's week.
pub const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Calendar {
    /// A calendar in a zone of the time zone database.
    pub fn new(zone: &str, week: [Vec<Hours>; 7], holidays: BTreeSet<Date>) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(zone).map_err(|_| CalendarError::Zone(zone.to_owned()))?;
        for (day, hours) in WEEKDAYS.into_iter().zip(&week) {
            let sound = hours.iter().all(|range| range.from < range.to && range.to <= DAY);
            let ordered = hours.windows(2).all(|pair| pair[0].to <= pair[1].from);
            if !sound || !ordered {
                return Err(CalendarError::Hours(day));
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(CalendarError::Empty);
        }
        Ok(Self { zone, week, holidays })
    }

    /// A calendar that never rests.
    pub fn always() -> Self {
        let day = || vec![Hours { from: 0, to: DAY }];
        Self { zone: TimeZone::UTC, week: std::array::from_fn(|_| day()), holidays: BTreeSet::new() }
    }

    /// Working time between two instants, in microseconds; nothing where `to` is not after `from`.
    pub fn working(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.ranges(from).take_while(|(begin, _)| *begin < to).map(|(begin, end)| end.min(to).micros() - begin.micros()).sum()
    }

    /// The instant by which `work` microseconds of working time have passed since `from`; `from` itself for none. `None`
    /// where the calendar has not that much working time in the next years.
    pub fn after(&self, from: Timestamp, work: i64) -> Option<Timestamp> {
        if work <= 0 {
            return Some(from);
        }
        let mut left = work;
        for (begin, end) in self.ranges(from) {
            let length = end.micros() - begin.micros();
            if left <= length {
                return Some(Timestamp::from_micros(begin.micros() + left));
            }
            left -= length;
        }
        None
    }

    /// Ranges of working time from an instant on, in order, each with its begin and end.
    fn ranges(&self, from: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let first = from.to_jiff().to_zoned(self.zone.clone()).date();
        // A day begins in the zone; the day before may still run past its midnight where the clock goes back.
        let start = first.yesterday().unwrap_or(first);
        start
            .series(jiff::Span::new().days(1))
            .take(HORIZON_DAYS)
            .flat_map(|day| self.of_day(day))
            .map(move |(begin, end)| (begin.max(from), end))
            .filter(|(begin, end)| begin < end)
    }

    fn of_day(&self, day: civil::Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let rests = self.holidays.contains(&Date(day));
        let hours = &self.week[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default()];
        hours.iter().filter(move |_| !rests).map(move |range| (self.instant(day, range.from), self.instant(day, range.to)))
    }

    /// The first instant at which clocks on the wall show this minute of this day, or a later one where it is skipped.
    fn instant(&self, day: civil::Date, minute: u16) -> Timestamp {
        let (day, minute) = if minute == DAY { (day.tomorrow().unwrap_or(day), 0) } else { (day, minute) };
        let part = |value: u16| i8::try_from(value).unwrap_or_default();
        let wall = self.zone.to_ambiguous_timestamp(day.to_datetime(civil::time(part(minute / 60), part(minute % 60), 0, 0)));
        let at = match wall.offset() {
            AmbiguousOffset::Gap { .. } => wall.earlier().map(|before| {
                let jump = self.zone.following(before).next();
                jump.map_or(before, |jump| jump.timestamp())
            }),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => wall.earlier(),
        };
        Timestamp::from_micros(at.map_or(i64::MAX, jiff::Timestamp::as_microsecond))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000_000;
    const HOUR: i64 = 60 * MINUTE;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Nine to five on weekdays.
    fn office(zone: &str, holidays: &[&str]) -> Calendar {
        let day = || vec![Hours { from: 9 * 60, to: 17 * 60 }];
        let week = [day(), day(), day(), day(), day(), vec![], vec![]];
        Calendar::new(zone, week, holidays.iter().map(|day| day.parse().unwrap()).collect()).unwrap()
    }

    #[test]
    fn a_deadline_passes_over_nights_weekends_and_holidays() {
        let calendar = office("Europe/Amsterdam", &["2026-12-25"]);
        // Thursday 24 December, 16:00 in Amsterdam: one hour that day, Friday is a holiday, then the weekend.
        let opened = at("2026-12-24T15:00:00Z");
        assert_eq!(calendar.after(opened, 2 * HOUR), Some(at("2026-12-28T09:00:00Z")));
        assert_eq!(calendar.working(opened, at("2026-12-28T09:00:00Z")), 2 * HOUR);
        assert_eq!(calendar.after(opened, 0), Some(opened));
        assert_eq!(calendar.working(at("2026-12-26T00:00:00Z"), at("2026-12-27T23:00:00Z")), 0);
    }

    #[test]
    fn the_office_opens_by_the_clock_on_the_wall_on_both_sides_of_a_change() {
        let calendar = office("Europe/Amsterdam", &[]);
        // The clocks go forward on Sunday 29 March 2026.
        assert_eq!(calendar.after(at("2026-03-27T15:00:00Z"), 2 * HOUR), Some(at("2026-03-30T08:00:00Z")));
        let night = || vec![Hours { from: 60, to: 4 * 60 }];
        let nights = Calendar::new("Europe/Amsterdam", std::array::from_fn(|_| night()), BTreeSet::new()).unwrap();
        let of = |day: &str| nights.working(at(&format!("{day}T00:00:00Z")).plus_seconds(-7200), at(&format!("{day}T12:00:00Z")));
        assert_eq!([of("2026-03-28"), of("2026-03-29"), of("2026-10-25")], [3 * HOUR, 2 * HOUR, 4 * HOUR]);
    }

    #[test]
    fn hours_are_read_as_they_are_written() {
        let day = vec![Hours { from: 8 * 60, to: 12 * 60 }, Hours { from: 13 * 60, to: DAY }];
        assert_eq!(hours_text(&day), "08:00-12:00, 13:00-24:00");
        assert_eq!(hours(&hours_text(&day)), Some(day));
        assert_eq!(hours(" 8:00 – 17:30 "), Some(vec![Hours { from: 480, to: 1050 }]));
        assert_eq!(hours(""), Some(vec![]));
        for wrong in ["8-17", "08:00", "24:01-25:00", "08:60-09:00", "+8:00-9:00", "a:b-c:d", "99999:00-1:00"] {
            assert_eq!(hours(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let week = |hours: Vec<Hours>| std::array::from_fn(|day| if day == 2 { hours.clone() } else { vec![] });
        let new = |zone, hours| Calendar::new(zone, week(hours), BTreeSet::new()).map(|_| ());
        let range = |from, to| Hours { from, to };
        assert_eq!(new("Europe/Atlantis", vec![range(0, 60)]), Err(CalendarError::Zone("Europe/Atlantis".to_owned())));
        assert_eq!(new("UTC", vec![range(60, 60)]), Err(CalendarError::Hours("Wednesday")));
        assert_eq!(new("UTC", vec![range(60, 120), range(100, 200)]), Err(CalendarError::Hours("Wednesday")));
        assert_eq!(new("UTC", vec![range(0, 1441)]), Err(CalendarError::Hours("Wednesday")));
        assert_eq!(new("UTC", vec![]), Err(CalendarError::Empty));
        assert!(new("UTC", vec![range(0, DAY)]).is_ok());
    }

    /// Any calendar, in zones whose clocks change by an hour, by half an hour, never, and around midnight.
    pub(crate) fn any_calendar() -> impl Strategy<Value = Calendar> {
        let zone =
            prop::sample::select(vec!["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Havana"]);
        let hours = prop::collection::btree_set(0..=DAY, 0..=4).prop_map(|edges| {
            let edges: Vec<u16> = edges.into_iter().collect();
            edges.chunks_exact(2).map(|pair| Hours { from: pair[0], to: pair[1] }).collect::<Vec<_>>()
        });
        let week = prop::collection::vec(hours, 7);
        let holidays = prop::collection::btree_set((0..400).prop_map(|day| Date::new(2026, 1, 1).unwrap().plus_days(day)), 0..20);
        (zone, week, holidays)
            .prop_filter_map("a week with hours", |(zone, week, holidays)| Calendar::new(zone, week.try_into().unwrap(), holidays).ok())
    }

    /// Working minutes counted one by one by the clock on the wall.
    fn counted(calendar: &Calendar, from: Timestamp, minutes: i64) -> i64 {
        let wall = |at: Timestamp| at.to_jiff().to_zoned(calendar.zone.clone()).datetime();
        // Each day's hours begin when the wall first shows them, and last until it first shows their end.
        let mut open: Vec<(civil::DateTime, civil::DateTime)> = Vec::new();
        let mut sum = 0;
        let start = from.plus_seconds(-3 * 86_400);
        let mut latest = wall(start);
        for minute in 0..(3 * 24 * 60 + minutes) {
            let now = start.plus_seconds(minute * 60);
            latest = latest.max(wall(now));
            let day = latest.date();
            for range in &calendar.week[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap()] {
                let edge = |minute: u16| day.at(0, 0, 0, 0) + jiff::Span::new().minutes(minute);
                if !calendar.holidays.contains(&Date(day)) && !open.iter().any(|(from, _)| *from == edge(range.from)) {
                    open.push((edge(range.from), edge(range.to)));
                }
            }
            open.retain(|(_, to)| latest < *to);
            if now >= from && open.iter().any(|(from, _)| latest >= *from) {
                sum += 1;
            }
        }
        sum * MINUTE
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn working_time_is_what_a_patient_observer_counts(calendar in any_calendar(), hour in 0_i64..9_600, minutes in 0_i64..6_000) {
            let from = at("2026-01-01T00:00:00Z").plus_seconds(hour * 3_600);
            prop_assert_eq!(calendar.working(from, from.plus_seconds(minutes * 60)), counted(&calendar, from, minutes));
        }

        #[test]
        fn a_deadline_is_the_first_instant_with_enough_working_time(calendar in any_calendar(), hour in 0_i64..9_600, work in 1_i64..6_000) {
            let from = at("2026-01-01T00:00:00Z").plus_seconds(hour * 3_600);
            let due = calendar.after(from, work * MINUTE).unwrap();
            prop_assert_eq!(calendar.working(from, due), work * MINUTE);
            prop_assert!(calendar.working(from, due.plus_seconds(-1)) < work * MINUTE);
        }
    }
}
