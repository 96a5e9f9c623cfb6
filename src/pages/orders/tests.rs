//! The order pages over HTTP: a browser without script, a temporary SQLite database, and a clock that stands still.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tower::ServiceExt;

use crate::{
    auth::password,
    domain::{
        access::{Actor, Audience, Role, Who},
        document::{DocumentKind, DocumentStatus},
        ids::{Ids, MachineKeyId, OrderId, OrganisationId, UserId},
        message::{ItemIds, PurchaseOrder, PurchaseOrderLine},
        number::{Currency, Quantity},
        order::OrderState,
        time::{Date, ManualClock},
    },
    server::{config::Config, router, state::AppState},
    service::{
        Context, Settings,
        live::Live,
        orders::{place, view},
    },
    store::{
        Db, documents,
        files::Files,
        organisations::{self, Identifier, Organisation},
        users::{self, User},
    },
    ui::Brand,
};

const PASSWORD: &str = "correct horse battery";

/// A hub with two web suppliers, and the portal before them.
struct World {
    context: Context,
    app: Router,
    hub: Actor,
    ostermann: Actor,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
        let context = Context {
            db,
            files: Files::folder(&folder.path().join("files")).unwrap(),
            clock: ManualClock::at("2026-11-24T09:12:00Z".parse().unwrap()),
            ids: Ids::seeded(7),
            live: Live::default(),
            settings: Settings { undo_seconds: 300, ..Settings::default() }.into(),
        };
        let hash = password::hash(&context.ids, PASSWORD).await.unwrap();
        let hub = organisation(&context, "CASTELLAN", Audience::Hub, &hash).await;
        let ostermann = organisation(&context, "OSTERMANN", Audience::Supplier, &hash).await;
        organisation(&context, "KESTREL", Audience::Supplier, &hash).await;
        let app = router(AppState::new(context.clone(), Config::default(), Brand::default()));
        Self { context, app, hub, ostermann, _folder: folder }
    }

    async fn order(&self, supplier: &str, number: &str) -> OrderId {
        let line = |line: &str, quantity: i64| PurchaseOrderLine {
            line: line.to_owned(),
            quantity: Quantity::whole(quantity),
            unit: "EA".to_owned(),
            unit_price: "61.40".parse().ok(),
            price_per: Quantity::whole(1),
            item: ItemIds { buyer: Some(format!("ITEM-{line}")), ..ItemIds::default() },
            description: Some(format!("Flange {line}")),
            requested_on: Date::new(2026, 12, 4),
            schedule: Vec::new(),
        };
        let message = PurchaseOrder {
            number: number.to_owned(),
            purpose: "00".to_owned(),
            order_type: None,
            release: None,
            date: Date::new(2026, 11, 23),
            currency: Some(Currency::EUR),
            references: Vec::new(),
            parties: Vec::new(),
            terms: None,
            requested_on: None,
            carrier: None,
            notes: Vec::new(),
            lines: vec![line("10", 200), line("20", 120)],
        };
        place::purchase(&self.context, &self.hub, supplier, message).await.unwrap()
    }

    async fn state(&self, order: OrderId) -> OrderState {
        view::load(&self.context, &self.hub, order).await.unwrap().order.state
    }

    /// Signs in and gives back a browser.
    async fn browser(&self, code: &str) -> Browser {
        let mut browser = Browser { app: self.app.clone(), cookies: Vec::new() };
        let email = format!("{}@example.com", code.to_lowercase());
        let (status, location) = browser.post("/do/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/"));
        browser
    }
}

