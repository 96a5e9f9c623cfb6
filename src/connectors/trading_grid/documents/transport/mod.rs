//! Transports (being written)
