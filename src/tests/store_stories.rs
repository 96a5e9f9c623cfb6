//! What the flows do not show of the store, one story per aggregate, told to both engines.

use std::sync::Arc;

use portico::{
    auth::throttle::Throttle,
    domain::{
        access::{Actor, Role, Scope},
        ids::{Ids, JobId, UserId},
        number::{Amount, Currency, Quantity, UnitPrice},
        order::{Line, LineStatus, OrderKind, OrderState, Part, Quantities, Turn},
        time::{Clock, ManualClock, Timestamp},
    },
    service::{
        Error,
        account::{self, Attempt, NewUser},
    },
    store::{
        Conn, Db, StoreError, content, drafts,
        drafts::Draft,
        jobs,
        machine::{self, MachineKey},
        orders::{self, Order, OrderFilter},
        sessions::{self, Session},
        users::{self, User},
    },
};
use sqlx::types::Json;

use super::support::{Engine, World, on_each_engine};

fn ids() -> (Ids, Arc<ManualClock>) {
    (Ids::seeded(3), ManualClock::at("2026-11-23T08:00:00.123456Z".parse().unwrap()))
}

fn user(ids: &Ids, clock: &ManualClock, email: &str) -> User {
    User {
        id: ids.next(clock),
        email: email.to_owned(),
        name: "Alex Example".to_owned(),
        password_hash: "x".to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
        theme: "system".to_owned(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: clock.now(),
    }
}

#[tokio::test]
async fn people_sign_in_act_for_one_organisation_and_are_locked_out() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (ids, clock) = ids();
        let row = user(&ids, &clock, "alex@example.com");
        let mut tx = engine.db.begin().await.unwrap();
        users::insert(&mut tx, &row).await.unwrap();
        for (place, organisation) in [world.cast.supplier, world.cast.customer].into_iter().enumerate() {
            let at = clock.now().plus_seconds(i64::try_from(place).unwrap());
            users::insert_membership(&mut tx, ids.next(&*clock), row.id, organisation, Role::Member, at).await.unwrap();
        }
        for counted in 1..=3 {
            assert_eq!(users::count_failure(&mut tx, row.id, clock.now()).await.unwrap(), Some(counted));
        }
        users::lock(&mut tx, row.id, clock.now().plus_seconds(1)).await.unwrap();
        assert!(!users::forget_failures(&mut tx, row.id, clock.now()).await.unwrap(), "locked");
        users::lock(&mut tx, row.id, clock.now()).await.unwrap();
        users::set_disabled(&mut tx, row.id, Some(clock.now())).await.unwrap();
        assert!(users::reader(&mut tx, row.id, None).await.unwrap().is_none(), "kept out");
        users::set_disabled(&mut tx, row.id, None).await.unwrap();
        tx.commit().await.unwrap();

        let mut conn = engine.db.read().await.unwrap();
        let found = users::find_by_email(&mut conn, "alex@example.com").await.unwrap().unwrap();
        assert_eq!((found.failures, found.locked_until, found.created_at), (3, Some(clock.now()), clock.now()), "to the microsecond");
        let first = users::reader(&mut conn, row.id, None).await.unwrap().unwrap();
        assert_eq!((first.actor.organisation, first.organisations), (world.cast.supplier, 2));
        let chosen = users::reader(&mut conn, row.id, Some(world.cast.customer)).await.unwrap().unwrap();
        assert_eq!(chosen.actor.scope(), Scope::Party(world.cast.customer));
        assert!(users::reader(&mut conn, row.id, Some(world.cast.hub)).await.unwrap().is_none(), "not a member there");
        assert!(users::reader(&mut conn, ids.next::<UserId>(&*clock), None).await.unwrap().is_none());

        let again = users::insert(&mut engine.db.begin().await.unwrap(), &User { id: ids.next(&*clock), ..row }).await;
        assert!(matches!(again, Err(StoreError::Engine(_))), "an address belongs to one person");
    })
    .await;
}

