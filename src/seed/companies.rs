//! Who is who in the demonstration: the hub, its partners, their people and the places goods go to. Data only.

/// What a company is to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Hub,
    Supplier,
    Customer,
    Carrier,
}

/// A company.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) part: Part,
    /// Whether the portal reads and writes in its name; the others have their own system.
    pub(super) in_portal: bool,
    /// ISA qualifier and id.
    pub(super) address: (&'static str, &'static str),
    pub(super) place: &'static str,
    pub(super) zone: &'static str,
    pub(super) currency: &'static str,
    /// Days to pay, where it sells; a prefix for its numbers.
    pub(super) net_days: i64,
    pub(super) prefix: &'static str,
    pub(super) people: &'static [Person],
}

/// Somebody who can sign in.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    /// Whether they manage the company's people and settings.
    pub(super) is_administrator: bool,
}

const fn administrator(name: &'static str, email: &'static str) -> Person {
    Person { name, email, is_administrator: true }
}

const fn member(name: &'static str, email: &'static str) -> Person {
    Person { name, email, is_administrator: false }
}

/// The company that runs the portal.
pub(super) const HUB: &str = "CASTELLAN";
/// The supplier that most things happen to.
pub(super) const MAIN_SUPPLIER: &str = "OSTERMANN";
/// The customer that most things happen to.
pub(super) const MAIN_CUSTOMER: &str = "GREYFELL";
/// The partner whose connection is broken.
pub(super) const UNREACHABLE: &str = "SAVONA";

const UTRECHT: &str = "Europe/Amsterdam";
const LONDON: &str = "Europe/London";

