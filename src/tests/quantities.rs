//! What counts on the lines of orders, and who may say so: answers taken back, goods shipped before an answer, counts of
//! receivers, orders sent again, and documents that do not fit.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use portico::{
    domain::{
        access::Audience,
        ids::{OrderId, ShipmentId},
        invoice::InvoiceState,
        number::{Amount, Currency, Quantity},
        order::{Line, LineStatus, OrderKind, OrderState},
        shipment::ShipmentState,
    },
    service::{
        Error, Settings, exchange, invoices,
        orders::{
            answer::{self, AnswerForm},
            place::{self, Cover},
            view,
        },
        shipments::{self, announce},
    },
    store::{
        drafts, invoices as stored_invoices, orders,
        orders::OrderFilter,
        organisations::{self, Organisation},
        shipments as stored_shipments,
    },
};

use super::{
    flows::{accept, accept_all, change, drop_shipped, message, ship, ship_form},
    support::{Engine, World, on_each_engine},
};

/// Sends one set in somebody's name; gives what was noted about it.
pub(super) async fn send(world: &World, from: &str, to: &str, group: &str, code: &str, body: &str) -> String {
    static CONTROL: AtomicU32 = AtomicU32::new(1);
    let control = CONTROL.fetch_add(1, Ordering::SeqCst);
    let count = body.matches('~').count() + 2;
    let text = format!(
        "ISA*00*          *00*          *ZZ*{from:<15}*ZZ*{to:<15}*261123*0800*U*00401*{control:09}*0*P*>~\
         GS*{group}*{from}*{to}*20261123*0800*{control}*X*004010~ST*{code}*0001~{body}SE*{count}*0001~GE*1*{control}~IEA*1*{control:09}~"
    );
    let source = exchange::Source {
        route: None,
        owner: world.cast.hub,
        name: "test.edi".to_owned(),
        handle: None,
        is_copy: true,
        refuses_test: false,
    };
    let receipt = exchange::receive(&world.context, source, Bytes::from(text)).await.unwrap();
    assert_eq!((receipt.status, receipt.failure), ("received", None), "{body}");
    let hub = world.person(world.cast.hub).await;
    let file = exchange::view::transmission(&world.context, &hub, receipt.transmission).await.unwrap();
    assert!(file.documents.iter().all(|document| document.is_accepted), "{:?}", file.documents[0].findings);
    file.documents.iter().map(|document| document.findings.0.to_string()).collect()
}

/// A ship notice of the EDI supplier for order PO-1, with items `line*item`, quantity and unit.
async fn notice(world: &World, number: &str, header: &str, items: &[(&str, &str, &str)]) -> String {
    let mut body = format!("BSN*00*{number}*20261124*1015*0004~HL*1**S~{header}DTM*011*20261124~DTM*017*20261201~");
    body += "N1*ST*Northwater*92*NORTHWATER~HL*2*1*O~PRF*PO-1~";
    for (place, (line, quantity, unit)) in (3..).zip(items) {
        write!(body, "HL*{place}*2*I~LIN*{line}*BP*GV-80~SN1*{line}*{quantity}*{unit}~").unwrap();
    }
    write!(body, "CTT*{}~", items.len() + 2).unwrap();
    send(world, "VALMET", "CASTELLAN", "SH", "856", &body).await
}

pub(super) async fn carrier_says(world: &World, from: &str, tracking: &str, number: &str, status: &str) -> String {
    let body = format!("B10*{tracking}*{number}*HHAU~LX*1~AT7*{status}*NS***20261125*1200*UT~MS1*Utrecht**NL~");
    send(world, from, "CASTELLAN", "QM", "214", &body).await
}

async fn counted(world: &World, from: &str, shipment: &str, lines: &str) -> String {
    let body = format!("BRA*R1*20261126*00*2~REF*SI*{shipment}~DTM*050*20261126~{lines}");
    send(world, from, if from == "CASTELLAN" { "VALMET" } else { "CASTELLAN" }, "RC", "861", &body).await
}

