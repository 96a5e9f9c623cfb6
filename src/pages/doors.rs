//! Every door, tried by somebody it does not belong to: no page shows, and no form changes, what is another
//! organisation's. The doors are listed by the program itself, so that a new one is tried without being named here.

use axum::http::StatusCode;
use leptos_axum::generate_route_list;
use sqlx::types::Json;

use super::testing::{Browser, World};
use crate::{
    app::App,
    domain::{access::Scope, ids::OrderId},
    store::{
        Conn, documents,
        drafts::{self, Draft},
        events, invoices, jobs, orders, organisations,
        routes::{self, Route},
        sessions::{self, Session},
        shipments, users,
    },
};

const ORDER: &str = "SECRET-4711";
const SHIPMENT: &str = "SECRET-S-1";

/// Ids of everything that belongs to OSTERMANN, NORTHWATER and the hub.
async fn theirs(world: &World) -> Vec<String> {
    let bought = world.purchase(ORDER, true).await;
    let sold = world.sales("SECRET-NW-1", ORDER).await;
    world.accept(bought).await;
    let shipment = world.ship(bought, SHIPMENT, "2026-11-27", ["100", "20"]).await;
    add_operations(world, bought).await;
    world.browser("OSTERMANN").await;
    let mut conn = world.context.db.read().await.unwrap();
    let mut ids = vec![bought.to_string(), sold.to_string(), shipment.to_string()];
    let all = documents::DocumentFilter::default();
    ids.extend(documents::list(&mut conn, Scope::Hub, &all, 50).await.unwrap().into_iter().map(|row| row.id.to_string()));
    let all = shipments::ShipmentFilter::default();
    ids.extend(shipments::list(&mut conn, Scope::Hub, &all, 50).await.unwrap().into_iter().map(|row| row.id.to_string()));
    ids.extend([&world.hub, &world.supplier, &world.customer].map(|actor| actor.organisation.to_string()));
    ids.extend(routes::list(&mut conn).await.unwrap().into_iter().map(|route| route.id.to_string()));
    ids.extend(jobs::dead(&mut conn).await.unwrap().into_iter().map(|job| job.id.to_string()));
    ids.extend(sessions(world, &mut conn).await.into_iter().map(|session| session.id));
    ids
}

/// A route, a job that was given up, and a draft, which the order of [`theirs`] does not bring along.
async fn add_operations(world: &World, order: OrderId) {
    let (context, now) = (&world.context, world.context.now());
    let mut tx = context.db.begin().await.unwrap();
    let route = Route {
        id: context.id(),
        organisation_id: world.hub.organisation,
        name: "SECRET route".to_owned(),
        config: Json(serde_json::json!({ "transport": "folder", "inbound": "in", "outbound": "out" })),
        is_copy: false,
        is_active: true,
        looked_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    };
    routes::insert(&mut tx, &route).await.unwrap();
    let job = context.id();
    jobs::enqueue(&mut tx, job, "dispatch", None, &serde_json::json!({}), now, now).await.unwrap();
    let lease = context.id();
    assert_eq!(jobs::claim(&mut tx, lease, now.plus_seconds(60), now).await.unwrap().unwrap().id, job);
    jobs::bury(&mut tx, job, lease, "SECRET failure", now).await.unwrap();
    let draft = Draft {
        id: context.id(),
        organisation_id: world.supplier.organisation,
        kind: "answer".to_owned(),
        subject_id: order.0,
        body: Json(serde_json::json!({ "lines": [] })),
        errors: Json(serde_json::json!([])),
        author: "SECRET author".to_owned(),
        updated_at: now,
    };
    drafts::save(&mut tx, &draft).await.unwrap();
    tx.commit().await.unwrap();
}

/// The sessions of the person of OSTERMANN.
async fn sessions(world: &World, conn: &mut Conn) -> Vec<Session> {
    let person = users::find_by_email(conn, "ostermann@example.com").await.unwrap().unwrap();
    sessions::of_user(conn, person.id, world.context.now()).await.unwrap()
}

/// Everything that a form could change, as text.
async fn everything(world: &World) -> String {
    let mut conn = world.context.db.read().await.unwrap();
    let conn = &mut conn;
    let orders = orders::list(conn, Scope::Hub, &orders::OrderFilter::default(), 100).await.unwrap();
    let documents = documents::list(conn, Scope::Hub, &documents::DocumentFilter::default(), 100).await.unwrap();
    let shipments = shipments::list(conn, Scope::Hub, &shipments::ShipmentFilter::default(), 100).await.unwrap();
    let invoices = invoices::list(conn, Scope::Hub, &invoices::InvoiceFilter::default(), 100).await.unwrap();
    let events = events::newest(conn, Scope::Hub, 500).await.unwrap();
    let (organisations, routes) = (organisations::list(conn).await.unwrap(), routes::list(conn).await.unwrap());
    let mut identifiers = Vec::new();
    for organisation in &organisations {
        identifiers.push(organisations::identifiers(conn, organisation.id).await.unwrap());
    }
    let dead = jobs::dead(conn).await.unwrap();
    let sessions: Vec<_> = sessions(world, conn).await.into_iter().map(|session| session.id).collect();
    let mut drafts = Vec::new();
    for order in &orders {
        drafts.extend(drafts::find(conn, world.supplier.organisation, "answer", order.id.0).await.unwrap());
    }
    format!(
        "{orders:?}{documents:?}{shipments:?}{invoices:?}{events:?}{organisations:?}{identifiers:?}{routes:?}{dead:?}{sessions:?}{drafts:?}"
    )
}

