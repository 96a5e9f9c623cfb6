//! The flows of the design, from the outermost door to the outermost door: a document goes in over HTTP from a partner
//! that knows nothing of our code, and what comes out is read by it.

use portico::{
    domain::{
        access::Actor,
        document::DocumentStatus,
        ids::{DocumentId, OrderId, ShipmentId},
        invoice::InvoiceState,
        message::{ItemIds, Party as MessageParty, PurchaseOrder, PurchaseOrderLine},
        number::Quantity,
        order::{OrderKind, OrderState},
        shipment::ShipmentState,
    },
    sandbox::grid::{Behaviour, CarrierStatus, Line, Order, Party, ShipTo, Supplier},
    service::{
        Error,
        exchange::view as documents,
        invoices::{self, send::InvoiceForm},
        orders::{
            answer::{self, AnswerForm, LineForm, PartForm},
            place::{self, Cover},
            view,
        },
        shipments::{
            self, announce,
            announce::{ShipForm, ShipLine},
        },
    },
    store::documents::DocumentFilter,
};

use super::support::{Engine, World, castellan, kestrel, on_each_engine, ostermann};

pub(super) fn order(number: &str, seller: Party, lines: &[(&str, &str, &str)]) -> Order {
    Order {
        number: number.to_owned(),
        buyer: castellan(),
        seller,
        currency: "EUR".to_owned(),
        requested: "2026-12-04".parse().unwrap(),
        ship_to: ShipTo {
            name: "Northwater Utilities".to_owned(),
            code: "NORTHWATER".to_owned(),
            street: "Havenweg 12".to_owned(),
            city: "Utrecht".to_owned(),
            region: String::new(),
            postal_code: "3542 AB".to_owned(),
            country: "NL".to_owned(),
        },
        lines: lines
            .iter()
            .enumerate()
            .map(|(place, (item, quantity, price))| Line {
                number: (place + 1).to_string(),
                quantity: (*quantity).to_owned(),
                unit: "EA".to_owned(),
                price: (*price).to_owned(),
                buyer_part: (*item).to_owned(),
                vendor_part: format!("K-{item}"),
                text: format!("Hex bolt {item}"),
            })
            .collect(),
    }
}

pub(super) fn change(position: &str, quantity: &str, on: &str) -> LineForm {
    LineForm {
        position: position.to_owned(),
        decision: "change".to_owned(),
        parts: vec![PartForm { quantity: quantity.to_owned(), on: on.to_owned() }],
        reason: "out_of_stock".to_owned(),
        note: "Steel is late".to_owned(),
        ..LineForm::default()
    }
}

pub(super) fn accept(position: &str) -> LineForm {
    LineForm { position: position.to_owned(), decision: "accept".to_owned(), ..LineForm::default() }
}

#[tokio::test]
async fn k3_an_order_reaches_the_supplier_and_its_answer_reaches_the_buyer() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000042", kestrel(), &[("M8", "100", "12.5000"), ("M12", "40", "0.1234")]));
        world.settle().await;

        let supplier = world.person(world.cast.supplier).await;
        let found = world.order(OrderKind::Purchase, world.cast.supplier, "4500000042").await;
        assert_eq!(found.state, OrderState::Received);
        assert_eq!(found.total.plain(found.currency), "1254.94");
        let seen = view::load(&world.context, &supplier, found.id).await.unwrap();
        assert_eq!(seen.can_answer, Ok(()));
        assert!(seen.can_ship.is_err() && seen.can_invoice.is_err());
        let price = &seen.lines[1].provenance["unit_price"];
        assert_eq!((price.element, price.document), (Some(4), found.document_id), "PO104 of the order");

        // The buyer's system heard that its order was read.
        let received = world.grid.received("ERP");
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].acknowledges[0].2, "A");
        assert_eq!(received[0].sender.id, "KESTREL", "in the supplier's name");

        let form = AnswerForm { version: String::new(), lines: vec![accept("0"), change("1", "25", "2026-12-10")] };
        let document = answer::answer(&world.context, &supplier, found.id, &form).await.unwrap();
        assert_eq!(world.order_by_id(found.id).await.state, OrderState::ConfirmedWithChanges);
        world.settle().await;

        let response = world.grid.received("ERP").into_iter().find(|received| received.sets.iter().any(|(code, _)| code == "855")).unwrap();
        assert!(response.text.contains("BAK*00*AC*4500000042*"), "{}", response.text);
        assert!(response.text.contains("ACK*IQ*25*EA*067*20261210"), "{}", response.text);
        assert!(response.text.contains("ACK*IR*15*EA"), "{}", response.text);
        assert!(response.text.contains("Steel is late"), "{}", response.text);

        // Delivered, read, answered: each with its own time, never mixed.
        let sent = documents::load(&world.context, &supplier, document).await.unwrap();
        assert_eq!(sent.document.status, DocumentStatus::Acknowledged);
        assert!(sent.document.delivered_at.is_some() && sent.document.acknowledged_at.is_some());
        let ordered = documents::load(&world.context, &supplier, found.document_id.unwrap()).await.unwrap();
        assert_eq!(ordered.document.answer.as_deref(), Some("changed"));
        let beg = (sent.document.first_segment..).zip(&sent.segments).find(|(_, segment)| segment.starts_with("BAK")).unwrap();
        assert!(beg.1.starts_with("BAK*00*AC"), "raw segments are numbered from the interchange's first");
    })
    .await;
}

