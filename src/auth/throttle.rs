//! Slows down guessing: a count per address in memory, beside the count per account in the database. The count per
//! address belongs to one process; it protects the password hasher, while the count per account protects the account.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::domain::time::Timestamp;

/// Failed sign-ins from one address within the window before it has to wait.
const PER_ADDRESS: u32 = 30;
/// The window, in seconds.
const WINDOW_SECONDS: i64 = 10 * 60;
/// Addresses remembered at once; past it, those whose window is over are forgotten.
const REMEMBERED: usize = 10_000;

/// Failures of one account before it locks.
pub const PER_ACCOUNT: i64 = 10;
/// First lock of an account, in seconds. It doubles with each further failure, up to a day.
const LOCK_SECONDS: i64 = 15 * 60;

/// Until when an account is locked after so many failures in a row; `None` where it is not.
pub fn locked_until(failures: i64, now: Timestamp) -> Option<Timestamp> {
    let over = failures - PER_ACCOUNT;
    (over >= 0).then(|| now.plus_seconds((LOCK_SECONDS << over.min(7)).min(86_400)))
}

/// The failed sign-ins of each address, and of mail addresses that nobody has. Cheap to clone; clones share the counts.
#[derive(Clone, Default)]
pub struct Throttle(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    /// Since when, and how many.
    addresses: HashMap<IpAddr, (Timestamp, u32)>,
    /// Last failure, and how many.
    strangers: HashMap<String, (Timestamp, i64)>,
}

/// Failures of a mail address that nobody has are forgotten after this many seconds.
const STRANGER_SECONDS: i64 = 86_400;

impl Throttle {
    /// Charges an address with an attempt, before it is known whether it fails; says when the address may try again where
    /// it has had its attempts, and then charges nothing.
    pub fn admit(&self, address: IpAddr, now: Timestamp) -> Option<Timestamp> {
        let counts = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).addresses;
        if counts.len() >= REMEMBERED {
            counts.retain(|_, (since, _)| now < since.plus_seconds(WINDOW_SECONDS));
        }
        let entry = counts.entry(network(address)).or_insert((now, 0));
        let end = entry.0.plus_seconds(WINDOW_SECONDS);
        if now >= end {
            *entry = (now, 0);
        } else if entry.1 >= PER_ADDRESS {
            return Some(end);
        }
        entry.1 += 1;
        None
    }

    /// Takes back the charge of an attempt that did not fail.
    pub fn forgive(&self, address: IpAddr) {
        let counts = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).addresses;
        if let Some((_, attempts)) = counts.get_mut(&network(address)) {
            *attempts = attempts.saturating_sub(1);
        }
    }

    /// Counts a failure of a mail address that nobody has, and says until when it is locked: as an account would be, or
    /// the lock would tell which addresses exist.
    pub fn stranger_failed(&self, email: &str, now: Timestamp) -> Option<Timestamp> {
        let strangers = &mut self.0.lock().unwrap_or_else(PoisonError::into_inner).strangers;
        if strangers.len() >= REMEMBERED {
            strangers.retain(|_, (last, _)| now < last.plus_seconds(STRANGER_SECONDS));
        }
        let (last, failures) = strangers.entry(email.chars().take(254).collect()).or_insert((now, 0));
        if let Some(until) = locked_until(*failures, *last).filter(|until| now < *until) {
            return Some(until);
        }
        (*last, *failures) = (now, *failures + 1);
        locked_until(*failures, now)
    }
}

/// One IPv6 customer has a whole /64; it counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    #[test]
    fn an_account_locks_after_ten_failures_and_longer_each_time() {
        assert_eq!(locked_until(9, START), None);
        assert_eq!(locked_until(10, START), Some(START.plus_seconds(900)));
        assert_eq!(locked_until(11, START), Some(START.plus_seconds(1800)));
        assert_eq!(locked_until(400, START), Some(START.plus_seconds(86_400)));
    }

    #[test]
    fn a_mail_address_that_nobody_has_locks_like_an_account() {
        let throttle = Throttle::default();
        let failed = |seconds| throttle.stranger_failed("nobody@example.com", START.plus_seconds(seconds));
        assert!((0..9).all(|second| failed(second).is_none()));
        assert_eq!(failed(9), Some(START.plus_seconds(909)));
        assert_eq!(failed(100), Some(START.plus_seconds(909)), "an attempt meanwhile does not count");
        assert_eq!(failed(909), Some(START.plus_seconds(909 + 1800)));
    }

    #[test]
    fn an_address_waits_until_its_window_is_over() {
        let throttle = Throttle::default();
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::2".parse().unwrap();
        for _ in 0..29 {
            assert_eq!(throttle.admit(address, START), None);
        }
        assert_eq!(throttle.admit(neighbour, START.plus_seconds(5)), None, "the last one");
        assert_eq!(throttle.admit(address, START.plus_seconds(5)), Some(START.plus_seconds(600)));
        assert_eq!(throttle.admit("192.0.2.1".parse().unwrap(), START), None);
        throttle.forgive(neighbour);
        assert_eq!(throttle.admit(address, START.plus_seconds(6)), None, "what did not fail does not count");
        assert_eq!(throttle.admit(address, START.plus_seconds(7)), Some(START.plus_seconds(600)));
        assert_eq!(throttle.admit(address, START.plus_seconds(600)), None, "a new window");
    }
}
