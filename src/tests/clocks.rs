//! Promises as settings, who works on a case, and escalation, from the outside.

use portico::{
    auth::password,
    domain::{
        access::{Actor, Role, Who},
        case::{Priority, Visibility},
        ids::{CaseId, UserId},
        sla::{Promise, Standing},
    },
    service::{
        Error,
        cases::{
            assign,
            open::{self, CaseForm},
            view::{self, CaseView},
            write,
        },
        notify::inbox,
        policies::{
            self, PolicyForm, StepForm,
            calendars::{self, CalendarForm},
        },
    },
    store::{
        cases::CaseFilter,
        notifications::NotificationFilter,
        users::{self, User},
    },
};

use super::support::{Engine, World, on_each_engine};

const HOUR: i64 = 3_600;

/// A person of an organisation who can sign in.
pub async fn employee(world: &World, like: &Actor, name: &str) -> Actor {
    let context = &world.context;
    let email = format!("{}@{}.example", name.to_lowercase().replace(' ', "."), like.organisation_name.to_lowercase().replace(' ', "-"));
    let user = User {
        id: context.id::<UserId>(),
        email: email.replace('&', "and"),
        name: name.to_owned(),
        password_hash: password::hash(&context.ids, "correct horse battery").await.unwrap(),
        zone: "Europe/Amsterdam".to_owned(),
        theme: "system".to_owned(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: context.now(),
    };
    let mut tx = context.db.begin().await.unwrap();
    users::insert(&mut tx, &user).await.unwrap();
    users::insert_membership(&mut tx, context.id(), user.id, like.organisation, Role::Member, context.now()).await.unwrap();
    tx.commit().await.unwrap();
    Actor { who: Who::User(user.id), name: name.to_owned(), ..like.clone() }
}

async fn opened(world: &World, actor: &Actor, priority: Priority) -> CaseId {
    let form = CaseForm {
        kind: "question".to_owned(),
        title: "Two of forty flanges arrived damaged".to_owned(),
        text: "The crate was wet. Shall we send two more?".to_owned(),
        priority: priority.as_str().to_owned(),
        ..CaseForm::default()
    };
    open::open(&world.context, actor, &form).await.unwrap()
}

async fn seen(world: &World, actor: &Actor, id: CaseId) -> CaseView {
    view::load(&world.context, actor, id).await.unwrap()
}

fn standing(view: &CaseView, promise: Promise) -> Standing {
    view.clocks.iter().find(|clock| clock.promise == promise).unwrap().standing
}

fn step(promise: &str, at: &str, unit: &str, action: String) -> StepForm {
    StepForm { promise: promise.to_owned(), at: at.to_owned(), unit: unit.to_owned(), action }
}

/// What happened to a case that its reader sees, without the time.
fn escalations(view: &CaseView) -> Vec<(String, String)> {
    let events = view.events.iter().filter(|event| event.kind == "escalated");
    events.map(|event| (event.new.clone().unwrap(), event.note.clone())).collect()
}

#[tokio::test]
async fn the_most_special_policy_counts_and_a_change_of_it_moves_the_deadlines_of_open_cases() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let id = opened(&world, &supplier, Priority::Normal).await;
        let due = async |promise| standing(&seen(&world, &supplier, id).await, promise);
        let at = |text: &str| Standing::Running(Some(text.parse().unwrap()));
        // Monday at nine in Utrecht; the usual week counts eight hours for a first reply.
        assert_eq!(due(Promise::FirstResponse).await, at("2026-11-23T16:00:00Z"));

        let calendar = CalendarForm {
            name: "Desk".to_owned(),
            zone: "Europe/Amsterdam".to_owned(),
            week: std::array::from_fn(|day| if day < 5 { "09:00-12:00, 13:00-17:00".to_owned() } else { String::new() }),
        };
        let calendar = calendars::save(&world.context, &hub, None, &calendar).await.unwrap();
        let form = |name: &str, partner: String, first: &str| PolicyForm {
            name: name.to_owned(),
            partner,
            first: first.to_owned(),
            calendar: calendar.to_string(),
            ..PolicyForm::default()
        };
        let everybody = form("Everybody", String::new(), "4");
        policies::save(&world.context, &hub, None, &everybody).await.unwrap();
        let ours = form("Kestrel", world.cast.supplier.to_string(), "1.5");
        let ours_id = policies::save(&world.context, &hub, None, &ours).await.unwrap();
        let before = seen(&world, &hub, id).await;
        assert_eq!(due(Promise::FirstResponse).await, at("2026-11-23T09:30:00Z"), "the page computes");
        assert_eq!(before.case.due_at, Some("2026-11-23T16:00:00Z".parse().unwrap()), "what lists show is computed by a job");
        world.settle().await;
        let after = seen(&world, &hub, id).await;
        assert_eq!(after.case.due_at, Some("2026-11-23T09:30:00Z".parse().unwrap()));
        assert_eq!(
            (after.case.version, after.case.updated_at),
            (before.case.version, before.case.updated_at),
            "it is no change of the case"
        );
        assert_eq!(format!("{:?}", after.events), format!("{:?}", before.events), "what happened stays as it was");
        assert!(after.clocks.iter().all(|clock| clock.promise == Promise::FirstResponse), "nothing else is promised any more");
        assert_eq!(after.rules.name.as_deref(), Some("Kestrel"));

        // A day off is not counted. The policy goes, and the next one that fits counts.
        calendars::add_holiday(&world.context, &hub, calendar, "2026-11-23", "Founder's day").await.unwrap();
        assert_eq!(due(Promise::FirstResponse).await, at("2026-11-24T09:30:00Z"));
        policies::remove(&world.context, &hub, ours_id).await.unwrap();
        world.settle().await;
        assert_eq!(seen(&world, &hub, id).await.case.due_at, Some("2026-11-24T13:00:00Z".parse().unwrap()), "over lunch");

        // Nobody else has policies; what is wrong is said field by field; who was slower sees that.
        assert!(matches!(policies::list(&world.context, &supplier).await, Err(Error::NotFound)));
        assert!(matches!(policies::save(&world.context, &supplier, None, &everybody).await, Err(Error::NotFound)));
        assert!(matches!(calendars::remove(&world.context, &supplier, calendar).await, Err(Error::NotFound)));
        assert!(matches!(calendars::remove(&world.context, &hub, calendar).await, Err(Error::Conflict(_))), "a policy counts by it");
        let wrong =
            PolicyForm { steps: vec![step("", "120", "percent", "tier:9".to_owned())], first: "soon".to_owned(), ..everybody.clone() };
        let Err(Error::Invalid(errors)) = policies::save(&world.context, &hub, None, &wrong).await else { panic!("it is refused") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["first", "steps[0][at]", "steps[0][action]"]);
        let Err(Error::Invalid(errors)) =
            policies::save(&world.context, &hub, None, &PolicyForm { name: "Twice".to_owned(), ..everybody }).await
        else {
            panic!("two for the same cases")
        };
        assert!(errors[0].message.contains("Everybody"), "{errors:?}");
    })
    .await;
}

