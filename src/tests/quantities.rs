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
async fn send(world: &World, from: &str, to: &str, group: &str, code: &str, body: &str) -> String {
    static CONTROL: AtomicU32 = AtomicU32::new(1);
    let control = CONTROL.fetch_add(1, Ordering::SeqCst);
    let count = body.matches('~').count() + 2;
    let text = format!(
        "ISA*00*          *00*          *ZZ*{from:<15}*ZZ*{to:<15}*261123*0800*U*00401*{control:09}*0*P*>~\
         GS*{group}*{from}*{to}*20261123*0800*{control}*X*004010~ST*{code}*0001~{body}SE*{count}*0001~GE*1*{control}~IEA*1*{control:09}~"
    );
    let source = exchange::Source { route: None, owner: world.cast.hub, name: "test.edi".to_owned(), handle: None, is_copy: true };
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

async fn carrier_says(world: &World, from: &str, tracking: &str, number: &str, status: &str) -> String {
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
        let world = World::with(&engine, Settings { undo_seconds: 30, answer_hours: 24 }).await;
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