#[tokio::test]
async fn k3_two_suppliers_may_get_the_same_order_and_control_numbers() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        for seller in [kestrel(), ostermann()] {
            world.grid.set_next_control(&castellan(), &seller, 77);
            world.grid.place_order("ERP", &order("4500000099", seller, &[("M8", "10", "1.00")]));
        }
        world.settle().await;
        let one = world.order(OrderKind::Purchase, world.cast.supplier, "4500000099").await;
        let other = world.order(OrderKind::Purchase, world.cast.other_supplier, "4500000099").await;
        assert_ne!(one.id, other.id);

        // What belongs to the other does not exist.
        let stranger = world.person(world.cast.other_supplier).await;
        assert!(matches!(view::load(&world.context, &stranger, one.id).await, Err(Error::NotFound)));
        assert!(matches!(answer::accept(&world.context, &stranger, one.id, "0").await, Err(Error::NotFound)));
        let theirs = documents::list(&world.context, &stranger, &DocumentFilter::default()).await.unwrap();
        assert!(theirs.rows.iter().all(|row| row.counterparty.as_deref() == Some("Ostermann Forge")));
    })
    .await;
}

#[tokio::test]
async fn k3_an_answer_can_be_taken_back_until_it_leaves() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::with(&engine, portico::service::Settings::default()).await;
        world.grid.place_order("ERP", &order("4500000050", kestrel(), &[("M8", "10", "1.00")]));
        world.settle().await;
        let supplier = world.person(world.cast.supplier).await;
        let found = world.order(OrderKind::Purchase, world.cast.supplier, "4500000050").await;

        let wrong = accept_all(&world, &supplier, found.id).await;
        world.later(10).await;
        answer::take_back(&world.context, &supplier, wrong).await.unwrap();
        let back = world.order_by_id(found.id).await;
        assert_eq!((back.state, back.answer_document_id), (OrderState::Received, None));
        let ordered = documents::load(&world.context, &supplier, found.document_id.unwrap()).await.unwrap().document;
        assert_eq!((ordered.answered_at, ordered.answer), (None, None), "and the order is not answered after all");
        world.later(60).await;
        assert!(!world.grid.received("ERP").iter().any(|received| received.sets.iter().any(|(code, _)| code == "855")));

        let right = accept_all(&world, &supplier, found.id).await;
        world.later(31).await;
        assert!(matches!(answer::take_back(&world.context, &supplier, right).await, Err(Error::Conflict(_))));
        assert_eq!(world.order_by_id(found.id).await.state, OrderState::Confirmed);
    })
    .await;
}

