//! Transaction sets as tables: which segments and loops each has, how often, and in which part of it. Segments of the
//! standard that this portal does not read are named too, so that a richer document is not refused for them.

use super::schema::{self, SegmentRule};

/// A segment or loop at its place in a set.
#[derive(Debug)]
pub struct Node {
    /// The segment, or the segment that opens the loop.
    pub rule: &'static SegmentRule,
    /// Whether it must be there.
    pub mandatory: bool,
    /// How often it may be there.
    pub max: u32,
    /// Part of the set: 1 header, 2 detail, 3 summary; 0 where it may stand in several.
    pub area: u8,
    /// What the loop holds after its opening segment; `None` for a plain segment.
    pub inside: Option<&'static [Node]>,
}

/// A transaction set.
#[derive(Debug)]
pub struct SetRule {
    /// ST01.
    pub code: &'static str,
    /// The GS01 it travels under.
    pub group: &'static str,
    /// Its kind in our words.
    pub kind: &'static str,
    /// Its segments and loops.
    pub nodes: &'static [Node],
    /// Tags the standard has in this set which are not read; let through anywhere.
    pub passed_over: &'static [&'static str],
}

const fn one(rule: &'static SegmentRule, max: u32, area: u8) -> Node {
    Node { rule, mandatory: false, max, area, inside: None }
}
const fn must(rule: &'static SegmentRule, area: u8) -> Node {
    Node { rule, mandatory: true, max: 1, area, inside: None }
}
const fn group(rule: &'static SegmentRule, max: u32, area: u8, inside: &'static [Node]) -> Node {
    Node { rule, mandatory: false, max, area, inside: Some(inside) }
}
const fn must_group(rule: &'static SegmentRule, max: u32, area: u8, inside: &'static [Node]) -> Node {
    Node { rule, mandatory: true, max, area, inside: Some(inside) }
}

const MANY: u32 = 1_000_000;

static ADDRESS: &[Node] =
    &[one(&schema::N2, 2, 0), one(&schema::N3, 2, 0), one(&schema::N4, MANY, 0), one(&schema::REF, 12, 0), one(&schema::PER, 3, 0)];
static TEXT: &[Node] = &[one(&schema::DTM, MANY, 0), one(&schema::MSG, 1000, 0)];

static ORDER: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::BEG, 1),
    one(&schema::CUR, 1, 1),
    one(&schema::REF, MANY, 1),
    one(&schema::PER, 3, 1),
    one(&schema::FOB, MANY, 1),
    one(&schema::SAC, 25, 1),
    one(&schema::ITD, MANY, 1),
    one(&schema::DTM, 10, 1),
    one(&schema::TD1, 2, 1),
    one(&schema::TD5, 12, 1),
    one(&schema::TD3, 12, 1),
    one(&schema::PID, 200, 1),
    group(&schema::N9, 1000, 1, TEXT),
    group(&schema::N1, 200, 1, ADDRESS),
    must_group(
        &schema::PO1,
        100_000,
        2,
        &[
            one(&schema::PID, 1000, 0),
            one(&schema::PO4, MANY, 0),
            one(&schema::REF, MANY, 0),
            one(&schema::PER, 3, 0),
            one(&schema::SAC, 25, 0),
            one(&schema::FOB, 1, 0),
            one(&schema::ITD, 2, 0),
            one(&schema::DTM, 10, 0),
            one(&schema::TD1, 1, 0),
            one(&schema::TD5, 12, 0),
            one(&schema::TD3, 12, 0),
            one(&schema::MAN, 10, 0),
            one(&schema::MSG, MANY, 0),
            one(&schema::TXI, MANY, 0),
            group(&schema::SCH, 200, 0, &[one(&schema::TD5, 12, 0), one(&schema::REF, MANY, 0)]),
            group(&schema::N9, 1000, 0, TEXT),
            group(&schema::N1, 200, 0, ADDRESS),
        ],
    ),
    one(&schema::CTT, 1, 3),
    must(&schema::SE, 3),
];

