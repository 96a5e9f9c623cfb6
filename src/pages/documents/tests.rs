//! Documents over HTTP: whose they are, how a value leads to its segment, the original file, and sending one again.

use axum::http::StatusCode;
use bytes::Bytes;
use sqlx::types::Json;

use crate::{
    domain::{
        document::DocumentStatus,
        ids::{DocumentId, OrganisationId, RouteId},
        message::Document as Content,
    },
    pages::testing::World,
    service::{
        exchange::{self, Source, view},
        outbox::{self, Outgoing, Sealed},
    },
    store::{
        Scope,
        documents::{self, Document, DocumentFilter},
        organisations,
        routes::{self, Route},
    },
};

const FILE: &str = concat!(
    "ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*OSTERMANN      *261124*0901*U*00401*000000001*0*P*>~",
    "GS*PO*CASTELLAN*OSTERMANN*20261124*0901*1*X*004010~ST*850*0001~BEG*00*SA*4500071844**20261124~",
    "PO1*10*12*EA*.218*PE*BP*KF-1~CTT*1~SE*5*0001~GE*1*1~IEA*1*000000001~",
);

async fn received(world: &World) -> DocumentId {
    let source = Source {
        owner: world.hub.organisation,
        route: None,
        name: "order.edi".to_owned(),
        handle: None,
        is_copy: false,
        refuses_test: false,
    };
    let receipt = exchange::receive(&world.context, source, Bytes::from_static(FILE.as_bytes())).await.unwrap();
    assert_eq!(receipt.status, "received", "{:?}", receipt.failure);
    let filter = DocumentFilter { search: Some("4500071844".to_owned()), ..DocumentFilter::default() };
    documents::list(&mut world.context.db.read().await.unwrap(), Scope::Hub, &filter, 10).await.unwrap()[0].id
}