/// Addresses of every page, with parameters still in them.
fn pages() -> Vec<String> {
    generate_route_list(App).into_iter().map(|route| route.path().to_owned()).collect()
}

/// The address of a page with an id in the place of its parameter; none where it has none.
fn with_id(path: &str, id: &str) -> Option<String> {
    let place = path.split('/').find(|part| part.starts_with(':') || part.starts_with('{'))?;
    Some(path.replace(place, id))
}

#[tokio::test]
async fn no_page_shows_what_belongs_to_another_organisation() {
    let world = World::new().await;
    let ids = theirs(&world).await;
    let (with_parameter, plain): (Vec<_>, Vec<_>) = pages().into_iter().partition(|path| with_id(path, "x").is_some());
    assert!(with_parameter.len() >= 6 && plain.len() >= 8, "{with_parameter:?} {plain:?}");
    for code in ["KESTREL", "GREYFELL"] {
        let mut browser = world.browser(code).await;
        for path in &with_parameter {
            for id in &ids {
                let address = with_id(path, id).unwrap();
                let (status, body) = browser.get(&address).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{code} at {address}");
                assert!(!body.contains("SECRET"), "{code} at {address}");
            }
        }
        for path in &plain {
            let (_, body) = browser.get(path).await;
            assert!(!body.contains("SECRET"), "{code} at {path}");
        }
    }
    // The test can fail: those it belongs to see it.
    let mut owner = world.browser("OSTERMANN").await;
    assert!(owner.page(&format!("/orders/{}", ids[0])).await.contains(ORDER));
    assert!(owner.page("/orders").await.contains(ORDER));
}

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_by_every_page_and_sees_nothing() {
    let world = World::new().await;
    let ids = theirs(&world).await;
    let mut nobody = world.nobody();
    for path in pages().into_iter().filter(|path| path != "/sign-in") {
        let address = with_id(&path, &ids[0]).unwrap_or(path);
        let (status, body) = nobody.get(&address).await;
        assert!(status == StatusCode::SEE_OTHER || status == StatusCode::NOT_FOUND, "{address}: {status}");
        assert!(!body.contains("SECRET"), "{address}");
    }
}

async fn try_every_form(world: &World, browser: &mut Browser, ids: &[String], forms: &[&str]) {
    let before = everything(world).await;
    for form in forms {
        for id in ids {
            let mut fields: Vec<(&str, &str)> =
                ["order", "orders[0]", "document", "shipment", "invoice", "organisation", "route", "job", "session"]
                    .map(|name| (name, id.as_str()))
                    .to_vec();
            fields.extend([
                ("version", ""),
                ("state", "paid"),
                ("reason", "because"),
                ("form", "answer"),
                ("to", "off"),
                ("number", "STOLEN-1"),
                ("shipped_on", "2026-11-24"),
                ("invoiced_on", "2026-11-24"),
                ("lines[0][position]", "0"),
                ("lines[0][decision]", "reject"),
                ("lines[0][reason]", "out_of_stock"),
                ("lines[0][quantity]", "1"),
                ("lines[1][position]", "1"),
                ("lines[1][decision]", "accept"),
                ("code", "STOLEN"),
                ("name", "Stolen"),
                ("is_supplier", "true"),
                ("zone", "UTC"),
                ("currency", "EUR"),
                ("place", "Nowhere"),
                ("qualifier", "ZZ"),
                ("value", "STOLEN"),
                ("seat", "portal"),
                ("theme", "dark"),
            ]);
            browser.post(form, &fields).await;
            assert_eq!(everything(world).await, before, "{form} with {id}");
        }
    }
}

#[tokio::test]
async fn no_form_changes_what_belongs_to_another_organisation() {
    let world = World::new().await;
    let ids = theirs(&world).await;
    let all: Vec<&str> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    // Those that end the session, or are about it, come last in their own tests.
    let forms: Vec<&str> = all.iter().copied().filter(|path| !["/do/sign-out", "/do/sign-in", "/do/password"].contains(path)).collect();
    assert!(forms.len() >= 12, "{forms:?}");
    for code in ["KESTREL", "GREYFELL"] {
        let mut browser = world.browser(code).await;
        try_every_form(&world, &mut browser, &ids, &forms).await;
    }
    try_every_form(&world, &mut world.nobody(), &ids, &forms).await;
    // The test can fail: the same forms in the right hands change something.
    let open = world.purchase("SECRET-4712", false).await.to_string();
    let (route, job, session) = {
        let mut conn = world.context.db.read().await.unwrap();
        let route = routes::list(&mut conn).await.unwrap()[0].id.to_string();
        let job = jobs::dead(&mut conn).await.unwrap()[0].id.to_string();
        (route, job, sessions(&world, &mut conn).await[0].id.clone())
    };
    for (code, form, fields) in [
        ("OSTERMANN", "/do/accept-order", vec![("order", open.as_str()), ("version", "0")]),
        ("OSTERMANN", "/do/discard-draft", vec![("order", ids[0].as_str()), ("form", "answer")]),
        ("OSTERMANN", "/do/end-session", vec![("session", session.as_str())]),
        ("CASTELLAN", "/do/switch-route", vec![("route", route.as_str()), ("to", "off")]),
        ("CASTELLAN", "/do/revive-job", vec![("job", job.as_str())]),
    ] {
        let mut browser = world.browser(code).await;
        let before = everything(&world).await;
        browser.post(form, &fields).await;
        assert_ne!(everything(&world).await, before, "{form}");
    }
}
