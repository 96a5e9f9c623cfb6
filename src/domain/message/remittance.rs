//! 820: the payer says what it paid, when, and for which invoices.

use serde::{Deserialize, Serialize};

use super::{Party, Reference};
use crate::domain::{
    number::{Currency, Decimal},
    time::Date,
};

/// 820.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemittanceAdvice {
    /// The trace number of the payment (TRN02).
    pub number: String,
    /// What is to be done with the money (BPR01): I for information only, C payment accompanies it, ...
    pub handling: Option<String>,
    /// What was paid, all together (BPR02).
    pub total: Decimal,
    /// C credit to the receiver, D debit (BPR03).
    pub sign: Option<String>,
    /// How it was paid (BPR04): ACH, CHK, FWT, ...
    pub method: Option<String>,
    /// When it was paid (BPR16).
    pub paid_on: Option<Date>,
    /// Currency.
    pub currency: Option<Currency>,
    /// References.
    pub references: Vec<Reference>,
    /// Parties.
    pub parties: Vec<Party>,
    /// What was paid for (RMR), invoice by invoice.
    pub items: Vec<RemittanceItem>,
    /// What was added or taken off for no single invoice (ADX outside RMR).
    pub adjustments: Vec<RemittanceAdjustment>,
}

/// What was paid for one invoice (RMR loop).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemittanceItem {
    /// What it names (RMR01): IV an invoice, CM a credit memo, PO an order, ...
    pub qualifier: String,
    /// Its number (RMR02).
    pub number: String,
    /// What was paid for it (RMR04).
    pub paid: Option<Decimal>,
    /// What was asked for (RMR05).
    pub gross: Option<Decimal>,
    /// Discount that was taken (RMR06).
    pub discount: Option<Decimal>,
    /// Date of the invoice (DTM 003).
    pub date: Option<Date>,
    /// References.
    pub references: Vec<Reference>,
    /// What was added or taken off, with the reason (ADX).
    pub adjustments: Vec<RemittanceAdjustment>,
}

/// Money added (positive) or taken off (negative), and why (ADX).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemittanceAdjustment {
    /// How much (ADX01).
    pub amount: Decimal,
    /// Why (ADX02, element 426): 01 price, 06 quantity, 81 credit as agreed, ...
    pub code: String,
    /// What it refers to (ADX03 and ADX04).
    pub reference: Option<Reference>,
}

impl RemittanceItem {
    /// Whether it names an invoice.
    pub fn is_invoice(&self) -> bool {
        matches!(self.qualifier.as_str(), "IV" | "OI")
    }

    /// What its own numbers come to: gross less discount with what was added and taken off. None where it names no gross.
    pub fn sum(&self) -> Option<Decimal> {
        let mut sum = self.gross?.micros().checked_sub(self.discount.unwrap_or_default().micros())?;
        for adjustment in &self.adjustments {
            sum = sum.checked_add(adjustment.amount.micros())?;
        }
        Some(Decimal::from_micros(sum))
    }
}

impl RemittanceAdvice {
    /// What its items and adjustments come to. None where an item names no amount.
    pub fn sum(&self) -> Option<Decimal> {
        let mut sum: i64 = 0;
        for item in &self.items {
            sum = sum.checked_add(item.paid?.micros())?;
        }
        for adjustment in &self.adjustments {
            sum = sum.checked_add(adjustment.amount.micros())?;
        }
        Some(Decimal::from_micros(sum))
    }
}
