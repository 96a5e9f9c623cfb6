//! Plays the story: one step after the other in the order of time, with the clock set to when it happened. Whatever a
//! step puts into the outbox leaves at once, arrives, and is acknowledged by its receiver's system a little later.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    calendar::Calendar,
    companies::{Company, HUB, Part, UNREACHABLE, company},
    setup::Known,
    story::Deal,
    wire::{self, Judgement, Post},
};
use crate::{
    domain::{
        access::{Actor, Scope},
        document::DocumentStatus,
        ids::{Ids, InvoiceId, OrganisationId, ShipmentId},
        invoice::InvoiceState,
        message::{Document, FunctionalAcknowledgment},
        time::{ManualClock, Timestamp},
    },
    edi::x12::write::SetBody,
    service::{
        Context, Error, Result,
        exchange::{self, Receipt, Source},
        outbox,
    },
    store::documents::{self, DocumentFilter},
};

/// Something that happens. Deals by their place in the story.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Place(usize),
    Restate(usize),
    Answer(usize),
    TakeBack(usize),
    Cancel(usize),
    /// Which part of how many is left to the deal.
    Ship(usize, usize),
    /// The carrier says something of a shipment.
    Report(usize, ShipmentId, &'static str, (&'static str, &'static str)),
    /// The buyer has it: in the portal, or by counting it.
    Receive(usize, ShipmentId),
    Invoice(usize, ShipmentId),
    State(InvoiceId, InvoiceState, String),
    /// The hub pays a supplier's invoice; less a part of it where that is in question.
    Pay(&'static str, InvoiceId, bool),
    /// A company's system acknowledges what it was sent: by, in whose name it was sent to, what.
    Acknowledge(&'static str, &'static str, FunctionalAcknowledgment),
    /// Something that cannot be read arrives.
    Broken(usize),
}

/// The stage: everything a step may touch.
pub(super) struct Player {
    pub(super) context: Context,
    pub(super) clock: Arc<ManualClock>,
    pub(super) calendar: Calendar,
    pub(super) dice: Ids,
    pub(super) known: BTreeMap<&'static str, Known>,
    pub(super) deals: Vec<Deal>,
    pub(super) post: Post,
    /// Steps to come; the number keeps those of one moment in the order they were planned.
    agenda: BTreeMap<(Timestamp, u64), Step>,
    planned: u64,
    /// Shipments and invoices of each company so far.
    numbers: BTreeMap<&'static str, u32>,
    /// Invoices of which a part is in question: not paid with others.
    pub(super) held: BTreeSet<InvoiceId>,
    /// Files judged by the hub's system so far.
    judged: u64,
}

/// Hours before now since when one partner cannot be reached.
const BROKEN_FOR: i64 = 50;

impl Player {
    pub(super) fn new(
        context: Context,
        clock: Arc<ManualClock>,
        calendar: Calendar,
        dice: Ids,
        known: BTreeMap<&'static str, Known>,
        deals: Vec<Deal>,
    ) -> Self {
        Self {
            context,
            clock,
            calendar,
            dice,
            known,
            deals,
            post: Post::default(),
            agenda: BTreeMap::new(),
            planned: 0,
            numbers: BTreeMap::new(),
            held: BTreeSet::new(),
            judged: 0,
        }
    }

    /// Plans a step; one that lies after the present has not happened.
    pub(super) fn plan(&mut self, when: Timestamp, step: Step) {
        if when <= self.calendar.now {
            self.planned += 1;
            self.agenda.insert((when, self.planned), step);
        }
    }

    /// Plans a step some minutes from the moment being played.
    pub(super) fn plan_in(&mut self, minutes: i64, step: Step) {
        self.plan(self.context.now().plus_seconds(minutes * 60), step);
    }

    /// Plays everything.
    pub(super) async fn play(&mut self) -> Result<()> {
        while let Some(((when, _), step)) = self.agenda.pop_first() {
            self.clock.set(when);
            let told = format!("{step:?} at {when}");
            self.step(step).await.map_err(|error| Error::Internal(format!("the demonstration stopped at {told}: {error:?}")))?;
        }
        Ok(())
    }

    async fn step(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Place(deal) => self.place(deal).await,
            Step::Restate(deal) => self.restate(deal).await,
            Step::Answer(deal) => self.answer(deal).await,
            Step::TakeBack(deal) => self.take_back(deal).await,
            Step::Cancel(deal) => self.cancel(deal).await,
            Step::Ship(deal, part) => self.ship(deal, part).await,
            Step::Report(deal, shipment, status, place) => self.report(deal, shipment, status, place).await,
            Step::Receive(deal, shipment) => self.receive_goods(deal, shipment).await,
            Step::Invoice(deal, shipment) => self.invoice(deal, shipment).await,
            Step::State(invoice, state, reason) => self.set_state(invoice, state, &reason).await,
            Step::Pay(seller, invoice, is_short) => self.pay(seller, invoice, is_short).await,
            Step::Acknowledge(by, to, content) => self.acknowledge(by, to, content).await,
            Step::Broken(which) => self.broken(which).await,
        }
    }

    /// Somebody who acts for a company.
    pub(super) fn somebody(&self, code: &str) -> Result<Actor> {
        let people = self.known.get(code).map(|known| known.people.as_slice()).unwrap_or_default();
        let nth = usize::try_from(self.dice.below(people.len() as u64)).unwrap_or_default();
        people.get(nth).cloned().ok_or_else(|| Error::Internal(format!("nobody works for {code}")))
    }

    /// The next number of a company's own papers.
    pub(super) fn number(&mut self, code: &'static str) -> u32 {
        let next = self.numbers.entry(code).or_insert(1100);
        *next += 1;
        *next
    }

    /// A company's system sends a document.
    pub(super) async fn send(&mut self, from: &'static Company, to: &'static Company, document: &Document) -> Result<Receipt> {
        let set = wire::set(document)?;
        self.send_sets(from, to, &[set]).await
    }

    /// A company's system sends one group of sets; what the portal answers leaves at once.
    pub(super) async fn send_sets(&mut self, from: &'static Company, to: &'static Company, sets: &[SetBody]) -> Result<Receipt> {
        let bytes = self.post.interchange(from, to, sets, self.context.now())?;
        self.hand_in(from, sets.first().map_or("file", |set| set.code), bytes).await
    }

    /// Bytes arrive by a company's route, and what is answered leaves.
    pub(super) async fn hand_in(&mut self, from: &'static Company, code: &str, bytes: Bytes) -> Result<Receipt> {
        let receipt = self.take_in(from, code, bytes).await?;
        if from.part != Part::Carrier {
            self.deliver(from).await?;
        }
        Ok(receipt)
    }

    async fn take_in(&self, from: &Company, code: &str, bytes: Bytes) -> Result<Receipt> {
        let known = self.known.get(from.code).ok_or_else(|| Error::Internal(format!("{} is not known", from.code)))?;
        let source = Source {
            route: known.route.as_ref().map(|route| route.id),
            owner: known.id,
            name: format!("{}-{code}-{}.edi", from.code, self.context.now().micros() / 1_000_000),
            handle: None,
            is_copy: known.route.as_ref().is_some_and(|route| route.is_copy),
            refuses_test: false,
        };
        exchange::receive(&self.context, source, bytes).await
    }

    /// Everything that waits for a receiver leaves and arrives, and will be acknowledged.
    pub(super) async fn deliver(&mut self, to: &'static Company) -> Result<()> {
        let Some(known) = self.known.get(to.code) else { return Ok(()) };
        let receiver = known.id;
        outbox::seal(&self.context, receiver).await?;
        let Some(route) = known.route.clone() else { return Ok(()) };
        let start = self.context.now();
        let is_broken = to.code == UNREACHABLE && start > self.calendar.now.plus_seconds(-BROKEN_FOR * 3600);
        while let Some(sealed) = outbox::next_sealed(&self.context, &route).await? {
            if is_broken {
                // What is behind it waits for the same reason.
                self.clock.set(start.plus_seconds(31));
                outbox::mark_failed(&self.context, sealed.id, super::WRONG_KEY).await?;
                self.fail_behind(receiver).await?;
                break;
            }
            self.clock.set(start.plus_seconds(4));
            outbox::mark_sent(&self.context, sealed.id, &sealed.name, true).await?;
            self.clock.set(start.plus_seconds(19));
            outbox::mark_delivered(&self.context, sealed.id).await?;
            let judgement = if to.code == HUB { self.judgement(&sealed.bytes) } else { Judgement::Accept };
            let from = Self::sender_of(&sealed.bytes);
            for content in wire::acknowledgments(&sealed.bytes, judgement) {
                let after = 1 + i64::try_from(self.dice.below(14)).unwrap_or_default();
                self.plan(start.plus_seconds(after * 60), Step::Acknowledge(to.code, from, content));
            }
        }
        self.clock.set(start);
        Ok(())
    }

    /// Documents that were sealed for a receiver that cannot be reached fail, whatever else is before them.
    async fn fail_behind(&self, receiver: OrganisationId) -> Result<()> {
        let filter = DocumentFilter { statuses: vec![DocumentStatus::Submitted], ..DocumentFilter::default() };
        let mut conn = self.context.db.read().await?;
        let mut transmissions = BTreeSet::new();
        for row in documents::list(&mut conn, Scope::Party(receiver), &filter, 50).await? {
            transmissions.extend(documents::find(&mut conn, Scope::Hub, row.id).await?.and_then(|document| document.transmission_id));
        }
        drop(conn);
        for transmission in transmissions {
            outbox::mark_failed(&self.context, transmission, super::WRONG_KEY).await?;
        }
        Ok(())
    }

    /// The hub's system notes an error now and then, and refuses a file once in a while.
    fn judgement(&mut self, bytes: &[u8]) -> Judgement {
        if wire::acknowledgments(bytes, Judgement::Accept).is_empty() {
            return Judgement::Accept;
        }
        self.judged += 1;
        match self.judged % 61 {
            17 | 49 => Judgement::Note,
            38 => Judgement::Reject,
            _ => Judgement::Accept,
        }
    }

    /// In whose name a file was written.
    fn sender_of(bytes: &[u8]) -> &'static str {
        let isa: Vec<&[u8]> = bytes.split(|byte| *byte == b'*').take(7).collect();
        let id = isa.get(6).map(|id| String::from_utf8_lossy(id).trim().to_owned()).unwrap_or_default();
        super::companies::COMPANIES.iter().find(|company| company.address.1 == id).map_or(HUB, |company| company.code)
    }

    async fn acknowledge(&mut self, by: &'static str, to: &'static str, content: FunctionalAcknowledgment) -> Result<()> {
        let set = wire::set(&Document::FunctionalAcknowledgment(content))?;
        let bytes = self.post.interchange(company(by), company(to), &[set], self.context.now())?;
        // Acknowledgments are not acknowledged: nothing leaves after one.
        self.take_in(company(by), "997", bytes).await.map(|_| ())
    }
}
