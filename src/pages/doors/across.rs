//! A trade with a customer behind it: what the supplier and the customer see of their cases, disputes and evidence packs, and
//! that neither ever meets the other there. And that no pack holds a secret of the installation.

use axum::http::{Request, StatusCode, header};
use bytes::Bytes;
use sqlx::types::Json;

use super::{
    super::testing::World,
    made,
    wires::{ask, key},
};
use crate::{
    domain::{access::Actor, case::Visibility, ids::CaseId},
    service::{
        cases::{
            attach,
            dispute::{self, DisputeForm},
            open::{self, CaseForm},
            write,
        },
        xconnector::endpoints as use_endpoints,
    },
    store::{
        endpoints,
        routes::{self, Route},
        shipments, users,
    },
};

const BOUGHT: &str = "BUY-4711";
const SOLD: &str = "SELL-0815";

/// What only the customer's side may read: its name, its people, its numbers, its prices, its words.
const OF_CUSTOMER: [&str; 7] = ["Northwater Utilities", "Person of NORTHWATER", SOLD, "88.00", "28,160", "28160", "words of the customer"];
/// The same of the supplier's.
const OF_SUPPLIER: [&str; 9] =
    ["Ostermann", "OSTERMANN", BOUGHT, "61.40", "61.4\"", "19,648", "19648", "words of the supplier", "DESADV-7"];

/// A dispute of somebody, with a file and an answer of the hub's.
async fn disputed(world: &World, actor: &Actor, about: DisputeForm, words: &str) -> CaseId {
    let context = &world.context;
    let form = DisputeForm { reason: "QTY".to_owned(), action: "OTH".to_owned(), text: words.to_owned(), ..about };
    let case = dispute::open(context, actor, &form).await.unwrap();
    let mut receiving = attach::begin(context, actor, case, "count.txt", Visibility::Partner).await.unwrap();
    receiving.write(context, Bytes::from(format!("counted twice: {words}"))).await.unwrap();
    receiving.finish(context, actor, case).await.unwrap();
    write::write(context, &world.hub, case, Visibility::Partner, "We look into it.").await.unwrap();
    case
}

/// The cases of both sides of one trade: the supplier's and the customer's.
async fn trade(world: &World) -> (Vec<CaseId>, Vec<CaseId>) {
    let bought = world.purchase(BOUGHT, true).await;
    let sold = world.sales(SOLD, BOUGHT).await;
    world.accept(bought).await;
    let shipment = world.ship(bought, "DESADV-7", "2026-11-27", ["100", "20"]).await;
    let invoice = made::invoice(world, bought, shipment).await;
    let all = shipments::ShipmentFilter::default();
    let received = shipments::list(&mut world.context.db.read().await.unwrap(), world.customer.scope(), &all, 1).await.unwrap()[0].id;

    let (supplier, customer) = (&world.supplier, &world.customer);
    let blank = DisputeForm::default;
    let mut of_supplier = Vec::new();
    for about in [
        DisputeForm { order: bought.to_string(), ..blank() },
        DisputeForm { shipment: shipment.to_string(), ..blank() },
        DisputeForm { invoice, ..blank() },
    ] {
        of_supplier.push(disputed(world, supplier, about, "words of the supplier").await);
    }
    let mut of_customer = Vec::new();
    for about in [DisputeForm { order: sold.to_string(), ..blank() }, DisputeForm { shipment: received.to_string(), ..blank() }] {
        of_customer.push(disputed(world, customer, about, "words of the customer").await);
    }
    (of_supplier, of_customer)
}

/// Everything that somebody reads of a case: its pages, what the machine API says of it, the archive.
async fn read(world: &World, actor: &Actor, code: &str, case: CaseId) -> String {
    let mut browser = world.browser(code).await;
    let mut all = String::new();
    for page in [format!("/cases/{case}"), format!("/cases/{case}/attachments")] {
        all.push_str(&browser.page(&page).await);
    }
    let key = key(world, actor.organisation).await;
    for end in ["", "/comments", "/attachments"] {
        let (status, body) = ask(world, &key, &format!("/api/v1/cases/{case}{end}")).await;
        assert_eq!(status, StatusCode::OK, "{end}");
        all.push_str(&body);
    }
    all.push_str(&pack(world, code, case).await);
    all
}

