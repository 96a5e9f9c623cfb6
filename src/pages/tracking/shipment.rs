//! One card per shipment: where it is, who carries it, when it comes, what is in it, and "I received it".

use leptos::prelude::*;

use crate::{
    domain::{ids::OrderLineId, shipment::ShipmentState},
    pages::{PageContext, shipments::parts},
    service::orders::view::OrderView,
    store::shipments::{Shipment, ShipmentItem},
    text,
    ui::{Column, Icon, Notice, Origin, Panel, Provenance, Role, Table},
};

/// The card of the shipment with a number, counted from 1.
pub fn card(cx: &PageContext, view: &OrderView, number: usize, shipment: &Shipment, items: &[ShipmentItem]) -> impl IntoView + use<> {
    let today = cx.zone.date(cx.now);
    let id = shipment.id.to_string();
    let (scac, name, tracking) = (shipment.carrier_scac.clone(), shipment.carrier_name.clone(), shipment.tracking.clone());
    let side = move || view! { <span class="muted small">{parts::carrier(scac.as_deref(), name.as_deref(), tracking.as_deref())}</span> };
    let open = shipment.state.is_open().then(|| (shipment.clone(), cx.clone()));
    let href = format!("/shipments/{id}");
    let foot = move || {
        let receive = open.as_ref().map(|(shipment, cx)| parts::receive_form(shipment, cx));
        let hint = receive.is_some().then_some("Press this when the goods are with you. It cannot be taken back.");
        view! {
            {receive}
            {hint.map(|hint| view! { <span class="muted">{hint}</span> })}
            <a class="push" href=href.clone()>"Everything about this shipment"</a>
        }
    };
    let body = (arrival(cx, view, shipment, items), held(cx, view, shipment));
    let contents = contents(cx, view, number, shipment, items);
    view! {
        <div data-key=id.clone()>
            <Panel
                id=format!("shipment-{id}")
                title=format!("Shipment {number} of {}", view.shipments.len())
                chip=parts::chip(shipment.state, shipment.estimated_on, today)
                side=side
                foot=foot
                flush=true
            >
                <div class="panel-body stack">{body}</div>
                {contents}
            </Panel>
        </div>
    }
}

/// The three large facts.
fn arrival(cx: &PageContext, view: &OrderView, shipment: &Shipment, items: &[ShipmentItem]) -> impl IntoView + use<> {
    let arrival = parts::arrival(shipment, cx, cx.zone.date(cx.now));
    let party = shipment.ship_to.as_ref().map(|party| &party.0);
    let name = party.and_then(|party| party.name.clone()).unwrap_or_else(|| view.counterparty.name.clone());
    let place =
        party.map(|party| party.address.iter().cloned().chain(party.city.clone()).collect::<Vec<_>>().join(", ")).unwrap_or_default();
    let packages = shipment.package_count.map(|count| text::count(count.unsigned_abs(), "package", "packages")).unwrap_or_default();
    view! {
        <div class="arrival">
            <p>
                <span class="label">{arrival.label}</span>
                <strong class:danger-text=arrival.late>{arrival.value}</strong>
                <small class:danger-text=arrival.late>{arrival.note}</small>
            </p>
            <p><span class="label">"To"</span><strong>{name}</strong><small>{place}</small></p>
            <p><span class="label">"Inside"</span><strong>{parts::contents(items)}</strong><small>{packages}</small></p>
        </div>
    }
}

/// Why a shipment stands still: what was reported last.
fn held(cx: &PageContext, view: &OrderView, shipment: &Shipment) -> Option<impl IntoView + use<>> {
    if shipment.state != ShipmentState::Held {
        return None;
    }
    let last = view.events.iter().rev().find(|event| event.shipment_id == Some(shipment.id) && event.kind == "shipment_reported")?;
    let who = parts::who(last, cx, shipment.carrier_name.as_deref());
    let said = format!("{}. {who}, {}.", parts::report(last), text::moment(last.at, &cx.zone));
    Some(view! {
        <Notice role=Role::Warning icon=Icon::Pause title="Why it stands still">
            <p>{said}</p>
            <p>"Nothing for you to do. It moves on here as soon as the carrier reports it."</p>
        </Notice>
    })
}

/// What is in it, beside what was ordered.
fn contents(cx: &PageContext, view: &OrderView, number: usize, shipment: &Shipment, items: &[ShipmentItem]) -> impl IntoView + use<> {
    let source = format!("Ship notice of {}, reported by the shipper.", text::moment(shipment.created_at, &cx.zone));
    let rows: Vec<_> = items.iter().map(|item| item_row(view, item, &source)).collect();
    view! {
        <Table
            caption=format!("What is in shipment {number}")
            in_panel=true
            columns=vec![Column::new("Item"), Column::num("In this shipment"), Column::num("Ordered"), Column::num("Arrived")]
        >
            {rows}
        </Table>
    }
}

fn item_row(view: &OrderView, item: &ShipmentItem, source: &str) -> impl IntoView + use<> {
    let quantity = text::quantity(item.quantity, &item.unit);
    let origin =
        Origin { value: quantity.clone(), text: format!("Line {}, quantity shipped. {source}", item.line), segment: None, href: None };
    let received = item.received.map_or_else(|| "—".to_owned(), |received| text::quantity(received, &item.unit));
    let short = item.received.is_some_and(|received| received < item.quantity);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="full">
                {name(item)}
                <span class="sub">"Line "{item.line.clone()}{item.buyer_item.clone().map(|code| format!(" · {code}"))}</span>
            </th>
            <td role="cell" class="num" data-label="Here">{quantity}" "<Provenance origin=origin/></td>
            <td role="cell" class="num" data-label="Ordered">{ordered(view, item.order_line_id)}</td>
            <td role="cell" class="num" class:danger-text=short data-label="Arrived">{received}</td>
        </tr>
    }
}

fn name(item: &ShipmentItem) -> String {
    if item.description.is_empty() {
        item.buyer_item.clone().unwrap_or_else(|| format!("Line {}", item.line))
    } else {
        item.description.clone()
    }
}

fn ordered(view: &OrderView, line: OrderLineId) -> String {
    let line = view.lines.iter().find(|candidate| candidate.id == line);
    line.map(|line| text::quantity(line.quantities.ordered, &line.unit)).unwrap_or_default()
}
