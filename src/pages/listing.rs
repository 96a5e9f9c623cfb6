//! What list pages share: their addresses, and the way to the next page.

use leptos::prelude::*;

use crate::{server::forms::url_encoded, ui::Pager};

/// The address of a view: a path and what it is narrowed to. What is empty is left out.
pub fn address(path: &str, parts: &[(&str, Option<&str>)]) -> String {
    let parts = parts.iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    let query: Vec<_> = parts.map(|(name, value)| format!("{name}={}", url_encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The foot of a list: back to the newest rows, on to older ones, and how many are shown ("12 shipments").
pub fn pager(newest: Option<String>, older: Option<String>, shown: String) -> AnyView {
    match (newest, older) {
        (Some(newest), Some(older)) => {
            view! { <Pager previous=newest next=older shown=format!("{shown} on this page") previous_label="Newest"/> }.into_any()
        }
        (Some(newest), None) => view! { <Pager previous=newest shown=format!("The last {shown}") previous_label="Newest"/> }.into_any(),
        (None, Some(older)) => view! { <Pager next=older shown=format!("The newest {shown}")/> }.into_any(),
        (None, None) => view! { <Pager shown=shown/> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_holds_the_view_and_nothing_empty() {
        assert_eq!(address("/invoices", &[("tab", Some("")), ("q", None)]), "/invoices");
        assert_eq!(address("/invoices", &[("tab", Some("paid")), ("q", Some("A&B 7"))]), "/invoices?tab=paid&q=A%26B%207");
    }
}
