//! Remittances: what was paid, as the payer's system said it (820). They are taken in, set against invoices and shown;
//! nobody writes one here.

pub mod receive;
pub mod view;
