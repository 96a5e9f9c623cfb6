//! Whole files: what is read of them, and what is said of bad ones.

use crate::{
    domain::{message::*, number::*, time::Date},
    edi::{Finding, Inspection, inspect},
};

use super::{
    ack,
    envelope::{self, Envelope, GroupOut},
    read_all,
    write::{self, Dialect, SetBody},
};

pub(super) const ISA: &str = "ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *260301*1200*U*00401*000000101*0*P*>~";
const ORDER: &str = "BEG*00*SA*4500000042*7*20260301~CUR*BY*USD~REF*DP*42~N9*L1*NOTES~MSG*Call first~MTX*GEN*Dock 4~ITD*08*3*2**10**30~DTM*010*20260305~DTM*002*20260310~N1*ST*Plant North*92*P-01~N3*1 Way~N4*Boise*ID*83701*US~PO1*1*100*EA*12.5075**VP*W-1*UP*012345678905*MG*M1~PID*F****Widget,~PID*F****blue~DTM*002*20260312~SCH*60*EA***002*20260312~SCH*40*EA***002*20260320~PO1*2*40.5*LB*4.15*HP*BP*B-2~CTT*2~";

/// An interchange of one group with one set.
pub(super) fn file(group: &str, code: &str, body: &str) -> String {
    let count = body.matches('~').count() + 2;
    format!("{ISA}GS*{group}*BUYER*SELLER*20260301*1200*7*X*004010~ST*{code}*0001~{body}SE*{count}*0001~GE*1*7~IEA*1*000000101~")
}

pub(super) fn look(text: &str) -> Inspection {
    inspect(text.as_bytes()).unwrap()
}

/// The code of each error, the set's, the group's and the interchange's alike.
pub(super) fn errors(text: &str) -> Vec<&'static str> {
    let seen = look(text);
    let inside = seen.interchanges.iter().flat_map(|i| i.findings.iter().chain(i.transactions.iter().flat_map(|t| &t.findings)));
    let all = seen.findings.iter().chain(inside);
    all.filter(|f| f.is_error() && f.code != "envelope_refused").map(|f| f.code).collect()
}

pub(super) fn only_document(text: &str) -> Document {
    let mut seen = look(text);
    assert_eq!(seen.exit_status(), 0, "{seen}");
    seen.interchanges.remove(0).transactions.remove(0).document.unwrap()
}

#[test]
fn an_order_is_read_with_the_place_of_every_value() {
    let text = file("PO", "850", ORDER);
    let seen = look(&text);
    assert_eq!(seen.exit_status(), 0, "{seen}");
    let interchange = &seen.interchanges[0];
    assert_eq!(
        (interchange.sender.as_str(), interchange.receiver.as_str(), interchange.control_number.as_str()),
        ("BUYER", "SELLER", "000000101")
    );
    let set = &interchange.transactions[0];
    assert_eq!((set.code.as_str(), set.kind, set.control_number.as_str(), set.segments), ("850", "purchase_order", "0001", (3, 24)));
    let Some(Document::PurchaseOrder(order)) = &set.document else { panic!("no order") };
    assert_eq!(
        (order.number.as_str(), order.release.as_deref(), order.date, order.currency),
        ("4500000042", Some("7"), Date::new(2026, 3, 1), Some(Currency::USD))
    );
    assert_eq!(order.requested_on, Date::new(2026, 3, 10));
    assert_eq!(order.notes, ["Call first", "Dock 4"]);
    assert_eq!(order.terms.as_ref().and_then(|t| t.net_days), Some(30));
    assert_eq!(
        (order.parties[0].role.as_str(), order.parties[0].address.as_slice(), order.parties[0].city.as_deref()),
        ("ST", &["1 Way".to_owned()][..], Some("Boise"))
    );
    let line = &order.lines[0];
    assert_eq!((line.quantity, line.unit.as_str(), line.unit_price), (Quantity::whole(100), "EA", "12.5075".parse().ok()));
    assert_eq!(
        (line.item.seller.as_deref(), line.item.gtin.as_deref(), line.item.other[0].value.as_str()),
        (Some("W-1"), Some("012345678905"), "M1")
    );
    assert_eq!((line.description.as_deref(), line.requested_on, line.schedule.len()), (Some("Widget, blue"), Date::new(2026, 3, 12), 2));
    assert_eq!((order.lines[1].price_per, order.lines[1].item.buyer.as_deref()), (Quantity::whole(100), Some("B-2")));

    let json = serde_json::to_value(&seen).unwrap();
    let document = &json["interchanges"][0]["transactions"][0]["document"];
    assert_eq!((document["type"].as_str(), document["lines"][0]["unit_price"].as_str()), (Some("purchase_order"), Some("12.5075")));
    for (path, origin) in &set.origins {
        let pointer = format!("/{}", path.replace('.', "/"));
        assert!(document.pointer(&pointer).is_some_and(|v| !v.is_null()), "{path} has an origin but no value");
        assert!((3..=24).contains(&origin.segment));
    }
    assert_eq!(set.origins.get("lines.0.unit_price").map(|o| (o.segment, o.element)), Some((16, 4)));
}

