//! Events never leave for an address inside this network, whatever its name was thought to mean: the guard stands in the
//! sender itself, at every attempt.

use std::{net::SocketAddr, sync::Arc};

use portico::{
    connectors::xconnector::Sender,
    jobs::{Settings as WorkerSettings, Worker},
    service::{
        orders::place,
        xconnector::endpoints::{self, NewEndpoint},
    },
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::TcpListener;

use super::{
    flows::message,
    support::{Engine, World, on_each_engine, work},
};

/// Names as an attacker answers them: every one is this machine.
struct Inside(SocketAddr);

impl Resolve for Inside {
    fn resolve(&self, _name: Name) -> Resolving {
        let address = self.0;
        Box::pin(async move { Ok(Box::new([address].into_iter()) as Addrs) })
    }
}

#[tokio::test]
async fn an_event_does_not_leave_for_a_name_that_leads_inside() {
    on_each_engine(async |engine: Arc<Engine>| {
        let mut world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let inside = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = inside.local_addr().unwrap();
        let sender = Sender::with_names(Inside(address)).unwrap();
        world.worker = Worker::new(world.context.clone(), WorkerSettings { sender, ..work(&engine, None) });

        // The name is a good one where it is entered.
        let new = NewEndpoint {
            name: "Data warehouse".to_owned(),
            url: format!("https://events.warehouse.example:{}/in", address.port()),
            ..NewEndpoint::default()
        };
        let id = endpoints::add(&world.context, &hub, &new).await.unwrap();
        place::purchase(&world.context, &hub, "KESTREL", message("PO-1", "GV-80", 10, "CASTELLAN")).await.unwrap();
        world.worker.run_due().await;

        let seen = endpoints::load(&world.context, &hub, id, None).await.unwrap().listed;
        assert!(seen.waiting > 0 && seen.dead == 0, "it waits, and is tried again");
        let why = seen.endpoint.failure.unwrap();
        assert!(why.contains("events.warehouse.example (127.0.0.1) is an address inside this network"), "{why}");
        let nobody = tokio::time::timeout(std::time::Duration::ZERO, inside.accept()).await;
        assert!(nobody.is_err(), "nothing knocked there: {nobody:?}");

        // The test can fail: marked as local, the same sender goes where the machine's own names lead.
        let local = NewEndpoint {
            name: "Beside".to_owned(),
            url: format!("http://127.0.0.1:{}/in", address.port()),
            is_local: true,
            ..NewEndpoint::default()
        };
        endpoints::add(&world.context, &hub, &local).await.unwrap();
        place::purchase(&world.context, &hub, "KESTREL", message("PO-2", "GV-80", 10, "CASTELLAN")).await.unwrap();
        let (heard, ()) = tokio::join!(
            async {
                // Closed without a word, so that the sender does not wait.
                inside.accept().await.is_ok()
            },
            async {
                world.worker.run_due().await;
            }
        );
        assert!(heard);
    })
    .await;
}