async fn lines(world: &World, order: OrderId) -> Vec<Line> {
    orders::lines(&mut world.context.db.read().await.unwrap(), order).await.unwrap()
}

async fn line(world: &World, order: OrderId) -> Line {
    lines(world, order).await.remove(0)
}

async fn shipment(world: &World, number: &str) -> stored_shipments::Shipment {
    let mut conn = world.context.db.read().await.unwrap();
    let supplier = world.cast.edi_supplier;
    stored_shipments::find_by_number(&mut conn, OrderKind::Purchase, supplier, number).await.unwrap().unwrap()
}

async fn received(world: &World, shipment: ShipmentId) -> Vec<Option<Quantity>> {
    let lines = stored_shipments::lines(&mut world.context.db.read().await.unwrap(), shipment).await.unwrap();
    lines.into_iter().map(|line| line.received).collect()
}

/// Adds a partner that both sells and buys, or only buys.
async fn partner(world: &World, code: &str, is_supplier: bool) -> Organisation {
    let row = Organisation {
        id: world.context.id(),
        code: code.to_owned(),
        name: format!("{code} Ltd"),
        is_hub: false,
        is_supplier,
        is_customer: true,
        is_carrier: false,
        zone: "Europe/Amsterdam".to_owned(),
        currency: Currency::EUR,
        place: String::new(),
        created_at: world.context.now(),
    };
    let mut tx = world.context.db.begin().await.unwrap();
    organisations::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row
}

fn cover(quantity: i64) -> Cover {
    Cover {
        line: "1".to_owned(),
        supplier: "VALMET".to_owned(),
        order: "PO-1".to_owned(),
        order_line: "1".to_owned(),
        quantity: Quantity::whole(quantity),
    }
}

fn day(text: &str) -> Option<portico::domain::time::Date> {
    text.parse().ok()
}

#[tokio::test]
async fn an_answer_taken_back_leaves_what_stood_before_it_and_the_goods() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::with(&engine, Settings::default()).await;
        let (bought, sold) = drop_shipped(&world, "KESTREL", 10, "NORTHWATER").await;
        let supplier = world.person(world.cast.supplier).await;
        let wanted = line(&world, sold).await.promised_on;
        let first = accept_all(&world, &supplier, bought).await;
        let later = AnswerForm { version: String::new(), lines: vec![change("0", "10", "2026-12-10")] };
        let second = answer::answer(&world.context, &supplier, bought, &later).await.unwrap();
        assert_eq!(line(&world, sold).await.promised_on, day("2026-12-10"));

        answer::take_back(&world.context, &supplier, second).await.unwrap();
        let order = world.order_by_id(bought).await;
        assert_eq!((order.state, order.answer_document_id), (OrderState::Confirmed, Some(first)), "the answer before it stands");
        answer::take_back(&world.context, &supplier, first).await.unwrap();
        let order = world.order_by_id(bought).await;
        assert_eq!((order.state, order.answered_at, order.answer_document_id), (OrderState::Received, None, None));
        assert_eq!(line(&world, sold).await.promised_on, wanted, "and the customer is promised nothing else");

        let again = accept_all(&world, &supplier, bought).await;
        ship(&world, &supplier, bought, "S-1", "4").await;
        let refused = answer::take_back(&world.context, &supplier, again).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "goods have left");
        assert_eq!(line(&world, bought).await.quantities.shipped, Quantity::whole(4));
    })
    .await;
}

