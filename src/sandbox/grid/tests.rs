//! The sandbox judged by hand: what its partners write, and what its mailbox does. The connector's tests judge the
//! profile over HTTP.

use std::sync::Arc;

use super::*;
use crate::domain::time::{Date, ManualClock, Timestamp};

fn grid() -> (Grid, Arc<ManualClock>) {
    let clock = ManualClock::at("2026-03-02T09:30:00Z".parse::<Timestamp>().unwrap());
    (Grid::new(clock.clone()), clock)
}

fn order() -> Order {
    let line = |number: &str, quantity: &str, price: &str| Line {
        number: number.into(),
        quantity: quantity.into(),
        unit: "EA".into(),
        price: price.into(),
        buyer_part: "B-1".into(),
        vendor_part: "V*1".into(),
        text: "Bracket".into(),
    };
    Order {
        number: "4500001".into(),
        buyer: Party::new("HUB", "Hub Company"),
        seller: Party::new("ACME", "Acme Supply"),
        currency: "USD".into(),
        requested: Date::new(2026, 3, 20).unwrap(),
        ship_to: ShipTo {
            name: "Plant 1".into(),
            code: "P1".into(),
            street: "1 Main St".into(),
            city: "Akron".into(),
            region: "OH".into(),
            postal_code: "44301".into(),
            country: "US".into(),
        },
        lines: vec![line("1", "25", "0.1250"), line("2", "3.5", "10")],
    }
}

/// Texts of the parcels that came from a partner to the hub since the last call, confirmed by it.
fn arrivals(grid: &Grid, partner: &str) -> Vec<String> {
    let now = grid.0.clock.now();
    let mailbox = format!("hub.{partner}");
    let mut state = grid.state();
    let open: Vec<_> = state.mailboxes.open_parcels(&mailbox, now).into_iter().map(|parcel| parcel.id.clone()).collect();
    open.iter()
        .filter_map(|id| state.mailboxes.confirm(id, &mailbox, None, now))
        .map(|parcel| String::from_utf8(parcel.content.to_vec()).unwrap())
        .collect()
}

fn to_partner(grid: &Grid, partner: &str, name: &str, text: &str) {
    let now = grid.0.clock.now();
    grid.state().mailboxes.upload(&format!("hub.{partner}"), name, name, text.to_owned().into(), now);
}

#[test]
fn an_order_is_written_as_an_850() {
    let (grid, _) = grid();
    grid.partner("ERP", Behaviour::default());
    grid.set_next_control(&order().buyer, &order().seller, 42);
    assert_eq!(grid.place_order("ERP", &order()), "000000042");
    let isa = "ISA*00*          *00*          *ZZ*HUB            *ZZ*ACME           *260302*0930*U*00401*000000042*0*P*>~";
    let rest = "GS*PO*HUB*ACME*20260302*0930*42*X*004010~
ST*850*0001~
BEG*00*SA*4500001**20260302~
CUR*BY*USD~
ITD*01*3*****30~
DTM*002*20260320~
N1*BY*Hub Company*92*HUB~
N1*SE*Acme Supply*92*ACME~
N1*ST*Plant 1*92*P1~
N3*1 Main St~
N4*Akron*OH*44301*US~
PO1*1*25*EA*0.1250**BP*B-1*VP*V 1~
PID*F****Bracket~
PO1*2*3.5*EA*10**BP*B-1*VP*V 1~
PID*F****Bracket~
CTT*2~
SE*16*0001~
GE*1*42~
IEA*1*000000042~
";
    assert_eq!(isa.len(), 106);
    assert_eq!(arrivals(&grid, "ERP"), [format!("{isa}\n{rest}")]);
    assert_eq!(grid.place_order("ERP", &order()), "000000043");
}

#[test]
fn a_supplier_acknowledges_answers_ships_in_parts_and_invoices_each() {
    let (grid, clock) = grid();
    grid.partner("ERP", Behaviour::default());
    let habits = Supplier { parts: 2, short: vec![("2".into(), "3".into())], ..Supplier::default() };
    grid.partner("ACME", Behaviour { supplier: Some(habits), ..Behaviour::default() });
    grid.place_order("ERP", &order());
    to_partner(&grid, "ACME", "850", &arrivals(&grid, "ERP")[0]);

    assert_eq!(grid.run_due(), 1);
    let acknowledgment = &arrivals(&grid, "ACME")[0];
    let group = grid.received("ACME")[0].control.trim_start_matches('0').to_owned();
    assert!(acknowledgment.contains(&format!("AK1*PO*{group}~\nAK2*850*0001~\nAK5*A~\nAK9*A*1*1*1~\nSE*6*0001~")), "{acknowledgment}");
    assert!(acknowledgment.contains("*ZZ*ACME           *ZZ*HUB            *"));

    clock.advance_seconds(30);
    assert_eq!(grid.run_due(), 1);
    let answer = &arrivals(&grid, "ACME")[0];
    assert!(answer.contains("BAK*00*AC*4500001*20260302*****20260302~"), "{answer}");
    assert!(answer.contains("ACK*IA*25*EA*067*20260320~\nPO1*2*3.5*EA*10**BP*B-1*VP*V 1~\nACK*IQ*3*EA*067*20260320~\nACK*IB*0.5*EA~\nREF*ZZ**Not enough in stock, the rest follows~"));

    clock.advance_seconds(300);
    assert_eq!(grid.run_due(), 4, "two ship notices and their invoices");
    let sent = arrivals(&grid, "ACME");
    let texts: Vec<_> = sent.iter().map(|text| text.split("~\nST*").nth(1).unwrap()).collect();
    assert_eq!(texts.iter().map(|text| &text[..3]).collect::<Vec<_>>(), ["856", "810", "856", "810"]);
    assert!(texts[0].contains("SN1*1*12*EA~") && texts[0].contains("SN1*2*1*EA~") && texts[0].contains("CTT*5~"), "{}", texts[0]);
    assert!(texts[2].contains("SN1*1*13*EA~") && texts[2].contains("SN1*2*2*EA~"));
    assert!(texts[0].contains("PRF*4500001***20260302~") && texts[0].contains("N1*ST*Plant 1*92*P1~\nN3*1 Main St~\nN4*Akron"));
    assert!(texts[1].contains("TDS*1150~") && texts[1].contains("CTT*2~"), "12 at 0.125 and 1 at 10: {}", texts[1]);
    assert!(texts[3].contains("TDS*2163~"), "13 at 0.125 is 1.625, rounded half up: {}", texts[3]);
    assert_eq!(grid.run_due(), 0);
}

