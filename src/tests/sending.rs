//! Documents on their way out: each leaves when it may, nothing waits for ever, and what an outage or a refusal does is
//! seen and can be mended.

use portico::{
    domain::{
        access::Scope,
        document::{DocumentStatus, Verdict},
        ids::{DocumentId, OrganisationId},
        order::OrderKind,
    },
    sandbox::grid::{Acknowledge, Behaviour, Fault, Order, Party, Received},
    service::{
        Settings, connections,
        orders::{answer, place},
        outbox,
        partners::{self, NewIdentifier, NewPartner},
        resend,
    },
    store::{
        documents::{self, Document},
        jobs,
        organisations::{self, Identifier},
        transmissions::{self, Transmission},
    },
};

use super::{
    flows::{message, order},
    support::{Engine, World, add_mailbox, castellan, kestrel, on_each_engine},
};

async fn document(world: &World, id: DocumentId) -> Document {
    documents::find(&mut world.context.db.read().await.unwrap(), Scope::Hub, id).await.unwrap().unwrap()
}

async fn transmission(world: &World, id: DocumentId) -> Transmission {
    let id = document(world, id).await.transmission_id.unwrap();
    transmissions::find_transmission(&mut world.context.db.read().await.unwrap(), id).await.unwrap().unwrap()
}

async fn notes(world: &World, id: DocumentId) -> Vec<String> {
    let events = documents::events(&mut world.context.db.read().await.unwrap(), id).await.unwrap();
    events.into_iter().map(|event| event.note).collect()
}

async fn dead(world: &World) -> Vec<jobs::Dead> {
    jobs::dead(&mut world.context.db.read().await.unwrap()).await.unwrap()
}

/// An order of the hub to a supplier, a second later than the one before it.
async fn buy(world: &World, supplier: &str, number: &str) -> DocumentId {
    world.clock.advance_seconds(1);
    let hub = world.person(world.cast.hub).await;
    let id = place::purchase(&world.context, &hub, supplier, message(number, "GV-80", 10, "CASTELLAN")).await.unwrap();
    world.order_by_id(id).await.document_id.unwrap()
}

/// What a partner of the grid received that holds such a set.
fn received(world: &World, partner: &str, code: &str) -> Vec<Received> {
    world.grid.received(partner).into_iter().filter(|received| received.sets.iter().any(|(set, _)| set == code)).collect()
}

/// A partner with a system of its own, and no way to it yet.
async fn newcomer(world: &World) -> OrganisationId {
    let hub = world.person(world.cast.hub).await;
    let new = NewPartner {
        code: "NEWCO".to_owned(),
        name: "Newco Works".to_owned(),
        is_supplier: true,
        zone: "Europe/Amsterdam".to_owned(),
        currency: "EUR".to_owned(),
        ..NewPartner::default()
    };
    let added = partners::add(&world.context, &hub, new).await.unwrap();
    added.id
}

#[tokio::test]
async fn two_answers_within_the_undo_time_both_reach_the_buyer() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::with(&engine, Settings::default()).await;
        for number in ["4500000071", "4500000072"] {
            world.grid.place_order("ERP", &order(number, kestrel(), &[("M8", "10", "1.00")]));
        }
        world.settle().await;
        let supplier = world.person(world.cast.supplier).await;
        for number in ["4500000071", "4500000072"] {
            let found = world.order(OrderKind::Purchase, world.cast.supplier, number).await;
            answer::accept(&world.context, &supplier, found.id, &found.version.to_string()).await.unwrap();
            world.later(20).await;
        }
        assert_eq!(received(&world, "ERP", "855").len(), 1, "the first may leave, the second may still be taken back");
        world.later(9).await;
        assert_eq!(received(&world, "ERP", "855").len(), 1);
        world.later(1).await;
        let texts: Vec<_> = received(&world, "ERP", "855").into_iter().map(|received| received.text).collect();
        assert!(texts[0].contains("4500000071") && texts[1].contains("4500000072"), "{texts:?}");
    })
    .await;
}

#[tokio::test]
async fn documents_for_a_system_without_a_connection_wait_and_say_so() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, newcomer) = (world.person(world.cast.hub).await, newcomer(&world).await);
        let identifier = NewIdentifier { qualifier: "ZZ".to_owned(), value: "NEWCO".to_owned(), seat: "wire".to_owned() };
        partners::add_identifier(&world.context, &hub, newcomer, identifier).await.unwrap();
        let sent = buy(&world, "NEWCO", "PO-90").await;
        world.settle().await;
        assert_eq!(document(&world, sent).await.status, DocumentStatus::Validated, "nobody took it");
        let given_up = dead(&world).await;
        assert!(given_up[0].failure.as_deref().unwrap().contains("Newco Works has a system of its own"), "{given_up:?}");

        add_mailbox(&world.context, newcomer, &world.address, &world.grid, "NEWCO").await;
        let mut tx = world.context.db.begin().await.unwrap();
        outbox::hasten(&world.context, &mut tx, newcomer).await.unwrap();
        tx.commit().await.unwrap();
        world.settle().await;
        assert_eq!(document(&world, sent).await.status, DocumentStatus::Acknowledged);
        assert!(dead(&world).await.is_empty(), "what was given up is done");
    })
    .await;
}

