//! Bad bytes from outside: a clear finding, the right acknowledgment, the raw bytes kept, nothing half applied.

use bytes::Bytes;
use portico::{
    domain::{ids::OrganisationId, order::OrderKind},
    sandbox::grid::Fault,
    service::exchange::{self, Source, view},
    store::{orders, routes, transmissions},
};

use super::support::{Engine, World, on_each_engine};

/// An 850 as a plain text, so that tests can break it anywhere.
fn interchange(sender: &str, receiver: &str, control: &str, number: &str, quantity: &str) -> String {
    format!(
        "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*261123*0800*U*00401*{control}*0*P*>~\
         GS*PO*{sender}*{receiver}*20261123*0800*1*X*004010~ST*850*0001~BEG*00*NE*{number}**20261123~\
         PO1*1*{quantity}*EA*2.50**BP*M8~CTT*1~SE*5*0001~GE*1*1~IEA*1*{control}~"
    )
}

fn source(owner: OrganisationId) -> Source {
    Source { route: None, owner, name: "test.edi".to_owned(), handle: None, is_copy: false, refuses_test: false }
}

async fn take(world: &World, text: &str) -> exchange::Receipt {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    exchange::receive(&world.context, source(world.cast.hub), bytes).await.unwrap()
}

async fn orders_of(world: &World, number: &str) -> bool {
    let mut conn = world.context.db.read().await.unwrap();
    orders::find_by_number(&mut conn, OrderKind::Purchase, world.cast.supplier, number).await.unwrap().is_some()
}

#[tokio::test]
async fn the_same_bytes_twice_have_no_second_effect_and_other_bytes_under_the_same_number_are_refused() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let first = interchange("CASTELLAN", "KESTREL", "000000007", "P-1", "10");
        assert_eq!(take(&world, &first).await.status, "received");
        world.settle().await;
        assert_eq!(world.grid.received("ERP").len(), 1, "one acknowledgment");

        let again = take(&world, &first).await;
        assert_eq!((again.status, again.failure), ("received", None));
        world.settle().await;
        assert_eq!(world.grid.received("ERP").len(), 1, "no second one");

        let replay = take(&world, &interchange("CASTELLAN", "KESTREL", "000000007", "P-2", "10")).await;
        assert_eq!(replay.status, "refused");
        assert!(replay.failure.unwrap().contains("000000007"));
        assert!(!orders_of(&world, "P-2").await);
        world.settle().await;
        let refusal = world.grid.received("ERP").pop().unwrap();
        assert!(refusal.text.contains("TA1*000000007*261123*0800*R*025~"), "{}", refusal.text);
    })
    .await;
}

#[tokio::test]
async fn unknown_partners_broken_envelopes_and_noise_are_kept_with_the_reason() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let whole = interchange("CASTELLAN", "KESTREL", "000000008", "P-3", "10");
        let truncated = &whole[..whole.len() - 30];
        let unknown = interchange("NOBODY", "KESTREL", "000000009", "P-3", "10");
        let wrong_end = whole.replace("IEA*1*000000008", "IEA*1*000000001");
        let noise = "x".repeat(100_000);
        for (text, reason) in [(truncated, ""), (unknown.as_str(), "NOBODY"), (wrong_end.as_str(), ""), (noise.as_str(), ""), ("", "")] {
            let receipt = take(&world, text).await;
            assert_eq!(receipt.status, "refused", "{}", &text[..text.len().min(60)]);
            let failure = receipt.failure.unwrap();
            assert!(failure.contains(reason) && failure.len() > 20, "{failure}");
            let mut conn = world.context.db.read().await.unwrap();
            let row = transmissions::find_transmission(&mut conn, receipt.transmission).await.unwrap().unwrap();
            assert_eq!(world.context.files.get(&row.file).await.unwrap().unwrap(), text.as_bytes(), "the raw bytes are kept");
        }
        assert!(!orders_of(&world, "P-3").await);
    })
    .await;
}

