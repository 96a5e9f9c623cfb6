//! Two people who do the same at the same moment. On PostgreSQL their transactions run side by side, on SQLite one waits for
//! the other; either way one of them does it, and the other one is told in words, with nothing half done.

use std::sync::Arc;

use portico::{
    domain::{
        access::Actor,
        case::Visibility,
        document::DocumentKind,
        ids::{InvoiceId, OrderId},
    },
    service::{
        Error,
        cases::{
            dispute::{self, DisputeForm},
            open::{self, CaseForm},
            view, write,
        },
        invoices,
        orders::{
            self,
            answer::{self, AnswerForm, LineForm},
            place,
        },
    },
    store::{Scope, cases, disputes::Subject, documents},
};

use super::{
    flows::{accept, accept_all, change, message, ship},
    support::{Engine, World, on_each_engine},
};

/// How often each is tried: two that come at the same moment do not always meet.
const ROUNDS: usize = 12;

async fn ordered(world: &World, number: &str) -> OrderId {
    let hub = world.person(world.cast.hub).await;
    place::purchase(&world.context, &hub, "KESTREL", message(number, "GV-80", 10, "CASTELLAN")).await.unwrap()
}

async fn invoiced(world: &World, supplier: &Actor, round: usize) -> InvoiceId {
    let order = ordered(world, &format!("PO-{round}")).await;
    accept_all(world, supplier, order).await;
    let shipment = ship(world, supplier, order, &format!("S-{round}"), "10").await;
    let seen = orders::view::load(&world.context, supplier, order).await.unwrap();
    let form = orders::view::invoice_form(&world.context, supplier, &seen, Some(shipment)).await.unwrap().form;
    let form = invoices::send::InvoiceForm { number: format!("INV-{round}"), ..form };
    invoices::send::send(&world.context, supplier, order, &form).await.unwrap()
}

/// Does two things at the same moment.
async fn both<T: Send + 'static>(one: impl Future<Output = T> + Send + 'static, other: impl Future<Output = T> + Send + 'static) -> [T; 2] {
    let (one, other) = (tokio::spawn(one), tokio::spawn(other));
    [one.await.unwrap(), other.await.unwrap()]
}

#[tokio::test]
async fn two_people_who_dispute_one_invoice_at_once_open_one_dispute() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        for round in 0..ROUNDS {
            let id = invoiced(&world, &supplier, round).await;
            let open = |actor: &Actor| {
                let (context, actor) = (world.context.clone(), actor.clone());
                let form = DisputeForm {
                    invoice: id.to_string(),
                    reason: "PRI".to_owned(),
                    action: "OTH".to_owned(),
                    text: "Another price was agreed.".to_owned(),
                    ..DisputeForm::default()
                };
                async move { dispute::open(&context, &actor, &form).await }
            };
            let [one, other] = both(open(&hub), open(&supplier)).await;
            let (case, refused) = match (one, other) {
                (Ok(case), Err(refused)) | (Err(refused), Ok(case)) => (case, refused),
                unexpected => panic!("one of them opens it: {unexpected:?}"),
            };
            let number = view::load(&world.context, &hub, case).await.unwrap().case.number;
            let Error::Conflict(words) = refused else { panic!("{refused:?}") };
            assert_eq!(words, format!("INV-{round} is in dispute already. Go on in case {number}."));
            assert_eq!(dispute::about(&world.context, &hub, Subject::Invoice(id)).await.unwrap().len(), 1);
        }
        let all = cases::list(&mut world.context.db.read().await.unwrap(), Scope::Hub, &cases::CaseFilter::default(), 100).await.unwrap();
        assert_eq!(all.len(), ROUNDS, "nothing is left of those that came second");
    })
    .await;
}

#[tokio::test]
async fn of_two_answers_to_an_order_at_once_one_counts() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        for round in 0..ROUNDS {
            let id = ordered(&world, &format!("PO-{round}")).await;
            let version = world.order_by_id(id).await.version.to_string();
            let say = |line: LineForm| {
                let (context, actor, version) = (world.context.clone(), supplier.clone(), version.clone());
                async move { answer::answer(&context, &actor, id, &AnswerForm { version, lines: vec![line] }).await }
            };
            let (sent, refused) = match both(say(accept("0")), say(change("0", "10", "2026-12-10"))).await {
                [Ok(sent), Err(refused)] | [Err(refused), Ok(sent)] => (sent, refused),
                unexpected => panic!("one of them counts: {unexpected:?}"),
            };
            let Error::Stale(words) = refused else { panic!("{refused:?}") };
            assert_eq!(words, format!("Order PO-{round} changed since you looked at it. Look again, then answer."));
            assert_eq!(world.order_by_id(id).await.answer_document_id, Some(sent));
            let documents = documents::of_order(&mut world.context.db.read().await.unwrap(), Scope::Hub, id).await.unwrap();
            let answers = documents.iter().filter(|document| document.kind == DocumentKind::OrderResponse).count();
            assert_eq!(answers, 1, "the other one leaves no document");
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_who_answer_in_a_case_at_once_the_second_one_reads_the_first() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let colleague = Actor { name: "Ines Keller".to_owned(), ..hub.clone() };
        for round in 0..ROUNDS {
            let title = format!("Which drawing counts, {round}?");
            let form = CaseForm { kind: "question".to_owned(), title, text: "C or D?".to_owned(), ..CaseForm::default() };
            let id = open::open(&world.context, &supplier, &form).await.unwrap();
            let seen = view::load(&world.context, &hub, id).await.unwrap().messages[0].id;
            let write = |actor: &Actor, text: &'static str| {
                let (context, actor) = (world.context.clone(), actor.clone());
                async move { write::write_after(&context, &actor, id, Visibility::Partner, text, Some(seen)).await }
            };
            let (words, first) = match both(write(&hub, "It is D."), write(&colleague, "It is C.")).await {
                [Ok(()), Err(Error::Stale(words))] => (words, "It is D."),
                [Err(Error::Stale(words)), Ok(())] => (words, "It is C."),
                unexpected => panic!("one of them is written: {unexpected:?}"),
            };
            let written = view::load(&world.context, &hub, id).await.unwrap().messages;
            assert_eq!(written.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), ["C or D?", first]);
            assert!(words.starts_with(&written[1].author) && words.contains("wrote while you did"), "{words}");
            let kept = write::typed(&world.context, &hub, id).await.unwrap().unwrap().text;
            assert_ne!(kept, first, "what the other one typed is still there");
        }
    })
    .await;
}
