//! The codes this portal knows: small subsets of the X12 code lists, chosen by what it can act on. A closed list is one
//! whose codes decide what happens here, so an unknown one refuses the set; an open list only names things. Lists are
//! sorted, so that a code is found by halving.

/// Whether a list has a code.
pub fn knows(list: &[&str], code: &str) -> bool {
    // Codes are short: compared as numbers, most significant character first, they sort as they do as text.
    fn number(code: &str) -> Option<u32> {
        match *code.as_bytes() {
            [a] => Some(u32::from_be_bytes([a, 0, 0, 0])),
            [a, b] => Some(u32::from_be_bytes([a, b, 0, 0])),
            [a, b, c] => Some(u32::from_be_bytes([a, b, c, 0])),
            [a, b, c, d] => Some(u32::from_be_bytes([a, b, c, d])),
            _ => None,
        }
    }
    let Some(wanted) = number(code) else { return false };
    list.binary_search_by_key(&wanted, |known| number(known).unwrap_or(0)).is_ok()
}

/// Why the document was sent (element 353).
pub const PURPOSE: &[&str] = &["00", "01", "02", "03", "04", "05", "06", "07", "08", "13", "14", "15", "18", "22", "25", "CN", "CO", "PR"];
/// Kind of order (92).
pub const ORDER_TYPE: &[&str] = &[
    "BK", "BY", "CF", "CN", "CP", "DR", "DS", "EO", "IN", "JL", "KA", "KC", "KN", "LS", "NE", "NP", "NS", "OS", "PR", "RC", "RE", "RL",
    "RN", "RO", "RP", "RR", "SA", "SD", "SO", "SP", "SS", "ST", "TR", "UD", "US", "WH", "ZZ",
];
/// Answer to a whole order (587).
pub const ACKNOWLEDGMENT_TYPE: &[&str] = &["AC", "AD", "AE", "AH", "AK", "AP", "AT", "NA", "RD", "RF", "RJ", "RN", "RO", "RV", "ZZ"];
/// Answer to a line (668).
pub const LINE_STATUS: &[&str] = &[
    "AA", "AC", "AR", "BP", "DR", "IA", "IB", "IC", "ID", "IE", "IF", "IH", "IP", "IQ", "IR", "IS", "IW", "R1", "R2", "R3", "R4", "R5",
    "R6", "R7", "R8", "R9", "SP",
];
/// Unit of measure (355).
pub const UNIT: &[&str] = &[
    "04", "10", "1N", "26", "2W", "3L", "8P", "AS", "AY", "BA", "BC", "BD", "BF", "BG", "BK", "BL", "BN", "BO", "BR", "BS", "BU", "BX",
    "C3", "CA", "CC", "CF", "CG", "CH", "CI", "CL", "CM", "CN", "CQ", "CR", "CS", "CT", "CU", "CW", "CX", "CY", "DA", "DI", "DO", "DP",
    "DR", "DS", "DZ", "EA", "EV", "FT", "GA", "GR", "GS", "HR", "HU", "IN", "JR", "KE", "KG", "KT", "LB", "LF", "LK", "LN", "LO", "LT",
    "LY", "M2", "M3", "MJ", "ML", "MM", "MO", "MR", "NC", "NT", "OZ", "P1", "P3", "P4", "P5", "P6", "P8", "PA", "PC", "PD", "PF", "PH",
    "PK", "PL", "PR", "PT", "PW", "QT", "RA", "RE", "RL", "RM", "SF", "SH", "SM", "SO", "ST", "SY", "TB", "TH", "TK", "TN", "TO", "UN",
    "VI", "WK", "YD", "YR", "ZZ",
];
/// Basis of a price (639): how many units it buys, or that it is the price of one.
pub const PRICE_BASIS: &[&str] = &[
    "CA", "CP", "CT", "EA", "HF", "HP", "HU", "KG", "LB", "NC", "PE", "PG", "PK", "PN", "PP", "PR", "PU", "QT", "ST", "TE", "TP", "UM",
    "WH",
];
/// Kind of date (374).
pub const DATE: &[&str] = &[
    "001", "002", "003", "004", "006", "007", "010", "011", "015", "016", "017", "018", "035", "036", "037", "038", "040", "043", "046",
    "050", "052", "055", "056", "057", "060", "061", "062", "063", "064", "065", "066", "067", "068", "069", "070", "071", "072", "074",
    "077", "079", "080", "081", "084", "085", "086", "087", "090", "091", "092", "093", "094", "095", "096", "097", "100", "101", "102",
    "106", "107", "118", "137", "139", "140", "143", "144", "168", "169", "171", "174", "175", "186", "187", "194", "196", "197", "291",
    "371", "372", "405", "ZZZ",
];
/// Role of a party (98).
pub const PARTY: &[&str] = &[
    "AG", "AO", "BN", "BO", "BS", "BT", "BY", "CA", "CN", "CS", "DS", "EN", "EX", "FR", "IC", "II", "IM", "IV", "LW", "MA", "MF", "MI",
    "MP", "MQ", "OB", "OP", "OS", "PD", "PE", "PF", "PO", "PR", "PW", "QS", "RC", "RE", "RI", "SE", "SF", "SH", "SN", "SO", "SR", "ST",
    "SU", "TO", "UC", "VN", "WH", "Z7",
];
/// Kind of an identifier (66).
pub const ID_QUALIFIER: &[&str] =
    &["1", "10", "11", "12", "14", "15", "16", "2", "20", "24", "25", "4", "54", "8", "9", "91", "92", "93", "94", "FI", "M4", "UL", "ZZ"];
