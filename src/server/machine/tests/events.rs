//! Events of the integration layer over HTTP, and the cases they make, read back with keys.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use super::{Answer, Api, wrong_fields};
use crate::{
    connectors::xconnector::{Secret, event::BATCH, event::STRUCTURED},
    domain::{
        access::{Actor, Audience, Role, Who},
        refusal::Reason,
    },
    service::cases::participants,
    store::{organisations, refused},
};

const OLD: &[u8] = &[1; 32];
const NEW: &[u8] = &[2; 32];

async fn portal() -> Api {
    Api::configured(|config| config.xconnector.secret = Some(format!("{} {}", Secret::written(OLD), Secret::written(NEW)))).await
}

/// Sends a body as it is, signed with a secret at a time in seconds.
async fn signed(api: &Api, secret: &[u8], at: i64, media_type: &str, body: String) -> Answer {
    let secret = Secret::parse(&Secret::written(secret)).unwrap();
    let request = Request::post("/api/v1/events")
        .header("content-type", media_type)
        .header("webhook-id", "msg-1")
        .header("webhook-timestamp", at.to_string())
        .header("webhook-signature", secret.sign("msg-1", at, body.as_bytes()));
    api.send(request.body(Body::from(body)).unwrap()).await
}

fn now(api: &Api) -> i64 {
    api.state.context.now().micros() / 1_000_000
}

async fn send(api: &Api, event: &Value) -> Answer {
    signed(api, NEW, now(api), STRUCTURED, event.to_string()).await
}

fn event(id: &str, kind: &str, data: Value) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "/erp", "type": format!("xconnector.{kind}"), "data": data })
}

fn raised(id: &str, case: &str) -> Value {
    let data = json!({ "partner": "KESTREL", "case": case, "kind": "invoice", "severity": "warning", "title": "Price differs" });
    event(id, "exception.raised", data)
}

