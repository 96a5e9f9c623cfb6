//! How an event is delivered: what an answer of its receiver means, and when it is tried again (Standard Webhooks 1.0).

use super::time::Timestamp;

/// Pauses before the attempts, in seconds: the first is made at once, and after the last there is none.
const LADDER: [i64; 10] = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Longest pause that a receiver may ask for, in seconds.
const LONGEST_WISH: i64 = 86_400;

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Taken,
    /// The receiver is there and does not want this one.
    Refused {
        /// In words.
        why: String,
    },
    /// The receiver could not be reached, or is not able to take anything now.
    Away {
        /// In words.
        why: String,
        /// For how many seconds it wants to be left alone.
        wait: Option<i64>,
    },
    /// The receiver is gone for good.
    Gone,
}

impl Outcome {
    /// What a status of HTTP means. A redirect is not followed: what is signed goes to the address it was registered with.
    pub fn of_status(status: u16, wait: Option<i64>) -> Self {
        let words = |what: &str| format!("The endpoint answered {status}: {what}");
        match status {
            200..=299 => Self::Taken,
            410 => Self::Gone,
            300..=399 => Self::Refused { why: words("it sends us elsewhere. Register the address it names.") },
            401 | 403 => Self::Refused { why: words("it does not accept the signature. Compare the secrets.") },
            408 | 425 | 429 | 500..=599 => Self::Away { why: words("it cannot take events now."), wait },
            _ => Self::Refused { why: words("it does not take this event.") },
        }
    }
}

/// When an event is tried again that was tried so often, up to a fifth later, so that many do not return at once; none
/// where it is given up. `dice` gives a number below the one it is asked for.
pub fn next_attempt(tried: i64, now: Timestamp, dice: impl FnOnce(u64) -> u64) -> Option<Timestamp> {
    let pause = *LADDER.get(usize::try_from(tried).ok()?)?;
    let jitter = dice(u64::try_from(pause / 5 + 1).unwrap_or(1));
    Some(now.plus_seconds(pause + i64::try_from(jitter).unwrap_or_default()))
}

/// Until when an endpoint is left alone that failed so often in a row: as long as one event would wait, or as it wishes.
pub fn left_alone(failures: i64, wish: Option<i64>, now: Timestamp, dice: impl FnOnce(u64) -> u64) -> Timestamp {
    let last = i64::try_from(LADDER.len() - 1).unwrap_or(i64::MAX);
    let pause = next_attempt(failures.clamp(1, last), now, dice).unwrap_or(now);
    pause.max(now.plus_seconds(wish.unwrap_or_default().clamp(0, LONGEST_WISH)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000_000_000);

    #[test]
    fn only_a_success_is_taken_and_a_redirect_is_none() {
        for status in 100..=599 {
            assert_eq!(Outcome::of_status(status, None) == Outcome::Taken, (200..300).contains(&status), "{status}");
        }
        assert_eq!(Outcome::of_status(410, None), Outcome::Gone);
        assert!(matches!(Outcome::of_status(302, None), Outcome::Refused { .. }));
        assert!(matches!(Outcome::of_status(429, Some(7)), Outcome::Away { wait: Some(7), .. }));
        assert!(matches!(Outcome::of_status(422, None), Outcome::Refused { .. }));
    }

    proptest! {
        #[test]
        fn pauses_grow_and_end(tried in 0_i64..9, share in 0_u64..100) {
            let at = |tried| next_attempt(tried, NOW, |below| share * below / 100);
            prop_assert!(at(tried) < at(tried + 1));
            prop_assert_eq!(at(10), None);
            prop_assert!(at(tried).unwrap() >= NOW);
        }

        #[test]
        fn an_endpoint_is_never_hurried(failures in 1_i64..1000, wish in 0_i64..1_000_000, share in 0_u64..100) {
            let until = left_alone(failures, Some(wish), NOW, |below| share * below / 100);
            prop_assert!(until >= NOW.plus_seconds(wish.min(86_400)));
            prop_assert!(until > NOW && until <= NOW.plus_seconds(86_400 * 6 / 5));
        }
    }
}
