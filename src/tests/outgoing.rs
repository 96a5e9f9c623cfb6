//! Events on their way to other systems: what is told, to whom, in which order, and what becomes of it when the other
//! side fails.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use portico::{
    connectors::xconnector::{Event, Headers, Secret, signature},
    domain::{
        access::Actor,
        case::{Priority, Visibility},
        delivery::Outcome,
        ids::{CaseId, EndpointId},
        notification::Topic,
    },
    service::{
        Error,
        cases::{
            open::{self, CaseForm},
            write,
        },
        notify::inbox,
        orders::answer,
        partners::{self, NewPartner},
        systems::deliver,
        xconnector::{
            self,
            endpoints::{self, NewEndpoint},
        },
    },
    store::{
        bonds, cases,
        endpoints::{self as stored, Delivery, Endpoint},
        notifications::NotificationFilter,
    },
};
use serde_json::{Value, json};

use super::{
    beside::serve,
    clocks::employee,
    support::{Engine, World, kestrel, on_each_engine},
};

/// A receiver that keeps what comes, and answers as it is told.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Received>>);

#[derive(Default)]
struct Received {
    messages: Vec<(HeaderMap, String)>,
    answers: Vec<(u16, Option<&'static str>)>,
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let take = async |State(receiver): State<Receiver>, headers: HeaderMap, body: String| {
            let mut received = receiver.0.lock().unwrap();
            received.messages.push((headers, body));
            let (status, wait) = if received.answers.is_empty() { (202, None) } else { received.answers.remove(0) };
            let mut headers = HeaderMap::new();
            if let Some(wait) = wait {
                headers.insert("retry-after", wait.parse().unwrap());
            }
            headers.insert("location", "/elsewhere".parse().unwrap());
            (StatusCode::from_u16(status).unwrap(), headers).into_response()
        };
        let address = serve(Router::new().route("/events", post(take)).with_state(receiver.clone())).await;
        (receiver, format!("{address}/events"))
    }

    fn answer(&self, status: u16, times: usize) {
        self.0.lock().unwrap().answers.extend(std::iter::repeat_n((status, None), times));
    }

    fn messages(&self) -> Vec<(HeaderMap, String)> {
        self.0.lock().unwrap().messages.clone()
    }

    fn events(&self) -> Vec<Event> {
        self.messages().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.events().into_iter().map(|event| event.kind.trim_start_matches("portico.").to_owned()).collect()
    }
}

fn local(url: &str) -> NewEndpoint {
    NewEndpoint { name: "ERP".to_owned(), url: url.to_owned(), is_local: true, ..NewEndpoint::default() }
}

async fn question(world: &World, actor: &Actor, title: &str) -> CaseId {
    let form = CaseForm { kind: "question".to_owned(), title: title.to_owned(), text: "Who knows?".to_owned(), ..CaseForm::default() };
    open::open(&world.context, actor, &form).await.unwrap()
}

async fn say(world: &World, actor: &Actor, id: CaseId, text: &str) {
    write::write(&world.context, actor, id, Visibility::Partner, text).await.unwrap();
}

async fn log(world: &World, hub: &Actor, id: EndpointId) -> Vec<Delivery> {
    let mut log = endpoints::load(&world.context, hub, id, None).await.unwrap().log;
    log.reverse();
    log
}

