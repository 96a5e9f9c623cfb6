//! Invoices: the list, one invoice, and what every page that shows one shares.

pub mod detail;
pub mod list;
pub mod parts;
mod payment;
#[cfg(test)]
mod tests;