/// Kind of an item number (235).
pub const ITEM_QUALIFIER: &[&str] = &[
    "A1", "A2", "A5", "A7", "A8", "BL", "BO", "BP", "CB", "CH", "CL", "CR", "DR", "DV", "EA", "EC", "EM", "EN", "EO", "F8", "FS", "GE",
    "IB", "IN", "IT", "IZ", "JN", "KB", "LT", "MF", "MG", "MN", "MS", "N1", "N2", "N3", "N4", "ND", "ON", "PC", "PD", "PI", "PL", "PN",
    "PO", "PU", "PV", "PW", "RY", "SC", "SH", "SK", "SM", "SN", "SR", "ST", "SV", "SZ", "UA", "UD", "UI", "UK", "UN", "UP", "UX", "VA",
    "VC", "VE", "VN", "VO", "VP", "VS", "VU", "VX", "WS", "ZZ",
];
/// Kind of a reference (128).
pub const REFERENCE: &[&str] = &[
    "06", "0L", "11", "12", "19", "1V", "1W", "1X", "1Z", "2E", "2I", "3H", "4B", "4C", "4F", "8M", "8X", "AN", "AO", "BB", "BC", "BL",
    "BM", "BN", "BT", "BV", "BX", "BY", "CA", "CI", "CM", "CN", "CO", "CR", "CT", "CV", "DE", "DO", "DP", "DV", "E9", "EM", "EN", "EO",
    "EQ", "FI", "FJ", "FR", "FX", "GB", "GC", "GK", "GN", "GT", "IA", "IC", "IL", "IN", "IT", "IV", "JB", "JH", "KB", "KE", "KK", "L1",
    "LA", "LB", "LI", "LO", "LT", "LU", "MA", "MB", "MG", "MH", "MR", "NS", "OC", "OI", "ON", "OQ", "OR", "P4", "PD", "PE", "PG", "PH",
    "PK", "PL", "PM", "PO", "PR", "PS", "PU", "Q1", "Q9", "QN", "QR", "RE", "RQ", "RV", "S2", "SA", "SC", "SE", "SF", "SI", "SN", "SO",
    "SS", "ST", "SU", "SW", "SZ", "TB", "TE", "TG", "TH", "TJ", "TN", "TS", "UL", "V1", "VC", "VM", "VN", "VO", "VR", "VT", "VV", "WH",
    "WO", "WU", "X9", "XE", "YD", "YN", "ZH", "ZI", "ZZ",
];
/// What an item is described by (349).
pub const DESCRIPTION: &[&str] = &["F", "S", "X"];
/// Allowance, charge or note (248).
pub const ADJUSTMENT: &[&str] = &["A", "C", "N", "P", "Q", "R", "S", "W"];
/// Kind of invoice (640).
pub const INVOICE_TYPE: &[&str] = &[
    "AA", "AI", "CA", "CE", "CG", "CI", "CM", "CN", "CO", "CR", "DA", "DB", "DC", "DI", "DM", "DO", "DR", "DS", "FB", "FD", "LM", "ME",
    "NC", "PP", "PR", "RD", "RE", "RI", "SB", "SD", "SL", "SP", "SR", "SS", "ST", "WS", "ZZ",
];
/// Kind of tax (963).
pub const TAX: &[&str] = &[
    "AA", "AB", "BP", "BS", "CA", "CB", "CG", "CP", "CS", "CT", "CV", "DF", "DL", "EA", "EQ", "ET", "EV", "F1", "FD", "FF", "FI", "FL",
    "FR", "FS", "FT", "GR", "GS", "HS", "HT", "LB", "LS", "LT", "LU", "LV", "OH", "OT", "PS", "SA", "SB", "SC", "SE", "SF", "SL", "SP",
    "SR", "SS", "ST", "SU", "T1", "TD", "TX", "UL", "UT", "VA", "WS", "ZZ",
];
/// Transport method (91).
pub const TRANSPORT: &[&str] = &[
    "A", "AE", "AF", "AR", "B", "BU", "C", "CE", "D", "E", "ED", "F", "GG", "H", "I", "J", "K", "L", "LA", "LT", "M", "O", "P", "PA", "PL",
    "R", "S", "SE", "SR", "SS", "T", "U", "VE", "W", "X", "ZZ",
];
/// Shape of a ship notice (1005).
pub const STRUCTURE: &[&str] =
    &["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0010", "0021", "0055", "0056", "0059", "0060", "ZZZZ"];
