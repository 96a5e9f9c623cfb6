//! Endpoints over HTTP: only the hub looks after them, what it enters is checked, and what it does is done.

use axum::http::StatusCode;
use serde_json::json;

use crate::{
    connectors::xconnector::Claims,
    domain::{ids::EndpointId, refusal::Reason},
    pages::testing::World,
    service::{
        cases::open::{self, CaseForm},
        xconnector::{
            self,
            refused::{self, Refusal, Refusals},
        },
    },
    store::{endpoints, refused as stored},
};

async fn register(world: &World, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let back = [("back", "/endpoints/add")];
    let fields: Vec<_> = fields.iter().chain(&back).copied().collect();
    world.browser("CASTELLAN").await.post("/do/add-endpoint", &fields).await
}

#[tokio::test]
async fn an_endpoint_is_registered_after_its_address_was_checked() {
    let world = World::new().await;
    let mut hub = world.browser("CASTELLAN").await;
    assert!(hub.page("/endpoints").await.contains("No system is told of anything"));
    let inside = [("name", "ERP"), ("url", "https://10.0.0.7/events"), ("secret", "whsec_short"), ("back", "/endpoints/add")];
    assert_eq!(hub.post("/do/add-endpoint", &inside).await, (StatusCode::SEE_OTHER, "/endpoints/add".to_owned()));
    let page = hub.page("/endpoints/add").await;
    assert!(page.contains("2 things need attention") && page.contains("Mark the endpoint as local"), "{page}");
    assert!(page.contains(r#"value="https://10.0.0.7/events""#) && !page.contains("whsec_short"), "what was typed is kept, but no secret");

    let (status, address) =
        register(&world, &[("name", "ERP"), ("url", "https://10.0.0.7/events"), ("is_local", "on"), ("what", "cases")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let page = hub.page(&address).await;
    assert!(page.contains("whsec_") && page.contains("This machine or network") && page.contains("Not used yet"), "{page}");
    assert!(hub.page("/endpoints").await.contains("https://10.0.0.7/events"));
    register(&world, &[("name", "ERP"), ("url", "https://events.example/")]).await;
    assert_eq!(endpoints::list(&mut world.context.db.read().await.unwrap()).await.unwrap().len(), 1, "a name is given once");
}

#[tokio::test]
async fn the_log_shows_each_event_and_the_switch_and_the_secret_do_what_they_say() {
    let world = World::new().await;
    let mut hub = world.browser("CASTELLAN").await;
    let (_, address) = register(&world, &[("name", "ERP"), ("url", "https://events.example/")]).await;
    let id = address.trim_start_matches("/endpoints/").to_owned();
    let form =
        CaseForm { kind: "question".to_owned(), title: "Which drawing?".to_owned(), text: "C or D?".to_owned(), ..CaseForm::default() };
    open::open(&world.context, &world.supplier, &form).await.unwrap();
    let page = hub.page(&address).await;
    assert!(page.contains("case.opened") && page.contains("number 1") && page.contains("Waiting"), "{page}");

    hub.post("/do/switch-endpoint", &[("endpoint", &id), ("to", "off")]).await;
    assert!(hub.page(&address).await.contains("Switched off"));
    hub.post("/do/switch-endpoint", &[("endpoint", &id), ("to", "on")]).await;
    hub.post("/do/endpoint-secret", &[("endpoint", &id), ("to", "new")]).await;
    assert!(hub.page(&address).await.contains("Drop the old one"));
    hub.post("/do/endpoint-secret", &[("endpoint", &id), ("to", "drop")]).await;
    assert!(!hub.page(&address).await.contains("Drop the old one"));

    let key: EndpointId = id.parse().unwrap();
    let delivery = endpoints::newest(&mut world.context.db.read().await.unwrap(), key, 1).await.unwrap().remove(0).id;
    let mut tx = world.context.db.begin().await.unwrap();
    endpoints::set_outcome(&mut tx, delivery, "dead", world.context.now(), Some("It never arrived."), Some(world.context.now()))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = hub.page(&address).await;
    assert!(page.contains("It never arrived.") && page.contains("Leave out") && page.contains("Given up"), "{page}");
    assert!(hub.page("/endpoints").await.contains("1 event was given up"));
    let field = [("delivery", delivery.to_string())];
    let field: Vec<_> = field.iter().map(|(name, value)| (*name, value.as_str())).collect();
    hub.post("/do/replay-event", &field).await;
    assert!(hub.page(&address).await.contains("sent again now"));
    hub.post("/do/leave-out-event", &[field[0], ("back", &address)]).await;
    assert!(hub.page(&address).await.contains("was not given up"), "it waits again, so there is nothing to leave out");
}

#[tokio::test]
async fn what_waits_and_what_was_refused_is_read_and_settled_in_the_browser() {
    let world = World::new().await;
    let mut hub = world.browser("CASTELLAN").await;
    let page = hub.page("/endpoints").await;
    assert!(page.contains("Nothing waits") && page.contains("No event was refused"), "{page}");
    assert!(hub.page("/endpoints/refused").await.contains("No event was refused"));
    let event =
        json!({ "specversion": "1.0", "id": "e-1", "source": "/erp", "type": "xconnector.case.resolved", "data": { "case": "INC<1>" } });
    let id = xconnector::take(&world.context, &serde_json::from_value(event).unwrap()).await.unwrap().id;
    let page = hub.page("/endpoints").await;
    assert!(page.contains("1 event that came waits") && page.contains(&format!("/endpoints/parked/{id}")), "{page}");
    let address = format!("/endpoints/parked/{id}");
    let page = hub.page(&address).await;
    assert!(page.contains("No case INC") && page.contains("INC&lt;1&gt;") && page.contains("Apply again"), "what it says is text: {page}");
    let text = id.to_string();
    let fields = [("event", text.as_str())];
    hub.post("/do/apply-event", &fields).await;
    assert!(hub.page(&address).await.contains("The event still waits."));
    hub.post("/do/set-event-aside", &fields).await;
    let page = hub.page(&address).await;
    assert!(page.contains("It can be brought back here") && page.contains("Bring it back") && !page.contains("Apply again<"), "{page}");
    assert!(!hub.page("/endpoints").await.contains("event that came waits"));
    assert!(hub.page("/endpoints/parked?tab=aside").await.contains(&address));
    hub.post("/do/bring-event-back", &fields).await;
    assert!(hub.page("/endpoints/parked").await.contains(&address));

    let refusal = || Refusal {
        reason: Reason::Data,
        field: "/data/title".to_owned(),
        message: "title is missing.".to_owned(),
        claims: Claims { source: "/erp".to_owned(), id: "e-2".to_owned(), kind: "xconnector.case.opened".to_owned() },
        size: 15,
        body: b"<script>alert()</script>".to_vec(),
    };
    refused::record(&world.context, &Refusals::default(), Reason::Data, refusal).await;
    let page = hub.page("/endpoints").await;
    assert!(page.contains("Field cannot be used") && page.contains("/endpoints/refused?reason=data"), "{page}");
    let page = hub.page("/endpoints/refused?reason=data").await;
    assert!(page.contains("title is missing.") && page.contains("/data/title"), "{page}");
    let kept = stored::list(&mut world.context.db.read().await.unwrap(), None, None, 1).await.unwrap()[0].id;
    let page = hub.page(&format!("/endpoints/refused/{kept}")).await;
    assert!(page.contains("Corrected, the event may come") && page.contains("422") && page.contains("&lt;script&gt;alert"), "{page}");
}