#[test]
fn the_parents_of_a_ship_notice_make_its_tree() {
    // The items stand before the levels they belong to, and one order is split in two places.
    let body = "BSN*00*SHP-1*20260302*1015*0001~HL*1**S*1~TD1*CTN25*3****G*12.5*LB~TD5**2*UPSN*M*Ground~REF*BM*B1~REF*CN*1Z9~DTM*011*20260302~DTM*017*20260305~N1*ST*Plant*92*P-01~HL*2*1*O*1~PRF*PO-A***20260301~HL*3*1*O*1~PRF*PO-B~HL*4*3*I*0~LIN*1*VP*X~SN1*1*5*EA~HL*5*2*T*1~MAN*GM*00123456789012345675~HL*6*5*P*1~MAN*CP*1Z1**CP*1Z2~HL*7*6*I*0~LIN**VP*Y~SN1*2*7.5*LB~CTT*7~";
    let Document::ShipNotice(notice) = only_document(&file("SH", "856", body)) else { panic!("no notice") };
    assert_eq!((notice.tracking.as_deref(), notice.bill_of_lading.as_deref(), notice.package_count), (Some("1Z9"), Some("B1"), Some(3)));
    assert_eq!((notice.shipped_on, notice.estimated_on), (Date::new(2026, 3, 2), Date::new(2026, 3, 5)));
    assert_eq!(notice.orders.iter().map(|o| (o.order_number.as_str(), o.lines.len())).collect::<Vec<_>>(), [("PO-A", 1), ("PO-B", 1)]);
    let line = &notice.orders[0].lines[0];
    assert_eq!((line.line.as_deref(), line.quantity, line.package), (Some("2"), "7.5".parse().unwrap(), Some(1)));
    assert_eq!((notice.packages[1].inside, notice.packages[1].marks.len()), (Some(0), 2));
    let seen = look(&file("SH", "856", body));
    let origins = &seen.interchanges[0].transactions[0].origins;
    assert!(origins.contains_key("orders.0.lines.0.quantity") && origins.contains_key("packages.1.marks.1"), "{origins:?}");
    assert!(!origins.keys().any(|k| k.starts_with("levels")));
}

#[test]
fn a_tree_that_goes_in_a_circle_ends() {
    let body = "BSN*00*SHP-1*20260302*1015~HL*1*2*O~PRF*A~HL*2*1*P~HL*3*2*I~SN1**1*EA~CTT*3~";
    let Document::ShipNotice(notice) = only_document(&file("SH", "856", body)) else { panic!("no notice") };
    assert_eq!(notice.orders[0].lines.len(), 1);
}

