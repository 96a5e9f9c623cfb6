//! Exceptions from the outside: found where documents are applied and where time passes, closed by what was missing, seen
//! by those who can settle them and by nobody else.

use bytes::Bytes;
use portico::{
    domain::{
        access::Actor,
        exception::{Kind, Owner, State, Value},
        ids::ExceptionId,
        order::OrderKind,
    },
    sandbox::grid::{Acknowledge, Behaviour, CarrierStatus, Party},
    service::{
        Error,
        cases::view as cases,
        exceptions::{
            act,
            rules::{self, RuleForm},
            view::{self, ExceptionView},
            watch,
        },
        exchange,
        orders::{
            answer::{self, AnswerForm, LineForm},
            place,
        },
        policies::calendars::{self, CalendarForm},
        shipments::announce,
    },
    store::exceptions::{ExceptionFilter, ExceptionRow},
};

use super::{
    flows::{accept_all, message, order, ship, ship_form},
    support::{Engine, World, castellan, kestrel, on_each_engine},
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

async fn seen(world: &World, actor: &Actor) -> Vec<ExceptionRow> {
    view::list(&world.context, actor, &ExceptionFilter::default()).await.unwrap().rows
}

/// The exceptions of a kind that an actor sees: their states.
async fn states(world: &World, actor: &Actor, kind: Kind) -> Vec<State> {
    seen(world, actor).await.into_iter().filter(|row| row.kind == kind).map(|row| row.state).collect()
}

pub(super) async fn one(world: &World, actor: &Actor, kind: Kind) -> ExceptionView {
    let rows = seen(world, actor).await;
    let found: Vec<_> = rows.iter().filter(|row| row.kind == kind).collect();
    let [row] = found[..] else { panic!("one {kind}: {rows:?}") };
    view::load(&world.context, actor, row.id).await.unwrap()
}

/// Time passes, everybody does what is due, and the watch looks.
async fn later(world: &World, seconds: i64) {
    Box::pin(world.later(seconds)).await;
    watch::watch(&world.context).await.unwrap();
}

pub(super) fn reject(position: &str) -> LineForm {
    let note = "No longer made".to_owned();
    LineForm {
        position: position.to_owned(),
        decision: "reject".to_owned(),
        reason: "discontinued".to_owned(),
        note,
        ..LineForm::default()
    }
}

#[tokio::test]
async fn a_look_that_finds_nothing_new_waits_for_nobody_who_writes() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000079", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        later(&world, 3 * DAY).await;
        let hub = world.person(world.cast.hub).await;
        let before = seen(&world, &hub).await.len();
        assert!(before > 0 && !watch::candidates(&world.context).await.unwrap().is_empty());
        let writing = world.context.db.begin().await.unwrap();
        let looked = tokio::time::timeout(std::time::Duration::from_secs(4), watch::watch(&world.context)).await;
        assert!(looked.is_ok(), "it waited");
        drop(writing);
        assert_eq!(seen(&world, &hub).await.len(), before);
    })
    .await;
}

