//! Whom to turn to on the other side of a case, beside it.

use leptos::prelude::*;

use crate::{
    service::{cases::view::CaseView, reference::contacts::Contact},
    ui::Panel,
};

/// The panel; nothing where nobody is named.
pub fn panel(view: &CaseView) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = view.contacts.iter().map(row).collect();
    (!rows.is_empty()).then(|| {
        view! { <Panel id="contacts" title="Whom to turn to" live="contacts"><ul class="stack-s">{rows}</ul></Panel> }
    })
}

fn row(contact: &Contact) -> impl IntoView + use<> {
    let role = (!contact.role.is_empty()).then(|| view! { <span class="muted">" · "{contact.role.clone()}</span> });
    let email = (!contact.email.is_empty())
        .then(|| view! { <a class="inline-block py-1" href=format!("mailto:{}", contact.email)>{contact.email.clone()}</a> });
    let phone = (!contact.phone.is_empty()).then(|| {
        // Dialled without the blanks it is written with.
        let number: String = contact.phone.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect();
        view! { <a class="inline-block py-1" href=format!("tel:{number}")>{contact.phone.clone()}</a> }
    });
    view! {
        <li data-key=contact.code.clone()>
            <p><b>{contact.name.clone()}</b>{role}</p>
            <p class="small wrap row-flex">{email}{phone}</p>
        </li>
    }
}