async fn organisation(context: &Context, code: &str, audience: Audience, hash: &str) -> Actor {
    let mut tx = context.db.begin().await.unwrap();
    let id: OrganisationId = context.id();
    let row = Organisation {
        id,
        code: code.to_owned(),
        name: format!("{code} works"),
        is_hub: audience == Audience::Hub,
        is_supplier: audience == Audience::Supplier,
        is_customer: false,
        is_carrier: false,
        zone: "UTC".to_owned(),
        currency: Currency::EUR,
        place: String::new(),
        created_at: context.now(),
    };
    organisations::insert(&mut tx, &row).await.unwrap();
    let identifier = Identifier { qualifier: "ZZ".to_owned(), value: code.to_owned(), organisation_id: id, seat: "portal".to_owned() };
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

/// A browser without script: it keeps cookies and posts forms as browsers encode them.
struct Browser {
    app: Router,
    cookies: Vec<(String, String)>,
}

impl Browser {
    async fn send(&mut self, request: http::request::Builder, body: String) -> (StatusCode, String, String) {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            request.header(header::COOKIE, cookies.join("; ")).header(header::HOST, "portal.example").header(header::ACCEPT, "text/html");
        let response = self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        for set in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, location, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn get(&mut self, address: &str) -> (StatusCode, String) {
        let (status, _, body) = self.send(Request::get(address), String::new()).await;
        (status, body)
    }

    /// Posts a form. Names are percent-encoded, brackets included, as browsers do it.
    async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let encode = crate::server::forms::url_encoded;
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (status, location, _) = self.send(request, body.join("&")).await;
        (status, location)
    }
}

/// The page with the comments of the renderer left out, so that words can be found as a reader sees them.
fn plain(html: &str) -> String {
    html.replace("<!>", "")
}

#[tokio::test]
async fn a_supplier_sees_its_own_orders_and_no_others() {
    let world = World::new().await;
    let own = world.order("OSTERMANN", "4500071832").await;
    let foreign = world.order("KESTREL", "4500099999").await;
    let mut browser = world.browser("OSTERMANN").await;

    let (status, list) = browser.get("/orders").await;
    assert_eq!(status, StatusCode::OK);
    assert!(list.contains("4500071832") && list.contains(&format!("/orders/{own}")), "{list}");
    assert!(!list.contains("4500099999"));
    let (_, found) = browser.get("/orders?tab=to-answer&q=71832&after=nonsense").await;
    assert!(found.contains("4500071832"));
    let (_, none) = browser.get("/orders?q=nothing-like-it").await;
    assert!(!none.contains("4500071832") && none.contains("No order matches"));

    for page in ["", "/answer", "/ship", "/invoice"] {
        assert_eq!(browser.get(&format!("/orders/{own}{page}")).await.0, StatusCode::OK, "{page}");
        let (status, body) = browser.get(&format!("/orders/{foreign}{page}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{page}");
        assert!(!body.contains("4500099999"));
        assert_eq!(browser.get(&format!("/orders/nonsense{page}")).await.0, StatusCode::NOT_FOUND);
    }
    let foreign = foreign.to_string();
    for (action, more) in [
        ("answer-order", None),
        ("accept-order", None),
        ("announce-shipment", None),
        ("send-invoice", None),
        ("discard-draft", Some(("form", "answer"))),
    ] {
        let fields: Vec<_> = [Some(("order", foreign.as_str())), more].into_iter().flatten().collect();
        assert_eq!(browser.post(&format!("/do/{action}"), &fields).await.0, StatusCode::NOT_FOUND, "{action}");
    }
    assert_eq!(browser.post("/do/accept-orders", &[("orders[]", &own.to_string()), ("orders[]", &foreign)]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.state(own).await, OrderState::Received, "nothing is accepted when one is unknown");
}

#[tokio::test]
async fn a_wrong_quantity_comes_back_at_its_field_and_the_corrected_answer_leaves() {
    let world = World::new().await;
    let order = world.order("OSTERMANN", "4500071832").await;
    let id = order.to_string();
    let mut browser = world.browser("OSTERMANN").await;
    let page = format!("/orders/{order}/answer");
    let (_, form) = browser.get(&page).await;
    let version = form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = |quantity: &'static str| {
        vec![
            ("order", id.clone()),
            ("version", version.clone()),
            ("back", page.clone()),
            ("lines[0][position]", "0".to_owned()),
            ("lines[0][decision]", "accept".to_owned()),
            ("lines[1][position]", "1".to_owned()),
            ("lines[1][decision]", "change".to_owned()),
            ("lines[1][parts][0][quantity]", quantity.to_owned()),
            ("lines[1][parts][0][on]", "2026-12-11".to_owned()),
            ("lines[1][parts][1][quantity]", String::new()),
            ("lines[1][parts][1][on]", String::new()),
            ("lines[1][backordered]", String::new()),
            ("lines[1][price]", String::new()),
            ("lines[1][reason]", "capacity".to_owned()),
            ("lines[1][note]", "The forge stands still".to_owned()),
        ]
    };
    let wrong = fields("eighty");
    let wrong: Vec<_> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post("/do/answer-order", &wrong).await, (StatusCode::SEE_OTHER, page.clone()));
    let (status, shown) = browser.get(&page).await;
    let shown = plain(&shown);
    assert_eq!(status, StatusCode::OK);
    assert!(shown.contains(r##"href="#lines[1][parts][0][quantity]""##), "the summary leads to the field");
    assert!(shown.contains("Line 20: Enter a number such as 120 or 12.5"), "{shown}");
    for typed in
        [r#"value="eighty""#, r#"value="2026-12-11""#, r#"value="The forge stands still""#, r#"<option value="capacity" selected>"#]
    {
        assert!(shown.contains(typed), "{typed} is lost");
    }
    assert_eq!(world.state(order).await, OrderState::Received, "nothing was sent");

    let right = fields("80");
    let right: Vec<_> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post("/do/answer-order", &right).await, (StatusCode::SEE_OTHER, format!("/orders/{order}")));
    let view = view::load(&world.context, &world.ostermann, order).await.unwrap();
    assert_eq!(view.order.state, OrderState::ConfirmedWithChanges);
    assert_eq!(view.lines[1].quantities.confirmed, Quantity::whole(80));
    let answer = view.answer_document().unwrap();
    assert_eq!((answer.kind, answer.status), (DocumentKind::OrderResponse, DocumentStatus::Validated));

    let (_, shown) = browser.get(&format!("/orders/{order}")).await;
    let shown = plain(&shown);
    for words in
        ["Your answer leaves in 5 min, at 09:17 UTC", "Production is behind: The forge stands still", "Waiting for buyer", "Take back"]
    {
        assert!(shown.contains(words), "{words} is missing in {shown}");
    }

    let document = answer.id.to_string();
    let mut stranger = world.browser("KESTREL").await;
    assert_eq!(stranger.post("/do/take-back", &[("document", &document)]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(browser.post("/do/take-back", &[("document", &document)]).await, (StatusCode::SEE_OTHER, format!("/orders/{order}")));
    let view = view::load(&world.context, &world.ostermann, order).await.unwrap();
    assert_eq!((view.order.state, view.order.answered_at), (OrderState::Received, None));
    assert_eq!(view.lines[1].quantities.confirmed, Quantity::ZERO);
    let mut conn = world.context.db.read().await.unwrap();
    let withdrawn = documents::find(&mut conn, world.ostermann.scope(), answer.id).await.unwrap().unwrap();
    assert_eq!(withdrawn.status, DocumentStatus::Withdrawn);
}

#[tokio::test]
async fn an_answer_is_changed_from_what_was_answered() {
    let world = World::new().await;
    let order = world.order("OSTERMANN", "4500071832").await.to_string();
    let page = format!("/orders/{order}/answer");
    let mut browser = world.browser("OSTERMANN").await;
    let fields = [
        ("order", order.as_str()),
        ("lines[0][position]", "0"),
        ("lines[0][decision]", "change"),
        ("lines[0][parts][0][quantity]", "150"),
        ("lines[0][parts][0][on]", "2026-12-04"),
        ("lines[0][parts][1][quantity]", "30"),
        ("lines[0][parts][1][on]", "2026-12-18"),
        ("lines[0][backordered]", "20"),
        ("lines[0][price]", "62.10"),
        ("lines[0][reason]", "capacity"),
        ("lines[1][position]", "1"),
        ("lines[1][decision]", "reject"),
        ("lines[1][reason]", "discontinued"),
    ];
    assert_eq!(browser.post("/do/answer-order", &fields).await, (StatusCode::SEE_OTHER, format!("/orders/{order}")));
    let (_, form) = browser.get(&page).await;
    for (name, value) in &fields[3..8] {
        assert!(form.contains(&format!(r#"name="{name}" value="{value}""#)), "{name} is not {value}");
    }
    assert!(form.contains(r#"name="lines[0][price]" value="62.1""#));
    assert!(form.contains(r#"<option value="discontinued" selected>"#));
    assert!(!form.contains("Discard what I typed"), "nothing was typed");
}

#[tokio::test]
async fn what_was_typed_can_be_given_up() {
    let world = World::new().await;
    let order = world.order("OSTERMANN", "4500071832").await.to_string();
    let page = format!("/orders/{order}/answer");
    let mut browser = world.browser("OSTERMANN").await;
    let fields = [
        ("order", order.as_str()),
        ("back", &page),
        ("lines[0][position]", "0"),
        ("lines[0][decision]", "reject"),
        ("lines[0][note]", "Gone"),
    ];
    browser.post("/do/answer-order", &fields).await;
    assert!(browser.get(&page).await.1.contains(r#"value="Gone""#));
    let discard = [("order", order.as_str()), ("form", "answer")];
    assert_eq!(browser.post("/do/discard-draft", &discard).await, (StatusCode::SEE_OTHER, page.clone()));
    let (_, fresh) = browser.get(&page).await;
    assert!(!fresh.contains(r#"value="Gone""#) && !fresh.contains("Discard what I typed"));
}

#[tokio::test]
async fn ticked_orders_are_accepted_and_the_others_say_why() {
    let world = World::new().await;
    let first = world.order("OSTERMANN", "1001").await;
    let second = world.order("OSTERMANN", "1002").await;
    let mut browser = world.browser("OSTERMANN").await;
    let (_, list) = browser.get("/orders").await;
    assert!(list.contains(r#"name="orders[]""#));
    assert_eq!(browser.post("/do/accept-orders", &[("back", "/orders")]).await, (StatusCode::SEE_OTHER, "/orders".to_owned()));
    assert!(plain(&browser.get("/orders").await.1).contains("No order is ticked."));
    browser.post("/do/accept-orders", &[("back", "/orders"), ("orders[]", &first.to_string()), ("orders[]", &format!("{second}:7"))]).await;
    assert!(plain(&browser.get("/orders").await.1).contains("Order 1001 changed since you looked at it."), "no version, and an old one");
    assert!(list.contains(&format!(r#"value="{first}:0""#)), "a tick names the version that is shown");
    let (first_id, second_id) = (format!("{first}:0"), format!("{second}:0"));
    browser.post("/do/accept-orders", &[("back", "/orders"), ("orders[]", &first_id), ("orders[]", &second_id)]).await;
    assert!(plain(&browser.get("/orders").await.1).contains("2 orders are accepted as ordered."));
    assert_eq!((world.state(first).await, world.state(second).await), (OrderState::Confirmed, OrderState::Confirmed));
}

#[tokio::test]
async fn an_order_is_shipped_and_invoiced_from_its_forms() {
    let world = World::new().await;
    let order = world.order("OSTERMANN", "1001").await;
    let id = order.to_string();
    let mut browser = world.browser("OSTERMANN").await;
    let page = format!("/orders/{order}");
    assert!(browser.get(&page).await.1.contains(r#"name="version" value="0""#));
    browser.post("/do/accept-order", &[("order", &id), ("back", &page), ("version", "1")]).await;
    assert!(plain(&browser.get(&page).await.1).contains("changed since you looked at it"), "the refusal is shown");
    assert_eq!(world.state(order).await, OrderState::Received);
    browser.post("/do/accept-order", &[("order", &id), ("version", "0")]).await;

    let ship = format!("/orders/{order}/ship");
    let (_, form) = browser.get(&ship).await;
    assert!(form.contains(r#"name="lines[0][quantity]" value="200""#), "everything left is filled in: {form}");
    let shipment = |quantity: &'static str| {
        [
            ("order", id.as_str()),
            ("back", ship.as_str()),
            ("number", "S-1"),
            ("shipped_on", "2026-11-24"),
            ("lines[0][position]", "0"),
            ("lines[0][quantity]", quantity),
            ("lines[1][position]", "1"),
            ("lines[1][quantity]", ""),
        ]
    };
    assert_eq!(browser.post("/do/announce-shipment", &shipment("201")).await, (StatusCode::SEE_OTHER, ship.clone()));
    assert!(plain(&browser.get(&ship).await.1).contains("Only 200 are left to ship on line 10."));
    let (_, location) = browser.post("/do/announce-shipment", &shipment("80")).await;
    assert!(location.starts_with("/shipments/"), "{location}");
    assert_eq!(world.state(order).await, OrderState::PartShipped);

    let invoice = format!("/orders/{order}/invoice");
    let (_, form) = browser.get(&invoice).await;
    assert!(form.contains(r#"name="lines[0][quantity]" value="80""#) && plain(&form).contains("4,912.00"), "80 at 61.40: {form}");
    let (_, location) = browser
        .post(
            "/do/send-invoice",
            &[
                ("order", &id),
                ("back", &invoice),
                ("number", "INV-1"),
                ("invoiced_on", "2026-11-24"),
                ("net_days", "30"),
                ("lines[0][position]", "0"),
                ("lines[0][quantity]", "80"),
            ],
        )
        .await;
    assert!(location.starts_with("/invoices/"), "{location}");
    let view = view::load(&world.context, &world.ostermann, order).await.unwrap();
    assert_eq!(view.invoices[0].total.plain(Currency::EUR), "4912.00");
    let (_, shown) = browser.get(&format!("/orders/{order}")).await;
    for words in ["S-1", "INV-1", "EUR 4,912.00", "Part shipped"] {
        assert!(plain(&shown).contains(words), "{words}");
    }
}