/// Level of a shipment tree (735): shipment, order, tare, pack, item and a few that stand between them.
pub const LEVEL: &[&str] = &["E", "F", "I", "K", "L", "O", "P", "Q", "S", "SH", "T", "V", "W", "X"];
/// Whether a level has levels below it (736).
pub const CHILD: &[&str] = &["0", "1"];
/// Kind of marks on a package (88).
pub const MARK: &[&str] =
    &["AA", "AI", "AW", "CA", "CP", "DZ", "EA", "GM", "L", "LB", "MC", "PB", "R", "S", "SI", "SM", "SR", "UC", "UP", "W", "ZZ"];
/// Verdict on a set (717).
pub const SET_VERDICT: &[&str] = &["A", "E", "M", "R", "W", "X"];
/// Verdict on a group (715).
pub const GROUP_VERDICT: &[&str] = &["A", "E", "M", "P", "R", "W", "X"];
/// Fault of a segment (720).
pub const SEGMENT_FAULT: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8"];
/// Fault of an element (723).
pub const ELEMENT_FAULT: &[&str] = &["1", "10", "12", "13", "2", "3", "4", "5", "6", "7", "8", "9"];
/// Fault of a set (718).
pub const SET_FAULT: &[&str] = &[
    "1", "10", "11", "12", "13", "15", "16", "17", "18", "19", "2", "20", "21", "22", "23", "24", "25", "26", "27", "3", "4", "5", "6",
    "7", "8", "9",
];
/// Fault of a group (716).
pub const GROUP_FAULT: &[&str] =
    &["1", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "2", "20", "21", "22", "23", "24", "25", "26", "3", "4", "5", "6"];
/// What a group holds (479).
pub const GROUP: &[&str] = &[
    "AG", "CA", "CP", "FA", "FR", "GE", "GF", "IA", "IB", "IM", "IN", "IO", "MG", "MM", "OG", "OW", "PC", "PD", "PH", "PO", "PR", "PS",
    "QG", "QM", "QO", "RA", "RC", "RE", "RN", "RQ", "SC", "SD", "SH", "SL", "SM", "SS", "SW", "TD", "TM", "TX", "WR", "XX",
];
/// What is to be done with a payment (305): C payment accompanies the advice, D make the payment, I information only, ...
pub const HANDLING: &[&str] = &["C", "D", "H", "I", "P", "U", "X"];
/// Credit to the receiver, or debit (478).
pub const SIGN: &[&str] = &["C", "D"];
/// Payment method (591).
pub const PAYMENT_METHOD: &[&str] = &["ABP", "ACH", "BOP", "CHK", "CWT", "DCK", "FWT", "NON", "SWT", "WEB", "ZZZ"];
/// Why a payment was adjusted (426).
pub const DEDUCTION: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "11", "12", "16", "17", "19", "50", "51", "52", "53", "54", "55", "59", "81",
    "86", "CM", "CS", "ZZ",
];
/// What an application did with a document (110): a set, group, item or batch (T, G, I, B) was accepted, accepted with a
/// change, accepted with errors, partly accepted or rejected (A, C, E, P, R).
pub const APPLICATION_VERDICT: &[&str] =
    &["BA", "BC", "BE", "BP", "BR", "GA", "GC", "GE", "GP", "GR", "IA", "IC", "IE", "IP", "IR", "TA", "TC", "TE", "TP", "TR"];
/// What an application found wrong (647).
pub const APPLICATION_ERROR: &[&str] = &["006", "007", "009", "010", "012", "024", "815"];
/// Condition of received goods (412).
pub const CONDITION: &[&str] =
    &["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"];
/// Type of terms (336).
pub const TERMS: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
    "23", "24", "25", "26", "27", "28", "ZZ",
];
