//! Correcting what a receiver did not take, over HTTP in a browser without script.

use axum::http::StatusCode;

use crate::pages::testing::World;

#[tokio::test]
async fn what_the_buyers_application_did_not_take_is_corrected_without_script() {
    let world = World::new().await;
    let order = world.purchase("4500071877", false).await;
    world.accept(order).await;
    let shipment = world.ship(order, "LS-1", "2026-12-01", ["120", "0"]).await;
    world.advise(61, "BGN*00*AA-7*20261124~OTI*TR*SI*LS-1~TED*012*Packing unit unknown*MAN*9~").await;
    let mut supplier = world.browser("OSTERMANN").await;
    let list = supplier.page("/exceptions").await;
    let exception = list.split("href=\"/exceptions/").nth(1).unwrap().split('"').next().unwrap();
    let page = supplier.page(&format!("/exceptions/{exception}")).await;
    let address = format!("/orders/{order}/ship?corrects={shipment}");
    assert!(page.contains(&format!("href=\"{address}\"")) && page.contains("Correct and send"), "{page}");
    let document = page.split("href=\"/documents/").nth(1).unwrap().split('"').next().unwrap();
    let seen = supplier.page(&format!("/documents/{document}")).await;
    for words in ["What the receiver's application says", "Application advice AA-7", "Packing unit unknown", "code TR"] {
        assert!(seen.contains(words), "{words} on {seen}");
    }

    let shown = format!("/shipments/{shipment}");
    assert!(supplier.page(&shown).await.contains(&format!("href=\"{address}\"")), "its own page leads there too");
    assert!(!world.browser("CASTELLAN").await.page(&shown).await.contains("Correct and send"));

    let form = supplier.page(&address).await;
    for words in
        ["Correct the ship notice of LS-1", "was not taken by its receiver", "Packing unit unknown", "value=\"120\"", "1Z999AA10123456784"]
    {
        assert!(form.contains(words), "{words} on {form}");
    }
    let (order, shipment) = (order.to_string(), shipment.to_string());
    let sent = |quantity| {
        [
            ("order", order.as_str()),
            ("corrects", shipment.as_str()),
            ("back", address.as_str()),
            ("number", "LS-1"),
            ("shipped_on", "2026-11-20"),
            ("estimated_on", "2026-12-01"),
            ("carrier", "UPS Freight"),
            ("tracking", "1Z999AA10123456784"),
            ("lines[0][position]", "0"),
            ("lines[0][quantity]", quantity),
        ]
    };
    let (_, back) = supplier.post("/do/announce-shipment", &sent("many")).await;
    let form = supplier.page(&back).await;
    assert!(
        form.contains("value=\"many\"") && form.contains("What you typed is kept") && form.contains("Enter a number such as"),
        "{form}"
    );
    let discard = [("order", order.as_str()), ("form", "ship"), ("corrects", shipment.as_str())];
    let (_, again) = supplier.post("/do/discard-draft", &discard).await;
    assert!(supplier.page(&again).await.contains("value=\"120\""), "as it was announced");
    let (_, shown) = supplier.post("/do/announce-shipment", &sent("110")).await;
    let page = supplier.page(&shown).await;
    assert!(page.contains("The corrected ship notice of LS-1 is sent.") && page.contains("110"), "{page}");
    let list = supplier.page("/exceptions").await;
    assert!(list.contains("Nothing is yours to settle"), "{list}");
    let over = supplier.page(&address).await;
    assert!(over.contains("This is not possible now") && over.contains("nothing to correct"), "{over}");

    // The same for an invoice, which its buyer cannot correct.
    let bill = [
        ("order", order.as_str()),
        ("number", "INV-7"),
        ("invoiced_on", "2026-11-24"),
        ("lines[0][position]", "0"),
        ("lines[0][quantity]", "110"),
    ];
    let (_, shown) = supplier.post("/do/send-invoice", &bill).await;
    let invoice = shown.rsplit('/').next().unwrap().to_owned();
    world.advise(62, "BGN*00*AA-8*20261124~OTI*TR*IV*INV-7~TED*010*Cost centre missing~").await;
    let address = format!("/orders/{order}/invoice?corrects={invoice}");
    let page = supplier.page(&format!("/invoices/{invoice}")).await;
    assert!(page.contains("did not take it. Read why, correct it") && page.contains(&format!("href=\"{address}\"")), "{page}");
    let form = supplier.page(&address).await;
    for words in ["Correct invoice INV-7", "Cost centre missing", "Send the corrected invoice", "value=\"110\""] {
        assert!(form.contains(words), "{words} on {form}");
    }
    for stranger in ["KESTREL", "NORTHWATER"] {
        let (status, _) = world.browser(stranger).await.get(&address).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{stranger}");
    }
    assert!(world.browser("CASTELLAN").await.page(&address).await.contains("This is not possible now"));
}

#[tokio::test]
async fn the_form_of_an_answer_says_why_the_one_before_was_not_taken() {
    let world = World::new().await;
    let order = world.purchase("4500071878", false).await;
    world.accept(order).await;
    let address = format!("/orders/{order}/answer");
    let mut supplier = world.browser("OSTERMANN").await;
    assert!(!supplier.page(&address).await.contains("was not taken by its receiver"));
    world.advise(63, "BGN*00*AA-9*20261124~OTI*TR*PO*4500071878~TED*012*Delivery day is a holiday*MAN*9~").await;
    let list = supplier.page("/exceptions").await;
    let exception = list.split("href=\"/exceptions/").nth(1).unwrap().split('"').next().unwrap();
    assert!(
        supplier.page(&format!("/exceptions/{exception}")).await.contains(&format!("href=\"{address}\" class=\"btn main-action small\""))
    );
    let form = supplier.page(&address).await;
    assert!(
        form.contains("The answer to 4500071878 was not taken by its receiver") && form.contains("Delivery day is a holiday"),
        "{form}"
    );
}
