//! Things made for one door each: orders, cases, exceptions, settings, work that was given up. What is secret says so.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::types::Json;

use super::{super::testing::World, sessions, told};
use crate::{
    connectors::xconnector::Claims,
    domain::{
        access::{Actor, Role, Scope, Who},
        case::{Status, Visibility},
        document::DocumentStatus,
        exception::Owner,
        ids::{CaseId, OrderId, ShipmentId},
        refusal::Reason,
        reply::State,
        view::List,
    },
    service::{
        cases::{
            attach,
            dispute::{self, DisputeForm},
            open::{self, CaseForm},
            participants, relate, write,
        },
        exceptions::rules::{self, RuleForm},
        exchange,
        invoices::send::{self, InvoiceForm},
        mail_in,
        orders::{
            answer::{self, AnswerForm, LineForm},
            view,
        },
        outbox,
        policies::{
            self, PolicyForm,
            calendars::{self, CalendarForm},
        },
        systems::parked,
        views::{self, ViewForm},
        xconnector::{
            self,
            endpoints::{self as use_endpoints, NewEndpoint},
            refused::{self, Refusal, Refusals},
        },
    },
    store::{
        cases, documents,
        drafts::{self, Draft},
        endpoints, exception_rules, exceptions, incoming_mails, jobs, orders, organisations, refused as stored_refused,
        routes::{self, Route},
        shipments, users,
    },
};

