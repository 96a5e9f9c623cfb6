//! (being written: pull and sweep of the content mirror)

use super::{Context, Result};
use crate::connectors::kentico::Source;

/// Pulls what changed.
pub async fn pull(_: &Context, _: &Source) -> Result<usize> {
    Ok(0)
}

/// Compares all ids.
pub async fn sweep(_: &Context, _: &Source) -> Result<usize> {
    Ok(0)
}