#[tokio::test]
async fn k7_a_rejected_order_becomes_an_alert_with_steps_and_is_settled_by_one() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000070", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000070").await.id;
        let mut open_page = world.context.live.subscribe();
        let form = AnswerForm { version: String::new(), lines: vec![reject("0")] };
        Box::pin(answer::answer(&world.context, &supplier, id, &form)).await.unwrap();
        assert!(open_page.try_recv().unwrap().concerns(hub.scope()), "open pages are told");

        let alert = one(&world, &hub, Kind::OrderRejected).await;
        let row = &alert.exception;
        assert_eq!((row.state, row.owner, row.subject_number.as_str()), (State::Open, Owner::Hub, "4500000070"));
        assert_eq!((row.money.minor(), row.currency.map(|currency| currency.code().to_owned())), (25_000, Some("EUR".to_owned())));
        let numbers = &row.differences.0[0];
        assert!(matches!(&numbers.expected.value, Value::Quantity { quantity, .. } if quantity.to_string() == "100"));
        assert_eq!((numbers.expected.id, numbers.found.document), (Some(id.0), row.document_id), "each number says where it stands");
        assert!(alert.guide.steps.len() >= 3 && row.due_at > row.began_at);
        assert!(seen(&world, &supplier).await.is_empty(), "it is the hub's to settle");

        // Steps done are kept with who and when, and the last one counts as what settled it.
        act::step(&world.context, &hub, row.id, 1, true).await.unwrap();
        world.clock.advance_seconds(60);
        act::step(&world.context, &hub, row.id, 3, true).await.unwrap();
        act::step(&world.context, &hub, row.id, 2, true).await.unwrap();
        act::step(&world.context, &hub, row.id, 2, false).await.unwrap();
        let none = act::step(&world.context, &hub, row.id, 9, true).await;
        assert!(matches!(none, Err(Error::Invalid(_))), "{none:?}");
        let done: Vec<_> =
            view::load(&world.context, &hub, row.id).await.unwrap().done.iter().map(|done| (done.step, done.done_by.clone())).collect();
        assert_eq!(
            done,
            [(1, "Alex Example, Castellan Pumps & Valves".to_owned()), (3, "Alex Example, Castellan Pumps & Valves".to_owned())]
        );
        assert!(matches!(act::settle(&world.context, &hub, row.id, "  ").await, Err(Error::Invalid(_))), "how it was settled must be said");
        act::settle(&world.context, &hub, row.id, "Ordered at Ostermann.").await.unwrap();
        let after = view::load(&world.context, &hub, row.id).await.unwrap();
        assert_eq!((after.exception.state, after.exception.settled_step), (State::Closed, Some(3)));
        assert_eq!(after.settled.iter().map(|step| (step.settled_step, step.n)).collect::<Vec<_>>(), [(3, 1)]);

        // It stays settled however often somebody looks.
        later(&world, DAY).await;
        assert_eq!(states(&world, &hub, Kind::OrderRejected).await, [State::Closed]);
    })
    .await;
}

#[tokio::test]
async fn k7_missing_shipment_data_becomes_an_alert_and_closes_itself() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000071", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000071").await.id;
        accept_all(&world, &supplier, id).await;

        // Promised for Friday the 4th of December: on Saturday nothing was announced.
        later(&world, 11 * DAY).await;
        assert!(states(&world, &supplier, Kind::ShipNoticeMissing).await.is_empty());
        later(&world, 2 * DAY).await;
        let alert = one(&world, &supplier, Kind::ShipNoticeMissing).await;
        assert_eq!((alert.exception.state, alert.exception.owner, alert.exception.money.minor()), (State::Open, Owner::Partner, 25_000));
        let times = alert.exception.times;
        later(&world, DAY).await;
        assert_eq!(one(&world, &supplier, Kind::ShipNoticeMissing).await.exception.times, times + 1, "said again after a day, in one row");

        // Announced at last, but nobody can follow it: the one closes itself, the other opens two working hours later.
        let form = announce::ShipForm { tracking: String::new(), ..ship_form(&world, &supplier, id, "S-1", "100").await };
        Box::pin(announce::announce(&world.context, &supplier, id, &form)).await.unwrap();
        let over = one(&world, &supplier, Kind::ShipNoticeMissing).await.exception;
        assert_eq!((over.state, over.ended_at, over.settled_by), (State::Closed, Some(world.context.now()), None));
        later(&world, HOUR).await;
        assert!(states(&world, &hub, Kind::ShipmentDataMissing).await.is_empty());
        later(&world, 2 * HOUR).await;
        let blind = one(&world, &supplier, Kind::ShipmentDataMissing).await;
        assert_eq!(
            blind.exception.differences.0.iter().map(|difference| difference.what.as_str()).collect::<Vec<_>>(),
            ["Tracking number"]
        );

        // The carrier says that it arrived: nobody has to follow it any more.
        let arrived = CarrierStatus {
            tracking: String::new(),
            shipment: "S-1".to_owned(),
            carrier: "HHAU".to_owned(),
            status: "D1".to_owned(),
            reason: "NS".to_owned(),
            city: "Utrecht".to_owned(),
            region: String::new(),
            country: "NL".to_owned(),
        };
        world.grid.send_status("CARRIER", &Party::new("HAULIER", "Hansa Haulage"), &castellan(), &arrived);
        Box::pin(world.settle()).await;
        assert_eq!(states(&world, &supplier, Kind::ShipmentDataMissing).await, [State::Closed]);
    })
    .await;
}

