//! Cases from the outside: who may open, read and move them, what partners never see, and how the clocks follow.

use portico::{
    domain::{
        access::Actor,
        case::{Status, Visibility},
        ids::CaseId,
        sla::{Promise, Standing},
    },
    service::{
        Error,
        cases::{
            open::{self, CaseForm},
            view::{self, CaseView},
            write,
        },
    },
    store::cases::CaseFilter,
};

use super::support::{Engine, World, on_each_engine};

const HOUR: i64 = 3_600;

/// Monday at nine in Utrecht, where the hub works from eight to six.
async fn question(world: &World, actor: &Actor) -> CaseId {
    let form = CaseForm {
        kind: "question".to_owned(),
        title: "Two of forty flanges arrived damaged".to_owned(),
        text: "The crate was wet. Shall we send two more?".to_owned(),
        ..CaseForm::default()
    };
    open::open(&world.context, actor, &form).await.unwrap()
}

async fn seen(world: &World, actor: &Actor, id: CaseId) -> CaseView {
    view::load(&world.context, actor, id).await.unwrap()
}

async fn say(world: &World, actor: &Actor, id: CaseId, text: &str) {
    write::write(&world.context, actor, id, Visibility::Partner, text).await.unwrap();
}

async fn become_status(world: &World, actor: &Actor, id: CaseId, next: Status) {
    let version = seen(world, actor, id).await.case.version;
    write::move_to(&world.context, actor, id, version, next).await.unwrap();
}

fn standing(view: &CaseView, promise: Promise) -> Vec<Standing> {
    view.clocks.iter().filter(|clock| clock.promise == promise).map(|clock| clock.standing).collect()
}

#[tokio::test]
async fn a_case_goes_from_a_question_to_its_settlement_and_each_side_sees_its_own() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let mut open_page = world.context.live.subscribe();
        let id = question(&world, &supplier).await;
        assert!(open_page.try_recv().unwrap().concerns(supplier.scope()), "open pages are told");

        // What the hub writes for itself stays with it.
        write::write(&world.context, &hub, id, Visibility::Internal, "They damaged it themselves, I think.").await.unwrap();
        say(&world, &hub, id, "Please send two more. We pay the freight.").await;
        let theirs = seen(&world, &supplier, id).await;
        assert_eq!(theirs.messages.iter().map(|message| message.side.as_str()).collect::<Vec<_>>(), ["partner", "internal"]);
        assert!(!format!("{:?} {:?}", theirs.messages, theirs.events).contains("themselves"));
        assert_eq!(seen(&world, &hub, id).await.messages.len(), 3);
        let note = write::write(&world.context, &supplier, id, Visibility::Internal, "psst").await;
        assert!(matches!(note, Err(Error::Forbidden(_))), "{note:?}");

        // Asked, answered, settled, and taken up again by an objection.
        become_status(&world, &hub, id, Status::WaitingOnPartner).await;
        say(&world, &supplier, id, "They leave on Thursday.").await;
        assert_eq!(seen(&world, &hub, id).await.case.status, Status::InProgress);
        become_status(&world, &hub, id, Status::Resolved).await;
        say(&world, &supplier, id, "One of them is missing.").await;
        assert_eq!(seen(&world, &supplier, id).await.case.status, Status::InProgress);
        become_status(&world, &supplier, id, Status::Resolved).await;

        // Nobody else knows of it.
        assert!(matches!(view::load(&world.context, &other, id).await, Err(Error::NotFound)));
        assert!(matches!(write::write(&world.context, &other, id, Visibility::Partner, "hello").await, Err(Error::NotFound)));
        assert!(matches!(write::move_to(&world.context, &other, id, 0, Status::Closed).await, Err(Error::NotFound)));
        let list = async |actor: &Actor| view::list(&world.context, actor, &CaseFilter::default()).await.unwrap();
        assert_eq!((list(&other).await.rows.len(), list(&supplier).await.rows.len(), list(&hub).await.rows.len()), (0, 1, 1));
        assert_eq!((list(&other).await.counts, list(&supplier).await.counts), (vec![], vec![(Status::Resolved, 1)]));
    })
    .await;
}

