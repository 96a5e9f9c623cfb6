//! The demonstration around the portal: stand-ins for the systems it trades with, on loopback ports of this process, and
//! the connections that lead to them. With `PORTICO_DEMO_DROP` two connections are folders instead, for a counterpart
//! that the tests bring. What the company is and what happened before is the seed's business.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{config::Config, start::StartError};
use crate::{
    auth::machine,
    connectors::{
        kentico::{Secret, Source, SourceConfig},
        xconnector,
    },
    domain::{
        access::Scope,
        shipment::ShipmentState,
        time::{Clock, SharedClock, Timestamp},
    },
    sandbox::{
        community::{self, Community},
        grid::{Acknowledge, Behaviour, CarrierStatus, Grid, Line, Order, Party, ShipTo, Supplier},
        kentico,
        xconnector::{self as sandbox, CaseSystem, Manners},
    },
    service::{Context, content, xconnector::endpoints},
    store::{
        files::{hex, sha256},
        machine as keys, organisations,
        routes::{self, Route},
        shipments::{self, ShipmentFilter},
    },
};

/// The name of the demonstration's key.
const KEY_NAME: &str = "Demonstration";

/// The hub and the partners that documents of the sandbox are about, as the seed knows them.
const HUB: &str = "CASTELLAN";
const MAIN_SUPPLIER: &str = "OSTERMANN";
const EDI_SUPPLIER: &str = "KESTREL";
/// The partner whose key is wrong, so that a failing connection can be seen.
const UNREACHABLE: &str = "SAVONA";

/// Seconds between orders that the hub's system places by itself, and between the reports of carriers.
const ORDER_EVERY: i64 = 120;
const REPORT_EVERY: i64 = 75;

/// Makes the administrator's key anew, so that it is known; `wanted` comes from the environment.
pub async fn api_key(context: &Context, wanted: Option<String>) -> Result<String, StartError> {
    let mut tx = context.db.begin().await?;
    let hub = organisations::hub(&mut tx).await?.ok_or_else(|| StartError::Other("the demonstration has no hub".to_owned()))?;
    let key = wanted.unwrap_or_else(|| machine::new_key(&context.ids));
    keys::revoke(&mut tx, hub.id, KEY_NAME, context.now()).await?;
    // The same key may be wanted at every start.
    if !keys::restore(&mut tx, hub.id, &sha256(key.as_bytes())).await? {
        machine::keep(context, &mut tx, hub.id, KEY_NAME, &key).await?;
    }
    tx.commit().await?;
    Ok(key)
}

/// The secret with which events are signed while the demonstration runs: another one at every start.
pub fn xconnector_secret(context: &Context) -> String {
    let secret: [u8; 32] = context.ids.secret();
    xconnector::Secret::written(&secret)
}

/// Starts the stand-ins and points the connections at them. Returns where content comes from.
pub async fn surroundings(context: &Context, http: reqwest::Client, drop: Option<PathBuf>) -> Result<Source, StartError> {
    let grid = Grid::new(Arc::clone(&context.clock));
    let address = serve(grid.router()).await?;
    connect(context, &grid, &format!("http://{address}"), drop.as_deref()).await?;
    tokio::spawn(play(context.clone(), grid, drop.is_none()));
    mirror(&context.clock, http).await
}

/// How the people of the demonstration's case system work: quickly, so that a visitor sees a case move.
const MANNERS: Manners = Manners { take_up_after: Some(4), answer_after: Some(12), resolve_after: Some(75) };

/// Seconds until the case system reports something by itself for the first time, and between its reports.
const FIRST_CASE_AFTER: i64 = 45;
const CASE_EVERY: i64 = 900;

/// Starts the company's case system, which is told what happens here and works on the cases it shares with the portal.
/// Where `lively`, it reports something by itself now and then.
pub async fn case_system(context: &Context, http: reqwest::Client, portal: String, secret: &str, lively: bool) -> Result<(), StartError> {
    let system = CaseSystem::new(Arc::clone(&context.clock), secret, MANNERS);
    let address = serve(system.router()).await?;
    endpoints::configure(context, &format!("http://{address}/events"), secret, true).await?;
    let clock = Arc::clone(&context.clock);
    tokio::spawn(async move {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        let mut next = clock.now().plus_seconds(FIRST_CASE_AFTER);
        for report in REPORTS.iter().cycle() {
            while !lively || clock.now() < next {
                seconds.tick().await;
                system.run_due(&http, &portal).await;
            }
            next = clock.now().plus_seconds(CASE_EVERY);
            system.raise(*report);
        }
    });
    Ok(())
}

