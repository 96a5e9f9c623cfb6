//! Cases: the list, one case, opening one, and what these share.

pub mod list;
pub mod open;
pub mod parts;
pub mod show;
