//! HTTP tests of the order pages.