static RESPONSE: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::BAK, 1),
    one(&schema::CUR, 1, 1),
    one(&schema::REF, MANY, 1),
    one(&schema::PER, 3, 1),
    one(&schema::FOB, MANY, 1),
    one(&schema::SAC, 25, 1),
    one(&schema::ITD, 5, 1),
    one(&schema::DTM, 10, 1),
    one(&schema::PID, 200, 1),
    one(&schema::TD5, 12, 1),
    group(&schema::N9, 1000, 1, TEXT),
    group(&schema::N1, 200, 1, ADDRESS),
    group(
        &schema::PO1_ANSWERED,
        100_000,
        2,
        &[
            one(&schema::PID, 1000, 0),
            one(&schema::PO4, MANY, 0),
            one(&schema::REF, MANY, 0),
            one(&schema::PER, 3, 0),
            one(&schema::SAC, 25, 0),
            one(&schema::FOB, 1, 0),
            one(&schema::ITD, 2, 0),
            one(&schema::DTM, 104, 0),
            one(&schema::TD1, 1, 0),
            one(&schema::TD5, 12, 0),
            one(&schema::ACK, 104, 0),
            one(&schema::MSG, MANY, 0),
            group(&schema::SCH, 200, 0, &[]),
            group(&schema::N9, 1000, 0, TEXT),
            group(&schema::N1, 200, 0, ADDRESS),
        ],
    ),
    one(&schema::CTT, 1, 3),
    must(&schema::SE, 3),
];

static SHIP_NOTICE: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::BSN, 1),
    one(&schema::DTM, 10, 1),
    must_group(
        &schema::HL,
        200_000,
        2,
        &[
            one(&schema::LIN, 1, 0),
            one(&schema::SN1, 1, 0),
            one(&schema::PRF, 1, 0),
            one(&schema::PO4, 1, 0),
            one(&schema::PID, 200, 0),
            one(&schema::TD1, 20, 0),
            one(&schema::TD5, 12, 0),
            one(&schema::TD3, 12, 0),
            one(&schema::REF, MANY, 0),
            one(&schema::PER, 3, 0),
            one(&schema::MAN, MANY, 0),
            one(&schema::DTM, 10, 0),
            one(&schema::FOB, 1, 0),
            one(&schema::SAC, MANY, 0),
            one(&schema::CUR, 1, 0),
            one(&schema::ITD, MANY, 0),
            group(&schema::N1, 200, 0, ADDRESS),
        ],
    ),
    one(&schema::CTT, 1, 3),
    must(&schema::SE, 3),
];

static INVOICE: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::BIG, 1),
    one(&schema::CUR, 1, 1),
    one(&schema::REF, MANY, 1),
    one(&schema::PER, 3, 1),
    group(&schema::N1, 200, 1, ADDRESS),
    one(&schema::ITD, MANY, 1),
    one(&schema::DTM, 10, 1),
    one(&schema::FOB, MANY, 1),
    one(&schema::PID, 200, 1),
    group(&schema::N9, 1000, 1, TEXT),
    group(
        &schema::IT1,
        200_000,
        2,
        &[
            one(&schema::PID, 1000, 0),
            one(&schema::PO4, MANY, 0),
            one(&schema::REF, MANY, 0),
            one(&schema::PER, 5, 0),
            one(&schema::SAC, 25, 0),
            one(&schema::DTM, 10, 0),
            one(&schema::CAD, MANY, 0),
            one(&schema::TXI, 10, 0),
            one(&schema::ITD, 2, 0),
            group(&schema::N1, 200, 0, ADDRESS),
        ],
    ),
    must(&schema::TDS, 3),
    one(&schema::TXI, MANY, 0),
    one(&schema::CAD, 1, 0),
    one(&schema::SAC, MANY, 0),
    one(&schema::CTT, 1, 3),
    must(&schema::SE, 3),
];

static ACKNOWLEDGMENT: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::AK1, 1),
    group(&schema::AK2, MANY, 2, &[group(&schema::AK3, MANY, 0, &[one(&schema::AK4, 99, 0)]), must(&schema::AK5, 0)]),
    must(&schema::AK9, 3),
    must(&schema::SE, 3),
];

static STATUS: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::B10, 1),
    one(&schema::L11, 300, 1),
    group(&schema::N1, 10, 1, &[one(&schema::N2, 1, 0), one(&schema::N3, 2, 0), one(&schema::N4, 1, 0), one(&schema::L11, MANY, 0)]),
    group(
        &schema::LX,
        MANY,
        2,
        &[
            group(&schema::AT7, 10, 0, &[one(&schema::MS1, 1, 0), one(&schema::MS2, 1, 0)]),
            one(&schema::L11, MANY, 0),
            one(&schema::MAN, MANY, 0),
            group(&schema::PRF, MANY, 0, &[]),
            group(
                &schema::N1,
                MANY,
                0,
                &[one(&schema::N2, 1, 0), one(&schema::N3, 2, 0), one(&schema::N4, 1, 0), one(&schema::L11, MANY, 0)],
            ),
        ],
    ),
    must(&schema::SE, 3),
];