#[tokio::test]
async fn the_receivers_count_replaces_what_the_carrier_said_on_both_sides_of_the_hub() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (bought, sold) = drop_shipped(&world, "VALMET", 10, "NORTHWATER").await;
        // One line in two cartons, and nobody answered the order.
        notice(&world, "V-1", "TD5**2*HHAU*M*Hansa~REF*CN*1Z9~", &[("1", "6", "EA"), ("1", "4", "EA")]).await;
        assert_eq!((line(&world, bought).await.status, world.order_by_id(bought).await.state), (LineStatus::Accepted, OrderState::Shipped));
        assert_eq!(world.order_by_id(sold).await.state, OrderState::Shipped);
        let answer = "BAK*00*AD*PO-1*20261123*****20261124~PO1*1*10*EA*9.5**BP*GV-80~ACK*IA*10*EA*067*20261204~CTT*1~";
        assert_eq!(send(&world, "VALMET", "CASTELLAN", "PR", "855", answer).await, "[]", "the answer may come after the goods left");
        assert_eq!(world.order_by_id(bought).await.state, OrderState::Shipped);

        carrier_says(&world, "HAULIER", "1Z9", "V-1", "D1").await;
        for order in [bought, sold] {
            assert_eq!(line(&world, order).await.quantities.received, Quantity::whole(10));
        }
        let said = counted(&world, "NORTHWATER", "NW-7-1", "RCD*1*5*EA~PRF*NW-7~RCD*1*4*EA~PRF*NW-7~").await;
        assert!(said.contains("9 received of 10 shipped"), "{said}");
        for order in [bought, sold] {
            assert_eq!(line(&world, order).await.quantities.received, Quantity::whole(9));
        }
        let source = shipment(&world, "V-1").await;
        assert_eq!(source.state, ShipmentState::Received);
        assert_eq!(received(&world, source.id).await, [Some(Quantity::whole(6)), Some(Quantity::whole(3))]);

        // The shipper counts nothing, and nobody counts under a number that is not theirs.
        for (from, number) in [("VALMET", "V-1"), ("NORTHWATER", "V-1")] {
            let said = counted(&world, from, number, "RCD*1*1*EA~").await;
            assert!(said.contains("nobody sends"), "{from}: {said}");
        }
        // The buyer's own system does, under the shipper's number; an order that is not in it is not counted.
        counted(&world, "CASTELLAN", "V-1", "RCD*1*10*EA~PRF*PO-1~RCD*1*1*EA~PRF*PO-9~").await;
        for order in [bought, sold] {
            assert_eq!(line(&world, order).await.quantities.received, Quantity::whole(10));
        }
        let told = format!("{:?}", lines(&world, sold).await);
        assert!(!told.contains("Valmera") && !told.contains("V-1"), "nothing of the supplier crosses the hub: {told}");
    })
    .await;
}

#[tokio::test]
async fn what_a_first_count_leaves_out_did_not_come() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let body = "BEG*00*NE*PO-1**20261123~PO1*1*10*EA*2.50**BP*GV-80~PO1*2*5*EA*2.50**BP*GV-90~CTT*2~";
        send(&world, "CASTELLAN", "VALMET", "PO", "850", body).await;
        notice(&world, "V-1", "", &[("1", "10", "EA"), ("2", "5", "EA")]).await;
        let said = counted(&world, "CASTELLAN", "V-1", "RCD*1*10*EA~").await;
        assert!(said.contains("Line 2: 0 received of 5 shipped"), "{said}");
        counted(&world, "CASTELLAN", "V-1", "RCD*2*5*EA~").await;
        let order = world.order(OrderKind::Purchase, world.cast.edi_supplier, "PO-1").await;
        let arrived: Vec<_> = lines(&world, order.id).await.iter().map(|line| line.quantities.received).collect();
        assert_eq!(arrived, [Quantity::whole(10), Quantity::whole(5)], "what was counted before stays");
        assert_eq!(order.state, OrderState::Delivered);
    })
    .await;
}