#[test]
fn amounts_of_an_invoice_have_implied_decimals() {
    let body = "BIG*20260303*INV-1*20260301*PO-1***DI*00~CUR*SE*USD~REF*BM*B1~REF*SI*S1~IT1*1*10*EA*12.5075**VP*X~TDS*13758~TXI*ST*7.5~SAC*C*D240***500~SAC*N*G830***999~CTT*1~";
    let Document::Invoice(invoice) = only_document(&file("IN", "810", body)) else { panic!("no invoice") };
    assert_eq!((invoice.total, invoice.adjustments[0].amount), ("137.58".parse().unwrap(), "5".parse().ok()));
    assert_eq!((invoice.bill_of_lading.as_deref(), invoice.shipment_number.as_deref()), (Some("B1"), Some("S1")));
    // 125.08 + 7.50 + 5.00 = 137.58; a cent more is remarked on and still accepted.
    let seen = look(&file("IN", "810", &body.replace("TDS*13758", "TDS*13759")));
    assert_eq!(seen.exit_status(), 0);
    assert_eq!(seen.interchanges[0].transactions[0].findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["total_differs"]);
}

#[test]
fn an_answer_keeps_each_status_with_its_reason() {
    let body = "BAK*00*AC*PO-1*20260301****SO-9*20260302~PO1*1*100*EA*12.5075**VP*X~ACK*IQ*60*EA*067*20260310~PID*F****Widget~REF*ZZ**Only 60 in stock~ACK*IR*40*EA~REF*ZZ*OOS*Out of stock~PO1*2~ACK*IA~CTT*2~";
    let Document::OrderResponse(answer) = only_document(&file("PR", "855", body)) else { panic!("no answer") };
    let statuses = &answer.lines[0].statuses;
    assert_eq!(
        statuses.iter().map(|s| (s.code.as_str(), s.quantity)).collect::<Vec<_>>(),
        [("IQ", Some(Quantity::whole(60))), ("IR", Some(Quantity::whole(40)))]
    );
    assert_eq!(statuses[0].reason.as_ref().and_then(|r| r.description.as_deref()), Some("Only 60 in stock"));
    assert_eq!(statuses[1].reason.as_ref().map(|r| r.value.as_str()), Some("OOS"));
    assert_eq!((answer.seller_order_number.as_deref(), answer.lines[1].quantity), (Some("SO-9"), None));
}

#[test]
fn carrier_status_and_receiving_advice_are_read() {
    let body = "B10*1Z9*SHP-1*UPSN~L11*PO-1*PO~LX*1~AT7*D1*NS***20260305*1412*LT~MS1*Boise*ID*US~";
    let Document::ShipmentStatus(status) = only_document(&file("QM", "214", body)) else { panic!("no status") };
    assert_eq!(
        (status.events[0].status.as_deref(), status.events[0].city.as_deref(), status.tracking.as_deref()),
        (Some("D1"), Some("Boise"), Some("1Z9"))
    );
    let body = "BRA*R-1*20260306*00*1~REF*SI*SHP-1~PRF*PO-1~DTM*050*20260305~RCD*1*90*EA*2*EA*8*EA*02*1*EA*01~LIN**VP*X~CTT*1~";
    let Document::ReceivingAdvice(advice) = only_document(&file("RC", "861", body)) else { panic!("no advice") };
    let line = &advice.lines[0];
    assert_eq!(
        (advice.order_number.as_deref(), advice.received_on, line.received),
        (Some("PO-1"), Date::new(2026, 3, 5), Some(Quantity::whole(90)))
    );
    assert_eq!(
        line.in_question.iter().map(|d| (d.quantity, d.condition.as_str())).collect::<Vec<_>>(),
        [(Quantity::whole(8), "02"), (Quantity::whole(1), "01")]
    );
}

const REMITTANCE: &str = "BPR*C*4408.75*C*ACH*CTX*01*121000248*DA*4459*1234567890**01*111000025*DA*99*20260401~TRN*1*TR-77*1234567890~\
CUR*PR*USD~REF*BT*BATCH~N1*PR*Castellan~N1*PE*Kestrel*92*KES~ENT*1~RMR*IV*INV-1**3450.41*3548.31*97.90~REF*PO*PO-1~DTM*003*20260301~\
RMR*IV*INV-2**958.34*1102.10~ADX*-143.76*06*BM*B-9~";

