//! The list of remittances: what was paid, when, and for how many invoices.

use leptos::prelude::*;

use crate::{
    domain::{access::Audience, time::Date, view::List},
    islands::Live,
    pages::{PageContext, cursor, listing, page, query, views},
    service::{self, remittances::view::RemittanceList},
    store::remittances::{RemittanceFilter, RemittanceRow},
    text,
    ui::{ButtonLink, Column, Empty, Filters, Icon, PageHead, Table},
};

/// What a reader asked for.
struct Asked {
    search: Option<String>,
    after: Option<String>,
}

/// The list.
#[component]
pub fn Page() -> impl IntoView {
    let asked = Asked { search: query("q"), after: query("after") };
    page("Remittances", async move |cx: PageContext| {
        let filter = RemittanceFilter {
            search: asked.search.clone(),
            after: asked.after.as_deref().and_then(cursor::decode),
            ..RemittanceFilter::default()
        };
        let list = service::remittances::view::list(&cx.context, &cx.reader.actor, &filter).await?;
        let is_hub = cx.reader.actor.audience == Audience::Hub;
        let views = views::menu::menu(&cx, List::Remittances).await?;
        Ok(view! {
            <div data-live="head">
                <PageHead title="Remittances" as_of=text::as_of(cx.now, &cx.zone)>
                    {if is_hub { "What was paid, as the payer's system said it." } else { "What was paid to you or by you, invoice by invoice." }}
                </PageHead>
            </div>
            <Filters
                action="/remittances"
                label="Search in remittances"
                placeholder=if is_hub { "Trace number, partner" } else { "Trace number" }
                query=asked.search.clone().unwrap_or_default()
                keep=Vec::new()
                beside=views
            />
            {body(&list, &asked, &cx, is_hub)}
            <Live address="/live"/>
        })
    })
}

fn address(search: Option<&str>, after: Option<&str>) -> String {
    listing::address("/remittances", &[("q", search), ("after", after)])
}

fn body(list: &RemittanceList, asked: &Asked, cx: &PageContext, is_hub: bool) -> AnyView {
    let today = cx.zone.date(cx.now);
    let mut columns = vec![Column::new("Trace number")];
    if is_hub {
        columns.push(Column::new("Partner"));
    }
    columns.extend([Column::new("How").class("hide-mid"), Column::num("Invoices"), Column::num("Paid on"), Column::num("Amount")]);
    let rows: Vec<_> = list.rows.iter().map(|row| remittance_row(row, is_hub, today)).collect();
    let search = asked.search.as_deref();
    let older = list.next.map(|(at, id)| address(search, Some(&cursor::encode(at, id.0))));
    let newest = asked.after.as_ref().map(|_| address(search, None));
    let shown = text::count(u64::try_from(list.rows.len()).unwrap_or_default(), "remittance", "remittances");
    let (is_empty, nothing) = (list.rows.is_empty(), list.rows.is_empty().then(|| empty(asked)));
    view! {
        <Table caption="Remittances, the newest first" columns=columns live="remittances">{rows}</Table>
        <div data-live="nothing">{nothing.map(|nothing| view! { <div class="panel">{nothing}</div> })}</div>
        <div data-live="pager">{(!is_empty).then(|| listing::pager(newest, older, shown))}</div>
    }
    .into_any()
}

fn remittance_row(row: &RemittanceRow, is_hub: bool, today: Date) -> impl IntoView + use<> {
    let day = row.paid_on.map_or_else(|| "—".to_owned(), |on| text::date_short(on, today));
    let how = row.method.as_deref().map_or_else(|| "—".to_owned(), text::payment_method);
    let partner = is_hub.then(|| view! { <td role="cell" class="full">{row.counterparty.clone()}</td> });
    view! {
        <tr role="row" data-key=row.id.to_string()>
            <th role="rowheader" scope="row"><a class="go" href=format!("/remittances/{}", row.id)>{row.number.clone()}</a></th>
            {partner}
            <td role="cell" class="hide-mid" data-label="How">{how}</td>
            <td role="cell" class="num" data-label="Invoices">{text::number(row.items.unsigned_abs())}</td>
            <td role="cell" class="num" data-label="Paid on">{day}</td>
            <td role="cell" class="num" data-label="Amount">{text::money(row.total, row.currency)}</td>
        </tr>
    }
}

fn empty(asked: &Asked) -> AnyView {
    if let Some(search) = &asked.search {
        let title = format!("No remittance here has “{search}” in its number");
        return view! {
            <Empty icon=Icon::Filter title=title text="Check the trace number, or look through all of them.">
                <ButtonLink href="/remittances" label="All remittances"/>
            </Empty>
        }
        .into_any();
    }
    let text = "A remittance appears here when the payer's system says what it paid. Each invoice says where it stands until then.";
    view! { <Empty icon=Icon::Coins title="No remittances yet" text=text><ButtonLink href="/invoices" label="Open the invoices"/></Empty> }
        .into_any()
}
