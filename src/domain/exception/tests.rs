//! One story for every kind of finding, and what must hold of all of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{
    documents::{AdviceFacts, DocumentFacts, FileFacts, PartnerFacts},
    invoices::{Billed, InvoiceFacts},
    orders::OrderFacts,
    remittances::{PaidInvoice, PaidItem, RemittanceFacts},
    shipments::{ShipmentFacts, Shipped},
    *,
};
use crate::domain::{
    document::{Direction, DocumentStatus},
    ids::{CalendarId, Ids, InvoiceId, OrderId, OrderLineId, ShipmentId},
    invoice::InvoiceState,
    message::{self, ItemIds, OrderResponse, OrderResponseLine, ShipNotice, ShipNoticeLine, ShipNoticeOrder},
    order::{Line, LineStatus, OrderKind, OrderState, Quantities},
    remittance::Adjustment,
    shipment::ShipmentState,
};

fn at(text: &str) -> Timestamp {
    format!("2026-11-{text}:00Z").parse().unwrap()
}

fn day(day: i8) -> Date {
    Date::new(2026, 11, day).unwrap()
}

fn id<T: From<Uuid>>(n: u64) -> T {
    Ids::seeded(n).at(Timestamp::from_micros(0))
}

fn whole(n: i64) -> Quantity {
    Quantity::whole(n)
}

/// Line `10` for 100 pieces at 2.50, wanted on the 20th.
fn line(status: LineStatus, confirmed: i64) -> Line {
    let quantities = Quantities { ordered: whole(100), confirmed: whole(confirmed), ..Quantities::default() };
    Line {
        id: id::<OrderLineId>(10),
        position: 0,
        line: "10".into(),
        buyer_item: Some("M8".into()),
        seller_item: None,
        gtin: None,
        description: "Screw".into(),
        unit: "EA".into(),
        unit_price: "2.5".parse().unwrap(),
        price_per: whole(1),
        confirmed_price: None,
        requested_on: Some(day(20)),
        promised_on: (confirmed > 0).then(|| day(20)),
        status,
        reason_code: None,
        reason_text: None,
        quantities,
        requested: Vec::new(),
        promised: Vec::new(),
        provenance: BTreeMap::new(),
    }
}

fn order(state: OrderState, line: Line) -> OrderFacts {
    let answered = state != OrderState::Received;
    OrderFacts {
        id: id::<OrderId>(1),
        kind: OrderKind::Purchase,
        number: "P-1".into(),
        state,
        currency: Currency::EUR,
        created_at: at("02T08:00"),
        answer_due_at: Some(at("03T08:00")),
        answered_at: answered.then(|| at("02T12:00")),
        document: Some(id(2)),
        answer: answered.then(|| (id(3), None)),
        lines: vec![line],
    }
}

fn confirmed() -> OrderFacts {
    order(OrderState::Confirmed, line(LineStatus::Accepted, 100))
}

fn shipment(quantity: i64) -> ShipmentFacts {
    ShipmentFacts {
        id: id::<ShipmentId>(4),
        number: "S-1".into(),
        state: ShipmentState::InTransit,
        created_at: at("18T08:00"),
        estimated_on: Some(day(25)),
        delivered_at: None,
        carrier: Some("Hansa".into()),
        tracking: Some("1Z".into()),
        document: Some(id(5)),
        notice: None,
        is_view: false,
        lines: vec![Shipped { line: id(10), quantity: whole(quantity), received: None, unit: "EA".into() }],
    }
}

fn shipped(quantity: i64) -> OrderFacts {
    let mut order = confirmed();
    order.lines[0].quantities.shipped = whole(quantity);
    order.state = if quantity < 100 { OrderState::PartShipped } else { OrderState::Shipped };
    order
}

fn invoice(quantity: i64, price: &str) -> InvoiceFacts {
    let unit_price: UnitPrice = price.parse().unwrap();
    let amount = unit_price.line_amount(whole(quantity), whole(1), Currency::EUR).unwrap();
    InvoiceFacts {
        id: id::<InvoiceId>(6),
        kind: OrderKind::Purchase,
        number: "I-1".into(),
        state: InvoiceState::InProcess,
        created_at: at("19T08:00"),
        currency: Currency::EUR,
        total: amount,
        paid: Amount::ZERO,
        credited: Amount::ZERO,
        reason: None,
        updated_at: at("19T08:00"),
        due_on: Some(day(28)),
        document: Some(id(7)),
        message: None,
        repeats: Vec::new(),
        lines: vec![Billed { line: Some(id(10)), quantity: whole(quantity), unit: "EA".into(), unit_price, price_per: whole(1), amount }],
    }
}

fn document(direction: Direction, status: DocumentStatus) -> DocumentFacts {
    DocumentFacts {
        id: id(8),
        direction,
        kind: DocumentKind::PurchaseOrder,
        number: "P-1".into(),
        name: "Purchase order P-1".into(),
        status,
        is_accepted: true,
        by_partner: direction == Direction::In,
        to_partner: direction == Direction::Out,
        has_route: true,
        created_at: at("02T08:00"),
        left_at: None,
        failed: None,
        acknowledged_at: None,
        refused_at: None,
        misfit: None,
        error: None,
        replaced_at: None,
        advice: None,
    }
}

