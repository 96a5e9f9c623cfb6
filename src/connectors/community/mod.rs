//! Active Community, where the hub and its partners discuss cases, over the community profile (`docs/community-profile`).
//! Wire format and requests only; what is told, and what a change does, is `service`'s business.

mod client;
mod profile;

pub use client::{Client, Fault};
pub use profile::{
    By, CaseState, Change, Comment, Correlation, File, Link, Listed, Named, Opened, Page, Push, Reference, Said, Version, What, Wish,
};
