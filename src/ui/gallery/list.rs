//! A list with tabs, filters, ticks and pages.

use leptos::prelude::*;

use crate::ui::{
    AckState, Acks, ActiveFilter, BulkForm, Button, ButtonLink, ChipData, Column, Direction, Filters, Heat, Icon, Pager, Role, Tab, Table,
    Tabs, Tick, Weight,
};

pub(super) fn list() -> impl IntoView {
    let tab = |label: &str, count: &str, heat, current| Tab {
        href: "#main".into(),
        label: label.into(),
        count: Some(count.into()),
        heat,
        current,
    };
    view! {
        <h2 class="section-title">"A list"</h2>
        <Tabs
            label="Orders by what they need"
            tabs=vec![
                tab("All open", "64", Heat::Calm, true),
                tab("To answer", "6", Heat::Hot, false),
                tab("Late", "2", Heat::Bad, false),
                tab("Done", "1,408", Heat::Calm, false),
            ]
        />
        <Filters
            action="/styleguide"
            label="Search in orders"
            placeholder="Number, item, reference"
            active=vec![ActiveFilter {
                label: "Ship by: until 31 Dec".into(),
                remove: "#main".into(),
                remove_label: "Remove the filter on ship-by date".into(),
            }]
        >
            <ButtonLink href="#main" label="Clear" icon=Icon::X weight=Weight::Quiet/>
        </Filters>
        <BulkForm
            action="/styleguide"
            counted="Orders ticked"
            actions=|| {
                view! {
                    <Button label="Accept as ordered" weight=Weight::Main/>
                    <Button label="Download" name="do" value="download"/>
                }
            }
        >
            <Table
                caption="Open orders: what needs you first, by deadline"
                ticks=true
                live="orders"
                columns=vec![
                    Column::new("Order").sort("#main", None),
                    Column::new("Status"),
                    Column::new("Next step").sort("#main", Some(Direction::Ascending)),
                    Column::num("Ship by").sort("#main", None),
                    Column::new("Ship to").class("hide-narrow"),
                    Column::num("Total, EUR"),
                    Column::new("Receipts").class("hide-mid"),
                ]
            >
                {list_rows()}
            </Table>
        </BulkForm>
        <Pager previous="#main" next="#main" shown="27 of 64 orders"/>
    }
}

fn list_rows() -> impl IntoView {
    use AckState::{Attention, No, Waiting, Yes};
    let late = || ChipData::new(Role::Danger, Icon::Alert, "Late");
    let rows = [
        (
            "4500071702",
            "Shaft sleeves",
            late(),
            "Send the ship notice",
            "danger-text",
            "2 days late",
            "22 Nov",
            "8,240.00",
            [Yes, Yes, Yes],
        ),
        (
            "4500071832",
            "Flanges, shafts",
            ChipData::new(Role::Warning, Icon::Turn, "To answer"),
            "Answer today",
            "warning-text",
            "by 17:00 CET, 6 h 48 min left",
            "4 Dec",
            "48,210.00",
            [Yes, Attention, Waiting],
        ),
        (
            "4500071765",
            "Flange DN100",
            ChipData::new(Role::Neutral, Icon::Check, "Confirmed"),
            "Ship",
            "",
            "in 1 day",
            "25 Nov",
            "6,118.00",
            [Yes, No, Waiting],
        ),
        (
            "4500071688",
            "Casing rings",
            ChipData::new(Role::Plain, Icon::Truck, "Shipped"),
            "Invoice",
            "",
            "",
            "23 Nov",
            "5,406.00",
            [No, Waiting, Waiting],
        ),
    ];
    rows.map(|(key, item, chip, next, class, detail, ship_by, total, [delivered, read, answered])| {
        let detail_class = format!("sub {class}");
        view! {
            <tr role="row" data-key=key>
                <Tick name="order" value=key label=format!("Order {key}")/>
                <th role="rowheader" scope="row"><a class="go" href="#main">{key}</a><span class="sub">{item}</span></th>
                <td role="cell" class="end">{chip.view()}</td>
                <td role="cell" class="full">{next}<span class=detail_class>{detail}</span></td>
                <td role="cell" class="num" data-label="Ship by">{ship_by}</td>
                <td role="cell" class="hide-narrow hide-phone">"Utrecht"</td>
                <td role="cell" class="num" data-label="EUR">{total}</td>
                <td role="cell" class="hide-phone hide-mid"><Acks delivered=delivered read=read answered=answered/></td>
            </tr>
        }
    })
}