static NONE: BTreeMap<CalendarId, Calendar> = BTreeMap::new();

fn view<'a>(rules: &'a Rules, calendar: &'a Calendar, now: &str) -> View<'a> {
    View { rules, calendar, calendars: &NONE, now: at(now), partner: None }
}

/// Everything that is found with the built-in settings, where work never rests.
fn find(order: &OrderFacts, shipments: &[ShipmentFacts], invoices: &[InvoiceFacts], now: &str) -> Vec<Finding> {
    let (rules, calendar) = (Rules::default(), Calendar::always());
    orders::examine(&view(&rules, &calendar, now), order, shipments, invoices)
}

fn response(line: Option<&str>, item: &str, code: &str) -> OrderResponse {
    let item = ItemIds { buyer: Some(item.to_owned()), ..ItemIds::default() };
    let status =
        message::LineStatus { code: code.into(), quantity: Some(whole(100)), unit: None, date_qualifier: None, date: None, reason: None };
    OrderResponse {
        order_number: "P-1".into(),
        purpose: "00".into(),
        acknowledgment_type: "AC".into(),
        order_date: None,
        release: None,
        seller_order_number: None,
        date: None,
        currency: None,
        references: Vec::new(),
        parties: Vec::new(),
        lines: vec![OrderResponseLine {
            line: line.map(str::to_owned),
            quantity: None,
            unit: None,
            unit_price: None,
            price_per: whole(1),
            item,
            description: None,
            statuses: vec![status],
        }],
    }
}

fn notice(line: Option<&str>, item: &str) -> ShipNotice {
    let item = ItemIds { buyer: Some(item.to_owned()), ..ItemIds::default() };
    let line =
        ShipNoticeLine { line: line.map(str::to_owned), item, quantity: whole(5), unit: "EA".into(), description: None, package: None };
    ShipNotice {
        number: "S-1".into(),
        purpose: "00".into(),
        date: None,
        time: None,
        structure: None,
        shipped_on: None,
        estimated_on: None,
        carrier: None,
        tracking: None,
        bill_of_lading: None,
        references: Vec::new(),
        parties: Vec::new(),
        package_count: None,
        weight: None,
        weight_unit: None,
        packages: Vec::new(),
        orders: vec![ShipNoticeOrder { order_number: "P-1".into(), order_date: None, lines: vec![line] }],
    }
}

/// A story: what is found, whose it is, the money in cents, both numbers; and that it is over once it is put right.
struct Story {
    kind: Kind,
    owner: Owner,
    money: Option<i64>,
    numbers: (Value, Value),
    wrong: Vec<Finding>,
    right: Vec<Finding>,
}

fn pieces(n: i64) -> Value {
    Value::Quantity { quantity: whole(n), unit: "EA".into() }
}

fn price(text: &str) -> Value {
    Value::Price { price: text.parse().unwrap(), per: whole(1), currency: Currency::EUR }
}

fn words(text: &str) -> Value {
    Value::Words { words: text.to_owned() }
}

const EARLY: &str = "19T09:00";

fn told(stories: Vec<Story>) -> BTreeSet<Kind> {
    for story in &stories {
        let kind = story.kind;
        let found: Vec<_> = story.wrong.iter().filter(|finding| finding.kind == kind).collect();
        let [found] = found[..] else { panic!("{kind} is found once: {:?}", story.wrong) };
        assert!(found.is_open(), "{kind} stands");
        assert_eq!((found.owner, found.money.map(|(money, _)| money.minor())), (story.owner, story.money), "{kind}");
        let first = &found.differences[0];
        assert_eq!((&first.found.value, &first.expected.value), (&story.numbers.0, &story.numbers.1), "{kind}");
        assert!(story.right.iter().all(|finding| finding.kind != kind || !finding.is_open()), "{kind} is over: {:?}", story.right);
    }
    stories.into_iter().map(|story| story.kind).collect()
}

fn answers() -> Vec<Story> {
    use Owner::{Hub, Partner};
    let changed = |change: fn(&mut Line)| {
        let mut order = order(OrderState::ConfirmedWithChanges, line(LineStatus::Changed, 100));
        change(&mut order.lines[0]);
        order
    };
    let fine = || find(&confirmed(), &[], &[], EARLY);
    let answered = |said: OrderResponse| OrderFacts { answer: Some((id(3), Some(said))), ..confirmed() };
    let story = |kind, owner, money, numbers, wrong: OrderFacts| {
        let wrong = find(&wrong, &[], &[], EARLY);
        Story { kind, owner, money, numbers, wrong, right: fine() }
    };
    let date = |on| Value::Date { on };
    vec![
        Story {
            kind: Kind::AnswerOverdue,
            owner: Partner,
            money: Some(25_000),
            numbers: (Value::Nothing, Value::Moment { at: at("03T08:00") }),
            wrong: find(&order(OrderState::Received, line(LineStatus::Open, 0)), &[], &[], "03T08:01"),
            right: find(&OrderFacts { answered_at: Some(at("03T09:00")), ..confirmed() }, &[], &[], EARLY),
        },
        story(Kind::OrderRejected, Hub, Some(25_000), (pieces(0), pieces(100)), order(OrderState::Rejected, line(LineStatus::Rejected, 0))),
        story(Kind::ConfirmedLess, Hub, Some(2_500), (pieces(90), pieces(100)), changed(|line| line.quantities.confirmed = whole(90))),
        story(
            Kind::ConfirmedMore,
            Partner,
            Some(2_500),
            (pieces(110), pieces(100)),
            changed(|line| line.quantities.confirmed = whole(110)),
        ),
        story(Kind::AnswerPrice, Hub, Some(5_000), (price("3"), price("2.5")), changed(|line| line.confirmed_price = "3".parse().ok())),
        story(Kind::PromisedLate, Hub, Some(25_000), (date(day(24)), date(day(20))), changed(|line| line.promised_on = Some(day(24)))),
        story(Kind::AnswerUnknownLine, Partner, None, (words("line 99, X"), Value::Nothing), answered(response(Some("99"), "X", "IA"))),
        story(Kind::Substituted, Hub, Some(25_000), (words("M9"), words("M8")), answered(response(Some("10"), "M9", "IA"))),
    ]
}