#[test]
fn a_remittance_is_read_invoice_by_invoice_with_what_was_taken_off() {
    let seen = look(&file("RA", "820", REMITTANCE));
    let set = &seen.interchanges[0].transactions[0];
    assert_eq!((set.kind, set.accepted, &set.findings[..]), ("remittance_advice", true, &[][..]));
    let Document::RemittanceAdvice(advice) = only_document(&file("RA", "820", REMITTANCE)) else { panic!("no advice") };
    assert_eq!((advice.number.as_str(), advice.total, advice.method.as_deref()), ("TR-77", "4408.75".parse().unwrap(), Some("ACH")));
    assert_eq!((advice.paid_on, advice.currency.map(|c| c.code().to_owned())), (Date::new(2026, 4, 1), Some("USD".to_owned())));
    let [first, second] = &advice.items[..] else { panic!("{:?}", advice.items) };
    assert_eq!((first.number.as_str(), first.paid, first.gross, first.discount), ("INV-1", d("3450.41"), d("3548.31"), d("97.90")));
    assert_eq!((first.date, first.references[0].value.as_str()), (Date::new(2026, 3, 1), "PO-1"));
    let off = &second.adjustments[0];
    assert_eq!((off.amount, off.code.as_str()), ("-143.76".parse().unwrap(), "06"));
    assert_eq!(off.reference.as_ref().map(|reference| reference.value.as_str()), Some("B-9"));
    assert_eq!((first.sum(), second.sum(), advice.sum()), (first.paid, second.paid, Some(advice.total)));
}

fn d(text: &str) -> Option<Decimal> {
    text.parse().ok()
}

#[test]
fn a_remittance_that_does_not_add_up_is_a_remark_and_one_that_cannot_be_read_an_error() {
    for (from, to, codes) in [
        ("BPR*C*4408.75", "BPR*C*4408.76", vec!["total_differs"]),
        ("*1102.10~", "*1102.11~", vec!["item_total_differs"]),
        // An adjustment for no single invoice counts to the total.
        ("ENT*1~", "ENT*1~ADX*-8.75*50~", vec!["total_differs"]),
        ("ADX*-143.76*06", "ADX*-143.76*9Z", vec!["unlisted_code"]),
    ] {
        assert!(REMITTANCE.contains(from), "{from}");
        let seen = look(&file("RA", "820", &REMITTANCE.replace(from, to)));
        let set = &seen.interchanges[0].transactions[0];
        assert_eq!(set.findings.iter().map(|f| f.code).collect::<Vec<_>>(), codes, "{to}");
        assert!(set.accepted, "{to}");
    }
    let without_receiver = REMITTANCE.replace("ENT*1~", "");
    let Document::RemittanceAdvice(advice) = only_document(&file("RA", "820", &without_receiver)) else { panic!("no advice") };
    assert_eq!(advice.items.len(), 2);
    for (from, to, code) in [
        ("BPR*C*4408.75", "BPR*C*much", "not_a_number"),
        ("*C*ACH", "*X*ACH", "invalid_code"),
        ("TRN*1*TR-77*1234567890~", "", "segment_missing"),
        ("20260401~", "20260231~", "invalid_date"),
        ("RMR*IV*INV-2*", "RMR*IV**", "element_missing"),
        ("ADX*-143.76*06", "ADX**06", "element_missing"),
        ("ADX*-143.76*06*BM*B-9", "ADX*-143.76*06*BM", "element_missing"),
    ] {
        assert!(REMITTANCE.contains(from), "{from}");
        assert_eq!(errors(&file("RA", "820", &REMITTANCE.replace(from, to))), [code], "{from} -> {to}");
    }
}

