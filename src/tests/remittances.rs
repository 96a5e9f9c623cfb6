//! Remittances from the outside: an 820 comes over the wire, is set against the invoices that it names, and what does not
//! fit becomes an exception of whoever can settle it.

use bytes::Bytes;
use portico::{
    domain::{
        access::Actor,
        document::{DocumentKind, Verdict},
        exception::{Kind, Owner, State},
        ids::InvoiceId,
        invoice::InvoiceState,
        order::OrderKind,
    },
    service::{
        Error, exceptions,
        exceptions::view::ExceptionView,
        exchange,
        invoices::{
            send::{self, InvoiceForm},
            view as invoices,
        },
        orders::view,
        remittances::view::{self as remittances, RemittanceView},
    },
    store::{
        documents::{self, DocumentFilter, DocumentRow},
        exceptions::ExceptionFilter,
        remittances::RemittanceFilter,
    },
};

use super::{
    flows::{accept_all, order, ship},
    support::{Engine, World, kestrel, on_each_engine},
};

/// Hands an 820 of the hub to a supplier in, from its segments between ST and SE.
pub async fn pays(world: &World, to: &str, control: u32, body: &str) {
    world.clock.advance_seconds(60);
    let count = body.matches('~').count() + 2;
    let text = format!(
        "ISA*00*          *00*          *ZZ*CASTELLAN      *ZZ*{to:<15}*261123*0900*U*00401*{control:09}*0*P*>~\
         GS*RA*CASTELLAN*{to}*20261123*0900*{control}*X*004010~ST*820*0001~{body}SE*{count}*0001~GE*1*{control}~IEA*1*{control:09}~"
    );
    let source = exchange::Source {
        route: None,
        owner: world.cast.hub,
        name: format!("remittance-{control}.edi"),
        handle: None,
        is_copy: false,
        refuses_test: false,
    };
    Box::pin(exchange::receive(&world.context, source, Bytes::from(text))).await.unwrap();
}

/// A delivered order of 100 pieces at 2.50, billed; gives the invoice.
pub async fn billed(world: &World, supplier: &Actor, number: &str) -> InvoiceId {
    world.grid.place_order("ERP", &order(number, kestrel(), &[("M8", "100", "2.50")]));
    Box::pin(world.settle()).await;
    let id = world.order(OrderKind::Purchase, world.cast.supplier, number).await.id;
    accept_all(world, supplier, id).await;
    let shipment = Box::pin(ship(world, supplier, id, &format!("S-{number}"), "100")).await;
    let now = view::load(&world.context, supplier, id).await.unwrap();
    let kept = view::invoice_form(&world.context, supplier, &now, Some(shipment)).await.unwrap();
    let form = InvoiceForm { number: format!("I-{number}"), ..kept.form };
    Box::pin(send::send(&world.context, supplier, id, &form)).await.unwrap()
}

async fn one(world: &World, actor: &Actor, number: &str) -> RemittanceView {
    let filter = RemittanceFilter { number: Some(number.to_owned()), ..RemittanceFilter::default() };
    let list = remittances::list(&world.context, actor, &filter).await.unwrap();
    let [row] = &list.rows[..] else { panic!("one remittance {number}: {:?}", list.rows) };
    remittances::load(&world.context, actor, row.id).await.unwrap()
}

/// The exceptions of a kind that an actor sees.
async fn found(world: &World, actor: &Actor, kind: Kind) -> Vec<ExceptionView> {
    let filter = ExceptionFilter { kind: Some(kind), ..ExceptionFilter::default() };
    let rows = exceptions::view::list(&world.context, actor, &filter).await.unwrap().rows;
    let mut found = Vec::new();
    for row in rows {
        found.push(exceptions::view::load(&world.context, actor, row.id).await.unwrap());
    }
    found
}

