//! A small company for tests of pages over HTTP: a hub, two suppliers and two customers on a temporary SQLite database,
//! a clock that stands still unless something has to leave, and a browser without script.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use tower::ServiceExt;

use crate::{
    auth::password,
    domain::{
        access::{Actor, Audience, Role, Who},
        ids::{Ids, MachineKeyId, OrderId, OrganisationId, ShipmentId, UserId},
        message::{ItemIds, Party, PurchaseOrder, PurchaseOrderLine},
        number::{Currency, Quantity},
        time::{Date, ManualClock},
    },
    server::{config::Config, router, state::AppState},
    service::{
        Context, Settings, exchange,
        live::Live,
        orders::{answer, place, view},
        outbox,
        shipments::announce::{self, ShipForm, ShipLine},
    },
    store::{
        Db,
        files::Files,
        organisations::{self, Identifier, Organisation},
        users::{self, User},
    },
    ui::Brand,
};

const PASSWORD: &str = "correct horse battery";

/// The company and the portal before it.
pub struct World {
    /// For use cases.
    pub context: Context,
    clock: Arc<ManualClock>,
    /// The hub, `CASTELLAN`.
    pub hub: Actor,
    /// A supplier, `OSTERMANN`.
    pub supplier: Actor,
    /// A customer, `NORTHWATER`.
    pub customer: Actor,
    app: Router,
    _folder: tempfile::TempDir,
}

