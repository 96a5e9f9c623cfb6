//! Adds a partner.

use leptos::prelude::*;

use crate::{
    domain::access::Permission,
    pages::{Form, PageContext, account::profile::zone_names, page},
    service,
    ui::{Button, ButtonLink, Checkbox, Choice, Crumb, FieldError, Icon, PageHead, Panel, SelectField, TextField, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Add a partner", async |cx: PageContext| {
        if !cx.reader.actor.may(Permission::Operate) {
            return Err(service::Error::NotFound);
        }
        let form = Form::of("add-partner");
        Ok(view! {
            <PageHead title="Add a partner" crumbs=vec![Crumb::link("/partners", "Partners"), Crumb::here("Add")]>
                "A company you buy from, sell to or ship with. Its identifiers on the wire come next."
            </PageHead>
            {form.summary()}
            <Panel id="partner" title="The company">{fields(&form, &cx)}</Panel>
        })
    })
}

fn fields(form: &Form, cx: &PageContext) -> impl IntoView + use<> {
    let zones = zone_names().into_iter().map(|name| Choice::new(name.clone(), name.replace('_', " "))).collect::<Vec<_>>();
    let ticked = |name: &str| form.value(name).is_some();
    let roles_error = form.field_error("is_supplier");
    view! {
        <form class="stack max-w-md" method="post" action="/do/add-partner">
            <TextField
                name="name"
                label="Name"
                value=form.value("name")
                error=form.field_error("name")
                maxlength=100u32
                required=true
            />
            <TextField
                name="code"
                label="Code"
                value=form.value("code")
                hint="A short name that stays, such as KESTREL. Documents may name the partner by it."
                error=form.field_error("code")
                maxlength=20u32
                required=true
                narrow=true
            />
            <fieldset class="field" aria-describedby=roles_error.is_some().then_some("is_supplier-error")>
                <legend>"Roles"</legend>
                <div class="stack-s">
                    <Checkbox name="is_supplier" label="Supplier" hint="Sells to you" checked=ticked("is_supplier")/>
                    <Checkbox name="is_customer" label="Customer" hint="Buys from you" checked=ticked("is_customer")/>
                    <Checkbox name="is_carrier" label="Carrier" hint="Moves goods for either" checked=ticked("is_carrier")/>
                </div>
                {roles_error.clone().map(|error| view! { <FieldError id="is_supplier-error" text=error/> })}
            </fieldset>
            <TextField
                name="place"
                label="Place"
                value=form.value("place")
                hint="City and country, such as Leeds, United Kingdom"
                error=form.field_error("place")
                maxlength=100u32
            />
            <SelectField
                name="zone"
                label="Time zone"
                choices=zones
                value=form.value_or("zone", &cx.reader.zone)
                error=form.field_error("zone")
                required=true
            />
            <TextField
                name="currency"
                label="Currency"
                value=form.value_or("currency", "EUR")
                hint="Of its orders, where a document names none"
                error=form.field_error("currency")
                maxlength=3u32
                required=true
                narrow=true
            />
            <p class="actions">
                <ButtonLink href="/partners" label="Leave it"/>
                <Button label="Add the partner" icon=Icon::Plus weight=Weight::Main/>
            </p>
        </form>
    }
}
