//! Remittances: what was paid for an invoice, what was taken off, and what that makes of it.

use serde::{Deserialize, Serialize};

use super::{invoice::InvoiceState, number::Amount};

/// Money added (positive) or taken off (negative), and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// How much, in minor units.
    pub minor: i64,
    /// Why (element 426).
    pub code: String,
    /// What it refers to, as its payer calls it.
    pub reference: Option<String>,
}

impl Adjustment {
    /// How much.
    pub const fn amount(&self) -> Amount {
        Amount::from_minor(self.minor)
    }
}

/// What becomes of an invoice when something is paid for it: nothing where nothing can follow, else the state it
/// reaches. `settled` is all that was paid, credited and taken as discount by then.
pub fn after(state: InvoiceState, settled: Amount, total: Amount) -> Option<InvoiceState> {
    let next = if settled >= total { InvoiceState::Paid } else { InvoiceState::PartPaid };
    state.may_become(next).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_is_paid_when_everything_is_settled_and_part_paid_before() {
        let amount = Amount::from_minor;
        for state in [InvoiceState::Received, InvoiceState::UnderQuery, InvoiceState::Approved, InvoiceState::PartPaid] {
            assert_eq!(after(state, amount(99), amount(100)), Some(InvoiceState::PartPaid), "{state}");
            assert_eq!(after(state, amount(100), amount(100)), Some(InvoiceState::Paid), "{state}");
            assert_eq!(after(state, amount(101), amount(100)), Some(InvoiceState::Paid), "{state}");
        }
        for state in [InvoiceState::Paid, InvoiceState::Rejected] {
            assert_eq!(after(state, amount(100), amount(100)), None, "{state}");
        }
    }
}