async fn documents(world: &World, actor: &Actor) -> Vec<DocumentRow> {
    let filter = DocumentFilter { kind: Some(DocumentKind::RemittanceAdvice), ..DocumentFilter::default() };
    let mut conn = world.context.db.read().await.unwrap();
    documents::list(&mut conn, actor.scope(), &filter, 50).await.unwrap()
}

#[tokio::test]
async fn k4_a_remittance_pays_invoices_in_full_and_in_part_and_the_rest_later() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let first = billed(&world, &supplier, "4500000081").await;
        let second = billed(&world, &supplier, "4500000082").await;
        let mut open_page = world.context.live.subscribe();
        let body = "BPR*I*475.00*C*ACH************20261123~TRN*1*TR-1~CUR*PR*EUR~N1*PE*Kestrel~ENT*1~\
                    RMR*IV*I-4500000081**245.00*250.00*5.00~RMR*IV*I-4500000082**230.00*250.00~ADX*-20.00*06*BM*GR-88~";
        pays(&world, "KESTREL", 601, body).await;

        let view = one(&world, &supplier, "TR-1").await;
        assert_eq!(
            view.items.iter().map(|item| (item.invoice_id, item.is_applied)).collect::<Vec<_>>(),
            [(Some(first), true), (Some(second), true)]
        );
        assert!(matches!(remittances::load(&world.context, &other, view.remittance.id).await, Err(Error::NotFound)));
        assert!(remittances::list(&world.context, &other, &RemittanceFilter::default()).await.unwrap().rows.is_empty());
        let mut woken = false;
        while let Ok(change) = open_page.try_recv() {
            woken |= change.concerns(supplier.scope());
        }
        assert!(woken, "the supplier's open pages fetch themselves");
        let [document] = &documents(&world, &supplier).await[..] else { panic!("one document") };
        assert_eq!(document.acknowledgment, Some(Verdict::Accepted), "the 997 accepts");

        // With its discount the one is settled; of the other something was taken off, which is the supplier's to accept or dispute.
        let paid = invoices::load(&world.context, &supplier, first).await.unwrap();
        assert_eq!((paid.invoice.state, paid.invoice.paid.minor()), (InvoiceState::Paid, 24_500));
        assert_eq!(paid.invoice.state_reason.as_deref(), Some("Paid on 23 Nov 2026, trace TR-1."));
        let part = invoices::load(&world.context, &supplier, second).await.unwrap();
        assert_eq!((part.invoice.state, part.invoice.paid.minor(), part.invoice.open().minor()), (InvoiceState::PartPaid, 23_000, 2_000));
        assert!(part.invoice.state_reason.unwrap().contains("EUR 20.00 taken off: quantity in question (06)"));
        assert_eq!(part.payments.len(), 1);
        let short = found(&world, &supplier, Kind::ShortPayment).await;
        let [short] = &short[..] else { panic!("one short payment") };
        assert_eq!((short.exception.owner, short.exception.state, short.exception.money.minor()), (Owner::Partner, State::Open, 2_000));
        assert_eq!(short.exception.subject_id, second.0);
        assert!(found(&world, &other, Kind::ShortPayment).await.is_empty());
        // Nothing stood even for a moment while it was applied item by item.
        for kind in [Kind::DocumentNotApplied, Kind::RemittanceTotal, Kind::PaidAgain, Kind::RemittanceInvoiceUnknown] {
            assert!(found(&world, &hub, kind).await.is_empty(), "{kind}");
        }

        // The same trace number again changes nothing; the rest closes what stood.
        pays(&world, "KESTREL", 602, body).await;
        assert_eq!(invoices::load(&world.context, &supplier, second).await.unwrap().invoice.paid.minor(), 23_000);
        assert_eq!(found(&world, &hub, Kind::DocumentNotApplied).await.len(), 1);
        let rest = "BPR*I*20.00*C*ACH************20261130~TRN*1*TR-2~CUR*PR*EUR~ENT*1~RMR*IV*I-4500000082**20.00~";
        pays(&world, "KESTREL", 603, rest).await;
        let done = invoices::load(&world.context, &supplier, second).await.unwrap();
        assert_eq!((done.invoice.state, done.invoice.open().minor(), done.payments.len()), (InvoiceState::Paid, 0, 2));
        let states: Vec<_> = found(&world, &supplier, Kind::ShortPayment).await.iter().map(|view| view.exception.state).collect();
        assert_eq!(states, [State::Closed]);
    })
    .await;
}

