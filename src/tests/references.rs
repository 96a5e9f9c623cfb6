//! What cases are about: linked later by either side, each within its reach; told to the systems behind; found again on the
//! page of what they are about.

use portico::{
    connectors::xconnector::Event,
    domain::{
        access::Actor,
        case::Kind,
        exception::Kind as Wrong,
        ids::{CaseId, InvoiceId},
        order::OrderKind,
    },
    service::{
        Error,
        cases::{
            dispute::{self, DisputeForm},
            open::{self, CaseForm},
            participants,
            refer::{self, ReferenceForm},
            view,
        },
        exceptions::{act, view as exceptions},
        xconnector,
    },
    store::{
        bonds,
        exceptions::ExceptionFilter,
        references::{Reference, Thing},
    },
};
use serde_json::{Value, json};

use super::{
    flows::order,
    remittances::{billed, pays},
    support::{Engine, World, kestrel, on_each_engine, ostermann},
    together::{Together, arrived, together_on_each_engine},
};

fn form(kind: &str, number: &str, line: &str) -> ReferenceForm {
    ReferenceForm { kind: kind.to_owned(), number: number.to_owned(), line: line.to_owned() }
}

async fn question(world: &World, actor: &Actor) -> CaseId {
    let form = CaseForm { kind: "question".to_owned(), title: "Which".to_owned(), text: "Which is it?".to_owned(), ..CaseForm::default() };
    open::open(&world.context, actor, &form).await.unwrap()
}

async fn link(world: &World, actor: &Actor, id: CaseId, typed: (&str, &str, &str)) -> Result<String, Error> {
    refer::add(&world.context, actor, id, &form(typed.0, typed.1, typed.2)).await
}

async fn unlink(world: &World, actor: &Actor, id: CaseId, typed: (&str, &str, &str)) -> Result<String, Error> {
    refer::remove(&world.context, actor, id, &form(typed.0, typed.1, typed.2)).await
}

/// What a case is about, in words, as an actor sees it.
async fn seen(world: &World, actor: &Actor, id: CaseId) -> Vec<String> {
    view::load(&world.context, actor, id).await.unwrap().references.iter().map(refer::words).collect()
}

/// The numbers of the cases about something, as an actor sees them.
async fn about(world: &World, actor: &Actor, thing: Thing) -> Vec<CaseId> {
    refer::about(&world.context, actor, thing).await.unwrap().into_iter().map(|row| row.id).collect()
}

