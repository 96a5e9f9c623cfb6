//! Invoices over HTTP: whose they are, what the hub may say, and whether the sums agree.

use axum::http::StatusCode;

use crate::{
    domain::{ids::InvoiceId, invoice::InvoiceState},
    pages::testing::World,
    service::invoices::{
        send::{self, InvoiceEntry, InvoiceForm},
        view,
    },
};

async fn invoiced(world: &World) -> InvoiceId {
    let order = world.purchase("4500071832", false).await;
    world.accept(order).await;
    world.ship(order, "LS-1", "2026-11-27", ["200", "120"]).await;
    let entry = |position: &str, quantity: &str| InvoiceEntry { position: position.to_owned(), quantity: quantity.to_owned() };
    let form = InvoiceForm {
        number: "OF-2026-1187".to_owned(),
        invoiced_on: "2026-11-20".to_owned(),
        net_days: "30".to_owned(),
        lines: vec![entry("0", "200"), entry("1", "120")],
        ..InvoiceForm::default()
    };
    send::send(&world.context, &world.supplier, order, &form).await.unwrap()
}

async fn state(world: &World, id: InvoiceId) -> (InvoiceState, Option<String>) {
    let view = view::load(&world.context, &world.hub, id).await.unwrap();
    (view.invoice.state, view.invoice.state_reason)
}

#[tokio::test]
async fn an_invoice_says_the_same_total_wherever_it_stands() {
    let world = World::new().await;
    let id = invoiced(&world).await;
    let mut supplier = world.browser("OSTERMANN").await;
    // 320 pieces at 61.40.
    let total = "EUR 19,648.00";
    for address in ["/invoices", "/invoices?tab=waiting", "/"] {
        assert!(supplier.page(address).await.contains(total), "{address}");
    }
    let detail = supplier.page(&format!("/invoices/{id}")).await;
    for words in [total, "12,280.00", "7,368.00", "Sun 20 Dec 2026", "Not delivered yet", "Not read yet", "Not answered yet", "4500071832"]
    {
        assert!(detail.contains(words), "{words} is missing in {detail}");
    }
    assert!(!supplier.page("/invoices?tab=paid").await.contains("OF-2026-1187"));
    assert!(supplier.page("/invoices?q=71832").await.contains("OF-2026-1187"), "found by the number of its order");

    for code in ["KESTREL", "NORTHWATER"] {
        let mut stranger = world.browser(code).await;
        assert_eq!(stranger.get(&format!("/invoices/{id}")).await.0, StatusCode::NOT_FOUND);
        let list = stranger.page("/invoices").await;
        assert!(!list.contains("OF-2026-1187") && !list.contains("19,648"), "{list}");
    }
}

#[tokio::test]
async fn the_hub_says_where_an_invoice_stands_by_the_rules() {
    let world = World::new().await;
    let id = invoiced(&world).await;
    let (text, address) = (id.to_string(), format!("/invoices/{id}"));
    let mut supplier = world.browser("OSTERMANN").await;
    assert!(!supplier.page(&address).await.contains("/do/invoice-state"), "the sender has no such form");
    supplier.post("/do/invoice-state", &[("invoice", &text), ("state", "paid"), ("back", &address)]).await;
    assert_eq!(state(&world, id).await.0, InvoiceState::Sent);
    let mut stranger = world.browser("KESTREL").await;
    assert_eq!(stranger.post("/do/invoice-state", &[("invoice", &text), ("state", "paid")]).await.0, StatusCode::NOT_FOUND);

    let mut hub = world.browser("CASTELLAN").await;
    assert!(hub.page(&address).await.contains("/do/invoice-state"));
    let refused = [("invoice", text.as_str()), ("state", "rejected"), ("reason", " "), ("back", &address)];
    assert_eq!(hub.post("/do/invoice-state", &refused).await, (StatusCode::SEE_OTHER, address.clone()));
    let page = hub.page(&address).await;
    assert!(page.contains("Say why and what the supplier should do") && page.contains(r#"<option value="rejected" selected>"#), "{page}");
    assert_eq!(state(&world, id).await.0, InvoiceState::Sent);
    hub.post("/do/invoice-state", &[("invoice", &text), ("back", &address)]).await;
    assert!(hub.page(&address).await.contains("Choose where the invoice stands now"));

    let why = "Line 20: the order says 60.00. Correct the price.";
    let question = [("invoice", text.as_str()), ("state", "under_query"), ("reason", why), ("back", &address)];
    assert_eq!(hub.post("/do/invoice-state", &question).await, (StatusCode::SEE_OTHER, address.clone()));
    assert_eq!(state(&world, id).await, (InvoiceState::UnderQuery, Some(why.to_owned())));
    for page in [address.as_str(), "/invoices?tab=questions"] {
        let page = supplier.page(page).await;
        assert!(page.contains("Question for you") && page.contains(why), "{page}");
    }
    assert!(supplier.page("/").await.contains("Question asked"), "the history is read by both sides");

    hub.post("/do/invoice-state", &[("invoice", &text), ("state", "received"), ("back", &address)]).await;
    assert_eq!(state(&world, id).await.0, InvoiceState::UnderQuery, "states go forward only");
    for next in ["approved", "paid"] {
        hub.post("/do/invoice-state", &[("invoice", &text), ("state", next), ("back", &address)]).await;
    }
    assert_eq!(state(&world, id).await.0, InvoiceState::Paid);
    let page = supplier.page(&address).await;
    assert!(page.contains("It is paid in full") && !page.contains("Say where it stands"), "{page}");
    assert!(!hub.page(&address).await.contains("/do/invoice-state"), "nothing follows a payment");
    assert!(supplier.page("/invoices?tab=paid").await.contains("OF-2026-1187"));
}