#[tokio::test]
async fn sessions_are_found_until_they_end() {
    on_each_engine(async |engine: Arc<Engine>| {
        let (ids, clock) = ids();
        let row = user(&ids, &clock, "alex@example.com");
        let session = |id: &str, seconds: i64| Session {
            id: id.to_owned(),
            user_id: Some(row.id),
            data: Json([("user".to_owned(), serde_json::json!(row.id))].into()),
            user_agent: "Firefox".to_owned(),
            created_at: clock.now(),
            seen_at: clock.now(),
            expires_at: clock.now().plus_seconds(seconds),
        };
        let mut tx = engine.db.begin().await.unwrap();
        users::insert(&mut tx, &row).await.unwrap();
        assert!(sessions::insert(&mut tx, &session("one", 60)).await.unwrap());
        assert!(!sessions::insert(&mut tx, &session("one", 60)).await.unwrap(), "an id that is taken is not taken over");
        sessions::insert(&mut tx, &session("two", 3600)).await.unwrap();
        sessions::insert(&mut tx, &session("three", 3600)).await.unwrap();
        let later = clock.now().plus_seconds(60);
        assert!(sessions::find(&mut tx, "one", clock.now()).await.unwrap().is_some());
        assert!(sessions::find(&mut tx, "one", later).await.unwrap().is_none());
        assert_eq!(sessions::of_user(&mut tx, row.id, later).await.unwrap().len(), 2);
        assert_eq!(sessions::delete_ended(&mut tx, later).await.unwrap(), 1);
        assert_eq!(sessions::delete_others(&mut tx, row.id, "two").await.unwrap(), 1);
        assert!(!sessions::delete_of_user(&mut tx, ids.next(&*clock), "two").await.unwrap(), "somebody else's");
        tx.commit().await.unwrap();
    })
    .await;
}

/// Claims the next job for ten minutes, as the worker `lease`.
async fn claim(conn: &mut Conn, lease: JobId, now: Timestamp) -> Option<jobs::Claimed> {
    jobs::claim(conn, "", lease.0, now.plus_seconds(600), now).await.unwrap()
}

