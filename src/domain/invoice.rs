//! Invoices: the states that business interoperability rules give them, and which may follow which.

use super::{
    number::{Amount, Currency, Quantity, UnitPrice},
    time::Date,
};

codes! {
    /// Where an invoice stands at the buyer. The words in brackets are the Peppol response codes they correspond to
    /// (Peppol BIS invoice response, profile 63).
    pub enum InvoiceState {
        /// Sent; nothing heard yet.
        Sent = "sent",
        /// Taken in (AB).
        Received = "received",
        /// Being worked on (IP).
        InProcess = "in_process",
        /// The buyer asks something (UQ).
        UnderQuery = "under_query",
        /// Will be paid under conditions (CA).
        ConditionallyAccepted = "conditionally_accepted",
        /// Will not be paid (RE). Final.
        Rejected = "rejected",
        /// Will be paid (AP).
        Approved = "approved",
        /// Paid in part (PD with PPD).
        PartPaid = "part_paid",
        /// Paid (PD). Final.
        Paid = "paid",
    }
}

impl InvoiceState {
    /// Whether the buyer may say `next` now: any step forward, a repeated query, and nothing after an end. After an
    /// approval only payment may follow.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Rejected | Self::Paid, _) => false,
            (Self::Approved | Self::PartPaid, next) => matches!(next, Self::PartPaid | Self::Paid),
            (Self::UnderQuery, Self::UnderQuery) => true,
            (now, next) => next > now,
        }
    }

    /// Whether nothing more will follow.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Rejected | Self::Paid)
    }
}

/// A line of an invoice to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Quantity.
    pub quantity: Quantity,
    /// Price.
    pub unit_price: UnitPrice,
    /// How many units the price buys.
    pub price_per: Quantity,
}

impl Item {
    /// The line's amount; `None` where it does not fit.
    pub fn amount(&self, currency: Currency) -> Option<Amount> {
        self.unit_price.line_amount(self.quantity, self.price_per, currency)
    }
}

/// When an invoice is due under net terms.
pub fn due_on(invoiced_on: Date, net_days: u32) -> Date {
    invoiced_on.plus_days(i32::try_from(net_days).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_invoice_takes_no_further_state() {
        for &next in InvoiceState::ALL {
            assert!(!InvoiceState::Rejected.may_become(next));
            assert!(!InvoiceState::Paid.may_become(next));
        }
    }

    #[test]
    fn after_approval_only_payment_follows() {
        let after: Vec<_> = InvoiceState::ALL.iter().filter(|next| InvoiceState::Approved.may_become(**next)).collect();
        assert_eq!(after, [&InvoiceState::PartPaid, &InvoiceState::Paid]);
    }

    #[test]
    fn states_go_forward_and_only_a_query_repeats() {
        for &now in InvoiceState::ALL {
            assert_eq!(now.may_become(now), matches!(now, InvoiceState::UnderQuery | InvoiceState::PartPaid), "{now}");
            assert!(!now.may_become(InvoiceState::Sent));
        }
        assert!(InvoiceState::Sent.may_become(InvoiceState::Paid));
    }
}
