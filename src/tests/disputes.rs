//! Disputes from the invoice to the credit note, over the portal and over the wire, with the documents of the trade.

use std::{io::Read, sync::Arc};

use futures::StreamExt;
use portico::{
    domain::{
        access::Actor,
        case::{Kind, Status},
        dispute::Outcome,
        document::DocumentKind,
        ids::{CaseId, InvoiceId},
        invoice::InvoiceState,
        number::Amount,
        order::OrderKind,
    },
    service::{
        Error, Settings,
        cases::{
            credit::{self, CreditForm},
            dispute::{self, DisputeEntry, DisputeForm},
            evidence, files, view,
        },
        invoices, orders,
    },
    store::{
        disputes::{self as stored, Subject},
        invoices as stored_invoices,
    },
};

use super::{
    flows::{self, accept_all, ship},
    quantities::{carrier_says, send},
    support::{Engine, World, kestrel, on_each_engine},
};

/// An order of the web supplier, shipped, delivered and invoiced: 40 for 12.50 each.
async fn invoiced(world: &World, supplier: &Actor) -> InvoiceId {
    world.grid.place_order("ERP", &flows::order("4500000060", kestrel(), &[("M8", "40", "12.5000")]));
    world.settle().await;
    let order = world.order(OrderKind::Purchase, world.cast.supplier, "4500000060").await.id;
    accept_all(world, supplier, order).await;
    let shipment = ship(world, supplier, order, "S-1", "40").await;
    let seen = orders::view::load(&world.context, supplier, order).await.unwrap();
    let form = orders::view::invoice_form(&world.context, supplier, &seen, Some(shipment)).await.unwrap().form;
    let form = invoices::send::InvoiceForm { number: "INV-1".to_owned(), ..form };
    let id = invoices::send::send(&world.context, supplier, order, &form).await.unwrap();
    carrier_says(world, "HAULIER", "T-S-1", "S-1", "D1").await;
    world.settle().await;
    id
}

/// Two are missing and the price is half a euro too high.
fn claim(invoice: InvoiceId) -> DisputeForm {
    DisputeForm {
        invoice: invoice.to_string(),
        reason: "PRI".to_owned(),
        action: "CNP".to_owned(),
        text: "The frame contract says 12.00, and two of them are missing.".to_owned(),
        lines: vec![DisputeEntry { line: "1".to_owned(), quantity: "38".to_owned(), price: "12".to_owned() }],
        ..DisputeForm::default()
    }
}

async fn invoice(world: &World, actor: &Actor, id: InvoiceId) -> stored_invoices::Invoice {
    invoices::view::load(&world.context, actor, id).await.unwrap().invoice
}

async fn kinds(world: &World, actor: &Actor, id: CaseId) -> Vec<DocumentKind> {
    files::list(&world.context, actor, id).await.unwrap().documents.into_iter().map(|document| document.kind).collect()
}