#[tokio::test]
async fn only_the_carrier_that_a_shipment_names_reports_on_it() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        drop_shipped(&world, "VALMET", 10, "NORTHWATER").await;
        notice(&world, "V-1", "TD5**2*HHAU*M*Hansa~REF*CN*1Z9~", &[("1", "6", "EA")]).await;
        notice(&world, "V-2", "TD5**2*OTHR*M*Other~REF*CN*2Z9~", &[("1", "4", "EA")]).await;
        for (from, tracking, number) in [("KESTREL", "1Z9", "V-1"), ("NORTHWATER", "1Z9", "V-1"), ("HAULIER", "2Z9", "V-2")] {
            let said = carrier_says(&world, from, tracking, number, "D1").await;
            assert!(said.contains("not known here"), "{from}: {said}");
        }
        let said = carrier_says(&world, "HAULIER", "9Z9", "V-1", "D1").await;
        assert!(said.contains("not known here"), "its tracking number says that it is another: {said}");
        assert!(shipment(&world, "V-1").await.state.is_open() && shipment(&world, "V-2").await.state.is_open());
        carrier_says(&world, "HAULIER", "", "V-1", "D1").await;
        carrier_says(&world, "VALMET", "2Z9", "V-2", "D1").await;
        assert_eq!(shipment(&world, "V-1").await.state, ShipmentState::Delivered);
        assert_eq!(shipment(&world, "V-2").await.state, ShipmentState::Delivered, "a seller reports on its own");
    })
    .await;
}