/// A number that nothing has yet.
pub fn number() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("SECRET-N{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An order of OSTERMANN that nobody answered.
pub async fn order(world: &World) -> String {
    world.purchase(&number(), false).await.to_string()
}

/// One that OSTERMANN accepted.
pub async fn accepted(world: &World) -> String {
    let order = world.purchase(&number(), false).await;
    world.accept(order).await;
    order.to_string()
}

/// The answer to an order, which has not left yet.
pub async fn answer_to(world: &World, order: &str) -> String {
    let found = orders::find(&mut world.context.db.read().await.unwrap(), Scope::Hub, order.parse().unwrap()).await.unwrap().unwrap();
    found.answer_document_id.unwrap().to_string()
}

/// An answer as it was typed and not sent.
pub async fn draft(world: &World, order: &str) {
    let draft = Draft {
        id: world.context.id(),
        organisation_id: world.supplier.organisation,
        person_id: None,
        kind: "answer".to_owned(),
        subject_id: order.parse().unwrap(),
        body: Json(serde_json::json!({ "lines": [] })),
        errors: Json(serde_json::json!([])),
        author: "SECRET author".to_owned(),
        updated_at: world.context.now(),
    };
    let mut tx = world.context.db.begin().await.unwrap();
    drafts::save(&mut tx, &draft).await.unwrap();
    tx.commit().await.unwrap();
}

/// An order that OSTERMANN shipped, and its shipment.
pub async fn shipped(world: &World) -> (OrderId, ShipmentId) {
    let order = world.purchase(&number(), false).await;
    world.accept(order).await;
    (order, world.ship(order, &number(), "2026-11-27", ["100", "20"]).await)
}

/// An invoice of OSTERMANN for what it shipped.
pub async fn invoice(world: &World, order: OrderId, shipment: ShipmentId) -> String {
    let (context, supplier) = (&world.context, &world.supplier);
    let seen = view::load(context, supplier, order).await.unwrap();
    let form = view::invoice_form(context, supplier, &seen, Some(shipment)).await.unwrap().form;
    send::send(context, supplier, order, &InvoiceForm { number: number(), ..form }).await.unwrap().to_string()
}

/// An order that was shipped and invoiced.
pub struct Trade {
    pub order: String,
    pub shipment: String,
    pub invoice: String,
}

pub async fn trade(world: &World) -> Trade {
    let (order, shipment) = shipped(world).await;
    Trade { order: order.to_string(), shipment: shipment.to_string(), invoice: invoice(world, order, shipment).await }
}

/// What is on its way to NORTHWATER, as NORTHWATER sees it.
pub async fn customers_shipment(world: &World) -> String {
    let bought = number();
    let order = world.purchase(&bought, true).await;
    world.sales(&number(), &bought).await;
    world.accept(order).await;
    world.ship(order, &number(), "2026-11-27", ["100", "20"]).await;
    let mut conn = world.context.db.read().await.unwrap();
    let all = shipments::ShipmentFilter::default();
    shipments::list(&mut conn, world.customer.scope(), &all, 1).await.unwrap()[0].id.to_string()
}

/// A document that left for VALMET.
pub async fn sent_document(world: &World) -> String {
    let context = &world.context;
    let valmet = organisations::find_by_code(&mut context.db.read().await.unwrap(), "VALMET").await.unwrap().unwrap().id;
    let route = Route { organisation_id: valmet, ..blank_route(world) };
    let mut tx = context.db.begin().await.unwrap();
    routes::insert(&mut tx, &route).await.unwrap();
    tx.commit().await.unwrap();
    let order = world.purchase_from("VALMET", &number(), false).await;
    outbox::seal(context, valmet).await.unwrap();
    let sealed = outbox::next_sealed(context, &route).await.unwrap().unwrap();
    outbox::mark_sent(context, sealed.id, "handle", false).await.unwrap();
    let mut conn = context.db.read().await.unwrap();
    let id = orders::find(&mut conn, Scope::Hub, order).await.unwrap().unwrap().document_id.unwrap();
    let document = documents::find(&mut conn, Scope::Hub, id).await.unwrap().unwrap();
    assert!([DocumentStatus::Sent, DocumentStatus::Delivered].contains(&document.status), "{:?}", document.status);
    id.to_string()
}

async fn opened(world: &World) -> cases::Case {
    let title = number();
    let form = CaseForm { kind: "question".to_owned(), title, text: "SECRET".to_owned(), ..CaseForm::default() };
    let id = open::open(&world.context, &world.supplier, &form).await.unwrap();
    cases::find(&mut world.context.db.read().await.unwrap(), Scope::Hub, id).await.unwrap().unwrap()
}

/// A case of OSTERMANN, and the version at which it stands.
pub async fn case(world: &World) -> (String, String) {
    let case = opened(world).await;
    (case.id.to_string(), case.version.to_string())
}

/// The number of an order of OSTERMANN.
pub async fn order_number(world: &World) -> String {
    let number = number();
    world.purchase(&number, false).await;
    number
}

/// A case of OSTERMANN about an order, and the number of that order.
pub async fn case_about_order(world: &World) -> (String, String) {
    let number = number();
    let order = world.purchase(&number, false).await.to_string();
    let form = CaseForm { order, title: "SECRET case".to_owned(), text: "SECRET".to_owned(), ..CaseForm::default() };
    (open::open(&world.context, &world.supplier, &form).await.unwrap().to_string(), number)
}

/// A case of OSTERMANN with a file of OSTERMANN's, and that file.
pub async fn file(world: &World) -> (String, String) {
    let (context, case) = (&world.context, opened(world).await.id);
    let mut receiving = attach::begin(context, &world.supplier, case, "SECRET.txt", Visibility::Partner).await.unwrap();
    receiving.write(context, "SECRET contents".into()).await.unwrap();
    let attached = receiving.finish(context, &world.supplier, case).await.unwrap();
    (case.to_string(), attached.attachment.id.to_string())
}

/// The number of a case of OSTERMANN.
pub async fn case_number(world: &World) -> String {
    opened(world).await.number
}

/// A case of OSTERMANN and the number of one it is linked with.
pub async fn linked_cases(world: &World) -> (String, String) {
    let (case, other) = (opened(world).await.id, opened(world).await.number);
    relate::relate(&world.context, &world.hub, case, &other).await.unwrap();
    (case.to_string(), other)
}

/// A case of OSTERMANN that is settled.
pub async fn settled_case(world: &World) -> String {
    let case = opened(world).await;
    write::move_to(&world.context, &world.hub, case.id, case.version, Status::Resolved).await.unwrap();
    case.id.to_string()
}

/// A dispute about an invoice of OSTERMANN.
pub async fn dispute(world: &World, by: &Actor) -> String {
    let invoice = trade(world).await.invoice;
    let (reason, action) = ("PRI".to_owned(), "OTH".to_owned());
    let form = DisputeForm { invoice, reason, action, text: "SECRET words".to_owned(), ..DisputeForm::default() };
    dispute::open(&world.context, by, &form).await.unwrap().to_string()
}

/// An exception that is the hub's to settle, and one of OSTERMANN's.
pub async fn exceptions(world: &World) -> (String, String) {
    let context = &world.context;
    let all = exceptions::ExceptionFilter::default();
    let listed = async || exceptions::list(&mut context.db.read().await.unwrap(), Scope::Hub, &all, 100).await.unwrap();
    let known: Vec<_> = listed().await.into_iter().map(|row| row.id).collect();
    let order = world.purchase(&number(), false).await;
    let reject = |position: &str| LineForm {
        position: position.to_owned(),
        decision: "reject".to_owned(),
        reason: "discontinued".to_owned(),
        ..LineForm::default()
    };
    let form = AnswerForm { version: String::new(), lines: vec![reject("0"), reject("1")] };
    answer::answer(context, &world.supplier, order, &form).await.unwrap();
    let source = exchange::Source {
        route: None,
        owner: world.supplier.organisation,
        name: "SECRET.edi".to_owned(),
        handle: None,
        is_copy: false,
        refuses_test: false,
    };
    exchange::receive(context, source, format!("noise {}", number()).into()).await.unwrap();
    let new: Vec<_> = listed().await.into_iter().filter(|row| !known.contains(&row.id)).collect();
    let of = |owner| new.iter().find(|row| row.owner == owner).unwrap_or_else(|| panic!("none of {owner:?}: {new:?}")).id.to_string();
    (of(Owner::Hub), of(Owner::Partner))
}

/// A rule for OSTERMANN.
pub async fn rule(world: &World) -> String {
    let form = RuleForm { kind: "order_rejected".to_owned(), partner: "OSTERMANN".to_owned(), ..RuleForm::default() };
    rules::save(&world.context, &world.hub, &form).await.unwrap();
    exception_rules::list(&mut world.context.db.read().await.unwrap()).await.unwrap()[0].id.to_string()
}

/// A calendar with Christmas Day off.
pub async fn calendar(world: &World) -> String {
    let week = std::array::from_fn(|_| "08:00-16:00".to_owned());
    let form = CalendarForm { name: number(), zone: "UTC".to_owned(), week };
    let calendar = calendars::save(&world.context, &world.hub, None, &form).await.unwrap();
    calendars::add_holiday(&world.context, &world.hub, calendar, "2026-12-25", "SECRET day").await.unwrap();
    calendar.to_string()
}

/// A policy for questions.
pub async fn policy(world: &World) -> String {
    let form = PolicyForm { name: number(), kind: "question".to_owned(), first: "4".to_owned(), ..PolicyForm::default() };
    policies::save(&world.context, &world.hub, None, &form).await.unwrap().to_string()
}

/// A session of the person of OSTERMANN, besides those there are.
pub async fn session(world: &World) -> String {
    let ids = async || {
        let mut conn = world.context.db.read().await.unwrap();
        sessions(world, &mut conn).await.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    let known = ids().await;
    world.browser("OSTERMANN").await;
    ids().await.into_iter().find(|id| !known.contains(id)).unwrap()
}

/// The person of OSTERMANN, acting for it.
pub async fn person(world: &World) -> Actor {
    Actor { who: Who::User(world.user("OSTERMANN").await), ..world.supplier.clone() }
}

/// A view of the orders that the person of OSTERMANN saved.
pub async fn view(world: &World, is_shared: bool) -> String {
    let (context, person, name) = (&world.context, person(world).await, number());
    let form = ViewForm { name: name.clone(), query: "tab=to-ship".to_owned(), is_shared, ..ViewForm::default() };
    views::save(context, &person, List::Orders, &form).await.unwrap();
    views::all(context, &person).await.unwrap().into_iter().find(|view| view.name == name).unwrap().id.to_string()
}

/// The person of OSTERMANN works for VALMET, too: its id.
pub async fn second_employer(world: &World) -> String {
    let context = &world.context;
    let mut tx = context.db.begin().await.unwrap();
    let person = users::find_by_email(&mut tx, "ostermann@example.com").await.unwrap().unwrap().id;
    let valmet = organisations::find_by_code(&mut tx, "VALMET").await.unwrap().unwrap().id;
    users::insert_membership(&mut tx, context.id(), person, valmet, Role::Member, context.now()).await.unwrap();
    tx.commit().await.unwrap();
    valmet.to_string()
}

/// Something that the person of OSTERMANN was told and has not read.
pub async fn notification(world: &World) -> String {
    let case: CaseId = opened(world).await.id;
    write::write(&world.context, &world.hub, case, Visibility::Partner, "SECRET answer").await.unwrap();
    let mut conn = world.context.db.read().await.unwrap();
    told(world, &mut conn).await.into_iter().find(|row| row.read_at.is_none()).unwrap().id.to_string()
}

fn blank_route(world: &World) -> Route {
    Route {
        id: world.context.id(),
        organisation_id: world.hub.organisation,
        name: "SECRET route".to_owned(),
        config: Json(serde_json::json!({ "transport": "folder", "inbound": "/nowhere/in", "outbound": "/nowhere/out" })),
        is_copy: false,
        is_active: true,
        looked_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    }
}

/// A route of the hub's.
pub async fn route(world: &World) -> String {
    let route = blank_route(world);
    let mut tx = world.context.db.begin().await.unwrap();
    routes::insert(&mut tx, &route).await.unwrap();
    tx.commit().await.unwrap();
    route.id.to_string()
}

/// Work that was given up.
pub async fn dead_job(world: &World) -> String {
    let (context, now) = (&world.context, world.context.now());
    let (job, lease) = (context.id(), context.id());
    let mut tx = context.db.begin().await.unwrap();
    // Long due, so that it is the next.
    jobs::enqueue(&mut tx, job, "dispatch", None, &serde_json::json!({}), now.plus_seconds(-86_400), now).await.unwrap();
    assert_eq!(jobs::claim(&mut tx, "", lease, now.plus_seconds(60), now).await.unwrap().unwrap().id, job);
    jobs::bury(&mut tx, job, lease, "SECRET failure", now).await.unwrap();
    tx.commit().await.unwrap();
    job.to_string()
}

/// An endpoint of the hub's.
pub async fn endpoint(world: &World) -> String {
    let new = NewEndpoint { name: number(), url: "https://events.example/SECRET".to_owned(), ..NewEndpoint::default() };
    use_endpoints::add(&world.context, &world.hub, &new).await.unwrap().to_string()
}

/// An event that was given up.
pub async fn dead_delivery(world: &World) -> String {
    let endpoint = endpoint(world).await.parse().unwrap();
    order(world).await;
    let now = world.context.now();
    let mut tx = world.context.db.begin().await.unwrap();
    let delivery = endpoints::newest(&mut tx, endpoint, 1).await.unwrap()[0].id;
    endpoints::set_outcome(&mut tx, delivery, "dead", now, Some("SECRET failure"), Some(now)).await.unwrap();
    tx.commit().await.unwrap();
    delivery.to_string()
}

/// An event that came and waits; gives its id.
pub async fn parked_event(world: &World) -> String {
    let event = serde_json::json!({ "specversion": "1.0", "id": number(), "source": "/erp", "type": "xconnector.case.resolved",
        "data": { "case": format!("SECRET-{}", number()) } });
    let taken = xconnector::take(&world.context, &serde_json::from_value(event).unwrap()).await.unwrap();
    assert!(taken.parked);
    taken.id.to_string()
}

/// An event that was set aside.
pub async fn event_set_aside(world: &World) -> String {
    let event = parked_event(world).await;
    parked::set_aside(&world.context, &world.hub, event.parse().unwrap()).await.unwrap();
    event
}

/// An event that was refused; gives its id.
pub async fn refused_event(world: &World) -> String {
    let refusal = || Refusal {
        reason: Reason::Data,
        field: "/data/SECRET".to_owned(),
        message: "SECRET reason".to_owned(),
        claims: Claims { source: "/SECRET".to_owned(), id: number(), kind: "xconnector.case.opened".to_owned() },
        size: 20,
        body: b"{\"SECRET\": \"body\"}".to_vec(),
    };
    refused::record(&world.context, &Refusals::default(), Reason::Data, refusal).await;
    let mut conn = world.context.db.read().await.unwrap();
    stored_refused::list(&mut conn, None, None, 1).await.unwrap()[0].id.to_string()
}

/// A mail that needs review; gives its id.
pub async fn mail(world: &World) -> String {
    let mut receiving = mail_in::begin(&world.context).await.unwrap();
    let mail = format!("From: ostermann@example.com\r\nTo: info@example.com\r\nSubject: {} mail\r\n\r\nSECRET words\r\n", number());
    receiving.write(&world.context, mail.into()).await.unwrap();
    receiving.finish(&world.context).await.unwrap();
    let mut conn = world.context.db.read().await.unwrap();
    incoming_mails::list(&mut conn, State::Review, None, 1).await.unwrap()[0].id.to_string()
}

/// A case of OSTERMANN's in which VALMET takes part: the ids of both.
pub async fn shared_case(world: &World) -> (String, String) {
    let case = opened(world).await.id;
    participants::add(&world.context, &world.hub, case, "VALMET", "SECRET words").await.unwrap();
    let valmet = organisations::find_by_code(&mut world.context.db.read().await.unwrap(), "VALMET").await.unwrap().unwrap();
    (case.to_string(), valmet.id.to_string())
}