#[tokio::test]
async fn k3_a_refused_answer_keeps_what_was_typed_and_names_the_field() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000051", kestrel(), &[("M8", "10", "1.00"), ("M9", "5", "2.00")]));
        world.settle().await;
        let supplier = world.person(world.cast.supplier).await;
        let found = world.order(OrderKind::Purchase, world.cast.supplier, "4500000051").await;
        let form = AnswerForm { version: String::new(), lines: vec![change("0", "11", ""), change("1", "many", "2026-13-01")] };
        let Err(Error::Invalid(errors)) = answer::answer(&world.context, &supplier, found.id, &form).await else { panic!("it was taken") };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["lines[0][parts][0][quantity]", "lines[1][parts][0][quantity]", "lines[1][parts][0][on]"]);
        let seen = view::load(&world.context, &supplier, found.id).await.unwrap();
        let kept = view::answer_form(&world.context, &supplier, &seen).await.unwrap();
        assert_eq!(kept.form.lines[1].parts[0].quantity, "many");
        assert_eq!(kept.errors, errors);
        assert_eq!(seen.order.state, OrderState::Received);

        // What was typed over a version that is gone is kept too: it may still be sent.
        let old = AnswerForm { version: "41".to_owned(), lines: vec![accept("0"), change("1", "3", "2026-12-12")] };
        let refused = answer::answer(&world.context, &supplier, found.id, &old).await;
        assert!(matches!(refused, Err(Error::Stale(_))), "{refused:?}");
        let kept = view::answer_form(&world.context, &supplier, &seen).await.unwrap();
        assert_eq!((kept.form.lines[1].parts[0].quantity.as_str(), kept.form.version), ("3", seen.order.version.to_string()));
    })
    .await;
}

/// The supplier accepts everything as it stands now.
pub(super) async fn accept_all(world: &World, supplier: &Actor, id: OrderId) -> DocumentId {
    let version = world.order_by_id(id).await.version.to_string();
    Box::pin(answer::accept(&world.context, supplier, id, &version)).await.unwrap()
}

/// The form with which the supplier ships some of the first line.
pub(super) async fn ship_form(world: &World, supplier: &Actor, id: OrderId, number: &str, quantity: &str) -> ShipForm {
    let seen = view::load(&world.context, supplier, id).await.unwrap();
    let mut form = ShipForm::prefilled(&seen.lines, number.to_owned(), "2026-11-24".parse().unwrap());
    form.lines.truncate(1);
    form.lines.resize_with(1, || ShipLine { position: "0".to_owned(), ..ShipLine::default() });
    form.lines[0].quantity = quantity.to_owned();
    form.estimated_on = "2026-11-27".to_owned();
    form.carrier = "Hansa Haulage".to_owned();
    form.scac = "HHAU".to_owned();
    form.tracking = format!("T-{number}");
    form
}

/// The supplier ships some of the first line.
pub(super) async fn ship(world: &World, supplier: &Actor, id: OrderId, number: &str, quantity: &str) -> ShipmentId {
    let form = ship_form(world, supplier, id, number, quantity).await;
    Box::pin(announce::announce(&world.context, supplier, id, &form)).await.unwrap()
}