/// The field that a refusal names.
fn wrong(outcome: Result<String, Error>) -> String {
    match outcome {
        Err(Error::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

/// An invoice of Kestrel's for an order, and a payment of it: `I-{number}` and `TR-{number}`.
async fn paid(world: &World, supplier: &Actor, number: &str) -> InvoiceId {
    let invoice = billed(world, supplier, number).await;
    let body = format!("BPR*I*250.00*C*ACH************20261123~TRN*1*TR-{number}~CUR*PR*EUR~ENT*1~RMR*IV*I-{number}**250.00*250.00~");
    pays(world, "KESTREL", 701, &body).await;
    invoice
}

#[tokio::test]
async fn a_case_is_linked_later_by_either_side_and_only_to_what_is_between_the_two() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let [supplier, hub, other, carrier] =
            [world.cast.supplier, world.cast.hub, world.cast.other_supplier, world.cast.carrier].map(|id| world.person(id));
        let (supplier, hub, other, carrier) = (supplier.await, hub.await, other.await, carrier.await);
        let invoice = paid(&world, &supplier, "4500000091").await;
        world.grid.place_order("ERP", &order("4500000092", ostermann(), &[("M8", "1", "2.50")]));
        world.settle().await;
        let theirs = world.order(OrderKind::Purchase, world.cast.supplier, "4500000091").await.id;
        let lines = portico::store::orders::lines(&mut world.context.db.read().await.unwrap(), theirs).await.unwrap();
        let line = lines[0].line.as_str();
        let id = question(&world, &supplier).await;

        // Each side links, one of them a single line; both see it, and who did it.
        let words = link(&world, &supplier, id, ("order", " 4500000091 ", line)).await.unwrap();
        assert_eq!(words, format!("Order 4500000091, line {line}"));
        link(&world, &hub, id, ("invoice", "I-4500000091", "")).await.unwrap();
        link(&world, &hub, id, ("payment", "TR-4500000091", "")).await.unwrap();
        link(&world, &supplier, id, ("shipment", "S-4500000091", "")).await.unwrap();
        let all = ["Invoice I-4500000091", words.as_str(), "Payment TR-4500000091", "Shipment S-4500000091"];
        for actor in [&supplier, &hub] {
            assert_eq!(seen(&world, actor, id).await, all);
            let told = view::load(&world.context, actor, id).await.unwrap().events;
            assert_eq!(told.iter().filter(|event| event.kind == "referred").count(), 4, "{told:?}");
        }

        // The pages of these lead to the case.
        let shown = view::load(&world.context, &hub, id).await.unwrap().references;
        let known = |kind: &str| shown.iter().find(|row| row.kind == kind).unwrap();
        let (shipment, payment) = (known("shipment").shipment_id.unwrap(), known("payment").remittance_id.unwrap());
        for thing in [Thing::Order(theirs), Thing::Invoice(invoice), Thing::Shipment(shipment), Thing::Payment(payment)] {
            assert_eq!((about(&world, &hub, thing).await, about(&world, &supplier, thing).await), (vec![id], vec![id]), "{thing:?}");
            assert!(about(&world, &other, thing).await.is_empty(), "{thing:?}");
        }

        // What is wrong is said at its field; nothing of another partner's is linked, whoever asks.
        for (typed, field) in [
            (("question", "1", ""), "about"),
            (("order", " ", ""), "about_number"),
            (("order", "no such", ""), "about_number"),
            (("order", "4500000092", ""), "about_number"),
            (("order", "4500000091", "99"), "about_line"),
            (("shipment", "S-4500000091", "1"), "about_line"),
            (("order", "4500000091", line), "about_number"),
        ] {
            for actor in [&supplier, &hub] {
                assert_eq!(wrong(link(&world, actor, id, typed).await), field, "{typed:?}");
            }
        }
        assert!(matches!(link(&world, &other, id, ("order", "4500000092", "")).await, Err(Error::NotFound)));

        // Others who take part see of it what they can reach by themselves, which is nothing, and change nothing.
        participants::add(&world.context, &hub, id, "HAULIER", "Where is it?").await.unwrap();
        assert!(seen(&world, &carrier, id).await.is_empty());
        assert!(matches!(link(&world, &carrier, id, ("order", "4500000091", "")).await, Err(Error::Forbidden(_))));
        assert!(matches!(unlink(&world, &carrier, id, ("invoice", "I-4500000091", "")).await, Err(Error::Forbidden(_))));
        let told = view::load(&world.context, &carrier, id).await.unwrap().events;
        assert!(!told.iter().any(|event| event.kind == "referred"), "{told:?}");

        // Taken away by the other side: the history keeps both.
        unlink(&world, &supplier, id, ("invoice", "I-4500000091", "")).await.unwrap();
        assert!(matches!(unlink(&world, &hub, id, ("invoice", "I-4500000091", "")).await, Err(Error::Conflict(_))));
        assert_eq!(seen(&world, &hub, id).await, all[1..]);
        assert!(about(&world, &hub, Thing::Invoice(invoice)).await.is_empty());
        let told = view::load(&world.context, &hub, id).await.unwrap().events;
        let last = told.iter().find(|event| event.kind == "unreferred").unwrap();
        assert_eq!((last.new.as_deref(), last.actor.as_str()), (Some("Invoice I-4500000091"), "Alex Example, Kestrel Fasteners"));
        link(&world, &hub, id, ("invoice", "I-4500000091", "")).await.unwrap();

        // What a dispute is about stays.
        let typed = DisputeForm {
            invoice: invoice.to_string(),
            reason: "PRI".to_owned(),
            action: "OTH".to_owned(),
            text: "Too much.".to_owned(),
            ..DisputeForm::default()
        };
        let dispute = dispute::open(&world.context, &hub, &typed).await.unwrap();
        assert!(matches!(unlink(&world, &hub, dispute, ("invoice", "I-4500000091", "")).await, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn a_case_about_a_payment_is_opened_from_its_remittance_and_from_what_is_wrong_with_it() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let body = "BPR*I*230.00*C*ACH************20261123~TRN*1*TR-7~CUR*PR*EUR~ENT*1~RMR*IV*I-UNKNOWN**230.00*250.00~";
        pays(&world, "KESTREL", 702, body).await;
        let filter = ExceptionFilter { kind: Some(Wrong::RemittanceInvoiceUnknown), ..ExceptionFilter::default() };
        let found = exceptions::list(&world.context, &hub, &filter).await.unwrap().rows;
        let case = act::open_case(&world.context, &hub, found[0].id, "Which invoice is it?", "Please send it.").await.unwrap();
        let opened = view::load(&world.context, &supplier, case).await.unwrap();
        assert_eq!(opened.case.kind, Kind::Payment);
        let [Reference { kind, number, remittance_id: Some(payment), .. }] = &opened.references[..] else {
            panic!("{:?}", opened.references)
        };
        assert_eq!((kind.as_str(), number.as_str()), ("payment", "TR-7"));

        let typed = CaseForm {
            payment: payment.to_string(),
            title: "Too little".to_owned(),
            text: "20 are missing.".to_owned(),
            ..CaseForm::default()
        };
        assert!(matches!(open::open(&world.context, &other, &typed).await, Err(Error::NotFound)));
        let second = open::open(&world.context, &supplier, &typed).await.unwrap();
        assert_eq!(about(&world, &hub, Thing::Payment(*payment)).await, [second, case], "the last one changed on top");
    })
    .await;
}

fn event(id: &str, kind: &str, data: Value) -> Event {
    let event = json!({ "specversion": "1.0", "id": id, "source": "/erp", "type": format!("xconnector.{kind}"), "data": data });
    serde_json::from_value(event).unwrap()
}

#[tokio::test]
async fn what_another_system_names_before_it_is_known_here_is_linked_when_it_appears() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let named = ["order", "shipment", "invoice", "payment"].into_iter().zip(["", "S-", "I-", "TR-"]);
        let named: Vec<_> = named.map(|(kind, prefix)| json!({ "type": kind, "number": format!("{prefix}4500000095") })).collect();
        let data = json!({ "partner": "KESTREL", "case": "INC-9", "title": "It is all wrong", "references": named });
        xconnector::take(&world.context, &event("e-1", "case.opened", data)).await.unwrap();
        let bond = bonds::find(&mut world.context.db.read().await.unwrap(), "xconnector", "INC-9").await.unwrap().unwrap();
        let id = bond.case_id;
        let known = async || view::load(&world.context, &supplier, id).await.unwrap().references.iter().filter_map(Reference::id).count();
        assert_eq!((known().await, seen(&world, &hub, id).await.len()), (0, 4));

        // The same number at another partner is another one.
        world.grid.place_order("ERP", &order("4500000095", ostermann(), &[("M8", "1", "2.50")]));
        world.settle().await;
        assert_eq!(known().await, 0);
        let invoice = paid(&world, &supplier, "4500000095").await;
        assert_eq!(known().await, 4);
        assert_eq!(about(&world, &supplier, Thing::Invoice(invoice)).await, [id]);

        // What it names later is in the history, once.
        let more = json!({ "case": "INC-9", "references": [{ "type": "order", "number": "4500000095", "line": "1" }] });
        xconnector::take(&world.context, &event("e-2", "case.updated", more.clone())).await.unwrap();
        xconnector::take(&world.context, &event("e-3", "case.updated", more)).await.unwrap();
        let told = view::load(&world.context, &hub, id).await.unwrap().events;
        let told: Vec<_> =
            told.iter().filter(|event| event.kind == "referred").map(|event| (event.new.as_deref(), &*event.system)).collect();
        assert_eq!(told, [(Some("Order 4500000095, line 1"), "xconnector")]);
    })
    .await;
}

