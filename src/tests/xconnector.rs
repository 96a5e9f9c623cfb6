//! Events from `xConnector`, from the signed request to the pages of both sides.

use portico::{
    connectors::xconnector::Event,
    domain::{
        case::{Status, Visibility},
        ids::CaseId,
        order::OrderKind,
    },
    service::{
        Error,
        cases::{assign, relate, view, write},
        xconnector::{self, Taken},
    },
    store::{bonds, cases::CaseFilter},
};
use serde_json::{Value, json};

use super::support::{Engine, World, kestrel, on_each_engine};

fn event(id: &str, kind: &str, data: Value) -> Event {
    let event = json!({ "specversion": "1.0", "id": id, "source": "/erp", "type": format!("xconnector.{kind}"), "data": data });
    serde_json::from_value(event).unwrap()
}

fn raised(id: &str, case: &str) -> Event {
    event(
        id,
        "exception.raised",
        json!({
            "partner": "KESTREL", "case": case, "kind": "order", "severity": "critical",
            "title": "Order 4500000042 cannot be booked", "detail": "Item M8 has no price in the ERP.",
            "references": [{ "type": "order", "number": "4500000042" }, { "type": "invoice", "number": "unheard of" }],
        }),
    )
}

async fn take(world: &World, event: &Event) -> Taken {
    xconnector::take(&world.context, event).await.unwrap()
}

#[tokio::test]
async fn a_case_that_another_system_raised_high_is_still_given_to_people() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        take(&world, &raised("e-1", "INC-1")).await;
        let id = case_of(&world, "INC-1").await;
        take(&world, &event("e-2", "case.escalated", json!({ "case": "INC-1", "tier": 9 }))).await;
        let case = view::load(&world.context, &hub, id).await.unwrap().case;
        assert_eq!(case.tier, 9);
        for wrong in ["10", "0", "", "high"] {
            let refused = assign::assign(&world.context, &hub, id, case.version, "", wrong).await;
            assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "tier"), "{wrong}: {refused:?}");
        }
        // Kept as it is, and then brought back to ours, after which ours are all there are.
        assign::assign(&world.context, &hub, id, case.version, "", "9").await.unwrap();
        assign::assign(&world.context, &hub, id, case.version, "", "3").await.unwrap();
        let case = view::load(&world.context, &hub, id).await.unwrap().case;
        assert_eq!(case.tier, 3);
        assert!(assign::assign(&world.context, &hub, id, case.version, "", "4").await.is_err());
    })
    .await;
}

async fn case_of(world: &World, external: &str) -> CaseId {
    bonds::find(&mut world.context.db.read().await.unwrap(), "xconnector", external).await.unwrap().unwrap().case_id
}