#[tokio::test]
async fn k4_two_shipments_and_an_invoice_for_each_settle_the_order() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000060", kestrel(), &[("M8", "100", "0.1250")]));
        Box::pin(world.settle()).await;
        let supplier = world.person(world.cast.supplier).await;
        let hub = world.person(world.cast.hub).await;
        let id = world.order(OrderKind::Purchase, world.cast.supplier, "4500000060").await.id;
        accept_all(&world, &supplier, id).await;

        for (number, quantity, state) in [("S-1", "60", OrderState::PartShipped), ("S-2", "40", OrderState::Shipped)] {
            ship(&world, &supplier, id, number, quantity).await;
            assert_eq!(world.order_by_id(id).await.state, state);
        }
        let too_much = {
            let seen = view::load(&world.context, &supplier, id).await.unwrap();
            seen.can_ship
        };
        assert!(too_much.is_err(), "nothing is left to ship");

        let seen = view::load(&world.context, &supplier, id).await.unwrap();
        let mut invoices_sent = Vec::new();
        for (shipment, _) in &seen.shipments {
            let now = view::load(&world.context, &supplier, id).await.unwrap();
            let kept = view::invoice_form(&world.context, &supplier, &now, Some(shipment.id)).await.unwrap();
            let form = InvoiceForm { number: format!("R-{}", shipment.number), ..kept.form };
            invoices_sent.push(invoices::send::send(&world.context, &supplier, id, &form).await.unwrap());
        }
        assert_eq!(world.order_by_id(id).await.state, OrderState::Invoiced);
        Box::pin(world.settle()).await;

        let received = world.grid.received("ERP");
        let texts: Vec<&str> = received
            .iter()
            .filter(|received| received.sets.iter().any(|(code, _)| code == "810"))
            .map(|received| received.text.as_str())
            .collect();
        assert_eq!(texts.len(), 2);
        assert!(texts[0].contains("IT1*1*60*EA*0.125"), "{}", texts[0]);
        assert!(texts[0].contains("TDS*750~"), "60 times 0.125 is 7.50, written without its point: {}", texts[0]);
        assert!(texts[0].contains("REF*SI*S-1"), "{}", texts[0]);

        // Finance answers; the supplier sees why.
        let first = invoices_sent[0];
        let empty = invoices::set_state(&world.context, &hub, first, InvoiceState::UnderQuery, " ").await;
        assert!(matches!(empty, Err(Error::Invalid(_))), "a question needs words");
        invoices::set_state(&world.context, &hub, first, InvoiceState::UnderQuery, "Which delivery is this?").await.unwrap();
        let asked = invoices::view::load(&world.context, &supplier, first).await.unwrap();
        assert_eq!(asked.invoice.state_reason.as_deref(), Some("Which delivery is this?"));
        assert!(asked.document.unwrap().acknowledged_at.is_some());
        invoices::set_state(&world.context, &hub, first, InvoiceState::Paid, "").await.unwrap();
        let after = invoices::set_state(&world.context, &hub, first, InvoiceState::Rejected, "Late").await;
        assert!(matches!(after, Err(Error::Conflict(_))), "what is paid is final");
        assert!(matches!(invoices::set_state(&world.context, &supplier, first, InvoiceState::Paid, "").await, Err(Error::Forbidden(_))));
    })
    .await;
}

pub(super) fn message(number: &str, item: &str, quantity: i64, ship_to: &str) -> PurchaseOrder {
    PurchaseOrder {
        number: number.to_owned(),
        purpose: "00".to_owned(),
        order_type: Some("NE".to_owned()),
        release: None,
        date: "2026-11-23".parse().ok(),
        currency: "EUR".parse().ok(),
        references: Vec::new(),
        parties: vec![MessageParty {
            role: "ST".to_owned(),
            name: Some("Northwater Utilities".to_owned()),
            id_qualifier: Some("92".to_owned()),
            id: Some(ship_to.to_owned()),
            ..MessageParty::default()
        }],
        terms: None,
        requested_on: "2026-12-04".parse().ok(),
        carrier: None,
        notes: Vec::new(),
        lines: vec![PurchaseOrderLine {
            line: "1".to_owned(),
            quantity: Quantity::whole(quantity),
            unit: "EA".to_owned(),
            unit_price: "9.5".parse().ok(),
            price_per: Quantity::whole(1),
            item: ItemIds { buyer: Some(item.to_owned()), ..ItemIds::default() },
            description: Some("Gate valve DN80".to_owned()),
            requested_on: None,
            schedule: Vec::new(),
        }],
    }
}

/// A customer's order covered by a supplier's purchase order.
pub(super) async fn drop_shipped(world: &World, supplier: &str, quantity: i64, ship_to: &str) -> (OrderId, OrderId) {
    let hub = world.person(world.cast.hub).await;
    let bought = place::purchase(&world.context, &hub, supplier, message("PO-1", "GV-80", quantity, ship_to)).await.unwrap();
    let cover = Cover {
        line: "1".to_owned(),
        supplier: supplier.to_owned(),
        order: "PO-1".to_owned(),
        order_line: "1".to_owned(),
        quantity: Quantity::whole(quantity),
    };
    let sold = place::sales(&world.context, &hub, "NORTHWATER", message("NW-7", "GV-80", quantity, ship_to), &[cover]).await.unwrap();
    (bought, sold)
}