#[tokio::test]
async fn k7_a_late_acknowledgment_becomes_an_alert_with_steps_and_closes_itself_when_it_comes() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.partner("EDI", Behaviour { acknowledge: Acknowledge::Accept, acknowledge_after: 6 * HOUR, ..Behaviour::default() });
        let hub = world.person(world.cast.hub).await;
        let (partner, other) = (world.person(world.cast.edi_supplier).await, world.person(world.cast.supplier).await);
        place::purchase(&world.context, &hub, "VALMET", message("P-7", "GV-80", 10, "CASTELLAN")).await.unwrap();
        Box::pin(world.settle()).await;
        later(&world, 3 * HOUR).await;
        assert!(states(&world, &hub, Kind::AcknowledgmentMissing).await.is_empty());
        later(&world, 2 * HOUR).await;
        let alert = one(&world, &partner, Kind::AcknowledgmentMissing).await;
        assert_eq!((alert.exception.state, alert.exception.subject_number.as_str()), (State::Open, "P-7"));
        assert!(seen(&world, &other).await.is_empty(), "another organisation knows nothing of it");

        // The partner asks in a case, which is linked.
        let case =
            act::open_case(&world.context, &partner, alert.exception.id, "Where is the 997?", "Our system had an outage.").await.unwrap();
        let opened = cases::load(&world.context, &hub, case).await.unwrap();
        assert_eq!(opened.references[0].document_id, alert.exception.document_id);
        let again = act::open_case(&world.context, &hub, alert.exception.id, "Once more", "Text").await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert_eq!(view::load(&world.context, &hub, alert.exception.id).await.unwrap().case, Some(opened.case.number));

        later(&world, 2 * HOUR).await;
        let over = one(&world, &partner, Kind::AcknowledgmentMissing).await.exception;
        assert_eq!((over.state, over.settled_by), (State::Closed, None));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_came_late_is_an_exception_whether_or_not_the_watch_ran() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000072", kestrel(), &[("M8", "100", "2.50")]));
        world.grid.place_order("ERP", &order("4500000073", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        let supplier = world.person(world.cast.supplier).await;
        let ids = [
            world.order(OrderKind::Purchase, world.cast.supplier, "4500000072").await.id,
            world.order(OrderKind::Purchase, world.cast.supplier, "4500000073").await.id,
        ];
        // The watch is away until both are answered, two days after they were due.
        world.clock.advance_seconds(3 * DAY);
        accept_all(&world, &supplier, ids[0]).await;
        watch::watch(&world.context).await.unwrap();
        accept_all(&world, &supplier, ids[1]).await;
        let rows = seen(&world, &supplier).await;
        let late: Vec<_> = rows.iter().filter(|row| row.kind == Kind::AnswerOverdue).collect();
        let [first, second] = late[..] else { panic!("{rows:?}") };
        assert_eq!((first.state, second.state), (State::Closed, State::Closed));
        let (one, other) = (
            view::load(&world.context, &supplier, first.id).await.unwrap().exception,
            view::load(&world.context, &supplier, second.id).await.unwrap().exception,
        );
        assert_eq!((one.times, one.ended_at, one.due_at), (other.times, other.ended_at, other.due_at));
        assert_eq!(one.times, 3, "due on Tuesday, answered on Thursday");
    })
    .await;
}