#[tokio::test]
async fn an_event_opens_a_case_that_both_keys_read_and_a_stranger_does_not() {
    let api = portal().await;
    let receipt = send(&api, &raised("e-1", "INC-1")).await.expect(202);
    assert_eq!((receipt["status"].as_str(), receipt["event"].as_str()), (Some("taken"), Some("e-1")));
    for (id, visibility) in [("c-1", "partner"), ("c-2", "internal")] {
        let data =
            json!({ "case": "INC-1", "comment": id, "author": "Accounts", "text": format!("for {visibility}"), "visibility": visibility });
        send(&api, &event(id, "case.commented", data)).await.expect(202);
    }
    let found = api.get(&api.hub, "/api/v1/cases?external=INC-1").await.expect(200)["items"].clone();
    assert_eq!((found.as_array().unwrap().len(), found[0]["status"].as_str()), (1, Some("open")));
    let path = format!("/api/v1/cases/{}", found[0]["id"].as_str().unwrap());
    let case = api.get(&api.hub, &path).await.expect(200);
    assert_eq!((case["external"][0]["id"].as_str(), case["counterparty"]["code"].as_str()), (Some("INC-1"), Some("KESTREL")));
    let partner = api.get(&api.kestrel, &path).await.expect(200);
    assert_eq!(partner["external"], json!([]), "what the hub's systems call it is theirs");
    let comments = async |key: &str| api.get(key, &format!("{path}/comments")).await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!((comments(&api.hub).await, comments(&api.kestrel).await), (3, 2), "what is internal stays with the hub");
    for address in [path.clone(), format!("{path}/comments")] {
        api.get(&api.ostermann, &address).await.problem(404);
    }
    assert_eq!(api.get(&api.ostermann, "/api/v1/cases").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn the_key_of_another_that_takes_part_reads_its_own_exchange() {
    let api = portal().await;
    send(&api, &raised("e-1", "INC-1")).await.expect(202);
    let said = json!({ "case": "INC-1", "comment": "c-1", "author": "Accounts", "text": "SECRET", "visibility": "partner" });
    send(&api, &event("e-2", "case.commented", said)).await.expect(202);
    let attached = json!({ "case": "INC-1", "attachment": "a-1", "name": "SECRET.txt", "media_type": "text/plain", "visibility": "partner",
        "content": "aGVsbG8=", "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" });
    send(&api, &event("e-3", "case.attachment.added", attached)).await.expect(202);
    let case = api.get(&api.hub, "/api/v1/cases").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/cases/{case}");
    api.get(&api.ostermann, &path).await.problem(404);

    let context = &api.state.context;
    let hub = {
        let mut conn = context.db.read().await.unwrap();
        let found = organisations::hub(&mut conn).await.unwrap().unwrap();
        Actor {
            who: Who::Machine(context.id()),
            name: "Test".to_owned(),
            organisation: found.id,
            organisation_name: found.name.clone(),
            audience: Audience::Hub,
            sells: false,
            buys: false,
            role: Role::Administrator,
        }
    };
    participants::add(context, &hub, case.parse().unwrap(), "OSTERMANN", "Is it yours?").await.unwrap();
    let comments = api.get(&api.ostermann, &format!("{path}/comments")).await.expect(200);
    assert_eq!((comments["items"].as_array().unwrap().len(), &comments["items"][0]["text"]), (1, &json!("Is it yours?")));
    for address in ["/api/v1/cases", &path, &format!("{path}/comments"), &format!("{path}/attachments")] {
        let told = api.get(&api.ostermann, address).await.expect(200).to_string();
        assert!(!told.contains("SECRET") && !told.contains("KESTREL") && !told.contains("INC-1"), "{address}: {told}");
    }
    let files = api.get(&api.kestrel, &format!("{path}/attachments")).await.expect(200);
    let content = format!("{path}/attachments/{}/content", files["items"][0]["id"].as_str().unwrap());
    api.get(&api.ostermann, &content).await.problem(404);
    assert_eq!(api.get(&api.kestrel, &content).await.body, b"hello");
    let comments = api.get(&api.kestrel, &format!("{path}/comments")).await.expect(200).to_string();
    assert!(comments.contains("SECRET") && !comments.contains("Is it yours?"), "{comments}");
}

#[tokio::test]
async fn an_event_is_taken_once_and_never_with_other_contents() {
    let api = portal().await;
    let first = send(&api, &raised("e-1", "INC-1")).await.expect(202);
    let again = send(&api, &raised("e-1", "INC-1")).await.expect(200);
    assert_eq!((again["id"].clone(), again["status"].as_str()), (first["id"].clone(), Some("known")));
    send(&api, &raised("e-1", "INC-2")).await.problem(409);
    let early = event("e-2", "case.status_changed", json!({ "case": "INC-9", "status": "resolved" }));
    assert_eq!(send(&api, &early).await.expect(202)["status"], "parked");
    assert_eq!(api.get(&api.hub, "/api/v1/cases").await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_type_that_comes_in_is_taken_and_none_is_merely_kept() {
    let api = portal().await;
    let opens = json!({ "partner": "KESTREL", "case": "INC-2", "title": "A question", "kind": "question" });
    let of = |more: serde_json::Value| {
        let mut data = json!({ "case": "INC-1" });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let sha256 = "54a685ced20ea055c7b194165c54210157cd6c8059c3d9ca8e2f49d21ea9d964";
    let file = json!({ "attachment": "a-1", "name": "list.txt", "media_type": "text/plain", "sha256": sha256, "content": "QSBsaXN0Lgo=" });
    let known = |code: &str, more: (&str, &str)| json!({ "partner": "KESTREL", "code": code, "sequence": 1, "valid_from": "2026-01-01", more.0: more.1 });
    assert_eq!(send(&api, &raised("e-0", "INC-1")).await.expect(202)["status"], "taken");
    for (kind, data) in [
        ("case.opened", opens),
        ("case.commented", of(json!({ "comment": "c-1", "author": "Desk", "text": "Seen." }))),
        ("case.status_changed", of(json!({ "status": "in_progress" }))),
        ("case.updated", of(json!({ "priority": "high" }))),
        ("case.escalated", of(json!({ "tier": 2 }))),
        ("sla.breached", of(json!({ "promise": "resolution" }))),
        ("case.attachment.added", of(file)),
        ("case.resolved", of(json!({}))),
        ("case.reopened", of(json!({}))),
        ("notification.requested", json!({ "partner": "KESTREL", "title": "Closed", "text": "On Friday" })),
        ("partner.upserted", json!({ "partner": "KESTREL", "sequence": 1, "valid_from": "2026-01-01", "name": "Kestrel" })),
        ("location.upserted", {
            let mut place = known("L-1", ("name", "Dock 4"));
            place["city"] = "Utrecht".into();
            place["country"] = "NL".into();
            place
        }),
        ("item.upserted", known("M8", ("description", "Bolt M8"))),
        ("contact.upserted", known("C-1", ("name", "Kim Reyes"))),
    ] {
        assert_eq!(send(&api, &event(kind, kind, data.clone())).await.expect(202)["status"], "taken", "{kind}");
        // The same about a case or a partner that nobody knows yet is kept until somebody does.
        let mut early = data;
        for name in ["case", "partner"] {
            if early.get(name).is_none() {
                continue;
            }
            early[name] = "NOT-YET".into();
        }
        assert_eq!(send(&api, &event(&format!("early {kind}"), kind, early)).await.expect(202)["status"], "parked", "{kind}");
    }
}

#[tokio::test]
async fn what_is_unsigned_late_or_no_event_is_refused_with_the_reason() {
    let api = portal().await;
    let body = raised("e-1", "INC-1").to_string();
    signed(&api, OLD, now(&api), STRUCTURED, body.clone()).await.expect(202);
    signed(&api, &[3; 32], now(&api), STRUCTURED, body.clone()).await.problem(401);
    for drift in [-301, 301] {
        let late = signed(&api, NEW, now(&api) + drift, STRUCTURED, body.clone()).await.problem(401);
        assert!(late["detail"].as_str().unwrap().contains("five minutes"));
    }
    let unsigned = Request::post("/api/v1/events").header("content-type", STRUCTURED).body(Body::from(body.clone())).unwrap();
    api.send(unsigned).await.problem(401);
    signed(&api, NEW, now(&api), "text/plain", body).await.problem(415);
    signed(&api, NEW, now(&api), STRUCTURED, " ".repeat(1024 * 1024 + 1)).await.problem(413);
    let wrong = event("e-3", "exception.raised", json!({ "partner": "KESTREL", "kind": "weather" }));
    let problem = send(&api, &wrong).await.problem(422);
    assert_eq!(wrong_fields(&problem), ["/data/case", "/data/severity", "/data/title"]);
    let problem = send(&api, &json!({ "specversion": "1.0" })).await.problem(422);
    assert_eq!(wrong_fields(&problem), ["/id"]);
}

/// What is kept of refused events, oldest first: the reason, the field and how often.
async fn kept(api: &Api) -> Vec<(&'static str, String, i64)> {
    let mut conn = api.state.context.db.read().await.unwrap();
    let mut rows = refused::list(&mut conn, None, None, 100).await.unwrap();
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| (row.reason.as_str(), row.field, row.times)).collect()
}

#[tokio::test]
async fn every_refusal_is_counted_and_kept_for_the_operator_without_what_is_secret() {
    let api = portal().await;
    let body = raised("e-1", "INC-1").to_string();
    signed(&api, NEW, now(&api), STRUCTURED, body.clone()).await.expect(202);
    assert_eq!(kept(&api).await, [], "what is taken is not among them");
    for _ in 0..3 {
        signed(&api, &[3; 32], now(&api), STRUCTURED, body.clone()).await.problem(401);
    }
    signed(&api, NEW, now(&api) - 400, STRUCTURED, body.clone()).await.problem(401);
    let unsigned = Request::post("/api/v1/events").header("content-type", STRUCTURED).body(Body::from(body.clone())).unwrap();
    api.send(unsigned).await.problem(401);
    signed(&api, NEW, now(&api), "text/plain", body).await.problem(415);
    signed(&api, NEW, now(&api), STRUCTURED, " ".repeat(1024 * 1024 + 1)).await.problem(413);
    send(&api, &json!({ "specversion": "1.0" })).await.problem(422);
    send(&api, &event("e-2", "exception.raised", json!({ "partner": "KESTREL", "kind": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" })))
        .await
        .problem(422);
    send(&api, &raised("e-1", "INC-2")).await.problem(409);
    let batch = json!([raised("e-3", "INC-3"), event("e-4", "exception.raised", json!({}))]);
    signed(&api, NEW, now(&api), BATCH, batch.to_string()).await.expect(202);
    let expected = [
        ("signature", "webhook-signature", 3),
        ("stale", "webhook-timestamp", 1),
        ("unsigned", "webhook-signature", 1),
        ("media_type", "content-type", 1),
        ("size", "", 1),
        ("unreadable", "/id", 1),
        ("data", "/data/case", 1),
        ("conflict", "/id", 1),
        ("data", "/data/partner", 1),
    ];
    assert_eq!(kept(&api).await, expected.map(|(reason, field, times)| (reason, field.to_owned(), times)));

    let context = &api.state.context;
    let mut conn = context.db.read().await.unwrap();
    let rows = refused::list(&mut conn, None, None, 100).await.unwrap();
    let of = |reason| rows.iter().find(|row| row.reason == reason && row.event_id != "e-4").unwrap();
    let wrong = of(Reason::Data);
    assert_eq!((wrong.source.as_str(), wrong.event_id.as_str(), wrong.kind.as_str()), ("/erp", "e-2", "xconnector.exception.raised"));
    assert!(wrong.is_signed && wrong.excerpt.contains("whsec…") && !wrong.excerpt.contains("MfKQ"), "{}", wrong.excerpt);
    let strange = of(Reason::Signature);
    assert!(!strange.is_signed && strange.event_id == "e-1", "what it claims stands there, as its own word");
    assert_eq!((of(Reason::Size).excerpt.as_str(), of(Reason::Size).size), ("", 1024 * 1024 + 1));
    let counted = refused::counts(&mut conn, context.now().date_utc()).await.unwrap();
    assert_eq!(counted.iter().map(|count| count.events).sum::<i64>(), 11);
}

#[tokio::test]
async fn of_a_batch_each_event_stands_for_itself() {
    let api = portal().await;
    let batch = json!([raised("e-1", "INC-1"), event("e-2", "exception.raised", json!({})), raised("e-1", "INC-1")]);
    let receipts = signed(&api, NEW, now(&api), BATCH, batch.to_string()).await.expect(202);
    let said: Vec<_> = receipts.as_array().unwrap().iter().map(|receipt| receipt["status"].as_str().unwrap()).collect();
    assert_eq!(said, ["taken", "refused", "known"]);
    assert_eq!(receipts[1]["errors"][0]["field"], "/data/partner");
}

#[tokio::test]
async fn without_a_secret_nothing_is_taken() {
    let api = Api::open().await;
    send(&api, &raised("e-1", "INC-1")).await.problem(401);
}

#[tokio::test]
async fn what_was_written_is_read_page_by_page_each_once() {
    let api = portal().await;
    send(&api, &raised("e-0", "INC-1")).await.expect(202);
    for n in 1..=7 {
        let said =
            json!({ "case": "INC-1", "comment": format!("c-{n}"), "author": "Desk", "text": format!("{n}"), "visibility": "partner" });
        send(&api, &event(&format!("e-{n}"), "case.commented", said)).await.expect(202);
    }
    let found = api.get(&api.hub, "/api/v1/cases?external=INC-1").await.expect(200)["items"][0].clone();
    assert_eq!(found["counterparty"]["code"], "KESTREL", "a list names the partner by its code too");
    let path = format!("/api/v1/cases/{}/comments", found["id"].as_str().unwrap());
    for key in [&api.hub, &api.kestrel] {
        let whole = api.get(key, &path).await.expect(200);
        assert_eq!(whole["next_cursor"], Value::Null);
        let (mut read, mut address) = (Vec::new(), format!("{path}?limit=3"));
        loop {
            let page = api.get(key, &address).await.expect(200);
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 3 && !items.is_empty());
            read.extend(items.iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            address = format!("{path}?limit=3&cursor={cursor}");
        }
        assert_eq!(&Value::Array(read), &whole["items"]);
    }
    for wrong in ["limit=0", "limit=101", "cursor=x", "page=2"] {
        api.get(&api.hub, &format!("{path}?{wrong}")).await.problem(400);
    }
    for empty in ["", "%20"] {
        let problem = api.get(&api.hub, &format!("/api/v1/cases?external={empty}")).await.problem(422);
        assert_eq!(wrong_fields(&problem), ["external"]);
    }
}

#[tokio::test]
async fn a_misspelt_role_and_a_member_that_is_given_twice_are_refused_by_name() {
    let api = portal().await;
    let partner = |roles: Value| {
        let data = json!({ "partner": "NEW", "code": "NEW", "sequence": 1, "valid_from": "2026-01-01", "name": "New", "roles": roles });
        event("e-1", "partner.upserted", data)
    };
    for (roles, field) in
        [(json!(["supplier", "custommer"]), "/data/roles/1"), (json!(["hub"]), "/data/roles/0"), (json!("supplier"), "/data/roles")]
    {
        assert_eq!(wrong_fields(&send(&api, &partner(roles)).await.problem(422)), [field]);
    }
    send(&api, &partner(json!(["supplier", "customer"]))).await.expect(202);
    let twice = raised("e-2", "INC-1").to_string().replacen("\"case\"", "\"case\":\"INC-0\",\"case\"", 1);
    let problem = signed(&api, NEW, now(&api), STRUCTURED, twice).await.problem(422);
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains("case is given twice"), "{problem}");
}