#[tokio::test]
async fn k2_a_drop_shipment_shows_on_the_customers_page_and_its_receipt_on_both_sides() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (bought, sold) = drop_shipped(&world, "KESTREL", 10, "NORTHWATER").await;
        let supplier = world.person(world.cast.supplier).await;
        let customer = world.person(world.cast.customer).await;
        let mut open_page = world.context.live.subscribe();
        accept_all(&world, &supplier, bought).await;
        let shipment = ship(&world, &supplier, bought, "S-9", "4").await;

        let page = view::load(&world.context, &customer, sold).await.unwrap();
        assert_eq!(page.order.state, OrderState::PartShipped);
        let (seen, items) = &page.shipments[0];
        assert_eq!((seen.carrier_name.as_deref(), seen.tracking.as_deref()), (Some("Hansa Haulage"), Some("T-S-9")));
        assert_eq!(items[0].quantity, Quantity::whole(4));
        assert_eq!(seen.document_id, None);
        assert!(page.documents.is_empty());
        let told = format!("{:?} {:?} {:?}", page.events, page.lines, page.order);
        assert!(
            !told.contains("Kestrel") && !told.contains("PO-1") && !told.contains("S-9 "),
            "nothing of the supplier crosses the hub: {told}"
        );
        assert_eq!(seen.number, "NW-7-1", "not the supplier's own number");
        let mut moved = false;
        while let Ok(change) = open_page.try_recv() {
            moved |= change.concerns(customer.scope());
        }
        assert!(moved, "the customer's open page is told");

        // A carrier's report moves it; the customer's word ends it.
        let status = CarrierStatus {
            tracking: "T-S-9".to_owned(),
            shipment: "S-9".to_owned(),
            carrier: "HHAU".to_owned(),
            status: "X4".to_owned(),
            reason: "NS".to_owned(),
            city: "Arnhem".to_owned(),
            region: String::new(),
            country: "NL".to_owned(),
        };
        world.grid.send_status("CARRIER", &Party::new("HAULIER", "Hansa Haulage"), &castellan(), &status);
        world.settle().await;
        let page = view::load(&world.context, &customer, sold).await.unwrap();
        assert!(page.events.iter().any(|event| event.words.contains("Arnhem")), "{:?}", page.events);

        let seen = page.shipments[0].0.id;
        assert!(matches!(shipments::confirm_receipt(&world.context, &customer, shipment).await, Err(Error::NotFound)), "not its row");
        shipments::confirm_receipt(&world.context, &customer, seen).await.unwrap();
        for (actor, id) in [(&customer, seen), (&supplier, shipment)] {
            let shown = shipments::view::load(&world.context, actor, id).await.unwrap();
            assert_eq!(shown.shipment.state, ShipmentState::Delivered, "{}", actor.organisation_name);
        }
        assert!(matches!(shipments::confirm_receipt(&world.context, &customer, seen).await, Err(Error::Conflict(_))));
    })
    .await;
}

#[tokio::test]
async fn k2_a_shipment_to_the_hub_moves_the_date_and_ships_nothing_to_the_customer() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let (bought, sold) = drop_shipped(&world, "KESTREL", 10, "CASTELLAN").await;
        let supplier = world.person(world.cast.supplier).await;
        accept_all(&world, &supplier, bought).await;
        ship(&world, &supplier, bought, "S-9", "10").await;
        let customer = world.person(world.cast.customer).await;
        let page = view::load(&world.context, &customer, sold).await.unwrap();
        assert!(page.shipments.is_empty());
        assert_eq!(page.order.state, OrderState::Confirmed);
        assert_eq!(page.lines[0].promised_on, "2026-11-27".parse().ok());
    })
    .await;
}

