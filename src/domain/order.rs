//! Orders. Quantities live on lines; the header's state is derived from them, never set. What may happen to a line is
//! said in [`Line`]'s functions and nowhere else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    ids::{DocumentId, OrderLineId},
    number::{Amount, Currency, Quantity, UnitPrice},
    time::Date,
};

codes! {
    /// Who buys.
    pub enum OrderKind {
        /// The hub buys from the counterparty.
        Purchase = "purchase",
        /// The counterparty buys from the hub.
        Sales = "sales",
    }

    /// Where an order stands, derived from its lines by [`derive_state`].
    pub enum OrderState {
        /// Not answered yet, or not for every line.
        Received = "received",
        /// Answered as ordered.
        Confirmed = "confirmed",
        /// Answered with differences, which the buyer decides on.
        ConfirmedWithChanges = "confirmed_with_changes",
        /// The seller holds it.
        OnHold = "on_hold",
        /// No line will be delivered.
        Rejected = "rejected",
        /// Some of it is on its way.
        PartShipped = "part_shipped",
        /// All that was confirmed is on its way.
        Shipped = "shipped",
        /// All that was confirmed has arrived.
        Delivered = "delivered",
        /// All that was confirmed is invoiced.
        Invoiced = "invoiced",
        /// Withdrawn by the buyer.
        Cancelled = "cancelled",
    }

    /// Where one line stands with its answer.
    pub enum LineStatus {
        /// Not answered.
        Open = "open",
        /// Accepted as ordered.
        Accepted = "accepted",
        /// Accepted with another quantity, date or price.
        Changed = "changed",
        /// Held by the seller.
        Held = "held",
        /// Rejected.
        Rejected = "rejected",
        /// Withdrawn by the buyer.
        Cancelled = "cancelled",
    }

    /// Whose move it is.
    pub enum Turn {
        /// The seller must answer, ship or invoice.
        Seller = "seller",
        /// The buyer must decide.
        Buyer = "buyer",
        /// Nobody: finished.
        None = "none",
    }
}

/// The quantities of a line, all in the line's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantities {
    /// Asked for.
    pub ordered: Quantity,
    /// Promised.
    pub confirmed: Quantity,
    /// Promised for later, without a place in a shipment yet.
    pub backordered: Quantity,
    /// Refused.
    pub rejected: Quantity,
    /// Announced as shipped.
    pub shipped: Quantity,
    /// Arrived.
    pub received: Quantity,
    /// Invoiced.
    pub invoiced: Quantity,
    /// Paid.
    pub paid: Quantity,
}

/// Who or what set a value of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The document, where one did.
    pub document: Option<DocumentId>,
    /// Segment of the document, from 1 at ISA.
    pub segment: Option<u32>,
    /// Element of the segment.
    pub element: Option<u16>,
    /// The person or system, in words.
    pub actor: String,
}

/// Where each value of a line came from, by field name.
pub type Provenance = BTreeMap<String, Source>;

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Id.
    pub id: OrderLineId,
    /// Place in the order, from 0.
    pub position: i64,
    /// Line number as sent.
    pub line: String,
    /// Buyer's item number.
    pub buyer_item: Option<String>,
    /// Seller's item number.
    pub seller_item: Option<String>,
    /// GTIN.
    pub gtin: Option<String>,
    /// The item in words.
    pub description: String,
    /// Unit of measure code.
    pub unit: String,
    /// Price ordered.
    pub unit_price: UnitPrice,
    /// How many units the price buys.
    pub price_per: Quantity,
    /// Price confirmed, where it differs.
    pub confirmed_price: Option<UnitPrice>,
    /// Wanted on.
    pub requested_on: Option<Date>,
    /// Promised for (the last of several dates).
    pub promised_on: Option<Date>,
    /// Where its answer stands.
    pub status: LineStatus,
    /// Why it was changed or rejected, as code.
    pub reason_code: Option<String>,
    /// Why, in words.
    pub reason_text: Option<String>,
    /// Quantities.
    pub quantities: Quantities,
    /// Parts wanted on different dates.
    pub requested: Vec<Part>,
    /// Parts promised for different dates.
    pub promised: Vec<Part>,
    /// Where the values came from.
    pub provenance: Provenance,
}

