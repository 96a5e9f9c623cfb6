//! Every door, tried by somebody it does not belong to: no page shows, and no form changes, what is another
//! organisation's. The doors are listed by the program itself, so that a new one is tried without being named here.

mod across;
mod control;
mod forms;
mod made;
mod more;
mod requests;
mod wires;

use axum::http::StatusCode;
use leptos_axum::generate_route_list;

use super::testing::{Browser, World};
use crate::{
    app::App,
    domain::{
        access::Scope,
        case::Visibility,
        ids::{CaseId, InvoiceId, OrderId, ShipmentId},
        reply::State,
    },
    service::{
        cases::{
            attach,
            dispute::{self, DisputeForm},
            open::{self, CaseForm},
            write,
        },
        policies::{
            self, PolicyForm,
            calendars::{self, CalendarForm},
        },
    },
    store::{
        Conn, attachments, cases, documents, drafts, endpoints, events, exception_rules, exceptions, incoming_mails, invoices, jobs, links,
        notifications::{self, Notification, NotificationFilter},
        orders, organisations, policies as stored_policies, references, remittances, routes,
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
    // What the order does not bring along.
    made::draft(world, &bought.to_string()).await;
    made::route(world).await;
    made::dead_job(world).await;
    // What was paid for no invoice, so that nothing is wrong with it.
    world.pay(901, "BPR*I*10*C*ACH************20261124~TRN*1*SECRET-TR~CUR*PR*EUR~ENT*1~RMR*CM*SECRET-CM**10~").await;
    made::exceptions(world).await;
    let more = more::add(world, bought, shipment).await;
    made::endpoint(world).await;
    // Something that it is told of.
    world.purchase("SECRET-4714", true).await;
    world.browser("OSTERMANN").await;
    let (case, settings) = add_cases(world).await;
    let mut conn = world.context.db.read().await.unwrap();
    let mut ids = vec![bought.to_string(), sold.to_string(), shipment.to_string()];
    ids.extend(more);
    ids.push(made::view(world, true).await);
    let all = documents::DocumentFilter::default();
    for row in documents::list(&mut conn, Scope::Hub, &all, 50).await.unwrap() {
        let document = documents::find(&mut conn, Scope::Hub, row.id).await.unwrap().unwrap();
        ids.push(document.id.to_string());
        // The file it came in.
        ids.extend(document.transmission_id.map(|file| file.to_string()));
    }
    let all = shipments::ShipmentFilter::default();
    ids.extend(shipments::list(&mut conn, Scope::Hub, &all, 50).await.unwrap().into_iter().map(|row| row.id.to_string()));
    ids.extend([&world.hub, &world.supplier, &world.customer].map(|actor| actor.organisation.to_string()));
    let all = exceptions::ExceptionFilter::default();
    let found = exceptions::list(&mut conn, Scope::Hub, &all, 50).await.unwrap();
    assert!(found.len() >= 2, "{found:?}");
    ids.extend(found.into_iter().map(|row| row.id.to_string()));
    let all = remittances::RemittanceFilter::default();
    ids.extend(remittances::list(&mut conn, Scope::Hub, &all, 50).await.unwrap().into_iter().map(|row| row.id.to_string()));
    ids.extend(routes::list(&mut conn).await.unwrap().into_iter().map(|route| route.id.to_string()));
    ids.extend(jobs::dead(&mut conn).await.unwrap().into_iter().map(|job| job.id.to_string()));
    ids.extend(sessions(world, &mut conn).await.into_iter().map(|session| session.id));
    for endpoint in endpoints::list(&mut conn).await.unwrap() {
        ids.push(endpoint.id.to_string());
        ids.extend(endpoints::newest(&mut conn, endpoint.id, 5).await.unwrap().into_iter().map(|delivery| delivery.id.to_string()));
    }
    ids.extend(add_dispute(world, bought).await);
    ids.extend([made::parked_event(world).await, made::event_set_aside(world).await, made::refused_event(world).await]);
    ids.push(made::mail(world).await);
    // Last, where a test looks for them.
    ids.push(case.to_string());
    ids.extend(settings);
    ids.extend(told(world, &mut conn).await.into_iter().map(|row| row.id.to_string()));
    ids
}

/// A case of OSTERMANN with an answer, of which its person is told, and what the hub promises.
async fn add_cases(world: &World) -> (CaseId, [String; 2]) {
    let context = &world.context;
    let form = CaseForm { kind: "question".to_owned(), title: "SECRET case".to_owned(), text: "SECRET".to_owned(), ..CaseForm::default() };
    let case = open::open(context, &world.supplier, &form).await.unwrap();
    write::write(context, &world.hub, case, Visibility::Partner, "SECRET answer").await.unwrap();
    let week = std::array::from_fn(|_| "08:00-16:00".to_owned());
    let form = CalendarForm { name: "SECRET calendar".to_owned(), zone: "UTC".to_owned(), week };
    let calendar = calendars::save(context, &world.hub, None, &form).await.unwrap();
    calendars::add_holiday(context, &world.hub, calendar, "2026-12-25", "SECRET day").await.unwrap();
    let form = PolicyForm { name: "SECRET policy".to_owned(), first: "4".to_owned(), ..PolicyForm::default() };
    let policy = policies::save(context, &world.hub, None, &form).await.unwrap();
    (case, [policy.to_string(), calendar.to_string()])
}

/// What the person of OSTERMANN was told.
async fn told(world: &World, conn: &mut Conn) -> Vec<Notification> {
    let person = users::find_by_email(conn, "ostermann@example.com").await.unwrap().unwrap();
    notifications::list(conn, person.id, world.supplier.organisation, &NotificationFilter::default(), 50).await.unwrap()
}

/// A dispute about an order, with a file; gives the ids of its case and its file.
async fn add_dispute(world: &World, order: OrderId) -> [String; 2] {
    let form = DisputeForm {
        order: order.to_string(),
        reason: "PRI".to_owned(),
        action: "OTH".to_owned(),
        text: "SECRET words".to_owned(),
        ..DisputeForm::default()
    };
    let (context, supplier) = (&world.context, &world.supplier);
    let case = dispute::open(context, supplier, &form).await.unwrap();
    let mut receiving = attach::begin(context, supplier, case, "SECRET.txt", Visibility::Partner).await.unwrap();
    receiving.write(context, "SECRET contents".into()).await.unwrap();
    let attached = receiving.finish(context, supplier, case).await.unwrap();
    [case.to_string(), attached.attachment.id.to_string()]
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
    let mut wrong = Vec::new();
    for row in exceptions::list(conn, Scope::Hub, &exceptions::ExceptionFilter::default(), 100).await.unwrap() {
        wrong.push((exceptions::find(conn, Scope::Hub, row.id).await.unwrap(), exceptions::steps(conn, row.id, 1).await.unwrap()));
    }
    let rules = exception_rules::list(conn).await.unwrap();
    let dead = jobs::dead(conn).await.unwrap();
    let endpoints = endpoints::list(conn).await.unwrap();
    let mut deliveries = Vec::new();
    for endpoint in &endpoints {
        deliveries.extend(endpoints::newest(conn, endpoint.id, 1000).await.unwrap());
    }
    let sessions: Vec<_> = sessions(world, conn).await.into_iter().map(|session| session.id).collect();
    let (mut drafts, person) = (Vec::new(), made::person(world).await);
    for order in &orders {
        drafts.extend(drafts::find(conn, &person, "answer", order.id.0).await.unwrap());
    }
    let mut cases = Vec::new();
    for row in cases::list(conn, Scope::Hub, &cases::CaseFilter::default(), 100).await.unwrap() {
        let happened = cases::events(conn, Scope::Hub, row.id).await.unwrap();
        let held = attachments::of_case(conn, Scope::Hub, row.id).await.unwrap();
        let linked = (links::of_case(conn, Scope::Hub, row.id).await.unwrap(), references::of_case(conn, row.id).await.unwrap());
        cases.push((cases::messages(conn, Scope::Hub, row.id).await.unwrap(), happened, held, linked, row));
    }
    let promised = (stored_policies::list(conn).await.unwrap(), stored_policies::calendars(conn).await.unwrap());
    let told = told(world, conn).await;
    let mut mails = Vec::new();
    for state in State::ALL {
        mails.extend(incoming_mails::list(conn, *state, None, 100).await.unwrap());
    }
    let more = more::everything(world, conn).await;
    format!(
        "{orders:?}{documents:?}{shipments:?}{invoices:?}{events:?}{organisations:?}{identifiers:?}{routes:?}{dead:?}{sessions:?}{drafts:?}\
         {cases:?}{promised:?}{told:?}{wrong:?}{rules:?}{endpoints:?}{deliveries:?}{mails:?}{more}"
    )
}

/// Addresses of every page, with parameters still in them.
pub(super) fn pages() -> Vec<String> {
    generate_route_list(App).into_iter().map(|route| route.path().to_owned()).collect()
}

/// The address of a page with an id in the place of its parameter; none where it has none.
pub(super) fn with_id(path: &str, id: &str) -> Option<String> {
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
        // Pages that take an id in the query.
        for path in plain.iter().filter(|path| path.starts_with("/cases/")) {
            for (name, id) in
                ["order", "shipment", "invoice", "payment", "case", "partner"].iter().flat_map(|name| ids.iter().map(move |id| (name, id)))
            {
                let address = format!("{path}?{name}={id}");
                let (status, body) = browser.get(&address).await;
                assert!(!body.contains("SECRET") && !body.contains("Ostermann"), "{code} at {address}");
                let is_theirs = theirs_as(&world, name, id).await;
                assert!(!is_theirs || status == StatusCode::NOT_FOUND, "{code} at {address}: {status}");
            }
        }
    }
    // Their own order opens nothing of another's.
    let own = world.purchase_from("KESTREL", "OWN-1", false).await;
    let body = world.browser("KESTREL").await.get(&format!("/orders/{own}/invoice?shipment={}", ids[2])).await.1;
    assert!(!body.contains("SECRET"), "{body}");
    // The test can fail: those it belongs to see it.
    let mut owner = world.browser("OSTERMANN").await;
    assert!(owner.page(&format!("/orders/{}", ids[0])).await.contains(ORDER));
    assert!(owner.page("/orders").await.contains(ORDER));
    for path in ["/cases/open", "/cases/dispute"] {
        for (name, id) in [("order", &ids[0]), ("shipment", &ids[2]), ("invoice", &ids[3])] {
            assert!(owner.page(&format!("{path}?{name}={id}")).await.contains("SECRET"), "{path}?{name}");
        }
    }
}

