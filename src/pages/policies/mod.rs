//! Policies: what is promised for which cases. The list, and the form of one.

pub mod edit;
pub mod list;
pub mod parts;
#[cfg(test)]
mod tests;
