//! A new password.

use leptos::prelude::*;

use super::head;
use crate::{
    auth::password::MIN_LENGTH,
    pages::{Form, PageContext, page},
    ui::{Button, Input, Panel, TextField, Weight},
};

/// Changes the password.
#[component]
pub fn Page() -> impl IntoView {
    page("Password", async |cx: PageContext| {
        let form = Form::of("password");
        let hint = format!("At least {MIN_LENGTH} characters. A few words in a row are good. Password managers are welcome.");
        Ok(view! {
            {head("Password", &cx.path)}
            {form.summary()}
            <Panel id="password" title="Change your password">
                <form class="stack max-w-md" method="post" action="/do/password">
                    <TextField
                        name="current_password"
                        label="Current password"
                        kind=Input::Password
                        autocomplete="current-password"
                        error=form.field_error("current_password")
                        required=true
                    />
                    <TextField
                        name="new_password"
                        label="New password"
                        kind=Input::Password
                        autocomplete="new-password"
                        hint=hint
                        error=form.field_error("new_password")
                        required=true
                    />
                    <p class="small muted">"You stay signed in here. Everywhere else you are signed out."</p>
                    <p>
                        // Password managers look for the name beside the password.
                        <input type="hidden" name="username" autocomplete="username" value=cx.reader.email.clone()/>
                        <Button label="Change the password" weight=Weight::Main/>
                    </p>
                </form>
            </Panel>
        })
    })
}