/// The archive of a case; what is in it is not compressed.
async fn pack(world: &World, code: &str, case: CaseId) -> String {
    let (status, headers, bytes) = world.browser(code).await.fetch(Request::get(format!("/cases/{case}/evidence.zip")), "").await;
    assert_eq!((status, headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "application/zip"));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_supplier_and_the_customer_behind_it_never_meet_in_a_case() {
    let world = World::new().await;
    let (of_supplier, of_customer) = trade(&world).await;
    let sides = [
        (&world.supplier, "OSTERMANN", &of_supplier, &OF_SUPPLIER[..], &OF_CUSTOMER[..]),
        (&world.customer, "NORTHWATER", &of_customer, &OF_CUSTOMER[..], &OF_SUPPLIER[..]),
    ];
    for (actor, code, own, of_own, of_other) in sides {
        let mut seen = String::new();
        for case in own {
            seen.push_str(&read(&world, actor, code, *case).await);
        }
        for secret in of_other {
            let place = seen.find(secret).map(|at| seen.get(at.saturating_sub(200)..at + 60));
            assert!(place.is_none(), "{code} reads {secret}: {place:?}");
        }
        // The test can fail: each reads what is its own.
        assert!(of_own.iter().filter(|known| seen.contains(**known)).count() >= 4, "{code}");
        assert!(seen.contains("We look into it.") && seen.contains("counted twice"), "{code}");
    }
    // The hub reads both, each in its own case.
    let seen = read(&world, &world.hub, "CASTELLAN", of_supplier[0]).await;
    assert!(seen.contains(BOUGHT) && seen.contains("words of the supplier") && !seen.contains("words of the customer"));
}

#[tokio::test]
async fn no_evidence_pack_holds_a_secret() {
    let world = World::new().await;
    let context = &world.context;
    let endpoint = made::endpoint(&world).await.parse().unwrap();
    use_endpoints::replace_secret(context, &world.hub, endpoint).await.unwrap();
    let api_key = key(&world, world.supplier.organisation).await;
    let mut tx = context.db.begin().await.unwrap();
    let config = serde_json::json!({ "transport": "mailbox", "address": "https://grid.example", "mailbox": "OST", "key": "k-very-secret" });
    for organisation_id in [world.hub.organisation, world.supplier.organisation] {
        let route = Route {
            id: context.id(),
            organisation_id,
            name: "Mailbox".to_owned(),
            config: Json(config.clone()),
            is_copy: false,
            is_active: true,
            looked_at: None,
            succeeded_at: None,
            failed_at: None,
            failure: None,
        };
        routes::insert(&mut tx, &route).await.unwrap();
    }
    tx.commit().await.unwrap();
    let case = made::dispute(&world, &world.supplier).await.parse().unwrap();
    write::write(context, &world.hub, case, Visibility::Internal, "between us").await.unwrap();
    let mut receiving = attach::begin(context, &world.hub, case, "costing.txt", Visibility::Internal).await.unwrap();
    receiving.write(context, "what it cost us".into()).await.unwrap();
    receiving.finish(context, &world.hub, case).await.unwrap();
    // Another case of the same partner is none of this one's.
    let form = CaseForm {
        kind: "question".to_owned(),
        title: "Another".to_owned(),
        text: "a quite different matter".to_owned(),
        ..CaseForm::default()
    };
    open::open(context, &world.supplier, &form).await.unwrap();

    let mut conn = context.db.read().await.unwrap();
    let person = users::find_by_email(&mut conn, "ostermann@example.com").await.unwrap().unwrap();
    let endpoint = endpoints::find(&mut conn, endpoint).await.unwrap().unwrap();
    let mut secrets: Vec<&str> = endpoint.secrets.split_whitespace().collect();
    assert_eq!(secrets.len(), 2);
    secrets.extend([
        person.password_hash.as_str(),
        api_key.as_str(),
        "k-very-secret",
        "grid.example",
        "whsec_",
        "a quite different matter",
    ]);
    let (hubs, theirs) = (pack(&world, "CASTELLAN", case).await, pack(&world, "OSTERMANN", case).await);
    for secret in secrets {
        assert!(!hubs.contains(secret) && !theirs.contains(secret), "{secret}");
    }
    for internal in ["between us", "what it cost us", "costing.txt"] {
        assert!(hubs.contains(internal) && !theirs.contains(internal), "{internal} is the hub's alone");
    }
    assert!(theirs.contains("SECRET words") && theirs.contains("manifest.json"));
}
