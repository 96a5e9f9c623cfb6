//! Time as the portal knows it: instants in UTC to the microsecond, calendar dates without a zone, and the clock that
//! is passed in. Zones matter only where a person reads a time; that is `text`'s business.

use std::{fmt, str::FromStr, sync::Arc, sync::atomic::AtomicI64, sync::atomic::Ordering};

use serde::{Deserialize, Serialize};

/// An instant, microseconds since 1970-01-01T00:00:00Z. Both engines keep exactly this precision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Moved by whole seconds, forwards or backwards.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1_000_000)
    }

    /// The instant as `jiff` knows it.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// The calendar date of this instant in UTC.
    pub fn date_utc(self) -> Date {
        Date(self.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse::<jiff::Timestamp>()?.as_microsecond()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A calendar date, as documents carry it: no time, no zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub jiff::civil::Date);

impl Date {
    /// A date from its parts; `None` where there is no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self)
    }

    /// Moved by whole days; past the ends of the calendar (years -9999 and 9999) it stops there.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        match jiff::Span::new().try_days(days) {
            Ok(span) => Self(self.0.saturating_add(span)),
            Err(_) if days < 0 => Self(jiff::civil::Date::MIN),
            Err(_) => Self(jiff::civil::Date::MAX),
        }
    }

    /// Whole days from `earlier` to this date; negative where this date is before it.
    pub fn days_since(self, earlier: Self) -> i32 {
        (self.0 - earlier.0).get_days()
    }

    /// Days since 1970-01-01, for the engines that store a number.
    pub fn day_number(self) -> i32 {
        self.days_since(Self(jiff::civil::date(1970, 1, 1)))
    }

    /// Midnight of this date in UTC.
    pub fn start_utc(self) -> Timestamp {
        Timestamp(i64::from(self.day_number()) * 86_400_000_000)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Date {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What tells the time. Passed in everywhere, so that a test can move it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Today in UTC.
    fn today(&self) -> Date {
        self.now().date_utc()
    }
}

/// A clock that several owners share.
pub type SharedClock = Arc<dyn Clock>;

/// A clock that stands still until it is moved: for tests and for the seed, which lays out days in the past.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock standing at the given instant.
    pub fn at(now: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now.micros())))
    }

    /// Moves the clock forwards.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Puts the clock at an instant.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_stop_at_the_ends_of_the_calendar() {
        let day = Date::new(2026, 11, 22).unwrap();
        assert_eq!(day.plus_days(9), Date::new(2026, 12, 1).unwrap());
        assert_eq!(day.plus_days(8_000_000), Date::new(9999, 12, 31).unwrap());
        assert_eq!(day.plus_days(i32::MIN).plus_days(1), Date::new(-9999, 1, 2).unwrap());
    }
}