#[tokio::test]
async fn an_event_is_signed_with_every_secret_and_its_sequence_has_no_gaps() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let (receiver, address) = Receiver::start().await;
        let early = question(&world, &supplier, "Before anybody was told").await;
        let id = endpoints::add(&world.context, &hub, &local(&address)).await.unwrap();
        let endpoint = endpoints::replace_secret(&world.context, &hub, id).await.unwrap();
        assert!(!deliver::lacks_secret(&endpoint));
        for broken in [String::new(), "whsec_x".to_owned(), format!("{} whsec_x", endpoint.secrets)] {
            assert!(deliver::lacks_secret(&Endpoint { secrets: broken, ..endpoint.clone() }));
        }
        let case = question(&world, &supplier, "Which drawing counts?").await;
        write::write(&world.context, &hub, case, Visibility::Internal, "Nobody knows.").await.unwrap();
        world.clock.advance_seconds(1);
        say(&world, &hub, case, "Revision D.").await;
        world.clock.advance_seconds(1);
        say(&world, &supplier, early, "Any news?").await;
        world.worker.run_due().await;

        assert_eq!(receiver.kinds(), ["case.opened", "case.commented", "case.opened", "case.commented"]);
        let places: Vec<_> = receiver.events().into_iter().map(|event| (event.subject.unwrap(), event.sequence.unwrap())).collect();
        let of = |case: CaseId, place: &str| (format!("case/{case}"), place.to_owned());
        assert_eq!(
            places,
            [of(case, "1"), of(case, "2"), of(early, "1"), of(early, "2")],
            "who hears of a case first hears that it is there"
        );
        for (headers, body) in receiver.messages() {
            assert!(!body.contains("Nobody knows"), "internal notes never leave");
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            assert_eq!(header("content-type"), "application/cloudevents+json");
            assert_eq!(header("webhook-id"), serde_json::from_str::<Value>(&body).unwrap()["id"]);
            let (id, timestamp, signed) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
            let parts = Headers { id: &id, timestamp: &timestamp, signature: &signed };
            let secrets: Vec<&str> = endpoint.secrets.split(' ').collect();
            assert_eq!(secrets.len(), 2);
            for secret in secrets {
                let secret = Secret::parse(secret).unwrap();
                assert_eq!(signature::verify(&[secret], parts, body.as_bytes(), world.context.now()), Ok(()));
            }
        }
        let only = endpoints::drop_old_secret(&world.context, &hub, id).await.unwrap();
        assert_eq!(only.secrets, endpoint.secrets.split(' ').next().unwrap());
        assert!(matches!(endpoints::load(&world.context, &supplier, id, None).await, Err(Error::NotFound)));
        assert!(matches!(endpoints::overview(&world.context, &supplier).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn an_event_that_is_refused_holds_those_behind_it_until_somebody_decides() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let (receiver, address) = Receiver::start().await;
        let id = endpoints::add(&world.context, &hub, &local(&address)).await.unwrap();
        let first = question(&world, &supplier, "The first").await;
        world.worker.run_due().await;
        receiver.answer(422, 10);
        world.clock.advance_seconds(1);
        say(&world, &supplier, first, "This one is refused.").await;
        world.clock.advance_seconds(1);
        say(&world, &supplier, first, "This one waits behind it.").await;
        world.worker.run_due().await;
        // Another case does not wait for it; then the ladder, to its end.
        receiver.0.lock().unwrap().answers.insert(0, (202, None));
        world.clock.advance_seconds(1);
        question(&world, &supplier, "The second").await;
        world.worker.run_due().await;
        assert_eq!(receiver.kinds(), ["case.opened", "case.commented", "case.opened"]);
        for _ in 0..12 {
            world.clock.advance_seconds(86_400 * 6 / 5);
            world.worker.run_due().await;
        }
        let states: Vec<_> = log(&world, &hub, id).await.into_iter().map(|row| (row.kind, row.state, row.attempts)).collect();
        let row = |kind: &str, state: &str, attempts| (format!("portico.{kind}"), state.to_owned(), attempts);
        assert_eq!(states[..2], [row("case.opened", "delivered", 1), row("case.commented", "dead", 10)]);
        assert!(states[2..].contains(&row("case.commented", "waiting", 0)) && states[2..].contains(&row("case.opened", "delivered", 1)));
        let tries: Vec<_> = receiver.messages().into_iter().filter(|(_, body)| body.contains("This one is refused")).collect();
        assert!(tries.len() == 10 && tries.iter().all(|(_, body)| *body == tries[0].1), "the same bytes each time");
        assert!(tries.windows(2).all(|two| two[0].0["webhook-timestamp"] != two[1].0["webhook-timestamp"]), "signed anew each time");

        // Sent again it arrives, and what waited follows; what was delivered can be sent again, too.
        let dead = log(&world, &hub, id).await[1].id;
        endpoints::replay(&world.context, &hub, dead).await.unwrap();
        world.worker.run_due().await;
        let last: Vec<_> =
            receiver.events().into_iter().rev().take(2).map(|event| event.data["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(last, ["This one waits behind it.", "This one is refused."]);
        assert!(matches!(endpoints::leave_out(&world.context, &hub, dead).await, Err(Error::Conflict(_))), "it was delivered");
        endpoints::replay(&world.context, &hub, dead).await.unwrap();
        world.worker.run_due().await;
        assert_eq!(receiver.events().last().unwrap().id, dead.to_string());

        // Left out, the next one goes on.
        receiver.answer(400, 10);
        say(&world, &supplier, first, "Never wanted.").await;
        say(&world, &supplier, first, "Wanted.").await;
        for _ in 0..12 {
            world.worker.run_due().await;
            world.clock.advance_seconds(86_400 * 6 / 5);
        }
        let dead = endpoints::load(&world.context, &hub, id, None).await.unwrap().dead;
        endpoints::leave_out(&world.context, &hub, dead[0].id).await.unwrap();
        world.worker.run_due().await;
        assert_eq!(receiver.events().last().unwrap().data["text"], "Wanted.");
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_fails_is_left_alone_as_long_as_it_asks_and_one_that_is_gone_is_switched_off() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let (receiver, address) = Receiver::start().await;
        let id = endpoints::add(&world.context, &hub, &local(&address)).await.unwrap();
        receiver.0.lock().unwrap().answers.push((429, Some("600")));
        for title in ["One", "Two", "Three"] {
            question(&world, &supplier, title).await;
        }
        world.worker.run_due().await;
        world.clock.advance_seconds(599);
        world.worker.run_due().await;
        assert_eq!(receiver.messages().len(), 1, "it is asked once, not once for each event");
        world.clock.advance_seconds(1);
        world.worker.run_due().await;
        assert_eq!(receiver.kinds(), ["case.opened"; 4]);

        // A redirect is a failure: what is signed goes nowhere else.
        receiver.answer(302, 1);
        question(&world, &supplier, "Four").await;
        world.worker.run_due().await;
        let failed = log(&world, &hub, id).await.into_iter().find(|row| row.state == "waiting").unwrap();
        assert!(failed.failure.unwrap().contains("302"));
        world.clock.advance_seconds(10);
        world.worker.run_due().await;
        assert_eq!(receiver.messages().len(), 6);

        // Gone is gone, until somebody says otherwise; what happens meanwhile is not lost.
        receiver.answer(410, 1);
        question(&world, &supplier, "Five").await;
        world.worker.run_due().await;
        question(&world, &supplier, "Six").await;
        world.clock.advance_seconds(86_400);
        world.worker.run_due().await;
        let listed = endpoints::load(&world.context, &hub, id, None).await.unwrap().listed;
        assert!(!listed.endpoint.is_active && listed.waiting == 2, "{:?}", listed.endpoint);
        endpoints::switch(&world.context, &hub, id, true).await.unwrap();
        world.worker.run_due().await;
        assert_eq!(endpoints::load(&world.context, &hub, id, None).await.unwrap().listed.waiting, 0);
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_switched_off_and_keeps_what_was_changed_at_the_same_moment() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let id = endpoints::add(&world.context, &hub, &local("http://127.0.0.1:9/old")).await.unwrap();
        question(&world, &supplier, "One").await;
        let deliver::Next::Send(delivery) = deliver::next(&world.context, id).await.unwrap() else { panic!("it waits") };
        // Somebody enters the new address and has not saved it quite yet when the answer to the old one is noted.
        let mut tx = world.context.db.begin().await.unwrap();
        let row = stored::find(&mut tx, id).await.unwrap().unwrap();
        stored::update(&mut tx, &Endpoint { url: "http://127.0.0.1:9/new".to_owned(), ..row }).await.unwrap();
        let context = world.context.clone();
        let noting = tokio::spawn(async move { deliver::note(&context, &delivery, &Outcome::Gone, None).await });
        if engine.is_postgres() {
            let mut looking = world.context.db.read().await.unwrap();
            let text = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
            while let portico::store::Engine::Postgres(c) = looking.engine()
                && sqlx::query_scalar::<_, i64>(text).fetch_one(c).await.unwrap() == 0
            {
                tokio::task::yield_now().await;
            }
        }
        tx.commit().await.unwrap();
        noting.await.unwrap().unwrap();
        let kept = endpoints::load(&world.context, &hub, id, None).await.unwrap().listed.endpoint;
        assert_eq!((kept.url.as_str(), kept.is_active), ("http://127.0.0.1:9/new", false));
    })
    .await;
}

#[tokio::test]
async fn an_address_inside_is_refused_in_the_form_and_again_when_an_event_leaves() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let (receiver, address) = Receiver::start().await;
        let inside = NewEndpoint { is_local: false, url: address.replace("http:", "https:"), ..local(&address) };
        let Err(Error::Invalid(errors)) = endpoints::add(&world.context, &hub, &inside).await else { panic!("it is refused") };
        assert!(errors[0].field == "url" && errors[0].message.contains("Mark the endpoint as local"), "{errors:?}");
        let wrong =
            NewEndpoint { url: "nowhere".to_owned(), secret: "whsec_x".to_owned(), what: "weather".to_owned(), ..NewEndpoint::default() };
        let Err(Error::Invalid(errors)) = endpoints::add(&world.context, &hub, &wrong).await else { panic!("it is refused") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["name", "url", "secret", "what"]);
        // What was entered before, or changed behind the form's back, does not leave either.
        let id =
            endpoints::add(&world.context, &hub, &NewEndpoint { is_local: false, url: "https://events.example/".to_owned(), ..local("") })
                .await
                .unwrap();
        let mut tx = world.context.db.begin().await.unwrap();
        let row = portico::store::endpoints::find(&mut tx, id).await.unwrap().unwrap();
        portico::store::endpoints::update(&mut tx, &Endpoint { url: inside.url.clone(), ..row }).await.unwrap();
        tx.commit().await.unwrap();
        let supplier = world.person(world.cast.supplier).await;
        question(&world, &supplier, "Does it leave?").await;
        world.worker.run_due().await;
        let failure = endpoints::load(&world.context, &hub, id, None).await.unwrap().listed.endpoint.failure.unwrap();
        assert!(failure.contains("inside this network") && receiver.messages().is_empty(), "{failure}");
    })
    .await;
}

