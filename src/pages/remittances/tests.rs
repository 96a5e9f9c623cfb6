//! The pages of remittances in a browser without script.

use axum::http::StatusCode;

use crate::{
    pages::testing::World,
    service::invoices::send::{self, InvoiceEntry, InvoiceForm},
};

#[tokio::test]
async fn a_supplier_sees_what_was_paid_and_what_was_taken_off_and_can_dispute_it() {
    let world = World::new().await;
    let order = world.purchase("4500071950", false).await;
    world.accept(order).await;
    let shipment = world.ship(order, "S-1950", "2026-11-27", ["200", "120"]).await;
    let line = |position: &str, quantity: &str| InvoiceEntry { position: position.to_owned(), quantity: quantity.to_owned() };
    let form = InvoiceForm {
        number: "I-1950".to_owned(),
        invoiced_on: "2026-11-24".to_owned(),
        net_days: "30".to_owned(),
        shipment: shipment.to_string(),
        lines: vec![line("0", "200"), line("1", "120")],
    };
    let invoice = send::send(&world.context, &world.supplier, order, &form).await.unwrap();
    let mut supplier = world.browser("OSTERMANN").await;
    assert!(supplier.page("/remittances").await.contains("No remittances yet"));

    let body = "BPR*I*19348.00*C*ACH************20261124~TRN*1*TR-1950~CUR*PR*EUR~ENT*1~\
                RMR*IV*I-1950**19348.00*19648.00~ADX*-300.00*01~RMR*IV*I-OLD**0~";
    world.pay(701, body).await;

    let list = supplier.page("/remittances").await;
    assert!(list.contains("TR-1950") && list.contains("EUR 19,348.00"), "{list}");
    let address = list.split("href=\"/remittances/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = supplier.page(&format!("/remittances/{address}")).await;
    for words in
        ["Remittance TR-1950", "I-1950", "−300.00 price (01)", "19,648.00", "Not known here", "Paid less than is due", "Bank transfer"]
    {
        assert!(page.contains(words), "{words} on {page}");
    }
    let page = supplier.page(&format!("/invoices/{invoice}")).await;
    for words in ["Paid on 24 Nov 2026", "TR-1950", "−300.00 price (01)", "Dispute what was taken off", "Paid less than is due"] {
        assert!(page.contains(words), "{words} on {page}");
    }
    let exceptions = supplier.page("/exceptions").await;
    let short = exceptions.split("href=\"/exceptions/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let steps = supplier.page(&format!("/exceptions/{short}")).await;
    assert!(steps.contains(&format!("/cases/dispute?invoice={invoice}")), "{steps}");
    assert!(supplier.page(&format!("/cases/dispute?invoice={invoice}")).await.contains("I-1950"));

    // Others see nothing of it.
    for code in ["KESTREL", "NORTHWATER"] {
        let mut browser = world.browser(code).await;
        assert_eq!(browser.get(&format!("/remittances/{address}")).await.0, StatusCode::NOT_FOUND, "{code}");
        assert!(!browser.page("/remittances").await.contains("TR-1950"), "{code}");
    }
    assert!(world.browser("CASTELLAN").await.page("/remittances?q=1950").await.contains("TR-1950"));
}
