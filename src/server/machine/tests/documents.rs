//! Handing in files, and what is said of them afterwards.

use axum::{body::Body, http::Request};
use serde_json::Value;

use super::{Answer, Api, interchange, order_file, with_key};

fn id(answer: &Answer) -> String {
    answer.expect(202)["document_id"].as_str().unwrap().to_owned()
}

async fn shown(api: &Api, key: &str, id: &str) -> Answer {
    api.get(key, &format!("/api/v1/documents/{id}")).await
}

#[tokio::test]
async fn two_suppliers_may_get_the_same_order_number_and_control_number_and_a_replay_changes_nothing() {
    let api = Api::open().await;
    let (first, second) = (order_file("KESTREL", "000000007", "P-1"), order_file("OSTERMANN", "000000007", "P-1"));
    for file in [&first, &second] {
        let answer = api.hand_in(&api.hub, file).await;
        assert_eq!(answer.expect(202)["status"], "received");
        assert_eq!(answer.json()["failure"], Value::Null);
        assert_eq!(answer.header("location"), format!("/api/v1/documents/{}", id(&answer)));
    }
    let listed = api.get(&api.hub, "/api/v1/purchase-orders?number=P-1").await.expect(200);
    let mut suppliers: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["counterparty"]["code"].clone()).collect();
    suppliers.sort_by_key(ToString::to_string);
    assert_eq!(suppliers, ["KESTREL", "OSTERMANN"]);

    let again = api.hand_in(&api.hub, &first).await;
    assert_eq!(again.expect(202)["status"], "received");
    assert_eq!(api.orders().await, 2);
    let replay = shown(&api, &api.hub, &id(&again)).await.expect(200);
    assert_eq!(replay["interchanges"][0]["status"], "not_taken");
    assert_eq!(replay["findings"][0]["code"], "already_taken");
    assert_eq!(replay["documents"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_partner_sees_what_became_of_a_file_it_handed_in_although_nothing_was_taken() {
    let api = Api::open().await;
    let noise = id(&api.hand_in(&api.kestrel, "no document").await);
    let seen = shown(&api, &api.kestrel, &noise).await.expect(200);
    assert_eq!((&seen["status"], &seen["documents"]), (&"refused".into(), &Value::Array(Vec::new())));
    shown(&api, &api.ostermann, &noise).await.problem(404);
}

#[tokio::test]
async fn a_file_is_shown_with_its_four_levels_and_three_acknowledgments() {
    let api = Api::open().await;
    let request = with_key(Request::post("/api/v1/documents"), &api.hub).header("X-File-Name", "C:\\out\\po 1.edi");
    let file = order_file("KESTREL", "000000007", "P-1");
    let answer = api.send(request.body(Body::from(file.clone())).unwrap()).await;
    let seen = shown(&api, &api.hub, &id(&answer)).await.expect(200);
    assert_eq!((&seen["name"], &seen["status"], &seen["direction"]), (&"po 1.edi".into(), &"received".into(), &"in".into()));
    assert_eq!(seen["size"], file.len());
    let (interchange, group, document) = (&seen["interchanges"][0], &seen["groups"][0], &seen["documents"][0]);
    assert_eq!((&interchange["sender"], &interchange["receiver"]), (&"CASTELLAN".into(), &"KESTREL".into()));
    assert_eq!((&interchange["status"], &interchange["acknowledgment"]), (&"taken".into(), &"000".into()));
    assert_eq!((&group["interchange_id"], &group["status"]), (&interchange["id"], &"A".into()));
    assert_eq!((&document["group_id"], &document["kind"], &document["number"]), (&group["id"], &"purchase_order".into(), &"P-1".into()));
    assert_eq!((&document["status"], &document["accepted"]), (&"new".into(), &true.into()));
    let acknowledgments = &document["acknowledgments"];
    assert_eq!(acknowledgments["delivered_at"], "2026-11-24T09:12:00Z");
    assert_eq!((&acknowledgments["read_at"], &acknowledgments["read_verdict"]), (&"2026-11-24T09:12:00Z".into(), &"A".into()));
    assert_eq!(acknowledgments["answered_at"], Value::Null);

    let order = api.get(&api.kestrel, &format!("/api/v1/orders/{}", document["order_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&order["number"], &order["status"]), (&"P-1".into(), &"received".into()));
}

#[tokio::test]
async fn faults_are_told_with_their_place() {
    let api = Api::open().await;
    let body = "BEG*00*NE*P-1**20261124~PO1*1*ten*EA*2.5075**BP*M8~CTT*1~";
    let answer = api.hand_in(&api.hub, &interchange("CASTELLAN", "KESTREL", "000000001", "PO", "850", body)).await;
    let seen = shown(&api, &api.hub, &id(&answer)).await.expect(200);
    assert_eq!((&seen["documents"][0]["accepted"], &seen["groups"][0]["status"]), (&false.into(), &"R".into()));
    let finding = &seen["findings"][0];
    assert_eq!((&finding["code"], &finding["segment"], &finding["element"]), (&"not_a_number".into(), &5.into(), &2.into()));
    assert_eq!(finding, &seen["documents"][0]["findings"][0]);
    assert_eq!(api.orders().await, 0);

    let noise = api.hand_in(&api.hub, "Dear all, find the order attached.").await.expect(202);
    assert_eq!(noise["status"], "refused");
    assert!(noise["failure"].as_str().is_some_and(|why| !why.is_empty()));
}

#[tokio::test]
async fn a_partner_hands_in_its_own_documents_and_sees_nobody_elses() {
    let api = Api::open().await;
    let answer = |sender: &str| {
        let body = "BAK*00*AD*P-1*20261124*****20261124~PO1*1*10*EA*2.5075**BP*M8~ACK*IA*10*EA*067*20261201~CTT*1~";
        interchange(sender, "CASTELLAN", "000000001", "PR", "855", body)
    };
    api.hand_in(&api.hub, &order_file("KESTREL", "000000007", "P-1")).await.expect(202);
    let foreign = api.hand_in(&api.ostermann, &answer("KESTREL")).await.problem(403);
    assert!(foreign["detail"].as_str().unwrap().contains("OSTERMANN"), "{foreign}");
    let order = api.get(&api.kestrel, "/api/v1/orders").await.expect(200);
    assert_eq!(order["items"][0]["status"], "received", "the answer in another's name changed nothing");

    let own = api.hand_in(&api.kestrel, &answer("KESTREL")).await;
    assert_eq!(own.expect(202)["status"], "received");
    assert_eq!(api.get(&api.kestrel, "/api/v1/orders").await.expect(200)["items"][0]["status"], "confirmed");
    shown(&api, &api.kestrel, &id(&own)).await.expect(200);
    shown(&api, &api.ostermann, &id(&own)).await.problem(404);
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_before_and_while_it_comes() {
    let api = Api::open().await;
    let request = || with_key(Request::post("/api/v1/documents"), &api.hub);
    let announced = request().header("Content-Length", 64 * 1024 * 1024 + 1).body(Body::from("ISA")).unwrap();
    api.send(announced).await.problem(413);
    let chunks = (0..65).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'~'; 1024 * 1024])));
    let streamed = request().body(Body::from_stream(futures::stream::iter(chunks))).unwrap();
    api.send(streamed).await.problem(413);
}
