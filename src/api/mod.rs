//! Server functions and what they exchange: the only contract between browser and server. A function here unpacks its
//! input, asks `service`, and says where to go next; it decides nothing.

pub mod error;
