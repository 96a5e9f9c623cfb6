//! Reference data: what the hub's systems say of partners, places, items and contacts, in versions with effective dates.
//! Which version holds on a day follows from the versions alone, so the order in which they arrive changes nothing.

use std::collections::BTreeMap;

use super::time::Date;

codes! {
    /// What a version is about.
    pub enum Subject {
        /// A partner itself.
        Partner = "partner",
        /// A place goods go to or come from.
        Location = "location",
        /// An item, and what each side calls it.
        Item = "item",
        /// A person to turn to.
        Contact = "contact",
    }
}

impl Subject {
    /// The fields it may have; those marked must be there.
    pub const fn fields(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Partner => &[("name", true), ("place", false), ("gln", false), ("duns", false), ("vat", false)],
            Self::Location => &[
                ("name", true),
                ("street", false),
                ("postal_code", false),
                ("city", true),
                ("country", true),
                ("gln", false),
                ("hours", false),
            ],
            Self::Item => &[("description", true), ("seller_item", false), ("gtin", false), ("unit", false), ("origin", false)],
            Self::Contact => &[("name", true), ("role", false), ("email", false), ("phone", false)],
        }
    }
}

/// What a version says, by field.
pub type Fields = BTreeMap<String, String>;

/// When a version holds, and its place among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The source's number: the higher one was meant later.
    pub sequence: i64,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds, where it ends.
    pub until: Option<Date>,
}

impl Span {
    /// Whether it covers a day.
    pub fn covers(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// The version that holds on a day: of those that cover it, the one that was meant last.
pub fn on<T>(versions: &[T], day: Date, span: impl Fn(&T) -> Span) -> Option<&T> {
    versions.iter().filter(|version| span(version).covers(day)).max_by_key(|version| span(version).sequence)
}

/// The days after `day` on which another version comes to hold, in order.
pub fn turns<T>(versions: &[T], day: Date, span: impl Fn(&T) -> Span) -> Vec<Date> {
    let edges = versions.iter().map(&span).flat_map(|span| [Some(span.from), span.until]).flatten();
    let mut days: Vec<Date> = edges.filter(|edge| *edge > day).collect();
    days.sort_unstable();
    days.dedup();
    let holds = |day| on(versions, day, &span).map(|version| span(version).sequence);
    let mut before = holds(day);
    days.retain(|day| {
        let now = holds(*day);
        std::mem::replace(&mut before, now) != now
    });
    days
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i32) -> Date {
        Date::new(2026, 1, 1).unwrap().plus_days(number)
    }

    fn span(sequence: i64, from: i32, until: Option<i32>) -> Span {
        Span { sequence, from: day(from), until: until.map(day) }
    }

    #[test]
    fn what_was_meant_last_holds_from_its_day_on_and_what_it_interrupts_comes_back() {
        let versions = [span(1, 0, None), span(2, 100, Some(130)), span(3, 50, None)];
        let holds = |number| on(&versions, day(number), |span| *span).map(|span| span.sequence);
        assert_eq!(
            [holds(-1), holds(0), holds(49), holds(50), holds(100), holds(200)],
            [None, Some(1), Some(1), Some(3), Some(3), Some(3)]
        );
        let versions = [span(1, 0, None), span(2, 10, Some(20))];
        assert_eq!(turns(&versions, day(0), |span| *span), [day(10), day(20)]);
        assert_eq!(on(&versions, day(20), |span| *span), Some(&versions[0]));
        assert!(turns(&versions, day(20), |span| *span).is_empty());
    }

    fn versions() -> impl Strategy<Value = Vec<Span>> {
        proptest::collection::vec((0..60, proptest::option::of(1..40)), 0..8).prop_map(|spans| {
            let spans = spans.into_iter().enumerate();
            spans.map(|(place, (from, length))| span(i64::try_from(place).unwrap(), from, length.map(|length| from + length))).collect()
        })
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_changes_nothing(spans in versions(), seed in any::<u64>(), at in 0..100) {
            let mut mixed = spans.clone();
            let length = mixed.len().max(1);
            for place in 0..mixed.len() {
                mixed.swap(place, usize::try_from(seed.rotate_left(u32::try_from(place).unwrap()) % length as u64).unwrap());
            }
            prop_assert_eq!(on(&spans, day(at), |span| *span), on(&mixed, day(at), |span| *span));
            prop_assert_eq!(turns(&spans, day(at), |span| *span), turns(&mixed, day(at), |span| *span));
        }

        #[test]
        fn between_two_turns_the_same_version_holds(spans in versions(), at in 0..100) {
            let holds = |number| on(&spans, day(number), |span| *span).map(|span| span.sequence);
            let turned = turns(&spans, day(at), |span| *span).contains(&day(at + 1));
            prop_assert_eq!(turned, holds(at) != holds(at + 1));
        }
    }
}
