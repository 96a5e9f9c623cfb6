//! Stand-ins for the four systems, for the demonstration and the tests. They are separate programs in spirit: nothing
//! here may use `connectors` or `edi`, so that both sides of a wire are written twice and judge each other.

pub mod community;
pub mod grid;
pub mod kentico;
pub mod xconnector;
