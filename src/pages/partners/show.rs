//! One partner: facts, identifiers, people, routes, newest documents.

use leptos::prelude::*;

use super::parts;
use crate::{
    domain::{access, document::Direction, ids::OrganisationId},
    pages::{Form, PageContext, connections, documents, page, param},
    service::partners::{self, PartnerView, QUALIFIERS},
    store::{documents::DocumentRow, partners::Person},
    text,
    ui::{
        Button, ButtonLink, Chip, Choice, Column, Columns, Crumb, Empty, Fact, Facts, Icon, PageHead, Panel, Radios, Role, SelectField,
        Table, TextField, Weight,
    },
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    let id = param::<OrganisationId>("id");
    page("Partner", move |cx: PageContext| async move {
        let found = partners::load(&cx.context, &cx.reader.actor, id?).await?;
        Ok(body(found, &cx))
    })
}

fn body(found: PartnerView, cx: &PageContext) -> impl IntoView + use<> {
    let form = Form::of("add-identifier");
    let name = found.organisation.name.clone();
    let roles = parts::roles(&found.organisation);
    let facts = facts(&found, cx);
    // Made before the view: its parts borrow nothing.
    let identifiers = identifiers(&found, &form).into_any();
    let people = people(&found, cx).into_any();
    let routes = routes(&found, cx).into_any();
    let address = format!("/partners/{}/reference", found.organisation.id);
    let newest = newest(found.documents, cx).into_any();
    let known = move || view! { <ButtonLink href=address.clone() label="What is known" icon=Icon::Company/> };
    let side = ViewFn::from(move || company(facts.clone()).into_any());
    view! {
        <leptos_meta::Title text=name.clone()/>
        <PageHead
            title=name.clone()
            as_of=text::as_of(cx.now, &cx.zone)
            crumbs=vec![Crumb::link("/partners", "Partners"), Crumb::here(name)]
            actions=known
        >
            {roles}
        </PageHead>
        {form.summary()}
        <Columns side=side>
            {identifiers}
            {people}
            {routes}
            {newest}
        </Columns>
    }
}

fn company(facts: Vec<Fact>) -> impl IntoView {
    view! { <Panel id="facts" title="Company"><Facts facts=facts/></Panel> }
}

fn facts(found: &PartnerView, cx: &PageContext) -> Vec<Fact> {
    let organisation = &found.organisation;
    let mut facts = vec![Fact::new("Code", organisation.code.clone())];
    if !organisation.place.is_empty() {
        facts.push(Fact::new("Place", organisation.place.clone()));
    }
    facts.extend([
        Fact::new("Time zone", organisation.zone.replace('_', " ")),
        Fact::new("Currency", organisation.currency.code().to_owned()),
        Fact::new("Known since", text::date(cx.zone.date(organisation.created_at))),
    ]);
    facts
}