#[test]
fn an_incoming_997_is_checked_like_any_set() {
    let body = "AK1*PO*7~AK2*850*0001~AK3*PO1*8*PO1*8~AK4*2*330*6*ten~AK4*3>1*355*7~AK3*N1*9**3~AK5*R*5~AK9*R*1*1*0*5~";
    let Document::FunctionalAcknowledgment(answer) = only_document(&file("FA", "997", body)) else { panic!("no answer") };
    let notes: Vec<_> =
        answer.sets[0].notes.iter().map(|n| (n.segment.as_str(), n.element, n.component, n.element_error.as_deref())).collect();
    assert_eq!(notes, [("PO1", Some(2), None, Some("6")), ("PO1", Some(3), Some(1), Some("7")), ("N1", None, None, None)]);
    for (from, to, code) in [
        ("AK5*R*5", "AK5*Q*5", "invalid_code"),
        ("AK9*R*1*1*0*5", "AK9*R*one*1*0", "not_a_number"),
        ("AK1*PO*7", "AK1*PO", "element_missing"),
        ("AK5*R*5~", "", "segment_missing"),
        ("AK9*R*1*1*0*5~", "", "segment_missing"),
        ("AK4*2*330*6", "AK4*2*330*99", "invalid_code"),
    ] {
        assert_eq!(errors(&file("FA", "997", &body.replace(from, to))), [code], "{from} -> {to}");
    }
}

#[test]
fn faults_of_the_envelope_are_errors_and_the_content_is_still_listed() {
    let good = file("PO", "850", ORDER);
    for (from, to, code, ta1, group) in [
        ("SE*22*0001", "SE*21*0001", "segment_count_differs", "000", "R"),
        ("SE*22*0001", "SE*22*0002", "set_control_differs", "000", "R"),
        ("GE*1*7", "GE*2*7", "set_count_differs", "000", "R"),
        ("GE*1*7", "GE*1*8", "group_control_differs", "000", "R"),
        ("IEA*1*000000101", "IEA*2*000000101", "group_count_differs", "021", "A"),
        ("IEA*1*000000101", "IEA*1*000000102", "interchange_control_differs", "001", "A"),
        ("GS*PO*", "GS*IN*", "wrong_functional_id", "000", "R"),
        ("*X*004010~", "*X*D96A~", "group_version_unsupported", "000", "R"),
    ] {
        assert!(good.contains(from), "{from}");
        let text = good.replace(from, to);
        assert_eq!(errors(&text), [code], "{from} -> {to}");
        let seen = look(&text);
        let interchange = &seen.interchanges[0];
        assert_eq!((interchange.acknowledgment.codes[0].as_str(), interchange.groups[0].acknowledgment.status), (ta1, group), "{to}");
        let set = &interchange.transactions[0];
        assert!(!set.accepted && set.document.is_some() && set.kind == "purchase_order", "{to}");
        assert_eq!(seen.exit_status(), 1);
    }
}

#[test]
fn a_file_that_is_cut_short_says_so_and_keeps_what_came() {
    let good = file("PO", "850", ORDER);
    for cut in 110..good.len() - 3 {
        if !good.is_char_boundary(cut) || good[cut..].trim_start_matches('~').is_empty() {
            continue;
        }
        let seen = look(&good[..cut]);
        assert_eq!(seen.exit_status(), 1, "cut at {cut}");
        assert!(seen.interchanges[0].findings.iter().any(Finding::is_error), "cut at {cut}");
    }
    let seen = look(&good[..good.find("PO1*2").unwrap()]);
    assert_eq!(seen.interchanges[0].acknowledgment.codes, ["023"]);
    assert!(matches!(&seen.interchanges[0].transactions[0].document, Some(Document::PurchaseOrder(o)) if o.lines.len() == 1));
}