#[tokio::test]
async fn what_happens_to_orders_shipments_invoices_and_documents_is_told() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let (receiver, address) = Receiver::start().await;
        let (cases_only, cases_address) = Receiver::start().await;
        endpoints::add(&world.context, &hub, &NewEndpoint { what: "trade".to_owned(), ..local(&address) }).await.unwrap();
        let other = NewEndpoint { what: "cases".to_owned(), name: "Cases".to_owned(), ..local(&cases_address) };
        endpoints::add(&world.context, &hub, &other).await.unwrap();
        world.grid.place_order("ERP", &super::flows::order("4500000042", kestrel(), &[("M8", "100", "12.5000")]));
        world.settle().await;
        let order = world.order(portico::domain::order::OrderKind::Purchase, world.cast.supplier, "4500000042").await;
        answer::accept(&world.context, &supplier, order.id, &order.version.to_string()).await.unwrap();
        world.settle().await;
        let told: Vec<_> = receiver
            .events()
            .into_iter()
            .map(|event| {
                let number = event.data["number"].as_str().unwrap_or_default().to_owned();
                (event.kind.trim_start_matches("portico.").to_owned(), number, event.data["status"].as_str().unwrap_or_default().to_owned())
            })
            .collect();
        let has = |kind: &str, status: &str| told.iter().any(|(k, _, s)| k == kind && s == status);
        assert!(has("document.received", "new") && has("order.status_changed", "received"), "{told:?}");
        assert!(has("order.status_changed", "confirmed") && has("document.acknowledged", "acknowledged"), "{told:?}");
        assert!(told.iter().all(|(kind, ..)| !kind.starts_with("case.")));
        let confirmed = receiver.events().into_iter().find(|event| event.data["status"] == "confirmed").unwrap();
        assert_eq!((confirmed.data["partner"].as_str(), confirmed.data["before"].as_str()), (Some("KESTREL"), Some("received")));
        question(&world, &supplier, "For the other one").await;
        world.worker.run_due().await;
        assert_eq!(cases_only.kinds(), ["case.opened"]);
    })
    .await;
}