/// All of them, the hub first.
pub(super) const COMPANIES: &[Company] = &[
    Company {
        code: HUB,
        name: "Castellan Pumps & Valves",
        part: Part::Hub,
        in_portal: true,
        address: ("ZZ", "CASTELLAN"),
        place: "Utrecht, Netherlands",
        zone: UTRECHT,
        currency: "EUR",
        net_days: 30,
        prefix: "CP",
        people: &[
            administrator("Tom Achterberg", "tom.achterberg@castellan.example"),
            member("Dan Whitlock", "dan.whitlock@castellan.example"),
            member("Priya Nair", "priya.nair@castellan.example"),
        ],
    },
    Company {
        code: MAIN_SUPPLIER,
        name: "Ostermann Forge GmbH",
        part: Part::Supplier,
        in_portal: true,
        address: ("ZZ", "OSTERMANN"),
        place: "Hagen, Germany",
        zone: "Europe/Berlin",
        currency: "EUR",
        net_days: 30,
        prefix: "OF",
        people: &[
            administrator("Ines Keller", "ines.keller@ostermann-forge.example"),
            member("Jonas Reuter", "jonas.reuter@ostermann-forge.example"),
        ],
    },
    Company {
        code: "OSTBEARING",
        name: "Ostermann Bearings AG",
        part: Part::Supplier,
        in_portal: true,
        address: ("ZZ", "OSTBEARING"),
        place: "Winterthur, Switzerland",
        zone: "Europe/Zurich",
        currency: "EUR",
        net_days: 30,
        prefix: "OB",
        // Ines Keller works for both companies of the group.
        people: &[
            administrator("Reto Amstutz", "reto.amstutz@ostermann-bearings.example"),
            member("Ines Keller", "ines.keller@ostermann-forge.example"),
        ],
    },
    Company {
        code: "ARDEN",
        name: "Arden Seals Ltd",
        part: Part::Supplier,
        in_portal: true,
        address: ("14", "5060147720019"),
        place: "Bradford, United Kingdom",
        zone: LONDON,
        currency: "GBP",
        net_days: 30,
        prefix: "ARD",
        people: &[
            administrator("Grace Pemberton", "grace.pemberton@arden-seals.example"),
            member("Owen Hartley", "owen.hartley@arden-seals.example"),
        ],
    },
    Company {
        code: "MORAVIA",
        name: "Moravia Castings s.r.o.",
        part: Part::Supplier,
        in_portal: true,
        address: ("ZZ", "MORAVIACAST"),
        place: "Brno, Czechia",
        zone: "Europe/Prague",
        currency: "EUR",
        net_days: 45,
        prefix: "MC",
        people: &[administrator("Petra Novotná", "petra.novotna@moravia-castings.example")],
    },
    Company {
        code: "VALTORTA",
        name: "Valtorta Valvole S.r.l.",
        part: Part::Supplier,
        in_portal: true,
        address: ("ZZ", "VALTORTA"),
        place: "Brescia, Italy",
        zone: "Europe/Rome",
        currency: "EUR",
        net_days: 14,
        prefix: "VV",
        people: &[
            administrator("Chiara Valtorta", "chiara@valtorta-valvole.example"),
            member("Luca Ferrari", "luca.ferrari@valtorta-valvole.example"),
        ],
    },
    Company {
        code: "MALARDRIVE",
        name: "Mälar Drives AB",
        part: Part::Supplier,
        in_portal: true,
        address: ("01", "554318826"),
        place: "Västerås, Sweden",
        zone: "Europe/Stockholm",
        currency: "EUR",
        net_days: 30,
        prefix: "MD",
        people: &[administrator("Elin Sandström", "elin.sandstrom@malar-drives.example")],
    },
    Company {
        code: "DUERO",
        name: "Fundición del Duero S.A.",
        part: Part::Supplier,
        in_portal: true,
        address: ("ZZ", "FUNDUERO"),
        place: "Valladolid, Spain",
        zone: "Europe/Madrid",
        currency: "EUR",
        net_days: 14,
        prefix: "FD",
        people: &[administrator("Marcos Gil", "marcos.gil@fundicion-duero.example")],
    },
    Company {
        code: "ZUIDWAL",
        name: "Zuidwal Gaskets B.V.",
        part: Part::Supplier,
        in_portal: true,
        address: ("14", "8712345010014"),
        place: "Deventer, Netherlands",
        zone: UTRECHT,
        currency: "EUR",
        net_days: 14,
        prefix: "ZG",
        people: &[administrator("Femke de Boer", "femke.deboer@zuidwal.example")],
    },
    Company {
        code: "KESTREL",
        name: "Kestrel Fasteners Inc.",
        part: Part::Supplier,
        in_portal: false,
        address: ("01", "079423518"),
        place: "Cleveland, United States",
        zone: "America/New_York",
        currency: "USD",
        net_days: 30,
        prefix: "KF",
        people: &[],
    },
    Company {
        code: "NORDSTAHL",
        name: "Nordstahl Handel GmbH",
        part: Part::Supplier,
        in_portal: false,
        address: ("14", "4012345000016"),
        place: "Bremen, Germany",
        zone: "Europe/Berlin",
        currency: "EUR",
        net_days: 14,
        prefix: "NH",
        people: &[],
    },
    Company {
        code: MAIN_CUSTOMER,
        name: "Greyfell Water",
        part: Part::Customer,
        in_portal: true,
        address: ("ZZ", "GREYFELL"),
        place: "Hartwick, United Kingdom",
        zone: LONDON,
        currency: "EUR",
        net_days: 30,
        prefix: "GW-PO-",
        people: &[
            administrator("Ruth Okafor", "ruth.okafor@greyfell-water.example"),
            member("Ben Holloway", "ben.holloway@greyfell-water.example"),
        ],
    },
    Company {
        code: "NORTHWATER",
        name: "Northwater Utilities",
        part: Part::Customer,
        in_portal: true,
        address: ("ZZ", "NORTHWATER"),
        place: "Malmö, Sweden",
        zone: "Europe/Stockholm",
        currency: "EUR",
        net_days: 30,
        prefix: "NWU",
        people: &[administrator("Maya Lindqvist", "maya.lindqvist@northwater.example")],
    },
    Company {
        code: "DELTAPORT",
        name: "Deltaport Terminals B.V.",
        part: Part::Customer,
        in_portal: true,
        address: ("14", "8710987000021"),
        place: "Rotterdam, Netherlands",
        zone: UTRECHT,
        currency: "EUR",
        net_days: 30,
        prefix: "DPT-",
        people: &[
            administrator("Joost van Rijn", "joost.vanrijn@deltaport.example"),
            member("Amina Haddad", "amina.haddad@deltaport.example"),
        ],
    },
    Company {
        code: "HALDEN",
        name: "Halden Offshore AS",
        part: Part::Customer,
        in_portal: false,
        address: ("14", "7080000123458"),
        place: "Stavanger, Norway",
        zone: "Europe/Oslo",
        currency: "USD",
        net_days: 30,
        prefix: "HO",
        people: &[],
    },
    Company {
        code: UNREACHABLE,
        name: "Savona Chimica S.p.A.",
        part: Part::Customer,
        in_portal: false,
        address: ("ZZ", "SAVONACHIMICA"),
        place: "Savona, Italy",
        zone: "Europe/Rome",
        currency: "EUR",
        net_days: 30,
        prefix: "SC",
        people: &[],
    },
    Company {
        code: "HARROW",
        name: "Harrow Freight",
        part: Part::Carrier,
        in_portal: false,
        address: ("02", "HRRF"),
        place: "Felixstowe, United Kingdom",
        zone: LONDON,
        currency: "EUR",
        net_days: 30,
        prefix: "HF",
        people: &[],
    },
    Company {
        code: "BALTRUM",
        name: "Baltrum Line",
        part: Part::Carrier,
        in_portal: false,
        address: ("02", "BLTM"),
        place: "Hamburg, Germany",
        zone: "Europe/Berlin",
        currency: "EUR",
        net_days: 30,
        prefix: "BL",
        people: &[],
    },
];