#[tokio::test]
async fn a_document_that_cannot_be_written_holds_up_nothing() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (hub, newcomer) = (world.person(world.cast.hub).await, newcomer(&world).await);
        for value in ["X", "SIXTEEN-LETTERS-", " AB"] {
            assert!(!partners::is_identifier(value), "{value}");
        }
        let short = NewIdentifier { qualifier: "ZZ".to_owned(), value: "X".to_owned(), seat: "portal".to_owned() };
        assert!(partners::add_identifier(&world.context, &hub, newcomer, short).await.is_err());
        // One that is there already: GS03 has no room for it.
        let row = Identifier { qualifier: "ZZ".to_owned(), value: "X".to_owned(), organisation_id: newcomer, seat: "wire".to_owned() };
        let mut tx = world.context.db.begin().await.unwrap();
        organisations::insert_identifier(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        add_mailbox(&world.context, newcomer, &world.address, &world.grid, "NEWCO").await;
        let sent = [buy(&world, "NEWCO", "PO-91").await, buy(&world, "NEWCO", "PO-92").await];
        world.settle().await;
        for id in sent {
            assert_eq!(document(&world, id).await.status, DocumentStatus::SendFailed);
            let notes = notes(&world, id).await;
            assert!(notes.iter().any(|note| note.contains("receiver must have 2 to 15 characters")), "{notes:?}");
        }
        assert!(dead(&world).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_file_that_its_receiver_refused_leaves_again_under_a_new_name() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        world.grid.refuse_next(1);
        let sent = buy(&world, "VALMET", "PO-93").await;
        world.settle().await;
        let (refused, first) = (document(&world, sent).await, transmission(&world, sent).await);
        assert_eq!((refused.status, first.status.as_str()), (DocumentStatus::Rejected, "refused"));
        assert!(first.failure.unwrap().contains("Its translator stopped."));
        // It waits for somebody, and what comes after it does not.
        let next = buy(&world, "VALMET", "PO-94").await;
        world.later(60).await;
        assert_eq!(document(&world, next).await.status, DocumentStatus::Acknowledged);
        assert_eq!(received(&world, "EDI", "850").len(), 1);

        resend::again(&world.context, &hub, sent).await.unwrap();
        world.settle().await;
        assert_eq!(document(&world, sent).await.status, DocumentStatus::Acknowledged);
        assert!(transmission(&world, sent).await.name.ends_with("-2.edi"));
        assert!(received(&world, "EDI", "850").last().unwrap().text.contains("PO-93"));
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_key_stops_sending_until_an_operator_tries_again() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let sent = buy(&world, "VALMET", "PO-95").await;
        world.grid.fail_next(Fault::Unauthorized, 1);
        world.worker.run_due().await;
        let given_up = dead(&world).await;
        assert!(given_up.len() == 1 && given_up[0].failure.as_deref().unwrap().contains("Enter a valid key"), "{given_up:?}");
        assert_eq!((given_up[0].attempts, document(&world, sent).await.status), (1, DocumentStatus::SendFailed));
        connections::revive(&world.context, &hub, given_up[0].id).await.unwrap();
        world.settle().await;
        assert_eq!(document(&world, sent).await.status, DocumentStatus::Acknowledged);
        // What a slow worker reports after that takes nothing back.
        let id = transmission(&world, sent).await.id;
        outbox::mark_sent(&world.context, id, "late", true).await.unwrap();
        outbox::mark_failed(&world.context, id, "Too late.").await.unwrap();
        assert_eq!(document(&world, sent).await.status, DocumentStatus::Acknowledged);
    })
    .await;
}

#[tokio::test]
async fn a_parcel_that_the_grid_forgot_does_not_hide_the_others() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let ids = [buy(&world, "VALMET", "PO-96").await, buy(&world, "VALMET", "PO-97").await];
        world.worker.run_due().await;
        let first = transmission(&world, ids[0]).await;
        let mut tx = world.context.db.begin().await.unwrap();
        transmissions::set_transmission(&mut tx, first.id, "sent", Some("long-gone"), None).await.unwrap();
        tx.commit().await.unwrap();
        // The partner takes both and says nothing yet.
        world.grid.set_transit_seconds(1);
        world.grid.run_due();
        world.worker.poll().await;
        assert_eq!(document(&world, ids[1]).await.status, DocumentStatus::Delivered);
        assert_eq!(document(&world, ids[0]).await.status, DocumentStatus::Sent);
        let said = notes(&world, ids[0]).await;
        assert!(said.iter().any(|note| note.contains("cannot be found out")), "{said:?}");
        world.worker.poll().await;
        assert_eq!(notes(&world, ids[0]).await.len(), said.len(), "it is asked once");
    })
    .await;
}

