//! Application advice from the outside: an 824 says what the receiver's application did with a document that it could read.
//! It is kept beside the acknowledgment of the syntax, is an exception of whoever sent the document where it was not taken,
//! and is over when it is taken after all or a corrected one is sent.

use bytes::Bytes;
use portico::{
    domain::{
        access::Actor,
        advice::ApplicationVerdict,
        document::{DocumentKind, DocumentStatus, Verdict},
        exception::{Kind, Owner, State, SubjectKind},
        ids::{DocumentId, OrganisationId},
        order::OrderKind,
    },
    sandbox::grid::Party,
    service::{
        Error,
        exceptions::{self, view::ExceptionView},
        exchange::{self, view::DocumentView},
        invoices::view as invoices,
        notify::inbox,
        orders,
        xconnector::endpoints::{self, NewEndpoint},
    },
    store::{
        advices::Of,
        documents::{self, DocumentFilter, DocumentRow},
        exceptions::ExceptionFilter,
        notifications::NotificationFilter,
    },
};
use serde_json::Value;

use super::{
    clocks::employee,
    flows::order,
    remittances::billed,
    support::{Engine, World, on_each_engine},
};

/// Hands an 824 in, from its segments between ST and SE.
pub(super) async fn advise(world: &World, owner: OrganisationId, from: &str, to: &str, control: u32, body: &str) {
    world.clock.advance_seconds(60);
    let count = body.matches('~').count() + 2;
    let text = format!(
        "ISA*00*          *00*          *ZZ*{from:<15}*ZZ*{to:<15}*261123*0900*U*00401*{control:09}*0*P*>~\
         GS*AG*{from}*{to}*20261123*0900*{control}*X*004010~ST*824*0001~{body}SE*{count}*0001~GE*1*{control}~IEA*1*{control:09}~"
    );
    let name = format!("advice-{control}.edi");
    let source = exchange::Source { route: None, owner, name, handle: None, is_copy: false, refuses_test: false };
    let receipt = Box::pin(exchange::receive(&world.context, source, Bytes::from(text))).await.unwrap();
    assert_eq!(receipt.status, "received", "{:?}", receipt.failure);
}

pub(super) async fn documents_of(world: &World, actor: &Actor, kind: DocumentKind) -> Vec<DocumentRow> {
    let filter = DocumentFilter { kind: Some(kind), ..DocumentFilter::default() };
    let mut conn = world.context.db.read().await.unwrap();
    documents::list(&mut conn, actor.scope(), &filter, 50).await.unwrap()
}

async fn view(world: &World, actor: &Actor, id: DocumentId) -> DocumentView {
    exchange::view::load(&world.context, actor, id).await.unwrap()
}

/// The exceptions of a kind that an actor sees.
pub(super) async fn found(world: &World, actor: &Actor, kind: Kind) -> Vec<ExceptionView> {
    let filter = ExceptionFilter { kind: Some(kind), ..ExceptionFilter::default() };
    let mut found = Vec::new();
    for row in exceptions::view::list(&world.context, actor, &filter).await.unwrap().rows {
        found.push(exceptions::view::load(&world.context, actor, row.id).await.unwrap());
    }
    found
}

pub(super) async fn states(world: &World, actor: &Actor, kind: Kind) -> Vec<State> {
    found(world, actor, kind).await.iter().map(|view| view.exception.state).collect()
}

/// Group and set control number of a document, as its receiver quotes them.
fn place(view: &DocumentView) -> (String, String) {
    (view.group.as_ref().unwrap().control_number.clone(), view.document.control_number.clone().unwrap())
}