/// A part of a line with its own date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How much.
    pub quantity: Quantity,
    /// When.
    pub on: Option<Date>,
}

/// The fields whose source an answer names.
pub const ANSWER_FIELDS: [&str; 4] = ["confirmed", "promised_on", "confirmed_price", "status"];

impl Line {
    /// The price that counts: the confirmed one, else the ordered one.
    pub fn price(&self) -> UnitPrice {
        self.confirmed_price.unwrap_or(self.unit_price)
    }

    /// What the ordered quantity costs at the price that counts.
    pub fn amount(&self, currency: Currency) -> Amount {
        self.checked_amount(currency).unwrap_or_default()
    }

    /// The same, or `None` where it is too large to be kept; no order with such a line is taken.
    pub fn checked_amount(&self, currency: Currency) -> Option<Amount> {
        self.price().line_amount(self.quantities.ordered, self.price_per, currency)
    }

    /// Whether a quantity in this unit can be added to the line's own; a document that names no unit means the line's.
    pub fn is_in(&self, unit: &str) -> bool {
        unit.trim().is_empty() || unit.trim().eq_ignore_ascii_case(&self.unit)
    }

    /// Whether the seller can still say something to this line: not once goods have left for it.
    pub fn can_be_answered(&self) -> bool {
        self.status != LineStatus::Cancelled && !self.quantities.shipped.is_positive()
    }

    /// Whether the line has no final answer yet.
    fn waits(&self) -> bool {
        matches!(self.status, LineStatus::Open | LineStatus::Held)
    }

    /// Counts goods that left. Who ships what was not answered accepts it.
    pub fn ship(&mut self, quantity: Quantity) {
        if self.waits() {
            self.status = LineStatus::Accepted;
            self.quantities.confirmed = self.quantities.ordered;
            self.quantities.backordered = Quantity::ZERO;
            self.quantities.rejected = Quantity::ZERO;
            self.promised_on = self.promised_on.or(self.requested_on);
        }
        self.quantities.shipped = self.quantities.shipped + quantity;
    }

    /// Puts another state of the same line's answer in place of its own; what happened since to the goods stays.
    pub fn take_answer_of(&mut self, other: &Self) {
        self.status = other.status;
        self.quantities.confirmed = other.quantities.confirmed;
        self.quantities.backordered = other.quantities.backordered;
        self.quantities.rejected = other.quantities.rejected;
        self.confirmed_price = other.confirmed_price;
        self.promised_on = other.promised_on;
        self.promised.clone_from(&other.promised);
        self.reason_code.clone_from(&other.reason_code);
        self.reason_text.clone_from(&other.reason_text);
        for field in ANSWER_FIELDS {
            match other.provenance.get(field) {
                Some(source) => self.provenance.insert(field.to_owned(), source.clone()),
                None => self.provenance.remove(field),
            };
        }
    }

    /// Whether goods are still to come on this line.
    pub fn is_live(&self) -> bool {
        matches!(self.status, LineStatus::Accepted | LineStatus::Changed) && self.due().is_positive()
    }

    /// What the seller owes the buyer: confirmed and backordered.
    pub fn due(&self) -> Quantity {
        self.quantities.confirmed + self.quantities.backordered
    }

    /// What can still be shipped.
    pub fn to_ship(&self) -> Quantity {
        if self.is_live() { self.due().less(self.quantities.shipped) } else { Quantity::ZERO }
    }

    /// What has left and is not invoiced yet.
    pub fn to_invoice(&self) -> Quantity {
        self.quantities.shipped.less(self.quantities.invoiced)
    }
}

/// Whether the seller can answer an order, or answer it anew: before any goods have left, and after that as long as a line
/// waits for its answer.
pub fn can_be_answered(state: OrderState, lines: &[Line]) -> bool {
    state.can_be_answered() || (state == OrderState::PartShipped && lines.iter().any(|line| line.waits() && line.can_be_answered()))
}

