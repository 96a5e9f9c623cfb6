//! Identity: passwords, sessions, keys of machine users, and who reads a page. It answers "who is this"; what they may
//! do is `domain::access`'s answer.

pub mod machine;
pub mod password;
pub mod reader;
pub mod session;
pub mod throttle;
