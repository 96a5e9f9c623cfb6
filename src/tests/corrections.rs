//! What was entered in the portal and refused by its receiver is corrected there: the form is filled, the corrected document
//! leaves under the same number, and what stood as an alert is over.

use portico::{
    domain::{
        access::Actor,
        document::DocumentKind,
        exception::{Kind, State},
        ids::{InvoiceId, OrderId},
        message::Document as Content,
        number::Quantity,
        order::OrderKind,
    },
    sandbox::grid::Party,
    service::{
        Error,
        exceptions::act,
        exchange::{self, correction::Correction},
        invoices, orders,
        shipments::{self, announce::ShipForm},
    },
};

use super::{
    advices::{advise, documents_of, found, states},
    flows::{accept_all, drop_shipped, order, ship},
    remittances::billed,
    support::{Engine, World, kestrel, on_each_engine},
};

fn fields(outcome: Error) -> Vec<String> {
    match outcome {
        Error::Invalid(errors) => errors.into_iter().map(|error| error.field).collect(),
        other => panic!("{other}"),
    }
}

/// Where an actor is led to from the only alert of a kind that stands.
async fn led_to(world: &World, actor: &Actor, kind: Kind) -> Option<Correction> {
    let standing: Vec<_> = found(world, actor, kind).await.into_iter().filter(|view| view.exception.state == State::Open).collect();
    let [alert] = &standing[..] else { panic!("one alert, not {}", standing.len()) };
    alert.correction
}

async fn quantities(world: &World, actor: &Actor, order: OrderId) -> (Quantity, Quantity) {
    let line = orders::view::load(&world.context, actor, order).await.unwrap().lines.remove(0);
    (line.quantities.shipped, line.quantities.invoiced)
}

#[tokio::test]
async fn k7_a_ship_notice_that_was_not_taken_is_corrected_in_its_form_and_sent_anew() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        world.grid.place_order("ERP", &order("4500000121", kestrel(), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000121").await.id;
        accept_all(&world, &supplier, id).await;
        let shipment = Box::pin(ship(&world, &supplier, id, "S-121", "60")).await;
        Box::pin(world.settle()).await;
        let untouched = shipments::correct::form(&world.context, &supplier, shipment).await.map(|_| ());
        assert!(matches!(untouched, Err(Error::Conflict(_))), "what nobody refused is not corrected");

        advise(
            &world,
            world.cast.hub,
            "CASTELLAN",
            "KESTREL",
            801,
            "BGN*00*R-1*20261123~OTI*TR*SI*S-121~TED*012*Quantity is not plausible~",
        )
        .await;
        assert_eq!(led_to(&world, &supplier, Kind::ApplicationRejected).await, Some(Correction::ShipNotice(id, shipment)));
        for stranger in [&other, &hub] {
            let refused = shipments::correct::form(&world.context, stranger, shipment).await.map(|_| ());
            assert!(matches!(refused, Err(Error::NotFound | Error::Forbidden(_))), "{}", stranger.organisation_name);
        }

        // The form is filled with what was announced, and takes what is left besides.
        let (seen, kept) = shipments::correct::form(&world.context, &supplier, shipment).await.unwrap();
        assert_eq!(seen.reasons, ["Quantity is not plausible (code 012)."]);
        assert_eq!(
            (kept.form.number.as_str(), kept.form.tracking.as_str(), kept.form.lines[0].quantity.as_str()),
            ("S-121", "T-S-121", "60")
        );
        let correct = async |change: &dyn Fn(&mut ShipForm)| {
            let mut form = kept.form.clone();
            change(&mut form);
            Box::pin(shipments::correct::correct(&world.context, &supplier, shipment, &form)).await
        };
        let wrong = correct(&|form| form.lines[0].quantity = "101".to_owned()).await.unwrap_err();
        assert_eq!(fields(wrong), ["lines[0][quantity]"]);
        let typed = shipments::correct::form(&world.context, &supplier, shipment).await.unwrap().1;
        assert_eq!((typed.form.lines[0].quantity.as_str(), typed.errors.len()), ("101", 1), "what was typed is kept");
        assert_eq!(fields(correct(&|form| form.number = "S-122".to_owned()).await.unwrap_err()), ["number"]);
        assert_eq!(quantities(&world, &supplier, id).await.0, Quantity::whole(60), "nothing happened yet");

        correct(&|form| {
            form.lines[0].quantity = "50".to_owned();
            form.carrier = "Nordfracht".to_owned();
        })
        .await
        .unwrap();
        assert_eq!(states(&world, &supplier, Kind::ApplicationRejected).await, [State::Closed], "it closes itself");
        Box::pin(world.settle()).await;
        let view = shipments::view::load(&world.context, &supplier, shipment).await.unwrap();
        assert_eq!((view.shipment.number.as_str(), view.shipment.carrier_name.as_deref()), ("S-121", Some("Nordfracht")));
        assert!(view.events.iter().any(|event| event.words == "Ship notice of S-121 corrected and sent anew"), "{:?}", view.events);
        assert_eq!(quantities(&world, &supplier, id).await.0, Quantity::whole(50));
        let notices = documents_of(&world, &hub, DocumentKind::ShipNotice).await;
        assert_eq!(notices.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), ["S-121", "S-121"], "one takes the other's place");
        let last = exchange::view::load(&world.context, &supplier, view.shipment.document_id.unwrap()).await.unwrap();
        let Some(Content::ShipNotice(said)) = last.document.content.map(|content| content.0) else { panic!("a ship notice") };
        assert_eq!(said.orders[0].lines[0].quantity, Quantity::whole(50));
        assert_eq!(last.correction, None);
        let twice = correct(&|_| {}).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");

        // What is left can be announced after that: fifty more, not forty.
        Box::pin(ship(&world, &supplier, id, "S-122", "50")).await;
        assert_eq!(quantities(&world, &supplier, id).await.0, Quantity::whole(100));
    })
    .await;
}