#[tokio::test]
async fn x8_a_case_past_its_promise_escalates_once_and_everybody_sees_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let lead = employee(&world, &hub, "Dan Visser").await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let other = world.person(world.cast.other_supplier).await;
        let to_lead = format!("to:{}", lead.user().unwrap());
        let policy = PolicyForm {
            name: "Urgent".to_owned(),
            priority: "urgent".to_owned(),
            first: "1".to_owned(),
            resolution: "4".to_owned(),
            steps: vec![
                step("", "75", "percent", "notify".to_owned()),
                step("first_response", "0", "late", "tier:2".to_owned()),
                step("resolution", "0", "late", "event".to_owned()),
                step("resolution", "30", "late", to_lead),
            ],
            ..PolicyForm::default()
        };
        policies::save(&world.context, &hub, None, &policy).await.unwrap();
        // The same case twice: one is looked at whenever something may be due, the other only at the end.
        let (often, late) = (opened(&world, &supplier, Priority::Urgent).await, opened(&world, &supplier, Priority::Urgent).await);
        let version = seen(&world, &hub, often).await.case.version;
        assign::take(&world.context, &hub, often, version).await.unwrap();
        let told = async |actor: &Actor| {
            let rows = inbox::list(&world.context, actor, &NotificationFilter::default()).await.unwrap().rows;
            rows.into_iter()
                .filter(|row| row.topic.as_str() == "escalated" && row.link.ends_with(&often.to_string()))
                .map(|row| row.body)
                .collect::<Vec<_>>()
        };

        // Before three quarters of the hour nothing happens; then whoever has the case is warned, once.
        world.clock.advance_seconds(44 * 60);
        portico::service::cases::escalate::run(&world.context, often).await.unwrap();
        assert_eq!(escalations(&seen(&world, &hub, often).await), []);
        world.clock.advance_seconds(60);
        for _ in 0..2 {
            portico::service::cases::escalate::run(&world.context, often).await.unwrap();
        }
        assert_eq!(told(&hub).await, ["75% of the time for the first reply is used."]);
        assert_eq!((told(&lead).await.len(), told(&supplier).await.len()), (0, 0), "whoever has it is warned, nobody else");

        // The promise is broken: a higher tier, for all to see.
        world.clock.advance_seconds(15 * 60);
        for _ in 0..2 {
            portico::service::cases::escalate::run(&world.context, often).await.unwrap();
        }
        let theirs = seen(&world, &supplier, often).await;
        assert_eq!(theirs.case.tier, 2);
        let words = "The time for the first reply is used up. The case goes to support tier 2.";
        assert!(escalations(&theirs).contains(&("raise_tier".to_owned(), words.to_owned())));
        assert_eq!(told(&supplier).await, [words]);
        assert!(theirs.desk.is_none() && !format!("{:?}", theirs.events).contains("Ines"), "who has it stays with the hub");
        assert!(matches!(view::load(&world.context, &other, often).await, Err(Error::NotFound)));

        // A reply does not stop the solution; after it is due the systems behind are told, and half an hour later the
        // lead has it. Four working hours after nine are one o'clock.
        write::write(&world.context, &hub, often, Visibility::Partner, "We look into it.").await.unwrap();
        write::write(&world.context, &hub, late, Visibility::Partner, "We look into it.").await.unwrap();
        world.clock.advance_seconds(3 * HOUR);
        world.worker.escalate().await;
        world.clock.advance_seconds(30 * 60);
        world.worker.escalate().await;
        world.worker.escalate().await;
        let now = seen(&world, &hub, often).await;
        assert_eq!(now.case.assignee_id, lead.user());
        assert_eq!(
            escalations(&now).iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(),
            ["notify", "raise_tier", "notify", "event", "reassign"]
        );
        let given = inbox::list(&world.context, &lead, &NotificationFilter::default()).await.unwrap().rows;
        assert!(given.iter().any(|row| row.topic.as_str() == "assigned" && row.link.ends_with(&often.to_string())));

        // Looked at late, the other case tells the same at the same times.
        let course = |view: &CaseView| {
            let events = view.events.iter().filter(|event| event.kind == "escalated");
            events.map(|event| (event.at, event.new.clone(), event.note.clone())).collect::<Vec<_>>()
        };
        let then = seen(&world, &hub, late).await;
        assert_eq!(course(&then), course(&now));
        assert_eq!((then.case.tier, then.case.assignee_id), (now.case.tier, now.case.assignee_id));

        // What a person decides stays: the case goes back to where it belongs, and no step takes it away again.
        assign::assign(&world.context, &lead, often, now.case.version, &hub.user().unwrap().to_string(), "1").await.unwrap();
        world.clock.advance_seconds(24 * HOUR);
        world.worker.escalate().await;
        let end = seen(&world, &hub, often).await;
        assert_eq!((end.case.assignee_id, end.case.tier), (hub.user(), 1));
        assert_eq!(course(&end).len(), 5);
    })
    .await;
}