#[tokio::test]
async fn x3_a_remittance_that_does_not_fit_is_the_payers_to_settle() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let first = billed(&world, &supplier, "4500000083").await;
        // Ten more than its parts, for an invoice that is not known and one in another currency.
        let body = "BPR*I*310.00*C*ACH************20261123~TRN*1*TR-3~CUR*PR*EUR~ENT*1~\
                    RMR*IV*I-4500000083**250.00~RMR*IV*I-4500000084**50.00~";
        pays(&world, "KESTREL", 611, body).await;
        let total = found(&world, &hub, Kind::RemittanceTotal).await;
        assert_eq!(
            total.iter().map(|view| (view.exception.owner, view.exception.money.minor())).collect::<Vec<_>>(),
            [(Owner::Hub, 1_000)]
        );
        let unknown = found(&world, &hub, Kind::RemittanceInvoiceUnknown).await;
        assert_eq!(
            unknown.iter().map(|view| (view.exception.state, view.exception.money.minor())).collect::<Vec<_>>(),
            [(State::Open, 5_000)]
        );
        assert!(found(&world, &supplier, Kind::RemittanceInvoiceUnknown).await.is_empty(), "it is the payer's");

        // The invoice that was unknown arrives: what was paid counts on it, and what stood is over.
        let late = billed(&world, &supplier, "4500000084").await;
        let part = invoices::load(&world.context, &supplier, late).await.unwrap();
        assert_eq!((part.invoice.state, part.invoice.paid.minor(), part.payments.len()), (InvoiceState::PartPaid, 5_000, 1));
        let states = async |kind| found(&world, &hub, kind).await.iter().map(|view| view.exception.state).collect::<Vec<_>>();
        assert_eq!(states(Kind::RemittanceInvoiceUnknown).await, [State::Closed]);
        assert_eq!(states(Kind::ShortPayment).await, [State::Open]);

        // Paid once more, and in another currency: noted, and not counted.
        pays(&world, "KESTREL", 612, "BPR*I*250.00*C*ACH************20261124~TRN*1*TR-4~CUR*PR*EUR~RMR*IV*I-4500000083**250.00~").await;
        let again = found(&world, &hub, Kind::PaidAgain).await;
        assert_eq!(
            again.iter().map(|view| (view.exception.subject_id, view.exception.money.minor())).collect::<Vec<_>>(),
            [(first.0, 25_000)]
        );
        assert_eq!(invoices::load(&world.context, &supplier, first).await.unwrap().invoice.paid.minor(), 25_000);
        pays(&world, "KESTREL", 613, "BPR*I*200.00*C*ACH************20261124~TRN*1*TR-5~CUR*PR*USD~RMR*IV*I-4500000084**200.00~").await;
        assert_eq!(states(Kind::RemittanceCurrency).await, [State::Open]);
        assert_eq!(invoices::load(&world.context, &supplier, late).await.unwrap().invoice.paid.minor(), 5_000);

        // One that cannot be read is refused with a 997 and changes nothing.
        pays(&world, "KESTREL", 614, "BPR*I*much*C*ACH************20261124~TRN*1*TR-6~RMR*IV*I-4500000084**200.00~").await;
        let refused = documents(&world, &hub).await.into_iter().find(|row| row.acknowledgment == Some(Verdict::Rejected));
        assert!(refused.is_some(), "it is refused");
        let filter = RemittanceFilter { number: Some("TR-6".to_owned()), ..RemittanceFilter::default() };
        assert!(remittances::list(&world.context, &hub, &filter).await.unwrap().rows.is_empty());
    })
    .await;
}