#[tokio::test]
async fn k7_an_invoice_that_was_not_taken_is_corrected_and_stays_one_invoice() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let invoice: InvoiceId = billed(&world, &supplier, "4500000122").await;
        let order = world.order(OrderKind::Purchase, world.cast.supplier, "4500000122").await.id;
        Box::pin(world.settle()).await;
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 811, "BGN*00*R-2*20261123~OTI*TR*IV*I-4500000122~TED*010*Total differs~")
            .await;
        let alert = found(&world, &supplier, Kind::ApplicationRejected).await.remove(0);
        assert_eq!(alert.correction, Some(Correction::Invoice(order, invoice)));

        let (_, kept) = invoices::correct::form(&world.context, &supplier, invoice).await.unwrap();
        assert_eq!((kept.form.lines[0].quantity.as_str(), kept.form.net_days.as_str()), ("100", "30"));
        let mut form = kept.form.clone();
        form.lines[0].quantity = "90".to_owned();
        form.net_days = "45".to_owned();
        assert!(matches!(invoices::correct::correct(&world.context, &hub, invoice, &form).await, Err(Error::Forbidden(_))));
        Box::pin(invoices::correct::correct(&world.context, &supplier, invoice, &form)).await.unwrap();

        let seen = invoices::view::load(&world.context, &supplier, invoice).await.unwrap();
        assert_eq!((seen.invoice.total.minor(), seen.lines.len(), seen.invoice.number.as_str()), (22_500, 1, "I-4500000122"));
        assert_eq!(quantities(&world, &supplier, order).await.1, Quantity::whole(90));
        assert_eq!(orders::view::load(&world.context, &supplier, order).await.unwrap().invoices.len(), 1);
        assert_eq!(states(&world, &supplier, Kind::ApplicationRejected).await, [State::Closed]);
        let closed = act::settle(&world.context, &supplier, alert.exception.id, "again").await;
        assert!(matches!(closed, Err(Error::Conflict(_))));

        // Once the buyer approves it, it is credited, not corrected.
        Box::pin(world.settle()).await;
        let approved = portico::domain::invoice::InvoiceState::Approved;
        Box::pin(invoices::set_state(&world.context, &hub, invoice, approved, "")).await.unwrap();
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 812, "BGN*00*R-3*20261124~OTI*TR*IV*I-4500000122~").await;
        assert_eq!(led_to(&world, &supplier, Kind::ApplicationRejected).await, None);
        let late = invoices::correct::correct(&world.context, &supplier, invoice, &form).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn what_customers_wait_for_keeps_its_goods_and_gets_the_corrected_tracking_number() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (bought, sold) = drop_shipped(&world, "KESTREL", 10, "NORTHWATER").await;
        let (supplier, customer) = (world.person(world.cast.supplier).await, world.person(world.cast.customer).await);
        accept_all(&world, &supplier, bought).await;
        let shipment = Box::pin(ship(&world, &supplier, bought, "S-9", "4")).await;
        Box::pin(world.settle()).await;
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 821, "BGN*00*R-4*20261123~OTI*TR*SI*S-9~TED*024*Tracking number unknown~")
            .await;
        let (seen, kept) = shipments::correct::form(&world.context, &supplier, shipment).await.unwrap();
        assert!(seen.is_fixed);
        let mut form = kept.form.clone();
        form.lines[0].quantity = "5".to_owned();
        let refused = Box::pin(shipments::correct::correct(&world.context, &supplier, shipment, &form)).await;
        assert_eq!(fields(refused.unwrap_err()), ["lines[0][quantity]"]);
        form = ShipForm { tracking: "T-NEW".to_owned(), bill_of_lading: "BOL-1".to_owned(), ..kept.form };
        Box::pin(shipments::correct::correct(&world.context, &supplier, shipment, &form)).await.unwrap();
        let page = orders::view::load(&world.context, &customer, sold).await.unwrap();
        let (view, items) = &page.shipments[0];
        assert_eq!(
            (view.tracking.as_deref(), view.bill_of_lading.as_deref(), items[0].quantity),
            (Some("T-NEW"), None, Quantity::whole(4))
        );
        assert_eq!(view.document_id, None, "nothing of the supplier's papers crosses the hub");
        assert_eq!(quantities(&world, &customer, sold).await.0, Quantity::whole(4));
    })
    .await;
}

