//! Lists: pages without gap or repetition, filters, and what a parameter may be.

use std::collections::BTreeSet;

use super::{Api, order_file, purchase_order, remittance_file, supplier_files};

#[tokio::test]
async fn a_walk_over_the_pages_meets_every_order_once() {
    let api = Api::open().await;
    let wanted: BTreeSet<String> = (0..120).map(|number| format!("P-{number:03}")).collect();
    for (index, number) in wanted.iter().enumerate() {
        let supplier = if index % 3 == 0 { "OSTERMANN" } else { "KESTREL" };
        api.post(&api.hub, "/api/v1/purchase-orders", &purchase_order(supplier, number)).await.expect(201);
    }
    for (key, count) in [(&api.hub, 120), (&api.kestrel, 80), (&api.ostermann, 40)] {
        let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, String::new());
        loop {
            let page = api.get(key, &format!("/api/v1/orders?limit=7{cursor}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["number"].as_str().unwrap().to_owned()));
            pages += 1;
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (count, usize::div_ceil(count, 7)));
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), count, "no order twice");
        assert!(seen.iter().all(|number| wanted.contains(number)));
    }
    let page = api.get(&api.hub, "/api/v1/orders").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn orders_are_found_by_number_state_and_kind() {
    let api = Api::open().await;
    api.hand_in(&api.hub, &order_file("VALMET", "000000001", "P-1")).await.expect(202);
    api.hand_in(&api.hub, &supplier_files("P-1")[0]).await.expect(202);
    api.post(&api.hub, "/api/v1/purchase-orders", &purchase_order("KESTREL", "P-2")).await.expect(201);
    let mut sales = purchase_order("", "S-1");
    let fields = sales.as_object_mut().unwrap();
    fields.remove("supplier");
    fields.insert("customer".to_owned(), "NORTHWATER".into());
    api.post(&api.hub, "/api/v1/sales-orders", &sales).await.expect(201);

    let numbers = async |path: &str| -> Vec<String> {
        let page = api.get(&api.hub, path).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["id"].is_string() && item["status"].is_string()));
        let mut numbers: Vec<_> = items.iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(numbers("/api/v1/orders").await, ["P-1", "P-2", "S-1"]);
    assert_eq!(numbers("/api/v1/orders?number=P-2").await, ["P-2"]);
    assert_eq!(numbers("/api/v1/orders?state=confirmed").await, ["P-1", "S-1"]);
    assert_eq!(numbers("/api/v1/orders?state=received,confirmed&kind=purchase").await, ["P-1", "P-2"]);
    assert_eq!(numbers("/api/v1/orders?kind=sales").await, ["S-1"]);
    assert_eq!(numbers("/api/v1/purchase-orders").await, ["P-1", "P-2"]);
    assert_eq!(numbers("/api/v1/sales-orders").await, ["S-1"]);
}

#[tokio::test]
async fn what_a_supplier_sent_is_read_back() {
    let api = Api::open().await;
    api.hand_in(&api.hub, &order_file("VALMET", "000000001", "P-1")).await.expect(202);
    for file in supplier_files("P-1") {
        let receipt = api.hand_in(&api.hub, &file).await.expect(202);
        let shown = api.get(&api.hub, &format!("/api/v1/documents/{}", receipt["document_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&receipt["status"], &shown["documents"][0]["accepted"]), (&"received".into(), &true.into()), "{shown:#}");
    }
    let shipments = api.get(&api.hub, "/api/v1/shipments?number=SHP-1").await.expect(200);
    let shipment = &shipments["items"][0];
    assert_eq!((&shipment["status"], &shipment["tracking"]), (&"in_transit".into(), &"1Z9".into()));
    let shipment = api.get(&api.hub, &format!("/api/v1/shipments/{}", shipment["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&shipment["lines"][0]["quantity"], &shipment["lines"][0]["order_number"]), (&"10".into(), &"P-1".into()));
    assert_eq!(shipment["estimated_on"], "2026-12-01");

    let invoices = api.get(&api.hub, "/api/v1/invoices?number=INV-1").await.expect(200);
    let invoice = &invoices["items"][0];
    assert_eq!((&invoice["total"], &invoice["order_number"]), (&"25.08".into(), &"P-1".into()));
    let invoice = api.get(&api.hub, &format!("/api/v1/invoices/{}", invoice["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&invoice["lines"][0]["amount"], &invoice["lines"][0]["unit_price"]), (&"25.08".into(), &"2.5075".into()));

    let id = invoice["order"]["id"].as_str().unwrap();
    let order = api.get(&api.hub, &format!("/api/v1/orders/{id}")).await.expect(200);
    assert_eq!(order["status"], "invoiced");
    assert_eq!((&order["shipments"][0]["id"], &order["invoices"][0]["id"]), (&shipment["id"], &invoice["id"]));
    let line = &order["lines"][0];
    for (quantity, amount) in
        [("ordered", "10"), ("confirmed", "10"), ("shipped", "10"), ("received", "0"), ("invoiced", "10"), ("paid", "0")]
    {
        assert_eq!(line[quantity], amount, "{quantity}");
    }
    assert_eq!((&line["status"], &line["promised_on"]), (&"accepted".into(), &"2026-12-01".into()));
}

#[tokio::test]
async fn what_was_paid_is_read_back_by_whoever_it_was_paid_to() {
    let api = Api::open().await;
    api.hand_in(&api.hub, &order_file("VALMET", "000000001", "P-1")).await.expect(202);
    for file in supplier_files("P-1") {
        api.hand_in(&api.hub, &file).await.expect(202);
    }
    api.hand_in(&api.hub, &remittance_file("VALMET", "000000002")).await.expect(202);
    let list = api.get(&api.hub, "/api/v1/remittances?number=TR-1").await.expect(200);
    let row = &list["items"][0];
    assert_eq!((&row["total"], &row["currency"], &row["paid_on"]), (&"20.08".into(), &"EUR".into(), &"2026-11-24".into()));
    let whole = api.get(&api.hub, &format!("/api/v1/remittances/{}", row["id"].as_str().unwrap())).await.expect(200);
    let item = &whole["items"][0];
    assert_eq!((&item["number"], &item["gross"], &item["paid"]), (&"INV-1".into(), &"25.08".into(), &"20.08".into()));
    assert_eq!((&item["applied"], &item["adjustments"][0]["amount"]), (&true.into(), &"-5.00".into()));
    assert_eq!((&item["adjustments"][0]["code"], &item["adjustments"][0]["reference"]), (&"01".into(), &"C-1".into()));
    let invoice = api.get(&api.hub, &format!("/api/v1/invoices/{}", item["invoice_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&invoice["status"], &invoice["paid"]), (&"part_paid".into(), &"20.08".into()));
    assert_eq!(api.get(&api.kestrel, "/api/v1/remittances").await.expect(200)["items"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn a_parameter_that_cannot_be_used_is_named() {
    let api = Api::open().await;
    for list in ["orders", "purchase-orders", "sales-orders", "shipments", "invoices", "remittances"] {
        for (query, named) in [
            ("cursor=abc", "cursor"),
            ("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "cursor"),
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=many", "limit"),
            ("nubmer=P-1", "nubmer"),
        ] {
            let problem = api.get(&api.hub, &format!("/api/v1/{list}?{query}")).await.problem(400);
            assert!(problem["detail"].as_str().unwrap().contains(named), "{list} {query}: {problem}");
        }
    }
    for (query, named) in [("state=lost", "state"), ("kind=gift", "kind")] {
        let problem = api.get(&api.hub, &format!("/api/v1/orders?{query}")).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().contains(named), "{query}: {problem}");
    }
}
