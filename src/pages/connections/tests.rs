//! Partners, connections and help over HTTP: only the hub looks after them, and what it does is done.

use axum::http::StatusCode;
use sqlx::types::Json;

use crate::{
    domain::ids::{ContentId, JobId, RouteId},
    pages::testing::World,
    store::{
        content::{self, ContentAsset, ContentItem},
        jobs, organisations,
        routes::{self, Route},
    },
};

async fn route(world: &World, folder: &std::path::Path) -> RouteId {
    let id = world.context.id::<RouteId>();
    let config =
        serde_json::json!({ "transport": "folder", "inbound": folder.join("in"), "outbound": folder.join("out"), "settle_seconds": 0 });
    let row = Route {
        id,
        organisation_id: world.supplier.organisation,
        name: "Ostermann folder".to_owned(),
        config: Json(config),
        is_copy: false,
        is_active: true,
        looked_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    };
    let mut tx = world.context.db.begin().await.unwrap();
    routes::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn stored(world: &World, id: RouteId) -> Route {
    routes::find(&mut world.context.db.read().await.unwrap(), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn for_partners_there_are_no_partners_and_no_connections() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let route = route(&world, folder.path()).await.to_string();
    let supplier = world.supplier.organisation.to_string();
    for code in ["OSTERMANN", "NORTHWATER"] {
        let mut browser = world.browser(code).await;
        for address in ["/partners", "/partners/add", "/connections", &format!("/partners/{supplier}")] {
            let (status, body) = browser.get(address).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{code} {address}");
            assert!(!body.contains("Greyfell") && !body.contains("Ostermann folder"), "{code} {address}");
        }
        let posts: [(&str, &[(&str, &str)]); 5] = [
            ("/do/add-partner", &[("code", "MINE"), ("name", "Mine"), ("is_supplier", "on"), ("zone", "UTC"), ("currency", "EUR")]),
            ("/do/add-identifier", &[("organisation", &supplier), ("qualifier", "ZZ"), ("value", "MINE"), ("seat", "portal")]),
            ("/do/check-route", &[("route", &route)]),
            ("/do/switch-route", &[("route", &route), ("to", "off")]),
            ("/do/revive-job", &[("job", &route)]),
        ];
        for (address, fields) in posts {
            assert_eq!(browser.post(address, fields).await.0, StatusCode::NOT_FOUND, "{code} {address}");
        }
    }
    let mut conn = world.context.db.read().await.unwrap();
    assert!(organisations::find_by_code(&mut conn, "MINE").await.unwrap().is_none());
    assert!(organisations::identify(&mut conn, "ZZ", "MINE").await.unwrap().is_none());
    let route = stored(&world, route.parse().unwrap()).await;
    assert!(route.is_active && route.looked_at.is_none());
}

#[tokio::test]
async fn the_hub_adds_a_partner_and_how_it_is_known_on_the_wire() {
    let world = World::new().await;
    let mut hub = world.browser("CASTELLAN").await;
    let wrong = [
        ("code", "ostermann"),
        ("name", "Moravia Castings"),
        ("is_supplier", "on"),
        ("zone", "Europe/Prague"),
        ("currency", "czk"),
        ("back", "/partners/add"),
    ];
    assert_eq!(hub.post("/do/add-partner", &wrong).await, (StatusCode::SEE_OTHER, "/partners/add".to_owned()));
    let page = hub.page("/partners/add").await;
    assert!(page.contains("Ostermann Forge has this code already.") && page.contains(r#"value="Moravia Castings""#), "{page}");
    let empty = [("code", ""), ("name", ""), ("zone", "Mars/Olympus"), ("currency", "?"), ("back", "/partners/add")];
    hub.post("/do/add-partner", &empty).await;
    assert!(hub.page("/partners/add").await.contains("5 things need attention"));

    let right = [
        ("code", "moravia"),
        ("name", " Moravia Castings "),
        ("is_supplier", "on"),
        ("is_customer", "on"),
        ("zone", "Europe/Prague"),
        ("currency", "czk"),
        ("place", "Brno, Czechia"),
    ];
    let (status, address) = hub.post("/do/add-partner", &right).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let added = organisations::find_by_code(&mut world.context.db.read().await.unwrap(), "MORAVIA").await.unwrap().unwrap();
    assert_eq!(address, format!("/partners/{}", added.id));
    assert_eq!(
        (added.name.as_str(), added.currency.code(), added.is_supplier, added.is_customer, added.is_hub),
        ("Moravia Castings", "CZK", true, true, false)
    );
    assert!(hub.page(&address).await.contains("No identifier yet"));
    assert!(hub.page("/partners").await.contains("No identifier"));

    let id = added.id.to_string();
    let taken = [("organisation", id.as_str()), ("qualifier", "ZZ"), ("value", "OSTERMANN"), ("seat", "wire"), ("back", &address)];
    hub.post("/do/add-identifier", &taken).await;
    let page = hub.page(&address).await;
    assert!(page.contains("OSTERMANN (ZZ) belongs to Ostermann Forge already."), "{page}");
    for value in ["", "A*B", "SIXTEEN-LETTERS-"] {
        hub.post(
            "/do/add-identifier",
            &[("organisation", &id), ("qualifier", "ZZ"), ("value", value), ("seat", "wire"), ("back", &address)],
        )
        .await;
        assert!(hub.page(&address).await.contains("Enter 2 to 15 letters"), "{value}");
    }
    hub.post("/do/add-identifier", &[("organisation", &id), ("qualifier", "01"), ("value", " 079423518 "), ("seat", "wire")]).await;
    let page = hub.page(&address).await;
    assert!(page.contains("079423518") && page.contains("their own system"), "{page}");
    let found = organisations::identify(&mut world.context.db.read().await.unwrap(), "01", "079423518").await.unwrap().unwrap();
    assert_eq!((found.organisation_id, found.seat.as_str()), (added.id, "wire"));
}

#[tokio::test]
async fn a_route_is_checked_and_switched() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let id = route(&world, folder.path()).await;
    let text = id.to_string();
    let mut hub = world.browser("CASTELLAN").await;
    assert!(hub.page("/connections").await.contains("Never looked at"));

    hub.post("/do/check-route", &[("route", &text), ("back", "/connections")]).await;
    let page = hub.page("/connections").await;
    assert!(page.contains("Ostermann folder does not work.") && page.contains("It never worked so far"), "{page}");
    assert!(stored(&world, id).await.failure.is_some());

    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::create_dir(folder.path().join("out")).unwrap();
    hub.post("/do/check-route", &[("route", &text)]).await;
    let page = hub.page("/connections").await;
    assert!(page.contains("Ostermann folder works.") && page.contains("Last success"), "{page}");
    assert_eq!(stored(&world, id).await.failure, None);

    hub.post("/do/switch-route", &[("route", &text), ("to", "off")]).await;
    assert!(hub.page("/connections").await.contains("Switched off"));
    assert!(!stored(&world, id).await.is_active);
    hub.post("/do/switch-route", &[("route", &text), ("to", "on")]).await;
    assert!(stored(&world, id).await.is_active);
}

#[tokio::test]
async fn work_that_was_given_up_is_tried_again() {
    let world = World::new().await;
    let (id, now) = (world.context.id::<JobId>(), world.context.now());
    let mut tx = world.context.db.begin().await.unwrap();
    jobs::enqueue(&mut tx, id, "dispatch", None, &serde_json::json!({}), now, now).await.unwrap();
    jobs::claim(&mut tx, "", id.0, now.plus_seconds(60), now).await.unwrap();
    jobs::bury(&mut tx, id, id.0, "The mailbox is full.", now).await.unwrap();
    tx.commit().await.unwrap();
    let mut hub = world.browser("CASTELLAN").await;
    let page = hub.page("/connections").await;
    assert!(page.contains("The mailbox is full.") && page.contains("Send documents"), "{page}");
    let post = [("job", id.to_string())];
    let post: Vec<_> = post.iter().map(|(name, value)| (*name, value.as_str())).chain([("back", "/connections")]).collect();
    hub.post("/do/revive-job", &post).await;
    assert!(hub.page("/connections").await.contains("It is tried again now."));
    assert!(jobs::dead(&mut world.context.db.read().await.unwrap()).await.unwrap().is_empty());
    hub.post("/do/revive-job", &post).await;
    assert!(hub.page("/connections").await.contains("not waiting for you any more"));
}

async fn publish(world: &World, kind: &str, title: &str, audiences: &[&str], attachment: Option<&str>) -> ContentId {
    let now = world.context.now();
    let item = ContentItem {
        id: world.context.id(),
        language: "en".to_owned(),
        kind: kind.to_owned(),
        slug: title.to_lowercase().replace(' ', "-"),
        title: title.to_owned(),
        summary: String::new(),
        body: format!("<p>Text of {title}</p>"),
        audiences: Json(audiences.iter().map(|audience| (*audience).to_owned()).collect()),
        attachment: attachment.map(str::to_owned),
        first_published: Some(now),
        last_published: now,
        fetched_at: now,
    };
    let mut tx = world.context.db.begin().await.unwrap();
    content::save(&mut tx, &item).await.unwrap();
    tx.commit().await.unwrap();
    item.id
}

#[tokio::test]
async fn help_is_read_by_those_it_is_meant_for() {
    let world = World::new().await;
    let policy = publish(&world, "policy", "Packing rules", &["supplier"], Some("/content/label.pdf")).await;
    publish(&world, "faq", "Where is my delivery", &[], None).await;
    publish(&world, "supplier_notice", "Closed in December", &["supplier"], None).await;
    let asset = ContentAsset {
        path: "/getmedia/label.pdf".to_owned(),
        name: "label.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        file: "content/label.pdf".to_owned(),
        size: 5,
        fetched_at: world.context.now(),
    };
    world.context.files.put("content/label.pdf", bytes::Bytes::from_static(b"%PDF-")).await.unwrap();
    let mut tx = world.context.db.begin().await.unwrap();
    content::save_asset(&mut tx, &asset).await.unwrap();
    tx.commit().await.unwrap();

    let article = format!("/help/renamed-since-{}", policy.0.simple());
    let mut supplier = world.browser("OSTERMANN").await;
    let list = supplier.page("/help").await;
    for words in
        ["Packing rules", "Where is my delivery", "Text of Where is my delivery", "Closed in December", "class=\"question\"><summary>"]
    {
        assert!(list.contains(words), "{words} is missing in {list}");
    }
    let page = supplier.page(&article).await;
    assert!(
        page.contains("<p>Text of Packing rules</p>")
            && page.contains("/content/label.pdf")
            && page.contains("From Kentico, published 24 Nov 2026"),
        "{page}"
    );
    assert_eq!(supplier.page("/content/label.pdf").await, "%PDF-");
    let home = supplier.page("/").await;
    let notice = home.split("href=\"/help/").nth(1).unwrap_or_else(|| panic!("no notice on {home}")).split('"').next().unwrap();
    assert!(supplier.page(&format!("/help/{notice}")).await.contains("Text of Closed in December"), "home leads to it");

    let mut customer = world.browser("NORTHWATER").await;
    let list = customer.page("/help").await;
    assert!(list.contains("Where is my delivery") && !list.contains("Packing rules") && !list.contains("Closed in December"), "{list}");
    assert_eq!(customer.get(&article).await.0, StatusCode::NOT_FOUND);
    assert_eq!(customer.get("/help/nothing").await.0, StatusCode::NOT_FOUND);
    let mut hub = world.browser("CASTELLAN").await;
    assert!(hub.page("/help").await.contains("for suppliers"));

    customer.post("/do/sign-out", &[]).await;
    let (status, body) = customer.get("/content/label.pdf").await;
    assert!(status == StatusCode::NOT_FOUND && !body.contains("%PDF"), "files of content are for people who are signed in");
}
