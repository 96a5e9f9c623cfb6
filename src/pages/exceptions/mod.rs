//! Exceptions: the list, one with its steps, and the rules that find them.

mod desk;
pub mod list;
pub mod parts;
pub mod rules;
pub mod show;
mod steps;
#[cfg(test)]
mod tests;