#[tokio::test]
async fn both_systems_learn_what_a_case_is_about() {
    together_on_each_engine(async |all: std::sync::Arc<Together>| {
        let world = &all.beside.world;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        world.grid.place_order("ERP", &order("4500000097", kestrel(), &[("M8", "1", "2.50")]));
        world.settle().await;
        let id = question(world, &supplier).await;
        all.settle().await;
        link(world, &supplier, id, ("order", "4500000097", "")).await.unwrap();
        link(world, &hub, id, ("order", "4500000097", "1")).await.unwrap();
        unlink(world, &hub, id, ("order", "4500000097", "")).await.unwrap();
        all.settle().await;
        let line = json!({ "type": "order", "number": "4500000097", "line": "1" });
        let whole = json!({ "type": "order", "number": "4500000097" });
        let steps = [json!([whole]), json!([whole, line]), json!([line])];

        let updates: Vec<_> = arrived(&all, "xconnector", "portico.case.updated").await.iter().map(|event| event["data"].clone()).collect();
        assert_eq!(updates.iter().map(|data| data["references"].clone()).collect::<Vec<_>>(), steps);
        assert!(updates.iter().all(|data| data["case"] == id.to_string() && data["actor"].as_str().is_some_and(|who| !who.is_empty())));
        let told: Vec<_> = arrived(&all, "community", "portico.case.upserted").await.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 4, "once when it was opened, and for each change: {told:?}");
        assert!(told[3].contains(&line.to_string()) && !told[3].contains(&whole.to_string()), "{told:?}");
        let bonds = view::load(&world.context, &hub, id).await.unwrap().bonds;
        assert!(bonds.iter().any(|bond| bond.system == "community" && bond.health == "in_step"), "{bonds:?}");
    })
    .await;
}
