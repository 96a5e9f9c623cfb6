//! Events that are refused: what of them is kept, and that nobody can make it grow.

use portico::{
    connectors::xconnector::Claims,
    domain::refusal::Reason,
    service::{
        Error,
        xconnector::refused::{self, Refusal, Refusals},
    },
    store::refused as stored,
};

use super::support::{Engine, World, on_each_engine};

fn refusal(reason: Reason, id: &str) -> Refusal {
    Refusal {
        reason,
        field: "/data/case".to_owned(),
        message: "case is missing.".to_owned(),
        claims: Claims { source: "/erp".to_owned(), id: id.to_owned(), kind: "xconnector.case.opened".to_owned() },
        size: 2,
        body: b"{}".to_vec(),
    }
}

async fn record(world: &World, refusals: &Refusals, reason: Reason, id: &str) {
    refused::record(&world.context, refusals, reason, || refusal(reason, id)).await;
}

#[tokio::test]
async fn the_same_refusal_is_counted_up_for_an_hour_and_only_the_hub_reads_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let refusals = Refusals::default();
        for _ in 0..3 {
            record(&world, &refusals, Reason::Data, "e-1").await;
            world.clock.advance_seconds(60);
        }
        record(&world, &refusals, Reason::Conflict, "e-1").await;
        let list = refused::list(&world.context, &hub, None, None).await.unwrap();
        let seen: Vec<_> = list.rows.iter().map(|row| (row.reason, row.times)).collect();
        assert_eq!(seen, [(Reason::Conflict, 1), (Reason::Data, 3)], "the last first");
        let row = &list.rows[1];
        assert_eq!((row.last_at.micros() - row.first_at.micros()) / 1_000_000, 120);
        world.clock.advance_seconds(3600);
        record(&world, &refusals, Reason::Data, "e-1").await;
        let list = refused::list(&world.context, &hub, Some(Reason::Data), None).await.unwrap();
        assert_eq!(list.rows.iter().map(|row| row.times).collect::<Vec<_>>(), [1, 3], "a later hour is told anew");
        let counted: Vec<_> = list.counts.iter().map(|count| (count.reason, count.events)).collect();
        assert_eq!(counted, [(Reason::Conflict, 1), (Reason::Data, 4)]);

        let id = list.rows[0].id;
        assert_eq!(refused::load(&world.context, &hub, id).await.unwrap().event_id, "e-1");
        assert!(matches!(refused::load(&world.context, &supplier, id).await, Err(Error::NotFound)));
        assert!(matches!(refused::list(&world.context, &supplier, None, None).await, Err(Error::NotFound)));
        // What is long ago is not summed up.
        world.clock.advance_seconds(8 * 86_400);
        assert_eq!(refused::list(&world.context, &hub, None, None).await.unwrap().counts, []);
    })
    .await;
}

#[tokio::test]
async fn a_strangers_flood_is_counted_and_pushes_nothing_of_the_other_system_out() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let refusals = Refusals::default();
        record(&world, &refusals, Reason::Data, "ours").await;
        for minute in 0..15 {
            for n in 0..100 {
                record(&world, &refusals, Reason::Signature, &format!("{minute}-{n}")).await;
            }
            world.clock.advance_seconds(60);
        }
        // What came after the last one that was written is added when something is taken.
        refused::catch_up(&world.context, &refusals).await;
        let mut conn = world.context.db.read().await.unwrap();
        let all = stored::list(&mut conn, None, None, 2000).await.unwrap();
        assert_eq!(all.iter().filter(|row| row.is_signed).map(|row| row.event_id.as_str()).collect::<Vec<_>>(), ["ours"]);
        let strange: Vec<_> = all.iter().filter(|row| !row.is_signed).collect();
        assert_eq!(strange.len(), 200, "the newest of them, and no more");
        assert_eq!(strange[0].event_id, "14-19", "of each minute the first ones");
        drop(conn);
        let first = refused::list(&world.context, &hub, None, None).await.unwrap();
        let counted: Vec<_> = first.counts.iter().map(|count| (count.reason, count.events)).collect();
        assert_eq!(counted, [(Reason::Data, 1), (Reason::Signature, 1500)], "none is left uncounted");
        // Page by page, each once.
        let (mut next, mut ids) = (first.next, first.rows.iter().map(|row| row.id).collect::<Vec<_>>());
        while let Some(after) = next {
            let page = refused::list(&world.context, &hub, None, Some(after)).await.unwrap();
            ids.extend(page.rows.iter().map(|row| row.id));
            next = page.next;
        }
        assert_eq!(ids, all.iter().map(|row| row.id).collect::<Vec<_>>());
    })
    .await;
}
