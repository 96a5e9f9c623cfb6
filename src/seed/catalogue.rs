//! What is traded in the demonstration: each supplier's parts, and the hub's own pumps and valves. Data only, and the
//! GTINs that go with it.

/// Something that can be ordered.
#[derive(Debug)]
pub(super) struct Item {
    /// The hub's number.
    pub(super) number: &'static str,
    /// The words.
    pub(super) words: &'static str,
    /// X12 unit.
    pub(super) unit: &'static str,
    /// Price as a decimal.
    pub(super) price: &'static str,
    /// How many units the price buys.
    pub(super) per: i64,
    /// It is ordered in multiples of this.
    pub(super) lot: u64,
}

const fn item(number: &'static str, words: &'static str, unit: &'static str, price: &'static str, lot: u64) -> Item {
    Item { number, words, unit, price, per: 1, lot }
}

const fn per_hundred(number: &'static str, words: &'static str, unit: &'static str, price: &'static str, lot: u64) -> Item {
    Item { number, words, unit, price, per: 100, lot }
}

const FORGE: &[Item] = &[
    item("FLG-DN150-16", "Flange DN150 PN16", "EA", "61.40", 20),
    item("SHF-88-1240", "Pump shaft Ø88 × 1240", "EA", "148.20", 10),
    item("CPL-HUB-65", "Coupling hub 65, rough", "EA", "31.85", 50),
    item("RNG-WR-210", "Wear ring 210, 1.4462", "EA", "90.10", 10),
    item("FLG-DN200-16", "Flange DN200 PN16", "EA", "76.475", 20),
    item("FLG-DN100-40", "Flange DN100 PN40", "EA", "55.17", 25),
    item("FLG-DN250-10", "Flange DN250 PN10", "EA", "99.80", 10),
    item("SHF-65-980", "Pump shaft Ø65 × 980", "EA", "112.60", 10),
    item("SHF-110-1600", "Pump shaft Ø110 × 1600", "EA", "286.00", 5),
    item("SLV-SH-88", "Shaft sleeve 88, hardened", "EA", "41.20", 20),
    item("RNG-CS-210", "Casing ring 210", "EA", "90.10", 10),
    item("RNG-BL-88", "Ring blank 88", "EA", "24.00", 20),
    item("HSG-BRG-120", "Bearing housing 120, forged", "EA", "264.50", 5),
    item("IMP-BLK-320", "Impeller blank 320, 1.4408", "EA", "143.50", 10),
    item("CPL-HUB-80", "Coupling hub 80, rough", "EA", "39.90", 50),
    item("COL-THR-88", "Thrust collar 88", "EA", "23.10", 20),
    item("ELB-90-DN80", "Forged elbow 90° DN80", "EA", "26.375", 25),
    per_hundred("BAR-1.4462-90", "Bar 1.4462, Ø90, peeled", "KG", "612.40", 250),
];

const BEARINGS: &[Item] = &[
    item("BRG-6316-C3", "Deep groove ball bearing 6316 C3", "EA", "48.7250", 20),
    item("BRG-7314-BP", "Angular contact bearing 7314 B, pair", "EA", "92.40", 10),
    item("BRG-NU318", "Cylindrical roller bearing NU318", "EA", "117.90", 10),
    item("BRG-LCK-M80", "Lock nut and washer M80", "EA", "9.8400", 50),
    per_hundred("BRG-GRS-LG2", "Bearing grease, lithium, NLGI 2", "KG", "894.00", 25),
];

const SEALS: &[Item] = &[
    item("MS-65-CC", "Mechanical seal 65 mm, carbon on ceramic", "EA", "184.60", 5),
    item("MS-80-SS", "Mechanical seal 80 mm, silicon carbide", "EA", "263.15", 5),
    item("ORG-V-120", "O-ring 120 × 5, FKM", "EA", "1.8620", 100),
    item("LIP-88-110", "Lip seal 88 × 110 × 12", "EA", "6.4075", 50),
];

const CASTINGS: &[Item] = &[
    item("CAS-VOL-150", "Volute casing DN150, GJS-400", "EA", "418.00", 4),
    item("CAS-VOL-200", "Volute casing DN200, GJS-400", "EA", "563.50", 4),
    item("CAS-COV-320", "Casing cover 320", "EA", "127.30", 8),
    item("CAS-FOT-150", "Pump foot DN150, pair", "EA", "58.25", 10),
];

const VALVES: &[Item] = &[
    item("GV-150-K", "Gate valve kit DN150", "EA", "231.00", 6),
    item("BFV-200-L", "Butterfly valve DN200, lug type", "EA", "174.80", 6),
    item("CHK-100-D", "Dual plate check valve DN100", "EA", "96.45", 10),
    item("ACT-QT-60", "Quarter turn actuator 60 Nm", "EA", "312.00", 2),
    item("GLD-PK-12", "Gland packing 12 mm, graphite", "MR", "7.3480", 50),
];

