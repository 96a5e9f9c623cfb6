//! The machine API as a program sees it: whole router, real database, a clock that stands still.

mod access;
mod description;
mod documents;
mod events;
mod idempotency;
mod lists;
mod placing;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header, request::Builder},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    auth::machine,
    domain::{
        access::Audience,
        ids::{Ids, OrganisationId},
        number::Currency,
        time::ManualClock,
    },
    server::{config::Config, router, state::AppState},
    service::{Context, Settings, live::Live},
    store::{
        Db,
        files::Files,
        organisations::{self, Identifier, Organisation},
    },
    ui::Brand,
};

/// A portal with a hub, two web suppliers, an EDI supplier and two customers, each with a key.
struct Api {
    router: Router,
    state: AppState,
    clock: Arc<ManualClock>,
    hub: String,
    kestrel: String,
    ostermann: String,
    northwater: String,
    _folder: tempfile::TempDir,
}

/// An answer, read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body, after checking the status.
    #[track_caller]
    fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The problem, after checking that it is one.
    #[track_caller]
    fn problem(&self, status: u16) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], "about:blank");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
        problem
    }
}

/// The fields that a problem names.
fn wrong_fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().into_iter().flatten().map(|error| error["field"].as_str().unwrap()).collect()
}

impl Api {
    async fn open() -> Self {
        Self::configured(|_| {}).await
    }