static RECEIVING: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::BRA, 1),
    one(&schema::CUR, 1, 1),
    one(&schema::REF, MANY, 1),
    one(&schema::PER, 3, 1),
    one(&schema::DTM, 10, 1),
    one(&schema::PRF, MANY, 1),
    one(&schema::TD1, 20, 1),
    one(&schema::TD5, 12, 1),
    one(&schema::TD3, 12, 1),
    group(&schema::N1, 200, 1, ADDRESS),
    group(
        &schema::RCD,
        200_000,
        2,
        &[
            one(&schema::SN1, 1, 0),
            one(&schema::LIN, 100, 0),
            one(&schema::PID, 200, 0),
            one(&schema::PO4, 1, 0),
            one(&schema::REF, MANY, 0),
            one(&schema::DTM, 10, 0),
            one(&schema::PRF, 25, 0),
            one(&schema::MAN, MANY, 0),
            group(&schema::N1, 25, 0, ADDRESS),
        ],
    ),
    one(&schema::CTT, 1, 3),
    must(&schema::SE, 3),
];

static ADJUSTED: &[Node] = &[one(&schema::REF, MANY, 0), one(&schema::PER, MANY, 0)];
static PAID_FOR: &[Node] =
    &[one(&schema::REF, MANY, 0), one(&schema::DTM, MANY, 0), one(&schema::PER, MANY, 0), group(&schema::ADX, MANY, 0, ADJUSTED)];

static REMITTANCE: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::BPR, 1),
    must(&schema::TRN, 1),
    one(&schema::CUR, 1, 1),
    one(&schema::REF, MANY, 1),
    one(&schema::DTM, MANY, 1),
    group(&schema::N1, 200, 1, ADDRESS),
    // Some leave the loop of the receiver out where there is one.
    group(&schema::ADX, MANY, 2, ADJUSTED),
    group(&schema::RMR, MANY, 2, PAID_FOR),
    group(&schema::ENT, MANY, 2, &[group(&schema::ADX, MANY, 0, ADJUSTED), group(&schema::RMR, MANY, 0, PAID_FOR)]),
    must(&schema::SE, 3),
];

static ADVICE: &[Node] = &[
    must(&schema::ST, 1),
    must(&schema::BGN, 1),
    group(&schema::N1, 200, 1, ADDRESS),
    must_group(
        &schema::OTI,
        10_000,
        2,
        &[
            one(&schema::REF, 12, 0),
            one(&schema::DTM, 2, 0),
            one(&schema::PER, 3, 0),
            group(&schema::TED, 10_000, 0, &[one(&schema::NTE, 100, 0)]),
        ],
    ),
    must(&schema::SE, 3),
];