fn shipments() -> Vec<Story> {
    use Owner::Partner;
    let fine = || find(&shipped(100), &[shipment(100)], &[], EARLY);
    let story = |kind, money, numbers, wrong| Story { kind, owner: Partner, money, numbers, wrong, right: fine() };
    let unanswered = OrderFacts { answer: None, ..shipped(100) };
    let noticed = |said| find(&shipped(100), &[ShipmentFacts { notice: Some(said), ..shipment(100) }], &[], EARLY);
    let two_lines =
        OrderFacts { lines: vec![line(LineStatus::Accepted, 100), Line { id: id(11), ..line(LineStatus::Accepted, 100) }], ..confirmed() };
    let ambiguous = find(&two_lines, &[ShipmentFacts { notice: Some(notice(None, "M8")), ..shipment(5) }], &[], EARLY);
    let mut less = shipped(100);
    less.lines[0].quantities.confirmed = whole(80);
    let counted = |n| {
        let mut counted = ShipmentFacts { delivered_at: Some(at("19T08:30")), state: ShipmentState::Received, ..shipment(100) };
        counted.lines[0].received = Some(whole(n));
        counted
    };
    vec![
        Story {
            kind: Kind::ShipNoticeMissing,
            owner: Partner,
            money: Some(25_000),
            numbers: (pieces(0), Value::Date { on: day(20) }),
            wrong: find(&confirmed(), &[], &[], "21T00:01"),
            right: find(&shipped(100), &[ShipmentFacts { created_at: at("22T08:00"), ..shipment(100) }], &[], "22T09:00"),
        },
        story(
            Kind::ShippedBeforeConfirmed,
            None,
            (Value::Moment { at: at("18T08:00") }, Value::Nothing),
            find(&unanswered, &[shipment(100)], &[], EARLY),
        ),
        story(Kind::ShippedUnknownLine, None, (pieces(5), Value::Nothing), noticed(notice(Some("99"), "X"))),
        story(Kind::ShippedAmbiguousItem, None, (pieces(5), words("2 lines with this item")), ambiguous),
        story(Kind::ShippedMoreThanConfirmed, Some(5_000), (pieces(100), pieces(80)), find(&less, &[shipment(100)], &[], EARLY)),
        story(Kind::ShippedMoreThanOrdered, Some(2_500), (pieces(110), pieces(100)), find(&shipped(110), &[shipment(110)], &[], EARLY)),
        story(
            Kind::ShipmentDataMissing,
            None,
            (Value::Nothing, words("needed to follow it")),
            find(&shipped(100), &[ShipmentFacts { tracking: None, ..shipment(100) }], &[], EARLY),
        ),
        Story {
            kind: Kind::ShipmentLate,
            owner: Partner,
            money: Some(25_000),
            numbers: (Value::Nothing, Value::Date { on: day(25) }),
            wrong: find(&shipped(100), &[shipment(100)], &[], "27T08:00"),
            right: find(
                &shipped(100),
                &[ShipmentFacts { delivered_at: Some(at("27T09:00")), state: ShipmentState::Delivered, ..shipment(100) }],
                &[],
                "27T10:00",
            ),
        },
        Story {
            kind: Kind::ReceivedDiffers,
            owner: Partner,
            money: Some(1_000),
            numbers: (pieces(96), pieces(100)),
            wrong: find(&shipped(100), &[counted(96)], &[], EARLY),
            right: find(&shipped(100), &[counted(100)], &[], EARLY),
        },
    ]
}