#[tokio::test]
async fn jobs_are_claimed_once_and_done_again_when_asked_for_again_or_when_more_is_left() {
    on_each_engine(async |engine: Arc<Engine>| {
        let (ids, clock) = ids();
        let now = clock.now();
        let (one, two) = (ids.next::<JobId>(&*clock), ids.next::<JobId>(&*clock));
        let payload = serde_json::json!({ "receiver": "x" });
        let mut tx = engine.db.begin().await.unwrap();
        jobs::enqueue(&mut tx, one, "dispatch", Some("x"), &payload, now.plus_seconds(60), now).await.unwrap();
        jobs::enqueue(&mut tx, two, "dispatch", Some("x"), &payload, now.plus_seconds(30), now).await.unwrap();
        assert!(claim(&mut tx, one, now.plus_seconds(29)).await.is_none(), "not due");
        let due = now.plus_seconds(30);
        let claimed = claim(&mut tx, one, due).await.unwrap();
        assert_eq!((claimed.kind.as_str(), claimed.attempts, &claimed.payload.0), ("dispatch", 1, &payload), "once, at the earlier time");
        assert!(claim(&mut tx, two, due).await.is_none(), "claimed");

        // What is left for later is said by the work itself; nothing of it is lost, and it does not spin.
        jobs::finish(&mut tx, claimed.id, one.0, Some(now.plus_seconds(60))).await.unwrap();
        assert!(claim(&mut tx, one, now.plus_seconds(59)).await.is_none());
        let due = now.plus_seconds(60);
        claim(&mut tx, one, due).await.unwrap();

        // A worker that was thought dead: it can neither hold on to the job nor end it.
        let expired = due.plus_seconds(601);
        assert_eq!(claim(&mut tx, two, expired).await.unwrap().attempts, 2, "its worker died");
        assert!(!jobs::renew(&mut tx, claimed.id, one.0, expired.plus_seconds(600)).await.unwrap());
        jobs::bury(&mut tx, claimed.id, one.0, "stale", expired).await.unwrap();
        jobs::postpone(&mut tx, claimed.id, one.0, "stale", expired).await.unwrap();
        jobs::finish(&mut tx, claimed.id, one.0, None).await.unwrap();
        assert!(jobs::renew(&mut tx, claimed.id, two.0, expired.plus_seconds(600)).await.unwrap());

        // Asked for again while it runs: it runs again at that time, or when there is more of it, whichever is first.
        for (asked, left) in [(5, 9), (9, 5)] {
            jobs::enqueue(&mut tx, ids.next(&*clock), "dispatch", Some("x"), &payload, expired.plus_seconds(asked), expired).await.unwrap();
            jobs::finish(&mut tx, claimed.id, two.0, Some(expired.plus_seconds(left))).await.unwrap();
            assert!(claim(&mut tx, two, expired.plus_seconds(4)).await.is_none());
            assert_eq!(claim(&mut tx, two, expired.plus_seconds(5)).await.unwrap().attempts, 1);
        }
        jobs::finish(&mut tx, claimed.id, two.0, None).await.unwrap();
        assert!(claim(&mut tx, two, expired.plus_seconds(9999)).await.is_none(), "done");
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn work_that_failed_keeps_its_pause_until_an_operator_hastens_it() {
    on_each_engine(async |engine: Arc<Engine>| {
        let (ids, clock) = ids();
        let now = clock.now();
        let (lease, payload) = (ids.next::<JobId>(&*clock), serde_json::json!({}));
        let mut tx = engine.db.begin().await.unwrap();
        let ask = async |conn: &mut Conn| {
            jobs::enqueue(conn, ids.next(&*clock), "dispatch", Some("x"), &payload, now, now).await.unwrap();
        };
        ask(&mut tx).await;
        let job = claim(&mut tx, lease, now).await.unwrap().id;
        jobs::postpone(&mut tx, job, lease.0, "no answer", now.plus_seconds(120)).await.unwrap();
        ask(&mut tx).await;
        assert!(claim(&mut tx, lease, now.plus_seconds(119)).await.is_none(), "traffic burns no attempts");
        assert!(jobs::hasten(&mut tx, "dispatch", "x", now).await.unwrap());
        assert_eq!(claim(&mut tx, lease, now).await.unwrap().attempts, 1);
        // Hastened while it runs and fails: it does not wait.
        assert!(jobs::hasten(&mut tx, "dispatch", "x", now).await.unwrap());
        jobs::postpone(&mut tx, job, lease.0, "no answer", now.plus_seconds(120)).await.unwrap();
        assert!(claim(&mut tx, lease, now).await.is_some());

        // What was given up is kept once, and trying it again gives way to the same work asked for since.
        jobs::bury(&mut tx, job, lease.0, "no such place", now).await.unwrap();
        assert!(claim(&mut tx, lease, now.plus_seconds(999)).await.is_none());
        ask(&mut tx).await;
        let live = claim(&mut tx, lease, now).await.unwrap().id;
        jobs::postpone(&mut tx, live, lease.0, "no answer", now.plus_seconds(120)).await.unwrap();
        assert!(jobs::revive(&mut tx, job, now).await.unwrap());
        assert!(jobs::dead(&mut tx).await.unwrap().is_empty());
        assert_eq!(claim(&mut tx, lease, now).await.unwrap().id, live);
        jobs::bury(&mut tx, live, lease.0, "still no such place", now).await.unwrap();
        ask(&mut tx).await;
        let third = claim(&mut tx, lease, now).await.unwrap().id;
        jobs::bury(&mut tx, third, lease.0, "and again", now).await.unwrap();
        let dead = jobs::dead(&mut tx).await.unwrap();
        assert_eq!((dead.len(), dead[0].failure.as_deref()), (1, Some("and again")));
        assert!(jobs::revive(&mut tx, third, now).await.unwrap() && !jobs::revive(&mut tx, third, now).await.unwrap());
        assert_eq!(claim(&mut tx, lease, now).await.unwrap().attempts, 1);
        assert!(!jobs::hasten(&mut tx, "dispatch", "y", now).await.unwrap());
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_workers_never_hold_the_same_job() {
    on_each_engine(async |engine: Arc<Engine>| {
        let (ids, clock) = ids();
        let now = clock.now();
        let mut tx = engine.db.begin().await.unwrap();
        for _ in 0..20 {
            jobs::enqueue(&mut tx, ids.next(&*clock), "work", None, &serde_json::json!({}), now, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        let work = |db: Db, lease: JobId| async move {
            let mut mine = Vec::new();
            loop {
                let mut tx = db.begin().await.unwrap();
                let claimed = jobs::claim(&mut tx, "", lease.0, now.plus_seconds(300), now).await.unwrap();
                tx.commit().await.unwrap();
                match claimed {
                    Some(job) => mine.push(job.id),
                    None => return mine,
                }
            }
        };
        let (a, b) = tokio::join!(work(engine.db.clone(), ids.next(&*clock)), work(engine.db.clone(), ids.next(&*clock)));
        let mut all = [a, b].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 20);
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_a_machine_is_kept_byte_for_byte() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (ids, clock) = ids();
        let key = MachineKey {
            id: ids.next(&*clock),
            organisation_id: world.cast.hub,
            name: "erp".to_owned(),
            key_hash: vec![1, 2, 3],
            created_at: clock.now(),
            revoked_at: None,
        };
        let mut tx = engine.db.begin().await.unwrap();
        machine::insert(&mut tx, &key).await.unwrap();
        assert!(machine::enter_request(&mut tx, key.id, "k-1", &[9], clock.now()).await.unwrap());
        assert!(!machine::enter_request(&mut tx, key.id, "k-1", &[9], clock.now()).await.unwrap(), "it runs once");
        let running = machine::find_answer(&mut tx, key.id, "k-1").await.unwrap().unwrap();
        assert!(running.is_running());
        clock.advance_seconds(60);
        assert!(machine::take_over(&mut tx, &running, clock.now()).await.unwrap());
        assert!(!machine::take_over(&mut tx, &running, clock.now()).await.unwrap(), "one takes it over");
        let body = b"{\"title\":\"no\"}\n\x00\xff";
        machine::answer_request(&mut tx, key.id, "k-1", 422, "application/problem+json", body).await.unwrap();
        machine::answer_request(&mut tx, key.id, "k-1", 200, "application/json", b"").await.unwrap();
        machine::leave_request(&mut tx, key.id, "k-1").await.unwrap();
        let kept = machine::find_answer(&mut tx, key.id, "k-1").await.unwrap().unwrap();
        assert_eq!((kept.status, kept.body.as_slice(), kept.request_hash), (422, body.as_slice(), vec![9]), "the first answer stays");
        assert_eq!(machine::forget_answers(&mut tx, clock.now().plus_seconds(machine::ANSWER_SECONDS)).await.unwrap(), 0);
        assert_eq!(machine::forget_answers(&mut tx, clock.now().plus_seconds(machine::ANSWER_SECONDS + 1)).await.unwrap(), 1);
        let listed = machine::list(&mut tx).await.unwrap();
        assert_eq!((listed[0].organisation.as_str(), listed[0].name.as_str(), listed[0].revoked_at), ("CASTELLAN", "erp", None));
        assert_eq!(machine::find(&mut tx, &[1, 2, 3]).await.unwrap().unwrap().name, "erp");
        machine::revoke(&mut tx, world.cast.hub, "erp", clock.now()).await.unwrap();
        assert!(machine::find(&mut tx, &[1, 2, 3]).await.unwrap().is_none());
        tx.commit().await.unwrap();
    })
    .await;
}

fn line(ids: &Ids, clock: &ManualClock) -> Line {
    Line {
        id: ids.next(clock),
        position: 0,
        line: "001".to_owned(),
        buyer_item: Some("GV-80".to_owned()),
        seller_item: None,
        gtin: None,
        description: "Gate valve, 80 %_mm".to_owned(),
        unit: "EA".to_owned(),
        unit_price: "9.1234".parse::<UnitPrice>().unwrap(),
        price_per: Quantity::whole(100),
        confirmed_price: Some("0.000001".parse().unwrap()),
        requested_on: "2026-12-04".parse().ok(),
        promised_on: None,
        status: LineStatus::Changed,
        reason_code: Some("out_of_stock".to_owned()),
        reason_text: None,
        quantities: Quantities { ordered: Quantity::whole(7), confirmed: "6.5".parse().unwrap(), ..Quantities::default() },
        requested: Vec::new(),
        promised: vec![
            Part { quantity: Quantity::whole(4), on: "2026-12-05".parse().ok() },
            Part { quantity: "2.5".parse().unwrap(), on: None },
        ],
        provenance: std::collections::BTreeMap::default(),
    }
}

#[tokio::test]
async fn an_order_comes_back_as_it_was_saved_and_a_stale_save_is_refused() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (ids, clock) = ids();
        let row = |number: &str| Order {
            id: ids.next(&*clock),
            kind: OrderKind::Purchase,
            counterparty_id: world.cast.supplier,
            number: number.to_owned(),
            seller_number: None,
            revision: 1,
            state: OrderState::Received,
            turn: Turn::Seller,
            currency: Currency::EUR,
            ordered_on: "2026-11-23".parse().ok(),
            requested_on: None,
            promised_on: None,
            answer_due_at: Some(clock.now()),
            answered_at: None,
            parties: Json(Vec::new()),
            terms: String::new(),
            notes: "Ünïcode".to_owned(),
            total: Amount::from_minor(123_456_789_012),
            line_count: 1,
            document_id: None,
            answer_document_id: None,
            version: 0,
            updated_at: clock.now(),
            created_at: clock.now(),
        };
        let (mut order, line) = (row("A_1"), line(&ids, &clock));
        let mut tx = engine.db.begin().await.unwrap();
        orders::insert(&mut tx, &order, std::slice::from_ref(&line)).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        let kept = orders::find(&mut tx, Scope::Hub, order.id).await.unwrap().unwrap();
        assert_eq!(format!("{kept:?}"), format!("{order:?}"));
        assert_eq!(orders::lines(&mut tx, order.id).await.unwrap(), [line]);
        assert!(orders::find(&mut tx, Scope::Party(world.cast.customer), order.id).await.unwrap().is_none(), "out of scope");
        order.state = OrderState::Confirmed;
        orders::update(&mut tx, &order).await.unwrap();
        assert!(matches!(orders::update(&mut tx, &order).await, Err(StoreError::Stale)), "its version is gone");
        tx.commit().await.unwrap();

        // Keyset pages: every row once, newest first, also where many share an instant; search means what it says.
        let mut tx = engine.db.begin().await.unwrap();
        for number in 0..25 {
            orders::insert(&mut tx, &row(&format!("B{number:02}")), &[]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut conn = engine.db.read().await.unwrap();
        let (mut seen, mut filter) = (Vec::new(), OrderFilter::default());
        loop {
            let page = orders::list(&mut conn, Scope::Party(world.cast.supplier), &filter, 10).await.unwrap();
            let more = page.len() > 10;
            seen.extend(page.iter().take(10).map(|row| (row.created_at, row.id)));
            if !more {
                break;
            }
            filter.after = seen.last().copied();
        }
        assert_eq!(seen.len(), 26);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]));
        let search = |text: &str| OrderFilter { search: Some(text.to_owned()), ..OrderFilter::default() };
        assert_eq!(orders::list(&mut conn, Scope::Hub, &search("a_1"), 10).await.unwrap().len(), 1, "_ means itself");
        assert_eq!(orders::list(&mut conn, Scope::Hub, &search("KESTREL"), 50).await.unwrap().len(), 26);
        assert!(orders::list(&mut conn, Scope::Party(world.cast.customer), &search("a"), 10).await.unwrap().is_empty());
        for (text, found) in [("GV-80", 1), ("GV-8", 0)] {
            assert_eq!(orders::list(&mut conn, Scope::Hub, &search(text), 50).await.unwrap().len(), found, "an item by its whole number");
        }
        assert!(orders::list(&mut conn, Scope::Party(world.cast.customer), &search("GV-80"), 10).await.unwrap().is_empty(), "out of scope");
        drop(conn);
        let mut tx = engine.db.begin().await.unwrap();
        orders::insert(&mut tx, &row("ÖST-Ärger_ß"), &[]).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = engine.db.read().await.unwrap();
        for text in ["öst-ä", "ÖST-Ä", "ärger_ß"] {
            assert_eq!(orders::list(&mut conn, Scope::Hub, &search(text), 10).await.unwrap().len(), 1, "{text}");
        }
        assert!(orders::list(&mut conn, Scope::Hub, &search("ost"), 10).await.unwrap().is_empty(), "another letter");
        let counts = orders::count(&mut conn, Scope::Party(world.cast.supplier)).await.unwrap();
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<i64>(), 27);
    })
    .await;
}

#[tokio::test]
async fn a_draft_replaces_the_one_before_it_and_belongs_to_whoever_typed_it() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (ids, clock) = ids();
        let subject = ids.next::<JobId>(&*clock).0;
        let (alex, kim) = (world.person(world.cast.supplier).await, world.person(world.cast.supplier).await);
        let customer = world.person(world.cast.customer).await;
        let draft = |text: &str, whose: Option<&Actor>| Draft {
            id: ids.next(&*clock),
            organisation_id: world.cast.supplier,
            person_id: whose.map(Actor::own_id),
            kind: "answer".to_owned(),
            subject_id: subject,
            body: Json(serde_json::json!({ "note": text })),
            errors: Json(serde_json::json!([])),
            author: "Alex".to_owned(),
            updated_at: clock.now(),
        };
        let mut tx = engine.db.begin().await.unwrap();
        for row in [draft("before", None), draft("one", Some(&alex)), draft("two", Some(&alex))] {
            drafts::save(&mut tx, &row).await.unwrap();
        }
        let kept = async |conn: &mut Conn, actor: &Actor| {
            let kept = drafts::find(conn, actor, "answer", subject).await.unwrap();
            kept.map(|kept| kept.body.0["note"].as_str().unwrap().to_owned())
        };
        assert_eq!(kept(&mut tx, &alex).await.as_deref(), Some("two"));
        assert_eq!(kept(&mut tx, &kim).await.as_deref(), Some("before"), "what is from before is whose it is opened by");
        drafts::save(&mut tx, &draft("mine", Some(&kim))).await.unwrap();
        assert_eq!(kept(&mut tx, &kim).await.as_deref(), Some("mine"));
        assert_eq!(kept(&mut tx, &alex).await.as_deref(), Some("two"), "colleagues do not overwrite each other");
        assert_eq!(kept(&mut tx, &customer).await, None);
        drafts::delete(&mut tx, &alex, "answer", subject).await.unwrap();
        assert_eq!((kept(&mut tx, &alex).await, kept(&mut tx, &kim).await.as_deref()), (None, Some("mine")));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn content_is_kept_in_its_newest_version() {
    on_each_engine(async |engine: Arc<Engine>| {
        let (ids, clock) = ids();
        let item = content::ContentItem {
            id: ids.next(&*clock),
            language: "en".to_owned(),
            kind: "policy".to_owned(),
            slug: "packing".to_owned(),
            title: "Packing".to_owned(),
            summary: String::new(),
            body: "<p>Boxes</p>".to_owned(),
            audiences: Json(vec!["supplier".to_owned()]),
            attachment: None,
            first_published: None,
            last_published: clock.now(),
            fetched_at: clock.now(),
        };
        let mut tx = engine.db.begin().await.unwrap();
        content::save(&mut tx, &item).await.unwrap();
        content::save(&mut tx, &content::ContentItem { title: "Packing and labels".to_owned(), ..item.clone() }).await.unwrap();
        let listed = content::list(&mut tx, "policy").await.unwrap();
        assert_eq!((listed.len(), listed[0].title.as_str()), (1, "Packing and labels"));
        assert_eq!((listed[0].slug.as_str(), listed[0].audiences.0.as_slice()), ("packing", &["supplier".to_owned()][..]));
        content::delete(&mut tx, item.id, "en").await.unwrap();
        assert!(content::list_all(&mut tx).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn attempts_to_sign_in_at_once_do_not_outrun_the_lock() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (context, throttle) = (&world.context, Throttle::default());
        let new = NewUser { email: "a@example.com", name: "A", organisation: "KESTREL", role: Role::Member, password: "three blue herons" };
        let user = account::add_user(context, new).await.unwrap();
        let attempt = |password: &'static str| Attempt { email: "a@example.com", password, address: "192.0.2.7".parse().unwrap() };
        account::sign_in(context, &throttle, attempt("three blue herons")).await.unwrap();

        // Twelve guesses that all saw an open account.
        let guesses = (0..12).map(|_| account::sign_in(context, &throttle, attempt("one grey heron")));
        let answers = futures::future::join_all(guesses).await;
        let locked = answers.iter().filter(|answer| matches!(answer, Err(Error::TooMany(_)))).count();
        assert_eq!(locked, 3, "the tenth locks the account, and the others find it locked: {answers:?}");
        let find = async || users::find(&mut context.db.read().await.unwrap(), user).await.unwrap().unwrap();
        assert_eq!(find().await.failures, 10);

        // While the account is locked a right password is no better than a wrong one.
        world.clock.advance_seconds(900);
        let mut tx = context.db.begin().await.unwrap();
        users::lock(&mut tx, user, context.now().plus_seconds(60)).await.unwrap();
        tx.commit().await.unwrap();
        let answer = account::sign_in(context, &throttle, attempt("three blue herons")).await;
        assert!(matches!(answer, Err(Error::TooMany(_))), "{answer:?}");
        assert_eq!(find().await.failures, 10, "and nothing is forgotten");
        world.clock.advance_seconds(60);
        account::sign_in(context, &throttle, attempt("three blue herons")).await.unwrap();
        assert_eq!(find().await.failures, 0);
    })
    .await;
}
