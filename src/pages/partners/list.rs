//! The list of partners.

use leptos::prelude::*;

use super::parts;
use crate::{
    islands::Live,
    pages::{PageContext, page},
    service::partners::{self, Listed},
    text,
    ui::{ButtonLink, Chip, Column, Icon, PageHead, Role, Table, Weight},
};

/// The page.
#[component]
pub fn Page() -> impl IntoView {
    page("Partners", async |cx: PageContext| {
        let found = partners::list(&cx.context, &cx.reader.actor).await?;
        let partners = u64::try_from(found.iter().filter(|listed| !listed.row.organisation.is_hub).count()).unwrap_or_default();
        let sentence = if partners == 0 {
            "Nobody trades with you here yet. Add a partner, then enter how it is known on the wire.".to_owned()
        } else {
            format!("{} trade with you here.", text::count(partners, "partner", "partners"))
                .replace("1 partner trade ", "1 partner trades ")
        };
        let columns = vec![
            Column::new("Partner"),
            Column::new("Roles"),
            Column::new("On the wire").class("hide-mid"),
            Column::num("People"),
            Column::num("Open orders"),
            Column::num(format!("Last document, {}", cx.zone.label(cx.now))),
        ];
        let rows: Vec<_> = found.into_iter().map(|listed| row(listed, &cx)).collect();
        Ok(view! {
            <Live address="/live"/>
            <PageHead
                title="Partners"
                as_of=text::as_of(cx.now, &cx.zone)
                actions=|| view! {
                    <ButtonLink href="/reference/preview" label="Preview a feed" icon=Icon::Eye/>
                    <ButtonLink href="/partners/add" label="Add a partner" icon=Icon::Plus weight=Weight::Main/>
                }
            >
                {sentence}
            </PageHead>
            <Table caption="Partners by name" columns=columns live="partners">{rows}</Table>
        })
    })
}

fn row(listed: Listed, cx: &PageContext) -> impl IntoView + use<> {
    let Listed { row, identifiers } = listed;
    let organisation = row.organisation;
    let wire = if identifiers.is_empty() {
        view! { <Chip role=Role::Warning icon=Icon::Alert word="No identifier"/> }.into_any()
    } else {
        identifiers.iter().map(parts::identifier).collect::<Vec<_>>().into_any()
    };
    let last = row.last_document_at.map_or_else(|| "none yet".to_owned(), |at| text::moment_short(at, cx.now, &cx.zone));
    let place =
        if organisation.place.is_empty() { organisation.code.clone() } else { format!("{} · {}", organisation.code, organisation.place) };
    view! {
        <tr role="row" data-key=organisation.id.to_string()>
            <th role="rowheader" scope="row">
                <a class="go" href=format!("/partners/{}", organisation.id)>{organisation.name.clone()}</a>
                <span class="sub">{place}</span>
            </th>
            <td role="cell" class="end">{parts::roles(&organisation)}</td>
            <td role="cell" class="hide-mid full">{wire}</td>
            <td role="cell" class="num" data-label="People">{row.people}</td>
            <td role="cell" class="num" data-label="Open orders">{if organisation.is_hub { String::new() } else { row.open_orders.to_string() }}</td>
            <td role="cell" class="num" data-label="Last document">{if organisation.is_hub { String::new() } else { last }}</td>
        </tr>
    }
}