#[tokio::test]
async fn an_order_sent_again_keeps_the_lines_it_had_and_what_refers_to_them() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let order = |purpose: &str, header: &str, lines: &str| format!("BEG*{purpose}*NE*PO-1**20261123~{header}{lines}CTT*1~");
        let first = order("00", "CUR*BY*EUR~", "PO1*1*10*EA*2.50**BP*GV-80~PO1*2*5*EA*2.50**BP*GV-90~");
        send(&world, "CASTELLAN", "VALMET", "PO", "850", &first.replace("CTT*1", "CTT*2")).await;
        let id = world.order(OrderKind::Purchase, world.cast.edi_supplier, "PO-1").await.id;
        let before = lines(&world, id).await;
        let invoice = "BIG*20261124*INV-1*20261123*PO-1***DI~CUR*SE*EUR~IT1*1*2*EA*2.50**BP*GV-80~TDS*500~CTT*1~";
        send(&world, "VALMET", "CASTELLAN", "IN", "810", invoice).await;
        let hub = world.person(world.cast.hub).await;
        let sold = message("NW-7", "GV-80", 5, "NORTHWATER");
        let covers = [Cover { order_line: "2".to_owned(), ..cover(4) }];
        place::sales(&world.context, &hub, "NORTHWATER", sold, &covers).await.unwrap();

        let header = "CUR*BY*USD~ITD*01*3*****45~N1*ST*Depot*92*CASTELLAN~";
        let second = order("05", header, "PO1*2*7*EA*3.00**BP*GV-90~PO1*1*12*EA*2.50**BP*GV-80~PO1*3*1*EA*1.00**BP*X~");
        assert_eq!(send(&world, "CASTELLAN", "VALMET", "PO", "850", &second.replace("CTT*1", "CTT*3")).await, "[]");
        let (now, after) = (world.order_by_id(id).await, lines(&world, id).await);
        assert_eq!((now.currency, now.terms.as_str(), now.parties.len()), (Currency::USD, "Net 45 days", 1));
        assert_eq!((after[0].id, after[1].id), (before[1].id, before[0].id), "known by their numbers");
        assert_eq!((after[1].quantities.ordered, after[1].quantities.invoiced), (Quantity::whole(12), Quantity::whole(2)));
        assert_eq!(after.len(), 3);
        let covers = orders::covers(&mut world.context.db.read().await.unwrap(), id).await.unwrap();
        assert_eq!(covers.iter().map(|cover| cover.quantity).collect::<Vec<_>>(), [Quantity::whole(4)], "allocations survive");

        for (wrong, why) in [
            ("PO1*2*7*EA*3.00**BP*GV-90~", "Line 1 of order PO-1 is missing"),
            ("PO1*1*12*EA*2.50**BP*GV-80~PO1*2*3*EA*3.00**BP*GV-90~", "orders less"),
            ("PO1*1*12*CA*2.50**BP*GV-80~PO1*2*7*EA*3.00**BP*GV-90~", "has another unit"),
            ("PO1*1*0*EA*2.50**BP*GV-80~", "orders 0"),
        ] {
            let body = order("05", header, wrong).replace("CTT*1", &format!("CTT*{}", wrong.matches("PO1").count()));
            let said = send(&world, "CASTELLAN", "VALMET", "PO", "850", &body).await;
            assert!(said.contains(why), "{why}: {said}");
            assert_eq!(lines(&world, id).await, after, "nothing changed");
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_stands_once_in_a_form_and_a_button_pressed_twice_does_one_thing() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (bought, _) = drop_shipped(&world, "KESTREL", 10, "NORTHWATER").await;
        let supplier = world.person(world.cast.supplier).await;
        accept_all(&world, &supplier, bought).await;
        let form = ship_form(&world, &supplier, bought, "S-1", "10").await;
        let mut twice = form.clone();
        twice.lines.push(form.lines[0].clone());
        let refused = announce::announce(&world.context, &supplier, bought, &twice).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "lines[1][quantity]"), "{refused:?}");

        let one = announce::announce(&world.context, &supplier, bought, &form).await.unwrap();
        assert_eq!(announce::announce(&world.context, &supplier, bought, &form).await.unwrap(), one, "the second click");
        assert_eq!(line(&world, bought).await.quantities.shipped, Quantity::whole(10));
        let other = ship_form(&world, &supplier, bought, "S-2", "1").await;
        let late = announce::announce(&world.context, &supplier, bought, &other).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "nothing is left to ship");
        let mut conn = world.context.db.read().await.unwrap();
        assert!(drafts::find(&mut conn, &supplier, announce::DRAFT, bought.0).await.unwrap().is_none(), "and nothing is kept");
        drop(conn);

        let seen = view::load(&world.context, &supplier, bought).await.unwrap();
        let form = view::invoice_form(&world.context, &supplier, &seen, None).await.unwrap().form;
        let mut twice = form.clone();
        twice.lines.push(form.lines[0].clone());
        let refused = invoices::send::send(&world.context, &supplier, bought, &twice).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "lines[1][quantity]"), "{refused:?}");
        let long = invoices::send::InvoiceForm { net_days: "8000000".to_owned(), ..form.clone() };
        let refused = invoices::send::send(&world.context, &supplier, bought, &long).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "net_days"), "{refused:?}");
        let one = invoices::send::send(&world.context, &supplier, bought, &form).await.unwrap();
        assert_eq!(invoices::send::send(&world.context, &supplier, bought, &form).await.unwrap(), one, "the second click");

        let hub = world.person(world.cast.hub).await;
        let part = invoices::set_state(&world.context, &hub, one, InvoiceState::PartPaid, "").await;
        assert!(matches!(part, Err(Error::Invalid(_))), "how much is not known");
        for (paid, is_part) in [("95.00", false), ("40.00", true), ("30.00", false)] {
            let amount = Amount::parse(paid, Currency::EUR).unwrap();
            assert_eq!(invoices::pay_part(&world.context, &hub, one, amount, "").await.is_ok(), is_part, "{paid} of 95.00");
        }
    })
    .await;
}

