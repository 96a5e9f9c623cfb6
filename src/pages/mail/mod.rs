//! Mail that came in and needs a person of the hub: the list, and one mail with what can be done with it.

pub mod list;
pub mod show;
#[cfg(test)]
mod tests;