/// Whether an id is that of an order, a shipment or an invoice.
async fn theirs_as(world: &World, name: &str, id: &str) -> bool {
    let mut conn = world.context.db.read().await.unwrap();
    let Ok(id) = id.parse::<uuid::Uuid>() else { return false };
    match name {
        "order" => orders::find(&mut conn, Scope::Hub, OrderId(id)).await.unwrap().is_some(),
        "shipment" => shipments::find(&mut conn, Scope::Hub, ShipmentId(id)).await.unwrap().is_some(),
        "invoice" => invoices::find(&mut conn, Scope::Hub, InvoiceId(id)).await.unwrap().is_some(),
        _ => false,
    }
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

/// What is in every form that is tried: an id wherever one could stand, the version it stands at, and something in the
/// other fields.
fn fields<'a>(id: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    let ids = [
        "order",
        "orders[0]",
        "document",
        "shipment",
        "invoice",
        "organisation",
        "route",
        "job",
        "session",
        "case",
        "policy",
        "calendar",
        "exception",
        "endpoint",
        "delivery",
        "notification",
        "rule",
        "mail",
        "party",
        "view",
        "event",
        "attachment",
        "payment",
    ];
    let known = ids.map(|name| (name, id)).into_iter().chain([("version", version)]);
    known.chain(TYPED.iter().copied()).collect()
}