#[tokio::test]
async fn x1_an_exception_opens_a_case_for_the_right_partner_and_x4_its_steps_show_there() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &super::flows::order("4500000042", kestrel(), &[("M8", "100", "12.5000")]));
        world.settle().await;
        let (supplier, other) = (world.person(world.cast.supplier).await, world.person(world.cast.other_supplier).await);
        let mut open_page = world.context.live.subscribe();
        take(&world, &raised("e-1", "INC-1")).await;
        let mut told = false;
        while let Ok(change) = open_page.try_recv() {
            told |= change.concerns(supplier.scope());
        }
        assert!(told, "the partner's open page is told");
        let id = case_of(&world, "INC-1").await;
        let seen = view::load(&world.context, &supplier, id).await.unwrap();
        assert_eq!((seen.case.status, seen.case.priority.as_str()), (Status::Open, "urgent"));
        let order = world.order(OrderKind::Purchase, world.cast.supplier, "4500000042").await.id;
        let linked: Vec<_> = seen.references.iter().map(|reference| (reference.number.as_str(), reference.order_id)).collect();
        assert_eq!(linked, [("unheard of", None), ("4500000042", Some(order))], "what is unknown is kept as text");
        assert!(matches!(view::load(&world.context, &other, id).await, Err(Error::NotFound)));

        // Steps on their side show on the partner's case; what is internal there stays with the hub here.
        let comment = |id: &str, comment: &str, text: &str, visibility: Option<&str>| {
            let mut data = json!({ "case": "INC-1", "comment": comment, "author": "Accounts payable", "text": text });
            if let Some(visibility) = visibility {
                data["visibility"] = visibility.into();
            }
            event(id, "case.commented", data)
        };
        world.clock.advance_seconds(60);
        take(&world, &comment("e-2", "c-1", "The price list is asked for.", Some("partner"))).await;
        take(&world, &comment("e-3", "c-2", "Purchasing forgot it again.", None)).await;
        take(&world, &comment("e-4", "c-1", "The price list is asked for.", Some("partner"))).await;
        let status = json!({ "case": "INC-1", "status": "waiting_on_partner", "note": "Send the price list" });
        take(&world, &event("e-5", "case.status_changed", status)).await;
        let seen = view::load(&world.context, &supplier, id).await.unwrap();
        let texts: Vec<_> = seen.messages.iter().map(|message| message.body.as_str()).collect();
        assert_eq!(texts, ["Item M8 has no price in the ERP.", "The price list is asked for."], "once, and nothing internal");
        assert_eq!(seen.case.status, Status::WaitingOnPartner);
        write::write(&world.context, &supplier, id, Visibility::Partner, "Here it is.").await.unwrap();
        assert_eq!(view::load(&world.context, &supplier, id).await.unwrap().case.status, Status::InProgress);
    })
    .await;
}

#[tokio::test]
async fn an_event_is_taken_once_and_waits_for_what_it_names() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        // A comment and a status that overtook their case wait for it.
        let comment =
            json!({ "case": "INC-7", "comment": "c-1", "author": "Desk", "text": "First things first.", "visibility": "partner" });
        assert!(take(&world, &event("e-1", "case.commented", comment)).await.parked);
        let status = json!({ "case": "INC-7", "status": "in_progress" });
        assert!(take(&world, &event("e-2", "case.status_changed", status)).await.parked);
        let first = take(&world, &raised("e-3", "INC-7")).await;
        assert!(!first.parked && !first.again);
        let hub = world.person(world.cast.hub).await;
        let seen = view::load(&world.context, &hub, case_of(&world, "INC-7").await).await.unwrap();
        assert_eq!((seen.messages.len(), seen.case.status), (2, Status::InProgress));

        // The same event again changes nothing; the same case under another event is no second one.
        let again = take(&world, &raised("e-3", "INC-7")).await;
        assert_eq!((again.id, again.again), (first.id, true));
        take(&world, &raised("e-4", "INC-7")).await;
        assert_eq!(view::list(&world.context, &hub, &CaseFilter::default()).await.unwrap().rows.len(), 1);
        let other = xconnector::take(&world.context, &raised("e-3", "INC-8")).await;
        assert!(matches!(other, Err(Error::Conflict(_))), "{other:?}");

        // Nobody knows this partner yet; and this type of event has no meaning here.
        let mut unknown = raised("e-5", "INC-9");
        unknown.data["partner"] = "NOBODY".into();
        assert!(take(&world, &unknown).await.parked);
        assert!(take(&world, &event("e-6", "weather.changed", json!({}))).await.parked);
    })
    .await;
}

