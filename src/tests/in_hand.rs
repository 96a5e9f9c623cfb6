//! Who has an exception in hand: taken, given to a colleague who is told of it, and lost with the side that settles it.

use std::sync::Arc;

use portico::{
    domain::{
        access::Actor,
        exception::{Kind, Owner},
        ids::ExceptionId,
        notification::Topic,
        order::OrderKind,
    },
    service::{
        Error,
        exceptions::{
            act, assign,
            view::{self, ExceptionView},
        },
        orders::answer::{self, AnswerForm},
    },
    store::exceptions::{self, ExceptionFilter},
};

use super::{
    clocks::employee,
    exceptions::{one, reject},
    flows::order,
    notifications::told,
    support::{Engine, World, kestrel, on_each_engine},
};

fn person(actor: &Actor) -> String {
    actor.user().unwrap().to_string()
}

async fn seen(world: &World, actor: &Actor, id: ExceptionId) -> ExceptionView {
    view::load(&world.context, actor, id).await.unwrap()
}

/// An order that the supplier rejected, for the hub to settle.
async fn rejected(world: &World, hub: &Actor, number: &str) -> ExceptionId {
    world.grid.place_order("ERP", &order(number, kestrel(), &[("M8", "100", "2.50")]));
    Box::pin(world.settle()).await;
    let supplier = world.person(world.cast.supplier).await;
    let id = world.order(OrderKind::Purchase, world.cast.supplier, number).await.id;
    let form = AnswerForm { version: String::new(), lines: vec![reject("0")] };
    Box::pin(answer::answer(&world.context, &supplier, id, &form)).await.unwrap();
    one(world, hub, Kind::OrderRejected).await.exception.id
}

#[tokio::test]
async fn an_exception_is_taken_given_to_a_colleague_and_asked_for_by_two_at_once() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Tom Carter").await;
        let colleague = employee(&world, &hub, "Ann Archer").await;
        let context = &world.context;
        let id = rejected(&world, &hub, "4500000120").await;
        let before = seen(&world, &hub, id).await;
        assert_eq!((before.assignee, before.people.len()), (None, 2));
        let heard = (told(&world, &hub).await.len(), told(&world, &colleague).await.len());

        // Taken: nobody needs to be told. Who wanted it too learns who was first.
        assert_eq!(assign::assign(context, &hub, id, "", &person(&hub)).await.unwrap(), Some(hub.name.clone()));
        let late = assign::assign(context, &colleague, id, "", &person(&colleague)).await;
        assert!(matches!(&late, Err(Error::Conflict(words)) if words.contains(&hub.name)), "{late:?}");
        assert_eq!(told(&world, &hub).await.len(), heard.0);
        let filter = |actor: &Actor| ExceptionFilter { assignee: actor.user(), ..ExceptionFilter::default() };
        let mine = view::list(context, &hub, &filter(&hub)).await.unwrap();
        assert_eq!((mine.rows.len(), mine.in_hand, mine.rows[0].assignee.as_deref()), (1, 1, Some(hub.name.as_str())));

        // Given away: the colleague is told once, and it is theirs.
        assert_eq!(assign::assign(context, &hub, id, &person(&hub), &person(&colleague)).await.unwrap().as_deref(), Some("Ann Archer"));
        let news = told(&world, &colleague).await;
        assert_eq!((news.len(), news[0].topic, news[0].link.clone()), (heard.1 + 1, Topic::Assigned, format!("/exceptions/{id}")));
        assert_eq!(view::list(context, &hub, &filter(&hub)).await.unwrap().in_hand, 0);
        assert_eq!(seen(&world, &hub, id).await.assignee.as_deref(), Some("Ann Archer"));

        // To somebody of another company it is not given, and whoever does not see it learns nothing.
        let stranger = assign::assign(context, &hub, id, &person(&colleague), &person(&supplier)).await;
        assert!(matches!(&stranger, Err(Error::Invalid(fields)) if fields[0].field == "person"), "{stranger:?}");
        assert!(matches!(assign::assign(context, &supplier, id, "", &person(&supplier)).await, Err(Error::NotFound)));

        // What is over is in nobody's way.
        act::settle(context, &colleague, id, "Ordered elsewhere.").await.unwrap();
        assert!(matches!(assign::assign(context, &hub, id, &person(&colleague), "").await, Err(Error::Conflict(_))));
        assert_eq!(view::list(context, &colleague, &filter(&colleague)).await.unwrap().in_hand, 0);
    })
    .await;
}

#[tokio::test]
async fn what_another_side_settles_from_now_on_is_in_nobodys_hands() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Tom Carter").await;
        let id = rejected(&world, &hub, "4500000121").await;
        assign::assign(&world.context, &hub, id, "", &person(&hub)).await.unwrap();
        let mut tx = world.context.db.begin().await.unwrap();
        let mut row = seen(&world, &hub, id).await.exception;
        row.owner = Owner::Partner;
        exceptions::update(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        let now = seen(&world, &hub, id).await;
        assert_eq!((now.exception.assignee_id, now.assignee, now.people.len()), (None, None, 0));
        let forbidden = assign::assign(&world.context, &hub, id, "", &person(&hub)).await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
    })
    .await;
}