#[tokio::test]
async fn people_of_the_hub_take_cases_and_give_them_to_each_other() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = employee(&world, &world.person(world.cast.hub).await, "Ines Keller").await;
        let lead = employee(&world, &hub, "Dan Visser").await;
        let supplier = employee(&world, &world.person(world.cast.supplier).await, "Tom Weaver").await;
        let id = opened(&world, &supplier, Priority::Normal).await;
        let version = seen(&world, &hub, id).await.case.version;
        assert!(matches!(assign::take(&world.context, &supplier, id, version).await, Err(Error::Forbidden(_))));
        assign::take(&world.context, &hub, id, version).await.unwrap();
        assert!(matches!(assign::take(&world.context, &lead, id, version).await, Err(Error::Conflict(_))), "somebody was quicker");

        let mine = async |actor: &Actor| {
            let filter = CaseFilter { assignee: actor.user(), ..CaseFilter::default() };
            let list = view::list(&world.context, actor, &filter).await.unwrap();
            (list.rows.len(), list.mine)
        };
        assert_eq!((mine(&hub).await, mine(&lead).await), ((1, 1), (0, 0)));
        let to = |person: &Actor| person.user().unwrap().to_string();
        let stranger = assign::assign(&world.context, &hub, id, version + 1, &to(&supplier), "1").await;
        assert!(matches!(stranger, Err(Error::Invalid(_))), "only people of the hub work on cases: {stranger:?}");
        let tier = assign::assign(&world.context, &hub, id, version + 1, &to(&lead), "4").await;
        assert!(matches!(tier, Err(Error::Invalid(_))), "{tier:?}");
        assign::assign(&world.context, &hub, id, version + 1, &to(&lead), "2").await.unwrap();
        assert_eq!((mine(&hub).await, mine(&lead).await), ((0, 0), (1, 1)));

        // How urgent it is, is the hub's word too: both sides read it, and what is promised for that counts.
        let before = seen(&world, &hub, id).await.case;
        assert!(matches!(assign::prioritise(&world.context, &supplier, id, before.version, "urgent").await, Err(Error::Forbidden(_))));
        assert!(matches!(assign::prioritise(&world.context, &hub, id, before.version, "now").await, Err(Error::Invalid(_))));
        assert!(matches!(assign::prioritise(&world.context, &hub, id, before.version - 1, "urgent").await, Err(Error::Conflict(_))));
        assign::prioritise(&world.context, &hub, id, before.version, "urgent").await.unwrap();
        let after = seen(&world, &supplier, id).await;
        assert!(after.events.iter().any(|event| event.kind == "priority" && event.new.as_deref() == Some("urgent")), "{:?}", after.events);
        assert!(after.case.due_at < before.due_at, "{:?} was {:?}", after.case.due_at, before.due_at);
        let told = inbox::list(&world.context, &lead, &NotificationFilter { unread: true, ..NotificationFilter::default() }).await.unwrap();
        assert!(told.rows.iter().any(|row| row.topic.as_str() == "assigned"));
        let own = inbox::list(&world.context, &hub, &NotificationFilter::default()).await.unwrap().rows;
        assert!(own.iter().all(|row| row.topic.as_str() != "assigned"), "whoever did it knows");

        // The history says it, with names for the hub alone.
        let kinds = |view: &CaseView| view.events.iter().map(|event| event.kind.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(&seen(&world, &hub, id).await), ["opened", "assigned", "assigned", "tier", "priority"]);
        assert_eq!(kinds(&seen(&world, &supplier, id).await), ["opened", "tier", "priority"]);
    })
    .await;
}