async fn stored(world: &World, id: DocumentId) -> Document {
    documents::find(&mut world.context.db.read().await.unwrap(), Scope::Hub, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_document_is_there_for_its_parties_alone() {
    let world = World::new().await;
    let id = received(&world).await;
    let (page, file) = (format!("/documents/{id}"), format!("/documents/{id}/file"));
    for code in ["KESTREL", "NORTHWATER"] {
        let mut stranger = world.browser(code).await;
        for address in [page.clone(), file.clone(), format!("{page}/again")] {
            let (status, body) = stranger.get(&address).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{code} {address}");
            assert!(!body.contains("4500071844"), "{code} {address}");
        }
        assert!(!stranger.page("/documents").await.contains("4500071844"), "{code}");
        let (status, _) = stranger.post("/do/send-again", &[("document", &id.to_string())]).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{code}");
    }
    assert_eq!(stored(&world, id).await.status, DocumentStatus::New);
    let mut supplier = world.browser("OSTERMANN").await;
    assert!(supplier.page("/documents?tab=new&kind=purchase_order&q=71844").await.contains("4500071844"));
    assert!(!supplier.page("/documents?tab=out&q=71844").await.contains(&id.to_string()));
    assert!(supplier.page(&page).await.contains("Purchase order 4500071844"));
    assert_eq!(stored(&world, id).await.status, DocumentStatus::Read);
}

#[tokio::test]
async fn the_original_file_is_given_out_byte_for_byte() {
    let world = World::new().await;
    let id = received(&world).await;
    let file = format!("/documents/{id}/file");
    let mut hub = world.browser("CASTELLAN").await;
    assert_eq!(hub.page(&file).await, FILE);
    assert_eq!(stored(&world, id).await.status, DocumentStatus::New, "the hub is not its receiver");
    let mut supplier = world.browser("OSTERMANN").await;
    assert_eq!(supplier.page(&file).await, FILE);
    assert_eq!(stored(&world, id).await.status, DocumentStatus::Downloaded);
    supplier.page(&format!("/documents/{id}")).await;
    assert_eq!(stored(&world, id).await.status, DocumentStatus::Downloaded, "opening it takes nothing back");
    assert_eq!(supplier.get("/documents/not-an-id/file").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_that_holds_more_than_ones_own_is_not_offered_and_says_why_it_is_refused() {
    let world = World::new().await;
    let both = format!(
        "{FILE}{}",
        FILE.replace("OSTERMANN", "KESTREL  ").replace("KESTREL  *20261124", "KESTREL*20261124").replace("000000001", "000000002")
    );
    let source = Source {
        owner: world.hub.organisation,
        route: None,
        name: "orders.edi".to_owned(),
        handle: None,
        is_copy: false,
        refuses_test: false,
    };
    let receipt = exchange::receive(&world.context, source, Bytes::from(both)).await.unwrap();
    assert_eq!(receipt.status, "received", "{:?}", receipt.failure);
    let all = documents::list(&mut world.context.db.read().await.unwrap(), Scope::Hub, &DocumentFilter::default(), 10).await.unwrap();
    let of = |name: &str| all.iter().find(|row| row.code == "850" && row.counterparty.as_deref() == Some(name)).unwrap().id;
    let page = format!("/documents/{}", of("Ostermann Forge"));
    assert_ne!(of("Ostermann Forge"), of("Kestrel Castings"));
    let mut supplier = world.browser("OSTERMANN").await;
    assert!(!supplier.page(&page).await.contains("Original file"));
    let (status, refused) = supplier.get(&format!("{page}/file")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(refused.contains("This file also holds documents of other partners."), "{refused}");
    assert!(world.browser("CASTELLAN").await.page(&page).await.contains("Original file"));
}

/// Every anchor that the page leads to within itself, and every id it has.
fn anchors(page: &str) -> (Vec<&str>, Vec<&str>) {
    let after = |mark: &'static str| page.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>();
    (after("href=\"#"), after(" id=\""))
}

#[tokio::test]
async fn every_value_leads_to_its_element_and_back() {
    let world = World::new().await;
    let id = received(&world).await;
    let page = world.browser("OSTERMANN").await.page(&format!("/documents/{id}")).await;
    let (links, ids) = anchors(&page);
    for wanted in ["s4e3", "v-number", "s5e2", "v-lines.0.quantity", "s5e4", "v-lines.0.unit_price"] {
        assert!(links.contains(&wanted) && ids.contains(&wanted), "{wanted} in {links:?} and {ids:?}");
    }
    for link in links.iter().filter(|link| link.starts_with('s') || link.starts_with("v-")) {
        assert!(ids.contains(link), "{link} leads nowhere");
    }
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "an id is there once");
}

/// An order of the hub, put into the outbox.
async fn order(world: &World, receiver: OrganisationId, number: &str) -> DocumentId {
    let context = &world.context;
    let filter = DocumentFilter { search: Some("4500071844".to_owned()), ..DocumentFilter::default() };
    let original = documents::list(&mut context.db.read().await.unwrap(), Scope::Hub, &filter, 1).await.unwrap()[0].id;
    let Some(Json(Content::PurchaseOrder(mut order))) = stored(world, original).await.content else { panic!("an order") };
    number.clone_into(&mut order.number);
    let outgoing = Outgoing {
        content: Content::PurchaseOrder(order),
        sender: world.hub.organisation,
        receiver,
        number,
        order: None,
        shipment: None,
        invoice: None,
        author: "Test",
        release_at: context.now(),
    };
    let mut tx = context.db.begin().await.unwrap();
    let id = outbox::put(context, &mut tx, outgoing).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// An order to Kestrel whose bytes wait on a route, and the route.
async fn sent(world: &World) -> (DocumentId, Route) {
    let context = &world.context;
    let kestrel = organisations::find_by_code(&mut context.db.read().await.unwrap(), "KESTREL").await.unwrap().unwrap();
    received(world).await;
    let route = Route {
        id: context.id::<RouteId>(),
        organisation_id: kestrel.id,
        name: "Kestrel folder".to_owned(),
        config: Json(serde_json::json!({ "transport": "folder", "inbound": "/nowhere/in", "outbound": "/nowhere/out" })),
        is_copy: false,
        is_active: true,
        looked_at: None,
        succeeded_at: None,
        failed_at: None,
        failure: None,
    };
    let mut tx = context.db.begin().await.unwrap();
    routes::insert(&mut tx, &route).await.unwrap();
    tx.commit().await.unwrap();
    let id = order(world, kestrel.id, "4500071900").await;
    outbox::seal(context, kestrel.id).await.unwrap();
    (id, route)
}

/// What waits to be handed to the transport next.
async fn next(world: &World, route: &Route) -> Option<Sealed> {
    outbox::next_sealed(&world.context, route).await.unwrap()
}

#[tokio::test]
async fn the_hub_sends_a_silent_document_again_with_the_same_bytes() {
    let world = World::new().await;
    let (id, route) = sent(&world).await;
    let first = next(&world, &route).await.unwrap();
    outbox::mark_sent(&world.context, first.id, "handle-1", true).await.unwrap();
    let address = format!("/documents/{id}");

    let mut partner = world.browser("KESTREL").await;
    assert!(!partner.page(&address).await.contains("Send again"), "only the hub sends again");
    assert_eq!(partner.get(&format!("{address}/again")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(partner.post("/do/send-again", &[("document", &id.to_string())]).await.0, StatusCode::NOT_FOUND);

    let mut hub = world.browser("CASTELLAN").await;
    assert!(hub.page(&address).await.contains(&format!("{address}/again")));
    assert!(hub.page(&format!("{address}/again")).await.contains("takes it for a repeat"));
    assert_eq!(hub.post("/do/send-again", &[("document", &id.to_string())]).await, (StatusCode::SEE_OTHER, address.clone()));
    let second = next(&world, &route).await.unwrap();
    assert_eq!((&second.bytes, second.name.as_str()), (&first.bytes, first.name.replace(".edi", "-2.edi").as_str()));
    let document = stored(&world, id).await;
    assert_eq!((document.status, document.delivered_at), (DocumentStatus::Submitted, None));

    // The first sending arrives late: it says nothing about the second.
    outbox::mark_delivered(&world.context, first.id).await.unwrap();
    assert_eq!(stored(&world, id).await.status, DocumentStatus::Submitted);
    outbox::mark_sent(&world.context, second.id, "handle-2", true).await.unwrap();
    let view = view::load(&world.context, &world.hub, id).await.unwrap();
    assert_eq!(view.document.status, DocumentStatus::Sent);
    assert!(view.interchange.is_some() && view.group.is_some(), "it keeps its envelope");
    assert!(hub.page(&address).await.contains("Sent again as"));
}

#[tokio::test]
async fn a_document_that_never_left_is_only_tried_at_once() {
    let world = World::new().await;
    let (id, route) = sent(&world).await;
    let first = next(&world, &route).await.unwrap();
    outbox::mark_failed(&world.context, first.id, "The folder is gone.").await.unwrap();
    let mut hub = world.browser("CASTELLAN").await;
    let address = format!("/documents/{id}");
    assert!(hub.page(&address).await.contains("The folder is gone."));
    hub.post("/do/send-again", &[("document", &id.to_string())]).await;
    assert_eq!(next(&world, &route).await.unwrap().id, first.id, "one file, one name");

    // Once it is acknowledged there is nothing to send again.
    outbox::mark_delivered(&world.context, first.id).await.unwrap();
    let mut tx = world.context.db.begin().await.unwrap();
    let document = documents::find(&mut tx, Scope::Hub, id).await.unwrap().unwrap();
    documents::set_acknowledged(
        &mut tx,
        &document,
        crate::domain::document::Verdict::Accepted,
        &serde_json::json!([]),
        world.context.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let (status, back) = hub.post("/do/send-again", &[("document", &id.to_string()), ("back", &address)]).await;
    assert_eq!((status, back.as_str()), (StatusCode::SEE_OTHER, address.as_str()));
    assert!(next(&world, &route).await.is_none());
}

#[tokio::test]
async fn what_waits_for_a_route_that_is_off_leaves_when_it_is_on_again() {
    let world = World::new().await;
    let (_, route) = sent(&world).await;
    let first = next(&world, &route).await.unwrap();
    outbox::mark_sent(&world.context, first.id, "handle-1", true).await.unwrap();
    let mut hub = world.browser("CASTELLAN").await;
    hub.post("/do/switch-route", &[("route", &route.id.to_string()), ("to", "off")]).await;

    let id = order(&world, route.organisation_id, "4500071901").await;
    outbox::seal(&world.context, route.organisation_id).await.unwrap();
    assert_eq!(stored(&world, id).await.status, DocumentStatus::Validated, "it is not taken for a document of the portal");
    hub.post("/do/switch-route", &[("route", &route.id.to_string()), ("to", "on")]).await;
    outbox::seal(&world.context, route.organisation_id).await.unwrap();
    assert_eq!(stored(&world, id).await.status, DocumentStatus::Submitted);
    assert!(next(&world, &route).await.is_some());
}