#[tokio::test]
async fn k4_a_dispute_goes_from_an_invoice_to_its_credit_note() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let id = invoiced(&world, &supplier).await;
        let case = dispute::open(&world.context, &hub, &claim(id)).await.unwrap();

        // Both sides see it on the invoice and in the case, with what is claimed: 38 times 0.50 and 2 times 12.50.
        for actor in [&hub, &supplier] {
            let shown = dispute::about(&world.context, actor, Subject::Invoice(id)).await.unwrap();
            assert_eq!((shown.len(), shown[0].outcome, shown[0].claimed.map(Amount::minor)), (1, None, Some(4_400)));
        }
        let seen = view::load(&world.context, &supplier, case).await.unwrap();
        assert_eq!((seen.case.kind, seen.case.reason.as_deref(), seen.case.action.as_deref()), (Kind::Invoice, Some("PRI"), Some("CNP")));
        let proposed: Vec<_> = seen.case.proposed.0.iter().map(|value| (value.is.as_str(), value.should_be.as_str())).collect();
        assert_eq!(proposed, [("40", "38"), ("12.5", "12")]);
        let twice = dispute::open(&world.context, &supplier, &claim(id)).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");

        // Nobody else knows of it, and only who invoiced may credit.
        assert!(matches!(dispute::open(&world.context, &other, &claim(id)).await, Err(Error::NotFound)));
        assert_eq!(dispute::about(&world.context, &other, Subject::Invoice(id)).await.unwrap().len(), 0);
        let form = CreditForm { number: "CN-1".to_owned(), extent: "claimed".to_owned() };
        assert!(matches!(credit::send(&world.context, &other, case, &form).await, Err(Error::NotFound)));
        assert!(matches!(credit::send(&world.context, &hub, case, &form).await, Err(Error::Forbidden(_))));
        assert!(matches!(dispute::accept(&world.context, &supplier, case).await, Err(Error::Forbidden(_))));
        let unnamed = credit::send(&world.context, &supplier, case, &CreditForm { number: " ".to_owned(), ..form.clone() }).await;
        assert!(matches!(unnamed, Err(Error::Invalid(_))), "{unnamed:?}");

        // The supplier credits what is claimed: the case is settled, the invoice stays and less of it is open.
        credit::send(&world.context, &supplier, case, &form).await.unwrap();
        let seen = view::load(&world.context, &hub, case).await.unwrap();
        assert_eq!(seen.case.status, Status::Resolved);
        let ended = dispute::of_case(&world.context, &hub, &seen.case).await.unwrap().unwrap();
        assert_eq!((ended.dispute.outcome, ended.credit_note.unwrap().number.as_str()), (Some(Outcome::Credited), "CN-1"));
        let row = invoice(&world, &hub, id).await;
        assert_eq!((row.total.minor(), row.credited.minor(), row.open().minor()), (50_000, 4_400, 45_600));
        invoices::set_state(&world.context, &hub, id, InvoiceState::Paid, "").await.unwrap();
        assert_eq!(invoice(&world, &hub, id).await.paid.minor(), 45_600, "what was given back is not paid");
        let again = credit::send(&world.context, &supplier, case, &form).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

        // The hub's system reads the credit note: an 810 that says what it is and which invoice it is for.
        world.settle().await;
        let received = world.grid.received("ERP");
        let credit = received.iter().find(|received| received.text.contains("*CR~")).expect("the credit note arrives");
        for part in ["*CN-1*", "REF*IV*INV-1~", "IT1*1*38*EA*0.5*", "IT1*1*2*EA*12.5*", "TDS*4400~"] {
            assert!(credit.text.contains(part), "{part}: {}", credit.text);
        }
    })
    .await;
}

#[tokio::test]
async fn k4_a_credit_note_over_the_wire_ends_the_dispute_and_never_gives_back_more_than_was_invoiced() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let hub = world.person(world.cast.hub).await;
        orders::place::purchase(&world.context, &hub, "VALMET", flows::message("PO-1", "GV-80", 10, "CASTELLAN")).await.unwrap();
        let bill = "BIG*20261124*V-1*20261123*PO-1***DI~CUR*SE*EUR~IT1*1*10*EA*9.5**BP*GV-80~TDS*9500~CTT*1~";
        send(&world, "VALMET", "CASTELLAN", "IN", "810", bill).await;
        let find = async || {
            let mut conn = world.context.db.read().await.unwrap();
            stored_invoices::find_by_number(&mut conn, OrderKind::Purchase, world.cast.edi_supplier, "V-1").await.unwrap().unwrap()
        };
        let id = find().await.id;
        let form = DisputeForm { lines: Vec::new(), reason: "QUA".to_owned(), ..claim(id) };
        let case = dispute::open(&world.context, &hub, &form).await.unwrap();
        let give = async |number: &str, of: &str, cents: &str| {
            let count = if cents.starts_with('-') { "-1" } else { "1" };
            let body =
                format!("BIG*20261125*{number}*20261123*PO-1***CR~CUR*SE*EUR~REF*IV*{of}~IT1*1*{count}*EA*30**BP*GV-80~TDS*{cents}~CTT*1~");
            send(&world, "VALMET", "CASTELLAN", "IN", "810", &body).await
        };
        assert!(give("C-0", "nowhere", "3000").await.contains("no invoice that is known"));
        assert!(give("C-0", "V-1", "9600").await.contains("does not fit"));
        assert_eq!(find().await.credited.minor(), 0);
        // Some write what they give back with a minus.
        assert_eq!(give("C-1", "V-1", "-3000").await, "[]");
        let seen = view::load(&world.context, &hub, case).await.unwrap();
        let ended = dispute::of_case(&world.context, &hub, &seen.case).await.unwrap().unwrap();
        assert_eq!(
            (seen.case.status, ended.dispute.outcome, find().await.credited.minor()),
            (Status::Resolved, Some(Outcome::Credited), 3_000)
        );
        assert!(give("C-1", "V-1", "3000").await.contains("sent before"));
        let all = stored::credit_notes(&mut world.context.db.read().await.unwrap(), id).await.unwrap();
        assert_eq!(all.iter().map(|row| row.number.as_str()).collect::<Vec<_>>(), ["C-1"]);
    })
    .await;
}

