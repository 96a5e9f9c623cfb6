//! Registers an endpoint.

use leptos::prelude::*;

use crate::{
    domain::access::Permission,
    pages::{Form, PageContext, page},
    service,
    ui::{Button, ButtonLink, Checkbox, Choice, Crumb, Icon, PageHead, Panel, Radios, TextField, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Register an endpoint", async |cx: PageContext| {
        if !cx.reader.actor.may(Permission::Operate) {
            return Err(service::Error::NotFound);
        }
        let form = Form::of("add-endpoint");
        Ok(view! {
            <PageHead title="Register an endpoint" crumbs=vec![Crumb::link("/endpoints", "Endpoints"), Crumb::here("Register")]>
                "An address of one of your systems. It is told what happens here from now on, with signed events."
            </PageHead>
            {form.summary()}
            <Panel id="endpoint" title="The endpoint">{fields(&form)}</Panel>
        })
    })
}

fn fields(form: &Form) -> impl IntoView + use<> {
    let what = vec![
        Choice::new("", "Everything"),
        Choice::new("cases", "Cases").hint("Opened, written in, moved on, escalated, settled."),
        Choice::new("trade", "Documents, orders, shipments and invoices").hint("What came, was refused or read, and where each stands."),
    ];
    view! {
        <form class="stack max-w-md" method="post" action="/do/add-endpoint">
            <TextField
                name="name"
                label="Name"
                value=form.value("name")
                hint="Such as Case system"
                error=form.field_error("name")
                maxlength=60u32
                required=true
            />
            <TextField
                name="url"
                label="Address"
                value=form.value("url")
                hint="Where it takes events, such as https://integration.example.com/events"
                error=form.field_error("url")
                required=true
            />
            <TextField
                name="secret"
                label="Secret"
                hint="whsec_ and the base64 of 24 to 64 bytes. Left empty, one is made."
                error=form.field_error("secret")
                autocomplete="off"
            />
            <Radios name="what" legend="What is it told of?" choices=what value=form.value_or("what", "") error=form.field_error("what")/>
            <Checkbox
                name="is_peer"
                label="It is xConnector itself"
                checked=form.value("is_peer").is_some()
                hint="What came from there is not sent back, and its cases are kept in step with ours."
            />
            <Checkbox
                name="is_local"
                label="It is on this machine or in this network"
                checked=form.value("is_local").is_some()
                hint="Otherwise events go only to addresses that anybody can reach, and only encrypted."
            />
            <p class="actions">
                <ButtonLink href="/endpoints" label="Leave it"/>
                <Button label="Register it" icon=Icon::Plus weight=Weight::Main/>
            </p>
        </form>
    }
}