fn invoices() -> Vec<Story> {
    use Owner::{Hub, Partner};
    let fine = || find(&shipped(100), &[shipment(100)], &[invoice(100, "2.5")], EARLY);
    let story = |kind, owner, money, numbers, wrong| Story { kind, owner, money, numbers, wrong, right: fine() };
    let goods = [shipment(100)];
    let billed = |order: &OrderFacts, invoice| find(order, &goods, &[invoice], EARLY);
    let mut cancelled = order(OrderState::Cancelled, line(LineStatus::Cancelled, 0));
    cancelled.answer = None;
    let money = |minor| Value::Money { minor, currency: Currency::EUR };
    let off = InvoiceFacts { total: Amount::from_minor(26_000), ..invoice(100, "2.5") };
    let again = InvoiceFacts { repeats: vec![(id(9), at("19T08:30"))], ..invoice(100, "2.5") };
    let delivered = [ShipmentFacts { delivered_at: Some(at("19T08:00")), state: ShipmentState::Delivered, ..shipment(100) }];
    let arrived = OrderFacts { state: OrderState::Delivered, ..shipped(100) };
    let invoiced = OrderFacts { state: OrderState::Invoiced, ..shipped(100) };
    vec![
        story(
            Kind::BilledBeforeShipped,
            Partner,
            Some(25_000),
            (pieces(100), pieces(0)),
            find(&confirmed(), &[], &[invoice(100, "2.5")], EARLY),
        ),
        story(Kind::BilledMoreThanShipped, Partner, Some(10_000), (pieces(100), pieces(60)), billed(&shipped(60), invoice(100, "2.5"))),
        story(Kind::BilledMoreThanOrdered, Partner, Some(2_500), (pieces(110), pieces(100)), billed(&shipped(100), invoice(110, "2.5"))),
        story(Kind::PriceNotAgreed, Partner, Some(5_000), (price("3"), price("2.5")), billed(&shipped(100), invoice(100, "3"))),
        story(Kind::TotalNotLines, Partner, Some(1_000), (money(26_000), money(25_000)), billed(&shipped(100), off)),
        story(
            Kind::InvoiceRepeated,
            Partner,
            Some(25_000),
            (Value::Moment { at: at("19T08:30") }, Value::Moment { at: at("19T08:00") }),
            billed(&shipped(100), again),
        ),
        story(
            Kind::BilledCancelled,
            Partner,
            Some(2_500),
            (pieces(10), words("not to be delivered")),
            find(&cancelled, &[], &[invoice(10, "2.5")], EARLY),
        ),
        Story {
            kind: Kind::InvoiceMissing,
            owner: Partner,
            money: Some(25_000),
            numbers: (Value::Nothing, Value::Moment { at: at("19T08:00") }),
            wrong: find(&arrived, &delivered, &[], "25T08:00"),
            right: find(&invoiced, &delivered, &[InvoiceFacts { created_at: at("25T09:00"), ..invoice(100, "2.5") }], "25T10:00"),
        },
        Story {
            kind: Kind::InvoiceUnanswered,
            owner: Hub,
            money: Some(25_000),
            numbers: (Value::Nothing, Value::Moment { at: at("20T14:00") }),
            wrong: find(&shipped(100), &goods, &[InvoiceFacts { state: InvoiceState::Received, ..invoice(100, "2.5") }], "20T15:00"),
            right: fine(),
        },
        Story {
            kind: Kind::OnHold,
            owner: Partner,
            money: Some(25_000),
            numbers: (words("Which cost centre?"), words("Approved")),
            wrong: billed(
                &shipped(100),
                InvoiceFacts { state: InvoiceState::UnderQuery, reason: Some("Which cost centre?".into()), ..invoice(100, "2.5") },
            ),
            right: billed(&shipped(100), InvoiceFacts { state: InvoiceState::Approved, ..invoice(100, "2.5") }),
        },
        Story {
            kind: Kind::PaymentOverdue,
            owner: Hub,
            money: Some(15_000),
            numbers: (money(10_000), money(25_000)),
            wrong: find(
                &shipped(100),
                &goods,
                &[InvoiceFacts { state: InvoiceState::PartPaid, paid: Amount::from_minor(10_000), ..invoice(100, "2.5") }],
                "29T00:01",
            ),
            right: find(&shipped(100), &goods, &[InvoiceFacts { state: InvoiceState::Paid, ..invoice(100, "2.5") }], "29T01:00"),
        },
        Story {
            kind: Kind::PaymentOverdue,
            owner: Hub,
            money: Some(10_000),
            numbers: (money(0), money(10_000)),
            wrong: find(&shipped(100), &goods, &[credited(15_000)], "29T00:01"),
            right: find(&shipped(100), &goods, &[credited(25_000)], "29T01:00"),
        },
    ]
}

/// An approved invoice of which this much was given back.
fn credited(minor: i64) -> InvoiceFacts {
    InvoiceFacts { state: InvoiceState::Approved, credited: Amount::from_minor(minor), ..invoice(100, "2.5") }
}

/// The hub pays 250.00 for `I-1`, which asks for them.
fn remittance() -> RemittanceFacts {
    let amount = Amount::from_minor;
    let invoice = PaidInvoice {
        id: id(6),
        currency: Currency::EUR,
        state: InvoiceState::Paid,
        due: amount(25_000),
        open: Amount::ZERO,
        before: Amount::ZERO,
        here: amount(25_000),
        is_last: true,
        is_last_here: true,
    };
    let item = PaidItem {
        number: "I-1".into(),
        is_invoice: true,
        invoice: Some(invoice),
        paid: amount(25_000),
        gross: Some(amount(25_000)),
        discount: Amount::ZERO,
        adjustments: Vec::new(),
    };
    RemittanceFacts {
        id: id(12),
        kind: OrderKind::Purchase,
        number: "T-1".into(),
        currency: Currency::EUR,
        total: amount(25_000),
        created_at: at("27T08:00"),
        document: Some(id(13)),
        adjustments: Vec::new(),
        items: vec![item],
    }
}

