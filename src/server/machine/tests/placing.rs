//! Placing orders: what they become, and what is said of a body that cannot be used.

use serde_json::{Value, json};

use super::{Api, purchase_order, wrong_fields};
use crate::{
    domain::{ids::OrderId, message::Document},
    store::{Scope, documents},
};

const PURCHASE: &str = "/api/v1/purchase-orders";
const SALES: &str = "/api/v1/sales-orders";

#[tokio::test]
async fn an_order_is_placed_with_all_it_says() {
    let api = Api::open().await;
    let body = json!({
        "supplier": "KESTREL", "number": "4500000042", "date": "2026-11-20", "currency": "EUR", "requested_on": "2026-12-10",
        "ship_to": "NORTHWATER", "terms": { "net_days": 30 }, "notes": ["Deliver before noon", "Gate 4"],
        "lines": [
            {
                "line": "10", "quantity": "120", "unit": "EA", "unit_price": "12.5075", "price_per": "100",
                "item": { "buyer": "PV-100", "seller": "K-7781", "gtin": "04012345678901" }, "description": "Pump housing DN100",
                "schedule": [{ "quantity": "60", "date": "2026-12-15" }, { "quantity": "60", "date": "2027-01-15" }],
            },
            { "quantity": "2.5", "unit": "KG", "unit_price": "4", "requested_on": "2026-12-20" },
        ],
    });
    let answer = api.post(&api.hub, PURCHASE, &body).await;
    let order = answer.expect(201);
    assert_eq!(answer.header("location"), format!("/api/v1/orders/{}", order["id"].as_str().unwrap()));
    assert_eq!(api.get(&api.hub, answer.header("location")).await.expect(200), order);
    assert_eq!((&order["kind"], &order["status"], &order["number"]), (&"purchase".into(), &"received".into(), &"4500000042".into()));
    assert_eq!((&order["counterparty"]["code"], &order["date"]), (&"KESTREL".into(), &"2026-11-20".into()));
    assert_eq!(order["total"], "25.01", "120 at 12.5075 for a hundred is 15.01, and 2.5 at 4 is 10");
    assert_eq!(order["terms"], "Net 30 days");
    assert_eq!(order["notes"], body["notes"]);
    let ship_to = order["parties"].as_array().unwrap().iter().find(|party| party["role"] == "ST").unwrap();
    assert_eq!((&ship_to["id"], &ship_to["name"]), (&"NORTHWATER".into(), &"NORTHWATER Ltd".into()));
    let (first, second) = (&order["lines"][0], &order["lines"][1]);
    assert_eq!((&first["line"], &first["item"]), (&"10".into(), &body["lines"][0]["item"]));
    assert_eq!(first["requested"], body["lines"][0]["schedule"]);
    assert_eq!((&first["quantity"], &first["unit_price"], &first["price_per"]), (&"120".into(), &"12.5075".into(), &"100".into()));
    assert_eq!((&second["line"], &second["ordered"], &second["requested_on"]), (&"2".into(), &"2.5".into(), &"2026-12-20".into()));
    api.get(&api.kestrel, answer.header("location")).await.expect(200);
    api.get(&api.ostermann, answer.header("location")).await.problem(404);
}

#[tokio::test]
async fn a_supplier_with_its_own_system_gets_a_document() {
    let api = Api::open().await;
    let mut body = purchase_order("VALMET", "P-1");
    body["ship_to"] = json!({ "name": "Northwater depot", "address": ["Quay 4"], "city": "Delft", "postal_code": "2600", "country": "NL" });
    let order = api.post(&api.hub, PURCHASE, &body).await.expect(201);
    let id: OrderId = order["id"].as_str().unwrap().parse().unwrap();
    let mut conn = api.state.context.db.read().await.unwrap();
    let sent = documents::of_order(&mut conn, Scope::Hub, id).await.unwrap().remove(0);
    assert_eq!(sent.code, "850");
    let Some(Document::PurchaseOrder(content)) = sent.content.map(|content| content.0) else { panic!("no order in it") };
    let ship_to = content.parties.iter().find(|party| party.role == "ST").unwrap();
    assert_eq!((ship_to.name.as_deref(), ship_to.city.as_deref()), (Some("Northwater depot"), Some("Delft")));
}