/// A place goods go to.
#[derive(Debug)]
pub(super) struct Place {
    /// Whose: the code of the customer, or the hub's.
    pub(super) of: &'static str,
    /// Its code on documents. A customer's own code, so that a shipment straight to the customer is known as one.
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) street: &'static str,
    pub(super) city: &'static str,
    pub(super) postal_code: &'static str,
    pub(super) country: &'static str,
}

/// All of them. The first of a company is where most of its goods go.
pub(super) const PLACES: &[Place] = &[
    Place {
        of: HUB,
        code: "UTR-03",
        name: "Castellan Utrecht, gate 3",
        street: "Havenweg 114",
        city: "Utrecht",
        postal_code: "3542AD",
        country: "NL",
    },
    Place {
        of: HUB,
        code: "LDS-01",
        name: "Castellan Leeds",
        street: "Foundry Road 8",
        city: "Leeds",
        postal_code: "LS10 1AB",
        country: "GB",
    },
    Place {
        of: HUB,
        code: "GDY-02",
        name: "Castellan Gdynia",
        street: "ul. Portowa 21",
        city: "Gdynia",
        postal_code: "81-350",
        country: "PL",
    },
    Place {
        of: MAIN_CUSTOMER,
        code: MAIN_CUSTOMER,
        name: "Greyfell pumping station 4",
        street: "Dock B, Mill Lane",
        city: "Hartwick",
        postal_code: "HW3 2QT",
        country: "GB",
    },
    Place {
        of: "NORTHWATER",
        code: "NORTHWATER",
        name: "Northwater stores, hall 2",
        street: "Vattenverksvägen 12",
        city: "Malmö",
        postal_code: "21221",
        country: "SE",
    },
    Place {
        of: "DELTAPORT",
        code: "DELTAPORT",
        name: "Deltaport jetty 7",
        street: "Botlekweg 175",
        city: "Rotterdam",
        postal_code: "3197KA",
        country: "NL",
    },
    Place {
        of: "HALDEN",
        code: "HALDEN",
        name: "Halden base, quay 3",
        street: "Tankegata 4",
        city: "Stavanger",
        postal_code: "4056",
        country: "NO",
    },
    Place {
        of: UNREACHABLE,
        code: UNREACHABLE,
        name: "Savona Chimica, stabilimento 1",
        street: "Via Nizza 88",
        city: "Savona",
        postal_code: "17100",
        country: "IT",
    },
];

/// The company with a code.
pub(super) fn company(code: &str) -> &'static Company {
    COMPANIES.iter().find(|company| company.code == code).unwrap_or(&COMPANIES[0])
}

/// The main place of a company.
pub(super) fn place(of: &str) -> &'static Place {
    PLACES.iter().find(|place| place.of == of).unwrap_or(&PLACES[0])
}

/// The companies that play a part.
pub(super) fn all(part: Part) -> impl Iterator<Item = &'static Company> {
    COMPANIES.iter().filter(move |company| company.part == part)
}
