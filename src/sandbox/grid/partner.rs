//! Simulated partners: each reads what arrives in its mailbox, acknowledges it, and, where it is a supplier, answers
//! orders, ships and invoices, or as a receiver of goods reports what came, after the delays it was given. It believes
//! what it reads.

use std::collections::{BTreeMap, HashMap};

use super::{
    mailbox::Mailboxes,
    supplier::{self, Supplier, Taken},
    x12::{self, Interchange, Party, Sets, element},
};
use crate::domain::time::Timestamp;

/// How a partner answers what it receives.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// What it does about each functional group that is not itself an acknowledgment.
    pub acknowledge: Acknowledge,
    /// Seconds until it acknowledges.
    pub acknowledge_after: i64,
    /// How it answers purchase orders, where it is a supplier.
    pub supplier: Option<Supplier>,
    /// Seconds until it reports the goods of a ship notice as received (861), where it does.
    pub receive_after: Option<i64>,
}

/// What a partner says in its functional acknowledgments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Acknowledge {
    /// Accepted.
    #[default]
    Accept,
    /// Rejected, every set of it.
    Reject,
    /// It never acknowledges.
    Never,
}

/// An interchange that a partner received.
#[derive(Clone, Debug)]
pub struct Received {
    pub sender: Party,
    pub receiver: Party,
    /// Control number of the interchange.
    pub control: String,
    /// Code and control number of each transaction set.
    pub sets: Vec<(String, String)>,
    /// For a 997: what it acknowledges, as (GS01, group control number, verdict AK901).
    pub acknowledges: Vec<(String, String, String)>,
    /// The bytes as text.
    pub text: String,
    pub at: Timestamp,
}

/// Control numbers, one count for each pair of sender and receiver.
pub(super) struct Controls {
    start: u32,
    next: HashMap<(String, String), u32>,
}

impl Controls {
    pub(super) fn set(&mut self, from: &Party, to: &Party, control: u32) {
        self.next.insert((from.id.clone(), to.id.clone()), control);
    }

    pub(super) fn next(&mut self, from: &Party, to: &Party) -> String {
        let next = self.next.entry((from.id.clone(), to.id.clone())).or_insert(self.start);
        let control = *next;
        *next = if control >= 999_999_999 { 1 } else { control + 1 };
        format!("{control:09}")
    }
}

pub(super) struct Partners {
    behaviours: BTreeMap<String, Behaviour>,
    received: Vec<(String, Received)>,
    agenda: Vec<Due>,
    pub(super) controls: Controls,
    /// Counts shipments and invoices.
    documents: u32,
}

/// A document that a partner will send.
struct Due {
    at: Timestamp,
    partner: String,
    from: Party,
    to: Party,
    document: Document,
}

enum Document {
    /// One that was complete when it was planned.
    Written(Sets),
    Answer(Taken),
    /// Part of so many.
    Shipment(Taken, i64),
    Invoice(Taken, i64, String),
}

impl Partners {
    pub(super) fn new(start: Timestamp) -> Self {
        // One number a second is never used up, so a sandbox started later begins past all numbers used before.
        let seconds = start.micros().div_euclid(1_000_000).rem_euclid(900_000_000);
        let start = u32::try_from(seconds).unwrap_or_default() + 1;
        let controls = Controls { start, next: HashMap::new() };
        Self { behaviours: BTreeMap::new(), received: Vec::new(), agenda: Vec::new(), controls, documents: start % 1_000_000 }
    }

    pub(super) fn set(&mut self, code: &str, behaviour: Behaviour) {
        self.behaviours.insert(code.to_owned(), behaviour);
    }

    pub(super) fn received(&self, partner: &str) -> Vec<Received> {
        self.received.iter().filter(|(code, _)| code == partner).map(|(_, received)| received.clone()).collect()
    }

    /// Every partner takes what has arrived and plans its answers. What is no X12 at all is dropped.
    pub(super) fn read(&mut self, mailboxes: &mut Mailboxes, now: Timestamp) {
        for (partner, behaviour) in self.behaviours.clone() {
            for parcel in mailboxes.take_for_partner(&partner, now) {
                let text = String::from_utf8_lossy(&parcel.content).into_owned();
                let Some(interchange) = x12::read(&text) else { continue };
                self.plan(&partner, &behaviour, &interchange, now);
                self.received.push((partner.clone(), noted(&interchange, text, now)));
            }
        }
    }