fn event(id: &str, kind: &str, sequence: Option<u32>, data: Value) -> Event {
    let mut event = json!({ "specversion": "1.0", "id": id, "source": "/erp", "type": format!("xconnector.{kind}"), "data": data });
    if let Some(sequence) = sequence {
        event["sequence"] = sequence.to_string().into();
    }
    serde_json::from_value(event).unwrap()
}

#[tokio::test]
async fn two_systems_are_in_step_only_when_nothing_that_was_to_be_told_was_given_up() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let (receiver, address) = Receiver::start().await;
        let endpoint = endpoints::add(&world.context, &hub, &NewEndpoint { is_peer: true, ..local(&address) }).await.unwrap();
        let take = async |event: Event| xconnector::take(&world.context, &event).await.unwrap();
        take(event("e-1", "case.opened", None, json!({ "partner": "KESTREL", "case": "INC-1", "title": "Which drawing?" }))).await;
        world.worker.run_due().await;
        let bond = async || bonds::find(&mut world.context.db.read().await.unwrap(), "xconnector", "INC-1").await.unwrap().unwrap();
        receiver.answer(422, 10);
        say(&world, &hub, bond().await.case_id, "Never wanted.").await;
        for _ in 0..12 {
            world.worker.run_due().await;
            world.clock.advance_seconds(86_400 * 6 / 5);
        }
        assert_eq!(bond().await.health, "broken");
        // Hearing from the other side does not mend what it was never told; that it does without does.
        let comment = json!({ "case": "INC-1", "comment": "c-1", "author": "Desk", "text": "Any news?", "visibility": "partner" });
        take(event("e-2", "case.commented", None, comment)).await;
        assert_eq!(bond().await.health, "broken");
        let dead = endpoints::load(&world.context, &hub, endpoint, None).await.unwrap().dead;
        endpoints::leave_out(&world.context, &hub, dead[0].id).await.unwrap();
        assert_eq!(bond().await.health, "in_step");
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_partner_is_applied_when_that_partner_is_added() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let take = async |event: Event| xconnector::take(&world.context, &event).await.unwrap();
        let opened = json!({ "partner": "MORAVIA", "case": "INC-1", "title": "Who are you?" });
        assert!(take(event("e-1", "case.opened", None, opened)).await.parked);
        let comment = json!({ "case": "INC-1", "comment": "c-1", "author": "Desk", "text": "We wait for them.", "visibility": "partner" });
        assert!(take(event("e-2", "case.commented", None, comment)).await.parked);
        let notice = json!({ "partner": "MORAVIA", "title": "Closed on Friday", "text": "The gate is closed." });
        assert!(take(event("e-3", "notification.requested", None, notice)).await.parked);
        assert_eq!(endpoints::overview(&world.context, &hub).await.unwrap().parked.len(), 3);
        let moravia = NewPartner {
            code: "MORAVIA".to_owned(),
            name: "Moravia Castings".to_owned(),
            is_supplier: true,
            zone: "Europe/Prague".to_owned(),
            currency: "CZK".to_owned(),
            ..NewPartner::default()
        };
        let partner = partners::add(&world.context, &hub, moravia).await.unwrap();
        let mut conn = world.context.db.read().await.unwrap();
        let bond = bonds::find(&mut conn, "xconnector", "INC-1").await.unwrap().unwrap();
        let case = cases::find(&mut conn, portico::store::Scope::Party(partner.id), bond.case_id).await.unwrap().unwrap();
        assert_eq!(case.title, "Who are you?");
        assert_eq!(cases::messages(&mut conn, portico::store::Scope::Hub, case.id).await.unwrap().len(), 2);
        drop(conn);
        assert_eq!(endpoints::overview(&world.context, &hub).await.unwrap().parked.len(), 0, "nothing waits any more");
    })
    .await;
}