#[tokio::test]
async fn a_case_that_became_part_of_another_one_is_not_taken_up_again_behind_its_back() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        take(&world, &raised("e-1", "INC-1")).await;
        take(&world, &raised("e-2", "INC-2")).await;
        let (part, whole) = (case_of(&world, "INC-2").await, case_of(&world, "INC-1").await);
        let number = view::load(&world.context, &hub, whole).await.unwrap().case.number;
        relate::merge(&world.context, &hub, part, &number).await.unwrap();
        let reopened = json!({ "case": "INC-2", "status": "open", "note": "It is back" });
        assert!(take(&world, &event("e-3", "case.status_changed", reopened)).await.parked);
        assert!(!take(&world, &event("e-4", "case.status_changed", json!({ "case": "INC-2", "status": "resolved" }))).await.parked);
        assert!(view::load(&world.context, &hub, part).await.unwrap().case.status.is_settled());
        let waits = bonds::parked(&mut world.context.db.read().await.unwrap(), 9).await.unwrap();
        assert!(waits[0].reason.contains(&format!("has become part of {number} and stays closed")), "{}", waits[0].reason);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_in_an_event_is_said_field_by_field_and_leaves_nothing_behind() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let fields = async |event: Event| match xconnector::take(&world.context, &event).await {
            Err(Error::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(fields(event("e-1", "case.opened", json!({ "title": " " }))).await, ["/data/partner", "/data/case", "/data/title"]);
        let mut severe = raised("e-1", "INC-1");
        severe.data["severity"] = "terrible".into();
        assert_eq!(fields(severe).await, ["/data/severity"]);
        let mut asked = raised("e-1", "INC-1");
        asked.data["kind"] = "question".into();
        assert_eq!(fields(asked).await, ["/data/kind"]);
        assert_eq!(fields(event("e-1", "case.commented", json!("text"))).await, ["/data"]);
        // The id was not used up by what was refused.
        assert!(!take(&world, &raised("e-1", "INC-1")).await.again);
    })
    .await;
}

#[tokio::test]
async fn what_is_said_of_one_partners_case_under_the_name_of_another_reaches_neither() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        take(&world, &raised("e-1", "INC-1")).await;
        let supplier = world.person(world.cast.supplier).await;
        let id = case_of(&world, "INC-1").await;
        let before = view::load(&world.context, &supplier, id).await.unwrap();
        for (event_id, partner, kind) in
            [("e-2", "HAULIER", "case.opened"), ("e-3", "NOBODY", "case.opened"), ("e-4", "HAULIER", "case.updated")]
        {
            let data = json!({ "partner": partner, "case": "INC-1", "title": "Meant for somebody else", "detail": "Their price is 5." });
            match xconnector::take(&world.context, &event(event_id, kind, data)).await {
                Err(Error::Invalid(errors)) => assert_eq!(errors[0].field, "/data/partner", "{partner}"),
                other => panic!("{partner}: {other:?}"),
            }
        }
        let after = view::load(&world.context, &supplier, id).await.unwrap();
        assert_eq!((after.case.title.as_str(), after.messages.len()), (before.case.title.as_str(), before.messages.len()));
        // Its own partner's is taken, and the history says what it was called before.
        let data = json!({ "partner": "KESTREL", "case": "INC-1", "title": "Price missing", "kind": "order" });
        take(&world, &event("e-5", "case.opened", data)).await;
        let named = view::load(&world.context, &supplier, id).await.unwrap();
        assert_eq!(named.case.title, "Price missing");
        let told = named.events.iter().find(|event| event.kind == "title").unwrap();
        assert_eq!((told.old.as_deref(), told.new.as_deref()), (Some(before.case.title.as_str()), Some("Price missing")));
    })
    .await;
}

#[tokio::test]
async fn what_else_a_case_is_about_stands_in_its_history_once() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        take(&world, &raised("e-1", "INC-1")).await;
        let more = json!({ "case": "INC-1", "references": [{ "type": "order", "number": "4500000042" }, { "type": "shipment", "number": "S-1" }] });
        take(&world, &event("e-2", "case.updated", more.clone())).await;
        take(&world, &event("e-3", "case.updated", more)).await;
        let seen = view::load(&world.context, &supplier, case_of(&world, "INC-1").await).await.unwrap();
        let told: Vec<_> = seen.events.iter().filter(|event| event.kind == "referred").collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].new.as_deref(), told[0].event_id.as_deref()), (Some("Shipment S-1"), Some("e-2")));
        assert_eq!(told[0].reader_id, Some(world.cast.supplier), "others who take part do not learn of it");
    })
    .await;
}
