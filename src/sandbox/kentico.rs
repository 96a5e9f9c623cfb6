//! Kentico headless channel (being written)