#[tokio::test]
async fn x3_a_document_that_cannot_be_read_is_its_senders_to_correct_and_a_corrected_one_closes_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (partner, other) = (world.person(world.cast.edi_supplier).await, world.person(world.cast.supplier).await);
        let hub = world.person(world.cast.hub).await;
        place::purchase(&world.context, &hub, "VALMET", message("P-8", "GV-80", 10, "CASTELLAN")).await.unwrap();
        let answer = |control: &str, date: &str, order: &str| {
            format!(
                "ISA*00*          *00*          *ZZ*VALMET         *ZZ*CASTELLAN      *261123*0900*U*00401*{control}*0*P*>~\
                 GS*PR*VALMET*CASTELLAN*20261123*0900*1*X*004010~ST*855*0001~BAK*00*AD*{order}*{date}~CTT*0~SE*4*0001~GE*1*1~IEA*1*{control}~"
            )
        };
        let mut open_page = world.context.live.subscribe();
        let take = async |text: String| {
            world.clock.advance_seconds(60);
            let source = exchange::Source {
                route: None,
                owner: world.cast.edi_supplier,
                name: "answer.edi".to_owned(),
                handle: None,
                is_copy: false,
                refuses_test: false,
            };
            Box::pin(exchange::receive(&world.context, source, Bytes::from(text))).await.unwrap()
        };
        take(answer("000000501", "20261399", "P-8")).await;
        let mut told = false;
        while let Ok(change) = open_page.try_recv() {
            told |= change.concerns(partner.scope());
        }
        assert!(told, "the partner's open page is told at once");
        let refused = one(&world, &partner, Kind::DocumentRefused).await;
        assert_eq!((refused.exception.state, refused.exception.owner), (State::Open, Owner::Partner));
        assert!(matches!(view::load(&world.context, &other, refused.exception.id).await, Err(Error::NotFound)));
        for nothing in [
            act::step(&world.context, &other, refused.exception.id, 1, true).await.err(),
            act::settle(&world.context, &other, refused.exception.id, "done").await.err(),
            act::open_case(&world.context, &other, refused.exception.id, "a", "b").await.err(),
        ] {
            assert!(matches!(nothing, Some(Error::NotFound)), "{nothing:?}");
        }

        // One that names an unknown order changes nothing, which is another exception; the right one closes what it replaces.
        take(answer("000000502", "20261123", "P-9")).await;
        assert_eq!(states(&world, &partner, Kind::DocumentNotApplied).await, [State::Open]);
        take(answer("000000503", "20261123", "P-8")).await;
        assert_eq!(states(&world, &partner, Kind::DocumentRefused).await, [State::Closed]);
        assert_eq!(states(&world, &partner, Kind::DocumentNotApplied).await, [State::Open]);

        // A file that is no document at all.
        take("noise".to_owned()).await;
        assert_eq!(states(&world, &partner, Kind::FileRefused).await, [State::Open]);
        take(answer("000000504", "20261123", "P-8")).await;
        assert_eq!(states(&world, &partner, Kind::FileRefused).await, [State::Closed], "a good file of the same name");
    })
    .await;
}

