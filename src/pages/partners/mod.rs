//! The hub's partners: the list, one of them, adding one.

pub mod add;
pub mod list;
mod parts;
pub mod show;
