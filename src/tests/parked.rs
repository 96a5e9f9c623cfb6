//! Events that came and wait: what the hub's people do about them.

use portico::{
    connectors::xconnector::Event,
    domain::ids::InboundEventId,
    service::{
        Error,
        systems::parked,
        xconnector::{self, endpoints},
    },
    store::bonds,
};
use serde_json::{Value, json};

use super::support::{Engine, World, on_each_engine};

async fn take(world: &World, id: &str, kind: &str, data: Value) -> InboundEventId {
    let event = json!({ "specversion": "1.0", "id": id, "source": "/erp", "type": format!("xconnector.{kind}"), "data": data });
    let event: Event = serde_json::from_value(event).unwrap();
    xconnector::take(&world.context, &event).await.unwrap().id
}

async fn opened(world: &World, id: &str, case: &str) {
    take(world, id, "case.opened", json!({ "partner": "KESTREL", "case": case, "title": "Price missing", "kind": "order" })).await;
}

#[tokio::test]
async fn an_event_is_set_aside_brought_back_and_applied_and_its_history_says_who_did_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, supplier) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let said = json!({ "case": "INC-1", "comment": "c-1", "author": "Desk", "text": "First things first.", "visibility": "partner" });
        let id = take(&world, "e-1", "case.commented", said).await;
        assert!(parked::apply_again(&world.context, &hub, id).await.unwrap().unwrap().contains("No case INC-1"));
        parked::set_aside(&world.context, &hub, id).await.unwrap();
        assert!(matches!(parked::set_aside(&world.context, &hub, id).await, Err(Error::Conflict(_))), "once");
        assert!(matches!(parked::apply_again(&world.context, &hub, id).await, Err(Error::Conflict(_))), "not while it is set aside");

        // Set aside, the case it names does not release it.
        opened(&world, "e-2", "INC-1").await;
        let messages = async || {
            let mut conn = world.context.db.read().await.unwrap();
            let case = bonds::find(&mut conn, "xconnector", "INC-1").await.unwrap().unwrap().case_id;
            drop(conn);
            let view = portico::service::cases::view::load(&world.context, &supplier, case).await.unwrap();
            view.messages.iter().filter(|message| message.body == "First things first.").count()
        };
        assert_eq!(messages().await, 0);
        let (waiting, aside) =
            (parked::list(&world.context, &hub, false, None).await.unwrap(), parked::list(&world.context, &hub, true, None).await.unwrap());
        assert_eq!((waiting.rows.len(), aside.rows.len(), aside.counts.waiting, aside.counts.aside), (0, 1, 0, 1));
        assert_eq!(endpoints::overview(&world.context, &hub).await.unwrap().waiting, 0, "nobody has to look at it");

        world.clock.advance_seconds(60);
        parked::bring_back(&world.context, &hub, id).await.unwrap();
        assert_eq!(parked::apply_again(&world.context, &hub, id).await.unwrap(), None);
        assert_eq!(messages().await, 1, "it is applied, and once");
        assert!(matches!(parked::apply_again(&world.context, &hub, id).await, Err(Error::Conflict(_))));
        assert!(matches!(parked::set_aside(&world.context, &hub, id).await, Err(Error::Conflict(_))));
        let view = parked::load(&world.context, &hub, id).await.unwrap();
        let steps: Vec<_> = view.steps.iter().rev().map(|step| step.step.as_str()).collect();
        assert_eq!((steps, view.found.event.state.as_str()), (vec!["again", "aside", "back", "again"], "applied"));
        assert!(view.steps.iter().all(|step| step.actor.contains(&hub.name)), "{:?}", view.steps);

        for refused in [
            parked::load(&world.context, &supplier, id).await.map(|_| ()),
            parked::set_aside(&world.context, &supplier, id).await,
            parked::bring_back(&world.context, &supplier, id).await,
            parked::apply_again(&world.context, &supplier, id).await.map(|_| ()),
            parked::list(&world.context, &supplier, false, None).await.map(|_| ()),
        ] {
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn applied_again_an_event_that_opens_a_case_releases_what_waited_for_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let opening = json!({ "partner": "NEWCOMER", "case": "INC-5", "title": "Hello", "kind": "order" });
        let id = take(&world, "e-1", "case.opened", opening).await;
        take(&world, "e-2", "case.resolved", json!({ "case": "INC-5" })).await;
        // Known by another way than an event, so that nothing released it.
        let kestrel =
            portico::store::organisations::find_by_code(&mut world.context.db.read().await.unwrap(), "KESTREL").await.unwrap().unwrap();
        let newcomer = portico::store::organisations::Organisation { id: world.context.id(), code: "NEWCOMER".to_owned(), ..kestrel };
        let mut tx = world.context.db.begin().await.unwrap();
        portico::store::organisations::insert(&mut tx, &newcomer).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(parked::list(&world.context, &hub, false, None).await.unwrap().counts.waiting, 2);
        assert_eq!(parked::apply_again(&world.context, &hub, id).await.unwrap(), None);
        assert_eq!(parked::list(&world.context, &hub, false, None).await.unwrap().counts.waiting, 0);
    })
    .await;
}

#[tokio::test]
async fn lists_that_are_long_are_paged_and_say_how_many_there_are() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        for n in 0..85 {
            take(&world, &format!("w-{n}"), "case.resolved", json!({ "case": format!("NONE-{n}") })).await;
            opened(&world, &format!("o-{n}"), &format!("INC-{n}")).await;
            world.clock.advance_seconds(1);
        }
        let overview = endpoints::overview(&world.context, &hub).await.unwrap();
        assert_eq!((overview.parked.len(), overview.waiting, overview.bonds.len(), overview.shared.shared), (10, 85, 10, 85));
        let first = parked::list(&world.context, &hub, false, None).await.unwrap();
        let second = parked::list(&world.context, &hub, false, first.next).await.unwrap();
        assert_eq!((first.rows.len(), second.rows.len(), second.next), (80, 5, None));
        assert_eq!((first.rows[0].event_id.as_str(), second.rows[4].event_id.as_str()), ("w-84", "w-0"));
        let first = endpoints::shared(&world.context, &hub, false, None).await.unwrap();
        let second = endpoints::shared(&world.context, &hub, false, first.next).await.unwrap();
        assert_eq!((first.rows.len(), second.rows.len(), second.next), (80, 5, None));
        let case = bonds::find(&mut world.context.db.read().await.unwrap(), "xconnector", "INC-3").await.unwrap().unwrap().case_id;
        let mut tx = world.context.db.begin().await.unwrap();
        bonds::out_of_step(&mut tx, case, "xconnector", "broken", "It never arrived.").await.unwrap();
        tx.commit().await.unwrap();
        let apart = endpoints::shared(&world.context, &hub, true, None).await.unwrap();
        assert_eq!((apart.rows.len(), apart.counts.apart, apart.rows[0].bond.external_id.as_str()), (1, 1, "INC-3"));
    })
    .await;
}