#[tokio::test]
async fn the_hubs_exceptions_are_not_shown_to_the_partner_they_concern() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000074", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000074").await.id;
        let form = AnswerForm { version: String::new(), lines: vec![super::flows::change("0", "60", "2026-12-20")] };
        Box::pin(answer::answer(&world.context, &supplier, id, &form)).await.unwrap();
        let kinds = |rows: Vec<ExceptionRow>| rows.into_iter().map(|row| row.kind).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(kinds(seen(&world, &hub).await), [Kind::ConfirmedLess, Kind::PromisedLate].into());
        assert!(seen(&world, &supplier).await.is_empty());
        let less = one(&world, &hub, Kind::ConfirmedLess).await.exception.id;
        assert!(matches!(view::load(&world.context, &supplier, less).await, Err(Error::NotFound)));
        assert!(matches!(act::settle(&world.context, &supplier, less, "it is fine").await, Err(Error::NotFound)));

        // Goods that leave say that both went on.
        Box::pin(ship(&world, &supplier, id, "S-1", "60")).await;
        assert_eq!(states(&world, &hub, Kind::ConfirmedLess).await, [State::Closed]);

        // Whoever is not the hub knows nothing of rules either.
        let form = RuleForm { kind: "answer_overdue".to_owned(), on: "off".to_owned(), ..RuleForm::default() };
        assert!(matches!(rules::table(&world.context, &supplier).await, Err(Error::NotFound)));
        assert!(matches!(rules::save(&world.context, &supplier, &form).await, Err(Error::NotFound)));
        assert!(matches!(rules::trial(&world.context, &supplier, &form, 30).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_tried_on_the_past_before_it_is_switched_on_and_one_partner_may_have_its_own() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let form = |threshold: &str, partner: &str, on: &str| RuleForm {
            kind: "answer_overdue".to_owned(),
            partner: partner.to_owned(),
            on: on.to_owned(),
            threshold: threshold.to_owned(),
            repeats: "2".to_owned(),
            ..RuleForm::default()
        };
        rules::save(&world.context, &hub, &form("0", "", "off")).await.unwrap();
        for (place, number) in ["4500000075", "4500000076"].into_iter().enumerate() {
            world.grid.place_order("ERP", &order(number, kestrel(), &[("M8", "100", "2.50")]));
            Box::pin(world.settle()).await;
            world.clock.advance_seconds(DAY + HOUR * (1 + 4 * i64::try_from(place).unwrap()));
            let id = world.order(OrderKind::Purchase, world.cast.supplier, number).await.id;
            accept_all(&world, &supplier, id).await;
        }
        watch::watch(&world.context).await.unwrap();
        assert!(seen(&world, &hub).await.is_empty(), "the rule is off");
        let would = async |threshold: &str, partner: &str| {
            let trial = rules::trial(&world.context, &hub, &form(threshold, partner, "on"), 30).await.unwrap();
            assert_eq!(trial.examined, if partner == "OSTERMANN" { 0 } else { 2 });
            (trial.found.len(), trial.money.values().map(|(_, amount)| amount.minor()).sum::<i64>())
        };
        assert_eq!(would("0", "").await, (2, 50_000), "both came late");
        assert_eq!(would("3", "").await, (1, 25_000), "one by more than three working hours");
        assert_eq!(would("0", "OSTERMANN").await, (0, 0), "none of another partner's");
        assert!(seen(&world, &hub).await.is_empty(), "trying changes nothing");

        // An order of long ago that was never shipped, and an invoice that names no order, are looked at too.
        let tried = async |kind: &str, partner: &str, days: i64| {
            let form = RuleForm { kind: kind.to_owned(), partner: partner.to_owned(), on: "on".to_owned(), ..RuleForm::default() };
            rules::trial(&world.context, &hub, &form, days).await.unwrap().found.len()
        };
        let bill = "BIG*20261124*V-9*****DI~CUR*SE*EUR~IT1*1*10*EA*9.5**BP*GV-80~TDS*9500~CTT*1~";
        super::quantities::send(&world, "VALMET", "CASTELLAN", "IN", "810", bill).await;
        let now = world.context.now();
        let due = "2026-12-04".parse::<portico::domain::time::Date>().unwrap().plus_days(1).start_utc();
        world.clock.advance_seconds((due.micros() - now.micros()) / 1_000_000 + DAY);
        assert_eq!(tried("ship_notice_missing", "KESTREL", 3).await, 2);
        assert_eq!((tried("invoice_unanswered", "VALMET", 30).await, tried("invoice_unanswered", "KESTREL", 30).await), (1, 0));

        // For one partner it is on, and what came late shows when it is looked at again.
        rules::save(&world.context, &hub, &form("3", "KESTREL", "on")).await.unwrap();
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000076").await.id;
        Box::pin(ship(&world, &supplier, id, "S-2", "100")).await;
        assert_eq!(states(&world, &hub, Kind::AnswerOverdue).await, [State::Closed]);
        let table = rules::table(&world.context, &hub).await.unwrap();
        assert_eq!(table.rows.len(), 2);
        for row in table.rows {
            rules::remove(&world.context, &hub, row.id).await.unwrap();
        }
        assert!(rules::table(&world.context, &hub).await.unwrap().rows.is_empty());

        // What cannot be used is said field by field.
        let wrong = RuleForm { document: "invoice".to_owned(), repeats: "0".to_owned(), ..form("many", "NOBODY", "on") };
        let Err(Error::Invalid(errors)) = rules::save(&world.context, &hub, &wrong).await else { panic!("it is refused") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["threshold", "repeats", "partner", "document"]);
    })
    .await;
}

