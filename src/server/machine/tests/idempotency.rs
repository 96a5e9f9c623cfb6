//! The same request again gets the same answer and has no second effect.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    routing::post,
};
use serde_json::json;
use tokio::sync::Notify;

use super::{Answer, Api, order_file, purchase_order, send, with_key, wrong_fields};
use crate::{server::machine::answers::once, store::machine};

const ORDERS: &str = "/api/v1/purchase-orders";

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_byte_for_byte() {
    let api = Api::open().await;
    let order = purchase_order("KESTREL", "P-1");
    let first = api.post_named(&api.hub, "order-1", ORDERS, &order).await;
    let again = api.post_named(&api.hub, "order-1", ORDERS, &order).await;
    first.expect(201);
    assert_eq!(again.status, first.status);
    assert_eq!(again.body, first.body);
    for header in ["content-type", "location"] {
        assert_eq!(again.header(header), first.header(header));
    }
    assert!(first.header("location").starts_with("/api/v1/orders/"));
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    assert_eq!(api.orders().await, 1);
}

#[tokio::test]
async fn a_refusal_is_an_answer_too() {
    let api = Api::open().await;
    let order = purchase_order("NOBODY", "P-1");
    let first = api.post_named(&api.hub, "order-1", ORDERS, &order).await;
    let problem = first.problem(422);
    assert_eq!(problem["reference"], first.header("x-request-id"));
    let again = api.post_named(&api.hub, "order-1", ORDERS, &order).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));

    let forbidden = api.post_named(&api.kestrel, "order-1", ORDERS, &order).await;
    forbidden.problem(403);
    assert_eq!(api.post_named(&api.kestrel, "order-1", ORDERS, &order).await.body, forbidden.body, "each key has names of its own");
}

#[tokio::test]
async fn a_file_under_a_name_is_taken_once() {
    let api = Api::open().await;
    let hand_in = async |file: &str| {
        let request = with_key(Request::post("/api/v1/documents"), &api.hub).header("Idempotency-Key", "file-1");
        api.send(request.body(Body::from(file.to_owned())).unwrap()).await
    };
    let first = hand_in(&order_file("KESTREL", "000000001", "P-1")).await;
    let again = hand_in(&order_file("KESTREL", "000000001", "P-1")).await;
    assert_eq!(first.expect(202)["status"], "received");
    assert_eq!((&again.body, again.header("location")), (&first.body, first.header("location")));
    hand_in(&order_file("KESTREL", "000000001", "P-2")).await.problem(422);
}

#[tokio::test]
async fn a_name_stands_for_one_request() {
    let api = Api::open().await;
    let order = purchase_order("KESTREL", "P-1");
    api.post_named(&api.hub, "order-1", ORDERS, &order).await.expect(201);
    api.post_named(&api.hub, "order-1", ORDERS, &purchase_order("KESTREL", "P-2")).await.problem(422);
    api.post_named(&api.hub, "order-1", "/api/v1/sales-orders", &order).await.problem(422);
    assert_eq!(api.orders().await, 1);
    for name in ["", " ", &"x".repeat(256)] {
        api.post_named(&api.hub, name, ORDERS, &order).await.problem(400);
    }
}

/// A router with one handler that says when it began and waits until it may end.
struct Slow {
    router: Router,
    began: Arc<Notify>,
    may_end: Arc<Notify>,
}