#[tokio::test]
async fn k4_a_dispute_ends_when_who_opened_it_takes_things_as_they_are() {
    on_each_engine(async |engine: Arc<Engine>| {
        let world = World::new(&engine).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let id = invoiced(&world, &supplier).await;
        let wrong = DisputeForm {
            reason: "weather".to_owned(),
            action: String::new(),
            text: " ".to_owned(),
            lines: vec![DisputeEntry { line: "1".to_owned(), quantity: "-1".to_owned(), price: "cheap".to_owned() }],
            ..claim(id)
        };
        let Err(Error::Invalid(errors)) = dispute::open(&world.context, &hub, &wrong).await else { panic!("it is refused") };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["reason", "action", "text", "lines[0][quantity]", "lines[0][price]"]);

        let case = dispute::open(&world.context, &hub, &claim(id)).await.unwrap();
        dispute::accept(&world.context, &hub, case).await.unwrap();
        let seen = view::load(&world.context, &supplier, case).await.unwrap();
        let ended = dispute::of_case(&world.context, &supplier, &seen.case).await.unwrap().unwrap();
        assert_eq!((seen.case.status, ended.dispute.outcome), (Status::Resolved, Some(Outcome::Accepted)));
        assert_eq!(invoice(&world, &hub, id).await.credited.minor(), 0);
        // Another one may follow, also by the other side.
        dispute::open(&world.context, &supplier, &claim(id)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn x2_the_documents_of_the_trade_are_attached_when_a_dispute_starts() {
    on_each_engine(async |engine: Arc<Engine>| {
        // What people send waits a moment; what has not left yet is evidence too.
        let world = World::with(&engine, Settings { undo_seconds: 0, ..Settings::default() }).await;
        let (supplier, hub) = (world.person(world.cast.supplier).await, world.person(world.cast.hub).await);
        let other = world.person(world.cast.other_supplier).await;
        let id = invoiced(&world, &supplier).await;
        let case = dispute::open(&world.context, &supplier, &claim(id)).await.unwrap();
        let wanted = [DocumentKind::PurchaseOrder, DocumentKind::OrderResponse, DocumentKind::ShipNotice, DocumentKind::Invoice];
        for actor in [&hub, &supplier] {
            let found = kinds(&world, actor, case).await;
            assert!(wanted.iter().all(|kind| found.contains(kind)), "{found:?}");
            assert!(found.contains(&DocumentKind::FunctionalAcknowledgment), "{found:?}");
        }
        // The carrier's word that it was delivered is the hub's: it came from somebody else.
        assert!(kinds(&world, &hub, case).await.contains(&DocumentKind::ShipmentStatus));
        assert!(!kinds(&world, &supplier, case).await.contains(&DocumentKind::ShipmentStatus));
        assert!(matches!(files::list(&world.context, &other, case).await, Err(Error::NotFound)));
        assert!(matches!(evidence::pack(&world.context, &other, case).await.map(|pack| pack.name), Err(Error::NotFound)));

        // The pack holds their bytes as they were on the wire, each with its hash.
        let mut pack = evidence::pack(&world.context, &supplier, case).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(piece) = pack.bytes.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let names: Vec<_> = archive.file_names().map(str::to_owned).collect();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let manifest: serde_json::Value = serde_json::from_slice(&read("manifest.json")).unwrap();
        let listed = manifest["files"].as_array().unwrap();
        assert_eq!(listed.len() + 1, names.len(), "all but the manifest itself: {names:?}");
        for file in listed {
            let bytes = read(file["name"].as_str().unwrap());
            let hash = portico::store::files::hex(&portico::store::files::sha256(&bytes));
            assert_eq!((file["sha256"].as_str(), file["size"].as_u64()), (Some(hash.as_str()), Some(bytes.len() as u64)), "{file}");
        }
        let order = names.iter().find(|name| name.contains("purchase_order")).unwrap();
        let order = String::from_utf8(read(order)).unwrap();
        assert!(order.starts_with("ISA*") && order.contains("BEG*00*"), "{order}");
        let words = String::from_utf8(read("conversation.txt")).unwrap();
        assert!(words.contains("The frame contract says 12.00"), "{words}");
    })
    .await;
}