#[tokio::test]
async fn a_rule_counts_by_the_calendar_chosen_for_it_which_stays_as_long_as_it_is_needed() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (context, hub) = (&world.context, world.person(world.cast.hub).await);
        let week = std::array::from_fn(|_| "08:00-09:00".to_owned());
        let desk = CalendarForm { name: "One hour a day".to_owned(), zone: "UTC".to_owned(), week };
        let desk = calendars::save(context, &hub, None, &desk).await.unwrap();
        let form = |kind: &str, calendar: &str| RuleForm {
            kind: kind.to_owned(),
            on: "on".to_owned(),
            calendar: calendar.to_owned(),
            ..RuleForm::default()
        };
        for (kind, calendar) in [("answer_overdue", "none"), ("answer_price", desk.to_string().as_str())] {
            let Err(Error::Invalid(errors)) = rules::save(context, &hub, &form(kind, calendar)).await else { panic!("{kind}") };
            assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["calendar"], "{kind}");
        }

        // With the usual week it would be found within the trial, with one hour a day not yet.
        world.grid.place_order("ERP", &order("4500000078", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        world.clock.advance_seconds(3 * DAY);
        let tried = async |calendar: &str| {
            let form = RuleForm { threshold: "9".to_owned(), ..form("answer_overdue", calendar) };
            rules::trial(context, &hub, &form, 30).await.unwrap().found.len()
        };
        assert_eq!((tried("").await, tried(&desk.to_string()).await), (1, 0));

        rules::save(context, &hub, &form("answer_overdue", &desk.to_string())).await.unwrap();
        let kept = rules::table(context, &hub).await.unwrap().rows;
        assert_eq!(kept[0].calendar_id, Some(desk));
        assert!(
            matches!(calendars::remove(context, &hub, desk).await, Err(Error::Conflict(words)) if words.contains("counts by this calendar"))
        );
        rules::remove(context, &hub, kept[0].id).await.unwrap();
        calendars::remove(context, &hub, desk).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_rule_for_what_is_found_at_once_holds_for_what_came_before_it_was_set() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let rule = |threshold: &str, on: &str| RuleForm {
            kind: "confirmed_less".to_owned(),
            on: on.to_owned(),
            threshold: threshold.to_owned(),
            repeats: "2".to_owned(),
            ..RuleForm::default()
        };
        rules::save(&world.context, &hub, &rule("50", "on")).await.unwrap();
        world.grid.place_order("ERP", &order("4500000077", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000077").await.id;
        let answered = async |quantity: &str| {
            let form = AnswerForm { version: String::new(), lines: vec![super::flows::change("0", quantity, "2026-12-04")] };
            Box::pin(answer::answer(&world.context, &supplier, id, &form)).await.unwrap();
            Box::pin(world.later(60)).await;
        };
        answered("60").await;
        assert!(states(&world, &hub, Kind::ConfirmedLess).await.is_empty(), "forty percent less is allowed");
        rules::save(&world.context, &hub, &rule("10", "on")).await.unwrap();
        Box::pin(world.settle()).await;
        assert_eq!(states(&world, &hub, Kind::ConfirmedLess).await, [State::Open], "what was answered before counts too");

        // Each further answer says it again, but no more than twice in all.
        let times = async || one(&world, &hub, Kind::ConfirmedLess).await.exception.times;
        for (quantity, said) in [("50", 2), ("40", 2), ("30", 2)] {
            answered(quantity).await;
            assert_eq!(times().await, said, "{quantity}");
        }
        rules::save(&world.context, &hub, &rule("10", "off")).await.unwrap();
        Box::pin(world.settle()).await;
        assert_eq!(states(&world, &hub, Kind::ConfirmedLess).await, [State::Closed]);
    })
    .await;
}

#[tokio::test]
async fn money_is_sorted_currency_by_currency_and_pages_lose_nothing() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        for (number, currency, quantity) in
            [("A", "EUR", "10"), ("B", "USD", "9000"), ("C", "EUR", "70"), ("D", "GBP", "1"), ("E", "USD", "3"), ("F", "EUR", "40")]
        {
            let order = order(&format!("45000002{number}"), kestrel(), &[("M8", quantity, "2.50")]);
            world.grid.place_order("ERP", &portico::sandbox::grid::Order { currency: currency.to_owned(), ..order });
        }
        Box::pin(world.settle()).await;
        later(&world, 2 * DAY).await;
        let supplier = world.person(world.cast.supplier).await;
        let mut conn = world.context.db.read().await.unwrap();
        let (mut found, mut after, mut after_currency) = (Vec::new(), None, None);
        loop {
            let sorted = portico::store::exceptions::Sorted::Money;
            let filter = ExceptionFilter { sorted, after, after_currency, ..ExceptionFilter::default() };
            let page = portico::store::exceptions::list(&mut conn, supplier.scope(), &filter, 1).await.unwrap();
            let Some(row) = page.first() else { break };
            let currency = row.currency.map(|currency| currency.code().to_owned()).unwrap_or_default();
            found.push(format!("{currency} {}", row.subject_number.trim_start_matches("45000002")));
            (after, after_currency) = (Some((row.money.minor(), row.id)), row.currency);
            assert!(found.len() <= 6, "{found:?}");
        }
        assert_eq!(found, ["EUR C", "EUR F", "EUR A", "GBP D", "USD B", "USD E"]);
    })
    .await;
}

