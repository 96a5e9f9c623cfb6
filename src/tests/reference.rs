//! Reference data from the outside: versions arrive late, early and twice, and everybody sees what holds today.

use portico::{
    domain::{
        access::Actor,
        message::{ItemIds, PurchaseOrderLine},
        order::Line,
        reference::Subject,
    },
    service::{
        Error,
        cases::{
            open::{self, CaseForm},
            view,
        },
        orders::place,
        reference::{
            self, Effect, Taken, Thing,
            preview::{self, Previewed},
        },
    },
    store::{orders, reference as versions},
};
use serde_json::{Value, json};

use super::flows;
use super::support::{Engine, World, on_each_engine};

/// A place of the supplier, in one version.
fn gate(sequence: i64, from: &str, street: &str) -> Value {
    json!({ "partner": "KESTREL", "code": "GATE-1", "sequence": sequence, "valid_from": from, "name": "Gate 1", "street": street,
        "city": "Cleveland", "country": "US" })
}

async fn tell(world: &World, subject: Subject, data: &Value) -> Taken {
    let told = reference::read(subject, data).unwrap();
    let mut tx = world.context.db.begin().await.unwrap();
    let taken = reference::take(&world.context, &mut tx, subject, told, "/erp", "e-1").await.unwrap();
    tx.commit().await.unwrap();
    taken
}

async fn things(world: &World, actor: &Actor) -> Vec<Thing> {
    reference::known(&world.context, actor, actor.organisation).await.unwrap().things
}

fn street(thing: &Thing) -> Option<&str> {
    Some(thing.versions[thing.now?].fields["street"].as_str())
}

#[tokio::test]
async fn x6_the_version_that_was_meant_last_holds_whatever_order_they_arrive_in() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let partner = world.person(world.cast.supplier).await;
        let other = world.person(world.cast.other_supplier).await;
        let today = world.context.now().date_utc();
        let (past, soon) = (today.plus_days(-30).to_string(), today.plus_days(14).to_string());
        // A move that is planned arrives first, then what holds, then what had held before, then all of it again.
        for version in
            [gate(3, &soon, "New Road 1"), gate(2, &past, "Old Lane 7"), gate(1, &past, "Oldest Way 3"), gate(2, &past, "Old Lane 7")]
        {
            assert!(matches!(tell(&world, Subject::Location, &version).await, Taken::Kept(_)));
        }
        assert_eq!(tell(&world, Subject::Location, &gate(2, &past, "Another 9")).await, Taken::Conflict);
        let known = things(&world, &partner).await;
        assert_eq!((known.len(), street(&known[0]), known[0].versions.len()), (1, Some("Old Lane 7"), 3));
        assert_eq!(
            known[0].next.map(|(day, place)| (day, place.map(|place| known[0].versions[place].sequence))),
            Some((today.plus_days(14), Some(3)))
        );
        // The day comes.
        world.clock.advance_seconds(15 * 86_400);
        assert_eq!(street(&things(&world, &partner).await[0]), Some("New Road 1"));
        // Nobody else sees it, and asking for it by its owner's id finds nothing.
        assert!(things(&world, &other).await.is_empty());
        assert!(matches!(reference::known(&world.context, &other, partner.organisation).await, Err(Error::NotFound)));
        // What is the hub's own is seen by everybody.
        let mut dock = gate(1, &past, "Havenweg 12");
        dock["partner"] = json!("CASTELLAN");
        assert!(matches!(tell(&world, Subject::Location, &dock).await, Taken::Kept(_)));
        let seen = things(&world, &other).await;
        assert_eq!((seen.len(), seen[0].is_hubs), (1, true));
    })
    .await;
}