#[tokio::test]
async fn an_invoice_names_a_shipment_of_its_own_order() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let supplier = world.person(world.cast.supplier).await;
        let mut ids = Vec::new();
        for number in ["PO-1", "PO-2"] {
            let id = place::purchase(&world.context, &hub, "KESTREL", message(number, "GV-80", 5, "CASTELLAN")).await.unwrap();
            accept_all(&world, &supplier, id).await;
            ids.push((id, ship(&world, &supplier, id, &format!("S-{number}"), "5").await));
        }
        let seen = view::load(&world.context, &supplier, ids[0].0).await.unwrap();
        let mut form = view::invoice_form(&world.context, &supplier, &seen, None).await.unwrap().form;
        form.shipment = ids[1].1.to_string();
        let refused = invoices::send::send(&world.context, &supplier, ids[0].0, &form).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "shipment"), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn what_goes_straight_to_a_customer_is_for_that_customer_and_what_has_gone_is_gone() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        partner(&world, "SOUTHGATE", false).await;
        let bought = place::purchase(&world.context, &hub, "VALMET", message("PO-1", "GV-80", 20, "NORTHWATER")).await.unwrap();
        let mut early = message("SG-1", "GV-80", 10, "SOUTHGATE");
        early.requested_on = day("2026-11-30");
        let first = place::sales(&world.context, &hub, "SOUTHGATE", early, &[cover(10)]).await.unwrap();
        let second =
            place::sales(&world.context, &hub, "NORTHWATER", message("NW-7", "GV-80", 10, "NORTHWATER"), &[cover(10)]).await.unwrap();
        notice(&world, "V-1", "", &[("1", "6", "EA")]).await;
        assert_eq!(
            (line(&world, first).await.quantities.shipped, line(&world, first).await.promised_on),
            (Quantity::ZERO, day("2026-11-30"))
        );
        assert_eq!(
            (line(&world, second).await.quantities.shipped, line(&world, second).await.promised_on),
            (Quantity::whole(6), day("2026-12-01"))
        );
        notice(&world, "V-2", "", &[("1", "6", "EA")]).await;
        assert_eq!(line(&world, second).await.quantities.shipped, Quantity::whole(10), "never more than is covered");
        let covers = orders::covers(&mut world.context.db.read().await.unwrap(), bought).await.unwrap();
        let shipped: Vec<_> = covers.iter().map(|cover| cover.shipped).collect();
        assert_eq!(shipped, [Quantity::ZERO, Quantity::whole(10)]);

        // The same two lines are joined once, and a line that is cancelled covers nothing.
        place::purchase(&world.context, &hub, "VALMET", message("PO-3", "GV-80", 20, "NORTHWATER")).await.unwrap();
        let half = || Cover { order: "PO-3".to_owned(), ..cover(1) };
        let sold = message("NW-8", "GV-80", 2, "NORTHWATER");
        let again = place::sales(&world.context, &hub, "NORTHWATER", sold, &[half(), half()]).await;
        assert!(matches!(&again, Err(Error::Invalid(errors)) if errors[0].field == "allocations.1.order_line"), "{again:?}");
        place::purchase(&world.context, &hub, "VALMET", message("PO-2", "GV-80", 20, "NORTHWATER")).await.unwrap();
        send(&world, "CASTELLAN", "VALMET", "PO", "850", "BEG*01*NE*PO-2**20261123~PO1*1*20*EA*9.5**BP*GV-80~CTT*1~").await;
        let dead = Cover { order: "PO-2".to_owned(), ..cover(1) };
        let refused = place::sales(&world.context, &hub, "NORTHWATER", message("NW-9", "GV-80", 2, "NORTHWATER"), &[dead]).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].message.contains("cancelled")), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn shipments_to_the_hub_move_one_date_after_the_other() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        place::purchase(&world.context, &hub, "VALMET", message("PO-1", "GV-80", 20, "CASTELLAN")).await.unwrap();
        let mut sold = Vec::new();
        for number in ["NW-1", "NW-2"] {
            let order = message(number, "GV-80", 10, "NORTHWATER");
            sold.push(place::sales(&world.context, &hub, "NORTHWATER", order, &[cover(10)]).await.unwrap());
        }
        let to_hub = |number: &str| {
            format!(
                "BSN*00*{number}*20261124*1015*0004~HL*1**S~DTM*017*20261215~N1*ST*Castellan*92*CASTELLAN~HL*2*1*O~PRF*PO-1~\
                 HL*3*2*I~LIN*1*BP*GV-80~SN1*1*10*EA~CTT*3~"
            )
        };
        let moved = async || {
            let mut moved = 0;
            for id in &sold {
                moved += i32::from(line(&world, *id).await.promised_on == day("2026-12-15"));
            }
            moved
        };
        send(&world, "VALMET", "CASTELLAN", "SH", "856", &to_hub("V-1")).await;
        assert_eq!(moved().await, 1);
        send(&world, "VALMET", "CASTELLAN", "SH", "856", &to_hub("V-2")).await;
        assert_eq!(moved().await, 2, "the first one has what it needs");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_the_order_is_said_and_not_added() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (bought, sold) = drop_shipped(&world, "VALMET", 10, "NORTHWATER").await;
        let answer = |lines: &str| format!("BAK*00*AC*PO-1*20261123*****20261124~{lines}CTT*1~");
        let wanted = line(&world, sold).await.promised_on;

        let said = send(&world, "VALMET", "CASTELLAN", "PR", "855", &answer("PO1*1*10*CA*9.5**BP*GV-80~ACK*IA*10*CA*067*20261220~")).await;
        assert!(said.contains("answered in CA, ordered in EA"), "{said}");
        assert_eq!(line(&world, bought).await.status, LineStatus::Open);
        send(&world, "VALMET", "CASTELLAN", "PR", "855", &answer("PO1*1*10*EA*9.5**BP*GV-80~ACK*IR*10*EA~")).await;
        assert_eq!((line(&world, bought).await.status, line(&world, bought).await.promised_on), (LineStatus::Rejected, None));
        assert_eq!(line(&world, sold).await.promised_on, wanted, "nothing is promised by who refuses");

        let said = notice(&world, "V-1", "", &[("1", "1", "CA")]).await;
        assert!(said.contains("shipped in CA, ordered in EA"), "{said}");
        assert_eq!(line(&world, bought).await.quantities.shipped, Quantity::ZERO);
        let said = notice(&world, "V-2", "", &[("1", "-3", "EA")]).await;
        assert!(said.contains("Nothing was changed"), "{said}");
        let said = notice(&world, "V-3", "", &[("1", "3", "EA")]).await;
        assert!(said.contains("rejected, and shipped all the same"), "{said}");

        let bill = |number: &str, kind: &str, line: &str| {
            format!("BIG*20261124*{number}*20261123*PO-1***{kind}~CUR*SE*EUR~IT1*1*{line}**BP*GV-80~TDS*950~CTT*1~")
        };
        for (number, kind, line, why) in [
            ("I-1", "CR", "1*EA*9.5", "is a credit"),
            ("I-2", "DI", "-1*EA*9.5", "a quantity of -1"),
            ("I-3", "DI", "1*CA*9.5", "invoiced in CA"),
        ] {
            let said = send(&world, "VALMET", "CASTELLAN", "IN", "810", &bill(number, kind, line)).await;
            assert!(said.contains(why), "{number}: {said}");
            let mut conn = world.context.db.read().await.unwrap();
            let kept = stored_invoices::find_by_number(&mut conn, OrderKind::Purchase, world.cast.edi_supplier, number).await.unwrap();
            assert_eq!(kept.is_some(), number == "I-3");
        }
        assert_eq!(line(&world, bought).await.quantities.invoiced, Quantity::ZERO);
    })
    .await;
}