#[tokio::test]
async fn lists_are_paged_by_due_date_and_by_money_without_loss() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        for number in 0..7 {
            world
                .grid
                .place_order("ERP", &order(&format!("45000001{number:02}"), kestrel(), &[("M8", &(100 - number % 3).to_string(), "2.50")]));
            Box::pin(world.settle()).await;
            world.clock.advance_seconds(60);
        }
        later(&world, 2 * DAY).await;
        let mut conn = world.context.db.read().await.unwrap();
        let scope = world.person(world.cast.supplier).await.scope();
        for sorted in [portico::store::exceptions::Sorted::Due, portico::store::exceptions::Sorted::Money] {
            let mut ids: Vec<ExceptionId> = Vec::new();
            let mut keys: Vec<i64> = Vec::new();
            let (mut after, mut after_currency) = (None, None);
            loop {
                let filter = ExceptionFilter { sorted, after, after_currency, ..ExceptionFilter::default() };
                let mut page = portico::store::exceptions::list(&mut conn, scope, &filter, 2).await.unwrap();
                let is_last = page.len() <= 2;
                page.truncate(2);
                let key = |row: &ExceptionRow| match sorted {
                    portico::store::exceptions::Sorted::Due => row.due_at.micros(),
                    _ => -row.money.minor(),
                };
                ids.extend(page.iter().map(|row| row.id));
                keys.extend(page.iter().map(key));
                after = page.last().map(|row| (key(row).abs(), row.id));
                after_currency = page.last().and_then(|row| row.currency);
                if is_last {
                    break;
                }
            }
            assert_eq!(ids.len(), 7, "{sorted:?}");
            assert!(keys.is_sorted(), "{sorted:?}: {keys:?}");
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), 7, "{sorted:?}");
        }
    })
    .await;
}
