//! Several processes of one installation, over one database.

use std::time::Duration;

use portico::{
    jobs::relay,
    service::{
        Context,
        live::{Change, Live},
    },
    store::notices,
};
use tokio::time::timeout;

use super::support::{Engine, World, on_each_engine};

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_page_held_open_by_one_process_moves_when_another_applies_a_document() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let here = world.context.clone();
        let there = Context { live: Live::default(), ..here.clone() };
        if !notices::is_shared(&engine.db) {
            timeout(LONG, relay::run(&here)).await.expect("one process has nobody to tell");
            return;
        }
        let party = Some(world.cast.supplier);
        let (mut own, mut heard) = (here.live.subscribe(), there.live.subscribe());
        let relays = [here.clone(), there].map(|context| tokio::spawn(async move { relay::run(&context).await }));
        // The other side may not listen yet: what is said before that is heard by nobody.
        let mut said = 0;
        let change = timeout(LONG, async {
            loop {
                here.live.publish(party);
                said += 1;
                if let Ok(change) = timeout(Duration::from_millis(100), heard.recv()).await {
                    return change.unwrap();
                }
            }
        });
        assert_eq!(change.await.expect("the notice arrives"), Change::Rows(party));
        relays.iter().for_each(tokio::task::JoinHandle::abort);
        for relay in relays {
            assert!(relay.await.unwrap_err().is_cancelled());
        }
        let mut echoes = 0;
        while own.try_recv().is_ok() {
            echoes += 1;
        }
        assert_eq!(echoes, said, "a process hears its own change once");
    })
    .await;
}
