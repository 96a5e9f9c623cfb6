//! Kentico as a source of content: reads the headless channel of an Xperience by Kentico installation over GraphQL and
//! hands back plain items with HTML that is safe to show. It keeps nothing: whoever calls it stores the items, the
//! watermark and the copied files. It never writes to Kentico (there is no supported way) and never asks for the schema
//! (introspection is off on a real installation); which content type and field means what is configuration.

mod assets;
mod client;
mod error;
mod html;
mod items;
mod sync;

#[cfg(test)]
mod tests;

pub use assets::Asset;
pub use client::Secret;
pub use error::KenticoError;
pub use html::AssetRef;
pub use items::{Fields, File, Item, Kind, TypeMapping};
pub use sync::{AssetAddress, Changes, Listed, Source, SourceConfig, Watermark};