    /// Sends what is due, in the order it was due. Returns how many parcels that made.
    pub(super) fn send_due(&mut self, mailboxes: &mut Mailboxes, now: Timestamp) -> usize {
        let mut sent = 0;
        while let Some(index) = (0..self.agenda.len()).filter(|&at| self.agenda[at].at <= now).min_by_key(|&at| self.agenda[at].at) {
            let Due { partner, from, to, document, at } = self.agenda.remove(index);
            let sets = match document {
                Document::Written(sets) => sets,
                Document::Answer(order) => supplier::answer(&order, now),
                Document::Shipment(order, part) => {
                    let id = self.number("SH");
                    let invoice_at = at.plus_seconds(order.habits.invoice_after);
                    let invoice = Document::Invoice(order.clone(), part, id.clone());
                    self.agenda.push(Due {
                        at: invoice_at,
                        partner: partner.clone(),
                        from: from.clone(),
                        to: to.clone(),
                        document: invoice,
                    });
                    supplier::ship_notice(&order, part, &id, now)
                }
                Document::Invoice(order, part, shipment) => supplier::invoice(&order, part, &self.number("INV"), &shipment, now),
            };
            let control = self.controls.next(&from, &to);
            let text = x12::interchange(&from, &to, &control, &sets, now);
            mailboxes.put_for_hub(&partner, &format!("{partner}-{}-{control}.edi", sets.code()), text.into(), now);
            sent += 1;
        }
        sent
    }

    fn number(&mut self, prefix: &str) -> String {
        self.documents += 1;
        format!("{prefix}-{:06}", self.documents % 1_000_000)
    }

    /// Puts on the agenda what a received interchange calls for. Answers go back the way it came.
    fn plan(&mut self, partner: &str, behaviour: &Behaviour, interchange: &Interchange, now: Timestamp) {
        let mut add = |after: i64, document: Document| {
            let (from, to) = (interchange.receiver.clone(), interchange.sender.clone());
            self.agenda.push(Due { at: now.plus_seconds(after), partner: partner.to_owned(), from, to, document });
        };
        for group in interchange.groups.iter().filter(|group| group.kind != "FA") {
            if behaviour.acknowledge != Acknowledge::Never {
                let accepted = behaviour.acknowledge == Acknowledge::Accept;
                add(behaviour.acknowledge_after, Document::Written(x12::acknowledgment(group, accepted)));
            }
            if behaviour.acknowledge == Acknowledge::Reject {
                continue;
            }
            for notice in group.sets.iter().filter(|set| set.code == "856") {
                if let Some(after) = behaviour.receive_after {
                    add(after, Document::Written(x12::receiving_advice(notice, now.plus_seconds(after))));
                }
            }
            let Some(habits) = &behaviour.supplier else { continue };
            for order in group.sets.iter().filter(|set| set.code == "850").filter_map(|set| supplier::take_order(set, habits)) {
                add(habits.answer_after, Document::Answer(order.clone()));
                for part in 0..habits.parts.max(1) {
                    add(habits.ship_after * (part + 1), Document::Shipment(order.clone(), part));
                }
            }
        }
    }
}

fn noted(interchange: &Interchange, text: String, at: Timestamp) -> Received {
    let sets = interchange.groups.iter().flat_map(|group| &group.sets);
    let acknowledges = sets.clone().filter(|set| set.code == "997").map(|set| {
        let of = |name: &str, index: usize| {
            let segment = set.segments.iter().find(|segment| segment[0] == name);
            segment.map_or_else(String::new, |segment| element(segment, index).to_owned())
        };
        (of("AK1", 1), of("AK1", 2), of("AK9", 1))
    });
    Received {
        sender: interchange.sender.clone(),
        receiver: interchange.receiver.clone(),
        control: interchange.control.clone(),
        acknowledges: acknowledges.collect(),
        sets: sets.map(|set| (set.code.clone(), set.control.clone())).collect(),
        text,
        at,
    }
}