fn identifiers(found: &PartnerView, form: &Form) -> impl IntoView + use<> {
    let rows: Vec<_> = found
        .identifiers
        .iter()
        .map(|identifier| {
            let kind = QUALIFIERS.iter().find(|(code, _)| *code == identifier.qualifier).map(|(_, words)| *words).unwrap_or_default();
            view! {
                <tr role="row">
                    <th role="rowheader" scope="row" class="mono">{identifier.value.clone()}</th>
                    <td role="cell" data-label="Qualifier">{identifier.qualifier.clone()}<span class="sub">{kind}</span></td>
                    <td role="cell" data-label="Read and written by">{parts::seat(identifier)}</td>
                </tr>
            }
        })
        .collect();
    let list = if rows.is_empty() {
        view! {
            <Empty
                icon=Icon::Link
                title="No identifier yet"
                text="Without one no document can be sent to this partner, and none of theirs is recognised. Add the one they use."
            />
        }
        .into_any()
    } else {
        let columns = vec![Column::new("Identifier"), Column::new("Qualifier"), Column::new("Read and written by")];
        view! { <Table caption="Identifiers on the wire" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    let is_refused = form.error().is_some();
    let fields = identifier_form(found.organisation.id, form);
    view! {
        <Panel id="identifiers" title="Identifiers on the wire" flush=true>
            {list}
            <details class="panel-foot add-form" open=is_refused>
                <summary class="link">"Add an identifier"</summary>
                {fields}
            </details>
        </Panel>
    }
}

fn identifier_form(organisation: OrganisationId, form: &Form) -> impl IntoView + use<> {
    let qualifiers = QUALIFIERS.iter().map(|(code, words)| Choice::new(*code, format!("{code} · {words}"))).collect();
    let seats = vec![
        Choice::new("portal", "This portal").hint("Its people work here; we read, write and acknowledge in its name."),
        Choice::new("wire", "Their own system").hint("Documents go to their system over a route and are acknowledged there."),
    ];
    view! {
        <form class="stack max-w-md" method="post" action="/do/add-identifier">
            <input type="hidden" name="organisation" value=organisation.to_string()/>
            <SelectField
                name="qualifier"
                label="Qualifier"
                choices=qualifiers
                value=form.value_or("qualifier", "ZZ")
                hint="What kind of number it is (ISA05, ISA07)"
                error=form.field_error("qualifier")
                required=true
            />
            <TextField
                name="value"
                label="Identifier"
                value=form.value("value")
                hint="As it stands in their documents (ISA06, ISA08)"
                error=form.field_error("value")
                maxlength=15u32
                required=true
                narrow=true
            />
            <Radios
                name="seat"
                legend="Who reads and writes documents in this name"
                choices=seats
                value=form.value_or("seat", "wire")
                error=form.field_error("seat")
            />
            <p><Button label="Add the identifier" weight=Weight::Main/></p>
        </form>
    }
}

fn people(found: &PartnerView, cx: &PageContext) -> impl IntoView + use<> {
    let body = if found.people.is_empty() {
        view! { <Empty icon=Icon::User title="Nobody can sign in" text="The command portico user adds a person to this company."/> }
            .into_any()
    } else {
        let rows: Vec<_> = found.people.iter().map(|person| person_row(person, cx)).collect();
        let columns = vec![Column::new("Name"), Column::new("Role"), Column::num("Since")];
        view! { <Table caption="People" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="people" title="People" flush=true>{body}</Panel> }
}

fn person_row(person: &Person, cx: &PageContext) -> impl IntoView + use<> {
    let role = match person.role {
        access::Role::Administrator => "Administrator",
        access::Role::Member => "Member",
    };
    let off = person.disabled_at.map(|_| view! { " " <Chip role=Role::Neutral icon=Icon::Lock word="Cannot sign in"/> });
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{person.name.clone()}{off}<span class="sub">{person.email.clone()}</span></th>
            <td role="cell" class="end">{role}</td>
            <td role="cell" class="num" data-label="Since">{text::date(cx.zone.date(person.since))}</td>
        </tr>
    }
}

fn routes(found: &PartnerView, cx: &PageContext) -> impl IntoView + use<> {
    let body = if found.routes.is_empty() {
        view! {
            <Empty
                icon=Icon::Swap
                title="No route"
                text="Documents for this company stay inside the portal, unless one of its identifiers is reached over another company's route."
            />
        }
        .into_any()
    } else {
        let rows: Vec<_> = found
            .routes
            .iter()
            .map(|route| {
                let state = connections::state(route, cx);
                let detail = state.detail.clone();
                view! {
                    <tr role="row">
                        <th role="rowheader" scope="row"><a class="go" href="/connections">{route.name.clone()}</a><span class="sub">{detail}</span></th>
                        <td role="cell" class="end">{state.chip.view()}</td>
                    </tr>
                }
            })
            .collect();
        view! { <Table caption="Routes" in_panel=true columns=vec![Column::new("Route"), Column::new("State")]>{rows}</Table> }.into_any()
    };
    view! { <Panel id="routes" title="Routes" flush=true>{body}</Panel> }
}

fn newest(rows: Vec<DocumentRow>, cx: &PageContext) -> impl IntoView + use<> {
    let body = if rows.is_empty() {
        view! { <Empty icon=Icon::Doc title="No documents yet" text="What is sent to this partner or comes from it appears here."/> }
            .into_any()
    } else {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let way = if row.direction == Direction::In { "In" } else { "Out" };
                view! {
                    <tr role="row">
                        <th role="rowheader" scope="row">
                            <a class="go" href=format!("/documents/{}", row.id)>{documents::parts::title(row.kind, &row.number)}</a>
                            <span class="sub">{way}" · "{row.code}</span>
                        </th>
                        <td role="cell" class="end">{documents::parts::chip(row.kind, row.status).view()}</td>
                        <td role="cell" class="num" data-label="Time">{text::moment_short(row.created_at, cx.now, &cx.zone)}</td>
                    </tr>
                }
            })
            .collect();
        let columns = vec![Column::new("Document"), Column::new("Status"), Column::num("Time")];
        view! { <Table caption="Newest documents" in_panel=true columns=columns>{rows}</Table> }.into_any()
    };
    view! { <Panel id="documents" title="Newest documents" flush=true>{body}</Panel> }
}
