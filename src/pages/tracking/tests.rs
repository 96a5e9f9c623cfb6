//! What a customer sees, over HTTP: their order moves, and nothing of the supplier's shows through.

use axum::http::StatusCode;

use crate::{
    domain::{access::Audience, order::OrderState, shipment::ShipmentState},
    pages::testing::World,
    service::{orders, shipments},
};

/// Words that must not reach the customer: the supplier, the purchase order, its price, the shipper's own number.
const SECRETS: [&str; 5] = ["Ostermann", "OSTERMANN", "4500071832", "61.40", "61.4"];

fn assert_hidden(address: &str, page: &str) {
    for secret in SECRETS {
        assert!(!page.contains(secret), "{address} says {secret}: {page}");
    }
}

#[tokio::test]
async fn a_drop_shipment_shows_the_customer_dates_and_tracking_and_nothing_of_the_supplier() {
    let world = World::new().await;
    let purchase = world.purchase("4500071832", true).await;
    let sales = world.sales("NW-PO-5519", "4500071832").await;
    let mut browser = world.browser("NORTHWATER").await;
    let address = format!("/orders/{sales}");
    assert!(browser.page(&address).await.contains("promised for 4 Dec"), "nothing has left yet");

    world.accept(purchase).await;
    // A shipper's number as the portal proposes it: it holds the purchase order's.
    world.ship(purchase, "4500071832-1", "2026-11-27", ["200", "20"]).await;
    let page = browser.page(&address).await;
    for words in [
        "NW-PO-5519",
        "Shipment 1 of 1",
        "In transit",
        "UPS Freight",
        "https://www.ups.com/track?tracknum=1Z999AA10123456784",
        "Fri 27 Nov 2026",
        "220 pcs",
        "reported by the shipper",
        "1 of 2 lines so far",
        "I received it",
    ] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    let view = orders::view::load(&world.context, &world.customer, sales).await.unwrap();
    let shipment = view.shipments[0].0.id;
    for address in
        [address, "/".to_owned(), "/shipments".to_owned(), format!("/shipments/{shipment}"), "/invoices".to_owned(), "/orders".to_owned()]
    {
        assert_hidden(&address, &browser.page(&address).await);
    }
}

#[tokio::test]
async fn received_by_the_customer_is_delivered_on_both_sides() {
    let world = World::new().await;
    let purchase = world.purchase("4500071832", true).await;
    let sales = world.sales("NW-PO-5519", "4500071832").await;
    world.accept(purchase).await;
    let sent = world.ship(purchase, "LS-1", "2026-11-27", ["200", "120"]).await;
    let seen = orders::view::load(&world.context, &world.customer, sales).await.unwrap().shipments[0].0.id;
    let (address, seen) = (format!("/orders/{sales}"), seen.to_string());

    let mut stranger = world.browser("GREYFELL").await;
    assert_eq!(stranger.post("/do/confirm-receipt", &[("shipment", &seen)]).await.0, StatusCode::NOT_FOUND);
    let mut supplier = world.browser("OSTERMANN").await;
    let of_supplier = sent.to_string();
    supplier.post("/do/confirm-receipt", &[("shipment", &of_supplier), ("back", "/shipments")]).await;
    assert!(supplier.page("/shipments").await.contains("In transit"), "the supplier cannot say that it arrived");

    let mut browser = world.browser("NORTHWATER").await;
    assert_eq!(
        browser.post("/do/confirm-receipt", &[("shipment", &seen), ("back", &address)]).await,
        (StatusCode::SEE_OTHER, address.clone())
    );
    let page = browser.page(&address).await;
    for words in ["Noted: the goods are with you", "Delivered", "Everything that was confirmed has arrived", "all here", "all 2 lines"] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    assert!(!page.contains("I received it"), "there is nothing left to receive");
    let at_supplier = shipments::view::load(&world.context, &world.supplier, sent).await.unwrap();
    assert_eq!(at_supplier.shipment.state, ShipmentState::Delivered);
    for (actor, order) in [(&world.supplier, purchase), (&world.customer, sales)] {
        let view = orders::view::load(&world.context, actor, order).await.unwrap();
        assert_eq!(view.order.state, OrderState::Delivered, "{}", actor.organisation_name);
    }
    let again = browser.post("/do/confirm-receipt", &[("shipment", &seen), ("back", &address)]).await;
    assert_eq!(again, (StatusCode::SEE_OTHER, address.clone()));
    assert!(browser.page(&address).await.contains("is marked as arrived already"));
}

#[tokio::test]
async fn what_is_late_says_why_and_what_comes_next() {
    let world = World::new().await;
    let purchase = world.purchase("4500071832", true).await;
    let sales = world.sales("NW-PO-5519", "4500071832").await;
    world.accept(purchase).await;
    world.ship(purchase, "LS-1", "2026-11-22", ["200", "120"]).await;
    let mut browser = world.browser("NORTHWATER").await;
    let page = browser.page(&format!("/orders/{sales}")).await;
    for words in [
        "Late",
        "Why it is late",
        "was expected Sun 22 Nov 2026, 2 days ago",
        "The carrier has reported nothing since it left",
        "What comes next",
        "Look at the carrier's own page",
        "Was expected",
    ] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    assert!(browser.page("/shipments?tab=late").await.contains("2 days late"));
    assert!(browser.page("/shipments?tab=week").await.contains("Nothing is expected in the next 7 days"));
}

#[tokio::test]
async fn another_customers_order_and_shipment_do_not_exist() {
    let world = World::new().await;
    let purchase = world.purchase("4500071832", true).await;
    let sales = world.sales("NW-PO-5519", "4500071832").await;
    world.accept(purchase).await;
    let sent = world.ship(purchase, "LS-1", "2026-11-27", ["200", "120"]).await;
    let seen = orders::view::load(&world.context, &world.customer, sales).await.unwrap().shipments[0].0.id;
    for code in ["GREYFELL", "KESTREL"] {
        let mut browser = world.browser(code).await;
        for address in
            [format!("/orders/{sales}"), format!("/shipments/{sent}"), format!("/shipments/{seen}"), "/shipments/nonsense".to_owned()]
        {
            let (status, page) = browser.get(&address).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{code} {address}");
            assert!(!page.contains("NW-PO-5519") && !page.contains("1Z999AA10123456784"), "{page}");
        }
        assert!(!browser.page("/shipments").await.contains("1Z999AA10123456784"));
        assert!(!browser.page("/").await.contains("LS-1"), "{code} sees what changed for others");
    }
    // The customer cannot reach the supplier's side either.
    assert_eq!(world.customer.audience, Audience::Customer);
    let mut browser = world.browser("NORTHWATER").await;
    for address in [format!("/orders/{purchase}"), format!("/shipments/{sent}")] {
        assert_eq!(browser.get(&address).await.0, StatusCode::NOT_FOUND, "{address}");
    }
}
