//! Segments as tables: what each element is, how long it may be, whether it must be there and which codes it takes. The
//! reader checks with these tables and the writer writes with them, so that neither can know something the other does
//! not. Only the elements this portal uses are described; `width` says how many the standard has, and those between are
//! let through. Release 004010; [`Element::longest`] knows what later releases widened.

use super::codes;

/// What an element is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    An,
    /// A code.
    Id,
    /// A whole number; `N2` has two implied decimals, `N0` none.
    N(u32),
    /// A number with a decimal point of its own.
    R,
    /// A date, CCYYMMDD.
    Dt,
    /// A time, HHMM to HHMMSSDD.
    Tm,
}

/// The codes an element takes.
#[derive(Clone, Copy, Debug)]
pub enum Codes {
    /// Any text.
    Any,
    /// These; another one refuses the set.
    Closed(&'static [&'static str]),
    /// These; another one is kept as sent, with a warning.
    Open(&'static [&'static str]),
}

/// One element at one position.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// The standard's number of the data element.
    pub reference: u16,
    /// What it is made of.
    pub kind: Kind,
    /// Shortest length in characters.
    pub min: u16,
    /// Longest length in characters in release 004010.
    pub max: u16,
    /// Whether it must be there.
    pub mandatory: bool,
    /// Whether it is a composite, of which the first component is meant.
    pub composite: bool,
    /// Its codes.
    pub codes: Codes,
    /// What it is called, in plain words.
    pub name: &'static str,
}

impl Element {
    const fn new(reference: u16, kind: Kind, min: u16, max: u16, name: &'static str) -> Self {
        Self { reference, kind, min, max, mandatory: false, composite: false, codes: Codes::Any, name }
    }

    /// The same element where it must be there.
    const fn must(self) -> Self {
        Self { mandatory: true, ..self }
    }

    const fn composite(self) -> Self {
        Self { composite: true, ..self }
    }

    const fn closed(self, list: &'static [&'static str]) -> Self {
        Self { codes: Codes::Closed(list), ..self }
    }

    const fn open(self, list: &'static [&'static str]) -> Self {
        Self { codes: Codes::Open(list), ..self }
    }

    /// Whether this is text for people, such as a description.
    pub fn is_free_text(&self) -> bool {
        self.reference == 352
    }

    /// Longest length in a release (`4010`, `5010`, ...).
    pub fn longest(&self, release: u32) -> usize {
        match self.reference {
            127 if release >= 5010 => 50,
            234 if release >= 5010 => 80,
            _ => usize::from(self.max),
        }
    }
}

