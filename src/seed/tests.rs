//! The demonstration as it is made from nothing.

use std::collections::BTreeMap;

use super::*;
use crate::{
    domain::{
        access::Scope,
        document::DocumentStatus,
        exception::{Owner, State},
        invoice::InvoiceState,
        order::{OrderKind, OrderState, derive_state},
        shipment::ShipmentState,
        time::{SharedClock, Timestamp},
    },
    service::live::Live,
    store::{
        Db, documents,
        exceptions::{self, ExceptionFilter},
        files::Files,
        invoices,
        orders::{self, OrderFilter, OrderRow},
        shipments,
    },
};

async fn fresh(folder: &std::path::Path) -> Context {
    // A Sunday: the demonstration must look current on a day when nobody works.
    let now: Timestamp = "2026-11-22T15:04:05Z".parse().unwrap();
    let clock: SharedClock = ManualClock::at(now);
    Context {
        db: Db::open(&format!("sqlite:{}", folder.join("portico.db").display())).await.unwrap(),
        files: Files::folder(&folder.join("files")).unwrap(),
        clock,
        ids: Ids::seeded(7),
        live: Live::default(),
        settings: Arc::new(Settings::default()),
    }
}

async fn all_orders(context: &Context) -> Vec<OrderRow> {
    orders::list(&mut context.db.read().await.unwrap(), Scope::Hub, &OrderFilter::default(), 1000).await.unwrap()
}

/// Everything a list page counts, to tell whether anything changed.
async fn counts(context: &Context) -> String {
    let mut conn = context.db.read().await.unwrap();
    format!(
        "{:?} {:?} {:?} {:?}",
        orders::count(&mut conn, Scope::Hub).await.unwrap(),
        shipments::count(&mut conn, Scope::Hub).await.unwrap(),
        invoices::count(&mut conn, Scope::Hub).await.unwrap(),
        documents::count(&mut conn, Scope::Hub).await.unwrap(),
    )
}

#[tokio::test]
async fn the_company_is_made_once_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let context = fresh(folder.path()).await;
    company(&context).await.unwrap();

    let rows = all_orders(&context).await;
    let of = |kind, partner: &str| rows.iter().filter(|row| row.kind == kind && row.counterparty == partner).count();
    assert!(of(OrderKind::Purchase, "Ostermann Forge GmbH") >= 40, "{}", of(OrderKind::Purchase, "Ostermann Forge GmbH"));
    let kinds = rows.iter().fold(BTreeMap::new(), |mut counts, row| {
        *counts.entry(row.kind).or_insert(0) += 1;
        counts
    });
    assert!(kinds[&OrderKind::Purchase] >= 130 && kinds[&OrderKind::Sales] >= 60, "{kinds:?}");
    states_follow_from_lines(&context, &rows).await;
    every_state_is_there(&context, &rows).await;

    exceptions_stand_and_were_settled(&context).await;

    let (before, known) = (counts(&context).await, sign_ins());
    let again = company(&context).await.unwrap();
    assert_eq!(counts(&context).await, before);
    assert_eq!(again.supplier.email, known.supplier.email);
}

async fn states_follow_from_lines(context: &Context, rows: &[OrderRow]) {
    let mut conn = context.db.read().await.unwrap();
    for row in rows {
        let order = orders::find(&mut conn, Scope::Hub, row.id).await.unwrap().unwrap();
        let lines = orders::lines(&mut conn, row.id).await.unwrap();
        assert_eq!(order.state, derive_state(&lines), "order {}", order.number);
        assert!(order.created_at <= context.now() && order.updated_at <= context.now());
        for line in &lines {
            let q = line.quantities;
            assert!(
                q.shipped <= line.due() && q.invoiced <= q.shipped && q.received <= q.shipped,
                "order {} line {}",
                order.number,
                line.line
            );
        }
    }
}

async fn every_state_is_there(context: &Context, rows: &[OrderRow]) {
    for state in OrderState::ALL {
        assert!(rows.iter().any(|row| row.state == *state), "no order is {state}");
    }
    let open = |row: &&OrderRow| row.state == OrderState::Received && row.kind == OrderKind::Purchase;
    let late = rows.iter().filter(open).filter(|row| row.answer_due_at.is_some_and(|due| due < context.now())).count();
    assert!((1..=3).contains(&late), "{late} answers are overdue");
    let mut conn = context.db.read().await.unwrap();
    let shipments = shipments::count(&mut conn, Scope::Hub).await.unwrap();
    for state in [ShipmentState::InTransit, ShipmentState::Held, ShipmentState::Delivered, ShipmentState::Received] {
        assert!(shipments.iter().any(|(found, _)| *found == state), "no shipment is {state}");
    }
    let invoices = invoices::count(&mut conn, Scope::Hub).await.unwrap();
    for state in InvoiceState::ALL.iter().filter(|state| **state != InvoiceState::Sent) {
        assert!(invoices.iter().any(|(found, ..)| found == state), "no invoice is {state}");
    }
    let documents = documents::count(&mut conn, Scope::Hub).await.unwrap();
    for (direction, status) in [
        ("in", DocumentStatus::New),
        ("in", DocumentStatus::Read),
        ("in", DocumentStatus::Refused),
        ("out", DocumentStatus::Acknowledged),
        ("out", DocumentStatus::AcknowledgedWithErrors),
        ("out", DocumentStatus::Rejected),
        ("out", DocumentStatus::SendFailed),
        ("out", DocumentStatus::Withdrawn),
    ] {
        let wanted = format!("{direction}:{status}");
        assert!(documents.iter().any(|(found, _)| *found == wanted), "no document is {wanted}: {documents:?}");
    }
}

async fn exceptions_stand_and_were_settled(context: &Context) {
    let mut conn = context.db.read().await.unwrap();
    let rows = exceptions::list(&mut conn, Scope::Hub, &ExceptionFilter::default(), 2000).await.unwrap();
    let (open, closed): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.state == State::Open);
    let kinds: std::collections::BTreeSet<_> = open.iter().map(|row| row.kind).collect();
    assert!((8..=14).contains(&open.len()) && kinds.len() == open.len(), "{open:?}");
    assert!(closed.len() >= 10 && open.iter().any(|row| row.owner == Owner::Partner), "{}", closed.len());
    assert!(rows.iter().all(|row| row.updated_at <= context.now()));
}

#[tokio::test]
async fn the_people_can_be_made_without_the_trade() {
    let folder = tempfile::tempdir().unwrap();
    let context = fresh(folder.path()).await;
    people(&context).await.unwrap();
    assert!(all_orders(&context).await.is_empty());
    // Whoever tests two suppliers needs two people who see nothing of each other.
    let partners = partners();
    assert!(partners.iter().filter(|partner| partner.sign_in.email.ends_with(".example")).count() == partners.len());
    let mut emails: Vec<_> = partners.iter().map(|partner| partner.sign_in.email.as_str()).collect();
    emails.sort_unstable();
    emails.dedup();
    assert_eq!(emails.len(), partners.len());
}

#[test]
fn every_gtin_has_its_check_digit() {
    for company in COMPANIES {
        for item in catalogue::of_supplier(company.code) {
            let digits: Vec<u32> = catalogue::gtin(item).bytes().map(|byte| u32::from(byte - b'0')).collect();
            assert_eq!(digits.len(), 13, "{}", item.number);
            let sum: u32 = digits.iter().rev().enumerate().map(|(at, digit)| digit * if at % 2 == 0 { 1 } else { 3 }).sum();
            assert_eq!(sum % 10, 0, "{}", item.number);
        }
    }
}