fn remittances() -> Vec<Story> {
    use Owner::{Hub, Partner};
    let (rules, calendar) = (Rules::default(), Calendar::always());
    let look = |remittance: &RemittanceFacts| remittances::examine(&view(&rules, &calendar, "27T08:00"), remittance);
    let money = |minor| Value::Money { minor, currency: Currency::EUR };
    let amount = Amount::from_minor;
    let with = |change: &dyn Fn(&mut PaidItem)| {
        let mut changed = remittance();
        change(&mut changed.items[0]);
        changed
    };
    let invoice = |change: &dyn Fn(&mut PaidInvoice)| with(&|item| item.invoice.iter_mut().for_each(change));
    let story = |kind, owner, money, numbers, wrong: &RemittanceFacts| Story {
        kind,
        owner,
        money,
        numbers,
        wrong: look(wrong),
        right: look(&remittance()),
    };
    let short = with(&|item| {
        item.adjustments.push(Adjustment { minor: -2_000, code: "06".into(), reference: None });
        item.paid = amount(23_000);
        let invoice = item.invoice.as_mut().unwrap();
        (invoice.here, invoice.open, invoice.state) = (amount(23_000), amount(2_000), InvoiceState::PartPaid);
    });
    let dollars = invoice(&|invoice| invoice.currency = Currency::USD);
    vec![
        story(
            Kind::RemittanceTotal,
            Hub,
            Some(100),
            (money(25_100), money(25_000)),
            &RemittanceFacts { total: amount(25_100), ..remittance() },
        ),
        story(Kind::RemittanceInvoiceUnknown, Hub, Some(25_000), (money(25_000), Value::Nothing), &with(&|item| item.invoice = None)),
        story(Kind::RemittanceCurrency, Hub, Some(25_000), (words("EUR"), words("USD")), &dollars),
        story(Kind::PaidAgain, Hub, Some(15_000), (money(40_000), money(25_000)), &invoice(&|invoice| invoice.before = amount(15_000))),
        story(
            Kind::ShortPayment,
            Partner,
            Some(2_000),
            (money(23_000), money(25_000)),
            &RemittanceFacts { total: amount(23_000), ..short },
        ),
    ]
}

fn documents() -> Vec<Story> {
    use Owner::{Hub, Partner};
    let (rules, calendar) = (Rules::default(), Calendar::always());
    let look = |document: &DocumentFacts, now: &str| documents::examine(&view(&rules, &calendar, now), document);
    let sent = DocumentFacts { left_at: Some(at("02T08:00")), ..document(Direction::Out, DocumentStatus::Delivered) };
    let rejected = DocumentFacts {
        refused_at: Some(at("02T09:00")),
        error: Some("BEG03 is missing".into()),
        ..document(Direction::Out, DocumentStatus::Rejected)
    };
    let refused = DocumentFacts { is_accepted: false, error: Some("no date".into()), ..document(Direction::In, DocumentStatus::Refused) };
    let misfit = DocumentFacts { misfit: Some("unknown order".into()), ..document(Direction::In, DocumentStatus::New) };
    let failed =
        DocumentFacts { failed: Some((at("02T09:00"), None)), error: None, ..document(Direction::Out, DocumentStatus::SendFailed) };
    let advice = AdviceFacts {
        document: id(11),
        name: "Application advice AA-1".into(),
        at: at("02T09:00"),
        taken_at: None,
        reasons: vec!["Total differs".into()],
        money: Some((Amount::from_minor(25_000), Currency::EUR)),
    };
    let acknowledged = document(Direction::Out, DocumentStatus::Acknowledged);
    let not_taken = DocumentFacts { advice: Some(advice.clone()), ..acknowledged.clone() };
    let taken_after_all = DocumentFacts { advice: Some(AdviceFacts { taken_at: Some(at("02T11:00")), ..advice }), ..acknowledged };
    let corrected = |facts: &DocumentFacts| look(&DocumentFacts { replaced_at: Some(at("02T11:00")), ..facts.clone() }, "02T12:00");
    let file = FileFacts { id: id(9), name: "a.edi".into(), by_partner: true, why: "noise".into(), at: at("02T08:00"), replaced_at: None };
    let partner = PartnerFacts { id: id(9), name: "Valmera".into(), last: at("02T08:00"), before: None };
    let silent =
        |partner: &PartnerFacts, now: &str| documents::examine_partner(&view(&rules, &calendar, now), partner).into_iter().collect();
    let moment = |text: &str| Value::Moment { at: at(text) };
    vec![
        Story {
            kind: Kind::AcknowledgmentMissing,
            owner: Partner,
            money: None,
            numbers: (Value::Nothing, moment("02T12:00")),
            wrong: look(&sent, "02T12:01"),
            right: look(&DocumentFacts { acknowledged_at: Some(at("02T13:00")), ..sent.clone() }, "02T14:00"),
        },
        Story {
            kind: Kind::DocumentRejected,
            owner: Hub,
            money: None,
            numbers: (words("BEG03 is missing"), words("Accepted by the counterpart")),
            wrong: look(&rejected, "02T10:00"),
            right: corrected(&rejected),
        },
        Story {
            kind: Kind::ApplicationRejected,
            owner: Hub,
            money: Some(25_000),
            numbers: (words("Total differs"), words("Taken by the receiver's application")),
            wrong: look(&not_taken, "02T10:00"),
            right: look(&taken_after_all, "02T12:00"),
        },
        Story {
            kind: Kind::DocumentRefused,
            owner: Partner,
            money: None,
            numbers: (words("no date"), words("A document without errors")),
            wrong: look(&refused, "02T10:00"),
            right: corrected(&refused),
        },
        Story {
            kind: Kind::DocumentNotApplied,
            owner: Partner,
            money: None,
            numbers: (words("unknown order"), words("A document that fits what is known")),
            wrong: look(&misfit, "02T10:00"),
            right: corrected(&misfit),
        },
        Story {
            kind: Kind::SendFailed,
            owner: Hub,
            money: None,
            numbers: (words("It could not be sent."), moment("02T08:00")),
            wrong: look(&failed, "02T10:00"),
            right: look(&DocumentFacts { failed: Some((at("02T09:00"), Some(at("02T09:30")))), ..failed.clone() }, "02T10:00"),
        },
        Story {
            kind: Kind::FileRefused,
            owner: Partner,
            money: None,
            numbers: (words("noise"), words("A file that can be taken in")),
            wrong: documents::examine_file(&view(&rules, &calendar, "02T09:00"), &file).into_iter().collect(),
            right: documents::examine_file(
                &view(&rules, &calendar, "02T09:00"),
                &FileFacts { replaced_at: Some(at("02T08:30")), ..file.clone() },
            )
            .into_iter()
            .collect(),
        },
        Story {
            kind: Kind::PartnerSilent,
            owner: Hub,
            money: None,
            numbers: (Value::Nothing, moment("02T08:00")),
            wrong: silent(&partner, "04T11:00"),
            right: silent(&PartnerFacts { last: at("04T12:00"), before: Some(partner.last), ..partner.clone() }, "04T13:00"),
        },
    ]
}

