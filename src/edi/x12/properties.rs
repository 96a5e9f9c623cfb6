//! Properties: writer and reader agree on every document, whatever is read can be answered, and no bytes make the reader
//! panic.

use proptest::prelude::*;
use serde_json::Value as Json;

use crate::domain::{message::*, number::*, time::Date};

use super::{
    Options, ack, envelope,
    event::{Collector, Interchange},
    read, read_all,
    tests::{ISA, sample_envelope, wrap},
    write::{self, Dialect},
};

/// Text as people and systems write it, now and then with what X12 cannot carry.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let usual = prop::collection::vec(prop::sample::select("ABCXYZabc019 -./é漢,&".chars().collect::<Vec<_>>()), 2..=longest.min(12))
        .prop_map(|chars| format!("x{}", chars.into_iter().collect::<String>().trim_end()));
    prop_oneof![40 => usual, 1 => prop::sample::select(vec!["", " ", "a*b", "a~", "a>b", "x\ny", "\u{85}"]).prop_map(str::to_owned), 1 => Just("y".repeat(longest + 1))]
}

fn maybe<S: Strategy>(strategy: S) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::of(strategy)
}

fn code(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(list).prop_map(str::to_owned)
}

fn day() -> impl Strategy<Value = Date> {
    (1990i16..2060, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![(0i64..10_000).prop_map(Quantity::whole), (0i64..9_000_000_000).prop_map(Quantity::from_micros)]
}

fn price() -> impl Strategy<Value = UnitPrice> {
    (0i64..90_000_000).prop_map(|n| UnitPrice::from_micros(n * 100))
}

fn cents() -> impl Strategy<Value = Decimal> {
    prop_oneof![20 => (0i64..90_000_000).prop_map(|n| Decimal::from_micros(n * 10_000)), 1 => Just(Decimal::from_micros(1))]
}

fn currency() -> impl Strategy<Value = Option<Currency>> {
    maybe(prop::sample::select(vec![Currency::USD, Currency::EUR]))
}

fn references() -> impl Strategy<Value = Vec<Reference>> {
    let one = (code(&["DP", "VN", "IA", "BM", "CN"]), text(30), maybe(text(80))).prop_map(|(qualifier, value, description)| Reference {
        qualifier,
        value,
        description,
    });
    prop::collection::vec(one, 0..3)
}

fn parties() -> impl Strategy<Value = Vec<Party>> {
    let id = maybe((code(&["92", "1", "ZZ"]), text(20)));
    let place = maybe((text(30), code(&["ID", "WA"]), text(15), code(&["US", "DE"])));
    let one = (code(&["BY", "SE", "ST", "BT"]), text(60), id, prop::collection::vec(text(55), 0..5), place).prop_map(
        |(role, name, id, address, place)| {
            let (id_qualifier, id) = id.unzip();
            let (city, region, postal_code, country) =
                place.map_or((None, None, None, None), |(a, b, c, d)| (Some(a), Some(b), Some(c), Some(d)));
            Party { role, name: Some(name), id_qualifier, id, address, city, region, postal_code, country }
        },
    );
    prop::collection::vec(one, 0..3)
}

fn item() -> impl Strategy<Value = ItemIds> {
    let other = (code(&["MG", "PD", "LT"]), text(48)).prop_map(|(qualifier, value)| Reference { qualifier, value, description: None });
    (
        maybe(text(48)),
        maybe(text(48)),
        maybe(code(&["012345678905", "4006381333931", "10012345678902"])),
        prop::collection::vec(other, 0..2),
    )
        .prop_map(|(buyer, seller, gtin, other)| ItemIds { buyer, seller, gtin, other })
}

fn description() -> impl Strategy<Value = Option<String>> {
    maybe(prop_oneof![text(80), prop::collection::vec(text(9), 1..30).prop_map(|words| words.join(" "))])
}

fn unit() -> impl Strategy<Value = String> {
    code(&["EA", "LB", "CS", "KG"])
}

fn price_per() -> impl Strategy<Value = Quantity> {
    prop::sample::select(vec![1i64, 1, 1, 100, 1000]).prop_map(Quantity::whole)
}

fn terms() -> impl Strategy<Value = Option<Terms>> {
    maybe(
        (
            maybe((0i64..9000).prop_map(|n| Decimal::from_micros(n * 10_000))),
            maybe(0u32..400),
            maybe(0u32..400),
            maybe(day()),
            maybe(text(80)),
        )
            .prop_map(|(discount_percent, discount_days, net_days, net_on, description)| Terms {
                discount_percent,
                discount_days,
                net_days,
                net_on,
                description,
            }),
    )
}

fn carrier() -> impl Strategy<Value = Option<Carrier>> {
    maybe((maybe(code(&["UPSN", "FDEG"])), maybe(text(35)), code(&["M", "A"])).prop_map(|(scac, name, method)| Carrier {
        scac,
        name,
        method: Some(method),
    }))
}

fn order() -> impl Strategy<Value = Document> {
    let schedule = (quantity(), unit(), maybe(day())).prop_map(|(quantity, unit, date)| Schedule { quantity, unit, date });
    let line =
        (quantity(), unit(), maybe(price()), price_per(), item(), description(), maybe(day()), prop::collection::vec(schedule, 0..3))
            .prop_map(|(quantity, unit, unit_price, price_per, item, description, requested_on, schedule)| PurchaseOrderLine {
                line: String::new(),
                quantity,
                unit,
                unit_price,
                price_per,
                item,
                description,
                requested_on,
                schedule,
            });
    let head = (
        text(22),
        maybe(text(30)),
        day(),
        currency(),
        references(),
        parties(),
        terms(),
        maybe(day()),
        carrier(),
        prop::collection::vec(text(264), 0..3),
    );
    (head, prop::collection::vec(line, 1..5)).prop_map(
        |((number, release, date, currency, references, parties, terms, requested_on, carrier, notes), mut lines)| {
            lines.iter_mut().zip(1..).for_each(|(line, n): (_, u32)| line.line = n.to_string());
            Document::PurchaseOrder(PurchaseOrder {
                number,
                purpose: "00".into(),
                order_type: Some("SA".into()),
                release,
                date: Some(date),
                currency,
                references,
                parties,
                terms,
                requested_on,
                carrier,
                notes,
                lines,
            })
        },
    )
}

fn response() -> impl Strategy<Value = Document> {
    let reason =
        maybe((text(30), maybe(text(80))).prop_map(|(value, description)| Reference { qualifier: "ZZ".into(), value, description }));
    let status = (code(&["IA", "IQ", "IR", "DR", "IB"]), maybe((quantity(), unit())), maybe(day()), reason).prop_map(
        |(code, amount, date, reason)| {
            let (quantity, unit) = amount.unzip();
            LineStatus { code, quantity, unit, date_qualifier: date.map(|_| "067".into()), date, reason }
        },
    );
    let line =
        (maybe(text(20)), quantity(), unit(), maybe(price()), price_per(), item(), description(), prop::collection::vec(status, 0..4))
            .prop_map(|(line, quantity, unit, unit_price, price_per, item, description, statuses)| OrderResponseLine {
                line,
                quantity: Some(quantity),
                unit: Some(unit),
                unit_price,
                price_per,
                item,
                description,
                statuses,
            });
    let head =
        (text(22), code(&["AC", "AD", "RD"]), day(), maybe(text(30)), maybe(text(30)), maybe(day()), currency(), references(), parties());
    (head, prop::collection::vec(line, 0..4)).prop_map(
        |((order_number, acknowledgment_type, order_date, release, seller_order_number, date, currency, references, parties), lines)| {
            Document::OrderResponse(OrderResponse {
                order_number,
                purpose: "00".into(),
                acknowledgment_type,
                order_date: Some(order_date),
                release,
                seller_order_number,
                date,
                currency,
                references,
                parties,
                lines,
            })
        },
    )
}

fn ship_notice() -> impl Strategy<Value = Document> {
    let mark = (code(&["GM", "CP"]), text(48)).prop_map(|(qualifier, value)| Reference { qualifier, value, description: None });
    let line = (maybe(text(20)), item(), quantity(), unit(), description(), any::<bool>());
    let orders = prop::collection::vec((text(22), maybe(day()), prop::collection::vec(line, 0..4)), 0..3);
    let head = (
        text(30),
        day(),
        code(&["0915", "235959"]),
        maybe(day()),
        maybe(day()),
        carrier(),
        maybe(text(30)),
        maybe(text(30)),
        references(),
        parties(),
    );
    (
        head,
        maybe(0u32..9999),
        maybe((1i64..9_999_999).prop_map(|n| Decimal::from_micros(n * 1000))),
        orders,
        prop::collection::vec(prop::collection::vec(mark, 0..3), 16),
    )
        .prop_map(
            |(
                (number, date, time, shipped_on, estimated_on, carrier, tracking, bill_of_lading, references, parties),
                package_count,
                weight,
                orders,
                marks,
            )| {
                let mut packages = Vec::new();
                let mut marks = marks.into_iter();
                // Packages are numbered in the order in which lines first need them; every third one stands on a pallet of its own.
                let orders = orders
                    .into_iter()
                    .map(|(order_number, order_date, lines)| ShipNoticeOrder {
                        order_number,
                        order_date,
                        lines: lines
                            .into_iter()
                            .map(|(line, item, quantity, unit, description, packed)| {
                                let package = packed.then(|| {
                                    let inside = (packages.len() % 3 == 2).then(|| {
                                        packages.push(Package { marks: marks.next().unwrap_or_default(), inside: None });
                                        u32::try_from(packages.len() - 1).unwrap()
                                    });
                                    packages.push(Package { marks: marks.next().unwrap_or_default(), inside });
                                    u32::try_from(packages.len() - 1).unwrap()
                                });
                                ShipNoticeLine { line, item, quantity, unit, description, package }
                            })
                            .collect(),
                    })
                    .collect();
                Document::ShipNotice(ShipNotice {
                    number,
                    purpose: "00".into(),
                    date: Some(date),
                    time: Some(time),
                    structure: Some("0001".into()),
                    shipped_on,
                    estimated_on,
                    carrier,
                    tracking,
                    bill_of_lading,
                    references,
                    parties,
                    package_count,
                    weight,
                    weight_unit: weight.map(|_| "LB".into()),
                    packages,
                    orders,
                })
            },
        )
}

fn invoice() -> impl Strategy<Value = Document> {
    let line = (maybe(text(20)), quantity(), unit(), price(), price_per(), item(), description()).prop_map(
        |(line, quantity, unit, unit_price, price_per, item, description)| InvoiceLine {
            line,
            quantity,
            unit,
            unit_price,
            price_per,
            item,
            description,
        },
    );
    let adjustment = (code(&["A", "C", "N"]), maybe(code(&["D240", "G830"])), maybe(cents()), maybe(text(80)))
        .prop_map(|(indicator, code, amount, description)| Adjustment { indicator, code, amount, description });
    let tax =
        (code(&["ST", "VA"]), cents(), maybe(cents())).prop_map(|(code, amount, percent)| Tax { code, amount: Some(amount), percent });
    let head =
        (text(22), day(), maybe(day()), maybe(text(22)), currency(), maybe(text(30)), maybe(text(30)), references(), parties(), terms());
    (
        head,
        maybe(day()),
        prop::collection::vec(line, 0..4),
        prop::collection::vec(adjustment, 0..3),
        prop::collection::vec(tax, 0..3),
        cents(),
    )
        .prop_map(
            |(
                (number, date, order_date, order_number, currency, bill_of_lading, shipment_number, references, parties, terms),
                shipped_on,
                lines,
                adjustments,
                taxes,
                total,
            )| {
                Document::Invoice(Invoice {
                    number,
                    date: Some(date),
                    order_date,
                    order_number,
                    invoice_type: Some("DI".into()),
                    purpose: Some("00".into()),
                    currency,
                    bill_of_lading,
                    shipment_number,
                    references,
                    parties,
                    terms,
                    shipped_on,
                    lines,
                    adjustments,
                    taxes,
                    total,
                })
            },
        )
}

fn acknowledgment() -> impl Strategy<Value = Document> {
    let element = maybe((1u16..30, maybe(1u16..5), maybe(1u16..999), code(&["1", "7"]), maybe(text(99))));
    let note = (code(&["BEG", "N1"]), 1u32..999, element).prop_map(|(segment, position, element)| {
        let mut note = SegmentNote {
            segment,
            position,
            loop_id: None,
            error: Some("8".into()),
            element: None,
            component: None,
            reference: None,
            element_error: None,
            value: None,
        };
        if let Some((at, component, reference, error, value)) = element {
            note = SegmentNote {
                element: Some(at),
                component,
                reference,
                element_error: Some(error),
                value: value.filter(|v| v.len() < 99 && v.chars().all(char::is_alphanumeric)),
                ..note
            };
        }
        note
    });
    let set =
        (code(&["0001", "7"]), code(&["A", "E", "R"]), prop::collection::vec(code(&["4", "5"]), 0..3), prop::collection::vec(note, 0..5))
            .prop_map(|(control_number, status, errors, notes)| SetAcknowledgment {
                code: "850".into(),
                control_number,
                status,
                errors,
                notes,
            });
    (1u32..999_999_999, code(&["A", "P", "R"]), 0u32..999, prop::collection::vec(code(&["4", "5"]), 0..3), prop::collection::vec(set, 0..4))
        .prop_map(|(control, status, count, errors, sets)| {
            Document::FunctionalAcknowledgment(FunctionalAcknowledgment {
                functional_id: "PO".into(),
                group_control_number: control.to_string(),
                status,
                included: Some(count),
                received: Some(count),
                accepted: Some(0),
                errors,
                sets,
            })
        })
}

fn document() -> impl Strategy<Value = Document> {
    prop_oneof![order(), response(), ship_notice(), invoice(), acknowledgment()]
}

fn dialect() -> impl Strategy<Value = Dialect> {
    let pick = |n: usize| {
        let mut dialect = match n {
            0 => Dialect::of_version("005010"),
            1 => Dialect { newline: true, ..Dialect::default() },
            _ => Dialect::default(),
        };
        if n == 2 {
            dialect.delimiters = super::Delimiters { element: b'|', component: b'^', repetition: None, segment: b'\n' };
        }
        dialect
    };
    (0usize..4).prop_map(pick)
}

/// The document as a wire can say it: no blanks at the end of texts, nothing for empty ones.
fn normal(document: &Document) -> Json {
    fn tidy(json: Json) -> Json {
        match json {
            Json::String(text) => match text.trim_end_matches(' ') {
                "" => Json::Null,
                text => Json::String(text.to_owned()),
            },
            Json::Array(list) => Json::Array(list.into_iter().map(tidy).filter(|v| !v.is_null()).collect()),
            Json::Object(fields) => {
                Json::Object(fields.into_iter().map(|(name, v)| (name, tidy(v))).filter(|(_, v)| !v.is_null()).collect())
            }
            other => other,
        }
    }
    tidy(serde_json::to_value(document).unwrap())
}

fn all_of(bytes: &[u8]) -> Collector {
    let mut collector = Collector::default();
    read(bytes, Options::default(), &mut |event| collector.take(event)).unwrap();
    collector
}

/// Whatever was read, its 997 and TA1 can be written, and are accepted when read.
fn answers_hold(interchange: &Interchange) {
    let dialect = Dialect::default();
    for group in &interchange.groups {
        let Some(answer) = ack::functional(&group.verdict) else { continue };
        let body = write::set(&Document::FunctionalAcknowledgment(answer), &dialect).unwrap_or_else(|e| panic!("{e:?}"));
        assert!(read_all(&wrap(&[body], &dialect))[0].accepted());
    }
    let answer = ack::Ta1::of(&interchange.header, &interchange.verdict);
    let bytes = envelope::interchange_acknowledgment(&sample_envelope(), &dialect, &answer).unwrap();
    assert!(read_all(&bytes)[0].accepted());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_accepted_and_says_the_same(document in document(), dialect in dialect()) {
        match write::set(&document, &dialect) {
            Ok(body) => {
                let bytes = wrap(&[body], &dialect);
                let shown = String::from_utf8_lossy(&bytes).into_owned();
                let read = read_all(&bytes);
                prop_assert_eq!(read.len(), 1);
                prop_assert!(read[0].accepted(), "{}\n{:#?}", shown, read[0].groups);
                let back = read[0].groups[0].sets[0].document.as_ref().unwrap();
                prop_assert_eq!(normal(back), normal(&document), "{}", shown);
                let json = serde_json::to_value(back).unwrap();
                for path in read[0].groups[0].sets[0].origins.keys() {
                    let value = json.pointer(&format!("/{}", path.replace('.', "/")));
                    prop_assert!(value.is_some_and(|v| !v.is_null()), "{} has an origin and no value", path);
                }
            }
            Err(errors) => {
                // Only for a reason: a path into the document, and words.
                let json = serde_json::to_value(&document).unwrap();
                for error in errors {
                    let parent = error.path.rsplit_once('.').map_or(String::new(), |(parent, _)| format!("/{}", parent.replace('.', "/")));
                    prop_assert!(json.pointer(&parent).is_some() && !error.message.is_empty(), "{}", error);
                }
            }
        }
    }

    #[test]
    fn damaged_documents_are_read_without_panic_and_can_be_answered(
        document in document(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..6),
    ) {
        if let Ok(body) = write::set(&document, &Dialect::default()) {
            let mut bytes = wrap(&[body], &Dialect::default());
            for (at, byte, kind) in edits {
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = byte,
                    1 => { bytes.remove(at); }
                    2 => bytes.insert(at, byte),
                    _ => bytes[at] = b"*~>\n"[usize::from(byte) % 4],
                }
            }
            for interchange in all_of(&bytes).interchanges {
                answers_hold(&interchange);
            }
        }
    }

    /// What was paid for each invoice and what was added or taken off comes to the total, whatever the amounts are.
    #[test]
    fn a_remittance_written_from_its_parts_adds_up(
        items in prop::collection::vec((0i64..10_000_000, 0i64..50_000, prop::collection::vec(-500_000i64..500_000, 0..3)), 1..12),
        more in prop::collection::vec(-100_000i64..100_000, 0..3),
        by in 1i64..1000,
    ) {
        let cents = |n: i64| format!("{}{}.{:02}", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100);
        let paid = |(gross, discount, off): &(i64, i64, Vec<i64>)| gross - discount + off.iter().sum::<i64>();
        let total = items.iter().map(paid).sum::<i64>() + more.iter().sum::<i64>();
        let off = |list: &[i64], code: &str| list.iter().map(|off| format!("ADX*{}*{code}~", cents(*off))).collect::<Vec<_>>().concat();
        let written = |(n, item): (usize, &(i64, i64, Vec<i64>))| {
            format!("RMR*IV*{n}**{}*{}*{}~{}", cents(paid(item)), cents(item.0), cents(item.1), off(&item.2, "01"))
        };
        let detail = items.iter().enumerate().map(written).collect::<Vec<_>>().concat();
        let more = off(&more, "50");
        let read = |total: i64| {
            let body = format!("ST*820*0001~BPR*I*{}*C*ACH************20260301~TRN*1*T~ENT*1~{more}{detail}", cents(total));
            let count = body.matches('~').count() + 1;
            let all = format!("{ISA}GS*RA*AA*BB*20260301*1200*1*X*004010~{body}SE*{count}*0001~GE*1*1~IEA*1*000000101~");
            all_of(all.as_bytes()).interchanges.remove(0).groups.remove(0).sets.remove(0)
        };
        let right = read(total);
        prop_assert!(right.accepted && right.findings.is_empty(), "{:?}", right.findings);
        let wrong = read(total + by);
        prop_assert_eq!(wrong.findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["total_differs"]);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), with_head in any::<bool>()) {
        let mut all = if with_head { ISA.as_bytes().to_vec() } else { Vec::new() };
        all.extend_from_slice(&bytes);
        for interchange in all_of(&all).interchanges {
            answers_hold(&interchange);
        }
    }

    #[test]
    fn any_segments_are_read_without_panic(
        words in prop::collection::vec(prop::sample::select(vec![
            "ISA", "GS", "ST", "SE", "GE", "IEA", "TA1", "BEG", "BAK", "BSN", "BIG", "B10", "BRA", "AK1", "AK2", "AK3", "AK4", "AK5", "AK9", "PO1", "ACK", "HL", "LIN", "SN1", "PRF",
            "MAN", "IT1", "TDS", "SAC", "TXI", "CTT", "REF", "DTM", "N1", "N3", "PID", "SCH", "MSG", "RCD", "LX", "AT7", "MS1", "L11", "*", "*", "*", "*", "**", "~", "~", "~",
            "850", "855", "856", "810", "997", "214", "861", "820", "824", "BGN", "OTI", "TED", "NTE", "TR", "BPR", "TRN", "ENT", "RMR", "ADX", "IV", "PO", "1", "2", "0001", "S", "O", "P", "I", "EA", "20260301", "1200", "004010", "X", "00", "é", "-", "1.5", "ZZ", ">",
        ]), 0..300),
    ) {
        let all = format!("{ISA}GS*PO*AA*BB*20260301*1200*1*X*004010~ST*850*0001~{}", words.concat());
        for interchange in all_of(all.as_bytes()).interchanges {
            answers_hold(&interchange);
        }
    }
}
