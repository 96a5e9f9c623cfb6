//! Endpoints over HTTP: only the hub looks after them, what it enters is checked, and what it does is done.

use axum::http::StatusCode;

use crate::{
    domain::ids::EndpointId,
    pages::testing::World,
    service::cases::open::{self, CaseForm},
    store::endpoints,
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
