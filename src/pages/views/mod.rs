//! Saved views: the menu above a list, and the pages that keep them in order.

pub mod edit;
pub mod list;
pub mod menu;
mod parts;
#[cfg(test)]
mod tests;
