//! Kentico: web content (being written)