impl World {
    /// A fresh company; besides those named there are the supplier `KESTREL`, the customer `GREYFELL` and
    /// `VALMET`, a supplier with its own system on the wire.
    pub async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
        let clock = ManualClock::at("2026-11-24T09:12:00Z".parse().unwrap());
        let context = Context {
            db,
            files: Files::folder(&folder.path().join("files")).unwrap(),
            clock: clock.clone(),
            ids: Ids::seeded(7),
            live: Live::default(),
            settings: Settings { undo_seconds: 300, ..Settings::default() }.into(),
        };
        let hash = password::hash(&context.ids, PASSWORD).await.unwrap();
        let hub = organisation(&context, "CASTELLAN", "Castellan Pumps", Audience::Hub, "portal", &hash).await;
        let supplier = organisation(&context, "OSTERMANN", "Ostermann Forge", Audience::Supplier, "portal", &hash).await;
        let customer = organisation(&context, "NORTHWATER", "Northwater Utilities", Audience::Customer, "portal", &hash).await;
        organisation(&context, "KESTREL", "Kestrel Castings", Audience::Supplier, "portal", &hash).await;
        organisation(&context, "GREYFELL", "Greyfell Water", Audience::Customer, "portal", &hash).await;
        organisation(&context, "VALMET", "Valmera Castings", Audience::Supplier, "wire", &hash).await;
        let app = router(AppState::new(context.clone(), Config::default(), Brand { name: "Castellan".to_owned(), tagline: String::new() }));
        Self { context, clock, hub, supplier, customer, app, _folder: folder }
    }

    /// Places a purchase order for 200 and 120 pieces, to be sent straight to the customer where `drop` says so.
    pub async fn purchase(&self, number: &str, drop: bool) -> OrderId {
        self.purchase_from("OSTERMANN", number, drop).await
    }

    /// The same from another supplier.
    pub async fn purchase_from(&self, supplier: &str, number: &str, drop: bool) -> OrderId {
        let ship_to = Party {
            role: "ST".to_owned(),
            id_qualifier: Some("92".to_owned()),
            id: Some("NORTHWATER".to_owned()),
            name: Some("Northwater depot".to_owned()),
            ..Party::default()
        };
        let message = PurchaseOrder { parties: drop.then_some(ship_to).into_iter().collect(), ..message(number, "61.40") };
        place::purchase(&self.context, &self.hub, supplier, message).await.unwrap()
    }

    /// Enters the customer's order for the same goods, covered by a purchase order.
    pub async fn sales(&self, number: &str, covered_by: &str) -> OrderId {
        let cover = |line: &str, quantity| place::Cover {
            line: line.to_owned(),
            supplier: "OSTERMANN".to_owned(),
            order: covered_by.to_owned(),
            order_line: line.to_owned(),
            quantity: Quantity::whole(quantity),
        };
        let covers = [cover("10", 200), cover("20", 120)];
        place::sales(&self.context, &self.hub, "NORTHWATER", message(number, "88.00"), &covers).await.unwrap()
    }

    /// The supplier accepts an order.
    pub async fn accept(&self, order: OrderId) {
        let view = view::load(&self.context, &self.supplier, order).await.unwrap();
        answer::accept(&self.context, &self.supplier, order, &view.order.version.to_string()).await.unwrap();
    }

    /// The supplier announces a shipment with quantities of the two lines.
    pub async fn ship(&self, order: OrderId, number: &str, estimated_on: &str, quantities: [&str; 2]) -> ShipmentId {
        let line = |position: usize| ShipLine { position: position.to_string(), quantity: quantities[position].to_owned() };
        let form = ShipForm {
            number: number.to_owned(),
            shipped_on: "2026-11-20".to_owned(),
            estimated_on: estimated_on.to_owned(),
            scac: "UPSN".to_owned(),
            carrier: "UPS Freight".to_owned(),
            tracking: "1Z999AA10123456784".to_owned(),
            lines: vec![line(0), line(1)],
            ..ShipForm::default()
        };
        announce::announce(&self.context, &self.supplier, order, &form).await.unwrap()
    }

    /// The hub's system says that it paid OSTERMANN, in the segments between ST and SE.
    pub async fn pay(&self, control: u32, body: &str) {
        self.hub_says("RA", "820", control, body).await;
    }

    /// The hub's application says what it did with documents of OSTERMANN, in the segments between ST and SE, after all that
    /// waits for it has left.
    pub async fn advise(&self, control: u32, body: &str) {
        self.clock.advance_seconds(self.context.settings.undo_seconds);
        outbox::seal(&self.context, self.hub.organisation).await.unwrap();
        self.hub_says("AG", "824", control, body).await;
    }

    async fn hub_says(&self, group: &str, code: &str, control: u32, body: &str) {
        let count = body.matches('~').count() + 2;
        let text = format!(
            "ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*OSTERMANN      *261124*0900*U*00401*{control:09}*0*P*>~\
             GS*{group}*CASTELLAN*OSTERMANN*20261124*0900*{control}*X*004010~ST*{code}*0001~{body}SE*{count}*0001~\
             GE*1*{control}~IEA*1*{control:09}~"
        );
        let source = exchange::Source {
            route: None,
            owner: self.hub.organisation,
            name: format!("{code}-{control}.edi"),
            handle: None,
            is_copy: false,
            refuses_test: false,
        };
        let receipt = exchange::receive(&self.context, source, Bytes::from(text)).await.unwrap();
        assert_eq!(receipt.status, "received", "{:?}", receipt.failure);
    }

    /// A browser that nobody signed in with.
    pub fn nobody(&self) -> Browser {
        Browser { app: self.app.clone(), cookies: Vec::new() }
    }

    /// The person of an organisation.
    pub async fn user(&self, code: &str) -> UserId {
        let mut conn = self.context.db.read().await.unwrap();
        users::find_by_email(&mut conn, &format!("{}@example.com", code.to_lowercase())).await.unwrap().unwrap().id
    }

    /// Signs a person of an organisation in and gives back their browser.
    pub async fn browser(&self, code: &str) -> Browser {
        let mut browser = self.nobody();
        let email = format!("{}@example.com", code.to_lowercase());
        let (status, location) = browser.post("/do/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/"));
        browser
    }
}

fn message(number: &str, price: &str) -> PurchaseOrder {
    let line = |line: &str, quantity: i64| PurchaseOrderLine {
        line: line.to_owned(),
        quantity: Quantity::whole(quantity),
        unit: "EA".to_owned(),
        unit_price: price.parse().ok(),
        price_per: Quantity::whole(1),
        item: ItemIds { buyer: Some(format!("ITEM-{line}")), ..ItemIds::default() },
        description: Some(format!("Flange {line}")),
        requested_on: Date::new(2026, 12, 4),
        schedule: Vec::new(),
    };
    PurchaseOrder {
        number: number.to_owned(),
        purpose: "00".to_owned(),
        order_type: Some("NE".to_owned()),
        release: None,
        date: Date::new(2026, 11, 16),
        currency: Some(Currency::EUR),
        references: Vec::new(),
        parties: Vec::new(),
        terms: None,
        requested_on: None,
        carrier: None,
        notes: Vec::new(),
        lines: vec![line("10", 200), line("20", 120)],
    }
}