#[tokio::test]
async fn a_notice_from_behind_the_portal_reaches_the_people_of_its_partner_once_and_nobody_else() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let person = async |organisation| employee(&world, &world.person(organisation).await, "Nora Lind").await;
        let (supplier, other, hub) =
            (person(world.cast.supplier).await, person(world.cast.other_supplier).await, person(world.cast.hub).await);
        let notice = json!({ "partner": "KESTREL", "title": "Closed on Friday", "text": "The gate is closed from noon on." });
        for again in [false, true] {
            let taken = xconnector::take(&world.context, &event("e-1", "notification.requested", None, notice.clone())).await.unwrap();
            assert_eq!((taken.again, taken.parked), (again, false));
        }
        let told = async |actor: &Actor| {
            let rows = inbox::list(&world.context, actor, &NotificationFilter::default()).await.unwrap().rows;
            rows.into_iter().map(|row| (row.topic, row.title, row.body)).collect::<Vec<_>>()
        };
        let words = (Topic::Notice, "Closed on Friday".to_owned(), "The gate is closed from noon on.".to_owned());
        assert_eq!(told(&supplier).await, [words]);
        assert_eq!((told(&other).await, told(&hub).await), (vec![], vec![]));
    })
    .await;
}

#[tokio::test]
async fn x8_systems_behind_are_told_once_that_a_promise_is_broken_and_who_has_the_case_now() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let (receiver, address) = Receiver::start().await;
        endpoints::add(&world.context, &hub, &local(&address)).await.unwrap();
        let id = question(&world, &supplier, "Where is the crate?").await;
        world.worker.run_due().await;
        // The built-in terms: the first reply within eight working hours, from Monday at nine in Utrecht.
        world.clock.advance_seconds(7 * 3600);
        world.worker.escalate().await;
        world.worker.run_due().await;
        assert_eq!(receiver.kinds(), ["case.opened"], "a reminder stays here");
        world.clock.advance_seconds(3600);
        for _ in 0..2 {
            world.worker.escalate().await;
            world.worker.run_due().await;
        }
        assert_eq!(receiver.kinds(), ["case.opened", "sla.breached", "case.escalated"]);
        let events = receiver.events();
        assert!(events.iter().all(|event| event.data["case"] == json!(id)));
        assert_eq!(events[1].data["promise"], "first_response");
        assert_eq!(events[2].data["tier"], 2);
    })
    .await;
}