/// A TA1 of the EDI supplier about an interchange of the hub.
fn answer_to(control: &str, about: &str, status: &str, note: &str) -> String {
    format!(
        "ISA*00*          *00*          *ZZ*VALMET         *ZZ*CASTELLAN      *261123*0900*U*00401*{control}*0*P*>~\
         TA1*{about}*261123*0800*{status}*{note}~IEA*0*{control}~"
    )
}

#[tokio::test]
async fn a_repeat_that_the_counterpart_knows_is_delivered_and_another_refusal_is_final() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        world.grid.partner("EDI", Behaviour { acknowledge: Acknowledge::Never, ..Default::default() });
        let mut ids = Vec::new();
        for number in ["PO-98", "PO-99"] {
            ids.push(buy(&world, "VALMET", number).await);
            world.settle().await;
        }
        resend::again(&world.context, &hub, ids[0]).await.unwrap();
        world.settle().await;
        let controls: Vec<_> = received(&world, "EDI", "850").into_iter().map(|received| received.control).collect();
        assert_eq!((controls.len(), &controls[0]), (3, &controls[2]), "the same control number again");
        // The second number is quoted without its zeros.
        for (own, about) in [("000000801", controls[0].as_str()), ("000000802", controls[1].trim_start_matches('0'))] {
            world.grid.send_raw("EDI", "ta1.edi", answer_to(own, about, "R", "025"));
        }
        world.settle().await;
        assert_eq!(document(&world, ids[0]).await.status, DocumentStatus::Delivered);
        let refused = document(&world, ids[1]).await;
        assert_eq!((refused.status, refused.acknowledgment.map(Verdict::as_str)), (DocumentStatus::Rejected, Some("R")));

        // A 997 that accepts later cannot be true; and one that names no document speaks for all of its group.
        let group = transmissions::find_group(&mut world.context.db.read().await.unwrap(), refused.group_id.unwrap()).await.unwrap().unwrap();
        let answers = |own: &str, verdict: &str, number: &str| {
            format!(
                "ISA*00*          *00*          *ZZ*VALMET         *ZZ*CASTELLAN      *261123*0900*U*00401*{own}*0*P*>~\
                 GS*FA*VALMET*CASTELLAN*20261123*0900*1*X*004010~ST*997*0001~AK1*PO*{number}~AK9*{verdict}*1*1*0~SE*4*0001~GE*1*1~IEA*1*{own}~"
            )
        };
        world.grid.send_raw("EDI", "997.edi", answers("000000803", "A", &group.control_number));
        let third = buy(&world, "VALMET", "PO-100").await;
        world.settle().await;
        let refused = document(&world, ids[1]).await;
        assert_eq!((refused.status, refused.acknowledgment.map(Verdict::as_str)), (DocumentStatus::Rejected, Some("R")));
        let group = document(&world, third).await.group_id.unwrap();
        let group = transmissions::find_group(&mut world.context.db.read().await.unwrap(), group).await.unwrap().unwrap();
        world.grid.send_raw("EDI", "997.edi", answers("000000804", "M", &format!("{:0>9}", group.control_number)));
        world.settle().await;
        assert_eq!(document(&world, third).await.status, DocumentStatus::Rejected, "refused for security");
    })
    .await;
}

#[tokio::test]
async fn an_acknowledgment_goes_back_the_way_the_question_came() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let row = Identifier {
            qualifier: "01".to_owned(),
            value: "123456789".to_owned(),
            organisation_id: world.cast.hub,
            seat: "portal".to_owned(),
        };
        let mut tx = world.context.db.begin().await.unwrap();
        organisations::insert_identifier(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        // By its first identifier the hub is 01:123456789; this order comes from ZZ:CASTELLAN.
        world.grid.place_order("ERP", &order("4500000081", kestrel(), &[("M8", "10", "1.00")]));
        world.settle().await;
        let answers = world.grid.received("ERP");
        assert_eq!((answers.len(), answers[0].receiver.id.as_str(), answers[0].receiver.qualifier.as_str()), (1, "CASTELLAN", "ZZ"));
        let buyer = Party { qualifier: "01".to_owned(), id: "123456789".to_owned(), ..castellan() };
        world.grid.place_order("ERP", &Order { buyer, ..order("4500000082", kestrel(), &[("M8", "10", "1.00")]) });
        world.settle().await;
        let answers = world.grid.received("ERP");
        assert_eq!(answers.last().unwrap().receiver.id, "123456789", "{answers:?} {:?}", world.grid.parcels("hub.ERP"));
    })
    .await;
}
