//! A saved view: a list as somebody narrowed it, kept under a name. What a view holds is a part of the list's address, so that a
//! view can be sent to somebody as a link, and a list that changes its tabs opens an old view as far as it still understands it.

use form_urlencoded::{Serializer, parse};

/// Longest name, in characters.
pub const LONGEST_NAME: usize = 60;
/// Longest value of a part, such as the words looked for, in characters.
const LONGEST_VALUE: usize = 200;

codes! {
    /// A list that can be narrowed.
    pub enum List {
        /// Orders.
        Orders = "orders",
        /// Shipments.
        Shipments = "shipments",
        /// Invoices.
        Invoices = "invoices",
        /// Remittances.
        Remittances = "remittances",
        /// Exceptions.
        Exceptions = "exceptions",
        /// Cases.
        Cases = "cases",
        /// Documents.
        Documents = "documents",
    }
}

impl List {
    /// Where the list is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Orders => "/orders",
            Self::Shipments => "/shipments",
            Self::Invoices => "/invoices",
            Self::Remittances => "/remittances",
            Self::Exceptions => "/exceptions",
            Self::Cases => "/cases",
            Self::Documents => "/documents",
        }
    }

    /// The parts of its address that narrow or sort it, in the order in which they are kept. Not the place in its pages.
    const fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Remittances => &["q"],
            Self::Exceptions => &["tab", "sort", "q"],
            Self::Documents => &["tab", "kind", "q"],
            Self::Orders | Self::Shipments | Self::Invoices | Self::Cases => &["tab", "q"],
        }
    }

    /// What the query of an address narrows this list to, always written the same way; empty for the whole list. What the list
    /// does not know, its pages and what is far too long are left out.
    pub fn narrowing(self, query: &str) -> String {
        let given: Vec<_> = parse(query.as_bytes()).collect();
        let mut kept = Serializer::new(String::new());
        for part in self.parts() {
            let value = given.iter().find(|(name, _)| name == part).map(|(_, value)| value.trim());
            if let Some(value) = value.filter(|value| !value.is_empty() && !value.contains('\0') && value.chars().count() <= LONGEST_VALUE)
            {
                kept.append_pair(part, value);
            }
        }
        kept.finish()
    }

    /// The address of the list narrowed so.
    pub fn address(self, narrowing: &str) -> String {
        if narrowing.is_empty() { self.path().to_owned() } else { format!("{}?{narrowing}", self.path()) }
    }
}

/// The parts of a narrowing, each with its value: `tab`, `kind`, `sort`, `q`.
pub fn parts(narrowing: &str) -> impl Iterator<Item = (String, String)> {
    parse(narrowing.as_bytes()).into_owned()
}

/// A name as it is kept: one line, single spaces. None where it is empty or too long.
pub fn name(typed: &str) -> Option<String> {
    let name = typed.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
    let name = name.collect::<Vec<_>>().join(" ");
    (!name.is_empty() && name.chars().count() <= LONGEST_NAME).then_some(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_narrowing_holds_what_the_list_knows_and_no_page() {
        let query = "after=0198&q=+S%C3%A4ge+%26+Sohn+&tab=waiting&in=EUR&sort=money&evil=1";
        assert_eq!(List::Cases.narrowing(query), "tab=waiting&q=S%C3%A4ge+%26+Sohn");
        assert_eq!(List::Exceptions.narrowing(query), "tab=waiting&sort=money&q=S%C3%A4ge+%26+Sohn");
        assert_eq!(List::Remittances.narrowing(query), "q=S%C3%A4ge+%26+Sohn");
        assert_eq!(List::Orders.narrowing("tab=&q=+&after=7"), "");
        assert_eq!(List::Orders.narrowing(&format!("tab=to-ship&q={}", "x".repeat(201))), "tab=to-ship");
        assert_eq!(List::Orders.narrowing("q=%00"), "");
        assert_eq!((List::Orders.address("").as_str(), List::Orders.address("q=a").as_str()), ("/orders", "/orders?q=a"));
    }

    #[test]
    fn a_name_is_one_line_and_not_too_long() {
        assert_eq!(name("  Late \n from\tOstermann ").as_deref(), Some("Late from Ostermann"));
        assert_eq!(name(" \n"), None);
        assert_eq!(name(&"ä".repeat(60)).map(|name| name.chars().count()), Some(60));
        assert_eq!(name(&"ä".repeat(61)), None);
    }

    proptest! {
        #[test]
        fn what_was_narrowed_once_stays_as_it_is(query in "[ -~äß€]{0,80}", list in prop::sample::select(List::ALL)) {
            let once = list.narrowing(&query);
            prop_assert_eq!(list.narrowing(&once), once.clone());
            prop_assert!(once.is_ascii());
            prop_assert!(parts(&once).all(|(part, value)| list.parts().contains(&part.as_str()) && !value.trim().is_empty()));
        }
    }
}