    async fn configured(set: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = ManualClock::at("2026-11-24T09:12:00Z".parse().unwrap());
        let context = Context {
            db: Db::open(&format!("sqlite:{}", folder.path().join("portico.db").display())).await.unwrap(),
            files: Files::folder(&folder.path().join("files")).unwrap(),
            clock: clock.clone(),
            ids: Ids::seeded(7),
            live: Live::default(),
            settings: Arc::new(Settings::default()),
        };
        let hub = company(&context, "CASTELLAN", Audience::Hub, "portal").await;
        let kestrel = company(&context, "KESTREL", Audience::Supplier, "portal").await;
        let ostermann = company(&context, "OSTERMANN", Audience::Supplier, "portal").await;
        company(&context, "VALMET", Audience::Supplier, "wire").await;
        let northwater = company(&context, "NORTHWATER", Audience::Customer, "portal").await;
        company(&context, "SOUTHGATE", Audience::Customer, "portal").await;
        let mut config = Config::default();
        set(&mut config);
        let state = AppState::new(context, config, Brand { name: "Castellan".to_owned(), tagline: "Partner portal".to_owned() });
        Self { router: router(state.clone()), state, clock, hub, kestrel, ostermann, northwater, _folder: folder }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    async fn get(&self, key: &str, path: &str) -> Answer {
        self.send(with_key(Request::get(path), key).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.send(post(key, path).body(Body::from(body.to_string())).unwrap()).await
    }

    /// Posts under a name, as often as one likes.
    async fn post_named(&self, key: &str, name: &str, path: &str, body: &Value) -> Answer {
        self.send(post(key, path).header("Idempotency-Key", name).body(Body::from(body.to_string())).unwrap()).await
    }

    async fn hand_in(&self, key: &str, file: &str) -> Answer {
        self.send(with_key(Request::post("/api/v1/documents"), key).body(Body::from(file.to_owned())).unwrap()).await
    }

    /// How many orders the hub sees.
    async fn orders(&self) -> usize {
        self.get(&self.hub, "/api/v1/orders?limit=100").await.expect(200)["items"].as_array().unwrap().len()
    }
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    Answer { status: head.status, headers: head.headers, body: to_bytes(body, usize::MAX).await.unwrap().to_vec() }
}

fn with_key(request: Builder, key: &str) -> Builder {
    request.header(header::AUTHORIZATION, format!("Bearer {key}"))
}

fn post(key: &str, path: &str) -> Builder {
    with_key(Request::post(path), key).header(header::CONTENT_TYPE, "application/json; charset=utf-8")
}

/// Adds a company and gives its key.
async fn company(context: &Context, code: &str, audience: Audience, seat: &str) -> String {
    let row = Organisation {
        id: context.id(),
        code: code.to_owned(),
        name: format!("{code} Ltd"),
        is_hub: audience == Audience::Hub,
        is_supplier: audience == Audience::Supplier,
        is_customer: audience == Audience::Customer,
        is_carrier: audience == Audience::Carrier,
        zone: "Europe/Amsterdam".to_owned(),
        currency: Currency::EUR,
        place: String::new(),
        created_at: context.now(),
    };
    let mut tx = context.db.begin().await.unwrap();
    organisations::insert(&mut tx, &row).await.unwrap();
    let identifier = Identifier { qualifier: "ZZ".to_owned(), value: code.to_owned(), organisation_id: row.id, seat: seat.to_owned() };
    organisations::insert_identifier(&mut tx, &identifier).await.unwrap();
    let key = add_key(context, &mut tx, row.id).await;
    tx.commit().await.unwrap();
    key
}

async fn add_key(context: &Context, conn: &mut crate::store::Conn, organisation: OrganisationId) -> String {
    let key = machine::new_key(&context.ids);
    machine::keep(context, conn, organisation, "Test", &key).await.unwrap();
    key
}

/// A purchase order with one line.
fn purchase_order(supplier: &str, number: &str) -> Value {
    json!({
        "supplier": supplier, "number": number, "currency": "EUR",
        "lines": [{ "quantity": "10", "unit": "EA", "unit_price": "2.5075", "item": { "buyer": "M8" }, "description": "Bolt M8" }],
    })
}

/// An interchange of one group with one set.
fn interchange(sender: &str, receiver: &str, control: &str, group: &str, code: &str, body: &str) -> String {
    let count = body.matches('~').count() + 2;
    format!(
        "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*261124*0800*U*00401*{control}*0*P*>~\
         GS*{group}*{sender}*{receiver}*20261124*0800*1*X*004010~ST*{code}*0001~{body}SE*{count}*0001~GE*1*1~IEA*1*{control}~"
    )
}

/// An 850 from the hub's own system to a supplier.
fn order_file(supplier: &str, control: &str, number: &str) -> String {
    let body = format!("BEG*00*NE*{number}**20261124~PO1*1*10*EA*2.5075**BP*M8~CTT*1~");
    interchange("CASTELLAN", supplier, control, "PO", "850", &body)
}

/// What the hub's system says that it paid of a supplier's invoice: all but 5.00.
fn remittance_file(supplier: &str, control: &str) -> String {
    let body = "BPR*I*20.08*C*ACH************20261124~TRN*1*TR-1~CUR*PR*EUR~ENT*1~RMR*IV*INV-1**20.08*25.08~ADX*-5*01*IV*C-1~";
    interchange("CASTELLAN", supplier, control, "RA", "820", body)
}

/// What an EDI supplier sends for an order: an answer, a ship notice, an invoice.
fn supplier_files(number: &str) -> [String; 3] {
    let answer = format!("BAK*00*AD*{number}*20261124*****20261124~PO1*1*10*EA*2.5075**BP*M8~ACK*IA*10*EA*067*20261201~CTT*1~");
    let notice = format!(
        "BSN*00*SHP-1*20261124*1015*0004~HL*1**S~TD5**2*UPSN*M*Ground~REF*CN*1Z9~DTM*011*20261124~DTM*017*20261201~\
         HL*2*1*O~PRF*{number}~HL*3*2*I~LIN*1*BP*M8~SN1*1*10*EA~CTT*3~"
    );
    let invoice = format!("BIG*20261124*INV-1*20261124*{number}***DI~CUR*SE*EUR~IT1*1*10*EA*2.5075**BP*M8~TDS*2508~CTT*1~");
    [
        interchange("VALMET", "CASTELLAN", "000000001", "PR", "855", &answer),
        interchange("VALMET", "CASTELLAN", "000000002", "SH", "856", &notice),
        interchange("VALMET", "CASTELLAN", "000000003", "IN", "810", &invoice),
    ]
}