#[tokio::test]
async fn a_line_that_waits_is_answered_after_another_has_left() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let supplier = world.person(world.cast.supplier).await;
        let mut order = message("PO-1", "GV-80", 10, "CASTELLAN");
        order.lines.push(order.lines[0].clone());
        "2".clone_into(&mut order.lines[1].line);
        let id = place::purchase(&world.context, &hub, "KESTREL", order).await.unwrap();
        let held = "BAK*00*AC*PO-1*20261123*****20261124~PO1*1*10*EA*9.5**BP*GV-80~ACK*IA*10*EA*067*20261204~\
            PO1*2*10*EA*9.5**BP*GV-80~ACK*IH*10*EA~CTT*2~";
        send(&world, "KESTREL", "CASTELLAN", "PR", "855", held).await;
        let gone = "BSN*00*K-1*20261124*1015*0004~HL*1**S~HL*2*1*O~PRF*PO-1~HL*3*2*I~LIN*1*BP*GV-80~SN1*1*10*EA~CTT*3~";
        send(&world, "KESTREL", "CASTELLAN", "SH", "856", gone).await;
        assert_eq!(world.order_by_id(id).await.state, OrderState::PartShipped, "the held line is not forgotten");
        let seen = view::load(&world.context, &supplier, id).await.unwrap();
        assert_eq!(seen.can_answer, Ok(()));
        let form = view::answer_form(&world.context, &supplier, &seen).await.unwrap().form;
        assert_eq!(form.lines.len(), 1, "only what waits");
        answer::answer(&world.context, &supplier, id, &AnswerForm { lines: vec![accept("1")], ..form }).await.unwrap();
        let after = lines(&world, id).await;
        assert_eq!((after[0].quantities.shipped, after[1].status), (Quantity::whole(10), LineStatus::Accepted));
        assert!(view::load(&world.context, &supplier, id).await.unwrap().can_answer.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_company_that_sells_and_buys_confirms_what_it_receives() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let both = partner(&world, "TWOWAYS", true).await;
        place::purchase(&world.context, &hub, "VALMET", message("PO-1", "GV-80", 5, "TWOWAYS")).await.unwrap();
        let sold = place::sales(&world.context, &hub, "TWOWAYS", message("TW-1", "GV-80", 5, "TWOWAYS"), &[cover(5)]).await.unwrap();
        let gone = "BSN*00*V-1*20261124*1015*0004~HL*1**S~N1*ST*Two*92*TWOWAYS~HL*2*1*O~PRF*PO-1~HL*3*2*I~LIN*1*BP*GV-80~SN1*1*5*EA~CTT*3~";
        send(&world, "VALMET", "CASTELLAN", "SH", "856", gone).await;
        let person = world.person(both.id).await;
        assert_eq!(person.audience, Audience::Supplier);
        let seen = view::load(&world.context, &person, sold).await.unwrap().shipments.remove(0).0;
        assert_eq!((seen.bill_of_lading.as_deref(), seen.package_count), (None, None));
        shipments::confirm_receipt(&world.context, &person, seen.id).await.unwrap();
        assert_eq!(line(&world, sold).await.quantities.received, Quantity::whole(5));
    })
    .await;
}