#[tokio::test]
async fn k2_an_edi_suppliers_documents_reach_the_customers_page() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        let behaviour = Behaviour {
            supplier: Some(Supplier {
                answer_after: 60,
                ship_after: 120,
                invoice_after: 180,
                parts: 2,
                short: Vec::new(),
                carrier: "HHAU".to_owned(),
            }),
            ..Behaviour::default()
        };
        world.grid.partner("EDI", behaviour);
        let (bought, sold) = drop_shipped(&world, "VALMET", 10, "NORTHWATER").await;
        world.settle().await;
        let sent = world.order_by_id(bought).await.document_id.unwrap();
        let hub = world.person(world.cast.hub).await;
        assert_eq!(documents::load(&world.context, &hub, sent).await.unwrap().document.status, DocumentStatus::Acknowledged);
        world.later(60).await;
        assert_eq!(world.order_by_id(bought).await.state, OrderState::Confirmed);
        world.later(120).await;
        world.later(180).await;
        world.later(600).await;
        let bought = world.order_by_id(bought).await;
        assert_eq!(bought.state, OrderState::Invoiced, "two shipments, an invoice for each");
        let customer = world.person(world.cast.customer).await;
        let page = view::load(&world.context, &customer, sold).await.unwrap();
        assert_eq!(page.order.state, OrderState::Shipped);
        assert_eq!(page.shipments.len(), 2);
        // It answers for itself, so nobody answers for it here.
        let person = world.person(world.cast.edi_supplier).await;
        assert!(view::load(&world.context, &person, bought.id).await.unwrap().can_answer.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_the_wire_cannot_carry_is_said_at_the_field_it_was_typed_into() {
    on_each_engine(async |engine: std::sync::Arc<Engine>| {
        let world = World::new(&engine).await;
        world.grid.place_order("ERP", &order("4500000077", kestrel(), &[("M8", "1200", "12.5000"), ("M12", "40", "0.1234")]));
        world.settle().await;
        let supplier = world.person(world.cast.supplier).await;
        let found = world.order(OrderKind::Purchase, world.cast.supplier, "4500000077").await;
        let refused_at = |outcome: Error| match outcome {
            Error::Invalid(errors) => errors.into_iter().map(|error| (error.field, error.message)).collect::<Vec<_>>(),
            other => panic!("{other}"),
        };
        // The second line of the order is the first of this form.
        let mut form = AnswerForm { version: String::new(), lines: vec![accept("1"), change("0", "1,150", "2026-12-11")] };
        form.lines[1].note = "Steel * late".to_owned();
        let errors = refused_at(answer::answer(&world.context, &supplier, found.id, &form).await.unwrap_err());
        let [(field, message)] = errors.as_slice() else { panic!("{errors:?}") };
        assert_eq!(field, "lines[1][note]");
        assert!(message.starts_with("The note to the buyer holds *"), "{message}");
        let seen = view::load(&world.context, &supplier, found.id).await.unwrap();
        let kept = view::answer_form(&world.context, &supplier, &seen).await.unwrap();
        assert_eq!((kept.form.lines[1].note.as_str(), kept.errors[0].field.as_str()), ("Steel * late", "lines[1][note]"));
        form.lines[1].note = "Steel is late".to_owned();
        answer::answer(&world.context, &supplier, found.id, &form).await.unwrap();
        let confirmed = view::load(&world.context, &supplier, found.id).await.unwrap().lines[0].quantities.confirmed;
        assert_eq!(confirmed, Quantity::whole(1150), "commas between thousands are read");

        let shipped = |scac: &str| ShipForm {
            number: "S-77".to_owned(),
            shipped_on: "2026-11-24".to_owned(),
            scac: scac.to_owned(),
            carrier: "Hansa~Haulage".to_owned(),
            lines: vec![ShipLine { position: "1".to_owned(), quantity: "40".to_owned() }],
            ..ShipForm::default()
        };
        let errors = refused_at(announce::announce(&world.context, &supplier, found.id, &shipped("U")).await.unwrap_err());
        let fields: Vec<_> = errors.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["scac", "carrier"], "{errors:?}");
        announce::announce(&world.context, &supplier, found.id, &ShipForm { carrier: "Hansa".to_owned(), ..shipped("UPSN") })
            .await
            .unwrap();
        let form = InvoiceForm {
            number: "I*77".to_owned(),
            invoiced_on: "2026-11-24".to_owned(),
            lines: vec![invoices::send::InvoiceEntry { position: "1".to_owned(), quantity: "40".to_owned() }],
            ..InvoiceForm::default()
        };
        let errors = refused_at(invoices::send::send(&world.context, &supplier, found.id, &form).await.unwrap_err());
        assert_eq!(errors[0].0, "number", "{errors:?}");
    })
    .await;
}