#[test]
fn acknowledgments_are_noted_and_never_acknowledged() {
    let (grid, _) = grid();
    grid.partner("ERP", Behaviour::default());
    grid.partner("ACME", Behaviour { acknowledge: Acknowledge::Reject, supplier: Some(Supplier::default()), ..Behaviour::default() });
    grid.place_order("ERP", &order());
    to_partner(&grid, "ACME", "850", &arrivals(&grid, "ERP")[0]);
    assert_eq!(grid.run_due(), 1);
    to_partner(&grid, "ERP", "997", &arrivals(&grid, "ACME")[0]);
    to_partner(&grid, "ERP", "noise", "noise");
    assert_eq!(grid.run_due(), 0);
    let received = grid.received("ERP");
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].sets, [("997".to_owned(), "0001".to_owned())]);
    assert_eq!((received[0].acknowledges[0].0.as_str(), received[0].acknowledges[0].2.as_str()), ("PO", "R"));
}

#[test]
fn a_receiver_of_goods_reports_what_a_ship_notice_announced() {
    let (grid, clock) = grid();
    grid.partner("ERP", Behaviour::default());
    grid.partner("ACME", Behaviour { supplier: Some(Supplier { ship_after: 0, ..Supplier::default() }), ..Behaviour::default() });
    grid.partner("CUST", Behaviour { receive_after: Some(600), ..Behaviour::default() });
    grid.place_order("ERP", &order());
    to_partner(&grid, "ACME", "850", &arrivals(&grid, "ERP")[0]);
    assert_eq!(grid.run_due(), 2);
    let notice = arrivals(&grid, "ACME").pop().unwrap();
    to_partner(&grid, "CUST", "856", &notice);
    grid.run_due();
    clock.advance_seconds(600);
    grid.run_due();
    let advice = arrivals(&grid, "CUST").pop().unwrap();
    assert!(advice.contains("GS*RC*HUB*ACME*"), "{advice}");
    let lines = "DTM*050*20260302~\nRCD*1*25*EA~\nLIN*1*BP*B-1*VP*V 1~\nPRF*4500001~\nRCD*2*3.5*EA~\nLIN*2*BP*B-1*VP*V 1~\nPRF*4500001~\nSE*11*0001~";
    assert!(advice.contains(lines), "{advice}");
}

#[test]
fn a_carrier_reports_a_delivery() {
    let (grid, _) = grid();
    grid.partner("FAST", Behaviour::default());
    let status = CarrierStatus {
        tracking: "1Z99".into(),
        shipment: "SH-1".into(),
        carrier: "FAST".into(),
        status: "D1".into(),
        reason: "NS".into(),
        city: "Akron".into(),
        region: "OH".into(),
        country: "US".into(),
    };
    grid.send_status("FAST", &Party::new("FAST", "Fast Freight"), &Party::new("HUB", "Hub"), &status);
    let text = &arrivals(&grid, "FAST")[0];
    assert!(text.contains("GS*QM*"), "{text}");
    assert!(text.contains("B10*1Z99*SH-1*FAST~\nLX*1~\nAT7*D1*NS***20260302*0930*UT~\nMS1*Akron*OH*US~\nSE*6*0001~"), "{text}");
}

#[test]
fn a_later_sandbox_does_not_repeat_numbers_of_an_earlier_one() {
    let (first, clock) = grid();
    let used = first.place_order("ERP", &order());
    clock.advance_seconds(1);
    let second = Grid::new(clock);
    assert!(second.place_order("ERP", &order()) > used);
}

#[test]
fn parcels_take_their_time_and_may_come_twice() {
    let (grid, clock) = grid();
    grid.partner("ACME", Behaviour::default());
    grid.set_transit_seconds(60);
    grid.duplicate_next(1);
    grid.send_raw("ACME", "a.edi", "one");
    grid.send_raw("ACME", "b.edi", "two");
    assert_eq!(arrivals(&grid, "ACME"), Vec::<String>::new());
    clock.advance_seconds(60);
    assert_eq!(arrivals(&grid, "ACME"), ["one", "one", "two"]);
    assert_eq!(grid.parcels("hub.ACME").len(), 3);
}