const DRIVES: &[Item] = &[
    item("MOT-11-4P", "Motor 11 kW, 4 poles, IE4", "EA", "864.00", 2),
    item("MOT-22-4P", "Motor 22 kW, 4 poles, IE4", "EA", "1394.00", 2),
    item("VFD-22-IP55", "Frequency converter 22 kW, IP55", "EA", "1127.50", 1),
    item("CBL-4G6-SH", "Motor cable 4G6, shielded", "MR", "8.9145", 100),
];

const FOUNDRY: &[Item] = &[
    item("IMP-320-A", "Impeller 320, closed, 1.4408", "EA", "388.40", 4),
    item("IMP-250-A", "Impeller 250, closed, 1.4408", "EA", "297.10", 4),
    item("DIF-320", "Diffuser 320, 1.4408", "EA", "241.75", 4),
    per_hundred("ING-CUSN12", "Bronze ingot CuSn12", "KG", "1184.50", 200),
];

const GASKETS: &[Item] = &[
    item("GSK-DN150-C", "Flange gasket DN150, C-4430", "EA", "3.1240", 100),
    item("GSK-DN200-S", "Spiral wound gasket DN200", "EA", "14.70", 50),
    item("GSK-SHT-3", "Gasket sheet 3 mm, 1.5 m wide", "MR", "46.20", 10),
    item("GSK-KIT-P4", "Service gasket kit, pump size 4, box of 10", "BX", "118.00", 5),
];

const FASTENERS: &[Item] = &[
    item("KF-M10X60-A2", "Hex bolt M10 × 60, A2-70", "EA", "0.2180", 4000),
    item("KF-M12X80-A4", "Hex bolt M12 × 80, A4-80", "EA", "0.4120", 4000),
    item("KF-N12-A4", "Hex nut M12, A4-80", "EA", "0.0690", 8000),
    per_hundred("KF-STD-M20", "Stud M20 × 140, B7", "EA", "187.2500", 500),
    item("KF-WSH-BX", "Washer M12, A4, box of 1000", "BX", "38.50", 10),
];

const STEEL: &[Item] = &[
    per_hundred("PLT-S355-20", "Plate S355 20 mm, cut", "KG", "118.40", 1000),
    per_hundred("BAR-1.4404-60", "Bar 1.4404, Ø60, ground", "KG", "548.75", 250),
    item("TUB-88-5", "Seamless tube 88.9 × 5", "MR", "21.6350", 60),
    item("PRO-U120", "Channel U120, galvanised", "MR", "17.2900", 60),
];

/// The hub's own goods, which it ships to customers.
pub(super) const OWN: &[Item] = &[
    item("CP-EN150-320", "End suction pump DN150, 22 kW", "EA", "6480.00", 1),
    item("CP-EN100-250", "End suction pump DN100, 11 kW", "EA", "4215.00", 1),
    item("CP-SUB-80", "Submersible pump DN80, 7.5 kW", "EA", "3890.50", 1),
    item("CP-DOS-20", "Dosing pump 20 l/h", "EA", "912.75", 1),
    item("CP-BST-3", "Booster set, 3 pumps", "EA", "14960.00", 1),
    item("CP-GV-150", "Gate valve DN150, assembled", "EA", "418.30", 2),
    item("CP-BFV-200", "Butterfly valve DN200, assembled", "EA", "336.90", 2),
    item("CP-SPK-320", "Spare part kit, pump size 320", "BX", "684.00", 2),
    item("CP-HOS-50", "Delivery hose DN50, reinforced", "MR", "18.4525", 20),
];

/// What a supplier makes.
pub(super) fn of_supplier(code: &str) -> &'static [Item] {
    match code {
        "OSTBEARING" => BEARINGS,
        "ARDEN" => SEALS,
        "MORAVIA" => CASTINGS,
        "VALTORTA" => VALVES,
        "MALARDRIVE" => DRIVES,
        "DUERO" => FOUNDRY,
        "ZUIDWAL" => GASKETS,
        "KESTREL" => FASTENERS,
        "NORDSTAHL" => STEEL,
        _ => FORGE,
    }
}

/// A GTIN-13 of the item: the prefix of a Dutch company, a number made from the item's own, and the check digit
/// (GS1 General Specifications, section 7.9).
pub(super) fn gtin(item: &Item) -> String {
    let number = item.number.bytes().fold(7u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000);
    let body = format!("871906{number:06}");
    let weighted: u32 = body.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", (10 - weighted % 10) % 10)
}