/// What the case system reports.
const REPORTS: [sandbox::Report<'static>; 3] = [
    sandbox::Report {
        partner: MAIN_SUPPLIER,
        kind: "document",
        severity: "warning",
        title: "A certificate of the last shipment cannot be read",
        detail: "The scan of the 3.1 certificate is too dark for our inspection. Please send it again.",
        references: &[],
    },
    sandbox::Report {
        partner: MAIN_SUPPLIER,
        kind: "payment",
        severity: "info",
        title: "Your bank details change on the 1st",
        detail: "We have a letter about a new account. Please confirm it here before we pay to it.",
        references: &[],
    },
    sandbox::Report {
        partner: MAIN_SUPPLIER,
        kind: "shipment",
        severity: "critical",
        title: "One pallet is missing at gate 3",
        detail: "Four pallets are on the ship notice, three came off the truck. Where is the fourth?",
        references: &[],
    },
];

/// How the partners' people who are in the demonstration's Active Community work.
fn neighbours() -> community::Manners {
    community::Manners { partners: vec![EDI_SUPPLIER, "NORDSTAHL"], answer_after: Some(8), attach_after: Some(20) }
}

/// Seconds until somebody in Active Community opens a case for the first time, and between the cases after it.
const FIRST_TALK_AFTER: i64 = 30;
const TALK_EVERY: i64 = 1200;

/// Starts Active Community and connects the portal to it, unless the configuration names one. Returns what opens it. Where
/// `lively`, somebody opens a case there now and then.
pub async fn community(context: &Context, config: &mut Config, lively: bool) -> Result<Value, StartError> {
    if config.community.url.is_some() {
        return Ok(Value::Null);
    }
    let secret: [u8; 16] = context.ids.secret();
    let key = hex(&secret);
    let community = Community::new(Arc::clone(&context.clock), &key, neighbours());
    let url = format!("http://{}", serve(community.router()).await?);
    config.community.url = Some(url.clone());
    config.community.key = Some(key.clone());
    let clock = Arc::clone(&context.clock);
    tokio::spawn(async move {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        let mut next = clock.now().plus_seconds(FIRST_TALK_AFTER);
        for report in TALKS.iter().cycle() {
            while !lively || clock.now() < next {
                seconds.tick().await;
                community.run_due();
            }
            next = clock.now().plus_seconds(TALK_EVERY);
            community.open(*report);
        }
    });
    Ok(json!({ "url": url, "key": key }))
}

/// What partners' people ask in Active Community.
const TALKS: [community::Report<'static>; 2] = [
    community::Report {
        partner: EDI_SUPPLIER,
        is_partner: true,
        kind: "shipment",
        title: "Two pallets left on another truck",
        detail: "Pallets 3 and 4 of this week's delivery went with the second truck. Shall we send a ship notice of their own?",
        references: &[],
        correlation: &[],
    },
    community::Report {
        partner: "NORDSTAHL",
        is_partner: true,
        kind: "question",
        title: "May certificates come as one file?",
        detail: "We would send the certificates of a month together, as one PDF. Is that all right for your inspection?",
        references: &[],
        correlation: &[],
    },
];

/// Serves on a free loopback port until the program ends.
async fn serve(router: axum::Router) -> Result<SocketAddr, StartError> {
    let (listener, address) = loopback().await?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "a stand-in of the demonstration stopped");
        }
    });
    Ok(address)
}

async fn loopback() -> Result<(TcpListener, SocketAddr), StartError> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = TcpListener::bind(any).await.map_err(|source| StartError::Listen { address: any, source })?;
    let address = listener.local_addr().map_err(|source| StartError::Listen { address: any, source })?;
    Ok((listener, address))
}