impl Slow {
    fn new(api: &Api) -> Self {
        let (began, may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let handler = {
            let (began, may_end) = (began.clone(), may_end.clone());
            move || async move {
                began.notify_one();
                may_end.notified().await;
                axum::Json(json!("done"))
            }
        };
        let router = Router::new().route("/", post(once(handler, 10))).with_state(api.state.clone());
        Self { router, began, may_end }
    }

    fn request(api: &Api) -> Request<Body> {
        with_key(Request::post("/"), &api.hub).header("Idempotency-Key", "slow").body(Body::empty()).unwrap()
    }

    async fn post(&self, api: &Api) -> Answer {
        send(&self.router, Self::request(api)).await
    }
}

#[tokio::test]
async fn of_two_requests_at_the_same_time_one_runs() {
    let api = Api::open().await;
    let slow = Slow::new(&api);
    let first = tokio::spawn({
        let (router, request) = (slow.router.clone(), Slow::request(&api));
        async move { send(&router, request).await }
    });
    slow.began.notified().await;
    slow.post(&api).await.problem(409);
    slow.may_end.notify_one();
    let first = first.await.unwrap();
    first.expect(200);
    assert_eq!(slow.post(&api).await.body, first.body);
}

#[tokio::test]
async fn whoever_hangs_up_finds_the_answer_later() {
    let api = Api::open().await;
    let slow = Slow::new(&api);
    tokio::select! {
        _ = slow.post(&api) => panic!("it cannot have ended"),
        () = slow.began.notified() => {}
    }
    slow.post(&api).await.problem(409);
    slow.may_end.notify_one();
    let answer = loop {
        let answer = slow.post(&api).await;
        if answer.status != 409 {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((answer.expect(200), answer.header("idempotent-replayed")), (json!("done"), "true"));
}

#[tokio::test]
async fn a_fault_of_ours_is_not_kept() {
    let api = Api::open().await;
    let fails = async || StatusCode::INTERNAL_SERVER_ERROR;
    let works = async || axum::Json(json!("done"));
    let router = |methods| Router::new().route("/", methods).with_state(api.state.clone());
    assert_eq!(send(&router(post(once(fails, 10))), Slow::request(&api)).await.status, 500);
    assert_eq!(send(&router(post(once(works, 10))), Slow::request(&api)).await.expect(200), "done");
}

#[tokio::test]
async fn a_panic_and_another_media_type_leave_the_name_free() {
    let api = Api::open().await;
    let panics = async || -> StatusCode { panic!("as a handler may") };
    let other_type = async || StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let works = async || axum::Json(json!("done"));
    let router = |methods| Router::new().route("/", methods).with_state(api.state.clone());
    assert_eq!(send(&router(post(once(panics, 10))), Slow::request(&api)).await.status, 500);
    assert_eq!(send(&router(post(once(other_type, 10))), Slow::request(&api)).await.status, 415);
    assert_eq!(send(&router(post(once(works, 10))), Slow::request(&api)).await.expect(200), "done");
}

#[tokio::test]
async fn another_process_knows_that_a_request_runs_and_when_it_broke_off() {
    let api = Api::open().await;
    let slow = Slow::new(&api);
    let running = tokio::spawn({
        let (router, request) = (slow.router.clone(), Slow::request(&api));
        async move { send(&router, request).await }
    });
    slow.began.notified().await;
    // A second process shares nothing but the database.
    let works = async || axum::Json(json!("done"));
    let other = Router::new().route("/", post(once(works, 10))).with_state(api.state.clone());
    send(&other, Slow::request(&api)).await.problem(409);
    running.abort();
    api.clock.advance_seconds(599);
    send(&other, Slow::request(&api)).await.problem(409);
    api.clock.advance_seconds(1);
    assert_eq!(send(&other, Slow::request(&api)).await.expect(200), "done");
}

#[tokio::test]
async fn an_answer_is_forgotten_after_thirty_days() {
    let api = Api::open().await;
    let order = purchase_order("KESTREL", "P-1");
    api.post_named(&api.hub, "order-1", ORDERS, &order).await.expect(201);
    let forget = async || {
        let mut tx = api.state.context.db.begin().await.unwrap();
        let forgotten = machine::forget_answers(&mut tx, api.state.context.now()).await.unwrap();
        tx.commit().await.unwrap();
        forgotten
    };
    api.clock.advance_seconds(machine::ANSWER_SECONDS);
    assert_eq!(forget().await, 0);
    api.clock.advance_seconds(1);
    assert_eq!(forget().await, 1);
    api.post_named(&api.hub, "order-1", ORDERS, &order).await.problem(422);
}

#[tokio::test]
async fn a_nul_character_is_refused_where_it_stands() {
    let api = Api::open().await;
    let mut order = purchase_order("KESTREL", "P-1");
    order["lines"][0]["description"] = json!("Bolt\0M8");
    assert_eq!(wrong_fields(&api.post(&api.hub, ORDERS, &order).await.problem(422)), ["lines.0.description"]);
    api.get(&api.hub, "/api/v1/orders?number=P%001").await.problem(400);
}