#[tokio::test]
async fn x6_a_thing_is_shown_with_all_its_versions_however_many_there_are() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let today = world.context.now().date_utc().to_string();
        for (code, sequences) in [("GATE-1", 1..=2), ("GATE-2", 1..=3), ("GATE-3", 1..=1)] {
            for sequence in sequences {
                let mut version = gate(sequence, &today, &format!("Street {sequence}"));
                version["code"] = json!(code);
                tell(&world, Subject::Location, &version).await;
            }
        }
        let partner = world.person(world.cast.supplier).await;
        let mut conn = world.context.db.read().await.unwrap();
        for (limit, whole) in [(1, "1 2"), (2, "1 2"), (3, "1 2 1 2 3"), (5, "1 2 1 2 3"), (6, "1 2 1 2 3 1"), (500, "1 2 1 2 3 1")] {
            let kept = versions::of(&mut conn, partner.scope(), partner.organisation, limit).await.unwrap();
            let sequences: Vec<_> = kept.iter().map(|version| version.sequence.to_string()).collect();
            assert_eq!(sequences.join(" "), whole, "{limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn x6_a_partner_is_renamed_on_its_day_and_a_new_one_is_added() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let today = world.context.now().date_utc();
        let named = |sequence: i64, day: i32, name: &str| {
            json!({ "partner": "KESTREL", "sequence": sequence, "valid_from": today.plus_days(day).to_string(), "name": name, "place": "Akron, US" })
        };
        let name = async || reference::known(&world.context, &hub, world.cast.supplier).await.unwrap().organisation.name;
        tell(&world, Subject::Partner, &named(1, 0, "Kestrel Fasteners LLC")).await;
        tell(&world, Subject::Partner, &named(2, 10, "Kestrel Holding")).await;
        reference::turn(&world.context).await.unwrap();
        assert_eq!(name().await, "Kestrel Fasteners LLC");
        world.clock.advance_seconds(11 * 86_400);
        reference::turn(&world.context).await.unwrap();
        assert_eq!(name().await, "Kestrel Holding");

        let mut unknown = named(1, 0, "Peregrine Bolts");
        unknown["partner"] = json!("PEREGRINE");
        assert_eq!(tell(&world, Subject::Partner, &unknown).await, Taken::UnknownPartner);
        unknown["roles"] = json!(["supplier"]);
        let Taken::Kept(added) = tell(&world, Subject::Partner, &unknown).await else { panic!("it is added") };
        let added = reference::known(&world.context, &hub, added).await.unwrap().organisation;
        assert_eq!((added.name.as_str(), added.is_supplier, added.is_customer), ("Peregrine Bolts", true, false));
    })
    .await;
}

#[tokio::test]
async fn x6_a_preview_says_what_a_feed_would_change_and_changes_nothing() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, partner) = (world.person(world.cast.hub).await, world.person(world.cast.supplier).await);
        let today = world.context.now().date_utc();
        let (past, soon) = (today.plus_days(-30).to_string(), today.plus_days(14).to_string());
        tell(&world, Subject::Location, &gate(5, &past, "Old Lane 7")).await;
        let event = |data: Value| json!({ "specversion": "1.0", "id": "p", "source": "/erp", "type": "xconnector.location.upserted", "data": data });
        let mut unnamed = gate(9, &past, "x");
        unnamed["sequence"] = Value::Null;
        let mut stranger = gate(1, &past, "x");
        stranger["partner"] = json!("NOBODY");
        let feed = json!([
            event(gate(6, &past, "Mill Street 4")),
            event(gate(6, &past, "Mill Street 4")),
            event(gate(4, &past, "Long ago 1")),
            event(gate(7, &soon, "New Road 1")),
            event(unnamed),
            event(stranger),
            json!({ "type": "xconnector.case.opened", "data": {} }),
        ]);
        assert!(matches!(preview::keep(&world.context, &partner, "[]").await, Err(Error::NotFound)));
        assert!(matches!(preview::keep(&world.context, &hub, "{").await, Err(Error::Invalid(_))));
        preview::keep(&world.context, &hub, &feed.to_string()).await.unwrap();
        let previewed = preview::kept(&world.context, &hub).await.unwrap().unwrap();
        let effects: Vec<_> = previewed.iter().map(|event: &Previewed| event.effect.clone().map_err(|errors| errors[0].field.clone())).collect();
        let changed = |effect: &Effect| matches!(effect, Effect::Changes(changes) if changes[0].what == "street" && changes[0].old == "Old Lane 7");
        assert!(effects[0].as_ref().is_ok_and(changed), "{effects:?}");
        assert_eq!(effects[1..4], [Ok(Effect::Known), Ok(Effect::Late), Ok(Effect::From(today.plus_days(14)))]);
        assert_eq!(effects[4..], ["/data/sequence", "/data/partner", "/type"].map(|field| Err(field.to_owned())));
        assert_eq!(street(&things(&world, &partner).await[0]), Some("Old Lane 7"));
    })
    .await;
}

