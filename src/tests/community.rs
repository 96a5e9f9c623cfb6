//! Cases shared with Active Community, from door to door: partners and the hub's people in browsers, the case system on one
//! side and Active Community on the other, each by its own wire.

use std::sync::Arc;

use portico::{
    connectors::xconnector::Event,
    domain::{
        access::Scope,
        case::{
            Status,
            Visibility::{Internal, Partner},
        },
    },
    sandbox::{
        community::Manners,
        xconnector::{Manners as Clerks, Report},
    },
    service::{
        community::connect,
        partners::{self, NewPartner},
        systems::deliver::{self, Next},
        xconnector,
    },
    store::{attachments, bonds, cases},
};
use serde_json::json;

use super::{
    beside::{Beside, their_texts},
    contents,
    support::{Engine, on_each_engine},
    together::{Together, brought, together_on_each_engine},
};

const SUPPLIER: &str = "kim@kestrel.example";
const STRANGER: &str = "ines@ostermann.example";
const HUB: &str = "dan@castellan.example";

/// What the people of the case system have heard of one of their cases.
fn heard(case: &portico::sandbox::xconnector::Case) -> Vec<&str> {
    their_texts(case)
}

#[tokio::test]
async fn k7_an_exception_is_one_case_for_both_partners_portal_case_system_and_active_community() {
    together_on_each_engine(async |all: Arc<Together>| {
        // An exception behind xConnector opens a case here, and by that in Active Community.
        let references = [("order", "4711")];
        let report = Report {
            partner: "KESTREL",
            kind: "order",
            severity: "critical",
            title: "Order 4711 was rejected",
            detail: "Line 2 has an unknown item.",
            references: &references,
        };
        let incident = all.beside.system.raise(report);
        all.settle().await;
        let here = all.beside.here(&incident).await;
        let there = all.there(here).await;
        assert_eq!(
            (there.partner.as_str(), there.title.as_str(), there.priority.as_str()),
            ("KESTREL", "Order 4711 was rejected", "urgent")
        );
        assert_eq!((there.correlation["xconnector"].as_str(), there.correlation["portico"].clone()), (incident.as_str(), here.to_string()));
        assert_eq!(brought(&there), ["Line 2 has an unknown item."]);

        // The alert shows the partner its steps and its case, and nobody else.
        let path = format!("/cases/{here}");
        let mut supplier = all.beside.browser(SUPPLIER).await;
        assert!(supplier.page(&path).await.contains("Line 2 has an unknown item."));
        assert!(all.beside.browser(STRANGER).await.look(&path).await.is_none());

        // Written in Active Community: once in the portal, once in the case system, not again in Active Community.
        all.later(60).await;
        all.community.comment(&there.id, true, "The item is M12 A4, by our catalogue.", false);
        all.settle().await;
        assert_eq!(supplier.page(&path).await.matches("The item is M12 A4").count(), 1);
        assert_eq!(heard(&all.beside.there(&incident)), ["The item is M12 A4, by our catalogue."]);

        // Written behind xConnector: once in the portal and in Active Community, not again in the case system.
        all.later(60).await;
        all.beside.system.comment(&incident, "We have added it. Send the answer again.", false);
        all.beside.system.comment(&incident, "Their catalogue is a mess.", true);
        all.settle().await;
        // Written in the portal: once on both sides; what is internal, nowhere.
        let case = here.to_string();
        supplier.post("write-case", &[("case", &case), ("text", "Sent again.")]).await;
        let mut hub = all.beside.browser(HUB).await;
        hub.post("write-case", &[("case", &case), ("visibility", "internal"), ("text", "Watch them.")]).await;
        all.settle().await;
        let there = all.there(here).await;
        assert_eq!(brought(&there), ["Line 2 has an unknown item.", "We have added it. Send the answer again.", "Sent again."]);
        assert_eq!(there.comments.len(), 4);
        assert_eq!(heard(&all.beside.there(&incident)), ["The item is M12 A4, by our catalogue.", "Sent again."]);

        // Settled behind xConnector, which says where a case stands: so for everybody.
        all.later(60).await;
        all.beside.system.set_status(&incident, "resolved", "Booked");
        all.settle().await;
        assert!(supplier.page(&path).await.contains("Resolved"));
        assert_eq!(all.there(here).await.status, "resolved");
        let page = hub.page(&path).await;
        assert!(page.contains("Active Community") && page.contains(&there.id) && page.contains(&incident), "both bonds are shown: {page}");
        assert_eq!(page.matches("In step").count(), 2, "and both are in step");
        assert!(all.parked().await.is_empty());
        let messages = cases::messages(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap();
        assert_eq!(messages.len(), 6, "nothing came twice");
    })
    .await;
}

#[tokio::test]
async fn x7_a_case_from_active_community_is_opened_here_and_behind_xconnector_and_moves_with_it() {
    together_on_each_engine(async |all: Arc<Together>| {
        let id = all.ask("May we ship in two parts?");
        all.settle().await;
        let here = all.here(&id).await;
        let mut supplier = all.beside.browser(SUPPLIER).await;
        let page = supplier.page(&format!("/cases/{here}")).await;
        assert!(
            page.contains("May we ship in two parts?") && page.contains("Please have a look.") && page.contains("Noor Haddad"),
            "{page}"
        );
        assert!(all.beside.browser(STRANGER).await.look(&format!("/cases/{here}")).await.is_none());
        let there = all.there(here).await;
        assert_eq!(
            (there.correlation["portico"].clone(), there.comments.len()),
            (here.to_string(), 0),
            "it knows ours, and nothing came back"
        );
        let incident = all.beside.system.cases().into_iter().find(|case| case.title == "May we ship in two parts?").unwrap();
        assert_eq!(incident.peer, Some(here.to_string()));

        // Where it stands is the hub's to say. A wish is a line in the thread, and no more.
        all.beside.system.set_status(&incident.id, "resolved", "");
        all.settle().await;
        all.community.wish(&id, "closed", "We have all we need");
        all.settle().await;
        let page = supplier.page(&format!("/cases/{here}")).await;
        assert!(page.contains("Asks for") && page.contains("We have all we need"), "{page}");
        let case = cases::find(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap().unwrap();
        assert_eq!((case.status, all.there(here).await.status.as_str()), (Status::Resolved, "resolved"));

        // What a partner writes there takes a settled case up again, as it does here, and everybody is told.
        all.later(60).await;
        all.community.comment(&id, true, "One pallet is still missing.", false);
        all.settle().await;
        let case = cases::find(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap().unwrap();
        assert_eq!((case.status, all.there(here).await.status.as_str()), (Status::InProgress, "in_progress"));
        assert_eq!(all.beside.there(&incident.id).status, "in_progress");
        let events = cases::events(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap();
        let wish = events.iter().find(|event| event.kind == "wished").unwrap();
        assert_eq!((wish.actor.as_str(), wish.system.as_str(), wish.event_id.is_some()), ("Noor Haddad", "community", true));
    })
    .await;
}

#[tokio::test]
async fn x7_a_case_that_carries_a_known_id_joins_that_case_whichever_of_the_two_came_first() {
    together_on_each_engine(async |all: Arc<Together>| {
        let raise = |title| {
            all.beside.system.raise(Report { partner: "KESTREL", kind: "invoice", severity: "warning", title, detail: "", references: &[] })
        };
        // xConnector first.
        let known = raise("Invoice 7 is over the order");
        all.beside.system.run_due(&all.beside.http, &all.beside.portal).await;
        let first = all.ask_with("About your incident", &[("xconnector", &known)]);
        all.settle().await;
        assert_eq!(all.here(&first).await, all.beside.here(&known).await);
        let here = all.here(&first).await;
        let case = cases::find(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap().unwrap();
        assert_eq!(case.title, "Invoice 7 is over the order", "its title is the hub's to give");
        assert!(all.beside.browser(SUPPLIER).await.page(&format!("/cases/{here}")).await.contains("Please have a look."));

        // Active Community first: xConnector's own word of the same case joins it, and so does what it is told.
        let late = raise("Invoice 8 is over the order");
        let second = all.ask_with("About your other incident", &[("xconnector", &late)]);
        connect::schedule(&all.beside.world.context).await.unwrap();
        all.beside.world.worker.run_due().await;
        assert!(all.bond(&second).await.is_some());
        all.settle().await;
        assert_eq!(all.here(&second).await, all.beside.here(&late).await);
        assert_eq!((all.beside.system.cases().len(), all.community.cases().len()), (2, 2), "one case for each, everywhere");

        assert!(all.parked().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_case_of_another_partner_is_never_joined_and_what_says_so_is_kept_for_the_operator() {
    on_each_engine(async |engine: Arc<Engine>| {
        let all = Together::new(&engine, Manners::default()).await;
        let mut supplier = all.beside.browser(SUPPLIER).await;
        let opened = [("kind", "question"), ("title", "Ours alone"), ("text", "Only for us and you.")];
        let path = supplier.post("open-case", &opened).await;
        let ours = path.trim_start_matches("/cases/").to_owned();
        // Nothing of it was told yet: Active Community does not know that it is another's.
        let report = portico::sandbox::community::Report {
            partner: "OSTERMANN",
            is_partner: true,
            kind: "question",
            title: "Let me see",
            detail: "It is the same.",
            references: &[],
            correlation: &[("portico", &ours)],
        };
        let theirs = all.community.open(report);
        connect::schedule(&all.beside.world.context).await.unwrap();
        all.beside.world.worker.run_due().await;
        assert!(all.bond(&theirs).await.is_none_or(|bond| bond.case_id.to_string() != ours));
        let parked = all.parked().await;
        assert!(parked.iter().any(|event| event.reason.contains("not one of OSTERMANN")), "{parked:?}");
        assert!(!supplier.page(&path).await.contains("It is the same."));
        assert!(all.beside.browser(HUB).await.page("/endpoints").await.contains("not one of OSTERMANN"));
    })
    .await;
}

#[tokio::test]
async fn x5_files_go_both_ways_once_by_their_hash_and_what_is_internal_stays_here() {
    together_on_each_engine(async |all: Arc<Together>| {
        let id = all.ask("Which loading list counts?");
        all.settle().await;
        let here = all.here(&id).await;
        all.community.attach(&id, "list.txt", "text/plain", b"TRUCK 2, DOCK 4\n");
        all.settle().await;
        let files = attachments::of_case(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap();
        assert_eq!((files.len(), files[0].name.as_str(), files[0].author.as_str()), (1, "list.txt", "Noor Haddad"));
        let supplier = all.beside.world.person(all.beside.world.cast.supplier).await;
        let context = &all.beside.world.context;
        let bytes = contents::bytes(&all.beside.world, &supplier, here, files[0].id).await.unwrap();
        assert_eq!(bytes, b"TRUCK 2, DOCK 4\n");
        assert_eq!(all.there(here).await.files.len(), 1, "it did not come back");

        // From here to there: what partners may see, under the same hash, once.
        let hub = all.beside.world.person(all.beside.world.cast.hub).await;
        let attach = async |actor, name: &str, bytes: &'static [u8], visibility| {
            let mut file = portico::service::cases::attach::begin(context, actor, here, name, visibility).await.unwrap();
            file.write(context, bytes.into()).await.unwrap();
            file.finish(context, actor, here).await.unwrap();
        };
        attach(&hub, "ours.txt", b"The list of 14 May counts.\n", Partner).await;
        attach(&hub, "margin.txt", b"Margin: 41 percent.\n", Internal).await;
        attach(&supplier, "again.txt", b"TRUCK 2, DOCK 4\n", Partner).await;
        all.settle().await;
        let mut names: Vec<_> = all.there(here).await.files.into_iter().map(|file| file.name).collect();
        names.sort();
        assert_eq!(names, ["list.txt", "ours.txt"], "each once, and nothing internal");
        let incident = all.beside.system.cases().pop().unwrap();
        assert_eq!(incident.files.into_values().collect::<Vec<_>>(), ["list.txt", "ours.txt"], "behind xConnector, too");

        // A file that is not what it is said to be is refused with the reason, and those behind it go on.
        all.community.attach(&id, "invoice.pdf", "application/pdf", b"MZ this is a program");
        all.community.comment(&id, true, "Did you get it?", false);
        all.settle().await;
        let parked = all.parked().await;
        assert!(parked.len() == 1 && parked[0].reason.contains("it is a program"), "{parked:?}");
        assert!(all.beside.browser(SUPPLIER).await.page(&format!("/cases/{here}")).await.contains("Did you get it?"));
    })
    .await;
}

#[tokio::test]
async fn what_names_an_unknown_partner_waits_and_is_released_when_the_partner_arrives() {
    together_on_each_engine(async |all: Arc<Together>| {
        let report = portico::sandbox::community::Report {
            partner: "PEREGRINE",
            is_partner: true,
            kind: "question",
            title: "How do we send invoices?",
            detail: "We are new.",
            ..portico::sandbox::community::Report::default()
        };
        let id = all.community.open(report);
        all.community.comment(&id, true, "Is anybody there?", false);
        all.community.comment(&id, false, "They are not set up yet.", true);
        all.settle().await;
        assert_eq!((all.parked().await.len(), all.bond(&id).await.is_none()), (3, true));
        let hub = all.beside.world.person(all.beside.world.cast.hub).await;
        let new = NewPartner {
            code: "PEREGRINE".to_owned(),
            name: "Peregrine Bolts".to_owned(),
            is_supplier: true,
            zone: "UTC".to_owned(),
            currency: "EUR".to_owned(),
            ..NewPartner::default()
        };
        partners::add(&all.beside.world.context, &hub, new).await.unwrap();
        let here = all.here(&id).await;
        assert!(all.parked().await.is_empty());
        let messages = cases::messages(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap();
        let texts: Vec<_> = messages.iter().map(|message| message.body.as_str()).collect();
        assert_eq!(texts, ["We are new.", "Is anybody there?", "They are not set up yet."]);
        all.settle().await;
        let incident = all.beside.system.cases().pop().unwrap();
        assert_eq!(heard(&incident), ["Is anybody there?"], "what is for the hub alone went nowhere");
    })
    .await;
}

#[tokio::test]
async fn a_comment_that_a_third_system_brought_there_is_known_here_by_where_it_was_written() {
    together_on_each_engine(async |all: Arc<Together>| {
        let incident = all.beside.system.raise(Report {
            partner: "KESTREL",
            kind: "order",
            severity: "info",
            title: "A",
            detail: "B",
            references: &[],
        });
        all.settle().await;
        let here = all.beside.here(&incident).await;
        let there = all.there(here).await;
        // The same words reach us from xConnector and, brought there by xConnector itself, from Active Community.
        let comment =
            json!({ "case": incident, "comment": "note-77", "author": "Mira Vos", "text": "Both ways.", "visibility": "partner" });
        all.community.brought(&there.id, "xconnector", "note-77", "Both ways.");
        all.settle().await;
        let event = Event {
            specversion: "1.0".to_owned(),
            id: "late-1".to_owned(),
            source: "/case-system".to_owned(),
            kind: "xconnector.case.commented".to_owned(),
            subject: None,
            time: None,
            datacontenttype: None,
            sequence: None,
            data: comment,
        };
        xconnector::take(&all.beside.world.context, &event).await.unwrap();
        all.settle().await;
        let messages = cases::messages(&mut all.beside.world.context.db.read().await.unwrap(), Scope::Hub, here).await.unwrap();
        assert_eq!(messages.iter().filter(|message| message.body == "Both ways.").count(), 1);
        assert_eq!(all.there(here).await.comments.iter().filter(|comment| comment.text == "Both ways.").count(), 1);
        assert!(heard(&all.beside.there(&incident)).is_empty(), "nor did it come back to where it was written");
    })
    .await;
}

#[tokio::test]
async fn x5_a_case_moves_by_itself_when_the_partners_people_are_in_active_community() {
    on_each_engine(async |engine: Arc<Engine>| {
        let manners = Manners { partners: vec!["KESTREL"], answer_after: Some(8), attach_after: Some(20) };
        let all = Together::new(&engine, manners).await;
        let mut hub = all.beside.browser(HUB).await;
        let opened = [("kind", "shipment"), ("partner", "KESTREL"), ("title", "Where is truck 2?"), ("text", "It is not at the gate.")];
        let path = hub.post("open-case", &opened).await;
        all.settle().await;
        for _ in 0..6 {
            all.later(5).await;
        }
        let page = hub.page(&path).await;
        assert!(page.contains("I ask our dispatch") && page.contains("Loading list.txt"), "{page}");
    })
    .await;
}

/// Reference data as an ERP system tells it.
fn fact(id: &str, kind: &str, data: serde_json::Value) -> Event {
    Event {
        specversion: "1.0".to_owned(),
        id: id.to_owned(),
        source: "/erp".to_owned(),
        kind: format!("xconnector.{kind}.upserted"),
        subject: None,
        time: None,
        datacontenttype: None,
        sequence: None,
        data,
    }
}

#[tokio::test]
async fn x6_reference_data_reaches_active_community_and_only_when_it_changed() {
    together_on_each_engine(async |all: Arc<Together>| {
        let tell = async |id: &str, kind: &str, data: serde_json::Value| {
            xconnector::take(&all.beside.world.context, &fact(id, kind, data)).await.unwrap();
            all.settle().await;
        };
        let gate = |sequence: i64, from: &str, street: &str| {
            json!({ "partner": "KESTREL", "code": "GATE/1", "sequence": sequence, "valid_from": from, "name": "Gate 1", "street": street,
                "city": "Cleveland", "country": "US" })
        };
        tell("e-1", "location", gate(1, "2026-01-01", "Old Lane 7")).await;
        tell("e-2", "location", gate(2, "2026-12-24", "New Road 1")).await;
        tell("e-3", "location", gate(2, "2026-12-24", "New Road 1")).await;
        let known = all.community.known();
        assert_eq!((known.len(), known[0].kind.as_str(), known[0].key.as_str(), known[0].times), (1, "location", "KESTREL:GATE/1", 2));
        let versions = known[0].body["versions"].as_array().unwrap();
        let days: Vec<_> = versions
            .iter()
            .map(|version| (version["valid_from"].as_str().unwrap(), version["fields"]["street"].as_str().unwrap()))
            .collect();
        assert_eq!(days, [("2026-01-01", "Old Lane 7"), ("2026-12-24", "New Road 1")]);

        // What was over before today is not told; a partner, an item and a contact are.
        tell(
            "e-4",
            "location",
            json!({ "partner": "KESTREL", "code": "GATE/1", "sequence": 0, "valid_from": "2020-01-01",
            "valid_until": "2021-01-01", "name": "Gate 1", "city": "Akron", "country": "US" }),
        )
        .await;
        assert_eq!(all.community.known()[0].times, 2);
        tell("e-5", "partner", json!({ "partner": "KESTREL", "sequence": 1, "valid_from": "2026-01-01", "name": "Kestrel Fasteners" }))
            .await;
        tell(
            "e-6",
            "item",
            json!({ "partner": "KESTREL", "code": "M12", "sequence": 1, "valid_from": "2026-01-01", "description": "Bolt" }),
        )
        .await;
        tell("e-7", "contact", json!({ "partner": "KESTREL", "code": "kim", "sequence": 1, "valid_from": "2026-01-01", "name": "Kim" }))
            .await;
        let kinds: Vec<_> = all.community.known().into_iter().map(|known| known.kind).collect();
        assert_eq!(kinds, ["contact", "item", "location", "partner"]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_does_not_wait_behind_reference_data() {
    together_on_each_engine(async |all: Arc<Together>| {
        let context = &all.beside.world.context;
        all.settle().await;
        let data = json!({ "partner": "KESTREL", "code": "M12", "sequence": 1, "valid_from": "2026-01-01", "description": "Bolt" });
        xconnector::take(context, &fact("e-1", "item", data)).await.unwrap();
        all.beside.world.clock.advance_seconds(1);
        let mut supplier = all.beside.browser(SUPPLIER).await;
        supplier.post("open-case", &[("kind", "question"), ("title", "Which bolt?"), ("text", "M12 or M14?")]).await;
        let next = deliver::next(context, all.endpoint().await.id).await.unwrap();
        let Next::Send(next) = next else { panic!("both wait") };
        assert_eq!(next.kind, "portico.case.upserted", "the case came later and leaves first");
        all.settle().await;
        assert_eq!(all.community.known().len(), 1, "and the reference data after it");
    })
    .await;
}

#[tokio::test]
async fn not_connected_nothing_changes_and_the_page_says_so() {
    on_each_engine(async |engine: Arc<Engine>| {
        let beside = Beside::new(&engine, Clerks::default()).await;
        connect::configure(&beside.world.context, None).await.unwrap();
        let mut hub = beside.browser(HUB).await;
        assert!(hub.page("/connections").await.contains("Active Community is not connected"));
        let mut supplier = beside.browser(SUPPLIER).await;
        let opened = [("kind", "question"), ("title", "Alone"), ("text", "Nobody is told.")];
        let path = supplier.post("open-case", &opened).await;
        beside.settle().await;
        let id = path.trim_start_matches("/cases/").parse().unwrap();
        let bonds = bonds::of_case(&mut beside.world.context.db.read().await.unwrap(), id).await.unwrap();
        assert_eq!(bonds.len(), 1, "xConnector's and no other");
        assert!(!hub.page("/endpoints").await.contains("Active Community"));
    })
    .await;
}