/// The content system, and how the portal reads it.
async fn mirror(clock: &SharedClock, http: reqwest::Client) -> Result<Source, StartError> {
    let (listener, address) = loopback().await?;
    let clock = Arc::clone(clock);
    tokio::spawn(async move {
        if let Err(error) = kentico::serve(listener, clock).await {
            tracing::error!(%error, "the content stand-in stopped");
        }
    });
    let origin = format!("http://{address}");
    let key = Secret::new(kentico::PUBLISHED_KEY);
    let config = SourceConfig::new(&format!("{origin}/graphql/{}", kentico::CHANNEL), key, &origin, content::asset_address());
    Source::new(http, config).map_err(|error| StartError::Other(format!("the content stand-in cannot be used: {error}")))
}

/// Points every route at the grid, or at the folders.
async fn connect(context: &Context, grid: &Grid, address: &str, drop: Option<&Path>) -> Result<(), StartError> {
    let mut tx = context.db.begin().await?;
    let organisations = organisations::list(&mut tx).await?;
    for route in routes::list(&mut tx).await? {
        let Some(owner) = organisations.iter().find(|organisation| organisation.id == route.organisation_id) else { continue };
        if !is_ours(&route) {
            continue;
        }
        let folders = match (owner.code.as_str(), drop) {
            (HUB, Some(folder)) => Some(folder.to_owned()),
            (EDI_SUPPLIER, Some(folder)) => Some(folder.join("edi-supplier")),
            _ => None,
        };
        let config = match folders {
            Some(folder) => folder_config(&folder)?,
            None => mailbox_config(grid, &owner.code, address),
        };
        routes::set_config(&mut tx, route.id, &config).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether a route is one of the demonstration's; what a visitor set up stays as it is.
fn is_ours(route: &Route) -> bool {
    let config = &route.config.0;
    let of_grid = config["mailbox"].as_str().is_some_and(|mailbox| mailbox.starts_with("hub."));
    of_grid || config["transport"] == "folder"
}

fn folder_config(folder: &Path) -> Result<Value, StartError> {
    let part = |name: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(&path).map_err(|error| StartError::Other(format!("{} cannot be made: {error}", path.display())))?;
        Ok::<_, StartError>(std::path::absolute(&path).unwrap_or(path))
    };
    Ok(json!({ "transport": "folder", "inbound": part("in")?, "outbound": part("out")?, "settle_seconds": 1 }))
}

fn mailbox_config(grid: &Grid, code: &str, address: &str) -> Value {
    let access = grid.partner(code, behaviour(code));
    let key = if code == UNREACHABLE { "a key that was withdrawn" } else { &access.key };
    json!({ "transport": "mailbox", "address": address, "key": key, "mailbox": access.mailbox })
}

/// How a stand-in answers what it is sent.
fn behaviour(code: &str) -> Behaviour {
    let supplier = |carrier: &str, parts| Supplier {
        answer_after: 15,
        ship_after: 60,
        invoice_after: 30,
        parts,
        short: Vec::new(),
        carrier: carrier.to_owned(),
    };
    Behaviour {
        acknowledge: Acknowledge::Accept,
        acknowledge_after: 1,
        supplier: match code {
            EDI_SUPPLIER => Some(supplier("BLTM", 2)),
            "NORDSTAHL" => Some(supplier("HRRF", 1)),
            _ => None,
        },
        receive_after: None,
    }
}

/// Lets the stand-ins act every second, and where wanted something new happens now and then.
async fn play(context: Context, grid: Grid, lively: bool) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let start = context.now();
    let (mut next_order, mut next_report) = (start.plus_seconds(40), start.plus_seconds(25));
    loop {
        seconds.tick().await;
        let now = context.now();
        if lively && now >= next_order {
            next_order = now.plus_seconds(ORDER_EVERY);
            grid.place_order(HUB, &order(&*context.clock, now));
        }
        if lively && now >= next_report {
            next_report = now.plus_seconds(REPORT_EVERY);
            if let Err(error) = report(&context, &grid, start).await {
                tracing::warn!(%error, "the carriers of the demonstration found nothing to report");
            }
        }
        grid.run_due();
    }
}