#[tokio::test]
async fn clocks_follow_what_is_written_and_pause_while_the_partner_is_asked() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let id = question(&world, &supplier).await;
        let running = |view: &CaseView, promise| matches!(standing(view, promise)[..], [.., Standing::Running(Some(_))]);
        let now = seen(&world, &supplier, id).await;
        assert!(running(&now, Promise::FirstResponse) && running(&now, Promise::Resolution), "all clocks are told: {:?}", now.clocks);
        assert_eq!(now.case.due_at, Some("2026-11-23T16:00:00Z".parse().unwrap()), "the nearest: eight working hours");

        // A note that the partner cannot read is no answer; a reply is, also where a person of the hub writes it here.
        world.clock.advance_seconds(HOUR);
        write::write(&world.context, &hub, id, Visibility::Internal, "Who knows about this?").await.unwrap();
        assert!(running(&seen(&world, &hub, id).await, Promise::FirstResponse));
        say(&world, &hub, id, "We look into it.").await;
        let answered = seen(&world, &hub, id).await;
        assert_eq!(standing(&answered, Promise::FirstResponse), [Standing::Kept(world.context.now())]);

        // The partner writes here again: the next reply is awaited from then on.
        world.clock.advance_seconds(HOUR);
        say(&world, &supplier, id, "Any news?").await;
        assert!(running(&seen(&world, &hub, id).await, Promise::NextResponse));

        // While the partner is asked, the resolution rests; the partner's answer lets it go on.
        say(&world, &hub, id, "Which crate was it?").await;
        become_status(&world, &hub, id, Status::WaitingOnPartner).await;
        let paused = standing(&seen(&world, &hub, id).await, Promise::Resolution);
        assert_eq!(paused, [Standing::Paused(48 * HOUR * 1_000_000)]);
        assert_eq!(seen(&world, &hub, id).await.case.due_at, None);
        world.clock.advance_seconds(3 * 24 * HOUR);
        say(&world, &supplier, id, "The second one.").await;
        let after = seen(&world, &supplier, id).await;
        assert!(running(&after, Promise::Resolution) && running(&after, Promise::NextResponse), "{:?}", after.clocks);
        assert_eq!(after.clocks.iter().find(|clock| clock.promise == Promise::Resolution).unwrap().used, 2 * HOUR * 1_000_000);
    })
    .await;
}

#[tokio::test]
async fn of_two_people_who_decide_at_once_the_second_sees_the_first_ones_state() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let id = question(&world, &supplier).await;
        let version = seen(&world, &hub, id).await.case.version;
        write::move_to(&world.context, &hub, id, version, Status::InProgress).await.unwrap();
        let second = write::move_to(&world.context, &hub, id, version, Status::Closed).await;
        assert!(matches!(second, Err(Error::Conflict(_))), "{second:?}");
        assert_eq!(seen(&world, &hub, id).await.case.status, Status::InProgress);
        let by_partner = write::move_to(&world.context, &supplier, id, version + 1, Status::Closed).await;
        assert!(matches!(by_partner, Err(Error::Forbidden(_))), "{by_partner:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_in_the_form_is_said_field_by_field() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        let form = CaseForm { kind: "weather".to_owned(), priority: "very".to_owned(), ..CaseForm::default() };
        let Err(Error::Invalid(errors)) = open::open(&world.context, &supplier, &form).await else { panic!("it is refused") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["kind", "priority", "title", "text"]);
        let about_nothing = CaseForm { order: world.context.id::<portico::domain::ids::OrderId>().to_string(), ..form };
        assert!(matches!(open::open(&world.context, &supplier, &about_nothing).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn what_two_colleagues_type_into_a_case_is_each_ones_own() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (kim, lee) = (world.person(world.cast.supplier).await, world.person(world.cast.supplier).await);
        let id = question(&world, &kim).await;
        let long = |who: &str| format!("{who} {}", "x".repeat(write::LONGEST));
        for (actor, who) in [(&kim, "Kim"), (&lee, "Lee")] {
            let refused = write::write(&world.context, actor, id, Visibility::Partner, &long(who)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
        let typed = async |actor: &Actor| write::typed(&world.context, actor, id).await.unwrap().map(|typed| typed.text);
        assert_eq!((typed(&kim).await, typed(&lee).await), (Some(long("Kim")), Some(long("Lee"))));
        say(&world, &kim, id, "Shorter.").await;
        assert_eq!((typed(&kim).await, typed(&lee).await), (None, Some(long("Lee"))), "what one has sent is not the other's");
    })
    .await;
}
