//! What the list and the page of a partner share.

use leptos::prelude::*;

use crate::store::organisations::{Identifier, Organisation};

/// What an organisation is to the hub: "Supplier, customer".
pub(super) fn roles(organisation: &Organisation) -> String {
    let roles = [
        (organisation.is_hub, "runs this portal"),
        (organisation.is_supplier, "supplier"),
        (organisation.is_customer, "customer"),
        (organisation.is_carrier, "carrier"),
    ];
    let mut words = roles.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect::<Vec<_>>().join(", ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// Who reads and writes documents in a name.
pub(super) fn seat(identifier: &Identifier) -> &'static str {
    if identifier.is_portal() { "this portal" } else { "their own system" }
}

/// "ZZ · KESTREL", the seat below it.
pub(super) fn identifier(identifier: &Identifier) -> impl IntoView + use<> {
    let text = format!("{} · {}", identifier.qualifier, identifier.value);
    view! { <span class="value-line"><span class="mono">{text}</span>" "<span class="muted">{seat(identifier)}</span></span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{number::Currency, time::Timestamp};

    #[test]
    fn roles_are_a_list_in_words() {
        let mut organisation = Organisation {
            id: uuid::Uuid::nil().into(),
            code: "K".to_owned(),
            name: "Kestrel".to_owned(),
            is_hub: false,
            is_supplier: true,
            is_customer: true,
            is_carrier: false,
            zone: "UTC".to_owned(),
            currency: Currency::EUR,
            place: String::new(),
            created_at: Timestamp::from_micros(0),
        };
        assert_eq!(roles(&organisation), "Supplier, customer");
        (organisation.is_supplier, organisation.is_customer) = (false, false);
        assert_eq!(roles(&organisation), "");
    }
}
