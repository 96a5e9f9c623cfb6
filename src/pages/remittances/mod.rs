//! Remittances: what was paid, in a list, one by one, and on the invoice it was for.

pub mod list;
pub mod parts;
pub mod show;
#[cfg(test)]
mod tests;