#[tokio::test]
async fn k7_an_invoice_that_the_receivers_application_does_not_take_becomes_an_alert_until_it_is_taken() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let supplier = employee(&world, &supplier, "Kim Example").await;
        let other = world.person(world.cast.other_supplier).await;
        let new = NewEndpoint {
            name: "ERP".to_owned(),
            url: "http://127.0.0.1:9/".to_owned(),
            is_local: true,
            what: "trade".to_owned(),
            ..NewEndpoint::default()
        };
        let endpoint = endpoints::add(&world.context, &hub, &new).await.unwrap();
        let invoice = billed(&world, &supplier, "4500000091").await;
        Box::pin(world.settle()).await;
        let [row] = &documents_of(&world, &supplier, DocumentKind::Invoice).await[..] else { panic!("one invoice") };
        let id = row.id;
        let sent = view(&world, &supplier, id).await;
        let (group, set) = place(&sent);
        assert_eq!((sent.document.status, sent.document.acknowledgment), (DocumentStatus::Acknowledged, Some(Verdict::Accepted)));

        let body = format!(
            "BGN*00*AA-1*20261123~OTI*TR*IV*I-4500000091*****00{group}*{set}*810~\
             TED*010*Total differs from the order*TDS*14*1**25000*24000~TED*007~"
        );
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 701, &body).await;

        // Kept beside what was said of the syntax, which stays as it was.
        let after = view(&world, &supplier, id).await;
        assert_eq!((after.document.status, after.document.acknowledgment), (sent.document.status, sent.document.acknowledgment));
        assert_eq!(after.document.acknowledged_at, sent.document.acknowledged_at);
        assert_eq!(after.document.findings.0, sent.document.findings.0);
        assert_eq!(after.document.answer.as_deref(), Some("rejected"));
        let [said] = &after.advices[..] else { panic!("{:?}", after.advices) };
        assert_eq!((said.verdict, said.code.as_str(), said.advice_number.as_str()), (ApplicationVerdict::Rejected, "TR", "AA-1"));
        assert_eq!(said.errors.0.iter().map(|error| error.code.as_str()).collect::<Vec<_>>(), ["010", "007"]);
        let [advice] = &documents_of(&world, &supplier, DocumentKind::ApplicationAdvice).await[..] else { panic!("one advice") };
        assert_eq!((advice.acknowledgment, advice.id), (Some(Verdict::Accepted), said.advice_id), "a 997 accepts the advice itself");
        assert_eq!(view(&world, &supplier, advice.id).await.advises.iter().map(|row| row.document_id).collect::<Vec<_>>(), [id]);
        for (who, many) in [(&supplier, 1), (&hub, 1), (&other, 0)] {
            let seen = exchange::view::advices(&world.context, who, Of::Invoice(invoice.0)).await.unwrap();
            assert_eq!(seen.len(), many, "{}", who.organisation_name);
        }
        assert!(matches!(exchange::view::load(&world.context, &other, advice.id).await, Err(Error::NotFound)));
        let history = invoices::load(&world.context, &supplier, invoice).await.unwrap().events;
        let told = history.iter().find(|event| event.kind == "document_advised").unwrap();
        assert!(
            told.words.contains("rejected by the receiver's application: Total differs from the order (found 25000, expected 24000"),
            "{}",
            told.words
        );

        // The sender has to put it right, with both documents before its eyes.
        let [alert] = &found(&world, &supplier, Kind::ApplicationRejected).await[..] else { panic!("one alert") };
        let row = &alert.exception;
        assert_eq!((row.state, row.owner, row.subject_kind, row.subject_id), (State::Open, Owner::Partner, SubjectKind::Document, id.0));
        assert_eq!((row.money.minor(), row.currency.map(|currency| currency.code().to_owned())), (25_000, Some("EUR".to_owned())));
        assert!(row.due_at > row.began_at && alert.guide.steps.len() >= 3);
        let both: Vec<_> = row.differences.0.iter().map(|both| (both.found.document, both.expected.document)).collect();
        assert_eq!(both, [(Some(advice.id), Some(id)), (Some(advice.id), Some(id))]);
        assert!(found(&world, &other, Kind::ApplicationRejected).await.is_empty());
        assert!(found(&world, &hub, Kind::DocumentNotApplied).await.is_empty());
        let mails = inbox::list(&world.context, &supplier, &NotificationFilter::default()).await.unwrap();
        let news: Vec<_> = mails.rows.iter().filter(|row| row.title == "Invoice I-4500000091 was not taken by its receiver").collect();
        assert_eq!(news.len(), 1, "said once, not as an exception besides");
        let rejected = async || {
            let log = endpoints::load(&world.context, &hub, endpoint, None).await.unwrap().log;
            let events = log.iter().filter(|row| row.kind == "portico.document.rejected");
            events.map(|row| serde_json::from_str::<Value>(&row.body).unwrap()["data"].clone()).collect::<Vec<_>>()
        };
        let [event] = &rejected().await[..] else { panic!("one event") };
        assert_eq!((event["number"].as_str(), event["verdict"].as_str()), (Some("I-4500000091"), Some("rejected")));
        assert_eq!(event["reasons"].as_array().unwrap().len(), 2);

        // Its receiver enters it after all.
        let body = format!("BGN*00*AA-2*20261123~OTI*TA*IV*I-4500000091*****{group}*{set}*810~");
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 702, &body).await;
        assert_eq!(states(&world, &supplier, Kind::ApplicationRejected).await, [State::Closed]);
        let taken = view(&world, &supplier, id).await;
        assert_eq!((taken.document.answer.as_deref(), taken.advices.len()), (Some("accepted"), 2));
        let last = exchange::view::advices(&world.context, &supplier, Of::Order(after.document.order_id.unwrap().0)).await.unwrap();
        assert_eq!(last.iter().map(|row| row.verdict).collect::<Vec<_>>(), [ApplicationVerdict::Accepted], "the newest counts");

        // Named by its number alone, and only in part: it stands again.
        let body = "BGN*00*AA-3*20261123~OTI*IA*IV*I-4500000091~OTI*IR*IV*I-4500000091~TED*012*Line 10*IT1*9~";
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 703, body).await;
        assert_eq!(states(&world, &supplier, Kind::ApplicationRejected).await, [State::Open]);
        let part = view(&world, &supplier, id).await;
        assert_eq!(part.advices.iter().map(|row| row.verdict.as_str()).collect::<Vec<_>>(), ["rejected", "accepted", "partly_accepted"]);
        assert_eq!((part.document.status, part.document.answer.as_deref()), (DocumentStatus::Acknowledged, Some("changed")));
        assert_eq!(rejected().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn k7_an_order_that_a_partners_application_does_not_take_is_the_hubs_until_a_corrected_one_is_sent() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (partner, hub) = (world.person(world.cast.edi_supplier).await, world.person(world.cast.hub).await);
        let valmera = || Party::new("VALMET", "Valmera Castings");
        world.grid.place_order("ERP", &order("4500000092", valmera(), &[("A", "4", "2.50")]));
        Box::pin(world.settle()).await;
        let placed = world.order(OrderKind::Purchase, world.cast.edi_supplier, "4500000092").await;
        let id = placed.document_id.unwrap();
        let (group, _) = place(&view(&world, &hub, id).await);

        // It was passed on as it came, and so is what its receiver says of it; an order is answered by its response alone.
        let body = format!("BGN*00*V-1*20261123~OTI*GR*ZZ*BATCH*****{group}~TED*009*No delivery date~");
        advise(&world, world.cast.edi_supplier, "VALMET", "CASTELLAN", 711, &body).await;
        let said = view(&world, &hub, id).await;
        assert_eq!(said.advices.iter().map(|row| row.verdict).collect::<Vec<_>>(), [ApplicationVerdict::Rejected]);
        assert_eq!((said.document.answer, said.document.answered_at), (None, None));
        let [alert] = &found(&world, &hub, Kind::ApplicationRejected).await[..] else { panic!("one alert") };
        assert_eq!((alert.exception.state, alert.exception.owner, alert.exception.money.minor()), (State::Open, Owner::Hub, 1_000));
        assert!(found(&world, &partner, Kind::ApplicationRejected).await.is_empty(), "it is the hub's to settle");
        let shown = orders::view::load(&world.context, &partner, placed.id).await.unwrap();
        assert!(shown.documents.iter().any(|document| document.kind == DocumentKind::ApplicationAdvice), "it stands at the order");

        // The hub's system sends the order again, corrected.
        world.clock.advance_seconds(60);
        world.grid.place_order("ERP", &order("4500000092", valmera(), &[("A", "5", "2.50")]));
        Box::pin(world.settle()).await;
        assert_eq!(states(&world, &hub, Kind::ApplicationRejected).await, [State::Closed]);
    })
    .await;
}