#[tokio::test]
async fn a_bad_set_is_rejected_whole_while_its_neighbour_is_applied() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let text = "ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*KESTREL        *261123*0800*U*00401*000000010*0*P*>~\
            GS*PO*CASTELLAN*KESTREL*20261123*0800*5*X*004010~\
            ST*850*0001~BEG*00*NE*P-10**20261123~PO1*1*10*EA*2.50**BP*M8~CTT*1~SE*5*0001~\
            ST*850*0002~BEG*00*NE*P-11**20261399~PO1*1*ten*EA*2.50**BP*M8~CTT*1~SE*5*0002~\
            GE*2*5~IEA*1*000000010~";
        let receipt = take(&world, text).await;
        assert_eq!(receipt.status, "received");
        assert!(orders_of(&world, "P-10").await);
        assert!(!orders_of(&world, "P-11").await);
        world.settle().await;
        let acknowledgment = world.grid.received("ERP").pop().unwrap();
        assert!(acknowledgment.text.contains("AK1*PO*5~"), "{}", acknowledgment.text);
        assert!(acknowledgment.text.contains("AK9*P*2*2*1~"), "{}", acknowledgment.text);
        let hub = world.person(world.cast.hub).await;
        let file = view::transmission(&world.context, &hub, receipt.transmission).await.unwrap();
        let refused = file.documents.iter().find(|document| document.number == "P-11").unwrap();
        let findings = refused.findings.0.as_array().unwrap();
        assert!(
            findings.iter().any(|finding| finding["severity"] == "error" && finding["segment"] == 10 && finding["element"] == 2),
            "{findings:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_outage_of_the_grid_loses_nothing_and_doubles_nothing() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        take(&world, &interchange("CASTELLAN", "KESTREL", "000000011", "P-12", "10")).await;
        world.grid.fail_next(Fault::Unavailable, 1);
        world.worker.run_due().await;
        world.grid.run_due();
        assert!(world.grid.received("ERP").is_empty());
        for _ in 0..6 {
            world.later(120).await;
        }
        assert_eq!(world.grid.received("ERP").len(), 1);

        // The same parcel delivered twice is taken once.
        world.grid.duplicate_next(1);
        let parcel = interchange("CASTELLAN", "KESTREL", "000000012", "P-13", "10");
        world.grid.send_raw("ERP", "order.edi", parcel);
        world.settle().await;
        assert!(orders_of(&world, "P-13").await);
        assert_eq!(world.grid.received("ERP").len(), 2, "one acknowledgment for each order");
    })
    .await;
}

/// The route that belongs to an organisation.
async fn route_of(world: &World, organisation: OrganisationId) -> routes::Route {
    routes::to_organisation(&mut world.context.db.read().await.unwrap(), organisation).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_connection_carries_the_documents_of_its_owner_only() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        take(&world, &interchange("CASTELLAN", "KESTREL", "000000021", "P-21", "10")).await;
        world.settle().await;
        let before = world.grid.received("ERP").len();
        let answer = "BAK*00*RD*P-21*20261123~PO1*1*10*EA*2.50**BP*M8~ACK*IR*10*EA~CTT*1~";
        let count = answer.matches('~').count() + 2;
        // The EDI supplier answers an order that another supplier got.
        let forged = format!(
            "ISA*00*          *00*          *ZZ*KESTREL        *ZZ*CASTELLAN      *261123*0800*U*00401*000000001*0*P*>~\
             GS*PR*KESTREL*CASTELLAN*20261123*0800*1*X*004010~ST*855*0001~{answer}SE*{count}*0001~GE*1*1~IEA*1*000000001~"
        );
        world.grid.send_raw("EDI", "answer.edi", forged.clone());
        // And it orders in the hub's name.
        world.grid.send_raw("EDI", "order.edi", interchange("CASTELLAN", "KESTREL", "000000022", "P-22", "10"));
        world.settle().await;
        let order = world.order(OrderKind::Purchase, world.cast.supplier, "P-21").await;
        assert_eq!(order.answered_at, None);
        assert!(!orders_of(&world, "P-22").await);
        let refusals = world.grid.received("EDI");
        assert!(refusals.len() == 2 && refusals.iter().all(|refusal| refusal.text.contains("*R*006~")), "{refusals:?}");
        assert!(refusals.iter().all(|refusal| refusal.receiver.id == "VALMET"), "to the owner of the connection: {refusals:?}");
        assert_eq!(world.grid.received("ERP").len(), before, "nobody else hears of it");
        // The number is not used up.
        let own = source(world.cast.supplier);
        assert_eq!(exchange::receive(&world.context, own, Bytes::from(forged)).await.unwrap().status, "received");
        assert!(world.order(OrderKind::Purchase, world.cast.supplier, "P-21").await.answered_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_kept_as_it_is_does_not_block_its_route() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let nul = interchange("CASTELLAN", "KESTREL", "000000031", "P-31", "10").replace("BP*M8", "BP*M\0");
        world.grid.send_raw("ERP", "nul\0.edi", nul);
        let unknown = interchange("CASTELLAN", "KESTREL", "000000032", "P-32", "10").replace("*ZZ*CASTELLAN ", "*ZZ*CASTEL\0AN ");
        world.grid.send_raw("ERP", "nul.edi", unknown);
        world.grid.send_raw("ERP", "good.edi", interchange("CASTELLAN", "KESTREL", "000000033", "P-33", "10"));
        world.settle().await;
        assert!(!orders_of(&world, "P-31").await && !orders_of(&world, "P-32").await);
        assert!(orders_of(&world, "P-33").await);
        let answers = world.grid.received("ERP");
        assert!(answers.iter().any(|answer| answer.text.contains("AK9*R*1*1*0")), "{answers:?}");
        assert!(world.grid.parcels("hub.ERP").iter().all(|parcel| !parcel.is_open()), "nothing is delivered again");
        assert_eq!(route_of(&world, world.cast.hub).await.failure, None);
    })
    .await;
}