#[test]
fn unknown_and_repeated_sets_are_listed() {
    let body = |code: &str, n: &str| format!("ST*{code}*{n}~BEG*00*SA*1**20260301~PO1*1*1*EA~SE*4*{n}~");
    let text = format!(
        "{ISA}GS*PO*A1*B1*20260301*1200*7*X*004010~{}{}{}GE*3*7~IEA*1*000000101~",
        body("850", "0001"),
        body("850", "0001"),
        body("999", "0003")
    );
    let seen = look(&text);
    let sets = &seen.interchanges[0].transactions;
    assert_eq!(
        sets.iter().map(|s| (s.kind, s.accepted)).collect::<Vec<_>>(),
        [("purchase_order", true), ("purchase_order", false), ("unknown", false)]
    );
    assert_eq!(sets[1].acknowledgment.codes, ["23"]);
    assert_eq!(sets[2].acknowledgment.codes, ["1"]);
    assert_eq!(seen.interchanges[0].groups[0].acknowledgment.status, "P");
    assert!(
        look(&format!("{ISA}{}IEA*0*000000101~", body("850", "0001"))).interchanges[0]
            .findings
            .iter()
            .any(|f| f.code == "set_outside_group")
    );
}

#[test]
fn envelopes_are_read_in_all_the_shapes_that_occur() {
    let good = file("PO", "850", ORDER);
    let bare = good.replacen(ISA, "ISA*00**00**ZZ*BUYER*ZZ*SELLER*260301*1200*U*00401*000000101*0*P*>~", 1);
    let wide = good.replacen("BUYER          ", "BUYER\u{2003}\u{a0}\u{3000}       ", 1);
    let newer = good.replacen("*U*00401*", "*^*00501*", 1).replace("004010", "005010");
    for text in [
        good.clone(),
        format!("\u{feff}{good}"),
        format!("\r\n {good}\r\n\u{1a}"),
        good.replace('~', "~\r\n"),
        good.replace('~', "~\n\t"),
        good.replace('~', "\n"),
        good.replace('~', "\r\n"),
        good.replace('~', "\n").trim_end().to_owned(),
        good.replace('*', "|").replace('>', "^"),
        good.replace('~', "\u{1c}"),
        bare,
        wide,
        newer,
    ] {
        let seen = look(&text);
        assert_eq!((seen.exit_status(), seen.interchanges[0].sender.as_str()), (0, "BUYER"), "{text}\n{seen}");
    }
    let both =
        format!("{good}\r\n{}", good.replace('~', "\n").replace('*', "+").replace("000000101", "000000102").replace("SE+22", "SE+1"));
    let seen = look(&both);
    assert_eq!(seen.interchanges.iter().map(|i| i.accepted).collect::<Vec<_>>(), [true, false], "each has its own delimiters and verdict");
    let good_again = look(&format!("{} \n{good}", good.replacen("ZZ*BUYER", "ZZ\n*BUYER", 1)));
    assert_eq!(
        good_again.interchanges.iter().map(|i| i.accepted).collect::<Vec<_>>(),
        [false, true],
        "an ISA over two lines costs only its own interchange"
    );
    assert_eq!(good_again.interchanges[0].findings[0].code, "isa_broken");
    assert_eq!(look(&format!("{good}garbage")).findings[0].code, "outside_interchange");
}

#[test]
fn text_that_is_not_utf8_is_read_as_latin1_with_a_warning() {
    let text = file("PO", "850", &ORDER.replace("Plant North", "Werk M?nchen"));
    let bytes: Vec<u8> = text.bytes().map(|b| if b == b'?' { 0xFC } else { b }).collect();
    let seen = inspect(&bytes[..]).unwrap();
    assert_eq!((seen.exit_status(), seen.interchanges[0].findings[0].code), (0, "not_utf8"));
    let Some(Document::PurchaseOrder(order)) = &seen.interchanges[0].transactions[0].document else { panic!("no order") };
    assert_eq!(order.parties[0].name.as_deref(), Some("Werk München"));
}