#[tokio::test]
async fn amounts_that_cannot_be_kept_are_refused_where_they_are_entered() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let mut order = message("PO-1", "GV-80", 9_000_000_000_000, "CASTELLAN");
        order.lines[0].unit_price = "9000000000000".parse().ok();
        let refused = place::purchase(&world.context, &hub, "KESTREL", order).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "lines.0.unit_price"), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_list_of_several_states_is_one_list() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        let supplier = world.person(world.cast.supplier).await;
        let mut placed = Vec::new();
        for number in 0..6 {
            let message = message(&format!("PO-{number}"), "GV-80", 5, "CASTELLAN");
            let id = place::purchase(&world.context, &hub, "KESTREL", message).await.unwrap();
            if number % 3 == 0 {
                accept_all(&world, &supplier, id).await;
            }
            world.clock.advance_seconds(1);
            placed.push(id);
        }
        placed.reverse();
        let mut filter = OrderFilter { states: vec![OrderState::Received, OrderState::Confirmed], ..OrderFilter::default() };
        let (mut seen, mut conn) = (Vec::new(), world.context.db.read().await.unwrap());
        loop {
            let page = orders::list(&mut conn, hub.scope(), &filter, 2).await.unwrap();
            assert!(page.len() <= 3, "one more than asked for says that there are more");
            seen.extend(page.iter().take(2).map(|row| row.id));
            if page.len() < 3 {
                break;
            }
            filter.after = page.get(1).map(|row| (row.created_at, row.id));
        }
        assert_eq!(seen, placed, "newest first, each once");
    })
    .await;
}