#[tokio::test]
async fn an_older_word_that_comes_late_changes_nothing_and_every_type_has_its_effect() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let take = async |event: Event| xconnector::take(&world.context, &event).await.unwrap();
        let raised = json!({ "partner": "KESTREL", "case": "INC-1", "kind": "order", "severity": "warning", "title": "Old title" });
        take(event("e-1", "exception.raised", Some(1), raised)).await;
        let id = bonds::find(&mut world.context.db.read().await.unwrap(), "xconnector", "INC-1").await.unwrap().unwrap().case_id;
        let case =
            async || cases::find(&mut world.context.db.read().await.unwrap(), portico::store::Scope::Hub, id).await.unwrap().unwrap();
        let status = |status: &str| json!({ "case": "INC-1", "status": status });
        take(event("e-5", "case.status_changed", Some(5), status("waiting_on_partner"))).await;
        take(event("e-4", "case.status_changed", Some(4), status("in_progress"))).await;
        assert_eq!(case().await.status.as_str(), "waiting_on_partner");
        take(event("e-3", "case.updated", Some(3), json!({ "case": "INC-1", "title": "New title", "priority": "high" }))).await;
        take(event("e-2", "case.updated", Some(2), json!({ "case": "INC-1", "title": "Older title", "priority": "low" }))).await;
        assert_eq!((case().await.title.as_str(), case().await.priority), ("New title", Priority::High), "each field has its own order");
        take(event("e-6", "case.escalated", None, json!({ "case": "INC-1", "tier": 3 }))).await;
        take(event("e-7", "case.escalated", None, json!({ "case": "INC-1", "tier": 2 }))).await;
        assert_eq!(case().await.tier, 3);
        take(event("e-8", "case.resolved", None, json!({ "case": "INC-1", "note": "Done" }))).await;
        assert_eq!(case().await.status.as_str(), "resolved");
        take(event("e-9", "case.reopened", None, json!({ "case": "INC-1", "note": "Not done" }))).await;
        assert_eq!(case().await.status.as_str(), "in_progress");
        take(event("e-10", "sla.breached", None, json!({ "case": "INC-1", "promise": "resolution" }))).await;
        let mut conn = world.context.db.read().await.unwrap();
        let kinds: Vec<_> =
            cases::events(&mut conn, portico::store::Scope::Hub, id).await.unwrap().into_iter().map(|event| event.kind).collect();
        assert!(kinds.contains(&"breached".to_owned()) && kinds.contains(&"escalated".to_owned()), "{kinds:?}");
        let partner = cases::events(&mut conn, portico::store::Scope::Party(world.cast.supplier), id).await.unwrap();
        assert!(partner.iter().any(|event| event.kind == "escalated") && partner.iter().all(|event| event.kind != "breached"));
        drop(conn);
        let attached = json!({ "case": "INC-1", "attachment": "a", "name": "list.pdf", "media_type": "application/pdf", "sha256": "00" });
        let refused = async |event: Event| match xconnector::take(&world.context, &event).await {
            Err(Error::Invalid(errors)) => errors[0].field.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(event("e-11", "case.attachment.added", None, attached)).await, "/data/sha256");
        assert_eq!(refused(event("e-12", "case.escalated", None, json!({ "case": "INC-1", "tier": 70 }))).await, "/data/tier");
        assert_eq!(refused(event("e-13", "sla.breached", None, json!({ "case": "INC-1", "promise": "soon" }))).await, "/data/promise");
        let other = world.context.id::<CaseId>();
        let data = json!({ "case": "INC-1", "peer_case": other, "status": "closed" });
        assert_eq!(refused(event("e-14", "case.status_changed", None, data)).await, "/data/peer_case");
    })
    .await;
}