#[tokio::test]
async fn a_customers_order_is_covered_by_purchase_orders_and_never_beyond() {
    let api = Api::open().await;
    api.post(&api.hub, PURCHASE, &purchase_order("KESTREL", "P-1")).await.expect(201);
    let order = |number: &str, quantity: &str| {
        json!({
            "customer": "NORTHWATER", "number": number, "terms": "Cash",
            "lines": [{ "quantity": "10", "unit": "EA", "unit_price": "4", "requested_on": "2026-12-15" }],
            "allocations": [{ "line": "1", "supplier": "KESTREL", "order": "P-1", "order_line": "1", "quantity": quantity }],
        })
    };
    let placed = api.post(&api.hub, SALES, &order("S-1", "6")).await.expect(201);
    assert_eq!((&placed["kind"], &placed["status"], &placed["terms"]), (&"sales".into(), &"confirmed".into(), &"Cash".into()));
    assert_eq!((&placed["currency"], &placed["lines"][0]["confirmed"]), (&"EUR".into(), &"10".into()));
    let refused = api.post(&api.hub, SALES, &order("S-2", "5")).await.problem(422);
    assert_eq!(wrong_fields(&refused), ["allocations.0.quantity"]);
    let listed = api.get(&api.northwater, SALES).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "what was refused left nothing behind");
    assert_eq!(listed["items"][0]["id"], placed["id"]);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let api = Api::open().await;
    let body = json!({
        "supplier": "KESTREL", "date": "20.11.2026", "currency": "Euro", "colour": "red", "terms": 30, "notes": "one",
        "lines": [
            { "quantity": 10, "unit": "EA", "unit_price": "2,5", "item": { "buyer": 7, "sku": "x" } },
            { "quantity": "1.0000001", "unit": "", "unit_price": "1", "schedule": [{ "quantity": "1" }] },
            "bolt",
        ],
    });
    let problem = api.post(&api.hub, PURCHASE, &body).await.problem(422);
    let mut fields = wrong_fields(&problem);
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "colour",
            "currency",
            "date",
            "lines.0.item.buyer",
            "lines.0.item.sku",
            "lines.0.quantity",
            "lines.0.unit_price",
            "lines.1.quantity",
            "lines.1.schedule.0.date",
            "lines.1.unit",
            "lines.2",
            "notes",
            "number",
            "terms",
        ]
    );
    let words = |field: &str| {
        let errors = problem["errors"].as_array().unwrap();
        errors.iter().find(|error| error["field"] == field).unwrap()["message"].as_str().unwrap().to_owned()
    };
    assert!(words("lines.0.quantity").contains("in quotes"), "{}", words("lines.0.quantity"));
    assert!(words("colour").contains("supplier"), "{}", words("colour"));
    assert_eq!(words("terms"), "This must be text or an object.");
    assert_eq!(api.orders().await, 0);
}

#[tokio::test]
async fn what_fits_the_form_and_not_the_sense_is_named_too() {
    let api = Api::open().await;
    let line = |fields: Value| {
        let mut line = json!({ "quantity": "10", "unit": "EA", "unit_price": "1" });
        line.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "lines": [line] })
    };
    for (changes, field) in [
        (json!({ "supplier": "NORTHWATER" }), "supplier"),
        (json!({ "ship_to": "NOBODY" }), "ship_to"),
        (json!({ "ship_to": { "code": "NOBODY" } }), "ship_to.code"),
        (json!({ "ship_to": { "city": "Delft" } }), "ship_to"),
        (json!({ "ship_to": "NORTHWATER", "parties": [{ "role": "ST", "name": "Depot" }] }), "ship_to"),
        (json!({ "lines": [] }), "lines"),
        (line(json!({ "quantity": "0" })), "lines.0.quantity"),
        (line(json!({ "unit_price": "-1" })), "lines.0.unit_price"),
        (line(json!({ "price_per": "0" })), "lines.0.price_per"),
        (line(json!({ "price_per": "10" })), "lines.0.price_per"),
        (line(json!({ "schedule": [{ "quantity": "9", "date": "2026-12-01" }] })), "lines.0.schedule"),
    ] {
        let mut body = purchase_order("KESTREL", "P-1");
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let problem = api.post(&api.hub, PURCHASE, &body).await.problem(422);
        assert_eq!(wrong_fields(&problem), [field], "{changes}");
    }
    api.post(&api.hub, PURCHASE, &purchase_order("KESTREL", "P-1")).await.expect(201);
    let twice = api.post(&api.hub, PURCHASE, &purchase_order("KESTREL", "P-1")).await.problem(422);
    assert_eq!(wrong_fields(&twice), ["number"]);
    api.post(&api.hub, PURCHASE, &purchase_order("OSTERMANN", "P-1")).await.expect(201);
}
