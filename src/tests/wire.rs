//! Bad bytes from outside: a clear finding, the right acknowledgment, the raw bytes kept, nothing half applied.

use bytes::Bytes;
use portico::{
    domain::order::OrderKind,
    sandbox::grid::Fault,
    service::exchange::{self, Source, view},
    store::{orders, transmissions},
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

async fn take(world: &World, text: &str) -> exchange::Receipt {
    let source =
        Source { route: None, owner: world.cast.hub, name: "test.edi".to_owned(), handle: None, is_copy: false, accepts_test: false };
    exchange::receive(&world.context, source, Bytes::copy_from_slice(text.as_bytes())).await.unwrap()
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