/// The sets this portal reads.
pub static SETS: &[SetRule] = &[
    SetRule {
        code: "850",
        group: "PO",
        kind: "purchase_order",
        nodes: ORDER,
        passed_over: &[
            "TAX", "PAM", "CSH", "DIS", "INC", "LIN", "SI", "MEA", "PWK", "PKG", "TD4", "MAN", "PCT", "CTB", "TXI", "LDT", "AMT", "IN2",
            "NX2", "EFI", "SPI", "CTP", "PO3", "SDQ", "TC2", "QTY", "SLN", "SPE", "LM", "LQ", "LS", "LE", "ADV", "MTX", "G61", "CN1",
            "SPY", "IT8", "IT3", "LOC", "NM1", "NTE", "CB1", "AAA", "SCR", "DLR", "INV", "UIT",
        ],
    },
    SetRule {
        code: "855",
        group: "PR",
        kind: "order_response",
        nodes: RESPONSE,
        passed_over: &[
            "TAX", "PAM", "CSH", "DIS", "INC", "LIN", "SI", "MEA", "PWK", "PKG", "TD1", "TD3", "TD4", "MAN", "TXI", "LDT", "AMT", "CTP",
            "PO3", "SDQ", "TC2", "QTY", "SLN", "LM", "LQ", "MTX", "MSG", "NTE", "G61", "CUR", "CB1", "IT8", "CTB", "SPI", "NM1",
        ],
    },
    SetRule {
        code: "856",
        group: "SH",
        kind: "ship_notice",
        nodes: SHIP_NOTICE,
        passed_over: &[
            "SLN", "MEA", "PWK", "PKG", "TD4", "TSD", "LFH", "PO3", "CLD", "ETD", "SDQ", "LQ", "LM", "AMT", "QTY", "EFI", "V1", "R4", "LS",
            "LE", "CTP", "PAL", "SI", "TAX", "LIN", "ADJ", "NTE", "PAD", "LDT", "GF", "YNQ", "MS3", "N9", "MSG",
        ],
    },
    SetRule {
        code: "810",
        group: "IN",
        kind: "invoice",
        nodes: INVOICE,
        passed_over: &[
            "NTE", "TXI", "LM", "LQ", "V1", "FA1", "FA2", "R4", "MEA", "PWK", "PKG", "L7", "BAL", "INC", "PAM", "CRC", "SLN", "QTY", "CUR",
            "CTP", "SDQ", "IT3", "TD4", "MAN", "TC2", "SHD", "DTM", "AMT", "ISS", "PAL", "SI", "MSG", "N9", "LS", "LE", "NM1", "LX", "MTX",
            "G61", "TAX", "CSH",
        ],
    },
    SetRule { code: "997", group: "FA", kind: "functional_acknowledgment", nodes: ACKNOWLEDGMENT, passed_over: &[] },
    SetRule {
        code: "214",
        group: "QM",
        kind: "shipment_status",
        nodes: STATUS,
        passed_over: &[
            "MAN", "K1", "G62", "MS3", "Q7", "AT5", "AT8", "CD3", "LH1", "LH2", "LH3", "NM1", "Q2", "R4", "SDQ", "SPO", "EFI", "BLR", "X4",
            "TSD", "PER", "AT9", "ATN",
        ],
    },
    SetRule {
        code: "820",
        group: "RA",
        kind: "remittance_advice",
        nodes: REMITTANCE,
        passed_over: &["NTE", "RDM", "NM1", "IT1", "SLN", "SAC", "TXI", "PID", "TXP", "TXA", "DED", "BPS", "LX", "DTM", "AMT", "IN2"],
    },
    SetRule { code: "824", group: "AG", kind: "application_advice", nodes: ADVICE, passed_over: &["AMT", "QTY", "NM1", "LM", "LQ", "RED"] },
    SetRule {
        code: "861",
        group: "RC",
        kind: "receiving_advice",
        nodes: RECEIVING,
        passed_over: &[
            "PID", "MEA", "PWK", "PKG", "TD4", "V1", "R4", "LS", "LE", "SLN", "SDQ", "LM", "LQ", "FOB", "CS", "TSD", "NTE", "SAC", "AMT",
            "QTY", "N9", "MSG", "CUR", "TXI", "CTP",
        ],
    },
];

/// The set with a code.
pub fn find(code: &str) -> Option<&'static SetRule> {
    SETS.iter().find(|set| set.code == code)
}

/// Whether any set of ours knows a tag.
pub fn known_tag(tag: &[u8]) -> bool {
    fn within(nodes: &[Node], tag: &[u8]) -> bool {
        nodes.iter().any(|n| n.rule.tag.as_bytes() == tag || n.inside.is_some_and(|inside| within(inside, tag)))
    }
    SETS.iter().any(|set| within(set.nodes, tag) || set.passed_over.iter().any(|t| t.as_bytes() == tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edi::x12::schema::Codes;

    #[test]
    fn code_lists_are_sorted() {
        fn walk(nodes: &[Node]) {
            for node in nodes {
                for element in node.rule.elements {
                    if let Codes::Closed(list) | Codes::Open(list) = element.codes {
                        assert!(list.is_sorted(), "{} {}", node.rule.tag, element.name);
                    }
                }
                walk(node.inside.unwrap_or_default());
            }
        }
        for set in SETS {
            walk(set.nodes);
        }
    }

    #[test]
    fn the_tables_agree_with_themselves() {
        fn walk(nodes: &[Node]) {
            for node in nodes {
                let rule = node.rule;
                assert!(rule.elements.len() <= usize::from(rule.width), "{}", rule.tag);
                assert!(rule.elements.iter().all(|e| e.min <= e.max && e.min > 0), "{}", rule.tag);
                walk(node.inside.unwrap_or_default());
            }
        }
        for set in SETS {
            walk(set.nodes);
            assert_eq!(set.nodes.first().map(|n| n.rule.tag), Some("ST"));
            assert_eq!(set.nodes.last().map(|n| n.rule.tag), Some("SE"));
        }
    }
}