#[test]
fn noise_is_no_document_and_a_monstrous_segment_stops_its_interchange() {
    for text in ["", "   \r\n", "hello", "UNB+UNOC:3", "<xml/>", "IS", "\u{feff}"] {
        assert_eq!(look(text).exit_status(), 2, "{text:?}");
    }
    let noise = std::io::Read::take(std::io::repeat(b'x'), 50 << 20);
    assert_eq!(inspect(noise).unwrap().exit_status(), 2);
    // Noise in which every fourth byte could start an interchange is gone over once.
    let text = format!("{}{}", file("PO", "850", ORDER), "ISA*".repeat(200_000));
    assert_eq!(look(&text).findings.len(), 1);
    let endless = std::io::Read::chain(ISA.as_bytes(), std::io::Read::take(std::io::repeat(b'x'), 1 << 20));
    let seen = inspect(endless).unwrap();
    assert_eq!((seen.exit_status(), seen.interchanges[0].findings[0].code), (1, "segment_too_long"));
    assert!(errors(&file("PO", "850", &ORDER.replacen('~', "\n", 3))).contains(&"invalid_character"), "mixed terminators");
}

/// An ISA as short as it can be, so that many fit into a file.
fn short_isa(control: usize) -> String {
    format!("ISA*00**00**ZZ*AB*ZZ*CD*260301*1200*U*00401*{control}*0*P*>~")
}

#[test]
fn a_file_of_nothing_but_beginnings_costs_little() {
    assert_eq!(read_all("ISA".repeat(1_000_000).as_bytes()).len(), 1, "letters are no interchange");
    assert_eq!(read_all("ISA*".repeat(250_000).as_bytes()).len(), 1);
    let beginnings: String = (1..=30_000).map(short_isa).collect();
    let groups = format!("{}{}", short_isa(1), "GS*PO*AB*CD*20260301*1200*7*X*004010~GE*0*7~".repeat(30_000));
    let sets = format!("{}GS*PO*AB*CD*20260301*1200*7*X*004010~{}", short_isa(1), "ST*850*0001~SE*2*0001~".repeat(30_000));
    let answers = format!("{}{}", short_isa(1), "TA1*1*260301*1200*A*000~".repeat(30_000));
    for text in [beginnings, groups, sets, answers] {
        let read = read_all(text.as_bytes());
        let parts: usize = read
            .iter()
            .map(|one| 1 + one.groups.len() + one.acknowledgments.len() + one.groups.iter().map(|group| group.sets.len()).sum::<usize>())
            .sum();
        assert!(parts <= 20_001, "{parts}");
        let findings: usize =
            read.iter().flat_map(|one| one.groups.iter().flat_map(|group| group.sets.iter().map(|set| set.findings.len()))).sum();
        assert!(findings <= 40_000 + 20_001, "{findings}");
        let last = &read.last().unwrap().verdict;
        assert_eq!(last.status, "R");
        assert!(last.findings.iter().any(|finding| finding.code == "too_many_parts") || read.len() == 1, "{last:?}");
    }
}

#[test]
fn a_nul_is_a_finding_and_never_a_text() {
    let text = file("PO", "850", &ORDER.replacen("Plant North", "Plant\0North", 1)).replacen("BUYER          ", "BU\0ER          ", 1);
    let read = read_all(text.as_bytes()).remove(0);
    let set = &read.groups[0].sets[0];
    assert!(!set.accepted && set.findings.iter().any(|finding| finding.code == "invalid_character"), "{:?}", set.findings);
    assert!(!read.verdict.findings.iter().any(|finding| finding.code == "not_utf8"));
    let kept = format!("{}{}", serde_json::to_string(&set.document).unwrap(), serde_json::to_string(&set.findings).unwrap());
    assert!(!kept.contains("\\u0000") && !read.header.sender.contains('\0'), "{kept}");
}