#[tokio::test]
async fn goods_on_their_way_through_the_hub_keep_their_quantity_and_bring_the_customer_the_corrected_date() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (bought, sold) = drop_shipped(&world, "KESTREL", 10, "CASTELLAN").await;
        let (supplier, customer) = (world.person(world.cast.supplier).await, world.person(world.cast.customer).await);
        accept_all(&world, &supplier, bought).await;
        let shipment = Box::pin(ship(&world, &supplier, bought, "S-9", "4")).await;
        Box::pin(world.settle()).await;
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 821, "BGN*00*R-4*20261123~OTI*TR*SI*S-9~TED*024*The date is a Sunday~")
            .await;
        let page = orders::view::load(&world.context, &customer, sold).await.unwrap();
        assert!(page.shipments.is_empty(), "the customer sees no shipment to the warehouse");
        let (seen, kept) = shipments::correct::form(&world.context, &supplier, shipment).await.unwrap();
        assert!(seen.is_fixed, "they are counted for the customer");
        let late = world.context.now().date_utc().plus_days(40);
        let form = ShipForm { estimated_on: late.to_string(), ..kept.form };
        Box::pin(shipments::correct::correct(&world.context, &supplier, shipment, &form)).await.unwrap();
        let line = orders::view::load(&world.context, &customer, sold).await.unwrap().lines.remove(0);
        assert_eq!((line.promised_on, line.provenance["promised_on"].actor.as_str()), (Some(late), "Reported by the shipper"));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_not_taken_is_given_anew() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let supplier = world.person(world.cast.supplier).await;
        world.grid.place_order("ERP", &order("4500000123", Party::new("KESTREL", "Kestrel Fasteners"), &[("M8", "100", "2.50")]));
        Box::pin(world.settle()).await;
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000123").await.id;
        accept_all(&world, &supplier, id).await;
        Box::pin(world.settle()).await;
        advise(&world, world.cast.hub, "CASTELLAN", "KESTREL", 831, "BGN*00*R-5*20261123~OTI*TR*PO*4500000123~TED*007~").await;
        assert_eq!(led_to(&world, &supplier, Kind::ApplicationRejected).await, Some(Correction::Answer(id)));
        world.clock.advance_seconds(60);
        accept_all(&world, &supplier, id).await;
        assert_eq!(states(&world, &supplier, Kind::ApplicationRejected).await, [State::Closed]);

        // Taken back before it left: the refused one stands again.
        let last = world.order_by_id(id).await.answer_document_id.unwrap();
        orders::answer::take_back(&world.context, &supplier, last).await.unwrap();
        assert_eq!(states(&world, &supplier, Kind::ApplicationRejected).await, [State::Open]);
    })
    .await;
}