/// How elements of a segment depend on each other.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// All of them or none.
    Together(&'static [u16]),
    /// At least one of them.
    OneOf(&'static [u16]),
    /// The second where the first is there.
    Then(u16, u16),
}

/// A segment.
#[derive(Debug)]
pub struct SegmentRule {
    /// Its tag.
    pub tag: &'static str,
    /// Its tag as one number, to be found quickly.
    pub key: u32,
    /// What it is called, in plain words.
    pub name: &'static str,
    /// Its elements from 1.
    pub elements: &'static [Element],
    /// How many elements the standard gives it.
    pub width: u16,
    /// How they depend on each other.
    pub rules: &'static [Rule],
}

impl SegmentRule {
    /// The element at a position, from 1.
    pub fn element(&self, position: usize) -> Option<&Element> {
        self.elements.get(position.wrapping_sub(1))
    }
}

const fn an(reference: u16, min: u16, max: u16, name: &'static str) -> Element {
    Element::new(reference, Kind::An, min, max, name)
}
const fn id(reference: u16, min: u16, max: u16, name: &'static str) -> Element {
    Element::new(reference, Kind::Id, min, max, name)
}
const fn n0(reference: u16, min: u16, max: u16, name: &'static str) -> Element {
    Element::new(reference, Kind::N(0), min, max, name)
}
const fn r(reference: u16, max: u16, name: &'static str) -> Element {
    Element::new(reference, Kind::R, 1, max, name)
}
const fn date(name: &'static str) -> Element {
    Element::new(373, Kind::Dt, 8, 8, name)
}
const fn time(name: &'static str) -> Element {
    Element::new(337, Kind::Tm, 4, 8, name)
}

const PURPOSE: Element = id(353, 2, 2, "purpose").closed(codes::PURPOSE);
const ORDER: Element = an(324, 1, 22, "purchase order number");
const RELEASE: Element = an(328, 1, 30, "release number");
const CHANGE: Element = an(327, 1, 8, "change sequence number");
const CONTRACT: Element = an(367, 1, 30, "contract number");
const REQUEST: Element = an(326, 1, 45, "request number");
const ACK_TYPE: Element = id(587, 2, 2, "acknowledgment type").closed(codes::ACKNOWLEDGMENT_TYPE);
const LINE: Element = an(350, 1, 20, "line number");
const UNIT: Element = id(355, 2, 2, "unit of measure").open(codes::UNIT);
const PRICE: Element = r(212, 17, "unit price");
const BASIS: Element = id(639, 2, 2, "basis of the unit price").open(codes::PRICE_BASIS);
const REF_TEXT: Element = an(127, 1, 30, "reference number");
const ITEM_Q: Element = id(235, 2, 2, "kind of item number").open(codes::ITEM_QUALIFIER);
const ITEM: Element = an(234, 1, 48, "item number");
const ID_Q: Element = id(66, 1, 2, "kind of identifier").open(codes::ID_QUALIFIER);
const IDENT: Element = an(67, 2, 80, "identifier");
const TRANSPORT: Element = id(91, 1, 2, "transport method").open(codes::TRANSPORT);
const MONEY: Element = r(782, 18, "amount");
const CENTS: Element = Element::new(610, Kind::N(2), 1, 15, "amount with two implied decimals");
const CITY: Element = an(19, 2, 30, "city");
const STATE: Element = id(156, 2, 2, "state or province");
const COUNTRY: Element = id(26, 2, 3, "country");
const SET_FAULT: Element = id(718, 1, 3, "error code of the set").closed(codes::SET_FAULT);
const GROUP_FAULT: Element = id(716, 1, 3, "error code of the group").closed(codes::GROUP_FAULT);
const SET_CODE: Element = id(143, 3, 3, "transaction set code");
const SET_CONTROL: Element = an(329, 4, 9, "control number of the set");
const SCAC: Element = id(140, 2, 4, "carrier code");

macro_rules! segment {
    ($name:ident, $tag:literal, $words:literal, $width:literal, [$($element:expr),* $(,)?] $(, $rule:expr)* $(,)?) => {
        #[doc = $words]
        pub static $name: SegmentRule = SegmentRule { tag: $tag, key: super::token::key($tag.as_bytes()), name: $words, elements: &[$($element),*], width: $width, rules: &[$($rule),*] };
    };
}

use Rule::{OneOf, Then, Together};

segment!(ST, "ST", "start of the transaction set", 3, [SET_CODE.must(), SET_CONTROL.must(), an(1705, 1, 35, "implementation guide")]);
segment!(SE, "SE", "end of the transaction set", 2, [n0(96, 1, 10, "number of segments").must(), SET_CONTROL.must()]);

// Headers
segment!(
    BEG,
    "BEG",
    "beginning of the purchase order",
    12,
    [
        PURPOSE.must(),
        id(92, 2, 2, "order type").must().open(codes::ORDER_TYPE),
        ORDER.must(),
        RELEASE,
        date("order date").must(),
        CONTRACT,
        ACK_TYPE,
    ]
);
segment!(
    BAK,
    "BAK",
    "beginning of the order response",
    10,
    [
        PURPOSE.must(),
        ACK_TYPE.must(),
        ORDER.must(),
        date("order date").must(),
        RELEASE,
        REQUEST,
        CONTRACT,
        REF_TEXT,
        date("date of the answer"),
    ]
);
segment!(
    BSN,
    "BSN",
    "beginning of the ship notice",
    7,
    [
        PURPOSE.must(),
        an(396, 2, 30, "shipment number").must(),
        date("date of the notice").must(),
        time("time of the notice").must(),
        id(1005, 4, 4, "structure of the notice").open(codes::STRUCTURE),
    ]
);
segment!(
    BIG,
    "BIG",
    "beginning of the invoice",
    11,
    [
        date("invoice date").must(),
        an(76, 1, 22, "invoice number").must(),
        date("order date"),
        ORDER,
        RELEASE,
        CHANGE,
        id(640, 2, 2, "invoice type").open(codes::INVOICE_TYPE),
        PURPOSE,
    ]
);
segment!(
    B10,
    "B10",
    "beginning of the shipment status",
    9,
    [an(127, 1, 30, "carrier's number"), an(145, 1, 30, "shipment number"), SCAC,],
    OneOf(&[1, 2])
);
segment!(
    BRA,
    "BRA",
    "beginning of the receiving advice",
    9,
    [
        REF_TEXT.must(),
        date("date of the advice").must(),
        PURPOSE.must(),
        id(962, 1, 1, "type of receipt").must(),
        time("time of the advice"),
    ]
);

// Shared
segment!(
    CUR,
    "CUR",
    "currency",
    21,
    [id(98, 2, 3, "whose currency").must().open(codes::PARTY), id(100, 3, 3, "currency").must(), r(280, 10, "exchange rate"),]
);
segment!(
    REF,
    "REF",
    "reference number",
    4,
    [id(128, 2, 3, "kind of reference").must().open(codes::REFERENCE), REF_TEXT, an(352, 1, 80, "description"),],
    OneOf(&[2, 3])
);
segment!(
    PER,
    "PER",
    "contact",
    9,
    [id(366, 2, 2, "function of the contact").must(), an(93, 1, 60, "name"), id(365, 2, 2, "kind of number"), an(364, 1, 80, "number"),],
    Together(&[3, 4])
);
segment!(
    FOB,
    "FOB",
    "delivery terms",
    9,
    [id(146, 2, 2, "who pays the freight").must(), id(309, 1, 2, "kind of place"), an(352, 1, 80, "place")]
);
segment!(
    DTM,
    "DTM",
    "date",
    6,
    [id(374, 3, 3, "kind of date").must().open(codes::DATE), date("date"), time("time"), id(623, 2, 2, "time zone"),],
    OneOf(&[2, 3, 5])
);
segment!(
    N1,
    "N1",
    "party",
    6,
    [id(98, 2, 3, "role of the party").must().open(codes::PARTY), an(93, 1, 60, "name"), ID_Q, IDENT,],
    OneOf(&[2, 3]),
    Together(&[3, 4])
);
segment!(N2, "N2", "further name", 2, [an(93, 1, 60, "name").must(), an(93, 1, 60, "name")]);
segment!(N3, "N3", "street", 2, [an(166, 1, 55, "street").must(), an(166, 1, 55, "street")]);
segment!(
    N4,
    "N4",
    "place",
    7,
    [CITY, STATE, id(116, 3, 15, "postal code"), COUNTRY, id(309, 1, 2, "kind of place"), an(310, 1, 30, "place")]
);
segment!(
    N9,
    "N9",
    "heading of a text",
    7,
    [id(128, 2, 3, "kind of reference").must().open(codes::REFERENCE), REF_TEXT, an(369, 1, 45, "heading"),],
    OneOf(&[2, 3])
);
segment!(MSG, "MSG", "text", 3, [an(933, 1, 264, "text").must()]);
segment!(
    ITD,
    "ITD",
    "terms of payment",
    15,
    [
        id(336, 2, 2, "type of terms").open(codes::TERMS),
        id(333, 1, 2, "date the terms count from"),
        r(338, 6, "discount in percent"),
        date("last day of the discount"),
        n0(351, 1, 3, "days of the discount"),
        date("net date"),
        n0(386, 1, 3, "net days"),
        CENTS,
        date("deferred date"),
        CENTS,
        r(342, 5, "percent payable"),
        an(352, 1, 80, "description"),
    ]
);
segment!(
    PID,
    "PID",
    "description of the item",
    9,
    [
        id(349, 1, 1, "how the item is described").must().open(codes::DESCRIPTION),
        id(750, 2, 3, "characteristic"),
        id(559, 2, 2, "agency"),
        an(751, 1, 12, "description code"),
        an(352, 1, 80, "description"),
    ],
    OneOf(&[4, 5])
);
segment!(
    TD1,
    "TD1",
    "packages and weight",
    10,
    [
        an(103, 3, 5, "packaging"),
        n0(80, 1, 7, "number of packages"),
        id(23, 1, 1, "kind of commodity code"),
        an(22, 1, 30, "commodity code"),
        an(79, 1, 50, "description"),
        id(187, 1, 2, "kind of weight"),
        r(81, 10, "weight"),
        UNIT,
    ],
    Together(&[7, 8])
);
segment!(
    TD5,
    "TD5",
    "carrier",
    15,
    [id(133, 1, 2, "place in the route"), ID_Q, an(67, 2, 80, "carrier code"), TRANSPORT, an(387, 1, 35, "carrier or route"),],
    OneOf(&[2, 4, 5]),
    Then(2, 3)
);
segment!(TD3, "TD3", "vehicle", 10, [id(40, 2, 2, "kind of vehicle"), an(206, 1, 4, "vehicle initials"), an(207, 1, 10, "vehicle number")]);
segment!(CTT, "CTT", "totals", 7, [n0(354, 1, 6, "number of lines").must(), r(347, 10, "sum of the quantities")]);
segment!(PRF, "PRF", "order reference", 7, [ORDER.must(), RELEASE, CHANGE, date("order date")]);
segment!(
    LIN,
    "LIN",
    "item",
    31,
    [LINE, ITEM_Q.must(), ITEM.must(), ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM],
    Together(&[4, 5]),
    Together(&[6, 7]),
    Together(&[8, 9]),
    Together(&[10, 11])
);
segment!(
    SAC,
    "SAC",
    "allowance or charge",
    16,
    [
        id(248, 1, 1, "allowance or charge").must().closed(codes::ADJUSTMENT),
        id(1300, 4, 4, "what it is for"),
        id(559, 2, 2, "agency"),
        an(1301, 1, 10, "agency's code"),
        CENTS,
        id(378, 1, 1, "base of the percentage"),
        r(332, 6, "percent"),
        r(118, 9, "rate"),
        UNIT,
        r(380, 15, "quantity"),
        r(380, 15, "quantity"),
        id(331, 2, 2, "how it is settled"),
        REF_TEXT,
        an(770, 1, 20, "option"),
        an(352, 1, 80, "description"),
    ]
);
segment!(TXI, "TXI", "tax", 10, [id(963, 2, 2, "kind of tax").must().open(codes::TAX), MONEY, r(954, 10, "percent")], OneOf(&[2, 3, 6]));

// Order and its answer
segment!(
    PO1,
    "PO1",
    "order line",
    25,
    [LINE, r(330, 15, "quantity").must(), UNIT.must(), PRICE, BASIS, ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM,],
    Then(5, 4),
    Together(&[6, 7]),
    Together(&[8, 9]),
    Together(&[10, 11]),
    Together(&[12, 13]),
    Together(&[14, 15])
);
segment!(
    PO1_ANSWERED,
    "PO1",
    "order line",
    25,
    [LINE, r(330, 15, "quantity"), UNIT, PRICE, BASIS, ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM, ITEM_Q, ITEM,],
    Then(3, 2),
    Then(5, 4),
    Together(&[6, 7]),
    Together(&[8, 9]),
    Together(&[10, 11]),
    Together(&[12, 13]),
    Together(&[14, 15])
);
segment!(PO4, "PO4", "packing of the item", 18, [n0(356, 1, 6, "units in a pack"), r(357, 8, "size"), UNIT]);
segment!(
    SCH,
    "SCH",
    "part of a line",
    12,
    [
        r(380, 15, "quantity").must(),
        UNIT.must(),
        id(98, 2, 3, "role of the party"),
        an(93, 1, 60, "name"),
        id(374, 3, 3, "kind of date").must().open(codes::DATE),
        date("date").must(),
        time("time"),
    ]
);
segment!(
    ACK,
    "ACK",
    "answer to a line",
    29,
    [
        id(668, 2, 2, "line status").must().closed(codes::LINE_STATUS),
        r(380, 15, "quantity"),
        UNIT,
        id(374, 3, 3, "kind of date").open(codes::DATE),
        date("date"),
        REQUEST,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
    ],
    Together(&[2, 3]),
    Then(4, 5)
);

// Ship notice
segment!(
    HL,
    "HL",
    "level of the shipment",
    4,
    [
        an(628, 1, 12, "number of the level").must(),
        an(734, 1, 12, "level it belongs to"),
        id(735, 1, 2, "kind of level").must().closed(codes::LEVEL),
        id(736, 1, 1, "whether levels follow").closed(codes::CHILD),
    ]
);
segment!(
    SN1,
    "SN1",
    "quantity shipped",
    8,
    [LINE, r(382, 10, "quantity shipped").must(), UNIT.must(), r(646, 15, "shipped to date"), r(330, 15, "quantity ordered"), UNIT,],
    Together(&[5, 6])
);
segment!(
    MAN,
    "MAN",
    "marks on the package",
    6,
    [
        id(88, 1, 2, "kind of marks").must().open(codes::MARK),
        an(87, 1, 48, "marks").must(),
        an(87, 1, 48, "marks"),
        id(88, 1, 2, "kind of marks").open(codes::MARK),
        an(87, 1, 48, "marks"),
    ],
    Together(&[4, 5])
);

// Invoice
segment!(
    IT1,
    "IT1",
    "invoice line",
    25,
    [
        LINE,
        r(358, 10, "quantity").must(),
        UNIT.must(),
        PRICE.must(),
        BASIS,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
        ITEM_Q,
        ITEM,
    ],
    Together(&[6, 7]),
    Together(&[8, 9]),
    Together(&[10, 11]),
    Together(&[12, 13]),
    Together(&[14, 15])
);
segment!(TDS, "TDS", "total of the invoice", 4, [CENTS.must(), CENTS, CENTS, CENTS]);
segment!(
    CAD,
    "CAD",
    "carrier of the goods",
    9,
    [TRANSPORT, an(206, 1, 4, "vehicle initials"), an(207, 1, 10, "vehicle number"), SCAC, an(387, 1, 35, "carrier or route")]
);

// Acknowledgment
segment!(
    AK1,
    "AK1",
    "group that is acknowledged",
    3,
    [
        id(479, 2, 2, "functional identifier").must().open(codes::GROUP),
        n0(28, 1, 9, "group control number").must(),
        an(480, 1, 12, "version")
    ]
);
segment!(
    AK2,
    "AK2",
    "set that is acknowledged",
    3,
    [SET_CODE.must(), an(329, 1, 9, "control number of the set").must(), an(1705, 1, 35, "implementation guide")]
);
segment!(
    AK3,
    "AK3",
    "segment in error",
    4,
    [
        id(721, 2, 3, "segment").must(),
        n0(719, 1, 6, "position of the segment").must(),
        an(447, 1, 6, "loop"),
        id(720, 1, 3, "error code of the segment").closed(codes::SEGMENT_FAULT),
    ]
);
segment!(
    AK4,
    "AK4",
    "element in error",
    4,
    [
        n0(722, 1, 2, "position of the element").must().composite(),
        n0(725, 1, 4, "data element number"),
        id(723, 1, 3, "error code of the element").must().closed(codes::ELEMENT_FAULT),
        an(724, 1, 99, "copy of the bad value"),
    ]
);
segment!(
    AK5,
    "AK5",
    "verdict on the set",
    6,
    [id(717, 1, 1, "verdict on the set").must().closed(codes::SET_VERDICT), SET_FAULT, SET_FAULT, SET_FAULT, SET_FAULT, SET_FAULT]
);
segment!(
    AK9,
    "AK9",
    "verdict on the group",
    9,
    [
        id(715, 1, 1, "verdict on the group").must().closed(codes::GROUP_VERDICT),
        n0(97, 1, 6, "number of sets in the trailer").must(),
        n0(123, 1, 6, "number of sets received").must(),
        n0(2, 1, 6, "number of sets accepted").must(),
        GROUP_FAULT,
        GROUP_FAULT,
        GROUP_FAULT,
        GROUP_FAULT,
        GROUP_FAULT,
    ]
);

// Carrier status
segment!(LX, "LX", "stop", 1, [n0(554, 1, 6, "number of the stop").must()]);
segment!(
    L11,
    "L11",
    "reference number",
    7,
    [REF_TEXT, id(128, 2, 3, "kind of reference").open(codes::REFERENCE), an(352, 1, 80, "description")],
    OneOf(&[1, 3]),
    Together(&[1, 2])
);
segment!(
    AT7,
    "AT7",
    "status of the shipment",
    7,
    [
        id(1650, 2, 2, "status"),
        id(1651, 2, 2, "reason"),
        id(1652, 2, 2, "appointment"),
        id(1651, 2, 2, "reason of the appointment"),
        date("date"),
        time("time"),
        id(623, 2, 2, "time zone"),
    ],
    OneOf(&[1, 3]),
    Then(2, 1),
    Then(6, 5),
    Then(7, 6)
);
segment!(MS1, "MS1", "place of the vehicle", 8, [CITY, STATE, COUNTRY], OneOf(&[1, 4, 5]));
segment!(MS2, "MS2", "vehicle", 4, [SCAC, an(207, 1, 10, "vehicle number")]);

// Remittance advice
segment!(
    BPR,
    "BPR",
    "beginning of the remittance advice",
    21,
    [
        id(305, 1, 2, "what is to be done with the payment").must().open(codes::HANDLING),
        MONEY.must(),
        id(478, 1, 1, "credit or debit").must().closed(codes::SIGN),
        id(591, 3, 3, "payment method").must().open(codes::PAYMENT_METHOD),
        id(812, 1, 10, "payment format"),
        id(506, 2, 2, "kind of the payer's bank number"),
        an(507, 3, 12, "payer's bank number"),
        id(569, 1, 3, "kind of the payer's account"),
        an(508, 1, 35, "payer's account"),
        an(509, 10, 10, "payer's company number"),
        an(510, 9, 9, "supplementary company number"),
        id(506, 2, 2, "kind of the receiver's bank number"),
        an(507, 3, 12, "receiver's bank number"),
        id(569, 1, 3, "kind of the receiver's account"),
        an(508, 1, 35, "receiver's account"),
        date("day of the payment"),
    ],
    Together(&[6, 7]),
    Then(8, 9),
    Together(&[12, 13]),
    Then(14, 15)
);
segment!(
    TRN,
    "TRN",
    "trace number",
    4,
    [id(481, 1, 2, "kind of trace number").must(), REF_TEXT.must(), an(509, 10, 10, "payer's company number"), REF_TEXT]
);
segment!(ENT, "ENT", "receiver of the payment", 9, [n0(554, 1, 6, "number of the receiver")]);
segment!(
    RMR,
    "RMR",
    "what was paid for",
    8,
    [
        id(128, 2, 3, "kind of number").open(codes::REFERENCE),
        REF_TEXT,
        id(482, 2, 2, "what is done about it"),
        MONEY,
        r(782, 18, "gross amount"),
        r(782, 18, "discount"),
    ],
    Together(&[1, 2])
);
segment!(
    ADX,
    "ADX",
    "adjustment of the payment",
    4,
    [
        MONEY.must(),
        id(426, 2, 2, "reason of the adjustment").must().open(codes::DEDUCTION),
        id(128, 2, 3, "kind of number").open(codes::REFERENCE),
        REF_TEXT
    ],
    Together(&[3, 4])
);

// Application advice
segment!(
    BGN,
    "BGN",
    "beginning of the application advice",
    9,
    [PURPOSE.must(), REF_TEXT.must(), date("date of the advice").must(), time("time of the advice"), id(623, 2, 2, "time zone"), REF_TEXT],
    Then(5, 4)
);
segment!(
    OTI,
    "OTI",
    "document that is spoken of",
    17,
    [
        id(110, 1, 2, "verdict of the application").must().closed(codes::APPLICATION_VERDICT),
        id(128, 2, 3, "kind of number").must().open(codes::REFERENCE),
        REF_TEXT.must(),
        an(142, 2, 15, "sender of the document"),
        an(124, 2, 15, "receiver of the document"),
        date("date of the document"),
        time("time of the document"),
        n0(28, 1, 9, "control number of the group"),
        SET_CONTROL,
        SET_CODE
    ],
    Then(9, 8)
);
segment!(
    TED,
    "TED",
    "error that the application found",
    8,
    [
        id(647, 1, 3, "error code of the application").must().open(codes::APPLICATION_ERROR),
        an(3, 1, 60, "error in words"),
        id(721, 2, 3, "segment"),
        n0(719, 1, 6, "position of the segment"),
        n0(722, 1, 2, "position of the element"),
        n0(725, 1, 4, "number of the data element"),
        an(724, 1, 99, "value that was found"),
        an(961, 1, 99, "value that is proposed")
    ]
);
segment!(NTE, "NTE", "note", 2, [id(363, 3, 3, "kind of note"), an(352, 1, 80, "note").must()]);

// Receiving advice
segment!(
    RCD,
    "RCD",
    "what was received",
    21,
    [
        LINE,
        r(663, 9, "quantity received"),
        UNIT.composite(),
        r(664, 9, "quantity returned"),
        UNIT.composite(),
        r(667, 9, "quantity in question"),
        UNIT.composite(),
        id(412, 2, 2, "condition").open(codes::CONDITION),
        r(667, 9, "quantity in question"),
        UNIT.composite(),
        id(412, 2, 2, "condition").open(codes::CONDITION),
        r(667, 9, "quantity in question"),
        UNIT.composite(),
        id(412, 2, 2, "condition").open(codes::CONDITION),
    ],
    OneOf(&[2, 4, 6]),
    Together(&[2, 3]),
    Together(&[4, 5]),
    Then(6, 7),
    Then(9, 10),
    Then(12, 13)
);
