//! What people are told, how they want to be told, and when a mail may come.

use jiff::tz::TimeZone;

use super::time::Timestamp;

codes! {
    /// What somebody can be told about.
    pub enum Topic {
        /// A document was refused here or rejected by its receiver.
        DocumentRefused = "document_refused",
        /// A case or an exception was given to them.
        Assigned = "assigned",
        /// A case was opened, or something was written in it.
        CaseMessage = "case_message",
        /// A promise of a case runs out or is broken.
        Escalated = "escalated",
        /// An order was changed, cancelled or answered.
        OrderChanged = "order_changed",
        /// An exception is theirs to settle, or got worse.
        ExceptionFound = "exception_found",
        /// An invoice was paid, or its payment was refused or put in question.
        PaymentTold = "payment_told",
        /// The company tells its partners something, through a system behind the portal.
        Notice = "notice",
    }

    /// How somebody wants to be told.
    pub enum Way {
        /// In the portal.
        Page = "page",
        /// In the portal, and by a mail at once.
        Mail = "mail",
        /// In the portal, and in the mail of the day.
        Digest = "digest",
        /// Not at all.
        Nothing = "nothing",
    }
}

impl Topic {
    /// How people are told who did not choose: what stops their work by mail, the rest in the portal.
    pub const fn usual(self) -> Way {
        match self {
            Self::DocumentRefused | Self::Assigned | Self::Escalated | Self::ExceptionFound => Way::Mail,
            Self::CaseMessage => Way::Mail,
            Self::OrderChanged => Way::Digest,
            Self::PaymentTold => Way::Page,
            Self::Notice => Way::Mail,
        }
    }
}

/// When a person's mail may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// No mail from this minute of the day up to that one; may pass midnight.
    pub quiet: Option<(u16, u16)>,
    /// When the mail of the day comes, in minutes after midnight.
    pub digest_at: u16,
}

impl Default for Hours {
    /// No quiet hours, and the mail of the day at half past seven.
    fn default() -> Self {
        Self { quiet: None, digest_at: 7 * 60 + 30 }
    }
}

impl Hours {
    /// When a mail that is ready now may come: now, or at the end of the quiet hours.
    pub fn mail_at(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let Some((from, to)) = self.quiet else { return now };
        let wall = now.to_jiff().to_zoned(zone.clone());
        let minute = minute_of(&wall);
        let is_quiet = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
        if is_quiet { next(now, zone, to) } else { now }
    }

    /// When the next mail of the day comes.
    pub fn digest_after(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        next(now, zone, self.digest_at)
    }
}

fn minute_of(wall: &jiff::Zoned) -> u16 {
    let part = |value: i8| u16::try_from(value).unwrap_or_default();
    part(wall.hour()) * 60 + part(wall.minute())
}

/// The next time that clocks on the wall show this minute; the first instant after it where it is skipped.
fn next(now: Timestamp, zone: &TimeZone, minute: u16) -> Timestamp {
    let today = now.to_jiff().to_zoned(zone.clone()).date();
    let part = |value: u16| i8::try_from(value).unwrap_or_default();
    let time = jiff::civil::time(part(minute / 60 % 24), part(minute % 60), 0, 0);
    let days = today.series(jiff::Span::new().days(1)).take(3);
    let times = days.filter_map(|day| zone.to_ambiguous_zoned(day.to_datetime(time)).compatible().ok());
    let times = times.map(|wall| Timestamp::from_micros(wall.timestamp().as_microsecond()));
    times.into_iter().find(|at| *at > now).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn no_mail_comes_in_the_quiet_hours_of_the_persons_zone() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let night = Hours { quiet: Some((20 * 60, 7 * 60)), ..Hours::default() };
        let mail = |text: &str| night.mail_at(at(text), &zone);
        assert_eq!(mail("2026-11-23T12:00:00Z"), at("2026-11-23T12:00:00Z"));
        assert_eq!(mail("2026-11-23T18:59:00Z"), at("2026-11-23T18:59:00Z"));
        assert_eq!(mail("2026-11-23T19:00:00Z"), at("2026-11-24T06:00:00Z"), "20:00 there");
        assert_eq!(mail("2026-11-24T02:00:00Z"), at("2026-11-24T06:00:00Z"));
        assert_eq!(mail("2026-11-24T06:00:00Z"), at("2026-11-24T06:00:00Z"));
        let noon = Hours { quiet: Some((12 * 60, 13 * 60)), ..Hours::default() };
        assert_eq!(noon.mail_at(at("2026-11-23T11:30:00Z"), &zone), at("2026-11-23T12:00:00Z"));
        assert_eq!(noon.mail_at(at("2026-11-23T13:30:00Z"), &zone), at("2026-11-23T13:30:00Z"));
        assert_eq!(Hours::default().mail_at(at("2026-11-24T02:00:00Z"), &zone), at("2026-11-24T02:00:00Z"));
    }

    #[test]
    fn the_mail_of_the_day_comes_by_the_clock_on_the_wall() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let digest = |minute, text: &str| Hours { quiet: None, digest_at: minute }.digest_after(at(text), &zone);
        assert_eq!(digest(450, "2026-11-23T06:29:00Z"), at("2026-11-23T06:30:00Z"));
        assert_eq!(digest(450, "2026-11-23T06:30:00Z"), at("2026-11-24T06:30:00Z"));
        // The clocks go forward at two on Sunday 29 March 2026, and back at three on 25 October.
        assert_eq!(digest(450, "2026-03-28T12:00:00Z"), at("2026-03-29T05:30:00Z"));
        assert_eq!(digest(150, "2026-03-28T12:00:00Z"), at("2026-03-29T01:30:00Z"));
        assert_eq!(digest(450, "2026-10-24T12:00:00Z"), at("2026-10-25T06:30:00Z"));
    }
}