/// The version at which what has this id stands; a form that says another one is refused whoever sends it.
async fn version(world: &World, id: &str) -> String {
    let mut conn = world.context.db.read().await.unwrap();
    let conn = &mut conn;
    let Ok(id) = id.parse::<uuid::Uuid>() else { return "0".to_owned() };
    let found = [
        orders::find(conn, Scope::Hub, OrderId(id)).await.unwrap().map(|row| row.version),
        cases::find(conn, Scope::Hub, CaseId(id)).await.unwrap().map(|row| row.version),
        stored_policies::list(conn).await.unwrap().into_iter().find(|row| row.id.0 == id).map(|row| row.version),
        stored_policies::calendars(conn).await.unwrap().into_iter().find(|row| row.id.0 == id).map(|row| row.version),
    ];
    found.into_iter().flatten().next().unwrap_or_default().to_string()
}

const TYPED: &[(&str, &str)] = &[
    ("status", "closed"),
    ("partner", "GREYFELL"),
    ("words", "STOLEN"),
    ("text", "STOLEN"),
    ("tier", "3"),
    ("first", "1"),
    ("monday", "00:00-24:00"),
    ("on", "2026-12-25"),
    ("holiday", "Stolen"),
    ("until", "2030-01-01T00:00:00Z"),
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
    ("score", "poor"),
    ("extent", "all"),
    ("action", "CNF"),
    ("step", "1"),
    ("note", "stolen"),
    ("title", "Stolen"),
    ("kind", "order_rejected"),
    ("url", "https://stolen.example"),
    ("list", "orders"),
    ("query", "tab=done"),
    ("with", "on"),
    ("about", "order"),
    ("about_number", ORDER),
    ("why", "STOLEN"),
];

