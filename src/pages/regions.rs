//! What moves by itself on a page, and for whom.

use super::testing::World;

#[tokio::test]
async fn only_who_answers_here_gets_boxes_to_tick() {
    let world = World::new().await;
    let ticks = async |code: &str| world.browser(code).await.page("/orders").await.contains("/do/accept-orders");
    assert!(ticks("OSTERMANN").await);
    assert!(!ticks("VALMET").await, "its own system answers");
    assert!(!ticks("CASTELLAN").await);
}

#[tokio::test]
async fn what_comes_and_goes_by_itself_has_its_place_from_the_start() {
    let world = World::new().await;
    let mut browser = world.browser("OSTERMANN").await;
    let places = |page: &str| -> std::collections::BTreeSet<String> {
        page.split("data-live=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
    };
    let addresses = ["/", "/orders", "/shipments", "/invoices", "/documents"];
    let mut empty = Vec::new();
    for address in addresses {
        empty.push(places(&browser.page(address).await));
    }
    let order = world.purchase("4500071844", true).await;
    world.accept(order).await;
    world.ship(order, "S-1", "2026-11-27", ["100", "20"]).await;
    let lines = [("lines[0][position]", "0"), ("lines[0][quantity]", "100"), ("number", "I-1"), ("invoiced_on", "2026-11-24")];
    let id = order.to_string();
    browser.post("/do/send-invoice", &[&[("order", id.as_str()), ("net_days", "30")][..], &lines[..]].concat()).await;
    assert!(browser.page("/invoices").await.contains("I-1"));
    for (address, before) in addresses.iter().zip(empty) {
        assert_eq!(places(&browser.page(address).await), before, "{address}");
    }
    assert!(places(&browser.page(&format!("/orders/{order}")).await).contains("lines-foot"), "the total moves with the lines");
}