async fn organisation(context: &Context, code: &str, name: &str, audience: Audience, seat: &str, hash: &str) -> Actor {
    let mut tx = context.db.begin().await.unwrap();
    let id: OrganisationId = context.id();
    let row = Organisation {
        id,
        code: code.to_owned(),
        name: name.to_owned(),
        is_hub: audience == Audience::Hub,
        is_supplier: audience == Audience::Supplier,
        is_customer: audience == Audience::Customer,
        is_carrier: false,
        zone: "UTC".to_owned(),
        currency: Currency::EUR,
        place: String::new(),
        created_at: context.now(),
    };
    organisations::insert(&mut tx, &row).await.unwrap();
    let identifier = Identifier { qualifier: "ZZ".to_owned(), value: code.to_owned(), organisation_id: id, seat: seat.to_owned() };
    organisations::insert_identifier(&mut tx, &identifier).await.unwrap();
    let user = User {
        id: context.id::<UserId>(),
        email: format!("{}@example.com", code.to_lowercase()),
        name: format!("Person of {code}"),
        password_hash: hash.to_owned(),
        zone: "UTC".to_owned(),
        theme: "system".to_owned(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: context.now(),
    };
    users::insert(&mut tx, &user).await.unwrap();
    users::insert_membership(&mut tx, context.id(), user.id, id, Role::Administrator, context.now()).await.unwrap();
    tx.commit().await.unwrap();
    Actor {
        who: Who::Machine(context.id::<MachineKeyId>()),
        name: "Test".to_owned(),
        organisation: id,
        organisation_name: row.name,
        audience,
        sells: audience == Audience::Supplier,
        buys: audience == Audience::Customer,
        role: Role::Administrator,
    }
}

/// A browser without script: it keeps cookies and posts forms.
pub struct Browser {
    app: Router,
    cookies: Vec<(String, String)>,
}

impl Browser {
    async fn answer(&self, request: http::request::Builder, body: Body) -> Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            request.header(header::COOKIE, cookies.join("; ")).header(header::HOST, "portal.example").header(header::ACCEPT, "text/html");
        self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    /// Asks for something that goes on being told.
    pub async fn open(&self, request: http::request::Builder) -> Response {
        self.answer(request, Body::empty()).await
    }

    /// Sends a request as it is, with the cookies kept so far.
    pub async fn fetch(&mut self, request: http::request::Builder, body: impl Into<Body>) -> (StatusCode, HeaderMap, Bytes) {
        let response = self.answer(request, body.into()).await;
        for set in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let (head, body) = response.into_parts();
        (head.status, head.headers, to_bytes(body, usize::MAX).await.unwrap())
    }

    async fn send(&mut self, request: http::request::Builder, body: String) -> (StatusCode, String, String) {
        let (status, headers, bytes) = self.fetch(request, body).await;
        let location = headers.get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        // The renderer's comments stand between pieces of one sentence.
        let body = String::from_utf8(bytes.to_vec()).unwrap().replace("<!>", "").replace("<!---->", "");
        (status, location, body)
    }

    /// Asks for a page.
    pub async fn get(&mut self, address: &str) -> (StatusCode, String) {
        let (status, _, body) = self.send(Request::get(address), String::new()).await;
        (status, body)
    }

    /// Asks for a page that must be there.
    pub async fn page(&mut self, address: &str) -> String {
        let (status, body) = self.get(address).await;
        assert_eq!(status, StatusCode::OK, "{address}: {body}");
        body
    }

    /// Posts a form; gives back the status and where it leads.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let encode = crate::server::forms::url_encoded;
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (status, location, _) = self.send(request, body.join("&")).await;
        (status, location)
    }
}
