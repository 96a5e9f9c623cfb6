//! Cases: the list, one case with what is written in it and what it holds, opening one, disputes, and what these share.

pub mod about;
mod contacts;
pub mod desk;
pub mod dispute;
pub mod disputed;
pub mod files;
pub mod history;
pub mod list;
pub mod open;
pub mod participants;
pub mod parts;
pub mod rated;
pub mod related;
pub mod show;
pub mod tabs;
#[cfg(test)]
mod tests;
