//! Documents on the wire: the list, one document with its raw segments beside what they say, and sending one again.

pub mod advised;
pub mod again;
mod life;
pub mod list;
mod meaning;
pub mod parts;
mod raw;
pub mod show;
#[cfg(test)]
mod tests;
mod understood;