/// The header's state, from the lines alone.
pub fn derive_state(lines: &[Line]) -> OrderState {
    let standing: Vec<&Line> = lines.iter().filter(|line| line.status != LineStatus::Cancelled).collect();
    if standing.is_empty() {
        return if lines.is_empty() { OrderState::Received } else { OrderState::Cancelled };
    }
    let live: Vec<&Line> = standing.iter().copied().filter(|line| line.is_live()).collect();
    let has_shipped = standing.iter().any(|line| line.quantities.shipped.is_positive());
    // While a line waits for its answer the order is not through, whatever became of the others.
    let waits = standing.iter().any(|line| line.waits());
    let every = |reached: fn(&Quantities) -> Quantity| {
        !waits && !live.is_empty() && live.iter().all(|line| reached(&line.quantities) >= line.due())
    };
    if standing.iter().any(|line| line.status == LineStatus::Open) && !has_shipped {
        OrderState::Received
    } else if every(|quantities| quantities.invoiced) {
        OrderState::Invoiced
    } else if every(|quantities| quantities.received) {
        OrderState::Delivered
    } else if every(|quantities| quantities.shipped) {
        OrderState::Shipped
    } else if has_shipped {
        OrderState::PartShipped
    } else if standing.iter().any(|line| line.status == LineStatus::Held) {
        OrderState::OnHold
    } else if live.is_empty() {
        OrderState::Rejected
    } else if standing.iter().any(|line| line.status != LineStatus::Accepted) {
        OrderState::ConfirmedWithChanges
    } else {
        OrderState::Confirmed
    }
}

impl OrderState {
    /// Whose move it is.
    pub fn turn(self) -> Turn {
        match self {
            Self::Received | Self::Confirmed | Self::OnHold | Self::PartShipped | Self::Shipped | Self::Delivered => Turn::Seller,
            Self::ConfirmedWithChanges => Turn::Buyer,
            Self::Rejected | Self::Invoiced | Self::Cancelled => Turn::None,
        }
    }

    /// Whether the seller can still answer or answer anew every line: not once goods have left or the order has ended.
    pub fn can_be_answered(self) -> bool {
        matches!(self, Self::Received | Self::Confirmed | Self::ConfirmedWithChanges | Self::OnHold)
    }

    /// Whether goods can be announced.
    pub fn can_be_shipped(self) -> bool {
        matches!(self, Self::Confirmed | Self::ConfirmedWithChanges | Self::PartShipped)
    }

    /// Whether an invoice can follow.
    pub fn can_be_invoiced(self) -> bool {
        matches!(self, Self::PartShipped | Self::Shipped | Self::Delivered)
    }
}

/// The order's total at the prices that count.
pub fn total(lines: &[Line], currency: Currency) -> Amount {
    lines.iter().filter(|line| line.status != LineStatus::Cancelled).map(|line| line.amount(currency)).sum()
}

/// The latest date promised on lines that will come.
pub fn promised_on(lines: &[Line]) -> Option<Date> {
    lines.iter().filter(|line| line.is_live()).filter_map(|line| line.promised_on).max()
}

/// The earliest date wanted.
pub fn requested_on(lines: &[Line]) -> Option<Date> {
    lines.iter().filter_map(|line| line.requested_on).min()
}

/// Shares a quantity out over allocations by earliest requested date, then line number.
///
/// `wanted` is, per allocation and already in that order, how much it can still take. The answer has the same length;
/// its sum never exceeds `quantity`, and no part exceeds what that allocation can take.
pub fn fill(quantity: Quantity, wanted: &[Quantity]) -> Vec<Quantity> {
    let mut left = quantity;
    wanted
        .iter()
        .map(|&can_take| {
            let part = left.min(can_take).max(Quantity::ZERO);
            left = left - part;
            part
        })
        .collect()
}

/// Whether a document's line speaks of this order line: by its number where it gives one (leading zeros aside), else by
/// an item number both know.
pub fn same_line(number: Option<&str>, item: &super::message::ItemIds, line: &Line) -> bool {
    if let Some(number) = number.filter(|number| !number.trim().is_empty()) {
        return number.trim_start_matches('0') == line.line.trim_start_matches('0');
    }
    let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    same(&item.buyer, &line.buyer_item) || same(&item.seller, &line.seller_item) || same(&item.gtin, &line.gtin)
}
