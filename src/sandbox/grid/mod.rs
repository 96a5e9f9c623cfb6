//! A stand-in for the trading grid: the HTTP mailbox of `docs/mailbox-profile.md` with, behind each mailbox, a small
//! simulated partner that trades X12 over it. Everything lives in memory; time comes from the clock passed in, and
//! partners act only in [`Grid::run_due`]. It shares no code with the connector or the codecs it judges.

mod http;
mod mailbox;
mod partner;
mod supplier;
mod x12;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::domain::time::SharedClock;

pub use http::Fault;
pub use mailbox::{Access, Parcel, ParcelStatus};
pub use partner::{Acknowledge, Behaviour, Received};
pub use supplier::Supplier;
pub use x12::{CarrierStatus, Line, Order, Party, ShipTo};

/// The grid. Clones are the same grid.
#[derive(Clone)]
pub struct Grid(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    state: Mutex<State>,
}

struct State {
    mailboxes: mailbox::Mailboxes,
    faults: http::Faults,
    partners: partner::Partners,
}

impl Grid {
    /// An empty grid. Numbers it gives out start from the clock, so that a restarted grid does not repeat itself.
    pub fn new(clock: SharedClock) -> Self {
        let start = clock.now();
        let state =
            State { mailboxes: mailbox::Mailboxes::new(start), faults: http::Faults::default(), partners: partner::Partners::new(start) };
        Self(Arc::new(Inner { clock, state: Mutex::new(state) }))
    }

    /// The HTTP side, to be served on a listener of its own.
    pub fn router(&self) -> axum::Router {
        http::router(self.clone())
    }

    /// Opens the pair of mailboxes between the hub and a partner, and says how the partner behaves; called again for
    /// the same partner, it only changes the behaviour. Returns what the hub needs to connect.
    pub fn partner(&self, code: &str, behaviour: Behaviour) -> Access {
        let mut state = self.state();
        state.partners.set(code, behaviour);
        state.mailboxes.open(code)
    }

    /// The partner sends a purchase order (850). Returns the interchange control number.
    pub fn place_order(&self, partner: &str, order: &Order) -> String {
        self.send(partner, &order.buyer, &order.seller, &x12::purchase_order(order, self.0.clock.today()))
    }

    /// The partner, as a carrier, sends a shipment status (214). Returns the interchange control number.
    pub fn send_status(&self, partner: &str, from: &Party, to: &Party, status: &CarrierStatus) -> String {
        self.send(partner, from, to, &x12::carrier_status(status, self.0.clock.now()))
    }

    /// The partner sends these bytes, whatever they are. Returns the id of the parcel.
    pub fn send_raw(&self, partner: &str, file_name: &str, bytes: impl Into<Bytes>) -> String {
        let now = self.0.clock.now();
        self.state().mailboxes.put_for_hub(partner, file_name, bytes.into(), now)
    }

    /// The next interchange from one id to another gets this control number.
    pub fn set_next_control(&self, from: &Party, to: &Party, control: u32) {
        self.state().partners.controls.set(from, to, control);
    }

    /// Partners read what was sent to them, and send whatever is due by now. Returns how many parcels they sent.
    pub fn run_due(&self) -> usize {
        let now = self.0.clock.now();
        let mut state = self.state();
        let State { mailboxes, partners, .. } = &mut *state;
        partners.read(mailboxes, now);
        partners.send_due(mailboxes, now)
    }

    /// What a partner has received, oldest first.
    pub fn received(&self, partner: &str) -> Vec<Received> {
        self.state().partners.received(partner)
    }

    /// Parcels in a mailbox, oldest first, confirmed ones included.
    pub fn parcels(&self, mailbox: &str) -> Vec<Parcel> {
        self.state().mailboxes.parcels(mailbox)
    }

    /// The next requests meet this fault, that many times.
    pub fn fail_next(&self, fault: Fault, times: usize) {
        self.state().faults.add(fault, times);
    }

    /// From now on parcels become visible to their receiver this many seconds after they were sent.
    pub fn set_transit_seconds(&self, seconds: i64) {
        self.state().mailboxes.transit_seconds = seconds;
    }

    /// The next parcels arrive twice, each copy as a parcel of its own.
    pub fn duplicate_next(&self, times: usize) {
        self.state().mailboxes.duplicate_next = times;
    }

    /// Partners refuse the next parcels that reach them.
    pub fn refuse_next(&self, times: usize) {
        self.state().mailboxes.refuse_next = times;
    }

    fn send(&self, partner: &str, from: &Party, to: &Party, sets: &x12::Sets) -> String {
        let now = self.0.clock.now();
        let mut state = self.state();
        let control = state.partners.controls.next(from, to);
        let text = x12::interchange(from, to, &control, sets, now);
        state.mailboxes.put_for_hub(partner, &format!("{partner}-{}-{control}.edi", sets.code()), text.into(), now);
        control
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
