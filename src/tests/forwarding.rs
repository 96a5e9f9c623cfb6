//! What is passed on as it came: between the hub's own system and partners with a system of their own.

use portico::{
    domain::{document::Verdict, order::OrderKind},
    sandbox::grid::{Behaviour, Party, Received, Supplier},
    store::{documents, routes},
};

use super::{
    flows::order,
    support::{Engine, World, on_each_engine},
};

fn valmera() -> Party {
    Party::new("VALMET", "Valmera Castings")
}

fn with_set<'a>(received: &'a [Received], code: &str) -> Vec<&'a Received> {
    received.iter().filter(|received| received.sets.iter().any(|(set, _)| set == code)).collect()
}

#[tokio::test]
async fn an_order_for_a_partner_with_its_own_system_is_passed_on_and_its_acknowledgment_comes_back() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let written = world.grid.place_order("ERP", &order("4500000077", valmera(), &[("A", "4", "2.50")]));
        world.settle().await;
        let arrived = world.grid.received("EDI");
        let [order] = with_set(&arrived, "850")[..] else { panic!("{arrived:?}") };
        assert_eq!((order.sender.id.as_str(), order.control.as_str()), ("CASTELLAN", written.as_str()), "in the hub's own envelope");
        world.later(60).await;

        // Portico did not acknowledge in the partner's name; the partner did, and the hub's system has exactly that.
        let heard = world.grid.received("ERP");
        let [answer] = with_set(&heard, "997")[..] else { panic!("{heard:?}") };
        assert_eq!((answer.sender.id.as_str(), answer.acknowledges[0].2.as_str()), ("VALMET", "A"));
        let found = world.order(OrderKind::Purchase, world.cast.edi_supplier, "4500000077").await;
        let hub = world.person(world.cast.hub).await;
        let mut conn = world.context.db.read().await.unwrap();
        let document = documents::find(&mut conn, hub.scope(), found.document_id.unwrap()).await.unwrap().unwrap();
        assert_eq!(document.acknowledgment, Some(Verdict::Accepted), "and so does the order's page");
        drop(conn);
        world.later(3_600).await;
        assert_eq!(world.grid.received("EDI").len(), 1, "once");
    })
    .await;
}

#[tokio::test]
async fn what_a_partners_system_sends_reaches_the_hubs_where_that_wants_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = Supplier { answer_after: 10, ship_after: 100_000, ..Supplier::default() };
        world.grid.partner("EDI", Behaviour { supplier: Some(supplier), ..Behaviour::default() });
        for (number, wanted) in [("4500000078", false), ("4500000079", true)] {
            let mut tx = world.context.db.begin().await.unwrap();
            let route = routes::to_organisation(&mut tx, world.cast.hub).await.unwrap().unwrap();
            let mut config = route.config.0;
            config["pass_on"] = wanted.into();
            routes::set_config(&mut tx, route.id, &config).await.unwrap();
            tx.commit().await.unwrap();

            world.grid.place_order("ERP", &order(number, valmera(), &[("A", "4", "2.50")]));
            world.settle().await;
            world.later(60).await;
            let heard = world.grid.received("ERP");
            let answers = with_set(&heard, "855").into_iter().filter(|answer| answer.text.contains(number)).count();
            assert_eq!(answers, usize::from(wanted), "{number}");
            // The partner hears once that it was read, whoever else reads it.
            world.later(600).await;
        }
        let told = world.grid.received("EDI");
        let told: Vec<_> = with_set(&told, "997").into_iter().flat_map(|answer| &answer.acknowledges).collect();
        assert_eq!(told.iter().filter(|(functional, ..)| functional == "PR").count(), 2, "{told:?}");
    })
    .await;
}