#[tokio::test]
async fn x6_lines_of_an_order_take_over_what_is_known_of_their_items_and_keep_what_they_say() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let today = world.context.now().date_utc();
        let item = |sequence: i64, day: i32, number: &str, words: &str| {
            json!({ "partner": "KESTREL", "code": "GV-80", "sequence": sequence, "valid_from": today.plus_days(day).to_string(),
                "description": words, "seller_item": number, "gtin": "04012345678901" })
        };
        tell(&world, Subject::Item, &item(1, -30, "KF-1", "Gate valve, old")).await;
        tell(&world, Subject::Item, &item(2, -1, "KF-2", "Gate valve DN 80")).await;
        tell(&world, Subject::Item, &item(3, 5, "KF-3", "Gate valve, from next week on")).await;
        // The first line says nothing but the buyer's number, the second says more, the third is of an unknown item.
        let mut order = flows::message("PO-1", "GV-80", 10, "CASTELLAN");
        let first = order.lines[0].clone();
        let line = |number: &str, buyer: &str, seller: Option<&str>, words: Option<&str>| {
            let item = ItemIds { buyer: Some(buyer.to_owned()), seller: seller.map(str::to_owned), ..ItemIds::default() };
            PurchaseOrderLine { line: number.to_owned(), item, description: words.map(str::to_owned), ..first.clone() }
        };
        order.lines =
            vec![line("1", "GV-80", None, None), line("2", "GV-80", Some("X-9"), Some("As agreed")), line("3", "ZZ-1", None, None)];
        // A place of the hub, by its code alone.
        let mut dock = gate(1, &today.to_string(), "Havenweg 12");
        dock["partner"] = json!("CASTELLAN");
        tell(&world, Subject::Location, &dock).await;
        (order.parties[0].name, order.parties[0].id) = (None, Some("GATE-1".to_owned()));
        let id = place::purchase(&world.context, &hub, "KESTREL", order).await.unwrap();
        let stored = world.order_by_id(id).await;
        assert_eq!(stored.parties[0].name.as_deref(), Some("Gate 1"));
        let lines = orders::lines(&mut world.context.db.read().await.unwrap(), id).await.unwrap();
        let said = |line: &Line| (line.seller_item.clone().unwrap_or_default(), line.gtin.is_some(), line.description.clone());
        assert_eq!(
            lines.iter().map(said).collect::<Vec<_>>(),
            [
                ("KF-2".to_owned(), true, "Gate valve DN 80".to_owned()),
                ("X-9".to_owned(), true, "As agreed".to_owned()),
                (String::new(), false, "ZZ-1".to_owned()),
            ]
        );
        let from = |line: &Line, field: &str| line.provenance.get(field).map(|source| source.actor.clone());
        assert_eq!(from(&lines[0], "seller_item").as_deref(), Some("Reference data"));
        assert_eq!((from(&lines[1], "seller_item"), from(&lines[2], "gtin")), (None, None));
    })
    .await;
}

#[tokio::test]
async fn x6_a_case_names_whom_to_turn_to_on_the_other_side() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let today = world.context.now().date_utc();
        let (past, soon) = (today.plus_days(-30).to_string(), today.plus_days(14).to_string());
        let contact = |partner: &str, sequence: i64, from: &str, name: &str| {
            json!({ "partner": partner, "code": "BILLING", "sequence": sequence, "valid_from": from, "name": name, "role": "Invoices",
                "email": "billing@example.com" })
        };
        // Who follows in two weeks is not named yet, and nobody of another partner ever is.
        for told in [
            contact("KESTREL", 1, &past, "Robin Bailey"),
            contact("KESTREL", 2, &soon, "Sam Carter"),
            contact("OSTERMANN", 1, &past, "Anke Vogel"),
            contact("CASTELLAN", 1, &past, "Mia Jansen"),
        ] {
            assert!(matches!(tell(&world, Subject::Contact, &told).await, Taken::Kept(_)));
        }
        let form = CaseForm {
            kind: "question".to_owned(),
            title: "When is it paid?".to_owned(),
            text: "Invoice 9001.".to_owned(),
            ..CaseForm::default()
        };
        let id = open::open(&world.context, &supplier, &form).await.unwrap();
        for (who, name) in [(&hub, "Robin Bailey"), (&supplier, "Mia Jansen")] {
            let seen = view::load(&world.context, who, id).await.unwrap().contacts;
            let named: Vec<_> = seen.iter().map(|contact| (contact.name.as_str(), contact.role.as_str(), contact.phone.as_str())).collect();
            assert_eq!(named, [(name, "Invoices", "")], "{}", who.organisation_name);
        }
    })
    .await;
}
