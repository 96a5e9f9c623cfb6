//! Who may do what: no key, another's key, another's id, and addresses and methods there are not.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};

use super::{Api, interchange, order_file, post, purchase_order, remittance_file, supplier_files, with_key};
use crate::{
    domain::ids::OrganisationId,
    server::machine::routes,
    store::{machine, organisations},
};

#[tokio::test]
async fn every_address_but_the_description_asks_for_a_key() {
    let api = Api::open().await;
    let unknown = ["/v1", "/v1/orders/7/lines", "/v2/orders", "/nothing"];
    for path in routes().iter().map(|(path, _)| *path).chain(unknown).filter(|path| *path != "/openapi.json") {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let request = || Request::builder().method(method.clone()).uri(format!("/api{}", path.replace("{id}", "7")));
            let answers = [
                api.send(request().body(Body::empty()).unwrap()).await,
                api.send(with_key(request(), "pk_wrong").body(Body::empty()).unwrap()).await,
                api.send(request().header("Authorization", "Basic cG9ydGljbzo=").body(Body::empty()).unwrap()).await,
            ];
            for answer in answers {
                answer.problem(401);
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
        }
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let api = Api::open().await;
    api.get(&api.kestrel, "/api/v1/orders").await.expect(200);
    let context = &api.state.context;
    let mut tx = context.db.begin().await.unwrap();
    let kestrel: OrganisationId = organisations::find_by_code(&mut tx, "KESTREL").await.unwrap().unwrap().id;
    machine::revoke(&mut tx, kestrel, "Test", context.now()).await.unwrap();
    tx.commit().await.unwrap();
    api.get(&api.kestrel, "/api/v1/orders").await.problem(401);
}

#[tokio::test]
async fn an_id_of_another_organisation_is_no_id() {
    let api = Api::open().await;
    api.hand_in(&api.hub, &order_file("VALMET", "000000001", "P-1")).await.expect(202);
    for file in supplier_files("P-1") {
        api.hand_in(&api.hub, &file).await.expect(202);
    }
    api.hand_in(&api.hub, &remittance_file("VALMET", "000000002")).await.expect(202);
    for list in ["orders", "purchase-orders", "shipments", "invoices", "remittances"] {
        let page = api.get(&api.hub, &format!("/api/v1/{list}")).await.expect(200);
        let shown = if list == "purchase-orders" { "orders" } else { list };
        let path = format!("/api/v1/{shown}/{}", page["items"][0]["id"].as_str().unwrap());
        api.get(&api.hub, &path).await.expect(200);
        for key in [&api.kestrel, &api.northwater] {
            let (foreign, missing) = (api.get(key, &path).await, api.get(key, &format!("/api/v1/{shown}/{}", uuid::Uuid::nil())).await);
            assert_eq!(foreign.problem(404)["detail"], missing.problem(404)["detail"]);
            assert_eq!(api.get(key, &format!("/api/v1/{list}")).await.expect(200), json!({ "items": [], "next_cursor": null }));
        }
    }
    let sales = api.get(&api.kestrel, "/api/v1/sales-orders").await.expect(200);
    assert_eq!(sales["items"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_customer_reads_of_a_suppliers_shipment_what_concerns_the_customer() {
    let api = Api::open().await;
    let mut bought = purchase_order("VALMET", "P-1");
    bought["ship_to"] = json!("NORTHWATER");
    api.post(&api.hub, "/api/v1/purchase-orders", &bought).await.expect(201);
    let sold = json!({
        "customer": "NORTHWATER", "number": "NW-7",
        "lines": [{ "quantity": "10", "unit": "EA", "unit_price": "4" }],
        "allocations": [{ "line": "1", "supplier": "VALMET", "order": "P-1", "order_line": "1", "quantity": "10" }],
    });
    api.post(&api.hub, "/api/v1/sales-orders", &sold).await.expect(201);
    let [_, notice, _] = supplier_files("P-1");
    let papers = "TD1*CTN25*7~TD5**2*UPSN*M*Ground~REF*BM*BOL-SECRET~N1*ST*Depot by the works*92*NORTHWATER~";
    let notice = notice.replace("TD5**2*UPSN*M*Ground~", papers).replace("SE*14*", "SE*17*");
    api.hand_in(&api.hub, &notice).await.expect(202);
    let report =
        interchange("VALMET", "CASTELLAN", "000000004", "QM", "214", "B10*1Z9*SHP-1~LX*1~AT7*D1*NS***20261125*1200*UT~MS1*Delft**NL~");
    api.hand_in(&api.hub, &report).await.expect(202);

    let listed = api.get(&api.northwater, "/api/v1/shipments").await.expect(200);
    let id = listed["items"][0]["id"].as_str().unwrap();
    let shipment = api.get(&api.northwater, &format!("/api/v1/shipments/{id}")).await.expect(200);
    assert_eq!((&shipment["number"], &shipment["status"]), (&"NW-7-1".into(), &"delivered".into()));
    let order = api.get(&api.northwater, "/api/v1/orders?number=NW-7").await.expect(200)["items"][0]["id"].clone();
    let order = api.get(&api.northwater, &format!("/api/v1/orders/{}", order.as_str().unwrap())).await.expect(200);
    for told in [shipment.to_string(), order.to_string()] {
        for secret in ["VALMET", "SHP-1", "P-1", "BOL-SECRET", "Depot", "\"package_count\":7"] {
            assert!(!told.contains(secret), "{secret} crosses the hub: {told}");
        }
    }
}

#[tokio::test]
async fn partners_place_no_orders_and_learn_no_codes() {
    let api = Api::open().await;
    for (path, partner) in [("/api/v1/purchase-orders", "supplier"), ("/api/v1/sales-orders", "customer")] {
        let mut details = Vec::new();
        for ship_to in ["NORTHWATER", "NOBODY"] {
            let mut order = purchase_order("KESTREL", "P-1");
            let fields = order.as_object_mut().unwrap();
            fields.remove("supplier");
            fields.insert(partner.to_owned(), "KESTREL".into());
            fields.insert("ship_to".to_owned(), ship_to.into());
            details.push(api.post(&api.kestrel, path, &order).await.problem(403)["detail"].clone());
        }
        assert_eq!(details[0], details[1]);
    }
    assert_eq!(api.orders().await, 0);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let api = Api::open().await;
    for path in ["/api/v1/nothing", "/api/v1/orders/7", "/api/v1/documents/00000000-0000-7000-8000-000000000000", "/api/nothing"] {
        api.get(&api.hub, path).await.problem(404);
    }
    let wrong = api.send(with_key(Request::delete("/api/v1/orders"), &api.hub).body(Body::empty()).unwrap()).await;
    wrong.problem(405);
    assert!(wrong.header("allow").contains("GET"), "{:?}", wrong.headers);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let api = Api::open().await;
    let path = "/api/v1/purchase-orders";
    let body = purchase_order("KESTREL", "P-1").to_string();
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
        let request = with_key(Request::post(path), &api.hub).header("Content-Type", media_type);
        api.send(request.body(Body::from(body.clone())).unwrap()).await.problem(415);
    }
    api.send(with_key(Request::post(path), &api.hub).body(Body::from(body.clone())).unwrap()).await.problem(415);
    api.send(post(&api.hub, path).body(Body::from("{\"supplier\":")).unwrap()).await.problem(400);
    api.send(post(&api.hub, path).body(Body::from(vec![b' '; 4 * 1024 * 1024 + 1])).unwrap()).await.problem(413);
    assert_eq!(api.orders().await, 0);
}