#[test]
fn every_kind_of_finding_has_its_story() {
    let all = [answers(), shipments(), invoices(), remittances(), documents()].into_iter().flat_map(told).collect::<BTreeSet<_>>();
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !all.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_goes_as_ordered_is_no_exception() {
    let found = find(&shipped(100), &[shipment(100)], &[invoice(100, "2.5")], EARLY);
    assert!(found.is_empty(), "{found:?}");
    let sales = OrderFacts { kind: OrderKind::Sales, ..order(OrderState::Received, line(LineStatus::Open, 0)) };
    assert_eq!(find(&sales, &[], &[], "05T08:00")[0].owner, Owner::Hub, "the hub answers its customers");
}

#[test]
fn lines_that_the_seller_holds_are_the_buyers_to_release() {
    let mut held = order(OrderState::OnHold, line(LineStatus::Held, 0));
    held.lines[0].reason_text = Some("Waiting for the approved drawing".into());
    let found = find(&held, &[], &[], EARLY);
    let on_hold: Vec<_> = found.iter().filter(|finding| finding.kind == Kind::OnHold).collect();
    let [finding] = on_hold[..] else { panic!("{found:?}") };
    assert_eq!((finding.owner, finding.money), (Owner::Hub, Some((Amount::from_minor(25_000), Currency::EUR))));
    assert_eq!(finding.differences[0].found.value, words("Waiting for the approved drawing"));
}

#[test]
fn what_goes_beyond_is_found_on_the_document_that_went_beyond() {
    let second = ShipmentFacts { id: id(40), number: "S-2".into(), created_at: at("19T08:00"), ..shipment(30) };
    let found = find(&shipped(110), &[shipment(80), second], &[], EARLY);
    let over: Vec<_> = found.iter().filter(|finding| finding.kind == Kind::ShippedMoreThanOrdered).collect();
    assert_eq!(over.iter().map(|finding| finding.subject.number.as_str()).collect::<Vec<_>>(), ["S-2"]);
    assert_eq!(over[0].money, Some((Amount::from_minor(2_500), Currency::EUR)), "the ten that are too many");
}

#[test]
fn a_threshold_allows_what_it_says_and_working_hours_are_those_of_the_calendar() {
    let rule = |kind, threshold| {
        Rules(vec![Rule { kind, partner: None, document: None, setting: Setting { is_on: true, threshold, repeats: 2, calendar: None } }])
    };
    let calendar = Calendar::always();
    let mut dearer = order(OrderState::ConfirmedWithChanges, line(LineStatus::Changed, 100));
    dearer.lines[0].confirmed_price = "2.55".parse().ok();
    for (percent, found) in [(1, true), (2, false), (3, false)] {
        let rules = rule(Kind::AnswerPrice, percent);
        let findings = orders::examine(&view(&rules, &calendar, EARLY), &dearer, &[], &[]);
        assert_eq!(findings.iter().any(|finding| finding.kind == Kind::AnswerPrice), found, "2 percent dearer, {percent} allowed");
    }
    let hours = |works: bool| if works { vec![crate::domain::calendar::Hours { from: 8 * 60, to: 18 * 60 }] } else { Vec::new() };
    let week = Calendar::new("UTC", std::array::from_fn(|day| hours(day < 5)), BTreeSet::new()).unwrap();
    let late = OrderFacts { answer_due_at: Some(at("06T17:00")), ..order(OrderState::Received, line(LineStatus::Open, 0)) };
    let rules = rule(Kind::AnswerOverdue, 2);
    // Friday at five and two working hours: Monday at nine.
    for (now, found) in [("08T12:00", false), ("09T09:00", false), ("09T09:01", true)] {
        let findings = orders::examine(&view(&rules, &week, now), &late, &[], &[]);
        assert_eq!(findings.iter().any(|finding| finding.kind == Kind::AnswerOverdue), found, "{now}");
    }
    let findings = orders::examine(&view(&rules, &week, "20T12:00"), &late, &[], &[]);
    let overdue = findings.iter().find(|finding| finding.kind == Kind::AnswerOverdue).unwrap();
    assert_eq!(overdue.times, 2, "said once a day, and at most as often as the rule says");
}

#[test]
fn the_closest_rule_counts_and_one_that_is_off_finds_nothing() {
    let (partner, other): (OrganisationId, OrganisationId) = (id(1), id(2));
    let rule = |partner, document, threshold| Rule {
        kind: Kind::AcknowledgmentMissing,
        partner,
        document,
        setting: Setting { is_on: threshold > 0, threshold, repeats: 1, calendar: None },
    };
    let invoice = Some(DocumentKind::Invoice);
    let rules = Rules(vec![rule(None, None, 1), rule(None, invoice, 2), rule(Some(partner), None, 3), rule(Some(partner), invoice, 0)]);
    let set = |partner, document| rules.setting(Kind::AcknowledgmentMissing, partner, document).threshold;
    assert_eq!((set(None, None), set(Some(other), invoice), set(Some(partner), Some(DocumentKind::ShipNotice))), (1, 2, 3));
    assert!(!rules.setting(Kind::AcknowledgmentMissing, Some(partner), invoice).is_on);
    assert_eq!(rules.setting(Kind::AnswerOverdue, Some(partner), None), Kind::AnswerOverdue.built_in());
    let only = Rules::only(Kind::ConfirmedLess, Kind::ConfirmedLess.built_in());
    let found =
        orders::examine(&view(&only, &Calendar::always(), "29T08:00"), &order(OrderState::Received, line(LineStatus::Open, 0)), &[], &[]);
    assert!(found.is_empty(), "{found:?}");
}

/// What is kept after the facts were looked at whenever `looks` says. An answer is due at minute 100 and comes at
/// `answered`; at that moment it is looked at anyway, as part of applying it.
fn kept(answered: Option<i64>, looks: &BTreeSet<i64>, end: i64) -> Option<Standing> {
    let minute = |n: i64| Timestamp::from_micros(n * 60_000_000);
    let (rules, calendar) = (Rules::default(), Calendar::always());
    let mut looks = looks.clone();
    looks.extend(answered.into_iter().chain([end]));
    let mut known: Option<Standing> = None;
    for now in looks.into_iter().filter(|now| *now <= end) {
        let came = answered.filter(|answered| *answered <= now);
        let facts = OrderFacts {
            answer_due_at: Some(minute(100)),
            answered_at: came.map(minute),
            ..order(if came.is_some() { OrderState::Confirmed } else { OrderState::Received }, line(LineStatus::Open, 0))
        };
        let view = View { rules: &rules, calendar: &calendar, calendars: &NONE, now: minute(now), partner: None };
        let found = orders::examine(&view, &facts, &[], &[]);
        let overdue = found.iter().find(|finding| finding.kind == Kind::AnswerOverdue);
        if let Some((after, _)) = next(known.as_ref(), overdue, MOST, minute(now)) {
            known = Some(after);
        }
    }
    known
}

/// How often the rules of these tests let an exception be said.
const MOST: i64 = 9;

fn finding(from: i64, to: Option<i64>, times: i64, document: u64) -> Finding {
    let facts = order(OrderState::Received, line(LineStatus::Open, 0));
    Finding {
        began: Timestamp::from_micros(from),
        ended: to.map(Timestamp::from_micros),
        times,
        document: Some(id(document)),
        ..find(&facts, &[], &[], "05T08:00").remove(0)
    }
}

#[test]
fn what_a_person_settled_stays_settled_until_something_about_it_changes() {
    let now = Timestamp::from_micros(50);
    let (opened, news) = next(None, Some(&finding(10, None, 1, 1)), MOST, now).unwrap();
    assert_eq!((opened.state, opened.times, news), (State::Open, 1, News::Opened));
    let settled = Standing { state: State::Closed, ended: Some(now), settled_by: Some("Lena".into()), ..opened.clone() };
    assert_eq!(next(Some(&settled), Some(&finding(10, None, 3, 1)), MOST, now), None, "time alone changes nothing");
    let mut other = finding(10, None, 1, 1);
    other.differences.clear();
    let (again, news) = next(Some(&settled), Some(&other), MOST, now).unwrap();
    assert_eq!((again.state, again.settled_by, again.times, again.round, news), (State::Open, None, 2, 2, News::Repeated));

    // Another document that says the same counts; what is not found any more closes itself and can come again.
    let (twice, news) = next(Some(&opened), Some(&finding(10, None, 1, 2)), MOST, now).unwrap();
    assert_eq!((twice.times, twice.round, news), (2, 1, News::Repeated));
    let (over, news) = next(Some(&twice), None, MOST, now).unwrap();
    assert_eq!((over.state, over.ended, over.settled_by.is_none(), news), (State::Closed, Some(now), true, News::Closed));
    assert_eq!(next(Some(&over), None, MOST, now), None);
    let (back, _) = next(Some(&over), Some(&finding(60, None, 1, 2)), MOST, now).unwrap();
    assert_eq!((back.state, back.times, back.round), (State::Open, 3, 2));
}

#[test]
fn what_is_found_at_once_is_said_no_more_often_than_its_rule_lets_it() {
    let now = Timestamp::from_micros(50);
    let mut known = next(None, Some(&finding(10, None, 1, 1)), 3, now).unwrap().0;
    let mut told = Vec::new();
    for document in 2..7 {
        let (after, news) = next(Some(&known), Some(&finding(10, None, 1, document)), 3, now).unwrap();
        known = after;
        told.push((known.times, news));
    }
    assert_eq!(
        told,
        [(2, News::Repeated), (3, News::Repeated), (3, News::Changed), (3, News::Changed), (3, News::Changed)],
        "another document each time"
    );
    // Five invoices that came again, of which the rule lets three be said.
    assert_eq!(next(None, Some(&finding(10, None, 5, 1)), 3, now).unwrap().0.times, 3);
    // What is over and comes again may be said as often once more.
    let over = next(Some(&known), None, 3, now).unwrap().0;
    let back = next(Some(&over), Some(&finding(60, None, 5, 8)), 3, now).unwrap().0;
    assert_eq!((back.earlier, back.times, back.round), (3, 6, 2));
}

proptest! {
    /// Looks that were missed, or came late, change nothing: what is kept in the end follows from the facts.
    #[test]
    fn it_does_not_matter_when_somebody_looks(
        answered in prop::option::of(0i64..12_000), looks in prop::collection::btree_set(0i64..12_000, 0..12), end in 100i64..12_000,
    ) {
        prop_assert_eq!(kept(answered, &looks, end), kept(answered, &BTreeSet::new(), end));
    }

    /// A second look at the same facts has nothing to tell, whatever was kept before.
    #[test]
    fn a_second_look_has_nothing_to_tell(steps in prop::collection::vec((0i64..50, prop::option::of(0i64..50), 1i64..4, 1u64..3, any::<bool>()), 1..8)) {
        let mut known: Option<Standing> = None;
        for (place, (from, length, times, document, is_found)) in (0i64..).zip(steps) {
            let now = Timestamp::from_micros(1000 + place);
            let found = finding(from, length.map(|length| from + length), times, document);
            let found = is_found.then_some(&found);
            if let Some((after, _)) = next(known.as_ref(), found, MOST, now) {
                known = Some(after);
            }
            prop_assert_eq!(next(known.as_ref(), found, MOST, now), None);
            if let Some(standing) = &known {
                prop_assert_eq!(standing.state == State::Open, standing.ended.is_none());
                prop_assert!(standing.times > standing.earlier && standing.round >= 1);
            }
        }
    }

    /// What several parts go beyond a limit adds up to what all of them together go beyond it.
    #[test]
    fn excess_is_shared_out_without_loss(parts in prop::collection::vec(0i64..50, 0..8), limit in 0i64..200) {
        let mut before = Quantity::ZERO;
        let mut beyond = Quantity::ZERO;
        for part in parts {
            beyond = beyond + shipments::excess(before, whole(part), whole(limit)).unwrap_or_default();
            before = before + whole(part);
        }
        prop_assert_eq!(beyond, before.less(whole(limit)));
    }
}

#[test]
fn a_rule_counts_the_hours_of_the_calendar_it_names() {
    let kind = Kind::AnswerOverdue;
    let desk: CalendarId = Ids::seeded(3).at(at("02T08:00"));
    let mornings = [(); 7].map(|()| vec![crate::domain::calendar::Hours { from: 8 * 60, to: 10 * 60 }]);
    let calendars = BTreeMap::from([(desk, Calendar::new("UTC", mornings, BTreeSet::new()).unwrap())]);
    let usual = Calendar::always();
    let began = |calendar| {
        let setting = Setting { is_on: true, threshold: 4, repeats: 1, calendar };
        let rules = Rules(vec![Rule { kind, partner: None, document: None, setting }]);
        let view = View { rules: &rules, calendar: &usual, calendars: &calendars, now: at("09T08:00"), partner: None };
        (view.late(kind, None, at("02T08:00"), None).unwrap().began, view.due(kind, Severity::Critical, at("02T08:00")))
    };
    assert_eq!(began(None), (at("02T12:00"), at("02T12:00")));
    assert_eq!(began(Some(desk)), (at("03T10:00"), at("03T10:00")), "two mornings");
    assert_eq!(began(Some(Ids::seeded(4).at(at("02T08:00")))), began(None), "one that is gone is the usual week again");
}