/// Every form but those that end the session or are about it, which have tests of their own.
fn forms() -> Vec<&'static str> {
    let all = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path);
    let mut forms: Vec<&str> = all.filter(|path| !["/do/sign-out", "/do/sign-in", "/do/password"].contains(path)).collect();
    forms.sort_unstable();
    forms
}

async fn try_every_form(world: &World, browser: &mut Browser, ids: &[String]) {
    let before = everything(world).await;
    for form in forms() {
        for id in ids {
            browser.post(form, &fields(id, &version(world, id).await)).await;
        }
        assert_eq!(everything(world).await, before, "{form}");
    }
}

#[tokio::test]
async fn no_form_changes_what_belongs_to_another_organisation() {
    let world = World::new().await;
    let ids = theirs(&world).await;
    assert!(forms().len() >= 12, "{:?}", forms());
    for code in ["KESTREL", "GREYFELL"] {
        let mut browser = world.browser(code).await;
        try_every_form(&world, &mut browser, &ids).await;
    }
    try_every_form(&world, &mut world.nobody(), &ids).await;
    // The test can fail: the same forms in the right hands change something.
    let open = world.purchase("SECRET-4712", false).await.to_string();
    let (route, job, session, endpoint) = {
        let mut conn = world.context.db.read().await.unwrap();
        let route = routes::list(&mut conn).await.unwrap()[0].id.to_string();
        let job = jobs::dead(&mut conn).await.unwrap()[0].id.to_string();
        let endpoint = endpoints::list(&mut conn).await.unwrap()[0].id.to_string();
        (route, job, sessions(&world, &mut conn).await[0].id.clone(), endpoint)
    };
    let [.., mail, case, policy, calendar, told] = &ids[..] else { panic!("those were added last") };
    for (code, form, fields) in [
        ("OSTERMANN", "/do/accept-order", vec![("order", open.as_str()), ("version", "0")]),
        ("OSTERMANN", "/do/discard-draft", vec![("order", ids[0].as_str()), ("form", "answer")]),
        ("OSTERMANN", "/do/end-session", vec![("session", session.as_str())]),
        ("OSTERMANN", "/do/read-notification", vec![("notification", told.as_str())]),
        ("CASTELLAN", "/do/take-case", vec![("case", case.as_str()), ("version", "2")]),
        ("CASTELLAN", "/do/set-mail-aside", vec![("mail", mail.as_str())]),
        ("CASTELLAN", "/do/remove-policy", vec![("policy", policy.as_str())]),
        ("CASTELLAN", "/do/remove-holiday", vec![("calendar", calendar.as_str()), ("on", "2026-12-25")]),
        ("CASTELLAN", "/do/switch-route", vec![("route", route.as_str()), ("to", "off")]),
        ("CASTELLAN", "/do/revive-job", vec![("job", job.as_str())]),
        ("CASTELLAN", "/do/switch-endpoint", vec![("endpoint", endpoint.as_str()), ("to", "off")]),
        ("CASTELLAN", "/do/endpoint-secret", vec![("endpoint", endpoint.as_str()), ("to", "new")]),
        ("CASTELLAN", "/do/add-endpoint", vec![("name", "ERP"), ("url", "https://erp.example/events")]),
    ] {
        let mut browser = world.browser(code).await;
        let before = everything(&world).await;
        browser.post(form, &fields).await;
        assert_ne!(everything(&world).await, before, "{form}");
    }
}
