//! What stands behind the newer doors: an invoice, reference data, an event that waits, a rule.

use serde_json::json;

use super::{super::testing::World, made};
use crate::{
    domain::{
        access::{Actor, Scope, Who},
        ids::{OrderId, ShipmentId},
        reference::Subject,
    },
    service::{reference, views, xconnector},
    store::{Conn, bonds, cases, drafts, links, notifications, parked, reference as versions, users},
};

/// Adds them, OSTERMANN's and the hub's; gives their ids.
pub async fn add(world: &World, order: OrderId, shipment: ShipmentId) -> Vec<String> {
    let context = &world.context;
    let invoice = made::invoice(world, order, shipment).await;

    let contact =
        json!({ "partner": "OSTERMANN", "code": "SECRET-C-1", "sequence": 1, "valid_from": "2026-01-01", "name": "SECRET contact" });
    let told = reference::read(Subject::Contact, &contact).unwrap();
    let mut tx = context.db.begin().await.unwrap();
    reference::take(context, &mut tx, Subject::Contact, told, "/erp", "e-1").await.unwrap();
    tx.commit().await.unwrap();

    let early =
        json!({ "specversion": "1.0", "id": "e-2", "source": "/erp", "type": "xconnector.case.resolved", "data": { "case": "SECRET-9" } });
    assert!(xconnector::take(context, &serde_json::from_value(early).unwrap()).await.unwrap().parked);

    vec![invoice, made::rule(world).await]
}

/// What a form could change of them, and of the person of OSTERMANN and what they chose, as text.
pub async fn everything(world: &World, conn: &mut Conn) -> String {
    let person = users::find_by_email(conn, "ostermann@example.com").await.unwrap().unwrap();
    let ways = notifications::ways(conn, person.id).await.unwrap();
    let hours = notifications::hours(conn, person.id).await.unwrap();
    let waiting = bonds::parked(conn, 100).await.unwrap();
    let aside = parked::list(conn, true, None, 100).await.unwrap();
    let mut done = Vec::new();
    for event in waiting.iter().chain(&aside) {
        done.extend(parked::steps(conn, event.id).await.unwrap());
    }
    let known = versions::of(conn, world.supplier.scope(), world.supplier.organisation, 100).await.unwrap();
    let mut rated = Vec::new();
    for row in cases::list(conn, Scope::Hub, &cases::CaseFilter::default(), 100).await.unwrap() {
        rated.extend(links::rating(conn, row.id, world.supplier.organisation).await.unwrap().map(|rating| (row.id, rating.score)));
    }
    let operator = users::find_by_email(conn, "castellan@example.com").await.unwrap();
    let operator = Actor { who: operator.map_or(world.hub.who, |person| Who::User(person.id)), ..world.hub.clone() };
    let pasted = drafts::find(conn, &operator, "reference_feed", operator.organisation.0).await.unwrap();
    let seen = views::all(&world.context, &made::person(world).await).await.unwrap();
    format!("{person:?}{ways:?}{hours:?}{waiting:?}{aside:?}{done:?}{known:?}{rated:?}{pasted:?}{seen:?}")
}
