//! X12 (being written)
