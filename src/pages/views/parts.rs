//! What a view shows, in words.

use crate::{
    domain::{
        access::Audience,
        document::DocumentKind,
        view::{self, List},
    },
    pages::{cases, documents, exceptions, invoices, orders, shipments},
    store::views::SavedView,
    text,
};

/// What a view narrows its list to, in the words of the list: "Waiting for you · “zinc”".
pub fn shows(view: &SavedView, audience: Audience) -> String {
    let words: Vec<_> = view::parts(&view.query).map(|(part, value)| words(view.list, &part, &value, audience)).collect();
    words.join(" · ")
}

fn words(list: List, part: &str, value: &str, audience: Audience) -> String {
    match part {
        "tab" => tab(list, value, audience).to_owned(),
        "sort" => format!("by {value}"),
        "kind" => value.parse::<DocumentKind>().map_or_else(|()| value.to_owned(), |kind| text::document_kind(kind).to_owned()),
        _ => format!("“{value}”"),
    }
}

fn tab(list: List, code: &str, audience: Audience) -> &'static str {
    match list {
        List::Orders => orders::list::tab_word(code, audience),
        List::Shipments => shipments::list::tab_word(code),
        List::Invoices => invoices::parts::Group::from_code(code).label(),
        List::Exceptions => exceptions::list::tab_word(code),
        List::Cases => cases::list::tab_word(code, audience),
        List::Documents => documents::list::tab_word(code),
        List::Remittances => "",
    }
}
