//! Signed events from the integration layer, each a comment that is taken, applied and kept, beside bare inserts of the rows
//! that such an event leaves, in transactions of their own. Both are on the disk when they are answered.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use portico::{
    connectors::xconnector::Secret,
    domain::{
        case::Visibility,
        ids::{CaseId, OrganisationId, UserId},
        notification::{Topic, Way},
        sla::Side,
        time::Timestamp,
    },
    server::config::{Config, XConnector},
    service::Context,
    store::{
        Scope,
        bonds::{self, InboundEvent},
        cases::{self, CaseFilter, Message},
        notifications::{self, Notification},
        organisations,
    },
};
use serde_json::{Value, json};
use sqlx::types::Json;

use crate::{Line, beside, company::Company, load};

const LENGTH: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;
/// Cases that a sender writes in, in turns: as many as make threads of a usual length.
const CASES: usize = 32;

/// One sender: its connection, its cases, and how many events it has sent.
struct Sender {
    client: reqwest::Client,
    address: SocketAddr,
    secret: Arc<Secret>,
    name: String,
    sent: usize,
}

impl Sender {
    async fn send(&mut self, context: &Context, kind: &str, data: Value) {
        self.sent += 1;
        let id = format!("{}-{}", self.name, self.sent);
        let event = json!({ "specversion": "1.0", "id": id, "source": "/bench", "type": format!("xconnector.{kind}"), "data": data });
        let (body, now) = (event.to_string(), context.now().micros() / 1_000_000);
        let request =
            self.client.post(format!("http://{}/api/v1/events", self.address)).header("content-type", "application/cloudevents+json");
        let request = request
            .header("webhook-id", &id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", self.secret.sign(&id, now, body.as_bytes()));
        let response = request.body(body).send().await.expect("an answer");
        assert_eq!(response.status(), 202, "{}", response.text().await.unwrap_or_default());
    }

    /// What it calls one of its cases.
    fn case(&self, number: usize) -> String {
        format!("{}-{}", self.name, number % CASES)
    }

    async fn open(&mut self, context: &Context) {
        for number in 0..CASES {
            let data = json!({ "partner": "OSTERMANN", "case": self.case(number), "kind": "order", "severity": "warning",
                "title": "Quantity differs", "detail": "Counted at the gate.", "references": [] });
            self.send(context, "exception.raised", data).await;
        }
    }

    async fn comment(&mut self, context: &Context) {
        let comment = format!("{}-{}", self.name, self.sent);
        let data = json!({ "case": self.case(self.sent), "comment": comment, "author": "ERP", "text": WORDS, "visibility": "partner" });
        self.send(context, "case.commented", data).await;
    }
}

const WORDS: &str = "The difference was found: two pieces were counted twice at the gate.";

/// Measures both, in turns.
pub async fn measure(company: &Company) -> Vec<Line> {
    let written = Secret::written(&[7; 32]);
    let secret = Arc::new(Secret::parse(&written).expect("a secret"));
    let config = Config { xconnector: XConnector { secret: Some(written), ..XConnector::default() }, ..Config::default() };
    let context = &company.context;
    let address = beside::serve(beside::portal(context, config)).await;
    let mut senders = Vec::new();
    for place in 0..load::CONNECTIONS {
        let name = format!("BENCH-{}-{place}", company.context.db.engine_name());
        let mut sender = Sender { client: reqwest::Client::new(), address, secret: Arc::clone(&secret), name, sent: 0 };
        sender.open(context).await;
        senders.push(sender);
    }
    let told = told(context).await;
    let own = cases_of(context, &senders).await;
    let (mut taken, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let by_hand = inserts(context, &own, &told).await;
        let (rate, back) = events(context, senders).await;
        senders = back;
        // The first one warms up.
        if round > 0 {
            taken.push(rate);
            bare.push(by_hand);
        }
    }
    let (taken, bare) = (load::median(taken), load::median(bare));
    vec![
        Line::plain("signed events taken and applied", format!("{taken:.0} a second")),
        Line::plain("bare inserts of the same rows", format!("{bare:.0} a second")),
        Line::plain("of the bare inserts", format!("{:.2}", taken / bare)),
    ]
}

/// The people of the supplier, who are told of every comment.
async fn told(context: &Context) -> Vec<(OrganisationId, UserId)> {
    let mut conn = context.db.read().await.expect("a connection");
    let supplier = organisations::find_by_code(&mut conn, "OSTERMANN").await.expect("organisations").expect("the supplier");
    let people = notifications::reachable(&mut conn, supplier.id, Topic::CaseMessage).await.expect("its people");
    people.into_iter().map(|person| (supplier.id, person.id)).collect()
}

async fn cases_of(context: &Context, senders: &[Sender]) -> Vec<CaseId> {
    let mut conn = context.db.read().await.expect("a connection");
    let mut found = Vec::new();
    for sender in senders {
        let filter = CaseFilter { external: Some(sender.case(0)), ..CaseFilter::default() };
        found.extend(cases::list(&mut conn, Scope::Hub, &filter, 1).await.expect("the case").into_iter().map(|row| row.id));
    }
    assert_eq!(found.len(), senders.len(), "each sender has a case");
    found
}

/// Events of all senders at once, a second.
async fn events(context: &Context, senders: Vec<Sender>) -> (f64, Vec<Sender>) {
    let (began, mut tasks, mut count) = (Instant::now(), Vec::new(), 0);
    for mut sender in senders {
        let context = context.clone();
        tasks.push(tokio::spawn(async move {
            let mut n = 0;
            while began.elapsed() < LENGTH {
                sender.comment(&context).await;
                n += 1;
            }
            (n, sender)
        }));
    }
    let mut back = Vec::new();
    for task in tasks {
        let (n, sender) = task.await.expect("a sender");
        count += n;
        back.push(sender);
    }
    (f64::from(count) / began.elapsed().as_secs_f64(), back)
}

/// The same rows, inserted by as many tasks, a second.
async fn inserts(context: &Context, own: &[CaseId], told: &[(OrganisationId, UserId)]) -> f64 {
    let (began, mut tasks, mut count) = (Instant::now(), Vec::new(), 0);
    for case in own.iter().copied() {
        let (context, told) = (context.clone(), told.to_vec());
        tasks.push(tokio::spawn(async move {
            let mut n = 0;
            while began.elapsed() < LENGTH {
                insert(&context, case, &told).await;
                n += 1;
            }
            n
        }));
    }
    for task in tasks {
        count += task.await.expect("a writer");
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

/// What a comment leaves: the event, the message, what people are told, the case that changed.
async fn insert(context: &Context, case: CaseId, told: &[(OrganisationId, UserId)]) {
    let now: Timestamp = context.now();
    let id = context.id::<portico::domain::ids::InboundEventId>();
    let event = InboundEvent {
        id,
        source: "/bare".to_owned(),
        event_id: id.to_string(),
        system: "xconnector".to_owned(),
        kind: "xconnector.case.commented".to_owned(),
        sha256: vec![0; 32],
        body: Json(json!({ "specversion": "1.0", "id": id.to_string(), "source": "/bare", "type": "xconnector.case.commented",
            "data": { "case": "BENCH", "comment": id.to_string(), "author": "ERP", "text": WORDS, "visibility": "partner" } })),
        state: "applied".to_owned(),
        waits_for: None,
        reason: String::new(),
        case_id: Some(case),
        at: now,
    };
    let mut tx = context.db.begin().await.expect("a transaction");
    let mut row = cases::find(&mut tx, Scope::Hub, case).await.expect("a case").expect("it is there");
    let message = Message {
        id: context.id(),
        case_id: case,
        visibility: Visibility::Partner,
        reader_id: Some(row.counterparty_id),
        side: Side::Internal,
        author: "ERP".to_owned(),
        organisation_id: None,
        body: WORDS.to_owned(),
        origin: "xconnector".to_owned(),
        origin_id: Some(id.to_string()),
        at: now,
    };
    bonds::insert_event(&mut tx, &event).await.expect("the event is kept");
    cases::insert_message(&mut tx, &message).await.expect("the message is kept");
    for (organisation, person) in told {
        let notification = Notification {
            id: context.id(),
            user_id: *person,
            organisation_id: *organisation,
            topic: Topic::CaseMessage,
            title: row.title.clone(),
            body: WORDS.to_owned(),
            link: format!("/cases/{case}"),
            cause: format!("message {}", message.id),
            way: Way::Page,
            mailed_at: None,
            read_at: None,
            at: now,
        };
        notifications::insert(&mut tx, &notification).await.expect("the notification is kept");
    }
    row.updated_at = now;
    cases::update(&mut tx, &row, row.due_at).await.expect("the case is kept");
    tx.commit().await.expect("it is kept");
}