#[tokio::test]
async fn a_refused_file_that_is_delivered_again_is_kept_once() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let route = route_of(&world, world.cast.hub).await;
        let delivered = || Source { route: Some(route.id), handle: Some("parcel-1".to_owned()), ..source(world.cast.hub) };
        let broken = interchange("NOBODY", "KESTREL", "000000041", "P-41", "10");
        let first = exchange::receive(&world.context, delivered(), Bytes::from(broken.clone())).await.unwrap();
        let again = exchange::receive(&world.context, delivered(), Bytes::from(broken)).await.unwrap();
        assert_eq!((first.transmission, first.status, &first.failure), (again.transmission, again.status, &again.failure));
        assert_eq!(again.status, "refused");
        world.settle().await;
        assert_eq!(world.grid.received("ERP").len(), 1, "one refusal");
        let large = exchange::refuse(&world.context, delivered(), Bytes::new(), "It is too large.").await.unwrap();
        assert_eq!(large.transmission, first.transmission);
    })
    .await;
}

#[tokio::test]
async fn of_a_file_that_is_too_large_only_the_beginning_is_kept() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let route = route_of(&world, world.cast.hub).await;
        let mut config = route.config.0.clone();
        config["largest_bytes"] = 100_000.into();
        let mut tx = world.context.db.begin().await.unwrap();
        routes::set_config(&mut tx, route.id, &config).await.unwrap();
        tx.commit().await.unwrap();
        let parcel = world.grid.send_raw("ERP", "large.edi", "x".repeat(1_000_000));
        world.settle().await;
        let mut conn = world.context.db.read().await.unwrap();
        let kept = transmissions::received_as(&mut conn, route.id, &parcel).await.unwrap().unwrap();
        assert_eq!((kept.status.as_str(), kept.size), ("refused", 64 * 1024));
        assert!(kept.failure.unwrap().contains("1000000 bytes"));
        assert!(!world.grid.parcels("hub.ERP")[0].is_open());
    })
    .await;
}

#[tokio::test]
async fn a_test_is_taken_unless_the_connection_refuses_tests() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let test = |control, number| interchange("CASTELLAN", "KESTREL", control, number, "10").replace("*0*P*>", "*0*T*>");
        world.grid.send_raw("ERP", "test.edi", test("000000051", "P-51"));
        world.settle().await;
        assert!(orders_of(&world, "P-51").await);

        let route = route_of(&world, world.cast.hub).await;
        let mut config = route.config.0;
        config["refuse_test"] = true.into();
        let mut tx = world.context.db.begin().await.unwrap();
        routes::set_config(&mut tx, route.id, &config).await.unwrap();
        tx.commit().await.unwrap();
        world.grid.send_raw("ERP", "test-again.edi", test("000000052", "P-52"));
        world.settle().await;
        assert!(!orders_of(&world, "P-52").await);
        let answers = world.grid.received("ERP");
        assert!(answers.iter().any(|answer| answer.text.contains("TA1*000000052*261123*0800*R*020~")), "{answers:?}");
    })
    .await;
}

#[tokio::test]
async fn an_interchange_is_acknowledged_where_its_sender_asks_and_never_when_it_only_acknowledges() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let asking = interchange("CASTELLAN", "KESTREL", "000000061", "P-61", "10").replace("*0*P*>", "*1*P*>");
        take(&world, &asking).await;
        // With a remark: its time is none.
        let remarked =
            interchange("CASTELLAN", "KESTREL", "000000062", "P-62", "10").replace("*0*P*>", "*1*P*>").replacen("*0800*U", "*0860*U", 1);
        let receipt = take(&world, &remarked).await;
        world.settle().await;
        let texts: Vec<_> = world.grid.received("ERP").into_iter().map(|received| received.text).collect();
        assert!(texts.iter().any(|text| text.contains("TA1*000000061*261123*0800*A*000~")), "{texts:?}");
        assert!(texts.iter().any(|text| text.contains("TA1*000000062*261123*0000*E*015~")), "{texts:?}");
        let hub = world.person(world.cast.hub).await;
        let seen = view::transmission(&world.context, &hub, receipt.transmission).await.unwrap();
        assert_eq!(seen.interchanges[0].ta1.as_deref(), Some("015"));

        // Acknowledgments are not acknowledged, however broken; one of nothing that was sent is remarked on.
        let stray = "ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*KESTREL        *261123*0800*U*00401*000000063*1*P*>~\
            TA1*000009999*261123*0800*A*000~IEA*0*000000063~";
        let kept = take(&world, stray).await;
        let seen = view::transmission(&world.context, &hub, kept.transmission).await.unwrap();
        assert_eq!(seen.interchanges[0].findings.0[0]["code"], "acknowledgment_unmatched");
        let wrong_end = stray.replace("000000063", "000000064").replace("IEA*0*000000064", "IEA*0*000000001");
        assert_eq!(take(&world, &wrong_end).await.status, "refused");
        world.settle().await;
        assert_eq!(world.grid.received("ERP").len(), texts.len());
    })
    .await;
}