#[tokio::test]
async fn an_advice_of_what_nobody_sent_is_a_finding_on_itself_and_one_that_cannot_be_read_is_refused() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        billed(&world, &supplier, "4500000093").await;
        Box::pin(world.settle()).await;
        let [invoice] = &documents_of(&world, &supplier, DocumentKind::Invoice).await[..] else { panic!("one invoice") };
        let (group, set) = place(&view(&world, &supplier, invoice.id).await);

        // Somebody else's document is as unknown as one that never was, and so is one of another kind.
        let theirs = format!("BGN*00*O-1*20261123~OTI*TR*IV*I-4500000093*****{group}*{set}*810~");
        advise(&world, world.cast.other_supplier, "OSTERMANN", "CASTELLAN", 721, &theirs).await;
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 722, "BGN*00*C-1*20261123~OTI*TR*IV*I-77777*****9999*0001*810~").await;
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 723, "BGN*00*C-2*20261123~OTI*TR*SI*I-4500000093~").await;
        assert!(view(&world, &supplier, invoice.id).await.advices.is_empty());
        assert!(found(&world, &hub, Kind::ApplicationRejected).await.is_empty());
        let advices = documents_of(&world, &hub, DocumentKind::ApplicationAdvice).await;
        assert_eq!(advices.len(), 3);
        for row in &advices {
            let seen = view(&world, &hub, row.id).await;
            assert_eq!(row.acknowledgment, Some(Verdict::Accepted), "its 997 accepts");
            assert!(seen.document.findings.0.to_string().contains("which was never sent to this partner"), "{:?}", seen.document.findings);
        }
        let owners: Vec<_> = found(&world, &hub, Kind::DocumentNotApplied)
            .await
            .iter()
            .map(|view| (view.exception.owner, view.exception.subject_number.clone()))
            .collect();
        let mut wanted = vec![(Owner::Partner, "O-1".to_owned()), (Owner::Hub, "C-1".to_owned()), (Owner::Hub, "C-2".to_owned())];
        wanted.sort();
        let mut owners = owners;
        owners.sort();
        assert_eq!(owners, wanted, "whoever sent the advice says what is meant");

        // Known and unknown in one: what is known counts, what is not is remarked on.
        let body = "BGN*00*C-3*20261123~OTI*TE*IV*I-4500000093~TED*024*Cost centre missing~OTI*TR*IV*I-88888~";
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 724, body).await;
        let seen = view(&world, &supplier, invoice.id).await;
        assert_eq!(seen.advices.iter().map(|row| row.verdict).collect::<Vec<_>>(), [ApplicationVerdict::AcceptedWithErrors]);
        assert_eq!(found(&world, &hub, Kind::DocumentNotApplied).await.len(), 3);
        assert!(found(&world, &hub, Kind::ApplicationRejected).await.is_empty(), "errors that were only noted stop nothing");

        // One that cannot be read is refused with a 997 and says nothing.
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 725, "BGN*00*C-4*20261123~OTI*XX*IV*I-4500000093~").await;
        let refused = documents_of(&world, &hub, DocumentKind::ApplicationAdvice).await;
        assert_eq!(refused.iter().filter(|row| row.acknowledgment == Some(Verdict::Rejected)).count(), 1);
        assert_eq!(view(&world, &supplier, invoice.id).await.advices.len(), 1);
    })
    .await;
}