#[test]
fn a_long_document_is_read_in_one_go() {
    // Work that grows with the square of the document would take hours here.
    let name = ORDER.replacen("N3*1 Way~", &"N2*and company~".repeat(200_000), 1);
    let Some(Document::PurchaseOrder(order)) = &look(&file("PO", "850", &name)).interchanges[0].transactions[0].document else {
        panic!("no order")
    };
    assert_eq!(order.parties[0].name.as_ref().unwrap().len(), "Plant North".len() + 200_000 * " and company".len());
    let items = (2..100_000).fold(String::new(), |text, level| text + &format!("HL*{level}*1*I~LIN**VP*X~SN1**1*EA~"));
    let body = format!("BSN*00*SHP-1*20260302*1015*0001~HL*1**S~{items}{}", "CTT*9~".repeat(100_000));
    let Some(Document::ShipNotice(notice)) = &look(&file("SH", "856", &body)).interchanges[0].transactions[0].document else {
        panic!("no notice")
    };
    assert_eq!((notice.orders.len(), notice.orders[0].lines.len()), (1, 99_998));
}

#[test]
fn an_interchange_acknowledgment_travels_alone() {
    let header = read_all(file("PO", "850", ORDER).as_bytes()).remove(0).header;
    let answer = ack::Ta1::refusal(&header, ack::note::DUPLICATE);
    let bytes = envelope::interchange_acknowledgment(&sample_envelope(), &Dialect::default(), &answer).unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains("TA1*000000101*260301*1200*R*025~IEA*0*"));
    let seen = read_all(&bytes).remove(0);
    assert!(seen.accepted() && seen.groups.is_empty());
    assert_eq!((seen.acknowledgments[0].status.as_str(), seen.acknowledgments[0].note.as_str()), ("R", "025"));
}

pub(super) fn sample_envelope() -> Envelope {
    Envelope {
        sender_qualifier: "ZZ".into(),
        sender: "SELLER".into(),
        receiver_qualifier: "ZZ".into(),
        receiver: "BUYER".into(),
        control_number: 7,
        date: Date::new(2026, 3, 2).unwrap(),
        time: "0905".into(),
        ack_requested: false,
        test: false,
    }
}

pub(super) fn wrap(bodies: &[SetBody], dialect: &Dialect) -> Vec<u8> {
    let sets = bodies.iter().zip(1..).map(|(body, n)| (body, format!("{n:04}"))).collect();
    let group = GroupOut { sender: "SELLER".into(), receiver: "BUYER".into(), control_number: 12, sets };
    envelope::interchange(&sample_envelope(), dialect, &[group]).unwrap()
}

#[test]
fn what_cannot_be_written_is_said_by_field() {
    let Document::PurchaseOrder(order) = only_document(&file("PO", "850", ORDER)) else { panic!("no order") };
    let wrong = |change: fn(&mut PurchaseOrder)| {
        let mut order = order.clone();
        change(&mut order);
        write::set(&Document::PurchaseOrder(order), &Dialect::default())
            .map(|_| ())
            .unwrap_err()
            .into_iter()
            .map(|e| e.path)
            .collect::<Vec<_>>()
    };
    assert_eq!(wrong(|o| o.number = "A*B".into()), ["number"]);
    assert_eq!(wrong(|o| o.number = "9".repeat(23)), ["number"]);
    assert_eq!(wrong(|o| o.lines[0].unit.clear()), ["lines.0.unit"]);
    assert_eq!(wrong(|o| o.lines[1].price_per = Quantity::whole(7)), ["lines.1.price_per"]);
    assert_eq!(wrong(|o| o.lines[1].line = "1".into()), ["lines.1.line"]);
    assert_eq!(wrong(|o| o.parties[0].name = Some("Caf\u{7}".into())), ["parties.0.name"]);
    assert_eq!(wrong(|o| o.lines.clear()), ["lines"]);
    assert_eq!(wrong(|o| o.date = None), ["date"]);
    let bad = Envelope { sender: "A".repeat(16), time: "9999".into(), ..sample_envelope() };
    let paths: Vec<_> = envelope::interchange(&bad, &Dialect::default(), &[]).unwrap_err().into_iter().map(|e| e.path).collect();
    assert_eq!(paths, ["sender", "time", "groups"]);
}