/// What the hub's system orders from the main supplier. The number comes from the clock, so that no two are the same.
fn order(clock: &dyn Clock, now: Timestamp) -> Order {
    const ITEMS: [(&str, &str, &str, &str); 5] = [
        ("FLG-DN150-16", "OF-70410", "61.40", "Flange DN150 PN16"),
        ("SHF-88-1240", "OF-70422", "148.20", "Pump shaft Ø88 × 1240"),
        ("CPL-HUB-65", "OF-70434", "31.85", "Coupling hub 65, rough"),
        ("RNG-WR-210", "OF-70446", "90.10", "Wear ring 210, 1.4462"),
        ("FLG-DN200-16", "OF-70458", "76.475", "Flange DN200 PN16"),
    ];
    let seconds = now.micros() / 1_000_000;
    let start = usize::try_from(seconds / ORDER_EVERY).unwrap_or_default();
    let line = |nth: usize| {
        let (buyer_part, vendor_part, price, text) = ITEMS[(start + nth) % ITEMS.len()];
        Line {
            number: ((nth + 1) * 10).to_string(),
            quantity: (((start + nth) % 7 + 1) * 10).to_string(),
            unit: "EA".to_owned(),
            price: price.to_owned(),
            buyer_part: buyer_part.to_owned(),
            vendor_part: vendor_part.to_owned(),
            text: text.to_owned(),
        }
    };
    Order {
        number: format!("46{:08}", seconds / 10 % 100_000_000),
        buyer: Party::new(HUB, "Castellan Pumps & Valves"),
        seller: Party::new(MAIN_SUPPLIER, "Ostermann Forge GmbH"),
        currency: "EUR".to_owned(),
        requested: clock.today().plus_days(21),
        ship_to: ShipTo {
            name: "Castellan Utrecht, gate 3".to_owned(),
            code: "UTR-03".to_owned(),
            street: "Havenweg 114".to_owned(),
            city: "Utrecht".to_owned(),
            region: String::new(),
            postal_code: "3542AD".to_owned(),
            country: "NL".to_owned(),
        },
        lines: (0..=start % 3).map(line).collect(),
    }
}

/// A carrier says something new of the shipment that nothing was heard of for longest: one that left since the
/// demonstration started goes through all stages in a few minutes, one that was to arrive by today is delivered.
async fn report(context: &Context, grid: &Grid, start: Timestamp) -> Result<(), StartError> {
    let filter = ShipmentFilter { states: vec![ShipmentState::InTransit], ..ShipmentFilter::default() };
    let mut rows = shipments::list(&mut context.db.read().await?, Scope::Hub, &filter, 200).await?;
    rows.sort_by_key(|row| row.updated_at);
    let now = context.now();
    let news = rows.iter().find_map(|row| {
        let (code, scac, name) = CARRIERS.into_iter().find(|(.., name)| row.carrier_name.as_deref() == Some(*name))?;
        let (status, city) = if row.created_at >= start {
            let (stage, told) = (stage(row.created_at, now), stage(row.created_at, row.updated_at));
            (stage != told || row.updated_at == row.created_at).then_some(stage)?
        } else {
            (row.estimated_on <= Some(context.clock.today())).then_some(("D1", "Utrecht"))?
        };
        let tracking = row.tracking.clone()?;
        let party = Party { qualifier: "02".to_owned(), id: scac.to_owned(), name: name.to_owned() };
        let status = CarrierStatus {
            tracking,
            shipment: row.number.clone(),
            carrier: scac.to_owned(),
            status: status.to_owned(),
            reason: "NS".to_owned(),
            city: city.to_owned(),
            region: String::new(),
            country: if city == "Utrecht" { "NL" } else { "DE" }.to_owned(),
        };
        Some((code, party, status))
    });
    if let Some((code, from, status)) = news {
        grid.send_status(code, &from, &Party::new(HUB, "Castellan Pumps & Valves"), &status);
    }
    Ok(())
}

/// Code, SCAC and name of the carriers.
const CARRIERS: [(&str, &str, &str); 2] = [("HARROW", "HRRF", "Harrow Freight"), ("BALTRUM", "BLTM", "Baltrum Line")];

/// How far goods are, so long after they left: the status (X12 element 1650) and where.
fn stage(left: Timestamp, now: Timestamp) -> (&'static str, &'static str) {
    match (now.micros() - left.micros()) / 60_000_000 {
        ..2 => ("AF", "Hagen"),
        2..5 => ("X4", "Duisburg"),
        5..7 => ("OD", "Utrecht"),
        _ => ("D1", "Utrecht"),
    }
}
