//! The door: mail address and password.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    pages::{Form, brand, go, query, reader, use_said},
    server::forms::is_local,
    ui::{Button, Door, Icon, Input, Notice, Role, Size, TextField, Weight},
};

/// Signs a person in. Whoever is signed in already goes on to where they wanted.
#[component]
pub fn Page() -> impl IntoView {
    let next = query("next").filter(|next| is_local(next)).unwrap_or_default();
    if reader().is_some() {
        go(if next.is_empty() { "/" } else { &next });
        return ().into_any();
    }
    let said = use_said();
    view! {
        <Title text="Sign in"/>
        <Door brand=brand() side=side>
            <h1>"Sign in"</h1>
            <p class="muted small">"For the people of our suppliers and customers, and our own."</p>
            {said.notice.map(|said| view! { <div class="gap-top"><Notice role=Role::Success title=said announce=true/></div> })}
            {said.warning.map(|said| view! { <div class="gap-top"><Notice role=Role::Warning title=said announce=true/></div> })}
            {sign_in_form(&next)}
            <p class="small muted gap-top">
                "No account, or the password is lost? Ask the company that runs this portal for a new one."
            </p>
        </Door>
    }
    .into_any()
}

fn sign_in_form(next: &str) -> impl IntoView + use<> {
    let form = Form::of("sign-in");
    view! {
        <form class="gap-top stack" method="post" action="/do/sign-in">
            {form.general().map(|text| view! { <Notice role=Role::Danger title=text announce=true/> })}
            <TextField
                name="email"
                label="Mail address"
                kind=Input::Email
                value=form.value("email")
                autocomplete="username"
                error=form.field_error("email")
                focus=form.field_error("email").is_some()
                required=true
            />
            <TextField
                name="password"
                label="Password"
                kind=Input::Password
                autocomplete="current-password"
                error=form.field_error("password")
                focus=form.field_error("password").is_some()
                required=true
            />
            <input type="hidden" name="next" value=next.to_owned()/>
            <Button label="Sign in" weight=Weight::Main size=Size::Large/>
        </form>
    }
}

fn side() -> impl IntoView {
    view! {
        <ul class="stack-s">
            <li class="row-flex">{Icon::Orders.svg()}<span>"Orders, ship notices, invoices and payments in one place."</span></li>
            <li class="row-flex">{Icon::Truck.svg()}<span>"Every shipment with its steps, as they are reported."</span></li>
            <li class="row-flex">{Icon::Shield.svg()}<span>"We never ask for your password by mail or telephone."</span></li>
        </ul>
    }
}
